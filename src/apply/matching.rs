//! Which of CAKE's offers a create in doubt has made. Pure.
//!
//! CAKE has no field for an identifier of offersync, so an offer is recognized by its name, advertiser and vertical, and by being
//! newer than the create. Owns what counts as evidence: an offer is taken over only if it is certain to be the one, and counts as
//! absent only if nothing that the listing shows, or may be hiding, could be it. Everything in between is for a person to decide.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cake::ObservedOffer;
use crate::offer::{Contradiction, Field, FieldSet, Fields, InDoubtCreate, Key, OfferId, Recorded, Value};

use super::listing::{CompleteListing, Scope};

mod candidate;
mod cut_names;
mod duplicates;
mod evidence;
mod kinship;
mod named;
mod other_names;
#[cfg(test)]
mod tests;

use candidate::candidate;
pub use candidate::{Candidate, RecordedFor, ShownAs};
pub use duplicates::Duplicate;
pub(super) use duplicates::duplicates_of;
pub use evidence::CreateEvidence;
use kinship::{Kinship, is_as_sent, is_new};
use named::NamedOffers;

/// The result of looking for a create in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LookupResult {
    /// It made this offer.
    Found(FoundOffer),
    /// Nothing in the listing can be its offer. Proves something only once CAKE cannot be working on the request any more.
    NotShown,
    /// The user has to decide.
    Undecided(Undecided),
}

/// The offer that a create made, as CAKE shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundOffer {
    pub offer_id: OfferId,
    pub shown: Fields,
    /// Fields that CAKE shows in a form that cannot be read.
    pub unreadable: FieldSet,
}

/// Why the listing does not decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undecided {
    /// These offers may be it, or they are newer and no key owns them.
    Candidates(Vec<Candidate>),
    /// CAKE's reply was about another offer.
    Mismatch,
    /// CAKE's reply said that it did it, or took it on, and the listing does not show it.
    Accepted,
    /// It is not known what CAKE held before the create.
    NoBaseline,
    /// The listing does not show these recorded offers of the advertiser, so it may not show the new one either.
    Hidden(Vec<(Key, OfferId)>),
    /// CAKE does not list offers of the status with which it was sent.
    NotListed(String),
    /// CAKE may still be working on the request.
    TooEarly,
    /// The configuration says that offersync does not look.
    NotLooked,
    /// Under the id that the reply named CAKE shows something else, and the rest of the list does not decide either.
    NamedOther { shown: String, why: Box<Undecided> },
}

/// Looks for each create in doubt in the listing. `made` are the offers that creates are known to have made.
pub(super) fn look_up_all(
    recorded: &Recorded,
    made: &BTreeSet<OfferId>,
    listing: &CompleteListing,
) -> BTreeMap<Key, LookupResult> {
    let owned: BTreeSet<OfferId> = recorded.offer_ids().collect();
    let named = NamedOffers::of(recorded, &owned, listing);
    let taken: BTreeSet<OfferId> = named.found.values().map(|offer| offer.offer_id).collect();
    let is_left = |id: OfferId| !owned.contains(&id) && !taken.contains(&id);
    let unowned: Vec<&ObservedOffer> = listing.offers().filter(|offer| is_left(offer.offer_id)).collect();
    let mut claims: HashMap<OfferId, usize> = HashMap::new();
    let open = || recorded.in_doubt.iter().filter(|(key, _)| !named.found.contains_key(key));
    for (_, doubt) in open() {
        for offer in unowned.iter().filter(|offer| Kinship::of(doubt, offer).is_close()) {
            *claims.entry(offer.offer_id).or_default() += 1;
        }
    }
    let found: BTreeMap<&Key, FoundOffer> =
        open().filter_map(|(key, doubt)| Some((key, the_match(doubt, &unowned, &claims)?))).collect();
    let taken: BTreeSet<OfferId> = found.values().map(|offer| offer.offer_id).collect();
    let rest = unowned.into_iter().filter(|offer| !taken.contains(&offer.offer_id)).map(|offer| (offer, None));
    let rest: Vec<_> = rest.chain(owned_offers(recorded, listing)).collect();
    let result = |(key, doubt): (&Key, &InDoubtCreate)| {
        let result = match named.found.get(key).or_else(|| found.get(key)) {
            Some(offer) => LookupResult::Found(offer.clone()),
            None => without_match(key, doubt, &rest, (recorded, made), listing),
        };
        (key.clone(), result.beside(named.others.get(key)))
    };
    recorded.in_doubt.iter().map(result).collect()
}

