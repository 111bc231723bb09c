//! The key of an offer: its identifier in git, in the state and in messages. It is not sent to CAKE.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// The key of an offer: the file name without its ending, or `sync.key`. Non-empty, `[a-z0-9][a-z0-9._-]*`.
///
/// Cheap to clone. Ordered by bytes, which is the order of every list that offersync prints or writes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is empty.
    #[error("a key cannot be empty")]
    Empty,
    /// The first character is not a lower-case letter or a digit.
    #[error("a key begins with a lower-case letter or a digit, not with `{0}`")]
    FirstCharacter(char),
    /// A later character is not allowed.
    #[error("`{0}` is not allowed in a key: use lower-case letters, digits, `.`, `_` and `-`")]
    Character(char),
}

impl Key {
    /// Parses a key.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let first = text.chars().next().ok_or(KeyError::Empty)?;
        if !(first.is_ascii_lowercase() || first.is_ascii_digit()) {
            return Err(KeyError::FirstCharacter(first));
        }
        match text.chars().find(|c| !is_key_character(*c)) {
            Some(bad) => Err(KeyError::Character(bad)),
            None => Ok(Self(Arc::from(text))),
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_key_character(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '_' | '-')
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl serde::Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl serde::de::Visitor<'_> for KeyVisitor {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an offer's key")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Key, E> {
                Key::new(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}
