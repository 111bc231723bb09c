//! Groups: actions that make the same change to several offers, so that a reviewer judges the change once.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::civil::DateTime;

use crate::offer::{Field, FieldKind, Operation, StateChange, StatusWord, Value};
use crate::plan::{Action, ActionKind, BeforeAfter, FieldChange, Flag, FlagKind, Unit, Verb, YamlLocation};
use crate::source::SourcePath;

use super::flag::{self, ReviewPriority};
use super::money::Range;

/// Actions of one verb with the same fields, the same flags, and the same values before and after from the same defaults, or amounts that
/// change by the same rule.
#[derive(Debug, Clone)]
pub(in crate::report) struct Group<'a> {
    pub verb: Verb,
    pub first: &'a Action,
    /// The others, in the order of the plan.
    pub others: Vec<&'a Action>,
    /// The flags that each of its actions has, the most severe first.
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

    /// Each of its actions as a group of its own.
    pub(in crate::report) fn each(&self) -> impl Iterator<Item = Self> {
        self.actions().map(|action| Self { flags: self.flags.clone(), priority: self.priority, ..Self::single(action) })
    }

    /// The whole where all of its offers have the flagged value from one place; else each of its actions.
    pub(in crate::report) fn by_line(&self) -> Vec<Self> {
        if self.origin().is_some() { vec![self.clone()] } else { self.each().collect() }
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

    /// Why it is to be reviewed, the gravest first.
    pub(in crate::report) fn why(&self) -> Vec<String> {
        self.flags.iter().map(|flag| flag::text(*flag, self.first)).collect()
    }

    /// The line that gives the value for which its first offer is flagged, or where that offer stands.
    pub(in crate::report) fn source(&self) -> Option<&'a YamlLocation> {
        flag::source(&self.flags, &self.first.changes).or(self.first.source.as_ref())
    }

    /// Where all of its offers have that for which they are flagged from.
    fn origin(&self) -> Option<Origin<'a>> {
        let line = || self.inherited_source().map(Origin::Line);
        self.folder_without_value().map(Origin::Folder).or_else(line)
    }

    /// The folder of its offers, where they are flagged because no file gives a value.
    fn folder_without_value(&self) -> Option<&'a str> {
        let Some(Flag::UnusualUnit { differs, .. }) = self.flags.first() else { return None };
        let folder = |action: &'a Action| {
            let is_given = BeforeAfter::of(action).after(*differs).is_some();
            action.source.as_ref().filter(|_| !is_given).map(|source| source.file.folder())
        };
        let first = folder(self.first)?;
        self.others.iter().all(|action| folder(action) == Some(first)).then_some(first)
    }

    /// The line of defaults that gives all of its offers the value for which they are flagged.
    fn inherited_source(&self) -> Option<&'a YamlLocation> {
        let source = self.source()?;
        let inherits = |action: &Action| {
            let is_own = action.source.as_ref().is_some_and(|own| own.file == source.file);
            !is_own && action.changes.iter().any(|change| change.source.as_ref() == Some(source))
        };
        self.actions().all(inherits).then_some(source)
    }

    /// The line of defaults that gives a changed value to all of its offers.
    pub(super) fn inherited_from(&self, change: &FieldChange) -> Option<&'a YamlLocation> {
        let of = |action: &'a Action| {
            let own = action.changes.iter().find(|other| other.field == change.field)?;
            action.inherited_from(own)
        };
        let first = of(self.first)?;
        self.others.iter().all(|action| of(action) == Some(first)).then_some(first)
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
}

/// A change. An amount that follows a rule is the same change as another amount by that rule.
#[derive(PartialEq, Eq, Hash)]
enum ChangeKey<'a> {
    Rule { field: Field, cluster: usize, due_since: Option<DateTime> },
    Values(ValuesKey<'a>),
}

