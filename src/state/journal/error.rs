//! Why the journal takes nothing: the disk refuses, or what should be written would contradict what is recorded.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::replay::ReplayError;
use crate::offer::{Key, OfferId};

/// Why an entry is not in the journal. After [`JournalError::Write`] nothing more gets in.
#[derive(Debug, Clone, thiserror::Error)]
pub enum JournalError {
    /// The disk refused. The first such error stays: a later line without an earlier one would tell a false history.
    #[error("{}: the journal cannot be written: {source}", path.display())]
    Write {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: Arc<io::Error>,
    },
    /// What should be written contradicts what is recorded.
    #[error("`{key}`: {reason}")]
    Invalid {
        /// The key.
        key: Key,
        /// How.
        reason: InvalidEntry,
    },
    /// An outcome of an intent that is not open: it has one already, or the state was published since.
    #[error("the write with number {number} is not under way")]
    NoSuchIntent {
        /// Its number.
        number: u64,
    },
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
    /// The entries contradict the state.
    #[error(transparent)]
    Contradiction(#[from] ReplayError),
}

/// How an entry would contradict what is recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEntry {
    /// A create must not be sent again before somebody has looked.
    #[error("its create is in doubt; resolve that first")]
    InDoubt,
    /// There is nothing to resolve.
    #[error("no create of it is in doubt")]
    NotInDoubt,
    /// A write of the same key has no outcome yet.
    #[error("another write of it is under way")]
    UnderWay,
    /// The key is taken.
    #[error("it is recorded already, with CAKE's offer {0}")]
    KeyHasOffer(OfferId),
    /// The offer is not the key's present one.
    #[error("CAKE's offer {0} is not recorded for it")]
    NotItsOffer(OfferId),
    /// The offer is taken.
    #[error("CAKE's offer {0} is recorded for `{1}` already")]
    OfferHasKey(OfferId, Key),
}
