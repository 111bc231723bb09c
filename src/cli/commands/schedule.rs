//! `schedule`: lists what schedules change, and when.

use crate::cli::args::{ScheduleArgs, ScheduleFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::cli::terminal::Target;
use crate::cli::views::Views;
use crate::ops::{self, PlanOptions};
use crate::report::markdown::COMMENT;
use crate::report::schedule::{self, ScheduleView};

pub(in crate::cli) fn run(context: &Context, args: &ScheduleArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.selection.sandbox)?;
    let moment = |text: &Option<String>| text.as_deref().map(|text| repository.moment(text)).transpose();
    let options = PlanOptions {
        selection: ops::selection(context.directory(), &args.keys, &args.selection.exclude)?,
        allow_empty: args.selection.allow_empty,
        at: moment(&args.at)?,
        until: moment(&args.until)?,
        ..PlanOptions::default()
    };
    let found = ops::schedule::schedule(&repository, &options)?;
    let late = args.check.and_then(|limit| found.too_late(&repository, limit));
    let rules = repository.time_rules();
    let view = ScheduleView { at: found.at, changes: &found.changes, later: found.later, rules: &rules };
    let views = Views { context, repository: &repository, full: true, max_chars: COMMENT };
    context.show(late.as_slice());
    context.print(match args.format {
        ScheduleFormat::Text => {
            views.text(Target::Stdout, |options| schedule::text(&view, options.form.colour, options.context))
        }
        ScheduleFormat::Json => Printable::json(schedule::json(&view)),
        ScheduleFormat::Ics => Printable::calendar(&schedule::calendar(&view, crate::report::ViewContext::default())),
    })?;
    Ok(if late.is_some() { Exit::Changes } else { Exit::Done })
}
