//! From the plan's words to the journal's: what each action writes down before it acts. Pure, and no choice is made here.

use crate::offer::{Key, OfferId, OfferStatus, Update};
use crate::plan::{Action, ActionKind, Create, Release, Settlement};
use crate::state::{Operation, StateChange};

/// How an action is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Course {
    /// One request.
    Send(Operation),
    /// A create, and when that is done the retirement of the old offer.
    Replace {
        /// The create.
        create: Operation,
        /// The second request.
        retire: Operation,
    },
    /// No request: the state alone changes.
    StateChange(StateChange),
    /// Nothing: a person has to decide.
    Nothing,
}

/// How this action is carried out.
pub(super) fn course(action: &Action) -> Course {
    let key = &action.key;
    match &action.kind {
        ActionKind::Create(create) => Course::Send(purpose_of_create(create, None)),
        ActionKind::Replace { old, create } => Course::Replace {
            create: purpose_of_create(create, Some(*old)),
            retire: Operation::RetireReplaced { update: Update::of_status(*old, OfferStatus::Inactive) },
        },
        ActionKind::Restore { update, protect } => {
            Course::Send(Operation::Restore { update: update.clone(), protect: *protect })
        }
        ActionKind::Update(update) => Course::Send(Operation::Update { update: update.clone() }),
        ActionKind::Retire(update) => Course::Send(Operation::Retire { update: update.clone() }),
        ActionKind::RetireReplaced(update) => Course::Send(Operation::RetireReplaced { update: update.clone() }),
        ActionKind::Rename { from, offer_id } => {
            Course::StateChange(StateChange::Rename { from: from.clone(), to: key.clone(), offer_id: *offer_id })
        }
        ActionKind::Release { offer_id, release } => Course::StateChange(note_of_release(key, *offer_id, release)),
        ActionKind::Blocked { .. } => Course::Nothing,
    }
}

fn purpose_of_create(create: &Create, replaces: Option<OfferId>) -> Operation {
    let Create { offer, ignored, protect } = create;
    Operation::Create { offer: offer.clone(), ignored: *ignored, protect: *protect, replaces }
}

fn note_of_release(key: &Key, offer_id: OfferId, release: &Release) -> StateChange {
    let key = key.clone();
    match release {
        Release::Fields(fields) => StateChange::Release { key, offer_id, fields: *fields },
        Release::Forget => StateChange::Forget { key, offer_id },
        Release::Accept(fields) => StateChange::Accept { key, offer_id, fields: fields.clone() },
    }
}

/// What a settlement writes down.
pub(super) fn note_of_settlement(settlement: &Settlement) -> StateChange {
    match settlement {
        Settlement::Protect { key, offer_id, protect } => {
            StateChange::Protect { key: key.clone(), offer_id: *offer_id, protect: *protect }
        }
        Settlement::Values { key, offer_id, fields } => {
            StateChange::Accept { key: key.clone(), offer_id: *offer_id, fields: fields.clone() }
        }
    }
}
