//! The folded sections: texts as diffs, the keys of large groups, every field of new offers.

use crate::offer::Value;
use crate::plan::FieldChange;
use crate::report::diff;
use crate::report::view::{FieldChangeText, Group, PlanView, UpcomingRow};
use crate::words::{count, more};

use super::budget::{Section, Unit};
use super::cells::{self, folded};
use super::escape::text;

/// The maximum number of lines in the diff of a text.
const LINES: usize = 60;
/// The maximum length of a line in a diff.
const LINE: usize = 200;
/// So many scheduled changes of a branch stand open.
const SCHEDULED: usize = 6;
/// The length of one line of keys.
const KEYS: usize = 4000;

/// Long texts that change, as line diffs.
pub(super) fn texts(view: &PlanView<'_>) -> Section {
    let rows = view.in_review_order().flat_map(|group| text_diffs(view, group)).collect();
    folded("Texts that change", "", rows, ("", ""), ("text", "texts"))
}

fn text_diffs(view: &PlanView<'_>, group: &Group<'_>) -> Vec<String> {
    let diff = |change: &FieldChange| match (&change.before, &change.after) {
        (Some(Value::Text(before)), Some(Value::Text(after))) if before.contains('\n') || after.contains('\n') => {
            let lines = diff::lines(before, after, Some(LINE));
            let mut shown: Vec<_> =
                lines.iter().take(LINES).map(|line| text(&format!("{} {}", line.sign.mark(), line.text))).collect();
            shown.extend(more(lines.len(), shown.len()).map(|more| format!("  {more} lines")));
            let title = format!(
                "{}: {}",
                change.field,
                cells::offers(view, group, group.first.kind.offer_id()).replace("<br>", " ")
            );
            Some(format!("{title}\n\n<pre lang=\"diff\">\n{}\n</pre>\n\n", shown.join("\n")))
        }
        _ => None,
    };
    group.first.changes.iter().filter_map(diff).collect()
}

/// All keys of the groups that the tables shorten.
pub(super) fn keys(view: &PlanView<'_>) -> Section {
    let large = view.in_review_order().filter(|group| group.len() > cells::keys_in_tables(group));
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
        keys.extend(more(group.len(), shown).map(|more| format!(", {more}")));
        format!("- {} {}: <code>{keys}</code>\n", group.title(), count(group.len(), "offer"))
    });
    folded("Identical changes", "", rows.collect(), ("- ", ""), ("list of keys", "lists of keys"))
}

/// What becomes due later. What a branch schedules is to be reviewed, so the first of it stands open.
pub(super) fn upcoming(view: &PlanView<'_>) -> [Section; 2] {
    const OPEN: &str = "| time | offer | change |\n|---|---|---|\n";
    const UNIT: Unit = ("scheduled change", "scheduled changes");
    let row = |row: &UpcomingRow<'_>| {
        let changes: Vec<_> = row.changes.iter().map(|change| cells::sentence(change)).collect();
        format!("| {} | {} | {} |\n", text(&row.time()), text(&row.offers()), changes.join("<br>"))
    };
    let mut rows: Vec<String> = view.upcoming.iter().map(row).collect();
    let later = view.upcoming_later;
    rows.extend((later > 0).then(|| format!("| later | {} | |\n", count(later, "change"))));
    let summary = format!("Scheduled: {}", count(view.upcoming.iter().map(|row| row.keys.len()).sum(), "later change"));
    let open = if view.elsewhere.is_some() { rows.len().min(SCHEDULED) } else { 0 };
    let rest = rows.split_off(open);
    let more = ("| ", " |");
    let first = Section {
        open: format!("\n### Scheduled\n\n{OPEN}"),
        rows,
        more,
        unit: UNIT,
        is_essential: true,
        ..Section::default()
    };
    [first, folded(&summary, OPEN, rest, more, UNIT)]
}

/// New offers, field by field.
pub(super) fn new_offers(view: &PlanView<'_>) -> Section {
    let rows = view.creates().map(|group| new_offer(view, &group)).collect();
    folded(
        "New offers, field by field",
        "| offer | fields |\n|---|---|\n",
        rows,
        ("| ", " |"),
        ("new offer in detail", "new offers in detail"),
    )
}

fn new_offer(view: &PlanView<'_>, group: &Group<'_>) -> String {
    let field = |text: &FieldChangeText| {
        let value = cells::value(text.field, text.after.as_deref().unwrap_or_default());
        format!("{} {value}{}", text.field, cells::source(text))
    };
    let fields: Vec<_> = view.changes(group).iter().map(field).collect();
    let source = group.first.source.as_ref();
    let file = source.map(|source| format!("<br>{}", cells::key(source.file.as_str()))).unwrap_or_default();
    format!("| {}{file} | {} |\n", cells::key(group.first.key.as_str()), fields.join("<br>"))
}
