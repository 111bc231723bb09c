//! Reading the state's document in any spelling: strict, in one pass over the bytes.
//!
//! Owns the passage from bytes to [`StateDocument`]. Invariant: what is read and written again is the same
//! document; a member that could not be kept is therefore refused, not skipped.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::digest;
use super::document::{FORMAT, StateDocument, VERSION};
use super::files::open_if_there;
use super::lineage::Lineage;
use super::parse_error::{ParseError, ParseErrorKind, Position, explain, place_of};
use crate::offer::{InDoubtCreate, Key, OfferId, Record, Recorded, Revisions};

/// More than the end of a state with its digest.
const END: u64 = 256;

impl StateDocument {
    /// Reads a document in any spelling. What is not exactly a state is refused, and nothing is taken for empty.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let (document, said) = read(bytes)?;
        if said.is_some_and(|said| said != document.digest()) {
            return Err(ParseError { kind: ParseErrorKind::Edited, position: None });
        }
        Ok(document)
    }

    /// Whether a text says a digest, right or wrong; `None` where it is no state.
    pub fn has_digest(bytes: &[u8]) -> Option<bool> {
        if digest::is_at_end_of(bytes) { Some(true) } else { read(bytes).ok().map(|(_, said)| said.is_some()) }
    }

    /// The same of a file, of which no more than its end is read if it has one.
    pub(super) fn has_digest_in(path: &Path) -> Option<bool> {
        let mut file = open_if_there(path).ok().flatten()?;
        let length = file.metadata().ok()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(END))).ok()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        if digest::is_at_end_of(&bytes) {
            return Some(true);
        }
        bytes.clear();
        file.rewind().and_then(|()| file.read_to_end(&mut bytes)).ok()?;
        Self::has_digest(&bytes)
    }

    /// The same document, whatever digest the text says: a person has looked at it.
    pub(super) fn parse_edited(bytes: &[u8]) -> Result<Self, ParseError> {
        read(bytes).map(|(document, _)| document)
    }
}

/// The document, and the digest that the text says.
fn read(bytes: &[u8]) -> Result<(StateDocument, Option<String>), ParseError> {
    // A visitor's precise reason, which an error of serde cannot carry.
    let mut kind = None;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let document = Members { kind: &mut kind }
        .deserialize(&mut deserializer)
        .and_then(|document| deserializer.end().map(|()| document));
    document.map_err(|error| {
        let position = (error.line() > 0).then(|| Position { line: error.line(), column: error.column() });
        match kind {
            Some(kind) => ParseError { position: place_of(&kind, bytes).or(position), kind },
            None => explain(bytes, &error, position),
        }
    })
}

/// The members of the whole document.
struct Members<'d> {
    kind: &'d mut Option<ParseErrorKind>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = (StateDocument, Option<String>);
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = (StateDocument, Option<String>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut format, mut version, mut lineage, mut cake) = (None, None, None, None);
        let (mut offers, mut in_doubt, mut revisions, mut digest) = (None, None, None, None);
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let repeated = match &*name {
                "format" => format.replace(map.next_value::<String>()?).is_some(),
                "version" => version.replace(map.next_value::<u64>()?).is_some(),
                "lineage" => lineage.replace(map.next_value::<Lineage>()?).is_some(),
                "cake" => cake.replace(map.next_value::<String>()?).is_some(),
                "offers" => offers.replace(map.next_value_seed(Offers { kind: self.kind })?).is_some(),
                "in_doubt" => in_doubt.replace(map.next_value_seed(InDoubt { kind: self.kind })?).is_some(),
                "revisions" => revisions.replace(map.next_value::<Revisions>()?).is_some(),
                "digest" => digest.replace(map.next_value::<String>()?).is_some(),
                other => return Err(unknown_member(other, &mut map)),
            };
            if repeated {
                return Err(A::Error::custom(format_args!("`{name}` is there twice")));
            }
        }
        let missing = A::Error::missing_field;
        if format.ok_or_else(|| missing("format"))? != FORMAT || version.ok_or_else(|| missing("version"))? != VERSION {
            // Not shown: `explain` reads the two members again.
            return Err(A::Error::custom("another format or version"));
        }
        let document = StateDocument {
            lineage: lineage.ok_or_else(|| missing("lineage"))?,
            cake: cake.ok_or_else(|| missing("cake"))?,
            recorded: Recorded {
                offers: offers.ok_or_else(|| missing("offers"))?,
                in_doubt: in_doubt.unwrap_or_default(),
                revisions: revisions.unwrap_or_default(),
            },
        };
        Ok((document, digest))
    }
}

