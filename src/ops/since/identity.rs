//! Names and URLs that a branch edits although nothing of them is sent: the files then say of one offer what CAKE has of another, and a later
//! change goes to the wrong offer.

use std::collections::{BTreeMap, BTreeSet};

use super::exemptions::Offers;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{DesiredOffer, Field, Key, OfferId, Value};
use crate::plan::{Plan, Verb};
use crate::words::shorten;

/// By what a person knows an offer.
const KNOWN_BY: [Field; 2] = [Field::OfferName, Field::OfferUrl];

/// A longer value is cut.
const SHOWN: usize = 100;

/// The edits of names and URLs that are not sent. Errors where the value is that of another offer at the commit.
pub(super) fn edits(offers: Offers<'_>, reference: &str, plan: &Plan) -> Vec<Diagnostic> {
    // A new offer begins with what is written.
    let sent: BTreeSet<&Key> = plan
        .actions
        .iter()
        .filter(|action| matches!(action.verb(), Verb::Create | Verb::Replace))
        .map(|action| &action.key)
        .collect();
    let owners = owners(offers);
    let now = offers.changed.iter().filter_map(|key| offers.now.get(key)).filter(|offer| !sent.contains(&offer.key));
    let edits = |offer| {
        let (before, record) = (offers.before(offer)?, offers.record(offer)?);
        Some(edits_of((before, offer), record.offer_id, &owners, reference))
    };
    now.filter_map(edits).flatten().collect()
}

/// The offers at the commit by these values. Files that do not differ were not read there.
fn owners(offers: Offers<'_>) -> BTreeMap<(Field, String), &Key> {
    let values = |offer| KNOWN_BY.into_iter().filter_map(move |field| Some((field, value_of(offer, field)?)));
    let unchanged = offers.now.offers.iter().filter(|offer| !offers.changed.contains(&offer.key));
    unchanged.chain(&offers.then.offers).flat_map(|offer| values(offer).map(|value| (value, &offer.key))).collect()
}

fn value_of(offer: &DesiredOffer, field: Field) -> Option<String> {
    offer.fields.get(field).map(Value::to_string)
}

fn edits_of(
    (before, offer): (&DesiredOffer, &DesiredOffer),
    id: OfferId,
    owners: &BTreeMap<(Field, String), &Key>,
    reference: &str,
) -> Vec<Diagnostic> {
    let ignored = offer.sync.ignore_changes;
    let edit = |field: Field| {
        let (then, now) = (value_of(before, field)?, value_of(offer, field)?);
        if then == now {
            return None;
        }
        let owner = owners.get(&(field, now.clone())).filter(|key| ***key != before.key);
        // Offers may share a URL, and where the name is managed, the offer is known by that.
        let owner = owner.filter(|_| ignored.contains(Field::OfferName));
        let (key, then, now) = (&offer.key, shorten(&then, SHOWN), shorten(&now, SHOWN));
        let not_sent = format!("it is not sent (`ignore_changes`), and `{key}` stays offer {id} in CAKE");
        let problem = if let Some(owner) = owner {
            let message = format!(
                "`{key}` has the `{field}` of `{owner}` now, `{now}`, and `{then}` at `{reference}`: {not_sent}"
            );
            Diagnostic::error(codes::review::IDENTITY, message).help(
                "undo it: a later change of what looks like the one offer would go to the other; if a person has seen that it is right, add \
                 `--accept-config`",
            )
        } else {
            let message = format!("`{field}` of `{key}` is `{now}`, and `{then}` at `{reference}`: {not_sent}");
            Diagnostic::warning(codes::review::IDENTITY, message)
                .help("look whether the file still describes that offer")
        };
        Some(problem.label(Label::at(offer.place_of(field))))
    };
    KNOWN_BY.into_iter().filter(|field| ignored.contains(*field)).filter_map(edit).collect()
}
