//! Folders that the tree leads to and that git itself holds nothing of: what lies there may be left of a submodule, or of a folder outside
//! a sparse checkout, that is not checked out. And the submodules that the tree leads into.
//!
//! Asks git only about folders of which the index has nothing.

use std::collections::BTreeMap;
use std::path::Path;

use crate::git::{Entries, EntryKind, GitError, Submodule, is_checked_out};
use crate::source::SourcePath;

use super::held::{Cause, Held, Place, Unseen};

/// The places in one work tree that the tree leads to.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub(super) folders: Vec<Place>,
    /// The folders of single files.
    pub(super) of_files: Vec<Place>,
}

impl Linked {
    pub(super) fn places(&self) -> impl Iterator<Item = &Place> {
        self.folders.iter().chain(&self.of_files)
    }
}

impl Held {
    /// Adds what the folders of a work tree are in, where the index has nothing of them.
    pub(super) fn add_folders_around<'p>(
        &mut self,
        places: impl Iterator<Item = &'p Place>,
        entries: &Entries,
    ) -> Result<(), GitError> {
        let mut unknown: BTreeMap<&str, &Place> = places.map(|place| (place.below.as_str(), place)).collect();
        unknown.remove("");
        for entry in entries.iter().flatten() {
            if unknown.is_empty() {
                return Ok(());
            }
            let path = entry.path();
            for folder in folders_above(&path) {
                unknown.remove(folder);
            }
            if entry.kind != EntryKind::Submodule {
                unknown.remove(&*path);
            }
        }
        let Some(first) = unknown.values().next() else { return Ok(()) };
        let above = unknown.keys().flat_map(|below| folders_above(below).chain([*below]));
        let entries = first.work_tree.entries(above)?;
        for entry in entries.iter().flatten() {
            let cause = match entry.kind {
                EntryKind::Submodule => Cause::Submodule,
                EntryKind::Folder => Cause::SkipWorktree,
                EntryKind::File | EntryKind::Link => continue,
            };
            let path = entry.path();
            for place in unknown.values().filter(|place| is_at_or_below(&place.below, &path)) {
                self.add(Unseen {
                    shown: place.shown.clone(),
                    path: path.to_string(),
                    below: if cause == Cause::Submodule { path.to_string() } else { place.below.clone() },
                    work_tree: place.work_tree.clone(),
                    cause,
                });
            }
        }
        Ok(())
    }

    /// Adds the submodule with this top folder, and those around it, if they are not what is recorded of them.
    pub(super) fn add_submodules(&mut self, top: &Path, shown: &SourcePath) -> Result<(), GitError> {
        let mut top = top.to_owned();
        while self.tops.insert(top.clone()) {
            let submodule = Submodule::with_top(&top).unwrap_or_else(|error| {
                // A repository around this one need not have anything to do with it.
                tracing::warn!(%error, "git does not say which commit of the submodule is recorded");
                None
            });
            let Some(submodule) = submodule else { break };
            let (work_tree, path) = (submodule.superproject.clone(), submodule.path.clone());
            let is_checked_out = is_checked_out(&top);
            work_tree.top().clone_into(&mut top);
            if !is_checked_out {
                let below = path.clone();
                self.add(Unseen { shown: shown.clone(), path, below, work_tree, cause: Cause::Submodule });
            } else if submodule.is_moved()? {
                self.moved.push((shown.clone(), submodule));
            }
        }
        Ok(())
    }

    fn add(&mut self, unseen: Unseen) {
        let is_same = |other: &Unseen| (&other.work_tree, &other.path) == (&unseen.work_tree, &unseen.path);
        if !self.unseen.iter().any(is_same) {
            self.unseen.push(unseen);
        }
    }
}

/// The folders that a path is in, the outermost one first, without the top one.
pub(super) fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

/// Whether a path is another one, or below it.
pub(super) fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
