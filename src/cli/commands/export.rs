//! `export`: desired, recorded or observed offers as CSV or JSON.

use std::collections::HashMap;

use crate::cake::ObservedOffer;
use crate::cli::args::{ExportArgs, ExportFormat, ExportSource};
use crate::cli::context::{Context, other};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::signals::Signals;
use crate::diagnostic::codes;
use crate::disk;
use crate::import::spreadsheet::{self, ExportedOffer, Source};
use crate::offer::{Key, OfferId, Recorded};
use crate::ops::Cake;
use crate::ops::Repository;
use crate::ops::read_desired;
use crate::ops::read_recorded;
use crate::report::progress::Progress;

use super::import::list_all;

/// Exports.
pub(in crate::cli) async fn run(context: &Context, args: &ExportArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.sandbox)?;
    let state = read_recorded(&repository)?;
    let recorded = state.recorded();
    let bytes = match args.of {
        ExportSource::Desired => {
            let desired = read_desired(&repository, true)?;
            let id_of = |key: &Key| recorded.offers.get(key).map(|record| record.offer_id);
            let offers: Vec<_> =
                desired.set.offers.iter().map(|offer| ExportedOffer::desired(offer, id_of(&offer.key))).collect();
            render(args.format, Source::Desired, &offers)?
        }
        ExportSource::Recorded => {
            let offers: Vec<_> =
                recorded.offers.iter().map(|(key, record)| ExportedOffer::recorded(key, record)).collect();
            render(args.format, Source::Recorded, &offers)?
        }
        ExportSource::Observed => {
            let observed = observe(context, &repository).await?;
            let owners = owners(recorded);
            let offers: Vec<_> = observed
                .iter()
                .map(|offer| ExportedOffer::observed(offer, owners.get(&offer.offer_id).copied()))
                .collect();
            render(args.format, Source::Observed, &offers)?
        }
    };
    write(context, args, &bytes)?;
    Ok(Exit::Done)
}

/// The key of each offer that has one.
fn owners(recorded: &Recorded) -> HashMap<OfferId, &Key> {
    recorded.offers.iter().map(|(key, record)| (record.offer_id, key)).collect()
}

async fn observe(context: &Context, repository: &Repository) -> Result<Vec<ObservedOffer>, Failure> {
    repository.prepare_sandbox()?;
    let signals = Signals::new();
    let cake = Cake::connect(repository, signals.stop()).await?;
    let progress = Progress::new(context.terminal.shows_progress());
    let listed = signals.run(list_all(&cake.client.reader(), &progress), || {}).await;
    drop(progress);
    cake.close().await;
    listed.unwrap_or_else(|| {
        let message = "interrupted while CAKE's offers were listed";
        Err(Failure::new(Exit::Interrupted, codes::world::OTHER, message))
    })
}

fn render(format: ExportFormat, source: Source, offers: &[ExportedOffer<'_>]) -> Result<Vec<u8>, Failure> {
    match format {
        ExportFormat::Csv => spreadsheet::csv(source, offers).map_err(|error| other(&error)),
        ExportFormat::Json => spreadsheet::json(source, offers).map(String::into_bytes).map_err(|error| other(&error)),
    }
}

fn write(context: &Context, args: &ExportArgs, bytes: &[u8]) -> Result<(), Failure> {
    if let Some(file) = &args.output {
        let path = context.path(file);
        return disk::replace(&path, bytes).map_err(|error| Failure::disk("write", &path, &error));
    }
    context.print(&String::from_utf8_lossy(bytes))
}
