//! The same change on many offers, as one: a reviewer judges it once.

use std::collections::HashMap;

use crate::offer::{Field, Operation, StateChange, Value};
use crate::plan::{Action, ActionKind, Verb};

use super::money::{Range, Unit};
use super::sides::Sides;

/// Actions of one verb with the same fields, the same values before and after and the same units of money.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub verb: Verb,
    /// At least one.
    pub first: &'a Action,
    /// The others, in the order of the plan.
    pub others: Vec<&'a Action>,
}

impl<'a> Group<'a> {
    pub(super) fn actions(&self) -> impl Iterator<Item = &'a Action> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    pub(super) fn len(&self) -> usize {
        1 + self.others.len()
    }

    /// The margins before and after, from the least to the greatest, where every offer of the group has one.
    pub(super) fn margins(&self) -> (Option<Range>, Option<Range>) {
        let range = |margin: fn(Sides<'a>) -> Option<rust_decimal::Decimal>| {
            let margins: Option<Vec<_>> = self.actions().map(|action| margin(Sides::of(action))).collect();
            Range::of(margins?)
        };
        (range(Sides::margin_before), range(Sides::margin_after))
    }
}

/// What makes two actions the same to a reviewer.
#[derive(PartialEq, Eq, Hash)]
struct Sameness<'a> {
    verb: Verb,
    kind: Kind,
    reason: Option<&'a str>,
    changes: Vec<(Field, Option<&'a Value>, Option<&'a Value>)>,
    units: Option<[Unit; 4]>,
}

/// Differences between actions of one verb that change what they mean.
#[derive(PartialEq, Eq, Hash)]
enum Kind {
    Plain,
    Forget,
    Accept,
    /// Never the same as another: it names something of its own.
    Single(u64),
}

fn sameness(action: &Action) -> Sameness<'_> {
    let kind = match &action.kind {
        ActionKind::StateOnly(StateChange::Rename { offer_id, .. }) => Kind::Single(offer_id.get()),
        ActionKind::Write(Operation::RetireReplaced { update }) => Kind::Single(update.offer_id().get()),
        ActionKind::Blocked { offer_id: Some(id) } if action.changes.is_empty() => Kind::Single(id.get()),
        ActionKind::StateOnly(StateChange::Forget { .. }) => Kind::Forget,
        ActionKind::StateOnly(StateChange::AcceptRemote { .. }) => Kind::Accept,
        _ => Kind::Plain,
    };
    let money = action.changes.iter().any(|change| matches!(change.field, Field::Payout | Field::Revenue));
    let sides = Sides::of(action);
    Sameness {
        verb: action.verb(),
        kind,
        // The reason of a blocked action names the offer; its diagnostic says it again.
        reason: action.reason.as_deref().filter(|_| action.verb() != Verb::Blocked),
        changes: action.changes.iter().map(|c| (c.field, c.before.as_ref(), c.after.as_ref())).collect(),
        units: money.then(|| {
            [
                sides.unit_before(Field::Payout),
                sides.unit_after(Field::Payout),
                sides.unit_before(Field::Revenue),
                sides.unit_after(Field::Revenue),
            ]
        }),
    }
}

/// The actions in groups, in the order in which the first of each stands.
pub(super) fn groups<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut places: HashMap<Sameness<'a>, usize> = HashMap::new();
    for action in actions {
        match places.entry(sameness(action)) {
            std::collections::hash_map::Entry::Occupied(place) => groups[*place.get()].others.push(action),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(groups.len());
                groups.push(Group { verb: action.verb(), first: action, others: Vec::new() });
            }
        }
    }
    groups
}
