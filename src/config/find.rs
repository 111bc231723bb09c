//! Searches for `offersync.toml` in a folder and the folders above it.

use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, codes};

pub const FILE_NAME: &str = "offersync.toml";

/// The nearest `offersync.toml` at or above a folder. An unreadable file counts, because skipping it would silently use the settings of
/// another repository.
pub fn find(start: &Path) -> Option<PathBuf> {
    let start = std::path::absolute(start).ok()?;
    start.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.symlink_metadata().is_ok())
}

/// The problem that no file was found.
pub fn missing(start: &Path) -> Diagnostic {
    Diagnostic::error(
        codes::config::MISSING,
        format!("there is no {FILE_NAME} in `{}` or in a folder above it", start.display()),
    )
    .help(format!("run `offersync init` to make one, or name another folder with -C DIR, or the file with --config FILE ({FILE_NAME})"))
}
