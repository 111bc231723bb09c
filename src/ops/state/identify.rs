//! A person says which of CAKE's offers a key has: `state resolve --offer-id` and `state adopt`.
//!
//! Owns what is recorded of such an offer. Invariant: what CAKE shows is recorded, whatever was sent or the YAML says; a value that CAKE
//! does not show is recorded only where the result says so.

use crate::apply::{CreateEvidence, RecordedFor, ShownAs};
use crate::cake::ObservedOffer;
use crate::offer::{
    DesiredOffer, Field, FieldSet, Fields, InDoubtCreate, Key, OfferId, OfferStatus, Record, RecordStatus, Recorded,
    Replaced, StateChange, Value, is_another, same_name,
};
use crate::ops::error::Error;

use super::StateChangeError;
use super::doubt::ends_with;
use super::unseen::{Look, Unseen};

/// An offer that is recorded for a key by a person's word, and how it differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identified {
    pub(crate) key: Key,
    pub(crate) offer_id: OfferId,
    /// Whether the offer is that of the YAML; otherwise that of the create in doubt.
    pub(crate) is_adopted: bool,
    /// Why CAKE did not show that it is this offer.
    pub(crate) unseen: Option<Unseen>,
    /// Values that CAKE shows otherwise.
    pub(crate) differences: Vec<ShownField>,
    /// Fields that CAKE does not show, recorded as they were sent or as the YAML says.
    pub(crate) not_verified: Vec<Field>,
    /// Fields that are unknown, because CAKE does not show them, or not in a readable form.
    pub(crate) unknown: Vec<Field>,
    /// Fields that a request without a reply may still change: unknown, whatever CAKE shows.
    pub(crate) unsettled: FieldSet,
    /// The key's offer until now, which it replaces.
    pub(crate) replaces: Option<Replaced>,
    /// Whether a create in doubt is resolved by it.
    pub(crate) resolves_doubt: bool,
    pub(super) changes: Vec<StateChange>,
}

/// A value that CAKE shows otherwise than it was sent, or than the YAML says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownField {
    pub(crate) field: Field,
    pub(crate) wanted: Value,
    pub(crate) shown: Value,
}

pub(super) fn in_doubt<'a>(key: &Key, recorded: &'a Recorded) -> Result<&'a InDoubtCreate, StateChangeError> {
    recorded.in_doubt.get(key).ok_or_else(|| {
        let in_doubt = recorded.in_doubt.keys().cloned().collect();
        StateChangeError::NotInDoubt { key: key.clone(), in_doubt }
    })
}

/// The create in doubt of that key made that offer.
pub(super) async fn created(
    look: Look<'_>,
    key: Key,
    offer_id: OfferId,
    recorded: &Recorded,
) -> Result<Identified, Error> {
    let create = in_doubt(&key, recorded)?;
    if let Some(record) = recorded.offers.get(&key).filter(|record| create.request.replaces != Some(record.offer_id)) {
        let present = record.offer_id;
        return Err(StateChangeError::RecordedMeanwhile { key, present, offer_id }.into());
    }
    let looked = look.offer_of(create.request.offer.fields(), offer_id, recorded).await?;
    let observed = &looked.offer;
    unowned(&key, observed, recorded)?;
    if let Some(difference) = difference_to(create, observed) {
        return Err(StateChangeError::NotCreated { key, offer_id, difference }.into());
    }
    let undecided = ends_with(look, (&key, create), offer_id, recorded, CreateEvidence::is_exact).await?;
    let managed = create.request.offer.fields().clone().without(create.request.ignored);
    let compared = Compared::of(managed.iter(), observed);
    let unreadable: FieldSet = compared.unreadable.iter().copied().collect();
    let shown = compared.shown;
    Ok(Identified {
        offer_id,
        is_adopted: false,
        unseen: looked.unseen(missing(observed, &[Field::OfferName, Field::AdvertiserId])).or(undecided),
        differences: compared.differences,
        not_verified: compared.not_shown,
        unknown: compared.unreadable,
        unsettled: FieldSet::default(),
        replaces: create.request.replaces.map(|offer_id| Replaced::without_fields(offer_id, false)),
        resolves_doubt: true,
        changes: vec![StateChange::ResolvedCreated { key: key.clone(), offer_id, shown, unreadable }],
        key,
    })
}

