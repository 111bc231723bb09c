//! What a freeze holds back: scheduled changes that are due, and are not sent before the freeze has ended.

use jiff::civil::DateTime;

use super::action::{ActionKind, FieldChange, Plan};
use super::compare::update_of;
use super::upcoming::{HeldBack, Upcoming, UpcomingKind};
use crate::offer::{Digest, Fields, Key, Operation};

impl Plan {
    /// Takes the changes of values that a schedule gives out of the updates of these offers, where a freeze is given for the offer and the time
    /// since which the change is due. What else an update changes stays in it.
    pub fn hold(&mut self, freeze_of: impl Fn(&Key, DateTime) -> Option<HeldBack>) {
        let mut held = Vec::new();
        self.actions.retain_mut(|action| {
            let ActionKind::Write(Operation::Update { update }) = &action.kind else { return true };
            let offer_id = update.offer_id();
            let freeze_of = |change: &FieldChange| freeze_of(&action.key, change.due_since?);
            let freezes = action.changes.iter().filter_map(freeze_of);
            let Some(freeze) = freezes.max_by_key(|freeze| freeze.until) else { return true };
            let (due, others): (Vec<_>, Vec<_>) =
                action.changes.iter().cloned().partition(|change| freeze_of(change).is_some());
            let context = action.context.clone();
            // What surrounds the other changes is what CAKE has.
            take_back(&mut action.context, &due);
            action.changes = others;
            let since = due.iter().filter_map(|change| change.due_since).min().unwrap_or(freeze.until);
            let change = Upcoming::new(since, action.key.clone(), UpcomingKind::Held, due, context);
            held.push(Upcoming { held: Some(freeze), ..change });
            let Some(update) = update_of(offer_id, &action.changes) else { return false };
            action.kind = ActionKind::Write(Operation::Update { update });
            true
        });
        let has_action = |key: &Key| self.actions.iter().any(|action| action.key == *key);
        self.unchanged += held.iter().filter(|held| !has_action(&held.key)).count();
        self.add_held(held);
    }

    /// Adds what is held back.
    pub fn add_held(&mut self, mut held: Vec<Upcoming>) {
        if !held.is_empty() {
            // A saved plan of another time is stale, and was not edited.
            self.inputs_digest = Digest::default().text(&self.inputs_digest).text("held back").finish();
        }
        self.upcoming.append(&mut held);
    }
}

fn take_back(values: &mut Fields, changes: &[FieldChange]) {
    for change in changes {
        _ = match &change.before {
            Some(value) => values.set(change.field, value.clone()),
            None => values.remove(change.field),
        };
    }
}
