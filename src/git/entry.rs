//! The files that git holds in its index, as `git ls-files` lists them.

use std::borrow::Cow;

use super::commit::Blob;

/// A file, link, submodule or folder in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// Its path from the top of the work tree.
    path: &'a [u8],
    pub(crate) kind: EntryKind,
    pub(crate) mark: Mark,
    object: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    File,
    Link,
    Submodule,
    /// A folder outside a sparse checkout, whose files the index does not name one by one.
    Folder,
}

/// What git does with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    /// It is on the disk, unless a person has deleted it.
    Plain,
    /// Git leaves it out of the work tree: a sparse checkout.
    SkipWorktree,
    /// Git does not look whether it has changed.
    AssumeUnchanged,
    /// A merge could not decide what it is.
    Unmerged,
}

/// The answer of `git ls-files -v -s -z`.
#[derive(Debug, Default)]
pub(crate) struct Entries(pub(super) Vec<u8>);

impl Entries {
    /// The entries, in the order of their paths; `None` for one that cannot be understood.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Option<Entry<'_>>> {
        self.0.split(|byte| *byte == 0).filter(|line| !line.is_empty()).map(Entry::parse)
    }
}

impl<'a> Entry<'a> {
    /// `MARK MODE OBJECT STAGE<tab>PATH`
    fn parse(line: &'a [u8]) -> Option<Self> {
        let tab = line.iter().position(|byte| *byte == b'\t')?;
        let facts = std::str::from_utf8(&line[..tab]).ok()?;
        let mut facts = facts.split(' ');
        let (mark, mode, object) = (facts.next()?, facts.next()?, facts.next()?);
        let kind = match mode {
            "120000" => EntryKind::Link,
            "160000" => EntryKind::Submodule,
            "040000" => EntryKind::Folder,
            _ => EntryKind::File,
        };
        let mark = match mark {
            "M" => Mark::Unmerged,
            "S" | "s" => Mark::SkipWorktree,
            mark if mark.chars().all(char::is_lowercase) => Mark::AssumeUnchanged,
            _ => Mark::Plain,
        };
        let path = &line[tab + 1..];
        Some(Self { path: path.strip_suffix(b"/").unwrap_or(path), kind, mark, object })
    }

    /// Its path from the top of the work tree, `/`-separated.
    pub(crate) fn path(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.path)
    }

    /// What the index has of it.
    pub(crate) fn blob(&self) -> Blob {
        Blob::new(self.path().into_owned(), self.kind == EntryKind::File, self.object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = "9fbc6efb953a5442a05079088f73d62166890c42";

    #[test]
    fn an_entry_is_read_with_what_git_does_with_it() {
        let entry = |path, kind, mark| Some(Entry { path, kind, mark, object: OBJECT });
        let line = |start: &str, path: &str| format!("{start} {OBJECT} 0\t{path}\0");
        let answer = [
            line("H 100644", "offers/a b.yaml"),
            line("h 100755", "offers/b.yaml"),
            line("S 040000", "offers/zen/"),
            line("s 120000", "offers/link"),
            line("M 100644", "offers/m.yaml"),
            line("H 160000", "offers/sub"),
            "unknown\0".to_owned(),
        ];
        let entries = Entries(answer.concat().into_bytes());
        let expected = [
            entry(b"offers/a b.yaml", EntryKind::File, Mark::Plain),
            entry(b"offers/b.yaml", EntryKind::File, Mark::AssumeUnchanged),
            entry(b"offers/zen", EntryKind::Folder, Mark::SkipWorktree),
            entry(b"offers/link", EntryKind::Link, Mark::SkipWorktree),
            entry(b"offers/m.yaml", EntryKind::File, Mark::Unmerged),
            entry(b"offers/sub", EntryKind::Submodule, Mark::Plain),
            None,
        ];
        assert_eq!(entries.iter().collect::<Vec<_>>(), expected);
    }
}
