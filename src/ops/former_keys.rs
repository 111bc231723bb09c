//! Keys of creates that an earlier state had for an offer which another key has now.
//!
//! Owns where earlier states are looked for. Invariant: YAML whose record a merge has given up, for that of another key, is not created.

use std::collections::{BTreeMap, HashMap};

use crate::config;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::git::{self, NamedBy};
use crate::offer::{Key, OfferId, Recorded};
use crate::plan::{Action, Plan};
use crate::state::{StateDocument, address};

use super::error::Error;
use super::repository::Repository;
use super::store::store;

/// Versions in git that are looked at, the newest ones: each may have many megabytes.
const VERSIONS: usize = 10;

/// Refuses to create a key that had an offer which another key has.
pub(super) fn refuse(repository: &Repository, recorded: &Recorded, mut plan: Plan) -> Result<Plan, Error> {
    let creates =
        plan.actions.iter().filter(|action| action.kind.create().is_some_and(|create| create.replaces.is_none()));
    let creates: BTreeMap<&Key, &Action> = creates.map(|action| (&action.key, action)).collect();
    if creates.is_empty() || recorded.offers.is_empty() || repository.sandbox.is_some() {
        return Ok(plan);
    }
    let owners = recorded.offers.iter().flat_map(|(key, record)| record.offer_ids().map(move |id| (id, key)));
    let owners: HashMap<OfferId, &Key> = owners.collect();
    let mut found: BTreeMap<&Key, (OfferId, &Key)> = BTreeMap::new();
    each_earlier_state(repository, &creates, |state| {
        for key in creates.keys() {
            let id = state.recorded.offers.get(*key).map(|record| record.offer_id);
            if let Some((id, owner)) = id.and_then(|id| Some((id, *owners.get(&id)?))) {
                found.entry(*key).or_insert((id, owner));
            }
        }
    })?;
    let problem = |(key, (id, owner)): (&Key, (OfferId, &Key))| {
        let why = format!("an earlier state has it as offer {id}");
        Some(recorded_as_another(codes::plan::FORMER_KEY, creates.get(key)?, &why, owner))
    };
    let problems: Vec<Diagnostic> = found.into_iter().filter_map(problem).collect();
    plan.diagnostics.extend(problems);
    Ok(plan)
}

/// Takes the states of this CAKE that have one of the keys: of the last apply on this machine, and of git's history.
fn each_earlier_state(
    repository: &Repository,
    keys: &BTreeMap<&Key, &Action>,
    mut take: impl FnMut(StateDocument),
) -> Result<(), Error> {
    let mut look_at = |bytes: &[u8]| {
        // A large state is not read where it has none of them.
        if !has_any(bytes, keys) {
            return;
        }
        match StateDocument::parse(bytes) {
            Ok(state) if address::same(&state.cake, &repository.cake) => take(state),
            _ => {}
        }
    };
    if repository.shared.is_some() {
        return Ok(());
    }
    let store = store(repository)?;
    for kept in store.kept_states() {
        if let Ok(bytes) = std::fs::read(kept) {
            look_at(&bytes);
        }
    }
    let name_in = |bytes: &[u8]| config::state_in(bytes, &repository.settings);
    let named_by = NamedBy { file: repository.config_file(), name_in: &name_in };
    git::newest_versions(store.file(), &named_by, VERSIONS, look_at)?;
    Ok(())
}

/// Whether a state has a record of one of the keys. Each begins on a line of its own.
fn has_any(bytes: &[u8], keys: &BTreeMap<&Key, &Action>) -> bool {
    let key_of = |line: &[u8]| {
        let text = std::str::from_utf8(line).ok()?.trim_start().strip_prefix('"')?;
        Some(text.split_once('"')?.0.to_owned())
    };
    let has = |key: String| Key::new(&key).is_ok_and(|key| keys.contains_key(&key));
    bytes.split(|byte| *byte == b'\n').filter(|line| line.ends_with(b"{")).filter_map(key_of).any(has)
}

/// The problem that a key would be created whose offer another key has. `why` says what it is known by.
pub(super) fn recorded_as_another(code: Code, action: &Action, why: &str, owner: &Key) -> Diagnostic {
    let key = &action.key;
    let message = format!("`{key}` would be created, but {why}, which is recorded as `{owner}` now");
    let file = action.source.as_ref().map_or_else(|| format!("the YAML of `{key}`"), |source| source.file.to_string());
    let help = format!(
        "if they are one offer and `{owner}` is to stay, remove {file}; if `{key}` is, remove the YAML of `{owner}` and run `offersync state mv \
         {owner} {key}`. If it is another offer, give its file another name"
    );
    Diagnostic::error(code, message).help(help)
}
