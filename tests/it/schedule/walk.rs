//! Random schedules walked along a clock that jumps, with late and missing runs, saved plans, edits, moves and renames in between: after each
//! apply CAKE has, of every offer, what the schedule wants at that moment by a second, simpler reading.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use offersync::{ApplyOptions, PlanOptions, Repository, RunOutcome};
use proptest::prelude::*;
use serde_json::Value as Json;

use crate::harness::Workspace;

/// With the days on which clocks change in the middle.
const BEGIN: DateTime = date(2026, 10, 20).at(0, 0, 0, 0);
const ZONE: &str = "America/New_York";

/// A field, and the values that it may get.
const VALUES: [(&str, [&str; 3]); 3] = [
    ("payout", ["10.25", "10.5", "11.75"]),
    ("offer_status", ["active", "inactive", "pending"]),
    ("revenue", ["20.25", "21.5", "22.75"]),
];

type Entries = BTreeMap<DateTime, BTreeMap<usize, usize>>;

/// What happens between two applies.
#[derive(Debug, Clone)]
enum Event {
    /// So many hours pass.
    Pass(i32),
    /// The clock is put back, as a machine's clock may be.
    Back(i32),
    /// The own value of a field is edited.
    Edit(usize, usize, usize),
    /// An entry is set.
    Schedule(usize, i32, usize, usize),
    /// The file is moved to another folder.
    Move(usize),
    /// The offer gets another key.
    Rename(usize),
    /// A plan is saved, hours pass, and then it is applied.
    Saved(i32),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let offer = 0..3_usize;
    let event = prop_oneof![
        4 => (1..60_i32).prop_map(Event::Pass),
        1 => (1..30_i32).prop_map(Event::Back),
        2 => (offer.clone(), 0..3_usize, 0..3_usize).prop_map(|(offer, field, value)| Event::Edit(offer, field, value)),
        3 => (offer.clone(), 0..700_i32, 0..3_usize, 0..3_usize)
            .prop_map(|(offer, hour, field, value)| Event::Schedule(offer, hour, field, value)),
        1 => offer.clone().prop_map(Event::Move),
        1 => offer.prop_map(Event::Rename),
        2 => (0..40_i32).prop_map(Event::Saved),
    ];
    prop::collection::vec(event, 4..14)
}

/// An offer as the test knows it.
#[derive(Debug, Clone, Default)]
struct Offer {
    own: [usize; 3],
    entries: Entries,
    moved: bool,
    renames: usize,
}

impl Offer {
    fn key(&self, number: usize) -> String {
        format!("offer-{number}{}", "-x".repeat(self.renames))
    }

    fn file(&self, number: usize) -> String {
        format!("offers/{}{}.yaml", if self.moved { "deep/" } else { "" }, self.key(number))
    }

    /// The YAML; the entries stand in it from the last to the first.
    fn text(&self, number: usize) -> String {
        let own = |field: usize| format!("{}: {}\n", VALUES[field].0, VALUES[field].1[self.own[field]]);
        let mut text = format!(
            "offer_name: Offer {number}\nadvertiser: acme-home\nvertical_id: 7\noffer_url: https://t.example/{number}?a={{aff_id}}\n"
        );
        text.extend((0..3).map(own));
        if self.renames > 0 || !self.entries.is_empty() {
            text.push_str("sync:\n");
        }
        if self.renames > 0 {
            let before = Self { renames: self.renames - 1, ..self.clone() };
            writeln!(text, "  renamed_from: {}", before.key(number)).unwrap();
        }
        for (index, (at, values)) in self.entries.iter().rev().enumerate() {
            text.push_str(if index == 0 { "  schedule:\n" } else { "" });
            writeln!(text, "    - at: {}", at.strftime("%Y-%m-%d %H:%M:%S")).unwrap();
            text.extend(
                values
                    .iter()
                    .map(|(field, value)| format!("      {}: {}\n", VALUES[*field].0, VALUES[*field].1[*value])),
            );
        }
        text
    }

    /// What is wanted: the value of the last entry that the moment has passed.
    fn wanted(&self, field: usize, now: Timestamp, zone: &TimeZone) -> &'static str {
        let passed = |at: &DateTime| at.to_zoned(zone.clone()).unwrap().timestamp() <= now;
        let last = self.entries.iter().rev().find_map(|(at, values)| passed(at).then(|| values.get(&field))?);
        VALUES[field].1[*last.unwrap_or(&self.own[field])]
    }
}

