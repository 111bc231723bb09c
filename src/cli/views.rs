//! Chooses the view of a plan or a report, and its options.

use std::path::Path;

use jiff::Timestamp;

use crate::apply::{Report, RunOutcome};
use crate::diagnostic::Diagnostic;
use crate::offer::{AdvertiserId, CurrencyId, Field, Value, VerticalId};
use crate::plan::Plan;
use crate::report::markdown::MarkdownOptions;
use crate::report::text::TextOptions;
use crate::report::{
    Environment, ViewContext, events, github, gitlab, html, json, markdown, metrics, notification, text,
};

use crate::ops::{self, Repository, output};

use super::args::{ApplyArgs, Output, PlanArgs, ResultFormat};
use super::context::Context;
use super::failure::Failure;
use super::outputs::of_stdout;
use super::printable::Printable;
use super::terminal::Target;

#[derive(Debug, Clone, Copy)]
pub(super) struct Views<'a> {
    pub(super) context: &'a Context,
    pub(super) repository: &'a Repository,
    pub(super) full: bool,
    pub(super) max_chars: usize,
}

impl Views<'_> {
    pub(super) fn of_plan(&self, plan: &Plan, format: ResultFormat, target: Target) -> Printable {
        match format {
            ResultFormat::Text => self.text_of(plan.at, target, |options| text::plan(plan, options)),
            ResultFormat::Json => Printable::json(json::plan(plan)),
            ResultFormat::Ndjson => Printable::json(events::plan(plan)),
            ResultFormat::Markdown => self.markdown(plan.at, |options| markdown::plan(plan, options)),
            ResultFormat::Github => {
                let folder = self.context.folder_in_workspace();
                Printable::annotations(
                    self.with_context(plan.at, |context| github::plan(plan, &folder, context.environment)),
                )
            }
            ResultFormat::Gitlab => self.code_quality(&plan.diagnostics),
            ResultFormat::Html => {
                let commit = ops::ci::checked_out(&self.repository.settings.root);
                Printable::html(self.with_context(plan.at, |context| {
                    html::plan(plan, ViewContext { commit: commit.as_deref(), ..context })
                }))
            }
        }
    }

    fn of_report(&self, report: &Report, format: ResultFormat, target: Target) -> Printable {
        let folder = || self.context.folder_in_workspace();
        match format {
            ResultFormat::Text => {
                let (form, width) = (self.context.terminal.form(target), self.context.terminal.width(target));
                let show = |context: ViewContext<'_>| {
                    text::report(report, &TextOptions { form, width, full: self.full, context })
                };
                Printable::styled(self.with_report(report, show), form.colour)
            }
            ResultFormat::Json => Printable::json(json::report(report)),
            ResultFormat::Ndjson => Printable::json(events::report(report)),
            ResultFormat::Markdown => self.report_as_markdown(report, self.max_chars),
            ResultFormat::Github => {
                Printable::annotations(self.with_report(report, |context| github::report(report, &folder(), context)))
            }
            ResultFormat::Gitlab => self.code_quality(&report.diagnostics),
            ResultFormat::Html => Printable::html(self.with_report(report, |context| html::report(report, context))),
        }
    }

    fn code_quality(&self, problems: &[Diagnostic]) -> Printable {
        Printable::json(gitlab::diagnostics(problems, &self.context.folder_in_workspace()))
    }

    fn report_as_markdown(&self, report: &Report, max_chars: usize) -> Printable {
        self.with_report(report, |context| markdown::report(report, &MarkdownOptions { max_chars, context })).into()
    }

    /// With what a view of a report knows besides it: links lead to the commit that was applied. A report names no address, so that of a
    /// sandbox says that it is one.
    fn with_report(&self, report: &Report, show: impl FnOnce(ViewContext<'_>) -> String) -> String {
        let commit = report.run.commit.as_deref();
        let links = self.context.links().zip(commit).map(|(links, commit)| links.at(commit));
        self.with_context(self.repository.now(), |context| {
            let is_configured = context.environment.is_configured || self.repository.sandbox.is_some();
            let environment = Environment { is_configured, ..context.environment };
            show(ViewContext { commit, links: links.as_ref(), environment, ..context })
        })
    }

    /// The report, in the record of applies and in the files first. What was done is printed even if a file cannot be written.
    pub(super) fn show_report(&self, report: &Report, args: &ApplyArgs) -> Result<(), Failure> {
        if report.outcome != RunOutcome::NothingToDo {
            let line = || Printable::json(json::report_line(report)).as_str().to_owned();
            self.context.show(self.repository.log_apply(line).as_slice());
        }
        let write = |file: &Path, text: &str| output::write(self.repository, &self.context.path(file), text.as_bytes());
        let write_view = |file: &Output| write(&file.file, self.of_report(report, file.format, Target::File).as_str());
        let metrics = || metrics::report(report, &self.repository.time_rules());
        let written = args.output.iter().map(write_view).chain(args.metrics.iter().map(|file| write(file, &metrics())));
        let (written, format): (Vec<_>, _) = (written.collect(), args.format);
        let summary = || self.report_as_markdown(report, github::SUMMARY_BYTES);
        let summarized = append_step_summary(self.context, self.repository, format, summary);
        self.context.print(self.of_report(report, format, Target::Stdout))?;
        let written = written.into_iter().collect::<Result<(), _>>().map_err(Failure::from);
        written.and(summarized).map_err(Failure::after_result)
    }

    /// The report for a webhook.
    pub(super) fn notification(&self, report: &Report) -> String {
        self.with_report(report, |context| notification::report(report, context))
    }

    /// The plan for the summary page of a workflow run.
    pub(super) fn step_summary(&self, plan: &Plan) -> Printable {
        self.markdown(plan.at, |options| github::step_summary(plan, options))
    }

    /// Something of now, shown as text.
    pub(super) fn text(&self, target: Target, show: impl Fn(&TextOptions<'_>) -> String) -> Printable {
        self.text_of(self.repository.now(), target, show)
    }

    /// Something of a moment, shown as text.
    fn text_of(&self, at: Timestamp, target: Target, show: impl Fn(&TextOptions<'_>) -> String) -> Printable {
        let (form, width) = (self.context.terminal.form(target), self.context.terminal.width(target));
        let text = |context: ViewContext<'_>| show(&TextOptions { form, width, full: self.full, context });
        Printable::styled(self.with_context(at, text), form.colour)
    }

    fn markdown(&self, at: Timestamp, show: impl Fn(&MarkdownOptions<'_>) -> String) -> Printable {
        let text = |context: ViewContext<'_>| show(&MarkdownOptions { max_chars: self.max_chars, context });
        self.with_context(at, text).into()
    }

    /// With what a view of a moment knows besides its subject.
    fn with_context(&self, at: Timestamp, show: impl FnOnce(ViewContext<'_>) -> String) -> String {
        let names = |id| self.name(Field::AdvertiserId, &Value::Advertiser(AdvertiserId::new(id)?));
        let verticals = |id| self.name(Field::VerticalId, &Value::Vertical(VerticalId::new(id)?));
        let currencies = |id| self.name(Field::CurrencyId, &Value::Currency(CurrencyId::new(id)?));
        let ((name, is_configured), links) = (self.repository.environment(), self.context.links());
        let commit = ops::ci::checkout().map(|checkout| checkout.commit);
        show(ViewContext {
            names: &names,
            verticals: &verticals,
            currencies: &currencies,
            environment: Environment { name: &name, is_configured },
            commit: commit.as_deref(),
            links: links.as_ref(),
            today: Some(self.repository.time_rules().civil(at)),
        })
    }

    fn name(&self, field: Field, value: &Value) -> Option<String> {
        self.repository.settings.names.name_of(field, value).map(str::to_owned)
    }
}

/// Fails where two files of a plan are the same one, or one of them is that of standard output.
pub(super) fn check_files(context: &Context, args: &PlanArgs) -> Result<(), Failure> {
    let files = args.out.iter().chain(args.output.iter().map(|output| &output.file));
    // The shell may have opened the same file for the text.
    Ok(output::refuse_same(&files.map(|file| context.path(file)).chain(of_stdout()).collect::<Vec<_>>())?)
}

/// Fails before anything is sent where a file for the report is no place for it.
pub(super) fn check_report_files(context: &Context, repository: &Repository, args: &ApplyArgs) -> Result<(), Failure> {
    let files = args.output.iter().map(|output| &output.file).chain(&args.metrics);
    let files: Vec<_> = files.map(|file| context.path(file)).collect();
    for file in &files {
        output::check(repository, file)?;
    }
    Ok(output::refuse_same(&files.into_iter().chain(of_stdout()).collect::<Vec<_>>())?)
}

/// Appends to the summary of the workflow run, if there is one and the format is github.
pub(super) fn append_step_summary(
    context: &Context,
    repository: &Repository,
    format: ResultFormat,
    summary: impl Fn() -> Printable,
) -> Result<(), Failure> {
    let Some(file) = ops::ci::step_summary().filter(|_| format == ResultFormat::Github) else { return Ok(()) };
    let path = context.path(Path::new(&file));
    Ok(output::append(&repository.settings.root, &path, summary().as_str())?)
}
