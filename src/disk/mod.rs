//! Files that are whole or not there: the only code that writes files, the journal and the sandbox aside.
//!
//! Every new content is written under a temporary name in the same folder and then gets its own name, so that neither a reader
//! nor a crash finds half of it. Knows nothing of what is in the files. What has to survive a power cut is synced as well:
//! [`replace_durably`] and [`create_many`].

mod create;
mod replace;

#[cfg(unix)]
use std::fs::File;
use std::fs::Permissions;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

pub(crate) use create::{CreateError, Created, NewFile, create_many, create_new};
pub(crate) use replace::Step;
pub(crate) use replace::{prepare, replace, replace_durably};

/// Temporary files begin with a dot, so that the reader of the offers ignores them.
const PREFIX: &str = ".offersync-";
const SUFFIX: &str = ".tmp";

/// A temporary file with these permissions, else with those that any program gives a new file.
fn temporary(folder: &Path, prefix: &std::ffi::OsStr, permissions: Option<Permissions>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask is applied to this. The default of `tempfile` is private to the user.
        builder.permissions(Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the names in the file's folder survive a power cut.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    sync_folder(folder_of(path))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be opened here; the file system writes names in order.
#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
