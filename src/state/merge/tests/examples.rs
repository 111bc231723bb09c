//! Each conflict of a merge by name, and what is decided without one.

use super::*;

fn conflicts(base: Option<&StateDocument>, ours: &StateDocument, theirs: &StateDocument) -> Vec<Conflict> {
    merge(base, ours, theirs).unwrap_err()
}

#[test]
fn one_key_created_on_both_sides_is_a_conflict_that_names_both_ids() {
    let (ours, theirs) = (document([("a", record(5))]), document([("a", record(6))]));
    let found = conflicts(Some(&document([])), &ours, &theirs);
    assert_eq!(found, [Conflict::TwoIds { ours: (key("a"), id(5)), theirs: (key("a"), id(6)) }]);
    assert_eq!(found[0].to_string(), "the key `a` has two of CAKE's offers: 5 and 6");
}

#[test]
fn two_offers_of_a_key_that_one_side_has_renamed_are_adopted_by_the_key_of_each_side() {
    let replaced = |now: u64| Record { replaced: vec![Replaced::without_fields(id(1), true)], ..record(now) };
    let (ours, theirs) = (document([("a", replaced(5))]), document([("q", replaced(6))]));
    let found = conflicts(Some(&document([("a", record(1))])), &ours, &theirs);
    let help = found[0].help();
    assert!(help.contains("`offersync state adopt q --offer-id 5` on the side that has 6"), "{help}");
    assert!(help.contains("`offersync state adopt a --offer-id 6` on the side that has 5"), "{help}");
}

#[test]
fn one_offer_under_two_keys_is_a_conflict_that_names_both_keys() {
    let (ours, theirs) = (document([("a", record(5))]), document([("b", record(5))]));
    let expected = [Conflict::TwoKeys { offer_id: id(5), ours: key("a"), theirs: key("b") }];
    assert_eq!(conflicts(Some(&document([])), &ours, &theirs), expected);
    assert_eq!(conflicts(None, &ours, &theirs), expected);
    // Renamed differently on each side.
    assert_eq!(conflicts(Some(&document([("x", record(5))])), &ours, &theirs), expected);
}

/// Each side has recorded it by itself, such as by an import, so that what one has done since says nothing of the other's key.
#[test]
fn one_offer_under_two_keys_is_a_conflict_also_where_one_side_has_changed_it_since() {
    let (ours, mut theirs) = (document([("a", record(5))]), document([("b", record(5))]));
    let mut before = record(5);
    set(&mut before, Field::Payout, "21.50");
    theirs.recorded.supersede(&[&document([("b", before)]).recorded], "theirs");
    assert_eq!(theirs.recorded.revisions.of(id(5)).count(), 1);
    let expected = [Conflict::TwoKeys { offer_id: id(5), ours: key("a"), theirs: key("b") }];
    assert_eq!(conflicts(Some(&document([])), &ours, &theirs), expected);
    let swapped = [Conflict::TwoKeys { offer_id: id(5), ours: key("b"), theirs: key("a") }];
    assert_eq!(conflicts(Some(&document([])), &theirs, &ours), swapped);
}

#[test]
fn a_rename_on_one_side_keeps_what_the_other_changed() {
    let base = document([("a", record(1))]);
    let mut changed = record(1);
    set(&mut changed, Field::Payout, "21.50");
    let merged = merge(Some(&base), &document([("b", record(1))]), &document([("a", changed.clone())])).unwrap();
    assert_eq!(merged.document.recorded.offers, document([("b", changed)]).recorded.offers);
}

#[test]
fn two_payouts_leave_an_unknown_one_that_the_next_plan_sends() {
    let base = document([("a", record(1))]);
    let side = |payout: &str, name: &str| {
        let mut record = record(1);
        set(&mut record, Field::Payout, payout);
        set(&mut record, Field::OfferName, name);
        document([("a", record)])
    };
    let merged = merge(Some(&base), &side("21.00", "Offer 1"), &side("22.00", "New")).unwrap();
    let fields = &merged.document.recorded.offers[&key("a")].fields;
    assert_eq!(fields.get(Field::Payout), None);
    assert_eq!(fields.name(), Some("New"));
    assert_eq!(merged.unknown.len(), 1);
    // The same amount in another spelling is the same value.
    assert_eq!(merge(Some(&base), &side("21.0", "New"), &side("21.00", "New")).unwrap().unknown, []);
}

