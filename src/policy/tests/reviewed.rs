//! A law of guardrails and schedules: what a review lets pass, no apply is stopped by, however late it comes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::{DateTime, date};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

use super::{World, changed};

use crate::config::ExpiredAction;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Recorded, RemovedAction, TimeRules, shown_time};
use crate::plan::{self, Action, PlanInputs, Selection, StateBinding, Step, held_step};
use crate::policy::{GuardrailInputs, judge_with_steps, resolve};

pub(super) const BEGIN: DateTime = date(2026, 12, 1).at(0, 0, 0, 0);
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

/// The offers as they are wanted at an hour, and what a freeze holds back of that.
fn world(texts: &[Text], freeze: &str, recorded: Option<&Recorded>, hour: i32) -> World {
    let files: Vec<_> =
        texts.iter().enumerate().map(|(number, text)| (format!("offers/o{number}.yaml"), text.yaml(number))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut world = World::of(&files).configured(&format!("{LIMITS}{freeze}"));
    let rules = world.rules();
    resolve(&mut world.reading.set, recorded, &world.settings.guardrails, moment(hour), &rules);
    world
}

/// A freeze by its hours, with the actions that it lets pass.
pub(super) fn frozen(from: i32, to: i32, except: &[&str]) -> String {
    let [from, to] = [from, to].map(|hour| shown_time(BEGIN.checked_add(hour.hours()).unwrap()));
    format!("[[freeze]]\nfrom = \"{from}\"\nto = \"{to}\"\nreason = \"Q4\"\nexcept = {except:?}\n")
}

pub(super) fn moment(hour: i32) -> Timestamp {
    BEGIN.checked_add(hour.hours()).unwrap().to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp()
}

impl World {
    pub(super) fn rules(&self) -> TimeRules {
        let retires_expired = self.settings.expired == ExpiredAction::Retire;
        TimeRules { zone: self.settings.cake.time_zone.clone(), retires_expired }
    }

    pub(super) fn actions(&self, recorded: &Recorded, hour: i32) -> Vec<Action> {
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

    /// The guardrails that a plan of that hour breaks. A review looks ahead, and at what a freeze holds back.
    pub(super) fn broken(&self, recorded: &Recorded, hour: i32, is_review: bool) -> Vec<Diagnostic> {
        let (actions, rules) = (self.actions(recorded, hour), self.rules());
        let offers = self.reading.set.offers.iter().filter(|_| is_review);
        let held: Vec<Step> = offers.filter_map(|offer| held_step(offer, moment(hour), &rules)).collect();
        let inputs = GuardrailInputs {
            actions: &actions,
            desired: &self.reading.set,
            recorded,
            guardrails: &self.settings.guardrails,
            names: &self.settings.names,
            time_zone: &self.settings.cake.time_zone,
            now: moment(hour),
            sudden: &BTreeSet::new(),
            held: &held,
            is_whole: true,
        };
        let mut found = judge_with_steps(inputs, &rules, is_review);
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
        freeze in prop::option::of((0..100_i32, 1..80_i32)),
    ) {
        let reviewed = applied + reviewed;
        let freeze = freeze.map(|(from, hours)| frozen(from, from + hours, &[])).unwrap_or_default();
        let recorded = world(&old, "", None, applied).recorded().recorded.unwrap();
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
        let at = |texts: &[Text], hour| world(texts, &freeze, Some(&recorded), hour);
        let was_fine = at(&old, reviewed).broken(&recorded, reviewed, true).is_empty();
        let is_fine = at(&new, reviewed).broken(&recorded, reviewed, true).is_empty();
        prop_assume!(was_fine && is_fine);
        let mut found = at(&new, reviewed + late).broken(&recorded, reviewed + late, false);
        // A freeze that begins meanwhile refuses the edit of an own value.
        found.retain(|problem| problem.code != codes::guardrail::FREEZE);
        prop_assert!(found.is_empty(), "{found:#?}");
    }
}
