//! The texts of a refreshed plan about changes made in CAKE: reasons of the actions that overwrite them, and warnings for those
//! that no action concerns. The same warning about many offers is one line.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::offer::{Field, RemovedAction, Value};
use crate::words::{count, first_and_more, shorten};

use super::action::{Action, Verb};
use super::drift::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer};

/// The number of offers that one warning names.
const NAMED: usize = 10;
/// Longer values are shortened in sentences; `drift` shows them whole.
const LONGEST: usize = 60;

/// Adds to an action's reason which changes made in CAKE it overwrites.
pub(super) fn explain(action: &mut Action, drifted: Option<&DriftedOffer>) {
    let Some(offer) = drifted else { return };
    let lead = if action.verb().writes() { "overwrites what was changed in CAKE" } else { "was changed in CAKE" };
    let overwritten: Vec<String> = offer.overwritten_by(action).map(describe).collect();
    add_reason(action, lead, &overwritten);
    // An offer that is made inactive may be used for something else by now.
    let is_kept = |field: &&DriftedField| {
        field.changed_in_cake() && action.changes.iter().all(|change| change.field != field.field)
    };
    let kept: Vec<String> = match action.verb() {
        Verb::Retire => offer.fields().iter().filter(is_kept).map(describe).collect(),
        _ => Vec::new(),
    };
    add_reason(action, "also changed in CAKE", &kept);
}

fn add_reason(action: &mut Action, lead: &str, fields: &[String]) {
    if fields.is_empty() {
        return;
    }
    let note = format!("{lead}: {}", fields.join("; "));
    action.reason = Some(match action.reason.take() {
        Some(reason) => format!("{reason}; {note}"),
        None => note,
    });
}

fn describe(drifted: &DriftedField) -> String {
    let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "nothing".to_owned(), short);
    let observed = match drifted.observed.word() {
        Some(word) => word.to_owned(),
        None => drifted.observed.value().map_or_else(|| "nothing".to_owned(), short),
    };
    let (field, recorded) = (drifted.field, text(&drifted.recorded));
    match drifted.changed_by {
        ChangedBy::Conflict => {
            format!("{field} was {recorded}, is {observed} in CAKE and {} in git", text(&drifted.desired))
        }
        _ => format!("{field} was {recorded} and is {observed}"),
    }
}

/// A value on one line.
fn short(value: &Value) -> String {
    let text = value.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(&text, LONGEST).into_owned()
}

