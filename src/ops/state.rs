//! `state mv`, `rm`, `accept`, `resolve` and `adopt`: one change of the record, made under the lock and through the journal.

mod accepted;
mod doubt;
mod error;
mod identify;
mod not_created;
mod not_done;
mod replaced;
pub(super) mod settled;
mod show;
mod unseen;

use std::sync::Arc;
use std::time::Duration;

use crate::diagnostic::closest;
use crate::offer::{DesiredSet, Fields, Key, OfferId, Recorded, StateChange};

use super::connect::Control;
use super::error::Error;
use super::inputs::read_desired;
use super::recorded::read_recorded;
use super::repository::Repository;
use super::session::open_session;

pub(crate) use accepted::AcceptedField;
pub use error::StateChangeError;
pub(crate) use identify::{Identified, ShownField};
pub(crate) use show::{ShownRecord, shown_record};
use unseen::Look;
pub(crate) use unseen::Unseen;

/// A change to make.
#[derive(Debug, Clone)]
pub(crate) enum StateEdit {
    /// Record an offer under another key.
    Rename { from: String, to: String },
    /// Stop recording an offer; CAKE keeps it.
    Forget { key: String },
    /// Stop recording an offer that the key's one has replaced, because CAKE does not have it any more.
    ForgetReplaced { key: String, offer_id: u64 },
    /// Record the values of the YAML as CAKE's.
    Accept { key: String },
    /// Record that a create in doubt made nothing.
    NotCreated { key: String },
    /// Record that CAKE will not carry out the updates that it has accepted.
    NotDone { key: String },
    /// Record that a create in doubt made this offer.
    Created { key: String, offer_id: u64 },
    /// Record an offer of CAKE as the one of the YAML.
    Adopt { key: String, offer_id: u64 },
}

/// The change that was made, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StateEdited {
    Renamed { from: Key, to: Key, offer_id: OfferId },
    Forgotten { key: Key, offer_id: OfferId },
    ReplacedForgotten { key: Key, offer_id: OfferId, unseen: Option<Unseen> },
    Accepted { key: Key, offer_id: OfferId, changes: Vec<AcceptedField>, unseen: Option<Unseen> },
    Identified(Identified),
    ResolvedNotCreated { key: Key, unseen: Option<Unseen> },
    NotDone { key: Key, changes: Vec<StateChange>, unseen: Option<Unseen> },
}

/// How a change is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StateEditOptions {
    pub(crate) lock_timeout: Duration,
    /// It is only checked.
    pub(crate) dry_run: bool,
    /// Whether what CAKE did not show is recorded.
    pub(crate) unseen: bool,
}

/// Makes one change: lock, look in CAKE where it names an offer, journal, publish.
pub(crate) async fn change_state(
    repository: &Repository,
    edit: &StateEdit,
    options: StateEditOptions,
    control: Control<'_>,
) -> Result<StateEdited, Error> {
    // Locked while CAKE is asked: an apply meanwhile could record the offer for another key.
    let session = if options.dry_run {
        None
    } else {
        Some(open_session(repository, options.lock_timeout, control.cancellation).await?)
    };
    // The other changes must be possible where a file is invalid.
    let desired = match edit {
        StateEdit::Accept { .. } | StateEdit::Adopt { .. } => Some(read_desired(repository, true, None)?.set),
        _ => None,
    };
    let recorded = match &session {
        Some(session) => session.recorded(),
        None => Arc::new(read_recorded(repository)?.recorded().clone()),
    };
    let look = Look { repository, control, accepts_unseen: options.unseen };
    let edited = EditChecker { recorded: &recorded, desired: desired.as_ref(), look }.check(edit).await?;
    if !options.unseen {
        edited.check_seen()?;
    }
    if let Some(mut session) = session {
        session.journal().change_state(edited.journal_entries()).await?;
        session.publish()?;
    }
    Ok(edited)
}

/// What a change is checked against.
struct EditChecker<'a> {
    recorded: &'a Recorded,
    desired: Option<&'a DesiredSet>,
    look: Look<'a>,
}

