//! What a home's error is to the user.

use std::io;

use crate::state::ClaimError;

use super::copy::CopyError;
use super::home::{HomeError, Kind};

/// A store that cannot be read.
pub(super) fn unread(store: &str, HomeError { kind, reason, advice }: HomeError) -> ClaimError {
    let store = store.to_owned();
    match kind {
        Kind::Unfit => ClaimError::Unfit { store, reason },
        Kind::Refused | Kind::Unclear | Kind::Conflict | Kind::Gone => ClaimError::Unread { store, reason, advice },
    }
}

/// A store that was not written, or of which that is not known.
pub(super) fn unwritten(store: &str, HomeError { kind, reason, advice }: HomeError) -> ClaimError {
    let store = store.to_owned();
    match kind {
        Kind::Unfit => ClaimError::Unfit { store, reason },
        Kind::Refused | Kind::Unclear | Kind::Conflict | Kind::Gone => ClaimError::Unwritten { store, reason, advice },
    }
}

/// A version that was not copied.
pub(super) fn not_read(store: &str, error: CopyError) -> ClaimError {
    match error {
        CopyError::Home(error) => unread(store, error),
        CopyError::Foreign(reason) => ClaimError::Foreign { store: store.to_owned(), reason },
        CopyError::Disk(error) => not_copied(store, &error),
    }
}

/// A file of this machine that cannot be used.
pub(super) fn not_copied(store: &str, error: &io::Error) -> ClaimError {
    ClaimError::Copy { store: store.to_owned(), reason: error.to_string() }
}
