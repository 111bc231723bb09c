//! Opening the state for writing: takes the lock, waiting for it where asked, and replays what an interrupted run left.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::cake::Cancellation;
use crate::state::{LockError, LockedStore, Session, Store};
use crate::words::count;

use super::connect::Control;
use super::error::Error;
use super::repository::Repository;
use super::shared;
use super::store::{load, refuse_left_over, refuse_put_back, store, superseded, with_version};
use super::variable;

/// How often a lock that another process holds is tried again.
const LOCK_POLL: Duration = Duration::from_millis(50);

/// Takes the lock of the repository's state and opens the state.
pub(crate) async fn open_session(
    repository: &Repository,
    lock_timeout: Duration,
    cancellation: &Cancellation,
) -> Result<Session, Error> {
    open(repository, store(repository)?, lock_timeout, cancellation).await
}

async fn open(
    repository: &Repository,
    store: Store,
    lock_timeout: Duration,
    cancellation: &Cancellation,
) -> Result<Session, Error> {
    if let Some(shared) = &repository.shared {
        // Where a file lies there besides, nothing is claimed.
        load(repository, &store, Some(&repository.cake))?;
        let locked = shared::claim(shared, repository.settings.cake.timeout, lock_timeout, cancellation).await?;
        return Ok(Session::open(locked, &repository.cake)?);
    }
    // A first state must not take the place of one that was lost; not even a lock is made there.
    let refuse_lost =
        || if store.file().exists() { Ok(()) } else { load(repository, &store, Some(&repository.cake)).map(drop) };
    refuse_lost()?;
    let locking = lock(&store, lock_timeout);
    let Some(lock) = cancellation.stop.run_until_cancelled(locking).await else {
        return Err(Error::Interrupted("while another apply was waited for"));
    };
    let lock = lock?;
    refuse_lost()?;
    if !store.is_accepted() {
        // Before the session publishes anything: the copy of what was recorded last would be the next thing that is lost.
        refuse_put_back(repository, &store)?;
    }
    store.refuse_interrupted_elsewhere(&repository.cake)?;
    let session = Session::open(lock, &repository.cake).map_err(|error| with_version(&store, error))?;
    if store.has_removed_places() {
        let state = session.document();
        if !store.is_accepted() {
            refuse_left_over(&store, Some(&state))?;
        }
        store.put_left_over_away(&state);
    }
    Ok(session)
}

/// Saves what an interrupted apply left in its journal. Returns how many offers are recorded. With `accept_edit`, a state that was
/// edited, or put back by git, is taken as it is.
pub(crate) async fn publish_state(
    repository: &Repository,
    accept_edit: bool,
    lock_timeout: Duration,
    control: Control<'_>,
) -> Result<String, Error> {
    let store = store(repository)?;
    let store = if accept_edit {
        {
            let older = superseded(repository, &store)?;
            store.accepted_over(older)
        }
    } else {
        store
    };
    let session = open(repository, store, lock_timeout, control.cancellation).await?;
    Ok(count(session.recorded().offers.len(), "offer"))
}

/// Waits here rather than in the lock, so that a signal ends the wait.
pub(super) async fn lock(store: &Store, timeout: Duration) -> Result<LockedStore, LockError> {
    // A timeout beyond what the clock can count never ends.
    let end = Instant::now().checked_add(timeout);
    loop {
        match store.lock(Duration::ZERO, &variable) {
            Err(LockError::Locked { .. }) if end.is_none_or(|end| Instant::now() < end) => sleep(LOCK_POLL).await,
            Err(LockError::Locked { path, holder, .. }) => {
                return Err(LockError::Locked { path, holder, waited: timeout });
            }
            taken => return taken,
        }
    }
}
