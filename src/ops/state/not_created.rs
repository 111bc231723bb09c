//! A person says that a create in doubt made nothing: `state resolve --not-created`.
//!
//! Invariant: it is not recorded while CAKE shows, or may still make, the offer that was sent.

use crate::apply::offer_made_by;
use crate::offer::{Key, Recorded};
use crate::ops::error::Error;

use super::identify::in_doubt;
use super::settled::create_settled;
use super::unseen::Look;
use super::{StateChangeError, StateEdited};

pub(super) async fn not_created(look: Look<'_>, key: Key, recorded: &Recorded) -> Result<StateEdited, Error> {
    let create = in_doubt(&key, recorded)?;
    create_settled(look.repository, &key, create)?;
    let unseen = match look.listing(create.request.offer.fields(), recorded).await? {
        Err(unseen) => Some(unseen),
        Ok(listing) => match offer_made_by(&key, recorded, &listing) {
            Some(offer_id) => return Err(StateChangeError::Created { key, offer_id }.into()),
            None => None,
        },
    };
    Ok(StateEdited::ResolvedNotCreated { key, unseen })
}
