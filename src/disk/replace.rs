//! Replaces a file atomically: a reader sees the old content or the new one. Keeps the permissions.

use std::fmt;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::fault_point;

use super::{PREFIX, SUFFIX, create_folder, folder_of, follow_links, sync_folder_of, temporary};

/// The step that failed. Up to and including [`Step::Rename`], the old file is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Creating a temporary file in the folder.
    Create,
    /// Giving the permissions of the old file to the temporary one.
    KeepPermissions,
    /// Writing and syncing the temporary file.
    Write,
    /// Keeping the old file as the previous version.
    KeepPrevious,
    /// Renaming the new file over the old one.
    Rename,
    /// Keeping a copy of the new file; it is in place.
    KeepCopy,
    /// Syncing the folder; the new file is in place, but a power failure could restore the old one.
    SyncFolder,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "no temporary file could be created in its folder",
            Self::KeepPermissions => "its permissions could not be given to a new file",
            Self::Write => "the temporary file beside it could not be written",
            Self::KeepPrevious => "the previous generation could not be kept",
            Self::Rename => "the new file could not be put in its place",
            Self::KeepCopy => "a copy could not be kept",
            Self::SyncFolder => "its folder could not be synced",
        })
    }
}

/// Replaces or creates a file. After a crash the file is the old or the new one; a power failure may lose the new one. A link stays, and
/// the file behind it is replaced. A path that is not a regular file, such as a pipe, is written directly.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &follow_links(path);
    let old = metadata(path)?;
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let mut file = temporary(folder_of(path), PREFIX.as_ref(), old.map(|old| old.permissions()))?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Replaces or creates a file, and the folders above it, that only the user can read. A link at its path is replaced, not followed.
pub(crate) fn replace_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    create_folder(folder)?;
    // Without permissions of its own, a temporary file is private to the user.
    let mut file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Replaces or creates a file with the output of `write`, which is on disk when this returns. Keeps the old file as `previous`. Only the
/// holder of a lock may call this, because the temporary names are derived from the path.
pub(crate) fn replace_durably(
    path: &Path,
    previous: Option<&Path>,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), (Step, io::Error)> {
    let at = |step| move |error| (step, error);
    let old = metadata(path).map_err(at(Step::Create))?;
    let exists = old.is_some();
    let mut file = temporary(folder_of(path), &prefix_of(path), None).map_err(at(Step::Create))?;
    if let Some(old) = old {
        file.as_file().set_permissions(old.permissions()).map_err(at(Step::KeepPermissions))?;
    }
    fill(file.as_file_mut(), write).map_err(at(Step::Write))?;
    if let Some(previous) = previous.filter(|_| exists) {
        keep(path, previous).map_err(at(Step::KeepPrevious))?;
    }
    fault_point::reach("replace.before-rename").map_err(at(Step::Rename))?;
    file.persist(path).map_err(|error| (Step::Rename, error.error))?;
    fault_point::reach("replace.after-rename").map_err(at(Step::SyncFolder))?;
    sync_folder_of(path).map_err(at(Step::SyncFolder))?;
    fault_point::reach("replace.after-folder-sync").map_err(at(Step::SyncFolder))
}

fn fill(file: &mut File, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    fault_point::reach("replace.before-write")?;
    write(file)?;
    fault_point::reach("replace.within-write")?;
    fault_point::reach("replace.before-sync")?;
    file.sync_all()?;
    fault_point::reach("replace.after-sync")
}

/// Keeps the file under a second name, atomically: links it (or copies it, if the file system has no hard links). For a file that is about
/// to be replaced: what is written to one that stays is in both.
pub(crate) fn keep(path: &Path, previous: &Path) -> io::Result<()> {
    under(previous, |temporary| fs::hard_link(path, temporary).or_else(|_| copy(path, temporary)))
}

/// Keeps a copy of the file, atomically. What is later written to the file in its place is not in the copy.
pub(crate) fn keep_copy(path: &Path, at: &Path) -> io::Result<()> {
    under(at, |temporary| copy(path, temporary))
}

fn copy(path: &Path, to: &Path) -> io::Result<()> {
    fs::copy(path, to)?;
    File::open(to)?.sync_all()
}

/// Makes a file under a temporary name, then renames it.
fn under(name: &Path, make: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    let mut temporary = name.as_os_str().to_owned();
    temporary.push(SUFFIX);
    let temporary = PathBuf::from(temporary);
    drop(fs::remove_file(&temporary));
    make(&temporary)?;
    fault_point::reach("previous.before-rename")?;
    fs::rename(&temporary, name)?;
    // Renaming a link over another link to the same file does nothing, so the first one remains.
    drop(fs::remove_file(&temporary));
    fault_point::reach("previous.after-rename")
}

/// Finds out whether a file can be kept at a path by [`keep`] or [`keep_copy`]: what is there is replaced by itself.
pub(crate) fn try_to_keep(at: &Path, keep: impl FnOnce(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    match at.symlink_metadata() {
        Ok(_) => keep(at, at),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Removes temporary files of a killed run beside the file, and checks that one can be created there. Only for the holder of the lock.
pub(crate) fn prepare(path: &Path) -> io::Result<()> {
    let prefix = prefix_of(path);
    if let Some(prefix) = prefix.to_str() {
        for entry in fs::read_dir(folder_of(path))? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix) && name.ends_with(SUFFIX)) {
                fs::remove_file(entry.path())?;
            }
        }
    }
    temporary(folder_of(path), &prefix, None)?.close()
}

fn prefix_of(path: &Path) -> std::ffi::OsString {
    let mut prefix = path.file_name().unwrap_or_default().to_owned();
    prefix.push(".");
    prefix
}

fn metadata(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_replaced_file_keeps_its_mode_and_leaves_nothing_temporary() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        replace(&path, b"one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&path, b"two").unwrap();
        replace_durably(&path, None, |file| file.write_all(b"three")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        replace(&path, b"old").unwrap();
        let failed = replace_durably(&path, None, |_| Err(io::Error::other("full"))).unwrap_err();
        assert_eq!(failed.0, Step::Write);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
