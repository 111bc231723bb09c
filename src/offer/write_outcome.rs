//! The outcome of a write: decided by the client, stored by the journal, shown by the report.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evidence::Contradiction;
use super::fields::FieldSet;
use super::id::OfferId;

/// The outcome of a write. Its JSON is part of the journal's format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WriteOutcome {
    /// CAKE confirmed it.
    Done {
        /// The id in CAKE's reply.
        offer_id: OfferId,
        /// The values that the reply shows otherwise than they were sent: they are unknown.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        contradictions: Vec<Contradiction>,
        /// When an earlier attempt at an update was sent whose reply was lost: CAKE may still execute it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lost_at: Option<Timestamp>,
    },
    /// CAKE rejected it, or certainly did not execute it: nothing changed.
    Rejected {
        /// CAKE's message, or the HTTP status if there is none.
        message: String,
    },
    /// No request left this machine: nothing changed.
    NotSent {
        /// The reason.
        message: String,
    },
    /// It may have been sent, and no reply shows whether it was executed.
    InDoubt {
        /// What went wrong.
        message: String,
        /// When the last request that may have reached CAKE was sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sent_at: Option<Timestamp>,
        /// Whether the reply is about another offer: it names one, or brings an id that a key owns. Then only a person can say
        /// that nothing was done.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        mismatch: bool,
        /// Whether the reply says all the same that CAKE took it on, or (create) did it: then a list without its effect proves nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        accepted: bool,
        /// The id that the reply to a create names, without showing that it is this create's offer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named: Option<OfferId>,
    },
}

impl WriteOutcome {
    /// Done, with a reply that agrees with the request.
    #[cfg(test)]
    pub fn done(offer_id: OfferId) -> Self {
        Self::Done { offer_id, contradictions: Vec::new(), lost_at: None }
    }

    /// In doubt for that reason; when it was sent is not known.
    pub fn in_doubt(message: String) -> Self {
        Self::InDoubt { message, sent_at: None, mismatch: false, accepted: false, named: None }
    }

    /// In doubt, because the reply is about another offer.
    pub fn mismatch(message: String) -> Self {
        Self::InDoubt { message, sent_at: None, mismatch: true, accepted: false, named: None }
    }

    /// The reply says that the create made this offer, and not enough of it to know that it is the create's.
    pub fn unconfirmed(offer_id: OfferId, message: String) -> Self {
        let (sent_at, named) = (Some(Timestamp::now()), Some(offer_id));
        Self::InDoubt { message, sent_at, mismatch: false, accepted: true, named }
    }

    /// What went wrong, for people.
    pub fn message(&self) -> Option<&str> {
        match self {
            Self::Done { .. } => None,
            Self::Rejected { message } | Self::NotSent { message } | Self::InDoubt { message, .. } => Some(message),
        }
    }

    /// Values of fields that are not managed contradict nothing, whatever CAKE shows.
    pub fn ignore_contradictions_of(&mut self, ignored: FieldSet) {
        if let Self::Done { contradictions, .. } = self {
            contradictions.retain(|shown| !ignored.contains(shown.field));
        }
    }

    /// The same outcome with another message.
    #[must_use]
    pub fn map_message(mut self, reword: impl FnOnce(&str) -> String) -> Self {
        match &mut self {
            Self::Done { .. } => {}
            Self::Rejected { message } | Self::NotSent { message } | Self::InDoubt { message, .. } => {
                *message = reword(message);
            }
        }
        self
    }
}
