//! The journal: every intent before its request is sent, and every outcome, each on disk before the caller continues.
//!
//! Owns the only way to a [`DurableIntent`], without which no request can be sent, and the meaning of a journal that an
//! interrupted run left behind ([`replay()`]). Invariant: an intent is synced before its token exists, an outcome before its
//! caller goes on.

mod creates;
mod entry;
mod error;
mod line;
mod lost_updates;
mod made;
mod reconcile;
mod rename_history;
mod replay;
mod sharing;
mod state_change;
mod updates;
mod validate;
mod writer;
mod written;

#[cfg(test)]
mod evidence_tests;
#[cfg(test)]
mod histories;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod replaced_tests;
#[cfg(test)]
mod status_word_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tries;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::oneshot;

pub(super) use creates::date_creates;
pub use entry::{JournalEntry, JournalHeader};
#[cfg(test)]
use error::InvalidEntry;
pub use error::JournalError;
pub use line::{JournalContents, JournalParseError, JournalParseErrorKind, read_journal};
pub(in crate::state) use made::Made;
pub use reconcile::reconcile;
pub use replay::{ReplayError, replay};

use crate::offer::{Baselines, Fields, Key, OfferId, Operation, Recorded, Request, StateChange, WriteOutcome};
use crate::state::claim::{Claim, ClaimError, Validity};
use validate::PendingState;
pub(super) use writer::ReplacementTrial;
use writer::WriterThread;
pub(super) use written::Written;

/// An intent that is on disk: the permission to send its request, and to repeat it if that is safe.
///
/// Made only by [`Journal::intend`] and consumed by [`Journal::outcome`]. Dropping it leaves its write in doubt.
#[derive(Debug)]
#[must_use = "an intent without an outcome is a write in doubt"]
pub struct DurableIntent {
    number: u64,
    operation: Operation,
    /// What is recorded of the offer that an update changes.
    recorded: Option<Fields>,
    validity: Option<Arc<dyn Validity>>,
}

impl DurableIntent {
    #[cfg(test)]
    pub(in crate::state) fn number(&self) -> u64 {
        self.number
    }

    /// The same, with the name and the advertiser that CAKE showed of the offer, where the record has none.
    pub fn with_identity(mut self, shown: Option<&Fields>) -> Self {
        for (field, value) in shown.into_iter().flat_map(Fields::iter) {
            let recorded = self.recorded.get_or_insert_default();
            if recorded.get(field).is_none() {
                recorded.set(field, value.clone());
            }
        }
        self
    }

    /// Fails where the claim under which it was written may have been taken over. Asked right before each request.
    pub fn check(&self) -> Result<(), ClaimError> {
        self.validity.as_ref().map_or(Ok(()), |validity| validity.check())
    }

    /// The request that may be sent.
    pub fn request(&self) -> Request<'_> {
        self.operation.request(self.recorded.as_ref())
    }
}

/// The journal of a session, open for writing. Shared by all requests in flight.
#[derive(Debug)]
pub struct Journal {
    state: Mutex<JournalState>,
    writer: WriterThread,
    validity: Option<Arc<dyn Validity>>,
    has_rhythm: bool,
}

/// What is recorded, and from the first entry on the replay of the entries over it.
#[derive(Debug)]
struct JournalState {
    published: Arc<Recorded>,
    pending: Option<PendingState>,
    last_number: u64,
    /// Whether an entry was handed over since the journal was last empty.
    has_entries: bool,
    /// That of the header.
    nonce: String,
    made: Made,
}

impl JournalState {
    fn pending(&mut self) -> &mut PendingState {
        self.has_entries = true;
        self.pending.get_or_insert_with(|| PendingState::over(Recorded::clone(&self.published), self.last_number))
    }
}

impl Journal {
    /// The first entry is written only if `is_replaceable` says that the state can be replaced at the end.
    pub(super) fn start(
        path: &Path,
        header: JournalHeader,
        recorded: Arc<Recorded>,
        is_replaceable: ReplacementTrial,
        made: Made,
        claim: Box<dyn Claim>,
    ) -> io::Result<Self> {
        let state = JournalState {
            published: recorded,
            pending: None,
            last_number: 0,
            has_entries: false,
            nonce: header.nonce.clone(),
            made,
        };
        let state = Mutex::new(state);
        let (validity, has_rhythm) = (claim.validity(), claim.rhythm().is_some());
        Ok(Self { state, writer: WriterThread::start(path, header, is_replaceable, claim)?, validity, has_rhythm })
    }

    /// How many actions may be begun before their requests are sent, for so many that are in flight. Where a write of the journal takes a
    /// second, the intents of a whole plan are written together.
    pub fn lookahead(&self, usual: usize) -> usize {
        if self.has_rhythm { usize::MAX } else { usual }
    }

