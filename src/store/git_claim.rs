//! The claim of a store in git: writes the session's files to the ref.
//!
//! Invariants: every version that it makes is built on its own last one, so that after a takeover none of them comes there; the files of the
//! session are read, never written.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::fault_point::shortened;
use crate::git::GitError;
use crate::state::{Claim, ClaimError, Rhythm, Validity};

use super::clock::Clock;
use super::contents::{Contents, Entry, JOURNAL, Paths, STATE, name_of};
use super::copy::Known;
use super::head::{Head, HeldClaim};
use super::pieces;
use super::standing::Standing;
use super::writer::{NotMoved, RefWriter};

/// The longest time without a version. Three a minute, of the six that hosts advise.
const RENEWAL: Duration = Duration::from_secs(20);

/// The shortest time between two versions with intents: a replace has two, one after the other.
const GAP: Duration = Duration::from_secs(5);

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
pub(super) struct GitClaim {
    store: String,
    paths: Paths,
    writer: RefWriter,
    epoch: u64,
    held: HeldClaim,
    /// When the state last became another one.
    changed: Option<String>,
    contents: Contents,
    known: Known,
    standing: Standing,
    is_taken: bool,
}

impl GitClaim {
    /// The claim, before it is taken: over the version that the private copy is of.
    pub(super) fn new(
        store: String,
        paths: Paths,
        writer: RefWriter,
        ((epoch, held), changed): ((u64, HeldClaim), Option<String>),
        (contents, known): (Contents, Known),
    ) -> Self {
        let standing = Standing::new(&store, shortened(LIMIT), Clock::now());
        Self { store, paths, writer, epoch, held, changed, contents, known, standing, is_taken: false }
    }

