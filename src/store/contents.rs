//! The pieces of a version: which there are, and in which order they are put together.
//!
//! As files of a commit they are called as follows; in an object store, the head lists them.
//!
//! | file | what |
//! |---|---|
//! | `claim.json` | the head |
//! | `journal.00000`, … | the journal since the state was published; none between two applies |
//! | `state.00000`, … | the state; none before the first offer |

use std::collections::HashSet;
use std::path::{Path, PathBuf};

pub(super) const HEAD: &str = "claim.json";
const JOURNAL: &str = "journal";
const STATE: &str = "state";

/// The pieces of a version, by the names that their home gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) journal: Vec<String>,
    pub(super) state: Vec<String>,
}

impl Contents {
    /// Sorts the files of a commit, given by name and object; what else is there is not offersync's.
    pub(super) fn of(mut files: Vec<(String, String)>) -> Self {
        files.sort();
        let of_kind = |kind: &str| {
            let is_of = |name: &str| name.split_once('.').is_some_and(|(stem, _)| stem == kind);
            files.iter().filter(|(name, _)| is_of(name)).map(|(_, object)| object.clone()).collect()
        };
        Self { journal: of_kind(JOURNAL), state: of_kind(STATE) }
    }

    /// The files of the next version, in the order that git wants, which is that of their names.
    pub(super) fn with_head(&self, object: String) -> Vec<(String, String)> {
        let named = |kind: &'static str, pieces: &[String]| {
            let pieces = pieces.iter().cloned().enumerate();
            pieces.map(move |(number, piece)| (format!("{kind}.{number:05}"), piece)).collect::<Vec<_>>()
        };
        let head = (HEAD.to_owned(), object);
        [vec![head], named(JOURNAL, &self.journal), named(STATE, &self.state)].concat()
    }

    /// Every piece.
    pub(super) fn pieces(&self) -> HashSet<&str> {
        self.journal.iter().chain(&self.state).map(String::as_str).collect()
    }
}

/// The state and the journal as files of this machine.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    pub(super) state: PathBuf,
    pub(super) journal: PathBuf,
}

impl Paths {
    pub(super) fn below(folder: &Path) -> Self {
        let state = folder.join("offersync.state.json");
        let journal = folder.join("offersync.state.json.journal");
        Self { state, journal }
    }
}
