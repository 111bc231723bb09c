//! Chooses the view of a plan or a report, and its options.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::offer::{AdvertiserId, Field, Value};
use crate::plan::Plan;
use crate::report::markdown::MarkdownOptions;
use crate::report::text::TextOptions;
use crate::report::{ViewContext, github, json, markdown, text};

use crate::ops::{self, Repository, output};

use super::args::{PlanArgs, PlanFormat};
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
    pub(super) fn of_plan(&self, plan: &Plan, format: PlanFormat, target: Target) -> Printable {
        match format {
            PlanFormat::Text => self.text_of(plan.at, target, |options| text::plan(plan, options)),
            PlanFormat::Json => Printable::json(json::plan(plan)),
            PlanFormat::Markdown => self.markdown(plan.at, |options| markdown::plan(plan, options)),
            PlanFormat::Github => Printable::annotations(github::plan(plan, &self.context.folder_in_workspace())),
        }
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
        let names = |id| self.advertiser(id);
        let context = ViewContext { names: &names, today: Some(self.civil(at)) };
        let (colour, width) = (self.context.terminal.colours(target), self.context.terminal.width(target));
        Printable::styled(show(&TextOptions { colour, width, full: self.full, context }), colour)
    }

    fn markdown(&self, at: Timestamp, show: impl Fn(&MarkdownOptions<'_>) -> String) -> Printable {
        let names = |id| self.advertiser(id);
        let context = ViewContext { names: &names, today: Some(self.civil(at)) };
        show(&MarkdownOptions { max_chars: self.max_chars, context }).into()
    }

    fn advertiser(&self, id: u64) -> Option<String> {
        let value = Value::Advertiser(AdvertiserId::new(id)?);
        self.repository.settings.names.name_of(Field::AdvertiserId, &value).map(str::to_owned)
    }

    /// What a clock shows in the time zone of expiration dates.
    fn civil(&self, at: Timestamp) -> DateTime {
        self.repository.time_rules().civil(at)
    }
}

/// Fails where two files of a plan are the same one, or one of them is that of standard output.
pub(super) fn check_files(context: &Context, args: &PlanArgs) -> Result<(), Failure> {
    let files = args.out.iter().chain(args.output.iter().map(|output| &output.file));
    // The shell may have opened the same file for the text.
    Ok(output::refuse_same(&files.map(|file| context.path(file)).chain(of_stdout()).collect::<Vec<_>>())?)
}

/// Appends to the summary of the workflow run, if there is one and the format is github.
pub(super) fn append_step_summary(
    context: &Context,
    repository: &Repository,
    format: PlanFormat,
    summary: impl Fn() -> Printable,
) -> Result<(), Failure> {
    let file = ops::variable("GITHUB_STEP_SUMMARY").filter(|file| !file.is_empty());
    let Some(file) = file.filter(|_| format == PlanFormat::Github) else { return Ok(()) };
    let path = context.path(Path::new(&file));
    Ok(output::append(repository, &path, summary().as_str())?)
}
