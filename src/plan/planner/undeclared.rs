//! Renames that no YAML declares: a new key comes with the name and advertiser of a recorded one whose YAML is gone, or with all that is
//! recorded of it.
//!
//! Owns when that is so, and what of it a plan leaves undone. Invariant: whatever a plan is narrowed to, such a key is neither created
//! nor retired, because CAKE would have the offer twice, and the links of the first one would end.

use crate::diagnostic::Diagnostic;
use crate::offer::{DesiredOffer, Field, Fields, Key, NameIndex, Operation, Record, StateChange};
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

    /// Whether the record has its name and advertiser.
    pub(super) fn is_by_name(&self) -> bool {
        is_named(&self.record.fields)
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

/// Whether the record has what an undeclared rename is recognized by.
fn is_named(fields: &Fields) -> bool {
    fields.name().is_some() && fields.advertiser().is_some()
}

/// Whether nothing that is recorded tells the two apart.
fn may_be_same(offer: &DesiredOffer, record: &Record) -> bool {
    let of_identity = [Field::OfferName, Field::AdvertiserId, Field::VerticalId, Field::OfferUrl];
    let is_equal = |field| record.fields.get(field).is_none_or(|recorded| offer.fields.get(field) == Some(recorded));
    of_identity.into_iter().all(is_equal)
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
        // Names are not recorded where they are not managed.
        let nameless: Vec<_> = self.gone.iter().filter(|(_, record)| !is_named(&record.fields)).collect();
        let of = |offer: &&'a DesiredOffer| {
            let offer = *offer;
            let same =
                index.find_all(&offer.fields).into_iter().filter(|found| found.same_name).map(|found| found.offer);
            let may_be =
                nameless.iter().filter(|(_, record)| may_be_same(offer, record)).map(|(key, record)| (*key, *record));
            let renames = same.chain(may_be).map(|(from, record)| UndeclaredRename { offer, from, record });
            renames.max_by_key(|rename| (rename.is_same_offer(), std::cmp::Reverse(rename.from)))
        };
        self.new.iter().filter_map(of).collect()
    }
}
