//! Offers whose YAML is gone from this disk while the newest commit or the index has it.
//!
//! It is asked only for a plan that removes offers. What cannot be read at the commit counts as uncommitted.

use std::collections::BTreeMap;
use std::path::Path;

use crate::config::Settings;
use crate::desired::{is_folder_in_tree, is_in_tree, is_link_in_tree, keys_of};
use crate::git::{Blob, Git, GitError, Mark};
use crate::import::is_defaults;
use crate::offer::{Key, SourceFile};
use crate::shell::{git_in, git_path};

use super::held::Place;
use super::never_committed::History;
use crate::ops::since::Earlier;

/// The offers that the commit or the index has in files which differ from those on the disk.
#[derive(Debug, Default)]
pub(in crate::ops) struct Uncommitted {
    files: BTreeMap<Key, Remnant>,
    /// Whether no other offer can be in such a file.
    is_complete: bool,
    /// The command that checks out the commit of a submodule that the superproject names, where it is at another one.
    update: Option<String>,
}

/// Where a removed offer's YAML is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ops) enum Remnant {
    /// In a file of the commit or the index, which `git` and this command with its path bring back.
    Held { git: String, command: &'static str, path: String },
    /// Perhaps in a file of the commit that could not be read, or in a submodule that is at another commit, which this command changes.
    Unknown { update: Option<String> },
    /// In no commit that could be searched.
    NeverCommitted(History),
}

impl Uncommitted {
    /// Asks git about the places of the tree.
    pub(super) fn ask(settings: &Settings, places: &[Place], read: &[SourceFile]) -> Self {
        let mut uncommitted = Self { is_complete: true, ..Self::default() };
        let mut by_tree: BTreeMap<&Path, Vec<&Place>> = BTreeMap::new();
        for place in places {
            by_tree.entry(place.work_tree.top()).or_default().push(place);
        }
        for places in by_tree.values() {
            if let Err(error) = uncommitted.add(places, read) {
                tracing::warn!(%error, "git does not say which deletions are committed");
                uncommitted.is_complete = false;
            }
        }
        if !by_tree.is_empty() {
            uncommitted.is_complete &= has_same_folder(settings).unwrap_or(false);
        }
        uncommitted
    }

    /// Where the YAML of an offer is that the disk does not have; none if its removal is committed.
    pub(in crate::ops) fn remnant(&self, key: &Key) -> Option<Remnant> {
        match self.files.get(key) {
            Some(remnant) => Some(remnant.clone()),
            None => (!self.is_complete).then(|| Remnant::Unknown { update: self.update.clone() }),
        }
    }

    /// Reads what one work tree's commit and index have otherwise, or in files that were not read: those may be on the disk again.
    fn add(&mut self, places: &[&Place], read: &[SourceFile]) -> Result<(), GitError> {
        let Some(first) = places.first() else { return Ok(()) };
        let git = Git::open(first.work_tree.top())?;
        let below: Vec<&str> = places.iter().map(|place| place.below.as_str()).collect();
        let entries = first.work_tree.entries(below.iter().copied())?;
        let is_unread = |blob: &Blob| blob.is_file && !places.iter().any(|place| place.has_read(blob, read));
        match git.commit("HEAD") {
            Ok(commit) => {
                let mut committed = git.replaced(Some(&commit), &below)?;
                for path in &below {
                    let path = if path.is_empty() { "." } else { path };
                    committed.extend(git.blobs(&commit, path)?.into_iter().filter(is_unread));
                }
                self.add_blobs(&git, places, &committed, "checkout HEAD --")?;
            }
            // Before the first commit, and where it is lost, no removal of what the index has is committed.
            Err(GitError::UnknownCommit { .. }) => self.is_complete &= entries.iter().next().is_none(),
            Err(error) => return Err(error),
        }
        let mut staged = git.replaced(None, &below)?;
        // Git does not compare these with the disk.
        let marked = |mark| matches!(mark, Mark::AssumeUnchanged | Mark::SkipWorktree);
        for entry in entries.iter().flatten() {
            let blob = entry.blob();
            if marked(entry.mark) || is_unread(&blob) {
                staged.push(blob);
            }
        }
        // The index is newer than the commit.
        self.add_blobs(&git, places, &staged, "checkout --")
    }

    fn add_blobs(
        &mut self,
        git: &Git<'_>,
        places: &[&Place],
        blobs: &[Blob],
        command: &'static str,
    ) -> Result<(), GitError> {
        let (mut shown, mut files) = (Vec::new(), Vec::new());
        for (place, blob) in places.iter().flat_map(|place| blobs.iter().map(move |blob| (place, blob))) {
            match place.relative(&blob.path) {
                Some(relative) if blob.is_file && is_in_tree(relative) && !is_defaults(relative) => {
                    shown.push(place.shown.join(relative));
                    files.push(Blob::clone(blob));
                }
                // What a link leads to, or a submodule has, is not in this commit.
                Some(relative) if !blob.is_file && (is_link_in_tree(relative) || is_folder_in_tree(relative)) => {
                    self.is_complete = false;
                    let top = place.work_tree.top();
                    if top.join(&blob.path).join(".git").exists() {
                        self.update = Some(format!("{} submodule update -- {}", git_in(top), git_path(&blob.path)));
                    }
                }
                _ => {}
            }
        }
        let Some(git_here) = places.first().map(|place| git_in(place.work_tree.top())) else { return Ok(()) };
        for (file, (path, bytes)) in shown.into_iter().zip(git.texts(&files)?) {
            match bytes.and_then(|bytes| keys_of(&file, &bytes)) {
                Some(keys) => {
                    let path = git_path(&path);
                    let held = |key| (key, Remnant::Held { git: git_here.clone(), command, path: path.clone() });
                    self.files.extend(keys.into_iter().map(held));
                }
                None => self.is_complete = false,
            }
        }
        Ok(())
    }
}

impl Place {
    /// Whether a file of git was among those that were read, which are sorted.
    fn has_read(&self, blob: &Blob, read: &[SourceFile]) -> bool {
        self.relative(&blob.path).is_some_and(|relative| {
            let shown = self.shown.join(relative);
            read.binary_search_by(|file| file.path.as_str().cmp(shown.as_str())).is_ok()
        })
    }
}

/// Whether the commit has its offers in the same folder.
fn has_same_folder(settings: &Settings) -> Result<bool, GitError> {
    let git = Git::open(&settings.root)?;
    let Ok(commit) = git.commit("HEAD") else { return Ok(true) };
    let earlier = Earlier::find(&git, commit, settings)?;
    Ok(!earlier.is_moved() && earlier.settings(settings).is_none_or(|then| then.offers == settings.offers))
}
