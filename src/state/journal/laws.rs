//! Laws of the journal, by random histories: whatever a session can write, whenever it is cut off, reads back to something
//! true.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::histories::{Writing, bytes_of, found_at, histories};
use super::tries::{How, Try, tries};
use super::*;
use crate::offer::{Field, OfferId, Record, RecordStatus, Unsettled, WaitingUpdate, WriteOutcome};

fn every_id(recorded: &Recorded) -> BTreeSet<OfferId> {
    let ids = |record: &Record| {
        let replaced: Vec<_> = record.replaced.iter().map(|old| old.offer_id).collect();
        std::iter::once(record.offer_id).chain(replaced)
    };
    recorded.offers.values().flat_map(ids).collect()
}

/// With the times of the replay where they are earlier: a session that could not publish keeps one time for all fields of a record.
fn as_early(mut believed: Recorded, replayed: &Recorded) -> Recorded {
    let early: BTreeMap<OfferId, Unsettled> =
        replayed.unsettled_offers().map(|(_, id, one)| (id, one.clone())).collect();
    let set_back = |id: OfferId, unsettled: &mut Option<Unsettled>| {
        if let (Some(unsettled), Some(early)) = (unsettled, early.get(&id)) {
            unsettled.sent_at = unsettled.sent_at.min(early.sent_at);
        }
    };
    for record in believed.offers.values_mut() {
        set_back(record.offer_id, &mut record.unsettled);
        for old in &mut record.replaced {
            set_back(old.offer_id, &mut old.unsettled);
        }
    }
    believed
}

/// Whether what is unsettled in `before` is unsettled in `after`, of the offers that both have.
fn keeps_unsettled(before: &Recorded, after: &Recorded) -> bool {
    let fields = |id| {
        let record = after.owner_of(id).map(|key| &after.offers[key]);
        record.map(|record| record.unsettled_of(id).map(|unsettled| unsettled.fields).unwrap_or_default())
    };
    let mut unsettled = before.unsettled_offers();
    unsettled.all(|(_, id, one)| fields(id).is_none_or(|left| one.fields.iter().all(|field| left.contains(field))))
}

/// Whether what CAKE has accepted in `before` is remembered in `after`, of the offers that both have.
fn keeps_waiting(before: &Recorded, after: &Recorded) -> bool {
    let waiting: BTreeMap<OfferId, Vec<WaitingUpdate>> =
        after.waiting_offers().map(|waiting| (waiting.offer_id, waiting.unsettled.waiting.clone())).collect();
    let is_kept = |id: OfferId, update: &WaitingUpdate| {
        after.owner_of(id).is_none() || waiting.get(&id).is_some_and(|kept| kept.iter().any(|other| other.is(update)))
    };
    before.waiting_offers().all(|offer| offer.unsettled.waiting.iter().all(|update| is_kept(offer.offer_id, update)))
}

/// CAKE's word for a status is out of date once a status is recorded.
fn has_no_word_beside_a_status(record: &Record) -> bool {
    record.status_word.is_none() || record.fields.get(Field::OfferStatus).is_none()
}

