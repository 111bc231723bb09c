//! Errors of the journal: the disk refuses a write, or an entry would contradict what is recorded.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::replay::ReplayError;
use crate::offer::{Key, OfferId};
use crate::state::{ClaimError, StateError};

/// Why an entry was not written. After [`JournalError::Write`] and [`JournalError::NotReplaceable`] no further entry is.
#[derive(Debug, Clone, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum JournalError {
    /// The disk refused. Later entries get the same error: a line without those before it would be a false history.
    #[error("{}: the journal cannot be written: {source}", path.display())]
    Write { path: PathBuf, source: Arc<io::Error> },
    /// The state could not be replaced at the end, so no entry is written in the first place.
    #[error(transparent)]
    NotReplaceable(Arc<StateError>),
    /// The entry contradicts what is recorded.
    #[error("`{key}`: {reason}")]
    Invalid { key: Key, reason: InvalidEntry },
    /// An outcome of an intent that is not open: it has one already, or the state was published since.
    #[error("the write with number {number} is not in flight")]
    NoSuchIntent { number: u64 },
    /// The store was not written, or the claim is lost. Later entries get the same error.
    #[error(transparent)]
    Claim(ClaimError),
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
    /// The entries contradict the state.
    #[error(transparent)]
    Contradiction(#[from] ReplayError),
}

impl JournalError {
    /// Whether no further entry can be written.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Write { .. } | Self::NotReplaceable(_) | Self::Claim(_) | Self::Closed => true,
            Self::Invalid { .. } | Self::NoSuchIntent { .. } | Self::Contradiction(_) => false,
        }
    }
}

/// How an entry would contradict what is recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEntry {
    /// A create in doubt must not be sent again before it is resolved.
    #[error("its create is in doubt; resolve that first")]
    InDoubt,
    /// There is nothing to resolve.
    #[error("no create of it is in doubt")]
    NotInDoubt,
    /// A write of the same key has no outcome yet.
    #[error("another write of it is in flight")]
    InFlight,
    /// The key is taken.
    #[error("it is recorded already, with CAKE's offer {0}")]
    KeyHasOffer(OfferId),
    /// The offer is not the key's present one.
    #[error("CAKE's offer {0} is not recorded for it")]
    NotItsOffer(OfferId),
    /// The offer is taken.
    #[error("CAKE's offer {0} is recorded for `{1}` already")]
    OfferHasKey(OfferId, Key),
    /// The record names an offer more than once.
    #[error("CAKE's offer {0} is more than once in its record")]
    RepeatedOffer(OfferId),
    /// A replace has done more than to create the offer.
    #[error("its offer has replaced CAKE's offer {0}")]
    Replaces(OfferId),
    /// Without the record, nothing would make the replaced offer inactive.
    #[error("offer {0}, which it replaced, may still be active; it has to be made inactive first")]
    ReplacedIsActive(OfferId),
}
