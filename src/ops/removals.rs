//! Actions for offers whose YAML was removed from this disk and not from git: a plan notes them, and an apply without a question
//! is refused.

use std::path::{Path, PathBuf};

use crate::config;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::git::{self, Git, WorkTree};
use crate::offer::{Key, Operation, RecordStatus, Recorded, StateChange};
use crate::plan::{Action, ActionKind, Plan};
use crate::shell::git_in;
use crate::words::count;

use super::diagnose::{fetch_all, shown};
use super::error::Error;
use super::inputs::Desired;
use super::repository::Repository;
use super::tree::{History, Remnant};

/// The offers folder that the configuration names in the last commit.
fn committed_folder(repository: &Repository) -> Option<String> {
    let bytes = git::head_version(repository.config_file()).ok().flatten()?;
    config::offers_in(&bytes)
}

/// Paths that a command names.
const PATHS: usize = 10;

/// Says in a plan which removals are not committed.
pub(super) fn note(repository: &Repository, desired: &Desired, recorded: &Recorded, plan: &mut Plan) {
    let found = uncommitted(repository, desired, recorded, plan);
    for (at, remnant) in &found {
        if let Some(reason) = &mut plan.actions[*at].reason {
            reason.push_str(match remnant {
                Remnant::Held { .. } => "; the deletion is not committed to git",
                Remnant::Unknown { .. } => "; whether git still has it is not known",
                Remnant::NeverCommitted(History::Whole) => "; no commit ever had it",
                Remnant::NeverCommitted(History::BeforeRecord) => {
                    "; no commit has removed it since it was recorded or restored"
                }
                Remnant::NeverCommitted(History::Outside) => "; no commit has removed it from the offers folder",
                Remnant::NeverCommitted(_) => "; whether a commit had it is not known",
            });
        }
    }
    plan.diagnostics.extend(warnings(repository, desired, plan, found));
    let tracked = &desired.tracked;
    plan.diagnostics.extend(tracked.missing_defaults(repository, &desired.set, plan));
    plan.diagnostics.extend(tracked.untracked_defaults(repository, &desired.set, plan));
}

/// Refuses to carry out what git does not have, where no person sees the plan.
pub(super) fn check(repository: &Repository, desired: &Desired, recorded: &Recorded, plan: &Plan) -> Result<(), Error> {
    let found = uncommitted(repository, desired, recorded, plan);
    let mut problems = warnings(repository, desired, plan, found);
    if !plan.is_empty() {
        problems.extend(desired.tracked.deleted_defaults.iter().cloned());
        problems.extend(desired.tracked.missing_defaults(repository, &desired.set, plan));
    }
    if problems.is_empty() || repository.sandbox.is_some() {
        return Ok(());
    }
    Err(Error::Unready(
        problems.into_iter().map(|warning| Diagnostic { severity: Severity::Error, ..warning }).collect(),
    ))
}

/// The places of actions whose removal is not committed.
fn uncommitted(repository: &Repository, desired: &Desired, recorded: &Recorded, plan: &Plan) -> Vec<(usize, Remnant)> {
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
    let known: Vec<_> = removals.into_iter().map(|(at, key)| (at, key, uncommitted.remnant(key))).collect();
    // One that is retired already, and was made active in CAKE, goes for that reason: its YAML went before.
    let is_retired = |key: &Key| recorded.offers.get(key).is_some_and(|record| record.status == RecordStatus::Retired);
    let others = known.iter().filter(|(_, key, remnant)| remnant.is_none() && !is_retired(key));
    let others = others.map(|(_, key, _)| *key).collect();
    let never = desired.tracked.never_committed(repository, others);
    let never = |key| never.get(key).map(|history| Remnant::NeverCommitted(*history));
    known.into_iter().filter_map(|(at, key, remnant)| Some((at, remnant.or_else(|| never(key))?))).collect()
}

/// Whether an action is there because the YAML is gone.
fn removes(action: &Action) -> bool {
    matches!(
        action.kind,
        ActionKind::Write(Operation::Retire { .. }) | ActionKind::StateOnly(StateChange::Forget { .. })
    )
}

fn warnings(repository: &Repository, desired: &Desired, plan: &Plan, found: Vec<(usize, Remnant)>) -> Vec<Diagnostic> {
    let is_never = |(_, remnant): &(usize, Remnant)| matches!(remnant, Remnant::NeverCommitted(_));
    let (never, found): (Vec<_>, Vec<_>) = found.into_iter().partition(is_never);
    let never = never_committed(repository, &look_in(repository, desired), plan, &never);
    uncommitted_warning(repository, plan, &found).into_iter().chain(never).collect()
}

