//! `drift --accept`: CAKE's values go into the YAML and into the state, so that a plan is empty afterwards.
//!
//! Invariant: a value is recorded only once the YAML has it, so a run that ends in between leaves both sides equal, which the
//! next plan records by itself. A value that git changed as well, or a file with uncommitted changes, is taken over only where that is
//! asked for.

mod not_accepted;
pub(super) mod uncommitted;
mod unsettled;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::apply::ended;
use crate::offer::{DesiredSet, Field, Fields, Key, Recorded, StateChange};
use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, Selection};
use crate::source::SourcePath;
use crate::state::Session;

use super::connect::{Cake, Control};
use super::drift::compare;
use super::error::Error;
use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;
use super::rewrite::{FieldEdit, Rewrites, rewrite};
use super::session::open_session;
use super::state::settled::settling;
use super::unsettled::waiting_by_id;

use not_accepted::NeedsKey;
pub(crate) use not_accepted::NotAccepted;
use uncommitted::uncommitted;
use unsettled::UnsettledFields;

/// What can be accepted and what cannot; nothing is written yet.
#[derive(Debug)]
pub(crate) struct Acceptance {
    pub(crate) rewrites: Rewrites,
    pub(crate) not_accepted: Vec<NotAccepted>,
    /// How many recorded offers CAKE does not show; they are left as recorded.
    pub(crate) gone: usize,
    changes: Vec<StateChange>,
    session: Option<Session>,
}

/// What is accepted.
#[derive(Debug)]
pub(crate) struct AcceptOptions<'a> {
    /// Keys and key globs as they were given. Only a key names its offer.
    pub(crate) named: &'a [String],
    /// Whether files with uncommitted changes are edited.
    pub(crate) force: bool,
    pub(crate) allow_empty: bool,
    /// How long to wait for the lock; `None` if nothing will be written.
    pub(crate) lock_timeout: Option<Duration>,
}

/// Compares, and makes the edits in memory. If they will be written, the state is locked until the acceptance is dropped: nothing else may
/// be recorded in between.
pub(crate) async fn accept(
    repository: &Repository,
    selection: &Selection,
    options: &AcceptOptions<'_>,
    control: Control<'_>,
) -> Result<Acceptance, Error> {
    let session = match options.lock_timeout {
        Some(timeout) => Some(open_session(repository, timeout, control.cancellation).await?),
        None => None,
    };
    let recorded = match &session {
        Some(session) => Recorded::clone(&session.recorded()),
        None => read_recorded(repository)?.recorded().clone(),
    };
    let set = read_desired(repository, options.allow_empty, Some(&recorded))?.set;
    let comparing = async |cake: &Cake| {
        // Before the look: an update may take effect after it. What a sandbox in this process was working on ended with its process.
        let unsettled = (!cake.is_in_process()).then(|| UnsettledFields::of(&recorded, settling(repository)));
        Ok((unsettled, compare(&set, &recorded, selection, cake, control.observer).await?))
    };
    let (unsettled, mut drift) = control.with_cake(repository, comparing).await?;
    drift.leave_out_ended(&recorded, repository.time_rules().civil(repository.now()));
    let mut not_accepted: Vec<_> = unsettled.iter().flat_map(|fields| fields.leave_out(&mut drift)).collect();
    not_accepted.extend(drift.offers.iter().filter_map(|offer| NotAccepted::of(&set, &recorded, offer, options.named)));
    let doubtful: BTreeSet<Key> = not_accepted.iter().flat_map(NotAccepted::doubtful).collect();
    drift.offers.retain(|offer| ![&offer.key, offer.desired_key()].into_iter().any(|key| doubtful.contains(key)));
    let mut edits = Vec::new();
    for offer in &drift.offers {
        match NeedsKey::of(offer, options.named) {
            Some(conflict) => not_accepted.push(NotAccepted::NeedsKey(conflict)),
            None => edits.extend(self::edits(&set, offer)),
        }
    }
    let is_overridden = |edit: &FieldEdit<'_>| edit.offer.due_since(edit.field).is_some();
    let (overridden, mut edits): (Vec<_>, Vec<_>) = edits.into_iter().partition(is_overridden);
    not_accepted.extend(overridden.iter().filter_map(NotAccepted::overridden));
    if !options.force {
        let files: BTreeSet<&SourcePath> = edits.iter().map(|edit| &edit.offer.place.file).collect();
        let uncommitted = uncommitted(&repository.settings.root, files)?;
        let (left_out, kept) = edits.into_iter().partition(|edit| uncommitted.contains_key(&edit.offer.place.file));
        edits = kept;
        not_accepted.extend(NotAccepted::uncommitted(&left_out, &uncommitted));
    }
    let rewrites = rewrite(repository, &set, &edits)?;
    let mut changes = changes(&drift, &edits, &rewrites);
    changes.extend(waiting_ended(&recorded, &changes));
    let gone = drift.offers.iter().filter(|offer| offer.kind == DriftKind::Gone).count();
    Ok(Acceptance { rewrites, not_accepted, gone, changes, session })
}

