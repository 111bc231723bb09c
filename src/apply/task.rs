//! An action to run, with what is known of it already.
//!
//! The invariant: what CAKE has done, or shows, of an action is not sent a second time.

use std::collections::HashMap;

use crate::offer::{Key, Operation};
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

    /// What is left of its update, where CAKE shows a part of it already.
    pub(super) fn rest(&self) -> Option<&'a Operation> {
        self.shown?.rest.as_ref()
    }
}

/// Groups the tasks by key, in plan order.
pub(super) fn by_key<'a>(tasks: &[Task<'a>]) -> Vec<Vec<Task<'a>>> {
    let mut groups: Vec<Vec<Task<'a>>> = Vec::new();
    let mut group_of: HashMap<&Key, usize> = HashMap::new();
    for task in tasks {
        let group = *group_of.entry(&task.action.key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(*task);
    }
    groups
}
