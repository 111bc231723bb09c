//! The results of an apply in groups, and what became of the money: how many amounts moved, were refused, or are in doubt.

use std::collections::HashMap;

use crate::apply::ActionOutcome;
use crate::offer::Field;
use crate::plan::Action;

use super::apply::{ApplyView, ResultView};
use super::group::{Group, groups};
use super::totals::MoneyTotals;

/// Results of the same change, outcome and message.
#[derive(Debug)]
pub(in crate::report) struct ResultGroup<'a> {
    pub first: ResultView<'a>,
    /// Its actions; `None` where the report has no plan.
    pub group: Option<Group<'a>>,
}

/// What became of the money of one outcome.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct MoneyOfOutcome {
    /// `done`, `in doubt`
    pub outcome: &'static str,
    pub actions: usize,
    /// `2 payouts rise, +6.00 in total (cpa, USD)`; empty where no amount was to change.
    pub amounts: Vec<String>,
}

impl<'a> ApplyView<'a> {
    /// The results that are done, or the others with the worst first, each change once for each outcome and message.
    pub(in crate::report) fn groups(&self, is_done: bool) -> Vec<ResultGroup<'a>> {
        let mut parts: Vec<Vec<ResultView<'a>>> = Vec::new();
        let mut indices = HashMap::new();
        let of_kind = |view: &ResultView<'_>| (view.result.outcome == ActionOutcome::Done) == is_done;
        for view in self.worst_first().filter(of_kind) {
            let key = (view.outcome_text(), view.result.message.as_deref(), view.result.verb);
            let at = *indices.entry(key).or_insert(parts.len());
            if at == parts.len() {
                parts.push(Vec::new());
            }
            parts[at].push(view);
        }
        parts.iter().flat_map(|results| grouped(results)).collect()
    }

    /// What became of the money, by outcome; what is done comes first.
    pub(in crate::report) fn money(&self) -> Vec<MoneyOfOutcome> {
        let mut outcomes: Vec<(&'static str, Vec<ResultView<'a>>)> = Vec::new();
        for view in self.sections.iter().flat_map(|(_, results)| results) {
            match outcomes.iter_mut().find(|(outcome, _)| *outcome == view.outcome_text()) {
                Some((_, results)) => results.push(*view),
                None => outcomes.push((view.outcome_text(), vec![*view])),
            }
        }
        let of_outcome = |(outcome, results): (&'static str, Vec<ResultView<'a>>)| {
            let amounts =
                [(Field::Payout, "payout"), (Field::Revenue, "revenue")].into_iter().flat_map(|(field, noun)| {
                    let actions = results.iter().filter_map(|view| view.action);
                    MoneyTotals::of(actions, field).texts(noun, self.context)
                });
            MoneyOfOutcome { outcome, actions: results.len(), amounts: amounts.collect() }
        };
        outcomes.into_iter().map(of_outcome).collect()
    }
}

fn grouped<'a>(results: &[ResultView<'a>]) -> Vec<ResultGroup<'a>> {
    let actions: HashMap<*const Action, ResultView<'a>> =
        results.iter().filter_map(|view| Some((std::ptr::from_ref(view.action?), *view))).collect();
    let groups = groups(results.iter().filter_map(|view| view.action), |_| false).into_iter();
    let with_first = |group: Group<'a>| {
        let first = *actions.get(&std::ptr::from_ref(group.first))?;
        Some(ResultGroup { first, group: Some(group) })
    };
    let alone = results.iter().filter(|view| view.action.is_none());
    groups.filter_map(with_first).chain(alone.map(|view| ResultGroup { first: *view, group: None })).collect()
}
