//! The note that an import has begun to write files whose offers it records only afterwards.
//!
//! Owns the note's file and its format. Invariants: the note is durable before the first file is written; an offer stays in it until it is
//! recorded, because until then any YAML without a record may be its own, under whatever key and name, and CAKE has it already.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::files::{IMPORT, with_ending};
use super::store::Store;
use crate::disk;
use crate::offer::{Key, OfferId, Recorded};

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
}

impl UnfinishedImport {
    /// Leaves out the offers that are recorded, and those whose YAML is recorded with another offer: a person has said so.
    pub fn retain_unrecorded(&mut self, recorded: &Recorded) {
        let owned: HashSet<OfferId> = recorded.offer_ids().collect();
        self.offers.retain(|id, offer| !owned.contains(id) && !recorded.offers.contains_key(&offer.key));
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

    /// Where the note is.
    pub fn import_path(&self) -> PathBuf {
        with_ending(&self.journal_path(), IMPORT)
    }
}
