//! The problems of a tree that this disk does not show whole: the cause, the files, and the command that brings them back.

use std::collections::BTreeMap;
use std::fs;

use crate::diagnostic::{Diagnostic, Label, codes};
use crate::git::Sparseness;
use crate::words::{count, first_and_more, shell_word};

use super::FILES_SHOWN;
use super::command::Commands;
use super::held::{Cause, Unseen};

/// One problem for each cause in each folder of offers.
pub(super) fn problems(unseen: &[Unseen]) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<_, Vec<&Unseen>> = BTreeMap::new();
    for file in unseen {
        groups.entry((file.work_tree.top(), &file.below, file.cause)).or_default().push(file);
    }
    groups.into_values().filter_map(|files| problem(&files)).collect()
}

fn problem(files: &[&Unseen]) -> Option<Diagnostic> {
    let first = files.first()?;
    let (why, advice) = why_and_advice(files).filter(|_| first.cause != Cause::Deleted)?;
    let noun = if first.cause == Cause::Submodule { "submodule" } else { "path" };
    let (number, verb) = (count(files.len(), noun), if files.len() == 1 { "is" } else { "are" });
    let shown = first_and_more(files.iter().map(|file| format!("`{}`", file.shown)), FILES_SHOWN);
    let message = format!("git holds {number} of the offers folder that {verb} not on this disk ({why}): {shown}");
    let help = format!("the offers there would look deleted: {advice}");
    Some(Diagnostic::error(codes::git::HIDDEN, message).label(Label::file(first.shown.clone())).help(help))
}

/// Why files with the same cause are not here, and what brings them back.
pub(super) fn why_and_advice(files: &[&Unseen]) -> Option<(&'static str, String)> {
    let first = files.first()?;
    let git = Commands(&first.work_tree);
    Some(match first.cause {
        Cause::Deleted => {
            ("deleted, and the deletion is not committed", format!("run `{}`", git.on("checkout HEAD --", files)))
        }
        Cause::SkipWorktree => match first.work_tree.sparseness() {
            Sparseness::Whole => ("skip-worktree", format!("run `{}`", git.of("sparse-checkout disable"))),
            sparseness => ("a sparse checkout", format!("run `{}`", git.of(&widen(sparseness, &first.below)))),
        },
        Cause::AssumeUnchanged => ("deleted under assume-unchanged", format!("run `{}`", git.on("checkout --", files))),
        Cause::Unmerged => {
            let [status, add, rm] = ["status", "add", "rm"].map(|command| git.of(command));
            ("a merge conflict", format!("run `{status}`, then keep each with `{add}` or remove it with `{rm}`"))
        }
        Cause::Submodule => (
            "not checked out",
            format!(
                "{}run `{}`; where `.gitmodules` does not name it, ask who has committed it for its address",
                if files.iter().any(|file| has_files(file)) {
                    "move the files that lie there elsewhere, then "
                } else {
                    ""
                },
                git.on("submodule update --init --", files)
            ),
        ),
        Cause::LinkAsText => {
            let (allow, restore) = (git.of("config core.symlinks true"), git.on("checkout --", files));
            ("a link, written as text", format!("run `{allow}`, then `{restore}`"))
        }
    })
}

/// Whether something is in a folder, where git would not check a submodule out.
fn has_files(folder: &Unseen) -> bool {
    fs::read_dir(folder.work_tree.top().join(&folder.path)).is_ok_and(|mut entries| entries.next().is_some())
}

/// The command that adds a folder to a sparse checkout.
fn widen(sparseness: Sparseness, folder: &str) -> String {
    match (folder, sparseness) {
        ("", _) => "sparse-checkout disable".to_owned(),
        (_, Sparseness::Patterns) => {
            // A pattern, in which these signs stand for others.
            let escape = |c: char| if "*?[\\".contains(c) { format!("\\{c}") } else { c.to_string() };
            let folder: String = folder.chars().map(escape).collect();
            format!("sparse-checkout add {}", shell_word(&format!("/{folder}/**")))
        }
        // Git does not take these names for those of folders.
        _ if folder.starts_with(['!', '"'])
            || folder.contains(['*', '?', '[', ']', '\\'])
            || folder.trim() != folder =>
        {
            "sparse-checkout disable".to_owned()
        }
        _ => format!("sparse-checkout add {}", shell_word(folder)),
    }
}

/// Files of defaults that are gone from the disk, and are still in the index.
pub(super) fn deleted_defaults(deleted: &[Unseen]) -> Vec<Diagnostic> {
    let warning = |file: &Unseen| {
        let (shown, git) = (&file.shown, Commands(&file.work_tree));
        let message = format!(
            "`{shown}` was deleted, and the deletion is not committed: offers lose the values that it gave them"
        );
        let [restore, commit] = ["checkout HEAD --", "commit --"].map(|command| git.on(command, &[file]));
        Diagnostic::warning(codes::git::UNCOMMITTED, message)
            .label(Label::file(shown.clone()))
            .help(format!("bring it back with `{restore}`, or commit the deletion with `{commit}`"))
    };
    deleted.iter().map(warning).collect()
}
