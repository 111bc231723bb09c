//! The entries of a journal: intents, their outcomes, and state changes.
//!
//! Owns the entries and their JSON. Knows neither lines nor files nor what an entry does to a record
//! ([`replay`](mod@super::replay) does). Invariant: an entry about a recorded offer names the offer's id, not only its key,
//! because a key can pass from one offer to another within one journal and an id cannot.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::offer::{Baselines, Key, Operation, StateChange, WriteOutcome};
use crate::state::Lineage;

/// The first line: which state the journal belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalHeader {
    /// Always [`JournalHeader::FORMAT`].
    pub format: String,
    /// Always [`JournalHeader::VERSION`].
    pub version: u32,
    /// The lineage of the state, chosen before its first file is written.
    pub lineage: Lineage,
    /// The address of the CAKE that the writes went to.
    pub cake: String,
    /// The digest of the state that the journal was started on; `None` if there was none yet.
    pub base: Option<String>,
    /// Tells the changes of this journal from those of any other one; empty in older journals.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nonce: String,
}

impl JournalHeader {
    /// The value of `format`.
    pub const FORMAT: &str = "offersync-journal";
    /// The value of `version`.
    pub const VERSION: u32 = 1;

    /// The header of a journal that begins on a state with that digest.
    pub fn new(lineage: Lineage, cake: &str, base: Option<String>) -> Self {
        let nonce = Uuid::now_v7().to_string();
        Self { format: Self::FORMAT.to_owned(), version: Self::VERSION, lineage, cake: cake.to_owned(), base, nonce }
    }
}

/// A line after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum JournalEntry {
    /// A request is about to be sent.
    Intent {
        /// Its number in this journal.
        number: u64,
        /// The offer's key.
        key: Key,
        /// The request, and what its success means for the record.
        #[serde(rename = "purpose")]
        operation: Operation,
    },
    /// The outcome of a request.
    Outcome {
        /// The number of its intent.
        number: u64,
        outcome: WriteOutcome,
    },
    /// What CAKE held before the creates that follow, up to the next entry of this kind.
    Baselines(Baselines),
    /// A change of the record that needs no request. Durable at once, because nothing has to be awaited.
    #[serde(rename = "note")]
    StateChange(StateChange),
}
