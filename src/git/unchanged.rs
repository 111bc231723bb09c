//! Whether what is at or below some paths is as it was at a commit.

use std::path::{PathBuf, absolute};

use super::command::{GitError, failure, run};
use super::commit::Git;
use super::history::ask;

impl Git<'_> {
    /// Whether nothing at or below these paths differs between a commit and the present one.
    pub(crate) fn is_same_since(&self, commit: &str, paths: &[PathBuf]) -> Result<bool, GitError> {
        let paths = absolute_texts(paths);
        let mut arguments = vec!["diff", "--quiet", "--no-ext-diff", commit, "HEAD", "--"];
        arguments.extend(paths.iter().map(String::as_str));
        let output = run(self.folder, &arguments)?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(failure(self.folder, "git does not compare two commits", &output)),
        }
    }

    /// Whether git has a link at or below these paths; what it leads to is elsewhere.
    pub(crate) fn has_links(&self, paths: &[PathBuf]) -> Result<bool, GitError> {
        let paths = absolute_texts(paths);
        let mut arguments = vec!["ls-files", "--stage", "--"];
        arguments.extend(paths.iter().map(String::as_str));
        Ok(ask(self.folder, &arguments)?.lines().any(|line| line.starts_with("120000 ")))
    }
}

fn absolute_texts(paths: &[PathBuf]) -> Vec<String> {
    let paths = paths.iter().map(|path| absolute(path).unwrap_or_else(|_| path.clone()));
    paths.map(|path| path.to_string_lossy().into_owned()).collect()
}
