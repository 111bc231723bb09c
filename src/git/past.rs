//! Every version that the present commit and those before it have of every file, the newest first.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::command::{GitError, command, failure, not_run};
use super::commit::{Blob, Git, Text};

/// Versions that are read together.
const TOGETHER: usize = 500;

/// A version of a file or a link in the history.
#[derive(Debug)]
pub(crate) struct PastFile {
    /// Its path, seen from the top of the work tree.
    pub(crate) path: String,
    /// Its bytes, or where the link leads; none where this clone lacks them.
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) end: End,
    pub(crate) is_link: bool,
    /// Whether it is a submodule, which the commit has removed. It has no bytes of its own.
    pub(crate) is_submodule: bool,
    /// The newest commit with a change of this version.
    pub(crate) commit: String,
}

/// What a commit has done with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is there after the commit.
    None,
    /// Another version took its place.
    Replaced,
    Removed,
}

/// What is to be looked at after a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Other versions. The same bytes at the same path tell no more in an older commit.
    Next,
    /// Also what older commits have done with the same bytes at the same path.
    Again,
    /// Nothing: it was found.
    Done,
}

impl Git<'_> {
    /// Takes the versions of the files whose path is asked for, until there is nothing more to look for. What only a merge has brought
    /// and only a merge has removed is not among them. This may be all of the history, so it ends as early as it can.
    pub(crate) fn past_files(
        &self,
        is_asked_for: impl Fn(&str, bool) -> bool,
        mut take: impl FnMut(PastFile) -> Look,
    ) -> Result<(), GitError> {
        let options = ["log", "--root", "-m", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=none"];
        let mut git = command(self.folder, &[&options[..], &["--format=commit %H", "HEAD", "--"]].concat());
        let mut git = git.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(not_run)?;
        let Some(output) = git.stdout.take() else { return Ok(()) };
        let mut parts = BufReader::new(output).split(0);
        let mut next = || match parts.next().transpose() {
            Ok(part) => Ok(part.map(|part| String::from_utf8_lossy(&part).trim_start_matches('\n').to_owned())),
            Err(error) => Err(GitError::NotRun(error)),
        };
        let (mut waiting, mut seen, mut commit) = (Vec::new(), HashSet::new(), String::new());
        let mut goes_on = true;
        while goes_on {
            let Some(part) = next()? else { break };
            if let Some(hash) = part.strip_prefix("commit ") {
                hash.clone_into(&mut commit);
            } else if part.starts_with(':')
                && let Some(path) = next()?
            {
                let versions = versions(&part)
                    .into_iter()
                    .filter(|version| is_asked_for(&path, version.is_link || version.is_submodule));
                let is_new = |version: &Version| !seen.contains(&(path.clone(), version.object.clone()));
                waiting.extend(versions.filter(is_new).map(|version| (path.clone(), commit.clone(), version)));
            }
            if waiting.len() >= TOGETHER {
                goes_on = self.take_all(&mut waiting, &mut seen, &mut take)?;
            }
        }
        if goes_on {
            self.take_all(&mut waiting, &mut seen, &mut take)?;
            let ended = git.wait_with_output().map_err(GitError::NotRun)?;
            return if ended.status.success() { Ok(()) } else { Err(failure(self.folder, "`git log` failed", &ended)) };
        }
        // It has answered what was asked.
        git.kill().and_then(|()| git.wait()).map(drop).map_err(GitError::NotRun)
    }

    fn take_all(
        &self,
        waiting: &mut Vec<(String, String, Version)>,
        seen: &mut HashSet<(String, String)>,
        take: &mut impl FnMut(PastFile) -> Look,
    ) -> Result<bool, GitError> {
        let versions = std::mem::take(waiting);
        let blob =
            |(path, _, version): &(String, _, Version)| Blob::new(path.clone(), !version.is_link, &version.object);
        let texts: Vec<Text> = self.texts(&versions.iter().map(blob).collect::<Vec<_>>())?;
        for ((path, commit, version), (_, bytes)) in versions.into_iter().zip(texts) {
            let Version { object, end, is_link, is_submodule } = version;
            let place = (path.clone(), object);
            if seen.contains(&place) {
                continue;
            }
            match take(PastFile { path, bytes, end, is_link, is_submodule, commit }) {
                Look::Next => drop(seen.insert(place)),
                Look::Again => {}
                Look::Done => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// The name of the bytes, and what became of them.
#[derive(Debug, PartialEq, Eq)]
struct Version {
    object: String,
    end: End,
    is_link: bool,
    is_submodule: bool,
}

/// The mode of a submodule.
const SUBMODULE: &str = "160000";

/// The files and links of `:MODE MODE OLD NEW STATUS`, and the submodule that was there before and is none after.
fn versions(facts: &str) -> Vec<Version> {
    let facts: Vec<&str> = facts.trim_start_matches(':').split(' ').collect();
    let [old_mode, new_mode, old, new, status] = facts[..] else { return Vec::new() };
    let old_end = if status == "D" { End::Removed } else { End::Replaced };
    [(old_mode, old, old_end), (new_mode, new, End::None)]
        .into_iter()
        .map(|(mode, object, end)| {
            let is_submodule = mode == SUBMODULE && end != End::None && new_mode != SUBMODULE;
            (mode, Version { object: object.to_owned(), end, is_link: mode == "120000", is_submodule })
        })
        .filter(|(mode, version)| mode.starts_with("100") || version.is_link || version.is_submodule)
        .map(|(_, version)| version)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{End, versions};

    #[test]
    fn a_change_has_the_version_before_and_the_one_after_it() {
        let of = |facts| {
            let versions = versions(facts).into_iter();
            versions
                .map(|version| (version.object, version.end, version.is_link || version.is_submodule))
                .collect::<Vec<_>>()
        };
        let version = |object: &str, end, is_link| (object.to_owned(), end, is_link);
        let after = version("2", End::None, false);
        assert_eq!(of(":100644 100755 1 2 M"), [version("1", End::Replaced, false), after]);
        assert_eq!(of(":100644 000000 1 0 D"), [version("1", End::Removed, false)]);
        assert_eq!(of(":120000 160000 1 2 T"), [version("1", End::Replaced, true)]);
        assert_eq!(of(":160000 160000 1 2 M"), []);
        assert_eq!(of(":160000 000000 1 0 D"), [version("1", End::Removed, true)]);
        assert_eq!(of("unknown"), []);
    }
}
