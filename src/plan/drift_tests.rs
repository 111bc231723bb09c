//! Tests of drift and of refreshed plans: every way in which three sides can differ.

use super::tests::{codes, desired, id, key, offer, plan_of, record, recorded, verbs};
use super::*;
use crate::offer::{
    Field, Observed, ObservedValues, Operation, Record, RecordStatus, RemovedAction, Replaced, ShownValue, StateChange,
};

fn observed(offers: Vec<(u64, Record)>) -> Observed {
    let values = |record: Record| ObservedValues { fields: record.fields, ..ObservedValues::default() };
    Observed { offers: offers.into_iter().map(|(number, record)| (id(number), values(record))).collect() }
}

fn refreshed(
    offers: Vec<crate::offer::DesiredOffer>,
    recorded: &crate::offer::Recorded,
    observed: &Observed,
) -> (Plan, Drift) {
    let desired = desired(offers);
    let inputs = PlanInputs {
        at: jiff::Timestamp::UNIX_EPOCH,
        desired: &desired,
        recorded,
        removed: RemovedAction::Retire,
        selection: &Selection::default(),
        cake: "https://cake.example",
        environment: "production",
        state: StateBinding::default(),
        settings_digest: "s",
    };
    plan_refreshed(inputs, observed)
}

fn movers(drift: &Drift) -> Vec<(&str, &str)> {
    let of = |offer: &DriftedOffer| {
        offer.fields().iter().map(|field| (field.field.name(), field.changed_by.word())).collect::<Vec<_>>()
    };
    drift.offers.iter().flat_map(of).collect()
}

/// The payout on each of the three sides.
fn payouts(git: &str, state: &str, cake: &str) -> (Plan, Drift) {
    let side = |amount: &str| vec![("a", record(1, &[(Field::Payout, amount)]))];
    let shown = observed(vec![(1, record(1, &[(Field::Payout, cake)]))]);
    refreshed(vec![offer("a", &[(Field::Payout, git)])], &recorded(side(state)), &shown)
}

#[test]
fn nothing_moved_is_no_drift_whatever_the_spelling() {
    let (plan, drift) = payouts("20", "20.00", "20.0");
    assert!(plan.is_empty() && drift.is_empty() && plan.state_changes.is_empty());
    assert_eq!(drift.unchanged, 1);
}

#[test]
fn a_change_in_git_alone_is_a_normal_update_and_no_drift() {
    let (plan, drift) = payouts("21", "20", "20");
    assert_eq!(verbs(&plan), [("update", "a")]);
    assert_eq!(plan.actions[0].reason, None);
    assert_eq!(movers(&drift), [("payout", "git")]);
    assert!(drift.is_empty());
    assert!(overwritten_keys(&plan, &drift).is_empty());
}

#[test]
fn a_change_in_cake_alone_is_drift_and_the_plan_says_what_it_would_overwrite() {
    let (plan, drift) = payouts("20", "20", "25");
    assert_eq!(movers(&drift), [("payout", "cake")]);
    assert_eq!(verbs(&plan), [("update", "a")]);
    assert_eq!(plan.actions[0].changes[0].before.as_ref().unwrap().to_string(), "25");
    assert!(plan.actions[0].reason.as_ref().unwrap().contains("payout was 20 and is 25"));
    assert_eq!(overwritten_keys(&plan, &drift), [&key("a")]);
}

#[test]
fn the_same_change_on_both_sides_settles_in_the_state_alone() {
    let (plan, drift) = payouts("25", "20", "25.00");
    assert_eq!(movers(&drift), [("payout", "both_alike")]);
    assert!(plan.is_empty());
    assert_eq!(plan.state_changes.len(), 1);
}

