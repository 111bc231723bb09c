//! The files of the offers folder on the disk, by the paths that messages show.

use std::path::PathBuf;

use crate::import::is_defaults;
use crate::offer::DesiredSet;

use super::error::Error;
use super::repository::Repository;

impl Repository {
    /// The path on the disk of a path in messages.
    pub(crate) fn path_of(&self, shown: &str) -> PathBuf {
        self.settings.root.join(shown)
    }

    /// The `_defaults.yaml` files of the tree with their bytes.
    pub(super) fn read_defaults(&self, set: &DesiredSet) -> Result<Vec<(String, Vec<u8>)>, Error> {
        let read = |shown: &str| {
            let path = self.path_of(shown);
            let bytes = std::fs::read(&path).map_err(|source| Error::file("read", &path, source))?;
            Ok((shown.to_owned(), bytes))
        };
        set.files.iter().map(|file| file.path.as_str()).filter(|path| is_defaults(path)).map(read).collect()
    }
}