impl EditChecker<'_> {
    /// The change, if it is possible. Looks in CAKE where a person says what is there.
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
                let unsettled = record.unsettled_offers().map(|(_, unsettled)| unsettled);
                settled::updates_settled(self.look.repository, &key, unsettled)?;
                settled::nothing_waits(&key, record.unsettled_offers().map(|(_, unsettled)| unsettled))?;
                match record.replaced.iter().find(|old| !old.inactive) {
                    Some(old) => Err(StateChangeError::ReplacedIsActive { key, offer_id: old.offer_id }.into()),
                    None => Ok(StateEdited::Forgotten { offer_id: record.offer_id, key }),
                }
            }
            StateEdit::ForgetReplaced { key, offer_id } => {
                let (key, offer_id) = (known_key(self.recorded, key)?, parse_id(*offer_id)?);
                let record = &self.recorded.offers[&key];
                settled::updates_settled(self.look.repository, &key, record.unsettled_of(offer_id))?;
                settled::nothing_waits(&key, record.unsettled_of(offer_id))?;
                replaced::forgotten(self.look, key, offer_id, self.recorded, record).await
            }
            StateEdit::Accept { key } => {
                let key = known_key(self.recorded, key)?;
                let Some(offer) = self.desired.and_then(|set| set.get(&key)) else {
                    return Err(StateChangeError::NoYaml { key }.into());
                };
                accepted::accepted(self.look, offer, &self.recorded.offers[&key]).await
            }
            StateEdit::NotCreated { key } => not_created::not_created(self.look, parse_key(key)?, self.recorded).await,
            StateEdit::NotDone { key } => {
                not_done::not_done(self.look, known_key(self.recorded, key)?, self.recorded).await
            }
            StateEdit::Created { key, offer_id } => {
                let (key, offer_id) = (parse_key(key)?, parse_id(*offer_id)?);
                Ok(StateEdited::Identified(identify::created(self.look, key, offer_id, self.recorded).await?))
            }
            StateEdit::Adopt { key, offer_id } => {
                let (key, offer_id) = (parse_key(key)?, parse_id(*offer_id)?);
                let offer = self.desired.and_then(|set| set.get(&key)).ok_or(StateChangeError::NoYaml { key })?;
                Ok(StateEdited::Identified(identify::adopted(self.look, offer, offer_id, self.recorded).await?))
            }
        }
    }
}

impl StateEdited {
    /// Refuses a change of which CAKE did not show all that it would record.
    fn check_seen(&self) -> Result<(), StateChangeError> {
        let (key, unseen, command) = match self {
            Self::Accepted { key, unseen: Some(unseen), .. } => (key, unseen, format!("accept {key}")),
            Self::Identified(Identified { key, unseen: Some(unseen), offer_id, is_adopted, .. }) => {
                let verb = if *is_adopted { "adopt" } else { "resolve" };
                (key, unseen, format!("{verb} {key} --offer-id {offer_id}"))
            }
            Self::ReplacedForgotten { key, offer_id, unseen: Some(unseen) } => {
                (key, unseen, format!("rm {key} --replaced {offer_id}"))
            }
            Self::ResolvedNotCreated { key, unseen: Some(unseen) } => {
                (key, unseen, format!("resolve {key} --not-created"))
            }
            Self::NotDone { key, unseen: Some(unseen), .. } => (key, unseen, format!("resolve {key} --not-done")),
            _ => return Ok(()),
        };
        Err(StateChangeError::Unseen { key: key.clone(), unseen: unseen.to_string(), command })
    }

    fn journal_entries(&self) -> Vec<StateChange> {
        let change = match self.clone() {
            Self::Renamed { from, to, offer_id } => StateChange::Rename { from, to, offer_id },
            Self::Forgotten { key, offer_id } | Self::ReplacedForgotten { key, offer_id, .. } => {
                StateChange::Forget { key, offer_id }
            }
            Self::Accepted { key, offer_id, changes, .. } => {
                let fields: Fields = changes.into_iter().map(|change| (change.field, change.after)).collect();
                StateChange::AcceptRemote { key, offer_id, fields }
            }
            Self::Identified(identified) => return identified.changes,
            Self::ResolvedNotCreated { key, .. } => StateChange::ResolvedNotCreated { key },
            Self::NotDone { changes, .. } => return changes,
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
