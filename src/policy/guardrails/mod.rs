//! The guardrails: limits that a plan has to keep, rules of offers, and freezes; and the waivers that let a breach pass.
//!
//! Pure: a plan, its offers and the settings in, diagnostics out. Judges only what a plan does: an offer that stays as it is breaks nothing.
//! Invariant: what cannot be compared, such as a rise from an amount that is not recorded, counts as a breach, not as none.

mod breach;
mod late;
mod money;
mod rules;
mod shares;
mod steps;
mod waivers;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::config::{Guardrails, Names};
use crate::offer::{DesiredOffer, DesiredSet, FieldSet, Fields, Key, Record, Recorded};
use crate::plan::{Action, Step, Verb};

use super::expiry::starts_traffic;
use breach::Breach;
pub use rules::{RuleInputs, broken_rules, unreadable_conditions};
pub use steps::judge_with_steps;
pub use waivers::unknown_waivers;

/// What guardrails need to know.
#[derive(Debug, Clone, Copy)]
pub struct GuardrailInputs<'a> {
    /// What the plan does.
    pub actions: &'a [Action],
    pub desired: &'a DesiredSet,
    pub recorded: &'a Recorded,
    pub guardrails: &'a Guardrails,
    pub names: &'a Names,
    /// That of freezes, and of the last days of waivers.
    pub time_zone: &'a TimeZone,
    pub now: Timestamp,
    /// Offers with entries of schedules that were past before a review could see them: what is due of them is one change.
    pub sudden: &'a BTreeSet<Key>,
    /// In a review, what a freeze holds back: it goes out when the freeze has ended, and is judged only here and then.
    pub held: &'a [Step],
    /// Whether the plan is about every offer, so that a waiver that it does not use is needed by nothing.
    pub is_whole: bool,
}

impl GuardrailInputs<'_> {
    fn today(&self) -> DateTime {
        self.now.to_zoned(self.time_zone.clone()).datetime()
    }
}

/// One action with what is known of its offer.
#[derive(Clone, Copy)]
struct Judged<'a> {
    action: &'a Action,
    /// `None` where its YAML is gone.
    offer: Option<&'a DesiredOffer>,
    record: Option<&'a Record>,
    today: DateTime,
}

impl<'a> Judged<'a> {
    fn of(action: &'a Action, inputs: &GuardrailInputs<'a>) -> Self {
        let offer = inputs.desired.get(&action.key);
        let record = match offer {
            Some(offer) => inputs.recorded.record_of(offer),
            None => inputs.recorded.offers.get(&action.key),
        };
        Self { action, offer, record, today: inputs.today() }
    }

    /// Whether an offer begins with it to be what it was not: it is new, or takes traffic again.
    fn starts(&self) -> bool {
        matches!(self.action.verb(), Verb::Create | Verb::Replace | Verb::Restore)
            || starts_traffic(self.action, self.today)
    }

    /// The recorded values, those of a retired offer included: what a plan shows as before.
    fn was(&self) -> Option<&'a Fields> {
        self.record.map(|record| &record.fields)
    }

    /// Fields of an offer in CAKE that are not known: what is under `ignore_changes` has some value there.
    fn unknown(&self) -> FieldSet {
        let (Some(offer), Some(record)) = (self.offer, self.record) else { return FieldSet::default() };
        offer.sync.ignore_changes.iter().filter(|field| record.fields.get(*field).is_none()).collect()
    }
}

/// What is judged together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// A plan.
    Plan,
    /// What schedules change at one time: each offer by itself.
    Time,
    /// What they change on one day: as a whole.
    Day,
}

fn judged<'a>(inputs: &GuardrailInputs<'a>) -> Vec<Judged<'a>> {
    let writes = inputs.actions.iter().filter(|action| action.verb().writes());
    writes.map(|action| Judged::of(action, inputs)).collect()
}

/// Every breach, apart from those of freezes.
fn breaches_of<'a>(inputs: &GuardrailInputs<'a>, extent: Extent) -> Vec<Breach<'a>> {
    let writes = judged(inputs);
    let mut breaches: Vec<Breach<'_>> = Vec::new();
    for judged in &writes {
        money::judge(judged, inputs.guardrails, &mut breaches);
    }
    if extent != Extent::Time {
        shares::judge(inputs, &writes, &mut breaches);
    }
    if extent != Extent::Day {
        rules::judge(inputs, &writes, &mut breaches);
    }
    breaches
}

/// The writes that a freeze stops. What becomes due later is held back by itself.
fn freeze_of<'a>(inputs: &GuardrailInputs<'a>) -> Vec<Breach<'a>> {
    let mut breaches = Vec::new();
    shares::freeze(inputs, &judged(inputs), &mut breaches);
    breaches
}
