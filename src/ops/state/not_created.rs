//! A person says that a create in doubt made nothing: `state resolve --not-created`.
//!
//! Invariant: it is not recorded while CAKE shows, or may still make, an offer that may be the one that was sent.

use crate::apply::{CreateEvidence, unlisted_status};
use crate::offer::{Field, Key, Recorded};
use crate::ops::error::Error;

use super::doubt::made_by;
use super::identify::in_doubt;
use super::settled::create_settled;
use super::unseen::{Look, Unseen};
use super::{StateChangeError, StateEdited};

pub(super) async fn not_created(look: Look<'_>, key: Key, recorded: &Recorded) -> Result<StateEdited, Error> {
    let create = in_doubt(&key, recorded)?;
    create_settled(look.repository, &key, create)?;
    let unseen = match look.listing(create.request.offer.fields(), recorded).await? {
        Err(unseen) => Some(unseen),
        Ok(listing) => {
            let unseen = made_nothing(&key, &CreateEvidence::of(&key, recorded, &listing))?;
            let accepted = || create.accepted.then(Unseen::accepted);
            let not_listed = || unlisted_status(create, &listing).as_deref().map(Unseen::status);
            unseen
                .or_else(accepted)
                .or_else(not_listed)
                .or_else(|| Unseen::hidden(&listing, create.request.offer.fields(), recorded))
        }
    };
    Ok(StateEdited::ResolvedNotCreated { key, unseen })
}

/// Refuses if an offer has a name like the one that was sent. Of an offer whose name is not shown nothing is known.
fn made_nothing(key: &Key, evidence: &CreateEvidence) -> Result<Option<Unseen>, StateChangeError> {
    let similar = evidence.candidates.iter().filter(|candidate| candidate.is_similar);
    match similar.max_by_key(|candidate| evidence.is_exact(candidate.offer_id)) {
        Some(candidate) => Err(made_by(key, candidate, evidence)),
        None => Ok((!evidence.candidates.is_empty()).then(|| Unseen::Fields(vec![Field::OfferName]))),
    }
}
