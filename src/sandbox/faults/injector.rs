//! Counts requests against the fault rules and selects their faults.
//!
//! The invariant: every rule counts each matching request exactly once, in order of arrival.

use std::time::Duration;

use super::{Call, Disconnect, Effect, FaultPlan, FaultRule, Processing, RequestFilter, Target};

#[derive(Debug, Default)]
pub(in crate::sandbox) struct Injector {
    rules: Vec<CountedRule>,
}

#[derive(Debug)]
struct CountedRule {
    rule: FaultRule,
    matched: u64,
    fired: u64,
}

/// The fault selected for one request.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct SelectedFault {
    delay: Duration,
    /// The effect with its rule's index; the lowest index takes precedence.
    decided: Option<(usize, Effect)>,
}

impl Injector {
    pub(in crate::sandbox) fn new(plan: FaultPlan) -> Self {
        let mut injector = Self::default();
        injector.add(plan);
        injector
    }

    /// Appends rules; the present ones keep their counts.
    pub(in crate::sandbox) fn add(&mut self, plan: FaultPlan) {
        self.rules.extend(plan.rules.into_iter().map(|rule| CountedRule { rule, matched: 0, fired: 0 }));
    }

    /// Each rule with the number of requests that it matched and that it was selected for.
    pub(in crate::sandbox) fn counts(&self) -> impl Iterator<Item = (&FaultRule, u64, u64)> {
        self.rules.iter().map(|counted| (&counted.rule, counted.matched, counted.fired))
    }

    /// Selects from the rules without an offer filter.
    pub(in crate::sandbox) fn select_by_call(&mut self, call: Call) -> SelectedFault {
        let mut selected = SelectedFault::default();
        self.select(Target::Call(call), &mut selected, Option::is_none);
        selected
    }

    /// Selects from the rules for connections.
    pub(in crate::sandbox) fn select_for_connection(&mut self) -> SelectedFault {
        let mut selected = SelectedFault::default();
        self.select(Target::Connection, &mut selected, Option::is_none);
        selected
    }

    /// Selects from the rules with an offer filter.
    pub(in crate::sandbox) fn select_by_offer(
        &mut self,
        call: Call,
        id: Option<u64>,
        names: &[String],
        body: &str,
        selected: &mut SelectedFault,
    ) {
        self.select(Target::Call(call), selected, |subject| match subject {
            None => false,
            Some(RequestFilter::Id(wanted)) => id == Some(*wanted),
            Some(RequestFilter::Name(wanted)) => names.contains(wanted),
            Some(RequestFilter::Text(wanted)) => body.contains(wanted),
        });
    }

    fn select(
        &mut self,
        target: Target,
        selected: &mut SelectedFault,
        matches: impl Fn(&Option<RequestFilter>) -> bool,
    ) {
        for (place, counted) in self.rules.iter_mut().enumerate() {
            let rule = &counted.rule;
            let meant = rule.target == target || (rule.target == Target::Any && target != Target::Connection);
            if !meant || !matches(&rule.subject) {
                continue;
            }
            counted.matched += 1;
            if rule.turns.include(counted.matched) {
                counted.fired += 1;
                selected.take(place, &rule.effect);
            }
        }
    }
}

impl SelectedFault {
    fn take(&mut self, place: usize, effect: &Effect) {
        match effect {
            Effect::Delay(delay) => self.delay = self.delay.saturating_add(*delay),
            effect if self.decided.as_ref().is_none_or(|(earlier, _)| place < *earlier) => {
                self.decided = Some((place, effect.clone()));
            }
            _ => {}
        }
    }

    /// How to end the connection before the body is read, if at all.
    pub(in crate::sandbox) fn early_ending(&self) -> Option<Disconnect> {
        match self.decided {
            Some((_, Effect::Drop(ending, Processing::NotProcessed))) => Some(ending),
            _ => None,
        }
    }

    /// The delay of the reply and the effect.
    pub(in crate::sandbox) fn verdict(self) -> (Duration, Option<Effect>) {
        (self.delay, self.decided.map(|(_, effect)| effect))
    }

    /// The fault as text, for the log.
    pub(in crate::sandbox) fn describe(&self) -> Option<String> {
        let delay = (self.delay > Duration::ZERO).then(|| Effect::Delay(self.delay).to_string());
        let effect = self.decided.as_ref().map(|(_, effect)| effect.to_string());
        let words: Vec<String> = delay.into_iter().chain(effect).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }
}
