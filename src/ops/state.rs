//! `state mv`, `rm`, `accept`, `resolve` and `adopt`: one change of the record, made under the lock and through the journal.

mod error;
mod identify;
mod settled;
mod show;

use std::sync::Arc;
use std::time::Duration;

use crate::cake::ObservedOffer;
use crate::diagnostic::closest;
use crate::offer::{DesiredSet, Field, Fields, Key, OfferId, Recorded, StateChange, Value};

use super::connect::Control;
use super::error::Error;
use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;
use super::session::open_session;

pub use error::StateChangeError;
pub(crate) use identify::{Identified, ShownField};
pub(crate) use show::{ShownRecord, shown_record};

/// A change to make.
#[derive(Debug, Clone)]
pub(crate) enum StateEdit {
    /// Record an offer under another key.
    Rename { from: String, to: String },
    /// Stop recording an offer; CAKE keeps it.
    Forget { key: String },
    /// Record the values of the YAML as CAKE's.
    Accept { key: String },
    /// Record that a create in doubt made nothing.
    NotCreated { key: String },
    /// Record that a create in doubt made this offer.
    Created { key: String, offer_id: u64 },
    /// Record an offer of CAKE as the one of the YAML.
    Adopt { key: String, offer_id: u64 },
}

/// The change that was made, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StateEdited {
    Renamed {
        from: Key,
        to: Key,
        offer_id: OfferId,
    },
    Forgotten {
        key: Key,
        offer_id: OfferId,
    },
    Accepted {
        key: Key,
        offer_id: OfferId,
        changes: Vec<AcceptedField>,
        /// Those of them that CAKE does not show in a readable form.
        not_verified: Vec<Field>,
        /// Why CAKE was not asked.
        not_looked_up: Option<String>,
    },
    Identified(Identified),
    ResolvedNotCreated {
        key: Key,
    },
}

/// A value that is recorded as CAKE's from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AcceptedField {
    pub(crate) field: Field,
    pub(crate) before: Option<Value>,
    pub(crate) after: Value,
}

/// Makes one change: lock, look in CAKE where it names an offer, journal, publish. With `dry_run` it is only checked.
pub(crate) async fn change_state(
    repository: &Repository,
    edit: &StateEdit,
    lock_timeout: Duration,
    dry_run: bool,
    control: Control<'_>,
) -> Result<StateEdited, Error> {
    // The other changes must be possible where a file is invalid.
    let desired = match edit {
        StateEdit::Accept { .. } | StateEdit::Adopt { .. } => Some(read_desired(repository, true)?.set),
        _ => None,
    };
    // Locked while CAKE is asked: an apply meanwhile could record the offer for another key.
    let session =
        if dry_run { None } else { Some(open_session(repository, lock_timeout, control.cancellation).await?) };
    let recorded = match &session {
        Some(session) => session.recorded(),
        None => Arc::new(read_recorded(repository)?.recorded().clone()),
    };
    let checker = EditChecker { repository, recorded: &recorded, desired: desired.as_ref(), control };
    let edited = checker.check(edit).await?;
    if let Some(mut session) = session {
        session.journal().change_state(edited.journal_entries()).await?;
        session.publish()?;
    }
    Ok(edited)
}

/// What a change is checked against.
struct EditChecker<'a> {
    repository: &'a Repository,
    recorded: &'a Recorded,
    desired: Option<&'a DesiredSet>,
    control: Control<'a>,
}

