//! The claim of a shared store: writes the session's files there.
//!
//! Invariants: every version that it makes is built on its own last one, so that after a takeover none of them comes there; the files of the
//! session are read, never written; a piece that a version of this claim has replaced is never named again, so that it can be removed, however
//! late that is done.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::fault_point::shortened;
use crate::state::{Claim, ClaimError, Holder, Rhythm, Validity};

use super::clock::Clock;
use super::contents::{Contents, Paths};
use super::copy::Known;
use super::failure;
use super::head::{Head, HeldClaim};
use super::home::{HomeError, Kind};
use super::pieces;
use super::standing::Standing;
use super::writer::{NotWritten, VersionWriter};

/// The age of a claim at which nothing more is sent: two renewals may fail.
const LIMIT: Duration = Duration::from_mins(1);

/// What is added for a request that is written slowly, and for clocks that differ.
const MARGIN: Duration = Duration::from_secs(30);

/// The silence after which no request of a holder can still be under way, where one may take so long.
pub(super) fn silence(request: Duration) -> Duration {
    shortened(LIMIT + MARGIN) + shortened(request)
}

/// A claim that this process has.
#[derive(Debug)]
pub(super) struct SharedClaim {
    store: String,
    paths: Paths,
    writer: VersionWriter,
    epoch: u64,
    held: HeldClaim,
    /// When the state last became another one.
    changed: Option<String>,
    contents: Contents,
    known: Known,
    /// What no version has any more.
    replaced: Vec<String>,
    standing: Standing,
    is_taken: bool,
}

impl SharedClaim {
    /// The claim, before it is taken: over the version that the private copy is of.
    pub(super) fn new(
        store: String,
        paths: Paths,
        writer: VersionWriter,
        ((epoch, held), changed): ((u64, HeldClaim), Option<String>),
        (contents, known): (Contents, Known),
    ) -> Self {
        let standing = Standing::new(&store, shortened(LIMIT), Clock::now());
        let (replaced, is_taken) = (Vec::new(), false);
        Self { store, paths, writer, epoch, held, changed, contents, known, replaced, standing, is_taken }
    }

