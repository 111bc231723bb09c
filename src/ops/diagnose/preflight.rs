//! What the look in CAKE before the first write may find, as diagnostics: each stops the apply before anything was sent.

use crate::apply::{Candidate, Difference, DifferenceKind, Duplicate};
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Field, Key, OfferId, OfferStatus, Value};
use crate::plan::DriftedField;
use crate::words::{count, first_and_more, more, shorten};

use super::exchanged;
use super::{KEYS_SHOWN, problem, shown};

/// Longer values are cut in a message.
const VALUE_SHOWN: usize = 80;

/// More commands than this are left out.
const COMMANDS_SHOWN: usize = 5;

/// An offer that would be created exists in CAKE.
pub(super) fn exists(duplicate: &Duplicate) -> Diagnostic {
    let Duplicate { key, name, replaces, offers } = duplicate;
    let shown = offers.iter().map(|offer| match offer.name.as_deref() {
        Some(shown) if shown == name => format!("offer {}", offer.offer_id),
        Some(shown) => format!("offer {} “{shown}”", offer.offer_id),
        None => format!("offer {} (CAKE does not show its name)", offer.offer_id),
    });
    let shown = first_and_more(shown, KEYS_SHOWN);
    let what = if replaces.is_some() { "replaced by a new offer" } else { "created" };
    let message = format!("`{key}` would be {what}, but CAKE may have “{name}” of that advertiser already: {shown}");
    let adopt = |offer: &Candidate| format!("offersync state adopt {key} --offer-id {}", offer.offer_id);
    let (wrongly, unowned): (Vec<_>, Vec<_>) = offers.iter().partition(|offer| offer.recorded_for.is_some());
    let same = match unowned.as_slice() {
        [] => String::new(),
        [one] => format!(" If it is the same offer, record it for this YAML: `{}`.", adopt(one)),
        several => {
            let commands = several.iter().take(COMMANDS_SHOWN).map(|offer| format!("\n  {}", adopt(offer)));
            let commands = commands.collect::<Vec<_>>().concat();
            format!(" Look in CAKE. If one of them is the same offer, record it for this YAML:{commands}")
        }
    };
    let exchanged = wrongly.iter().filter_map(|offer| {
        Some(format!("\n{}", exchanged(offer.recorded_for.as_ref()?, offer.offer_id, key, &adopt(offer))))
    });
    let exchanged: String = exchanged.collect();
    let is_unknown = offers.iter().any(|offer| !offer.has_advertiser);
    let whose = if is_unknown {
        "\nCAKE does not show whose offers they are: no advertiser, or recorded offers as another one's (`offersync drift`)."
    } else {
        ""
    };
    let is_by_url = offers.iter().any(|offer| offer.name.is_some() && !offer.is_similar);
    // Another name for the new one does not tell it from an offer without a name.
    let other = match offers.iter().find(|offer| offer.name.is_none()) {
        Some(nameless) => format!("give offer {} a name in CAKE that its API shows", nameless.offer_id),
        None if is_by_url => "give the new one another URL, with one more parameter for example: the name of the other is not like it, but its URL is the same".to_owned(),
        None => "give the new one another name".to_owned(),
    };
    problem(codes::cake::EXISTS, message)
        .help(format!("nothing was written.{same}{exchanged}{whose}\nIf it is not, {other}"))
}

/// CAKE shows recorded offers otherwise than they were recorded.
pub(super) fn differs(differences: &[Difference]) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<_> = differences.iter().take(KEYS_SHOWN).map(difference).collect();
    if let Some(more) = more(differences.len(), KEYS_SHOWN) {
        diagnostics.push(problem(codes::apply::DIFFERS, format!("{more} offers that CAKE shows otherwise")));
    }
    diagnostics
}

