//! What each error means to a user: its diagnostic code, the sentence and what to do.
//!
//! The one place for this. It lies here and not in `cli`, because an apply that goes wrong during its writes reports the same
//! diagnostics, and a program that uses the library reads them too. Only exit codes belong to the command line.

mod cake;
mod preflight;
mod state;
#[cfg(test)]
mod tests;
mod unanswered;

use std::collections::BTreeSet;
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::error_chain::with_causes;
use crate::forge::ForgeError;
use crate::git::GitError;
use crate::offer::Key;
use crate::shell::git_in;
use crate::words::{first_and_more, shell_path, shell_word};

use super::apply::SavedPlanError;
use super::ci::NotPushed;
use super::error::Error;

pub(super) use cake::{key_refused, listing_code};
pub(super) use state::{exchanged, journal, state};
pub(super) use unanswered::{unanswered_configuration, unanswered_files, unanswered_history};

/// More keys than this are counted in a message.
const KEYS_SHOWN: usize = 20;

/// More keys than this are not written into a command.
const KEYS_NAMED: usize = 5;

impl Error {
    /// The diagnostics that say what is wrong and what to do; never empty.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let one = match self {
            Self::Environment(problem) | Self::NotMoved(problem) => (**problem).clone(),
            Self::Invalid(diagnostics) | Self::NoValue(diagnostics) | Self::Unready(diagnostics) => {
                return diagnostics.clone();
            }
            Self::Merge(conflicts) => {
                let conflict = |found: &crate::state::merge::Conflict| {
                    problem(codes::state::CONFLICT, found.to_string()).help(found.help())
                };
                return conflicts.iter().map(conflict).collect();
            }
            Self::Exists(duplicates) => return duplicates.iter().map(preflight::exists).collect(),
            Self::Differs(differences) => return preflight::differs(differences),
            Self::Hidden(hidden) => preflight::hidden(hidden),
            Self::Usage { message, help } => {
                Diagnostic { help: help.clone(), ..problem(codes::process::USAGE, message.clone()) }
            }
            Self::File { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
                problem(codes::process::DISK, with_causes(self))
                    .help("another process created it just now; run it again")
            }
            Self::File { .. } => problem(codes::process::DISK, with_causes(self)),
            Self::State(error) => state(error),
            Self::Lock(error) => state::lock(error),
            Self::Claim(error) => state::claim(error),
            Self::Journal(error) => journal(error),
            Self::StateChange(error) => state::change(error),
            Self::Connect(error) => cake::connect(error),
            Self::Listing(error) => cake::listing(error),
            Self::AdvertiserListing(error) => cake::advertiser_listing(error),
            Self::NameEdit(_) => problem(codes::config::NOT_EDITED, self.to_string())
                .help("nothing was written. Write the names that `offersync names pull --dry-run` shows by hand"),
            Self::ConfigChanged(_) => {
                problem(codes::config::NOT_EDITED, self.to_string()).help("nothing was written; run it again")
            }
            Self::LinkClient(error) => problem(codes::link::CLIENT, error.to_string()).help(
                "install the certificates of the certificate authorities, such as `apt-get install ca-certificates`",
            ),
            Self::Forge(error) => {
                problem(codes::ci::NOT_POSTED, format!("nothing was posted: {error}")).help(forge(error))
            }
            Self::NotPushed(error) => {
                let NotPushed { code, message, help, because } = &**error;
                let last = Diagnostic { help: help.clone(), ..problem(*code, message.clone()) };
                return because.iter().cloned().chain([last]).collect();
            }
            Self::Git(error) => git(error),
            Self::SavedPlan(error) => saved_plan(error),
            Self::Overwrites(keys) => overwrites(keys),
            Self::NotConfirmed => problem(codes::apply::NOT_CONFIRMED, "cancelled; nothing was changed"),
            Self::Interrupted(_) => problem(codes::process::INTERRUPTED, self.to_string()),
            Self::Clock => problem(codes::process::CLOCK, self.to_string())
                .help("set the clock (`date` shows it), then run the command again"),
            Self::Start(_) => problem(codes::process::START, self.to_string()),
            Self::Internal(_) => problem(codes::process::INTERNAL, self.to_string()),
        };
        vec![one]
    }
}

fn problem(code: Code, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, message)
}

