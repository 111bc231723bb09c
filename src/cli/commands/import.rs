//! `import`: prints what was imported, and what was left out.

use crate::cli::args::ImportArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::import::{Import, ImportOptions};
use crate::ops::Control;
use crate::ops::import::{CsvOptions, Imported, Mode, OfferFilter, import, import_csv};
use crate::report;
use crate::words::more;

/// More problems than this are counted.
const MOST_PROBLEMS: usize = 50;

/// Imports, or with `--dry-run` shows what would be imported.
pub(in crate::cli) fn run(context: &Context, args: &ImportArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.sandbox)?;
    let lock_timeout = context.lock_timeout();
    let mode = if args.dry_run { Mode::DryRun } else { Mode::Write { lock_timeout } };
    let Imported { import, failure } = if let Some(file) = &args.from_csv {
        let (path, shown) = (context.path(file), file.to_string_lossy().into_owned());
        let options = CsvOptions { path, shown, defaults: args.defaults, adopt_ids: args.state_ids };
        observing::run(context, async |control: Control<'_>| import_csv(&repository, &options, mode, control).await)?
    } else {
        let ImportArgs { offer_id, advertiser, vertical, status, .. } = args;
        let filter = OfferFilter::new(offer_id, advertiser, vertical, status.clone(), &repository.settings.names)?;
        let options = ImportOptions { matching: args.matching, defaults: args.defaults };
        observing::run(context, async |control: Control<'_>| {
            import(&repository, &filter, options, mode, control).await
        })?
    };
    show_problems(context, &import);
    if let Some(failure) = failure {
        return Err(failure.into());
    }
    context.print(&match (&args.from_csv, args.dry_run) {
        (None, true) => report::import::dry_run(&import),
        (None, false) => report::import::summary(&import),
        (Some(_), true) => report::import::csv_dry_run(&import),
        (Some(_), false) => report::import::csv_summary(&import, args.state_ids),
    })?;
    Ok(if import.left_out.is_empty() { Exit::Done } else { Exit::Partial })
}

fn show_problems(context: &Context, import: &Import) {
    let mut problems = report::import::problems(import);
    let more = more(problems.len(), problems.len().min(MOST_PROBLEMS));
    problems.truncate(MOST_PROBLEMS);
    context.show(&problems);
    if let Some(more) = more {
        context.terminal.alert(format!("{more} problems; narrow the import to see them."));
    }
    for note in report::import::notes(import) {
        context.terminal.note(&note);
    }
}
