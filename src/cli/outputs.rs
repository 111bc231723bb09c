//! The files that a plan is to be written to, where there is no plan: each has the problems in its format, or is gone. What an earlier
//! run has left there would look like the result of this one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

use crate::ops::output;
use crate::report;

use super::args::{Cli, Command, Output, PlanFormat};
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
        Self::new(context, args.selection.sandbox, args.out.iter(), args.output.iter())
    }

    fn new<'a>(
        context: &Context,
        is_sandboxed: bool,
        saved: impl Iterator<Item = &'a PathBuf>,
        views: impl Iterator<Item = &'a Output>,
    ) -> Self {
        let saved = saved.map(|file| (context.path(file), None));
        let views = views.map(|output| {
            // A comment without a plan is for those to word who know where the problems are shown.
            let format = Some(output.format).filter(|format| *format != PlanFormat::Markdown);
            (context.path(&output.file), format)
        });
        Self { is_sandboxed, files: saved.chain(views).collect() }
    }

    /// Those of a command line that is wrong elsewhere, with the context that it names.
    pub(super) fn of_invalid(arguments: &[OsString]) -> Option<(Context, Self)> {
        let words: Vec<_> = arguments.iter().skip(1).map(|word| word.to_string_lossy()).collect();
        let flags = words.split(|word| word == "--").next().unwrap_or_default();
        let mut known = vec!["offersync".to_owned(), "plan".to_owned()];
        let (mut command, mut saved, mut views) = (None, Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(word) = flags.get(at) {
            let short = word.strip_prefix("-C").filter(|rest| !rest.is_empty()).map(|rest| ("-C", rest));
            let (flag, joined) = match short.or_else(|| word.split_once('=')) {
                Some((flag, value)) => (flag, Some(value)),
                None => (word.as_ref(), None),
            };
            let takes_value = ["-C", "--config", "--color", "--lock-timeout", "--out", "--output"].contains(&flag);
            let value = joined.or_else(|| flags.get(at + 1).filter(|_| takes_value).map(AsRef::as_ref));
            at += if takes_value && joined.is_none() { 2 } else { 1 };
            match (flag, value) {
                ("-C" | "--config", Some(value)) => known.extend([flag.to_owned(), value.to_owned()]),
                ("--out", Some(value)) => saved.push(PathBuf::from(value)),
                ("--output", Some(value)) => views.extend(value.parse::<Output>()),
                _ if command.is_none() && !word.starts_with('-') => command = Some(word.as_ref()),
                _ => {}
            }
        }
        let context = Context::new(Cli::try_parse_from(known).ok().filter(|_| command == Some("plan"))?.common);
        let is_sandboxed = flags.iter().any(|word| word == "--sandbox");
        let outputs = Self::new(&context, is_sandboxed, saved.iter(), views.iter());
        Some((context, outputs))
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
