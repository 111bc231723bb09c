//! `state pull`, `push`, `migrate`, `release`, `status` and `path`: the state as a document that goes from one home to another.
//!
//! Invariants: a state takes the place of another one only where it is of the same lineage and is built on all that the other one has; where
//! it comes from, it stays until a person removes it; what an interrupted apply left is in it, as creates in doubt.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::StoreAddress;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::disk;
use crate::offer::{InDoubtCreate, Key, OfferId, Recorded};
use crate::source::SourcePath;
use crate::state::{Holder, LockedStore, ParseError, Session, StateDocument, address};
use crate::words::count;

use super::connect::Control;
use super::error::Error;
use super::recorded::read_recorded;
use super::repository::Repository;
use super::session::{lock, open_session};
use super::shared;
use super::store::{file_store, store};

/// Where the state lives, who has it, and what is in it.
#[derive(Debug)]
pub(crate) struct StateStatus {
    /// The store or the file.
    pub(crate) home: String,
    /// The ref, or the object, that is at the present version.
    pub(crate) reference: Option<String>,
    /// How many claims there were.
    pub(crate) epoch: Option<u64>,
    /// Who has the claim.
    pub(crate) holder: Option<Holder>,
    /// When the store was last written, by the clock of the machine that wrote it.
    pub(crate) written: Option<String>,
    pub(crate) lineage: Option<String>,
    pub(crate) offers: usize,
    pub(crate) in_doubt: usize,
    pub(crate) journal_entries: usize,
}

/// Looks at the home of the state.
pub(crate) fn state_status(repository: &Repository) -> Result<StateStatus, Error> {
    let head = repository.shared.as_ref().map(crate::store::SharedStore::head).transpose()?.flatten();
    let state = read_recorded(repository)?;
    let home = repository.settings.store.as_ref().map(ToString::to_string);
    Ok(StateStatus {
        home: home.unwrap_or_else(|| repository.state.display().to_string()),
        reference: repository.shared.as_ref().map(crate::store::SharedStore::reference),
        epoch: head.as_ref().map(|head| head.epoch),
        written: head.as_ref().map(|head| head.written.clone()),
        holder: head.and_then(|head| head.claim).map(|claim| claim.holder),
        lineage: state.binding().lineage,
        offers: state.recorded().offers.len(),
        in_doubt: state.recorded().in_doubt.len(),
        journal_entries: state.journal_entries(),
    })
}

/// The state as a document, with what an apply has in its journal.
pub(crate) fn pull_state(repository: &Repository) -> Result<String, Error> {
    let state = read_recorded(repository)?;
    let document =
        state.document().ok_or_else(|| Error::usage("there is no state yet, so there is nothing to print"))?;
    Ok(String::from_utf8_lossy(&document.emit()).into_owned())
}

/// Where the state's file is, links followed.
pub(crate) fn state_path(repository: &Repository) -> Result<PathBuf, Error> {
    if let Some(address) = &repository.settings.store {
        return Err(Error::Usage {
            message: format!("the state is no file: it lives in `{address}`"),
            help: Some("`offersync state pull > FILE` prints it".to_owned()),
        });
    }
    let store = store(repository)?;
    store.real_path().map_err(|source| Error::file("find", store.path(), source))
}

/// Puts a document in the place of the store's state. Returns how many offers it records.
pub(crate) async fn push_state(
    repository: &Repository,
    file: &Path,
    timeout: Duration,
    control: Control<'_>,
) -> Result<usize, Error> {
    if repository.shared.is_none() {
        return Err(Error::usage("the state is a file: there is no store to push it to"));
    }
    let bytes = disk::read_named(file).map_err(|source| Error::file("read", file, source))?;
    let document = StateDocument::parse(&bytes).map_err(|ParseError { kind, .. }| {
        let problem = Diagnostic::error(codes::state::REFUSED, kind.to_string());
        Error::Invalid(vec![problem.label(Label::file(SourcePath::from(file.display().to_string())))])
    })?;
    let mut session = open_session(repository, timeout, control.cancellation).await?;
    put(repository, &mut session, document)
}

