//! `state mv`, `rm`, `accept` and `resolve`: one change of the record, made under the lock and through the journal.

use std::time::Duration;

use crate::cake::Cancellation;
use crate::diagnostic::closest;
use crate::offer::{DesiredSet, Field, FieldSet, Fields, Key, OfferId, Recorded, StateChange, Value};
use crate::state::ParseErrorKind;

use super::error::Error;
use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;
use super::session::open_session;

/// A change to make.
#[derive(Debug, Clone)]
pub(crate) enum StateEdit {
    /// Record an offer under another key.
    Rename { from: String, to: String },
    /// Stop recording an offer; CAKE keeps it.
    Forget { key: String },
    /// Record the values of the YAML as CAKE's.
    Accept { key: String },
    /// Record that a create in doubt made this offer, or none.
    Resolve { key: String, offer_id: Option<u64> },
}

/// The change that was made, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StateEdited {
    Renamed { from: Key, to: Key, offer_id: OfferId },
    Forgotten { key: Key, offer_id: OfferId },
    Accepted { key: Key, offer_id: OfferId, changes: Vec<AcceptedField> },
    ResolvedCreated { key: Key, offer_id: OfferId },
    ResolvedNotCreated { key: Key },
}

/// A value that is recorded as CAKE's from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AcceptedField {
    pub(crate) field: Field,
    pub(crate) before: Option<Value>,
    pub(crate) after: Value,
}

/// Why a change of the state is not possible.
#[derive(Debug, thiserror::Error)]
pub enum StateChangeError {
    /// The key is not recorded.
    #[error("`{key}` is not recorded")]
    UnknownKey {
        /// The key as it was given.
        key: String,
        /// A recorded key with a similar spelling.
        closest: Option<String>,
    },
    /// The new key has an offer already.
    #[error("`{key}` is recorded already, with offer {offer_id}")]
    KeyTaken {
        /// The new key.
        key: Key,
        /// Its offer.
        offer_id: OfferId,
    },
    /// There is no YAML to take values from.
    #[error("`{key}` has no YAML, so there are no values to accept")]
    NoYaml {
        /// The key.
        key: Key,
    },
    /// No create of the key is in doubt.
    #[error("no create of `{key}` is in doubt")]
    NotInDoubt {
        /// The key.
        key: Key,
        /// The keys whose creates are in doubt.
        in_doubt: Vec<Key>,
    },
    /// The offer belongs to another key.
    #[error("offer {offer_id} is recorded for `{owner}` already")]
    OfferOwned {
        /// The offer.
        offer_id: OfferId,
        /// Its key.
        owner: Key,
    },
    /// A file to merge is not a state.
    #[error("{place}: {damage}")]
    Unmergeable {
        /// The file and the position.
        place: String,
        /// What is wrong with it.
        damage: ParseErrorKind,
    },
}

/// Makes one change: lock, journal, publish. With `dry_run` it is only checked.
pub(crate) async fn change_state(
    repository: &Repository,
    edit: &StateEdit,
    lock_timeout: Duration,
    dry_run: bool,
) -> Result<StateEdited, Error> {
    // Only `accept` needs the offers, and the other changes must be possible where a file is invalid.
    let desired = match edit {
        StateEdit::Accept { .. } => Some(read_desired(repository, true)?.set),
        _ => None,
    };
    if dry_run {
        return check(edit, read_recorded(repository)?.recorded(), desired.as_ref());
    }
    let mut session = open_session(repository, lock_timeout, &Cancellation::default()).await?;
    let edited = check(edit, &session.recorded(), desired.as_ref())?;
    session.journal().change_state(vec![edited.journal_entry()]).await?;
    session.publish()?;
    Ok(edited)
}

fn check(edit: &StateEdit, recorded: &Recorded, desired: Option<&DesiredSet>) -> Result<StateEdited, Error> {
    match edit {
        StateEdit::Rename { from, to } => {
            let (from, to) = (known_key(recorded, from)?, parse_key(to)?);
            if let Some(taken) = recorded.offers.get(&to) {
                return Err(StateChangeError::KeyTaken { key: to, offer_id: taken.offer_id }.into());
            }
            Ok(StateEdited::Renamed { offer_id: recorded.offers[&from].offer_id, from, to })
        }
        StateEdit::Forget { key } => {
            let key = known_key(recorded, key)?;
            Ok(StateEdited::Forgotten { offer_id: recorded.offers[&key].offer_id, key })
        }
        StateEdit::Accept { key } => accept(known_key(recorded, key)?, recorded, desired),
        StateEdit::Resolve { key, offer_id } => resolve(parse_key(key)?, *offer_id, recorded),
    }
}

fn accept(key: Key, recorded: &Recorded, desired: Option<&DesiredSet>) -> Result<StateEdited, Error> {
    let Some(offer) = desired.and_then(|set| set.get(&key)) else {
        return Err(StateChangeError::NoYaml { key }.into());
    };
    let record = &recorded.offers[&key];
    // Only what an apply cannot send: an updatable value that differs is sent, whether or not CAKE has it already.
    let differing =
        offer.managed().filter(|(field, value)| field.is_create_only() && record.fields.get(*field) != Some(*value));
    let changes = differing
        .map(|(field, value)| AcceptedField { field, before: record.fields.get(field).cloned(), after: value.clone() })
        .collect();
    Ok(StateEdited::Accepted { key, offer_id: record.offer_id, changes })
}

fn resolve(key: Key, offer_id: Option<u64>, recorded: &Recorded) -> Result<StateEdited, Error> {
    if !recorded.in_doubt.contains_key(&key) {
        let in_doubt = recorded.in_doubt.keys().cloned().collect();
        return Err(StateChangeError::NotInDoubt { key, in_doubt }.into());
    }
    let Some(number) = offer_id else {
        return Ok(StateEdited::ResolvedNotCreated { key });
    };
    let offer_id = OfferId::new(number).ok_or_else(|| Error::usage(format!("{number} is not an offer id")))?;
    if let Some(owner) = recorded.owner_of(offer_id) {
        return Err(StateChangeError::OfferOwned { offer_id, owner: owner.clone() }.into());
    }
    Ok(StateEdited::ResolvedCreated { key, offer_id })
}

impl StateEdited {
    fn journal_entry(&self) -> StateChange {
        match self.clone() {
            Self::Renamed { from, to, offer_id } => StateChange::Rename { from, to, offer_id },
            Self::Forgotten { key, offer_id } => StateChange::Forget { key, offer_id },
            Self::Accepted { key, offer_id, changes } => {
                let fields: Fields = changes.into_iter().map(|change| (change.field, change.after)).collect();
                StateChange::AcceptRemote { key, offer_id, fields }
            }
            Self::ResolvedCreated { key, offer_id } => StateChange::ResolvedCreated {
                key,
                offer_id,
                shown: Fields::default(),
                unreadable: FieldSet::default(),
            },
            Self::ResolvedNotCreated { key } => StateChange::ResolvedNotCreated { key },
        }
    }
}

fn parse_key(key: &str) -> Result<Key, Error> {
    Key::new(key).map_err(|error| Error::usage(format!("`{key}` is not a key: {error}")))
}

/// The key, if it is recorded.
pub(crate) fn known_key(recorded: &Recorded, key: &str) -> Result<Key, StateChangeError> {
    let found = recorded.offers.keys().find(|known| known.as_str() == key);
    found.cloned().ok_or_else(|| StateChangeError::UnknownKey {
        key: key.to_owned(),
        closest: closest(key, recorded.offers.keys().map(Key::as_str)).map(str::to_owned),
    })
}
