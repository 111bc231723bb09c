//! Atomic file writes: every file that is replaced or created, except the journal, the lock and the sandbox. Appending is elsewhere.
//!
//! The invariant: new content is written to a temporary file in the same folder and then renamed, so that no reader or crash sees a
//! partial file. Does not know what the files contain. [`replace_durably`] and [`create_many`] also sync, to survive a power failure.

mod create;
mod named;
mod replace;
mod same;

#[cfg(unix)]
use std::fs::File;
use std::fs::{OpenOptions, Permissions};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

pub(crate) use create::{CreateError, Created, FileToCreate, create_many, create_new};
pub(crate) use named::{STANDARD_INPUT, read_named};
pub(crate) use replace::Step;
pub(crate) use replace::{keep, keep_copy, prepare, replace, replace_durably, replace_private, try_to_keep};
pub(crate) use same::is_same_file;

/// Temporary files begin with a dot, so that the reader of the offers ignores them.
const PREFIX: &str = ".offersync-";
const SUFFIX: &str = ".tmp";

/// A temporary file with these permissions, or else with the usual ones of a new file.
fn temporary(folder: &Path, prefix: &std::ffi::OsStr, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Reduced by the umask. The default of `tempfile` is private to the user.
        builder.permissions(Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(file)
}

/// How a lock or a journal is opened: created where it is missing, for the user only.
pub(crate) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The file behind symbolic links, even if the target does not exist yet. A loop is kept as it is and fails when the file
/// is opened.
pub(crate) fn follow_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&path) else { break };
        // An absolute target replaces the whole path.
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Syncs the folder of the file, so that its names survive a power failure.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    sync_folder(folder_of(path))
}

/// Creates a folder and those above it that are not there, which then survive a power failure.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let Some(above) = folder.parent().filter(|above| !above.as_os_str().is_empty() && !folder.is_dir()) else {
        return std::fs::create_dir_all(folder);
    };
    create_folder(above)?;
    std::fs::create_dir_all(folder)?;
    sync_folder(above)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be opened on this system; its file system writes names in order.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
