//! Versions of a file in git's history that the later ones may not be built on: what `git revert` takes away, the side of a merge that was
//! not taken, and what the newest changes have replaced.
//!
//! Knows nothing of what is in them. A version is built on those that it is the first to replace; where a version takes the place of
//! another one and was there before, that other one is dropped, unless it is an ancestor of it. So the versions of a branch that is only
//! behind are not dropped when it is merged. What a new version has replaced may be dropped as well, as by a rebase whose conflict was
//! decided for one side; only a look into both tells. A file that another one names is followed through its earlier names, and to where a
//! commit has moved it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::command::{GitError, each_blob};
use super::history::{Inside, ask, has_head, object_of};
use super::names::{NamedBy, named};

/// Changes of a file that are looked at, the newest ones.
const CHANGES: &str = "400";

/// Commits whose changes are looked into, the newest ones, as long as their versions have no more bytes together. Of a larger file only
/// the newest commit is, and only where its times show that it was made anew, as by a rebase: reading it takes as long as a plan.
const NEWEST: u64 = 16;
const LOOKED_INTO: u64 = 4 << 20;

/// A version that may be dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DroppedVersion {
    /// The commit that brought it, short enough for a message; none where that is too long ago.
    pub(crate) commit: Option<String>,
    /// The name that git gives its bytes.
    pub(crate) object: String,
    /// Whether the file has another name in that commit.
    pub(crate) is_renamed: bool,
    /// Whether an older version is in its place, and not one that may be built on it.
    pub(crate) is_put_back: bool,
}

/// Takes each version of a file that the present one may not be built on, the oldest first, and its bytes; none of them where this clone does
/// not have them, as a partial one. A shallow clone has no versions.
pub(crate) fn dropped_versions(
    file: &Path,
    named_by: &NamedBy<'_>,
    mut take: impl FnMut(DroppedVersion, Option<Vec<u8>>),
) -> Result<(), GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(()) };
    if !has_head(&top)? {
        return Ok(());
    }
    let (mut paths, mut changes) = named(&top, HEAD, &path, named_by)?;
    if changes.is_empty() {
        return Ok(());
    }
    changes.extend(uncommitted(&top, &path, file)?);
    let size = file.metadata().map_or(1, |found| found.len().max(1));
    let newest = usize::try_from((LOOKED_INTO / size).min(NEWEST)).unwrap_or_default();
    let mut dropped = dropped(&changes, &path, newest);
    paths.remove(&path);
    // A tree that was checked out over a later one has the file under both names.
    let other_names = paths.iter().filter_map(|path| at_head(&top, path));
    dropped.extend(other_names.map(|object| DroppedVersion {
        commit: None,
        object,
        is_renamed: true,
        is_put_back: false,
    }));
    let objects: Vec<String> = dropped.iter().map(|version| version.object.clone()).collect();
    let objects: Vec<&str> = objects.iter().map(String::as_str).collect();
    let mut dropped = dropped.into_iter();
    each_blob(&top, &objects, |bytes| {
        if let Some(version) = dropped.next() {
            take(version, bytes);
        }
    })
}

const HEAD: &str = "HEAD";

/// The changes of these files in the commits of a range, such as those up to the present one.
pub(super) fn log<'p>(
    top: &Path,
    range: &str,
    paths: impl Iterator<Item = &'p String>,
) -> Result<Vec<Change>, GitError> {
    // With the parents, because a merge that keeps one side is left out otherwise.
    let options = ["log", "-z", "-n", CHANGES, "--full-history", "--parents", "-m", "--topo-order", "--reverse"];
    let format = ["--raw", "--no-abbrev", "--no-renames", "--format=commit %H %at %ct", range, "--"];
    let paths: Vec<&str> = paths.map(String::as_str).collect();
    let mut changes = changes_of(&ask(top, &[&options[..], &format, &paths].concat())?);
    // In a commit that moves a file, what it was comes before what it is.
    for of_commit in changes.chunk_by_mut(|one, other| one.commit == other.commit) {
        of_commit.sort_by_key(|change| is_version(&change.new));
    }
    Ok(changes)
}

