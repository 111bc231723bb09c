//! Versions of a file in git's history that the later ones are not built on: what `git revert` takes away, and the side of a merge that was
//! not taken.
//!
//! Knows nothing of what is in them. A version is built on those that it is the first to replace; where a version takes the place of
//! another one and was there before, that other one is dropped, unless it is an ancestor of it. So the versions of a branch that is only
//! behind are not dropped when it is merged.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::command::{GitError, run};
use super::history::{Inside, ask, has_head, object_of};

/// Changes of a file that are looked at, the newest ones.
const CHANGES: &str = "200";

/// A dropped version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DroppedVersion {
    /// The commit that brought it, short enough for a message; none where that is too long ago.
    pub(crate) commit: Option<String>,
    /// The name that git gives its bytes.
    pub(crate) object: String,
    /// None where this clone does not have them, as a partial one.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// The versions of a file that the present one is not built on, the oldest first. A shallow clone does not have them.
pub(crate) fn dropped_versions(file: &Path) -> Result<Vec<DroppedVersion>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(Vec::new()) };
    if !has_head(&top)? {
        return Ok(Vec::new());
    }
    // With the parents, because a merge that keeps one side is left out otherwise.
    let options = ["log", "-n", CHANGES, "--full-history", "--parents", "-m", "--topo-order", "--reverse"];
    let format = ["--raw", "--no-abbrev", "--no-renames", "--format=commit %H %at %ct", "HEAD", "--", &path];
    let log = ask(&top, &[&options[..], &format].concat())?;
    let mut changes = changes_of(&log);
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    if !run(&top, &["diff", "--quiet", "HEAD", "--", &path])?.status.success() {
        let head = ask(&top, &["rev-parse", "--verify", "--quiet", &format!("HEAD:{path}")]);
        changes.extend(head.ok().map(|old| Change {
            commit: None,
            is_rewritten: false,
            old,
            new: object_of(&top, &path, file).unwrap_or_default(),
        }));
    }
    let read = |(commit, object): (Option<String>, String)| {
        let found = run(&top, &["cat-file", "blob", &object])?;
        Ok(DroppedVersion { commit, object, bytes: found.status.success().then_some(found.stdout) })
    };
    dropped(&changes).into_iter().map(read).collect()
}

/// One version in the place of another.
#[derive(Debug, PartialEq, Eq)]
struct Change {
    /// None on the disk.
    commit: Option<String>,
    /// Whether the commit was made anew from another one, as by a rebase: its version may be built on what that one had replaced.
    is_rewritten: bool,
    old: String,
    new: String,
}

/// The changes of a log, each after a line `commit HASH AUTHORED COMMITTED`.
fn changes_of(log: &str) -> Vec<Change> {
    let (mut commit, mut is_rewritten) = (None, false);
    let mut changes = Vec::new();
    for line in log.lines() {
        if let Some(facts) = line.strip_prefix("commit ") {
            let facts: Vec<&str> = facts.split(' ').collect();
            commit = facts.first().map(|hash| (*hash).to_owned());
            is_rewritten = facts.get(1) != facts.get(2);
        } else if let [_, _, old, new, ..] = line.split_ascii_whitespace().collect::<Vec<_>>()[..]
            && line.starts_with(':')
        {
            changes.push(Change { commit: commit.clone(), is_rewritten, old: old.to_owned(), new: new.to_owned() });
        }
    }
    changes
}

/// The dropped versions, and the commit that brought each, of changes in the order in which they were made.
fn dropped(changes: &[Change]) -> Vec<(Option<String>, String)> {
    let is_version = |object: &str| object.bytes().any(|byte| byte != b'0');
    let mut built_on: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut brought_by: HashMap<&str, Option<&str>> = HashMap::new();
    // Versions that were removed, and that the next one comes after.
    let mut removed: Vec<&str> = Vec::new();
    let mut found = Vec::new();
    // The others were the newest once, and were looked at then.
    let newest = changes.iter().rfind(|change| change.commit.is_some());
    for of_commit in changes.chunk_by(|one, other| one.commit == other.commit) {
        let is_newest = of_commit.last() == newest;
        for Change { old, new, is_rewritten, .. } in of_commit {
            let before = if is_version(old) { vec![old.as_str()] } else { std::mem::take(&mut removed) };
            if !is_version(new) {
                removed.extend(before);
            } else if *is_rewritten && is_newest {
                found.extend(before);
            } else if !brought_by.contains_key(new.as_str()) {
                built_on.entry(new).or_default().extend(before);
            } else {
                found.extend(before.into_iter().filter(|old| !is_ancestor(old, new, &built_on)));
            }
        }
        for Change { commit, new, .. } in of_commit {
            brought_by.entry(new).or_insert(commit.as_deref());
        }
    }
    let mut seen = HashSet::new();
    found.retain(|object| seen.insert(*object));
    // As short as git shows it, but long enough to stay the only one.
    let short = |commit: &str| commit.get(..12).unwrap_or(commit).to_owned();
    let named = |object: &str| (brought_by.get(object).copied().flatten().map(short), object.to_owned());
    found.into_iter().map(named).collect()
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

    /// The versions that are dropped by changes `COMMIT OLD NEW`; `COMMIT@` was made anew.
    fn of(changes: &[&str]) -> Vec<String> {
        let log = changes.iter().map(|change| {
            let parts: Vec<&str> = change.split(' ').collect();
            let (hash, times) = parts[0].split_once('@').map_or((parts[0], "1 1"), |(hash, _)| (hash, "1 2"));
            format!("commit {hash} {times}\n\n:100644 100644 {} {} M\tstate\n", parts[1], parts[2])
        });
        dropped(&changes_of(&log.collect::<String>())).into_iter().map(|(_, object)| object).collect()
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
    fn a_commit_that_was_made_anew_may_not_be_built_on_what_it_replaces() {
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3@ b c"]), ["b"]);
        assert_eq!(of(&["c1 000 a", "c2@ a b", "c3 b c"]), [""; 0], "when it was the newest, that was told");
    }

    #[test]
    fn a_file_that_is_removed_and_comes_back_drops_what_it_was() {
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b 000", "c4 000 a"]), ["b"]);
        assert_eq!(of(&["c1 000 a", "c2 a b", "c3 b 000", "c4 000 c"]), [""; 0]);
    }
}
