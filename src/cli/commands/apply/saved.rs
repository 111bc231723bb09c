//! A saved plan: read like any input, held against what would be done now, and carried out exactly or not at all.
//!
//! The file is never the source of a request. A fresh plan is made from today's files, and every saved action must be in it,
//! equal in all that is sent and recorded; what else the fresh plan holds is left alone. So an edited file can ask for nothing
//! that the repository does not say, and offers that moved since make the plan stale by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::args::ApplyArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::diagnostic::codes;
use crate::offer::Key;
use crate::offer::StateChange;
use crate::plan::{ActionDocument, Plan, SavedDocument};
use crate::state::address;

/// No plan of any size that a person could review is larger.
const LARGEST: u64 = 512 << 20;

/// A plan that was saved.
#[derive(Debug)]
pub(super) struct SavedPlan {
    document: SavedDocument,
    /// The file, as messages show it.
    shown: String,
}

/// The arguments of `apply`: one file is a saved plan, anything else are globs of keys.
pub(super) fn open<'a>(context: &Context, args: &'a ApplyArgs) -> Result<(Option<SavedPlan>, &'a [String]), Failure> {
    let [one] = args.plan_or_keys.as_slice() else { return Ok((None, &args.plan_or_keys)) };
    let path = context.path(Path::new(one));
    // A key or a pattern of keys holds no separator; a name that ends in .json is a plan that somebody forgot to save.
    if !(one.contains(['/', '\\'])
        || Path::new(one).extension().is_some_and(|ending| ending == "json")
        || path.exists())
    {
        return Ok((None, &args.plan_or_keys));
    }
    if !args.selection.exclude.is_empty() {
        return Err(Failure::usage("a saved plan is carried out as a whole, so --exclude cannot go with it")
            .help("save a narrower plan: `offersync plan --exclude GLOB --out FILE`"));
    }
    Ok((Some(SavedPlan::read(&path)?), &[]))
}

impl SavedPlan {
    fn read(path: &Path) -> Result<Self, Failure> {
        let unreadable = |error: io::Error| Failure::disk("read the saved plan", path, &error);
        let file = File::open(path).map_err(unreadable)?;
        // A length is only an early answer; what a device or a pipe gives has an end only where reading stops.
        if file.metadata().map_err(unreadable)?.len() > LARGEST {
            return Err(too_large(path));
        }
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(too_large(path));
        }
        let document = SavedDocument::parse(&bytes).map_err(|error| not_a_plan(path, &error.to_string()))?;
        let counted = document.actions.len();
        if document.counted() != counted {
            let why = format!("it counts {} actions and holds {counted}, so it was edited", document.counted());
            return Err(not_a_plan(path, &why));
        }
        Ok(Self { document, shown: path.display().to_string() })
    }

    /// Refuses a plan for another CAKE, before anything is locked or asked.
    pub(super) fn check_address(&self, cake: &str) -> Result<(), Failure> {
        if address::same(&self.document.cake, cake) {
            return Ok(());
        }
        let then = &self.document.cake;
        Err(stale(format!(
            "the saved plan is for the CAKE at {then}, but the configuration names {cake}; it would have changed {}",
            listed(&self.keys())
        )))
    }

    fn keys(&self) -> BTreeSet<&Key> {
        self.document.actions.iter().map(|action| &action.key).collect()
    }

    /// Whether it was made against what CAKE showed, so that an apply has to look again.
    pub(super) fn is_refreshed(&self) -> bool {
        self.document.refreshed
    }

    /// Refuses unless every saved action is what would be done now.
    pub(super) fn check(&self, plan: &Plan) -> Result<(), Failure> {
        self.check_address(&plan.cake)?;
        let document = &self.document;
        if let (Some(then), Some(now)) = (&document.state.lineage, &plan.state.lineage)
            && then != now
        {
            let keys = listed(&self.keys());
            return Err(stale(format!(
                "the saved plan was made from another state ({then}, now {now}); it would have changed {keys}"
            )));
        }
        let moved = self.moved(plan);
        if moved.is_empty() {
            return Ok(());
        }
        let is_as_then = document.state == plan.state && document.inputs_digest == plan.inputs_digest;
        if is_as_then && document.is_of_this_version() {
            // The same inputs give the same plan; so the file is what has changed.
            let why = format!("nothing has moved since it was saved, but it says something else of {}", listed(&moved));
            return Err(not_a_plan(Path::new(&self.shown), &format!("it was edited: {why}")));
        }
        let (count, has) = if moved.len() == 1 {
            (String::from("1 offer"), "has")
        } else {
            (format!("{} offers", moved.len()), "have")
        };
        Err(stale(format!("{count} {has} moved since the plan was saved: {}", listed(&moved))))
    }

    /// The keys whose saved actions are not, or not all, in the plan.
    fn moved(&self, plan: &Plan) -> BTreeSet<&Key> {
        let by_key = |actions: &mut dyn Iterator<Item = ActionDocument>| {
            let mut found: BTreeMap<Key, Vec<ActionDocument>> = BTreeMap::new();
            for action in actions {
                found.entry(action.key.clone()).or_default().push(action);
            }
            found
        };
        let then = by_key(&mut self.document.actions.iter().cloned());
        let now = by_key(&mut plan.actions.iter().map(ActionDocument::from));
        let none = Vec::new();
        let same = |key: &&Key| {
            let (then, now) = (then.get(*key).unwrap_or(&none), now.get(*key).unwrap_or(&none));
            then.len() == now.len() && then.iter().zip(now).all(|(then, now)| then.does_the_same(now))
        };
        self.keys().into_iter().filter(|key| !same(key)).collect()
    }

    /// The fresh plan without what the saved one does not hold.
    pub(super) fn narrow(&self, mut plan: Plan) -> Plan {
        let keys = self.keys();
        plan.actions.retain(|action| keys.contains(&action.key));
        // What CAKE and git agree on already is true whatever was reviewed.
        plan.state_changes.retain(|change| matches!(change, StateChange::AcceptRemote { .. }));
        plan
    }
}

/// Keys for a message: the first few, and how many more.
fn listed(keys: &BTreeSet<&Key>) -> String {
    const SHOWN: usize = 20;
    let shown = keys.iter().take(SHOWN).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
    match keys.len() {
        0 => "nothing".to_owned(),
        many if many > SHOWN => format!("{shown} and {} more", many - SHOWN),
        _ => shown,
    }
}

fn too_large(path: &Path) -> Failure {
    not_a_plan(path, "it is far too large")
}

fn stale(message: String) -> Failure {
    Failure::new(Exit::Stale, codes::world::STALE, message).help("make a new plan with `plan --out FILE` and review it")
}

fn not_a_plan(path: &Path, why: &str) -> Failure {
    Failure::new(Exit::Invalid, codes::world::PLAN_FILE, format!("{} is not a saved plan: {why}", path.display()))
        .help("save one with `offersync plan --out FILE`; to narrow to an offer, name its key")
}