/// The change from the present commit to what is on the disk.
fn uncommitted(top: &Path, path: &str, file: &Path) -> Result<Option<Change>, GitError> {
    // Unlike `git diff`, it leaves the index as it is.
    if ask(top, &["status", "--porcelain", "--untracked-files=no", "--", path])?.is_empty() {
        return Ok(None);
    }
    let (old, new) = (at_head(top, path).unwrap_or_default(), object_of(top, path, file).unwrap_or_default());
    Ok(Some(Change { commit: None, is_rewritten: false, old, new, path: path.to_owned() }))
}

/// The version of a file in the present commit.
fn at_head(top: &Path, path: &str) -> Option<String> {
    at_commit(top, HEAD, path)
}

pub(super) fn at_commit(top: &Path, commit: &str, path: &str) -> Option<String> {
    ask(top, &["rev-parse", "--verify", "--quiet", &format!("{commit}:{path}")]).ok()
}

/// One version in the place of another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// None on the disk.
    pub(super) commit: Option<String>,
    /// Whether the commit was made anew from another one.
    is_rewritten: bool,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) path: String,
}

/// The changes of a log, whose parts end with a NUL: `commit HASH AUTHORED COMMITTED`, and for each change `:MODE MODE OLD NEW STATUS` and the path.
pub(super) fn changes_of(log: &str) -> Vec<Change> {
    let (mut commit, mut is_rewritten) = (None, false);
    let mut changes = Vec::new();
    let mut parts = log.split('\0').map(|part| part.trim_start_matches('\n'));
    while let Some(part) = parts.next() {
        if let Some(facts) = part.strip_prefix("commit ") {
            let facts: Vec<&str> = facts.split_whitespace().collect();
            commit = facts.first().map(|hash| (*hash).to_owned());
            is_rewritten = facts.get(1) != facts.get(2);
        } else if let [_, _, old, new, ..] = part.split_ascii_whitespace().collect::<Vec<_>>()[..]
            && part.starts_with(':')
            && let Some(path) = parts.next()
        {
            let (old, new, path) = (old.to_owned(), new.to_owned(), path.to_owned());
            changes.push(Change { commit: commit.clone(), is_rewritten, old, new, path });
        }
    }
    changes
}

pub(super) fn is_version(object: &str) -> bool {
    object.bytes().any(|byte| byte != b'0')
}

/// The versions that may be dropped, without their bytes, of changes in the order in which they were made. Of those of the newest commits
/// that is every version that was replaced.
fn dropped(changes: &[Change], path: &str, newest: usize) -> Vec<DroppedVersion> {
    let mut built_on: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut brought_by: HashMap<&str, &Change> = HashMap::new();
    // Versions that were removed, and that the next one comes after.
    let mut removed: Vec<&str> = Vec::new();
    let mut found: Vec<(&str, bool)> = Vec::new();
    let commits: Vec<&[Change]> = changes.chunk_by(|one, other| one.commit == other.commit).collect();
    let last = commits.iter().rposition(|of_commit| of_commit.iter().any(|change| change.commit.is_some()));
    for (index, of_commit) in commits.iter().enumerate() {
        for Change { old, new, is_rewritten, .. } in *of_commit {
            let before = if is_version(old) { vec![old.as_str()] } else { std::mem::take(&mut removed) };
            if !is_version(new) {
                removed.extend(before);
            } else if brought_by.contains_key(new.as_str()) {
                let is_lost = |old: &&str| !is_ancestor(old, new, &built_on);
                found.extend(before.into_iter().filter(is_lost).map(|old| (old, true)));
            } else {
                if index + newest >= commits.len() || *is_rewritten && Some(index) == last {
                    found.extend(before.iter().map(|old| (*old, false)));
                }
                built_on.entry(new).or_default().extend(before);
            }
        }
        for change in *of_commit {
            brought_by.entry(&change.new).or_insert(change);
        }
    }
    let put_back: HashSet<&str> =
        found.iter().filter(|(_, is_put_back)| *is_put_back).map(|(object, _)| *object).collect();
    let mut seen = HashSet::new();
    found.retain(|(object, _)| seen.insert(*object));
    // As short as git shows it, but long enough to stay the only one.
    let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
    let version = |(object, _): (&str, bool)| DroppedVersion {
        commit: brought_by.get(object).and_then(|change| change.commit.as_deref()).map(short),
        is_renamed: brought_by.get(object).is_some_and(|change| change.path != path),
        object: object.to_owned(),
        is_put_back: put_back.contains(object),
    };
    found.into_iter().map(version).collect()
}