/// The offer is that of the YAML; it replaces the one that the key has.
pub(super) async fn adopted(
    look: Look<'_>,
    offer: &DesiredOffer,
    offer_id: OfferId,
    recorded: &Recorded,
) -> Result<Identified, Error> {
    let key = offer.key.clone();
    let present = recorded.offers.get(&key);
    if let Some(record) = present.filter(|record| record.protect) {
        return Err(StateChangeError::Protected { key, offer_id: record.offer_id }.into());
    }
    let looked = look.offer_of(&offer.fields, offer_id, recorded).await?;
    let observed = &looked.offer;
    let telling = telling(offer, observed, recorded)?;
    if let Some(difference) = other_advertiser(&offer.fields, &observed.fields) {
        return Err(StateChangeError::OtherAdvertiser { key, offer_id, difference }.into());
    }
    if let Some(other) = other_create_of(offer, observed, recorded) {
        return Err(StateChangeError::AnotherInDoubt { key: other.clone(), offer_id }.into());
    }
    let undecided = match recorded.in_doubt.get(&key) {
        Some(create) => ends_with(look, (&key, create), offer_id, recorded, CreateEvidence::is_certain).await?,
        None => None,
    };
    // An offer that was there before is not the one that CAKE said it made.
    let was_there = |create: &&InDoubtCreate| create.baseline.as_ref().is_none_or(|before| before.held(offer_id));
    let in_doubt = recorded.in_doubt.get(&key).filter(|create| create.accepted);
    let still_to_come = in_doubt.filter(was_there).map(|_| Unseen::accepted());
    let Compared { shown: mut fields, differences, not_shown, unreadable } = Compared::of(offer.managed(), observed);
    // The next apply sends what can be updated; of the others only the YAML can say what they are.
    let (not_verified, mut unknown): (Vec<_>, Vec<_>) = not_shown.into_iter().partition(|field| field.is_create_only());
    unknown.extend(unreadable);
    for (field, value) in offer.managed().filter(|(field, _)| not_verified.contains(field)) {
        fields.set(field, value.clone());
    }
    let mut history = present.map(history_with).unwrap_or_default();
    history.retain(|old| old.offer_id != offer_id);
    let replaces = history.last().cloned();
    let unsettled = present.and_then(|record| record.unsettled_of(offer_id));
    let (status, protect) = (RecordStatus::Live, offer.sync.protect);
    // The journal adds what is unsettled of each offer, and leaves those values out.
    let status_word = observed.word_without_status(&fields);
    let record = Record { offer_id, status, protect, replaced: history, unsettled: None, status_word, fields };
    // In this order: cut off between the two, the create is still in doubt, and is not sent again.
    let mut changes = vec![StateChange::Adopt { key: key.clone(), record }];
    let resolves_doubt = recorded.in_doubt.contains_key(&key);
    if resolves_doubt {
        changes.push(StateChange::ResolvedNotCreated { key: key.clone() });
    }
    Ok(Identified {
        key,
        offer_id,
        is_adopted: true,
        unseen: looked.unseen(missing(observed, &telling)).or(undecided).or(still_to_come),
        differences,
        not_verified,
        unknown,
        unsettled: unsettled.map(|unsettled| unsettled.fields).unwrap_or_default(),
        replaces,
        resolves_doubt,
        changes,
    })
}

/// The fields that CAKE has to show of an offer that is to be the key's. One that the key had before takes its place again only if its name
/// still is that of this offer.
fn telling(
    offer: &DesiredOffer,
    observed: &ObservedOffer,
    recorded: &Recorded,
) -> Result<Vec<Field>, StateChangeError> {
    let (key, offer_id) = (&offer.key, observed.offer_id);
    let present = recorded.offers.get(key);
    match present.and_then(|record| record.replaced.iter().find(|old| old.offer_id == offer_id)) {
        Some(old) if is_another(&with_name_of(offer, &old.fields), &observed.fields) => {
            let name = observed.fields.name().unwrap_or_default().to_owned();
            Err(StateChangeError::ReplacedReused { key: key.clone(), offer_id, name })
        }
        Some(_) => Ok(vec![Field::OfferName, Field::AdvertiserId]),
        None => unowned(key, observed, recorded).map(|()| vec![Field::AdvertiserId]),
    }
}

/// What is known of an earlier offer of the key, whose name need not be recorded: the YAML describes it.
fn with_name_of(offer: &DesiredOffer, recorded: &Fields) -> Fields {
    let mut known = recorded.clone();
    if let (None, Some(name)) = (known.name(), offer.fields.get(Field::OfferName)) {
        known.set(Field::OfferName, name.clone());
    }
    known
}