/// The recorded offers that CAKE shows, each with its key.
fn owned_offers<'a>(
    recorded: &'a Recorded,
    listing: &'a CompleteListing,
) -> impl Iterator<Item = (&'a ObservedOffer, Option<RecordedFor>)> {
    recorded.offers.iter().flat_map(|(key, record)| {
        let replaced = record.replaced.iter().map(|old| old.offer_id);
        let shown = std::iter::once(record.offer_id).chain(replaced).filter_map(|id| listing.get(id));
        shown.map(move |shown| (shown, RecordedFor::of(key, record, shown)))
    })
}

/// The one offer that is certainly it: no other offer is close, and it is close to no other create in doubt.
fn the_match(
    doubt: &InDoubtCreate,
    unowned: &[&ObservedOffer],
    claims: &HashMap<OfferId, usize>,
) -> Option<FoundOffer> {
    let mut close = unowned.iter().filter(|offer| Kinship::of(doubt, offer).is_close());
    let (only, None) = (close.next()?, close.next()) else { return None };
    let is_certain = Kinship::of(doubt, only) == Kinship::Match && claims.get(&only.offer_id) == Some(&1);
    is_certain.then(|| FoundOffer::of(only))
}

impl FoundOffer {
    pub(super) fn of(offer: &ObservedOffer) -> Self {
        let mut shown = offer.fields.clone();
        let mut unreadable: FieldSet = offer.unreadable.iter().map(|member| member.field).collect();
        // What was sent is not there; of an offer without a date nothing was sent.
        if offer.has_no_date {
            unreadable = unreadable.iter().chain([Field::ExpirationDate]).collect();
        }
        if let Some(status) = offer.status_by_another_word() {
            shown.set(Field::OfferStatus, Value::Status(status));
            unreadable = unreadable.iter().filter(|field| *field != Field::OfferStatus).collect();
        }
        Self { offer_id: offer.offer_id, shown, unreadable }
    }

    /// An offer that CAKE has accepted may wait there. If it is to replace another one, it is active only where CAKE shows that.
    pub(super) fn with_status_known(mut self, doubt: &InDoubtCreate) -> Self {
        if doubt.accepted && doubt.request.replaces.is_some() && self.shown.get(Field::OfferStatus).is_none() {
            self.unreadable = self.unreadable.iter().chain([Field::OfferStatus]).collect();
        }
        self
    }

    /// What CAKE shows otherwise than it was sent.
    pub fn contradictions(&self, sent: &Fields) -> Vec<Contradiction> {
        let shown = |(field, sent): (Field, &Value)| match self.shown.get(field) {
            Some(shown) if sent.is_shown_as(shown) => None,
            Some(shown) => Some(Contradiction { field, shown: shown.to_string(), is_unreadable: false }),
            None if self.unreadable.contains(field) => {
                let shown = if field == Field::ExpirationDate { "no date" } else { "unreadable" };
                Some(Contradiction { field, shown: shown.to_owned(), is_unreadable: true })
            }
            None => None,
        };
        sent.iter().filter_map(shown).collect()
    }
}

