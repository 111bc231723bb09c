//! Which files of a work tree are not committed as they lie on the disk, and of which git does not look whether they are.

use std::path::Path;

use super::command::{GitError, failure, run};
use super::entry::Mark;
use super::work_tree::WorkTree;

/// Paths from the top of a work tree.
#[derive(Debug, Default)]
pub(crate) struct Uncommitted {
    /// Changed, added, untracked or ignored.
    changed: Vec<String>,
    /// Marked as assume-unchanged or skip-worktree.
    unwatched: Vec<String>,
}

impl WorkTree {
    /// What is not committed at or below a folder of the work tree.
    pub(crate) fn uncommitted(&self, folder: &Path) -> Result<Uncommitted, GitError> {
        let below = self.path_of(folder);
        let below = if below.is_empty() { "." } else { below.as_str() };
        let what = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching"];
        let output = run(self.top(), &[&what[..], &["--", below]].concat())?;
        if !output.status.success() {
            return Err(failure(self.top(), "git does not say which files are committed", &output));
        }
        let entries = self.entries([below])?;
        let is_unwatched = |mark| matches!(mark, Mark::AssumeUnchanged | Mark::SkipWorktree);
        let unwatched = entries.iter().flatten().filter(|entry| is_unwatched(entry.mark));
        let unwatched = unwatched.map(|entry| entry.path().into_owned()).collect();
        Ok(Uncommitted { unwatched, ..Uncommitted::parse(&output.stdout) })
    }

    /// The path of a file in the work tree, as git writes it.
    pub(crate) fn path_of(&self, file: &Path) -> String {
        let below = file.strip_prefix(self.top()).unwrap_or(file);
        below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

impl Uncommitted {
    /// Entries such as ` M offers/a.yaml`.
    fn parse(answer: &[u8]) -> Self {
        let entries = answer.split(|byte| *byte == 0).filter_map(|entry| entry.get(3..));
        let changed = entries.map(|path| String::from_utf8_lossy(path).into_owned()).collect();
        Self { changed, unwatched: Vec::new() }
    }

    /// Whether git does not look for changes of a file.
    pub(crate) fn is_unwatched(&self, path: &str) -> bool {
        self.unwatched.iter().any(|unwatched| unwatched == path)
    }

    /// Whether a file is among them, or in a folder or submodule that is.
    pub(crate) fn contains(&self, path: &str) -> bool {
        let is_at_or_in = |found: &String| {
            let rest = path.strip_prefix(found.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.changed.iter().any(is_at_or_in)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_uncommitted_by_itself_or_with_its_folder() {
        let answer = Uncommitted::parse(b" M offers/a.yaml\0?? offers/new b.yaml\0!! ignored/\0 m offers/sub\0");
        for path in ["offers/a.yaml", "offers/new b.yaml", "ignored/x/y.yaml", "offers/sub/z.yaml"] {
            assert!(answer.contains(path), "{path}");
        }
        for path in ["offers/a.yaml2", "offers/b.yaml", "offers/sub2/z.yaml", "ignore"] {
            assert!(!answer.contains(path), "{path}");
        }
    }
}
