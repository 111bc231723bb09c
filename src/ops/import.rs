//! `import`: CAKE's offers, or those of a CSV file, into YAML and state.
//!
//! Invariants: files come first and records after them, so that an interrupted run leaves YAML without a record, which the next
//! import takes up, and never a record without YAML, which a plan would retire; what is recorded was in place and synced
//! before its record was. Until then a note says which offers these are and under which keys, and no apply creates any offer.

mod csv;
mod filter;
mod sample;
mod write;

use std::sync::Arc;
use std::time::Duration;

use crate::cake::Cancellation;
use crate::import::{self, Import, ImportOptions, Inputs, Tree};
use crate::offer::Recorded;
use crate::source::SourcePath;
use crate::state::Session;

use super::connect::{Cake, Control};
use super::error::Error;
use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;
use super::rewrite::Rewrites;
use super::session::open_session;
use super::unfinished_import;

pub(crate) use csv::{CsvOptions, import_csv};
pub(crate) use filter::{OfferFilter, list_all};

#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) import: Import,
    /// The existing files that the import edits.
    pub(crate) rewrites: Rewrites,
    /// Why not everything of it was written.
    pub(crate) failure: Option<Error>,
}

/// Whether anything is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    DryRun,
    Write { lock_timeout: Duration },
}

/// Imports the offers that CAKE shows and the filter selects.
pub(crate) async fn import(
    repository: &Repository,
    filter: &OfferFilter,
    options: ImportOptions,
    mode: Mode,
    control: Control<'_>,
) -> Result<Imported, Error> {
    // Locked while CAKE is asked: an apply meanwhile would create offers that look as if they had no record.
    let session = open(repository, mode, control.cancellation).await?;
    let mut desired = read_desired(repository, true, None)?;
    let defaults = repository.read_defaults(&desired.set)?;
    let listing = async |cake: &Cake| filter.list(&cake.client.reader(), control.observer).await;
    let in_cake = control.with_cake(repository, listing).await?;
    let recorded = recorded(repository, session.as_ref())?;
    let sample = sample::take_out(repository, &mut desired.set, &recorded);
    let settings = &repository.settings;
    let (folder, names) = (settings.offers.as_str(), &settings.names);
    let tree = Tree { set: &desired.set, defaults: &defaults, folder, names };
    let noted = unfinished_import::noted(repository, &recorded)?;
    let inputs = Inputs { observed: &in_cake.offers, recorded: &recorded, noted: &noted, tree, options };
    let mut import = choose(inputs, filter);
    import.warnings.extend(in_cake.warnings);
    Ok(finish(repository, session, import, Rewrites::default(), sample, filter.command(options)).await)
}

fn choose(inputs: Inputs<'_>, filter: &OfferFilter) -> Import {
    let mut import = import::import(inputs);
    import.left_out.extend(filter.missing(inputs.observed, inputs.noted));
    import.left_out.sort_by_key(|left_out| left_out.offer_id);
    import
}

async fn open(repository: &Repository, mode: Mode, cancellation: &Cancellation) -> Result<Option<Session>, Error> {
    match mode {
        Mode::DryRun => Ok(None),
        Mode::Write { lock_timeout } => open_session(repository, lock_timeout, cancellation).await.map(Some),
    }
}

fn recorded(repository: &Repository, session: Option<&Session>) -> Result<Arc<Recorded>, Error> {
    match session {
        Some(session) => Ok(session.recorded()),
        None => Ok(Arc::new(read_recorded(repository)?.recorded().clone())),
    }
}

/// Writes the import, if there is a session to write it with: the edits first, which can be made again. The sample goes last, once there are other offers.
async fn finish(
    repository: &Repository,
    session: Option<Session>,
    mut import: Import,
    rewrites: Rewrites,
    sample: Option<SourcePath>,
    command: String,
) -> Imported {
    let sample = sample.filter(|_| !import.files.is_empty() || !import.adoptions.is_empty());
    import.sample = sample.as_ref().map(ToString::to_string);
    let failure = match session {
        Some(session) => {
            let written = match rewrites.write() {
                Ok(()) => write::write(repository, session, &mut import, command).await,
                Err(error) => Err(error),
            };
            written.and_then(|()| sample.map_or(Ok(()), |file| sample::remove(repository, &file))).err()
        }
        None => None,
    };
    Imported { import, rewrites, failure }
}
