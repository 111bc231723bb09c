//! New offers that are a recorded one in everything but the name: its YAML came a second time, such as from another clone's import.
//!
//! Owns when that is so. Invariant: such an offer is not created unless its YAML says why it shares the other one's URL, because CAKE would
//! have it twice, whatever became of the record of the first YAML.

use std::collections::HashMap;

use crate::diagnostic::codes;
use crate::offer::{AdvertiserId, DesiredOffer, Field, Record, RecordStatus, has_own_offer_id};
use crate::plan::action::ActionKind;

use super::{Planner, warnings};

/// What may differ between two descriptions of one offer: a name that CAKE or a person has changed, and what comes with time.
const NOT_COMPARED: [Field; 3] = [Field::OfferName, Field::OfferStatus, Field::ExpirationDate];

/// What more recorded offers than this have in common tells nothing.
const FEW: usize = 5;

/// What two descriptions of one offer have in common first.
type UrlOfAdvertiser = (AdvertiserId, String);

fn url_of(offer: &DesiredOffer) -> Option<UrlOfAdvertiser> {
    offer.fields.advertiser().zip(offer.fields.url_form().filter(|url| !has_own_offer_id(url)))
}

/// Whether nothing that both give tells the two apart.
fn is_same(new: &DesiredOffer, other: &DesiredOffer) -> bool {
    let compared = Field::ALL.into_iter().filter(|field| !NOT_COMPARED.contains(field) && *field != Field::OfferUrl);
    let mut values = compared.filter_map(|field| new.fields.get(field).zip(other.fields.get(field)));
    values.all(|(new, other)| new == other)
}

fn says_why(offer: &DesiredOffer) -> bool {
    offer.allowed.iter().any(|allowed| allowed.lint == codes::url::SHARED.name)
}

impl<'a> Planner<'a> {
    pub(super) fn block_same_offers(&mut self) {
        for (new, other) in self.same_offers() {
            let create = |kind: &ActionKind| kind.create().is_some();
            let actions = self.actions.iter_mut().filter(|action| action.key == new.key && create(&action.kind));
            for action in actions {
                let problem = warnings::same_offer(new, other);
                action.reason = Some(problem.message.clone());
                action.kind = ActionKind::Blocked { offer_id: None };
                self.diagnostics.push(problem);
            }
        }
    }

    /// Each new offer that is alike with recorded ones, with the first of them. What many have in common, or more new ones than recorded ones,
    /// tells nothing.
    fn same_offers(&self) -> Vec<(&'a DesiredOffer, &'a DesiredOffer)> {
        let mut new: HashMap<UrlOfAdvertiser, Vec<&'a DesiredOffer>> = HashMap::new();
        for (url, offer) in self.new.iter().filter_map(|offer| Some((url_of(offer)?, *offer))) {
            new.entry(url).or_default().push(offer);
        }
        let mut others: HashMap<UrlOfAdvertiser, Vec<&'a DesiredOffer>> = HashMap::new();
        for offer in self.desired.offers.iter().filter(|_| !new.is_empty()) {
            let is_live = |record: &Record| record.status == RecordStatus::Live;
            if let Some(url) = url_of(offer).filter(|url| new.contains_key(url))
                && self.recorded.offers.get(&offer.key).is_some_and(is_live)
            {
                others.entry(url).or_default().push(offer);
            }
        }
        for (_, record) in &self.gone {
            if let Some(url) = record.fields.advertiser().zip(record.fields.url_form()) {
                others.remove(&url);
            }
        }
        let alike = |(url, offer): (&UrlOfAdvertiser, &'a DesiredOffer)| {
            let others: Vec<_> = others.get(url)?.iter().filter(|other| is_same(offer, other)).collect();
            let new = || new.get(url).into_iter().flatten().filter(|new| is_same(offer, new)).count();
            let tells = (1..=FEW).contains(&others.len()) && !others.iter().any(|other| says_why(other));
            let other = others.first().filter(|_| tells && new() <= others.len())?;
            Some((offer, **other))
        };
        let each = new.iter().flat_map(|(url, offers)| offers.iter().map(move |offer| (url, *offer)));
        let pairs = each.filter(|(_, offer)| !says_why(offer)).filter_map(alike);
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable_by_key(|(new, _)| &new.key);
        pairs
    }
}
