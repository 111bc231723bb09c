//! Why a state cannot be read or written, in words for somebody who is tired and afraid for their offers.
//!
//! Owns the texts. Each says what is wrong and where ([`StateError::problem`]) and what to do ([`StateError::help`]); shown
//! as text it is both. None of them advises to delete a state: without it every offer would be created again.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::journal::{JournalError, JournalParseErrorKind, ReplayError};
use super::lineage::Lineage;
use super::reading::{ParseErrorKind, Position};
use crate::disk::Step;

/// Why a state cannot be read or written.
#[derive(Debug)]
pub enum StateError {
    /// A file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The state is not one.
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it.
        position: Option<Position>,
        /// Why.
        damage: ParseErrorKind,
        /// The previous generation, if there is one.
        previous: Option<PathBuf>,
    },
    /// The state belongs to another CAKE.
    WrongInstance {
        /// The file.
        path: PathBuf,
        /// Its address.
        recorded: String,
        /// The configured address.
        configured: String,
    },
    /// There is no state, but traces of one.
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// The previous generation or the journal, which is there.
        trace: PathBuf,
    },
    /// The journal is not one.
    JournalDamaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// Why.
        damage: JournalParseErrorKind,
    },
    /// The journal was begun on another state.
    JournalOfAnotherState {
        /// The journal.
        path: PathBuf,
        /// The lineage that it names.
        journal: Lineage,
        /// The state's lineage.
        state: Lineage,
    },
    /// The journal and the state contradict each other.
    Contradiction {
        /// The state.
        path: PathBuf,
        /// The journal.
        journal: PathBuf,
        /// How.
        source: ReplayError,
    },
    /// The files never held still long enough to be read as a pair.
    ReadContention {
        /// The state.
        path: PathBuf,
    },
    /// The new state could not be put in the place of the old one.
    NotPublished {
        /// The state.
        path: PathBuf,
        /// The journal, which has everything that was done.
        journal: PathBuf,
        /// How far it got.
        step: Step,
        /// Why.
        source: io::Error,
    },
    /// The new state is in place, but the journal could not be emptied.
    JournalNotEmptied {
        /// The journal.
        path: PathBuf,
        /// Why.
        source: JournalError,
    },
}

impl StateError {
    /// What is wrong, and where.
    #[must_use]
    pub fn problem(&self) -> String {
        match self {
            Self::Unreadable { path, source } => format!("{}: cannot be read: {source}", path.display()),
            Self::Damaged { path, position: Some(at), damage, .. } => {
                format!("{}:{}:{}: {damage}", path.display(), at.line, at.column)
            }
            Self::Damaged { path, damage, .. } => format!("{}: {damage}", path.display()),
            Self::WrongInstance { path, recorded, configured } => format!(
                "{}: the state is of the CAKE at {recorded}, but the configuration names {configured}",
                path.display()
            ),
            Self::Missing { path, trace } => {
                format!("{}: the state is not there, but it was once: {} is", path.display(), trace.display())
            }
            Self::JournalDamaged { path, line, damage } => format!("{}:{line}: {damage}", path.display()),
            Self::JournalOfAnotherState { path, journal, state } => format!(
                "{}: the journal belongs to another state (its lineage is {journal}, the state's is {state})",
                path.display()
            ),
            Self::Contradiction { path, journal, source } => {
                format!("{} and {} contradict each other: {source}", path.display(), journal.display())
            }
            Self::ReadContention { path } => {
                format!("{}: the state and its journal change too fast to be read together", path.display())
            }
            Self::NotPublished { path, step, source, .. } => {
                format!("{}: the new state could not be saved: {step}: {source}", path.display())
            }
            Self::JournalNotEmptied { path, source } => {
                format!("{}: the state is saved, but its journal could not be emptied: {source}", path.display())
            }
        }
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check that the file is there and that you may read it".to_owned(),
            Self::Damaged { path, damage, previous, .. } => damage_help(path, damage, previous.as_ref()),
            Self::WrongInstance { recorded, configured, .. } => format!(
                "a state is only good for the CAKE whose ids it holds. Set `cake.url` back to {recorded}, or give \
                 {configured} a state of its own with `state = \"…\"` in offersync.toml. If the same CAKE has moved to a \
                 new address, change `cake` in the state"
            ),
            Self::Missing { path, trace } => format!(
                "bring it back with `git checkout -- {}`{}. Without it offersync would create every offer again. Only if you \
                 do want to begin anew, move {} away too",
                path.display(),
                if trace.extension().is_some_and(|name| name == "previous") {
                    format!(", or the one before the last apply with `cp {} {}`", trace.display(), path.display())
                } else {
                    String::new()
                },
                trace.display()
            ),
            Self::JournalDamaged { path, damage, .. } => journal_help(path, damage),
            Self::JournalOfAnotherState { path, .. } => format!(
                "it holds what an interrupted apply did, so that no id is lost. Bring back the state that it was written \
                 for and run `offersync apply`; or, if its offers are in this state already, move {} away",
                path.display()
            ),
            Self::Contradiction { journal, .. } => format!(
                "compare the offers with CAKE. If the state is right, move {} away; if the journal is right, correct the \
                 state with `offersync state rm` and run `offersync apply`",
                journal.display()
            ),
            Self::ReadContention { .. } => "an apply is at work; try again in a moment".to_owned(),
            Self::NotPublished { journal, step: Step::SyncFolder, .. } => format!(
                "nothing is lost: the new state is in place, and everything that was done, ids included, is in {} too. \
                 Mend the disk, then run `offersync apply` again: it goes on from there",
                journal.display()
            ),
            Self::NotPublished { journal, .. } => format!(
                "nothing is lost: the old state is as it was, and everything that was done, ids included, is in {}. \
                 Make room or mend the folder's permissions, then run `offersync apply` again: it goes on from there",
                journal.display()
            ),
            Self::JournalNotEmptied { .. } => {
                "nothing is lost: what the journal says is in the state already, and saying it twice changes nothing. \
                 Mend the disk, then run `offersync apply` again"
                    .to_owned()
            }
        }
    }
}