/// Changes made in CAKE that no action concerns, and what could not be compared.
pub(super) fn warnings(drift: &Drift, removed: RemovedAction) -> Vec<Diagnostic> {
    let (mut missing, mut expired, mut reactivated, mut warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for offer in &drift.offers {
        if offer.kind == DriftKind::Gone && offer.retired {
            warnings.push(replaced_and_gone(offer));
        } else if offer.kind == DriftKind::Gone {
            missing.push(offer);
        } else if offer.retired && removed != RemovedAction::Retire && offer.fields().iter().any(is_certain) {
            reactivated.push(offer);
        } else if offer.expired && !offer.has_new_expiration() {
            expired.push(offer);
        }
        warnings.extend(fixed(offer));
    }
    let together = |code, offers: &[&DriftedOffer], one: &str, many: &str, help: &str| {
        (!offers.is_empty()).then(|| grouped(code, offers, one, many).help(help))
    };
    warnings.extend(together(
        codes::plan::GONE,
        &missing,
        "is not in CAKE's list of offers",
        "are not in CAKE's list",
        "CAKE has no delete: most likely the API key's user may see fewer offers than exist. Nothing is created in their place. \
         If CAKE's own pages show that an offer is gone, delete its YAML first, then run `offersync state rm KEY`",
    ));
    warnings.extend(together(
        codes::plan::DRIFT,
        &expired,
        "is expired in CAKE",
        "are expired in CAKE",
        "CAKE does that by itself once the date has passed. Give it a later `expiration_date`, or retire it",
    ));
    warnings.extend(together(
        codes::plan::DRIFT,
        &reactivated,
        "was retired and is active in CAKE again",
        "were retired and are active in CAKE again",
        "bring its YAML back, set it inactive in CAKE, or forget it with `offersync state rm KEY`",
    ));
    warnings.extend(unreadable(drift));
    warnings.extend(not_compared(drift));
    warnings
}

/// An offer that is still to be made inactive, and of which CAKE does not show whether it is there.
fn replaced_and_gone(offer: &DriftedOffer) -> Diagnostic {
    let (key, id) = (&offer.key, offer.offer_id);
    let message = format!(
        "offer {id}, which `{key}` has replaced and which is still to be made inactive, is not in CAKE's list of offers"
    );
    let help =
        format!("look in CAKE. If it does not have the offer any more, run `offersync state rm {key} --replaced {id}`");
    Diagnostic::warning(codes::plan::GONE, message).help(help)
}

fn is_certain(drifted: &DriftedField) -> bool {
    drifted.changed_by != ChangedBy::Unknown
}

/// Values that CAKE shows in a form that cannot be read, one warning for each field.
fn unreadable(drift: &Drift) -> impl Iterator<Item = Diagnostic> {
    let mut by_field: BTreeMap<Field, Vec<String>> = BTreeMap::new();
    for offer in &drift.offers {
        for drifted in offer.fields().iter().filter(|drifted| !is_certain(drifted)) {
            let (key, id) = (offer.desired_key(), offer.offer_id);
            let text = shorten(drifted.observed.word().unwrap_or_default(), LONGEST);
            by_field.entry(drifted.field).or_default().push(format!("`{key}` (offer {id}) `{text}`"));
        }
    }
    by_field.into_iter().map(|(field, offers)| {
        let (count, named) = (count(offers.len(), "offer"), first_and_more(offers, NAMED));
        let message = format!("CAKE shows `{field}` of {count} in a form that cannot be read: {named}");
        Diagnostic::warning(codes::plan::NOT_COMPARED, message).help(
            "look at the offer in CAKE. The plan goes by the recorded value, and does not know whether CAKE has another one",
        )
    })
}

/// Managed fields that CAKE does not show.
fn not_compared(drift: &Drift) -> Option<Diagnostic> {
    let counts = drift.not_compared_counts();
    let fields: Vec<String> =
        counts.iter().map(|(field, number)| format!("{field} of {}", count(*number, "offer"))).collect();
    let message = format!("CAKE does not show every managed field; not compared: {}", fields.join(", "));
    (!counts.is_empty()).then(|| {
        Diagnostic::warning(codes::plan::NOT_COMPARED, message)
            .help("of these fields the plan goes by the recorded values; a change made in CAKE would not be seen")
    })
}

/// Changes of create-only fields, which CAKE's API cannot change back.
fn fixed(offer: &DriftedOffer) -> Option<Diagnostic> {
    let (key, id) = (offer.desired_key(), offer.offer_id);
    let fixed = offer.fields().iter().filter(|field| field.changed_in_cake() && field.field.is_create_only());
    let described: Vec<String> = fixed.map(describe).collect();
    if described.is_empty() {
        return None;
    }
    let message = format!("`{key}` (offer {id}) was changed in CAKE: {}", described.join("; "));
    Some(Diagnostic::warning(codes::plan::DRIFT, message).help(format!(
        "CAKE's API cannot change this back. Take it over with `offersync drift --accept {key}`, or change it in CAKE"
    )))
}

fn grouped(code: Code, offers: &[&DriftedOffer], one: &str, many: &str) -> Diagnostic {
    let name = |offer: &&DriftedOffer| format!("`{}` (offer {})", offer.desired_key(), offer.offer_id);
    if let [offer] = offers {
        return Diagnostic::warning(code, format!("{} {one}", name(offer)));
    }
    let named = first_and_more(offers.iter().map(name), NAMED);
    Diagnostic::warning(code, format!("{} recorded offers {many}: {named}", offers.len()))
}
