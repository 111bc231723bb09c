//! Whole files or none.
//!
//! Owns the replacing of a file in such a way that whoever reads it, and whoever comes back after a power cut, finds the old
//! one or the new one: a temporary file in the same folder, synced, renamed over the old one, folder synced. Knows nothing
//! of what is in it.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::fault_point;

/// What was being done when a file could not be replaced. Up to and including [`Step::Rename`] the old file is untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Making a temporary file in the folder.
    Create,
    /// Writing and syncing the temporary file.
    Write,
    /// Keeping the old file as the previous generation.
    KeepPrevious,
    /// Putting the new file in the place of the old one.
    Rename,
    /// Syncing the folder; the new file is in place, but a power cut could bring back the old one.
    SyncFolder,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "no temporary file could be made in its folder",
            Self::Write => "the temporary file beside it could not be written",
            Self::KeepPrevious => "the previous generation could not be kept",
            Self::Rename => "the new file could not be put in its place",
            Self::SyncFolder => "its folder could not be synced",
        })
    }
}

/// Replaces a file, or makes it, with these bytes.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_with(path, None, |file| file.write_all(bytes)).map_err(|(_, error)| error)
}

/// Replaces a file with what `write` writes, and keeps the old one under the name of `previous`.
///
/// The mode of the old file stays; a new one gets what the process gives new files.
pub(super) fn replace_with(
    path: &Path,
    previous: Option<&Path>,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> Result<(), (Step, io::Error)> {
    let at = |step| move |error| (step, error);
    let mode = match fs::metadata(path) {
        Ok(metadata) => Some(metadata.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err((Step::Create, error)),
    };
    let exists = mode.is_some();
    let mut temporary = temporary_beside(path, mode).map_err(at(Step::Create))?;
    fill(temporary.as_file_mut(), write).map_err(at(Step::Write))?;
    if let Some(previous) = previous.filter(|_| exists) {
        keep(path, previous).map_err(at(Step::KeepPrevious))?;
    }
    fault_point::reach("replace.before-rename").map_err(at(Step::Rename))?;
    temporary.persist(path).map_err(|error| (Step::Rename, error.error))?;
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

/// Keeps the file under another name as well, whole at every instant: linked (or copied, where the file system has no hard
/// links) under a temporary name first, then renamed.
fn keep(path: &Path, previous: &Path) -> io::Result<()> {
    let temporary = temporary_name(previous);
    drop(fs::remove_file(&temporary));
    if fs::hard_link(path, &temporary).is_err() {
        fs::copy(path, &temporary)?;
        File::open(&temporary)?.sync_all()?;
    }
    fault_point::reach("previous.before-rename")?;
    fs::rename(&temporary, previous)?;
    // Renaming one link of a file over another does nothing, and so does not remove the first.
    drop(fs::remove_file(&temporary));
    fault_point::reach("previous.after-rename")
}

/// The one temporary name of a file that only the holder of the lock writes.
fn temporary_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(TEMPORARY);
    PathBuf::from(name)
}

const TEMPORARY: &str = ".tmp";

fn temporary_beside(path: &Path, mode: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut prefix = path.file_name().unwrap_or_default().to_owned();
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What any program gives a new file; the process's umask takes from it. The default is private to the user.
        builder.permissions(Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder_of(path))?;
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode)?;
    }
    Ok(file)
}

/// Removes the temporary files that a killed run left beside the file, and tries whether a new one can be made there. Only
/// for the holder of the lock.
pub(super) fn prepare(path: &Path) -> io::Result<()> {
    if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
        for entry in fs::read_dir(folder_of(path))? {
            let entry = entry?;
            let ours = entry.file_name().to_str().is_some_and(|other| {
                other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') && rest.ends_with(TEMPORARY))
            });
            if ours {
                fs::remove_file(entry.path())?;
            }
        }
    }
    temporary_beside(path, None)?.close()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the names in the file's folder survive a power cut.
#[cfg(unix)]
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Makes the names in the file's folder survive a power cut; on this system renaming does.
#[cfg(not(unix))]
pub(super) fn sync_folder_of(_path: &Path) -> io::Result<()> {
    Ok(())
}
