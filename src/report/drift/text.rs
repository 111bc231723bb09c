//! Drift as text.

use std::fmt::Write as _;

use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, Unrecorded};
use crate::report::escape::visible;
use crate::report::styles::Styles;
use crate::words::{more, shorten};

use super::unrecorded::{advice, described, heading};
use super::{changed_by_text, not_compared, sides, summary};

/// The maximum length of a value; JSON has the complete one.
const VALUE: usize = 60;

/// The maximum number of missing offers that are named.
const MOST_GONE: usize = 10;

/// The maximum number of offers without a record that are named.
const MOST_UNRECORDED: usize = 20;

/// Every offer that differs from its record, then offers without a record, then a summary.
pub fn text(drift: &Drift, unrecorded: &[Unrecorded], colour: bool) -> String {
    let styles = Styles { colour };
    let mut page = String::new();
    for offer in drift.offers.iter().filter(|offer| offer.kind != DriftKind::Gone) {
        block(&mut page, offer, styles);
    }
    gone(&mut page, drift, styles);
    let any = |test: fn(&DriftedField) -> bool| drift.offers.iter().any(|offer| offer.fields().iter().any(test));
    if any(DriftedField::changed_in_cake) {
        page.push_str("Take CAKE's values into the YAML with `offersync drift --accept`.\n");
    }
    if any(|field| field.changed_by == ChangedBy::Conflict) {
        page.push_str(
            "A value that git changed as well is taken over only with its key: `offersync drift --accept KEY`.\n",
        );
    }
    list_unrecorded(&mut page, unrecorded, styles);
    if let Some(sentence) = not_compared(drift) {
        let _ = writeln!(page, "{sentence}");
    }
    let _ = writeln!(page, "{}", styles.bold(&summary(drift)));
    page
}

fn block(page: &mut String, offer: &DriftedOffer, styles: Styles) {
    let expired = if offer.expired { "  expired in CAKE" } else { "" };
    let retired = if offer.retired { "  retired" } else { "" };
    let _ = writeln!(page, "{}  offer {}{retired}{expired}", styles.bold(offer.key.as_str()), offer.offer_id);
    let width = offer.fields().iter().map(|field| field.field.name().len()).max().unwrap_or_default();
    for field in offer.fields() {
        let [recorded, observed, desired] = sides(field).map(|side| shown(side.as_deref()));
        let who = changed_by_text(field);
        let who = match field.changed_by {
            ChangedBy::Conflict | ChangedBy::Unknown => styles.error(&visible(&who)),
            _ => styles.dim(&visible(&who)),
        };
        let name = field.field.name();
        let _ = writeln!(page, "    {name:width$}  recorded {recorded}   CAKE {observed}   git {desired}   {who}");
    }
    page.push('\n');
}

/// An API key with fewer permissions makes many offers disappear at once, so they are listed together.
fn gone(page: &mut String, drift: &Drift, styles: Styles) {
    let gone: Vec<_> = drift.offers.iter().filter(|offer| offer.kind == DriftKind::Gone).collect();
    if gone.is_empty() {
        return;
    }
    page.push_str(&styles.error("Not in CAKE's list; the API key's user may see fewer offers than exist:"));
    page.push('\n');
    for offer in gone.iter().take(MOST_GONE) {
        let (key, id) = (&offer.key, offer.offer_id);
        let replaced = if offer.retired {
            format!(
                "  replaced, still to be made inactive; if it is gone for good: offersync state rm {key} --replaced {id}"
            )
        } else {
            String::new()
        };
        let _ = writeln!(page, "    {key}  offer {id}{replaced}");
    }
    if let Some(more) = more(gone.len(), gone.len().min(MOST_GONE)) {
        let _ = writeln!(page, "    {more}: --format json lists all");
    }
    page.push('\n');
}

/// Duplicates of recorded offers come first.
fn list_unrecorded(page: &mut String, unrecorded: &[Unrecorded], styles: Styles) {
    if unrecorded.is_empty() {
        return;
    }
    let (heading, has_duplicates) = heading(unrecorded);
    let _ = writeln!(page, "{}", if has_duplicates { styles.error(&heading) } else { styles.bold(&heading) });
    for offer in unrecorded.iter().take(MOST_UNRECORDED) {
        let _ = writeln!(page, "    offer {}  {}", offer.offer_id, visible(&described(offer, VALUE).join("  ")));
    }
    if let Some(more) = more(unrecorded.len(), unrecorded.len().min(MOST_UNRECORDED)) {
        let _ = writeln!(page, "    {more}: --format json lists all");
    }
    if let Some(advice) = advice(unrecorded) {
        let _ = writeln!(page, "{advice}");
    }
    page.push('\n');
}

fn shown(side: Option<&str>) -> String {
    let Some(text) = side else { return "-".to_owned() };
    shorten(&visible(text), VALUE).into_owned()
}
