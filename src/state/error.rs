//! Errors from reading, replaying and publishing the state. Each says what is wrong and where; [`StateError::help`] says
//! what to do.
//!
//! Owns the texts. Invariant: none of them advises to delete a state, because without it every offer would be created again.

use std::io;
use std::path::{Path, PathBuf};

use super::advice::{
    changed_help, damaged_copy_help, dropped_help, interrupted_elsewhere_help, journal_help, left_over_help,
    missing_help, not_replaceable_help, put_back_help, renamed_journal_help, tracked_help,
};
use super::backup::Backup;
use super::claim::ClaimError;
use super::damaged;
use super::journal::{JournalError, JournalParseErrorKind, ReplayError};
use super::lineage::Lineage;
use super::parse_error::{ParseErrorKind, Position};
use crate::disk::Step;

/// Why a state cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum StateError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// The file is not a valid state.
    #[error("{}: {kind}", place(path, *position))]
    Damaged {
        path: PathBuf,
        position: Option<Position>,
        /// What is wrong with it.
        #[source]
        kind: ParseErrorKind,
        /// A copy, if there is one.
        backup: Option<Box<Backup>>,
        /// The newest version in git that can be read, if there is one.
        committed: Option<Box<Version>>,
    },
    /// The state belongs to another CAKE instance.
    #[error("{}: the state is of the CAKE at {recorded}, but the configuration names {configured}", path.display())]
    WrongInstance { path: PathBuf, recorded: String, configured: String },
    /// There is no state, but there was one.
    #[error("{}: the state file is missing, but {}", path.display(), sign(path, trace.as_deref(), committed.as_deref()))]
    Missing {
        path: PathBuf,
        /// A file that is only there where there was a state: a copy, the journal or a link to the state.
        trace: Option<PathBuf>,
        /// A copy, if there is one.
        backup: Option<Box<Backup>>,
        /// What git has of it.
        committed: Option<Box<Committed>>,
    },
    /// Git has put an older state in the place of the one that the last apply on this machine has published.
    #[error(
        "{}: git has put the state back: what the last apply on this machine recorded is in no commit of a branch, and not in it",
        path.display()
    )]
    PutBack {
        path: PathBuf,
        /// What the last apply has published.
        copy: PathBuf,
        /// The command that brings it back.
        restore: String,
    },
    /// The copy of what the last apply on this machine has published cannot be read.
    #[error("{}: the copy of what the last apply on this machine recorded is damaged, so it is not known whether git has put the state back", path.display())]
    CopyDamaged {
        /// The copy.
        path: PathBuf,
    },
    /// Git has put another state in the place of one that was committed.
    #[error("{}: what was recorded of {offers}{} is not in this state: git has put another one in its place", path.display(), up_to(commit.as_deref()))]
    Dropped {
        path: PathBuf,
        /// The commit that brought that state.
        commit: Option<String>,
        /// The offers of which it has a later record.
        offers: String,
        /// The command that brings it back.
        restore: String,
    },
    /// A state that was committed, and whose place another one has taken, is not in this clone.
    #[error("{}: git has put another state in the place of a committed one, which is not in this clone", path.display())]
    DroppedElsewhere {
        path: PathBuf,
        /// The command that fetches it.
        fetch: String,
    },
    /// The history of the state is not in this clone.
    #[error("{}: git's history of the state is not in this clone, so it is not known whether there was a later one", path.display())]
    HistoryElsewhere {
        path: PathBuf,
        /// The command that fetches it.
        fetch: String,
    },
    /// A file that belongs to this machine came with the repository.
    #[error("{}: git tracks this file, which only an apply on this machine writes; it was not read", path.display())]
    Tracked { path: PathBuf },
    /// An apply in a work tree that was removed has recorded what is nowhere else.
    #[error(
        "{}: an apply in a work tree that was removed has recorded what this state does not have: {}", path.display(), found.display()
    )]
    LeftOver {
        path: PathBuf,
        /// What that apply has kept.
        found: PathBuf,
        /// The command that takes it over.
        restore: String,
    },
    /// An apply was interrupted in another work tree of the repository.
    #[error("{}: an apply was interrupted in another work tree, and what it sent may still take effect: {}", path.display(), state.display())]
    InterruptedElsewhere {
        path: PathBuf,
        /// The state there.
        state: PathBuf,
    },
    /// An apply was interrupted while the state had another name.
    #[error("{}: an apply was interrupted while this state had another name, and what it sent may still take effect: {}", path.display(), journal.display())]
    InterruptedUnderAnotherName {
        path: PathBuf,
        journal: PathBuf,
        /// Where its journal is now.
        own: PathBuf,
        /// The state of that journal, where it still has that name.
        state: Option<PathBuf>,
        /// Where the state is now.
        file: PathBuf,
    },
    /// The store that is the state's home was not read or written.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The journal has a line that is not valid.
    #[error("{}:{line}: {kind}", path.display())]
    JournalDamaged {
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        kind: JournalParseErrorKind,
    },
    /// The journal was started on another state.
    #[error(
        "{}: the journal belongs to another state (its lineage is {journal}, the state's is {state})",
        path.display()
    )]
    JournalOfAnotherState {
        path: PathBuf,
        /// The lineage that it names.
        journal: Lineage,
        state: Lineage,
    },
    /// The journal and the state contradict each other.
    #[error("{} and {} contradict each other: {source}", path.display(), journal.display())]
    Contradiction { path: PathBuf, journal: PathBuf, source: ReplayError },
    /// State and journal changed during every attempt to read them as a pair.
    #[error("{}: the state and its journal change too fast to be read together", path.display())]
    ReadContention { path: PathBuf },
    /// The new state could not replace the old one.
    #[error("{}: the new state could not be saved: {step}: {source}", path.display())]
    NotPublished {
        path: PathBuf,
        /// The journal, which holds everything that was done.
        journal: PathBuf,
        step: Step,
        source: io::Error,
    },
    /// The state cannot be replaced where it is, which was found out before the first write.
    #[error("{}: the state cannot be replaced, so nothing was started: {step}: {source}", path.display())]
    NotReplaceable { path: PathBuf, step: Step, source: io::Error },
    /// Another process replaced the state although this one holds its lock.
    #[error("{}: another process changed the state while this one held its lock; it was not overwritten", path.display())]
    Changed {
        path: PathBuf,
        /// The journal of this session.
        journal: PathBuf,
    },
    /// The new state is in place, but the journal could not be emptied.
    #[error("{}: the state is saved, but its journal could not be emptied: {source}", path.display())]
    JournalNotEmptied { path: PathBuf, source: JournalError },
}