    /// Takes it. Returns whether no other process was faster.
    pub(super) fn take(&mut self) -> Result<bool, ClaimError> {
        // From now on it is there: a journal that is gone is not taken for an empty one.
        let journal = fs::OpenOptions::new().create(true).append(true).open(&self.paths.journal);
        journal.map_err(|error| self.not_copied(&error))?;
        match self.write(Some(self.held.clone())) {
            Ok(()) => {
                self.is_taken = true;
                self.is_shown()?;
                Ok(true)
            }
            Err(ClaimError::TakenOver { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Fails where the remote does not show what was pushed to it: another clone would read an older state, or none.
    fn is_shown(&self) -> Result<(), ClaimError> {
        let shown = self.writer.shared.tip().map_err(|error| self.not_made(&error))?;
        if shown.is_some() && shown.as_deref() == self.writer.at() {
            return Ok(());
        }
        let reason = "the remote does not show what was pushed to it: look at its `pushurl`, and at `uploadpack.hideRefs` of the server";
        Err(ClaimError::Unwritten { store: self.store.clone(), reason: reason.to_owned() })
    }

    fn write(&mut self, claim: Option<HeldClaim>) -> Result<(), ClaimError> {
        let began = Clock::now();
        let commit = self.commit(claim)?;
        match self.writer.push(&commit) {
            Ok(()) => {
                self.standing.renew(began);
                Ok(())
            }
            Err(NotMoved::Unknown(reason)) => Err(ClaimError::Unwritten { store: self.store.clone(), reason }),
            Err(NotMoved::Other(tip)) => {
                let lost = ClaimError::TakenOver { store: self.store.clone(), holder: self.holder_of(tip) };
                self.standing.lose(&lost);
                Err(lost)
            }
        }
    }

    fn commit(&mut self, claim: Option<HeldClaim>) -> Result<String, ClaimError> {
        let head = Head::new(self.epoch, claim, self.changed.clone())
            .emit()
            .map_err(|error| self.not_copied(&error.into()))?;
        let pieces = vec![head];
        let object = self.objects(&pieces)?.pop().unwrap_or_default();
        let message = format!("offersync: state and journal, epoch {}", self.epoch);
        self.writer.shared.commit(&self.contents.with_head(object), &message).map_err(|error| self.not_made(&error))
    }

    /// Who has the claim now, if that can be read.
    fn holder_of(&self, tip: Option<String>) -> Option<Box<crate::state::Holder>> {
        let (shared, tip) = (&self.writer.shared, tip?);
        shared.fetch(&tip).ok().filter(|is_it| *is_it)?;
        let (_, object) = shared.files(&tip).ok()?.into_iter().find(|(name, _)| name == super::contents::HEAD)?;
        let mut head = None;
        shared.blobs(&[&object], |bytes| head = Head::parse(&bytes).ok()).ok()?;
        head?.claim.map(|claim| Box::new(claim.holder))
    }

    fn read_journal(&mut self) -> Result<(), ClaimError> {
        let journal = self.file(&self.paths.journal)?;
        self.contents.journal = self.entries(JOURNAL, &journal)?;
        Ok(())
    }

    /// A file in pieces, of which git gets those that it does not have.
    fn entries(&mut self, kind: &str, bytes: &[u8]) -> Result<Vec<Entry>, ClaimError> {
        let pieces = if kind == STATE { pieces::of_state(bytes) } else { pieces::of_journal(bytes) };
        let objects = self.objects(&pieces)?;
        Ok(objects.into_iter().enumerate().map(|(number, object)| (name_of(kind, number), object)).collect())
    }

    fn objects<B: AsRef<[u8]>>(&mut self, pieces: &[B]) -> Result<Vec<String>, ClaimError> {
        let digests: Vec<_> = pieces.iter().map(|piece| blake3::hash(piece.as_ref())).collect();
        let missing: Vec<usize> = (0..pieces.len()).filter(|at| !self.known.contains_key(&digests[*at])).collect();
        let files = missing.iter().enumerate().map(|(number, at)| self.piece_file(number, pieces[*at].as_ref()));
        let files = files.collect::<io::Result<Vec<_>>>().map_err(|error| self.not_copied(&error))?;
        let written = self.writer.shared.write(&files).map_err(|error| self.not_made(&error))?;
        self.known.extend(missing.into_iter().map(|at| digests[at]).zip(written));
        Ok(digests.iter().filter_map(|digest| self.known.get(digest).cloned()).collect())
    }

    fn piece_file(&self, number: usize, bytes: &[u8]) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.paths.pieces)?;
        let path = self.paths.pieces.join(number.to_string());
        fs::File::create(&path)?.write_all(bytes)?;
        Ok(path)
    }

    fn file(&self, path: &std::path::Path) -> Result<Vec<u8>, ClaimError> {
        fs::read(path).map_err(|error| self.not_copied(&error))
    }

    fn not_copied(&self, error: &io::Error) -> ClaimError {
        ClaimError::Copy { store: self.store.clone(), reason: error.to_string() }
    }

    fn not_made(&self, error: &GitError) -> ClaimError {
        ClaimError::Unwritten { store: self.store.clone(), reason: error.to_string() }
    }
}

impl Claim for GitClaim {
    fn rhythm(&self) -> Option<Rhythm> {
        Some(Rhythm { renewal: shortened(RENEWAL), gap: shortened(GAP) })
    }

    fn append(&mut self) -> Result<(), ClaimError> {
        self.read_journal()?;
        self.write(Some(self.held.clone()))
    }

    fn publish(&mut self) -> Result<(), ClaimError> {
        let state = self.file(&self.paths.state)?;
        let state = self.entries(STATE, &state)?;
        if state != self.contents.state {
            self.changed = Some(jiff::Timestamp::now().to_string());
        }
        let before = std::mem::replace(&mut self.contents, Contents { journal: Vec::new(), state });
        // Nothing of it is given up before the store has the other.
        self.write(Some(self.held.clone())).inspect_err(|_| self.contents = before)
    }

    fn validity(&self) -> Option<Arc<dyn Validity>> {
        Some(Arc::new(self.standing.clone()))
    }
}

impl Drop for GitClaim {
    fn drop(&mut self) {
        if !self.is_taken || self.standing.is_lost() {
            return;
        }
        // Outcomes that wait for the next version go along, where the state could not be published.
        if let Err(error) = self.read_journal().and_then(|()| self.write(None)) {
            tracing::warn!(%error, "the claim was not given back; it ends by silence");
        }
    }
}
