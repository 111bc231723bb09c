//! Paging through the listing: receives pages and returns the first row of the next one.
//!
//! Pure: no request, no time. Invariant: a complete listing holds every id that CAKE counted, each once; anything less is
//! [`Incomplete`], because an offer that is missed would be created a second time.

use std::collections::HashSet;

use crate::offer::OfferId;

use super::observed::ObservedOffer;
use super::page::Page;

/// A listing in progress.
#[derive(Debug, Default)]
pub(super) struct Paginator {
    offers: Vec<ObservedOffer>,
    seen: HashSet<OfferId>,
    /// Rows received, including repeated ones: the start of the next page.
    rows: u64,
    total: Option<u64>,
    /// Whether the last page held rows, but no new ones.
    stalled: bool,
}

/// The row at which the next page starts, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextPage {
    StartsAt(u64),
    None,
}

/// The listing ended before everything that CAKE counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Incomplete {
    pub(super) got: u64,
    pub(super) total: Option<u64>,
}

impl Paginator {
    pub(super) fn add(&mut self, page: Page) -> Result<NextPage, Incomplete> {
        let (rows, before) = (page.offers.len() as u64, self.seen.len());
        if let (Some(earlier), Some(now)) = (self.total, page.total)
            && now < earlier
        {
            // Offers left the listing meanwhile: those after them moved up, perhaps past the rows asked for.
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
            // A count lower than what was received is useless; then only an empty page ends the listing.
            Some(total) if total == self.got() => Ok(NextPage::None),
            Some(total) if nothing_new && total > self.got() => Err(self.incomplete()),
            _ if rows == 0 => Ok(NextPage::None),
            // Without a count, a page that only repeats may be the first row counted twice (so on the older API). A second
            // such page means that the server does not page at all.
            _ if nothing_new && self.stalled => Err(self.incomplete()),
            _ => {
                self.stalled = nothing_new;
                Ok(NextPage::StartsAt(self.rows))
            }
        }
    }

    fn incomplete(&self) -> Incomplete {
        Incomplete { got: self.got(), total: self.total }
    }

    pub(super) fn got(&self) -> u64 {
        self.seen.len() as u64
    }

    /// The total that CAKE reports.
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
