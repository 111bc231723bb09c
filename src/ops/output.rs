//! Files for results that the user names: plans, reports, exports, and the summary page of a workflow run.
//!
//! Invariant: nothing is written through a link of the repository, which a branch can bring along.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::path::{Path, PathBuf, absolute};

use crate::disk;

use super::error::Error;
use super::init::repository_root;
use super::repository::Repository;

/// Fails where a result cannot be written to that file, whatever it is.
pub(crate) fn check(repository: &Repository, path: &Path) -> Result<(), Error> {
    refuse_links(&repository.settings.root, path, &path.display().to_string())?;
    refuse_own(repository, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match folder.metadata() {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => Err(Error::file("write", path, std::io::ErrorKind::NotADirectory.into())),
        Err(error) => Err(Error::file("write", path, error)),
    }
}

/// Writes the whole file, or leaves it as it was.
pub(crate) fn write(repository: &Repository, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    check(repository, path)?;
    disk::replace(path, bytes).map_err(|source| Error::file("write", path, source))
}

/// In place of a result that there is not: the bytes that say why, or no file. Where the configuration cannot be read, a file that may be one
/// of those that offersync reads stays.
pub(crate) fn put_failure(
    repository: Option<&Repository>,
    folder: &Path,
    path: &Path,
    bytes: Option<&[u8]>,
) -> Result<(), Error> {
    let root = repository.map_or(folder, |repository| &repository.settings.root);
    refuse_links(root, path, &path.display().to_string())?;
    match repository {
        Some(repository) => refuse_own(repository, path)?,
        None if may_be_own(path) => return Ok(()),
        None => {}
    }
    let failed = |source| Error::file("write", path, source);
    match bytes {
        Some(bytes) => disk::replace(path, bytes).map_err(failed),
        None if path.is_file() => std::fs::remove_file(path).map_err(failed),
        None => Ok(()),
    }
}

/// Whether a file may be the configuration, an offer, a state or git's.
fn may_be_own(path: &Path) -> bool {
    let is_of_git = path.iter().any(|part| part.eq_ignore_ascii_case(".git"));
    let has_ending = path.extension().is_some_and(|ending| ["yaml", "yml", "toml"].iter().any(|own| ending == *own));
    let mut start = [0; 200];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or_default();
    is_of_git || has_ending || String::from_utf8_lossy(&start[..read]).contains("offersync-state")
}

/// Whether two paths name one file.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    disk::is_same_file(one, other)
}

/// Fails where two results are to be written to one file: the later one would replace the other. Reads nothing of the files.
pub(crate) fn refuse_same(files: &[PathBuf]) -> Result<(), Error> {
    for (number, later) in files.iter().enumerate() {
        if let Some(earlier) = files.iter().take(number).find(|earlier| disk::is_same_file(earlier, later)) {
            let (one, other) = (earlier.display(), later.display());
            return Err(Error::Usage {
                message: format!("`{one}` and `{other}` are the same file, which can have one result only"),
                help: Some("give each result a file of its own".to_owned()),
            });
        }
    }
    Ok(())
}

/// Fails where a link of the repository that `root` is in is on the way to a file: it could lead what is written to any file of the user's. `shown` is the
/// path in the message.
pub(super) fn refuse_links(root: &Path, path: &Path, shown: &str) -> Result<(), Error> {
    let unreadable = |source| Error::file("find", path, source);
    let repository = match repository_root(root) {
        Some(repository) => repository,
        None => root.canonicalize().or_else(|_| absolute(root)).map_err(|source| Error::file("find", root, source))?,
    };
    let path = absolute(path).map_err(unreadable)?;
    let is_of_repository = |link: &&Path| {
        let is_link = link.symlink_metadata().is_ok_and(|found| found.is_symlink());
        let folder = || link.parent()?.canonicalize().ok();
        // The folder may be in another repository than the configuration, as where that is a submodule.
        is_link && folder().is_some_and(|folder| folder.starts_with(&repository) || repository_root(&folder).is_some())
    };
    match path.ancestors().find(is_of_repository) {
        Some(link) => Err(Error::Usage {
            message: format!("`{}` is a link, and nothing is written through it for `{shown}`", link.display()),
            help: Some(
                "put a folder or a file in its place, or name a file elsewhere, and run the command again".to_owned(),
            ),
        }),
        None => Ok(()),
    }
}

/// Fails for a file that a command reads as its input, and for git's own: a result in its place would lose records, or settings.
fn refuse_own(repository: &Repository, path: &Path) -> Result<(), Error> {
    let real = |path: &Path| Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?));
    let Some(target) = absolute(path).ok().as_deref().and_then(real) else { return Ok(()) };
    let is = |file: &Path| absolute(file).ok().as_deref().and_then(real).is_some_and(|file| file == target);
    let offers = repository.settings.offers.on_disk(&repository.settings.root);
    let is_offer = target.exists()
        && offers.canonicalize().is_ok_and(|offers| target.starts_with(offers))
        && target.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let is_of_git = target.iter().any(|part| part.eq_ignore_ascii_case(".git"));
    if is_offer || is_of_git || is(&repository.state) || is(repository.config_file()) {
        return Err(Error::Usage {
            message: format!("`{}` is a file that offersync or git reads, and no place for a result", path.display()),
            help: Some("name another file".to_owned()),
        });
    }
    Ok(())
}

/// Appends to the file, which others append to as well.
pub(crate) fn append(root: &Path, path: &Path, text: &str) -> Result<(), Error> {
    refuse_links(root, path, &path.display().to_string())?;
    let appended = || OpenOptions::new().create(true).append(true).open(path)?.write_all(text.as_bytes());
    appended().map_err(|source| Error::file("write", path, source))
}
