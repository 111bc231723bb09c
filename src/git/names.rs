//! The names that a file had in git's history: what another file called it, and where a commit has moved it.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::command::{GitError, blobs, each_blob};
use super::dropped::{Change, at_commit, changes_of, is_version, log};
use super::history::{Inside, ask, has_head};

/// Commits that removed the file of which is looked where they put it, the newest ones.
const MOVES: usize = 10;

/// The file that names the one whose versions are asked for, and how it does so.
pub(crate) struct NamedBy<'a> {
    pub(crate) file: &'a Path,
    /// The path in a version of it.
    pub(crate) name_in: &'a dyn Fn(&[u8]) -> Option<PathBuf>,
}

/// What the present commit has of a file in another folder, such as the one to which a commit has moved it.
pub(crate) struct Elsewhere {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    /// Whether both have had the same bytes, which this clone need not have.
    pub(crate) is_same: bool,
}

/// What the present commit has under the names that a file had in other folders.
pub(crate) fn in_other_folders(file: &Path, named_by: &NamedBy<'_>) -> Result<Vec<Elsewhere>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(Vec::new()) };
    if !has_head(&top)? {
        return Ok(Vec::new());
    }
    let (mut names, changes) = named(&top, "HEAD", &path, named_by)?;
    names.retain(|name| Path::new(name).parent() != Path::new(&path).parent());
    let versions = |name: &str| -> BTreeSet<&str> {
        let of_name = changes.iter().filter(|change| change.path == name);
        of_name
            .flat_map(|change| [change.old.as_str(), change.new.as_str()])
            .filter(|object| is_version(object))
            .collect()
    };
    let own = versions(&path);
    let objects: Vec<String> = names.iter().map(|name| format!("HEAD:{name}")).collect();
    let found = blobs(&top, objects.iter().map(String::as_str))?;
    let elsewhere = |(name, bytes): (&String, Option<_>)| {
        Some(Elsewhere { path: top.join(name), bytes: bytes?, is_same: !own.is_disjoint(&versions(name)) })
    };
    Ok(names.iter().zip(found).filter_map(elsewhere).collect())
}

/// What the present commit has under the names that earlier versions of the naming file give, other than the present one.
pub(crate) fn under_earlier_names(file: &Path, named_by: &NamedBy<'_>) -> Result<Vec<(PathBuf, Vec<u8>)>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(Vec::new()) };
    let naming = Inside::of(named_by.file)?.filter(|naming| naming.top == top).map(|naming| naming.path);
    let Some(naming) = naming.filter(|_| has_head(&top).unwrap_or(false)) else { return Ok(Vec::new()) };
    let changes = log(&top, "HEAD", std::iter::once(&naming))?;
    let mut names = earlier_names(&top, &changes, &naming, named_by)?;
    names.remove(&path);
    let objects: Vec<String> = names.iter().map(|name| format!("HEAD:{name}")).collect();
    let found = blobs(&top, objects.iter().map(String::as_str))?;
    Ok(names.iter().zip(found).filter_map(|(name, bytes)| Some((top.join(name), bytes?))).collect())
}

/// Where a file was before it came here, and what it was there: a commit, or a change that is not committed, has added it here and has taken
/// one of that name away there, where there is none now.
pub(crate) fn moved_from(file: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(Vec::new()) };
    if !has_head(&top)? {
        return Ok(Vec::new());
    }
    let name = Path::new(&path).file_name();
    let format = ["-z", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=D"];
    let mut removed = Vec::new();
    if at_commit(&top, "HEAD", &path).is_none() {
        removed.extend(changes_of(&ask(&top, &[&["diff-index"], &format[..], &["HEAD"]].concat())?));
    }
    let most = MOVES.to_string();
    let added =
        ["log", "--full-history", "-m", "-n", &most, "--format=%H", "--no-renames", "--diff-filter=A", "HEAD", "--"];
    for commit in ask(&top, &[&added[..], &[&path]].concat())?.lines() {
        let options = ["diff-tree", "-r", "-m", "--root", "--format=commit %H"];
        removed.extend(changes_of(&ask(&top, &[&options[..], &format, &[commit]].concat())?));
    }
    removed.retain(|change| Path::new(&change.path).file_name() == name && !top.join(&change.path).exists());
    let found = blobs(&top, removed.iter().map(|change| change.old.as_str()))?;
    let was = |(change, bytes): (&Change, Option<_>)| Some((top.join(&change.path), bytes?));
    Ok(removed.iter().zip(found).filter_map(was).collect())
}

