//! Where a state lives, and reading it without a lock.
//!
//! Owns the reading of state and journal as one consistent pair, while an apply may be running. Knows neither YAML nor CAKE. Invariants: reading writes nothing; a state that is damaged, missing or of another CAKE
//! instance is refused and never taken for an empty one.

use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::address;
use super::canonical;
use super::document::StateDocument;
use super::error::StateError;
use super::files::{JOURNAL, LOCK, OpenFile, PREVIOUS, follow_links, open_if_there, with_ending};
use super::journal::{self, JournalContents, JournalEntry, JournalHeader, JournalParseError, ReplayError};
use super::lock::{Lock, LockError, VariableLookup};
use super::parse_error::ParseError;
use crate::offer::Recorded;

/// A state by its path.
#[derive(Debug, Clone)]
pub struct Store {
    /// The path as the user gave it, for messages.
    given: PathBuf,
    /// The file itself, symbolic links followed: every process has the same lock and journal beside it, and replacing it
    /// does not replace a link.
    file: PathBuf,
}

impl Store {
    /// The state at that path, whether it is there or not.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { given: path.to_owned(), file: follow_links(path) }
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.given
    }

    /// Where its journal is.
    pub fn journal_path(&self) -> PathBuf {
        with_ending(&self.file, JOURNAL)
    }

    /// Where its lock is.
    pub fn lock_path(&self) -> PathBuf {
        with_ending(&self.file, LOCK)
    }

    /// Where the generation before the present one is.
    pub fn previous_path(&self) -> PathBuf {
        with_ending(&self.file, PREVIOUS)
    }

    /// Takes the lock; retries until the timeout while another process holds it.
    pub fn lock(&self, timeout: Duration, environment: VariableLookup<'_>) -> Result<LockedStore, LockError> {
        let lock = Lock::take(&self.lock_path(), timeout, environment)?;
        Ok(LockedStore { store: self.clone(), _lock: lock })
    }

    /// Reads what is recorded, with what the journal of a running or interrupted apply adds to it. Takes no lock.
    ///
    /// The pair is consistent: the journal is read before and after the state. An apply only appends to its journal, and
    /// empties it only after the new state is in place. So if the first reading is the beginning of the second, the journal
    /// was not emptied in between, and the state that was read is the one it was started on or the one published from it;
    /// replaying over either is right. If both are empty, the state had everything at the time of the first reading.
    /// Otherwise an apply started or ended in between, and everything is read again.
    ///
    /// A state of another CAKE is refused; where none is configured (`None`), the state's own is taken.
    pub fn read(&self, cake: Option<&str>) -> Result<LoadedState, StateError> {
        self.read_through(&mut open_if_there, cake)
    }

    /// [`Store::read`], with every file opened by `open`, so that a test can act between two of them.
    pub(super) fn read_through(&self, open: OpenFile<'_>, cake: Option<&str>) -> Result<LoadedState, StateError> {
        let mut damaged: Option<(Vec<u8>, StateError)> = None;
        for _ in 0..ATTEMPTS {
            let before = self.journal_bytes(open)?;
            let document = self.document(open);
            let after = self.journal_bytes(open)?;
            let still = if before.is_empty() { after.is_empty() } else { after.starts_with(&before) };
            if !still {
                continue;
            }
            match self.files(document, &after, cake).and_then(|files| self.merge_journal(files, None)) {
                // A journal that is emptied and started again during one reading looks damaged, once.
                Err(error @ StateError::JournalDamaged { .. }) => match damaged {
                    Some((bytes, error)) if bytes == after => return Err(error),
                    _ => damaged = Some((after, error)),
                },
                loaded => return loaded,
            }
        }
        Err(damaged.map_or(StateError::ReadContention { path: self.given.clone() }, |(_, error)| error))
    }

    /// Reads both files, for the holder of the lock.
    pub(super) fn locked_files(&self, cake: &str) -> Result<StoredFiles, StateError> {
        let open: OpenFile<'_> = &mut open_if_there;
        self.files(self.document(open), &self.journal_bytes(open)?, Some(cake))
    }

    fn files(
        &self,
        document: Result<Option<StateFile>, StateError>,
        journal: &[u8],
        cake: Option<&str>,
    ) -> Result<StoredFiles, StateError> {
        let contents = journal::read_journal(journal).map_err(|JournalParseError { line, kind }| {
            StateError::JournalDamaged { path: self.beside_shown(JOURNAL), line, kind }
        })?;
        let state = document?;
        let of_file = state.as_ref().map(|file| &file.document.cake);
        let of_journal = contents.header.as_ref().map(|header| &header.cake);
        for recorded in of_file.into_iter().chain(of_journal) {
            if let Some(cake) = cake
                && !address::same(recorded, cake)
            {
                let (recorded, configured) = (recorded.clone(), address::canonical(cake));
                return Err(StateError::WrongInstance { path: self.given.clone(), recorded, configured });
            }
        }
        Ok(StoredFiles { state, contents, journal_length: journal.len() })
    }

    /// State and journal as one. A request of which no time is known counts as sent at `found_at`.
    pub(super) fn merge_journal(
        &self,
        files: StoredFiles,
        found_at: Option<Timestamp>,
    ) -> Result<LoadedState, StateError> {
        let StoredFiles { state, contents: JournalContents { header, entries, .. }, .. } = files;
        let journal_entries = entries.len();
        let document = match (state, header) {
            (None, None) => {
                self.check_leftovers()?;
                None
            }
            (None, Some(JournalHeader { lineage, cake, base: None, .. })) => {
                let recorded = self.replay(Recorded::default(), &entries, found_at)?;
                Some(StateDocument { lineage, cake, recorded })
            }
            (None, Some(_)) => {
                return Err(StateError::Missing { path: self.given.clone(), trace: self.beside_shown(JOURNAL) });
            }
            (Some(file), Some(header)) if !entries.is_empty() => {
                Some(self.replay_onto(file, &header, &entries, found_at)?)
            }
            (Some(StateFile { document, digest, .. }), _) => {
                return Ok(LoadedState { document: Some(document), digest: Some(digest), journal_entries });
            }
        };
        let digest = document.as_ref().map(StateDocument::digest);
        Ok(LoadedState { document, digest, journal_entries })
    }

    fn replay_onto(
        &self,
        file: StateFile,
        header: &JournalHeader,
        entries: &[JournalEntry],
        found_at: Option<Timestamp>,
    ) -> Result<StateDocument, StateError> {
        let StateFile { document, digest, .. } = file;
        let (journal, state) = (header.lineage, document.lineage);
        if journal != state {
            return Err(StateError::JournalOfAnotherState { path: self.beside_shown(JOURNAL), journal, state });
        }
        let recorded = if header.base.as_ref() == Some(&digest) {
            self.replay(document.recorded, entries, found_at)?
        } else {
            let replayed = self.replay(document.recorded.clone(), entries, found_at)?;
            journal::reconcile(&document.recorded, replayed)
        };
        Ok(StateDocument { recorded, ..document })
    }

    fn replay(
        &self,
        recorded: Recorded,
        entries: &[JournalEntry],
        found_at: Option<Timestamp>,
    ) -> Result<Recorded, StateError> {
        journal::replay(recorded, entries, found_at).map_err(|source| self.contradiction(source))
    }

    pub(super) fn contradiction(&self, source: ReplayError) -> StateError {
        StateError::Contradiction { path: self.given.clone(), journal: self.beside_shown(JOURNAL), source }
    }

    fn parse(&self, bytes: &[u8]) -> Result<StateDocument, StateError> {
        StateDocument::parse(bytes).map_err(|ParseError { kind, position }| {
            let previous = self.previous_path().exists().then(|| self.beside_shown(PREVIOUS));
            StateError::Damaged { path: self.given.clone(), position, kind, previous }
        })
    }

    /// Without state and journal there never was a state, unless a previous generation shows that it was lost.
    fn check_leftovers(&self) -> Result<(), StateError> {
        if self.previous_path().exists() {
            return Err(StateError::Missing { path: self.given.clone(), trace: self.beside_shown(PREVIOUS) });
        }
        Ok(())
    }

    /// The state's file. While it is read it may be replaced, but an open file keeps its content.
    fn document(&self, open: OpenFile<'_>) -> Result<Option<StateFile>, StateError> {
        let unreadable = |source| StateError::Unreadable { path: self.given.clone(), source };
        let Some(mut file) = open(&self.file).map_err(unreadable)? else { return Ok(None) };
        if let Some((document, digest)) = canonical::read(&file).map_err(unreadable)? {
            return Ok(Some(StateFile { document, bytes_digest: digest.clone(), digest }));
        }
        let mut bytes = Vec::new();
        file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(unreadable)?;
        let document = self.parse(&bytes)?;
        let digest = document.digest();
        Ok(Some(StateFile { document, digest, bytes_digest: blake3::hash(&bytes).to_hex().to_string() }))
    }

    /// The digest of the state file's bytes; `None` where there is no file.
    pub(super) fn bytes_digest(&self) -> io::Result<Option<String>> {
        let Some(file) = open_if_there(&self.file)? else { return Ok(None) };
        Ok(Some(blake3::Hasher::new().update_reader(file)?.finalize().to_hex().to_string()))
    }

    fn journal_bytes(&self, open: OpenFile<'_>) -> Result<Vec<u8>, StateError> {
        let mut bytes = Vec::new();
        let file = open(&self.journal_path());
        let read = file.and_then(|file| file.map(|mut file| file.read_to_end(&mut bytes)).transpose());
        read.map(|_| bytes).map_err(|source| StateError::Unreadable { path: self.beside_shown(JOURNAL), source })
    }

    /// The state's own file, links followed.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// A file beside the state, spelled as the user spells the state.
    pub(super) fn beside_shown(&self, ending: &str) -> PathBuf {
        let link = self.given.is_symlink();
        with_ending(if link { &self.file } else { &self.given }, ending)
    }
}

