//! `import`: prints what was imported, and what was left out.

use crate::cli::args::ImportArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{import_views, observing};
use crate::import::ImportOptions;
use crate::ops::Control;
use crate::ops::import::{CsvOptions, Mode, OfferFilter, import, import_csv};

/// Imports, or with `--dry-run` shows what would be imported.
pub(in crate::cli) fn run(context: &Context, args: &ImportArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.sandbox)?;
    let lock_timeout = context.lock_timeout();
    let mode = if args.dry_run { Mode::DryRun } else { Mode::Write { lock_timeout } };
    let imported = if let Some(file) = &args.from_csv {
        let (path, shown) = (context.path(file), file.to_string_lossy().into_owned());
        let (defaults, adopt_ids, sheet) = (args.defaults, args.state_ids, args.sheet.options());
        let options = CsvOptions { path, shown, defaults, adopt_ids, sheet };
        observing::run(context, async |control: Control<'_>| import_csv(&repository, &options, mode, control).await)?
    } else {
        let ImportArgs { offer_id, advertiser, vertical, status, .. } = args;
        let filter = OfferFilter::new(offer_id, advertiser, vertical, status.clone(), &repository.settings.names)?;
        let options = ImportOptions { matching: args.matching, defaults: args.defaults };
        observing::run(context, async |control: Control<'_>| {
            import(&repository, &filter, options, mode, control).await
        })?
    };
    let exit = if imported.import.left_out.is_empty() { Exit::Done } else { Exit::Partial };
    import_views::show(context, args, imported)?;
    Ok(exit)
}