fn git(error: &GitError) -> Diagnostic {
    let found = |code| problem(code, error.to_string());
    match error {
        GitError::BadRef { .. } => {
            found(codes::git::BAD_REFERENCE).help("name a branch, a tag or a commit, such as --since origin/main")
        }
        GitError::AmbiguousRef { refs, .. } => {
            let names = refs.iter().filter(|name| !name.starts_with("refs/tags/"));
            let names: Vec<String> = names.map(|name| format!("--since {}", shell_word(name))).collect();
            found(codes::git::BAD_REFERENCE).help(format!("write its whole name: {}", names.join(" or ")))
        }
        GitError::NotInstalled => found(codes::git::NOT_INSTALLED)
            .help("--since asks git for the older offers; install it, or leave --since out"),
        GitError::NotARepository { .. } => {
            found(codes::git::NO_REPOSITORY).help("--since compares with a commit; run it in a clone, or leave it out")
        }
        GitError::InSubmodule { .. } => found(codes::git::IN_SUBMODULE)
            .help("run --since in a clone of the repository that has the configuration itself"),
        GitError::UnknownCommit { is_shallow: true, folder, .. } => found(codes::git::UNKNOWN_COMMIT).help(format!(
            "fetch more of the history: `{} fetch --unshallow`, or `fetch-depth: 0` for actions/checkout",
            git_in(folder)
        )),
        GitError::UnknownCommit { reference, folder, .. } => found(codes::git::UNKNOWN_COMMIT).help(format!(
            "check its spelling, or fetch it first: `{} fetch origin {}`",
            git_in(folder),
            shell_word(reference)
        )),
        GitError::OtherOwner(folder) => found(codes::git::FAILED)
            .help(format!("run `git config --global --add safe.directory {}`", shell_path(folder))),
        GitError::NotInPartialClone(folder) => {
            found(codes::git::PARTIAL_CLONE).help(format!("fetch the whole history: `{}`", fetch_all(folder)))
        }
        GitError::NotRun(_) => found(codes::git::NOT_RUN),
        GitError::Failed(_) => found(codes::git::FAILED),
    }
}

/// The command that makes a partial clone whole.
pub(super) fn fetch_all(folder: &Path) -> String {
    format!("{} fetch --refetch --no-filter", git_in(folder))
}

fn saved_plan(error: &SavedPlanError) -> Diagnostic {
    match error {
        SavedPlanError::NotAPlan { .. } => problem(codes::apply::PLAN_FILE, error.to_string())
            .help("save one with `offersync plan --out FILE`; to narrow to an offer, name its key"),
        SavedPlanError::Unaccepted { .. } => problem(codes::review::SETTING, error.to_string()).help(
            "make it again with `offersync plan --since GIT-REF --accept-config --out FILE`, once a person has seen the changes it shows",
        ),
        SavedPlanError::Outdated => problem(codes::apply::STALE, error.to_string())
            .help("nothing was sent. Run the apply again: it shows what would be done now"),
        SavedPlanError::Stale { found, .. } => {
            let advice = "make a new plan with `offersync plan --out FILE` and review it";
            let help: Vec<&str> = found.iter().map(String::as_str).chain([advice]).collect();
            problem(codes::apply::STALE, error.to_string()).help(help.join("\n"))
        }
    }
}

fn overwrites(keys: &BTreeSet<Key>) -> Diagnostic {
    let message = format!("the apply would overwrite what was changed in CAKE: {}", shown(keys.iter()));
    let keys = match keys.len() {
        1..=KEYS_NAMED => keys.iter().map(Key::as_str).collect::<Vec<_>>().join(" "),
        _ => "KEY".to_owned(),
    };
    problem(codes::plan::OVERWRITES, message).help(format!(
        "nothing was written. Accept CAKE's values with `offersync drift --accept {keys}`, or review a saved plan (`offersync plan --refresh \
         --out plan.json`, then `offersync apply plan.json`), or add --overwrite-drift"
    ))
}

/// Keys for a message: the first few, and how many more.
pub(super) fn shown<'k>(keys: impl Iterator<Item = &'k Key>) -> String {
    first_and_more(keys.map(|key| format!("`{key}`")), KEYS_SHOWN)
}

fn forge(error: &ForgeError) -> &'static str {
    match error {
        ForgeError::Refused { status: 401, .. } => "give the step a token that is valid",
        ForgeError::Refused { status: 403 | 404, .. } => {
            "let the token write: on GitHub `pull-requests: write` and `issues: write` under `permissions` of the job, on GitLab the scope api"
        }
        ForgeError::Client(_) => "correct the variable of CI that has the address or the token",
        _ => "run the job again: what was posted already is edited, and never made twice",
    }
}