/// Another key whose create in doubt may have made this offer, which is to be the YAML's.
fn other_create_of<'r>(offer: &DesiredOffer, observed: &ObservedOffer, recorded: &'r Recorded) -> Option<&'r Key> {
    let (id, shown) = (observed.offer_id, &observed.fields);
    let is_named_so = offer.fields.name().zip(shown.name()).is_some_and(|(name, shown)| same_name(name, shown));
    let own = recorded.in_doubt.get(&offer.key);
    let has_own_url = own.is_some_and(|own| own.has_same_url(id, shown));
    // Of a newer offer with another name than was sent, two creates in doubt may claim the same.
    let is_plausible = is_named_so || own.is_some_and(|own| own.may_have_made(id, shown));
    // A person may have given it the name of the YAML in CAKE. A URL that other offers have tells less than that name.
    let url = shown.url_form();
    let is_url_free = recorded.offers.values().all(|record| record.fields.url_form() != url);
    let claims = |create: &InDoubtCreate| {
        let is_url_telling = !has_own_url && (!is_named_so || is_url_free);
        let is_like_it = create.has_similar_name(shown) || (is_url_telling && create.has_same_url(id, shown));
        create.may_have_made(id, shown) && (is_like_it || !is_plausible)
    };
    recorded.in_doubt.iter().find(|(key, create)| **key != offer.key && claims(create)).map(|(key, _)| key)
}

/// Those of the fields by which an offer is recognized that CAKE does not show.
fn missing(observed: &ObservedOffer, fields: &[Field]) -> Vec<Field> {
    fields.iter().copied().filter(|field| observed.fields.get(*field).is_none()).collect()
}

/// What the next offer of a key has replaced: all that this one did, and this one.
fn history_with(record: &Record) -> Vec<Replaced> {
    let status = record.fields.get(Field::OfferStatus);
    let inactive = record.status == RecordStatus::Retired && status == Some(&Value::Status(OfferStatus::Inactive));
    let present = Replaced { offer_id: record.offer_id, inactive, unsettled: None, fields: record.fields.clone() };
    record.replaced.iter().cloned().chain([present]).collect()
}

/// An offer's shown values beside the wanted ones.
struct Compared {
    shown: Fields,
    differences: Vec<ShownField>,
    not_shown: Vec<Field>,
    unreadable: Vec<Field>,
}

impl Compared {
    fn of<'a>(wanted: impl Iterator<Item = (Field, &'a Value)>, observed: &ObservedOffer) -> Self {
        let mut compared =
            Self { shown: Fields::default(), differences: Vec::new(), not_shown: Vec::new(), unreadable: Vec::new() };
        for (field, wanted) in wanted {
            match observed.fields.get(field) {
                Some(shown) => {
                    compared.shown.set(field, shown.clone());
                    if shown != wanted {
                        let (wanted, shown) = (wanted.clone(), shown.clone());
                        compared.differences.push(ShownField { field, wanted, shown });
                    }
                }
                None if observed.shows(field) => compared.unreadable.push(field),
                None => compared.not_shown.push(field),
            }
        }
        compared
    }
}

/// Why the create cannot have made the offer.
fn difference_to(create: &InDoubtCreate, observed: &ObservedOffer) -> Option<String> {
    let sent = create.request.offer.fields();
    if create.baseline.as_ref().is_some_and(|baseline| baseline.held(observed.offer_id)) {
        return Some("it was in CAKE before the create was sent".to_owned());
    }
    let other_name = match (sent.name(), observed.fields.name()) {
        (Some(sent), Some(shown))
            if !create.has_similar_name(&observed.fields)
                && !create.has_same_url(observed.offer_id, &observed.fields) =>
        {
            Some(format!("its name is {shown:?}, and {sent:?} was sent"))
        }
        _ => None,
    };
    other_advertiser(sent, &observed.fields).or(other_name)
}

fn other_advertiser(wanted: &Fields, shown: &Fields) -> Option<String> {
    let (wanted, shown) = (wanted.get(Field::AdvertiserId)?, shown.get(Field::AdvertiserId)?);
    (wanted != shown).then(|| format!("its advertiser is {shown}, not {wanted}"))
}

fn unowned(key: &Key, observed: &ObservedOffer, recorded: &Recorded) -> Result<(), StateChangeError> {
    let offer_id = observed.offer_id;
    let Some(owner) = recorded.owner_of(offer_id) else { return Ok(()) };
    let wrongly = recorded.offers.get(owner).and_then(|record| RecordedFor::of(owner, record, observed));
    Err(match wrongly.filter(|owner| owner.shown == ShownAs::Another) {
        Some(owner) => StateChangeError::RecordedElsewhere { key: key.clone(), offer_id, owner },
        None => StateChangeError::OfferOwned { offer_id, owner: owner.clone() },
    })
}