/// Takes the newest versions of the file, at most `most`, under whatever name it had. Returns whether this clone has them all.
pub(crate) fn newest_versions(
    file: &Path,
    named_by: &NamedBy<'_>,
    most: usize,
    mut take: impl FnMut(&[u8]),
) -> Result<bool, GitError> {
    let Some(Inside { top, path }) = Inside::of(file)? else { return Ok(true) };
    if !has_head(&top)? {
        return Ok(true);
    }
    let (_, changes) = named(&top, "HEAD", &path, named_by)?;
    let mut seen = BTreeSet::new();
    let objects = changes.iter().rev().flat_map(|change| [&change.new, &change.old]).map(String::as_str);
    let objects = objects.filter(|object| is_version(object) && seen.insert(*object));
    let objects: Vec<&str> = objects.take(most).collect();
    let mut has_all = ask(&top, &["rev-parse", "--is-shallow-repository"])? != "true";
    each_blob(&top, &objects, |bytes| match bytes {
        Some(bytes) => take(&bytes),
        None => has_all = false,
    })?;
    Ok(has_all)
}

/// Every name that the file had in the commits of a range, and its changes under them.
pub(super) fn named(
    top: &Path,
    range: &str,
    path: &str,
    named_by: &NamedBy<'_>,
) -> Result<(BTreeSet<String>, Vec<Change>), GitError> {
    let naming = Inside::of(named_by.file)?.filter(|naming| naming.top == top).map(|naming| naming.path);
    let mut paths = BTreeSet::from([path.to_owned()]);
    let mut changes = log(top, range, paths.iter().chain(&naming))?;
    if let Some(naming) = naming {
        let earlier = earlier_names(top, &changes, &naming, named_by)?;
        if !earlier.is_subset(&paths) {
            paths.extend(earlier);
            changes = log(top, range, paths.iter())?;
        }
    }
    for _ in 0..MOVES {
        // One of the names may be that of a folder.
        changes.retain(|change| paths.contains(&change.path));
        let elsewhere = moved_to(top, &changes)?;
        if elsewhere.is_subset(&paths) {
            break;
        }
        paths.extend(elsewhere);
        changes = log(top, range, paths.iter())?;
    }
    changes.retain(|change| paths.contains(&change.path));
    Ok((paths, changes))
}

/// What the file was called by the versions of the one that names it.
fn earlier_names(
    top: &Path,
    changes: &[Change],
    naming: &str,
    named_by: &NamedBy<'_>,
) -> Result<BTreeSet<String>, GitError> {
    let of_naming = changes.iter().filter(|change| change.path == naming);
    let objects: BTreeSet<&str> = of_naming.flat_map(|change| [change.old.as_str(), change.new.as_str()]).collect();
    let found = blobs(top, objects.into_iter().filter(|object| is_version(object)))?;
    let folder = Path::new(naming).parent().unwrap_or(Path::new(""));
    let named = found.iter().flatten().filter_map(|bytes| (named_by.name_in)(bytes));
    // Git refuses to be asked for what is outside of its work tree.
    let is_inside = |path: &PathBuf| {
        let parts: Vec<_> = path.components().collect();
        !parts.is_empty()
            && parts.iter().all(|part| matches!(part, Component::Normal(_)))
            && !path.to_string_lossy().contains('\0')
    };
    Ok(named.map(|path| folder.join(path)).filter(is_inside).map(|path| path.to_string_lossy().into_owned()).collect())
}

/// Where the commits that removed the file put it, as where a whole project is moved to another folder.
fn moved_to(top: &Path, changes: &[Change]) -> Result<BTreeSet<String>, GitError> {
    let mut found = BTreeSet::new();
    let removed = changes.iter().rev().filter(|change| !is_version(&change.new)).take(MOVES);
    for Change { commit, old, path, .. } in removed {
        let Some(commit) = commit else { continue };
        let options = ["diff-tree", "-r", "-m", "-z", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=A"];
        let added = changes_of(&ask(top, &[&options[..], &["--format=commit %H", commit]].concat())?);
        let name = Path::new(path).file_name();
        let is_it = |added: &Change| added.new == *old || Path::new(&added.path).file_name() == name;
        found.extend(added.into_iter().filter(is_it).map(|added| added.path));
    }
    Ok(found)
}
