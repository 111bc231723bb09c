//! The laws of the merge, by random edits of random states.

mod examples;

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::offer::{
    Baseline, CreateRequest, FieldSet, InDoubtCreate, Record, RecordStatus, Replaced, StatusWord, Unsettled,
};
use crate::state::Lineage;
use crate::state::tests::{CAKE, id, key, offer};

/// One change that a session could have made to a state.
#[derive(Debug, Clone)]
enum Edit {
    Create,
    Payout(u8),
    Name(u8),
    Rename,
    Retire,
    Replace,
    Forget,
    Protect,
    Doubt,
    Settle,
    /// An update was lost; or, at 0, it is settled.
    Lose(u8),
    /// The same of the offer that was replaced last.
    LoseReplaced(u8),
    /// CAKE showed another word than a status of ours; or, at 0, a status is recorded.
    Word(u8),
    /// The offer that was replaced last takes its place again.
    TakeBack,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => Just(Edit::Create),
        3 => (0..4u8).prop_map(Edit::Payout),
        2 => (0..4u8).prop_map(Edit::Name),
        1 => Just(Edit::Rename),
        1 => Just(Edit::Retire),
        1 => Just(Edit::Replace),
        1 => Just(Edit::Forget),
        1 => Just(Edit::Protect),
        1 => Just(Edit::Doubt),
        1 => Just(Edit::Settle),
        2 => (0..4u8).prop_map(Edit::Lose),
        1 => (0..4u8).prop_map(Edit::LoseReplaced),
        2 => (0..4u8).prop_map(Edit::Word),
        1 => Just(Edit::TakeBack),
    ]
}

/// Edits, each of the offer with a small number.
fn edits(numbers: std::ops::Range<u8>) -> impl Strategy<Value = Vec<(u8, Edit)>> {
    proptest::collection::vec((numbers, edit()), 0..12)
}

fn record(number: u64) -> Record {
    let fields = offer(&format!("Offer {number}")).into_fields();
    Record {
        offer_id: id(number),
        status: RecordStatus::Live,
        fields,
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
    }
}

fn set(record: &mut Record, field: Field, text: &str) {
    record.fields.set(field, field.parse(text).unwrap());
}

fn doubt(name: &str, replaces: Option<OfferId>) -> InDoubtCreate {
    let (ignored, message) = (FieldSet::default(), "the connection was reset".to_owned());
    InDoubtCreate::new(CreateRequest { offer: offer(name), ignored, protect: false, replaces }, message)
}

fn lost(second: u8, fields: &[Field]) -> Unsettled {
    let sent_at = Timestamp::from_second(i64::from(second)).unwrap();
    Unsettled { sent_at, fields: fields.iter().copied().collect(), waiting: Vec::new() }
}

fn lost_or_settled(second: u8) -> Option<Unsettled> {
    let field = if second.is_multiple_of(2) { Field::Payout } else { Field::Revenue };
    (second > 0).then(|| lost(second, &[field]))
}

/// Another offer takes the place of the record's.
fn replace(record: &mut Record, offer_id: OfferId, unsettled: Option<Unsettled>) {
    let old = Replaced { unsettled: record.unsettled.take(), ..Replaced::without_fields(record.offer_id, true) };
    record.replaced.push(old);
    (record.offer_id, record.unsettled, record.status_word) = (offer_id, unsettled, None);
}

fn show_status(record: &mut Record, number: u8) {
    if number == 0 {
        record.confirm(&offer("A").into_fields());
    } else {
        record.fields.remove(Field::OfferStatus);
        record.status_word = StatusWord::shown(&format!("Word {number}"));
    }
}

