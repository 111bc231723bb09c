//! Offers that no key owns, and that are newer than one with the same name which a plan changes: the record of a replace may be lost.
//!
//! Pure. A warning and no more: an account may have had two offers of one name before it was managed here.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Key, Observed, OfferId, Recorded};
use crate::words::first_and_more;

use super::action::{Plan, Verb};
use super::drift_unrecorded::{DuplicateOf, Unrecorded, unrecorded};
use super::selection::Selection;

/// The number of offers that the warning names.
const NAMED: usize = 10;

/// The newer offers with the name and advertiser of ones that the plan changes, unless CAKE shows them as inactive.
pub fn newer_duplicates(plan: &Plan, recorded: &Recorded, observed: &Observed) -> Option<Diagnostic> {
    let writes = |verb| matches!(verb, Verb::Update | Verb::Restore | Verb::Retire);
    let changed = plan.actions.iter().filter(|action| writes(action.verb()));
    let changed: BTreeMap<OfferId, &Key> =
        changed.filter_map(|action| Some((action.kind.offer_id()?, &action.key))).collect();
    if changed.is_empty() {
        return None;
    }
    let all = unrecorded(recorded, observed, &Selection::default());
    let newer = |Unrecorded { offer_id, status, duplicate_of, .. }: &Unrecorded| {
        let DuplicateOf { offer_id: of, same_name, .. } = duplicate_of.as_ref()?;
        let (of, is_inactive) =
            ((*of)?, status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("inactive")));
        let key = changed.get(&of).filter(|_| *same_name && *offer_id > of && !is_inactive)?;
        Some(format!("offer {offer_id} is like `{key}` (offer {of})"))
    };
    let newer: Vec<String> = all.iter().filter_map(newer).collect();
    let message = format!(
        "CAKE has a newer offer, which no key owns, with the name and advertiser of one that is changed: {}",
        first_and_more(newer.iter(), NAMED)
    );
    (!newer.is_empty()).then(|| {
        Diagnostic::warning(codes::plan::NEWER_DUPLICATE, message).help(
            "look at both in CAKE. If the newer one is the key's offer, such as after a replace whose record was lost, run \
             `offersync state adopt KEY --offer-id N`: the next apply then makes the older one inactive. If not, give it another name in CAKE",
        )
    })
}
