//! Moves the ref of a store, and finds out whether that was done.
//!
//! Owns the rule for an answer that says nothing, or that refuses: the ref is read back. If it is at the commit, it was moved, whatever the
//! answer was; if it is at one that this writer has made before, the same commit is pushed again over that; if it is at another one, another
//! process has the store. Invariant: a commit is never given up for another one while it is not known whether it came there, except by
//! pushing over it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::fault_point;
use crate::git::{GitError, SharedRef};

/// How often a push is tried.
const ATTEMPTS: u32 = 4;

/// The wait before the second one; doubled each time.
const WAIT: Duration = Duration::from_secs(1);

/// Part of what git says where the remote does not take a push.
const REFUSED: &str = "[remote rejected]";

/// Why the ref was not moved, as far as is known.
#[derive(Debug)]
pub(super) enum NotMoved {
    /// It is at a commit of another process, or gone.
    Other(Option<String>),
    /// It was at the old commit when it was last read, or could not be read. A push may still arrive.
    Unknown(String),
}

/// Moves a ref.
#[derive(Debug)]
pub(super) struct RefWriter {
    pub(super) shared: SharedRef,
    /// Where the ref was last seen.
    at: Option<String>,
    /// Every commit that was pushed.
    own: BTreeSet<String>,
}

impl RefWriter {
    pub(super) fn new(shared: SharedRef, at: Option<String>) -> Self {
        Self { shared, at, own: BTreeSet::new() }
    }

    /// Where the ref is, as far as this writer knows.
    pub(super) fn at(&self) -> Option<&str> {
        self.at.as_deref()
    }

    /// Moves the ref to a commit.
    pub(super) fn push(&mut self, commit: &str) -> Result<(), NotMoved> {
        let start = self.at.clone();
        self.own.insert(commit.to_owned());
        let mut reason = String::new();
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(fault_point::shortened(WAIT * 2u32.pow(attempt - 1)));
            }
            match self.try_once(commit) {
                Ok(()) => {
                    self.at = Some(commit.to_owned());
                    return Ok(());
                }
                Err(error) => reason = error.to_string(),
            }
            match self.shared.tip() {
                Ok(Some(tip)) if tip == commit => {
                    self.at = Some(tip);
                    return Ok(());
                }
                // The remote has answered, and the ref is as it was: it refuses, and would do so again.
                Ok(tip) if tip == self.at && reason.contains(REFUSED) => return Err(NotMoved::Unknown(reason)),
                Ok(tip) if tip == start || tip.as_ref().is_some_and(|tip| self.own.contains(tip)) => self.at = tip,
                Ok(tip) => return Err(NotMoved::Other(tip)),
                Err(error) => reason = format!("{reason}; {error}"),
            }
        }
        Err(NotMoved::Unknown(reason))
    }

    fn try_once(&self, commit: &str) -> Result<(), GitError> {
        fault_point::reach("store.before-push").map_err(GitError::NotRun)?;
        self.shared.push(self.at.as_deref(), commit)?;
        // A reply that is lost.
        fault_point::reach("store.after-push").map_err(GitError::NotRun)
    }
}
