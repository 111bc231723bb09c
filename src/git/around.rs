//! The versions of a file around a commit, under every name that the file had: before it, in it, and after it.
//!
//! The commit may be one of another repository. One of a submodule is seen as the commit of the superproject that took it over, one of a
//! repository that no other one names as the last commit before its time. Invariant: a version that git has and this clone has not is an
//! error, and never "there is none".

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::command::{GitError, blobs, is_partial_clone, run};
use super::dropped::{Change, at_commit, changes_of, is_version};
use super::history::{Inside, ask, has_head};
use super::names::{NamedBy, named};
use super::submodule::Submodule;

/// Versions that are looked at after a commit: so many of the oldest ones, and of the newest ones.
const AFTER: usize = 10;

const HEAD: &str = "HEAD";

/// A file in the history of its repository.
pub(crate) struct FileHistory {
    top: PathBuf,
    /// From the top of the work tree.
    names: BTreeSet<String>,
}

/// What the file was around a commit.
#[derive(Debug, Default)]
pub(crate) struct Around {
    /// In the parents of the commit.
    pub(crate) before: Vec<Vec<u8>>,
    /// In the commit.
    pub(crate) at: Vec<Vec<u8>>,
    /// The versions that the commit and those after it have made, the oldest first.
    pub(crate) later: Vec<Vec<u8>>,
}

/// Where a commit is in the history of the file.
enum Seen {
    /// It is this one, or this one has taken it over.
    As(String),
    /// This one is the last before it, or the present one where it is not taken over yet; none where it is before the first.
    After(Option<String>),
    /// The commit that would tell is not in this clone.
    Unknown,
}

impl FileHistory {
    /// None outside of a work tree, and before the first commit.
    pub(crate) fn of(file: &Path, named_by: &NamedBy<'_>) -> Result<Option<Self>, GitError> {
        let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(None) };
        if !has_head(&top)? {
            return Ok(None);
        }
        let (names, _) = named(&top, HEAD, &path, named_by)?;
        Ok(Some(Self { top, names }))
    }

    /// What the present commit has.
    pub(crate) fn newest(&self) -> Result<Vec<Vec<u8>>, GitError> {
        self.versions(std::iter::once(HEAD))
    }

    /// What there was around a commit of the work tree with this top; none where that is not known.
    pub(crate) fn around(&self, top: &Path, commit: &str) -> Result<Option<Around>, GitError> {
        let (commit, is_it) = match self.seen(top, commit)? {
            Seen::As(commit) => (commit, true),
            Seen::After(Some(commit)) => (commit, false),
            Seen::After(None) => return Ok(Some(Around::default())),
            Seen::Unknown => return Ok(None),
        };
        let names = |options: &[&str]| -> Result<String, GitError> {
            let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
            ask(&self.top, &[options, &["--"], &names].concat())
        };
        let (parents, later) = (format!("{commit}^@"), format!("{commit}..HEAD"));
        let before = ask(&self.top, &["rev-parse", &parents])?;
        let own = if is_it { names(&["log", "--format=%H", &commit, "--not", &parents])? } else { String::new() };
        // What another branch has had meanwhile is not after it.
        let after = names(&["log", "--reverse", "--ancestry-path", "--format=%H", &later])?;
        let at = self.versions(std::iter::once(commit.as_str()))?;
        Ok(Some(Around {
            before: if is_it { self.versions(before.lines())? } else { at.clone() },
            at,
            later: self.versions(ends(&own.lines().chain(after.lines()).collect::<Vec<_>>()))?,
        }))
    }

    /// What the file was in these commits.
    fn versions<'c>(&self, commits: impl Iterator<Item = &'c str>) -> Result<Vec<Vec<u8>>, GitError> {
        let at: Vec<(&str, &String)> =
            commits.flat_map(|commit| self.names.iter().map(move |name| (commit, name))).collect();
        let objects: Vec<String> = at.iter().map(|(commit, name)| format!("{commit}:{name}")).collect();
        let found = blobs(&self.top, objects.iter().map(String::as_str))?;
        let is_elsewhere = |(commit, name): &(&str, &String)| at_commit(&self.top, commit, name).is_some();
        let is_missing = at.iter().zip(&found).any(|(at, bytes)| bytes.is_none() && is_elsewhere(at));
        if is_missing && is_partial_clone(&self.top) {
            return Err(GitError::NotInPartialClone(self.top.clone()));
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn seen(&self, top: &Path, commit: &str) -> Result<Seen, GitError> {
        let (mut top, mut commit) = (top.to_owned(), commit.to_owned());
        while top != self.top {
            let Some(submodule) = Submodule::with_top(&top)? else { return self.seen_by_time(&top, &commit) };
            let superproject = submodule.superproject.top();
            let found = taken_over(&submodule, &top, &commit)?;
            // Where a shallow clone ends, each submodule looks as if it were new.
            let found = found.filter(|change| is_version(&change.old) || !is_shallow(superproject));
            let Some(taken_over) = found.and_then(|change| change.commit) else {
                return Ok(if is_shallow(superproject) { Seen::Unknown } else { Seen::After(Some(HEAD.to_owned())) });
            };
            (top, commit) = (superproject.to_owned(), taken_over);
        }
        Ok(Seen::As(commit))
    }

    fn seen_by_time(&self, top: &Path, commit: &str) -> Result<Seen, GitError> {
        let time: i64 = ask(top, &["log", "-1", "--format=%ct", commit])?.parse().unwrap_or_default();
        // In the same second, it is not known which one was first.
        let before = format!("--before={}", time.saturating_sub(1));
        let last = ask(&self.top, &["log", "-1", "--format=%H", &before, HEAD])?;
        Ok(match last.as_str() {
            "" if is_shallow(&self.top) => Seen::Unknown,
            "" => Seen::After(None),
            _ => Seen::After(Some(last)),
        })
    }
}

/// The oldest and the newest ones.
fn ends<'c>(commits: &[&'c str]) -> impl Iterator<Item = &'c str> {
    let is_between = move |at: usize, count: usize| at >= AFTER && at + AFTER < count;
    let count = commits.len();
    commits.iter().enumerate().filter(move |(at, _)| !is_between(*at, count)).map(|(_, commit)| *commit)
}

fn is_shallow(top: &Path) -> bool {
    // What git does not say is not known to be all.
    ask(top, &["rev-parse", "--is-shallow-repository"]).map_or(true, |answer| answer != "false")
}

/// The newest change of the superproject with which the submodule came to have a commit; none where that is not committed there.
fn taken_over(submodule: &Submodule, top: &Path, commit: &str) -> Result<Option<Change>, GitError> {
    let options = ["log", "-z", "--full-history", "-m", "--topo-order", "--raw", "--no-abbrev", "--no-renames"];
    let format = ["--ignore-submodules=none", "--format=commit %H %at %ct", HEAD, "--", &submodule.path];
    let changes = changes_of(&ask(submodule.superproject.top(), &[&options[..], &format].concat())?);
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    let mut has = |object: &str| {
        let is_in = || run(top, &["merge-base", "--is-ancestor", commit, object]).is_ok_and(|is| is.status.success());
        *known.entry(object.to_owned()).or_insert_with(|| is_version(object) && is_in())
    };
    Ok(changes.into_iter().find(|change| has(&change.new) && !has(&change.old)))
}
