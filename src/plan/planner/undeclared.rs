//! Renames that no YAML declares: a new key comes with the name and advertiser of a recorded one whose YAML is gone.
//!
//! Owns when that is so, and what of it a plan leaves undone. Invariant: whatever a plan is narrowed to, such a key is neither created
//! nor retired, because CAKE would have the offer twice, and the links of the first one would end.

use crate::diagnostic::Diagnostic;
use crate::offer::{DesiredOffer, Field, Key, NameIndex, Operation, Record, StateChange};
use crate::plan::action::{Action, ActionKind, Verb};

use super::{Planner, warnings};

/// A key that comes and the one that goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct UndeclaredRename<'a> {
    pub(super) offer: &'a DesiredOffer,
    pub(super) from: &'a Key,
    pub(super) record: &'a Record,
}

impl UndeclaredRename<'_> {
    /// Whether nothing in CAKE would tell the two apart.
    pub(super) fn is_same_offer(&self) -> bool {
        let same = |field| self.offer.fields.get(field) == self.record.fields.get(field);
        same(Field::VerticalId) && same(Field::OfferUrl)
    }

    fn takes_place_in(&self, action: &Action) -> bool {
        let is_create = action.verb() == Verb::Create && action.key == self.offer.key;
        is_create || is_removal(&action.kind) && action.key == *self.from
    }

    /// Why an action of one of the two keys is blocked.
    fn reason_of(&self, action: &Action, problem: &Diagnostic) -> String {
        match action.verb() {
            Verb::Create => problem.message.clone(),
            _ => format!("its YAML is gone, and the new `{}` has its name and advertiser", self.offer.key),
        }
    }
}

fn is_removal(kind: &ActionKind) -> bool {
    matches!(kind, ActionKind::Write(Operation::Retire { .. }) | ActionKind::StateOnly(StateChange::Forget { .. }))
}

impl<'a> Planner<'a> {
    pub(super) fn block_undeclared_renames(&mut self) {
        for rename in self.undeclared_renames() {
            let problem = warnings::undeclared_rename(&rename);
            let mut is_planned = false;
            for action in self.actions.iter_mut().filter(|action| rename.takes_place_in(action)) {
                is_planned = true;
                action.reason = Some(rename.reason_of(action, &problem));
                action.kind = ActionKind::Blocked { offer_id: action.kind.offer_id() };
            }
            if is_planned {
                self.diagnostics.push(problem);
            }
        }
    }

    /// One for each new key; of several records with its name, the one that is most like it.
    fn undeclared_renames(&self) -> Vec<UndeclaredRename<'a>> {
        if self.new.is_empty() || self.gone.is_empty() {
            return Vec::new();
        }
        let mut index = NameIndex::default();
        for (key, record) in &self.gone {
            index.insert(&record.fields, (*key, *record));
        }
        let of = |offer: &&'a DesiredOffer| {
            let offer = *offer;
            let same = index.find_all(&offer.fields).into_iter().filter(|found| found.same_name);
            let renames = same.map(|found| UndeclaredRename { offer, from: found.offer.0, record: found.offer.1 });
            renames.max_by_key(|rename| (rename.is_same_offer(), std::cmp::Reverse(rename.from)))
        };
        self.new.iter().filter_map(of).collect()
    }
}
