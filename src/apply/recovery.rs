//! Looks in CAKE's listing for what writes in doubt have done, and records what is certain. Never sends a write.
//!
//! Owns the order of looks and waits. The invariant: nothing counts as not done before CAKE can no longer be working on it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cake::{ReadFailure, Reader};
use crate::offer::{Contradiction, FieldSet, Fields, Key, OfferId, Recorded, StateChange};
use crate::state::{Journal, JournalError};

use super::confirmation::Unconfirmed;
use super::event::{Event, Observer};
use super::listing::{CompleteListing, Purpose, Scope, is_not_active};
use super::lost_updates::{UpdateFinding, UpdateInDoubt};
use super::matching::{FoundOffer, LookupResult, Undecided, look_up_all};
use super::settling::Settling;
use super::waiting::{DoneUpdate, ended_by};

/// Looks for the effects of writes in doubt.
pub struct Recovery<'a> {
    /// The journal for the findings.
    pub journal: &'a Journal,
    /// The reader of the client.
    pub reader: &'a Reader,
    /// When a listing proves something.
    pub settling: Settling,
    /// Whether an offer is taken over that no reply named.
    pub adopts: bool,
    /// Ends waiting.
    pub stop: &'a CancellationToken,
    /// Receives the progress events.
    pub observer: &'a dyn Observer,
}

impl std::fmt::Debug for Recovery<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recovery").field("settling", &self.settling).finish_non_exhaustive()
    }
}

/// The result of the recovery.
#[derive(Debug, Default)]
pub struct RecoverySummary {
    /// Creates that had made an offer: it is recorded now.
    pub found: BTreeMap<Key, Found>,
    /// Creates that had made nothing: the next apply may send them.
    pub absent: BTreeSet<Key>,
    /// Creates of which the listing proves nothing.
    pub undecided: BTreeMap<Key, Undecided>,
    /// What the updates have done, by offer: a key has several where it has replaced offers.
    pub updates: BTreeMap<OfferId, UpdateFinding>,
    /// Updates that CAKE had accepted, and has done.
    pub done: Vec<DoneUpdate>,
    /// Retired and replaced offers that are active again.
    pub reactivated: Vec<(Key, OfferId)>,
    /// New offers that could not be told from others.
    pub unconfirmed: Unconfirmed,
    /// Why the listing could not be read.
    pub lookup_error: Option<ReadFailure>,
}

/// The offer that a create in doubt had made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub offer_id: OfferId,
    /// What CAKE shows otherwise than it was sent.
    pub contradictions: Vec<Contradiction>,
    /// What CAKE does not show: it is recorded as it was sent.
    pub not_shown: FieldSet,
    /// Whether the reply named it.
    pub is_named: bool,
}

/// Whether CAKE may still have been working on the requests when it was looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It may: what is shown proves something, what is not shown proves nothing.
    Early,
    Final,
}

impl Proof {
    fn of(self, result: LookupResult) -> LookupResult {
        match (self, result) {
            (Self::Early, LookupResult::NotShown) => LookupResult::Undecided(Undecided::TooEarly),
            (_, result) => result,
        }
    }
}

/// The first pause between two looks is this part of the whole wait; the next ones double.
const PAUSES: u32 = 16;

/// A look takes longer than this.
const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// What a look found: of creates by key, of updates by offer.
type Findings = (BTreeMap<Key, LookupResult>, BTreeMap<OfferId, (UpdateFinding, Fields)>);