fn document(offers: impl IntoIterator<Item = (&'static str, Record)>) -> StateDocument {
    let offers = offers.into_iter().map(|(name, record)| (key(name), record)).collect();
    let lineage = Lineage::parse("0190f2a0-0000-7000-8000-000000000001").unwrap();
    StateDocument { lineage, cake: CAKE.to_owned(), recorded: Recorded { offers, ..Recorded::default() } }
}

/// The generation after a state.
fn after(base: &StateDocument, offers: impl IntoIterator<Item = (&'static str, Record)>) -> StateDocument {
    let mut document = document(offers);
    document.recorded.supersede(&[&base.recorded], "");
    document
}

/// Applies edits; CAKE assigns ids from `next_id` on, so that two sides never get the same.
fn edited(mut document: StateDocument, edits: &[(u8, Edit)], mut next_id: u64, side: &str) -> StateDocument {
    let before = document.recorded.clone();
    let recorded = &mut document.recorded;
    for (number, edit) in edits {
        let name = key(&format!("offer-{number}"));
        if let Edit::Create = edit {
            if !recorded.offers.contains_key(&name) && !recorded.in_doubt.contains_key(&name) {
                recorded.offers.insert(name, record(next_id));
                next_id += 1;
            }
            continue;
        }
        if let Edit::Doubt = edit {
            let replaces = recorded.offers.get(&name).map(|record| record.offer_id);
            recorded.in_doubt.entry(name).or_insert_with(|| doubt(&format!("Doubt {side}"), replaces));
            continue;
        }
        if let Edit::Settle = edit {
            recorded.in_doubt.remove(&name);
            continue;
        }
        // A session changes nothing of an offer while a create of its key is in doubt.
        if recorded.in_doubt.contains_key(&name) {
            continue;
        }
        let Some(mut record) = recorded.offers.remove(&name) else { continue };
        match edit {
            Edit::Payout(cents) => set(&mut record, Field::Payout, &format!("1.{cents}")),
            Edit::Name(version) => set(&mut record, Field::OfferName, &format!("Name {version}")),
            Edit::Retire => record.status = RecordStatus::Retired,
            Edit::Protect => record.protect = !record.protect,
            Edit::Lose(second) => record.unsettled = lost_or_settled(*second),
            Edit::LoseReplaced(second) => {
                if let Some(old) = record.replaced.last_mut() {
                    old.unsettled = lost_or_settled(*second);
                }
            }
            Edit::Word(number) => show_status(&mut record, *number),
            Edit::Replace => {
                replace(&mut record, id(next_id), None);
                next_id += 1;
            }
            Edit::TakeBack => {
                if let Some(old) = record.replaced.pop() {
                    replace(&mut record, old.offer_id, old.unsettled);
                }
            }
            Edit::Forget => continue,
            Edit::Rename => {
                let renamed = key(&format!("offer-{number}-{side}"));
                if let Entry::Vacant(free) = recorded.offers.entry(renamed) {
                    free.insert(record);
                    continue;
                }
            }
            Edit::Create | Edit::Doubt | Edit::Settle => {}
        }
        recorded.offers.insert(name, record);
    }
    recorded.supersede(&[&before], side);
    document
}

fn base(edits: &[(u8, Edit)]) -> StateDocument {
    edited(document([]), edits, 1, "base")
}

fn ids(document: &StateDocument) -> BTreeSet<OfferId> {
    document.recorded.offer_ids().collect()
}

proptest! {
    #[test]
    fn a_side_that_changed_nothing_has_no_say(b in edits(0..6), t in edits(0..6)) {
        let base = base(&b);
        let theirs = edited(base.clone(), &t, 1000, "theirs");
        prop_assert_eq!(&merge(Some(&base), &base, &theirs).unwrap().document, &theirs);
        prop_assert_eq!(&merge(Some(&base), &theirs, &base).unwrap().document, &theirs);
        prop_assert_eq!(&merge(Some(&base), &theirs, &theirs).unwrap().document, &theirs);
    }

    #[test]
    fn it_does_not_matter_which_side_is_ours(b in edits(0..6), o in edits(0..6), t in edits(0..6)) {
        let base = base(&b);
        let (ours, theirs) = (edited(base.clone(), &o, 500, "ours"), edited(base.clone(), &t, 1000, "theirs"));
        for base in [Some(&base), None] {
            match (merge(base, &ours, &theirs), merge(base, &theirs, &ours)) {
                (Ok(one), Ok(other)) => prop_assert_eq!(one.document, other.document),
                (Err(one), Err(other)) => prop_assert_eq!(one.len(), other.len()),
                (one, other) => prop_assert!(false, "{:?} against {:?}", one, other),
            }
        }
    }

    #[test]
    fn changes_of_different_offers_never_conflict(b in edits(0..8), o in edits(0..4), t in edits(4..8)) {
        let base = base(&b);
        let (ours, theirs) = (edited(base.clone(), &o, 500, "ours"), edited(base.clone(), &t, 1000, "theirs"));
        let merged = merge(Some(&base), &ours, &theirs).unwrap();
        prop_assert_eq!(&merged.unknown, &vec![]);
        // As if one had happened after the other.
        let both = edited(ours, &t, 1000, "theirs");
        prop_assert_eq!(merged.document, both);
    }

    #[test]
    fn no_id_is_lost_and_the_result_is_a_state(b in edits(0..6), o in edits(0..6), t in edits(0..6)) {
        let base = base(&b);
        let (ours, theirs) = (edited(base.clone(), &o, 500, "ours"), edited(base.clone(), &t, 1000, "theirs"));
        if let Ok(Merged { document, unknown }) = merge(Some(&base), &ours, &theirs) {
            let (before, left, right, result) = (ids(&base), ids(&ours), ids(&theirs), ids(&document));
            for id in left.union(&right) {
                let forgotten = before.contains(id) && !(left.contains(id) && right.contains(id));
                prop_assert!(result.contains(id) || forgotten, "{} is lost", id);
            }
            for id in &result {
                prop_assert!(left.contains(id) || right.contains(id), "{} came from nowhere", id);
            }
            prop_assert_eq!(&StateDocument::parse(&document.emit()).unwrap(), &document);
            for record in document.recorded.offers.values() {
                prop_assert!(record.status_word.is_none() || record.fields.get(Field::OfferStatus).is_none());
            }
            for Unknown { key, field, .. } in unknown {
                prop_assert!(field.updatable().is_some());
                prop_assert_eq!(document.recorded.offers[&key].fields.get(field), None);
            }
        }
    }

    #[test]
    fn no_generation_is_behind_an_earlier_one_that_it_has_changed(b in edits(0..6), t in edits(0..6)) {
        let earlier = base(&b).recorded;
        let later = edited(base(&b), &t, 1000, "theirs").recorded;
        prop_assert!(later.behind(&earlier).is_empty());
        prop_assert_eq!(earlier.behind(&later).is_empty(), earlier.offers == later.offers);
    }

    #[test]
    fn a_side_that_was_put_back_before_the_base_has_no_say(b in edits(0..6), t in edits(0..6), o in edits(0..6)) {
        let earlier = base(&b);
        let base = edited(earlier.clone(), &t, 1000, "theirs");
        let ours = edited(base.clone(), &o, 2000, "ours");
        let put_back = StateDocument { recorded: Recorded { in_doubt: base.recorded.in_doubt.clone(), ..earlier.recorded }, ..earlier };
        for merged in [merge(Some(&base), &ours, &put_back), merge(Some(&base), &put_back, &ours)] {
            // What that side has besides may have to be decided.
            let Ok(Merged { document, .. }) = merged else { continue };
            prop_assert!(document.recorded.behind(&ours.recorded).is_empty());
            for (key, record) in &ours.recorded.offers {
                prop_assert_eq!(document.recorded.offers.get(key), Some(record));
            }
        }
    }
}
