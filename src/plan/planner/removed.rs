//! Actions for recorded offers whose YAML was removed, and for the second half of an unfinished replace.

use crate::diagnostic::Diagnostic;
use crate::offer::{Field, Key, OfferId, OfferStatus, Operation, Record, RemovedAction, StateChange, Update, Value};
use crate::plan::action::{Action, ActionKind};
use crate::plan::compare::change;

use super::{Planner, warnings};

impl Planner<'_> {
    pub(super) fn removed(&mut self, key: &Key, record: &Record) {
        if record.protect {
            self.block_removed(key, record, warnings::protected_gone(key, record));
            return;
        }
        match self.removed {
            RemovedAction::Retire => self.retire(key, record),
            RemovedAction::Error => self.block_removed(key, record, warnings::removed(key, record)),
            // Forgotten now, the replaced offer would stay active; the next plan forgets both.
            RemovedAction::Forget if record.replaced.iter().any(|old| !old.inactive) => {}
            RemovedAction::Forget if waits(record) => self.block_removed(key, record, warnings::waits(key, record)),
            RemovedAction::Forget => {
                let (owned, offer_id) = (key.clone(), record.offer_id);
                let kind = ActionKind::StateOnly(StateChange::Forget { key: owned, offer_id });
                self.push_removed(key, record, kind).reason =
                    Some("its YAML is gone; CAKE keeps the offer as it is".to_owned());
            }
        }
    }

    fn retire(&mut self, key: &Key, record: &Record) {
        let update = Update::of_status(record.offer_id, OfferStatus::Inactive);
        let to_inactive = change(Some(record), Field::OfferStatus, Some(Value::Status(OfferStatus::Inactive)), None);
        let action = self.push_removed(key, record, ActionKind::Write(Operation::Retire { update }));
        action.changes.push(to_inactive);
        action.reason = Some("its YAML is gone".to_owned());
    }

    pub(super) fn finish_replace(&mut self, key: &Key, record: &Record, old: OfferId) {
        let update = Update::of_status(old, OfferStatus::Inactive);
        let to_inactive = change(None, Field::OfferStatus, Some(Value::Status(OfferStatus::Inactive)), None);
        let action = self.push_removed(key, record, ActionKind::Write(Operation::RetireReplaced { update }));
        action.changes.push(to_inactive);
        action.reason = Some(format!("offer {} took its place, but it was not made inactive yet", record.offer_id));
    }

    fn block_removed(&mut self, key: &Key, record: &Record, problem: Diagnostic) {
        let kind = ActionKind::Blocked { offer_id: Some(record.offer_id) };
        self.push_removed(key, record, kind).reason = Some(problem.message.clone());
        self.kept.push((key.clone(), problem));
    }

    fn push_removed(&mut self, key: &Key, record: &Record, kind: ActionKind) -> &mut Action {
        let context = record.fields.clone();
        let (key, changes) = (key.clone(), Vec::new());
        let action =
            Action { key, kind, source: None, moved_from: None, changes, context, reason: None, flags: Vec::new() };
        self.actions.push(action);
        let last = self.actions.len() - 1;
        &mut self.actions[last]
    }
}

/// Whether CAKE may still carry out what it has accepted. Of an offer that is forgotten, that would not be noticed.
fn waits(record: &Record) -> bool {
    record.unsettled_offers().any(|(_, unsettled)| !unsettled.waiting.is_empty())
}