/// A store whose lock this process holds: the right to write its state.
#[derive(Debug)]
pub struct LockedStore {
    store: Store,
    /// Released when it is dropped.
    _lock: Lock,
}

impl LockedStore {
    pub(super) fn store(&self) -> &Store {
        &self.store
    }
}

/// The state's file, read.
#[derive(Debug)]
pub(super) struct StateFile {
    pub(super) document: StateDocument,
    /// Of the document's canonical bytes.
    pub(super) digest: String,
    /// Of the file's bytes, which may be spelled otherwise.
    pub(super) bytes_digest: String,
}

/// State and journal as one consistent pair.
#[derive(Debug)]
pub(super) struct StoredFiles {
    pub(super) state: Option<StateFile>,
    contents: JournalContents,
    /// In bytes, with what was cut off.
    pub(super) journal_length: usize,
}

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedState {
    /// The state with the journal replayed over it; `None` where there is neither.
    pub document: Option<StateDocument>,
    /// The digest of the document.
    pub digest: Option<String>,
    /// How many entries of a running or interrupted apply are in it.
    pub journal_entries: usize,
}

impl LoadedState {
    /// The offers and the creates in doubt.
    #[must_use]
    pub fn recorded(&self) -> Option<&Recorded> {
        self.document.as_ref().map(|document| &document.recorded)
    }
}

/// Upper bound on re-reads; each needs an apply to start or end during the read.
const ATTEMPTS: usize = 1000;
