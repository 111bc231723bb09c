//! A configuration that git holds nearer than the one that was found, and that this disk does not show: the one further up is another
//! project's, with other offers.
//!
//! Asks git only where there are folders between the one that a command works in and the configuration that was found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config;
use crate::diagnostic::{Diagnostic, codes};
use crate::git::{EntryKind, GitError, Mark, Submodule, WorkTree, is_checked_out, is_tracked};
use crate::source::SourcePath;
use crate::words::shell_path;

use super::super::diagnose::unanswered_configuration;
use super::super::error::Error;
use super::held::{Cause, Unseen};
use super::hidden::why_and_advice;
use super::linked::is_at_or_below;

/// Fails where git holds a nearer configuration, or a submodule that may have one is not checked out. `found` is the nearest one on the disk.
pub(in crate::ops) fn refuse_hidden_configuration(folder: &Path, found: &Path) -> Result<(), Error> {
    let above = config::folders_from(folder);
    let between: Vec<&PathBuf> = above.iter().take_while(|folder| Some(folder.as_path()) != found.parent()).collect();
    match hidden(&between) {
        Ok(Some(unseen)) => return Err(Error::Invalid(vec![problem(&unseen, found)])),
        Ok(None) => {}
        Err(error) => return Err(Error::Invalid(vec![unanswered_configuration(folder, &error)])),
    }
    if between.first().is_some_and(|folder| !folder.is_dir()) {
        return Err(Error::Invalid(vec![config::no_folder(folder)]));
    }
    Ok(())
}

fn problem(unseen: &Unseen, found: &Path) -> Diagnostic {
    let (why, advice) = why_and_advice(&[unseen]).unwrap_or_default();
    let at = unseen.work_tree.top().join(&unseen.path);
    let message = if unseen.cause == Cause::Submodule {
        format!("`{}` is a submodule, which may have a configuration ({why})", at.display())
    } else {
        format!("git holds `{}`, which is not on this disk ({why})", at.display())
    };
    let help = format!(
        "`{}` may be that of another project: {advice}; to work with it all the same, give `--config {}`",
        found.display(),
        shell_path(found)
    );
    Diagnostic::error(codes::git::HIDDEN, message).help(help)
}

/// The first configuration of these folders that git holds.
fn hidden(folders: &[&PathBuf]) -> Result<Option<Unseen>, GitError> {
    let mut by_top: BTreeMap<PathBuf, (WorkTree, Vec<String>)> = BTreeMap::new();
    for folder in folders {
        let Some(folder) = real(folder) else { continue };
        let Some(work_tree) = WorkTree::around(&folder)? else { continue };
        let path = work_tree.path_of(&folder);
        by_top.entry(work_tree.top().to_owned()).or_insert_with(|| (work_tree, Vec::new())).1.push(path);
    }
    // The innermost work tree first.
    for (work_tree, paths) in by_top.values().rev() {
        if let Some(unseen) = hidden_in(work_tree, paths)? {
            return Ok(Some(unseen));
        }
    }
    Ok(None)
}

/// The path free of links. What does not exist yet has none.
fn real(folder: &Path) -> Option<PathBuf> {
    let (there, real) = folder.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)))?;
    Some(real.join(folder.strip_prefix(there).ok()?))
}

fn hidden_in(work_tree: &WorkTree, folders: &[String]) -> Result<Option<Unseen>, GitError> {
    let unseen = |path: &str, below: &str, work_tree: &WorkTree, cause| {
        let (path, below) = (path.to_owned(), below.to_owned());
        Unseen { shown: SourcePath::from(path.as_str()), path, below, work_tree: work_tree.clone(), cause }
    };
    let top = work_tree.top();
    if folders.iter().any(String::is_empty)
        && !is_checked_out(top)
        && let Some(submodule) = Submodule::with_top(top)?
    {
        let path = &submodule.path;
        return Ok(Some(unseen(path, path, &submodule.superproject, Cause::Submodule)));
    }
    // The outermost folder has the others.
    let Some(outermost) = folders.last() else { return Ok(None) };
    let entries = work_tree.entries([outermost.as_str()])?;
    let deleted = work_tree.staged_deletions(outermost)?;
    for below in folders {
        let file = Path::new(below).join(config::FILE_NAME).to_string_lossy().into_owned();
        if top.join(&file).symlink_metadata().is_ok() {
            continue;
        }
        let of_folder = |path: &str| is_at_or_below(below, path) || path == file;
        for entry in entries.iter().flatten().filter(|entry| of_folder(&entry.path())) {
            let path = entry.path().into_owned();
            let cause = match (entry.kind, entry.mark) {
                (EntryKind::Submodule, _) => return Ok(Some(unseen(&path, &path, work_tree, Cause::Submodule))),
                // A sparse index has only the folder.
                (EntryKind::Folder, _) if !is_tracked(&top.join(&file))? => continue,
                (EntryKind::Folder, _) | (_, Mark::SkipWorktree) => Cause::SkipWorktree,
                (_, Mark::AssumeUnchanged) => Cause::AssumeUnchanged,
                (_, Mark::Unmerged) => Cause::Unmerged,
                (_, Mark::Plain) => Cause::Deleted,
            };
            return Ok(Some(unseen(&file, below, work_tree, cause)));
        }
        if deleted.contains(&file) {
            return Ok(Some(unseen(&file, below, work_tree, Cause::Deleted)));
        }
    }
    Ok(None)
}
