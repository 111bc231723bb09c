//! The first half of `plan`, `apply` and `validate`: from the repository's files to a plan, or to every problem in them.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::config::{DuplicateCheck, LintLevels};
use crate::desired;
use crate::diagnostic::{Diagnostic, Label, codes, sort};
use crate::offer::{DesiredOffer, DesiredSet, Observed, Recorded};
use crate::plan::{self, Drift, Plan, PlanInputs, Selection, StateBinding};
use crate::policy::{self, Limits, LintInputs, Occasion, ReviewInputs};
use crate::source::SourcePath;

use crate::words::count;

use super::error::Error;
use super::former_keys;
use super::moment::unclear;
use super::recorded::{RecordedState, read_recorded};
use super::removals;
use super::repository::Repository;
use super::schedule;
use super::tree::{self, Tracked, Tree};
use super::unfinished_import;
use super::unsettled;

/// The desired offers and every problem in them, none of them an error.
#[derive(Debug)]
pub(crate) struct Desired {
    /// The offers, as they are wanted at the moment.
    pub set: DesiredSet,
    /// The moment that a plan is made for.
    pub at: Timestamp,
    /// Whether what becomes due later is shown and judged. An apply, which may run every few minutes, judges what it does.
    pub looks_ahead: bool,
    pub warnings: Vec<Diagnostic>,
    /// What git knows of the files.
    pub(super) tracked: Tracked,
}

/// Reads the tree; the failure holds every problem of every file.
pub(crate) fn read_desired(
    repository: &Repository,
    allow_empty: bool,
    recorded: Option<&Recorded>,
) -> Result<Desired, Error> {
    let moment = repository.now();
    let tree = resolved(repository, tree::read(repository, allow_empty), recorded, moment);
    desired_of(repository, tree, moment, Vec::new())
}

/// The tree with the offers as they are wanted at a moment.
pub(super) fn resolved(
    repository: &Repository,
    mut tree: Tree,
    recorded: Option<&Recorded>,
    moment: Timestamp,
) -> Tree {
    let guardrails = &repository.settings.guardrails;
    policy::resolve(&mut tree.reading.set, recorded, guardrails, moment, &repository.time_rules());
    tree
}

/// The same with the lints, of which an error is a failure too: for what changes CAKE.
pub(crate) fn read_linted(repository: &Repository, allow_empty: bool, recorded: &Recorded) -> Result<Desired, Error> {
    let moment = repository.now();
    let tree = resolved(repository, tree::read(repository, allow_empty), Some(recorded), moment);
    let inputs = lint_inputs(repository, &repository.settings.lints, moment, Some(recorded));
    let findings = policy::lint(&tree.reading.set.offers, LintInputs { occasion: Occasion::Apply, ..inputs });
    Ok(Desired { looks_ahead: false, ..desired_of(repository, tree, moment, findings)? })
}

/// What the lints find in these offers.
pub(super) fn lints(
    repository: &Repository,
    set: &DesiredSet,
    moment: Timestamp,
    recorded: Option<&Recorded>,
) -> Vec<Diagnostic> {
    lints_at(repository, &repository.settings.lints, set, moment, recorded)
}

/// The same at other levels than those of today.
pub(super) fn lints_at(
    repository: &Repository,
    levels: &LintLevels,
    set: &DesiredSet,
    moment: Timestamp,
    recorded: Option<&Recorded>,
) -> Vec<Diagnostic> {
    let inputs = lint_inputs(repository, levels, moment, recorded);
    policy::lint_with_steps(&set.offers, inputs, &repository.time_rules())
}

fn lint_inputs<'a>(
    repository: &'a Repository,
    levels: &'a LintLevels,
    now: Timestamp,
    recorded: Option<&'a Recorded>,
) -> LintInputs<'a> {
    let settings = &repository.settings;
    LintInputs {
        levels,
        names: &settings.names,
        time_zone: &settings.cake.time_zone,
        now,
        recorded,
        occasion: Occasion::Review,
    }
}

/// Conditions of rules, and names in waivers, that mean nothing.
pub(super) fn unreadable_guardrails(repository: &Repository, set: &DesiredSet) -> Vec<Diagnostic> {
    let settings = &repository.settings;
    let mut problems = policy::unreadable_conditions(&settings.guardrails, &settings.names);
    problems.extend(policy::unknown_waivers(set, &settings.guardrails));
    let unclear = |time| unclear(&settings.cake.time_zone, time);
    problems.extend(policy::unclear_freezes(&settings.guardrails, &unclear));
    problems.extend(policy::unclear_times(set, &unclear));
    problems
}

