//! `drift --accept`: CAKE's values go into the YAML and into the state, so that a plan is empty afterwards.
//!
//! Invariant: a value is recorded only once the YAML has it, so a run that ends in between leaves both sides equal, which the
//! next plan records by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::offer::{DesiredSet, Field, Fields, Key, OfferId, Recorded, ShownValue, StateChange};
use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, Selection};
use crate::state::Session;

use super::connect::{Cake, Control};
use super::drift::compare;
use super::error::Error;
use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;
use super::rewrite::{FieldEdit, Rewrites, rewrite};
use super::session::open_session;

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

/// Why values of an offer cannot be written into YAML.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAccepted {
    #[error(
        "`{0}` was retired and is active in CAKE again. To keep it, write its YAML again; to retire it again, run \
         `offersync apply --refresh`."
    )]
    Retired(Key),
    #[error(
        "offer {offer_id}, which `{key}` has replaced, is active in CAKE again. To make it inactive again, run \
         `offersync apply --refresh --overwrite-drift`."
    )]
    Replaced { key: Key, offer_id: OfferId },
    #[error("`{0}` has no YAML, so nothing of it can be accepted.")]
    NoYaml(Key),
    /// CAKE's texts for these fields cannot be written into YAML.
    #[error("`{key}`: {}", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Unwritable { key: Key, values: Vec<UnwritableValue> },
}

/// Why a value cannot be written into YAML.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnwritableValue {
    #[error(
        "CAKE's `{field}` `{text}` cannot be written back. To leave it to CAKE, write `sync: {{ignore_changes: [{field}]}}`."
    )]
    OtherWord { field: Field, text: Box<str> },
    #[error("CAKE's `{field}` `{text}` cannot be read ({reason}), so it is not accepted. Look at the offer in CAKE.")]
    Unreadable { field: Field, text: Box<str>, reason: Box<str> },
}

impl UnwritableValue {
    fn of(drifted: &DriftedField) -> Option<Self> {
        let field = drifted.field;
        match drifted.observed.clone() {
            ShownValue::OtherWord(text) => Some(Self::OtherWord { field, text }),
            ShownValue::Unreadable { text, reason } => Some(Self::Unreadable { field, text, reason }),
            ShownValue::Value { .. } | ShownValue::NotShown => None,
        }
    }
}

/// Compares, and makes the edits in memory. With a lock timeout the state is locked until the acceptance is dropped: nothing
/// else may be recorded in between.
pub(crate) async fn accept(
    repository: &Repository,
    selection: &Selection,
    allow_empty: bool,
    lock_timeout: Option<Duration>,
    control: Control<'_>,
) -> Result<Acceptance, Error> {
    let session = match lock_timeout {
        Some(timeout) => Some(open_session(repository, timeout, control.cancellation).await?),
        None => None,
    };
    let set = read_desired(repository, allow_empty)?.set;
    let recorded = match &session {
        Some(session) => Recorded::clone(&session.recorded()),
        None => read_recorded(repository)?.recorded().clone(),
    };
    let comparing = async |cake: &Cake| compare(&set, &recorded, selection, cake, control.observer).await;
    let drift = control.with_cake(repository, comparing).await?;
    let edits: Vec<FieldEdit<'_>> = drift.offers.iter().flat_map(|offer| edits(&set, offer)).collect();
    let rewrites = rewrite(repository, &set, &edits)?;
    let changes = changes(&drift, &edits, &rewrites);
    let not_accepted = drift.offers.iter().filter_map(|offer| not_accepted(&set, &recorded, offer)).collect();
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
        .filter_map(|field| Some(FieldEdit { offer, field: field.field, value: field.observed.value()?.clone() }))
        .collect()
}

fn not_accepted(set: &DesiredSet, recorded: &Recorded, drifted: &DriftedOffer) -> Option<NotAccepted> {
    let key = drifted.desired_key().clone();
    let is_certain = |field: &DriftedField| field.changed_by != ChangedBy::Unknown;
    if drifted.retired && drifted.fields().iter().all(is_certain) {
        let present = recorded.offers.get(&drifted.key).map(|record| record.offer_id);
        if present != Some(drifted.offer_id) {
            return Some(NotAccepted::Replaced { key, offer_id: drifted.offer_id });
        }
        return Some(NotAccepted::Retired(key));
    }
    if set.get(&key).is_none() && drifted.fields().iter().any(DriftedField::changed_in_cake) {
        return Some(NotAccepted::NoYaml(key));
    }
    let values: Vec<_> = drifted.fields().iter().filter_map(UnwritableValue::of).collect();
    (!values.is_empty()).then_some(NotAccepted::Unwritable { key, values })
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
