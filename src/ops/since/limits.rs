//! What would break a guardrail or a lint as they were at a commit: a branch must not loosen unseen the limit that it breaks.

use std::collections::{BTreeSet, HashSet};

use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::offer::{Key, Recorded};
use crate::plan::{Plan, Step, UpcomingKind, held_step};
use crate::source::SourcePath;

use super::super::inputs::{Desired, lints_at};
use super::super::judged::{LimitSettings, judged};
use super::super::repository::Repository;

/// Everything that a merge would apply.
#[derive(Clone, Copy)]
pub(super) struct Pending<'a> {
    pub(super) plan: &'a Plan,
    pub(super) desired: &'a Desired,
    pub(super) recorded: &'a Recorded,
    /// The settings of the commit, as far as they can be read.
    pub(super) then: Option<&'a Settings>,
    /// Offers with past entries of schedules that the commit does not have.
    pub(super) sudden: &'a BTreeSet<Key>,
    /// Whether the plan is about every offer.
    pub(super) is_whole: bool,
}

/// The breaches of today's guardrails, and those of the commit's guardrails and lints that are none today: errors as well, until a person
/// has seen the changed limits.
pub(super) fn breaches(
    repository: &Repository,
    reference: &str,
    pending: Pending<'_>,
    is_accepted: bool,
) -> Vec<Diagnostic> {
    let Pending { plan, desired, recorded, then, sudden, is_whole } = pending;
    let settings = &repository.settings;
    let held = held(repository, plan, desired);
    let judge = |limits| judged(repository, desired, recorded, limits, plan, (sudden, &held, is_whole));
    let mut found = judge(LimitSettings::of(settings));
    found.extend(on_their_days(repository, &pending, &held, &found));
    let Some(then) = then else { return found };
    let mut of_commit = then.guardrails.clone();
    of_commit.waivers.clone_from(&settings.guardrails.waivers);
    // With the names and the time zone of the commit: what a rule, or a freeze, means must not change either.
    let is_zone_same = then.cake.time_zone == settings.cake.time_zone;
    let is_same = of_commit == settings.guardrails && then.names == settings.names && is_zone_same;
    let of_commit = LimitSettings { guardrails: &of_commit, ..LimitSettings::of(then) };
    let mut earlier = if is_same { found.clone() } else { judge(of_commit) };
    if then.lints != settings.lints {
        earlier.extend(lints_at(repository, &then.lints, &desired.set, desired.at, Some(recorded)));
    }
    // What is waived of a limit of the commit is used.
    let is_idle = |problem: &Diagnostic| problem.code == codes::guardrail::UNUSED_WAIVER;
    let idle: HashSet<_> = earlier.iter().filter(|problem| is_idle(problem)).map(Diagnostic::place).collect();
    found.retain(|problem| !is_idle(problem) || idle.contains(&problem.place()));
    let known: HashSet<_> = found.iter().chain(&desired.warnings).map(|problem| what(problem, settings)).collect();
    let is_broken = |problem: &Diagnostic| problem.is_error() || problem.code == codes::guardrail::WAIVED;
    earlier.retain(|problem| is_broken(problem) && !known.contains(&what(problem, settings)));
    found.extend(earlier.into_iter().map(|problem| {
        let severity = if is_accepted { Severity::Warning } else { problem.severity };
        Diagnostic { severity, ..at(problem, reference, settings) }
    }));
    found
}

/// What is broken besides where each entry that the branch has brought late is judged with the others of its day, as an apply will do after the merge.
fn on_their_days(
    repository: &Repository,
    Pending { plan, desired, recorded, sudden, is_whole, .. }: &Pending<'_>,
    held: &[Step],
    found: &[Diagnostic],
) -> Vec<Diagnostic> {
    if sudden.is_empty() {
        return Vec::new();
    }
    let limits = LimitSettings::of(&repository.settings);
    let mut problems = judged(repository, desired, recorded, limits, plan, (&BTreeSet::new(), held, *is_whole));
    let is_known = |problem: &Diagnostic| found.iter().any(|known| known.code == problem.code && known.is_error());
    problems.retain(|problem| problem.is_error() && !is_known(problem));
    problems
}

/// What a freeze holds back of the plan's offers.
fn held(repository: &Repository, plan: &Plan, desired: &Desired) -> Vec<Step> {
    let rules = repository.time_rules();
    let held = plan.upcoming.iter().filter(|change| change.kind == UpcomingKind::Held);
    held.filter_map(|change| held_step(desired.set.get(&change.key)?, plan.at, &rules)).collect()
}

/// What a problem is about: where it is in an offer, or only its code where it is about the whole plan.
#[derive(PartialEq, Eq, Hash)]
struct About<'p> {
    severity: Severity,
    code: &'static str,
    place: Option<(&'p SourcePath, u32)>,
    /// Of what several rules, or several guardrails, have in common: which of them.
    message: Option<&'p str>,
}

fn what<'p>(problem: &'p Diagnostic, settings: &Settings) -> About<'p> {
    let place = problem.place().filter(|place| place.file != settings.file);
    let is_shared = [codes::guardrail::RULE, codes::guardrail::WAIVED].contains(&problem.code);
    About {
        severity: problem.severity,
        code: problem.code.name,
        place: place.map(|place| (&place.file, place.line)),
        message: is_shared.then_some(&*problem.message),
    }
}

/// The problem, with words for where its limit is.
fn at(mut problem: Diagnostic, reference: &str, settings: &Settings) -> Diagnostic {
    problem.message = format!("{} (by the limits of `{reference}`)", problem.message);
    for label in problem.labels.iter_mut().filter(|label| label.place.file == settings.file) {
        label.text = format!("{} at `{reference}`", label.text);
    }
    problem
}
