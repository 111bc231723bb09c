//! Looks in CAKE's listing for what writes in doubt have done, and records what is certain. Never sends a write.
//!
//! Owns the order of looks and waits. The invariant: nothing counts as not done before CAKE can no longer be working on it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::cake::{ObservedOffer, ReadFailure, Reader};
use crate::offer::{
    Contradiction, Field, Fields, Key, OfferId, Operation, Record, Recorded, Request, StateChange, Update, similar_name,
};
use crate::state::{Journal, JournalError};

use super::event::Observer;
use super::listing::{CompleteListing, Scope};
use super::matching::{FoundOffer, LookupResult, Undecided, look_up_all};
use super::settling::{Settling, wait};

/// Looks for the effects of writes in doubt.
pub struct Recovery<'a> {
    /// The journal for the findings.
    pub journal: &'a Journal,
    /// The reader of the client.
    pub reader: &'a Reader,
    /// When a listing proves something.
    pub settling: Settling,
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

/// An update in doubt.
#[derive(Debug, Clone, Copy)]
pub struct UpdateInDoubt<'a> {
    /// The key of the offer.
    pub key: &'a Key,
    /// The write.
    pub operation: &'a Operation,
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
    /// What the updates have done.
    pub updates: BTreeMap<Key, UpdateFinding>,
    /// Why the listing could not be read.
    pub lookup_error: Option<ReadFailure>,
}

/// The offer that a create in doubt had made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub offer_id: OfferId,
    /// What CAKE shows otherwise than it was sent.
    pub contradictions: Vec<Contradiction>,
}

/// What an update in doubt has done, by what CAKE shows afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateFinding {
    /// CAKE shows every value that was sent.
    Done,
    /// CAKE shows other values.
    NotDone(Vec<Contradiction>),
    /// CAKE does not show these fields.
    NotShown(Vec<Field>),
}

