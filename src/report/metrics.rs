//! The metrics of an apply in the text format of Prometheus, for a textfile collector or a push from CI.
//!
//! Owns the names of the metrics, which stay. Written by hand, because amounts are exact decimals here, and the libraries for this format take
//! floating-point numbers.

use std::fmt::{Display, Write as _};

use jiff::{SignedDuration, Timestamp};

use crate::apply::{ActionOutcome, Report, RunOutcome};
use crate::offer::{Field, TimeRules};
use crate::plan::Verb;

use super::view::MoneyTotals;

/// The metrics of an apply.
pub fn report(report: &Report, rules: &TimeRules) -> String {
    let run = &report.run;
    let is_success = matches!(report.outcome, RunOutcome::NothingToDo | RunOutcome::Complete);
    let mut metrics = Metrics::of_run(&run.environment, is_success, report.outcome.word(), run.ended_at);
    let duration = run.ended_at.duration_since(run.started_at);
    metrics.one("apply_duration_seconds", "How long the apply took.", seconds(duration));
    metrics.describe("apply_actions", "The actions of the plan, by what they are and what became of them.");
    for verb in Verb::ALL {
        for outcome in OUTCOMES {
            let is_it = |result: &&crate::apply::ActionResult| (result.verb, result.outcome) == (verb, outcome);
            let count = report.results.iter().filter(is_it).count();
            metrics.value("apply_actions", &[("action", verb.word()), ("outcome", word(outcome))], count);
        }
    }
    let due = report.results.iter().filter_map(|result| result.due_since).min();
    let age = due.map(|since| run.started_at.duration_since(rules.moment_of(since))).unwrap_or_default();
    let meaning = "For how long the oldest change of a schedule was due when the apply began; 0 where none was.";
    metrics.one("apply_oldest_due_change_seconds", meaning, seconds(age.max(SignedDuration::ZERO)));
    metrics.add_money(report);
    metrics.text
}

/// The metrics of an apply that failed before it had a report.
pub fn failed(environment: &str, ended_at: Timestamp) -> String {
    Metrics::of_run(environment, false, "failed", ended_at).text
}

const OUTCOMES: [ActionOutcome; 5] = [
    ActionOutcome::Done,
    ActionOutcome::Rejected,
    ActionOutcome::NotSent,
    ActionOutcome::InDoubt,
    ActionOutcome::Skipped,
];

/// As in the JSON of a report.
fn word(outcome: ActionOutcome) -> &'static str {
    match outcome {
        ActionOutcome::Done => "done",
        ActionOutcome::Rejected => "rejected",
        ActionOutcome::NotSent => "not_sent",
        ActionOutcome::InDoubt => "in_doubt",
        ActionOutcome::Skipped => "skipped",
    }
}

/// With milliseconds.
fn seconds(duration: SignedDuration) -> String {
    format!("{}.{:03}", duration.as_secs(), duration.subsec_millis().unsigned_abs())
}

/// The text so far, and the environment, which every value has.
struct Metrics<'a> {
    environment: &'a str,
    text: String,
}

impl<'a> Metrics<'a> {
    fn of_run(environment: &'a str, is_success: bool, outcome: &str, ended_at: Timestamp) -> Self {
        let mut metrics = Self { environment, text: String::new() };
        metrics.one("apply_success", "Whether the apply did all that was to do.", u8::from(is_success));
        metrics.describe("apply_outcome", "The outcome of the apply as a whole, as in its report.");
        metrics.value("apply_outcome", &[("outcome", outcome)], 1);
        let ended = seconds(ended_at.duration_since(Timestamp::UNIX_EPOCH));
        metrics.one("apply_end_time_seconds", "When the apply ended, in seconds since 1970.", ended);
        metrics
    }

    fn one(&mut self, name: &str, meaning: &str, value: impl Display) {
        self.describe(name, meaning);
        self.value(name, &[], value);
    }

    fn describe(&mut self, name: &str, meaning: &str) {
        _ = writeln!(self.text, "# HELP offersync_{name} {meaning}\n# TYPE offersync_{name} gauge");
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels = [("environment", self.environment)].into_iter().chain(labels.iter().copied());
        let labels: Vec<String> = labels.map(|(label, text)| format!("{label}=\"{}\"", escaped(text))).collect();
        _ = writeln!(self.text, "offersync_{name}{{{}}} {value}", labels.join(","));
    }

    /// What became of the money. A sum is that of one unit; shares of the revenue have none.
    fn add_money(&mut self, report: &Report) {
        let (mut counts, mut sums) = (Vec::new(), Vec::new());
        for outcome in OUTCOMES {
            for field in [Field::Payout, Field::Revenue] {
                let actions = report.actions().filter(|(result, _)| result.outcome == outcome);
                for total in MoneyTotals::of(actions.filter_map(|(_, action)| action), field).all() {
                    let kind = total.unit.price_type.map_or("", crate::offer::PriceType::word);
                    let currency = total.unit.currency.map(|id| id.to_string()).unwrap_or_default();
                    let direction = if total.is_rise { "rise" } else { "fall" };
                    let labels = [field.name(), direction, word(outcome), kind, &currency].map(str::to_owned);
                    counts.push((labels.clone(), total.count.to_string()));
                    sums.extend(total.sum.map(|sum| (labels, sum.to_string())));
                }
            }
        }
        let amounts = "Amounts that rise or fall, by what became of their actions.";
        let changes = "By how much they rise or fall in total, in the amounts of their currency.";
        for (name, meaning, values) in [("apply_amounts", amounts, counts), ("apply_amount_change", changes, sums)] {
            self.describe(name, meaning);
            for (labels, value) in values {
                let names = ["field", "direction", "outcome", "price_type", "currency_id"];
                let labels: Vec<(&str, &str)> = names.into_iter().zip(labels.iter().map(String::as_str)).collect();
                self.value(name, &labels, value);
            }
        }
    }
}

/// A value of a label: backslashes, quotes and line breaks are written out.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
