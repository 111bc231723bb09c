//! The law of applies in and after freezes: where nobody edits anything, no plan is refused, what is held back is not sent, and all of it goes out
//! in the end.

use std::fmt::Write as _;

use jiff::ToSpan;
use proptest::prelude::*;

use super::reviewed::{BEGIN, frozen, moment};
use super::{World, changed};
use crate::offer::{Field, OnCreateOnlyChange, Recorded, shown_time};
use crate::plan::Action;
use crate::policy::resolve;

/// Lines of an offer or of an entry: payouts, statuses, dates.
const LINES: [[&str; 3]; 3] = [
    ["payout: 10.00", "payout: 11.00", "payout: 12.00"],
    ["offer_status: active", "offer_status: inactive", "offer_status: pending"],
    [
        "expiration_date: 2026-12-03 09:00:00",
        "expiration_date: 2026-12-05 09:00:00",
        "expiration_date: 2027-06-01 00:00:00",
    ],
];

/// After every freeze and entry, and before the last date.
const END: i32 = 24 * 20;

/// An offer, and the freezes that it meets.
#[derive(Debug, Clone)]
struct Case {
    own: [usize; 3],
    /// By their hours, each with a field and a value.
    entries: Vec<(i32, (usize, usize))>,
    /// Each with its beginning, its length, and whether it lets updates pass.
    freezes: Vec<(i32, i32, bool)>,
    /// The last days of the offer's waiver, and of one for all.
    waivers: [Option<i32>; 2],
    ends: bool,
}

/// Quarters of days, so that what meets is often of one day.
fn hours(quarters: i32) -> impl Strategy<Value = i32> {
    (0..quarters).prop_map(|quarter| 6 * quarter)
}

/// Dates more often than others: what they bring is another field's value.
fn field() -> impl Strategy<Value = usize> {
    prop_oneof![1 => Just(0), 1 => Just(1), 3 => Just(2)]
}

prop_compose! {
    fn case()(
        own in prop::array::uniform3(0..3_usize),
        entries in prop::collection::btree_map(hours(28), (field(), 0..3_usize), 0..6),
        freezes in prop::collection::vec((hours(28), (1..16_i32).prop_map(|length| 6 * length), prop::bool::weighted(0.2)), 0..4),
        waivers in prop::array::uniform2(prop::option::weighted(0.5, 2..8_i32)),
        ends: bool,
    ) -> Case {
        Case { own, entries: entries.into_iter().collect(), freezes, waivers, ends }
    }
}

impl Case {
    fn world(&self) -> World {
        let own: Vec<&str> = self.own.iter().zip(LINES).map(|(value, lines)| lines[*value]).collect();
        let mut yaml = changed(&own.join("\n"));
        let day = |day: i32| BEGIN.checked_add((day - 1).days()).unwrap().date();
        let [own, all] = self.waivers.map(|until| until.map(day));
        if own.is_some() || !self.entries.is_empty() {
            yaml.push_str("sync:\n");
        }
        if let Some(until) = own {
            writeln!(yaml, "  waive: [{{guardrail: freeze, until: {until}, reason: agreed}}]").unwrap();
        }
        if !self.entries.is_empty() {
            yaml.push_str("  schedule:\n");
        }
        for (hour, (field, value)) in &self.entries {
            let at = shown_time(BEGIN.checked_add(hour.hours()).unwrap());
            write!(yaml, "    - at: {at}\n      {}\n", LINES[*field][*value]).unwrap();
        }
        let mut settings = String::new();
        for (from, hours, lets_pass) in &self.freezes {
            settings.push_str(&frozen(*from, from + hours, if *lets_pass { &["update"] } else { &[] }));
        }
        if let Some(until) = all {
            write!(settings, "[[waivers]]\nguardrail = \"freeze\"\nuntil = \"{until}\"\nreason = \"agreed\"\n")
                .unwrap();
        }
        if self.ends {
            settings.push_str("[expired]\naction = \"retire\"\n");
        }
        World::of(&[("offers/a.yaml", &yaml)]).configured(&settings)
    }

