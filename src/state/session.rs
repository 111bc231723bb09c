//! The state under its lock: recover, write the journal, publish.
//!
//! Owns the order of writes on the disk. Knows no plan and no CAKE. Invariants: only a [`Session`] writes a state, and only
//! a [`LockedStore`] makes a session; a journal always begins on the state that is published, because opening a session
//! publishes what an interrupted one left; the old state and the journal stay until the new state is safely in place.

use std::io;
use std::sync::Arc;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::address;
use super::document::{DocumentRef, StateDocument};
use super::error::StateError;
use super::journal::{self, Journal, JournalError, JournalHeader, ReplayError};
use super::lineage::Lineage;
use super::store::{LockedStore, Store};
use crate::disk::{self, Step};
use crate::offer::Recorded;

/// A state under its lock.
#[derive(Debug)]
pub struct Session {
    /// With the claim, which is released after the thread's last write.
    journal: Journal,
    lineage: Lineage,
    cake: String,
    /// What is published.
    recorded: Arc<Recorded>,
    digest: String,
    /// The digest of the state file's bytes, as this session has read or written them; `None` before the first offer.
    bytes_digest: Option<String>,
    store: Store,
}

/// A state that is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub lineage: Lineage,
    /// The digest of its content.
    pub digest: String,
    /// Whether the file was written; not if nothing has changed.
    pub changed: bool,
}

impl Session {
    /// Opens a state: replays the journal of an interrupted run, publishes the result, and starts a journal.
    ///
    /// A first state gets its lineage now and its file when it is published; until then the journal holds both. Where no
    /// address is configured, pass the one that [`Store::read`](super::Store::read) found.
    pub fn open(locked: LockedStore, cake: &str) -> Result<Self, StateError> {
        let LockedStore { store, claim } = locked;
        // A folder in which no file can be created is found out before the first request, not after the last.
        disk::prepare(store.file()).map_err(|source| store.not_replaceable(Step::Create, source))?;
        if let Some(folder) = store.journal_path().parent() {
            let unreadable = |source| StateError::Unreadable { path: store.journal_path(), source };
            disk::create_folder(folder).map_err(unreadable)?;
        }
        // Whatever was sent before and has no time was sent earlier than now.
        let found_at = now();
        let files = store.locked_files(cake)?;
        let left_over = files.journals.iter().any(|journal| journal.has_bytes);
        let of_file = files.state.as_ref().map(|file| file.digest.clone());
        let bytes_digest = files.state.as_ref().map(|file| file.bytes_digest.clone());
        let entries = files.journals.iter().flat_map(|journal| &journal.contents.entries);
        let made = journal::Made::of(entries);
        let loaded = store.merge_journals(files, Some(found_at))?;
        let (lineage, cake, mut recorded) = match loaded.document {
            Some(document) => (document.lineage, document.cake, document.recorded),
            None => (Lineage::new(), address::canonical(cake), Recorded::default()),
        };
        store.refuse_interrupted_under_another_name(lineage, &cake)?;
        let has_undated = recorded.in_doubt.values().any(|create| create.sent_at.is_none());
        journal::date_creates(&mut recorded.in_doubt, Some(found_at));
        let older = store.accepted_over.iter().flatten().filter(|older| older.lineage == lineage);
        recorded.supersede(&older.map(|older| &older.recorded).collect::<Vec<_>>(), "");
        let recorded = Arc::new(recorded);
        let header = JournalHeader::new(lineage, &cake, of_file.clone());
        let trial = store.clone();
        let trial = Box::new(move || trial.try_to_replace());
        let journal = Journal::start(&store.journal_path(), header, Arc::clone(&recorded), trial, made, claim)
            .map_err(|source| StateError::Unreadable { path: store.journal_path(), source })?;
        let digest = loaded
            .digest
            .filter(|_| !has_undated && !store.is_accepted())
            .unwrap_or_else(|| DocumentRef { lineage, cake: &cake, recorded: &recorded }.digest());
        let is_published = match &of_file {
            Some(of_file) => *of_file == digest && !store.is_accepted(),
            None => *recorded == Recorded::default(),
        };
        let mut session = Self { journal, lineage, cake, recorded, digest, bytes_digest, store };
        if !is_published {
            session.write(&Arc::clone(&session.recorded))?;
        }
        if left_over || !is_published {
            session.restart_journal()?;
        }
        Ok(session)
    }

