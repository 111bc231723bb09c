//! A store that several machines see.
//!
//! Owns reading it into a private copy, and who may take its claim. Invariants: where the store does not answer, that is an error and never
//! "nothing is recorded"; a claim of another process is taken over only after the store has stayed at one version for the whole silence that
//! this claim names, by the clock of this machine that cannot be set.

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use crate::fault_point;
use crate::state::{ClaimError, Holder, LockedStore, Store};

use super::clock::Clock;
use super::contents::{Contents, Paths};
use super::copy::{CopyError, Known, Version, clear, copy};
use super::failure;
use super::head::{Head, HeldClaim};
use super::home::{Home, HomeError, Kind};
use super::place::Place;
use super::shared_claim::{SharedClaim, silence};
use super::writer::VersionWriter;

/// How often a version is read again that was replaced meanwhile.
const ATTEMPTS: usize = 20;

/// A shared store in which a state lives.
#[derive(Debug)]
pub(crate) struct SharedStore {
    /// As the configuration has it.
    shown: String,
    place: Place,
    home: OnceLock<Arc<dyn Home>>,
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

impl SharedStore {
    /// The store at a place. Nothing is read yet.
    pub(crate) fn new(shown: &str, place: Place) -> io::Result<Self> {
        let copy = tempfile::Builder::new().prefix("offersync-").tempdir()?;
        let paths = Paths::below(copy.path());
        let (home, read) = (OnceLock::new(), Mutex::new(Read::NotYet));
        Ok(Self { shown: shown.to_owned(), place, home, copy, paths, read })
    }

    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The name of the ref or of the object that is at the present version.
    pub(crate) fn reference(&self) -> String {
        self.place.name()
    }

    /// Where the private copy of the state is.
    pub(crate) fn state_path(&self) -> &Path {
        &self.paths.state
    }

    /// The private copy, as a session reads it. Read once: the whole command works with one version.
    pub(crate) fn store(&self) -> Result<Store, ClaimError> {
        let mut read = self.lock();
        if matches!(*read, Read::NotYet) {
            *read = self.fetch(&**self.home()?, None)?;
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
        let home = Arc::clone(self.home()?);
        let mut read = self.lock();
        // Before the store is read: what is read then was the newest until after this moment.
        let now = Clock::now();
        let before = std::mem::replace(&mut *read, Read::NotYet);
        *read = self.fetch(&*home, Some(&before))?;
        let (at, epoch, contents, known) = match &*read {
            Read::NotYet | Read::Nothing => (None, 0, Contents::default(), Known::new()),
            Read::Version(version) => {
                if let Some(held) = &version.head.claim
                    && !watch.is_silent(&version.id, held, now)
                {
                    return Ok(Attempt::Held(Box::new(held.holder.clone())));
                }
                let Version { id, head, contents, known } = (**version).clone();
                (Some(id), head.epoch, contents, known)
            }
        };
        let held = (epoch + 1, HeldClaim::new(me, silence(request)));
        let writer = VersionWriter::new(home, at);
        let changed = read.head().and_then(|head| head.changed.clone());
        let mut claim =
            SharedClaim::new(self.shown.clone(), self.paths.clone(), writer, (held, changed), (contents, known));
        if claim.take()? {
            return Ok(Attempt::Claimed(Box::new(LockedStore::claimed(self.files(), Box::new(claim)))));
        }
        Ok(Attempt::Raced)
    }

    /// The session's files. They go with this value.
    fn files(&self) -> Store {
        Store::new(&self.paths.state).shown_as(&self.shown)
    }

    fn home(&self) -> Result<&Arc<dyn Home>, ClaimError> {
        if let Some(home) = self.home.get() {
            return Ok(home);
        }
        let opened = self.place.open(self.copy.path()).map_err(|error| failure::unread(&self.shown, error))?;
        Ok(self.home.get_or_init(|| opened))
    }

    fn fetch(&self, home: &dyn Home, before: Option<&Read>) -> Result<Read, ClaimError> {
        let mut gone: Option<(String, HomeError)> = None;
        for _ in 0..ATTEMPTS {
            fault_point::reach("store.before-read").map_err(|error| failure::not_copied(&self.shown, &error))?;
            let Some(tip) = home.tip().map_err(|error| failure::unread(&self.shown, error))? else {
                clear(&self.paths).map_err(|error| failure::not_copied(&self.shown, &error))?;
                return Ok(Read::Nothing);
            };
            if let Some(Read::Version(version)) = before.filter(|read| read.is_of(&tip)) {
                return Ok(Read::Version(version.clone()));
            }
            match gone {
                // Its version is still the present one.
                Some((of, error)) if of == tip => return Err(failure::unread(&self.shown, error)),
                _ => gone = None,
            }
            let found = home.version(&tip).map_err(|error| failure::unread(&self.shown, error))?;
            let Some(found) = found else { continue };
            match copy(home, &tip, found, &self.paths) {
                Ok(version) => return Ok(Read::Version(Box::new(version))),
                Err(CopyError::Home(error)) if error.kind == Kind::Gone => gone = Some((tip, error)),
                Err(error) => return Err(failure::not_read(&self.shown, error)),
            }
        }
        let reason = "it changes faster than it can be read";
        Err(failure::unread(&self.shown, HomeError::new(Kind::Unclear, reason)))
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

    fn is_of(&self, id: &str) -> bool {
        matches!(self, Self::Version(version) if version.id == id)
    }
}

impl Watch {
    /// Whether the version has been there for so long that its holder can have nothing under way. `now` is from before it was read.
    fn is_silent(&mut self, id: &str, held: &HeldClaim, now: Clock) -> bool {
        match &self.seen {
            Some((seen, since)) if seen == id => since.until(now) > held.silence(),
            seen => {
                self.is_alive |= seen.is_some();
                self.seen = Some((id.to_owned(), Clock::now()));
                false
            }
        }
    }
}
