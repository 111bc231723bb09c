//! `init`: prints what was done with each file, and the steps that follow.

use crate::cli::args::{Ci, InitArgs, InitState};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::next_step;
use crate::ops::init::{CiSystem, InitOptions, InitReport, StateHome, init};
use crate::report::schema::{Subject, text as schema};

pub(in crate::cli) fn run(context: &Context, args: &InitArgs) -> Result<Exit, Failure> {
    let ci = match args.ci {
        Ci::Github => Some(CiSystem::GitHub),
        Ci::Gitlab => Some(CiSystem::GitLab),
        Ci::None => None,
    };
    let home = match args.state {
        InitState::File => StateHome::File,
        InitState::Git => StateHome::Git,
        InitState::S3 => StateHome::S3,
    };
    let options = InitOptions { ci, home, owner: args.codeowners.as_deref() };
    let report = init(context.directory(), options, &schema(Subject::Offer))?;
    context.print(render(&report))?;
    context.terminal.note(next_step::after_init(args.ci, report.home, report.in_repository));
    Ok(Exit::Done)
}

fn render(report: &InitReport) -> String {
    let InitReport { created, appended, unchanged, in_repository: _, home: _ } = report;
    let mut text = String::new();
    let mut section = |head: &str, rows: Vec<(&str, &str)>| {
        let width = rows.iter().map(|(file, _)| file.chars().count()).max();
        let Some(width) = width else { return };
        let lines = rows.iter().map(|(file, what)| format!("  {file:width$}  {what}\n"));
        text.extend(std::iter::once(format!("{head}\n")).chain(lines));
    };
    section("Created:", created.iter().map(|(file, what)| (file.as_str(), *what)).collect());
    section("Appended to:", appended.iter().map(|(file, what)| (file.as_str(), what.as_str())).collect());
    section("Unchanged:", unchanged.iter().map(|(file, why)| (file.as_str(), *why)).collect());
    text
}