    /// What was recorded when the session was opened or last published.
    pub fn recorded(&self) -> Arc<Recorded> {
        Arc::clone(&self.recorded)
    }

    /// What is published, as a document.
    pub fn document(&self) -> StateDocument {
        let (lineage, cake, recorded) = (self.lineage, self.cake.clone(), (*self.recorded).clone());
        StateDocument { lineage, cake, recorded }
    }

    /// The state's name through all generations.
    pub fn lineage(&self) -> Lineage {
        self.lineage
    }

    /// The digest of what [`Session::recorded`] is; also of a state that has no file yet.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether the state on the disk is still the one that was opened. Git, which takes no lock, may have brought another one.
    pub fn is_current(&self) -> Result<bool, StateError> {
        let store = &self.store;
        let unreadable = |source| StateError::Unreadable { path: store.path().to_owned(), source };
        Ok(store.bytes_digest().map_err(unreadable)? == self.bytes_digest)
    }

    /// The journal, to which everything goes first.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Replaces the state by what is recorded by now, keeps the old state as the previous generation, and then empties the
    /// journal. A write that is still under way is in doubt from here on. Costs nothing if the journal is empty.
    ///
    /// On an error everything is still there: the old state with its journal, or the new one.
    pub fn publish(&mut self) -> Result<Published, StateError> {
        let mut changed = false;
        if self.journal.has_entries() {
            let recorded = self.journal.settle(now()).map_err(|source| self.contradiction(source))?;
            changed = recorded != self.recorded;
            if changed {
                self.write(&recorded)?;
                self.recorded = recorded;
            }
            self.restart_journal()?;
        }
        Ok(Published { lineage: self.lineage, digest: self.digest.clone(), changed })
    }

    /// Puts another document in the place of the state, whole. The journal must be empty.
    pub fn replace(&mut self, document: StateDocument) -> Result<(), StateError> {
        let StateDocument { lineage, cake, recorded } = document;
        (self.lineage, self.cake) = (lineage, cake);
        self.write(&recorded)?;
        self.recorded = Arc::new(recorded);
        self.restart_journal()
    }

    fn contradiction(&self, source: ReplayError) -> StateError {
        let store = &self.store;
        StateError::Contradiction { path: store.path().to_owned(), journal: store.journal_path(), source }
    }

    /// One serialization: the digest is that of the bytes as they are written.
    fn write(&mut self, recorded: &Recorded) -> Result<(), StateError> {
        let store = &self.store;
        let document = DocumentRef { lineage: self.lineage, cake: &self.cake, recorded };
        let mut written = None;
        let mut is_changed = false;
        let result = disk::replace_durably(store.file(), Some(&store.previous_path()), |file| {
            written = Some(document.write_to(file)?);
            // On some file systems two processes can hold the lock. As late as possible, so that little time is left to them.
            is_changed = store.bytes_digest()? != self.bytes_digest;
            if is_changed { Err(io::Error::other("another process changed the state")) } else { Ok(()) }
        });
        if is_changed {
            return Err(store.changed());
        }
        // The last step comes after the rename.
        if matches!(result, Ok(()) | Err((Step::SyncFolder, _))) {
            self.bytes_digest = written.as_ref().map(|digests| digests.bytes.clone());
        }
        result.map_err(|(step, source)| store.not_published(step, source))?;
        self.digest = written.map(|digests| digests.content).unwrap_or_default();
        store.keep_copy()
    }

    fn restart_journal(&self) -> Result<(), StateError> {
        let store = &self.store;
        let base = self.bytes_digest.is_some().then(|| self.digest.clone());
        self.journal.restart(JournalHeader::new(self.lineage, &self.cake, base)).map_err(|source| match source {
            // The store has neither; the journal here is as it was, so that the next publish does both.
            JournalError::Claim(error) => StateError::Claim(error),
            source => StateError::JournalNotEmptied { path: store.journal_path(), source },
        })?;
        store.remove_other_journal()
    }
}

/// The end of this second: a state with a fraction of a second would only be harder to read.
fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil)).unwrap_or(now)
}
