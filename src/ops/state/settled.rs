//! Whether CAKE may still be working on a request whose reply was lost.
//!
//! Owns when a change of the state comes too early. Knows no listing. Invariant: what a late request may still change, or create, is
//! not forgotten before `cake.settle_seconds` have passed since it was sent.

use std::time::Duration;

use crate::apply::Settling;
use crate::fault_point;
use crate::offer::{InDoubtCreate, Key, Unsettled};
use crate::ops::repository::Repository;
use crate::ops::unsettled::accepted;

use super::StateChangeError;

/// Refuses while an update may still change an offer whose record is to go, and with it what is known of that update.
pub(super) fn updates_settled<'u>(
    repository: &Repository,
    key: &Key,
    unsettled: impl IntoIterator<Item = &'u Unsettled>,
) -> Result<(), StateChangeError> {
    let remaining = settling(repository).of_all(unsettled);
    if remaining.is_zero() {
        return Ok(());
    }
    Err(StateChangeError::Unsettled { key: key.clone(), seconds: whole_seconds(remaining) })
}

/// Refuses while CAKE has accepted an update of the offer that it was not seen to have done.
pub(super) fn nothing_waits<'u>(
    key: &Key,
    unsettled: impl IntoIterator<Item = &'u Unsettled>,
) -> Result<(), StateChangeError> {
    let waiting = unsettled.into_iter().flat_map(|unsettled| &unsettled.waiting).next();
    waiting.map_or(Ok(()), |update| Err(StateChangeError::Waits { key: key.clone(), accepted: accepted(update) }))
}

/// Refuses while CAKE may still execute the create: once its doubt is gone, an apply creates the offer again.
pub(super) fn create_settled(
    repository: &Repository,
    key: &Key,
    create: &InDoubtCreate,
) -> Result<(), StateChangeError> {
    // Older states do not say when it was sent; a wait from now on would never end.
    let Some(sent_at) = create.sent_at else { return Ok(()) };
    // What it made may be missing from the listing for a moment.
    let remaining = settling(repository).until_proof(Some(sent_at));
    if remaining.is_zero() {
        return Ok(());
    }
    Err(StateChangeError::CreateUnsettled { key: key.clone(), seconds: whole_seconds(remaining) })
}

pub(in crate::ops) fn settling(repository: &Repository) -> Settling {
    let cake = &repository.settings.cake;
    Settling { settle: fault_point::shortened(cake.settle), listing_lag: fault_point::shortened(cake.listing_lag) }
}

pub(in crate::ops) fn whole_seconds(remaining: Duration) -> u64 {
    remaining.as_secs().saturating_add(1)
}
