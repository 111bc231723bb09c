//! The change of a field as text, shared by all views: the values and their meaning. No markup, no color.

use crate::offer::{Field, FieldKind, Value, WebUrl, shown_time};
use crate::plan::{BeforeAfter, Cluster, FieldChange, FlagKind, Unit, Verb, YamlLocation};
use crate::report::escape::visible;

use super::ViewContext;
use super::flag::is_past;
use super::group::Group;
use super::money::{Range, difference, rule};
use super::url_change::UrlChange;

/// A change as text. Values are escaped and on one line, but may be long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct FieldChangeText {
    pub field: Field,
    pub before: Option<String>,
    pub after: Option<String>,
    /// The currency of an amount. `USD → EUR` where it changes.
    pub currency: Option<String>,
    /// What differs, where a URL changes. Views show it in place of the two values.
    pub url: Option<UrlChange>,
    /// `+4.00, +20.0 %`, that a date has passed, a host that is new, since when a schedule gives the value, or what CAKE showed in place of a status.
    pub annotation: Option<String>,
    /// `margin 33.3 % → 20.0 %`; on the last amount that changes.
    pub margin: Option<String>,
    /// Whether the margin is flagged.
    pub margin_warns: bool,
    /// The line of the defaults that give the value.
    pub inherited_from: Option<YamlLocation>,
}

/// Shown where there is no value before.
pub(in crate::report) const NOT_RECORDED: &str = "not recorded";
/// Shown where a value is no longer desired.
pub(in crate::report) const NOT_MANAGED: &str = "not managed";
/// Shown in its place where a replacement does not get what the old offer has.
const NOT_SENT: &str = "not sent";

/// The changes of a group, in the plan's order.
pub(super) fn texts(group: &Group<'_>, clusters: &[Cluster], context: ViewContext<'_>) -> Vec<FieldChangeText> {
    let last_money = group.first.changes.iter().rev().find(|change| is_money(change.field)).map(|change| change.field);
    let text = |change: &FieldChange| {
        let mut text = text(group, change, context);
        if let Some(cluster) = change.cluster.and_then(|cluster| clusters.get(cluster)) {
            by_rule(&mut text, group, cluster);
        }
        if Some(change.field) == last_money {
            (text.margin, text.margin_warns) = margin(group);
        }
        text
    };
    group.first.changes.iter().map(text).collect()
}

fn is_money(field: Field) -> bool {
    field.kind() == FieldKind::Money
}

fn text(group: &Group<'_>, change: &FieldChange, context: ViewContext<'_>) -> FieldChangeText {
    let sides = BeforeAfter::of(group.first);
    let field = change.field;
    let show = |value: &Option<Value>, unit: Unit| value.as_ref().map(|value| value_text(value, unit, context));
    let annotation = if let Some(word) = &change.status_word {
        Some(format!("CAKE showed \"{}\" when the offer was imported or adopted", visible(&word.to_string())))
    } else if is_money(field) {
        sides.money_change(field).and_then(|(unit, before, after)| difference(unit, before, after))
    } else if let Some(Value::Url(url)) = &change.after {
        host_annotation(url, change.new_host.is_some())
    } else {
        is_past(change.after.as_ref(), context.today).then(|| "in the past".to_owned())
    };
    let since = change.due_since.map(|since| format!("due since {}", shown_time(since)));
    let annotation = annotation.into_iter().chain(since).reduce(|one, other| format!("{one}; {other}"));
    let not_sent = || (group.first.verb() == Verb::Replace).then(|| NOT_SENT.to_owned());
    FieldChangeText {
        field,
        before: show(&change.before, sides.unit_before(field)),
        after: show(&change.after, sides.unit_after(field)).or_else(not_sent),
        currency: is_money(field).then(|| currency(sides, field, context)).flatten(),
        url: url_change(change),
        annotation,
        margin: None,
        margin_warns: false,
        inherited_from: group.inherited_from(change).cloned(),
    }
}

