//! The view model of an apply: the verdict with its counts, the results by outcome, what to do about each, the notes.

use crate::apply::{ActionOutcome, ActionResult, Report, Run, RunOutcome};
use crate::diagnostic::Diagnostic;
use crate::plan::{Action, Verb};
use crate::words::count;

use super::{PlanView, ViewContext};

/// The order of outcomes: those that need a decision are last, next to the prompt.
const ORDER: [ActionOutcome; 5] = [
    ActionOutcome::Done,
    ActionOutcome::Skipped,
    ActionOutcome::NotSent,
    ActionOutcome::Rejected,
    ActionOutcome::InDoubt,
];

/// The view model of a report.
#[derive(Debug)]
pub(in crate::report) struct ApplyView<'a> {
    /// The verdict in one sentence.
    pub verdict: String,
    /// The verdict in a few words.
    pub headline: String,
    /// The results by outcome, without empty groups.
    pub sections: Vec<(ActionOutcome, Vec<ResultView<'a>>)>,
    /// What stopped the apply, and the creates in doubt.
    pub diagnostics: &'a [Diagnostic],
    /// Notes in full sentences.
    pub notes: Vec<String>,
    /// The outcome as a whole.
    pub outcome: RunOutcome,
    /// Where and when.
    pub run: &'a Run,
    /// The plan that was carried out, if there was one.
    pub plan: Option<PlanView<'a>>,
    pub context: ViewContext<'a>,
}

/// Of a replace: the new offer is there, and the old one is not inactive.
const HALF_DONE: &str = "half done";

/// The result of one action.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct ResultView<'a> {
    pub result: &'a ActionResult,
    /// The action, where the report has its plan.
    pub action: Option<&'a Action>,
}

impl<'a> ApplyView<'a> {
    pub(in crate::report) fn of(report: &'a Report, context: ViewContext<'a>) -> Self {
        let section = |outcome| {
            let results = report.actions().filter(|(result, _)| result.outcome == outcome);
            (outcome, results.map(|(result, action)| ResultView { result, action }).collect::<Vec<_>>())
        };
        let sections = ORDER.into_iter().map(section).filter(|(_, results)| !results.is_empty()).collect();
        let notes = report.notes.iter().cloned().chain(retries(report)).collect();
        let plan = report.plan.as_ref().map(|plan| PlanView::of(plan, context));
        let ((verdict, headline), diagnostics) = (verdict(report), report.diagnostics.as_slice());
        let (outcome, run) = (report.outcome, &report.run);
        Self { verdict, headline, sections, diagnostics, notes, outcome, run, plan, context }
    }

    /// The results, those that need a decision first.
    pub(in crate::report) fn worst_first(&self) -> impl Iterator<Item = ResultView<'a>> + use<'_, 'a> {
        self.sections.iter().rev().flat_map(|(_, results)| results.iter().copied())
    }
}

impl ResultView<'_> {
    /// The number of retries.
    fn retries(self) -> u32 {
        retries_of(self.result)
    }

    /// `after 3 attempts`, if there were retries.
    pub(in crate::report) fn attempts(self) -> Option<String> {
        (self.retries() > 0).then(|| format!("after {} attempts", self.result.attempts))
    }

    /// The outcome. What CAKE did not do for another reason, such as a throttle, says nothing about the offer.
    pub(in crate::report) fn outcome_text(self) -> &'static str {
        match self.result.outcome {
            ActionOutcome::InDoubt => outcome_text(ActionOutcome::InDoubt),
            _ if self.result.is_half_done => HALF_DONE,
            ActionOutcome::Rejected if self.result.content_refused => "rejected by CAKE",
            outcome => outcome_text(outcome),
        }
    }

    /// The help. A create in doubt has its own diagnostic, with the commands that resolve it.
    pub(in crate::report) fn advice(self) -> Option<&'static str> {
        match (self.result.outcome, self.result.verb) {
            _ if self.result.is_half_done && self.result.contradictions.is_empty() => {
                Some("both offers may be active: solve that, then apply again to make the old one inactive")
            }
            (ActionOutcome::Rejected, Verb::Retire) if self.result.content_refused => Some(
                "nothing changed in CAKE. If it does not have this offer any more, remove it from the record: `offersync state rm KEY`, or \
                 for one that was replaced `offersync state rm KEY --replaced ID`",
            ),
            (ActionOutcome::Rejected, _) if self.result.content_refused => {
                Some("nothing changed in CAKE: fix the offer's YAML, or its data in CAKE, and apply again")
            }
            (_, Verb::Retire) if !self.result.contradictions.is_empty() => {
                Some("look in CAKE why the offer stays as it is; to keep it active, bring its YAML back")
            }
            _ if !self.result.contradictions.is_empty() => Some(
                "if CAKE keeps that value, write it in the YAML, or leave the field to CAKE: `sync: {ignore_changes: [FIELD]}`",
            ),
            (ActionOutcome::InDoubt, _) if self.result.is_waiting => Some(
                "it is not sent again; each apply looks whether CAKE has done it. If it was refused there, run `offersync state resolve KEY \
                 --not-done`",
            ),
            (ActionOutcome::InDoubt, verb) if !matches!(verb, Verb::Create | Verb::Replace) => {
                Some("it is unknown whether CAKE changed it; the next apply sends it again")
            }
            _ => None,
        }
    }
}