    /// As it is wanted at an hour, in freezes where something is recorded.
    fn at(&self, hour: i32, recorded: Option<&Recorded>) -> World {
        let mut world = self.world();
        let rules = world.rules();
        resolve(&mut world.reading.set, recorded, &world.settings.guardrails, moment(hour), &rules);
        world
    }

    fn is_frozen(&self, hour: i32) -> bool {
        self.freezes.iter().any(|(from, hours, lets_pass)| !lets_pass && *from <= hour && hour < from + hours)
    }
}

fn apply(actions: &[Action], recorded: &mut Recorded) {
    for action in actions {
        let record = recorded.offers.get_mut(&action.key).unwrap();
        for change in &action.changes {
            record.fields.set(change.field, change.after.clone().unwrap());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn where_nobody_edits_no_plan_is_refused_and_what_is_held_goes_out_in_the_end(
        case in case(), begin in hours(10), applies in prop::collection::btree_set(hours(40), 0..5),
    ) {
        let mut recorded = case.at(begin, None).recorded().recorded.unwrap();
        for hour in applies.into_iter().filter(|hour| *hour >= begin) {
            let (world, free) = (case.at(hour, Some(&recorded)), case.at(hour, None));
            let (actions, broken) = (world.actions(&recorded, hour), world.broken(&recorded, hour, false));
            prop_assert!(broken.is_empty(), "{hour}: {broken:#?}");
            let (offer, free) = (&world.reading.set.offers[0], &free.reading.set.offers[0]);
            if !case.is_frozen(hour) {
                prop_assert_eq!(&offer.fields, &free.fields);
            } else if case.waivers == [None, None] {
                prop_assert!(actions.is_empty(), "{hour}: {actions:#?}");
            }
            for change in actions.iter().flat_map(|action| &action.changes).filter(|_| case.is_frozen(hour)) {
                prop_assert!(change.due_since.is_some(), "{hour}: {change:#?}");
                // An end is one that is wanted without freezes as well.
                if change.field == Field::OfferStatus && offer.due_entry(change.field).is_none() {
                    prop_assert_eq!(offer.fields.get(Field::ExpirationDate), free.fields.get(Field::ExpirationDate));
                }
            }
            apply(&actions, &mut recorded);
        }
        let (world, free) = (case.at(END, Some(&recorded)), case.at(END, None));
        prop_assert!(world.broken(&recorded, END, false).is_empty());
        apply(&world.actions(&recorded, END), &mut recorded);
        let (record, free) = (recorded.offers.values().next().unwrap(), &free.reading.set.offers[0]);
        prop_assert_eq!(&record.fields, &free.fields);
    }

    /// What a freeze holds back is not in the parts in which guardrails judge an update.
    #[test]
    fn without_what_is_held_an_offer_is_as_it_may_be_sent(case in case(), begin in hours(10), later in hours(40)) {
        let recorded = case.at(begin, None).recorded().recorded.unwrap();
        let hour = begin + later;
        let world = case.at(hour, Some(&recorded));
        let offer = &world.reading.set.offers[0];
        let mut without = offer.without_held().into_owned();
        without.resolve(moment(hour), &world.rules());
        prop_assert_eq!(&without.fields, &offer.fields);
    }
}

/// CAKE shows the ends of lines otherwise: nothing is replaced, so that what is held back stays as it is recorded.
#[test]
fn an_offer_that_may_be_replaced_and_is_not_keeps_what_is_recorded() {
    let case = Case {
        own: [0, 0, 2],
        entries: vec![(5, (0, 1))],
        freezes: vec![(0, 50, false)],
        waivers: [None; 2],
        ends: false,
    };
    let mut world = case.world();
    let offer = &mut world.reading.set.offers[0];
    offer.sync.on_create_only_change = OnCreateOnlyChange::Replace;
    let text = |text: &str| Field::OfferDescription.parse(text).unwrap();
    offer.fields.set(Field::OfferDescription, text("one\ntwo"));
    let mut world = world.recorded_with(Field::OfferDescription, "one\r\ntwo");
    let (rules, recorded) = (world.rules(), world.recorded.take().unwrap());
    resolve(&mut world.reading.set, Some(&recorded), &world.settings.guardrails, moment(10), &rules);
    assert!(world.actions(&recorded, 10).is_empty());
}
