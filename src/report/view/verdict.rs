//! The verdict on a plan: what it amounts to, in one sentence with the counts.

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::plan::{Plan, Summary, UpcomingKind, Verb};
use crate::words::count;

/// What a plan amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Conclusion {
    /// No action.
    NothingToDo,
    /// Something to apply.
    Changes,
    /// Nothing can be applied before a blocked action is resolved.
    Blocked,
}

/// The conclusion with the counts behind it.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Verdict {
    pub conclusion: Conclusion,
    pub counts: Summary,
    /// The actions that there are besides, where the plan shows only what differs from a commit.
    pub elsewhere: Option<Summary>,
    /// How many changes of the configuration and of the state were not accepted.
    pub to_accept: usize,
    /// How many offers would seem to be others, which was not accepted either.
    pub identities: usize,
    /// How many breaches of guardrails are not waived.
    pub breaches: usize,
    /// How many changes become due later, are held back by a freeze, and are not scheduled any more.
    pub upcoming: [usize; 3],
    /// Whether the plan was made against what CAKE shows.
    pub is_refreshed: bool,
    /// Whether CAKE shows something otherwise, or not at all.
    pub is_unclear: bool,
}

impl Verdict {
    pub(super) fn of(plan: &Plan) -> Self {
        let conclusion = match plan {
            plan if plan.is_empty() => Conclusion::NothingToDo,
            plan if plan.is_blocked() => Conclusion::Blocked,
            _ => Conclusion::Changes,
        };
        Self {
            conclusion,
            counts: plan.summary(),
            elsewhere: plan.elsewhere.as_ref().map(|rest| rest.summary()),
            to_accept: errors_of(plan, &[codes::review::SETTING, codes::review::RECORD]),
            identities: errors_of(plan, &[codes::review::IDENTITY]),
            breaches: errors_of(plan, codes::guardrail::ALL),
            upcoming: [UpcomingKind::Due, UpcomingKind::Held, UpcomingKind::Removed]
                .map(|kind| plan.upcoming.iter().filter(|upcoming| upcoming.kind == kind).count()),
            is_refreshed: plan.refreshed,
            is_unclear: plan.refreshed && !plan.diagnostics.is_empty(),
        }
    }

    /// `Plan: 1 to create, 2 to update, 97 unchanged.`, or that there is nothing to do.
    pub(in crate::report) fn sentence(&self) -> String {
        let sentence = match self.conclusion {
            Conclusion::NothingToDo => self.nothing_to_do(),
            Conclusion::Changes | Conclusion::Blocked => self.changes(),
        };
        let sentence = match self.refusal() {
            None => sentence,
            Some(refusal) => format!("{refusal} {sentence}"),
        };
        let sentence = self.scheduled().into_iter().fold(sentence, |all, next| format!("{all} {next}"));
        match self.elsewhere {
            None => sentence,
            Some(rest) if rest.actions() == 0 => format!("{sentence} Nothing else is pending."),
            Some(rest) => {
                let are = if rest.actions() == 1 { "change is" } else { "changes are" };
                format!("{sentence} {} other {are} pending anyway: {}.", rest.actions(), parts(rest).join(", "))
            }
        }
    }

    /// The conclusion in a few words: `300 changes, 1 to review first, 2 pending anyway`.
    pub(in crate::report) fn headline(&self, to_review: usize, pending_to_review: usize) -> String {
        let changes = self.counts.actions();
        let refused = self.is_not_accepted().then(|| "refused".to_owned());
        let blocked = self.counts.count(Verb::Blocked);
        let blocked = (blocked > 0).then(|| format!("{blocked} blocked"));
        let changes = if changes == 0 { "nothing to do".to_owned() } else { count(changes, "change") };
        let to_review = (to_review > 0).then(|| format!("{to_review} to review first"));
        let rest = self.elsewhere.map_or(0, Summary::actions);
        let pending = (rest > 0).then(|| match pending_to_review {
            0 => format!("{rest} pending anyway"),
            some => format!("{rest} pending anyway ({some} to review first)"),
        });
        let parts = refused.into_iter().chain([changes]).chain(blocked).chain(to_review).chain(pending);
        parts.collect::<Vec<_>>().join(", ")
    }

    fn is_not_accepted(&self) -> bool {
        self.to_accept + self.identities + self.breaches > 0
    }

