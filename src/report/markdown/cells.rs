//! What stands in a cell of a table: which offers, and what changes. Each on one line, each of bounded length.

use std::fmt::Write as _;

use crate::offer::{Field, FieldKind, Value};
use crate::plan::Verb;
use crate::report::diff::around_difference;
use crate::report::group::Group;
use crate::report::paint::symbol;
use crate::report::phrase::{self, NOT_MANAGED, NOT_RECORDED, Phrase};

use super::View;
use super::escape::{code, cut, prose};

/// Keys of a group that are shown; the others are in the details.
pub(super) const KEYS: usize = 5;
/// Characters of a value.
const VALUE: usize = 90;
/// Characters of a sentence.
const SENTENCE: usize = 300;

/// `~ update`
pub(super) fn verb(group: &Group<'_>) -> String {
    format!("{} {}", symbol(group.verb), phrase::heading(&group.first.kind))
}

/// One key with its id, or the first keys of a group.
pub(super) fn offers(group: &Group<'_>) -> String {
    if group.len() == 1 {
        let id = group.first.kind.offer_id().map(|id| format!(" ({id})")).unwrap_or_default();
        return format!("{}{id}", key(group.first.key.as_str()));
    }
    let keys: Vec<_> = group.actions().take(KEYS).map(|action| key(action.key.as_str())).collect();
    let more = group.len().saturating_sub(KEYS);
    let more = if more > 0 { format!(", … and {more} more") } else { String::new() };
    format!("**{} offers**: {}{more}", group.len(), keys.join(", "))
}

/// A key is as long as its author made it.
pub(super) fn key(key: &str) -> String {
    code(&cut(key, VALUE))
}

/// A sentence of ours, such as a reason or a problem; what it quotes in backticks is set apart.
pub(super) fn sentence(sentence: &str) -> String {
    prose(&cut(sentence, SENTENCE))
}

/// What changes, a line for each field.
pub(super) fn changes(view: &View<'_>, group: &Group<'_>) -> String {
    let phrases = phrase::phrases(group, view.knowledge);
    let told = |phrase: &&Phrase| group.verb != Verb::Create || worth_telling(phrase.field);
    let mut lines: Vec<String> = phrases.iter().filter(told).map(|phrase| change(group, phrase)).collect();
    if let Some(from) = group.first.kind.renamed_from() {
        lines.push(format!("was {}", key(from.as_str())));
    } else if let Some(reason) = &group.first.reason
        && (group.verb != Verb::Blocked || lines.is_empty())
    {
        lines.push(sentence(reason));
    }
    lines.join("<br>")
}

/// Of a create the table tells what it pays and until when; the details tell the rest.
fn worth_telling(field: Field) -> bool {
    matches!(field.kind(), FieldKind::Money | FieldKind::Date)
}

fn change(group: &Group<'_>, phrase: &Phrase) -> String {
    let name = phrase.field.name();
    let change = group.first.changes.iter().find(|change| change.field == phrase.field);
    let long = |value: Option<&Value>| value.and_then(Value::as_text).is_some_and(|text| text.contains('\n'));
    let is_long = change.is_some_and(|change| long(change.before.as_ref()) || long(change.after.as_ref()));
    let mut line = match (&phrase.before, &phrase.after) {
        (Some(_), Some(_)) if is_long => format!("{name}: see the texts below"),
        (None, Some(after)) if group.verb == Verb::Create => format!("{name} {}", value(phrase.field, after)),
        (Some(before), Some(after)) if before == after => format!("{name} {} (sent again)", value(phrase.field, after)),
        (Some(before), Some(after)) => {
            let (before, after) = around_difference(before, after, VALUE);
            format!("{name} {} → {}", value(phrase.field, &before), value(phrase.field, &after))
        }
        (before, after) => {
            let side = |side: &Option<String>, otherwise: &str| {
                side.as_ref().map_or_else(|| otherwise.to_owned(), |shown| value(phrase.field, shown))
            };
            format!("{name} {} → {}", side(before, NOT_RECORDED), side(after, NOT_MANAGED))
        }
    };
    if let Some(aside) = &phrase.aside {
        _ = write!(line, " ({aside})");
    }
    if let Some(margin) = &phrase.margin {
        let strong = if phrase.margin_warns { "**" } else { "" };
        _ = write!(line, ", {strong}{margin}{strong}");
    }
    line
}

/// A value; texts and URLs are set apart.
pub(super) fn value(field: Field, shown: &str) -> String {
    let shown = cut(shown, VALUE);
    match field.kind() {
        FieldKind::Name | FieldKind::Text | FieldKind::Url => code(&shown),
        // A configured name of an advertiser may be anything.
        FieldKind::Id if shown.contains('(') => code(&shown),
        // Checked when it was read: digits, words of a closed set, or a date.
        FieldKind::Id
        | FieldKind::Hours
        | FieldKind::Status
        | FieldKind::Money
        | FieldKind::PriceType
        | FieldKind::Date => shown.into_owned(),
    }
}
