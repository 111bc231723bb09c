//! Applies to the same CAKE that were interrupted elsewhere: in another work tree, or while the state had another name.
//!
//! Owns which journals stop a session. Knows no git. Invariant: no session writes to a CAKE while only another journal knows what was sent
//! to it, also where there is no state yet by which the two could be told to belong together.

use std::path::{Path, PathBuf};

use super::address;
use super::error::StateError;
use super::files::JOURNAL;
use super::left_over::{LeftOver, files_below, files_of};
use super::lineage::Lineage;
use super::store::Store;
use crate::disk::is_same_file;

impl Store {
    /// Fails where an apply to this CAKE was interrupted in another work tree: what it sent may still take effect, and only its journal
    /// knows. For the holder of the lock, which all work trees have in common, so that no apply is running there.
    pub fn refuse_interrupted_elsewhere(&self, cake: &str) -> Result<(), StateError> {
        // Where an apply was interrupted here, too, this one has to be the first to be finished.
        if self.kept.as_deref().map(LeftOver::at).transpose()?.is_some_and(|own| own.has_entries) {
            return Ok(());
        }
        for (place, state) in &self.others {
            let left = LeftOver::at(place)?;
            if left.has_entries && left.cake.as_ref().is_none_or(|of_journal| address::same(of_journal, cake)) {
                return Err(StateError::InterruptedElsewhere { path: self.path().to_owned(), state: state.clone() });
            }
        }
        Ok(())
    }

    /// Fails where an apply was interrupted while this state had another name: its journal goes on under the present one. One to the same
    /// CAKE is of this state, because no two environments have a CAKE in common, unless its own is another project's.
    pub(super) fn refuse_interrupted_under_another_name(&self, lineage: Lineage, cake: &str) -> Result<(), StateError> {
        // Outside of git the journals are beside the states.
        let files = self.folder.as_deref().map_or_else(|| files_of(&self.journal_path()), files_below);
        let own = self.journal_path().canonicalize().ok();
        let is_journal = |path: &Path| path.to_string_lossy().ends_with(JOURNAL) && path.canonicalize().ok() != own;
        for journal in files.into_iter().filter(|path| is_journal(path)) {
            let name = journal.file_name().map(|name| name.to_string_lossy().trim_end_matches(JOURNAL).to_owned());
            let place = journal.with_file_name(name.unwrap_or_default());
            let left = LeftOver::at(&place)?;
            let is_of_cake = || left.cake.as_ref().is_some_and(|of_journal| address::same(of_journal, cake));
            let state = self.state_at(&place);
            let is_own = left.lineage == Some(lineage) || (is_of_cake() && !self.is_of_another_project(&state));
            if left.has_entries && is_own {
                let state = (left.lineage != Some(lineage) && state.is_file()).then_some(state);
                let (path, own, file) = (self.path().to_owned(), self.journal_path(), self.file().to_owned());
                return Err(StateError::InterruptedUnderAnotherName { path, journal, own, state, file });
            }
        }
        Ok(())
    }

    /// The state whose other files have paths that begin with this one.
    fn state_at(&self, place: &Path) -> PathBuf {
        let top = || {
            let (folder, kept) = (self.folder.as_deref()?, self.kept.as_deref()?);
            let inside = kept.strip_prefix(folder).ok()?;
            let file = self.real_path().ok()?;
            Some(file.ancestors().nth(inside.components().count())?.join(place.strip_prefix(folder).ok()?))
        };
        top().unwrap_or_else(|| place.to_owned())
    }

    /// Whether a state is that of another configuration, which is nearer to it.
    fn is_of_another_project(&self, state: &Path) -> bool {
        let Some(configuration) = &self.configuration else { return false };
        let Some(name) = configuration.file_name() else { return false };
        let nearest = state.ancestors().skip(1).map(|folder| folder.join(name)).find(|path| path.is_file());
        nearest.is_some_and(|nearest| !is_same_file(&nearest, configuration))
    }
}