impl Recovery<'_> {
    /// Looks for every create in doubt, and at the offers of these updates, and records what is certain.
    pub async fn look(
        &self,
        recorded: &Recorded,
        updates: &[UpdateInDoubt<'_>],
    ) -> Result<RecoverySummary, JournalError> {
        let mut summary = RecoverySummary::default();
        if recorded.in_doubt.is_empty() && updates.is_empty() {
            return Ok(summary);
        }
        match self.look_up(recorded, updates).await {
            Err(failure) => summary.lookup_error = Some(failure),
            Ok(((creates, findings), proof)) => {
                let mut changes = Vec::new();
                for (key, result) in creates {
                    let result = if self.adopts { result } else { result.only_named(recorded.in_doubt.get(&key)) };
                    changes.extend(summary.take_create(key, proof.of(result), recorded));
                }
                for update in updates {
                    let Some((offer_id, (finding, shown))) = found_of(update, &findings) else { continue };
                    changes.extend(update.settled(finding, shown, proof));
                    changes.extend(ended_by(recorded, offer_id, shown));
                    if proof == Proof::Final || update.is_done_early(finding) {
                        summary.updates.insert(offer_id, finding.clone());
                    }
                }
                if !changes.is_empty() {
                    self.journal.change_state(changes).await?;
                }
            }
        }
        Ok(summary)
    }

    /// Most writes have taken effect by now, so the first look comes at once. What it does not decide is looked for again, at last
    /// when CAKE can no longer be working on it.
    async fn look_up(
        &self,
        recorded: &Recorded,
        updates: &[UpdateInDoubt<'_>],
    ) -> Result<(Findings, Proof), ReadFailure> {
        let until_proof = self.until_proof(recorded, updates);
        let end = Instant::now() + until_proof;
        let mut pause = (until_proof / PAUSES).max(SHORTEST_PAUSE);
        let mut is_first = true;
        loop {
            let is_last = Instant::now() >= end;
            let found = self.look_once(recorded, updates).await;
            if is_last || !may_change(&found, updates) {
                return found.map(|found| (found, if is_last { Proof::Final } else { Proof::Early }));
            }
            if std::mem::take(&mut is_first) {
                let is_answered = updates.is_empty() && recorded.in_doubt.values().all(|doubt| doubt.named.is_some());
                let reason = if is_answered {
                    "CAKE's list does not show a new offer yet"
                } else {
                    "CAKE may still be working on requests whose replies were lost"
                };
                let reason = reason.to_owned();
                self.observer.notice(&Event::Settling { wait: until_proof, reason });
            }
            let next = (Instant::now() + pause).min(end);
            pause = pause.saturating_mul(2);
            if self.stop.run_until_cancelled(tokio::time::sleep_until(next)).await.is_none() {
                return found.map(|found| (found, Proof::Early));
            }
        }
    }

    async fn look_once(&self, recorded: &Recorded, updates: &[UpdateInDoubt<'_>]) -> Result<Findings, ReadFailure> {
        let creates = recorded.in_doubt.values().map(|doubt| doubt.request.offer.fields());
        let changed = updates.iter().filter_map(|update| recorded.offers.get(update.key)).map(|record| &record.fields);
        let scope = Scope::of(creates.chain(changed));
        let any_status = recorded.in_doubt.values().any(|doubt| is_not_active(doubt.request.offer.fields()));
        // That an offer is not listed which CAKE says it has made proves nothing.
        let is_named = recorded.in_doubt.values().all(|doubt| doubt.named.is_some());
        let purpose = if is_named && !any_status { Purpose::Records } else { Purpose::Absence { any_status } };
        let listing = CompleteListing::read(self.reader, &scope, recorded, purpose, self.observer).await?;
        let finding = |update: &UpdateInDoubt<'_>| Some((update.offer_id()?, update.finding(recorded, &listing)?));
        Ok((look_up_all(recorded, &self.journal.made(), &listing), updates.iter().filter_map(finding).collect()))
    }

    fn until_proof(&self, recorded: &Recorded, updates: &[UpdateInDoubt<'_>]) -> Duration {
        let creates = recorded.in_doubt.values().map(|doubt| match doubt.named {
            Some(_) => self.settling.until_listed(doubt.sent_at),
            None => self.settling.until_proof(doubt.sent_at),
        });
        let updates = updates.iter().map(|update| self.settling.until_proof(unsettled_since(update, recorded)));
        creates.chain(updates).max().unwrap_or_default()
    }
}

fn unsettled_since(update: &UpdateInDoubt<'_>, recorded: &Recorded) -> Option<Timestamp> {
    let record = recorded.offers.get(update.key)?;
    record.unsettled_of(update.offer_id()?).map(|unsettled| unsettled.sent_at)
}

/// The offer of an update, and what was found of it.
fn found_of<'f, T>(update: &UpdateInDoubt<'_>, findings: &'f BTreeMap<OfferId, T>) -> Option<(OfferId, &'f T)> {
    let offer_id = update.offer_id()?;
    Some((offer_id, findings.get(&offer_id)?))
}

/// Whether a later look may decide more.
fn may_change(found: &Result<Findings, ReadFailure>, updates: &[UpdateInDoubt<'_>]) -> bool {
    match found {
        Err(ReadFailure::KeyRefused { .. } | ReadFailure::NoListing { .. } | ReadFailure::Stopped) => false,
        Err(_) => true,
        Ok((creates, findings)) => {
            let is_open = |result: &LookupResult| {
                !matches!(result, LookupResult::Found(_) | LookupResult::Undecided(Undecided::NoBaseline))
            };
            creates.values().any(is_open)
                || updates.iter().any(|update| {
                    !found_of(update, findings).is_some_and(|(_, (finding, _))| update.is_done_early(finding))
                })
        }
    }
}

impl RecoverySummary {
    /// Nothing is looked for: every create in doubt waits for a person.
    pub fn not_looked(recorded: &Recorded) -> Self {
        let undecided = recorded.in_doubt.keys().map(|key| (key.clone(), Undecided::NotLooked)).collect();
        Self { undecided, ..Self::default() }
    }

    /// Whether an offer was found that CAKE shows otherwise than it was sent.
    pub fn is_contradicted(&self) -> bool {
        self.found.values().any(|found| !found.contradictions.is_empty())
    }

    /// Whether something was found out about an offer of the key that its record did not say.
    pub fn has_changed(&self, key: &Key) -> bool {
        let done = self.done.iter().map(|done| &done.key);
        done.chain(self.reactivated.iter().map(|(key, _)| key)).any(|changed| changed == key)
    }

    /// Whether there was nothing to look for.
    pub fn is_empty(&self) -> bool {
        let Self { found, absent, undecided, updates, done, reactivated, unconfirmed, lookup_error } = self;
        let nothing_found =
            found.is_empty() && absent.is_empty() && undecided.is_empty() && updates.is_empty() && done.is_empty();
        nothing_found && reactivated.is_empty() && unconfirmed.offers.is_empty() && lookup_error.is_none()
    }

    fn take_create(&mut self, key: Key, result: LookupResult, recorded: &Recorded) -> Option<StateChange> {
        match result {
            LookupResult::Found(found) => {
                let doubt = recorded.in_doubt.get(&key)?;
                let found = found.with_status_known(doubt);
                let sent = doubt.request.offer.fields().clone().without(doubt.request.ignored);
                let contradictions = found.contradictions(&sent);
                let is_shown = |field| found.shown.get(field).is_some() || found.unreadable.contains(field);
                let not_shown = sent.iter().map(|(field, _)| field).filter(|field| !is_shown(*field)).collect();
                let FoundOffer { offer_id, shown, unreadable } = found;
                let is_named = doubt.named == Some(offer_id);
                self.found.insert(key.clone(), Found { offer_id, contradictions, not_shown, is_named });
                Some(StateChange::ResolvedCreated { key, offer_id, shown, unreadable })
            }
            LookupResult::NotShown => {
                self.absent.insert(key.clone());
                Some(StateChange::ResolvedNotCreated { key })
            }
            LookupResult::Undecided(why) => {
                self.undecided.insert(key, why);
                None
            }
        }
    }
}
