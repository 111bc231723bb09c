//! Groups: actions that make the same change to several offers, so that a reviewer judges the change once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::offer::{Field, Operation, StateChange, StatusWord, Value};
use crate::plan::{Action, ActionKind, BeforeAfter, FieldChange, Unit, Verb, YamlLocation};
use crate::source::SourcePath;

use super::flag::{Flag, ReviewPriority};
use super::money::Range;

/// Actions of one verb with the same fields, the same values before and after, from the same defaults, and the same units of money.
#[derive(Debug)]
pub(in crate::report) struct Group<'a> {
    pub verb: Verb,
    pub first: &'a Action,
    /// The others, in the order of the plan.
    pub others: Vec<&'a Action>,
    /// The flags that any of its actions has, the most severe first.
    pub flags: Vec<Flag>,
    /// The highest priority of its actions; `None` if none is flagged.
    pub priority: Option<ReviewPriority>,
}

impl<'a> Group<'a> {
    /// A group of one, without flags.
    pub(in crate::report) fn single(action: &'a Action) -> Self {
        Self { verb: action.verb(), first: action, others: Vec::new(), flags: Vec::new(), priority: None }
    }

    pub(in crate::report) fn actions(&self) -> impl Iterator<Item = &'a Action> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    pub(in crate::report) fn len(&self) -> usize {
        1 + self.others.len()
    }

    /// What is done, for a heading: the verb, or what is special about this action.
    pub(in crate::report) fn title(&self) -> &'static str {
        match &self.first.kind {
            ActionKind::Write(Operation::RetireReplaced { .. }) => "retire the replaced offer of",
            ActionKind::StateOnly(StateChange::Forget { .. }) => "forget",
            ActionKind::StateOnly(StateChange::Protect { protect: false, .. }) => "unprotect",
            ActionKind::StateOnly(StateChange::AcceptRemote { .. }) => "accept",
            kind => kind.verb().word(),
        }
    }

    /// The reason, where the changes do not show it. A blocked action with changes has its reason among the problems.
    pub(in crate::report) fn reason(&self) -> Option<Cow<'a, str>> {
        let reason = self.first.reason.as_deref()?;
        if self.verb == Verb::Blocked && !self.first.changes.is_empty() {
            return None;
        }
        Some(match reason.strip_prefix("its ") {
            Some(rest) if self.len() > 1 => Cow::Owned(format!("their {rest}")),
            _ => Cow::Borrowed(reason),
        })
    }

    /// Where its files stood before: the file of one offer, the folder of several.
    pub(in crate::report) fn moved_from(&self) -> Option<&'a str> {
        let from = self.first.moved_from.as_ref()?;
        Some(if self.len() > 1 { from.folder() } else { from.as_str() })
    }

    /// The margins before and after, from the least to the greatest, where every offer of the group has one.
    pub(super) fn margins(&self) -> (Option<Range>, Option<Range>) {
        let range = |margin: fn(BeforeAfter<'a>) -> Option<rust_decimal::Decimal>| {
            let margins: Option<Vec<_>> = self.actions().map(|action| margin(BeforeAfter::of(action))).collect();
            Range::of(margins?)
        };
        (range(BeforeAfter::margin_before), range(BeforeAfter::margin_after))
    }

    fn flag(&mut self, action: &Action, flags: &[Flag]) {
        self.flags.extend(flags);
        self.flags.sort_unstable();
        self.flags.dedup();
        self.priority = self.priority.max(ReviewPriority::of(action, flags));
    }
}

/// What makes two actions the same change to a reviewer.
#[derive(PartialEq, Eq, Hash)]
struct GroupKey<'a> {
    verb: Verb,
    kind: Kind,
    /// Whether its file moved, and from which folder.
    moved_from: Option<&'a str>,
    reason: Option<&'a str>,
    changes: Vec<ChangeKey<'a>>,
    units: Option<[Unit; 4]>,
}

/// A change; one that is inherited is another change than the same one in the offer's own file.
#[derive(PartialEq, Eq, Hash)]
struct ChangeKey<'a> {
    field: Field,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    status_word: Option<&'a StatusWord>,
    new_host: Option<&'a str>,
    inherited_from: Option<&'a YamlLocation>,
}

/// Differences between actions of one verb that change what they mean.
#[derive(PartialEq, Eq, Hash)]
enum Kind {
    Plain,
    Forget,
    Accept,
    /// Never the same as another: it names a key or an id of its own.
    Single(u64),
}

impl<'a> ChangeKey<'a> {
    fn of(action: &'a Action, change: &'a FieldChange) -> Self {
        Self {
            field: change.field,
            before: change.before.as_ref(),
            after: change.after.as_ref(),
            status_word: change.status_word.as_ref(),
            new_host: change.new_host.as_deref(),
            inherited_from: action.inherited_from(change),
        }
    }
}

impl<'a> GroupKey<'a> {
    fn of(action: &'a Action) -> Self {
        let kind = match &action.kind {
            ActionKind::StateOnly(StateChange::Rename { offer_id, .. }) => Kind::Single(offer_id.get()),
            ActionKind::Write(Operation::RetireReplaced { update }) => Kind::Single(update.offer_id().get()),
            ActionKind::Blocked { offer_id: Some(id) } if action.changes.is_empty() => Kind::Single(id.get()),
            ActionKind::StateOnly(StateChange::Forget { .. }) => Kind::Forget,
            ActionKind::StateOnly(StateChange::AcceptRemote { .. }) => Kind::Accept,
            _ => Kind::Plain,
        };
        let money = action.changes.iter().any(|change| matches!(change.field, Field::Payout | Field::Revenue));
        let sides = BeforeAfter::of(action);
        Self {
            verb: action.verb(),
            kind,
            moved_from: action.moved_from.as_ref().map(SourcePath::folder),
            // The reason of a blocked action names the offer; its diagnostic repeats it.
            reason: action.reason.as_deref().filter(|_| action.verb() != Verb::Blocked),
            changes: action.changes.iter().map(|change| ChangeKey::of(action, change)).collect(),
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
}

/// The actions in groups, in the order in which the first of each stands.
pub(super) fn groups<'a>(actions: impl IntoIterator<Item = (&'a Action, Vec<Flag>)>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut indices: HashMap<GroupKey<'a>, usize> = HashMap::new();
    for (action, flags) in actions {
        let index = match indices.entry(GroupKey::of(action)) {
            Entry::Occupied(index) => {
                groups[*index.get()].others.push(action);
                *index.get()
            }
            Entry::Vacant(index) => {
                groups.push(Group::single(action));
                *index.insert(groups.len() - 1)
            }
        };
        groups[index].flag(action, &flags);
    }
    groups
}
