//! Versions of a file that this clone has put away or left, in commits that no branch has: in stashes, and where a branch was before.

use std::path::Path;

use super::command::{GitError, names_of, run};
use super::history::{Inside, ask, object_of};

/// Stashes that are looked at, the newest ones.
const STASHES: &str = "20";

/// The stash that was made of a work tree with these bytes of a file, where the file was what it is now without them: nothing is in
/// the way of bringing the stash back.
pub(crate) fn stash_with(file: &Path, copy: &Path) -> Result<Option<String>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(None) };
    let at = |commit: &str| ask(&top, &["rev-parse", "--verify", "--quiet", &format!("{commit}:{path}")]).ok();
    let (stashed, below) = (object_of(&top, &path, copy)?, object_of(&top, &path, file)?);
    let list = ask(&top, &["stash", "list", "-n", STASHES, "--format=%gd"])?;
    let is_it =
        |stash: &&str| at(stash).as_ref() == Some(&stashed) && at(&format!("{stash}^1")).as_ref() == Some(&below);
    Ok(list.lines().find(is_it).map(str::to_owned))
}

/// A file that a stash has and the commit that it was made on has not.
#[derive(Debug)]
pub(crate) struct Stashed {
    /// The stash, as git's commands take it.
    pub(crate) stash: String,
    /// From the top of the work tree.
    pub(crate) path: String,
    /// The commit that it was made on.
    base: String,
    /// When it was made, in seconds since 1970.
    seconds: String,
}

impl Stashed {
    /// Whether a commit up to the present one has changed the file since: then that commit, and not the stash, has taken it away.
    pub(crate) fn was_committed_since(&self, top: &Path) -> Result<bool, GitError> {
        let (later, since) = (format!("{}..HEAD", self.base), format!("--since={}", self.seconds));
        Ok(!ask(top, &["rev-list", "-1", &since, &later, "--", &self.path])?.is_empty())
    }
}

/// The files that the newest stashes have added, staged or untracked.
pub(crate) fn added_by_stashes(top: &Path) -> Result<Vec<Stashed>, GitError> {
    let list = ask(top, &["stash", "list", "-n", STASHES, "--format=%gd %H %ct %P"])?;
    let mut added = Vec::new();
    for line in list.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [stash, commit, seconds, base, ref parents @ ..] = words[..] else { continue };
        let staged = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--diff-filter=A", base, commit];
        let mut paths = ask(top, &staged)?;
        if let Some(untracked) = parents.get(1) {
            paths.push('\0');
            paths.push_str(&ask(top, &["ls-tree", "-r", "-z", "--name-only", "--full-tree", untracked])?);
        }
        let paths = paths.split('\0').filter(|path| !path.is_empty());
        added.extend(paths.map(|path| Stashed {
            stash: stash.to_owned(),
            path: path.to_owned(),
            base: base.to_owned(),
            seconds: seconds.to_owned(),
        }));
    }
    Ok(added)
}

/// Commits that no branch has of which is looked whether they have what is looked for, the newest ones.
const LEFT: &str = "500";

/// A commit that this clone was at and that the present one does not have, with these bytes of a file. Both have commits in common, so that
/// git can merge it.
pub(crate) fn left_commit_with(file: &Path, copy: &Path) -> Result<Option<String>, GitError> {
    let Some(inside) = Inside::of(file)? else { return Ok(None) };
    let list = ["log", "--walk-reflogs", "-n", LEFT, "--format=%h", "--exclude=refs/stash", "--all", "HEAD"];
    first_with(&inside, copy, &ask(&inside.top, &list)?)
}

/// The same of commits that nothing names any more, as those of a branch that was deleted with its work tree. To find them, git reads all
/// that it has.
pub(crate) fn lost_commit_with(file: &Path, copy: &Path) -> Result<Option<String>, GitError> {
    let Some(inside) = Inside::of(file)? else { return Ok(None) };
    let lost = ask(&inside.top, &["fsck", "--unreachable", "--no-reflogs", "--connectivity-only", "--no-progress"])?;
    let lost: Vec<&str> = lost.lines().filter_map(|line| line.strip_prefix("unreachable commit ")).collect();
    if lost.is_empty() {
        return Ok(None);
    }
    let newest_first = ask(&inside.top, &[&["log", "--no-walk", "-n", LEFT, "--format=%h"], &lost[..]].concat())?;
    first_with(&inside, copy, &newest_first)
}

fn first_with(Inside { top, path }: &Inside, copy: &Path, commits: &str) -> Result<Option<String>, GitError> {
    let wanted = object_of(top, path, copy)?;
    let names: Vec<String> = commits.lines().map(|commit| format!("{commit}:{path}")).collect();
    let found = names_of(top, names.iter().map(String::as_str))?;
    let mut with_it = commits.lines().zip(found).filter(|(_, object)| object.as_ref() == Some(&wanted));
    let is_related = |commit: &str| run(top, &["merge-base", "HEAD", commit]).is_ok_and(|base| base.status.success());
    Ok(with_it.find(|(commit, _)| is_related(commit)).map(|(commit, _)| commit.to_owned()))
}

/// Whether a file is as in the present commit, and whether everything else in its work tree is: git takes no commit or stash over changes
/// that are not committed.
pub(crate) fn is_committed_here(file: &Path) -> Result<(bool, bool), GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok((true, true)) };
    let status = run(&top, &["status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal"])?;
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    let mut changed = status.split_terminator('\0').filter_map(|entry| entry.get(3..));
    let is_file = |changed: &str| changed == path;
    Ok((!changed.clone().any(is_file), changed.all(is_file)))
}