    /// Records that a request is about to be sent. The entry is on disk when this returns.
    pub async fn intend(&self, key: Key, operation: Operation) -> Result<DurableIntent, JournalError> {
        let (number, recorded, written) = {
            // Under the lock until the line is handed over, so that the journal has the order in which the state changed.
            let mut state = self.lock_state();
            let recorded = state.pending().fields_before(&operation);
            let entry = state.pending().intend(&key, &operation)?;
            state.made.add(&entry);
            let JournalEntry::Intent { number, .. } = entry else { return Err(JournalError::Closed) };
            (number, recorded, self.writer.append(&[entry]))
        };
        match durable(written).await {
            Ok(()) => Ok(DurableIntent { number, operation, recorded, validity: self.validity.clone() }),
            Err(error) => {
                let outcome = WriteOutcome::NotSent { message: error.to_string() };
                // If the session has published since, the intent is closed and there is nothing to undo.
                drop(self.lock_state().pending().outcome(number, outcome));
                Err(error)
            }
        }
    }

    /// Records the outcome of a request. The entry is on disk when this returns.
    ///
    /// Returns the outcome as it is recorded: a create that CAKE answered with an id that is recorded already is in doubt.
    /// If the disk refuses, the outcome is kept in memory: it is part of what [`Session::publish`] saves.
    ///
    /// [`Session::publish`]: crate::state::Session::publish
    pub async fn outcome(&self, intent: DurableIntent, outcome: WriteOutcome) -> Result<WriteOutcome, JournalError> {
        let (outcome, written) = {
            let mut state = self.lock_state();
            let entry = state.pending().outcome(intent.number, outcome)?;
            state.made.add(&entry);
            let written = self.writer.append(std::slice::from_ref(&entry));
            let JournalEntry::Outcome { outcome, .. } = entry else { return Err(JournalError::Closed) };
            (outcome, written)
        };
        durable(written).await.map(|()| outcome)
    }

    /// The offers that creates are known to have made, in this session or in the interrupted one that it continues.
    pub fn made(&self) -> BTreeSet<OfferId> {
        self.lock_state().made.offers().clone()
    }

    /// Records what CAKE held before the creates that follow. Without it, a create in doubt is for a person to resolve.
    pub async fn record_baselines(&self, baselines: Baselines) -> Result<(), JournalError> {
        let written = {
            let mut state = self.lock_state();
            let entry = state.pending().record_baselines(baselines)?;
            self.writer.append(&[entry])
        };
        durable(written).await
    }

    /// Records changes that need no request, all with one sync; the first that is invalid stops those after it.
    pub async fn change_state(&self, changes: Vec<StateChange>) -> Result<(), JournalError> {
        let (invalid, written) = {
            let mut state = self.lock_state();
            let mut entries = Vec::with_capacity(changes.len());
            let mut invalid = Ok(());
            for change in changes {
                match state.pending().change_state(change) {
                    Ok(entry) => entries.push(entry),
                    Err(error) => {
                        invalid = Err(error);
                        break;
                    }
                }
            }
            if entries.is_empty() {
                return invalid;
            }
            for entry in &entries {
                state.made.add(entry);
            }
            (invalid, self.writer.append(&entries))
        };
        durable(written).await.and(invalid)
    }

    /// What is recorded by now. A write that is still in flight is in doubt from here on, and takes no outcome; it counts as sent
    /// at `found_at`.
    pub(super) fn settle(&self, found_at: Timestamp) -> Result<Arc<Recorded>, ReplayError> {
        let mut state = self.lock_state();
        if let Some(pending) = state.pending.take() {
            let (mut recorded, written, last_number) = pending.finish(found_at)?;
            recorded.supersede(&[&state.published], &state.nonce);
            recorded.count_writes(&state.published, &written.offers(), &state.nonce);
            state.last_number = last_number;
            state.published = Arc::new(recorded);
        }
        Ok(Arc::clone(&state.published))
    }

    /// Whether there may be something to publish.
    pub(super) fn has_entries(&self) -> bool {
        self.lock_state().has_entries
    }

    /// Empties the journal after its entries were published.
    pub(super) fn restart(&self, header: JournalHeader) -> Result<(), JournalError> {
        let nonce = header.nonce.clone();
        self.writer.restart(header)?;
        let mut state = self.lock_state();
        (state.has_entries, state.nonce) = (false, nonce);
        Ok(())
    }

    fn lock_state(&self) -> MutexGuard<'_, JournalState> {
        // A panic elsewhere leaves a consistent state: each entry is applied whole or not at all.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn durable(
    written: Result<oneshot::Receiver<Result<(), JournalError>>, JournalError>,
) -> Result<(), JournalError> {
    written?.await.map_err(|_| JournalError::Closed)?
}