/// A change of values; one that is inherited is another change than the same one in the offer's own file.
#[derive(PartialEq, Eq, Hash)]
struct ValuesKey<'a> {
    field: Field,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    units: Option<[Unit; 2]>,
    status_word: Option<&'a StatusWord>,
    new_host: Option<&'a str>,
    inherited_from: Option<&'a YamlLocation>,
    due_since: Option<DateTime>,
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
        let field = change.field;
        if let Some(cluster) = change.cluster {
            return Self::Rule { field, cluster, due_since: change.due_since };
        }
        Self::Values(ValuesKey::of(action, change))
    }
}

impl<'a> ValuesKey<'a> {
    fn of(action: &'a Action, change: &'a FieldChange) -> Self {
        let (sides, field) = (BeforeAfter::of(action), change.field);
        Self {
            field,
            before: change.before.as_ref(),
            after: change.after.as_ref(),
            units: (field.kind() == FieldKind::Money).then(|| [sides.unit_before(field), sides.unit_after(field)]),
            status_word: change.status_word.as_ref(),
            new_host: change.new_host.as_deref(),
            inherited_from: action.inherited_from(change),
            due_since: change.due_since,
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
        Self {
            verb: action.verb(),
            kind,
            moved_from: action.moved_from.as_ref().map(SourcePath::folder),
            // The reason of a blocked action names the offer; its diagnostic repeats it.
            reason: action.reason.as_deref().filter(|_| action.verb() != Verb::Blocked),
            changes: action.changes.iter().map(|change| ChangeKey::of(action, change)).collect(),
        }
    }
}

/// Where several offers have something from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Origin<'a> {
    /// A line of defaults gives it.
    Line(&'a YamlLocation),
    /// No file gives it to the offers of this folder.
    Folder(&'a str),
}

/// What makes several groups one to a reviewer: the flags, where that comes from for which they are flagged, and the amounts.
type FoldKey<'a> = (Verb, &'a [Flag], Origin<'a>, Vec<ValuesKey<'a>>);

/// The groups that are flagged. Those that are flagged for one value of a file of defaults are one group, whatever else they change: new
/// offers with names of their own, for instance.
pub(super) fn flagged<'a>(groups: &[Group<'a>]) -> Vec<Group<'a>> {
    let mut flagged: Vec<Group<'a>> = Vec::new();
    let mut known: HashMap<FoldKey<'_>, usize> = HashMap::new();
    for group in groups.iter().filter(|group| !group.flags.is_empty()) {
        if let Some(origin) = group.origin().filter(|_| group.verb != Verb::Blocked) {
            let changes = group.first.changes.iter().filter(|change| change.field.kind() == FieldKind::Money);
            let amounts = changes.map(|change| ValuesKey::of(group.first, change)).collect();
            let at = *known.entry((group.verb, &group.flags, origin, amounts)).or_insert(flagged.len());
            if let Some(same) = flagged.get_mut(at) {
                same.others.extend(group.actions());
                same.priority = same.priority.max(group.priority);
                continue;
            }
        }
        flagged.push(group.clone());
    }
    flagged
}

/// The actions in groups, in the order in which the first of each stands, with the flags of some kinds.
pub(super) fn groups<'a>(
    actions: impl IntoIterator<Item = &'a Action>,
    is_kept: impl Fn(FlagKind) -> bool,
) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut indices: HashMap<(GroupKey<'a>, Vec<Flag>), usize> = HashMap::new();
    for action in actions {
        let flags: Vec<Flag> = action.flags.iter().filter(|flag| is_kept(flag.kind())).copied().collect();
        let priority = ReviewPriority::of(action, &flags);
        let group = match indices.entry((GroupKey::of(action), flags)) {
            Entry::Occupied(index) => {
                let group = &mut groups[*index.get()];
                group.others.push(action);
                group
            }
            Entry::Vacant(index) => {
                let mut group = Group::single(action);
                group.flags.clone_from(&index.key().1);
                index.insert(groups.len());
                groups.push(group);
                let last = groups.len() - 1;
                &mut groups[last]
            }
        };
        group.priority = group.priority.max(priority);
    }
    groups
}
