//! The offers that this CAKE holds.
//!
//! Knows nothing of requests. The invariant: an offer is changed in memory only after its record is written, and an id is
//! never given out twice, not even after its offer is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::data_file::{DataError, DataFile, DataRecord};
use super::offer::{CakeDateTime, Offer};
use super::quirks::{Lag, ListingChange, ScheduledChange};

/// All offers, by id.
#[derive(Debug)]
pub(super) struct OfferStore {
    entries: BTreeMap<u64, Entry>,
    /// Active and pending offers with a date, soonest first, so that a call need not look at every offer.
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
    /// What a listing that lags behind still shows.
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
    /// An empty store, or the one whose records are in this folder.
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

    /// Lets go of the file, so that another sandbox can open it. What is here can still be read, but not changed: nobody
    /// would find the change again.
    pub(super) fn close(&mut self) {
        self.records = None;
        self.closed = true;
    }

    /// The id that the next new offer gets.
    pub(super) fn next_id(&self) -> u64 {
        self.next_id
    }

    /// The offer with this id.
    pub(super) fn get(&self, id: u64) -> Option<&Offer> {
        self.entries.get(&id).map(|entry| &entry.offer)
    }

    /// Every offer, by id.
    pub(super) fn offers(&self) -> impl Iterator<Item = &Offer> {
        self.entries.values().map(|entry| &entry.offer)
    }

    /// From now on the listing learns of writes so late; what it knows already it keeps knowing.
    pub(super) fn set_lag(&mut self, lag: Option<Lag>) {
        self.lag = lag;
    }

    /// The offers as the listing knows them, by id.
    pub(super) fn listed(&self) -> impl Iterator<Item = &Offer> {
        self.entries.values().filter_map(|entry| self.known(entry))
    }

    fn known<'a>(&self, entry: &'a Entry) -> Option<&'a Offer> {
        match (&entry.stale, self.lag) {
            (Some(stale), Some(lag)) if stale.is_listed(lag, self.listing_calls) => stale.offer.as_ref(),
            _ => Some(&entry.offer),
        }
    }

    /// Counts a listing call that is over, and makes the changes that were to follow it.
    pub(super) fn listing_call_ended(&mut self, scheduled_changes: &[ScheduledChange]) -> io::Result<()> {
        self.listing_calls += 1;
        let call = self.listing_calls;
        for shift in scheduled_changes.iter().filter(|shift| shift.after_call == call) {
            match &shift.change {
                ListingChange::Put(offer) => self.put(offer.as_ref().clone())?,
                ListingChange::Add => self.put(Offer::filler(self.next_id))?,
                ListingChange::Remove(id) => self.remove(*id)?,
                ListingChange::RemoveFirst => {
                    if let Some(id) = self.entries.keys().next().copied() {
                        self.remove(id)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// How many listing calls there have been.
    pub(super) fn listing_calls(&self) -> u64 {
        self.listing_calls
    }

    /// Adds an offer, or puts it in the place of the one with its id.
    pub(super) fn put(&mut self, offer: Offer) -> io::Result<()> {
        let record = DataRecord::Put(Box::new(offer));
        self.record(&record)?;
        if let DataRecord::Put(offer) = record {
            self.set(*offer);
        }
        Ok(())
    }

    /// Takes an offer out; one that is not there is no error.
    pub(super) fn remove(&mut self, id: u64) -> io::Result<()> {
        if self.entries.contains_key(&id) {
            self.record(&DataRecord::Remove(id))?;
            self.unset(id);
        }
        Ok(())
    }

    /// Makes every active or pending offer whose date has passed expire.
    pub(super) fn expire(&mut self, now: CakeDateTime) -> io::Result<()> {
        while let Some((date, id)) = self.expiring.first().copied().filter(|(date, _)| *date < now) {
            // Out of the queue first: whatever happens below, this loop gets on.
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
            // What the listing knew until this write, which may itself be older than the write before it.
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
