//! The path of a file as messages show it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A path relative to the folder of `offersync.toml`, `/`-separated; empty for that folder itself. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct SourcePath(Arc<str>);

impl SourcePath {
    /// The path as text; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The path of the folder it is in; empty for the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The path of something inside this folder.
    #[must_use]
    pub fn join(&self, relative: &str) -> Self {
        match (self.as_str(), relative) {
            ("", _) => Self::from(relative),
            (_, "") => self.clone(),
            (folder, _) if folder.ends_with('/') => Self::from(format!("{folder}{relative}")),
            (folder, _) => Self::from(format!("{folder}/{relative}")),
        }
    }

    /// The path below a folder; `None` where it is not inside.
    pub fn below(&self, folder: &Self) -> Option<&str> {
        let rest = self.0.strip_prefix(folder.as_str())?;
        if folder.0.is_empty() || folder.0.ends_with('/') { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The path on the disk. `root` is the folder of `offersync.toml`.
    pub fn on_disk(&self, root: &Path) -> PathBuf {
        root.join(self.as_str())
    }
}

impl From<&str> for SourcePath {
    fn from(path: &str) -> Self {
        Self(Arc::from(path))
    }
}

impl From<String> for SourcePath {
    fn from(path: String) -> Self {
        Self(Arc::from(path))
    }
}

impl fmt::Display for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if self.0.is_empty() { "." } else { &self.0 })
    }
}

impl fmt::Debug for SourcePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_taken_apart_and_put_together() {
        let path = SourcePath::from("offers/acme/a.yaml");
        assert_eq!((path.name(), path.folder()), ("a.yaml", "offers/acme"));
        assert_eq!(path.below(&SourcePath::from("offers")), Some("acme/a.yaml"));
        assert_eq!(path.below(&SourcePath::from("offer")), None, "a folder ends at a separator");
        for (folder, joined) in [("", "a.yaml"), ("offers", "offers/a.yaml"), ("/", "/a.yaml")] {
            let folder = SourcePath::from(folder);
            assert_eq!(folder.join("a.yaml").as_str(), joined);
            assert_eq!(folder.join("a.yaml").below(&folder), Some("a.yaml"));
        }
    }

    #[test]
    fn the_root_is_shown_as_a_dot() {
        assert_eq!(SourcePath::from("").to_string(), ".");
        assert_eq!(SourcePath::from("").on_disk(Path::new("/repo")), Path::new("/repo"));
    }
}
