//! `init`: prints what was done with each file, and the steps that follow.

use crate::cli::args::{Ci, InitArgs};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::ops::init::{CiSystem, InitOptions, InitReport, init};
use crate::report::schema::{Subject, text as schema};

pub(in crate::cli) fn run(context: &Context, args: &InitArgs) -> Result<Exit, Failure> {
    let ci = match args.ci {
        Ci::Github => Some(CiSystem::GitHub),
        Ci::Gitlab => Some(CiSystem::GitLab),
        Ci::None => None,
    };
    let options = InitOptions { ci, owner: args.codeowners.as_deref() };
    let report = init(context.directory(), options, &schema(Subject::Offer))?;
    context.print(render(&report))?;
    context.terminal.note(next_steps(args.ci, report.in_repository));
    Ok(Exit::Done)
}

fn render(report: &InitReport) -> String {
    let InitReport { created, appended, unchanged, in_repository: _ } = report;
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

/// The steps that follow `init`.
fn next_steps(ci: Ci, in_repository: bool) -> String {
    let git = if in_repository { "" } else { "git init && " };
    let secret = match ci {
        Ci::Github => {
            "In the workflow, set OFFERSYNC_GIT and OFFERSYNC_REV: offersync is in no package registry yet, so CI builds it.\n     \
             In GitHub, add the secret CAKE_API_KEY and the variable OFFERSYNC_KEY_HOST to an environment `cake`."
        }
        Ci::Gitlab => {
            "In .gitlab-ci.yml, set OFFERSYNC_GIT and OFFERSYNC_REV: offersync is in no package registry yet, so CI builds it.\n     \
             In GitLab, set the variables that it lists."
        }
        Ci::None => "Set CAKE_API_KEY in the environment where you run `apply`.",
    };
    format!(
        "\nNext:\n  1. Try it without a CAKE account:           offersync apply --sandbox\n  \
         2. Set CAKE's address in offersync.toml, then import the offers that CAKE has:\n                                              \
         offersync import && offersync plan\n  \
         3. Commit it:                               {git}git add -A && git commit -m 'Offers as code'\n     \
         {secret}\n     In each clone, register the merge driver for the state:\n     \
         git config merge.offersync-state.driver 'offersync state merge %O %A %B'"
    )
}
