//! A replaced offer leaves the record by a person's word: `state rm --replaced`.
//!
//! Invariant: an offer that CAKE still shows as the one that was replaced stays recorded, so that it is made inactive.

use crate::apply::Identity;
use crate::offer::{Key, OfferId, Record};
use crate::ops::error::Error;

use super::unseen::Look;
use super::{StateChangeError, StateEdited};

/// CAKE does not have the replaced offer any more, or another offer has its id.
pub(super) async fn forgotten(
    look: Look<'_>,
    key: Key,
    offer_id: OfferId,
    record: &Record,
) -> Result<StateEdited, Error> {
    let Some(old) = record.replaced.iter().find(|old| old.offer_id == offer_id) else {
        return Err(StateChangeError::NotReplaced { key, offer_id }.into());
    };
    let Some(looked) = look.find(offer_id).await? else {
        return Ok(StateEdited::ReplacedForgotten { key, offer_id, unseen: None });
    };
    let Identity { other, not_shown } = Identity::of(record, old, &looked.offer.fields);
    let unseen = looked.unseen(not_shown.iter().collect());
    if other.is_empty() && unseen.is_none() {
        return Err(StateChangeError::StillReplaced { key, offer_id }.into());
    }
    Ok(StateEdited::ReplacedForgotten { key, offer_id, unseen: unseen.filter(|_| other.is_empty()) })
}
