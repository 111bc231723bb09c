//! Drift for people at a terminal.

use std::fmt::Write as _;

use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer};
use crate::report::escape::visible;
use crate::report::paint::Paint;

use super::{Counts, phrase, sides};

/// Longer values are cut; the JSON has them whole.
const LONGEST: usize = 60;

/// So many of the offers that are gone are named.
const MOST_GONE: usize = 10;

/// Every offer that is not as it was recorded, then one sentence.
pub fn text(drift: &Drift, colour: bool) -> String {
    let paint = Paint { colour };
    let mut page = String::new();
    for offer in drift.offers.iter().filter(|offer| offer.kind != DriftKind::Gone) {
        block(&mut page, offer, paint);
    }
    gone(&mut page, drift, paint);
    if drift.offers.iter().any(|offer| offer.fields().iter().any(DriftedField::changed_in_cake)) {
        page.push_str("Take CAKE's values into the YAML with `offersync drift --accept [KEY]`.\n");
    }
    let _ = writeln!(page, "{}", paint.bold(&Counts::of(drift).sentence()));
    page
}

fn block(page: &mut String, offer: &DriftedOffer, paint: Paint) {
    let expired = if offer.expired { "  expired in CAKE" } else { "" };
    let retired = if offer.retired { "  retired" } else { "" };
    let _ = writeln!(page, "{}  offer {}{retired}{expired}", paint.bold(offer.key.as_str()), offer.offer_id);
    let width = offer.fields().iter().map(|field| field.field.name().len()).max().unwrap_or_default();
    for field in offer.fields() {
        let [recorded, observed, desired] = sides(field).map(|side| shown(side.as_deref()));
        let who = match field.changed_by {
            ChangedBy::Conflict => paint.bad(phrase(field.changed_by)),
            _ => paint.quiet(phrase(field.changed_by)),
        };
        let name = field.field.name();
        let _ = writeln!(page, "    {name:width$}  recorded {recorded}   CAKE {observed}   git {desired}   {who}");
    }
    page.push('\n');
}

/// A key that may see less than there is makes many offers gone at once: they are told together.
fn gone(page: &mut String, drift: &Drift, paint: Paint) {
    let gone: Vec<_> = drift.offers.iter().filter(|offer| offer.kind == DriftKind::Gone).collect();
    if gone.is_empty() {
        return;
    }
    page.push_str(&paint.bad("Not in CAKE's list; the API key's user may see fewer offers than exist:"));
    page.push('\n');
    for offer in gone.iter().take(MOST_GONE) {
        let _ = writeln!(page, "    {}  offer {}", offer.key, offer.offer_id);
    }
    if gone.len() > MOST_GONE {
        let _ = writeln!(page, "    … and {} more: --format json lists all", gone.len() - MOST_GONE);
    }
    page.push('\n');
}

fn shown(side: Option<&str>) -> String {
    let Some(text) = side else { return "-".to_owned() };
    let text = visible(text);
    if text.chars().count() <= LONGEST {
        return text.into_owned();
    }
    format!("{}…", text.chars().take(LONGEST).collect::<String>())
}
