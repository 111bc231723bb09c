//! The hosts that the user confirmed: a file in the user's configuration folder, one host on each line.
//!
//! Knows no question and no address. Invariants: the file is outside the repository; only a regular file is read, and it is
//! replaced by a whole one that only the user can read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;

use super::error::KeyHostReason;
use super::host_of;

/// Its path in the configuration folder.
const FILE: [&str; 2] = ["offersync", "cake-hosts"];

const HEADER: &str = "# The hosts that offersync may send the API key of CAKE to, one on each line.\n";

#[derive(Debug)]
pub(super) struct ConfirmedHosts {
    path: PathBuf,
}

impl ConfirmedHosts {
    /// Finds the file, which may not exist yet. A configuration folder inside the repository is refused, because a pull request
    /// could confirm a host there.
    pub(super) fn find(
        environment: &impl Fn(&str) -> Option<String>,
        repository: &Path,
    ) -> Result<Self, KeyHostReason> {
        let mut path = configuration_folder(environment).ok_or(KeyHostReason::NoFolder)?;
        path.extend(FILE);
        let unreadable = |source| KeyHostReason::File { path: path.clone(), source };
        let repository = repository.canonicalize().map_err(unreadable)?;
        if without_links(&path).map_err(unreadable)?.starts_with(repository) {
            return Err(KeyHostReason::InRepository { path });
        }
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn contains(&self, host: &str) -> Result<bool, KeyHostReason> {
        Ok(self.read()?.lines().any(|line| host_of(line.trim()).as_deref() == Some(host)))
    }

    /// Adds a host.
    pub(super) fn add(&self, host: &str) -> Result<(), KeyHostReason> {
        let mut text = self.read()?;
        if text.is_empty() {
            text.push_str(HEADER);
        } else if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(host);
        text.push('\n');
        disk::replace_private(&self.path, text.as_bytes()).map_err(|source| self.failed(source))
    }

    fn read(&self) -> Result<String, KeyHostReason> {
        let read = || {
            if !fs::symlink_metadata(&self.path)?.is_file() {
                return Err(io::Error::other("it is not a regular file"));
            }
            fs::read_to_string(&self.path)
        };
        match read() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            result => result.map_err(|source| self.failed(source)),
        }
    }

    fn failed(&self, source: io::Error) -> KeyHostReason {
        KeyHostReason::File { path: self.path.clone(), source }
    }
}

/// A relative path would lead into the repository, so it counts as absent.
fn configuration_folder(environment: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let folder = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return folder("APPDATA");
    }
    folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))
}

/// The path with the links in its folders resolved; folders that do not exist have none.
fn without_links(path: &Path) -> io::Result<PathBuf> {
    for folder in path.ancestors().skip(1) {
        match folder.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(real) => return Ok(path.strip_prefix(folder).map_or_else(|_| real.clone(), |rest| real.join(rest))),
        }
    }
    Ok(path.to_owned())
}
