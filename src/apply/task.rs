//! An action to run, with what is known of it already.
//!
//! The invariant: what CAKE has done, or shows, of an action is not sent a second time.

use std::collections::{BTreeMap, HashMap};

use crate::offer::{Field, Operation, name_forms};
use crate::plan::{Action, ActionKind};

use super::recovery::Found;
use super::seen::AlreadyShown;

/// One action to run.
#[derive(Debug, Clone, Copy)]
pub struct Task<'a> {
    /// Its index in the plan.
    pub place: usize,
    pub action: &'a Action,
    /// The offer that its create made, if a lookup found it: only the rest of the action is left to do.
    pub created: Option<&'a Found>,
    /// The values of its update that CAKE shows already.
    pub shown: Option<&'a AlreadyShown>,
}

impl<'a> Task<'a> {
    /// Whether something of it is sent.
    pub(super) fn is_to_send(&self) -> bool {
        match &self.action.kind {
            ActionKind::StateOnly(_) => false,
            ActionKind::Write(_) | ActionKind::Blocked { .. } => self.shown.is_none_or(|shown| shown.rest.is_some()),
        }
    }

    /// Whether it is an update of the status of the key's present offer.
    pub(super) fn writes_status(&self) -> bool {
        match &self.action.kind {
            ActionKind::Write(Operation::Update { update } | Operation::Restore { update, .. }) => {
                update.changes().get(Field::OfferStatus).is_some()
            }
            _ => false,
        }
    }

    /// What is left of its update, where CAKE shows a part of it already.
    pub(super) fn rest(&self) -> Option<&'a Operation> {
        self.shown?.rest.as_ref()
    }
}

/// Groups the tasks that are sent one after another, each group in plan order: those of one key, because the journal takes one write of a
/// key at a time, and creates whose names CAKE may show alike, because nothing would tell their replies apart if they were exchanged.
pub(super) fn in_turn<'a>(tasks: &[Task<'a>]) -> Vec<Vec<Task<'a>>> {
    let mut roots: Vec<usize> = (0..tasks.len()).collect();
    let mut first_with: HashMap<String, usize> = HashMap::new();
    for (place, task) in tasks.iter().enumerate() {
        for label in labels(task) {
            let first = *first_with.entry(label).or_insert(place);
            let (one, other) = (root(&mut roots, first), root(&mut roots, place));
            roots[one.max(other)] = one.min(other);
        }
    }
    let mut groups: BTreeMap<usize, Vec<Task<'a>>> = BTreeMap::new();
    for (place, task) in tasks.iter().enumerate() {
        groups.entry(root(&mut roots, place)).or_default().push(*task);
    }
    groups.into_values().collect()
}

/// What a task must not share with another one that is sent at the same time.
fn labels(task: &Task<'_>) -> Vec<String> {
    let name = task.action.kind.create().and_then(|create| create.offer.fields().name());
    let names = name.into_iter().flat_map(name_forms).map(|form| format!("name {form}"));
    std::iter::once(format!("key {}", task.action.key)).chain(names).collect()
}

/// The first task of the group.
fn root(roots: &mut [usize], mut place: usize) -> usize {
    while roots[place] != place {
        roots[place] = roots[roots[place]];
        place = roots[place];
    }
    place
}
