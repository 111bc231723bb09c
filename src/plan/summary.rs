//! The counts of a plan.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::action::{Plan, Verb};

/// How many actions of each verb, how many offers need nothing, and how many were left out: nothing is known of those.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each member is the count of the verb of its name")]
pub struct Summary {
    pub create: usize,
    pub update: usize,
    pub replace: usize,
    pub retire: usize,
    pub restore: usize,
    pub release: usize,
    pub rename: usize,
    #[serde(default)]
    pub protect: usize,
    pub blocked: usize,
    pub unchanged: usize,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Summary {
    /// The count of a verb.
    pub fn count(&self, verb: Verb) -> usize {
        match verb {
            Verb::Create => self.create,
            Verb::Replace => self.replace,
            Verb::Restore => self.restore,
            Verb::Update => self.update,
            Verb::Retire => self.retire,
            Verb::Rename => self.rename,
            Verb::Protect => self.protect,
            Verb::Release => self.release,
            Verb::Blocked => self.blocked,
        }
    }
}

impl Summary {
    /// How many actions there are in all.
    pub fn actions(self) -> usize {
        Verb::ALL.into_iter().map(|verb| self.count(verb)).sum()
    }
}

impl Plan {
    /// How many actions of each verb.
    pub fn summary(&self) -> Summary {
        let count = |verb: Verb| self.actions.iter().filter(|action| action.verb() == verb).count();
        Summary {
            create: count(Verb::Create),
            update: count(Verb::Update),
            replace: count(Verb::Replace),
            retire: count(Verb::Retire),
            restore: count(Verb::Restore),
            release: count(Verb::Release),
            rename: count(Verb::Rename),
            protect: count(Verb::Protect),
            blocked: count(Verb::Blocked),
            unchanged: self.unchanged,
            left_out: self.left_out,
        }
    }
}
