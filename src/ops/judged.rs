//! What a plan breaks of guardrails, by the limits of today or of a commit.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::config::{Guardrails, Names, Settings};
use crate::desired;
use crate::diagnostic::{Diagnostic, sort};
use crate::offer::{Key, Recorded};
use crate::plan::{Plan, Step};
use crate::policy::{self, GuardrailInputs};

use super::inputs::Desired;
use super::repository::Repository;

/// Limits, and what they mean: those of today, or of a commit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LimitSettings<'a> {
    pub(crate) guardrails: &'a Guardrails,
    pub(crate) names: &'a Names,
    /// That of freezes, and of the last days of waivers.
    pub(crate) time_zone: &'a TimeZone,
}

impl<'a> LimitSettings<'a> {
    pub(crate) fn of(settings: &'a Settings) -> Self {
        let Settings { guardrails, names, cake, .. } = settings;
        Self { guardrails, names, time_zone: &cake.time_zone }
    }
}

/// The plan with what breaks guardrails. Judged last, of what would be done.
pub(crate) fn judged(
    repository: &Repository,
    Desired { set: desired, looks_ahead, .. }: &Desired,
    recorded: &Recorded,
    LimitSettings { guardrails, names, time_zone }: LimitSettings<'_>,
    plan: &Plan,
    (sudden, held, is_whole): (&BTreeSet<Key>, &[Step], bool),
) -> Vec<Diagnostic> {
    let settings = &repository.settings;
    let (actions, now) = (&*plan.actions, plan.at);
    let inputs =
        GuardrailInputs { actions, desired, recorded, guardrails, names, time_zone, now, sudden, held, is_whole };
    let mut found = policy::judge_with_steps(inputs, &repository.time_rules(), *looks_ahead);
    desired::quote_lines(&mut found, desired, &settings.root);
    found
}

/// The same, added to the plan.
pub(crate) fn add_judged(
    repository: &Repository,
    desired: &Desired,
    recorded: &Recorded,
    plan: &mut Plan,
    is_whole: bool,
) {
    let limits = LimitSettings::of(&repository.settings);
    let found = judged(repository, desired, recorded, limits, plan, (&BTreeSet::new(), &[], is_whole));
    plan.diagnostics.extend(found);
    sort(&mut plan.diagnostics);
}
