//! Reading the state's document: strict, in one pass over the bytes, and clear about why a text is refused.
//!
//! Owns the passage from bytes to [`StateDocument`] and the reasons of refusal ([`ParseErrorKind`]). Knows no path. Invariant: what is
//! read and written again is the same document; a member that could not be kept is therefore refused, not skipped.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::document::{FORMAT, StateDocument, VERSION};
use super::lineage::Lineage;
use crate::offer::{InDoubtCreate, Key, OfferId, Record, Recorded};

const THIS: &str = env!("CARGO_PKG_VERSION");

/// Where in a text, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in bytes.
    pub column: usize,
}

/// A text that is not a valid state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// Why.
    pub kind: ParseErrorKind,
    /// Where, if the problem has one place.
    pub position: Option<Position>,
}

/// Why a text is not a valid state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// Nothing in it.
    #[error("the state is empty")]
    Empty,
    /// The text ends too early.
    #[error("the state is cut short: the file ends in the middle")]
    CutShort,
    /// A merge was not finished.
    #[error("git's conflict markers are still in the state")]
    ConflictMarkers,
    /// Not JSON, or not the members and values of a state.
    #[error("this is not a state as offersync writes it: {0}")]
    Unreadable(String),
    /// Another kind of document.
    #[error("this is not a state: its `format` is {}, not `{FORMAT}`", quoted(.0.as_deref()))]
    OtherFormat(Option<String>),
    /// Made by a later program.
    #[error("the state has version {0}, made by a later offersync; this one is {THIS} and reads version {VERSION}")]
    Newer(u64),
    /// A version that does not exist.
    #[error("the state has version {0}, which does not exist; this offersync reads version {VERSION}")]
    UnknownVersion(String),
    /// One key, two records.
    #[error("the key `{0}` is in the state twice")]
    RepeatedKey(Key),
    /// One id, two records.
    #[error("the keys `{first}` and `{second}` both claim CAKE's offer {offer_id}")]
    SharedId {
        /// The key that has it first.
        first: Key,
        /// The key that has it again.
        second: Key,
        /// The id.
        offer_id: OfferId,
    },
    /// One id, twice in one record.
    #[error("the key `{key}` claims CAKE's offer {offer_id} twice")]
    RepeatedId {
        /// The key.
        key: Key,
        /// The id.
        offer_id: OfferId,
    },
}

fn quoted(format: Option<&str>) -> String {
    format.map_or_else(|| "missing".to_owned(), |format| format!("`{format}`"))
}

impl StateDocument {
    /// Reads a document in any spelling. What is not exactly a state is refused, and nothing is taken for empty.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
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
}

/// The place of the second occurrence of an id, which is noticed only after the last record.
fn place_of(kind: &ParseErrorKind, bytes: &[u8]) -> Option<Position> {
    let (ParseErrorKind::SharedId { offer_id, .. } | ParseErrorKind::RepeatedId { offer_id, .. }) = kind else {
        return None;
    };
    // Within a text of the state the quotes would be escaped.
    let member = "\"offer_id\"";
    let text = std::str::from_utf8(bytes).ok()?;
    let is_it = |at: &usize| {
        let value = text[at + member.len()..].trim_start().strip_prefix(':').map(str::trim_start);
        let digits = |value: &str| value.chars().take_while(char::is_ascii_digit).collect::<String>();
        value.map(digits) == Some(offer_id.to_string())
    };
    let (at, _) = text.match_indices(member).filter(|(at, _)| is_it(at)).nth(1)?;
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Some(Position { line: before.matches('\n').count() + 1, column: at - line_start + 1 })
}

/// The best reason for a text that was not read: a newer version, for one, may have any members.
fn explain(bytes: &[u8], error: &serde_json::Error, position: Option<Position>) -> ParseError {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return ParseError { kind: ParseErrorKind::Empty, position: None };
    }
    if let Some(line) = first_marker(bytes) {
        return ParseError { kind: ParseErrorKind::ConflictMarkers, position: Some(Position { line, column: 1 }) };
    }
    if error.is_eof() {
        return ParseError { kind: ParseErrorKind::CutShort, position };
    }
    if let Ok(Identity { format, version }) = serde_json::from_slice(bytes) {
        let format = format.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let version = version.unwrap_or(serde_json::Value::Null);
        if format.as_deref() != Some(FORMAT) {
            return ParseError { kind: ParseErrorKind::OtherFormat(format), position: None };
        }
        match version.as_u64() {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => {
                return ParseError { kind: ParseErrorKind::Newer(newer), position: None };
            }
            _ => return ParseError { kind: ParseErrorKind::UnknownVersion(version.to_string()), position: None },
        }
    }
    let text = error.to_string();
    // serde_json ends its text with the place, which is shown before the text already.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    ParseError { kind: ParseErrorKind::Unreadable(text.to_owned()), position }
}

#[derive(serde::Deserialize)]
struct Identity {
    format: Option<serde_json::Value>,
    version: Option<serde_json::Value>,
}

fn first_marker(bytes: &[u8]) -> Option<usize> {
    let marker = |line: &[u8]| [b"<<<<<<< ", b">>>>>>> "].iter().any(|start| line.starts_with(*start));
    bytes.split(|b| *b == b'\n').position(marker).map(|at| at + 1)
}

/// The members of the whole document.
struct Members<'d> {
    kind: &'d mut Option<ParseErrorKind>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = StateDocument;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<StateDocument, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = StateDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a state")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StateDocument, A::Error> {
        let (mut format, mut version, mut lineage, mut cake) = (None, None, None, None);
        let (mut offers, mut in_doubt) = (None, None);
        while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let repeated = match &*name {
                "format" => format.replace(map.next_value::<String>()?).is_some(),
                "version" => version.replace(map.next_value::<u64>()?).is_some(),
                "lineage" => lineage.replace(map.next_value::<Lineage>()?).is_some(),
                "cake" => cake.replace(map.next_value::<String>()?).is_some(),
                "offers" => offers.replace(map.next_value_seed(Offers { kind: self.kind })?).is_some(),
                "in_doubt" => in_doubt.replace(map.next_value_seed(InDoubt { kind: self.kind })?).is_some(),
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
        Ok(StateDocument {
            lineage: lineage.ok_or_else(|| missing("lineage"))?,
            cake: cake.ok_or_else(|| missing("cake"))?,
            recorded: Recorded {
                offers: offers.ok_or_else(|| missing("offers"))?,
                in_doubt: in_doubt.unwrap_or_default(),
            },
        })
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
