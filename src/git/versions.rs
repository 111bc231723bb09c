//! The versions of a file on the way to the present commit: who committed each, when, and what it was.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;

use super::command::{GitError, blobs, run};
use super::dropped::{changes_of, is_version};
use super::history::{Inside, ask, has_head};

/// A version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileVersion {
    /// The whole hash.
    pub(crate) commit: String,
    /// When it was committed.
    pub(crate) at: Timestamp,
    pub(crate) author: String,
    /// The first line of its message.
    pub(crate) subject: String,
}

/// The versions of one file. What a branch had before it was merged is in the version of its merge.
pub(crate) struct FileVersions {
    inside: Inside,
    /// The newest first.
    pub(crate) all: Vec<FileVersion>,
    /// Whether there may be older ones that this clone does not have.
    pub(crate) is_shallow: bool,
}

impl FileVersions {
    /// `None` outside of a work tree.
    pub(crate) fn of(file: &Path) -> Result<Option<Self>, GitError> {
        let Some(inside) = Inside::of(file)? else { return Ok(None) };
        let is_shallow = ask(&inside.top, &["rev-parse", "--is-shallow-repository"])? == "true";
        let mut all = Vec::new();
        if has_head(&inside.top)? {
            let format = "--format=%H%x00%ct%x00%an%x00%s";
            let log =
                ask(&inside.top, &["log", "--first-parent", "-m", "--no-patch", format, "HEAD", "--", &inside.path])?;
            all = log.lines().filter_map(version).collect();
        }
        Ok(Some(Self { inside, all, is_shallow }))
    }

    /// The bytes of a version; `None` where the commit has removed the file.
    pub(crate) fn bytes(&self, version: &FileVersion) -> Result<Option<Vec<u8>>, GitError> {
        let object = format!("{}:{}", version.commit, self.inside.path);
        let output = run(&self.inside.top, &["cat-file", "blob", &object])?;
        Ok(output.status.success().then_some(output.stdout))
    }
}

/// Versions that are read together.
const TOGETHER: usize = 500;

/// What a file was in any of the commits up to the present one.
pub(crate) fn all_versions(file: &Path) -> Result<Vec<Vec<u8>>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)?.filter(|inside| has_head(&inside.top).unwrap_or(true)) else {
        return Ok(Vec::new());
    };
    let options = ["log", "-z", "--root", "--full-history", "-m", "--raw", "--no-abbrev", "--no-renames"];
    let log = ask(&top, &[&options[..], &["--format=commit %H", "HEAD", "--", &path]].concat())?;
    let changes = changes_of(&log);
    let objects = changes.iter().flat_map(|change| [change.old.as_str(), change.new.as_str()]);
    let objects: BTreeSet<&str> = objects.filter(|object| is_version(object)).collect();
    let mut all = Vec::new();
    for objects in objects.into_iter().collect::<Vec<_>>().chunks(TOGETHER) {
        all.extend(blobs(&top, objects.iter().copied())?.into_iter().flatten());
    }
    Ok(all)
}

/// The bytes of each file that a commit has changed, as it has left them.
pub(crate) fn changed_by(folder: &Path, commit: &str) -> Result<Vec<Vec<u8>>, GitError> {
    let options = ["log", "-1", "-z", "--root", "-m", "--first-parent", "--raw", "--no-abbrev", "--no-renames"];
    let log = ask(folder, &[&options[..], &["--format=commit %H", commit, "--"]].concat())?;
    let changes = changes_of(&log);
    let objects = changes.iter().map(|change| change.new.as_str()).filter(|object| is_version(object));
    Ok(blobs(folder, objects)?.into_iter().flatten().collect())
}

/// When a commit was made, at the earliest: a rebase keeps the time of the change itself.
pub(crate) fn commit_time(top: &Path, commit: &str) -> Result<Timestamp, GitError> {
    let times = ask(top, &["log", "-1", "--format=%at %ct", commit])?;
    let times = times.split(' ').filter_map(|time| Timestamp::from_second(time.parse().ok()?).ok());
    times.min().ok_or_else(|| GitError::Failed(format!("git does not tell the time of {commit}")))
}

fn version(line: &str) -> Option<FileVersion> {
    let mut parts = line.splitn(4, '\0').map(str::to_owned);
    let (commit, at) = (parts.next()?, parts.next()?.parse().ok()?);
    let at = Timestamp::from_second(at).ok()?;
    Some(FileVersion { commit, at, author: parts.next()?, subject: parts.next()? })
}
