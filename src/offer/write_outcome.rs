//! The outcome of a write: decided by the client, stored by the journal, shown by the report.

use serde::{Deserialize, Serialize};

use super::id::OfferId;

/// The outcome of a write. Its JSON is part of the journal's format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WriteOutcome {
    /// CAKE confirmed it.
    Done {
        /// The id in CAKE's reply.
        offer_id: OfferId,
    },
    /// CAKE rejected it: nothing changed.
    Rejected {
        /// CAKE's message, or the HTTP status if there is none.
        message: String,
    },
    /// CAKE did not process it, because it was not sent or was throttled: nothing changed.
    NotSent {
        /// The reason.
        message: String,
    },
    /// It may have been sent, and no reply shows whether it was executed.
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

    /// The same outcome with another message.
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