fn currency(sides: BeforeAfter<'_>, field: Field, context: ViewContext<'_>) -> Option<String> {
    let [before, after] = [sides.unit_before(field), sides.unit_after(field)].map(|unit| unit.currency_name(context));
    match (before, after) {
        (Some(before), Some(after)) if before != after => Some(format!("{before} → {after}")),
        (before, after) => after.or(before),
    }
}

fn url_change(change: &FieldChange) -> Option<UrlChange> {
    match (&change.before, &change.after) {
        (Some(Value::Url(before)), Some(Value::Url(after))) => UrlChange::of(before, after),
        _ => None,
    }
}

/// Amounts that change by one rule: their ranges and the rule, where they are not all the same.
fn by_rule(text: &mut FieldChangeText, group: &Group<'_>, cluster: &Cluster) {
    let changes = group.actions().filter_map(|action| BeforeAfter::of(action).amount_change(text.field));
    let (before, after): (Vec<_>, Vec<_>) = changes.unzip();
    let (Some(before), Some(after)) = (Range::of(before), Range::of(after)) else { return };
    if before.least != before.greatest || after.least != after.greatest {
        text.before = Some(before.amounts(cluster.units[0]));
        text.after = Some(after.amounts(cluster.units[1]));
        text.annotation = rule(cluster.rule, cluster.units);
    }
}

/// The host where it may not be the one that it looks like, or is one that no recorded offer has.
fn host_annotation(url: &WebUrl, is_new: bool) -> Option<String> {
    let is_foreign = url.has_foreign_letters_in_host();
    let host = url.host_and_port().filter(|_| is_new || is_foreign)?;
    let host = visible(&host).into_owned();
    Some(if is_new { format!("new host: {host}") } else { format!("host: {host}") })
}

/// `offers/acme/_defaults.yaml:3`
pub(in crate::report) fn location(source: &YamlLocation) -> String {
    format!("{}:{}", visible(source.file.as_str()), source.line)
}

/// A value on one line: texts in quotes, percentages with their sign, ids with their configured names.
pub(super) fn value_text(value: &Value, unit: Unit, context: ViewContext<'_>) -> String {
    match value {
        Value::Text(text) => format!("\"{}\"", visible(text)),
        Value::Money(money) => unit.amount(money),
        Value::Advertiser(id) => advertiser(Some(id.get()), context),
        Value::Vertical(id) => named(id.get(), (context.verticals)(id.get())),
        Value::Currency(id) => named(id.get(), (context.currencies)(id.get())),
        Value::Hours(hours) => format!("{hours} h"),
        other => visible(&other.to_string()).into_owned(),
    }
}

/// `101 (acme-home)`.
pub(super) fn advertiser(id: Option<u64>, context: ViewContext<'_>) -> String {
    id.map_or_else(|| "?".to_owned(), |id| named(id, (context.names)(id)))
}

fn named(id: u64, name: Option<String>) -> String {
    match name {
        Some(name) => format!("{id} ({})", visible(&name)),
        None => id.to_string(),
    }
}

/// `acme-home`, or `advertiser 101` where it has no name.
pub(super) fn advertiser_name(id: Option<u64>, context: ViewContext<'_>) -> String {
    match id.map(|id| (id, (context.names)(id))) {
        Some((_, Some(name))) => visible(&name).into_owned(),
        Some((id, None)) => format!("advertiser {id}"),
        None => "no advertiser".to_owned(),
    }
}

fn margin(group: &Group<'_>) -> (Option<String>, bool) {
    let (before, after) = group.margins();
    let warns = group.flags.iter().any(|flag| flag.kind() == FlagKind::LowMargin);
    let text = match (before.map(Range::percent), after.map(Range::percent)) {
        (Some(before), Some(after)) if before == after => Some(format!("margin {after}")),
        (Some(before), Some(after)) => Some(format!("margin {before} → {after}")),
        (None, Some(after)) => Some(format!("margin {after}")),
        (_, None) => None,
    };
    (text, warns)
}
