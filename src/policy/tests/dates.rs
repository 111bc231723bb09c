//! The lints of the expiration date.

use super::*;

const NEW_YORK: &str = "[cake]\ntime_zone = \"America/New_York\"\n";

#[test]
fn a_date_in_the_past_is_an_error_where_the_change_brings_it() {
    let lines = "expiration_date: 2026-01-31 23:59:59";
    assert_eq!(found(lines), ["date::past!"]);
    assert_eq!(World::with(lines).recorded().names(), ["date::past"]);
    let moved = World::with(lines).recorded_with(Field::ExpirationDate, "2027-01-31 23:59:59");
    assert_eq!(moved.names(), ["date::past!"]);
    assert_eq!(World::with(lines).recorded_with(Field::OfferStatus, "inactive").names(), ["date::past!"]);
    assert_eq!(World::with(lines).recorded_with(Field::Payout, "5").names(), ["date::past"], "another field changes");
    assert_eq!(World { recorded: None, ..World::with(lines) }.names(), ["date::past"], "the state is unreadable");
    assert_eq!(found("expiration_date: 2026-01-31 23:59:59\noffer_status: inactive"), NOTHING);
    let expired = "expiration_date: 2026-01-31 23:59:59\nsync:\n  ignore_changes: [offer_status]";
    assert_eq!(found(expired), NOTHING, "CAKE's own status");
    let mut retired = World::with(lines).recorded();
    retired.recorded.as_mut().unwrap().offers.values_mut().for_each(|record| record.status = RecordStatus::Retired);
    assert_eq!(retired.names(), ["date::past!"], "it would be restored");
}

#[test]
fn the_past_ends_now_in_the_time_zone() {
    // It is 12:00 in UTC and 07:00 in New York.
    assert_eq!(found("expiration_date: 2026-11-26 12:00:00"), NOTHING);
    assert_eq!(found("expiration_date: 2026-11-26 11:59:59"), ["date::past!"]);
    let world = |date: &str| World::with(&format!("expiration_date: 2026-11-26 {date}")).configured(NEW_YORK).names();
    assert_eq!(world("07:00:00"), NOTHING);
    assert_eq!(world("06:59:59"), ["date::past!"]);
}

#[test]
fn hours_that_are_left_out_or_come_twice_are_told() {
    let world = |date: &str| World::with(&format!("expiration_date: {date}")).configured(NEW_YORK);
    assert_eq!(world("2027-03-14 02:30:00").names(), ["date::gap!"]);
    assert_eq!(world("2027-03-14 02:30:00").recorded().names(), ["date::gap"]);
    assert_eq!(world("2027-11-07 01:30:00").names(), ["date::fold"]);
    for good in ["2027-03-14 01:59:59", "2027-03-14 03:00:00", "2027-11-07 00:59:59", "2027-11-07 02:00:00"] {
        assert_eq!(world(good).names(), NOTHING, "{good}");
    }
    assert_eq!(found("expiration_date: 2027-03-14 02:30:00"), NOTHING, "UTC has neither");
}
