//! The bytes of a journal: one JSON object a line, each with a checksum that also covers every line before it.
//!
//! Owns the passage between entries and bytes. Knows no file. Invariants: every prefix of a journal's bytes is a valid
//! history, because a line counts only with its line feed, and what follows the last line feed is dropped (a write that a
//! crash cut off; no caller relies on it). Everything before that is exactly what was written: the chain of
//! checksums shows a changed, lost, repeated or exchanged line, and such a journal is refused with the line's number.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::entry::{JournalEntry, JournalHeader};

const BEFORE_SUM: &[u8] = br#"{"sum":""#;
const AFTER_SUM: &[u8] = br#"","line":"#;
const END: &[u8] = b"}";
const THIS: &str = env!("CARGO_PKG_VERSION");
/// Checksum length: detects corruption, not tampering.
const SUM_DIGITS: usize = 16;

/// The checksum of all lines so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Chain([u8; 32]);

impl Chain {
    fn with(self, content: &[u8]) -> Self {
        Self(*blake3::keyed_hash(&self.0, content).as_bytes())
    }

    fn digits(self) -> impl AsRef<str> {
        blake3::Hash::from(self.0).to_hex()
    }

    /// Appends a line with that JSON to the bytes, and is the checksum after it.
    pub(super) fn append(self, content: &[u8], bytes: &mut Vec<u8>) -> Self {
        let next = self.with(content);
        let digits = next.digits();
        for part in [BEFORE_SUM, &digits.as_ref().as_bytes()[..SUM_DIGITS], AFTER_SUM, content, END, b"\n"] {
            bytes.extend_from_slice(part);
        }
        next
    }

    /// The JSON within a line (without its line feed) and the checksum after it; `None` where it is not that line.
    fn check(self, line: &[u8]) -> Option<(&[u8], Self)> {
        let rest = line.strip_prefix(BEFORE_SUM)?;
        let (sum, rest) = rest.split_at_checked(SUM_DIGITS)?;
        let content = rest.strip_prefix(AFTER_SUM)?.strip_suffix(END)?;
        let next = self.with(content);
        (next.digits().as_ref().as_bytes().get(..SUM_DIGITS) == Some(sum)).then_some((content, next))
    }
}

/// Why a line of a journal is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalParseErrorKind {
    /// The line is not what was written, or a line before it is missing.
    #[error("the journal is damaged here: the line is not what offersync wrote, or one before it is missing")]
    Broken,
    /// Not a journal.
    #[error("this is not a journal of offersync")]
    OtherFormat,
    /// Made by a later program.
    #[error(
        "the journal has version {0}, made by a later offersync; this one is {THIS} and reads version {known}",
        known = JournalHeader::VERSION
    )]
    Newer(u64),
    /// A valid line with an entry that this version does not know.
    #[error("the journal has an entry that this offersync ({THIS}) does not know: {0}")]
    Unknown(String),
}

/// A line that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalParseError {
    /// Which, from 1.
    pub line: usize,
    /// Why.
    pub kind: JournalParseErrorKind,
}

/// The parsed bytes of a journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JournalContents {
    /// The first line; `None` where there is none yet.
    pub header: Option<JournalHeader>,
    /// The lines after it.
    pub entries: Vec<JournalEntry>,
    /// How many bytes are whole lines; what follows was cut off in the middle.
    pub whole: usize,
}

pub fn read_journal(bytes: &[u8]) -> Result<JournalContents, JournalParseError> {
    let mut history = JournalContents::default();
    let mut chain = Chain::default();
    let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
    for (index, line) in bytes[..whole].split_inclusive(|b| *b == b'\n').enumerate() {
        let refuse = |kind| JournalParseError { line: index + 1, kind };
        let (content, next) =
            chain.check(&line[..line.len() - 1]).ok_or_else(|| refuse(JournalParseErrorKind::Broken))?;
        if history.header.is_none() {
            history.header = Some(read_header(content).map_err(refuse)?);
        } else {
            history.entries.push(read::<JournalEntry>(content).map_err(refuse)?);
        }
        chain = next;
    }
    history.whole = whole;
    Ok(history)
}

fn read_header(content: &[u8]) -> Result<JournalHeader, JournalParseErrorKind> {
    #[derive(serde::Deserialize)]
    struct Identity {
        format: String,
        version: u64,
    }
    let identity: Identity = serde_json::from_slice(content).map_err(|_| JournalParseErrorKind::OtherFormat)?;
    if identity.format != JournalHeader::FORMAT {
        return Err(JournalParseErrorKind::OtherFormat);
    }
    if identity.version != u64::from(JournalHeader::VERSION) {
        return Err(JournalParseErrorKind::Newer(identity.version));
    }
    read(content)
}

fn read<T: DeserializeOwned>(content: &[u8]) -> Result<T, JournalParseErrorKind> {
    serde_json::from_slice(content).map_err(|error| JournalParseErrorKind::Unknown(error.to_string()))
}

pub(super) fn content<T: Serialize>(line: &T) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(line)
}
