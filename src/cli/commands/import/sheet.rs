//! `import --from-csv`: a spreadsheet's rows into YAML, all of them or none.

use std::path::Path;

use crate::cli::args::ImportArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::desired::fill_source_lines;
use crate::import::spreadsheet::{self, SheetInputs};
use crate::import::{Import, Tree};
use crate::offer::Recorded;
use crate::ops::Repository;
use crate::ops::read_desired;
use crate::ops::read_recorded;

use super::{exit_of, files, keep, messages, open};

/// Imports a spreadsheet.
pub(super) async fn run(context: &Context, args: &ImportArgs, file: &Path) -> Result<Exit, Failure> {
    let repository = context.repository(args.sandbox)?;
    repository.prepare_sandbox()?;
    let path = context.path(file);
    let bytes = std::fs::read(&path).map_err(|error| Failure::disk("read", &path, &error))?;
    let read = |recorded: &Recorded| read(&repository, args, file, &bytes, recorded);
    // Without ids the state is only looked at, but the lock is held all the same: an apply would create what is half here.
    let mut import = if args.dry_run {
        let import = read(read_recorded(&repository)?.recorded())?;
        messages::problems(context, &repository, &import);
        context.print(&messages::sheet_preview(&import))?;
        return Ok(exit_of(&import));
    } else {
        let session = open(context, &repository).await?;
        let mut import = read(&session.recorded())?;
        let kept = keep(&repository, session, &mut import).await;
        messages::problems(context, &repository, &import);
        kept?;
        import
    };
    context.print(&messages::sheet_summary(&import, args.state_ids))?;
    import.files.clear();
    Ok(exit_of(&import))
}

fn read(
    repository: &Repository,
    args: &ImportArgs,
    file: &Path,
    bytes: &[u8],
    recorded: &Recorded,
) -> Result<Import, Failure> {
    let settings = &repository.settings;
    let desired = read_desired(repository, true)?;
    let defaults = files::read_defaults(repository, &desired.set)?;
    let (folder, names) = (settings.offers_shown.as_str(), &settings.names);
    let tree = Tree { set: &desired.set, defaults: &defaults, folder, names };
    let shown = file.to_string_lossy();
    let inputs =
        SheetInputs { shown: &shown, bytes, recorded, tree, defaults: args.defaults, adopt_ids: args.state_ids };
    spreadsheet::read(inputs).map_err(|mut problems| {
        fill_source_lines(&mut problems, &settings.root);
        Failure::invalid(problems)
    })
}
