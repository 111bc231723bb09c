//! What CAKE's listing shows of some advertisers, and what it may be hiding.
//!
//! Owns how the listing is read for an apply: by advertiser or as a whole, whichever takes fewer requests. Decides nothing about
//! creates or records. Invariant: a [`CompleteListing`] was read to its end; an offer that it lacks is missing from CAKE's answer,
//! not from ours.

use std::collections::{BTreeMap, BTreeSet};

use crate::cake::{Filter, ListingProgress, ObservedOffer, ReadFailure, Reader};
use crate::offer::{AdvertiserId, Baselines, Field, Fields, Key, OfferId, OfferStatus, Recorded, Value};

use self::advertisers::ListedFor;
use super::event::{Event, Observer};

mod advertisers;

/// Rows of one page, to estimate how many requests a listing takes.
const ROWS_OF_A_PAGE: usize = 500;

/// What the whole listing takes at least, because an account usually holds more offers than are recorded.
const REQUESTS_OF_AN_ACCOUNT: usize = 14;

/// CAKE's words for offers that a listing without a filter may leave out.
pub const HIDDEN_STATUSES: [&str; 4] = ["inactive", "paused", "pending", "expired"];

/// Those of them that CAKE's article on the listing names.
pub const DOCUMENTED_STATUSES: [&str; 2] = ["inactive", "paused"];

/// Whose offers are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All advertisers.
    All,
    /// These.
    Advertisers(BTreeSet<AdvertiserId>),
}

impl Scope {
    /// The advertisers of these values; all, if one of them has none.
    pub fn of<'f>(values: impl IntoIterator<Item = &'f Fields>) -> Self {
        let advertisers: Option<BTreeSet<_>> = values.into_iter().map(Fields::advertiser).collect();
        advertisers.map_or(Self::All, Self::Advertisers)
    }

    fn contains(&self, advertiser: AdvertiserId) -> bool {
        match self {
            Self::All => true,
            Self::Advertisers(advertisers) => advertisers.contains(&advertiser),
        }
    }
}

/// Whether an offer that is created with these values may be missing from a listing of active offers.
pub fn is_not_active(sent: &Fields) -> bool {
    sent.get(Field::OfferStatus) != Some(&Value::Status(OfferStatus::Active))
}

/// What a listing is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// What CAKE shows of recorded offers.
    Records,
    /// Also that CAKE does not have an offer: active, or of any status.
    Absence {
        /// Whether one of the offers may not be active.
        any_status: bool,
    },
}

/// Every offer that CAKE shows of the advertisers in scope.
#[derive(Debug, Clone)]
pub struct CompleteListing {
    scope: Scope,
    offers: BTreeMap<OfferId, ObservedOffer>,
    /// Statuses of which CAKE listed nothing when it was asked for them.
    unseen_statuses: BTreeSet<&'static str>,
    /// Statuses for which it listed active offers only, as if it had been asked for nothing.
    unanswered_statuses: BTreeSet<&'static str>,
    /// Without those of other statuses, for which not every advertiser may have been answered.
    listed_for: ListedFor,
}

