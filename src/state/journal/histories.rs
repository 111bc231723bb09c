//! Random histories for the property tests: arbitrary sessions, with a CAKE that uses each id once.

use proptest::prelude::*;

use super::line::{Chain, content};
use super::tries::{How, Try, tries};
use super::validate::PendingState;
use super::*;
use crate::offer::{
    AdvertiserId, Baselines, Contradiction, CreateRequest, Field, FieldSet, Fields, InDoubtCreate, OfferId,
    OfferStatus, Record, RecordStatus, Replaced, StatusWord, Unsettled, Update, WriteOutcome,
};
use crate::state::Lineage;
use crate::state::tests::{id, key, offer};

fn at(seconds: u8) -> Timestamp {
    Timestamp::from_second(i64::from(seconds)).unwrap()
}

/// When requests of which no time is known were found, later than every other time.
pub(super) fn found_at() -> Timestamp {
    Timestamp::from_second(1000).unwrap()
}

/// A session that writes to memory, and CAKE's side of it: ids that are given once.
pub(super) struct Writing {
    pub(super) live: PendingState,
    pub(super) next_id: u64,
    open: Vec<u64>,
    forgotten: Vec<Record>,
    pub(super) entries: Vec<JournalEntry>,
}

fn named(number: u8) -> Key {
    key(&format!("k{number}"))
}

fn payout(cents: u8) -> Fields {
    [(Field::Payout, Field::Payout.parse(&format!("20.0{cents}")).unwrap())].into_iter().collect()
}

impl Writing {
    pub(super) fn over(recorded: Recorded, next_id: u64) -> Self {
        let live = PendingState::over(recorded, 0);
        Self { live, next_id, open: Vec::new(), forgotten: Vec::new(), entries: Vec::new() }
    }

    pub(super) fn run(mut self, tries: &[Try]) -> Self {
        for one in tries {
            if let Try::FailedPublish = one {
                let (recorded, _, last_number) = self.live.finish(found_at()).unwrap();
                self.live = PendingState::over(recorded, last_number);
                self.open.clear();
                // What was known of CAKE is not known to the session any more, though its journal still has it.
                self.entries.push(self.live.record_baselines(Baselines::default()).unwrap());
                continue;
            }
            // What may not be is refused, and then not written.
            if let Ok(entry) = self.attempt(one) {
                self.entries.push(entry);
            }
        }
        self
    }

    /// What is recorded at the end, and the last id that CAKE gave.
    pub(super) fn ended(self) -> (Recorded, u64) {
        (self.live.finish(found_at()).unwrap().0, self.next_id)
    }

    fn present(&self, number: u8) -> (Key, OfferId) {
        let key = named(number);
        let present = self.live.replay().present_of(&key).unwrap_or_else(|| id(999_999));
        (key, present)
    }

    /// The first offer that the present one has replaced; the present one, if there is none.
    fn replaced_one(&self, key: u8) -> (Key, OfferId) {
        let (key, present) = self.present(key);
        let old = self.live.replay().replaced_of(present).first().map_or(present, |old| old.offer_id);
        (key, old)
    }

    fn fresh(&mut self) -> OfferId {
        self.next_id += 1;
        id(self.next_id)
    }

    fn attempt(&mut self, one: &Try) -> Result<JournalEntry, JournalError> {
        match one {
            Try::Create { key, replace } => {
                let (key, present) = self.present(*key);
                let ignored: FieldSet = replace.then_some(Field::Payout).into_iter().collect();
                let replaces = replace.then_some(present);
                self.intend(
                    &key,
                    &Operation::Create(CreateRequest { offer: offer("A"), ignored, protect: *replace, replaces }),
                )
            }
            Try::Update { key, cents } => {
                let (key, present) = self.present(*key);
                let field = Field::Payout.updatable().unwrap();
                let value = payout(*cents).get(Field::Payout).unwrap().clone();
                self.intend(&key, &Operation::Update { update: Update::new(present, [(field, value)]).unwrap() })
            }
            Try::Retire { key } => {
                let (key, present) = self.present(*key);
                self.intend(&key, &Operation::Retire { update: Update::of_status(present, OfferStatus::Inactive) })
            }
            Try::Restore { key, protect } => {
                let (key, present) = self.present(*key);
                let update = Update::of_status(present, OfferStatus::Active);
                self.intend(&key, &Operation::Restore { update, protect: *protect })
            }
            Try::RetireReplaced { key } => {
                let (key, old) = self.replaced_one(*key);
                self.intend(&key, &Operation::RetireReplaced { update: Update::of_status(old, OfferStatus::Inactive) })
            }
            Try::Outcome { which, how } => self.outcome(*which, *how),
            Try::Baselines { highest } => {
                let unowned = [(AdvertiserId::new(101).unwrap(), [id(500_000)].into())].into();
                self.live.record_baselines(Baselines { highest: OfferId::new(u64::from(*highest)), unowned })
            }
            note => {
                let note = self.as_note(note);
                self.live.change_state(note)
            }
        }
    }

