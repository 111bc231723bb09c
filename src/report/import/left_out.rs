//! Offers that were left out, and what to do about each.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::import::{LeftOut, Reason};
use crate::offer::{Field, FieldSet};

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
    Diagnostic::error(codes::import::LEFT_OUT, format!("{named} left out: {}", why(reason))).help(help(reason, &first))
}

fn why(reason: &Reason) -> String {
    match reason {
        Reason::Unwritable { field, text, reason } => format!("its `{field}` is `{}`: {reason}", shortened(text)),
        Reason::NotShown(field) => format!("CAKE's listing does not show its `{field}`"),
        Reason::Ambiguous { keys, offer_ids } => format!(
            "{} and the offers {} have the same name, advertiser and vertical: there is more than one candidate",
            keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "),
            some_of(offer_ids, ToString::to_string)
        ),
        Reason::NameTaken { key, .. } => {
            format!("`{key}`, which is not recorded, has its name and advertiser; two offers would have the same name")
        }
        Reason::SameUrl { keys } => format!(
            "{} its URL and advertiser, and may be this offer under another name",
            match keys.as_slice() {
                [only] => format!("`{only}`, which is not recorded, has"),
                keys => format!("{}, which are not recorded, have", some_of(keys, |key| format!("`{key}`"))),
            }
        ),
        Reason::WrittenFor { key, differs } => format!(
            "an import that was interrupted wrote `{key}` for it, and there {} {} not as CAKE shows by now",
            listed(*differs),
            if differs.iter().count() == 1 { "is" } else { "are" }
        ),
        Reason::RecordedName { key, offer_id } => {
            format!("`{key}` is recorded with offer {offer_id} and has its name and advertiser")
        }
        Reason::InDoubt(key) => format!("the create of `{key}` is in doubt and may have made it"),
        Reason::NotRoundTripped(field) => format!("its `{field}` would not come back from YAML as it is"),
        Reason::FileAppeared(path) => format!("another process created {path} just now"),
        Reason::NotFound => "CAKE does not show it".to_owned(),
    }
}

fn listed(fields: FieldSet) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(" and ")
}

/// What to do about the first offer with the reason.
fn help(reason: &Reason, first: &str) -> String {
    // It looks that one offer up and records it for that one key.
    let adopt = |key: &str| format!("`offersync state adopt {key} --offer-id {first}`");
    match reason {
        Reason::Unwritable { .. } => {
            format!("correct it in CAKE and import it again: `offersync import --offer-id {first}`")
        }
        Reason::NotShown(_) => {
            format!("no YAML can be written without it; write the file by hand, then run {}", adopt("KEY"))
        }
        Reason::Ambiguous { keys, .. } => {
            let key = if let [only] = keys.as_slice() { only.as_str() } else { "KEY" };
            format!("look in CAKE; if offer {first} is the right one, run {}", adopt(key))
        }
        Reason::NameTaken { key, would_match } => format!(
            "if it is the same offer, {}run {}; if not, give the offer of `{key}` another name",
            if *would_match { "" } else { "correct the vertical in the YAML and " },
            adopt(key.as_str())
        ),
        Reason::SameUrl { keys } => {
            let key = if let [only] = keys.as_slice() { only.as_str() } else { "KEY" };
            format!(
                "look in CAKE; if it is the same offer, run {}; if not, give the YAML another `offer_url`, and import again",
                adopt(key)
            )
        }
        Reason::WrittenFor { key, differs } => {
            let fixed: FieldSet = differs.iter().filter(|field| *field != Field::OfferName).collect();
            let first_correct = if fixed.is_empty() {
                String::new()
            } else {
                format!("correct {} in the YAML, which CAKE's API cannot change, and ", listed(fixed))
            };
            format!("{first_correct}run {}", adopt(key.as_str()))
        }
        Reason::RecordedName { key, offer_id } => format!(
            "if it is the offer of `{key}`, run {}: the next apply then makes offer {offer_id} inactive. If not, give offer {first} \
             another name in CAKE and import it again",
            adopt(key.as_str())
        ),
        Reason::InDoubt(key) => format!(
            "run `offersync apply`, which looks it up; or look in CAKE, and run `offersync state resolve {key} --offer-id {first}` or \
             `offersync state resolve {key} --not-created`. Then import again"
        ),
        Reason::NotRoundTripped(_) => format!("write the file by hand, then run {}", adopt("KEY")),
        Reason::FileAppeared(_) => "run the import again".to_owned(),
        Reason::NotFound => "check the id, and whether the API key's user may see the offer".to_owned(),
    }
}
