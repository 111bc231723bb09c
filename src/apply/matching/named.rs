//! Creates in doubt whose replies named an id: whether CAKE's list shows it as the offer that was sent. Pure.
//!
//! Owns which of these ids count. Invariant: an id that a key owns, or that two replies named, counts for none of the creates by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::offer::{InDoubtCreate, Key, NameIndex, OfferId, Recorded};

use super::super::confirmation::{Confirmation, confirmation};
use super::super::listing::CompleteListing;
use super::{FoundOffer, LookupResult, Undecided};

/// What the list shows under the ids that replies named.
#[derive(Debug, Default)]
pub(super) struct NamedOffers<'a> {
    /// The offers that are as they were sent.
    pub(super) found: BTreeMap<&'a Key, FoundOffer>,
    /// What is shown in place of the others, in words.
    pub(super) others: BTreeMap<&'a Key, String>,
}

impl<'a> NamedOffers<'a> {
    pub(super) fn of(recorded: &'a Recorded, owned: &BTreeSet<OfferId>, listing: &CompleteListing) -> Self {
        let doubts: Vec<(&Key, &InDoubtCreate)> = recorded.in_doubt.iter().collect();
        let mut result = Self::default();
        if doubts.iter().all(|(_, doubt)| doubt.named.is_none()) {
            return result;
        }
        let (mut names, mut times_named) = (NameIndex::default(), HashMap::<OfferId, usize>::new());
        for (place, (_, doubt)) in doubts.iter().enumerate() {
            names.insert_name(doubt.request.offer.fields().name().unwrap_or_default(), place);
            if let Some(id) = doubt.named {
                *times_named.entry(id).or_default() += 1;
            }
        }
        for (key, doubt) in &doubts {
            let Some(id) = doubt.named else { continue };
            if owned.contains(&id) {
                result.others.insert(key, format!("that as the offer of {}", owner(recorded, id)));
                continue;
            }
            if times_named.get(&id).is_some_and(|times| *times > 1) {
                result.others.insert(key, format!("one offer {id}, which the replies to several creates named"));
                continue;
            }
            let is_alone = is_in_order(&doubts, &names, doubt);
            let baseline = doubt.baseline.as_ref();
            match confirmation(&doubt.request, is_alone, id, baseline, |id| owned.contains(&id), listing) {
                Confirmation::Same(found) => drop(result.found.insert(key, found)),
                Confirmation::Other(shown) => drop(result.others.insert(key, shown)),
                Confirmation::NotShown => {}
            }
        }
        result
    }
}

/// Whether the ids of the creates with such names follow the order in which they were sent, one after another: then none of them can be
/// another one's, because CAKE counts ids up.
fn is_in_order(doubts: &[(&Key, &InDoubtCreate)], names: &NameIndex<usize>, doubt: &InDoubtCreate) -> bool {
    let alike: BTreeSet<usize> = names
        .find_name(doubt.request.offer.fields().name().unwrap_or_default())
        .into_iter()
        .map(|found| found.offer)
        .collect();
    let mut sent: Vec<_> = alike.into_iter().map(|place| (doubts[place].1.sent_at, doubts[place].1.named)).collect();
    sent.sort_unstable();
    sent.len() == 1
        || sent.windows(2).all(|pair| {
            let [(sent_at, id), (next_at, next)] = pair else { return true };
            sent_at.is_some() && sent_at < next_at && id.is_some() && id < next
        })
}

fn owner(recorded: &Recorded, id: OfferId) -> String {
    recorded.owner_of(id).map(|key| format!("`{key}`")).unwrap_or_default()
}

impl LookupResult {
    /// The same, beside what CAKE shows under the id that the reply named.
    pub(super) fn beside(self, other: Option<&String>) -> Self {
        match (self, other) {
            (Self::Undecided(why), Some(shown)) => {
                Self::Undecided(Undecided::NamedOther { shown: shown.clone(), why: Box::new(why) })
            }
            (result, _) => result,
        }
    }

    /// The same where only an offer that the reply named is taken over.
    pub(in crate::apply) fn only_named(self, doubt: Option<&InDoubtCreate>) -> Self {
        match self {
            Self::Found(found) if doubt.is_none_or(|doubt| doubt.named != Some(found.offer_id)) => {
                Self::Undecided(Undecided::NotLooked)
            }
            result => result,
        }
    }
}
