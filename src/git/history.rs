//! What git's history has of a file: whether git holds one that is not on the disk, and whether git has put one back.

use std::path::{Path, PathBuf};

use super::command::{GitError, blobs, failure, is_partial_clone, run};
use super::kept::resolved;
use super::location::Location;

/// Where git holds a file that is not on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// The commit, as git's commands take it; none where it is in the index.
    pub(crate) commit: Option<String>,
    /// Whether a sparse checkout leaves the file out.
    pub(crate) is_sparse: bool,
    top: PathBuf,
    inside: String,
}

impl Held {
    /// The newest version that git holds. None outside of a work tree, and where the history that is in this clone has none.
    pub(crate) fn of(file: &Path) -> Result<Option<Self>, GitError> {
        let Some(Inside { top, path: inside }) = Inside::of(file)? else { return Ok(None) };
        let listed = ask(&top, &["ls-files", "-v", "--", &inside])?;
        let held = |commit| Self {
            commit,
            is_sparse: listed.starts_with(['S', 's']),
            top: top.clone(),
            inside: inside.clone(),
        };
        if !listed.is_empty() {
            return Ok(Some(held(None)));
        }
        Ok(last_commit_with(&top, &inside)?.map(|commit| held(Some(commit))))
    }

    /// Whether a version of the file with these bytes was ever committed.
    pub(crate) fn has_committed(&self, copy: &Path) -> Result<bool, GitError> {
        has_committed(&self.top, &self.inside, copy)
    }
}

/// A file in a work tree, whether it is there or not.
pub(super) struct Inside {
    pub(super) top: PathBuf,
    /// Its path from the top, as git writes it.
    pub(super) path: String,
}

impl Inside {
    /// None outside of a work tree.
    pub(super) fn of(file: &Path) -> Result<Option<Self>, GitError> {
        let Some(file) = resolved(file) else { return Ok(None) };
        let Some(Location { top, .. }) = Location::of(&file)? else {
            return Ok(None);
        };
        let path = file.strip_prefix(&top).ok().map(|path| path.to_string_lossy().into_owned());
        Ok(path.map(|path| Self { top, path }))
    }
}

/// Whether a file is a committed version, and a copy of another one is in no commit of any branch: as after `git checkout`, `git stash` and
/// `git reset`, which put a file back that was not committed. A shallow clone cannot tell.
pub(crate) fn may_be_put_back(file: &Path, copy: &Path) -> Result<bool, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(false) };
    Ok(!ask(&top, &["ls-files", "--", &path])?.is_empty()
        && has_head(&top)?
        && ask(&top, &["rev-parse", "--is-shallow-repository"])? == "false"
        && has_committed(&top, &path, file)?
        && !has_committed(&top, &path, copy)?)
}

/// A branch, here or of a remote, with one of the newest versions of a file that is what is looked for.
pub(crate) fn branch_with(file: &Path, is_it: impl Fn(&[u8]) -> bool) -> Result<Option<String>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(None) };
    let commits = ask(&top, &["log", "-n", VERSIONS, "--format=%H", "--exclude=refs/stash", "--all", "--", &path])?;
    let names: Vec<String> = commits.lines().map(|commit| format!("{commit}:{path}")).collect();
    let found = blobs(&top, names.iter().map(String::as_str))?;
    let versions = commits.lines().zip(found);
    let Some((commit, _)) = versions.into_iter().find(|(_, bytes)| bytes.as_deref().is_some_and(&is_it)) else {
        return Ok(None);
    };
    // The branches of this clone come first.
    branch_of(&top, commit, &["refs/heads", "refs/remotes", "refs/tags"])
}

/// Whether a commit and the present one have commits in common.
pub(crate) fn is_related(file: &Path, commit: &str) -> Result<bool, GitError> {
    let Some(Inside { top, .. }) = Inside::of(file)? else { return Ok(false) };
    Ok(run(&top, &["merge-base", "HEAD", commit])?.status.success())
}

/// The first of these refs that has a commit.
pub(super) fn branch_of(top: &Path, commit: &str, refs: &[&str]) -> Result<Option<String>, GitError> {
    let list = ["for-each-ref", "--count=1", "--format=%(refname:short) %(refname)", "--contains", commit];
    let found = ask(top, &[&list[..], refs].concat())?;
    // A name that looks like an option would be taken for one.
    let branch = found.trim().split_once(' ').map(|(short, full)| if short.starts_with('-') { full } else { short });
    Ok(branch.map(str::to_owned))
}

/// Whether the clone of a file leaves parts of the history to the remote.
pub(crate) fn is_partial(file: &Path) -> Result<bool, GitError> {
    let Some(Inside { top, .. }) = Inside::of(file)? else { return Ok(false) };
    Ok(is_partial_clone(&top))
}

/// Whether git holds a file in its index. The file itself is meant, also where it is a link.
pub(crate) fn is_tracked(file: &Path) -> Result<bool, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(false) };
    Ok(!ask(&top, &["ls-files", "--", &path])?.is_empty())
}