/// What a look found.
type Findings = (BTreeMap<Key, LookupResult>, BTreeMap<Key, (UpdateFinding, Fields)>);

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
            Ok((creates, findings)) => {
                let mut changes = Vec::new();
                for (key, result) in creates {
                    changes.extend(summary.take_create(key, result, recorded));
                }
                for update in updates {
                    if let Some((finding, shown)) = findings.get(update.key) {
                        changes.extend(settled(*update, finding, shown));
                        summary.updates.insert(update.key.clone(), finding.clone());
                    }
                }
                if !changes.is_empty() {
                    self.journal.change_state(changes).await?;
                }
            }
        }
        Ok(summary)
    }

    /// Most creates have made their offer by now, so the first look comes at once. What it does not decide is looked for again
    /// when CAKE can no longer be working on it.
    async fn look_up(&self, recorded: &Recorded, updates: &[UpdateInDoubt<'_>]) -> Result<Findings, ReadFailure> {
        let until_proof = self.until_proof(recorded, updates);
        let first = self.look_once(recorded, updates).await;
        let is_open = match &first {
            Ok((creates, _)) => !updates.is_empty() || creates.values().any(is_open),
            Err(ReadFailure::Failed { .. } | ReadFailure::Incomplete { .. }) => true,
            Err(_) => false,
        };
        if !is_open || until_proof.is_zero() {
            return first;
        }
        let reason = "CAKE may still be working on requests whose replies were lost";
        if wait(until_proof, reason.to_owned(), self.stop, self.observer).await {
            return self.look_once(recorded, updates).await;
        }
        let (creates, _) = first?;
        let too_early = |result| match result {
            LookupResult::NotShown => LookupResult::Undecided(Undecided::TooEarly),
            other => other,
        };
        Ok((creates.into_iter().map(|(key, result)| (key, too_early(result))).collect(), BTreeMap::new()))
    }

    async fn look_once(&self, recorded: &Recorded, updates: &[UpdateInDoubt<'_>]) -> Result<Findings, ReadFailure> {
        let creates = recorded.in_doubt.values().map(|doubt| doubt.request.offer.fields());
        let changed = updates.iter().filter_map(|update| recorded.offers.get(update.key)).map(|record| &record.fields);
        let scope = Scope::of(creates.chain(changed));
        let listing = CompleteListing::read(self.reader, &scope, recorded, self.observer).await?;
        let finding = |update: &UpdateInDoubt<'_>| {
            let Request::Update { update: sent, .. } = update.operation.request(None) else { return None };
            let offer =
                listing.get(sent.offer_id()).filter(|offer| is_of(recorded.offers.get(update.key), sent, offer));
            Some((update.key.clone(), finding(sent, offer)))
        };
        Ok((look_up_all(recorded, &listing), updates.iter().filter_map(finding).collect()))
    }

    fn until_proof(&self, recorded: &Recorded, updates: &[UpdateInDoubt<'_>]) -> Duration {
        let creates = recorded.in_doubt.values().map(|doubt| doubt.sent_at);
        let updates = updates.iter().map(|update| recorded.offers.get(update.key).and_then(unsettled_since));
        creates.chain(updates).map(|sent_at| self.settling.until_proof(sent_at)).max().unwrap_or_default()
    }
}

fn unsettled_since(record: &Record) -> Option<Timestamp> {
    record.unsettled.map(|unsettled| unsettled.sent_at)
}

/// Whether a later look may decide.
fn is_open(result: &LookupResult) -> bool {
    !matches!(result, LookupResult::Found(_) | LookupResult::Undecided(Undecided::Candidates(_)))
}

/// Whether the listing shows the offer that the record means: under its recorded or its new name, and with its advertiser.
fn is_of(record: Option<&Record>, sent: &Update, offer: &ObservedOffer) -> bool {
    let recorded = record.map(|record| &record.fields);
    let names = [recorded.and_then(Fields::name), sent.changes().name()];
    let is_named = |shown: &str| {
        let mut known = names.iter().flatten().peekable();
        known.peek().is_none() || known.any(|name| similar_name(name, shown))
    };
    let advertiser = |fields: &Fields| fields.get(Field::AdvertiserId).cloned();
    let same_advertiser = match (recorded.and_then(advertiser), advertiser(&offer.fields)) {
        (Some(recorded), Some(shown)) => recorded == shown,
        _ => true,
    };
    same_advertiser && offer.fields.name().is_none_or(is_named)
}

/// What an update has done, and the values of its fields that CAKE shows.
fn finding(update: &Update, offer: Option<&ObservedOffer>) -> (UpdateFinding, Fields) {
    let Some(found) = offer.map(FoundOffer::of) else {
        return (UpdateFinding::NotShown(update.changes().iter().map(|(field, _)| field).collect()), Fields::default());
    };
    let contradictions = found.contradictions(update.changes());
    let not_shown: Vec<Field> = update
        .changes()
        .iter()
        .map(|(field, _)| field)
        .filter(|field| found.shown.get(*field).is_none() && !found.unreadable.contains(*field))
        .collect();
    let changed = update.changes().iter().filter_map(|(field, _)| Some((field, found.shown.get(field)?.clone())));
    let finding = match (contradictions.is_empty(), not_shown.is_empty()) {
        (false, _) => UpdateFinding::NotDone(contradictions),
        (true, false) => UpdateFinding::NotShown(not_shown),
        (true, true) => UpdateFinding::Done,
    };
    (finding, changed.collect())
}

/// The record after CAKE can no longer be working on the update.
fn settled(update: UpdateInDoubt<'_>, finding: &UpdateFinding, shown: &Fields) -> Option<StateChange> {
    // A replaced offer has no record of its own: it is made inactive again by the next apply, which is safe.
    if matches!(update.operation, Operation::RetireReplaced { .. } | Operation::Create(_)) {
        return None;
    }
    let retired = matches!(update.operation, Operation::Retire { .. }) && *finding == UpdateFinding::Done;
    let offer_id = update.operation.offer_id()?;
    Some(StateChange::Settled { key: update.key.clone(), offer_id, fields: shown.clone(), retired })
}

impl RecoverySummary {
    /// Nothing is looked for: every create in doubt waits for a person.
    pub fn not_looked(recorded: &Recorded) -> Self {
        let undecided = recorded.in_doubt.keys().map(|key| (key.clone(), Undecided::NotLooked)).collect();
        Self { undecided, ..Self::default() }
    }

    /// Whether there was nothing to look for.
    pub fn is_empty(&self) -> bool {
        let Self { found, absent, undecided, updates, lookup_error } = self;
        found.is_empty() && absent.is_empty() && undecided.is_empty() && updates.is_empty() && lookup_error.is_none()
    }

    fn take_create(&mut self, key: Key, result: LookupResult, recorded: &Recorded) -> Option<StateChange> {
        match result {
            LookupResult::Found(found) => {
                let request = recorded.in_doubt.get(&key).map(|doubt| &doubt.request);
                let sent = request.map(|request| request.offer.fields().clone().without(request.ignored));
                let contradictions = sent.map(|sent| found.contradictions(&sent)).unwrap_or_default();
                let FoundOffer { offer_id, shown, unreadable } = found;
                self.found.insert(key.clone(), Found { offer_id, contradictions });
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
