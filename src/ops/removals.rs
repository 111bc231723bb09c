//! Actions for offers whose YAML was removed from this disk and not from git: a plan notes them, and an apply without a question
//! is refused.

use crate::config;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::git;
use crate::offer::{Key, Operation, StateChange};
use crate::plan::{Action, ActionKind, Plan};
use crate::shell::git_in;
use crate::words::count;

use super::diagnose::shown;
use super::error::Error;
use super::inputs::Desired;
use super::repository::Repository;
use super::tree::Remnant;

/// The offers folder that the configuration names in the last commit.
fn committed_folder(repository: &Repository) -> Option<String> {
    let bytes = git::head_version(repository.config_file()).ok().flatten()?;
    config::offers_in(&bytes)
}

/// Paths that a command names.
const PATHS: usize = 10;

/// Says in a plan which removals are not committed.
pub(super) fn note(repository: &Repository, desired: &Desired, plan: &mut Plan) {
    let found = uncommitted(repository, desired, plan);
    for (at, remnant) in &found {
        if let Some(reason) = &mut plan.actions[*at].reason {
            reason.push_str(match remnant {
                Remnant::Held { .. } => "; the deletion is not committed to git",
                Remnant::Unknown { .. } => "; whether git still has it is not known",
            });
        }
    }
    plan.diagnostics.extend(warning(repository, plan, &found));
}

/// Refuses to carry out what git does not have, where no person sees the plan.
pub(super) fn check(repository: &Repository, desired: &Desired, plan: &Plan) -> Result<(), Error> {
    let mut problems: Vec<Diagnostic> =
        warning(repository, plan, &uncommitted(repository, desired, plan)).into_iter().collect();
    if !plan.is_empty() {
        problems.extend(desired.tracked.deleted_defaults.iter().cloned());
    }
    if problems.is_empty() || repository.sandbox.is_some() {
        return Ok(());
    }
    Err(Error::Unready(
        problems.into_iter().map(|warning| Diagnostic { severity: Severity::Error, ..warning }).collect(),
    ))
}

/// The places of actions whose removal is not committed.
fn uncommitted(repository: &Repository, desired: &Desired, plan: &Plan) -> Vec<(usize, Remnant)> {
    let removals: Vec<(usize, &Key)> = plan
        .actions
        .iter()
        .enumerate()
        .filter(|(_, action)| removes(action))
        .map(|(at, action)| (at, &action.key))
        .collect();
    if removals.is_empty() {
        return Vec::new();
    }
    let uncommitted = desired.tracked.uncommitted(repository, &desired.set.files);
    removals.into_iter().filter_map(|(at, key)| Some((at, uncommitted.remnant(key)?))).collect()
}

/// Whether an action is there because the YAML is gone.
fn removes(action: &Action) -> bool {
    matches!(
        action.kind,
        ActionKind::Write(Operation::Retire { .. }) | ActionKind::StateOnly(StateChange::Forget { .. })
    )
}

fn warning(repository: &Repository, plan: &Plan, found: &[(usize, Remnant)]) -> Option<Diagnostic> {
    if found.is_empty() {
        return None;
    }
    let keys = shown(found.iter().map(|(at, _)| &plan.actions[*at].key));
    let message =
        format!("the YAML of {} is gone, and that is not committed to git: {keys}", count(found.len(), "offer"));
    let git = git_in(&repository.settings.root);
    let warning = Diagnostic::warning(codes::git::UNCOMMITTED, message);
    let offers = &repository.settings.offers;
    if let Some(before) = committed_folder(repository).filter(|before| before != offers.as_str()) {
        return Some(warning.help(format!(
            "offersync.toml says `offers = \"{offers}\"` now, and \"{before}\" in the last commit. Files outside of the folder are not read: \
             put the setting back, or move the files, so that the offers stay. Committed as it is, the change makes them inactive"
        )));
    }
    let update = found.iter().find_map(|(_, remnant)| match remnant {
        Remnant::Unknown { update } => update.as_ref(),
        Remnant::Held { .. } => None,
    });
    if let Some(update) = update {
        return Some(warning.help(format!(
            "the submodule is at another commit than the one that is recorded, as after a `git pull`: run `{update}`. Only if the submodule is \
             right, record its commit with `{git} commit -a`. An `apply --auto-approve` is refused until then"
        )));
    }
    let held = |remnant: &'_ Remnant| match remnant {
        Remnant::Held { git, command, path } => Some((git.clone(), *command, path.clone())),
        Remnant::Unknown { .. } => None,
    };
    let mut held: Vec<_> = found.iter().filter_map(|(_, remnant)| held(remnant)).collect();
    held.sort();
    held.dedup();
    // What is elsewhere, or is too much for one command, is told when these are back.
    let (git, back) = match held.first() {
        Some((git, command, _)) => {
            let same = held.iter().filter(|(of_git, of_command, _)| (of_git, of_command) == (git, command));
            let paths: Vec<&str> = same.map(|(_, _, path)| path.as_str()).take(PATHS).collect();
            (git.clone(), format!("{git} {command} {}", paths.join(" ")))
        }
        None => (git.clone(), format!("{git} checkout HEAD -- FILE")),
    };
    Some(warning.help(format!(
        "`{git} status` lists the changes. Commit them with `{git} add -A` and `{git} commit`, or bring the YAML back with `{back}`. An \
         `apply --auto-approve` is refused until then"
    )))
}
