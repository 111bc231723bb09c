//! Offers that were left out, and what to do about each.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::import::{LeftOut, Reason};

use super::{shortened, some_of};

/// One message for all offers with the same reason.
pub(super) fn problems(left_out: &[LeftOut]) -> Vec<Diagnostic> {
    let mut groups: Vec<(&Reason, Vec<&LeftOut>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for offer in left_out {
        let place = *places.entry(format!("{:?}", offer.reason)).or_insert_with(|| {
            groups.push((&offer.reason, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(offer);
    }
    groups.into_iter().map(|(reason, offers)| one_reason(reason, &offers)).collect()
}

fn one_reason(reason: &Reason, offers: &[&LeftOut]) -> Diagnostic {
    let named = some_of(offers, |offer| match &offer.name {
        Some(name) => format!("offer {} “{}”", offer.offer_id, shortened(name)),
        None => format!("offer {}", offer.offer_id),
    });
    let first = offers.first().map(|offer| offer.offer_id.to_string()).unwrap_or_default();
    let (why, help) = match reason {
        Reason::Unwritable { field, text, reason } => (
            format!("its `{field}` is `{}`: {reason}", shortened(text)),
            format!("correct it in CAKE and import it again: `offersync import --offer-id {first}`"),
        ),
        Reason::NotShown(field) => (
            format!("CAKE's listing does not show its `{field}`"),
            "no YAML can be written without it; write the file by hand, then run `offersync import --match`".to_owned(),
        ),
        Reason::Ambiguous { keys, offer_ids } => {
            let keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let ids = some_of(offer_ids, ToString::to_string);
            (
                format!(
                    "{keys} and the offers {ids} have the same name, advertiser and vertical: there is more than one candidate"
                ),
                format!("if one of them is the right one, take it with `offersync import --match --offer-id {first}`"),
            )
        }
        Reason::NameTaken { key, would_match } => (
            format!("`{key}`, which is not recorded, has its name and advertiser; two offers would have the same name"),
            if *would_match {
                "if it is the same offer, run `offersync import --match`; if not, give one of them another name"
                    .to_owned()
            } else {
                format!(
                    "if it is the same offer, give `{key}` its vertical and run `offersync import --match`; if not, give one \
                         of them another name"
                )
            },
        ),
        Reason::RecordedName { key, offer_id } => (
            format!("`{key}` is recorded with offer {offer_id} and has its name and advertiser"),
            format!(
                "if it is the offer of `{key}`, record it with `offersync state adopt {key} --offer-id {first}`; if not, rename one \
                 of them in CAKE and import it again"
            ),
        ),
        Reason::InDoubt(key) => (
            format!("the create of `{key}` is in doubt and may have made it"),
            "run `offersync apply`, which looks it up, or `offersync state resolve`; then import again".to_owned(),
        ),
        Reason::NotRoundTripped(field) => (
            format!("its `{field}` would not come back from YAML as it is"),
            "write the file by hand, then run `offersync import --match`".to_owned(),
        ),
        Reason::FileAppeared(path) => {
            (format!("another process created {path} just now"), "run the import again".to_owned())
        }
        Reason::NotFound => (
            "CAKE does not show it".to_owned(),
            "check the id, and whether the API key's user may see the offer".to_owned(),
        ),
    };
    Diagnostic::error(codes::import::LEFT_OUT, format!("{named} left out: {why}")).help(help)
}