#[test]
fn different_changes_on_both_sides_are_a_conflict_with_all_three_values() {
    let (plan, drift) = payouts("21", "20", "25");
    assert_eq!(movers(&drift), [("payout", "conflict")]);
    let reason = plan.actions[0].reason.as_ref().unwrap();
    assert!(reason.contains("payout was 20, is 25 in CAKE and 21 in git"), "{reason}");
}

#[test]
fn a_member_that_cake_does_not_show_is_unknown_and_counts_as_unchanged() {
    let mut shown = record(1, &[]);
    shown.fields.remove(Field::Payout);
    let (plan, drift) =
        refreshed(vec![offer("a", &[])], &recorded(vec![("a", record(1, &[]))]), &observed(vec![(1, shown)]));
    assert!(plan.is_empty() && drift.is_empty());
    assert_eq!(drift.not_compared_counts().into_iter().collect::<Vec<_>>(), [(Field::Payout, 1)]);
    assert_eq!(codes(&plan), ["plan::not-compared"]);
}

/// A payout that CAKE shows as `20 USD`.
fn unreadable_payout() -> Observed {
    let mut shown = record(1, &[]);
    shown.fields.remove(Field::Payout);
    let payout = ShownValue::Unreadable { text: "20 USD".into(), reason: "not plain digits".into() };
    let values = ObservedValues { fields: shown.fields, others: [(Field::Payout, payout)].into() };
    Observed { offers: [(id(1), values)].into_iter().collect() }
}

#[test]
fn a_value_that_cannot_be_read_is_drift_and_the_record_stays() {
    let state = recorded(vec![("a", record(1, &[]))]);
    let (plan, drift) = refreshed(vec![offer("a", &[])], &state, &unreadable_payout());
    assert_eq!(movers(&drift), [("payout", "unknown")]);
    assert!(!drift.is_empty() && drift.not_compared.is_empty());
    assert!(plan.is_empty() && plan.state_changes.is_empty());
    assert_eq!(codes(&plan), ["plan::not-compared"]);
    let edited = offer("a", &[(Field::Payout, "21")]);
    let (plan, _) = refreshed(vec![edited], &state, &unreadable_payout());
    assert_eq!(plan.actions[0].changes[0].before.as_ref().unwrap().to_string(), "20.00", "the record stays");
}

#[test]
fn a_retired_offer_whose_status_is_not_known_is_not_called_retired() {
    let mut retired = record(1, &[(Field::OfferStatus, "inactive")]);
    retired.status = RecordStatus::Retired;
    let state = recorded(vec![("a", retired.clone())]);
    let (_, drift) = refreshed(vec![], &state, &observed(vec![]));
    assert_eq!(drift.not_compared_counts().into_iter().collect::<Vec<_>>(), [(Field::OfferStatus, 1)]);
    let others = [(Field::OfferStatus, ShownValue::OtherWord("Running".into()))].into();
    let values = ObservedValues { fields: retired.fields.without([Field::OfferStatus].into_iter().collect()), others };
    let shown = Observed { offers: [(id(1), values)].into_iter().collect() };
    let (plan, drift) = refreshed(vec![], &state, &shown);
    assert_eq!(movers(&drift), [("offer_status", "unknown")]);
    assert!(plan.is_empty());
}

#[test]
fn an_offer_that_no_key_owns_is_found_with_the_recorded_one_that_it_duplicates() {
    let mut old = record(1, &[]);
    old.replaced = vec![crate::offer::Replaced::without_fields(id(4), true)];
    let state = recorded(vec![("a", old)]);
    let other = record(3, &[(Field::AdvertiserId, "999")]);
    let shown = observed(vec![(1, record(1, &[])), (2, other), (3, record(3, &[])), (4, record(4, &[]))]);
    let all = unrecorded(&state, &shown, &Selection::default());
    let found: Vec<_> = all.iter().map(|o| (o.offer_id, o.duplicate_of.as_ref().map(|of| of.key.as_str()))).collect();
    assert_eq!(found, [(id(3), Some("a")), (id(2), None)]);
    let only = |pattern: &str| Selection::new(&[pattern.to_owned()], &[]).unwrap();
    assert_eq!(unrecorded(&state, &shown, &only("a")).len(), 1);
    assert_eq!(unrecorded(&state, &shown, &only("b")).len(), 0);
}