/// Copies the state to another home, which must have none. Returns how many offers it records.
pub(crate) async fn migrate_state(
    repository: &Repository,
    to: &str,
    timeout: Duration,
    control: Control<'_>,
) -> Result<usize, Error> {
    let address = StoreAddress::parse(to).map_err(|rejected| Error::usage(rejected.to_string()))?;
    if address == repository.settings.store
        && (address.is_some() || repository.settings.root.join(to) == repository.state)
    {
        return Err(Error::usage(format!("the state is in `{to}` already")));
    }
    // Claimed first, so that no apply goes on in the old home meanwhile.
    let from = open_session(repository, timeout, control.cancellation).await?;
    let store = address.as_ref().map(|address| shared::open(&repository.settings, address)).transpose()?;
    let locked: LockedStore = match &store {
        Some(store) => shared::claim(store, repository.settings.cake.timeout, timeout, control.cancellation).await?,
        None => lock(&file_store(repository, &repository.settings.root.join(to))?, timeout).await?,
    };
    let mut session = Session::open(locked, &repository.cake)?;
    let document = from.document();
    put(repository, &mut session, document)
}

/// Puts a document in the place of a home's state. Returns how many offers it records.
fn put(repository: &Repository, home: &mut Session, document: StateDocument) -> Result<usize, Error> {
    check(repository, home, &document)?;
    let offers = document.recorded.offers.len();
    home.replace(document)?;
    Ok(offers)
}

/// Ends the claim of a holder that shows no life. Returns whether there was one.
pub(crate) async fn release_state(
    repository: &Repository,
    timeout: Duration,
    control: Control<'_>,
) -> Result<bool, Error> {
    let Some(store) = &repository.shared else {
        return Err(Error::usage("the state is a file, whose lock ends with the process that has it"));
    };
    if store.head()?.is_none_or(|head| head.claim.is_none()) {
        return Ok(false);
    }
    let request = repository.settings.cake.timeout;
    drop(shared::claim(store, request, timeout, control.cancellation).await?);
    Ok(true)
}

/// Fails where a document is of another CAKE or another lineage, or lacks what the home has.
fn check(repository: &Repository, home: &Session, document: &StateDocument) -> Result<(), Error> {
    let refused = |message: String, help: &str| {
        let problem = Diagnostic::error(codes::state::NOT_MOVED, message).help(help);
        Err(Error::NotMoved(Box::new(problem)))
    };
    if !address::same(&document.cake, &repository.cake) {
        let message =
            format!("the state is of the CAKE at {}, but the configuration names {}", document.cake, repository.cake);
        return refused(message, "nothing was written; name the configuration of that CAKE with `--config` or `--env`");
    }
    let recorded = home.recorded();
    if *recorded == Recorded::default() {
        return Ok(());
    }
    if home.lineage() != document.lineage {
        let message = format!(
            "there is another state already: its lineage is {}, the new one's is {}",
            home.lineage(),
            document.lineage
        );
        return refused(
            message,
            "nothing was written; look at both (`offersync state pull` prints one), and name another ref for the second",
        );
    }
    let lost = ids(&recorded).difference(&ids(&document.recorded)).count();
    let older = document.recorded.without_changes_of(&recorded).len().max(lost);
    // Also one whose key has an offer: the create of a replace is in doubt beside the offer that it replaces.
    let is_kept = |(key, create): &(&Key, &InDoubtCreate)| document.recorded.in_doubt.get(*key) == Some(*create);
    let doubts = recorded.in_doubt.iter().filter(|doubt| !is_kept(doubt)).count();
    if older + doubts > 0 {
        let message = format!(
            "the new state is not built on the present one: it lacks what that one has of {} and {} in doubt",
            count(older, "offer"),
            count(doubts, "create")
        );
        return refused(
            message,
            "nothing was written; `offersync state merge` makes one state of two, and `offersync state resolve` ends a create in doubt",
        );
    }
    Ok(())
}

/// Every id that a state knows.
fn ids(recorded: &Recorded) -> BTreeSet<OfferId> {
    recorded.offers.values().flat_map(|record| record.offer_ids().collect::<Vec<_>>()).collect()
}