fn difference(difference: &Difference) -> Diagnostic {
    let Difference { key, offer_id, is_replaced, kind } = difference;
    if *is_replaced {
        return of_replaced(difference);
    }
    let DifferenceKind::Values(fields) = kind else {
        let message = format!("CAKE's listing does not show offer {offer_id}, which is recorded for `{key}`");
        return problem(codes::apply::DIFFERS, message).help(format!(
            "nothing was written. Check in CAKE that the offer exists and that the API key's user may see it. To apply without it: \
             `offersync apply --exclude {key}`. If CAKE has it, and does not list it because of its status, `cake.verify = \"off\"` in \
             offersync.toml applies without this look. If it is gone for good: `offersync state rm {key}`"
        ));
    };
    let sides = sides(fields);
    let message = format!("offer {offer_id} (`{key}`) is not in CAKE as it was recorded: {sides}");
    let review = "review a plan against what CAKE shows: `offersync plan --refresh`";
    let is_status = |field: &DriftedField| field.field == Field::OfferStatus;
    let has_yaml = fields.iter().any(|field| field.desired.is_some());
    let help = if difference.is_of_identity() && !has_yaml {
        format!(
            "nothing was written. The offer may be used for something else by now: look at it in CAKE. If it is, forget it: `offersync state rm \
             {key}`. If not, give it its recorded name and advertiser back there"
        )
    } else if difference.is_of_identity() {
        // Accepting the name of another offer would make an exchange of ids look right.
        format!(
            "nothing was written. The state may have the id of another offer: compare `offersync state show {key}` with CAKE. If the \
             offer was renamed in CAKE, write that name in its YAML"
        )
    } else if fields.iter().any(is_status) || fields.iter().all(|field| field.desired.is_none()) {
        // An offer that an unknown apply has replaced is inactive; to accept that would stop its traffic for good.
        format!("nothing was written. If the state is an old one, bring back the newer one; otherwise {review}")
    } else {
        format!(
            "nothing was written. If the state is an old one, bring back the newer one; otherwise {review}, or take CAKE's values over \
             with `offersync drift --accept {key}`"
        )
    };
    problem(codes::apply::DIFFERS, message).help(help)
}

/// What was recorded, and what CAKE shows.
fn sides(fields: &[DriftedField]) -> String {
    let side = |field: &DriftedField| {
        let recorded = field.recorded.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        let shown = field.observed.text().unwrap_or_else(|| "nothing".to_owned());
        format!("{}: recorded {}, CAKE {}", field.field, shorten(&recorded, VALUE_SHOWN), shorten(&shown, VALUE_SHOWN))
    };
    fields.iter().map(side).collect::<Vec<_>>().join("; ")
}

/// A replaced offer that is to be made inactive is not there, or another one has its id.
fn of_replaced(Difference { key, offer_id, kind, .. }: &Difference) -> Diagnostic {
    let inactive = Value::Status(OfferStatus::Inactive);
    if let DifferenceKind::Values(fields) = kind
        && fields.iter().all(|field| field.recorded.as_ref() == Some(&inactive))
    {
        let message =
            format!("offer {offer_id}, which `{key}` has replaced, is recorded as inactive and active in CAKE");
        return problem(codes::apply::DIFFERS, message).help(
            "nothing was written. Both offers may take traffic: review a plan that makes it inactive again, `offersync plan --refresh`",
        );
    }
    let offer = format!("offer {offer_id}, which `{key}` has replaced and which is still to be made inactive");
    let (message, cause) = match kind {
        DifferenceKind::NotShown => (format!("CAKE does not show {offer}"), "CAKE does not have it any more"),
        DifferenceKind::Values(fields) => {
            let cause = "the id is another offer's by now, or you have made it inactive there yourself";
            (format!("{offer}, is not in CAKE as it was recorded: {}", sides(fields)), cause)
        }
    };
    problem(codes::apply::DIFFERS, message).help(format!(
        "nothing was written. Look in CAKE. If {cause}, remove it from the record:\n  offersync state rm {key} --replaced {offer_id}\nTo \
         apply without it: `offersync apply --exclude {key}`"
    ))
}

/// The listing hides recorded offers.
pub(super) fn hidden(hidden: &[(Key, OfferId)]) -> Diagnostic {
    let keys = shown(hidden.iter().map(|(key, _)| key));
    let message = format!(
        "CAKE's listing does not show {} of the same advertiser ({keys}), so it does not prove that the new offers are not there",
        count(hidden.len(), "recorded offer")
    );
    problem(codes::apply::HIDDEN, message).help(
        "nothing was written. Check that the API key's user may see all offers, and remove one that is gone for good with `offersync \
         state rm KEY`. `cake.duplicate_check = \"off\"` in offersync.toml \
         creates without this look, and then an offer that exists already is doubled",
    )
}
