//! What became of creates in doubt: looks in CAKE's listing and writes down what it found. Never sends a write.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::cake::{Filter, ListingProgress, ObservedOffer, ReadFailure, Reader};
use crate::offer::{AdvertiserId, InDoubtCreate, Key, OfferId, Recorded, StateChange};
use crate::state::{Journal, JournalError};

use super::event::{Event, Observer};
use super::matching::{Sighting, advertiser_of, owned_ids, sightings};

/// From this many advertisers on, one walk of the whole listing takes fewer calls than a walk for each.
const ADVERTISERS_WORTH_A_FILTER: usize = 8;

/// What it takes to look.
pub struct Recovery<'a> {
    /// The journal that findings are written to.
    pub journal: &'a Journal,
    /// The half of the connection that reads.
    pub reader: &'a Reader,
    /// How long a new offer may be missing from the listing.
    pub listing_lag: Duration,
    /// The signal to stop waiting.
    pub stop: &'a CancellationToken,
    /// Who watches.
    pub observer: &'a dyn Observer,
}

impl std::fmt::Debug for Recovery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recovery").field("listing_lag", &self.listing_lag).finish_non_exhaustive()
    }
}

/// What looking settled, and what it did not.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Creates that had made an offer: it is recorded now.
    pub found: BTreeMap<Key, OfferId>,
    /// Creates that had made nothing: they may be sent again.
    pub absent: BTreeSet<Key>,
    /// Several offers fit: a person has to say.
    pub ambiguous: BTreeMap<Key, Vec<OfferId>>,
    /// Nobody could look, and why.
    pub unseen: Option<ReadFailure>,
}

impl Recovery<'_> {
    /// Looks for every create in doubt and notes what is certain.
    pub async fn look(&self, recorded: &Recorded) -> Result<Recovered, JournalError> {
        let mut recovered = Recovered::default();
        if recorded.in_doubt.is_empty() {
            return Ok(recovered);
        }
        match self.sight(recorded).await {
            Err(failure) => recovered.unseen = Some(failure),
            Ok(sightings) => {
                let mut notes = Vec::new();
                for (key, sighting) in sightings {
                    notes.extend(recovered.take(key, sighting));
                }
                if !notes.is_empty() {
                    self.journal.change_state(notes).await?;
                }
            }
        }
        Ok(recovered)
    }

    /// Absence is believed only after the time in which the listing may lag behind a write.
    async fn sight(&self, recorded: &Recorded) -> Result<BTreeMap<Key, Sighting>, ReadFailure> {
        let owned = owned_ids(recorded);
        let first = sightings(&recorded.in_doubt, &self.list(&recorded.in_doubt).await?, &owned);
        if self.listing_lag.is_zero() || !first.values().any(|sighting| *sighting == Sighting::Absent) {
            return Ok(first);
        }
        tokio::select! {
            biased;
            () = self.stop.cancelled() => {
                // Too early to believe in absence: what was not found stays in doubt.
                return Ok(first.into_iter().filter(|(_, sighting)| *sighting != Sighting::Absent).collect());
            }
            () = tokio::time::sleep(self.listing_lag) => {}
        }
        Ok(sightings(&recorded.in_doubt, &self.list(&recorded.in_doubt).await?, &owned))
    }

    async fn list(&self, doubts: &BTreeMap<Key, InDoubtCreate>) -> Result<Vec<ObservedOffer>, ReadFailure> {
        let advertisers = doubts.values().filter_map(|doubt| advertiser_of(doubt.request.offer.fields())).collect();
        list(self.reader, &advertisers, self.observer).await
    }
}

impl Recovered {
    fn take(&mut self, key: Key, sighting: Sighting) -> Option<StateChange> {
        match sighting {
            Sighting::Found(offer_id) => {
                self.found.insert(key.clone(), offer_id);
                Some(StateChange::ResolvedCreated { key, offer_id })
            }
            Sighting::Absent => {
                self.absent.insert(key.clone());
                Some(StateChange::ResolvedNotCreated { key })
            }
            Sighting::Ambiguous(ids) => {
                self.ambiguous.insert(key, ids);
                None
            }
        }
    }
}

/// CAKE's offers of some advertisers, in as few walks of the listing as its filters allow.
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
