//! `state show`: what is recorded for one key.

use crate::offer::{InDoubtCreate, Key, Record};
use crate::ops::error::Error;
use crate::ops::recorded::read_recorded;
use crate::ops::repository::Repository;

use super::known_key;

/// What is recorded for a key: a record, a create in doubt, or both where an offer is to be replaced.
#[derive(Debug)]
pub(crate) struct ShownRecord {
    pub(crate) key: Key,
    pub(crate) record: Option<Record>,
    pub(crate) in_doubt: Option<InDoubtCreate>,
}

pub(crate) fn shown_record(repository: &Repository, key: &str) -> Result<ShownRecord, Error> {
    let state = read_recorded(repository)?;
    let recorded = state.recorded();
    let key = match recorded.in_doubt.get_key_value(key) {
        Some((key, _)) => key.clone(),
        None => known_key(recorded, key)?,
    };
    let (record, in_doubt) = (recorded.offers.get(&key).cloned(), recorded.in_doubt.get(&key).cloned());
    Ok(ShownRecord { key, record, in_doubt })
}
