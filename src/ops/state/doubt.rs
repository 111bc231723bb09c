//! Whether a create's doubt may end with the offer that a person names.
//!
//! Owns what speaks against it. Invariant: unless CAKE shows enough of the offer, the doubt ends only after CAKE can no longer be working
//! on the create, and only if it shows no other offer that is exactly what was sent.

use crate::apply::{Candidate, CreateEvidence};
use crate::offer::{InDoubtCreate, Key, OfferId, Recorded};
use crate::ops::error::Error;

use super::StateChangeError;
use super::settled::create_settled;
use super::unseen::{Look, Unseen};

/// Refuses to end the doubt with an offer that may not be the create's. Returns why CAKE did not show whether it is.
pub(super) async fn ends_with(
    look: Look<'_>,
    (key, create): (&Key, &InDoubtCreate),
    offer_id: OfferId,
    recorded: &Recorded,
    is_enough: fn(&CreateEvidence, OfferId) -> bool,
) -> Result<Option<Unseen>, Error> {
    // Before the look: the create may be executed after it. CAKE has executed one that it has answered with this id.
    let is_named = create.named == Some(offer_id);
    let settled = if is_named { Ok(()) } else { create_settled(look.repository, key, create) };
    let evidence = match look.listing(create.request.offer.fields(), recorded).await? {
        Ok(listing) => CreateEvidence::of(key, recorded, &listing),
        Err(unseen) => return Ok(settled.map(|()| Some(unseen))?),
    };
    if is_enough(&evidence, offer_id) {
        return Ok(None);
    }
    settled?;
    // Between offers that are equal the person decides.
    let is_exact = |id: OfferId| evidence.is_exact(id);
    match evidence.candidates.iter().find(|other| is_exact(other.offer_id)) {
        Some(other) if !is_exact(offer_id) => Err(made_by(key, other, &evidence).into()),
        _ => Ok(None),
    }
}

/// CAKE shows that the create made, or may have made, this offer.
pub(super) fn made_by(key: &Key, candidate: &Candidate, evidence: &CreateEvidence) -> StateChangeError {
    let (key, Candidate { offer_id, name, recorded_for, .. }) = (key.clone(), candidate.clone());
    if recorded_for.is_none() && evidence.is_exact(offer_id) {
        return StateChangeError::Created { key, offer_id };
    }
    StateChangeError::MayBeCreated { key, offer_id, name: name.unwrap_or_default(), owner: recorded_for }
}
