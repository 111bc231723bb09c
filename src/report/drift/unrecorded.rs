//! The words for offers in CAKE that no key owns.

use crate::plan::{DuplicateOf, Unrecorded};
use crate::words::{count, plural, shorten};

/// What to do about duplicates of recorded offers.
pub(super) fn advice(unrecorded: &[Unrecorded]) -> Option<&'static str> {
    let is_of_record = |of: &DuplicateOf| of.offer_id.is_some();
    unrecorded.iter().any(|offer| offer.duplicate_of.as_ref().is_some_and(is_of_record)).then_some(
        "If a duplicate is its key's offer, run `offersync state adopt KEY --offer-id N`: the next apply then makes the present one inactive. If \
         not, give the duplicate another name in CAKE.",
    )
}

/// How many there are, and whether any duplicates a recorded offer, which is a warning.
pub(super) fn heading(unrecorded: &[Unrecorded]) -> (String, bool) {
    let duplicates = unrecorded.iter().filter(|offer| offer.duplicate_of.is_some()).count();
    let offers = count(unrecorded.len(), "offer");
    match duplicates {
        0 => (format!("Not recorded: {offers} in CAKE"), false),
        some => {
            let what = plural(some, "duplicate");
            (format!("warning: not recorded: {offers} in CAKE, with {some} possible {what} of recorded ones"), true)
        }
    }
}

/// Name, advertiser, status, and what it duplicates. CAKE's texts have at most this many characters.
pub(super) fn described(offer: &Unrecorded, longest: usize) -> Vec<String> {
    let text = |text: Option<&String>, what: &str| match text {
        Some(text) => shorten(text, longest).into_owned(),
        None => format!("{what} not shown"),
    };
    let advertiser = match offer.advertiser {
        Some(id) => format!("advertiser {id}"),
        None => "advertiser not shown".to_owned(),
    };
    let shown = [text(offer.name.as_ref(), "name"), advertiser, text(offer.status.as_ref(), "status")];
    shown.into_iter().chain(offer.duplicate_of.as_ref().map(duplicates)).collect()
}

fn duplicates(DuplicateOf { key, offer_id, same_name }: &DuplicateOf) -> String {
    let names = if *same_name { "same name and advertiser" } else { "similar name and same advertiser" };
    match offer_id {
        Some(id) => format!("{names} as `{key}` (offer {id})"),
        None => format!("{names} as `{key}`, whose create is in doubt: `offersync apply` says how it ends"),
    }
}
