//! What is certain about a write. The client decides it, the journal records it and the report shows it: one type for all.

use serde::{Deserialize, Serialize};

use super::id::OfferId;

/// What became of a request that changes something in CAKE. Its JSON is part of the journal's format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WriteOutcome {
    /// CAKE confirmed it.
    Done {
        /// The id in CAKE's reply.
        offer_id: OfferId,
    },
    /// CAKE received it and refused it: nothing changed.
    Rejected {
        /// CAKE's words, or the status where it has none.
        message: String,
    },
    /// CAKE did not act on it, because it was not sent or was throttled: nothing changed.
    NotSent {
        /// The reason.
        message: String,
    },
    /// It may have been sent, and no reply says whether it was done.
    InDoubt {
        /// What went wrong.
        message: String,
    },
}

impl WriteOutcome {
    /// What went wrong, for people.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Done { .. } => None,
            Self::Rejected { message } | Self::NotSent { message } | Self::InDoubt { message } => Some(message),
        }
    }

    /// The same outcome with another wording of its message.
    #[must_use]
    pub fn map_message(mut self, reword: impl FnOnce(&str) -> String) -> Self {
        match &mut self {
            Self::Done { .. } => {}
            Self::Rejected { message } | Self::NotSent { message } | Self::InDoubt { message } => {
                *message = reword(message);
            }
        }
        self
    }
}
