//! The check before any create: does CAKE have an offer of that name and advertiser that no key owns?

use std::collections::BTreeSet;

use crate::cake::{ReadFailure, Reader};
use crate::offer::{Key, Recorded};
use crate::plan::Plan;

use super::event::Observer;
use super::matching::{Duplicate, advertiser_of, duplicates_of, owned_ids};
use super::recovery::list;

/// Offers in CAKE that stand in the way of the plan's creates; empty where it creates nothing.
///
/// Creates that are barred, because one of the same offer is in doubt, are not sent and so not looked at.
/// One walk of the listing for one create as for a thousand, narrowed to the advertisers that are concerned.
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
        // What CAKE holds of a create in doubt is most likely that very offer; nothing is sent before that is settled.
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