impl EditChecker<'_> {
    /// The change, if it is possible. Asks CAKE only for an offer that a person names.
    async fn check(&self, edit: &StateEdit) -> Result<StateEdited, Error> {
        match edit {
            StateEdit::Rename { from, to } => {
                let (from, to) = (known_key(self.recorded, from)?, parse_key(to)?);
                if let Some(taken) = self.recorded.offers.get(&to) {
                    return Err(StateChangeError::KeyTaken { key: to, offer_id: taken.offer_id }.into());
                }
                Ok(StateEdited::Renamed { offer_id: self.recorded.offers[&from].offer_id, from, to })
            }
            StateEdit::Forget { key } => {
                let key = known_key(self.recorded, key)?;
                let record = &self.recorded.offers[&key];
                settled::updates_settled(self.repository, &key, record)?;
                match record.replaced.iter().find(|old| !old.inactive) {
                    Some(old) => Err(StateChangeError::ReplacedIsActive { key, offer_id: old.offer_id }.into()),
                    None => Ok(StateEdited::Forgotten { offer_id: record.offer_id, key }),
                }
            }
            StateEdit::Accept { key } => self.accept(known_key(self.recorded, key)?).await,
            StateEdit::NotCreated { key } => {
                let key = parse_key(key)?;
                let create = identify::in_doubt(&key, self.recorded)?;
                settled::create_settled(self.repository, &key, create)?;
                Ok(StateEdited::ResolvedNotCreated { key })
            }
            StateEdit::Created { key, offer_id } => {
                let (key, offer_id) = (parse_key(key)?, parse_id(*offer_id)?);
                let created = identify::created(self.repository, key, offer_id, self.recorded, self.control);
                Ok(StateEdited::Identified(created.await?))
            }
            StateEdit::Adopt { key, offer_id } => {
                let (key, offer_id) = (parse_key(key)?, parse_id(*offer_id)?);
                if let Some(record) = self.recorded.offers.get(&key) {
                    settled::updates_settled(self.repository, &key, record)?;
                }
                let offer = self.desired.and_then(|set| set.get(&key)).ok_or(StateChangeError::NoYaml { key })?;
                let adopted = identify::adopted(self.repository, offer, offer_id, self.recorded, self.control);
                Ok(StateEdited::Identified(adopted.await?))
            }
        }
    }

    async fn accept(&self, key: Key) -> Result<StateEdited, Error> {
        let Some(offer) = self.desired.and_then(|set| set.get(&key)) else {
            return Err(StateChangeError::NoYaml { key }.into());
        };
        let record = &self.recorded.offers[&key];
        // Only what an apply cannot send: an updatable value that differs is sent, whether or not CAKE has it already.
        let differing = offer
            .managed()
            .filter(|(field, value)| field.is_create_only() && record.fields.get(*field) != Some(*value));
        let changes: Vec<AcceptedField> = differing
            .map(|(field, value)| {
                let (before, after) = (record.fields.get(field).cloned(), value.clone());
                AcceptedField { field, before, after }
            })
            .collect();
        let (mut not_verified, mut not_looked_up) = (Vec::new(), None);
        let offer_id = record.offer_id;
        if !changes.is_empty() {
            let looked_up = identify::look_up_if_listed(self.repository, offer_id, self.control).await?;
            not_verified = verify(&key, &changes, &looked_up.0)?;
            not_looked_up = looked_up.1;
        }
        Ok(StateEdited::Accepted { key, offer_id, changes, not_verified, not_looked_up })
    }
}

/// The fields that CAKE does not show; an error if it shows another value.
fn verify(key: &Key, changes: &[AcceptedField], observed: &ObservedOffer) -> Result<Vec<Field>, StateChangeError> {
    let mut not_verified = Vec::new();
    for AcceptedField { field, after, .. } in changes {
        match observed.fields.get(*field) {
            Some(shown) if after.is_shown_as(shown) => {}
            Some(shown) => {
                let (key, offer_id, field) = (key.clone(), observed.offer_id, *field);
                let (shown, wanted) = (shown.to_string(), after.to_string());
                return Err(StateChangeError::ShownOtherwise { key, offer_id, field, shown, wanted });
            }
            None => not_verified.push(*field),
        }
    }
    Ok(not_verified)
}

impl StateEdited {
    fn journal_entries(&self) -> Vec<StateChange> {
        let change = match self.clone() {
            Self::Renamed { from, to, offer_id } => StateChange::Rename { from, to, offer_id },
            Self::Forgotten { key, offer_id } => StateChange::Forget { key, offer_id },
            Self::Accepted { key, offer_id, changes, .. } => {
                let fields: Fields = changes.into_iter().map(|change| (change.field, change.after)).collect();
                StateChange::AcceptRemote { key, offer_id, fields }
            }
            Self::Identified(identified) => return identified.changes,
            Self::ResolvedNotCreated { key } => StateChange::ResolvedNotCreated { key },
        };
        vec![change]
    }
}

fn parse_id(number: u64) -> Result<OfferId, Error> {
    OfferId::new(number).ok_or_else(|| Error::usage(format!("{number} is not an offer id")))
}

fn parse_key(key: &str) -> Result<Key, Error> {
    Key::new(key).map_err(|error| Error::usage(format!("`{key}` is not a key: {error}")))
}

/// The key, if it is recorded.
fn known_key(recorded: &Recorded, key: &str) -> Result<Key, StateChangeError> {
    let found = recorded.offers.get_key_value(key).map(|(key, _)| key.clone());
    found.ok_or_else(|| StateChangeError::UnknownKey {
        key: key.to_owned(),
        closest: closest(key, recorded.offers.keys().map(Key::as_str)).map(str::to_owned),
    })
}
