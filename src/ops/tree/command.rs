//! Commands of git for messages, as they work in the folder of `offersync.toml`.

use std::borrow::Cow;
use std::path::Path;

use crate::git::WorkTree;

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
        format!("git -C {} {command}", Self::quoted(&top.to_string_lossy()))
    }

    /// A command on the first files; where there are more, it is run again for the next ones.
    pub(super) fn on(&self, command: &str, files: &[&Unseen]) -> String {
        let paths = files.iter().take(super::FILES_SHOWN).map(|file| Self::quoted(&file.path).into_owned());
        self.of(&format!("{command} {}", paths.collect::<Vec<_>>().join(" ")))
    }

    /// A word of a shell's command line.
    pub(super) fn quoted(word: &str) -> Cow<'_, str> {
        let is_plain = |c: char| c.is_alphanumeric() || "/._-+@,".contains(c);
        if !word.is_empty() && word.chars().all(is_plain) {
            return Cow::Borrowed(word);
        }
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}
