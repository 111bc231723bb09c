//! Commands of git on the files of a work tree, for messages.

use crate::git::WorkTree;
use crate::shell::git_in;
use crate::words::shell_word;

use super::held::Unseen;

/// The commands for one work tree.
pub(super) struct Commands<'a>(pub(super) &'a WorkTree);

impl Commands<'_> {
    /// A command of git, in the top folder of the work tree: paths in commands are relative to that.
    pub(super) fn of(&self, command: &str) -> String {
        format!("{} {command}", git_in(self.0.top()))
    }

    /// A command on the first files; where there are more, it is run again for the next ones.
    pub(super) fn on(&self, command: &str, files: &[&Unseen]) -> String {
        // A path that begins with a colon would be taken for a pattern.
        let literal = |path: &str| if path.starts_with(':') { format!("./{path}") } else { path.to_owned() };
        let paths = files.iter().take(super::FILES_SHOWN).map(|file| shell_word(&literal(&file.path)).into_owned());
        self.of(&format!("{command} {}", paths.collect::<Vec<_>>().join(" ")))
    }
}
