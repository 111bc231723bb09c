//! One thin file per command, and their dispatch.

mod accept;
mod apply;
mod check_links;
mod ci;
mod drift;
mod edit;
mod explain;
mod export;
mod fmt;
mod import;
mod init;
mod log;
mod merge;
mod names;
mod plan;
mod prune;
mod sandbox;
mod schedule;
mod schema;
mod shell;
mod state;
mod state_file;
mod state_shown;
mod state_store;
mod validate;

use super::args::Command;
use super::context::Context;
use super::exit::Exit;
use super::failure::Failure;
use super::runtime::block_on;

pub(super) fn run(context: &Context, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Validate(args) => validate::run(context, &args),
        Command::Plan(args) => plan::run(context, &args),
        Command::Apply(args) => block_on(apply::run(context, &args))?,
        Command::Log(args) => log::run(context, &args),
        Command::Import(args) => import::run(context, &args),
        Command::Export(args) => export::run(context, &args),
        Command::State(command) => state::run(context, command),
        Command::Drift(args) => drift::run(context, &args),
        Command::CheckLinks(args) => check_links::run(context, &args),
        Command::Names(command) => names::run(context, &command),
        Command::Schedule(args) => schedule::run(context, &args),
        Command::Edit(args) => edit::run(context, &args),
        Command::Fmt(args) => fmt::run(context, &args),
        Command::Ci(command) => ci::run(context, command),
        Command::Init(args) => init::run(context, &args),
        Command::Schema { subject } => schema::run(context, subject),
        Command::Explain { code } => explain::run(context, code.as_deref()),
        Command::Sandbox(args) => block_on(sandbox::run(context, &args))?,
        Command::Completions { shell } => shell::completions(context, shell),
        Command::Man { out } => shell::man(context, out.as_deref()),
    }
}
