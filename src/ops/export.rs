//! `export`: desired, recorded or observed offers as CSV or JSON.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::import::spreadsheet::{self, ExportedOffer, Source};
use crate::offer::{DesiredOffer, Key, OfferId, Recorded};

use super::connect::{Cake, Control};
use super::error::Error;
use super::import::list_all;
use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Csv,
    Json,
}

/// The offers of the YAML, as they are wanted now, and how many of them have scheduled values that are still to come.
pub(crate) fn desired(repository: &Repository, format: Format) -> Result<(Vec<u8>, usize), Error> {
    let state = read_recorded(repository)?;
    let desired = read_desired(repository, true, None)?;
    let id_of = |key: &Key| state.recorded().offers.get(key).map(|record| record.offer_id);
    let offers = desired.set.offers.iter().map(|offer| ExportedOffer::desired(offer, id_of(&offer.key)));
    let bytes = encode(format, Source::Desired, &offers.collect::<Vec<_>>())?;
    let rules = repository.time_rules();
    let is_later = |offer: &&DesiredOffer| offer.entries().iter().any(|entry| rules.moment_of(entry.at) > desired.at);
    Ok((bytes, desired.set.offers.iter().filter(is_later).count()))
}

/// The offers of the state.
pub(crate) fn recorded(repository: &Repository, format: Format) -> Result<Vec<u8>, Error> {
    let state = read_recorded(repository)?;
    let offers = state.recorded().offers.iter().map(|(key, record)| ExportedOffer::recorded(key, record));
    encode(format, Source::Recorded, &offers.collect::<Vec<_>>())
}

/// The offers that CAKE shows, with their keys where they are recorded.
/// Also says which offers CAKE may have and did not show.
pub(crate) async fn observed(
    repository: &Repository,
    format: Format,
    control: Control<'_>,
) -> Result<(Vec<u8>, Vec<Diagnostic>), Error> {
    let state = read_recorded(repository)?;
    let listing = async |cake: &Cake| list_all(&cake.client.reader(), control.observer).await;
    let in_cake = control.with_cake(repository, listing).await?;
    let keys = keys(state.recorded());
    let offers = in_cake.offers.iter().map(|offer| ExportedOffer::observed(offer, keys.get(&offer.offer_id).copied()));
    let bytes = encode(format, Source::Observed, &offers.collect::<Vec<_>>())?;
    Ok((bytes, in_cake.warnings))
}

fn keys(recorded: &Recorded) -> HashMap<OfferId, &Key> {
    recorded.offers.iter().map(|(key, record)| (record.offer_id, key)).collect()
}

fn encode(format: Format, source: Source, offers: &[ExportedOffer<'_>]) -> Result<Vec<u8>, Error> {
    match format {
        Format::Csv => spreadsheet::csv(source, offers).map_err(|error| Error::Internal(error.to_string())),
        Format::Json => spreadsheet::json(source, offers)
            .map(String::into_bytes)
            .map_err(|error| Error::Internal(error.to_string())),
    }
}
