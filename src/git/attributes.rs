//! Whether git writes the same bytes into the work tree as before: `.gitattributes` decides it, beside the files themselves.

use super::command::{GitError, command, failure, not_run, run};
use super::commit::Git;

/// The files of attributes in the whole repository.
const FILES: &str = ":(top,glob)**/.gitattributes";

/// The name of the merge driver of states.
pub(crate) const MERGE_DRIVER: &str = "offersync-state";

/// What makes the bytes on the disk others than those of the commit.
const CONVERSIONS: [&str; 4] = ["working-tree-encoding", "filter", "ident", "eol"];

/// What differs between a commit and the work tree in what git makes of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attributes {
    Same,
    Changed,
    /// The same files of the commit may have been other bytes on the disk.
    Converted,
}

impl Git<'_> {
    pub(crate) fn attributes_since(&self, commit: &str) -> Result<Attributes, GitError> {
        let changed = self.matched(&["diff-index", "--name-only", "--no-renames", "-z", commit, "--", FILES])?;
        let new = self.matched(&["ls-files", "--others", "-z", "--", FILES])?;
        let marks = self.matched(&["ls-files", "-v", "-z", "--", FILES])?;
        // Where a sparse checkout leaves one out, git takes that of its index.
        let is_right = |entry: &[u8]| entry.is_empty() || entry.starts_with(b"H ") || entry.starts_with(b"S ");
        let is_compared = marks.split(|byte| *byte == 0).all(is_right);
        if changed.is_empty() && new.is_empty() && is_compared {
            return Ok(Attributes::Same);
        }
        let listed = self.matched(&["ls-tree", "-r", "-z", "--full-tree", commit])?;
        let listed = String::from_utf8_lossy(&listed).into_owned();
        let mut objects = Vec::new();
        for entry in listed.split('\0') {
            if let Some((facts, path)) = entry.split_once('\t')
                && path.rsplit('/').next() == Some(".gitattributes")
                && let Some(object) = facts.split(' ').nth(2)
            {
                objects.push(super::commit::Blob::new(path.to_owned(), true, object));
            }
        }
        // One that this clone lacks may convert, too.
        let converts = |bytes: &Option<Vec<u8>>| {
            bytes.as_ref().is_none_or(|bytes| {
                let text = String::from_utf8_lossy(bytes);
                CONVERSIONS.iter().any(|word| text.contains(word))
            })
        };
        let is_converted = self.texts(&objects)?.iter().any(|(_, bytes)| converts(bytes));
        Ok(if is_converted { Attributes::Converted } else { Attributes::Changed })
    }

    /// The attribute by which git makes other bytes of the state than it has, or merges two states by another rule than offersync's own or
    /// a conflict, with its value: here, or on a machine whose file system does not tell upper from lower case, where patterns match
    /// names in any.
    pub(crate) fn conversion_of(&self, path: &str) -> Result<Option<String>, GitError> {
        match self.conversion(path, "core.ignoreCase=false")? {
            None => self.conversion(path, "core.ignoreCase=true"),
            found => Ok(found),
        }
    }

    fn conversion(&self, path: &str, setting: &str) -> Result<Option<String>, GitError> {
        // A conflict is for a person to see.
        let is_harmless = |facts: &&[&str]| {
            matches!(facts[2], "unspecified" | "unset")
                || facts[1] == "merge" && matches!(facts[2], "set" | "text" | "binary" | MERGE_DRIVER)
        };
        let attributes = ["working-tree-encoding", "filter", "ident", "merge"];
        let output =
            run(self.folder, &[&["-c", setting, "check-attr", "-z"], &attributes[..], &["--", path]].concat())?;
        if !output.status.success() {
            return Err(failure(self.folder, "git does not tell its attributes", &output));
        }
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        let parts: Vec<&str> = listed.split_terminator('\0').collect();
        let found = parts.chunks_exact(3).find(|facts| !is_harmless(facts));
        Ok(found.map(|facts| format!("{}={}", facts[1], facts[2])))
    }

    /// Runs a command whose paths are patterns.
    fn matched(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut command = command(self.folder, arguments);
        let output = command.env_remove("GIT_LITERAL_PATHSPECS").output().map_err(not_run)?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(failure(self.folder, "git does not compare its `.gitattributes`", &output))
    }
}