#[test]
fn without_a_base_the_side_that_is_built_on_the_other_one_has_the_last_word() {
    let with_payout = |payout: &str| {
        let mut record = record(1);
        set(&mut record, Field::Payout, payout);
        [("a", record)]
    };
    let first = after(&document(with_payout("20.00")), with_payout("21.00"));
    let later = after(&first, with_payout("22.00"));
    let removed = after(&later, []);
    for (one, other) in [(&first, &later), (&later, &removed), (&first, &removed)] {
        let merged = merge(None, one, other).unwrap();
        assert_eq!((&merged.document, merged.unknown.len()), (other, 0));
        assert_eq!(&merge(None, other, one).unwrap().document, other);
    }
}

#[test]
fn a_cherry_picked_change_does_not_take_the_place_of_one_that_it_is_not_built_on() {
    let with = |payout: &str, name: &str| {
        let mut record = record(1);
        set(&mut record, Field::Payout, payout);
        set(&mut record, Field::OfferName, name);
        [("a", record)]
    };
    let first = document(with("20.00", "A"));
    // The parent of the commit, the commit, and the branch that it is picked for.
    let parent = after(&first, with("21.00", "A"));
    let (picked, branch) = (after(&parent, with("21.00", "B")), after(&first, with("22.00", "A")));
    let merged = merge(Some(&parent), &branch, &picked).unwrap();
    let fields = &merged.document.recorded.offers[&key("a")].fields;
    // Which of them was later is not known, so that both are sent again.
    assert_eq!((fields.name(), fields.get(Field::Payout)), (None, None));
    assert!(fields.get(Field::OfferUrl).is_some());
    for side in [&parent, &picked, &branch] {
        assert!(merged.document.recorded.behind(&side.recorded).is_empty());
    }
}

#[test]
fn a_value_that_one_side_has_changed_and_changed_back_is_unknown_where_the_other_has_changed_it() {
    let with_payout = |payout: &str| {
        let mut record = record(1);
        set(&mut record, Field::Payout, payout);
        [("a", record)]
    };
    let base = document(with_payout("24.00"));
    let one = after(&base, with_payout("21.00"));
    let other = after(&after(&base, with_payout("22.00")), with_payout("24.00"));
    for (ours, theirs) in [(&one, &other), (&other, &one)] {
        let merged = merge(Some(&base), ours, theirs).unwrap();
        assert_eq!(merged.document.recorded.offers[&key("a")].fields.get(Field::Payout), None);
        assert_eq!(merged.unknown.len(), 1);
    }
    // Nobody else has changed it.
    assert_eq!(merge(Some(&base), &base, &other).unwrap().document, other);
}

#[test]
fn an_offer_that_one_side_has_replaced_and_the_other_has_written_is_made_inactive_again() {
    let base = document([("a", record(1))]);
    let mut replaced = record(2);
    replaced.replaced.push(Replaced::without_fields(id(1), true));
    let mut changed = record(1);
    set(&mut changed, Field::Payout, "21.00");
    let (one, other) = (after(&base, [("a", replaced)]), after(&base, [("a", changed)]));
    for (ours, theirs) in [(&one, &other), (&other, &one)] {
        let merged = merge(Some(&base), ours, theirs).unwrap().document.recorded;
        assert!(!merged.offers[&key("a")].replaced[0].inactive, "{merged:?}");
    }
    // Nobody else has written it.
    assert_eq!(merge(Some(&base), &one, &base).unwrap().document, one);
}

#[test]
fn two_values_of_a_create_only_field_are_a_conflict() {
    let base = document([("a", record(1))]);
    let side = |url: &str| {
        let mut record = record(1);
        set(&mut record, Field::OfferUrl, url);
        document([("a", record)])
    };
    let found = conflicts(Some(&base), &side("https://one.example.com"), &side("https://two.example.com"));
    assert!(matches!(&found[..], [Conflict::TwoValues { field: Field::OfferUrl, .. }]), "{found:?}");
}

#[test]
fn a_replaced_offers_values_do_not_become_those_of_the_new_one() {
    let base = document([("a", record(1))]);
    let mut replaced = record(2);
    replaced.replaced.push(Replaced::without_fields(id(1), false));
    set(&mut replaced, Field::OfferUrl, "https://new.example.com");
    let mut changed = record(1);
    set(&mut changed, Field::Payout, "99");
    let merged = merge(Some(&base), &document([("a", replaced.clone())]), &document([("a", changed)])).unwrap();
    assert_eq!(merged.document.recorded.offers, document([("a", replaced)]).recorded.offers);
}