/// Whether a version of a file with the bytes of `copy` is in a commit of any branch or tag.
pub(crate) fn is_committed(file: &Path, copy: &Path) -> Result<bool, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(false) };
    Ok(has_head(&top)? && has_committed(&top, &path, copy)?)
}

/// The version of a file that was committed last, on any branch.
pub(crate) fn newest_version(file: &Path) -> Result<Option<Vec<u8>>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(None) };
    let commit = ask(&top, &["log", "-1", "--format=%H", "--exclude=refs/stash", "--all", "HEAD", "--", &path])?;
    let output = run(&top, &["cat-file", "blob", &format!("{commit}:{path}")])?;
    Ok(output.status.success().then_some(output.stdout))
}

/// Versions of a file that are looked at for one that is not damaged.
const VERSIONS: &str = "50";

/// A version of a file that git holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    /// The commit; none where it is in the index.
    pub(crate) commit: Option<String>,
    /// Whether it is the newest one.
    pub(crate) is_newest: bool,
}

/// The newest version of a file, in the index or at one of the last commits, that is what is looked for.
pub(crate) fn find_version(file: &Path, mut is_it: impl FnMut(&[u8]) -> bool) -> Result<Option<Version>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(None) };
    let commits = if has_head(&top)? {
        ask(&top, &["log", "-n", VERSIONS, "--full-history", "--format=%h", "HEAD", "--", &path])?
    } else {
        String::new()
    };
    let mut is_newest = true;
    for commit in std::iter::once("").chain(commits.lines()) {
        let found = run(&top, &["cat-file", "blob", &format!("{commit}:{path}")])?;
        // A commit may have removed it, and the index has none, or several, during a merge.
        if !found.status.success() {
            continue;
        }
        if is_it(&found.stdout) {
            return Ok(Some(Version {
                commit: Some(commit.to_owned()).filter(|commit| !commit.is_empty()),
                is_newest,
            }));
        }
        is_newest = false;
    }
    Ok(None)
}

/// The version of a file in the present commit.
pub(crate) fn head_version(file: &Path) -> Result<Option<Vec<u8>>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(None) };
    let found = run(&top, &["cat-file", "blob", &format!("HEAD:{path}")])?;
    Ok(found.status.success().then_some(found.stdout))
}

/// Whether a version of the file with the bytes of `copy` is in a commit of any branch or tag.
fn has_committed(top: &Path, inside: &str, copy: &Path) -> Result<bool, GitError> {
    let find = format!("--find-object={}", object_of(top, inside, copy)?);
    // A stash is put away: nothing of it is in use. Merges count, and so do the sides of them whose version was not taken.
    let history = ["log", "-1", "--format=%h", "--full-history", "-m", "--exclude=refs/stash", "--all", "HEAD", &find];
    Ok(!ask(top, &[&history[..], &["--", inside]].concat())?.is_empty())
}

/// The name that git gives the bytes of `copy` as a version of the file.
pub(super) fn object_of(top: &Path, inside: &str, copy: &Path) -> Result<String, GitError> {
    ask(top, &["hash-object", &format!("--path={inside}"), "--", &copy.to_string_lossy()])
}

pub(super) fn has_head(top: &Path) -> Result<bool, GitError> {
    let head = run(top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
    if head.status.success() {
        return Ok(true);
    }
    // Git is as quiet where there is no commit yet as where the branch is broken, which then has a file.
    let path_of = |name: &str| ask(top, &["rev-parse", "--git-path", name]).map(|path| top.join(path));
    let is_broken = || {
        let head = path_of("HEAD").ok().and_then(|head| std::fs::read_to_string(head).ok()).unwrap_or_default();
        let branch = head.strip_prefix("ref: ").map(str::trim);
        branch.is_some_and(|branch| path_of(branch).is_ok_and(|file| file.is_file()))
    };
    if head.stderr.is_empty() && !is_broken() {
        return Ok(false);
    }
    Err(failure(top, "git does not find the commit of HEAD", &head))
}

/// The last commit at or before the present one whose tree has the file.
fn last_commit_with(top: &Path, inside: &str) -> Result<Option<String>, GitError> {
    if !has_head(top)? {
        return Ok(None);
    }
    let last = ask(top, &["rev-list", "-1", "--abbrev-commit", "HEAD", "--", inside])?;
    if last.is_empty() {
        return Ok(None);
    }
    // The commit that removed the file has it in one of its parents.
    let parents = ask(top, &["rev-list", "--parents", "-1", &last])?.split_whitespace().count().saturating_sub(1);
    let candidates = std::iter::once(last.clone()).chain((1..=parents).map(|number| format!("{last}^{number}")));
    for commit in candidates {
        if !ask(top, &["ls-tree", &commit, "--", inside])?.is_empty() {
            return Ok(Some(commit));
        }
    }
    Ok(None)
}

pub(super) fn ask(top: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let output = run(top, arguments)?;
    if !output.status.success() {
        return Err(failure(top, &format!("`git {}` failed", arguments.first().unwrap_or(&"")), &output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
