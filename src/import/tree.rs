//! The existing tree: its offers, its files of defaults, the configured names.

use std::collections::HashSet;

use crate::config::Names;
use crate::offer::{DesiredSet, SourceFile};

/// The existing tree.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    /// The offers, free of errors.
    pub set: &'a DesiredSet,
    /// The files of defaults with their bytes, by the paths that the set knows them by.
    pub defaults: &'a [(String, Vec<u8>)],
    /// The folder of the offers as messages show it; empty where it is the root itself.
    pub folder: &'a str,
    /// The configured names of ids.
    pub names: &'a Names,
}

impl<'a> Tree<'a> {
    /// The path of something below the folder of the offers.
    pub(super) fn path(&self, inside: &str) -> String {
        if self.folder.is_empty() { inside.to_owned() } else { format!("{}/{inside}", self.folder) }
    }

    /// Every existing file.
    pub(super) fn paths(&self) -> HashSet<&'a str> {
        self.set.files.iter().map(|file| file.path.as_str()).collect()
    }

    /// Whether there is no file at or below a folder.
    pub(super) fn is_new(&self, folder: &str) -> bool {
        let inside =
            |file: &SourceFile| file.path.as_str().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        !self.set.files.iter().any(inside)
    }
}

/// Whether a path is that of a file of defaults.
pub fn is_defaults(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("_defaults.yaml" | "_defaults.yml"))
}
