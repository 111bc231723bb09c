//! What an apply in a linked work tree has recorded, where that work tree was removed before its state was committed.
//!
//! Compares the files that the apply has kept with a state. Knows no git. Invariant: such a file is removed only once a state has
//! everything that is in it; what a person gives up keeps another name.

use std::fs;
use std::path::{Path, PathBuf};

use super::advice::copy_command;
use super::document::StateDocument;
use super::error::StateError;
use super::files::{COPY, JOURNAL, PREVIOUS, open_if_there, with_ending};
use super::journal;
use super::lineage::Lineage;
use super::put_back::lacks;
use super::store::Store;
use crate::offer::{Field, Recorded};
use crate::words::shell_path;

/// What is added to the name of a file that a person has given up.
const GIVEN_UP: &str = ".given-up";

/// The files of a removed work tree.
#[derive(Debug)]
pub struct LeftOver {
    /// What their paths begin with.
    place: PathBuf,
    /// What the last apply there has published, and before.
    published: Option<(StateDocument, Recorded)>,
    /// Whether an apply was interrupted there.
    pub(super) has_entries: bool,
    /// The CAKE and the state that its journal is of.
    pub(super) cake: Option<String>,
    pub(super) lineage: Option<Lineage>,
}

impl LeftOver {
    pub(super) fn at(place: &Path) -> Result<Self, StateError> {
        let read = |ending: &str| StateDocument::parse(&fs::read(with_ending(place, ending)).ok()?).ok();
        let published = read(COPY).map(|last| {
            let before = read(PREVIOUS).filter(|before| before.lineage == last.lineage);
            (last, before.map(|before| before.recorded).unwrap_or_default())
        });
        let path = with_ending(place, JOURNAL);
        let unreadable = |source| StateError::Unreadable { path: path.clone(), source };
        let is_there = open_if_there(&path).map_err(unreadable)?.is_some();
        let bytes = if is_there { fs::read(&path).map_err(unreadable)? } else { Vec::new() };
        // One that is damaged holds something, too.
        let journal = journal::read_journal(&bytes);
        let has_entries = journal.as_ref().map_or(true, |journal| !journal.entries.is_empty());
        let header = journal.ok().and_then(|journal| journal.header);
        let (cake, lineage) = header.map(|header| (header.cake, header.lineage)).unzip();
        Ok(Self { place: place.to_owned(), published, has_entries, cake, lineage })
    }

    /// Where what was published there is.
    pub fn copy(&self) -> PathBuf {
        with_ending(&self.place, COPY)
    }

    /// Whether a version of the state has what was published there.
    pub fn is_published_in(&self, version: &[u8]) -> bool {
        StateDocument::parse(version).is_ok_and(|state| !self.is_more_than(Some(&state)))
    }

    /// Whether what was published there is not in a state of the same lineage, or there is no state.
    pub fn is_more_than(&self, state: Option<&StateDocument>) -> bool {
        let Some((last, before)) = &self.published else { return false };
        let Some(state) = state else { return true };
        state.lineage == last.lineage && is_lacking(&state.recorded, before, &last.recorded)
    }
}

/// The files in the folder of a file.
pub(super) fn files_of(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| folder.join(entry.file_name())).filter(|path| path.is_file()).collect()
}

/// The files of a folder and of those in it; none where there is no folder.
pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// A value that two sides of a merge have made unknown is sent again, so that it is not lacking.
fn is_lacking(state: &Recorded, before: &Recorded, last: &Recorded) -> bool {
    let mut state = state.clone();
    for record in state.offers.values_mut() {
        let known = last.offers.values().find(|known| known.offer_id == record.offer_id);
        for field in Field::ALL.into_iter().filter(|field| record.fields.get(*field).is_none()).collect::<Vec<_>>() {
            if let Some(value) = known.and_then(|known| known.fields.get(field)) {
                record.fields.set(field, value.clone());
            }
        }
    }
    lacks(&state, before, last)
}

impl Store {
    /// The files of removed work trees that hold more than the state, or an interrupted apply.
    pub fn left_over(&self, state: Option<&StateDocument>) -> Result<Vec<LeftOver>, StateError> {
        let found = self.removed.iter().map(|place| LeftOver::at(place)).collect::<Result<Vec<_>, _>>()?;
        Ok(found.into_iter().filter(|left| left.has_entries || left.is_more_than(state)).collect())
    }

    /// The error that a removed work tree has recorded more; none where nothing is lost. `is_lost` is whether what was published there
    /// is nowhere else, and `merged` makes the command that brings it into the state.
    pub fn left_behind(
        &self,
        left: &LeftOver,
        is_lost: bool,
        state: Option<&StateDocument>,
        merged: impl FnOnce(&StateDocument, &StateDocument) -> String,
    ) -> Option<StateError> {
        let publish = is_lost.then(|| match (state, &left.published) {
            (Some(state), Some((last, _))) => merged(state, last),
            _ => copy_command(&left.copy(), self.file()),
        });
        let journal = with_ending(&left.place, JOURNAL);
        let continued = left.has_entries.then(|| {
            let beside = with_ending(self.file(), JOURNAL);
            // Never over a journal of this work tree, which the next session takes up.
            let is_free = fs::metadata(&beside).map_or(true, |found| found.len() == 0);
            let option = if is_free { "" } else { "-n " };
            format!("mv {option}{} {}", shell_path(&journal), shell_path(&beside))
        });
        let found = if is_lost { left.copy() } else { journal };
        let restore = publish.into_iter().chain(continued).collect::<Vec<_>>().join(" && ");
        (!restore.is_empty()).then(|| StateError::LeftOver { path: self.path().to_owned(), found, restore })
    }

    /// Removes the files of removed work trees that hold nothing more than the state, and where a person accepts the state as it is,
    /// renames the others. Those that cannot be removed are found again.
    pub fn put_left_over_away(&self, state: &StateDocument) {
        for left in self.removed.iter().filter_map(|place| LeftOver::at(place).ok()) {
            let files = [(COPY, left.is_more_than(Some(state))), (JOURNAL, left.has_entries)];
            for (path, is_more) in files.map(|(ending, is_more)| (with_ending(&left.place, ending), is_more)) {
                if !is_more {
                    drop(fs::remove_file(path));
                } else if self.is_accepted() {
                    drop(fs::rename(&path, with_ending(&path, GIVEN_UP)));
                }
            }
        }
    }
}
