//! Commands of git for messages, as they work in the folder of `offersync.toml`.

use std::path::Path;

use crate::git::WorkTree;
use crate::words::shell_word;

use super::held::Unseen;

/// The commands for one work tree.
pub(super) struct Commands<'a> {
    pub(super) root: &'a Path,
    pub(super) work_tree: &'a WorkTree,
}

impl Commands<'_> {
    /// A command of git, in the top folder of the work tree: paths in commands are relative to that.
    pub(super) fn of(&self, command: &str) -> String {
        let top = self.work_tree.top();
        if self.root.canonicalize().is_ok_and(|root| root == top) {
            return format!("git {command}");
        }
        format!("git -C {} {command}", shell_word(&top.to_string_lossy()))
    }

    /// A command on the first files; where there are more, it is run again for the next ones.
    pub(super) fn on(&self, command: &str, files: &[&Unseen]) -> String {
        let paths = files.iter().take(super::FILES_SHOWN).map(|file| shell_word(&file.path).into_owned());
        self.of(&format!("{command} {}", paths.collect::<Vec<_>>().join(" ")))
    }
}