struct Walk {
    workspace: Workspace,
    offers: [Offer; 3],
    now: Timestamp,
    zone: TimeZone,
}

impl Walk {
    fn begin() -> Self {
        let workspace = Workspace::empty();
        workspace.write(
            "offersync.toml",
            &format!("[cake]\nurl = \"https://x.cakemarketing.com\"\ntime_zone = \"{ZONE}\"\n[names.advertisers]\nacme-home = 101\n"),
        );
        let zone = TimeZone::get(ZONE).unwrap();
        let walk = Self {
            workspace,
            offers: Default::default(),
            now: BEGIN.to_zoned(zone.clone()).unwrap().timestamp(),
            zone,
        };
        (0..3).for_each(|number| walk.write(number));
        walk
    }

    fn write(&self, number: usize) {
        self.workspace.write(&self.offers[number].file(number), &self.offers[number].text(number));
    }

    fn change(&mut self, number: usize, change: impl FnOnce(&mut Offer)) {
        self.workspace.remove(&self.offers[number].file(number));
        change(&mut self.offers[number]);
        self.write(number);
    }

    fn pass(&mut self, hours: i32) {
        self.now += Span::new().hours(i64::from(hours));
    }

    fn repository(&self) -> Repository {
        let mut repository = Repository::open_sandbox(self.workspace.folder()).unwrap();
        repository.set_time(self.now);
        repository
    }

    fn happen(&mut self, event: &Event, runtime: &tokio::runtime::Runtime) {
        match *event {
            Event::Pass(hours) => self.pass(hours),
            Event::Back(hours) => self.pass(-hours),
            Event::Edit(number, field, value) => self.change(number, |offer| offer.own[field] = value),
            Event::Schedule(number, hour, field, value) => {
                // On the quarter, and never in the hour that a change of clocks leaves out or repeats.
                let at = BEGIN.checked_add(hour.hours()).unwrap();
                if at.hour() != 1 && at.hour() != 2 {
                    self.change(number, |offer| _ = offer.entries.entry(at).or_default().insert(field, value));
                }
            }
            Event::Move(number) => self.change(number, |offer| offer.moved = !offer.moved),
            Event::Rename(number) => {
                // Each rename is applied before the next one.
                self.apply(runtime);
                self.change(number, |offer| offer.renames += 1);
            }
            Event::Saved(hours) => {
                let plan = self.repository().plan(&PlanOptions::default()).unwrap();
                self.pass(hours);
                // Exactly that, or nothing; either way the next apply does the rest.
                let _stale = runtime.block_on(self.repository().apply(&plan, &ApplyOptions::default()));
            }
        }
    }

    fn apply(&self, runtime: &tokio::runtime::Runtime) {
        let repository = self.repository();
        let plan = repository.plan(&PlanOptions::default()).unwrap();
        let report = runtime.block_on(repository.apply(&plan, &ApplyOptions::default())).unwrap();
        assert!(matches!(report.outcome, RunOutcome::Complete | RunOutcome::NothingToDo), "{report:#?}\n{plan:#?}");
        let after = repository.plan(&PlanOptions::default()).unwrap();
        assert!(after.is_empty(), "{after:#?}");
    }

    fn check(&self) {
        let data = self.workspace.read(".offersync/sandbox/cake/cake.jsonl");
        let puts = data.lines().map(|line| serde_json::from_str::<Json>(line).unwrap()["put"].clone());
        let offers: BTreeMap<u64, Json> = puts.map(|offer| (offer["offer_id"].as_u64().unwrap(), offer)).collect();
        assert_eq!(offers.len(), 3, "each offer once");
        for (number, expected) in self.offers.iter().enumerate() {
            let in_cake = offers.values().find(|offer| offer["offer_name"] == format!("Offer {number}")).unwrap();
            for (field, (name, _)) in VALUES.iter().enumerate() {
                let wanted = expected.wanted(field, self.now, &self.zone);
                let shown = in_cake[*name].to_string();
                assert_eq!(shown.trim_matches('"'), wanted, "{name} of offer {number} at {}: {expected:#?}", self.now);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("OFFERSYNC_LONG_TESTS").is_some() { 400 } else { 24 },
        ..ProptestConfig::default()
    })]

    #[test]
    fn after_each_apply_cake_has_what_the_schedule_wants_at_that_moment(events in events()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut walk = Walk::begin();
        walk.apply(&runtime);
        walk.check();
        for event in &events {
            walk.happen(event, &runtime);
            walk.apply(&runtime);
            walk.check();
        }
    }
}
