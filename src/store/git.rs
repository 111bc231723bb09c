//! A home in git: a ref of a remote. A version is a commit without parents, and its pieces are the commit's files.
//!
//! Owns which commands do what. Invariant: the ref is only ever moved from a commit that was seen there.

use std::path::Path;
use std::time::Duration;

use crate::fault_point::shortened;
use crate::git::{GitError, RemoteSetting, SharedRef};
use crate::state::Rhythm;

use super::contents::{Contents, HEAD};
use super::head::Head;
use super::home::{Found, Home, HomeError, Kind, Prepared};

/// The longest time without a version. Three a minute, of the six that hosts advise.
const RENEWAL: Duration = Duration::from_secs(20);

/// The shortest time between two versions with intents: a replace has two, one after the other.
const GAP: Duration = Duration::from_secs(5);

/// Part of what git says where the remote does not take a push.
const REFUSED: &str = "[remote rejected]";

/// A ref of a remote.
#[derive(Debug)]
pub(super) struct GitHome {
    shared: SharedRef,
}

impl GitHome {
    /// The ref of a remote of the repository that the folder is in.
    pub(super) fn open(
        folder: &Path,
        remote: (&str, Option<RemoteSetting>),
        name: &str,
        private: &Path,
    ) -> Result<Self, HomeError> {
        Ok(Self { shared: SharedRef::open(folder, remote, name, private)? })
    }
}

impl From<GitError> for HomeError {
    fn from(error: GitError) -> Self {
        let reason = error.to_string();
        Self::new(if reason.contains(REFUSED) { Kind::Refused } else { Kind::Unclear }, reason)
    }
}

impl Home for GitHome {
    fn rhythm(&self) -> Rhythm {
        let renewal = shortened(RENEWAL);
        Rhythm { renewal, outcomes: renewal, gap: shortened(GAP) }
    }

    fn probe(&self) -> Result<(), HomeError> {
        // Moving a ref from one commit to another is what a push with a lease is.
        Ok(())
    }

    fn tip(&self) -> Result<Option<String>, HomeError> {
        Ok(self.shared.tip()?)
    }

    fn version(&self, id: &str) -> Result<Option<Found>, HomeError> {
        if !self.shared.fetch(id)? {
            return Ok(None);
        }
        let files = self.shared.files(id)?;
        let mut head = Vec::new();
        if let Some((_, object)) = files.iter().find(|(name, _)| name == HEAD) {
            self.shared.blobs(&[object], |bytes| head = bytes)?;
        }
        Ok(Some(Found { head, contents: Contents::of(files) }))
    }

    fn read(&self, pieces: &[&str], take: &mut dyn FnMut(Vec<u8>)) -> Result<(), HomeError> {
        Ok(self.shared.blobs(pieces, take)?)
    }

    fn write(&self, pieces: &[&[u8]]) -> Result<Vec<String>, HomeError> {
        Ok(self.shared.write(pieces)?)
    }

    fn keeps_pieces(&self) -> bool {
        true
    }

    fn prepare(&self, head: &Head, contents: &Contents) -> Result<Prepared, HomeError> {
        let bytes = head.emit().map_err(|error| HomeError::new(Kind::Refused, error.to_string()))?;
        let object = self.shared.write(&[&bytes])?.pop().unwrap_or_default();
        let message = format!("offersync: state and journal, epoch {}", head.epoch);
        let id = self.shared.commit(&contents.with_head(object), &message)?;
        Ok(Prepared { id, body: Vec::new() })
    }

    fn replace(&self, from: Option<&str>, to: &Prepared) -> Result<(), HomeError> {
        Ok(self.shared.push(from, &to.id)?)
    }

    fn remove(&self, _pieces: Vec<String>) {
        // Git does that itself.
    }
}
