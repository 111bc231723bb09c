//! Matches imported offers to YAML that has no record.

use std::collections::{HashMap, HashSet};

use super::imported_offer::{Identity, ImportedOffer};
use super::outcome::Reason;
use crate::offer::{AdvertiserId, DesiredOffer, Fields, Key, NameIndex, NameMatch};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum MatchResult<'a> {
    /// No YAML has its name or its URL.
    Free,
    /// This YAML, and this offer only.
    Match(&'a DesiredOffer),
    /// It is left out.
    Blocked(Reason),
}

impl<'a> MatchResult<'a> {
    fn matched(&self) -> Option<&'a Key> {
        match self {
            Self::Match(offer) => Some(&offer.key),
            Self::Free | Self::Blocked(_) => None,
        }
    }
}

/// Matches exactly one offer to exactly one YAML, or none. YAML that is reserved for an offer is matched to no other one.
pub(super) fn match_offers<'a>(
    waiting: &[&'a DesiredOffer],
    imported_offers: &[&ImportedOffer],
    reserved: &HashSet<&Key>,
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
            ([only], [_]) if matching && !reserved.contains(&only.key) => MatchResult::Match(only),
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
    let mut results: Vec<MatchResult<'a>> = imported_offers.iter().map(match_one).collect();
    block_same_urls(waiting, imported_offers, &mut results);
    results
}

/// Blocks the offers that have the URL and the advertiser of YAML that is still waiting: it may be theirs under another name, also
/// where several have that URL.
fn block_same_urls(waiting: &[&DesiredOffer], imported_offers: &[&ImportedOffer], results: &mut [MatchResult<'_>]) {
    let matched: HashSet<&Key> = results.iter().filter_map(MatchResult::matched).collect();
    let mut by_url: HashMap<(AdvertiserId, String), Vec<Key>> = HashMap::new();
    for offer in waiting.iter().filter(|offer| !matched.contains(&offer.key)) {
        let Some(url) = url_and_advertiser(&offer.fields) else { continue };
        by_url.entry(url).or_default().push(offer.key.clone());
    }
    for (imported, result) in imported_offers.iter().zip(results) {
        let is_free = *result == MatchResult::Free && !by_url.is_empty();
        let keys = url_and_advertiser(&imported.fields).filter(|_| is_free).and_then(|url| by_url.get(&url));
        if let Some(keys) = keys {
            *result = MatchResult::Blocked(Reason::SameUrl { keys: keys.clone() });
        }
    }
}

fn url_and_advertiser(fields: &Fields) -> Option<(AdvertiserId, String)> {
    fields.advertiser().zip(fields.url_form())
}
