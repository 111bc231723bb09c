//! A home in an object store: S3 and what speaks its language, Google Cloud Storage, Azure.
//!
//! Owns the names of the objects and what is in the head object. All are below one folder for each environment:
//!
//! | object | what | written |
//! |---|---|---|
//! | `head.json` | the head, the journal's pieces, and the name of the list of the state's pieces | on condition that it is as it was seen |
//! | `pieces/DIGEST-NUMBER` | a piece, or a list of pieces; the digest is that of its bytes, and the number is drawn for it | once |
//! | `probe/NUMBER` | what the probe tries conditions on | by the probe alone |
//!
//! Invariants: the head object is only ever written under a condition, once for each attempt; "nothing is there" is said only where the
//! store itself has said that there is no such object in this bucket; a piece whose bytes are not those of its digest is an error.

mod answers;
mod client;
mod connect;
mod probe;
mod runner;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use object_store::UpdateVersion;
use serde::{Deserialize, Serialize};

use crate::fault_point::shortened;
use crate::state::Rhythm;

use super::contents::Contents;
use super::head::Head;
use super::home::{Found, Home, HomeError, Kind, Prepared};
use super::place::{HEAD_OBJECT, ObjectPlace};

use client::{Client, Condition};

/// The longest time without a version: three a minute.
const RENEWAL: Duration = Duration::from_secs(20);

/// The shortest time between two versions: Google Cloud Storage takes one write of an object in a second.
const GAP: Duration = Duration::from_secs(1);

/// A folder of objects.
#[derive(Debug)]
pub(super) struct ObjectHome {
    client: Arc<Client>,
    seen: Mutex<Seen>,
}

/// What was seen of the head object.
#[derive(Debug, Default)]
struct Seen {
    /// How the store tells the versions apart that this process has read or written, by their numbers.
    marks: HashMap<String, UpdateVersion>,
    /// The last one that was read.
    last: Option<(String, Vec<u8>)>,
    /// The pieces of the state that were listed last, and the list.
    list: Option<(Vec<String>, String)>,
    /// Lists that no later version names.
    older_lists: Vec<String>,
}

impl Seen {
    fn set_list(&mut self, pieces: Vec<String>, list: String) {
        if self.list.as_ref().is_none_or(|(_, last)| *last != list) {
            self.older_lists.extend(self.list.replace((pieces, list)).map(|(_, older)| older));
        }
    }
}

/// The head object, without what is the head.
#[derive(Debug, Serialize, Deserialize)]
struct Lists {
    journal: Vec<String>,
    /// The piece that lists those of the state. It is there also where it is `null`.
    #[serde(deserialize_with = "Option::deserialize")]
    state: Option<String>,
}

/// The head object.
#[derive(Serialize)]
struct HeadObject<'a> {
    #[serde(flatten)]
    head: &'a Head,
    #[serde(flatten)]
    lists: Lists,
}

impl ObjectHome {
    /// The folder of objects at a place. Nothing is asked yet.
    pub(super) fn open(place: &ObjectPlace) -> Result<Self, HomeError> {
        Ok(Self { client: Arc::new(Client::open(place)?), seen: Mutex::new(Seen::default()) })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The pieces in a list.
    fn listed(&self, list: &str) -> Result<Vec<String>, HomeError> {
        let mut bytes = Vec::new();
        self.client.read(&[list], &mut |read| bytes = read)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| HomeError::new(Kind::Refused, format!("a list of pieces: {error}")))
    }

    /// The list of these pieces, which is written where it is not the last one.
    fn list_of(&self, state: &[String]) -> Result<Option<String>, HomeError> {
        if state.is_empty() {
            return Ok(None);
        }
        if let Some((pieces, list)) = &self.seen().list
            && pieces == state
        {
            return Ok(Some(list.clone()));
        }
        let failed = |error: serde_json::Error| HomeError::new(Kind::Refused, error.to_string());
        let bytes = serde_json::to_vec(state).map_err(failed)?;
        let list = self.client.write(&[&bytes])?.pop();
        if let Some(list) = &list {
            self.seen().set_list(state.to_vec(), list.clone());
        }
        Ok(list)
    }
}

