//! `import --from-csv`: the rows of a CSV file into YAML, all of them or none.

use std::path::PathBuf;

use crate::diagnostic::{Diagnostic, codes};
use crate::disk;
use crate::import::spreadsheet::{self, SheetInputs, SheetOptions};
use crate::import::{Tree, Update};
use crate::offer::DesiredSet;
use crate::ops::connect::Control;
use crate::ops::error::Error;
use crate::ops::inputs::read_desired;
use crate::ops::overridden::Overridden;
use crate::ops::repository::Repository;
use crate::ops::rewrite::{FieldEdit, RejectedEdit, Rewrites, rewrite};
use crate::ops::unfinished_import;
use crate::source::{Place, Span};
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
    /// What the command line says of the file's form.
    pub(crate) sheet: SheetOptions,
}

/// Imports a CSV file. The lock is held even where nothing is recorded: an apply meanwhile would create half of the offers.
pub(crate) async fn import_csv(
    repository: &Repository,
    options: &CsvOptions,
    mode: Mode,
    control: Control<'_>,
) -> Result<Imported, Error> {
    let CsvOptions { path, shown, defaults: hoist, adopt_ids, sheet } = options;
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
        let bytes = &bytes;
        spreadsheet::read(SheetInputs { shown, bytes, recorded, tree, noted, defaults, adopt_ids, options: sheet })
    };
    let import = import.map_err(Error::Invalid)?;
    let rewrites = edit(repository, &desired.set, &import.updates)?;
    let command = format!("offersync import --from-csv {} --state-ids", shell_word(shown));
    Ok(finish(repository, session, import, rewrites, sample, command).await)
}

/// The files of existing offers with the values of their rows. Fails if one of them cannot have its value.
fn edit(repository: &Repository, set: &DesiredSet, updates: &[Update]) -> Result<Rewrites, Error> {
    let (mut edits, mut impossible) = (Vec::new(), Vec::new());
    for Update { key, field, value } in updates {
        let Some(offer) = set.get(key) else { continue };
        match Overridden::of(offer, *field) {
            Some(overridden) => impossible.push(overridden.diagnostic()),
            None => edits.push(FieldEdit { offer, field: *field, value: value.clone(), at: None }),
        }
    }
    let rewrites = rewrite(repository, set, &edits)?;
    impossible.extend(rewrites.rejected.iter().map(by_hand));
    if impossible.is_empty() { Ok(rewrites) } else { Err(Error::Invalid(impossible)) }
}

fn by_hand(RejectedEdit { key, field, shown, refused }: &RejectedEdit) -> Diagnostic {
    let line = refused.line;
    let message = format!("`{field}` of `{key}` cannot be edited safely: {}", refused.reason);
    Diagnostic::error(codes::import::CELL, message)
        .label(Place::new(shown.clone(), Span { line, column: 1, length: 1 }))
        .help(format!("write it by hand, and import again: {}", refused.what_to_write.replace('\n', " / ")))
}