impl CompleteListing {
    /// Reads the listing. Offers of other statuses than active are asked for as well if the listing lacks a recorded offer, and
    /// if something is to be absent from it that it may be hiding.
    pub async fn read(
        reader: &Reader,
        scope: &Scope,
        recorded: &Recorded,
        purpose: Purpose,
        observer: &dyn Observer,
    ) -> Result<Self, ReadFailure> {
        let mut walk = Walk::new(reader, observer);
        let mut filters = filters(scope, recorded);
        if let Err(failure) = walk.all(&filters, None).await {
            // An advertiser without offers may be answered with an error, and an empty list does not prove that it is complete.
            let is_filtered = filters != [Filter::default()];
            // A larger request after a throttle would only be throttled, too.
            let is_final = matches!(
                failure,
                ReadFailure::KeyRefused { .. } | ReadFailure::Throttled { .. } | ReadFailure::Stopped
            );
            if !is_filtered || is_final {
                return Err(failure);
            }
            filters = vec![Filter::default()];
            walk = Walk::new(reader, observer);
            walk.all(&filters, None).await?;
        }
        let mut listing = Self { offers: walk.offers, listed_for: walk.listed_for, ..Self::empty(scope.clone()) };
        let may_hide = match purpose {
            Purpose::Records => !listing.hidden(recorded, scope).is_empty(),
            // A listing that shows an offer that is not active is not limited to active ones.
            Purpose::Absence { any_status } => {
                any_status || !listing.hidden(recorded, scope).is_empty() || listing.shows_active_only()
            }
        };
        for status in HIDDEN_STATUSES.into_iter().filter(|_| may_hide) {
            // Each advertiser by itself: one without such offers says nothing of the others.
            for filter in &filters {
                let mut walk = Walk::new(reader, observer);
                let asked = walk.all(std::slice::from_ref(filter), Some(status)).await;
                let answered = walk.offers.is_empty() || walk.offers.values().any(is_otherwise);
                listing.offers.extend(walk.offers);
                match asked {
                    Ok(()) if !answered => {
                        listing.unanswered_statuses.insert(status);
                    }
                    Ok(()) | Err(ReadFailure::EmptyWithoutTotal | ReadFailure::NoRows { .. }) => {}
                    Err(failure @ (ReadFailure::KeyRefused { .. } | ReadFailure::Stopped)) => return Err(failure),
                    Err(failure) if purpose != Purpose::Records && DOCUMENTED_STATUSES.contains(&status) => {
                        return Err(failure);
                    }
                    // A CAKE need not know these words; then offers of such a status are not seen.
                    Err(_) => {
                        listing.unseen_statuses.insert(status);
                        break;
                    }
                }
            }
        }
        listing.listed_for.take_contradicted_off(&mut listing.offers, recorded);
        Ok(listing)
    }

    /// Whether no row has another status: a listing that shows everything looks the same where all offers are active. A row whose status
    /// is not shown, or cannot be read, is no such row.
    fn shows_active_only(&self) -> bool {
        !self.offers.values().any(is_otherwise)
    }

    #[cfg(test)]
    pub(super) fn of(scope: Scope, offers: impl IntoIterator<Item = ObservedOffer>) -> Self {
        let offers = offers.into_iter().map(|offer| (offer.offer_id, offer)).collect();
        Self { offers, ..Self::empty(scope) }
    }

    fn empty(scope: Scope) -> Self {
        let (unseen_statuses, unanswered_statuses) = (BTreeSet::new(), BTreeSet::new());
        let listed_for = ListedFor::default();
        Self { scope, offers: BTreeMap::new(), unseen_statuses, unanswered_statuses, listed_for }
    }

    /// The statuses of which CAKE may have offers that it does not list, because it does not look at the status that it is asked for.
    pub fn unanswered_statuses(&self) -> impl Iterator<Item = &'static str> {
        // A listing that shows offers of one such status is not limited to active ones.
        let is_limited = self.shows_active_only();
        self.unanswered_statuses.iter().copied().filter(move |_| is_limited)
    }

    /// The offers, by id.
    pub fn offers(&self) -> impl Iterator<Item = &ObservedOffer> {
        self.offers.values()
    }

    /// Whether CAKE may have an offer of this status that it does not list: it was asked in vain, or shows active offers only,
    /// whatever it is asked.
    pub(super) fn may_lack(&self, status: &str) -> bool {
        self.unseen_statuses.contains(status) || (status != "active" && self.shows_active_only())
    }

    /// Whether CAKE lists the offer when it is asked for other advertisers, and not when it is asked for this one.
    pub(super) fn is_for_others(&self, id: OfferId, advertiser: AdvertiserId) -> bool {
        self.listed_for.is_for_others(id, advertiser)
    }

    pub fn get(&self, id: OfferId) -> Option<&ObservedOffer> {
        self.offers.get(&id)
    }

    /// Recorded offers of some advertisers that the listing should show and does not.
    pub fn hidden<'r>(&self, recorded: &'r Recorded, scope: &Scope) -> Vec<(&'r Key, OfferId)> {
        let is_hidden = |(key, record): (&'r Key, &'r crate::offer::Record)| {
            let in_scope = match record.fields.advertiser() {
                Some(advertiser) => scope.contains(advertiser) && self.scope.contains(advertiser),
                None => *scope == Scope::All && self.scope == Scope::All,
            };
            (in_scope && !self.offers.contains_key(&record.offer_id)).then_some((key, record.offer_id))
        };
        recorded.offers.iter().filter_map(is_hidden).collect()
    }

    /// What CAKE holds of these advertisers before creates are sent.
    pub fn baselines(&self, advertisers: &BTreeSet<AdvertiserId>, recorded: &Recorded) -> Baselines {
        let owned: BTreeSet<OfferId> = recorded.offer_ids().collect();
        let highest = self.offers.keys().chain(&owned).max().copied();
        let unowned_of = |advertiser: &AdvertiserId| {
            let shown = |offer: &&ObservedOffer| offer.fields.advertiser().is_none_or(|shown| shown == *advertiser);
            let ids = self.offers().filter(shown).map(|offer| offer.offer_id).filter(|id| !owned.contains(id));
            (*advertiser, ids.collect())
        };
        Baselines { highest, unowned: advertisers.iter().map(unowned_of).collect() }
    }
}