/// A state that git has, and that is not on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// Where git has it, such as `at 1a2b3c4`.
    pub at: String,
    /// The command that brings it back, without losing what a copy has besides; none where the state of another project has come from it.
    pub restore: Option<String>,
    /// The command that shows who has committed it, where it is on another branch.
    pub log: Option<String>,
    /// Whether it is in the folder under another name.
    pub is_there: bool,
}

/// A version of a damaged state that git has, and that is not damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The command that brings it back.
    pub restore: String,
    /// Whether what was committed since is damaged, too.
    pub is_earlier: bool,
}

fn sign(path: &Path, trace: Option<&Path>, committed: Option<&Committed>) -> String {
    match (trace, committed) {
        (_, Some(Committed { at, .. })) => format!("git has it {at}"),
        (Some(trace), None) if trace == path => "there is a link to it".to_owned(),
        (Some(trace), None) => format!("{} exists", trace.display()),
        (None, None) => "there was one".to_owned(),
    }
}

fn place(path: &Path, position: Option<Position>) -> String {
    match position {
        Some(Position { line, column }) => format!("{}:{line}:{column}", path.display()),
        None => path.display().to_string(),
    }
}

fn up_to(commit: Option<&str>) -> String {
    commit.map_or_else(String::new, |commit| format!(" up to commit {commit}"))
}

impl StateError {
    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check that it is a regular file, not a folder or a named pipe, and that you may read it".to_owned(),
            Self::Damaged { path, kind, backup, committed, .. } => {
                damaged::help(path, kind, backup.as_deref(), committed.as_deref())
            }
            Self::WrongInstance { recorded, configured, .. } => format!(
                "a state is only good for the CAKE whose ids it holds. Set `cake.url` back to {recorded}, or give \
                 {configured} a state of its own with `state = \"…\"` in offersync.toml. If the same CAKE has moved to a \
                 new address, change `cake` in the state, then run `offersync state publish --accept-edit`"
            ),
            Self::Missing { path, backup, committed, .. } => missing_help(path, backup.as_deref(), committed.as_deref()),
            Self::PutBack { restore, .. } => put_back_help(restore),
            Self::CopyDamaged { path } => damaged_copy_help(path),
            Self::InterruptedElsewhere { state, .. } => interrupted_elsewhere_help(state),
            Self::InterruptedUnderAnotherName { journal, own, state, file, .. } => {
                renamed_journal_help(journal, own, state.as_deref(), file)
            }
            Self::Dropped { restore, .. } => dropped_help(restore),
            Self::HistoryElsewhere { fetch, .. } => format!("fetch it with `{fetch}`, and try again"),
            Self::DroppedElsewhere { fetch, .. } => format!("it may have later records. Fetch it with `{fetch}`, and try again"),
            Self::Tracked { path } => tracked_help(path),
            Self::LeftOver { restore, .. } => left_over_help(restore),
            Self::JournalDamaged { path, kind, .. } => journal_help(path, kind),
            Self::JournalOfAnotherState { path, .. } => format!(
                "it holds what an interrupted apply did, so that no id is lost. Bring back the state that it was written \
                 for and run `offersync apply`; or, if its offers are in this state already, move {} away",
                path.display()
            ),
            Self::Contradiction { journal, .. } => format!(
                "look up both in CAKE. Move {} away, but keep it: it names every offer that the interrupted apply created. For each \
                 of them that the state lacks and that is to stay, run `offersync state adopt KEY --offer-id N`; make the others \
                 inactive in CAKE",
                journal.display()
            ),
            Self::Claim(error) => error.help(),
            Self::ReadContention { .. } => "an apply is running; try again in a moment".to_owned(),
            Self::NotPublished { journal, step: Step::SyncFolder | Step::KeepCopy, .. } => format!(
                "nothing is lost: the new state is in place, and everything that was done, ids included, is in {} too. \
                 Fix the disk, then run `offersync apply` again: it continues from there",
                journal.display()
            ),
            Self::NotPublished { journal, .. } => format!(
                "nothing is lost: the old state is as it was, and everything that was done, ids included, is in {}. \
                 Free disk space or fix the folder's permissions, then run `offersync apply` again: it continues from there",
                journal.display()
            ),
            Self::NotReplaceable { step: Step::KeepPrevious | Step::KeepCopy, .. } => {
                "make that path one where this user may replace files: move what is there away if it is not a file. Then run the \
                 command again"
                    .to_owned()
            }
            Self::NotReplaceable { source, .. } => not_replaceable_help(source),
            Self::Changed { journal, .. } => changed_help(journal),
            Self::JournalNotEmptied { .. } => {
                "nothing is lost: what the journal says is in the state already, and replaying it again changes nothing. \
                 Fix the disk, then run `offersync apply` again"
                    .to_owned()
            }
        }
    }
}
