//! The sections that are folded away: texts as diffs, the keys of large groups, every field of new offers.

use crate::offer::Value;
use crate::plan::{Action, Verb};
use crate::report::diff;
use crate::report::group::Group;
use crate::report::phrase;

use super::View;
use super::budget::{Section, Unit};
use super::cells;
use super::escape::text;

/// Lines of one text's diff.
const LINES: usize = 60;
/// Characters of one line of a diff.
const LINE: usize = 200;
/// Characters of a list of keys, so that a cut list is still useful.
const KEYS: usize = 4000;

fn folded(summary: &str, open: &str, rows: Vec<String>, more: (&'static str, &'static str), unit: Unit) -> Section {
    let open = format!("\n<details><summary>{summary}</summary>\n\n{open}");
    Section { open, rows, close: "\n</details>\n".to_owned(), more, unit }
}

/// Long texts that change, as line diffs.
pub(super) fn texts(view: &View<'_>) -> Section {
    let rows = view.groups().flat_map(text_diffs).collect();
    folded("Texts that change", "", rows, ("", ""), ("text", "texts"))
}

fn text_diffs(group: &Group<'_>) -> Vec<String> {
    let diff = |change: &crate::plan::FieldChange| match (&change.before, &change.after) {
        (Some(Value::Text(before)), Some(Value::Text(after))) if before.contains('\n') || after.contains('\n') => {
            let lines = diff::lines(before, after, Some(LINE));
            let more = lines.len().saturating_sub(LINES);
            let mut shown: Vec<_> =
                lines.iter().take(LINES).map(|line| text(&format!("{} {}", line.sign.mark(), line.text))).collect();
            if more > 0 {
                shown.push(format!("  … and {more} more lines"));
            }
            let title = format!("{}: {}", change.field, cells::offers(group));
            Some(format!("{title}\n\n<pre lang=\"diff\">\n{}\n</pre>\n\n", shown.join("\n")))
        }
        _ => None,
    };
    group.first.changes.iter().filter_map(diff).collect()
}

/// The keys of groups that the tables only begin to list.
pub(super) fn keys(view: &View<'_>) -> Section {
    let large = view.groups().filter(|group| group.len() > cells::KEYS);
    let rows = large.map(|group| {
        let mut keys = String::new();
        let mut shown = 0;
        for action in group.actions() {
            if keys.len() >= KEYS {
                break;
            }
            keys.push_str(if shown > 0 { ", " } else { "" });
            keys.push_str(&text(action.key.as_str()));
            shown += 1;
        }
        let more = group.len() - shown;
        let more = if more > 0 { format!(", … and {more} more") } else { String::new() };
        format!("- {} {} offers: <code>{keys}</code>{more}\n", phrase::heading(&group.first.kind), group.len())
    });
    folded("Offers that change alike", "", rows.collect(), ("- ", ""), ("list of keys", "lists of keys"))
}

/// New offers, field by field.
pub(super) fn new_offers(view: &View<'_>) -> Section {
    let creates = view.plan.actions.iter().filter(|action| action.verb() == Verb::Create);
    let rows = creates.map(|action| new_offer(view, action)).collect();
    folded(
        "New offers, field by field",
        "| offer | fields |\n|---|---|\n",
        rows,
        ("| ", " |"),
        ("new offer in detail", "new offers in detail"),
    )
}

fn new_offer(view: &View<'_>, action: &Action) -> String {
    let group = Group { verb: action.verb(), first: action, others: Vec::new() };
    let field = |phrase: &phrase::Phrase| {
        let shown = phrase.after.as_deref().unwrap_or_default();
        format!("{} {}", phrase.field, cells::value(phrase.field, shown))
    };
    let fields: Vec<_> = phrase::phrases(&group, view.knowledge).iter().map(field).collect();
    let file =
        action.source.as_ref().map(|source| format!("<br>{}", cells::key(source.file.as_str()))).unwrap_or_default();
    format!("| {}{file} | {} |\n", cells::key(action.key.as_str()), fields.join("<br>"))
}
