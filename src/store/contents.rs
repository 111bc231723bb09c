//! The files of a version: which there are, and in which order they are put together.
//!
//! | file | what |
//! |---|---|
//! | `claim.json` | the head |
//! | `journal.00000`, … | the journal since the state was published; none between two applies |
//! | `state.00000`, … | the state; none before the first offer |

use std::path::{Path, PathBuf};

pub(super) const HEAD: &str = "claim.json";
pub(super) const JOURNAL: &str = "journal";
pub(super) const STATE: &str = "state";

/// A file of a version: its name, and git's name of its bytes.
pub(super) type Entry = (String, String);

/// The files of a version, without its head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) journal: Vec<Entry>,
    pub(super) state: Vec<Entry>,
}

impl Contents {
    /// Sorts the files of a commit; what else is there is not offersync's.
    pub(super) fn of(mut files: Vec<Entry>) -> Self {
        files.sort();
        let of_kind = |kind: &str| {
            let is_of = |name: &str| name.split_once('.').is_some_and(|(stem, _)| stem == kind);
            files.iter().filter(|(name, _)| name != HEAD && is_of(name)).cloned().collect()
        };
        Self { journal: of_kind(JOURNAL), state: of_kind(STATE) }
    }

    /// The files of the next version, in the order that git wants, which is that of their names.
    pub(super) fn with_head(&self, object: String) -> Vec<Entry> {
        let head = std::iter::once((HEAD.to_owned(), object));
        head.chain(self.journal.iter().cloned()).chain(self.state.iter().cloned()).collect()
    }
}

pub(super) fn name_of(kind: &str, number: usize) -> String {
    format!("{kind}.{number:05}")
}

/// The state and the journal as files of this machine.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    pub(super) state: PathBuf,
    pub(super) journal: PathBuf,
    /// Where pieces are written for git to take.
    pub(super) pieces: PathBuf,
}

impl Paths {
    pub(super) fn below(folder: &Path) -> Self {
        let state = folder.join("offersync.state.json");
        let journal = folder.join("offersync.state.json.journal");
        Self { state, journal, pieces: folder.join("pieces") }
    }
}
