//! Matches imported offers to YAML that has no record.

use std::collections::HashMap;

use super::imported_offer::{Identity, ImportedOffer};
use super::outcome::Reason;
use crate::offer::{DesiredOffer, Key, NameIndex, NameMatch};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MatchResult<'a> {
    /// No YAML has its name.
    Free,
    /// This YAML, and this offer only.
    Match(&'a DesiredOffer),
    /// It is left out.
    Blocked(Reason),
}

/// Matches exactly one offer to exactly one YAML, or none.
pub(super) fn match_offers<'a>(
    waiting: &[&'a DesiredOffer],
    imported_offers: &[&ImportedOffer],
    matching: bool,
) -> Vec<MatchResult<'a>> {
    let mut by_identity: HashMap<Identity<'_>, Vec<&'a DesiredOffer>> = HashMap::new();
    // CAKE may show a name otherwise than it was sent.
    let mut by_name: NameIndex<&'a DesiredOffer> = NameIndex::default();
    for offer in waiting {
        for identity in Identity::at_any_time(offer) {
            by_identity.entry(identity).or_default().push(offer);
        }
        offer.with_each_name().for_each(|fields| by_name.insert(&fields, offer));
    }
    let mut claims: HashMap<Identity<'_>, Vec<_>> = HashMap::new();
    for imported in imported_offers {
        claims.entry(imported.identity()).or_default().extend(imported.offer_id);
    }
    let match_one = |imported: &&ImportedOffer| {
        let identity = imported.identity();
        let fitting = by_identity.get(&identity).map(Vec::as_slice).unwrap_or_default();
        let claimants = claims.get(&identity).map(Vec::as_slice).unwrap_or_default();
        match (fitting, claimants) {
            ([only], [_]) if matching => MatchResult::Match(only),
            ([_, ..], _) if matching => {
                let keys: Vec<Key> = fitting.iter().map(|offer| offer.key.clone()).collect();
                MatchResult::Blocked(Reason::Ambiguous { keys, offer_ids: claimants.to_vec() })
            }
            _ => match by_name.find(&imported.fields) {
                Some(NameMatch { offer, .. }) => {
                    MatchResult::Blocked(Reason::NameTaken { key: offer.key.clone(), would_match: !fitting.is_empty() })
                }
                None => MatchResult::Free,
            },
        }
    };
    imported_offers.iter().map(match_one).collect()
}