#[test]
fn a_create_only_value_that_cake_shows_already_needs_no_person() {
    let edited = offer("a", &[(Field::VerticalId, "8")]);
    let state = recorded(vec![("a", record(1, &[]))]);
    assert!(plan_of(vec![edited.clone()], &state).is_blocked());
    let (plan, _) = refreshed(vec![edited], &state, &observed(vec![(1, record(1, &[(Field::VerticalId, "8")]))]));
    assert_eq!(verbs(&plan), [("release", "a")]);
    assert!(matches!(&plan.actions[0].kind, ActionKind::StateOnly(StateChange::AcceptRemote { .. })));
    assert_eq!(plan.unchanged, 0);
}

#[test]
fn a_create_only_field_that_moved_in_cake_is_told_and_not_fought_over() {
    let shown = observed(vec![(1, record(1, &[(Field::VerticalId, "8")]))]);
    let (plan, drift) = refreshed(vec![offer("a", &[])], &recorded(vec![("a", record(1, &[]))]), &shown);
    assert!(plan.is_empty() && !drift.is_empty());
    assert_eq!(codes(&plan), ["plan::drift"]);
}

#[test]
fn an_offer_that_is_gone_from_the_list_is_told_and_nothing_is_created() {
    let (plan, drift) = refreshed(vec![offer("a", &[])], &recorded(vec![("a", record(1, &[]))]), &observed(vec![]));
    assert_eq!(drift.offers[0].kind, DriftKind::Gone);
    assert!(plan.is_empty());
    assert_eq!(codes(&plan), ["plan::gone"]);
}

fn expired() -> Observed {
    let mut shown = record(1, &[(Field::ExpirationDate, "2026-01-31 00:00:00")]).fields;
    shown.remove(Field::OfferStatus);
    let others = [(Field::OfferStatus, ShownValue::OtherWord("Expired".into()))].into();
    let values = ObservedValues { fields: shown, others };
    Observed { offers: [(id(1), values)].into_iter().collect() }
}

#[test]
fn an_offer_that_expired_by_itself_is_left_to_rest() {
    let date = [(Field::ExpirationDate, "2026-01-31 00:00:00")];
    let (plan, drift) = refreshed(vec![offer("a", &date)], &recorded(vec![("a", record(1, &date))]), &expired());
    assert!(drift.offers[0].expired);
    assert!(plan.is_empty());
    assert_eq!(codes(&plan), ["plan::drift"]);
}

#[test]
fn a_new_date_wakes_an_expired_offer_with_its_status() {
    let state = recorded(vec![("a", record(1, &[(Field::ExpirationDate, "2026-01-31 00:00:00")]))]);
    let edited = offer("a", &[(Field::ExpirationDate, "2027-01-31 00:00:00")]);
    let (plan, _) = refreshed(vec![edited], &state, &expired());
    let ActionKind::Write(Operation::Update { update }) = &plan.actions[0].kind else { panic!("not an update") };
    let sent: Vec<_> = update.changes().iter().map(|(field, _)| field).collect();
    assert_eq!(sent, [Field::OfferStatus, Field::ExpirationDate]);
}

#[test]
fn a_retired_offer_that_came_alive_in_cake_is_drift_and_retired_once_more() {
    let mut retired = record(1, &[(Field::OfferStatus, "inactive")]);
    retired.status = RecordStatus::Retired;
    let (plan, drift) = refreshed(vec![], &recorded(vec![("a", retired)]), &observed(vec![(1, record(1, &[]))]));
    assert_eq!(movers(&drift), [("offer_status", "cake")]);
    assert_eq!(verbs(&plan), [("retire", "a")]);
    assert!(plan.actions[0].reason.as_ref().unwrap().contains("offer_status was inactive and is active"));
    assert_eq!(overwritten_keys(&plan, &drift), [&key("a")]);
}