proptest! {
    #[test]
    fn replay_is_what_the_session_believed((base, entries, believed) in histories()) {
        let replayed = replay(base, &entries, Some(found_at())).unwrap();
        prop_assert!(replayed.offers.values().all(has_no_word_beside_a_status));
        prop_assert_eq!(&replayed, &as_early(believed, &replayed));
    }

    #[test]
    fn replay_over_its_own_result_changes_nothing((base, entries, believed) in histories()) {
        let again = replay(believed.clone(), &entries, Some(found_at())).unwrap();
        prop_assert_eq!(&again, &as_early(believed.clone(), &again));
        let reconciled = reconcile(&believed, again);
        prop_assert_eq!(&reconciled, &as_early(believed, &reconciled));
        // Nor does it after a crash in the middle, of which the state may have been published already.
        let cut = &entries[..entries.len() / 2];
        let half = replay(base, cut, Some(found_at())).unwrap();
        let again = replay(half.clone(), cut, Some(found_at())).unwrap();
        prop_assert_eq!(&again, &as_early(half, &again));
    }

    #[test]
    fn a_replay_forgets_no_id_without_an_entry_that_says_so((base, entries, believed) in histories()) {
        let mut expected = every_id(&base);
        let mut creates = std::collections::HashSet::new();
        for entry in &entries {
            match entry {
                JournalEntry::Intent { number, operation: Operation::Create(_), .. } => { creates.insert(*number); }
                JournalEntry::Outcome { number, outcome: WriteOutcome::Done { offer_id, .. } } if creates.contains(number) => {
                    expected.insert(*offer_id);
                }
                JournalEntry::StateChange(StateChange::Adopt { record, .. }) => {
                    expected.insert(record.offer_id);
                    expected.extend(record.replaced.iter().map(|old| old.offer_id));
                }
                JournalEntry::StateChange(StateChange::ResolvedCreated { offer_id, .. }) => { expected.insert(*offer_id); }
                // It is another create's offer.
                JournalEntry::StateChange(StateChange::PutInDoubt { offer_id, .. }) => { expected.remove(offer_id); }
                // The whole record is removed; its replaced offers are not in the entry, so this history is not checked.
                JournalEntry::StateChange(StateChange::Forget { .. }) => return Ok(()),
                JournalEntry::Intent { .. } | JournalEntry::Outcome { .. } | JournalEntry::Baselines(_) | JournalEntry::StateChange(_) => {}
            }
        }
        let known = every_id(&believed);
        prop_assert!(known.is_superset(&expected));
        // The offer that a create in doubt replaces may have been forgotten elsewhere; with the create it is recorded again.
        let replaced: BTreeSet<OfferId> = base.in_doubt.values().filter_map(|create| create.request.replaces).collect();
        prop_assert!(known.difference(&expected).all(|id| replaced.contains(id)));
    }

    #[test]
    fn a_create_without_an_outcome_is_in_doubt_at_every_cut((base, entries, _) in histories()) {
        for end in 0..=entries.len() {
            let recorded = replay(base.clone(), &entries[..end], Some(found_at())).unwrap();
            if let Some(JournalEntry::Intent { key, operation: Operation::Create(_), .. }) = entries[..end].last() {
                prop_assert!(recorded.in_doubt.contains_key(key));
            }
            if let Some(JournalEntry::Intent { operation: Operation::Update { update }, key, .. }) = entries[..end].last() {
                let fields = &recorded.offers[key].fields;
                prop_assert!(update.changes().iter().all(|(field, _)| fields.get(field).is_none()));
            }
        }
    }

    #[test]
    fn what_is_unsettled_stays_so_until_an_entry_settles_it((base, entries, _) in histories()) {
        let after = |end: usize| replay(base.clone(), &entries[..end], Some(found_at())).unwrap();
        let mut updates = BTreeSet::new();
        for (at, entry) in entries.iter().enumerate() {
            let settles = match entry {
                JournalEntry::Intent { number, operation, .. } => {
                    if !matches!(operation, Operation::Create(_)) {
                        updates.insert(*number);
                    }
                    false
                }
                JournalEntry::Outcome { number, .. } => updates.contains(number),
                JournalEntry::StateChange(change) => matches!(
                    change,
                    StateChange::Settled { .. } | StateChange::ReplacedInactive { .. } | StateChange::PutInDoubt { .. }
                ),
                JournalEntry::Baselines(_) => false,
            };
            let (before, after) = (after(at), after(at + 1));
            prop_assert!(settles || keeps_unsettled(&before, &after), "{:?}", entry);
            let ends = matches!(
                entry,
                JournalEntry::StateChange(StateChange::WaitingEnded { .. } | StateChange::PutInDoubt { .. })
            );
            prop_assert!(ends || keeps_waiting(&before, &after), "{:?}", entry);
            if let JournalEntry::StateChange(StateChange::Adopt { key, record }) = entry {
                let unsettled = after.offers[key].unsettled_of(record.offer_id).map(|one| one.fields).unwrap_or_default();
                prop_assert!(unsettled.iter().all(|field| after.offers[key].fields.get(field).is_none()));
            }
        }
    }

    #[test]
    fn over_a_newer_state_no_value_is_invented(
        (base, entries, _) in histories(),
        since in tries(20),
    ) {
        // Another session continues from the same base, with other ids.
        let writing = Writing::over(base, 100_000).run(&since);
        let newer = writing.live.finish(found_at()).unwrap().0;
        if let Ok(replayed) = replay(newer.clone(), &entries, Some(found_at())) {
            let both = reconcile(&newer, replayed);
            prop_assert!(keeps_unsettled(&newer, &both));
            prop_assert!(keeps_waiting(&newer, &both));
            prop_assert!(both.offers.values().all(has_no_word_beside_a_status));
            for record in both.offers.values() {
                let Some(known) = newer.offers.values().find(|known| known.offer_id == record.offer_id) else { continue };
                for (field, value) in record.fields.iter() {
                    prop_assert_eq!(known.fields.get(field), Some(value));
                }
                prop_assert_eq!(&record.status_word, &known.status_word);
                prop_assert!(record.status == known.status || record.status == RecordStatus::Live);
            }
        }
    }

    #[test]
    fn entries_read_back_as_they_were((_, entries, _) in histories()) {
        let bytes = bytes_of(&entries);
        let history = read_journal(&bytes).unwrap();
        prop_assert_eq!(history.whole, bytes.len());
        prop_assert_eq!(history.entries, entries);
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_journal(&bytes);
    }

    #[test]
    fn a_changed_byte_is_refused_or_cuts_the_end(
        (_, entries, _) in histories(),
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let mut bytes = bytes_of(&entries);
        let at = at.index(bytes.len());
        let was = std::mem::replace(&mut bytes[at], to);
        prop_assume!(was != to);
        match read_journal(&bytes) {
            Err(refused) => prop_assert!(refused.line >= 1),
            // Only the last line's end may be missing: then that line was never durable.
            Ok(history) => {
                prop_assert_eq!(at, bytes.len() - 1);
                prop_assert_eq!(&history.entries[..], &entries[..entries.len().saturating_sub(1)]);
            }
        }
    }
}