impl Home for ObjectHome {
    fn rhythm(&self) -> Rhythm {
        Rhythm { renewal: shortened(RENEWAL), outcomes: shortened(GAP), gap: shortened(GAP) }
    }

    fn probe(&self) -> Result<(), HomeError> {
        probe::probe(&self.client)
    }

    fn tip(&self) -> Result<Option<String>, HomeError> {
        let Some((bytes, mark)) = self.client.get(HEAD_OBJECT)? else { return Ok(None) };
        let id = match Head::parse(&bytes) {
            Ok(head) => head.nonce().to_owned(),
            // What it is instead is told when it is read.
            Err(_) => format!("unknown {mark:?}"),
        };
        let mut seen = self.seen();
        seen.marks.insert(id.clone(), mark);
        seen.last = Some((id.clone(), bytes));
        Ok(Some(id))
    }

    fn version(&self, id: &str) -> Result<Option<Found>, HomeError> {
        let last = self.seen().last.clone();
        let Some((_, head)) = last.filter(|(last, _)| last == id) else { return Ok(None) };
        let lists: Lists = match serde_json::from_slice(&head) {
            Ok(lists) => lists,
            // Whatever it is instead is told by its first lines.
            Err(_) if Head::parse(&head).is_err() => return Ok(Some(Found { head, contents: Contents::default() })),
            Err(error) => return Err(HomeError::new(Kind::Refused, format!("its head is damaged: {error}"))),
        };
        let state = match lists.state.as_deref().map(|list| self.listed(list)).transpose() {
            // It was replaced meanwhile.
            Err(error) if error.kind == Kind::Gone && self.tip()?.as_deref() != Some(id) => return Ok(None),
            state => state?.unwrap_or_default(),
        };
        if let Some(list) = lists.state {
            self.seen().set_list(state.clone(), list);
        }
        Ok(Some(Found { head, contents: Contents { journal: lists.journal, state } }))
    }

    fn read(&self, pieces: &[&str], take: &mut dyn FnMut(Vec<u8>)) -> Result<(), HomeError> {
        self.client.read(pieces, take)
    }

    fn write(&self, pieces: &[&[u8]]) -> Result<Vec<String>, HomeError> {
        self.client.write(pieces)
    }

    fn keeps_pieces(&self) -> bool {
        // What has removed the head may have removed them, too.
        false
    }

    fn prepare(&self, head: &Head, contents: &Contents) -> Result<Prepared, HomeError> {
        let failed = |error: serde_json::Error| HomeError::new(Kind::Refused, error.to_string());
        let lists = Lists { journal: contents.journal.clone(), state: self.list_of(&contents.state)? };
        let mut body = serde_json::to_vec_pretty(&HeadObject { head, lists }).map_err(failed)?;
        body.push(b'\n');
        Ok(Prepared { id: head.nonce().to_owned(), body })
    }

    fn replace(&self, from: Option<&str>, to: &Prepared) -> Result<(), HomeError> {
        let mark = from.map(|from| self.seen().marks.get(from).cloned());
        let condition = match mark {
            None => Condition::Absent,
            Some(Some(mark)) => Condition::As(mark),
            Some(None) => {
                return Err(HomeError::new(Kind::Unclear, "the version to replace was not seen by this process"));
            }
        };
        let mark = self.client.put(HEAD_OBJECT, to.body.clone(), condition)?;
        self.seen().marks.insert(to.id.clone(), mark);
        Ok(())
    }

    fn remove(&self, mut pieces: Vec<String>) {
        pieces.append(&mut self.seen().older_lists);
        self.client.remove(pieces);
    }
}
