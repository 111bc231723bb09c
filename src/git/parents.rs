//! What a file was in the parents of a commit, such as the configuration by which the files of that time are read.

use std::path::Path;

use super::command::{GitError, blobs, names_of};
use super::history::{Inside, ask};

/// A file whose versions in the parents of commits are asked for.
pub(crate) struct InParents {
    inside: Inside,
}

/// A parent of a commit.
#[derive(Debug)]
pub(crate) struct Parent {
    commit: String,
    /// The file; none where the parent does not have it.
    pub(crate) bytes: Option<Vec<u8>>,
}

impl InParents {
    /// None where the file is not in the work tree with this top.
    pub(crate) fn of(file: &Path, top: &Path) -> Result<Option<Self>, GitError> {
        Ok(Inside::of(file)?.filter(|inside| inside.top == top).map(|inside| Self { inside }))
    }

    pub(crate) fn parents(&self, commit: &str) -> Result<Vec<Parent>, GitError> {
        let Inside { top, path } = &self.inside;
        let parents = ask(top, &["rev-parse", &format!("{commit}^@")])?;
        let objects: Vec<String> = parents.lines().map(|parent| format!("{parent}:{path}")).collect();
        let names = names_of(top, objects.iter().map(String::as_str))?;
        let found = blobs(top, objects.iter().map(String::as_str))?;
        let parent = |((commit, name), bytes): ((&str, Option<_>), Option<_>)| {
            if name.is_some() && bytes.is_none() {
                return Err(GitError::Failed(format!("this clone does not have {path} of {commit}")));
            }
            Ok(Parent { commit: commit.to_owned(), bytes })
        };
        parents.lines().zip(names).zip(found).map(parent).collect()
    }

    /// Whether one of the parents has a file or a link there.
    pub(crate) fn any_has(&self, parents: &[&Parent], path: &str) -> Result<bool, GitError> {
        let objects: Vec<String> = parents.iter().map(|parent| format!("{}:{path}", parent.commit)).collect();
        Ok(names_of(&self.inside.top, objects.iter().map(String::as_str))?.iter().any(Option::is_some))
    }
}
