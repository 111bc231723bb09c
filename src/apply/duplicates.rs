//! The check before any create: finds offers in CAKE with the same name and advertiser that no key owns.

use std::collections::BTreeSet;

use crate::cake::{ReadFailure, Reader};
use crate::offer::{Key, Recorded};
use crate::plan::Plan;

use super::event::Observer;
use super::matching::{Duplicate, advertiser_of, duplicates_of, owned_ids};
use super::recovery::list;

/// The offers in CAKE that the plan's creates would duplicate.
///
/// Skips blocked creates, which are not sent. Reads the listing once, limited to the advertisers of the creates.
pub async fn find_duplicates(
    plan: &Plan,
    recorded: &Recorded,
    is_barred: &dyn Fn(&Key) -> bool,
    reader: &Reader,
    observer: &dyn Observer,
) -> Result<Vec<Duplicate>, ReadFailure> {
    let creates: Vec<_> = plan
        .actions
        .iter()
        // For a create in doubt, the offer in CAKE is probably its own; nothing is sent before that is resolved.
        .filter(|action| !is_barred(&action.key))
        .filter_map(|action| Some((&action.key, action.kind.create()?.offer.fields())))
        .collect();
    if creates.is_empty() {
        return Ok(Vec::new());
    }
    let advertisers: BTreeSet<_> = creates.iter().filter_map(|(_, fields)| advertiser_of(fields)).collect();
    let listed = list(reader, &advertisers, observer).await?;
    Ok(duplicates_of(creates.into_iter(), &listed, &owned_ids(recorded)))
}
