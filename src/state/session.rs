//! The state under its lock: recover, write the journal, publish.
//!
//! Owns the order of things on the disk. Knows no plan and no CAKE. Invariants: only a [`Session`] writes a state, and only
//! a [`Lock`] makes a session; a journal always begins on the state that is published, because opening a session publishes
//! what an interrupted one left; the old state and the journal stay until the new state is safely in place.

use std::sync::Arc;

use super::address;
use super::document::View;
use super::error::StateError;
use super::journal::{Header, Journal};
use super::lineage::Lineage;
use super::lock::Lock;
use super::store::{JOURNAL, Store};
use crate::disk::{self, Step};
use crate::offer::Recorded;

/// A state under its lock.
#[derive(Debug)]
pub struct Session {
    // Dropped first: the thread's last write is done before the lock is free.
    journal: Journal,
    lineage: Lineage,
    cake: String,
    recorded: Arc<Recorded>,
    /// The digest of the state's file; `None` where there is none yet.
    published: Option<String>,
    lock: Lock,
}

/// A state that is in place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its lineage.
    pub lineage: Lineage,
    /// The digest of its content.
    pub digest: String,
    /// Whether the file was written; not where nothing has changed.
    pub changed: bool,
}

impl Session {
    /// Opens a state: replays the journal of an interrupted run, publishes what comes of it, and starts a journal.
    ///
    /// A first state gets its lineage now and its file when it is published; until then the journal holds both. Where no
    /// address is configured, pass the one that [`Store::read`] found.
    pub fn open(lock: Lock, cake: &str) -> Result<Self, StateError> {
        let store = lock.store();
        // A folder that takes no new state is found out before the first request, not after the last.
        disk::prepare(store.file()).map_err(|source| store.not_published(Step::Create, source))?;
        let pair = store.locked_pair(cake)?;
        let left_over = pair.journal_length > 0;
        let published = pair.file.as_ref().map(super::StateDocument::digest);
        let (lineage, cake, recorded) = match store.merge_journal(pair)?.document {
            Some(document) => (document.lineage, document.cake, document.recorded),
            None => (store.first_lineage(), address::canonical(cake), Recorded::default()),
        };
        let recorded = Arc::new(recorded);
        let header = Header::new(lineage, &cake, published.clone());
        let journal = Journal::start(&store.journal_path(), header, Arc::clone(&recorded))
            .map_err(|source| StateError::Unreadable { path: store.beside_shown(JOURNAL), source })?;
        let mut session = Self { journal, lineage, cake, recorded, published, lock };
        if left_over {
            session.publish()?;
        }
        Ok(session)
    }

    /// What was recorded when the session was opened or last published.
    pub fn recorded(&self) -> Arc<Recorded> {
        Arc::clone(&self.recorded)
    }

    /// The state's name through all generations.
    pub fn lineage(&self) -> Lineage {
        self.lineage
    }

    /// The address of its CAKE, as it is recorded.
    pub fn cake(&self) -> &str {
        &self.cake
    }

    /// The digest of what [`Session::recorded`] is; also of a state that has no file yet.
    #[must_use]
    pub fn digest(&self) -> String {
        self.published.clone().unwrap_or_else(|| self.view(&self.recorded).digest())
    }

    /// The journal, to which everything goes first.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Who holds the lock: this process.
    pub fn lock(&self) -> &Lock {
        &self.lock
    }

    /// Puts what is recorded by now in the place of the state, keeps the old state as the previous generation, and then
    /// empties the journal. A write that is still under way is in doubt from here on.
    ///
    /// On an error everything is still there: the old state with its journal, or the new one.
    pub fn publish(&mut self) -> Result<Published, StateError> {
        let store = self.lock.store();
        let recorded = self.journal.settle().map_err(|source| store.contradiction(source))?;
        let digest = self.view(&recorded).digest();
        // An empty state is no news where there is none; the first offer brings it.
        let first = self.published.is_none() && *recorded == Recorded::default();
        let changed = self.published.as_ref() != Some(&digest) && !first;
        if changed {
            self.write(store, &recorded)?;
        }
        self.recorded = recorded;
        if changed {
            self.published = Some(digest.clone());
        }
        let header = Header::new(self.lineage, &self.cake, self.published.clone());
        self.journal
            .restart(header)
            .map_err(|source| StateError::JournalNotEmptied { path: store.beside_shown(JOURNAL), source })?;
        Ok(Published { lineage: self.lineage, digest, changed })
    }

    fn write(&self, store: &Store, recorded: &Recorded) -> Result<(), StateError> {
        let view = self.view(recorded);
        disk::replace_durably(store.file(), Some(&store.previous_path()), |file| view.write_to(file))
            .map_err(|(step, source)| store.not_published(step, source))
    }

    fn view<'a>(&'a self, recorded: &'a Recorded) -> View<'a> {
        View { lineage: self.lineage, cake: &self.cake, recorded }
    }
}
