//! Why an operation failed: the errors of the rooms, gathered. What each means to a user is in [`diagnose`](super::diagnose).

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::apply::{Difference, Duplicate};
use crate::cake::ReadFailure;
use crate::config::NameEditError;
use crate::diagnostic::Diagnostic;
use crate::forge::ForgeError;
use crate::git::GitError;
use crate::links::LinkClientError;
use crate::offer::{Key, OfferId};
use crate::state::merge::Conflict;
use crate::state::{ClaimError, JournalError, LockError, ParseErrorKind, StateError};

use super::apply::SavedPlanError;
use super::ci::NotPushed;
use super::connect::ConnectError;
use super::state::StateChangeError;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the text of each error says what its members are")]
pub enum Error {
    /// The configuration or the offers are invalid; at least one of the diagnostics is an error.
    #[error("the configuration or the offers are invalid")]
    Invalid(Vec<Diagnostic>),
    /// None of the configured environments was chosen, or one that is not there.
    #[error("{}", .0.message)]
    Environment(Box<Diagnostic>),
    /// The caller asked for something that makes no sense.
    #[error("{message}")]
    Usage { message: String, help: Option<String> },
    /// An edit has no value for some offers; one diagnostic for each.
    #[error("an edit has no value for some offers")]
    NoValue(Vec<Diagnostic>),
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried, such as `write`.
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    /// The state cannot be read or published.
    #[error(transparent)]
    State(#[from] StateError),
    /// The state's lock cannot be taken.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The store in which the state lives was not claimed, read or written.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The journal cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A change of the state by hand is not possible.
    #[error(transparent)]
    StateChange(#[from] StateChangeError),
    /// Two states cannot be merged.
    #[error("the states cannot be merged")]
    Merge(Vec<Conflict>),
    /// CAKE cannot be reached at all: no key, no client, or no sandbox.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// CAKE's list of offers could not be read whole.
    #[error(transparent)]
    Listing(#[from] ReadFailure),
    /// CAKE's list of advertisers could not be read whole.
    #[error("{}", .0.describe("advertisers"))]
    AdvertiserListing(ReadFailure),
    /// Names cannot be written into the configuration.
    #[error(transparent)]
    NameEdit(#[from] NameEditError),
    /// The configuration is not as it was read.
    #[error("{} was changed while names were read from CAKE", .0.display())]
    ConfigChanged(PathBuf),
    /// Links cannot be followed.
    #[error(transparent)]
    LinkClient(#[from] LinkClientError),
    /// The service of CI was not asked, or did not do it.
    #[error(transparent)]
    Forge(#[from] ForgeError),
    /// A state is not on the branch that it belongs to.
    #[error("{}", .0.message)]
    NotPushed(Box<NotPushed>),
    /// Git could not answer.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A saved plan cannot be carried out.
    #[error(transparent)]
    SavedPlan(#[from] SavedPlanError),
    /// Offers that would be created exist in CAKE.
    #[error("offers that would be created exist in CAKE")]
    Exists(Vec<Duplicate>),
    /// CAKE's listing hides recorded offers, so it does not prove that an offer is not there.
    #[error("CAKE's listing does not show every recorded offer")]
    Hidden(Vec<(Key, OfferId)>),
    /// CAKE shows recorded offers otherwise than they were recorded.
    #[error("CAKE shows recorded offers otherwise than they were recorded")]
    Differs(Vec<Difference>),
    /// Changes that were made in CAKE would be overwritten without review.
    #[error("changes made in CAKE would be overwritten")]
    Overwrites(BTreeSet<Key>),
    /// An apply is refused because of what git knows of the files; at least one diagnostic says why.
    #[error("git does not have the files in a state that can be applied")]
    Unready(Vec<Diagnostic>),
    /// A state is not moved, because something would be lost.
    #[error("the state was not moved")]
    NotMoved(Box<Diagnostic>),
    /// The plan was shown and not confirmed.
    #[error("cancelled")]
    NotConfirmed,
    /// A signal ended the operation before it changed anything.
    #[error("interrupted {0}")]
    Interrupted(&'static str),
    /// The clock of the machine is set to a time that nothing can be dated by.
    #[error("the clock of this machine is set to a time before 1970 or after 9998")]
    Clock,
    /// The operating system does not let the program wait for the network and the clock.
    #[error("the command cannot be started: {0}")]
    Start(io::Error),
    /// What should not happen.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// A file could not be read or written.
    pub(crate) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { action, path: path.to_owned(), source }
    }

    /// The caller asked for something that makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), help: None }
    }

    /// Whether it is about a state that a person has to look at, not one that cannot be read.
    pub(crate) fn is_refused_state(&self) -> bool {
        let Self::State(error) = self else { return false };
        matches!(
            error,
            StateError::Missing { .. }
                | StateError::PutBack { .. }
                | StateError::CopyDamaged { .. }
                | StateError::Dropped { .. }
                | StateError::DroppedElsewhere { .. }
                | StateError::HistoryElsewhere { .. }
                | StateError::Tracked { .. }
                | StateError::LeftOver { .. }
                | StateError::InterruptedElsewhere { .. }
                | StateError::InterruptedUnderAnotherName { .. }
                | StateError::Damaged {
                    kind: ParseErrorKind::Edited | ParseErrorKind::NoDigest | ParseErrorKind::MaybeNoDigest { .. },
                    ..
                }
        )
    }
}
