//! Where a state lives, and reading it without a lock.
//!
//! Owns the names of the files beside a state and the reading of state and journal as one consistent pair, while an apply
//! may be at work. Knows neither YAML nor CAKE. Invariants: reading writes nothing; a state that is damaged, foreign or gone
//! is refused and never taken for an empty one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::address;
use super::document::StateDocument;
use super::error::StateError;
use super::journal::{self, Entry, Header, JournalContents, ReplayError};
use super::lineage::Lineage;
use super::lock::{Environment, Lock, LockError};
use super::reading::ParseError;
use crate::disk::Step;
use crate::offer::Recorded;

/// A state by its path.
#[derive(Debug, Clone)]
pub struct Store {
    /// As the user knows it, for messages.
    given: PathBuf,
    /// The file itself, symbolic links followed, so that everybody has the same lock and journal beside it, and
    /// replacing it does not replace a link.
    file: PathBuf,
    /// The lineage of a first state; anything new where it is not set.
    first_lineage: Option<Lineage>,
}

impl Store {
    /// The state at that path, whether it is there or not.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { given: path.to_owned(), file: follow_links(path), first_lineage: None }
    }

    /// The same, but a first state gets this lineage.
    #[must_use]
    pub fn with_first_lineage(self, lineage: Lineage) -> Self {
        Self { first_lineage: Some(lineage), ..self }
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

    /// Takes the lock; where somebody else has it, tries again until the time is up.
    pub fn lock(&self, timeout: Duration, environment: Environment<'_>) -> Result<Lock, LockError> {
        Lock::take(self.clone(), timeout, environment)
    }

    /// Reads what is recorded, with what the journal of a running or interrupted apply adds to it. Takes no lock.
    ///
    /// The pair is consistent: the journal is read before and after the state. An apply only appends to its journal, and
    /// empties it only after the new state is in place. So if the first reading is the beginning of the second, the journal
    /// was not emptied in between, and the state that was read is the one it was begun on or the one that was made of it;
    /// replaying over either is right. If both are empty, the state had everything at the time of the first reading.
    /// Otherwise an apply began or ended in between, and everything is read again.
    ///
    /// A state of another CAKE is refused; where none is configured (`None`), the state's own is taken.
    pub fn read(&self, cake: Option<&str>) -> Result<LoadedState, StateError> {
        self.read_through(&mut read_if_there, cake)
    }

    /// [`Store::read`], with every reading of a file going through `file`, so that a test can do something in between.
    pub(super) fn read_through(&self, file: ReadFile<'_>, cake: Option<&str>) -> Result<LoadedState, StateError> {
        let mut refused: Option<(Vec<u8>, StateError)> = None;
        for _ in 0..ATTEMPTS {
            let before = self.journal_bytes(file)?;
            let document = self.document_bytes(file)?;
            let after = self.journal_bytes(file)?;
            let still = if before.is_empty() { after.is_empty() } else { after.starts_with(&before) };
            if !still {
                continue;
            }
            match self.pair(document.as_deref(), &after, cake).and_then(|pair| self.merge_journal(pair)) {
                // A journal that is emptied and begun anew during one reading looks damaged, once.
                Err(error @ StateError::JournalDamaged { .. }) => match refused {
                    Some((bytes, error)) if bytes == after => return Err(error),
                    _ => refused = Some((after, error)),
                },
                loaded => return loaded,
            }
        }
        Err(refused.map_or(StateError::ReadContention { path: self.given.clone() }, |(_, error)| error))
    }

    /// Reads both files, for the holder of the lock.
    pub(super) fn locked_pair(&self, cake: &str) -> Result<Pair, StateError> {
        let file: ReadFile<'_> = &mut read_if_there;
        self.pair(self.document_bytes(file)?.as_deref(), &self.journal_bytes(file)?, Some(cake))
    }

    fn pair(&self, document: Option<&[u8]>, journal: &[u8], cake: Option<&str>) -> Result<Pair, StateError> {
        let history = journal::read_journal(journal).map_err(|refused| StateError::JournalDamaged {
            path: self.beside_shown(JOURNAL),
            line: refused.line,
            damage: refused.damage,
        })?;
        let file = document.map(|bytes| self.parse(bytes)).transpose()?;
        let of_file = file.as_ref().map(|file| &file.cake);
        let of_journal = history.header.as_ref().map(|header| &header.cake);
        for recorded in of_file.into_iter().chain(of_journal) {
            if let Some(cake) = cake
                && !address::same(recorded, cake)
            {
                let (recorded, configured) = (recorded.clone(), address::canonical(cake));
                return Err(StateError::WrongInstance { path: self.given.clone(), recorded, configured });
            }
        }
        Ok(Pair { file, history, journal_length: journal.len() })
    }

    pub(super) fn merge_journal(&self, pair: Pair) -> Result<LoadedState, StateError> {
        let Pair { file, history: JournalContents { header, entries, .. }, .. } = pair;
        let journal_entries = entries.len();
        let document = match (file, header) {
            (None, None) => {
                self.check_leftovers()?;
                None
            }
            (Some(file), None) => Some(file),
            (None, Some(Header { lineage, cake, base: None, .. })) => {
                let recorded = self.replay(Recorded::default(), &entries)?;
                Some(StateDocument { lineage, cake, recorded })
            }
            (None, Some(_)) => {
                return Err(StateError::Missing { path: self.given.clone(), trace: self.beside_shown(JOURNAL) });
            }
            (Some(file), Some(_)) if entries.is_empty() => Some(file),
            (Some(file), Some(header)) => Some(self.replay_onto(file, &header, &entries)?),
        };
        Ok(LoadedState { document, journal_entries })
    }

    fn replay_onto(
        &self,
        file: StateDocument,
        header: &Header,
        entries: &[Entry],
    ) -> Result<StateDocument, StateError> {
        let (journal, state) = (header.lineage, file.lineage);
        if journal != state {
            return Err(StateError::JournalOfAnotherState { path: self.beside_shown(JOURNAL), journal, state });
        }
        let recorded = if header.base.as_ref() == Some(&file.digest()) {
            self.replay(file.recorded, entries)?
        } else {
            let replayed = self.replay(file.recorded.clone(), entries)?;
            journal::reconcile(&file.recorded, replayed)
        };
        Ok(StateDocument { recorded, ..file })
    }

    fn replay(&self, recorded: Recorded, entries: &[Entry]) -> Result<Recorded, StateError> {
        journal::replay(recorded, entries).map_err(|source| self.contradiction(source))
    }

    pub(super) fn contradiction(&self, source: ReplayError) -> StateError {
        StateError::Contradiction { path: self.given.clone(), journal: self.beside_shown(JOURNAL), source }
    }

    pub(super) fn not_published(&self, step: Step, source: io::Error) -> StateError {
        StateError::NotPublished { path: self.given.clone(), journal: self.beside_shown(JOURNAL), step, source }
    }

    fn parse(&self, bytes: &[u8]) -> Result<StateDocument, StateError> {
        StateDocument::parse(bytes).map_err(|ParseError { damage, position }| {
            let previous = self.previous_path().exists().then(|| self.beside_shown(PREVIOUS));
            StateError::Damaged { path: self.given.clone(), position, damage, previous }
        })
    }

    /// Where neither state nor journal is there, there never was a state, or somebody has lost it.
    fn check_leftovers(&self) -> Result<(), StateError> {
        if self.previous_path().exists() {
            return Err(StateError::Missing { path: self.given.clone(), trace: self.beside_shown(PREVIOUS) });
        }
        Ok(())
    }

    fn document_bytes(&self, file: ReadFile<'_>) -> Result<Option<Vec<u8>>, StateError> {
        file(&self.file).map_err(|source| StateError::Unreadable { path: self.given.clone(), source })
    }

    fn journal_bytes(&self, file: ReadFile<'_>) -> Result<Vec<u8>, StateError> {
        file(&self.journal_path())
            .map(Option::unwrap_or_default)
            .map_err(|source| StateError::Unreadable { path: self.beside_shown(JOURNAL), source })
    }

    /// The state's own file, links followed.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn first_lineage(&self) -> Lineage {
        self.first_lineage.unwrap_or_else(Lineage::new)
    }

    /// A file beside the state, spelled as the user spells the state.
    pub(super) fn beside_shown(&self, ending: &str) -> PathBuf {
        let link = self.given.is_symlink();
        with_ending(if link { &self.file } else { &self.given }, ending)
    }
}

