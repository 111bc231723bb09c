//! A saved plan: read like any input, held against what would be done now, and carried out exactly or not at all.
//!
//! The file is never the source of a request. A fresh plan is made from today's files, and every saved action must be in it,
//! equal in all that is sent and recorded; what else the fresh plan holds is left alone. So an edited file can ask for nothing
//! that the repository does not say, and offers that moved since make the plan stale by name.

use std::path::Path;

use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::diagnostic::codes;
use crate::plan::{ActionDocument, Plan, SavedDocument};

/// No plan of any size that a person could review is larger.
const LARGEST: u64 = 512 << 20;

/// A plan that was saved.
#[derive(Debug)]
pub(super) struct SavedPlan {
    document: SavedDocument,
}

/// The arguments of `apply`: one file is a saved plan, anything else are globs of keys.
pub(super) fn open<'a>(
    context: &Context,
    arguments: &'a [String],
) -> Result<(Option<SavedPlan>, &'a [String]), Failure> {
    match arguments {
        [one] if one.contains(['/', '\\']) || context.path(Path::new(one)).is_file() => {
            Ok((Some(SavedPlan::read(&context.path(Path::new(one)))?), &[]))
        }
        globs => Ok((None, globs)),
    }
}

impl SavedPlan {
    fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error: std::io::Error| Failure::disk("read the saved plan", path, &error);
        if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST {
            return Err(not_a_plan(path, "it is far too large"));
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        let document = SavedDocument::parse(&bytes).map_err(|error| not_a_plan(path, &error.to_string()))?;
        Ok(Self { document })
    }

    /// Refuses unless every saved action is what would be done now.
    pub(super) fn check(&self, plan: &Plan) -> Result<(), Failure> {
        if self.document.cake != plan.cake {
            let (then, now) = (&self.document.cake, &plan.cake);
            return Err(stale(format!("the saved plan is for the CAKE at {then}, but the configuration names {now}")));
        }
        if let (Some(then), Some(now)) = (&self.document.state.lineage, &plan.state.lineage)
            && then != now
        {
            return Err(stale(format!("the saved plan was made from another state ({then}, now {now})")));
        }
        let moved = self.moved(plan);
        if moved.is_empty() {
            return Ok(());
        }
        let shown = moved.iter().take(20).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let more = moved.len().saturating_sub(20);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        Err(stale(format!("{} offers have moved since the plan was saved: {shown}{rest}", moved.len())))
    }

    /// The keys whose saved actions are not, or not all, in the plan.
    fn moved(&self, plan: &Plan) -> Vec<String> {
        let keys: std::collections::BTreeSet<_> = self.document.actions.iter().map(|action| &action.key).collect();
        let of = |key| self.document.actions.iter().filter(move |action| &action.key == key);
        let mut fresh: std::collections::BTreeMap<_, Vec<ActionDocument>> = std::collections::BTreeMap::new();
        for action in &plan.actions {
            fresh.entry(&action.key).or_default().push(ActionDocument::from(action));
        }
        let none = Vec::new();
        let same = |key| {
            let now = fresh.get(key).unwrap_or(&none);
            of(key).count() == now.len() && of(key).zip(now).all(|(then, now)| then.does_the_same(now))
        };
        keys.into_iter().filter(|key| !same(key)).map(ToString::to_string).collect()
    }

    /// The fresh plan without what the saved one does not hold.
    pub(super) fn narrow(&self, mut plan: Plan) -> Plan {
        let keys: std::collections::BTreeSet<_> = self.document.actions.iter().map(|action| &action.key).collect();
        plan.actions.retain(|action| keys.contains(&action.key));
        plan.settlements.clear();
        plan
    }
}

fn stale(message: String) -> Failure {
    Failure::new(Exit::Stale, codes::world::STALE, message).help("make a new plan with `plan --out FILE` and review it")
}

fn not_a_plan(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Invalid, codes::world::PLAN_FILE, format!("{} is not a saved plan: {why}", path.display()))
        .help("save one with `offersync plan --out FILE`; to narrow to an offer, name its key")
}
