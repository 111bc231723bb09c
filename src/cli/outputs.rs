//! The files that a plan is to be written to, where there is no plan: each has the problems in its format, or is gone. What an earlier
//! run has left there would look like the result of this one.

use std::path::{Path, PathBuf};

use crate::ops::output;
use crate::report;

use super::args::{Command, PlanFormat};
use super::context::Context;
use super::failure::Failure;
use super::printable::Printable;
use super::terminal::Target;

/// Files that a command line names for its results.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    is_sandboxed: bool,
    /// Without a format, the problems are no result that the file could have.
    files: Vec<(PathBuf, Option<PlanFormat>)>,
}

impl Outputs {
    pub(super) fn of(context: &Context, command: &Command) -> Self {
        let Command::Plan(args) = command else { return Self::default() };
        let saved = args.out.iter().map(|file| (context.path(file), None));
        let views = args.output.iter().map(|output| {
            // A comment without a plan is for those to word who know where the problems are shown.
            let format = Some(output.format).filter(|format| *format != PlanFormat::Markdown);
            (context.path(&output.file), format)
        });
        Self { is_sandboxed: args.selection.sandbox, files: saved.chain(views).collect() }
    }

    /// Leaves nothing of an earlier run. A file that cannot be one of its results stays.
    pub(super) fn fail(&self, context: &Context, failure: &Failure) {
        if self.files.is_empty() {
            return;
        }
        let repository = context.repository(self.is_sandboxed).ok();
        let stdout = of_stdout();
        for (number, (file, format)) in self.files.iter().enumerate() {
            if stdout.as_ref().is_some_and(|stdout| output::is_same(stdout, file)) {
                continue;
            }
            let is_named_twice = || {
                let mut others = self.files.iter().enumerate().filter(|(other, _)| *other != number);
                others.any(|(_, (other, _))| output::is_same(other, file))
            };
            let text = format.filter(|_| !is_named_twice()).map(|format| problems(context, failure, format));
            let bytes = text.as_ref().map(|text| text.as_str().as_bytes());
            if let Err(error) = output::put_failure(repository.as_ref(), context.directory(), file, bytes) {
                tracing::warn!(%error, file = %file.display(), "the file is as it was before");
            }
        }
    }
}

fn problems(context: &Context, failure: &Failure, format: PlanFormat) -> Printable {
    match format {
        PlanFormat::Json => Printable::json(report::json::diagnostics(&failure.diagnostics)),
        PlanFormat::Github => {
            Printable::annotations(report::github::diagnostics(&failure.diagnostics, &context.folder_in_workspace()))
        }
        PlanFormat::Text | PlanFormat::Markdown => {
            let colour = context.terminal.colours(Target::File);
            Printable::styled(report::text::diagnostics(&failure.diagnostics, colour), colour)
        }
    }
}

/// The file that the shell has opened for standard output.
pub(super) fn of_stdout() -> Option<PathBuf> {
    Path::new("/dev/stdout").canonicalize().ok().filter(|file| file.is_file())
}
