//! Drift for an issue or a comment: a sentence, then a table, cut at rows to a budget.

use std::fmt::Write as _;

use crate::plan::{Drift, DriftKind, DriftedField, DriftedOffer, Unrecorded};
use crate::report::markdown::{drift_marker, escape};
use crate::words::{more, shorten};

use super::unrecorded::{advice, described, heading};
use super::{changed_by_text, not_compared, sides, summary};

/// The maximum length of a value.
const VALUE: usize = 80;
/// The maximum number of rows for missing offers.
const MOST_GONE: usize = 10;
/// The maximum number of offers without a record that are named.
const MOST_UNRECORDED: usize = 10;
/// Reserved for the line with the number of hidden rows.
const RESERVE: usize = 80;

/// The drift as markdown, at most `max_chars` bytes long where that is 500 or more.
pub fn markdown(drift: &Drift, unrecorded: &[Unrecorded], environment: &str, max_chars: usize) -> String {
    let max_chars = max_chars.max(500);
    let mut page = format!("{}\n**{}**\n", drift_marker(environment), summary(drift));
    if let Some(sentence) = not_compared(drift) {
        push_if_fits(&mut page, &format!("\n{sentence}\n"), max_chars);
    }
    let is_gone = |offer: &&DriftedOffer| offer.kind == DriftKind::Gone;
    let mut rows: Vec<String> = drift.offers.iter().filter(|offer| !is_gone(offer)).flat_map(rows).collect();
    rows.extend(gone(&drift.offers.iter().filter(is_gone).collect::<Vec<_>>()));
    let unrecorded = list_unrecorded(unrecorded);
    let rest = if page.len() + unrecorded.len() + RESERVE < max_chars / 2 { unrecorded.len() } else { 0 };
    push_table(&mut page, &rows, max_chars - rest);
    push_if_fits(&mut page, &unrecorded, max_chars);
    page
}

fn push_if_fits(page: &mut String, text: &str, max_chars: usize) {
    if page.len() + text.len() <= max_chars {
        page.push_str(text);
    }
}

fn push_table(page: &mut String, rows: &[String], max_chars: usize) {
    if rows.is_empty() {
        return;
    }
    page.push_str("\n| offer | field | recorded | CAKE | git | |\n|---|---|---|---|---|---|\n");
    let mut left_out = 0_usize;
    for row in rows {
        if left_out > 0 || page.len() + row.len() + RESERVE > max_chars {
            left_out += 1;
        } else {
            page.push_str(row);
        }
    }
    if let Some(more) = more(left_out, 0) {
        let _ = writeln!(page, "\n{more} rows: `offersync drift` shows all.");
    }
}

/// Offers without a record, possible duplicates of recorded ones first.
fn list_unrecorded(unrecorded: &[Unrecorded]) -> String {
    if unrecorded.is_empty() {
        return String::new();
    }
    let (heading, _) = heading(unrecorded);
    let mut list = format!("\n<details><summary>{heading}</summary>\n\n");
    for offer in unrecorded.iter().take(MOST_UNRECORDED) {
        let parts: Vec<String> = described(offer, VALUE).iter().map(|part| escape::text(part)).collect();
        let _ = writeln!(list, "- offer {}: {}", offer.offer_id, parts.join(", "));
    }
    if let Some(more) = more(unrecorded.len(), unrecorded.len().min(MOST_UNRECORDED)) {
        let _ = writeln!(list, "\n{more}: `offersync drift --format json` lists all.");
    }
    if let Some(advice) = advice(unrecorded) {
        let _ = writeln!(list, "\n{advice}");
    }
    list.push_str("\n</details>\n");
    list
}

/// An API key with fewer permissions makes many offers disappear at once, so only some are listed.
fn gone(offers: &[&DriftedOffer]) -> Vec<String> {
    let row =
        |offer: &&DriftedOffer| format!("| `{}` ({}) | | | not in CAKE's list | | |\n", offer.key, offer.offer_id);
    let mut rows: Vec<String> = offers.iter().take(MOST_GONE).map(row).collect();
    if let Some(more) = more(offers.len(), rows.len()) {
        rows.push(format!("| {more} | | | not in CAKE's list; the API key's user may see fewer offers | | |\n"));
    }
    rows
}

fn rows(offer: &DriftedOffer) -> Vec<String> {
    let (key, id) = (offer.key.as_str(), offer.offer_id);
    offer.fields().iter().map(|field| row(key, &id.to_string(), field)).collect()
}

fn row(key: &str, id: &str, field: &DriftedField) -> String {
    let [recorded, observed, desired] = sides(field).map(|side| match side {
        Some(text) => escape::text(&shorten(&text, VALUE)),
        None => "–".to_owned(),
    });
    format!(
        "| `{key}` ({id}) | {} | {recorded} | {observed} | {desired} | {} |\n",
        field.field,
        escape::text(&shorten(&changed_by_text(field), VALUE))
    )
}
