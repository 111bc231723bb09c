//! Where a state lives, and reading it without a lock.
//!
//! Owns the reading of state and journal as one consistent pair, while an apply may be running. Knows neither YAML nor CAKE. Invariants: reading writes nothing; a state that is damaged, missing or of another CAKE
//! instance is refused and never taken for an empty one.

use std::io::{self, Read as _, Seek as _};
use std::path::PathBuf;
use std::time::Duration;

use super::address;
use super::canonical::{self, CanonicalText};
use super::claim::{Claim, FileClaim};
use super::digest::Digests;
use super::document::StateDocument;
use super::error::StateError;
use super::files::{OpenFile, digest_of, open_if_there};
use super::journals::{JournalBytes, StoredFiles, StoredJournal};
use super::lock::{Lock, LockError, VariableLookup};
use super::parse_error::ParseError;
use crate::offer::Recorded;

/// A state by its path.
#[derive(Debug, Clone)]
pub struct Store {
    /// The path as the user gave it, for messages.
    pub(super) given: PathBuf,
    /// What messages call it, where that is not its path.
    pub(super) shown: Option<PathBuf>,
    /// The file itself, symbolic links followed: every process has the same files of it, and replacing it does not replace a link.
    pub(super) file: PathBuf,
    /// What the paths of its other files begin with, where they are not beside it.
    pub(super) kept: Option<PathBuf>,
    /// What the path of the lock that other work trees take too begins with, where there may be any.
    pub(super) shared: Option<PathBuf>,
    /// What the paths of its other files began with in work trees that were removed.
    pub(super) removed: Vec<PathBuf>,
    /// The folder of its other files and of those of other states of this work tree, where they are not beside it.
    pub(super) folder: Option<PathBuf>,
    /// What the paths of its other files begin with in other work trees, and their states.
    pub(super) others: Vec<(PathBuf, PathBuf)>,
    /// The file that names it.
    pub(super) configuration: Option<PathBuf>,
    /// Where a state is read all the same whose digest is that of another content: the generations that it takes the place of.
    pub(super) accepted_over: Option<Vec<StateDocument>>,
}

impl Store {
    /// Takes the lock; retries until the timeout while another process holds it.
    pub fn lock(&self, timeout: Duration, environment: VariableLookup<'_>) -> Result<LockedStore, LockError> {
        let lock = Lock::take(&self.lock_path(), timeout, environment)?;
        let kept = self.shared_lock_path().map(|path| Lock::take(&path, timeout, environment)).transpose()?;
        Ok(LockedStore { store: self.clone(), claim: Box::new(FileClaim { _locks: (lock, kept) }) })
    }

    /// Reads what is recorded, with what the journal of a running or interrupted apply adds to it. Takes no lock.
    ///
    /// The pair is consistent: each journal is read before and after the state. An apply only appends to its journal, and
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
        let mut damaged: Option<(Vec<JournalBytes>, StateError)> = None;
        for _ in 0..ATTEMPTS {
            let before = self.journals(open)?;
            let document = self.document(open);
            let after = self.journals(open)?;
            if !before.iter().zip(&after).all(|(before, after)| after.continues(before)) {
                continue;
            }
            match self.files(document, &after, cake).and_then(|files| self.merge_journals(files, None)) {
                // A journal that is emptied and started again during one reading looks damaged, once.
                Err(error @ StateError::JournalDamaged { .. }) => match damaged {
                    Some((bytes, error)) if bytes == after => return Err(error),
                    _ => damaged = Some((after, error)),
                },
                loaded => return loaded,
            }
        }
        Err(damaged.map_or(StateError::ReadContention { path: self.path().to_owned() }, |(_, error)| error))
    }

    /// Reads both files, for the holder of the lock.
    pub(super) fn locked_files(&self, cake: &str) -> Result<StoredFiles, StateError> {
        let open: OpenFile<'_> = &mut open_if_there;
        self.files(self.document(open), &self.journals(open)?, Some(cake))
    }

    fn files(
        &self,
        document: Result<Option<StateFile>, StateError>,
        journals: &[JournalBytes],
        cake: Option<&str>,
    ) -> Result<StoredFiles, StateError> {
        let journals = journals.iter().map(StoredJournal::parse).collect::<Result<Vec<_>, _>>()?;
        let state = document?;
        let of_file = state.as_ref().map(|file| &file.document.cake);
        let of_journals = journals.iter().filter_map(|journal| Some(&journal.contents.header.as_ref()?.cake));
        for recorded in of_file.into_iter().chain(of_journals) {
            if let Some(cake) = cake
                && !address::same(recorded, cake)
            {
                let (recorded, configured) = (recorded.clone(), address::canonical(cake));
                return Err(StateError::WrongInstance { path: self.path().to_owned(), recorded, configured });
            }
        }
        Ok(StoredFiles { state, journals })
    }

    fn parse(&self, bytes: &[u8]) -> Result<StateDocument, StateError> {
        let parse = if self.is_accepted() { StateDocument::parse_edited } else { StateDocument::parse };
        parse(bytes).map_err(|ParseError { kind, position }| StateError::Damaged {
            path: self.path().to_owned(),
            position,
            kind,
            backup: self.backup(),
            committed: None,
        })
    }

    /// The state's file. While it is read it may be replaced, but an open file keeps its content.
    fn document(&self, open: OpenFile<'_>) -> Result<Option<StateFile>, StateError> {
        let unreadable = |source| StateError::Unreadable { path: self.path().to_owned(), source };
        let Some(mut file) = open(&self.file).map_err(unreadable)? else { return Ok(None) };
        if file.metadata().map_err(unreadable)?.len() > LARGEST {
            return Err(unreadable(io::Error::other("it has more than 512 MiB, which no state has")));
        }
        if let Some(CanonicalText { document, digests }) = canonical::read(&file).map_err(unreadable)? {
            let Digests { content: digest, bytes: bytes_digest } = digests;
            return Ok(Some(StateFile { document, digest, bytes_digest }));
        }
        let mut bytes = Vec::new();
        file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(unreadable)?;
        let document = self.parse(&bytes)?;
        let digest = document.digest();
        let bytes_digest = blake3::hash(&bytes).to_hex().to_string();
        Ok(Some(StateFile { document, digest, bytes_digest }))
    }

    /// The digest of the state file's bytes; `None` where there is no file.
    pub(super) fn bytes_digest(&self) -> io::Result<Option<String>> {
        digest_of(&self.file)
    }

    fn journals(&self, open: OpenFile<'_>) -> Result<Vec<JournalBytes>, StateError> {
        let paths = std::iter::once(self.journal_path()).chain(self.other_journal_path());
        paths.map(|path| JournalBytes::read(path, open)).collect()
    }
}

/// A store that this process has claimed: the right to write its state.
#[derive(Debug)]
pub struct LockedStore {
    pub(super) store: Store,
    pub(super) claim: Box<dyn Claim>,
}

impl LockedStore {
    /// A store with the claim that another home has given.
    pub fn claimed(store: Store, claim: Box<dyn Claim>) -> Self {
        Self { store, claim }
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

/// A larger file is no state: one of a million offers has about as much.
const LARGEST: u64 = 512 << 20;

/// Upper bound on re-reads; each needs an apply to start or end during the read.
const ATTEMPTS: usize = 1000;
