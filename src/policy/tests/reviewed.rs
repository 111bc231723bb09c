//! A law of guardrails and schedules: what a review lets pass, no apply is stopped by, however late it comes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::{DateTime, date};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::{World, changed};

use crate::diagnostic::Diagnostic;
use crate::offer::{Recorded, RemovedAction, TimeRules, shown_time};
use crate::plan::{self, Action, PlanInputs, Selection, StateBinding};
use crate::policy::{GuardrailInputs, judge_with_steps};

const BEGIN: DateTime = date(2026, 12, 1).at(0, 0, 0, 0);
const LIMITS: &str = "\
[guardrails]
payout_rise = \"10 %\"
payout_fall = \"10 %\"
max_retires = 1
small_plan = 0
";

/// Lines of an offer, each a payout or a status.
const LINES: [&str; 6] = [
    "payout: 10.00",
    "payout: 10.80",
    "payout: 11.70",
    "payout: 12.80",
    "offer_status: active",
    "offer_status: inactive",
];

type Entries = Vec<(i32, usize)>;

/// An offer at a commit: its payout, its status, and its entries by their hours.
#[derive(Debug, Clone)]
struct Text {
    payout: usize,
    status: usize,
    entries: Entries,
}

fn entries(hours: std::ops::Range<i32>) -> impl Strategy<Value = Entries> {
    let entries = prop::collection::btree_map(hours, 0..LINES.len(), 0..4);
    entries.prop_map(|entries| entries.into_iter().collect())
}

prop_compose! {
    fn text()(payout in 0..4_usize, status in 4..6_usize, entries in entries(0..100)) -> Text {
        Text { payout, status, entries }
    }
}

impl Text {
    fn yaml(&self, number: usize) -> String {
        let url = format!("https://shop.test/lp{number}?a=#affid#&r=#reqid#");
        let own = format!(
            "{}\n{}\nrevenue: 100.00\noffer_name: Offer {number}\noffer_url: \"{url}\"",
            LINES[self.payout], LINES[self.status]
        );
        let mut yaml = changed(&own);
        if !self.entries.is_empty() {
            yaml.push_str("sync:\n  schedule:\n");
        }
        for (hour, line) in &self.entries {
            let at = shown_time(BEGIN.checked_add(hour.hours()).unwrap());
            write!(yaml, "    - at: {at}\n      {}\n", LINES[*line]).unwrap();
        }
        yaml
    }
}

impl Text {
    /// Whether an entry after an hour gives what was wanted at another one.
    fn recurs(&self, after: i32, old: &Self, then: i32) -> bool {
        let mut was = [old.payout, old.status];
        let mut past: Vec<_> = old.entries.iter().filter(|(hour, _)| *hour <= then).collect();
        past.sort_unstable();
        for (_, line) in past {
            was[usize::from(*line > 3)] = *line;
        }
        self.entries.iter().any(|(hour, line)| *hour > after && was.contains(line))
    }
}

/// The offers as they are wanted at an hour.
fn world(texts: &[Text], hour: i32) -> World {
    let files: Vec<_> =
        texts.iter().enumerate().map(|(number, text)| (format!("offers/o{number}.yaml"), text.yaml(number))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut world = World::of(&files).configured(LIMITS);
    world.reading.set.resolve(moment(hour), &world.rules());
    world
}

fn moment(hour: i32) -> Timestamp {
    BEGIN.checked_add(hour.hours()).unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

impl World {
    fn rules(&self) -> TimeRules {
        TimeRules { zone: self.settings.cake.time_zone.clone(), retires_expired: false }
    }

    fn actions(&self, recorded: &Recorded, hour: i32) -> Vec<Action> {
        let state = StateBinding { lineage: None, digest: None };
        let inputs = PlanInputs {
            desired: &self.reading.set,
            recorded,
            at: moment(hour),
            removed: RemovedAction::Retire,
            selection: &Selection::default(),
            cake: "https://x.cakemarketing.com",
            environment: "production",
            state,
            settings_digest: "",
        };
        plan::plan(inputs).actions
    }

    /// The guardrails that a plan of that hour breaks.
    fn broken(&self, recorded: &Recorded, hour: i32, looks_ahead: bool) -> Vec<Diagnostic> {
        let actions = self.actions(recorded, hour);
        let inputs = GuardrailInputs {
            actions: &actions,
            desired: &self.reading.set,
            recorded,
            guardrails: &self.settings.guardrails,
            names: &self.settings.names,
            time_zone: &self.settings.cake.time_zone,
            now: moment(hour),
            sudden: &BTreeSet::new(),
            held: &[],
            is_whole: true,
        };
        let mut found = judge_with_steps(inputs, &self.rules(), looks_ahead);
        found.retain(Diagnostic::is_error);
        found
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn what_a_review_lets_pass_no_late_apply_is_stopped_by(
        old in prop::collection::vec(text(), 3),
        edits in prop::collection::vec(prop::option::of((0..4_usize, 4..6_usize, entries(1..80))), 3),
        (applied, reviewed, late) in (0..60_i32, 0..40_i32, 0..80_i32),
    ) {
        let reviewed = applied + reviewed;
        let recorded = world(&old, applied).recorded().recorded.unwrap();
        let mut new = old.clone();
        for ((text, old), edit) in new.iter_mut().zip(&old).zip(edits) {
            let Some((payout, status, added)) = edit else { continue };
            (text.payout, text.status) = (payout, status);
            for (hours, line) in added {
                // Later than the review; and in place of what was there.
                let hour = reviewed + hours;
                text.entries.retain(|(at, _)| *at != hour);
                text.entries.push((hour, line));
            }
            // Where the recorded value comes again, the record may be of before or of then, and the first is taken for it: a late apply may be
            // stopped, and a person decides.
            prop_assume!(!text.recurs(reviewed, old, applied));
        }
        // What was merged before had passed its own review, and what this branch brings passes this one.
        let was_fine = world(&old, reviewed).broken(&recorded, reviewed, true).is_empty();
        let is_fine = world(&new, reviewed).broken(&recorded, reviewed, true).is_empty();
        prop_assume!(was_fine && is_fine);
        let found = world(&new, reviewed + late).broken(&recorded, reviewed + late, false);
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}
