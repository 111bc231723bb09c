//! What git has stopped in the middle of: the files are not what any branch will have.

use crate::config::Settings;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::git::{Operation, Submodule};
use crate::shell::{git_in, git_path};
use crate::source::SourcePath;
use crate::words::first_and_more;

use super::FILES_SHOWN;
use super::command::Commands;
use super::rest::Watch;

/// One warning for each operation, or for files that a merge has not decided.
pub(super) fn warnings(settings: &Settings, watch: &Watch, undecided: &[SourcePath]) -> Vec<Diagnostic> {
    let operation = |(work_tree, operation): (_, Operation)| {
        let git = Commands(work_tree);
        let name = operation.command();
        let end = match operation {
            Operation::Bisect => format!("`{}`", git.of("bisect reset")),
            _ => format!("`{}` or `{}`", git.of(&format!("{name} --continue")), git.of(&format!("{name} --abort"))),
        };
        let message =
            format!("a `git {name}` is in progress in this work tree, so its files may not be those of any branch");
        warning(message, &settings.offers, format!("end it with {end}; until then, nothing is applied"))
    };
    let warnings: Vec<Diagnostic> = watch.operations().map(operation).collect();
    match undecided.first() {
        Some(first) if warnings.is_empty() => {
            let shown = first_and_more(undecided.iter().map(|file| format!("`{file}`")), FILES_SHOWN);
            let message = format!("a merge has left conflicts in {shown}");
            let add = format!("{} add", git_in(&settings.root));
            vec![warning(
                message,
                first,
                format!("resolve them and run `{add}` on the files; until then, nothing is applied"),
            )]
        }
        _ => warnings,
    }
}

/// One warning for each submodule that is at another commit than the one that is recorded: its offers may be older ones.
pub(super) fn submodules(moved: &[(SourcePath, Submodule)]) -> Vec<Diagnostic> {
    let problem = |(shown, Submodule { superproject, path, .. }): &(SourcePath, Submodule)| {
        let (git, quoted) = (git_in(superproject.top()), git_path(path));
        let message =
            format!("the submodule `{path}` is not at the commit that is recorded: its offers may be older ones");
        Diagnostic::warning(codes::git::SUBMODULE, message).label(Label::file(shown.clone())).help(format!(
            "after a `git pull`, run `{git} submodule update -- {quoted}`; if this commit is the right one, record it with \
             `{git} add {quoted}`. Until then, nothing is applied"
        ))
    };
    moved.iter().map(problem).collect()
}

fn warning(message: String, file: &SourcePath, help: impl Into<String>) -> Diagnostic {
    Diagnostic::warning(codes::git::UNFINISHED, message).label(Label::file(file.clone())).help(help)
}