impl Acceptance {
    /// Writes the files and then the records; without a lock nothing.
    pub(crate) async fn write(&mut self) -> Result<(), Error> {
        let Some(session) = &mut self.session else { return Ok(()) };
        self.rewrites.write()?;
        if !self.changes.is_empty() {
            session.journal().change_state(std::mem::take(&mut self.changes)).await?;
            session.publish()?;
        }
        Ok(())
    }
}

fn edits<'a>(set: &'a DesiredSet, drifted: &DriftedOffer) -> Vec<FieldEdit<'a>> {
    // The YAML is about the present offer of the key.
    let Some(offer) = set.get(drifted.desired_key()).filter(|_| !drifted.retired) else { return Vec::new() };
    let changed = drifted.fields().iter().filter(|field| field.changed_in_cake());
    changed
        .filter_map(|field| {
            Some(FieldEdit { offer, field: field.field, value: field.observed.value()?.clone(), at: None })
        })
        .collect()
}

/// The updates that CAKE had accepted and has done, by the values that are recorded.
fn waiting_ended(recorded: &Recorded, changes: &[StateChange]) -> Vec<StateChange> {
    let waiting = waiting_by_id(recorded);
    let done = changes.iter().filter_map(|change| {
        let StateChange::AcceptRemote { key, offer_id, fields } = change else { return None };
        Some(waiting.get(offer_id)?.done(fields).map(move |update| ended(key, *offer_id, update)))
    });
    done.flatten().collect()
}

/// Records what is accepted, and what git and CAKE agreed on before, so that the next plan is empty.
fn changes(drift: &Drift, edits: &[FieldEdit<'_>], rewrites: &Rewrites) -> Vec<StateChange> {
    let edited: BTreeSet<(&Key, Field)> = edits.iter().map(|edit| (&edit.offer.key, edit.field)).collect();
    let is_settled = |offer: &DriftedOffer, drifted: &&DriftedField| {
        let (key, field) = (offer.desired_key(), drifted.field);
        drifted.changed_by == ChangedBy::BothAlike
            || (edited.contains(&(key, field)) && !rewrites.is_rejected(key, field))
    };
    let change = |offer: &DriftedOffer| {
        let settled = offer.fields().iter().filter(|drifted| is_settled(offer, drifted));
        let fields: Fields =
            settled.filter_map(|drifted| Some((drifted.field, drifted.observed.value()?.clone()))).collect();
        let (key, offer_id) = (offer.key.clone(), offer.offer_id);
        (!fields.is_empty()).then_some(StateChange::AcceptRemote { key, offer_id, fields })
    };
    drift.offers.iter().filter(|offer| !offer.retired).filter_map(change).collect()
}
