//! Drift as text.

use std::fmt::Write as _;

use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer};
use crate::report::escape::visible;
use crate::report::styles::Styles;
use crate::words::{more, shorten};

use super::{Counts, changed_by_text, sides};

/// The maximum length of a value; JSON has the complete one.
const VALUE: usize = 60;

/// The maximum number of missing offers that are named.
const MOST_GONE: usize = 10;

/// Every offer that differs from its record, then a summary.
pub fn text(drift: &Drift, colour: bool) -> String {
    let styles = Styles { colour };
    let mut page = String::new();
    for offer in drift.offers.iter().filter(|offer| offer.kind != DriftKind::Gone) {
        block(&mut page, offer, styles);
    }
    gone(&mut page, drift, styles);
    if drift.offers.iter().any(|offer| offer.fields().iter().any(DriftedField::changed_in_cake)) {
        page.push_str("Take CAKE's values into the YAML with `offersync drift --accept [KEY]`.\n");
    }
    let _ = writeln!(page, "{}", styles.bold(&Counts::of(drift).sentence()));
    page
}

fn block(page: &mut String, offer: &DriftedOffer, styles: Styles) {
    let expired = if offer.expired { "  expired in CAKE" } else { "" };
    let retired = if offer.retired { "  retired" } else { "" };
    let _ = writeln!(page, "{}  offer {}{retired}{expired}", styles.bold(offer.key.as_str()), offer.offer_id);
    let width = offer.fields().iter().map(|field| field.field.name().len()).max().unwrap_or_default();
    for field in offer.fields() {
        let [recorded, observed, desired] = sides(field).map(|side| shown(side.as_deref()));
        let who = match field.changed_by {
            ChangedBy::Conflict => styles.error(changed_by_text(field.changed_by)),
            _ => styles.dim(changed_by_text(field.changed_by)),
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
        let _ = writeln!(page, "    {}  offer {}", offer.key, offer.offer_id);
    }
    if let Some(more) = more(gone.len(), gone.len().min(MOST_GONE)) {
        let _ = writeln!(page, "    {more}: --format json lists all");
    }
    page.push('\n');
}

fn shown(side: Option<&str>) -> String {
    let Some(text) = side else { return "-".to_owned() };
    shorten(&visible(text), VALUE).into_owned()
}