pub(in crate::report) fn outcome_text(outcome: ActionOutcome) -> &'static str {
    match outcome {
        ActionOutcome::Done => "done",
        ActionOutcome::Rejected => "not done",
        ActionOutcome::NotSent => "not sent",
        ActionOutcome::InDoubt => "in doubt",
        ActionOutcome::Skipped => "skipped",
    }
}

/// The number of retries; a replace needs two requests, any other action one.
fn retries_of(result: &ActionResult) -> u32 {
    result.attempts.saturating_sub(if result.verb == Verb::Replace { 2 } else { 1 })
}

fn retries(report: &Report) -> Option<String> {
    let retries = report.results.iter().map(retries_of).filter(|retries| *retries > 0);
    let (offers, requests) = retries.fold((0, 0), |(offers, sum), retries| (offers + 1, sum + retries as usize));
    let were = if requests == 1 { "was" } else { "were" };
    (requests > 0).then(|| format!("{} {were} retried, for {}.", count(requests, "request"), count(offers, "offer")))
}

/// The verdict as a sentence, and in a few words.
fn verdict(report: &Report) -> (String, String) {
    let outcomes = [
        ActionOutcome::Done,
        ActionOutcome::Rejected,
        ActionOutcome::NotSent,
        ActionOutcome::InDoubt,
        ActionOutcome::Skipped,
    ];
    let is_half_done = |result: &&ActionResult| result.is_half_done && result.outcome != ActionOutcome::InDoubt;
    let half_done = report.results.iter().filter(is_half_done);
    let whole = |outcome| {
        let results = report.results.iter().filter(move |result| result.outcome == outcome && !is_half_done(result));
        (results.count(), outcome_text(outcome))
    };
    let mut counts: Vec<_> = outcomes.into_iter().map(whole).collect();
    counts.insert(1, (half_done.clone().count(), HALF_DONE));
    let counts: Vec<_> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| format!("{count} {text}")).collect();
    let counts = if counts.is_empty() { "no actions".to_owned() } else { counts.join(", ") };
    let (what, next) = match report.outcome {
        RunOutcome::Complete => ("Applied", ""),
        RunOutcome::Refused => ("Refused", " Nothing was sent."),
        RunOutcome::Partial | RunOutcome::NotRecorded | RunOutcome::KeyRefused => {
            match report.count(ActionOutcome::Done) + half_done.count() {
                0 => ("Nothing applied", ""),
                _ => ("Applied in part", " Plan and apply again to do the rest."),
            }
        }
        RunOutcome::InDoubt => ("In doubt", " Look in CAKE to resolve it."),
        RunOutcome::Interrupted => ("Interrupted", " Nothing is lost; plan and apply again to do the rest."),
        RunOutcome::NothingToDo => return ("Nothing to do.".to_owned(), "nothing to do".to_owned()),
    };
    (format!("{what}: {counts}.{next}"), format!("{}, {counts}", what.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(outcome: RunOutcome, results: &[(ActionOutcome, Verb, u32)]) -> Report {
        let result = |(outcome, verb, attempts): &(ActionOutcome, Verb, u32)| ActionResult {
            key: crate::offer::Key::new("a").unwrap(),
            verb: *verb,
            offer_id: None,
            outcome: *outcome,
            message: None,
            attempts: *attempts,
            content_refused: false,
            is_half_done: false,
            is_waiting: false,
            contradictions: vec![],
            due_since: None,
            done_at: None,
        };
        let results = results.iter().map(result).collect();
        Report { results, ..Report::new(outcome) }
    }

    #[test]
    fn the_verdict_says_whether_anything_was_applied() {
        let not_sent = (ActionOutcome::NotSent, Verb::Update, 3);
        let done = (ActionOutcome::Done, Verb::Update, 1);
        let verdict = |outcome, results: &[_]| ApplyView::of(&report(outcome, results), ViewContext::default()).verdict;
        assert_eq!(verdict(RunOutcome::Partial, &[not_sent; 7]), "Nothing applied: 7 not sent.");
        let in_part = "Applied in part: 1 done, 1 not sent. Plan and apply again to do the rest.";
        assert_eq!(verdict(RunOutcome::Partial, &[not_sent, done]), in_part);
        assert_eq!(verdict(RunOutcome::Complete, &[done]), "Applied: 1 done.");
        assert_eq!(verdict(RunOutcome::NothingToDo, &[]), "Nothing to do.");
    }

    #[test]
    fn a_replace_takes_two_requests_before_one_counts_as_a_retry() {
        let notes = |verb, attempts| {
            let report = report(RunOutcome::Complete, &[(ActionOutcome::Done, verb, attempts)]);
            ApplyView::of(&report, ViewContext::default()).notes
        };
        assert!(notes(Verb::Replace, 2).is_empty() && notes(Verb::Update, 1).is_empty());
        assert_eq!(notes(Verb::Replace, 3), ["1 request was retried, for 1 offer."]);
        assert_eq!(notes(Verb::Update, 3), ["2 requests were retried, for 1 offer."]);
    }
}