fn unknown_member<'de, A: MapAccess<'de>>(name: &str, map: &mut A) -> A::Error {
    // Read to its end, so that a text that is cut short is called that.
    match map.next_value::<IgnoredAny>() {
        Ok(_) => A::Error::custom(format_args!("a state has no member `{name}`")),
        Err(error) => error,
    }
}

/// The records by key: each key once, each id once, also among those that were replaced.
struct Offers<'d> {
    kind: &'d mut Option<ParseErrorKind>,
}

impl<'de> DeserializeSeed<'de> for Offers<'_> {
    type Value = BTreeMap<Key, Record>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Offers<'_> {
    type Value = BTreeMap<Key, Record>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the offers by key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut offers: Vec<(Key, Record)> = Vec::new();
        // Every key so far, once one is out of order: the text was edited by hand or merged by git.
        let mut unordered: Option<HashSet<Key>> = None;
        while let Some(key) = map.next_key::<Key>()? {
            if unordered.is_none() && offers.last().is_some_and(|(last, _)| *last >= key) {
                unordered = Some(offers.iter().map(|(key, _)| key.clone()).collect());
            }
            if unordered.as_mut().is_some_and(|seen| !seen.insert(key.clone())) {
                return Err(refuse(self.kind, ParseErrorKind::RepeatedKey(key)));
            }
            let record = map.next_value::<Record>()?;
            offers.push((key, record));
        }
        if let Some(kind) = repeated_id(&offers) {
            return Err(refuse(self.kind, kind));
        }
        Ok(offers.into_iter().collect())
    }
}

/// An id that two records have, or one record twice, among the replaced offers too.
pub(super) fn repeated_id(offers: &[(Key, Record)]) -> Option<ParseErrorKind> {
    let of_record = |(at, (_, record)): (usize, &(Key, Record))| {
        let replaced: Vec<_> = record.replaced.iter().map(|old| (old.offer_id, at)).collect();
        std::iter::once((record.offer_id, at)).chain(replaced)
    };
    // A sorted list costs a fraction of a hash map of a hundred thousand ids.
    let mut ids: Vec<(OfferId, usize)> = offers.iter().enumerate().flat_map(of_record).collect();
    ids.sort_unstable();
    let [(offer_id, first), (_, second)] = *ids.array_windows().find(|[(one, _), (next, _)]| one == next)?;
    let (first, second) = (offers[first].0.clone(), offers[second].0.clone());
    Some(if first == second {
        ParseErrorKind::RepeatedId { key: first, offer_id }
    } else {
        ParseErrorKind::SharedId { first, second, offer_id }
    })
}

/// The creates in doubt by key, each key once.
struct InDoubt<'d> {
    kind: &'d mut Option<ParseErrorKind>,
}

impl<'de> DeserializeSeed<'de> for InDoubt<'_> {
    type Value = BTreeMap<Key, InDoubtCreate>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for InDoubt<'_> {
    type Value = BTreeMap<Key, InDoubtCreate>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the creates in doubt by key")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut creates = BTreeMap::new();
        while let Some((key, create)) = map.next_entry::<Key, InDoubtCreate>()? {
            if creates.contains_key(&key) {
                return Err(refuse(self.kind, ParseErrorKind::RepeatedKey(key)));
            }
            creates.insert(key, create);
        }
        Ok(creates)
    }
}

fn refuse<E: serde::de::Error>(place: &mut Option<ParseErrorKind>, kind: ParseErrorKind) -> E {
    let error = E::custom(&kind);
    *place = Some(kind);
    error
}
