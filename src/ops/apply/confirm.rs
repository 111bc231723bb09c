//! The look at new offers whose replies did not tell them from others.
//!
//! Those that name an id alone are in doubt already. Here are those with the right name, where the reply to another create was about another
//! offer, or where nothing is looked for and another create has such a name. Invariant: an id that CAKE shows as another offer's does not
//! stay recorded for the create; the create is in doubt and is looked for like any other.

use std::collections::BTreeSet;

use crate::apply::{
    ActionOutcome, ActionResult, ActionTracker, CompleteListing, Confirmation, FoundOffer, Identification, Purpose,
    Scope, Unconfirmed, confirmation, wait,
};
use crate::fault_point;
use crate::offer::{Baselines, CreateRequest, InDoubtCreate, Key, OfferId, Recorded, StateChange};
use crate::plan::{Action, Plan};
use crate::state::{JournalError, Session};

use super::driver::ApplyDriver;

/// A create that is done by its reply.
struct Made<'p> {
    place: usize,
    action: &'p Action,
    create: &'p CreateRequest,
    offer_id: OfferId,
    /// Whether no other create of a similar name can have made it.
    is_alone: bool,
}

impl ApplyDriver<'_> {
    /// Looks at the new offers that their replies did not identify; puts creates in doubt whose offers are others.
    pub(super) async fn confirm(
        &self,
        plan: &Plan,
        (baselines, identification): (&Baselines, &Identification),
        session: &mut Session,
        tracker: &ActionTracker,
    ) -> Result<Unconfirmed, JournalError> {
        let made = to_confirm(plan, identification, tracker);
        // Published, so that what is recorded has the new offers.
        if made.is_empty() || !tracker.may_look() || self.stop.is_cancelled() || session.publish().is_err() {
            return Ok(Unconfirmed::default());
        }
        let lag = fault_point::shortened(self.settings.cake.listing_lag);
        let scope = Scope::of(made.iter().map(|made| made.create.offer.fields()));
        let mut not_shown = Vec::new();
        for is_last in [lag.is_zero(), true] {
            let (reader, recorded) = (self.cake.client.reader(), session.recorded());
            let listing = CompleteListing::read(&reader, &scope, &recorded, Purpose::Records, self.observer).await;
            let listing = match listing {
                Ok(listing) => listing,
                Err(failure) => {
                    let offers = made.iter().map(|made| (made.action.key.clone(), made.offer_id)).collect();
                    return Ok(Unconfirmed { offers, failure: Some(failure) });
                }
            };
            not_shown = self.compare(&made, baselines, &recorded, &listing, session, tracker).await?;
            let reason = "CAKE's list does not show a new offer yet".to_owned();
            if is_last || not_shown.is_empty() || !wait(lag, reason, self.stop, self.observer).await {
                break;
            }
        }
        Ok(Unconfirmed { offers: not_shown, failure: None })
    }

    /// Returns the offers that the listing does not show.
    async fn compare(
        &self,
        made: &[Made<'_>],
        baselines: &Baselines,
        recorded: &Recorded,
        listing: &CompleteListing,
        session: &Session,
        tracker: &ActionTracker,
    ) -> Result<Vec<(Key, OfferId)>, JournalError> {
        let compared: BTreeSet<OfferId> = made.iter().map(|made| made.offer_id).collect();
        let owned: BTreeSet<OfferId> = recorded.offer_ids().filter(|id| !compared.contains(id)).collect();
        let mut not_shown = Vec::new();
        for Made { place, action, create, offer_id, is_alone } in made {
            let key = &action.key;
            if recorded.offers.get(key).is_none_or(|record| record.offer_id != *offer_id) {
                continue;
            }
            let baseline = create.advertiser().and_then(|id| baselines.of(id));
            match confirmation(create, *is_alone, *offer_id, baseline.as_ref(), |id| owned.contains(&id), listing) {
                Confirmation::Same(found) => record_as_shown(&found, *place, action, create, session, tracker).await?,
                Confirmation::NotShown => not_shown.push((key.clone(), *offer_id)),
                Confirmation::Other(shown) => {
                    let message = format!("its reply named offer {offer_id}, and CAKE shows {shown}");
                    // The second half of a replace may have been sent already.
                    if create.replaces.is_none() {
                        let sent_at = Some(jiff::Timestamp::now());
                        let in_doubt = InDoubtCreate::new((*create).clone(), message.clone());
                        let create = InDoubtCreate { sent_at, baseline, accepted: true, ..in_doubt };
                        let change = StateChange::PutInDoubt { key: key.clone(), offer_id: *offer_id, create };
                        session.journal().change_state(vec![change]).await?;
                    }
                    tracker.end(*place, ActionResult::of(action, ActionOutcome::InDoubt, &message));
                }
            }
        }
        Ok(not_shown)
    }
}

/// What CAKE shows otherwise than it was sent is recorded as it shows it.
async fn record_as_shown(
    found: &FoundOffer,
    place: usize,
    action: &Action,
    create: &CreateRequest,
    session: &Session,
    tracker: &ActionTracker,
) -> Result<(), JournalError> {
    let mut contradictions = found.contradictions(create.offer.fields());
    contradictions.retain(|shown| !create.ignored.contains(shown.field));
    if contradictions.is_empty() {
        return Ok(());
    }
    let (key, offer_id) = (&action.key, found.offer_id);
    let of = |is_unreadable| {
        let fields = contradictions.iter().filter(move |shown| shown.is_unreadable == is_unreadable);
        fields.map(|shown| shown.field)
    };
    let fields = of(false).filter_map(|field| Some((field, found.shown.get(field)?.clone()))).collect();
    let accept = StateChange::AcceptRemote { key: key.clone(), offer_id, fields };
    let forget = StateChange::Unmanage { key: key.clone(), offer_id, fields: of(true).collect() };
    session.journal().change_state(vec![accept, forget]).await?;
    // The second half of a replace may have ended otherwise.
    if let Some(earlier) = tracker.result(place).filter(|result| result.outcome == ActionOutcome::Done) {
        let result = ActionResult { attempts: 0, ..earlier };
        tracker.end(place, result.contradicted(contradictions, action, true));
    }
    Ok(())
}

/// The creates that are done and whose replies leave open whose they are.
fn to_confirm<'p>(plan: &'p Plan, identification: &Identification, tracker: &ActionTracker) -> Vec<Made<'p>> {
    let creates = plan.actions.iter().enumerate().filter_map(|(at, action)| Some((at, action, action.kind.create()?)));
    let made = creates.filter_map(|(place, action, create)| {
        let offer_id = tracker.created(place)?;
        // CAKE may show one name as a similar one. Those were sent one after another, and CAKE counts ids up.
        let alike = identification.alike(create);
        let ids: Vec<OfferId> = alike.iter().filter_map(|place| tracker.created(*place)).collect();
        let is_alone = ids.is_sorted();
        // One reply was another create's, so the others may be as well.
        let is_open = tracker.has_mismatch() || identification.is_open(create, offer_id);
        is_open.then_some(Made { place, action, create, offer_id, is_alone })
    });
    made.collect()
}