    /// Whether it will not be applied as it is.
    pub(in crate::report) fn is_refused(&self) -> bool {
        self.is_not_accepted() || self.conclusion == Conclusion::Blocked
    }

    /// What happens later.
    fn scheduled(&self) -> Vec<String> {
        let [due, held, removed] = self.upcoming;
        let are = |number: usize| if number == 1 { "is" } else { "are" };
        let texts =
            [(due, "scheduled for later"), (held, "held back by a freeze"), (removed, "not scheduled any more")];
        let some = texts.into_iter().filter(|(number, _)| *number > 0);
        some.map(|(number, what)| format!("{} {} {what}.", count(number, "change"), are(number))).collect()
    }

    /// That the plan is refused for what decides over it.
    pub(in crate::report) fn refusal(&self) -> Option<String> {
        let accept = format!("{} of the configuration or the state not accepted", count(self.to_accept, "change"));
        let broken = match self.breaches {
            1 => "1 breach of a guardrail".to_owned(),
            many => format!("{many} breaches of guardrails"),
        };
        let taken = format!("{} of another offer not accepted", count(self.identities, "name or URL"))
            .replace("name or URLs", "names or URLs");
        let reasons = [(self.to_accept, accept), (self.identities, taken), (self.breaches, broken)];
        let reasons: Vec<_> = reasons.into_iter().filter(|(count, _)| *count > 0).map(|(_, reason)| reason).collect();
        (!reasons.is_empty()).then(|| format!("Refused: {}.", reasons.join("; ")))
    }

    fn nothing_to_do(&self) -> String {
        let rest = match self.counts.left_out {
            0 => String::new(),
            many => format!("; {} left out", count(many, "offer")),
        };
        match (self.elsewhere, self.counts.unchanged) {
            (Some(_), _) => "Nothing to do for what differs from that commit.".to_owned(),
            (None, 0) if !rest.is_empty() => format!("Nothing to do: no offer is selected{rest}."),
            (None, 0) => "Nothing to do: there are no offers.".to_owned(),
            (None, many) if self.is_unclear => format!(
                "Nothing to do for {}{rest}. The warnings say what CAKE shows otherwise, or not at all.",
                count(many, "offer")
            ),
            (None, 1) => format!("Nothing to do: 1 offer is as desired, according to {}{rest}.", self.basis()),
            (None, many) => {
                format!("Nothing to do: {many} offers are as desired, according to {}{rest}.", self.basis())
            }
        }
    }

    fn basis(&self) -> &'static str {
        if self.is_refreshed { "CAKE" } else { "the state" }
    }

    fn changes(&self) -> String {
        let mut parts = parts(self.counts);
        let Summary { unchanged, left_out, .. } = self.counts;
        // Nothing is known of what was left out, so it is not counted as unchanged.
        if unchanged > 0 || left_out == 0 {
            parts.push(format!("{unchanged} unchanged"));
        }
        if left_out > 0 {
            parts.push(format!("{left_out} left out"));
        }
        format!("Plan: {}.", parts.join(", "))
    }
}

/// `1 to create`, `2 to update`
fn parts(counts: Summary) -> Vec<String> {
    let part = |verb: Verb| match counts.count(verb) {
        0 => None,
        blocked if verb == Verb::Blocked => Some(format!("{blocked} blocked")),
        // The counts do not tell one from the other.
        count if verb == Verb::Protect => Some(format!("{count} to protect or unprotect")),
        count => Some(format!("{count} to {}", verb.word())),
    };
    Verb::ALL.into_iter().filter_map(part).collect()
}

/// `2 errors, 1 warning`
pub(in crate::report) fn problem_counts(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|problem| problem.is_error()).count();
    let counts = [(errors, "error"), (diagnostics.len() - errors, "warning")];
    let texts: Vec<_> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, noun)| count(*n, noun)).collect();
    texts.join(", ")
}

fn errors_of(plan: &Plan, codes: &[Code]) -> usize {
    plan.diagnostics.iter().filter(|problem| problem.is_error() && codes.contains(&problem.code)).count()
}

/// Whether a problem is a change of the configuration or of the state, or a guardrail that is broken, waived or not.
pub(super) fn is_decisive(problem: &Diagnostic) -> bool {
    let is_broken = codes::guardrail::ALL.contains(&problem.code)
        && (problem.is_error() || problem.code == codes::guardrail::WAIVED);
    is_broken || codes::review::ALL.contains(&problem.code)
}
