//! Puts versions in the place of older ones, and finds out whether that was done.
//!
//! Owns the rule for an answer that says nothing, or that refuses: the home is asked which version it is at. If it is at the new one, that
//! was done, whatever the answer was; if it is at one that this writer has made before, the same version is written again over that; if it
//! is at another one, another process has the store. One that was removed is put back, where the new version brings all its pieces. Invariant: a version is never given up for another one while it is not known whether it
//! came there, except by writing over it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::fault_point;

use super::home::{Home, HomeError, Kind, Prepared};

/// How often a version is written.
const ATTEMPTS: u32 = 4;

/// The wait before the second attempt; doubled each time.
const WAIT: Duration = Duration::from_secs(1);

/// Why a version is not in its place, as far as is known.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// A version of another process is there, or none any more.
    Other(Option<String>),
    /// The old version was there when the home was last asked, or it did not answer. The new one may still arrive.
    Unknown(HomeError),
}

/// Writes versions to a home.
#[derive(Debug)]
pub(super) struct VersionWriter {
    pub(super) home: Arc<dyn Home>,
    /// The version that was last seen there.
    at: Option<String>,
    /// Every version that this writer has sent.
    own: BTreeSet<String>,
}

impl VersionWriter {
    pub(super) fn new(home: Arc<dyn Home>, at: Option<String>) -> Self {
        Self { home, at, own: BTreeSet::new() }
    }

    /// The version that is there, as far as this writer knows.
    pub(super) fn at(&self) -> Option<&str> {
        self.at.as_deref()
    }

    /// Puts a version in the place of the last one.
    pub(super) fn write(&mut self, version: &Prepared) -> Result<(), NotWritten> {
        let start = self.at.clone();
        self.own.insert(version.id.clone());
        let mut error = HomeError::new(Kind::Unclear, "");
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                std::thread::sleep(fault_point::shortened(WAIT * 2u32.pow(attempt - 1)));
            }
            match self.try_once(version) {
                Ok(()) => {
                    self.at = Some(version.id.clone());
                    return Ok(());
                }
                Err(failed) => error = failed,
            }
            match self.home.tip() {
                Ok(Some(tip)) if tip == version.id => {
                    self.at = Some(tip);
                    return Ok(());
                }
                // The home has answered, and is as it was: it refuses, and would do so again.
                Ok(tip) if tip == self.at && error.kind == Kind::Refused => return Err(NotWritten::Unknown(error)),
                Ok(tip) if tip == start || tip.as_ref().is_some_and(|tip| self.own.contains(tip)) => self.at = tip,
                // A person has removed it. Put back, it is what it was, unless another process has begun anew by then.
                Ok(None) if self.home.keeps_pieces() => self.at = None,
                Ok(tip) => return Err(NotWritten::Other(tip)),
                Err(second) => error = HomeError { reason: format!("{error}; {second}"), ..error },
            }
        }
        Err(NotWritten::Unknown(error))
    }

    fn try_once(&self, version: &Prepared) -> Result<(), HomeError> {
        let failed = |error: std::io::Error| HomeError::new(Kind::Unclear, error.to_string());
        fault_point::reach("store.before-push").map_err(failed)?;
        self.home.replace(self.at.as_deref(), version)?;
        // A reply that is lost.
        fault_point::reach("store.after-push").map_err(failed)
    }
}