#[test]
fn forgotten_and_changed_is_a_conflict_but_forgotten_alone_is_not() {
    let base = document([("a", record(1)), ("b", record(2))]);
    let mut changed = record(1);
    set(&mut changed, Field::Payout, "99");
    let (forgot, kept) = (after(&base, [("b", record(2))]), after(&base, [("a", changed), ("b", record(2))]));
    let found = conflicts(Some(&base), &forgot, &kept);
    assert_eq!(found, [Conflict::Forgotten { key: key("a"), offer_id: id(1), forgotten: Side::Ours }]);
    let other = after(&base, [("a", record(1))]);
    assert_eq!(merge(Some(&base), &forgot, &other).unwrap().document.recorded.offers, BTreeMap::new());
}

#[test]
fn a_doubt_is_kept_until_a_side_settles_it_and_two_of_one_key_conflict() {
    let with = |mut document: StateDocument, doubt: InDoubtCreate| {
        document.recorded.in_doubt.insert(key("a"), doubt);
        document
    };
    let base = with(document([]), doubt("A", None));
    // Settled on one side, with an id.
    let settled = document([("a", record(7))]);
    assert_eq!(merge(Some(&base), &base, &settled).unwrap().document, settled);
    // Only the words differ.
    let mut words = doubt("A", None);
    words.message = "timed out".into();
    let other = with(document([("b", record(9))]), doubt("A", None));
    let merged = merge(Some(&base), &with(document([]), words.clone()), &other).unwrap().document;
    assert_eq!(merged, with(document([("b", record(9))]), words));
    // Both sides sent a create of one key.
    let found =
        conflicts(Some(&document([])), &with(document([]), doubt("A", None)), &with(document([]), doubt("B", None)));
    assert_eq!(found, [Conflict::TwoCreatesInDoubt { key: key("a") }]);
    let found = conflicts(Some(&document([])), &with(document([]), doubt("A", None)), &settled);
    assert_eq!(found, [Conflict::RecordedAndInDoubt { key: key("a"), offer_id: id(7) }]);
}

#[test]
fn a_word_for_a_status_ends_where_one_side_recorded_a_status() {
    let shown = |word: &str| {
        let mut record = Record { status_word: StatusWord::shown(word), ..record(1) };
        record.fields.remove(Field::OfferStatus);
        record
    };
    let mut paid = shown("Expired");
    set(&mut paid, Field::Payout, "21");
    let merged = |base: &Record, ours: &Record, theirs: &Record| {
        let of = |record: &Record| document([("a", record.clone())]);
        merge(Some(&of(base)), &of(ours), &of(theirs)).unwrap().document.recorded.offers[&key("a")].clone()
    };
    let kept = merged(&shown("Expired"), &paid, &Record { protect: true, ..shown("Expired") });
    assert_eq!(kept.status_word, StatusWord::shown("Expired"));
    let recorded = merged(&shown("Expired"), &paid, &record(1));
    assert_eq!((recorded.status_word, recorded.fields.get(Field::OfferStatus).is_some()), (None, true));
}

#[test]
fn an_offer_that_one_side_takes_back_and_the_other_one_has_ended_is_recorded_once_and_without_a_status() {
    let replaced = |present: u64, old: u64, inactive| Record {
        replaced: vec![Replaced::without_fields(id(old), inactive)],
        ..record(present)
    };
    let of = |record: Record| document([("a", record)]);
    let (base, back, ended) = (of(replaced(2, 1, false)), of(replaced(1, 2, false)), of(replaced(2, 1, true)));
    for (ours, theirs) in [(&back, &ended), (&ended, &back)] {
        let merged = merge(Some(&base), ours, theirs).unwrap().document;
        let record = &merged.recorded.offers[&key("a")];
        assert_eq!((record.offer_id, record.fields.get(Field::OfferStatus)), (id(1), None));
        assert_eq!(record.replaced.iter().map(|old| old.offer_id).collect::<Vec<_>>(), [id(2)]);
        assert_eq!(StateDocument::parse(&merged.emit()).unwrap(), merged);
    }
}

