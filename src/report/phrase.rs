//! One change of one field in words that every view shares: the values, and what they mean. No markup, no colour.

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::offer::{Field, FieldKind, Operation, StateChange, Value};
use crate::plan::{ActionKind, FieldChange};

use super::escape::visible;
use super::group::Group;
use super::money::{Range, Unit, difference};
use super::risk;
use super::sides::Sides;

/// What views know about the world beyond the plan.
#[derive(Clone, Copy)]
pub(super) struct Knowledge<'a> {
    pub names: &'a dyn Fn(u64) -> Option<String>,
    pub today: Option<DateTime>,
}

/// A change in words. Values are safe to show on one line, but may be long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phrase {
    pub field: Field,
    pub before: Option<String>,
    pub after: Option<String>,
    /// `+4.00, +20.0 %`, or that a date has passed.
    pub aside: Option<String>,
    /// `margin 33.3 % → 20.0 %`; on the last amount that changes.
    pub margin: Option<String>,
    /// Whether the margin falls or is negative.
    pub margin_warns: bool,
}

/// The words where there is no value before.
pub(super) const NOT_RECORDED: &str = "not recorded";
/// The words where a value is no longer desired.
pub(super) const NOT_MANAGED: &str = "not managed";

/// The changes of a group, in the plan's order.
pub(super) fn phrases(group: &Group<'_>, knowledge: Knowledge<'_>) -> Vec<Phrase> {
    let last_money = group.first.changes.iter().rev().find(|change| is_money(change.field)).map(|change| change.field);
    let phrase = |change: &FieldChange| {
        let mut phrase = phrase(group, change, knowledge);
        if Some(change.field) == last_money {
            (phrase.margin, phrase.margin_warns) = margin(group);
        }
        phrase
    };
    group.first.changes.iter().map(phrase).collect()
}

fn is_money(field: Field) -> bool {
    field.kind() == FieldKind::Money
}

fn phrase(group: &Group<'_>, change: &FieldChange, knowledge: Knowledge<'_>) -> Phrase {
    let sides = Sides::of(group.first);
    let field = change.field;
    let show = |value: &Option<Value>, unit: Unit| value.as_ref().map(|value| value_words(value, unit, knowledge));
    let aside = if is_money(field) {
        sides.money_change(field).and_then(|(unit, before, after)| difference(unit, before, after))
    } else {
        risk::is_past(change.after.as_ref(), knowledge.today).then(|| "in the past".to_owned())
    };
    Phrase {
        field,
        before: show(&change.before, sides.unit_before(field)),
        after: show(&change.after, sides.unit_after(field)),
        aside,
        margin: None,
        margin_warns: false,
    }
}

/// A value on one line: texts in quotes, percentages with their sign, an advertiser with its name.
fn value_words(value: &Value, unit: Unit, knowledge: Knowledge<'_>) -> String {
    match value {
        Value::Text(text) => format!("\"{}\"", visible(text)),
        Value::Money(money) => unit.amount(money),
        Value::Advertiser(id) => advertiser(Some(id.get()), knowledge),
        Value::Hours(hours) => format!("{hours} h"),
        other => visible(&other.to_string()).into_owned(),
    }
}

/// `101 (acme-home)`.
pub(super) fn advertiser(id: Option<u64>, knowledge: Knowledge<'_>) -> String {
    match id.map(|id| (id, (knowledge.names)(id))) {
        Some((id, Some(name))) => format!("{id} ({})", visible(&name)),
        Some((id, None)) => id.to_string(),
        None => "?".to_owned(),
    }
}

fn margin(group: &Group<'_>) -> (Option<String>, bool) {
    let (before, after) = group.margins();
    let warns = after.is_some_and(|after| after.least < Decimal::ZERO)
        || matches!((before, after), (Some(b), Some(a)) if a.least < b.least || a.greatest < b.greatest);
    let words = match (before.map(Range::percent), after.map(Range::percent)) {
        (Some(before), Some(after)) if before == after => Some(format!("margin {after}")),
        (Some(before), Some(after)) => Some(format!("margin {before} → {after}")),
        (None, Some(after)) => Some(format!("margin {after}")),
        (_, None) => None,
    };
    (words, warns)
}

/// What is to be done, for a heading: `update`, or `retire` with what is special about it.
pub(super) fn heading(kind: &ActionKind) -> &'static str {
    match kind {
        ActionKind::Write(Operation::RetireReplaced { .. }) => "retire the replaced offer of",
        ActionKind::StateOnly(StateChange::Forget { .. }) => "forget",
        ActionKind::StateOnly(StateChange::AcceptRemote { .. }) => "accept",
        _ => kind.verb().word(),
    }
}

/// `Plan: 1 to create, 2 to update, 97 unchanged.`, or that nothing is to do.
pub(super) fn summary(plan: &crate::plan::Plan) -> String {
    match plan.pending_elsewhere {
        None => counted(plan),
        Some(0) => format!("{} Nothing else is pending.", counted(plan)),
        Some(1) => format!("{} 1 other change is pending anyway.", counted(plan)),
        Some(many) => format!("{} {many} other changes are pending anyway.", counted(plan)),
    }
}

fn counted(plan: &crate::plan::Plan) -> String {
    let counts = plan.summary();
    if plan.is_empty() && plan.pending_elsewhere.is_some() {
        return "Nothing to do for what differs from that commit.".to_owned();
    }
    if plan.is_empty() {
        return match counts.unchanged {
            0 => "Nothing to do: there are no offers.".to_owned(),
            1 => "Nothing to do: 1 offer is as desired.".to_owned(),
            many => format!("Nothing to do: {many} offers are as desired."),
        };
    }
    let part = |verb: crate::plan::Verb| match counts.count(verb) {
        0 => None,
        count if verb == crate::plan::Verb::Blocked => Some(format!("{count} blocked")),
        count => Some(format!("{count} to {}", verb.word())),
    };
    let mut parts: Vec<_> = crate::plan::Verb::ALL.into_iter().filter_map(part).collect();
    parts.push(format!("{} unchanged", counts.unchanged));
    format!("Plan: {}.", parts.join(", "))
}
