//! `export`: writes the exported offers to standard output or to a file.

use std::path::Path;

use crate::cli::args::{ExportArgs, ExportFormat, ExportSource};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::printable::Printable;
use crate::ops::export::{self, ExportOptions, Format};
use crate::ops::{Control, output};
use crate::words::count;

pub(in crate::cli) fn run(context: &Context, args: &ExportArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.sandbox)?;
    let format = match args.format {
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Json => Format::Json,
    };
    let options = ExportOptions { format, columns: &args.columns, condition: args.r#where.as_deref() };
    let bytes = match args.of {
        ExportSource::Desired => {
            let (bytes, later) = export::desired(&repository, &options)?;
            if later > 0 {
                context.terminal.note(format!(
                    "Exported as wanted now. Not exported: scheduled values of {} that are still to come.",
                    count(later, "offer")
                ));
            }
            bytes
        }
        ExportSource::Recorded => export::recorded(&repository, &options)?,
        ExportSource::Observed => {
            let observe = async |control: Control<'_>| export::observed(&repository, &options, control).await;
            let (bytes, warnings) = observing::run(context, observe)?;
            context.show(&warnings);
            bytes
        }
    };
    match args.output.as_deref().filter(|file| *file != Path::new("-")) {
        None => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            context.print(match format {
                Format::Csv => text.into(),
                Format::Json => Printable::json(text),
            })?;
        }
        Some(file) => output::write(&repository, &context.path(file), &bytes)?,
    }
    Ok(Exit::Done)
}
