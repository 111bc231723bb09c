//! The word that CAKE shows for a status that its API does not take, such as `Expired`.
//!
//! Owns its length, because it is text of CAKE's that is recorded and printed. Knows no status of ours. Invariant: 1 to 40 characters.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest word that is kept, in characters.
const LONGEST: usize = 40;

/// CAKE's word for a status.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Box<str>")]
#[schemars(extend("minLength" = 1, "maxLength" = LONGEST))]
pub struct StatusWord(Box<str>);

/// Why a text is no word for a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a word for a status has 1 to {LONGEST} characters")]
pub struct StatusWordError;

impl StatusWord {
    /// What CAKE shows, with an ellipsis in place of what is too long; `None` if it is empty.
    pub fn shown(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut word: String = text.chars().take(LONGEST).collect();
        if word.len() < text.len() {
            word.pop();
            word.push('…');
        }
        Self::try_from(word.into_boxed_str()).ok()
    }
}

impl TryFrom<Box<str>> for StatusWord {
    type Error = StatusWordError;

    fn try_from(text: Box<str>) -> Result<Self, StatusWordError> {
        let is_word = (1..=LONGEST).contains(&text.chars().count());
        is_word.then_some(Self(text)).ok_or(StatusWordError)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_word_is_kept_up_to_its_longest_and_read_back() {
        let text = |shown: &str| StatusWord::shown(shown).map(|word| word.to_string());
        assert_eq!(text(" Expired "), Some("Expired".to_owned()));
        assert_eq!(text(" "), None);
        let long = StatusWord::shown(&"é".repeat(50)).unwrap();
        assert_eq!(long.to_string(), "é".repeat(39) + "…");
        assert_eq!(serde_json::from_str::<StatusWord>(&serde_json::to_string(&long).unwrap()).unwrap(), long);
        for text in [String::new(), "x".repeat(41)] {
            assert!(serde_json::from_value::<StatusWord>(text.into()).is_err());
        }
    }
}
