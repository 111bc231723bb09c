//! The rows of a plan: one for each action, with everything that changes in it.

use crate::offer::{Field, Value};
use crate::plan::{FieldChange, Verb};
use crate::report::diff;
use crate::report::escape::visible;
use crate::report::styles::symbol;
use crate::report::view::{
    ActionRow, FieldChangeText, NOT_MANAGED, NOT_RECORDED, PlanView, UrlChange, flag_name, location,
};

use super::data::{Column, DetailTexts, RowTexts, Sort};

pub(super) const COLUMNS: [Column; 8] = [
    Column { label: "Why", sort: Sort::Given },
    Column { label: "Offer", sort: Sort::Text },
    Column { label: "Action", sort: Sort::Text },
    Column { label: "Advertiser", sort: Sort::Text },
    Column { label: "Payout", sort: Sort::Number(0) },
    Column { label: "Revenue", sort: Sort::Number(1) },
    Column { label: "Margin", sort: Sort::Number(2) },
    Column { label: "Other changes", sort: Sort::Text },
];

pub(super) const FILTERS: [&str; 5] = ["Action", "Flag", "Advertiser", "Currency", "Folder"];

/// Of a part of a URL that one side does not have.
const NO_PART: &str = "(none)";

/// What an offer of a folder has where it is not flagged.
const NO_FLAG: &str = "(no flag)";

pub(super) fn rows(view: &PlanView<'_>) -> Vec<RowTexts> {
    view.rows().map(|row| texts(&row)).collect()
}

fn texts(row: &ActionRow<'_>) -> RowTexts {
    let action = row.group.first;
    let place = action.source.as_ref().map(location);
    let name = action.context.name().map(|name| visible(name).into_owned());
    let id = action.kind.offer_id().map(|id| format!("offer {id}"));
    let others = row.changes.iter().filter(|change| change.field.kind() != crate::offer::FieldKind::Money);
    let others: Vec<_> = others.map(|change| change.field.name().to_owned()).collect();
    let mut flags: Vec<_> = row.flags.iter().map(|flag| flag_name(*flag)).collect();
    if flags.is_empty() {
        flags.push(NO_FLAG.to_owned());
    }
    // Of a new offer everything is new, and below the row.
    let others = if action.verb() == Verb::Create { Vec::new() } else { others };
    RowTexts {
        key: action.key.to_string(),
        cells: vec![
            row.group.why(),
            [Some(action.key.to_string()), name, id, place].into_iter().flatten().collect(),
            vec![format!("{} {}", symbol(action.verb()), row.group.title())],
            vec![row.advertiser.clone()],
            vec![row.payout.text.clone()],
            vec![row.revenue.text.clone()],
            vec![row.margin.text.clone()],
            vec![others.join(", ")],
        ],
        options: vec![
            vec![action.verb().word().to_owned()],
            flags,
            vec![row.advertiser.clone()],
            vec![row.currency.clone()],
            vec![row.folder.clone()],
        ],
        numbers: row.numbers(),
        details: details(row),
    }
}

/// Everything that changes.
pub(super) fn details(row: &ActionRow<'_>) -> Vec<DetailTexts> {
    let note = |label: &str, text: String| DetailTexts::Note { label: label.to_owned(), text };
    let group = &row.group;
    let mut details = Vec::new();
    details.extend(group.moved_from().map(|from| note("moved from", visible(from).into_owned())));
    details.extend(group.first.kind.renamed_from().map(|from| note("was", from.to_string())));
    details.extend(group.reason().map(|reason| note("reason", visible(&reason).into_owned())));
    let changes = row.changes.iter().map(|text| {
        let change = group.first.changes.iter().find(|change| change.field == text.field);
        let lines = change.and_then(|change| lines(change, group.verb));
        let label = text.field.name().to_owned();
        let whole = match lines {
            Some(lines) => DetailTexts::Lines { label, lines },
            None => change_texts(text, label, group.verb),
        };
        std::iter::once(whole).chain(text.url.iter().flat_map(|url| url_parts(text.field, url)))
    });
    details.extend(changes.flatten());
    details
}

/// What differs in a URL: each part, and the macros that are lost and added.
fn url_parts(field: Field, url: &UrlChange) -> impl Iterator<Item = DetailTexts> {
    let parts = url.parts.iter().map(move |part| DetailTexts::Change {
        label: format!("{field} {}", part.part),
        before: Some(part.before.clone().unwrap_or_else(|| NO_PART.to_owned())),
        after: Some(part.after.clone().unwrap_or_else(|| NO_PART.to_owned())),
        note: None,
    });
    let macros = url
        .macros()
        .map(move |(what, names)| DetailTexts::Note { label: format!("{field} {what}"), text: names.join(" ") });
    parts.chain(macros)
}

/// A value that is not known is said to be that, and is never an empty one.
fn change_texts(text: &FieldChangeText, label: String, verb: Verb) -> DetailTexts {
    let is_new = verb == Verb::Create && text.before.is_none();
    let is_same = text.before.is_some() && text.before == text.after;
    let before = text.before.clone().or_else(|| (!is_new).then(|| NOT_RECORDED.to_owned())).filter(|_| !is_same);
    let after = text.after.clone().or_else(|| Some(NOT_MANAGED.to_owned()));
    let again = is_same.then(|| "sent again".to_owned());
    let from = text.inherited_from.as_ref().map(|source| format!("from {}", location(source)));
    let notes = [text.annotation.clone(), again, from, text.margin.clone()].into_iter().flatten();
    DetailTexts::Change { label, before, after, note: notes.reduce(|one, next| format!("{one}; {next}")) }
}

/// The lines of a text of several, each after its sign; nothing of another value, or where one side is not known.
fn lines(change: &FieldChange, verb: Verb) -> Option<Vec<String>> {
    let (before, after) = match (&change.before, &change.after) {
        (Some(Value::Text(before)), Some(Value::Text(after))) => (before.as_ref(), after.as_ref()),
        (None, Some(Value::Text(after))) if verb == Verb::Create => ("", after.as_ref()),
        _ => return None,
    };
    if !before.contains('\n') && !after.contains('\n') {
        return None;
    }
    let lines = diff::all_lines(before, after);
    Some(lines.iter().map(|line| format!("{} {}", line.sign.mark(), line.text)).collect())
}
