//! The results that were asked for, where there is no plan: each has the problems in its format, and a saved plan is gone. What an earlier
//! run has left there would look like the result of this one.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

use crate::ops::{self, output};
use crate::report::github::SUMMARY_BYTES;
use crate::report::markdown::{self, COMMENT, MarkdownOptions};
use crate::report::{self, Environment, ViewContext, metrics};

use super::args::{Cli, Command, Output, ResultFormat};
use super::context::Context;
use super::failure::Failure;
use super::printable::Printable;
use super::terminal::Target;

/// What a file is for.
#[derive(Debug, Clone, Copy)]
enum Content {
    /// A saved plan. The problems are no result that it could have.
    Plan,
    View(ResultFormat),
    Metrics,
}

/// Files that a command line names for its results.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    is_sandboxed: bool,
    is_apply: bool,
    /// The format of standard output.
    format: Option<ResultFormat>,
    max_chars: usize,
    files: Vec<(PathBuf, Content)>,
}

impl Outputs {
    pub(super) fn of(context: &Context, command: &Command) -> Self {
        match command {
            Command::Plan(args) => {
                let saved = args.out.iter().map(|file| (file, Content::Plan));
                let files = Self::new(context, args.selection.sandbox, saved.chain(views(&args.output)));
                Self { format: Some(args.format), max_chars: args.max_chars, ..files }
            }
            Command::Apply(args) => {
                let metrics = args.metrics.iter().map(|file| (file, Content::Metrics));
                let files = Self::new(context, args.selection.sandbox, views(&args.output).chain(metrics));
                Self { format: Some(args.format), is_apply: true, ..files }
            }
            _ => Self::default(),
        }
    }

