//! `log`: prints what was recorded, when, and by which commit.

use crate::cli::args::{LogArgs, ReportFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::printable::Printable;
use crate::cli::terminal::Target;
use crate::ops;
use crate::ops::log::{ChangeKind, LogEntry, RecordChange};
use crate::report::log::{LogDocument, LoggedChange, LoggedCommit};

pub(in crate::cli) fn run(context: &Context, args: &LogArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let selection = ops::selection(context.directory(), &args.keys, &args.exclude)?;
    let most = (args.limit > 0).then_some(args.limit);
    let logged = ops::log::log(&repository, &selection, most)?;
    let commits = logged.entries.into_iter().map(commit).collect();
    let document = LogDocument::new(commits, logged.has_more, logged.is_shallow)
        .with_applies(logged.applies.reports, logged.applies.damaged);
    let colour = context.terminal.colours(Target::Stdout);
    context.print(match args.format {
        ReportFormat::Text => Printable::styled(document.text(args.full, colour), colour),
        ReportFormat::Json => Printable::json(document.json()),
    })?;
    Ok(Exit::Done)
}

fn commit(LogEntry { version, changes }: LogEntry) -> LoggedCommit {
    let changes = changes.map(|changes| changes.into_iter().map(change).collect());
    match version {
        None => LoggedCommit { commit: None, at: None, author: None, subject: None, changes },
        Some(version) => {
            let (commit, at) = (Some(version.commit), Some(version.at));
            LoggedCommit { commit, at, author: Some(version.author), subject: Some(version.subject), changes }
        }
    }
}

fn change(RecordChange { key, was, offer_id, kind, protect, fields }: RecordChange) -> LoggedChange {
    let change = match kind {
        ChangeKind::Recorded => "recorded",
        ChangeKind::Forgotten => "forgotten",
        ChangeKind::Renamed => "renamed",
        ChangeKind::Retired => "retired",
        ChangeKind::Restored => "restored",
        ChangeKind::Changed => "changed",
        ChangeKind::InDoubt => "in_doubt",
        ChangeKind::NotCreated => "not_created",
    };
    let fields = fields.into_iter().map(|(field, before, after)| (field, [before, after])).collect();
    LoggedChange { key, was, offer_id, change, protect, fields }
}