    fn intend(&mut self, key: &Key, operation: &Operation) -> Result<JournalEntry, JournalError> {
        let entry = self.live.intend(key, operation)?;
        if let JournalEntry::Intent { number, .. } = entry {
            self.open.push(number);
        }
        Ok(entry)
    }

    fn outcome(&mut self, which: u8, how: How) -> Result<JournalEntry, JournalError> {
        if self.open.is_empty() {
            return Err(JournalError::Closed);
        }
        let number = self.open.remove(usize::from(which) % self.open.len());
        let message = "m".to_owned();
        let outcome = match how {
            How::Done => WriteOutcome::done(self.fresh()),
            How::Rejected => WriteOutcome::Rejected { message },
            How::NotSent => WriteOutcome::NotSent { message },
            How::InDoubt(sent_at, accepted) => {
                WriteOutcome::InDoubt { message, sent_at: sent_at.map(at), mismatch: false, accepted, named: None }
            }
            How::Mismatch(sent_at) => WriteOutcome::InDoubt {
                message,
                sent_at: Some(at(sent_at)),
                mismatch: true,
                accepted: false,
                named: None,
            },
            How::Contradicted(field) => {
                let contradictions = vec![Contradiction { field, shown: "other".to_owned(), is_unreadable: false }];
                WriteOutcome::Done { offer_id: self.fresh(), contradictions, lost_at: None }
            }
            How::DoneLate(lost_at) => {
                WriteOutcome::Done { offer_id: self.fresh(), contradictions: Vec::new(), lost_at: Some(at(lost_at)) }
            }
        };
        self.live.outcome(number, outcome)
    }

    fn adopt_replacement(&mut self, key: Key) -> StateChange {
        let present = self.live.replay().present_of(&key);
        let replaced = present.map(|id| Replaced::without_fields(id, false)).into_iter().collect();
        let fields = [Field::Payout].into_iter().collect();
        let unsettled = Some(Unsettled { sent_at: at(7), fields, waiting: Vec::new() });
        let (fields, status, protect) = (payout(0), RecordStatus::Live, false);
        let status_word = StatusWord::shown("Archived");
        let record = Record { offer_id: self.fresh(), status, fields, protect, replaced, unsettled, status_word };
        StateChange::Adopt { key, record }
    }

    fn adopt_replaced(&self, key: u8) -> StateChange {
        let (key, present) = self.present(key);
        let known = self.live.replay().offers.get(&present).map(|(_, record)| record.replaced.clone());
        let mut replaced = known.unwrap_or_default();
        let offer_id = replaced.pop().map_or(present, |old| old.offer_id);
        replaced.push(Replaced::without_fields(present, false));
        let (fields, status, protect) = (payout(1), RecordStatus::Live, false);
        StateChange::Adopt {
            key,
            record: Record { offer_id, status, fields, protect, replaced, unsettled: None, status_word: None },
        }
    }

    fn waiting_ended(&self, key: u8) -> StateChange {
        let (key, offer_id) = self.present(key);
        let unsettled = self.live.replay().lost_updates.get(&offer_id).and_then(|updates| updates.unsettled(None));
        let update = unsettled.and_then(|unsettled| unsettled.waiting.into_iter().next());
        let (sent_at, fields) = update.map_or_else(|| (at(0), payout(0)), |update| (update.sent_at, update.fields));
        StateChange::WaitingEnded { key, offer_id, sent_at, fields }
    }

    fn put_in_doubt(&self, key: u8, second: u8) -> StateChange {
        let (key, offer_id) = self.present(key);
        let ignored = FieldSet::default();
        let request = CreateRequest { offer: offer("A"), ignored, protect: false, replaces: None };
        let create = InDoubtCreate { sent_at: Some(at(second)), ..InDoubtCreate::new(request, "m".to_owned()) };
        StateChange::PutInDoubt { key, offer_id, create }
    }

    fn adopt(&mut self, key: u8, which: u8) -> StateChange {
        let again = self.forgotten.get(usize::from(which)).cloned();
        let record = again.unwrap_or_else(|| Record {
            offer_id: self.fresh(),
            status: RecordStatus::Live,
            fields: payout(0),
            protect: false,
            replaced: Vec::new(),
            unsettled: None,
            status_word: StatusWord::shown("Expired"),
        });
        StateChange::Adopt { key: named(key), record }
    }

