//! Looks for creates in doubt in CAKE's listing and records what it finds. Never sends a write.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::cake::{Filter, ListingProgress, ObservedOffer, ReadFailure, Reader};
use crate::offer::{AdvertiserId, FieldSet, Fields, InDoubtCreate, Key, OfferId, Recorded, StateChange};
use crate::state::{Journal, JournalError};

use super::event::{Event, Observer};
use super::matching::{LookupResult, advertiser_of, look_up_all, owned_ids};

/// From this many advertisers on, reading the whole listing takes fewer calls than reading it per advertiser.
const ADVERTISERS_WORTH_A_FILTER: usize = 8;

/// Looks for creates in doubt.
pub struct Recovery<'a> {
    /// The journal for the findings.
    pub journal: &'a Journal,
    /// The reader of the client.
    pub reader: &'a Reader,
    /// The time until a new offer appears in the listing.
    pub listing_lag: Duration,
    /// Ends waiting.
    pub stop: &'a CancellationToken,
    /// Receives the progress events.
    pub observer: &'a dyn Observer,
}

impl std::fmt::Debug for Recovery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recovery").field("listing_lag", &self.listing_lag).finish_non_exhaustive()
    }
}

/// The result of the recovery.
#[derive(Debug, Default)]
pub struct RecoverySummary {
    /// Creates that had made an offer: it is recorded now.
    pub found: BTreeMap<Key, OfferId>,
    /// Creates that had made nothing: they may be sent again.
    pub absent: BTreeSet<Key>,
    /// Several offers match: the user has to decide.
    pub ambiguous: BTreeMap<Key, Vec<OfferId>>,
    /// Why the listing could not be read.
    pub lookup_error: Option<ReadFailure>,
}

impl Recovery<'_> {
    /// Looks for every create in doubt and records what is certain.
    pub async fn look(&self, recorded: &Recorded) -> Result<RecoverySummary, JournalError> {
        let mut summary = RecoverySummary::default();
        if recorded.in_doubt.is_empty() {
            return Ok(summary);
        }
        match self.look_up(recorded).await {
            Err(failure) => summary.lookup_error = Some(failure),
            Ok(look_up_all) => {
                let mut notes = Vec::new();
                for (key, result) in look_up_all {
                    notes.extend(summary.take(key, result));
                }
                if !notes.is_empty() {
                    self.journal.change_state(notes).await?;
                }
            }
        }
        Ok(summary)
    }

    /// An offer counts as absent only after the time that the listing may lag behind a write.
    async fn look_up(&self, recorded: &Recorded) -> Result<BTreeMap<Key, LookupResult>, ReadFailure> {
        let owned = owned_ids(recorded);
        let first = look_up_all(&recorded.in_doubt, &self.list(&recorded.in_doubt).await?, &owned);
        if self.listing_lag.is_zero() || !first.values().any(|result| *result == LookupResult::Absent) {
            return Ok(first);
        }
        tokio::select! {
            biased;
            () = self.stop.cancelled() => {
                // Too early to conclude that an offer is absent: it stays in doubt.
                return Ok(first.into_iter().filter(|(_, result)| *result != LookupResult::Absent).collect());
            }
            () = tokio::time::sleep(self.listing_lag) => {}
        }
        Ok(look_up_all(&recorded.in_doubt, &self.list(&recorded.in_doubt).await?, &owned))
    }

    async fn list(&self, doubts: &BTreeMap<Key, InDoubtCreate>) -> Result<Vec<ObservedOffer>, ReadFailure> {
        let advertisers = doubts.values().filter_map(|doubt| advertiser_of(doubt.request.offer.fields())).collect();
        list(self.reader, &advertisers, self.observer).await
    }
}

impl RecoverySummary {
    /// Whether nothing was looked for.
    pub fn is_empty(&self) -> bool {
        let Self { found, absent, ambiguous, lookup_error } = self;
        found.is_empty() && absent.is_empty() && ambiguous.is_empty() && lookup_error.is_none()
    }

    fn take(&mut self, key: Key, result: LookupResult) -> Option<StateChange> {
        match result {
            LookupResult::Found(offer_id) => {
                self.found.insert(key.clone(), offer_id);
                Some(StateChange::ResolvedCreated {
                    key,
                    offer_id,
                    shown: Fields::default(),
                    unreadable: FieldSet::default(),
                })
            }
            LookupResult::Absent => {
                self.absent.insert(key.clone());
                Some(StateChange::ResolvedNotCreated { key })
            }
            LookupResult::Ambiguous(ids) => {
                self.ambiguous.insert(key, ids);
                None
            }
        }
    }
}

/// CAKE's offers of some advertisers, with as few listing calls as possible.
pub(super) async fn list(
    reader: &Reader,
    advertisers: &BTreeSet<AdvertiserId>,
    observer: &dyn Observer,
) -> Result<Vec<ObservedOffer>, ReadFailure> {
    let filters: Vec<Filter> = if advertisers.len() < ADVERTISERS_WORTH_A_FILTER {
        advertisers.iter().map(|id| Filter { advertiser_id: Some(*id), ..Filter::default() }).collect()
    } else {
        vec![Filter::default()]
    };
    let mut offers = Vec::new();
    for filter in &filters {
        let before = offers.len();
        let several = filters.len() > 1;
        let notice = |progress: ListingProgress| {
            let rows = before.saturating_add(usize::try_from(progress.got).unwrap_or(usize::MAX));
            let total = progress.total.filter(|_| !several).and_then(|total| usize::try_from(total).ok());
            observer.notice(&Event::Listing { rows, total });
        };
        offers.extend(reader.offers(filter, notice).await?.offers);
    }
    Ok(offers)
}