#[test]
fn what_either_side_lost_is_unsettled_until_the_later_time() {
    let base = document([("a", record(1))]);
    let side = |unsettled, payout: &str| {
        let mut record = record(1);
        set(&mut record, Field::Payout, payout);
        record.unsettled = unsettled;
        document([("a", record)])
    };
    let (ours, theirs) = (lost(3, &[Field::Payout]), lost(5, &[Field::Revenue]));
    let merged = merge(Some(&base), &side(Some(ours.clone()), "21"), &side(Some(theirs), "22")).unwrap();
    let unsettled = |merged: &Merged| merged.document.recorded.offers[&key("a")].unsettled.clone();
    assert_eq!(unsettled(&merged), Some(lost(5, &[Field::Payout, Field::Revenue])));
    // Settled on one side, unchanged on the other.
    let base = side(Some(ours.clone()), "20");
    let merged = merge(Some(&base), &side(None, "20"), &side(Some(ours), "22")).unwrap();
    assert_eq!(unsettled(&merged), None);
}

#[test]
fn what_one_side_lost_of_a_replaced_offer_is_unknown_where_the_other_took_it_back() {
    let half_done = |unsettled| {
        let old = Replaced { unsettled, ..Replaced::without_fields(id(1), false) };
        document([("a", Record { replaced: vec![old], ..record(2) })])
    };
    let taken_back = document([("a", Record { replaced: vec![Replaced::without_fields(id(2), false)], ..record(1) })]);
    let (base, lost) = (half_done(None), lost(3, &[Field::OfferStatus]));
    let merged = merge(Some(&base), &half_done(Some(lost.clone())), &taken_back).unwrap().document;
    let merged = &merged.recorded.offers[&key("a")];
    assert_eq!((merged.offer_id, merged.unsettled.clone()), (id(1), Some(lost)));
    assert_eq!(merged.fields.get(Field::OfferStatus), None);
    assert!(merged.fields.get(Field::Payout).is_some());
}

#[test]
fn a_create_in_doubt_keeps_whatever_either_side_knows_of_it() {
    let with = |create: InDoubtCreate| {
        let mut document = document([]);
        document.recorded.in_doubt.insert(key("a"), create);
        document
    };
    let time = |second| Some(Timestamp::from_second(second).unwrap());
    let baseline = |highest| Some(Baseline { highest: Some(id(highest)), unowned: [].into() });
    let ours = InDoubtCreate { sent_at: time(3), mismatch: true, ..doubt("A", None) };
    let theirs = InDoubtCreate { sent_at: time(5), accepted: true, baseline: baseline(9), ..doubt("A", None) };
    let merged = merge(None, &with(ours.clone()), &with(theirs.clone())).unwrap().document;
    assert_eq!(merged, with(InDoubtCreate { mismatch: true, ..theirs.clone() }));
    // Two looks before two creates: CAKE may have both.
    let again = InDoubtCreate { baseline: baseline(10), ..ours };
    let found = conflicts(None, &with(again), &with(theirs));
    assert_eq!(found, [Conflict::TwoCreatesInDoubt { key: key("a") }]);
}

#[test]
fn states_of_different_lineage_or_cake_are_never_merged() {
    let ours = document([("a", record(1))]);
    let mut theirs = document([("b", record(2))]);
    theirs.lineage = Lineage::new();
    assert!(matches!(&conflicts(None, &ours, &theirs)[..], [Conflict::DifferentStates { .. }]));
    let mut theirs = document([("b", record(2))]);
    theirs.cake = "https://other.cakemarketing.com".into();
    assert!(matches!(&conflicts(None, &ours, &theirs)[..], [Conflict::DifferentStates { .. }]));
}

#[test]
fn records_that_are_one_on_one_side_and_two_on_the_other_conflict() {
    let mut one = record(2);
    one.replaced.push(Replaced::without_fields(id(1), true));
    let found = conflicts(None, &document([("a", one)]), &document([("a", record(1)), ("b", record(2))]));
    assert_eq!(found, [Conflict::IdentityMismatch { first: id(1), second: id(2) }]);
}

#[test]
fn all_conflicts_are_told_at_once() {
    let (ours, theirs) =
        (document([("a", record(5)), ("b", record(6))]), document([("a", record(7)), ("b", record(8))]));
    assert_eq!(conflicts(Some(&document([])), &ours, &theirs).len(), 2);
}