    fn as_note(&mut self, one: &Try) -> StateChange {
        match one {
            Try::Rename { from, to } => {
                let (from, offer_id) = self.present(*from);
                StateChange::Rename { from, to: named(*to), offer_id }
            }
            Try::Release { key } => {
                let (key, offer_id) = self.present(*key);
                StateChange::Unmanage { key, offer_id, fields: [Field::Payout].into_iter().collect() }
            }
            Try::Forget { key } => {
                let (key, offer_id) = self.present(*key);
                let record = self.live.replay().offers.get(&offer_id).map(|(_, record)| record.clone());
                self.forgotten.extend(record);
                StateChange::Forget { key, offer_id }
            }
            Try::Protect { key, protect } => {
                let (key, offer_id) = self.present(*key);
                StateChange::Protect { key, offer_id, protect: *protect }
            }
            Try::Accept { key, cents } => {
                let (key, offer_id) = self.present(*key);
                StateChange::AcceptRemote { key, offer_id, fields: payout(*cents) }
            }
            Try::Adopt { key, which } => self.adopt(*key, *which),
            Try::AdoptReplacement { key } => self.adopt_replacement(named(*key)),
            Try::AdoptReplaced { key } => self.adopt_replaced(*key),
            Try::ResolvedCreated { key, shown } => StateChange::ResolvedCreated {
                key: named(*key),
                offer_id: self.fresh(),
                shown: if *shown { payout(2) } else { Fields::default() },
                unreadable: shown.then_some(Field::OfferUrl).into_iter().collect(),
            },
            Try::Settled { key, cents, retired } => {
                let (key, offer_id) = self.present(*key);
                let fields = cents.map(payout).unwrap_or_default();
                StateChange::Settled { key, offer_id, fields, retired: *retired }
            }
            Try::SettledReplaced { key } => {
                let (key, offer_id) = self.replaced_one(*key);
                StateChange::Settled { key, offer_id, fields: Fields::default(), retired: false }
            }
            Try::ResolvedNotCreated { key } => StateChange::ResolvedNotCreated { key: named(*key) },
            Try::ReplacedInactive { key } => {
                let (key, offer_id) = self.replaced_one(*key);
                StateChange::ReplacedInactive { key, offer_id }
            }
            Try::Reactivated { key, replaced } => {
                let (key, offer_id) = if *replaced { self.replaced_one(*key) } else { self.present(*key) };
                StateChange::Reactivated { key, offer_id }
            }
            Try::WaitingEnded { key } => self.waiting_ended(*key),
            Try::PutInDoubt { key, second } => self.put_in_doubt(*key, *second),
            other => unreachable!("{other:?} is a write"),
        }
    }
}

/// A state that some sessions have left, and a journal over it, with what the session believes at its end.
pub(super) fn histories() -> impl Strategy<Value = (Recorded, Vec<JournalEntry>, Recorded)> {
    (bases(), tries(40)).prop_map(|((base, next_id), tries)| {
        let Writing { live, entries, .. } = Writing::over(base.clone(), next_id).run(&tries);
        (base, entries, live.finish(found_at()).unwrap().0)
    })
}

/// A state, and the first id that CAKE has not used: of one session after another, or of two that went on from one state, of which
/// one was interrupted and found the other's state when it went on.
fn bases() -> impl Strategy<Value = (Recorded, u64)> {
    (tries(25), tries(15), tries(15)).prop_map(|(before, interrupted, meanwhile)| {
        let (base, next_id) = Writing::over(Recorded::default(), 0).run(&before).ended();
        let interrupted = Writing::over(base.clone(), next_id).run(&interrupted);
        let (newer, next_id) = Writing::over(base, interrupted.next_id).run(&meanwhile).ended();
        match replay(newer.clone(), &interrupted.entries, Some(found_at())) {
            Ok(replayed) => (reconcile(&newer, replayed), next_id),
            Err(_) => (newer, next_id),
        }
    })
}

/// The bytes of a journal with these entries.
pub(super) fn bytes_of(entries: &[JournalEntry]) -> Vec<u8> {
    let lineage = Lineage::parse("01900000-0000-7000-8000-000000000001").unwrap();
    let header = JournalHeader::new(lineage, "https://yourdomain.cakemarketing.com", None);
    let header = JournalHeader { nonce: String::new(), ..header };
    let mut bytes = Vec::new();
    let mut chain = Chain::default().append(&content(&header).unwrap(), &mut bytes);
    for entry in entries {
        chain = chain.append(&content(entry).unwrap(), &mut bytes);
    }
    bytes
}
