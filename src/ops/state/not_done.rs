//! A person says that CAKE will not carry out what it has accepted: `state resolve --not-done`.
//!
//! Invariant: that is not recorded of an update which CAKE shows to be done, nor while CAKE may still be working on it.

use crate::apply::ended;
use crate::offer::{Fields, Key, Recorded, StateChange, WaitingOffer};
use crate::ops::error::Error;
use crate::ops::unsettled::accepted;

use super::settled::updates_settled;
use super::unseen::Look;
use super::{StateChangeError, StateEdited};

pub(super) async fn not_done(look: Look<'_>, key: Key, recorded: &Recorded) -> Result<StateEdited, Error> {
    let waiting: Vec<WaitingOffer<'_>> = recorded.waiting_offers().filter(|waiting| *waiting.key == key).collect();
    if waiting.is_empty() {
        return Err(StateChangeError::NothingWaits { key }.into());
    }
    updates_settled(look.repository, &key, waiting.iter().map(|waiting| waiting.unsettled))?;
    let (mut changes, mut unseen) = (Vec::new(), None);
    for waiting in waiting {
        let offer_id = waiting.offer_id;
        let looked = look.offer(offer_id).await?;
        if let Some(done) = waiting.done(&looked.offer.fields).next() {
            return Err(StateChangeError::Done { key, accepted: accepted(done) }.into());
        }
        let fields = waiting.unsettled.waiting.iter().flat_map(|update| update.fields.iter()).map(|(field, _)| field);
        let not_shown = fields.filter(|field| looked.offer.fields.get(*field).is_none()).collect();
        unseen = unseen.or_else(|| looked.unseen(not_shown));
        changes.extend(waiting.unsettled.waiting.iter().map(|update| ended(&key, offer_id, update)));
        let (key, fields) = (key.clone(), Fields::default());
        changes.push(StateChange::Settled { key, offer_id, fields, retired: false });
    }
    Ok(StateEdited::NotDone { key, changes, unseen })
}