#[test]
fn a_retired_offer_that_came_alive_as_another_one_is_shown_with_what_tells_it_apart() {
    let mut retired = record(1, &[(Field::OfferStatus, "inactive")]);
    retired.status = RecordStatus::Retired;
    let before = recorded(vec![("a", retired.clone())]);
    let other = [(Field::OfferName, "Another"), (Field::AdvertiserId, "99"), (Field::OfferUrl, "https://z.example/")];
    let (plan, drift) = refreshed(vec![], &before, &observed(vec![(1, record(1, &other))]));
    let names: Vec<_> = movers(&drift).into_iter().map(|(field, _)| field).collect();
    assert_eq!(names, ["offer_status", "offer_name", "advertiser_id", "offer_url"]);
    let reason = plan.actions[0].reason.as_ref().unwrap();
    assert!(reason.contains("also changed in CAKE: offer_name was") && reason.contains("and is Another"), "{reason}");
    let inactive = [&other[..], &[(Field::OfferStatus, "inactive")]].concat();
    let (plan, drift) = refreshed(vec![], &before, &observed(vec![(1, record(1, &inactive))]));
    assert!(plan.is_empty() && drift.is_empty(), "what is inactive may have any name");
    let mut nameless = record(1, &[]);
    nameless.fields.remove(Field::AdvertiserId);
    let (_, drift) = refreshed(vec![], &before, &observed(vec![(1, nameless)]));
    assert_eq!(drift.not_compared_counts().into_iter().collect::<Vec<_>>(), [(Field::AdvertiserId, 1)]);
}

#[test]
fn an_offer_that_is_still_to_be_made_inactive_is_told() {
    let mut without_status = record(1, &[]);
    without_status.fields.remove(Field::OfferStatus);
    let active = || record(1, &[(Field::OfferStatus, "active")]);
    let (_, drift) = refreshed(vec![], &recorded(vec![("a", without_status)]), &observed(vec![(1, active())]));
    assert_eq!(movers(&drift), [("offer_status", "git")]);
    assert!(drift.is_empty());
    let mut present = record(2, &[]);
    present.replaced.push(Replaced::without_fields(id(1), false));
    for (shown, told) in [("active", vec![("offer_status", "git")]), ("inactive", vec![])] {
        let old = record(1, &[(Field::OfferStatus, shown)]);
        let (offers, shown) = (recorded(vec![("a", present.clone())]), observed(vec![(1, old), (2, record(2, &[]))]));
        assert_eq!(movers(&refreshed(vec![offer("a", &[])], &offers, &shown).1), told);
    }
}

#[test]
fn a_replaced_offer_that_is_active_again_is_drift_of_its_key_and_retired_by_a_refreshed_plan() {
    let active = [(Field::OfferStatus, "active")];
    let mut present = record(2, &active);
    present.replaced = vec![Replaced::without_fields(id(1), true)];
    let before = recorded(vec![("a", present)]);
    let shown = |old: &str| observed(vec![(1, record(1, &[(Field::OfferStatus, old)])), (2, record(2, &active))]);
    let (plan, drift) = refreshed(vec![offer("a", &active)], &before, &shown("inactive"));
    assert!(plan.is_empty() && drift.is_empty());
    let (plan, drift) = refreshed(vec![offer("a", &active)], &before, &shown("active"));
    assert_eq!((drift.offers.len(), drift.offers[0].offer_id, drift.unchanged), (1, id(1), 1));
    assert_eq!(movers(&drift), [("offer_status", "cake")]);
    assert_eq!(verbs(&plan), [("retire", "a")]);
    assert_eq!(overwritten_keys(&plan, &drift), [&key("a")]);
}