    /// Takes it. Returns whether no other process was faster.
    pub(super) fn take(&mut self) -> Result<bool, ClaimError> {
        self.writer.home.probe().map_err(|error| failure::unwritten(&self.store, error))?;
        // From now on it is there: a journal that is gone is not taken for an empty one.
        let journal = fs::OpenOptions::new().create(true).append(true).open(&self.paths.journal);
        journal.map_err(|error| failure::not_copied(&self.store, &error))?;
        match self.write(self.contents.clone(), Some(self.held.clone())) {
            Ok(()) => {
                self.is_taken = true;
                self.is_shown()?;
                Ok(true)
            }
            Err(ClaimError::TakenOver { .. } | ClaimError::Removed { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Fails where the home does not show what was written to it: another machine would read an older state, or none.
    fn is_shown(&self) -> Result<(), ClaimError> {
        let shown = self.writer.home.tip().map_err(|error| failure::unwritten(&self.store, error))?;
        if shown.is_some() && shown.as_deref() == self.writer.at() {
            return Ok(());
        }
        let reason = "it does not show what was written to it: look at the `pushurl` of a git remote and at `uploadpack.hideRefs` of its \
                      server, and at what lies between this machine and an object store and keeps copies";
        Err(failure::unwritten(&self.store, HomeError::new(Kind::Refused, reason)))
    }

    /// Writes a version with these contents.
    fn write(&mut self, contents: Contents, claim: Option<HeldClaim>) -> Result<(), ClaimError> {
        let began = Clock::now();
        let head = Head::new(self.epoch, claim, self.changed.clone());
        let prepared = self.writer.home.prepare(&head, &contents);
        let prepared = prepared.map_err(|error| failure::unwritten(&self.store, error))?;
        match self.writer.write(&prepared) {
            Ok(()) => {
                self.standing.renew(began);
                self.put_in_place(contents);
                Ok(())
            }
            Err(NotWritten::Unknown(error)) => Err(failure::unwritten(&self.store, error)),
            Err(NotWritten::Other(tip)) => {
                let store = self.store.clone();
                let lost = match tip {
                    None => ClaimError::Removed { store },
                    Some(tip) => ClaimError::TakenOver { store, holder: self.holder_of(&tip) },
                };
                self.standing.lose(&lost);
                Err(lost)
            }
        }
    }

    fn put_in_place(&mut self, contents: Contents) {
        let present = contents.pieces();
        let gone = self.contents.pieces().into_iter().filter(|piece| !present.contains(piece)).map(str::to_owned);
        self.replaced.extend(gone);
        self.known.retain(|_, piece| present.contains(piece.as_str()));
        self.contents = contents;
    }

    /// Who has the claim now, if that can be read.
    fn holder_of(&self, tip: &str) -> Option<Box<Holder>> {
        let found = self.writer.home.version(tip).ok()??;
        let head = Head::parse(&found.head).ok()?;
        head.claim.map(|claim| Box::new(claim.holder))
    }

    /// The contents with the journal as it is by now.
    fn with_journal(&mut self) -> Result<Contents, ClaimError> {
        let bytes = self.file(&self.paths.journal)?;
        let journal = self.written(&pieces::of_journal(&bytes))?;
        Ok(Contents { journal, state: self.contents.state.clone() })
    }

    /// The names of pieces, of which the home gets those that the present version does not have.
    fn written(&mut self, pieces: &[&[u8]]) -> Result<Vec<String>, ClaimError> {
        let digests: Vec<_> = pieces.iter().map(|piece| blake3::hash(piece)).collect();
        let missing: Vec<usize> = (0..pieces.len()).filter(|at| !self.known.contains_key(&digests[*at])).collect();
        let bytes: Vec<&[u8]> = missing.iter().map(|at| pieces[*at]).collect();
        let names = self.writer.home.write(&bytes).map_err(|error| failure::unwritten(&self.store, error))?;
        self.known.extend(missing.into_iter().map(|at| digests[at]).zip(names));
        Ok(digests.iter().filter_map(|digest| self.known.get(digest).cloned()).collect())
    }

    /// The state's bytes; none before the first offer, where an interrupted apply has left a journal without a write.
    fn state(&self) -> Result<Vec<u8>, ClaimError> {
        match fs::read(&self.paths.state) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.contents.state.is_empty() => Ok(Vec::new()),
            read => read.map_err(|error| failure::not_copied(&self.store, &error)),
        }
    }

    fn file(&self, path: &Path) -> Result<Vec<u8>, ClaimError> {
        let read = fs::read(path);
        read.map_err(|error: io::Error| failure::not_copied(&self.store, &error))
    }
}

impl Claim for SharedClaim {
    fn rhythm(&self) -> Option<Rhythm> {
        Some(self.writer.home.rhythm())
    }

    fn append(&mut self) -> Result<(), ClaimError> {
        let contents = self.with_journal()?;
        self.write(contents, Some(self.held.clone()))
    }

    fn publish(&mut self) -> Result<(), ClaimError> {
        let state = self.state()?;
        let state = self.written(&pieces::of_state(&state))?;
        if state != self.contents.state {
            self.changed = Some(jiff::Timestamp::now().to_string());
        }
        // Nothing of the old version is given up before the store has the new one.
        self.write(Contents { journal: Vec::new(), state }, Some(self.held.clone()))
    }

    fn validity(&self) -> Option<Arc<dyn Validity>> {
        Some(Arc::new(self.standing.clone()))
    }
}

impl Drop for SharedClaim {
    fn drop(&mut self) {
        if !self.is_taken || self.standing.is_lost() {
            return;
        }
        // Outcomes that wait for the next version go along, where the state could not be published.
        match self.with_journal().and_then(|contents| self.write(contents, None)) {
            Ok(()) => self.writer.home.remove(std::mem::take(&mut self.replaced)),
            Err(error) => tracing::warn!(%error, "the claim was not given back; it ends by silence"),
        }
    }
}
