//! Commands of git on the files of a work tree, for messages.

use crate::git::WorkTree;
use crate::shell::{git_in, git_path};

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
        let paths = files.iter().take(super::FILES_SHOWN).map(|file| git_path(&file.path));
        self.of(&format!("{command} {}", paths.collect::<Vec<_>>().join(" ")))
    }
}
