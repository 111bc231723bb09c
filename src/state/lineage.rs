//! The lineage: the identifier that a state gets when it is created and never changes.
//!
//! Owns its grammar (a UUID). Knows no file. Two states with one lineage are generations of the same state, so a journal or
//! a plan that was made for one of them can be compared with the other; with different lineages never.

use std::fmt;

use uuid::Uuid;

/// Identifies a state through all its generations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lineage(Uuid);

impl Lineage {
    /// A new unique lineage (UUID version 7).
    #[must_use]
    #[expect(clippy::new_without_default, reason = "a default that differs every time would surprise")]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// Reads its text.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self)
    }
}

impl From<Uuid> for Lineage {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for Lineage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lineage({self})")
    }
}

impl serde::Serialize for Lineage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Lineage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LineageVisitor;
        impl serde::de::Visitor<'_> for LineageVisitor {
            type Value = Lineage;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a lineage (a UUID)")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Lineage, E> {
                Lineage::parse(text).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(LineageVisitor)
    }
}
