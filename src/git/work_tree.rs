//! A work tree: the files that git shows on the disk, and those that it only holds.

use std::path::Path;
use std::process::Output;

use super::activity::Activity;
use super::command::{GitError, failure, run};
use super::entry::Entries;
use super::history::has_head;
use super::location::Location;

/// A work tree around a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkTree {
    location: Location,
}

/// Git compares each of its files with each path that it is asked for; for more of them, it is asked for all of its files.
const MOST_PATHS: usize = 100;

impl WorkTree {
    /// The work tree that a folder is in; none outside git. The path must be absolute and free of links.
    pub(crate) fn around(folder: &Path) -> Result<Option<Self>, GitError> {
        Ok(Location::of(folder)?.map(|location| Self { location }))
    }

    /// Its top folder.
    pub(crate) fn top(&self) -> &Path {
        &self.location.top
    }

    /// What git is doing in it.
    pub(crate) fn activity(&self) -> Activity {
        Activity::now(&self.location)
    }

    /// What the index has at or below these paths, which are relative to the top folder; of many paths, all that it has.
    pub(crate) fn entries<'p>(&self, below: impl IntoIterator<Item = &'p str>) -> Result<Entries, GitError> {
        let mut below: Vec<&str> = below.into_iter().map(|path| if path.is_empty() { "." } else { path }).collect();
        if below.len() > MOST_PATHS {
            below = vec!["."];
        }
        // The names in folders outside a sparse checkout may not be in this clone.
        let mut output = self.list(&["--sparse"], &below)?;
        if output.stderr.starts_with(b"error: unknown option") {
            output = self.list(&[], &below)?;
        }
        if !output.status.success() {
            return Err(failure(self.top(), "git does not list its files", &output));
        }
        Ok(Entries(output.stdout))
    }

    fn list(&self, options: &[&str], below: &[&str]) -> Result<Output, GitError> {
        run(self.top(), &[&["ls-files", "-v", "-s", "-z"], options, &["--"], below].concat())
    }

    /// The files at or below a path that the present commit has and the index has not: their deletion is staged. None before the first commit.
    pub(crate) fn staged_deletions(&self, below: &str) -> Result<Vec<String>, GitError> {
        if !has_head(self.top())? {
            return Ok(Vec::new());
        }
        let below = if below.is_empty() { "." } else { below };
        let options =
            ["diff-index", "--cached", "--name-only", "--no-renames", "--diff-filter=D", "-z", "HEAD", "--", below];
        let output = run(self.top(), &options)?;
        if !output.status.success() {
            return Err(failure(self.top(), "git does not compare its index", &output));
        }
        Ok(String::from_utf8_lossy(&output.stdout).split_terminator('\0').map(str::to_owned).collect())
    }

    /// Which files git is asked to leave out of this work tree.
    pub(crate) fn sparseness(&self) -> Sparseness {
        match (self.is_set("core.sparseCheckout"), self.is_set("core.sparseCheckoutCone")) {
            (Some(true), Some(false)) => Sparseness::Patterns,
            (Some(true), _) => Sparseness::Folders,
            _ => Sparseness::Whole,
        }
    }

    fn is_set(&self, name: &str) -> Option<bool> {
        let output = run(self.top(), &["config", "--type=bool", name]).ok()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().ok()
    }
}

/// What a sparse checkout is described by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sparseness {
    Whole,
    /// Cone mode.
    Folders,
    Patterns,
}
