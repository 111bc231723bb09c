//! The file of a commit that a path leads to, links followed as the file system follows them.

use super::command::GitError;
use super::commit::{Blob, Git};

/// How many links are followed on the way to one file.
const MOST_LINKS: usize = 8;

/// Where a path leads at a commit.
#[derive(Debug)]
pub(crate) enum Located {
    File(Blob),
    /// The commit has nothing there.
    Nothing,
    /// A link leads to what the commit does not have: out of the repository, to an absolute path, or nowhere.
    Astray,
}

impl Git<'_> {
    /// Follows a path part by part: `..` is the folder above the one that a link has led to, and not the part before it.
    pub(crate) fn locate(&self, commit: &str, path: &str) -> Result<Located, GitError> {
        if path.starts_with('/') {
            return Ok(Located::Astray);
        }
        let mut left = parts(path);
        let mut reached: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(part) = left.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." if reached.last().is_some_and(|last| last != "..") => {
                    reached.pop();
                    continue;
                }
                _ => reached.push(part),
            }
            if reached.last().is_some_and(|last| last == "..") {
                continue;
            }
            match self.entry(commit, &reached.join("/"))? {
                Some(Found::Folder) => {}
                Some(Found::File(blob)) if blob.is_file && left.is_empty() => return Ok(Located::File(blob)),
                Some(Found::File(blob)) if !blob.is_file && links < MOST_LINKS => {
                    links += 1;
                    reached.pop();
                    let Some(target) = self.target(blob)? else { return Ok(Located::Astray) };
                    left.extend(parts(&target));
                }
                None if links == 0 => return Ok(Located::Nothing),
                _ => return Ok(Located::Astray),
            }
        }
        Ok(Located::Astray)
    }

    /// The text of a link, which ends where git has it end; none of one that leads to no path of the repository.
    fn target(&self, link: Blob) -> Result<Option<String>, GitError> {
        let bytes = self.texts(&[link])?.into_iter().find_map(|(_, bytes)| bytes);
        let target = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(target.filter(|target| !target.is_empty() && !target.starts_with('/') && !target.contains('\0')))
    }

    fn entry(&self, commit: &str, path: &str) -> Result<Option<Found>, GitError> {
        let output = self.listed(commit, path)?;
        let Some(line) = output.split(|byte| *byte == 0).find(|line| !line.is_empty()) else { return Ok(None) };
        let line = String::from_utf8_lossy(line);
        let mut facts = line.split(['\t', ' ']);
        Ok(match (facts.next(), facts.next(), facts.next()) {
            (Some(_), Some("tree"), _) => Some(Found::Folder),
            (Some(mode), Some("blob"), Some(object)) => {
                Some(Found::File(Blob::new(path.to_owned(), mode != "120000", object)))
            }
            _ => None,
        })
    }
}

enum Found {
    Folder,
    /// A file or a link.
    File(Blob),
}

/// The parts of a path, the first one last. An empty last part stays: what is before it must be a folder.
fn parts(path: &str) -> Vec<String> {
    path.split('/').rev().map(str::to_owned).collect()
}
