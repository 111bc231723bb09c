//! A person changed create-only values of an offer in CAKE, and says so: `state accept`.
//!
//! Owns which values of the YAML are recorded. Invariant: none that CAKE shows otherwise.

use crate::cake::ObservedOffer;
use crate::offer::{DesiredOffer, Field, Key, Record, Value};
use crate::ops::error::Error;

use super::unseen::Look;
use super::{StateChangeError, StateEdited};

/// A value that is recorded as CAKE's from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AcceptedField {
    pub(crate) field: Field,
    pub(crate) before: Option<Value>,
    pub(crate) after: Value,
}

pub(super) async fn accepted(look: Look<'_>, offer: &DesiredOffer, record: &Record) -> Result<StateEdited, Error> {
    // Only what an apply cannot send: an updatable value that differs is sent, whether or not CAKE has it already.
    let differing =
        offer.managed().filter(|(field, value)| field.is_create_only() && record.fields.get(*field) != Some(*value));
    let changes: Vec<AcceptedField> = differing
        .map(|(field, value)| {
            let (before, after) = (record.fields.get(field).cloned(), value.clone());
            AcceptedField { field, before, after }
        })
        .collect();
    let (key, offer_id) = (offer.key.clone(), record.offer_id);
    let mut unseen = None;
    if !changes.is_empty() {
        let looked = look.offer(offer_id).await?;
        unseen = looked.unseen(verify(&key, &changes, &looked.offer)?);
    }
    Ok(StateEdited::Accepted { key, offer_id, changes, unseen })
}

/// The fields that CAKE does not show; an error if it shows another value.
fn verify(key: &Key, changes: &[AcceptedField], observed: &ObservedOffer) -> Result<Vec<Field>, StateChangeError> {
    let mut not_shown = Vec::new();
    for AcceptedField { field, after, .. } in changes {
        match observed.fields.get(*field) {
            Some(shown) if after.is_shown_as(shown) => {}
            Some(shown) => {
                let (key, offer_id, field) = (key.clone(), observed.offer_id, *field);
                let (shown, wanted) = (shown.to_string(), after.to_string());
                return Err(StateChangeError::ShownOtherwise { key, offer_id, field, shown, wanted });
            }
            None => not_shown.push(*field),
        }
    }
    Ok(not_shown)
}
