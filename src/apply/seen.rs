//! What CAKE showed of the offers that a plan writes to, before the first write. Pure.
//!
//! Owns what follows from it for the writes: which values are not sent, and whose name a reply has to show where the record has none.

use std::collections::BTreeMap;

use crate::offer::{Field, FieldSet, Fields, Key, Observed, OfferId, Operation, StateChange, Update};
use crate::plan::{ActionKind, ChangedBy, Drift, DriftedField, DriftedOffer, Plan};

/// What CAKE showed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Name and advertiser of each offer.
    identities: BTreeMap<OfferId, Fields>,
    /// The updates that CAKE shows already, wholly or in part, by their index in the plan.
    shown: BTreeMap<usize, AlreadyShown>,
}

/// The values of an update that CAKE shows already and that are not recorded. They are recorded and not sent: CAKE may store
/// a name otherwise than it was sent, and what it shows of it, sent again, would be stored otherwise once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlreadyShown {
    /// The values enter the record.
    pub change: StateChange,
    /// The update with the other values, if there are any.
    pub rest: Option<Operation>,
}

impl Seen {
    /// What a listing, and its comparison with the records, say of the offers that a plan writes to.
    pub fn of(plan: &Plan, observed: &Observed, drift: &Drift) -> Self {
        let writes = || {
            plan.actions.iter().enumerate().filter_map(|(place, action)| match &action.kind {
                ActionKind::Write(operation) => Some((place, action, operation)),
                ActionKind::StateOnly(_) | ActionKind::Blocked { .. } => None,
            })
        };
        let identities = writes().filter_map(|(_, _, operation)| {
            let offer_id = operation.offer_id()?;
            Some((offer_id, identity(&observed.offers.get(&offer_id)?.fields)))
        });
        let drifted: BTreeMap<OfferId, &DriftedOffer> =
            drift.offers.iter().map(|offer| (offer.offer_id, offer)).collect();
        let shown = writes().filter_map(|(place, action, operation)| {
            let Operation::Update { update } = operation else { return None };
            Some((place, already_shown(&action.key, update, drifted.get(&update.offer_id())?)?))
        });
        Self { identities: identities.collect(), shown: shown.collect() }
    }

    /// Whether CAKE shows something already that the plan would send.
    pub fn has_shown_values(&self) -> bool {
        !self.shown.is_empty()
    }

    /// What CAKE shows already of an action's update.
    pub fn shown(&self, place: usize) -> Option<&AlreadyShown> {
        self.shown.get(&place)
    }

    /// Name and advertiser of the offer that an operation changes.
    pub(super) fn identity(&self, operation: &Operation) -> Option<&Fields> {
        self.identities.get(&operation.offer_id()?)
    }
}

fn identity(shown: &Fields) -> Fields {
    let fields = [Field::OfferName, Field::AdvertiserId].into_iter();
    fields.filter_map(|field| Some((field, shown.get(field)?.clone()))).collect()
}

fn already_shown(key: &Key, update: &Update, offer: &DriftedOffer) -> Option<AlreadyShown> {
    // What is recorded was confirmed after it was sent; a list that shows something else may lag behind.
    let is_shown = |field: &&DriftedField| field.recorded.is_none() && field.changed_by == ChangedBy::BothAlike;
    let agreed: FieldSet = offer.fields().iter().filter(is_shown).map(|field| field.field).collect();
    let (shown, left): (Vec<_>, Vec<_>) = update.changes().iter().partition(|(field, _)| agreed.contains(*field));
    if shown.is_empty() {
        return None;
    }
    let (key, offer_id) = (key.clone(), update.offer_id());
    let fields = shown.into_iter().map(|(field, value)| (field, value.clone())).collect();
    let left = left.into_iter().filter_map(|(field, value)| Some((field.updatable()?, value.clone())));
    let rest = Update::new(offer_id, left).map(|update| Operation::Update { update });
    Some(AlreadyShown { change: StateChange::AcceptRemote { key, offer_id, fields }, rest })
}
