//! A replaced offer leaves the record by a person's word: `state rm --replaced`.
//!
//! Invariant: an offer that CAKE still shows as the one that was replaced stays recorded, so that it is made inactive.

use crate::apply::Identity;
use crate::offer::{Field, FieldSet, Fields, Key, OfferId, OfferStatus, Record, Recorded, Replaced, Value};
use crate::ops::error::Error;

use super::unseen::Look;
use super::{StateChangeError, StateEdited};

/// CAKE does not have the replaced offer any more, or another offer has its id.
pub(super) async fn forgotten(
    look: Look<'_>,
    key: Key,
    offer_id: OfferId,
    recorded: &Recorded,
    record: &Record,
) -> Result<StateEdited, Error> {
    let Some(old) = record.replaced.iter().find(|old| old.offer_id == offer_id) else {
        return Err(StateChangeError::NotReplaced { key, offer_id }.into());
    };
    let Some(looked) = look.find(offer_id).await? else {
        let unseen = look.hides(&record.fields, recorded).await?;
        return Ok(StateEdited::ReplacedForgotten { key, offer_id, unseen });
    };
    let Identity { other, not_shown } = Identity::of(record, old, &looked.offer.fields);
    let unseen = looked.unseen(not_shown.iter().collect());
    if other.is_empty() && unseen.is_none() {
        return Err(StateChangeError::StillReplaced { key, offer_id }.into());
    }
    let is_of_create = recorded.in_doubt.values().any(|create| create.has_similar_name(&looked.offer.fields));
    if !is_of_create && was_renamed(old, other, &looked.offer.fields) {
        return Err(StateChangeError::ReplacedRenamed { key, offer_id }.into());
    }
    Ok(StateEdited::ReplacedForgotten { key, offer_id, unseen: unseen.filter(|_| other.is_empty()) })
}

/// Whether it is active, with another name and its recorded URL: a person has renamed it, and forgotten it would stay active.
fn was_renamed(old: &Replaced, other: FieldSet, shown: &Fields) -> bool {
    let url = old.fields.get(Field::OfferUrl);
    let is_active = shown.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Active));
    is_active && other == FieldSet::from_iter([Field::OfferName]) && url.is_some() && shown.get(Field::OfferUrl) == url
}
