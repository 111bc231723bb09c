//! The state as a document: what `offersync.state.json` holds, as a value and as canonical bytes.
//!
//! Owns the layout; the digest that ends it is in [`digest`](super::digest). Knows no file ([`store`](super::store)) and nothing of invalid texts
//! ([`reading`](super::reading)). Invariant: equal documents have equal bytes: keys sorted, two spaces, a field to a line, a
//! line feed at the end; that is what makes git's diffs and merges go by field, and what the digest is taken of.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, BufWriter, IntoInnerError, Write};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};

use super::digest::{Digests, Hashing};
use super::lineage::Lineage;
use crate::offer::{InDoubtCreate, Key, Record, Recorded, Revisions};

/// The value of `format`.
pub(super) const FORMAT: &str = "offersync-state";
/// The value of `version`. A later one is refused; there is no earlier one.
pub(super) const VERSION: u64 = 1;

/// A whole state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDocument {
    /// Identifies the state through all its generations.
    pub lineage: Lineage,
    /// The address of its CAKE.
    pub cake: String,
    /// The offers.
    pub recorded: Recorded,
}

impl StateDocument {
    /// The canonical bytes.
    #[must_use]
    pub fn emit(&self) -> Vec<u8> {
        DocumentRef::of(self).emit()
    }

    /// The digest (blake3, hex) of the canonical text without the digest that ends it, independent of the formatting of the file.
    #[must_use]
    pub fn digest(&self) -> String {
        DocumentRef::of(self).digest()
    }
}

/// A document whose parts live in different places.
#[derive(Debug, Clone, Copy)]
pub(super) struct DocumentRef<'a> {
    pub(super) lineage: Lineage,
    pub(super) cake: &'a str,
    pub(super) recorded: &'a Recorded,
}

impl<'a> DocumentRef<'a> {
    fn of(document: &'a StateDocument) -> Self {
        let StateDocument { lineage, cake, recorded } = document;
        Self { lineage: *lineage, cake, recorded }
    }

    fn emit(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing to memory cannot fail, and nothing in a document is refused by the serializer: its keys are strings.
        let written = self.write_to(&mut bytes);
        debug_assert!(written.is_ok(), "a document did not serialize");
        bytes
    }

    /// Writes the canonical bytes, and returns their digests.
    pub(super) fn write_to(&self, writer: impl Write) -> io::Result<Digests> {
        // The serializer writes in pieces of a few bytes.
        let output = HashingWriter { output: writer, hashing: Hashing::new() };
        let mut output = BufWriter::with_capacity(1 << 16, output);
        serde_json::to_writer_pretty(&mut output, self)?;
        output.write_all(b"\n")?;
        let HashingWriter { mut output, hashing } = output.into_inner().map_err(IntoInnerError::into_error)?;
        let (end, digests) = hashing.seal();
        output.write_all(&end)?;
        output.flush()?;
        Ok(digests)
    }

    pub(super) fn digest(&self) -> String {
        let written = self.write_to(io::sink());
        debug_assert!(written.is_ok(), "a document did not serialize");
        written.map(|digests| digests.content).unwrap_or_default()
    }
}

impl Serialize for DocumentRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Recorded { offers, in_doubt, revisions } = self.recorded;
        let (lineage, cake) = (self.lineage, self.cake);
        Members { format: FORMAT, version: VERSION, lineage, cake, in_doubt, revisions, offers, digest: None }
            .serialize(serializer)
    }
}

/// What is recorded: one file, made to be committed to git.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "State", deny_unknown_fields)]
struct Members<'a> {
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u64,
    /// The name of this state through all generations.
    #[schemars(with = "String")]
    lineage: Lineage,
    /// The address of the CAKE that the ids belong to.
    cake: &'a str,
    /// Creates whose outcome is unknown, by key.
    #[serde(skip_serializing_if = "is_empty")]
    in_doubt: &'a BTreeMap<Key, InDoubtCreate>,
    /// What the record of an offer is built on, by its id, also of offers that are no longer recorded: how often it has changed, and a mark
    /// of each of the last changes. A state that lacks changes of another one is recognized by it. 0 where there is none; older versions
    /// wrote the number only.
    #[serde(skip_serializing_if = "Revisions::is_empty")]
    revisions: &'a Revisions,
    /// The offers, by key.
    offers: &'a BTreeMap<Key, Record>,
    /// The BLAKE3 digest of the canonical text without this member, by which an edited or damaged state is recognized. Older versions
    /// wrote none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("type" = "string", "pattern" = "^[0-9a-f]{64}$"))]
    digest: Option<&'a str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_empty(map: &&BTreeMap<Key, InDoubtCreate>) -> bool {
    map.is_empty()
}

impl JsonSchema for StateDocument {
    fn schema_name() -> Cow<'static, str> {
        Members::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Members::json_schema(generator)
    }
}

/// Hashes what is written through it.
struct HashingWriter<W> {
    output: W,
    hashing: Hashing,
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hashing.push(bytes, |part| self.output.write_all(part))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}
