//! `export`: desired, recorded or observed offers as CSV or JSON.

use std::collections::HashMap;

use crate::config::Names;
use crate::diagnostic::Diagnostic;
use crate::expr::{Condition, Sides};
use crate::import::spreadsheet::{self, Columns, ExportedOffer, Source};
use crate::offer::{DesiredOffer, Key, OfferId, Recorded};

use super::condition::condition;
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

/// What to export, and as what.
#[derive(Debug)]
pub(crate) struct ExportOptions<'a> {
    pub(crate) format: Format,
    /// The names of the columns; without any, all of them.
    pub(crate) columns: &'a [String],
    /// A condition on its values that an offer must satisfy.
    pub(crate) condition: Option<&'a str>,
}

/// The offers of the YAML, as they are wanted now, and how many of them have scheduled values that are still to come.
pub(crate) fn desired(repository: &Repository, options: &ExportOptions<'_>) -> Result<(Vec<u8>, usize), Error> {
    let export = Export::new(repository, options, Source::Desired)?;
    let state = read_recorded(repository)?;
    let desired = read_desired(repository, true, None)?;
    let id_of = |key: &Key| state.recorded().offers.get(key).map(|record| record.offer_id);
    let offers = desired.set.offers.iter().map(|offer| ExportedOffer::desired(offer, id_of(&offer.key)));
    let bytes = export.encode(offers)?;
    let rules = repository.time_rules();
    let is_later = |offer: &&DesiredOffer| offer.entries().iter().any(|entry| rules.moment_of(entry.at) > desired.at);
    Ok((bytes, desired.set.offers.iter().filter(is_later).count()))
}

/// The offers of the state.
pub(crate) fn recorded(repository: &Repository, options: &ExportOptions<'_>) -> Result<Vec<u8>, Error> {
    let export = Export::new(repository, options, Source::Recorded)?;
    let state = read_recorded(repository)?;
    let offers = state.recorded().offers.iter().map(|(key, record)| ExportedOffer::recorded(key, record));
    export.encode(offers)
}

/// The offers that CAKE shows, with their keys where they are recorded.
/// Also says which offers CAKE may have and did not show.
pub(crate) async fn observed(
    repository: &Repository,
    options: &ExportOptions<'_>,
    control: Control<'_>,
) -> Result<(Vec<u8>, Vec<Diagnostic>), Error> {
    let export = Export::new(repository, options, Source::Observed)?;
    let state = read_recorded(repository)?;
    let listing = async |cake: &Cake| list_all(&cake.client.reader(), control.observer).await;
    let in_cake = control.with_cake(repository, listing).await?;
    let keys = keys(state.recorded());
    let offers = in_cake.offers.iter().map(|offer| ExportedOffer::observed(offer, keys.get(&offer.offer_id).copied()));
    let bytes = export.encode(offers)?;
    Ok((bytes, in_cake.warnings))
}

fn keys(recorded: &Recorded) -> HashMap<OfferId, &Key> {
    recorded.offers.iter().map(|(key, record)| (record.offer_id, key)).collect()
}

/// An export whose options are checked: before CAKE is asked.
struct Export<'a> {
    names: &'a Names,
    source: Source,
    format: Format,
    columns: Columns,
    condition: Option<Condition>,
}

impl<'a> Export<'a> {
    fn new(repository: &'a Repository, options: &ExportOptions<'_>, source: Source) -> Result<Self, Error> {
        let (format, names) = (options.format, &repository.settings.names);
        let columns = match options.columns {
            [] => Ok(Columns::of(source)),
            _ if format == Format::Json => return Err(Error::usage("--columns is for CSV; JSON has every field")),
            chosen => Columns::named(source, chosen),
        };
        let columns = columns.map_err(|(message, help)| Error::Usage { message, help: Some(help) })?;
        let condition = options.condition.map(|text| condition(text, names, false)).transpose()?;
        Ok(Self { names, source, format, columns, condition })
    }

    fn encode<'o>(&self, offers: impl Iterator<Item = ExportedOffer<'o>>) -> Result<Vec<u8>, Error> {
        let is_chosen = |offer: &ExportedOffer<'_>| {
            self.condition.as_ref().is_none_or(|condition| condition.may_hold(Sides::new(offer.fields(), None)))
        };
        let offers: Vec<_> = offers.filter(is_chosen).collect();
        let internal = |error: &dyn std::fmt::Display| Error::Internal(error.to_string());
        match self.format {
            Format::Csv => spreadsheet::csv(&self.columns, self.names, &offers).map_err(|error| internal(&error)),
            Format::Json => {
                spreadsheet::json(self.source, &offers).map(String::into_bytes).map_err(|error| internal(&error))
            }
        }
    }
}
