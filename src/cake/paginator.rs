//! The walk over the pages of a listing, as a value that takes pages and says which row comes next.
//!
//! Pure: no request, no time. Invariant: a walk that ends well holds every id that CAKE counted, each once; anything less is
//! [`Incomplete`], because an offer that is not seen would be created a second time.

use std::collections::HashSet;

use crate::offer::OfferId;

use super::observed::ObservedOffer;
use super::page::Page;

/// A walk that is under way.
#[derive(Debug, Default)]
pub(super) struct Paginator {
    offers: Vec<ObservedOffer>,
    seen: HashSet<OfferId>,
    /// Rows received, repeated ones included: where the next page starts.
    rows: u64,
    total: Option<u64>,
    /// Whether the last page held rows, but no new ones.
    stalled: bool,
}

/// What to do after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextPage {
    /// Ask for the page that starts at this row.
    Next(u64),
    /// All is in hand.
    Complete,
}

/// The walk ended without everything that CAKE counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incomplete {
    pub(super) got: u64,
    pub(super) total: Option<u64>,
}

impl Paginator {
    /// Takes a page in.
    pub(super) fn take(&mut self, page: Page) -> Result<NextPage, Incomplete> {
        let (rows, before) = (page.offers.len() as u64, self.seen.len());
        if let (Some(earlier), Some(now)) = (self.total, page.total)
            && now < earlier
        {
            // Offers left the listing while it was walked: what followed them moved up, maybe past the rows asked for.
            return Err(self.incomplete());
        }
        self.total = page.total.or(self.total);
        self.rows += rows;
        for offer in page.offers {
            if self.seen.insert(offer.offer_id) {
                self.offers.push(offer);
            }
        }
        let nothing_new = self.seen.len() == before;
        match self.total {
            // A count lower than what is in hand is no count to stop at; then only an empty page ends the walk.
            Some(total) if total == self.got() => Ok(NextPage::Complete),
            Some(total) if nothing_new && total > self.got() => Err(self.incomplete()),
            _ if rows == 0 => Ok(NextPage::Complete),
            // Without a count, a page that only repeats may be the first row counted twice (so on the older API). A second
            // such page means that the server does not page at all.
            _ if nothing_new && self.stalled => Err(self.incomplete()),
            _ => {
                self.stalled = nothing_new;
                Ok(NextPage::Next(self.rows))
            }
        }
    }

    fn incomplete(&self) -> Incomplete {
        Incomplete { got: self.got(), total: self.total }
    }

    /// How many offers are in hand.
    pub(super) fn got(&self) -> u64 {
        self.seen.len() as u64
    }

    /// How many CAKE counts.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// The offers, by id.
    pub(super) fn into_offers(self) -> Vec<ObservedOffer> {
        let mut offers = self.offers;
        offers.sort_unstable_by_key(|offer| offer.offer_id);
        offers
    }
}
