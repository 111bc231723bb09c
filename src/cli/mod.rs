//! The command line: arguments in, one thin file per command, exit codes out. Contains no rules about offers.

mod args;
mod commands;
mod context;
mod exit;
pub(crate) mod failure;
mod observing;
mod question;
mod rewrites;
mod runtime;
mod signals;
mod state_views;
mod terminal;
mod views;

use std::ffi::OsString;

use clap::Parser;

use crate::diagnostic::{Diagnostic, codes};
use crate::report;

use args::{Cli, Command, DriftFormat, ExportFormat, PlanFormat, ProblemFormat, ReportFormat, StateCommand};
use context::Context;
pub use exit::Exit;
use failure::Failure;
use terminal::{ColorChoice, Terminal};

/// Runs the program with its arguments, the first being its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, asks_for_json(&arguments)),
    };
    let context = Context::new(cli.common);
    start_log(&context);
    let machine = machine_format(&cli.command);
    let exit = match commands::run(&context, cli.command) {
        Ok(exit) => exit,
        Err(failure) => report(&context, &failure, machine),
    };
    context.note_flags_of_advice();
    exit
}

/// Help and version are results; any other message of clap is a usage error.
fn usage(error: &clap::Error, json: bool) -> Exit {
    if !error.use_stderr() {
        // stderr is closed; the error cannot be reported anywhere.
        let _ = error.print();
        return Exit::Done;
    }
    // With --format json, the error is JSON as well; otherwise clap's message, which shows the usage.
    let _ = error.print();
    if json {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let problem = Diagnostic::error(codes::process::USAGE, message).help("`offersync help` shows every command");
        let written = Terminal::new(ColorChoice::Never, true).result(&report::json::diagnostics(&[problem]));
        if written.is_err() {
            return Exit::Error;
        }
    }
    Exit::Usage
}

/// Whether an invalid command line requests JSON.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    arguments.iter().any(|argument| argument == "--format=json")
        || pairs.into_iter().any(|(flag, value)| flag == "--format" && value == "json")
}

/// The log of `-v`: warnings of libraries, and offersync's messages from info on; every request with `-vv`.
fn start_log(context: &Context) {
    let level = match context.common.verbose {
        0 => return,
        1 => "offersync=info",
        _ => "offersync=debug",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    // Only tests install a second subscriber; the first one stays.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).without_time().try_init();
}

/// The format of the result, so that a failure has the same format.
fn machine_format(command: &Command) -> Option<ProblemFormat> {
    let json = |is_json: bool| is_json.then_some(ProblemFormat::Json);
    match command {
        Command::Validate(args) => Some(args.format),
        Command::Plan(args) => match args.format {
            PlanFormat::Json => Some(ProblemFormat::Json),
            PlanFormat::Github => Some(ProblemFormat::Github),
            PlanFormat::Text | PlanFormat::Markdown => None,
        },
        Command::Apply(args) => json(args.format == ReportFormat::Json),
        Command::Drift(args) => json(args.format == DriftFormat::Json),
        Command::Export(args) => json(args.format == ExportFormat::Json),
        Command::State(StateCommand::List { format, .. }) => json(*format == ReportFormat::Json),
        Command::State(_)
        | Command::Import(_)
        | Command::Edit(_)
        | Command::Fmt(_)
        | Command::Init(_)
        | Command::Schema { .. }
        | Command::Explain { .. }
        | Command::Sandbox(_)
        | Command::Completions { .. }
        | Command::Man => None,
    }
}

fn report(context: &Context, failure: &Failure, machine: Option<ProblemFormat>) -> Exit {
    let text = match machine {
        Some(ProblemFormat::Json) => report::json::diagnostics(&failure.diagnostics),
        Some(ProblemFormat::Github) => {
            report::github::diagnostics(&failure.diagnostics, &context.folder_in_workspace())
        }
        Some(ProblemFormat::Text) | None => {
            context.show(&failure.diagnostics);
            return failure.exit;
        }
    };
    match context.print(&text) {
        Ok(()) => failure.exit,
        Err(unwritten) => {
            context.show(&unwritten.diagnostics);
            unwritten.exit
        }
    }
}
