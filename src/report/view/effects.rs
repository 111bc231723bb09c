//! What a plan does, in a few sentences: to traffic, to dates, and what new offers pay.

use crate::offer::Field;
use crate::plan::{Action, BeforeAfter, Flag, Verb};
use crate::words::count;

use super::ViewContext;
use super::folders::ranges;

/// One effect, the number of its offers first: what is counted, and what there is to say of it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct Effect {
    /// `39 offers stop taking traffic`
    pub what: String,
    /// `12 retired, 9 replaced`; may be empty.
    pub detail: String,
}

/// The effects that there are.
pub(super) fn of(actions: &[Action], context: ViewContext<'_>) -> Vec<Effect> {
    let number = |test: &dyn Fn(&&Action) -> bool| actions.iter().filter(test).count();
    let stops = |verbs: &'static [Verb]| {
        number(&|action| verbs.contains(&action.verb()) && BeforeAfter::of(action).goes_inactive())
    };
    let [paused, retired, replaced] =
        [stops(&[Verb::Update, Verb::Restore]), stops(&[Verb::Retire]), stops(&[Verb::Replace])];
    // An offer that had expired starts by its date, which the flag knows.
    let is_started =
        |action: &&Action| action.flags.contains(&Flag::StartsTraffic) || BeforeAfter::of(action).goes_active();
    let started = number(&is_started);
    let new: Vec<&Action> = actions.iter().filter(|action| action.verb() == Verb::Create).collect();
    let moves_date = |action: &&Action| {
        action.verb().writes() && action.verb() != Verb::Create && has(action, Field::ExpirationDate)
    };
    let stopped = paused + retired + replaced;
    let parts = [(paused, "set inactive"), (retired, "retired"), (replaced, "replaced, with new links for affiliates")];
    let parts: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let verb = |number: usize, one: &str, many: &str| if number == 1 { one.to_owned() } else { many.to_owned() };
    let range = ranges(&new, context);
    let range = if range.is_empty() { range } else { format!("payout {range}") };
    let all = [
        (stopped, format!("{} taking traffic", verb(stopped, "stops", "stop")), parts.join(", ")),
        (started, format!("{} to take traffic", verb(started, "starts", "start")), String::new()),
        (new.len(), verb(new.len(), "is new", "are new"), range),
        (number(&moves_date), verb(number(&moves_date), "gets another expiry", "get another expiry"), String::new()),
    ];
    let some = all.into_iter().filter(|(number, ..)| *number > 0);
    some.map(|(number, what, detail)| Effect { what: format!("{} {what}", count(number, "offer")), detail }).collect()
}

fn has(action: &Action, field: Field) -> bool {
    action.changes.iter().any(|change| change.field == field)
}