    fn new<'a>(context: &Context, is_sandboxed: bool, files: impl Iterator<Item = (&'a PathBuf, Content)>) -> Self {
        let files = files.map(|(file, content)| (context.path(file), content)).collect();
        Self { is_sandboxed, is_apply: false, format: None, max_chars: COMMENT, files }
    }

    /// Those of a command line that is wrong elsewhere, with the context that it names.
    pub(super) fn of_invalid(arguments: &[OsString]) -> Option<(Context, Self)> {
        let words: Vec<_> = arguments.iter().skip(1).map(|word| word.to_string_lossy()).collect();
        let flags = words.split(|word| word == "--").next().unwrap_or_default();
        let mut known = vec!["offersync".to_owned(), "plan".to_owned()];
        let (mut command, mut files) = (None, Vec::new());
        let mut at = 0;
        while let Some(word) = flags.get(at) {
            let short = word.strip_prefix("-C").filter(|rest| !rest.is_empty()).map(|rest| ("-C", rest));
            let (flag, joined) = match short.or_else(|| word.split_once('=')) {
                Some((flag, value)) => (flag, Some(value)),
                None => (word.as_ref(), None),
            };
            let takes_value =
                ["-C", "--config", "--env", "--color", "--lock-timeout", "--out", "--output", "--metrics"]
                    .contains(&flag);
            let value = joined.or_else(|| flags.get(at + 1).filter(|_| takes_value).map(AsRef::as_ref));
            at += if takes_value && joined.is_none() { 2 } else { 1 };
            match (flag, value) {
                ("-C" | "--config" | "--env", Some(value)) => known.extend([flag.to_owned(), value.to_owned()]),
                ("--out", Some(value)) => files.push((PathBuf::from(value), Content::Plan)),
                ("--metrics", Some(value)) => files.push((PathBuf::from(value), Content::Metrics)),
                ("--output", Some(value)) => {
                    files.extend(value.parse().map(|output: Output| (output.file, Content::View(output.format))));
                }
                _ if command.is_none() && !word.starts_with('-') => command = Some(word.as_ref()),
                _ => {}
            }
        }
        let context = Context::new(Cli::try_parse_from(known).ok()?.common);
        let is_apply = match command {
            Some("plan") => false,
            Some("apply") => true,
            _ => return None,
        };
        // An apply saves no plan, and a plan has no metrics.
        files.retain(|(_, content)| match content {
            Content::Plan => !is_apply,
            Content::Metrics => is_apply,
            Content::View(_) => true,
        });
        let is_sandboxed = flags.iter().any(|word| word == "--sandbox");
        let outputs = Self::new(&context, is_sandboxed, files.iter().map(|(file, content)| (file, *content)));
        Some((context, Self { is_apply, ..outputs }))
    }

    /// The problems in every result that was asked for.
    pub(super) fn fail(&self, context: &Context, failure: &Failure) {
        if !self.files.is_empty() {
            self.write_files(context, failure);
        }
        match self.format {
            Some(ResultFormat::Markdown) => {
                // Standard error has the problems as well.
                _ = context.print(self.markdown(context, failure, self.max_chars));
            }
            Some(format @ ResultFormat::Ndjson) => _ = context.print(self.problems(context, failure, format)),
            Some(ResultFormat::Github) => self.append_summary(context, failure),
            _ => {}
        }
    }

    fn append_summary(&self, context: &Context, failure: &Failure) {
        let Some(file) = ops::ci::step_summary() else { return };
        let path = context.path(Path::new(&file));
        let text = self.markdown(context, failure, SUMMARY_BYTES);
        let repository = context.repository(self.is_sandboxed).ok();
        let root = repository.as_ref().map_or(context.directory(), |repository| &repository.settings.root);
        if let Err(error) = output::append(root, &path, text.as_str()) {
            tracing::warn!(%error, file = %path.display(), "the summary of the run has not the problems");
        }
    }

    fn markdown(&self, context: &Context, failure: &Failure, max_chars: usize) -> Printable {
        let ((name, is_configured), links) = (context.environment(self.is_sandboxed), context.links());
        let environment = Environment { name: &name, is_configured };
        let shown = ViewContext { environment, links: links.as_ref(), ..ViewContext::default() };
        let options = MarkdownOptions { max_chars, context: shown };
        if self.is_apply {
            markdown::apply_diagnostics(&failure.diagnostics, &options).into()
        } else {
            markdown::diagnostics(&failure.diagnostics, &options).into()
        }
    }

    /// Leaves nothing of an earlier run. A file that cannot be one of its results stays.
    fn write_files(&self, context: &Context, failure: &Failure) {
        let repository = context.repository(self.is_sandboxed).ok();
        let stdout = of_stdout();
        for (number, (file, content)) in self.files.iter().enumerate() {
            if stdout.as_ref().is_some_and(|stdout| output::is_same(stdout, file)) {
                continue;
            }
            let is_named_twice = || {
                let mut others = self.files.iter().enumerate().filter(|(other, _)| *other != number);
                others.any(|(_, (other, _))| output::is_same(other, file))
            };
            let text = match content {
                Content::View(format) if !is_named_twice() => Some(self.problems(context, failure, *format)),
                Content::Metrics if !is_named_twice() => {
                    let (environment, _) = context.environment(self.is_sandboxed);
                    Some(metrics::failed(&environment, jiff::Timestamp::now()).into())
                }
                _ => None,
            };
            let bytes = text.as_ref().map(|text| text.as_str().as_bytes());
            if let Err(error) = output::put_failure(repository.as_ref(), context.directory(), file, bytes) {
                tracing::warn!(%error, file = %file.display(), "the file is as it was before");
            }
        }
    }

    fn problems(&self, context: &Context, failure: &Failure, format: ResultFormat) -> Printable {
        match format {
            ResultFormat::Json => Printable::json(report::json::diagnostics(&failure.diagnostics)),
            ResultFormat::Ndjson => Printable::json(report::events::diagnostics(&failure.diagnostics)),
            ResultFormat::Github => {
                let folder = context.folder_in_workspace();
                Printable::annotations(report::github::diagnostics(&failure.diagnostics, &folder))
            }
            ResultFormat::Gitlab => {
                let folder = context.folder_in_workspace();
                Printable::json(report::gitlab::diagnostics(&failure.diagnostics, &folder))
            }
            ResultFormat::Markdown => self.markdown(context, failure, self.max_chars),
            ResultFormat::Html => Printable::html(report::html::diagnostics(&failure.diagnostics)),
            ResultFormat::Text => {
                let form = context.terminal.form(Target::File);
                Printable::styled(report::text::diagnostics(&failure.diagnostics, form), form.colour)
            }
        }
    }
}

fn views(outputs: &[Output]) -> impl Iterator<Item = (&PathBuf, Content)> {
    outputs.iter().map(|output| (&output.file, Content::View(output.format)))
}

/// The file that the shell has opened for standard output.
pub(super) fn of_stdout() -> Option<PathBuf> {
    Path::new("/dev/stdout").canonicalize().ok().filter(|file| file.is_file())
}
