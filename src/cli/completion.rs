//! Completion of a command line in a shell, which runs the program with `OFFERSYNC_COMPLETE` for it.
//!
//! Reads the configuration, the offers and the state of the folder that the command line names, never CAKE. It shows no error: what cannot
//! be read completes to nothing.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::engine::CompletionCandidate;
use clap_complete::env::{CompleteEnv, Shells};

use crate::cli::args::Cli;
use crate::config;
use crate::diagnostic::codes;
use crate::offer::Field;
use crate::ops::{self, Repository, completion};

const VARIABLE: &str = "OFFERSYNC_COMPLETE";
const PROGRAM: &str = "offersync";

/// Answers a shell that completes a line. Returns whether one has asked.
pub(super) fn answer(arguments: &[OsString]) -> Result<bool, clap::Error> {
    let folder = std::env::current_dir().ok();
    CompleteEnv::with_factory(Cli::command).var(VARIABLE).try_complete(arguments, folder.as_deref())
}

/// The script that a shell reads to ask for completions.
pub(super) fn script(shell: clap_complete::Shell) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    let name = shell.to_string();
    match Shells::builtins().completer(&name) {
        Some(shell) => shell.write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)?,
        None => clap_complete::generate(shell, &mut Cli::command(), PROGRAM, &mut script),
    }
    Ok(script)
}

/// The value of a global option on the line that is completed.
fn option(name: &str) -> Option<String> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let at = arguments.iter().position(|argument| argument == name)?;
    arguments.get(at + 1)?.to_str().map(ToOwned::to_owned)
}

fn configuration() -> Option<PathBuf> {
    let folder = option("-C").map_or_else(|| PathBuf::from("."), PathBuf::from);
    match option("--config") {
        Some(file) => Some(folder.join(file)),
        None => config::find(&folder),
    }
}

fn repository() -> Option<Repository> {
    let environment = option("--env").or_else(ops::chosen_environment);
    Repository::load(&configuration()?, false, environment.as_deref()).ok()
}

fn candidates<T: ToString>(words: impl IntoIterator<Item = T>) -> Vec<CompletionCandidate> {
    words.into_iter().map(|word| CompletionCandidate::new(word.to_string())).collect()
}

/// Keys of offers.
pub(super) fn keys() -> Vec<CompletionCandidate> {
    candidates(repository().map(|repository| completion::keys(&repository)).unwrap_or_default())
}

pub(super) fn environments() -> Vec<CompletionCandidate> {
    candidates(configuration().map(|file| completion::environments(&file)).unwrap_or_default())
}

/// Codes of diagnostics, with what they mean.
pub(super) fn codes() -> Vec<CompletionCandidate> {
    codes::all().map(|code| CompletionCandidate::new(code.name).help(Some(code.title.into()))).collect()
}

/// Columns of a spreadsheet.
pub(super) fn columns() -> Vec<CompletionCandidate> {
    candidates(["key", "offer_id"].into_iter().chain(Field::ALL.map(Field::name)))
}

/// Fields that an edit sets.
pub(super) fn assignments() -> Vec<CompletionCandidate> {
    candidates(Field::ALL.map(|field| format!("{}=", field.name())))
}

pub(super) fn advertisers() -> Vec<CompletionCandidate> {
    names(Field::AdvertiserId)
}

pub(super) fn verticals() -> Vec<CompletionCandidate> {
    names(Field::VerticalId)
}

fn names(field: Field) -> Vec<CompletionCandidate> {
    candidates(repository().map(|repository| completion::names(&repository, field)).unwrap_or_default())
}