fn is_ancestor(old: &str, new: &str, built_on: &HashMap<&str, Vec<&str>>) -> bool {
    let (mut next, mut seen) = (vec![new], HashSet::new());
    while let Some(version) = next.pop() {
        if version == old {
            return true;
        }
        if seen.insert(version) {
            next.extend(built_on.get(version).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(changes: &[&str]) -> Vec<Change> {
        let log = changes.iter().map(|change| {
            let parts: Vec<&str> = change.split(' ').collect();
            let (hash, times) = parts[0].split_once('@').map_or((parts[0], "1 1"), |(hash, _)| (hash, "1 2"));
            format!("commit {hash} {times}\0\n:100644 100644 {} {} M\0state\0", parts[1], parts[2])
        });
        changes_of(&log.collect::<String>())
    }

    /// The versions that are put back by changes `COMMIT OLD NEW`; `COMMIT@` was made anew.
    fn of(changes: &[&str]) -> Vec<String> {
        let dropped = dropped(&log_of(changes), "state", 0).into_iter().filter(|version| version.is_put_back);
        dropped.map(|version| version.object).collect()
    }

    #[test]
    fn what_is_published_one_after_the_other_drops_nothing() {
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b c"]), [""; 0]);
    }

    #[test]
    fn a_revert_drops_what_was_there_and_a_revert_of_it_brings_it_back() {
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b c", "c4 c b"]), ["c"]);
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b c", "c4 c b", "c5 b a"]), ["c", "b"]);
        assert_eq!(
            of(&["c1 000 a", "c2 a b", "c3 b a", "c4 a b"]),
            ["b"],
            "whether it is lost is for the reader to compare"
        );
    }

    #[test]
    fn a_merge_drops_the_side_that_was_not_taken_and_no_branch_that_is_only_behind() {
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 a x", "c4 x b"]), ["x"]);
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b c", "c4 a c"]), [""; 0]);
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 a x", "c4 b m", "c4 x m", "c5 a m"]), [""; 0]);
    }

    #[test]
    fn what_the_newest_commits_have_replaced_is_looked_into() {
        let replaced = |newest| {
            let dropped = dropped(&log_of(&["c1 000 a", "c2 a b", "c3 a x", "c4 b m", "c4 x m"]), "state", newest);
            dropped.into_iter().map(|version| version.object).collect::<Vec<_>>()
        };
        assert_eq!(replaced(1), ["b", "x"]);
        assert_eq!(replaced(2), ["a", "b", "x"]);
        assert_eq!(replaced(9), ["a", "b", "x"]);
        let of_large = |changes: &[&str]| {
            dropped(&log_of(changes), "state", 0).into_iter().map(|version| version.object).collect::<Vec<_>>()
        };
        assert_eq!(of_large(&["c1 000 a", "c2 a b", "c3@ b c"]), ["b"]);
        assert_eq!(of_large(&["c1 000 a", "c2@ a b", "c3 b c"]), [""; 0], "when it was the newest, that was told");
    }

    #[test]
    fn a_file_that_is_removed_and_comes_back_drops_what_it_was() {
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b 000", "c4 000 a"]), ["b"]);
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b 000", "c4 000 c"]), [""; 0]);
    }
}
