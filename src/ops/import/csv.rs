//! `import --from-csv`: the rows of a CSV file into YAML, all of them or none.

use std::path::PathBuf;

use crate::disk;
use crate::import::Tree;
use crate::import::spreadsheet::{self, SheetInputs};
use crate::ops::connect::Control;
use crate::ops::error::Error;
use crate::ops::inputs::read_desired;
use crate::ops::repository::Repository;
use crate::ops::unfinished_import;
use crate::words::shell_word;

use super::{Imported, Mode, finish, open, recorded, sample};

#[derive(Debug)]
pub(crate) struct CsvOptions {
    pub(crate) path: PathBuf,
    /// The path in messages.
    pub(crate) shown: String,
    /// Values that the offers of a new folder share go into its `_defaults.yaml`.
    pub(crate) defaults: bool,
    /// The file's ids are recorded.
    pub(crate) adopt_ids: bool,
}

/// Imports a CSV file. The lock is held even where nothing is recorded: an apply meanwhile would create half of the offers.
pub(crate) async fn import_csv(
    repository: &Repository,
    options: &CsvOptions,
    mode: Mode,
    control: Control<'_>,
) -> Result<Imported, Error> {
    let CsvOptions { path, shown, defaults: hoist, adopt_ids } = options;
    repository.prepare_sandbox()?;
    let bytes = disk::read_named(path).map_err(|source| Error::file("read", path, source))?;
    let session = open(repository, mode, control.cancellation).await?;
    let mut desired = read_desired(repository, true, None)?;
    let defaults = repository.read_defaults(&desired.set)?;
    let settings = &repository.settings;
    let recorded = recorded(repository, session.as_ref())?;
    let sample = sample::take_out(repository, &mut desired.set, &recorded);
    let import = {
        let (folder, names) = (settings.offers.as_str(), &settings.names);
        let tree = Tree { set: &desired.set, defaults: &defaults, folder, names };
        let recorded = &recorded;
        let (defaults, adopt_ids, noted) = (*hoist, *adopt_ids, &unfinished_import::noted(repository, recorded)?);
        spreadsheet::read(SheetInputs { shown, bytes: &bytes, recorded, tree, noted, defaults, adopt_ids })
    };
    let command = format!("offersync import --from-csv {} --state-ids", shell_word(shown));
    Ok(finish(repository, session, import.map_err(Error::Invalid)?, sample, command).await)
}