/// Whether CAKE shows that the offer is not active.
fn is_otherwise(offer: &ObservedOffer) -> bool {
    let active = Value::Status(OfferStatus::Active);
    offer.fields.get(Field::OfferStatus).map_or(offer.status_word.is_some(), |status| *status != active)
}

/// The walks that read the scope with the fewest requests, as far as the records tell.
fn filters(scope: &Scope, recorded: &Recorded) -> Vec<Filter> {
    let Scope::Advertisers(advertisers) = scope else { return vec![Filter::default()] };
    let mut offers_of: BTreeMap<AdvertiserId, usize> = advertisers.iter().map(|id| (*id, 0)).collect();
    for record in recorded.offers.values() {
        if let Some(count) = record.fields.advertiser().and_then(|id| offers_of.get_mut(&id)) {
            *count += 1;
        }
    }
    // One more: the page that shows that there are no more.
    let requests = |offers: usize| offers.div_ceil(ROWS_OF_A_PAGE).max(1) + 1;
    let by_advertiser: usize = offers_of.values().map(|offers| requests(*offers)).sum();
    if by_advertiser > requests(recorded.offers.len()).max(REQUESTS_OF_AN_ACCOUNT) {
        return vec![Filter::default()];
    }
    advertisers.iter().map(|id| Filter { advertiser_id: Some(*id), ..Filter::default() }).collect()
}

/// Offers collected from one walk after another.
struct Walk<'a> {
    reader: &'a Reader,
    observer: &'a dyn Observer,
    offers: BTreeMap<OfferId, ObservedOffer>,
    listed_for: ListedFor,
}

impl<'a> Walk<'a> {
    fn new(reader: &'a Reader, observer: &'a dyn Observer) -> Self {
        Self { reader, observer, offers: BTreeMap::new(), listed_for: ListedFor::default() }
    }

    async fn all(&mut self, filters: &[Filter], status: Option<&str>) -> Result<(), ReadFailure> {
        for filter in filters {
            let filter = Filter { status: status.map(str::to_owned), ..filter.clone() };
            let before = self.offers.len();
            let is_one = filters.len() == 1 && status.is_none();
            let notice = |progress: ListingProgress| {
                let rows = before.saturating_add(usize::try_from(progress.got).unwrap_or(usize::MAX));
                let total = progress.total.filter(|_| is_one).and_then(|total| usize::try_from(total).ok());
                self.observer.notice(&Event::Listing { rows, total });
            };
            let listing = self.reader.offers(&filter, notice).await?;
            for offer in listing.offers {
                if let Some(advertiser) = filter.advertiser_id {
                    self.listed_for.add(offer.offer_id, advertiser);
                }
                self.offers.insert(offer.offer_id, offer);
            }
        }
        Ok(())
    }
}
