//! What to do about errors of the state, where that takes a command.
//!
//! Invariant: no advice deletes a state or what an apply has recorded.

use std::io;
use std::path::Path;

use super::backup::Backup;
use super::error::Committed;
use super::journal::JournalParseErrorKind;
use crate::shell::git_on;
use crate::words::shell_path;

pub(super) fn not_replaceable_help(source: &io::Error) -> String {
    let first = match source.kind() {
        io::ErrorKind::ResourceBusy => {
            "a file that is mounted by itself, as by `docker run -v FILE:FILE`, cannot be replaced: mount the folder, not the file"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "free disk space",
        _ => "make the state's folder writable, on a file system where this user may create, replace and change files",
    };
    format!("{first}. Then run the command again")
}

pub(super) fn missing_help(path: &Path, backup: Option<&Backup>, committed: Option<&Committed>) -> String {
    let restore = match (committed, backup) {
        // Every person who may push a branch can have made it.
        (Some(Committed { restore: Some(restore), log: Some(log), .. }), _) => format!(
            "look at who has committed it: `{log}`. If an apply has written it, bring it back with `{restore}`; otherwise remove that branch"
        ),
        (Some(Committed { restore: Some(restore), .. }), _) => format!("bring it back with `{restore}`"),
        (Some(Committed { restore: None, .. }), _) => {
            return "what it recorded is in that state now, and belongs to the offers there. For a new project in this folder, name a new file \
                    with `state` in offersync.toml. Only to take those offers back, move that project's offers and its state here together"
                .to_owned();
        }
        (None, Some(backup)) => format!("bring back {}", copied(backup, path)),
        (None, None) => {
            "bring it back from another clone or from a backup, or mount the disk that a link leads to".to_owned()
        }
    };
    let start_over = if committed.is_some_and(|committed| committed.is_there) {
        "remove that one"
    } else {
        "name a new file with `state` in offersync.toml"
    };
    format!(
        "{restore}. Without it offersync would create every offer again. Only to start over on purpose, {start_over}"
    )
}

pub(super) fn tracked_help(path: &Path) -> String {
    let remove = git_on(if path.is_dir() { "rm -r --cached --" } else { "rm --cached --" }, path);
    format!(
        "look at who has committed it, and remove it from git with `{remove}` and a commit. If it is the journal of an apply that was \
         interrupted on this machine, keep the file: it is read once git does not track it"
    )
}

pub(super) fn damaged_copy_help(copy: &Path) -> String {
    format!(
        "look whether the state has what the last apply reported, with `offersync log` and in CAKE. If it has, move {} away: the next apply \
         writes it again",
        copy.display()
    )
}

/// What comes after a state was brought back.
const THEN_PLAN: &str = "`offersync plan` then shows what the YAML changes, and makes an offer inactive whose YAML is gone. If that one is \
     to stay, bring its YAML back before the next apply, from the commit or the stash that has it";

pub(super) fn put_back_help(restore: &str) -> String {
    format!(
        "bring it back with `{restore}`, and commit it; {THEN_PLAN}. Only to forget on purpose what was recorded since, run \
         `offersync state publish --accept-edit`"
    )
}

pub(super) fn left_over_help(restore: &str) -> String {
    format!(
        "bring it in with `{restore}`, and commit it; {THEN_PLAN}. Only to forget it on purpose, run \
         `offersync state publish --accept-edit`"
    )
}

pub(super) fn changed_help(journal: &Path) -> String {
    format!(
        "nothing is lost: what this run recorded is in {}, or in that state already. Run `offersync apply` again: it brings both together. \
         Then move the state to a file system that supports locks, or make sure that only one apply runs at a time",
        journal.display()
    )
}

pub(super) fn interrupted_elsewhere_help(state: &Path) -> String {
    let folder = shell_path(state.parent().unwrap_or(state));
    format!(
        "finish it first with `offersync -C {folder} apply`, which continues where it was interrupted, and commit the state there"
    )
}

/// `state` is the one of the journal, where it still has its name; `file` the one that has another name now.
pub(super) fn renamed_journal_help(journal: &Path, own: &Path, state: Option<&Path>, file: &Path) -> String {
    let moved = |from: &Path, to: &Path| {
        let folder = to.parent().map_or_else(String::new, |folder| format!("mkdir -p {} && ", shell_path(folder)));
        format!("{folder}mv {} {}", shell_path(from), shell_path(to))
    };
    let journal = moved(journal, own);
    match state {
        None => format!("continue with its journal: `{journal}`, and run the command again"),
        Some(state) if file.exists() => format!(
            "it is of the state {}. Name that one in offersync.toml (`state`), finish it with `offersync apply`, and then name {} again",
            shell_path(state),
            shell_path(file)
        ),
        Some(state) => format!(
            "continue with its state and its journal: `{} && {journal}`, and run the command again",
            moved(state, file)
        ),
    }
}

pub(super) fn dropped_help(restore: &str) -> String {
    format!(
        "a revert, or a merge that takes one side, changes nothing in CAKE. Bring the state back with `{restore}`, and commit it; \
         `offersync plan` then shows what the YAML changes, and makes an offer inactive whose YAML is gone. If that one is to stay as it is \
         without a record, run `offersync state rm KEY` before. Only to forget on purpose what was recorded since, run \
         `offersync state publish --accept-edit`"
    )
}

/// The copy, with the command that puts it in the place of the state.
pub(super) fn copied(Backup { path, is_last }: &Backup, state: &Path) -> String {
    let which = if *is_last { "the one of the last apply" } else { "the one before the last apply" };
    format!("{which} with `{}`", copy_command(path, state))
}

/// The command that puts a copy in the place of a state, whose folder may be gone.
pub(super) fn copy_command(copy: &Path, state: &Path) -> String {
    let folder = state.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists());
    let create = folder.map_or_else(String::new, |folder| format!("mkdir -p {} && ", shell_path(folder)));
    format!("{create}cp {} {}", shell_path(copy), shell_path(state))
}

pub(super) fn journal_help(path: &Path, kind: &JournalParseErrorKind) -> String {
    match kind {
        JournalParseErrorKind::Newer(_) | JournalParseErrorKind::Unknown(_) => {
            "a later offersync wrote it: finish the interrupted apply with that one, or upgrade this one".to_owned()
        }
        JournalParseErrorKind::OtherFormat | JournalParseErrorKind::Broken => format!(
            "the lines before it are good and hold what an interrupted apply did. Keep a copy of {}, and delete this line and \
             all that follow. Then, before the next apply, record the offers that CAKE has and the deleted lines named: \
             `offersync import --match`",
            path.display()
        ),
    }
}