/// Ten thousand prefixes: each is a valid history, and a longer one is never less.
#[test]
fn every_prefix_of_a_journal_is_a_valid_history() {
    let mut writing = Writing::over(Recorded::default(), 0);
    for round in 0..8u8 {
        let slot = round % 4;
        writing = writing.run(&[
            Try::Create { key: slot, replace: round >= 4 },
            Try::Outcome { which: 0, how: if round == 2 { How::InDoubt(None, false) } else { How::Done } },
            Try::ResolvedCreated { key: slot, shown: false },
            Try::Update { key: slot, cents: 1 },
            Try::Outcome {
                which: 0,
                how: [How::Done, How::Rejected, How::NotSent, How::InDoubt(Some(round), true)][usize::from(round % 4)],
            },
            Try::RetireReplaced { key: slot },
            Try::Outcome { which: 0, how: How::Done },
            Try::Accept { key: slot, cents: 2 },
            Try::Retire { key: slot },
            Try::Outcome { which: 0, how: How::Done },
            Try::Restore { key: slot, protect: true },
            Try::Outcome { which: 0, how: How::Done },
        ]);
    }
    let bytes = bytes_of(&writing.entries);
    assert!(bytes.len() > 10_000, "{} bytes", bytes.len());
    let (mut entries, mut ids) = (0, BTreeSet::new());
    for end in 0..=bytes.len() {
        let history = read_journal(&bytes[..end]).unwrap();
        assert!(history.entries.len() == entries || history.entries.len() == entries + 1);
        if history.entries.len() > entries {
            entries = history.entries.len();
            assert_eq!(history.entries, writing.entries[..entries]);
            let now = every_id(&replay(Recorded::default(), &history.entries, Some(found_at())).unwrap());
            assert!(now.is_superset(&ids));
            ids = now;
        }
    }
    assert_eq!(entries, writing.entries.len());
}
