//! Brings the lines of a journal to the shared store that is the state's home.
//!
//! Owns when that happens: the first intents at once, later ones together after a gap, and everything else with them or when the claim is
//! renewed, because a write takes a second and a host allows some in a minute only. Knows neither the file nor the store. Invariants: an
//! intent is answered only after it is in the store; after a lost claim no intent is answered with success.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::error::JournalError;
use super::writer::Answer;
use crate::state::claim::{Claim, ClaimError, Rhythm};

/// The claim, and who waits for it.
pub(super) struct Sharing {
    claim: Box<dyn Claim>,
    rhythm: Option<Rhythm>,
    /// The callers whose intents are on this machine only.
    waiting: Vec<oneshot::Sender<Answer>>,
    /// Whether there are lines that are on this machine only, for which no caller waits.
    has_lines: bool,
    /// When the store was last written, or that was last tried.
    written: Instant,
    /// When intents were last written to the store.
    intents_written: Option<Instant>,
    /// Why the claim is lost.
    lost: Option<ClaimError>,
}

impl Sharing {
    pub(super) fn of(claim: Box<dyn Claim>) -> Self {
        let rhythm = claim.rhythm();
        Self {
            claim,
            rhythm,
            waiting: Vec::new(),
            has_lines: false,
            written: Instant::now(),
            intents_written: None,
            lost: None,
        }
    }

    pub(super) fn is_shared(&self) -> bool {
        self.rhythm.is_some()
    }

    /// How long until the store is to be written; `None` where there is none.
    pub(super) fn due(&self) -> Option<Duration> {
        let Rhythm { renewal, outcomes, gap } = self.rhythm?;
        if self.lost.is_some() && self.waiting.is_empty() {
            return None;
        }
        let longest = if self.has_lines { outcomes.min(renewal) } else { renewal };
        let renewed = longest.saturating_sub(self.written.elapsed());
        let intents = self.intents_written.map_or(Duration::ZERO, |written| gap.saturating_sub(written.elapsed()));
        Some(if self.waiting.is_empty() { renewed } else { intents.min(renewed) })
    }

    /// The caller is answered when the line is in the store.
    pub(super) fn wait(&mut self, answer: oneshot::Sender<Answer>) {
        self.waiting.push(answer);
    }

    /// Lines were written for which no caller waits.
    pub(super) fn note_lines(&mut self) {
        self.has_lines = true;
    }

    /// Writes all lines to the store. Intents that are not known to be there end the journal, with the reason.
    pub(super) fn share(&mut self, failed: &mut Option<JournalError>) {
        let written = self.write(|claim| claim.append());
        if self.waiting.is_empty() {
            // A renewal that did not succeed is tried again; until then the age of the claim stops new requests.
            return;
        }
        self.intents_written = Some(Instant::now());
        if let Err(error) = &written {
            failed.get_or_insert(error.clone());
        }
        self.answer(&written);
    }

    /// Publishes the state in the store. No caller waits after that: what has no outcome then is in doubt.
    pub(super) fn publish(&mut self) -> Answer {
        let published = self.write(|claim| claim.publish());
        self.answer(&published.clone().and(Err(JournalError::Closed)));
        published
    }

    fn write(&mut self, write: impl FnOnce(&mut dyn Claim) -> Result<(), ClaimError>) -> Answer {
        if let Some(lost) = &self.lost {
            return Err(JournalError::Claim(lost.clone()));
        }
        let written = write(&mut *self.claim);
        self.written = Instant::now();
        self.has_lines &= written.is_err();
        if let Err(lost @ (ClaimError::TakenOver { .. } | ClaimError::Removed { .. })) = &written {
            self.lost = Some(lost.clone());
        }
        written.map_err(JournalError::Claim)
    }

    fn answer(&mut self, answer: &Answer) {
        for caller in self.waiting.drain(..) {
            // The caller may have stopped waiting.
            drop(caller.send(answer.clone()));
        }
    }
}
