//! Where git does not say what it holds, nothing is taken for gone, and no state for the latest one.

use std::path::Path;

use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::git::GitError;
use crate::shell::{git_beside, git_in};
use crate::words::shell_word;

use super::fetch_all;

/// Git did not say which files it holds.
pub(in crate::ops) fn unanswered_files(settings: &Settings, error: &GitError) -> Diagnostic {
    let help = format!(
        "a file that git leaves out of this disk would look deleted: {}",
        repair(error, || format!("{} status", git_in(&settings.root)))
    );
    unanswered(settings, format!("it is not known which offer files git holds: {error}"), help)
}

/// Git did not say which versions of the state it holds.
pub(in crate::ops) fn unanswered_history(settings: &Settings, state: &Path, error: &GitError) -> Diagnostic {
    let check = || format!("{} fsck", git_beside(state));
    let help = format!("an older one could be in the place of a later one: {}", repair(error, check));
    unanswered(settings, format!("it is not known which versions of the state git holds: {error}"), help)
}

/// Git did not say whether it holds a configuration that is nearer than the one that was found.
pub(in crate::ops) fn unanswered_configuration(folder: &Path, error: &GitError) -> Diagnostic {
    let message =
        format!("it is not known whether git holds a configuration nearer to `{}`: {error}", folder.display());
    let check = || format!("{} status", git_in(folder));
    let help = format!("one further up would be taken for it: {}", repair(error, check));
    Diagnostic::error(codes::git::UNANSWERED, message).help(help)
}

fn unanswered(settings: &Settings, message: String, help: String) -> Diagnostic {
    Diagnostic::error(codes::git::UNANSWERED, message).label(Label::file(settings.file.clone())).help(help)
}

fn repair(error: &GitError, ask: impl FnOnce() -> String) -> String {
    match error {
        GitError::NotInstalled => "install git".to_owned(),
        GitError::OtherOwner(folder) => {
            format!("run `git config --global --add safe.directory {}`", shell_word(&folder.to_string_lossy()))
        }
        GitError::NotARepository { .. } => {
            "there is a `.git`, and git does not take it for a repository: bring back what is missing in it, or clone the repository again"
                .to_owned()
        }
        GitError::NotInPartialClone(folder) => format!("fetch the whole history: `{}`", fetch_all(folder)),
        _ => format!("run `{}`, and repair what it reports", ask()),
    }
}