fn damage_help(path: &std::path::Path, damage: &ParseErrorKind, previous: Option<&PathBuf>) -> String {
    let state = path.display();
    let copy = match previous {
        Some(previous) => format!(", or the one before the last apply with `cp {} {state}`", previous.display()),
        None => String::new(),
    };
    let restore = format!(
        "bring back the committed one with `git checkout -- {state}`{copy}. An older state does not know what was created \
         since: `offersync import` brings those offers back"
    );
    match damage {
        ParseErrorKind::Empty | ParseErrorKind::CutShort => {
            format!("{restore}. Do not delete it: without it offersync would create every offer again")
        }
        ParseErrorKind::ConflictMarkers => format!(
            "resolve the conflict so that each key has the id that CAKE gave it, or let `offersync state merge` do it \
             (`offersync init` sets it up as git's merge driver); `git checkout --conflict=merge -- {state}` begins anew"
        ),
        ParseErrorKind::Newer(_) => "upgrade offersync to the version that your colleagues or your CI use".to_owned(),
        ParseErrorKind::OtherFormat(_) => {
            format!("check `state` in offersync.toml: it must name the state. If it does, {restore}")
        }
        ParseErrorKind::Unreadable(_) | ParseErrorKind::UnknownVersion(_) => {
            format!("if somebody edited it, undo that; otherwise {restore}")
        }
        ParseErrorKind::RepeatedKey(key) => format!(
            "a merge may have kept both sides. Look up in CAKE which offer is `{key}`'s and remove the other record, or \
             {restore}"
        ),
        ParseErrorKind::SharedId { first, second, offer_id } => format!(
            "an offer belongs to one key. Look up offer {offer_id} in CAKE and remove the record of the wrong one of \
             `{first}` and `{second}`, or {restore}"
        ),
        ParseErrorKind::RepeatedId { offer_id, .. } => {
            format!("remove the offer {offer_id} from the record's `replaced`, or {restore}")
        }
    }
}

fn journal_help(path: &std::path::Path, damage: &JournalParseErrorKind) -> String {
    match damage {
        JournalParseErrorKind::Newer(_) | JournalParseErrorKind::Unknown(_) => {
            "a later offersync wrote it: finish the interrupted apply with that one, or upgrade this one".to_owned()
        }
        JournalParseErrorKind::OtherFormat | JournalParseErrorKind::Broken => format!(
            "the lines before it are good and hold what an interrupted apply did. Keep a copy of {}, delete this line and \
             all that follow, and run `offersync plan`. Before you apply, look in CAKE for the offers that the deleted \
             lines name: `offersync import` records those that are there",
            path.display()
        ),
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.problem(), self.help())
    }
}

impl std::error::Error for StateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { source, .. } | Self::NotPublished { source, .. } => Some(source),
            Self::Contradiction { source, .. } => Some(source),
            Self::JournalNotEmptied { source, .. } => Some(source),
            Self::Damaged { damage, .. } => Some(damage),
            Self::JournalDamaged { damage, .. } => Some(damage),
            Self::WrongInstance { .. }
            | Self::Missing { .. }
            | Self::JournalOfAnotherState { .. }
            | Self::ReadContention { .. } => None,
        }
    }
}