/// The folders of the work trees that the offers are in, in which git's commands work.
fn look_in(repository: &Repository, desired: &Desired) -> Vec<PathBuf> {
    let root = &repository.settings.root;
    let own = root.canonicalize().ok().and_then(|root| WorkTree::around(&root).ok().flatten());
    let is_own = |top: &Path| own.as_ref().is_some_and(|own| own.top() == top);
    let folder = |top: &Path| if is_own(top) { root } else { top }.to_owned();
    let tops = desired.tracked.work_trees();
    tops.into_iter().take(PATHS).map(folder).collect()
}

/// What git never had was put away, or is on another branch, and was not removed there.
fn never_committed(
    repository: &Repository,
    folders: &[PathBuf],
    plan: &Plan,
    found: &[(usize, Remnant)],
) -> Option<Diagnostic> {
    let root = repository.settings.root.as_path();
    let (first, remnant) = found.first()?;
    let (number, keys) = (count(found.len(), "offer"), shown(found.iter().map(|(at, _)| &plan.actions[*at].key)));
    let key = &plan.actions[*first].key;
    let look = folders.iter().map(|folder| git_in(folder));
    let look = look.map(|git| format!("`{git} stash list` and `{git} log --all -- '*{key}.y*ml'`"));
    let look = look.collect::<Vec<_>>().join(", ");
    // The one that lacks a part of its history, which may be that of the state alone.
    let folders = folders.iter().map(PathBuf::as_path);
    let lacking = |is_it: fn(&Path) -> bool| folders.clone().chain([root]).find(|folder| is_it(folder)).unwrap_or(root);
    let (message, help) = match remnant {
        Remnant::NeverCommitted(History::Shallow) => (
            format!(
                "the YAML of {number} is gone, and this clone is shallow, so whether a commit had it is not known: {keys}"
            ),
            format!(
                "fetch the whole history: `{} fetch --unshallow`, or `fetch-depth: 0` for actions/checkout",
                git_in(lacking(|folder| Git::open(folder).is_ok_and(|git| git.is_shallow())))
            ),
        ),
        Remnant::NeverCommitted(History::Unread) => (
            format!(
                "the YAML of {number} is gone, and git cannot search its history, so whether a commit had it is not known: {keys}"
            ),
            format!(
                "a partial clone does not have all of its history: fetch it with `{}`",
                fetch_all(lacking(|folder| Git::open(folder).is_ok_and(|git| git.is_partial())))
            ),
        ),
        Remnant::NeverCommitted(History::Outside) => (
            format!("the YAML of {number} is gone, and no commit has removed it from the offers folder: {keys}"),
            outside(repository, &look),
        ),
        _ => {
            let confirm = "confirm the plan on a terminal with `offersync apply`";
            let commit = format!("commit the YAML and then its deletion, or {confirm}");
            let (why, gone) = match remnant {
                Remnant::NeverCommitted(History::LinkedElsewhere) => (
                    "a removed link or submodule led to what git does not hold here, so whether a commit had it is not known",
                    confirm,
                ),
                Remnant::NeverCommitted(History::BeforeRecord) => (
                    "no commit has removed it since it was recorded or restored (the one that did may be older)",
                    commit.as_str(),
                ),
                _ => ("no commit of this branch ever had it, so none has removed it", commit.as_str()),
            };
            (
                format!("the YAML of {number} is gone, and {why}: {keys}"),
                format!(
                    "it may be put away or on another branch: look with {look}, and bring it back. If it is to be gone, {gone}"
                ),
            )
        }
    };
    let warning = Diagnostic::warning(codes::git::NEVER_COMMITTED, message);
    Some(warning.help(format!("{help}. An `apply --auto-approve` is refused until then")))
}

fn outside(repository: &Repository, look: &str) -> String {
    format!(
        "git has YAML of that key in a folder that `offers` named in another commit, which may be another environment's. offersync.toml says \
         `offers = \"{}\"` now: put the setting back, or move the files, so that the offers stay. What was put away, bring back: look with {look}. \
         If it is to be gone, commit the YAML in the offers folder and then its deletion, or confirm the plan on a terminal with \
         `offersync apply`",
        repository.settings.offers
    )
}

fn uncommitted_warning(repository: &Repository, plan: &Plan, found: &[(usize, Remnant)]) -> Option<Diagnostic> {
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
             put the setting back, or move the files, so that the offers stay. A commit of the setting alone does not remove them"
        )));
    }
    let update = found.iter().find_map(|(_, remnant)| match remnant {
        Remnant::Unknown { update } => update.as_ref(),
        _ => None,
    });
    if let Some(update) = update {
        return Some(warning.help(format!(
            "the submodule is at another commit than the one that is recorded, as after a `git pull`: run `{update}`. Only if the submodule is \
             right, record its commit with `{git} commit -a`. An `apply --auto-approve` is refused until then"
        )));
    }
    let held = |remnant: &'_ Remnant| match remnant {
        Remnant::Held { git, command, path } => Some((git.clone(), *command, path.clone())),
        _ => None,
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
