//! The command line: arguments in, one thin file per command, exit codes out. Contains no rules about offers.

mod args;
mod commands;
mod completion;
mod context;
mod exit;
pub(crate) mod failure;
mod import_views;
mod log;
mod next_step;
mod observing;
mod outputs;
mod printable;
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
use crate::inert;
use crate::report;

use args::{
    ApplyArgs, Cli, Command, DriftFormat, ExportFormat, NamesCommand, PlanArgs, ProblemFormat, ReportFormat,
    ResultFormat, ScheduleFormat, StateCommand, standard_output,
};
use context::Context;
pub use exit::Exit;
use failure::Failure;
use outputs::Outputs;
use printable::Printable;
use terminal::{ColorChoice, Target, Terminal};

/// Runs the program with its arguments, the first being its own name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    match completion::answer(&arguments) {
        Ok(false) => {}
        Ok(true) => return Exit::Done,
        Err(error) => return usage(&error, &arguments),
    }
    let mut cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage(&error, &arguments),
    };
    let printed = standard_output::choose(&mut cli.command);
    let context = Context::new(cli.common);
    log::start(&context);
    let machine = machine_format(&cli.command);
    let is_page = asks_for_page(&cli.command);
    let outputs = Outputs::of(&context, &cli.command);
    let ran = printed.map_err(Failure::usage).and_then(|()| commands::run(&context, cli.command));
    let exit = match ran {
        Ok(exit) => exit,
        Err(failure) if failure.is_after_result => {
            context.show(&failure.diagnostics);
            failure.exit
        }
        Err(failure) => {
            outputs.fail(&context, &failure);
            if is_page {
                // The problems are on stderr as well, where a person sees them who sends the page to a file.
                let _unwritten = context.print(Printable::html(report::html::diagnostics(&failure.diagnostics)));
            }
            report(&context, &failure, machine)
        }
    };
    context.note_flags_of_advice();
    exit
}

/// Help and version are results; any other message of clap is a usage error. With --format json, it is JSON as well.
fn usage(error: &clap::Error, arguments: &[OsString]) -> Exit {
    let terminal = Terminal::new(ColorChoice::Auto, false);
    // A message quotes arguments: where one has anything that acts on a terminal, it gets no colours, among which that could hide.
    let is_plain = arguments.iter().all(|word| word.to_str().is_some_and(|word| inert::text(word) == word));
    let shown = |target| {
        if is_plain && terminal.colours(target) {
            Printable::styled(error.render().ansi().to_string(), true)
        } else {
            error.render().to_string().into()
        }
    };
    let written = if error.use_stderr() {
        if let Some((context, outputs)) = Outputs::of_invalid(arguments) {
            outputs.fail(&context, &Failure::from(problem(error)));
        }
        terminal.alert(shown(Target::Stderr).trim_end());
        let text = asked_format(arguments).map(|write| Printable::json(write(&[problem(error)])));
        text.map(|text| terminal.result(text))
    } else {
        Some(terminal.result(shown(Target::Stdout)))
    };
    match written {
        Some(Err(_)) => Exit::Error,
        _ if error.use_stderr() => Exit::Usage,
        _ => Exit::Done,
    }
}

fn problem(error: &clap::Error) -> Diagnostic {
    let text = error.to_string();
    let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    Diagnostic::error(codes::process::USAGE, message).help("`offersync help` shows every command")
}

/// How an invalid command line wants its problems.
fn asked_format(arguments: &[OsString]) -> Option<fn(&[Diagnostic]) -> String> {
    let pairs = arguments.iter().zip(arguments.iter().skip(1));
    let after = pairs.filter(|(flag, _)| *flag == "--format").map(|(_, value)| value.to_str());
    let joined = arguments.iter().map(|argument| argument.to_str()?.strip_prefix("--format="));
    after.chain(joined).flatten().find_map(|format| match format {
        "json" => Some(report::json::diagnostics as fn(&[Diagnostic]) -> String),
        "ndjson" => Some(report::events::diagnostics),
        "sarif" => Some(|problems| report::sarif::diagnostics(problems, "")),
        _ => None,
    })
}

/// The format of the result, so that a failure has the same format.
fn machine_format(command: &Command) -> Option<ProblemFormat> {
    let json = |is_json: bool| is_json.then_some(ProblemFormat::Json);
    match command {
        Command::Validate(args) => Some(args.format),
        Command::CheckLinks(args) => Some(args.format),
        Command::Plan(PlanArgs { format, .. }) | Command::Apply(ApplyArgs { format, .. }) => match format {
            ResultFormat::Json => Some(ProblemFormat::Json),
            ResultFormat::Github => Some(ProblemFormat::Github),
            ResultFormat::Gitlab => Some(ProblemFormat::Gitlab),
            // The last line of NDJSON is printed among the outputs.
            ResultFormat::Text | ResultFormat::Ndjson | ResultFormat::Markdown | ResultFormat::Html => None,
        },
        Command::Drift(args) => json(args.format == DriftFormat::Json),
        Command::Export(args) => json(args.format == ExportFormat::Json),
        Command::Names(NamesCommand::Pull(args)) => json(args.format == ReportFormat::Json),
        Command::Log(args) => json(args.format == ReportFormat::Json),
        Command::Schedule(args) => json(args.format == ScheduleFormat::Json),
        Command::State(StateCommand::List { format, .. } | StateCommand::Show { format, .. }) => {
            json(*format == ReportFormat::Json)
        }
        Command::Import(args) => json(args.format == ReportFormat::Json),
        Command::Edit(args) => json(args.format == ReportFormat::Json),
        Command::Fmt(args) => json(args.format == ReportFormat::Json),
        Command::State(_)
        | Command::Init(_)
        | Command::Ci(_)
        | Command::Schema { .. }
        | Command::Explain { .. }
        | Command::Sandbox(_)
        | Command::Completions { .. }
        | Command::Man { .. } => None,
    }
}

/// Whether the result is a page for a browser.
fn asks_for_page(command: &Command) -> bool {
    match command {
        Command::Plan(args) => args.format == ResultFormat::Html,
        Command::Apply(args) => args.format == ResultFormat::Html,
        _ => false,
    }
}

fn report(context: &Context, failure: &Failure, machine: Option<ProblemFormat>) -> Exit {
    let text = match machine {
        Some(ProblemFormat::Json) => Printable::json(report::json::diagnostics(&failure.diagnostics)),
        Some(ProblemFormat::Sarif) => {
            let folder = context.folder_in_workspace();
            Printable::json(report::sarif::diagnostics(&failure.diagnostics, &folder))
        }
        Some(ProblemFormat::Github) => {
            let folder = context.folder_in_workspace();
            Printable::annotations(report::github::diagnostics(&failure.diagnostics, &folder))
        }
        Some(ProblemFormat::Gitlab) => {
            let folder = context.folder_in_workspace();
            Printable::json(report::gitlab::diagnostics(&failure.diagnostics, &folder))
        }
        Some(ProblemFormat::Text) | None => {
            context.show(&failure.diagnostics);
            return failure.exit;
        }
    };
    match context.print(text) {
        Ok(()) => failure.exit,
        Err(unwritten) => {
            context.show(&unwritten.diagnostics);
            unwritten.exit
        }
    }
}
