//! Every version that the present commit and those before it have of every file, the newest first.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::command::{GitError, command, failure, not_run};
use super::commit::{Blob, Git, Text};

/// Versions that are read together.
const TOGETHER: usize = 500;

/// A version of a file in the history.
#[derive(Debug)]
pub(crate) struct PastFile {
    /// Its path, seen from the top of the work tree.
    pub(crate) path: String,
    /// Its bytes; none where this clone lacks them.
    pub(crate) bytes: Option<Vec<u8>>,
    /// Whether a commit removed the file with these bytes.
    pub(crate) is_removed: bool,
}

impl Git<'_> {
    /// Takes the versions of the files whose path is asked for, until there is nothing more to look for. What only a merge has brought
    /// and only a merge has removed is not among them. This may be all of the history, so it ends as early as it can.
    pub(crate) fn past_files(
        &self,
        is_asked_for: impl Fn(&str) -> bool,
        mut take: impl FnMut(PastFile) -> bool,
    ) -> Result<(), GitError> {
        let options = ["log", "--root", "--raw", "-z", "--no-renames", "--no-abbrev", "--format=", "HEAD", "--"];
        let mut git = command(self.folder, &options);
        let mut git = git.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(not_run)?;
        let Some(output) = git.stdout.take() else { return Ok(()) };
        let mut parts = BufReader::new(output).split(0);
        let mut next = || parts.next().transpose().map_err(GitError::NotRun);
        let (mut waiting, mut seen) = (Vec::new(), HashSet::new());
        let mut goes_on = true;
        while goes_on {
            let (Some(facts), Some(path)) = (next()?, next()?) else { break };
            let path = String::from_utf8_lossy(&path).into_owned();
            if is_asked_for(&path) {
                let versions = versions(&String::from_utf8_lossy(&facts), &path);
                waiting.extend(
                    versions.into_iter().filter(|(path, object, _)| seen.insert((path.clone(), object.clone()))),
                );
            }
            if waiting.len() >= TOGETHER {
                goes_on = self.take_all(&mut waiting, &mut take)?;
            }
        }
        if goes_on {
            self.take_all(&mut waiting, &mut take)?;
            let ended = git.wait_with_output().map_err(GitError::NotRun)?;
            return if ended.status.success() { Ok(()) } else { Err(failure(self.folder, "`git log` failed", &ended)) };
        }
        // It has answered what was asked.
        git.kill().and_then(|()| git.wait()).map(drop).map_err(GitError::NotRun)
    }

    fn take_all(&self, waiting: &mut Vec<Version>, take: &mut impl FnMut(PastFile) -> bool) -> Result<bool, GitError> {
        let versions = std::mem::take(waiting);
        let blobs: Vec<Blob> = versions.iter().map(|(path, object, _)| Blob::new(path.clone(), true, object)).collect();
        let mut texts: Vec<Text> = self.texts(&blobs)?;
        let files = versions.into_iter().zip(texts.drain(..));
        for ((path, _, is_removed), (_, bytes)) in files {
            if !take(PastFile { path, bytes, is_removed }) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// A path, the name of the bytes, and whether they were removed.
type Version = (String, String, bool);

/// The files and links of `:MODE MODE OLD NEW STATUS`. A submodule is none.
fn versions(facts: &str, path: &str) -> Vec<Version> {
    let facts: Vec<&str> = facts.trim_start_matches(':').split(' ').collect();
    let [old_mode, new_mode, old, new, status] = facts[..] else { return Vec::new() };
    [(old_mode, old, status == "D"), (new_mode, new, false)]
        .into_iter()
        .filter(|(mode, ..)| mode.starts_with("100") || *mode == "120000")
        .map(|(_, object, is_removed)| (path.to_owned(), object.to_owned(), is_removed))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::versions;

    #[test]
    fn a_change_has_the_version_before_and_the_one_after_it() {
        let of =
            |facts| versions(facts, "a").into_iter().map(|(_, object, removed)| (object, removed)).collect::<Vec<_>>();
        let version = |object: &str, removed| (object.to_owned(), removed);
        assert_eq!(of(":100644 100755 1 2 M"), [version("1", false), version("2", false)]);
        assert_eq!(of(":100644 000000 1 0 D"), [version("1", true)]);
        assert_eq!(of(":120000 160000 1 2 T"), [version("1", false)]);
        assert_eq!(of("unknown"), []);
    }
}
