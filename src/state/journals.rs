//! The state together with the journals that belong to it: usually one, and at most two.
//!
//! Owns the order in which they are replayed. A second journal is there where an offersync that saw git's folder and one that did
//! not were both interrupted. Invariant: no entry of either is left out.

use std::io::Read as _;
use std::path::PathBuf;

use jiff::Timestamp;

use super::document::StateDocument;
use super::error::StateError;
use super::files::{OpenFile, refuse_link};
use super::journal::{self, JournalContents, JournalHeader, JournalParseError, Written};
use super::store::{LoadedState, StateFile, Store};
use crate::offer::Recorded;

/// A journal as it was read; no bytes where there is none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct JournalBytes {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl JournalBytes {
    pub(super) fn read(path: PathBuf, open: OpenFile<'_>) -> Result<Self, StateError> {
        let mut bytes = Vec::new();
        let opened = refuse_link(&path).and_then(|()| open(&path));
        let read = opened.and_then(|file| file.map(|mut file| file.read_to_end(&mut bytes)).transpose());
        match read {
            Ok(_) => Ok(Self { path, bytes }),
            Err(source) => Err(StateError::Unreadable { path, source }),
        }
    }

    /// Whether it was not emptied since an earlier reading.
    pub(super) fn continues(&self, before: &Self) -> bool {
        if before.bytes.is_empty() { self.bytes.is_empty() } else { self.bytes.starts_with(&before.bytes) }
    }
}

/// A journal, read.
#[derive(Debug)]
pub(super) struct StoredJournal {
    path: PathBuf,
    pub(super) contents: JournalContents,
    /// With what was cut off.
    pub(super) has_bytes: bool,
}

impl StoredJournal {
    pub(super) fn parse(JournalBytes { path, bytes }: &JournalBytes) -> Result<Self, StateError> {
        let contents = journal::read_journal(bytes).map_err(|JournalParseError { line, kind }| {
            StateError::JournalDamaged { path: path.clone(), line, kind }
        })?;
        Ok(Self { path: path.clone(), contents, has_bytes: !bytes.is_empty() })
    }
}

/// State and journals as they belong together.
#[derive(Debug)]
pub(super) struct StoredFiles {
    pub(super) state: Option<StateFile>,
    pub(super) journals: Vec<StoredJournal>,
}

impl Store {
    /// State and journals as one. A request of which no time is known counts as sent at `found_at`.
    pub(super) fn merge_journals(
        &self,
        files: StoredFiles,
        found_at: Option<Timestamp>,
    ) -> Result<LoadedState, StateError> {
        let StoredFiles { state, mut journals } = files;
        journals.retain(|journal| journal.contents.header.is_some());
        let journal_entries = journals.iter().map(|journal| journal.contents.entries.len()).sum();
        let (document, digest) = match state {
            Some(StateFile { document, digest, .. }) => (Some(document), Some(digest)),
            None => (self.first_state(&journals)?, None),
        };
        let Some(mut document) = document else {
            return Ok(LoadedState { document: None, digest: None, journal_entries });
        };
        let mut digest = digest.unwrap_or_else(|| document.digest());
        // The one that was started on this very state is replayed without any loss.
        journals.sort_by_key(|journal| journal.base() != Some(&digest));
        for journal in journals.iter().filter(|journal| !journal.contents.entries.is_empty()) {
            document = self.replay_onto(document, &digest, journal, found_at)?;
            digest = document.digest();
        }
        Ok(LoadedState { document: Some(document), digest: Some(digest), journal_entries })
    }

    /// A first state that was never published: its lineage and its CAKE are in its journal. None where there never was one.
    fn first_state(&self, journals: &[StoredJournal]) -> Result<Option<StateDocument>, StateError> {
        if let Some(journal) = journals.iter().find(|journal| journal.base().is_some()) {
            return Err(self.missing(Some(journal.path.clone())));
        }
        let Some(JournalHeader { lineage, cake, .. }) = journals.iter().find_map(|j| j.contents.header.as_ref()) else {
            return match self.backup() {
                Some(backup) => Err(self.missing(Some(backup.path))),
                // A link is made to a state that is there; where it leads nowhere, a disk may not be mounted.
                None if self.is_dangling_link() => Err(self.missing(Some(self.path().to_owned()))),
                None => Ok(None),
            };
        };
        Ok(Some(StateDocument { lineage: *lineage, cake: cake.clone(), recorded: Recorded::default() }))
    }

    fn replay_onto(
        &self,
        document: StateDocument,
        digest: &str,
        journal: &StoredJournal,
        found_at: Option<Timestamp>,
    ) -> Result<StateDocument, StateError> {
        let StoredJournal { path, contents: JournalContents { header, entries, .. }, .. } = journal;
        let state = document.lineage;
        if let Some(journal) = header.as_ref().map(|header| header.lineage).filter(|journal| *journal != state) {
            return Err(StateError::JournalOfAnotherState { path: path.clone(), journal, state });
        }
        let contradiction =
            |source| StateError::Contradiction { path: self.path().to_owned(), journal: path.clone(), source };
        let replay = |recorded| journal::replay(recorded, entries, found_at).map_err(contradiction);
        // A first journal begins on nothing.
        let is_its_base = header.as_ref().is_some_and(|header| match &header.base {
            Some(base) => base == digest,
            None => document.recorded == Recorded::default(),
        });
        let replayed = replay(document.recorded.clone())?;
        let mut recorded = if is_its_base { replayed } else { journal::reconcile(&document.recorded, replayed) };
        let by = header.as_ref().map_or("", |header| &header.nonce);
        recorded.supersede(&[&document.recorded], by);
        // Over a state that was published from it, each write is counted already.
        if is_its_base {
            recorded.count_writes(&document.recorded, &Written::of(entries).offers(), by);
        }
        Ok(StateDocument { recorded, ..document })
    }
}

impl StoredJournal {
    /// The digest of the state that it was started on.
    fn base(&self) -> Option<&String> {
        self.contents.header.as_ref()?.base.as_ref()
    }
}