/// What both files hold.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) file: Option<StateDocument>,
    pub(super) history: JournalContents,
    /// In bytes, with what was cut off.
    pub(super) journal_length: usize,
}

/// What is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedState {
    /// The state with the journal replayed over it; `None` where there is neither.
    pub document: Option<StateDocument>,
    /// How many entries of a running or interrupted apply are in it.
    pub journal_entries: usize,
}

impl LoadedState {
    /// The offers and the creates in doubt.
    #[must_use]
    pub fn recorded(&self) -> Option<&Recorded> {
        self.document.as_ref().map(|document| &document.recorded)
    }

    /// Whether a create is in doubt.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        self.recorded().is_some_and(|recorded| !recorded.in_doubt.is_empty())
    }
}

pub(super) const JOURNAL: &str = ".journal";
const LOCK: &str = ".lock";
const PREVIOUS: &str = ".previous";

/// A retry needs an apply to begin or end at just that moment; nobody ends so many in a row.
const ATTEMPTS: usize = 1000;

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Reads a file; `None` where there is none.
type ReadFile<'a> = &'a mut dyn FnMut(&Path) -> io::Result<Option<Vec<u8>>>;

pub(super) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The file behind symbolic links, also where the last of them leads to nothing yet. A loop stays as it is and fails when
/// the file is opened.
fn follow_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..40 {
        let Ok(target) = fs::read_link(&path) else { break };
        // An absolute target replaces the whole path.
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}
