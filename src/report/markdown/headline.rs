//! The one line that says it all: counts, what is risky, what money moves.

use crate::offer::Field;
use crate::plan::Verb;
use crate::report::money::Moved;
use crate::report::phrase;
use crate::report::risk::Risk;
use crate::report::sides::Sides;

use super::{MARKER, View};

/// More sums than this are counted: a plan has one or two units of money.
const SUMS: usize = 6;

/// The parts of the headline, the most important first; the first is never dropped and always short.
pub(super) fn parts(view: &View<'_>) -> Vec<String> {
    let mut parts = vec![format!("{MARKER}\n**{}**", phrase::summary(view.plan))];
    let risks = risks(view);
    if !risks.is_empty() {
        parts.push(format!(" ⚠️ {}.", risks.join(", ")));
    }
    let mut moved = payouts(view).words();
    if !moved.is_empty() {
        let more = moved.len().saturating_sub(SUMS);
        moved.truncate(SUMS);
        if more > 0 {
            moved.push(format!("… and {more} more"));
        }
        parts.push(format!(" Payouts: {}.", moved.join(", ")));
    }
    parts
}

fn risks(view: &View<'_>) -> Vec<String> {
    let count = |risk: Risk| {
        let actions = view.risky.iter().flat_map(|judged| judged.group.actions());
        actions.filter(|action| crate::report::risk::risks(action, view.knowledge.today).contains(&risk)).count()
    };
    Risk::ALL.into_iter().map(|risk| (risk, count(risk))).filter(|(_, n)| *n > 0).map(|(r, n)| r.counted(n)).collect()
}

/// What is blocked does not happen, so it moves no money.
fn payouts(view: &View<'_>) -> Moved {
    let mut moved = Moved::default();
    let writing = view.plan.actions.iter().filter(|action| action.verb().writes() && action.verb() != Verb::Blocked);
    for (unit, before, after) in writing.filter_map(|action| Sides::of(action).money_change(Field::Payout)) {
        moved.add(unit, before, after);
    }
    moved
}
