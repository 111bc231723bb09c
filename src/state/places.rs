//! Where the files of a state are: the state itself, and its journal, lock and copies.
//!
//! Knows nothing of what is in them. Invariant: the journal and the copies of a state in a git work tree are in git's own folder,
//! which `git clean` does not touch. An older offersync had them beside the state; they are read there, too.

use std::io;
use std::path::{Path, PathBuf, absolute};

use super::document::StateDocument;
use super::files::{COPY, JOURNAL, LOCK, PREVIOUS, with_ending};
use super::store::Store;
use crate::disk::follow_links;

impl Store {
    /// The state at that path, whether it is there or not, with its other files beside it.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self {
            given: path.to_owned(),
            shown: None,
            file: follow_links(path),
            kept: None,
            shared: None,
            removed: Vec::new(),
            others: Vec::new(),
            folder: None,
            configuration: None,
            accepted_over: None,
        }
    }

    /// The same state, with its other files at paths that begin with `own`, and a second lock at one that begins with `shared`.
    #[must_use]
    pub fn kept_at(self, own: PathBuf, shared: PathBuf) -> Self {
        Self { kept: Some(own), shared: Some(shared), ..self }
    }

    /// The same state, whose files in removed work trees are at paths that begin with these.
    #[must_use]
    pub fn left_at(self, removed: Vec<PathBuf>) -> Self {
        Self { removed, ..self }
    }

    /// The same state, of which other work trees have files of their own: what their paths begin with, and their states.
    #[must_use]
    pub fn with_others(self, others: Vec<(PathBuf, PathBuf)>) -> Self {
        Self { others, ..self }
    }

    /// The same state, whose other files are in a folder with those of other states.
    #[must_use]
    pub fn in_folder(self, folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..self }
    }

    /// The same state, which this configuration names.
    #[must_use]
    pub fn named_by(self, configuration: &Path) -> Self {
        Self { configuration: Some(configuration.to_owned()), ..self }
    }

    /// The same state, which is the private copy of what lives elsewhere: messages name that.
    #[must_use]
    pub fn shown_as(self, name: &str) -> Self {
        Self { shown: Some(PathBuf::from(name)), ..self }
    }

    /// Whether there are any such places.
    pub fn has_removed_places(&self) -> bool {
        !self.removed.is_empty()
    }

    /// The same state, also if it was edited or put back: a person has looked at it. A session then writes it anew, with its digest, as
    /// the generation after these.
    #[must_use]
    pub fn accepted_over(self, older: Vec<StateDocument>) -> Self {
        Self { accepted_over: Some(older), ..self }
    }

    /// Whether the state is taken as it is.
    pub fn is_accepted(&self) -> bool {
        self.accepted_over.is_some()
    }

    /// The path as it was given, or what it is called instead.
    pub fn path(&self) -> &Path {
        self.shown.as_deref().unwrap_or(&self.given)
    }

    /// The state's own file, links followed.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether the state, or a folder that it is in, is a link to what is not there.
    pub(super) fn is_dangling_link(&self) -> bool {
        self.given.ancestors().any(|path| path.is_symlink() && !path.exists())
    }

    /// The absolute path of the state's own file. Folders that do not exist yet have no links.
    pub fn real_path(&self) -> io::Result<PathBuf> {
        let file = absolute(&self.file)?;
        let real = || Some(file.parent()?.canonicalize().ok()?.join(file.file_name()?));
        Ok(real().unwrap_or_else(|| file.clone()))
    }

    /// Where its journal is.
    pub fn journal_path(&self) -> PathBuf {
        self.place_of(JOURNAL)
    }

    /// The files beside the state that only an apply writes, where there are any. An older offersync, or one that did not see git's
    /// folder, had its journal there as well; an empty one says nothing.
    pub fn files_beside(&self) -> Vec<PathBuf> {
        [JOURNAL, PREVIOUS].into_iter().filter_map(|ending| has_something(self.beside(ending))).collect()
    }

    /// Its lock file, or whatever else is in its place.
    pub fn present_lock(&self) -> Option<PathBuf> {
        Some(self.lock_path()).filter(|path| path.symlink_metadata().is_ok())
    }

    /// Where the journal of an older offersync, or of one that did not see git's folder, is.
    pub(super) fn other_journal_path(&self) -> Option<PathBuf> {
        self.kept.as_ref().map(|_| self.beside(JOURNAL))
    }

    /// Where the generation before the present one is.
    pub fn previous_path(&self) -> PathBuf {
        self.place_of(PREVIOUS)
    }

    /// Where the previous generation of an older offersync is.
    pub(super) fn other_previous_path(&self) -> Option<PathBuf> {
        self.kept.as_ref().map(|_| self.beside(PREVIOUS))
    }

    /// Where a copy of the present generation is, so that a state that was never committed survives `git clean`.
    pub(super) fn copy_path(&self) -> Option<PathBuf> {
        self.kept.as_ref().map(|kept| with_ending(kept, COPY))
    }

    /// Where earlier generations are, of what was published on this machine.
    pub fn kept_states(&self) -> impl Iterator<Item = PathBuf> {
        self.copy_path().into_iter().chain([self.previous_path()])
    }

    /// Where its lock is, for every process that sees the state.
    pub fn lock_path(&self) -> PathBuf {
        with_ending(&self.file, LOCK)
    }

    /// Where a second lock is: `git clean` removes the first one while it is held, and the next process would create another file. The
    /// work trees of a repository have it in common: each has a state of its own, but they are of one CAKE.
    pub(super) fn shared_lock_path(&self) -> Option<PathBuf> {
        self.shared.as_ref().map(|shared| with_ending(shared, LOCK))
    }

    fn place_of(&self, ending: &str) -> PathBuf {
        self.kept.as_ref().map_or_else(|| self.beside(ending), |kept| with_ending(kept, ending))
    }

    /// A file beside the state, spelled as the user spells the state.
    fn beside(&self, ending: &str) -> PathBuf {
        with_ending(if self.given.is_symlink() { &self.file } else { &self.given }, ending)
    }
}

/// The path, if it is a link or a file with something in it.
fn has_something(path: PathBuf) -> Option<PathBuf> {
    let found = path.symlink_metadata().ok()?;
    (found.is_symlink() || found.len() > 0).then_some(path)
}
