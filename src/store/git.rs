//! A store in git: one ref of a remote.
//!
//! Owns reading it into a private copy, and who may take its claim. Invariants: where the remote does not answer, that is an error and never
//! "nothing is recorded"; a claim of another process is taken over only after the ref has not moved for the whole silence that this claim
//! names, by the clock of this machine that cannot be set.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use crate::fault_point;
use crate::git::{GitError, SharedRef};
use crate::state::{ClaimError, Holder, LockedStore, Store};

use super::clock::Clock;
use super::contents::{Contents, Paths};
use super::copy::{CopyError, Known, Version, clear, copy};
use super::git_claim::{GitClaim, silence};
use super::head::{Head, HeldClaim};
use super::writer::RefWriter;

/// How often a version is fetched again that was replaced meanwhile.
const ATTEMPTS: usize = 20;

/// A ref of a remote in which a state lives.
#[derive(Debug)]
pub(crate) struct GitStore {
    /// As the configuration has it.
    shown: String,
    folder: PathBuf,
    remote: String,
    name: String,
    copy: TempDir,
    paths: Paths,
    read: Mutex<Read>,
}

/// What the private copy is of.
#[derive(Debug)]
enum Read {
    NotYet,
    Nothing,
    Version(Box<Version>),
}

/// What a waiting process has seen of another one's claim.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The version, and when it was first seen.
    seen: Option<(String, Clock)>,
    /// Whether its holder has written another one since.
    pub(crate) is_alive: bool,
}

/// How an attempt at the claim ended.
#[derive(Debug)]
pub(crate) enum Attempt {
    Claimed(Box<LockedStore>),
    /// Another process has it.
    Held(Box<Holder>),
    /// Another process was faster; the next attempt sees which.
    Raced,
}

impl GitStore {
    /// The store at a ref of a remote of the repository that the folder is in. Nothing is read yet.
    pub(crate) fn new(shown: &str, folder: &Path, remote: &str, name: &str) -> io::Result<Self> {
        let copy = tempfile::Builder::new().prefix("offersync-").tempdir()?;
        let paths = Paths::below(copy.path());
        let (shown, folder) = (shown.to_owned(), folder.to_owned());
        let read = Mutex::new(Read::NotYet);
        Ok(Self { shown, folder, remote: remote.to_owned(), name: name.to_owned(), copy, paths, read })
    }

    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The ref's full name.
    pub(crate) fn reference(&self) -> &str {
        &self.name
    }

    /// Where the private copy of the state is.
    pub(crate) fn state_path(&self) -> &Path {
        &self.paths.state
    }

    /// The private copy, as a session reads it. Read once: the whole command works with one version.
    pub(crate) fn store(&self) -> Result<Store, ClaimError> {
        let mut read = self.lock();
        if matches!(*read, Read::NotYet) {
            *read = self.fetch(&self.open()?, None)?;
        }
        Ok(self.files())
    }

    /// The head of the version that the private copy is of; none where the store has nothing.
    pub(crate) fn head(&self) -> Result<Option<Head>, ClaimError> {
        self.store()?;
        Ok(self.lock().head().cloned())
    }

    /// Tries to take the claim. A holder that is silent is waited for by calling this again and again with the same watch. `request` is the
    /// longest time that a request to CAKE may take.
    pub(crate) fn attempt(&self, watch: &mut Watch, me: Holder, request: Duration) -> Result<Attempt, ClaimError> {
        let shared = self.open()?;
        let mut read = self.lock();
        // Before the store is read: what is read then was the newest until after this moment.
        let now = Clock::now();
        let before = std::mem::replace(&mut *read, Read::NotYet);
        *read = self.fetch(&shared, Some(&before))?;
        let (at, epoch, contents, known) = match &*read {
            Read::NotYet | Read::Nothing => (None, 0, Contents::default(), Known::new()),
            Read::Version(version) => {
                if let Some(held) = &version.head.claim
                    && !watch.is_silent(&version.commit, held, now)
                {
                    return Ok(Attempt::Held(Box::new(held.holder.clone())));
                }
                let Version { commit, head, contents, known } = (**version).clone();
                (Some(commit), head.epoch, contents, known)
            }
        };
        let held = (epoch + 1, HeldClaim::new(me, silence(request)));
        let writer = RefWriter::new(shared, at);
        let changed = read.head().and_then(|head| head.changed.clone());
        let mut claim =
            GitClaim::new(self.shown.clone(), self.paths.clone(), writer, (held, changed), (contents, known));
        if claim.take()? {
            return Ok(Attempt::Claimed(Box::new(LockedStore::claimed(self.files(), Box::new(claim)))));
        }
        Ok(Attempt::Raced)
    }

    /// The session's files. They go with this value.
    fn files(&self) -> Store {
        Store::new(&self.paths.state).shown_as(&self.shown)
    }

    fn open(&self) -> Result<SharedRef, ClaimError> {
        SharedRef::open(&self.folder, &self.remote, &self.name, self.copy.path()).map_err(|error| self.unread(&error))
    }

    fn fetch(&self, shared: &SharedRef, before: Option<&Read>) -> Result<Read, ClaimError> {
        for _ in 0..ATTEMPTS {
            fault_point::reach("store.before-read").map_err(|error| self.not_copied(&error))?;
            let Some(tip) = shared.tip().map_err(|error| self.unread(&error))? else {
                clear(&self.paths).map_err(|error| self.not_copied(&error))?;
                return Ok(Read::Nothing);
            };
            if let Some(Read::Version(version)) = before.filter(|read| read.is_of(&tip)) {
                return Ok(Read::Version(version.clone()));
            }
            if shared.fetch(&tip).map_err(|error| self.unread(&error))? {
                let version = copy(shared, &tip, &self.paths).map_err(|error| match error {
                    CopyError::Git(error) => self.unread(&error),
                    CopyError::Foreign(reason) => ClaimError::Foreign { store: self.shown.clone(), reason },
                    CopyError::Disk(error) => self.not_copied(&error),
                })?;
                return Ok(Read::Version(Box::new(version)));
            }
        }
        let reason = "it changes faster than it can be read".to_owned();
        Err(ClaimError::Unread { store: self.shown.clone(), reason })
    }

    fn unread(&self, error: &GitError) -> ClaimError {
        ClaimError::Unread { store: self.shown.clone(), reason: error.to_string() }
    }

    fn not_copied(&self, error: &io::Error) -> ClaimError {
        ClaimError::Copy { store: self.shown.clone(), reason: error.to_string() }
    }

    fn lock(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read {
    fn head(&self) -> Option<&Head> {
        match self {
            Self::Version(version) => Some(&version.head),
            Self::NotYet | Self::Nothing => None,
        }
    }

    fn is_of(&self, commit: &str) -> bool {
        matches!(self, Self::Version(version) if version.commit == commit)
    }
}

impl Watch {
    /// Whether the version has been there for so long that its holder can have nothing under way. `now` is from before it was read.
    fn is_silent(&mut self, commit: &str, held: &HeldClaim, now: Clock) -> bool {
        match &self.seen {
            Some((seen, since)) if seen == commit => since.until(now) > held.silence(),
            seen => {
                self.is_alive |= seen.is_some();
                self.seen = Some((commit.to_owned(), Clock::now()));
                false
            }
        }
    }
}
