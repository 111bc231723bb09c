//! What git's history has of a file: whether git holds one that is not on the disk, and whether git has put one back.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::command::{GitError, failure, run};
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
struct Inside {
    top: PathBuf,
    /// Its path from the top, as git writes it.
    path: String,
}

impl Inside {
    /// None outside of a work tree.
    fn of(file: &Path) -> Result<Option<Self>, GitError> {
        let Some(file) = resolved(file) else { return Ok(None) };
        let Some(Location { top, .. }) = Location::around(&file).map_err(|error| unreadable(&error))? else {
            return Ok(None);
        };
        let path = file.strip_prefix(&top).ok().map(|path| path.to_string_lossy().into_owned());
        Ok(path.map(|path| Self { top, path }))
    }
}

/// Whether git has put a file back to a committed version that is older than a copy of it, and has the copy on no branch: what
/// `git checkout`, `git stash` and `git reset` do to changes that were not committed. A shallow clone cannot tell.
pub(crate) fn is_put_back(file: &Path, copy: &Path) -> Result<bool, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(false) };
    if ask(&top, &["ls-files", "--", &path])?.is_empty() || !has_head(&top)? {
        return Ok(false);
    }
    let committed_at = ask(&top, &["log", "-1", "--format=%ct", "HEAD", "--", &path])?.parse::<u64>().ok();
    let copied = std::fs::metadata(copy).and_then(|copy| copy.modified()).ok();
    let copied_at = copied.and_then(|time| Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs()));
    Ok(committed_at.is_some_and(|committed| copied_at.is_some_and(|copied| committed <= copied))
        && ask(&top, &["rev-parse", "--is-shallow-repository"])? == "false"
        && has_committed(&top, &path, file)?
        && !has_committed(&top, &path, copy)?)
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

/// Versions of a file that are looked at for one that was taken back.
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
pub(crate) fn find_version(file: &Path, is_it: impl Fn(&[u8]) -> bool) -> Result<Option<Version>, GitError> {
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

/// A version of a file in a commit, short enough for a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommittedVersion {
    pub(crate) commit: String,
    /// None where this clone does not have them, as a partial one.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// The versions of a file that were committed after an older one which it is again, as after `git revert`; the newest first. A shallow
/// clone does not have them.
pub(crate) fn versions_since(file: &Path) -> Result<Vec<CommittedVersion>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(Vec::new()) };
    if !has_head(&top)? {
        return Ok(Vec::new());
    }
    let options =
        ["log", "-n", VERSIONS, "--first-parent", "-m", "--format=%h", "--raw", "--no-abbrev", "--no-renames"];
    let history = ask(&top, &[&options[..], &["HEAD", "--", &path]].concat())?;
    let mut commit = "";
    let mut versions: Vec<(&str, &str)> = Vec::new();
    for line in history.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix(':') {
            // As short as git shows it, but long enough to stay the only one.
            None => commit = line.get(..12).unwrap_or(line),
            // `:100644 100644 OLD NEW M<tab>PATH`
            Some(raw) => {
                let object = raw.split_ascii_whitespace().nth(3);
                // Zeros where that commit has removed it.
                versions
                    .extend(object.filter(|object| object.bytes().any(|b| b != b'0')).map(|object| (commit, object)));
            }
        }
    }
    let Some((_, newest)) = versions.first() else { return Ok(Vec::new()) };
    let is_newest = run(&top, &["diff", "--quiet", "HEAD", "--", &path])?.status.success();
    let present = if is_newest { (*newest).to_owned() } else { object_of(&top, &path, file)? };
    let older = versions.iter().rposition(|(_, object)| *object == present).unwrap_or_default();
    let later = versions[..older].iter().filter(|(_, object)| *object != present);
    let read = |(commit, object): &(&str, &str)| {
        let found = run(&top, &["cat-file", "blob", object])?;
        let bytes = found.status.success().then_some(found.stdout);
        Ok(CommittedVersion { commit: (*commit).to_owned(), bytes })
    };
    later.map(read).collect()
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
fn object_of(top: &Path, inside: &str, copy: &Path) -> Result<String, GitError> {
    ask(top, &["hash-object", &format!("--path={inside}"), "--", &copy.to_string_lossy()])
}

fn has_head(top: &Path) -> Result<bool, GitError> {
    let head = run(top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
    // Quiet is what git is where there is no commit yet.
    if head.status.success() || head.stderr.is_empty() {
        return Ok(head.status.success());
    }
    Err(failure(top, "git does not find HEAD", &head))
}

fn unreadable(error: &io::Error) -> GitError {
    GitError::Failed(format!("`.git` cannot be read: {error}"))
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

fn ask(top: &Path, arguments: &[&str]) -> Result<String, GitError> {
    let output = run(top, arguments)?;
    if !output.status.success() {
        return Err(failure(top, &format!("`git {}` failed", arguments.first().unwrap_or(&"")), &output));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