fn desired_of(repository: &Repository, tree: Tree, at: Timestamp, findings: Vec<Diagnostic>) -> Result<Desired, Error> {
    let Tree { reading, tracked } = tree;
    let mut diagnostics = repository.warnings.clone();
    diagnostics.extend(reading.diagnostics);
    diagnostics.extend(unreadable_guardrails(repository, &reading.set));
    if !findings.is_empty() {
        diagnostics.extend(findings);
        sort(&mut diagnostics);
    }
    if diagnostics.iter().any(Diagnostic::is_error) {
        desired::quote_lines(&mut diagnostics, &reading.set, &repository.settings.root);
        return Err(Error::Invalid(diagnostics));
    }
    tracing::info!(offers = reading.set.offers.len(), files = reading.set.files.len(), "read the offers");
    Ok(Desired { set: reading.set, at, looks_ahead: true, warnings: diagnostics, tracked })
}

/// Reads the tree and the state of the same moment, and makes something of both, which has no effect besides: it is made again if the
/// tree was not at rest. Where both have problems, those of the offers are reported. The offers are as they are wanted at a moment, or now.
pub(crate) fn read_both<R>(
    repository: &Repository,
    allow_empty: bool,
    (occasion, at): (Occasion, Option<Timestamp>),
    then: impl Fn(Desired, RecordedState) -> Result<R, Error>,
) -> Result<R, Error> {
    let state = || Some(read_recorded(repository));
    tree::read_beside(repository, allow_empty, state, |tree, state| {
        let recorded = state.as_ref().and_then(|state| state.as_ref().ok()).map(RecordedState::recorded);
        let moment = at.unwrap_or_else(|| repository.now());
        let tree = resolved(repository, tree, recorded, moment);
        let inputs = LintInputs { occasion, ..lint_inputs(repository, &repository.settings.lints, moment, recorded) };
        let findings = policy::lint_with_steps(&tree.reading.set.offers, inputs, &repository.time_rules());
        let desired = desired_of(repository, tree, moment, findings)?;
        let lost = || Err(Error::Internal("the thread that read the state panicked".to_owned()));
        then(desired, state.unwrap_or_else(lost)?)
    })
}

/// Makes the plan; the error has the problems that depend on the state.
pub(crate) fn make_plan(
    repository: &Repository,
    desired: &Desired,
    recorded: &Recorded,
    state: StateBinding,
    selection: &Selection,
) -> Result<Plan, Error> {
    let problems = check_all(repository, desired, recorded, selection)?;
    let plan = with_inputs(repository, desired, recorded, state, selection, plan::plan);
    let plan = unfinished_import::refuse(repository, recorded, plan)?;
    let mut plan = former_keys::refuse(repository, recorded, plan)?;
    schedule::add_to(repository, desired, selection, &mut plan);
    Ok(with_problems(repository, desired, recorded, (plan, selection), problems))
}

/// Makes the plan against what CAKE shows now, and the drift.
pub(crate) fn make_refreshed_plan(
    repository: &Repository,
    desired: &Desired,
    recorded: &Recorded,
    state: StateBinding,
    selection: &Selection,
    observed: &Observed,
) -> Result<(Plan, Drift), Error> {
    let problems = check_all(repository, desired, recorded, selection)?;
    let refreshed = |inputs: PlanInputs<'_>| plan::plan_refreshed(inputs, observed);
    let (plan, drift) = with_inputs(repository, desired, recorded, state, selection, refreshed);
    let plan = unfinished_import::refuse(repository, recorded, plan)?;
    let mut plan = former_keys::refuse(repository, recorded, plan)?;
    schedule::add_to(repository, desired, selection, &mut plan);
    Ok((with_problems(repository, desired, recorded, (plan, selection), problems), drift))
}

