//! Why a text is not a valid state.
//!
//! Owns the reasons and the choice of the best one for a text that could not be read. Knows no path. Invariant: a text is
//! explained from its bytes alone, so the same text always gets the same reason.

use super::document::{FORMAT, VERSION};
use crate::offer::{Key, OfferId};
use crate::words::shorten;

const THIS: &str = env!("CARGO_PKG_VERSION");

/// The longest text of a state that a message quotes.
const SHOWN: usize = 200;

/// Where in a text, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
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
    /// An editor wrote U+FEFF before the text.
    #[error("the state begins with a byte order mark, which offersync does not write")]
    ByteOrderMark,
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
    /// Edited by hand, merged line by line, or damaged.
    #[error("the state is not as offersync wrote it: its digest is that of another content")]
    Edited,
    /// Its digest was taken out, by hand or in a merge.
    #[error("the state is not as offersync wrote it: it has no digest, and it had one")]
    NoDigest,
    /// It has no digest, and those of its versions that may have one are not in this clone.
    #[error(
        "the state has no digest, and this clone lacks a part of the history, so whether it was taken out is not known"
    )]
    MaybeNoDigest {
        /// The command that brings them.
        fetch: String,
    },
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
        offer_id: OfferId,
    },
    /// One id, twice in one record.
    #[error("the key `{key}` claims CAKE's offer {offer_id} twice")]
    RepeatedId { key: Key, offer_id: OfferId },
}

fn quoted(format: Option<&str>) -> String {
    format.map_or_else(|| "missing".to_owned(), |format| format!("`{format}`"))
}

/// The place of the second occurrence of an id, which is noticed only after the last record.
pub(super) fn place_of(kind: &ParseErrorKind, bytes: &[u8]) -> Option<Position> {
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
pub(super) fn explain(bytes: &[u8], error: &serde_json::Error, position: Option<Position>) -> ParseError {
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return ParseError { kind: ParseErrorKind::Empty, position: None };
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return ParseError { kind: ParseErrorKind::ByteOrderMark, position: Some(Position { line: 1, column: 1 }) };
    }
    if let Some(line) = first_marker(bytes) {
        return ParseError { kind: ParseErrorKind::ConflictMarkers, position: Some(Position { line, column: 1 }) };
    }
    if error.is_eof() {
        return ParseError { kind: ParseErrorKind::CutShort, position };
    }
    if let Ok(Identity { format, version }) = serde_json::from_slice(bytes) {
        let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let format = format.map(|value| shorten(&text(value), SHOWN).into_owned());
        let version = version.unwrap_or(serde_json::Value::Null);
        if format.as_deref() != Some(FORMAT) {
            return ParseError { kind: ParseErrorKind::OtherFormat(format), position: None };
        }
        match version.as_u64() {
            Some(VERSION) => {}
            Some(newer) if newer > VERSION => {
                return ParseError { kind: ParseErrorKind::Newer(newer), position: None };
            }
            _ => {
                let version = shorten(&version.to_string(), SHOWN).into_owned();
                return ParseError { kind: ParseErrorKind::UnknownVersion(version), position: None };
            }
        }
    }
    let text = error.to_string();
    // serde_json ends its text with the place, which is shown before the text already.
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    ParseError { kind: ParseErrorKind::Unreadable(shorten(text, SHOWN).into_owned()), position }
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
