//! The stored offers.
//!
//! Knows nothing of requests. The invariant: an offer changes in memory only after the change is in the data file, and an id is
//! reused only on request, even after its offer was removed.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::data_file::{DataError, DataFile, DataRecord};
use super::offer::{CakeDateTime, Offer};
use super::quirks::Lag;

#[derive(Debug)]
pub(super) struct OfferStore {
    entries: BTreeMap<u64, Entry>,
    /// Active and pending offers by expiration date, so that a call does not have to scan all offers.
    expiring: BTreeSet<(CakeDateTime, u64)>,
    next_id: u64,
    listing_calls: u64,
    lag: Option<Lag>,
    records: Option<DataFile>,
    closed: bool,
}

#[derive(Debug)]
struct Entry {
    offer: Offer,
    /// The version that a delayed listing still shows.
    stale: Option<StaleVersion>,
}

#[derive(Debug)]
struct StaleVersion {
    offer: Option<Offer>,
    written_at: Instant,
    /// The number of listing calls before the write.
    written_after: u64,
}

impl OfferStore {
    /// Opens the data file in this directory, or an empty store in memory.
    pub(super) fn open(folder: Option<&Path>, first_id: u64) -> Result<Self, DataError> {
        let mut store = Self {
            entries: BTreeMap::new(),
            expiring: BTreeSet::new(),
            next_id: first_id,
            listing_calls: 0,
            lag: None,
            records: None,
            closed: false,
        };
        if let Some(folder) = folder {
            let (records, past) = DataFile::open(folder)?;
            for record in past {
                match record {
                    DataRecord::Put(offer) => store.set(*offer),
                    DataRecord::Remove(id) => store.unset(id),
                }
            }
            store.records = Some(records);
        }
        Ok(store)
    }

    /// Closes the data file, so that another sandbox can open it. The offers can still be read but not changed.
    pub(super) fn close(&mut self) {
        self.records = None;
        self.closed = true;
    }

    pub(super) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Gives ids again, as after a restore from a backup.
    pub(super) fn set_next_id(&mut self, id: u64) {
        self.next_id = id;
    }

    pub(super) fn get(&self, id: u64) -> Option<&Offer> {
        self.entries.get(&id).map(|entry| &entry.offer)
    }

    pub(super) fn offers(&self) -> impl Iterator<Item = &Offer> {
        self.entries.values().map(|entry| &entry.offer)
    }

    /// Sets the delay of the listing for later writes.
    pub(super) fn set_lag(&mut self, lag: Option<Lag>) {
        self.lag = lag;
    }

    /// The offers as the listing shows them, by id.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Offer> {
        self.entries.values().filter_map(|entry| self.known(entry))
    }

    fn known<'a>(&self, entry: &'a Entry) -> Option<&'a Offer> {
        match (&entry.stale, self.lag) {
            (Some(stale), Some(lag)) if stale.is_listed(lag, self.listing_calls) => stale.offer.as_ref(),
            _ => Some(&entry.offer),
        }
    }

    /// Counts a finished listing call; returns its number.
    pub(super) fn listing_call_ended(&mut self) -> u64 {
        self.listing_calls += 1;
        self.listing_calls
    }

    pub(super) fn listing_calls(&self) -> u64 {
        self.listing_calls
    }

    /// Adds or replaces an offer.
    pub(super) fn put(&mut self, offer: Offer) -> io::Result<()> {
        let record = DataRecord::Put(Box::new(offer));
        self.record(&record)?;
        if let DataRecord::Put(offer) = record {
            self.set(*offer);
        }
        Ok(())
    }

    /// Removes an offer, if it exists.
    pub(super) fn remove(&mut self, id: u64) -> io::Result<()> {
        if self.entries.contains_key(&id) {
            self.record(&DataRecord::Remove(id))?;
            self.unset(id);
        }
        Ok(())
    }

    /// Expires every active or pending offer whose date has passed.
    pub(super) fn expire(&mut self, now: CakeDateTime) -> io::Result<()> {
        while let Some((date, id)) = self.expiring.first().copied().filter(|(date, _)| *date < now) {
            // Removed from the queue first, so that the loop ends even if the write fails.
            self.expiring.remove(&(date, id));
            if let Some(offer) = self.get(id).cloned() {
                self.put(Offer { offer_status: "expired".to_owned(), ..offer })?;
            }
        }
        Ok(())
    }

    fn record(&mut self, record: &DataRecord) -> io::Result<()> {
        match &mut self.records {
            _ if self.closed => Err(io::ErrorKind::BrokenPipe.into()),
            Some(records) => records.append(record),
            None => Ok(()),
        }
    }

    fn set(&mut self, offer: Offer) {
        let id = offer.offer_id;
        self.next_id = self.next_id.max(id.saturating_add(1));
        let before = self.entries.remove(&id);
        if let Some(key) = before.as_ref().and_then(|entry| expires(&entry.offer)) {
            self.expiring.remove(&key);
        }
        self.expiring.extend(expires(&offer));
        let stale = self.lag.map(|_| StaleVersion {
            // What the listing showed until now, which may be older than the previous write.
            offer: before.as_ref().and_then(|entry| self.known(entry)).cloned(),
            written_at: Instant::now(),
            written_after: self.listing_calls,
        });
        self.entries.insert(id, Entry { offer, stale });
    }

    fn unset(&mut self, id: u64) {
        if let Some(key) = self.entries.remove(&id).as_ref().and_then(|entry| expires(&entry.offer)) {
            self.expiring.remove(&key);
        }
    }
}

impl StaleVersion {
    fn is_listed(&self, lag: Lag, listing_calls: u64) -> bool {
        match lag {
            Lag::Calls(calls) => listing_calls.saturating_sub(self.written_after) < calls,
            Lag::Millis(millis) => self.written_at.elapsed() < Duration::from_millis(millis),
        }
    }
}

fn expires(offer: &Offer) -> Option<(CakeDateTime, u64)> {
    let alive = matches!(offer.offer_status.as_str(), "active" | "pending");
    offer.expiration_date.filter(|_| alive).map(|date| (date, offer.offer_id))
}
