//! Files that commands make for the user: new ones that never overwrite, and results that are whole or not there.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes a file that is not there yet, with its folders; an existing one is an error of kind `AlreadyExists`.
pub(crate) fn create_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
}

/// Puts a result at a path, whole or not at all. Something that is no plain file, such as a pipe, is written to directly.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".offersync-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    let readable = fs::metadata(path).map(|metadata| metadata.permissions());
    match readable {
        Ok(permissions) => file.as_file().set_permissions(permissions)?,
        Err(_) => make_readable(file.as_file())?,
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// A temporary file is its owner's alone; a result is for whoever may read the folder.
#[cfg(unix)]
fn make_readable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &fs::File) -> io::Result<()> {
    Ok(())
}
