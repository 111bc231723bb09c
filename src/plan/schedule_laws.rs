//! Laws of schedules: what is wanted at a moment depends on the moment alone, and plans of several moments in a row lead where one does.

use std::sync::Arc;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::tests::{offer, plan_of, recorded};
use super::*;
use crate::offer::{
    DesiredOffer, Field, Operation, Record, RecordStatus, Recorded, Schedule, ScheduleEntry, ScheduledValue, TimeRules,
};

const BEGIN: DateTime = date(2026, 10, 1).at(0, 0, 0, 0);

fn rules(retires_expired: bool) -> TimeRules {
    TimeRules { zone: TimeZone::get("America/New_York").unwrap(), retires_expired }
}

fn hour(hour: i32) -> DateTime {
    BEGIN.checked_add(hour.hours()).unwrap()
}

fn moment(hour: i32) -> Timestamp {
    rules(false).moment_of(self::hour(hour))
}

/// Entries by their hours: a payout, a status or a date.
fn schedules() -> impl Strategy<Value = Vec<(i32, u8, u8)>> {
    prop::collection::btree_map(0..2_000_i32, (0..3_u8, 0..3_u8), 0..7)
        .prop_map(|entries| entries.into_iter().map(|(hour, (field, value))| (hour, field, value)).collect())
}

fn scheduled(entries: &[(i32, u8, u8)]) -> DesiredOffer {
    let mut offer = offer("a", &[(Field::ExpirationDate, "2026-11-15 12:00:00")]);
    let entry = |(hour, field, value): &(i32, u8, u8)| {
        let (field, text) = match field {
            0 => (Field::Payout, format!("{}.50", 20 + value)),
            1 => (Field::OfferStatus, ["active", "inactive", "pending"][usize::from(*value)].to_owned()),
            _ => (Field::ExpirationDate, format!("2026-1{value}-20 12:00:00")),
        };
        let (value, place) = (field.parse(&text).unwrap(), offer.place.clone());
        let values = vec![ScheduledValue { field, value, place: place.clone() }];
        Arc::new(ScheduleEntry { at: self::hour(*hour), place, values })
    };
    offer.schedule = Schedule::new(entries.iter().map(entry).collect());
    offer
}

fn at(offer: &DesiredOffer, hour: i32, rules: &TimeRules) -> DesiredOffer {
    let mut offer = offer.clone();
    offer.resolve(moment(hour), rules);
    offer
}

/// What is recorded once a plan of one offer is applied.
fn applied(plan: &Plan, before: &Recorded) -> Recorded {
    let mut after = before.clone();
    for action in &plan.actions {
        let ActionKind::Write(operation) = &action.kind else { panic!("{action:?}") };
        match operation {
            Operation::Create(create) => {
                let fields = create.offer.fields().clone();
                let record = Record { status: RecordStatus::Live, fields, ..super::tests::record(1, &[]) };
                after.offers.insert(action.key.clone(), record);
            }
            Operation::Update { update } => after.offers.get_mut(&action.key).unwrap().confirm(update.changes()),
            other => panic!("{other:?}"),
        }
    }
    after
}

proptest! {
    #[test]
    fn what_is_wanted_depends_on_the_moment_alone(entries in schedules(), s in 0..2_200_i32, t in 0..2_200_i32, expired in any::<bool>()) {
        let (offer, rules) = (scheduled(&entries), rules(expired));
        let direct = at(&offer, t, &rules);
        prop_assert_eq!(&at(&at(&offer, s, &rules), t, &rules), &direct);
        prop_assert_eq!(direct.due_since(Field::Payout), at(&at(&offer, s, &rules), t, &rules).due_since(Field::Payout));
    }

    #[test]
    fn the_order_of_entries_does_not_matter(entries in schedules(), t in 0..2_200_i32) {
        let reversed: Vec<_> = entries.iter().rev().copied().collect();
        prop_assert_eq!(at(&scheduled(&entries), t, &rules(false)), at(&scheduled(&reversed), t, &rules(false)));
    }

    #[test]
    fn the_plan_after_an_earlier_plan_leads_where_the_plan_alone_does(entries in schedules(), s in 0..2_200_i32, later in 0..900_i32, expired in any::<bool>()) {
        let (offer, rules, nothing) = (scheduled(&entries), rules(expired), recorded(vec![]));
        let plan = |hour, before: &Recorded| plan_of(vec![at(&offer, hour, &rules)], before);
        let first = applied(&plan(s, &nothing), &nothing);
        let both = applied(&plan(s + later, &first), &first);
        let one = applied(&plan(s + later, &nothing), &nothing);
        prop_assert_eq!(&both.offers, &one.offers);
        prop_assert!(plan(s + later, &both).is_empty());
    }

    #[test]
    fn the_steps_lead_from_one_moment_to_another_and_miss_nothing(entries in schedules(), s in 0..2_200_i32, later in 0..900_i32, expired in any::<bool>()) {
        let (offer, rules) = (scheduled(&entries), rules(expired));
        let (mut there, end) = (at(&offer, s, &rules), at(&offer, s + later, &rules));
        for step in steps_after(&there.clone(), moment(s), &rules) {
            prop_assert!(rules.moment_of(step.at) > moment(s));
            if rules.moment_of(step.at) <= moment(s + later) {
                prop_assert!(!step.changes.is_empty());
                for change in &step.changes {
                    prop_assert_eq!(there.fields.get(change.field), change.before.as_ref());
                }
                there = step.offer;
            }
        }
        prop_assert_eq!(&there.fields, &end.fields);
        // And a late apply finds the steps again.
        let since = steps_since(&end, &at(&offer, s, &rules).fields, &[Field::Payout, Field::OfferStatus], moment(s + later), &rules);
        prop_assert!(since.is_some());
    }

    #[test]
    fn without_entries_nothing_changes(t in 0..2_200_i32) {
        let plain = scheduled(&[]);
        prop_assert_eq!(at(&plain, t, &rules(false)), plain.clone());
        prop_assert!(steps_after(&plain, moment(t), &rules(false)).is_empty());
    }
}
