//! Drift for an issue or a comment: a sentence, then a table, cut at rows to a budget.

use std::fmt::Write as _;

use crate::plan::{Drift, DriftKind, DriftedField, DriftedOffer};
use crate::report::markdown::escape;
use crate::words::{more, shorten};

use super::{Counts, changed_by_text, sides};

/// Marker by which a job finds its earlier comment or issue.
const MARKER: &str = "<!-- offersync-drift -->";
/// The maximum length of a value.
const VALUE: usize = 80;
/// The maximum number of rows for missing offers.
const MOST_GONE: usize = 10;
/// Reserved for the line with the number of hidden rows.
const RESERVE: usize = 80;

/// The drift as markdown, at most `max_chars` bytes long where that is 500 or more.
pub fn markdown(drift: &Drift, max_chars: usize) -> String {
    let mut page = format!("{MARKER}\n**{}**\n", Counts::of(drift).sentence());
    let is_gone = |offer: &&DriftedOffer| offer.kind == DriftKind::Gone;
    let mut rows: Vec<String> = drift.offers.iter().filter(|offer| !is_gone(offer)).flat_map(rows).collect();
    rows.extend(gone(&drift.offers.iter().filter(is_gone).collect::<Vec<_>>()));
    if rows.is_empty() {
        return page;
    }
    page.push_str("\n| offer | field | recorded | CAKE | git | |\n|---|---|---|---|---|---|\n");
    let mut left_out = 0_usize;
    for row in &rows {
        if left_out > 0 || page.len() + row.len() + RESERVE > max_chars.max(500) {
            left_out += 1;
        } else {
            page.push_str(row);
        }
    }
    if let Some(more) = more(left_out, 0) {
        let _ = writeln!(page, "\n{more} rows: `offersync drift` shows all.");
    }
    page
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
        changed_by_text(field.changed_by)
    )
}
