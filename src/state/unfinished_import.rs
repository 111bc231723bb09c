//! The note that an import has begun to write files whose offers it records only afterwards.
//!
//! Owns the note's file and its format. Invariants: the note is durable before the first file is written; an offer in it that no key
//! records may be in CAKE already, so that a create of it would be a second one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};

use serde::{Deserialize, Serialize};

use super::files::{IMPORT, with_ending};
use super::store::Store;
use crate::disk;
use crate::offer::{CreateRequest, Key, OfferId, Recorded, similar_name};

/// An import that has not recorded all of its offers yet.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnfinishedImport {
    /// What to run to complete it.
    pub command: String,
    /// The offers that it records.
    pub offers: BTreeMap<OfferId, UnfinishedOffer>,
}

/// An offer of CAKE, and the key of its YAML.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnfinishedOffer {
    pub key: Key,
    pub name: Option<String>,
}

impl UnfinishedImport {
    /// Leaves out the offers that are recorded.
    pub fn retain_unrecorded(&mut self, recorded: &Recorded) {
        let owned: std::collections::HashSet<OfferId> = recorded.offer_ids().collect();
        self.offers.retain(|id, _| !owned.contains(id));
    }

    /// Whether a create may be of an offer that the import was about to record. Its YAML may have been renamed since.
    pub fn may_have(&self, key: &Key, create: &CreateRequest) -> bool {
        let name = create.offer.fields().name().unwrap_or_default();
        let is_it = |offer: &UnfinishedOffer| {
            offer.key == *key || offer.name.as_deref().is_some_and(|shown| similar_name(name, shown))
        };
        self.offers.values().any(is_it)
    }
}

impl Store {
    /// The note of an import that was interrupted, or that is running.
    pub fn unfinished_import(&self) -> io::Result<Option<UnfinishedImport>> {
        match fs::read(self.import_path()) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the note, durably. One without offers is removed.
    pub fn note_import(&self, import: &UnfinishedImport) -> io::Result<()> {
        let path = self.import_path();
        if import.offers.is_empty() {
            return match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        let written = disk::replace_durably(&path, None, |file| Ok(serde_json::to_writer(file, import)?));
        written.map_err(|(_, source)| source)
    }

    fn import_path(&self) -> std::path::PathBuf {
        with_ending(&self.journal_path(), IMPORT)
    }
}