fn without_match(
    key: &Key,
    doubt: &InDoubtCreate,
    offers: &[(&ObservedOffer, Option<RecordedFor>)],
    (recorded, made): (&Recorded, &BTreeSet<OfferId>),
    listing: &CompleteListing,
) -> LookupResult {
    let is_alone = is_alone_with_url(key, doubt, recorded, listing);
    let may_be_recorded = |offer: &ObservedOffer, recorded_for: Option<&RecordedFor>| {
        is_alone && !made.contains(&offer.offer_id) && may_be_recorded(key, doubt, offer, recorded_for)
    };
    let sent = doubt.request.offer.fields().name().unwrap_or_default();
    let has_own_url = has_own_url(key, doubt, recorded, listing);
    let is_related = |(offer, recorded_for): &&(&ObservedOffer, Option<RecordedFor>)| {
        is_related(key, doubt, offer, recorded_for.as_ref()) || may_be_recorded(offer, recorded_for.as_ref())
    };
    let related = offers.iter().filter(is_related);
    let candidates: Vec<Candidate> = related
        .map(|(offer, recorded_for)| {
            let is_similar =
                Kinship::of(doubt, offer).is_likely(has_own_url) || may_be_recorded(offer, recorded_for.as_ref());
            Candidate { is_similar, recorded_for: recorded_for.clone(), ..candidate(offer, sent) }
        })
        .collect();
    let scope = Scope::of([doubt.request.offer.fields()]);
    let hidden = listing.hidden(recorded, &scope);
    LookupResult::Undecided(if !candidates.is_empty() {
        Undecided::Candidates(candidates)
    } else if doubt.mismatch {
        Undecided::Mismatch
    } else if doubt.accepted {
        Undecided::Accepted
    } else if doubt.baseline.is_none() {
        Undecided::NoBaseline
    } else if let Some(status) = unlisted_status(doubt, listing) {
        Undecided::NotListed(status)
    } else if !hidden.is_empty() {
        Undecided::Hidden(hidden.into_iter().map(|(key, id)| (key.clone(), id)).collect())
    } else {
        return LookupResult::NotShown;
    })
}

/// Whether the offer speaks against the absence of what the create may have made. One that another key has does so if it is new and has
/// that name, or if it is not what is recorded: a record that is another offer's owns nothing.
fn is_related(key: &Key, doubt: &InDoubtCreate, offer: &ObservedOffer, recorded_for: Option<&RecordedFor>) -> bool {
    match recorded_for {
        None => Kinship::of(doubt, offer) != Kinship::None,
        Some(owner) if owner.key == *key || !is_new(doubt, offer.offer_id) => false,
        Some(owner) => {
            let kinship = Kinship::of(doubt, offer);
            kinship.is_close() || (kinship != Kinship::None && owner.shown == ShownAs::Another)
        }
    }
}

/// Whether another key may have the offer that the create made: under its new name it was imported or adopted in another clone, where nothing
/// was known of the create.
fn may_be_recorded(
    key: &Key,
    doubt: &InDoubtCreate,
    offer: &ObservedOffer,
    recorded_for: Option<&RecordedFor>,
) -> bool {
    let is_others = recorded_for.is_some_and(|owner| owner.key != *key);
    let is_newer = || doubt.baseline.as_ref().is_some_and(|baseline| baseline.is_before(offer.offer_id));
    is_others && is_newer() && Kinship::of(doubt, offer) == Kinship::SameUrl
}

/// Whether the list shows one offer with the URL of a create, apart from those of its key. A replace has the URL of the offers that the key has
/// had, as a rule.
fn is_alone_with_url(key: &Key, doubt: &InDoubtCreate, recorded: &Recorded, listing: &CompleteListing) -> bool {
    let sent = doubt.request.offer.fields().url_form();
    let own = recorded.offers.get(key);
    let is_own = |id: OfferId| own.is_some_and(|record| record.offer_ids().any(|own| own == id));
    listing.offers().filter(|offer| offer.fields.url_form() == sent && !is_own(offer.offer_id)).count() == 1
}

/// Whether the URL of a create tells its offer from all others: one that several offers have says nothing.
fn has_own_url(key: &Key, doubt: &InDoubtCreate, recorded: &Recorded, listing: &CompleteListing) -> bool {
    let sent = doubt.request.offer.fields().url_form();
    let has = |fields: &Fields| fields.url_form() == sent;
    let mut others = recorded.in_doubt.iter().filter(|(other, _)| *other != key);
    is_alone_with_url(key, doubt, recorded, listing)
        && !recorded.offers.iter().any(|(other, record)| other != key && has(&record.fields))
        && !others.any(|(_, other)| has(other.request.offer.fields()))
}

/// The status of a create in doubt, if CAKE may have an offer of that status that it does not list.
pub fn unlisted_status(doubt: &InDoubtCreate, listing: &CompleteListing) -> Option<String> {
    let status = doubt.request.offer.fields().get(Field::OfferStatus)?.to_string();
    listing.may_lack(&status).then_some(status)
}