fn with_inputs<T>(
    repository: &Repository,
    desired: &Desired,
    recorded: &Recorded,
    state: StateBinding,
    selection: &Selection,
    make: impl FnOnce(PlanInputs<'_>) -> T,
) -> T {
    let settings = &repository.settings;
    let settings_digest = &settings.names.digest();
    make(PlanInputs {
        desired: &desired.set,
        recorded,
        at: desired.at,
        removed: settings.removed,
        selection,
        cake: &repository.cake,
        environment: &repository.environment().0,
        state,
        settings_digest,
    })
}

/// What only shows against what is recorded; the failure holds every problem where one is an error.
fn check_all(
    repository: &Repository,
    desired: &Desired,
    recorded: &Recorded,
    selection: &Selection,
) -> Result<Vec<Diagnostic>, Error> {
    let mut problems = plan::check(&desired.set, recorded, selection);
    problems.extend(desired.warnings.iter().cloned());
    if problems.iter().any(Diagnostic::is_error) {
        sort(&mut problems);
        desired::quote_lines(&mut problems, &desired.set, &repository.settings.root);
        return Err(Error::Invalid(problems));
    }
    Ok(problems)
}

fn with_problems(
    repository: &Repository,
    desired: &Desired,
    recorded: &Recorded,
    (mut plan, selection): (Plan, &Selection),
    problems: Vec<Diagnostic>,
) -> Plan {
    let problems = of_changed_offers(problems, &plan, &desired.set, selection);
    plan.diagnostics.extend(problems);
    plan.diagnostics.extend(unchecked_creates(repository, &plan));
    unsettled::leave_out_waiting(recorded, &mut plan);
    let warnings = unsettled::warnings(&desired.set, recorded, &plan);
    plan.diagnostics.extend(warnings);
    removals::note(repository, desired, recorded, &mut plan);
    policy::review(&mut plan, review_inputs(repository, desired));
    sort(&mut plan.diagnostics);
    desired::quote_lines(&mut plan.diagnostics, &desired.set, &repository.settings.root);
    plan
}

fn review_inputs<'a>(repository: &Repository, desired: &'a Desired) -> ReviewInputs<'a> {
    let today = repository.time_rules().civil(desired.at);
    ReviewInputs { desired: &desired.set, today, limits: Limits::of(&repository.settings.guardrails) }
}

/// The problems without what lints find in the files of offers that the plan leaves as they are, which is counted.
fn of_changed_offers(
    problems: Vec<Diagnostic>,
    plan: &Plan,
    set: &DesiredSet,
    selection: &Selection,
) -> Vec<Diagnostic> {
    let is_finding =
        |problem: &Diagnostic| !problem.is_error() && policy::levels().any(|(code, _)| code == problem.code);
    let (findings, mut kept): (Vec<_>, Vec<_>) = problems.into_iter().partition(is_finding);
    if findings.is_empty() {
        return kept;
    }
    let upcoming = plan.upcoming.iter().map(|upcoming| &upcoming.key);
    let changed = plan.actions.iter().map(|action| &action.key).chain(upcoming).filter_map(|key| set.get(key));
    // What a branch changes, although nothing follows from it.
    let changed = changed.chain(set.offers.iter().filter(|offer| selection.names(&offer.key)));
    let files: HashSet<&SourcePath> = changed.flat_map(DesiredOffer::files).collect();
    let is_of_changed = |problem: &Diagnostic| problem.place().is_some_and(|place| files.contains(&place.file));
    let (of_changed, others): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_of_changed);
    kept.extend(of_changed);
    if !others.is_empty() {
        let message =
            format!("{} of lints in offers that this plan leaves as they are", count(others.len(), "finding"));
        let elsewhere = Diagnostic::warning(codes::lint::ELSEWHERE, message);
        kept.push(elsewhere.help("`offersync validate` shows them"));
    }
    kept
}

/// A plan says where its creates are sent without a look.
fn unchecked_creates(repository: &Repository, plan: &Plan) -> Option<Diagnostic> {
    let creates = plan.actions.iter().filter(|action| action.kind.create().is_some()).count();
    let is_off = repository.settings.cake.duplicate_check == DuplicateCheck::Off;
    (is_off && creates > 0).then(|| {
        let message =
            format!("{} will be created without a look whether CAKE has the offer already", count(creates, "offer"));
        Diagnostic::warning(codes::plan::UNCHECKED_CREATES, message)
            .label(Label::file(repository.settings.file.clone()))
            .help("`cake.duplicate_check` is \"off\"; with \"require\", an apply looks before it creates")
    })
}
