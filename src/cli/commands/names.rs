//! `names pull`: prints which names were added, and what CAKE shows otherwise.

use crate::cli::args::{NamesCommand, PullArgs, ReportFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::printable::Printable;
use crate::ops::Control;
use crate::ops::names::{pull, write};
use crate::report::names::{self, NamesView};

pub(in crate::cli) fn run(context: &Context, command: &NamesCommand) -> Result<Exit, Failure> {
    let NamesCommand::Pull(PullArgs { check, dry_run, force, format, sandbox }) = command;
    let repository = context.repository(*sandbox)?;
    // The advertisers of a sandbox do not exist in CAKE.
    let is_written = !check && !dry_run && !sandbox;
    let pulled = observing::run(context, async |control: Control<'_>| pull(&repository, control).await)?;
    if is_written {
        write(&repository, &pulled, *force)?;
    }
    let view = NamesView { names: &pulled.names, file: &pulled.file, is_written };
    match format {
        ReportFormat::Text => {
            context.show(&names::problems(&view));
            context.print(names::text(&view))?;
        }
        ReportFormat::Json => context.print(Printable::json(names::json(&view)))?,
    }
    Ok(if *check && pulled.names.has_findings() { Exit::Changes } else { Exit::Done })
}
