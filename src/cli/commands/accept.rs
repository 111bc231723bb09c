//! `drift --accept`: prints what is accepted and what is not, and writes it.

use crate::cli::args::DriftArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::runtime::block_on;
use crate::cli::{observing, rewrites};
use crate::ops::accept::{AcceptOptions, accept};
use crate::ops::{Control, Repository};
use crate::plan::Selection;
use crate::shell::git_in;
use crate::words::{count, one_line};

/// Accepts, or with `--dry-run` shows what would be accepted.
pub(super) fn run(
    context: &Context,
    args: &DriftArgs,
    repository: &Repository,
    selection: &Selection,
) -> Result<Exit, Failure> {
    let lock_timeout = (!args.dry_run).then(|| context.lock_timeout());
    let (named, allow_empty) = (args.keys.as_slice(), args.selection.allow_empty);
    let options = AcceptOptions { named, force: args.force, allow_empty, lock_timeout };
    let mut acceptance =
        observing::run(context, async |control: Control<'_>| accept(repository, selection, &options, control).await)?;
    rewrites::print(context, &acceptance.rewrites)?;
    for not_accepted in &acceptance.not_accepted {
        context.alert(&*one_line(&not_accepted.to_string()));
    }
    if acceptance.gone > 0 {
        let are = if acceptance.gone == 1 { "is" } else { "are" };
        context.terminal.alert(format!(
            "{} {are} not in CAKE's list, and left as recorded; the API key's user may see fewer offers than exist.",
            count(acceptance.gone, "recorded offer")
        ));
    }
    let accepted = rewrites::count(&acceptance.rewrites);
    if args.dry_run {
        context.print(format!("Would accept {accepted}.\n"))?;
    } else {
        block_on(acceptance.write())??;
        let git = git_in(&repository.settings.root);
        context.print(format!("Accepted {accepted}. Review with `{git} diff`.\n"))?;
    }
    let complete = acceptance.rewrites.rejected.is_empty() && acceptance.not_accepted.is_empty();
    Ok(if complete { Exit::Done } else { Exit::Partial })
}
