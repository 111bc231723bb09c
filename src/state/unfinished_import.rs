//! The note that an import has begun to write files whose offers it records only afterwards.
//!
//! Owns the note's file and its format. Invariants: the note is durable before the first file is written; an offer stays in it until its key is
//! recorded, because until then any YAML without a record may be its own, under whatever key and name, and CAKE has it already.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::address;
use super::files::{IMPORT, JOURNAL, with_ending};
use super::left_over::{files_below, files_of};
use super::store::Store;
use crate::disk;
use crate::offer::{Key, OfferId, Recorded};

/// An import that has not recorded all of its offers yet, or several.
#[derive(Debug, Serialize, Deserialize)]
pub struct UnfinishedImport {
    /// The address of its CAKE.
    pub cake: String,
    /// What to run to complete it.
    pub command: String,
    /// Where it was noted.
    #[serde(skip)]
    pub notes: Vec<PathBuf>,
    /// The keys of the YAML that it writes, each with the offer that it records for it.
    pub offers: BTreeMap<Key, OfferId>,
}

impl UnfinishedImport {
    /// Leaves out the offers of which the YAML is recorded: with its own offer, or with another one, as a person has said. An offer that
    /// another key has by now stays: its YAML may still be there, or come back with a branch.
    pub fn retain_unrecorded(&mut self, recorded: &Recorded) {
        self.offers.retain(|key, _| !recorded.offers.contains_key(key));
    }

    /// The offers that no key has.
    pub fn open<'a>(&'a self, recorded: &Recorded) -> impl Iterator<Item = (OfferId, &'a Key)> + use<'a> {
        let owned: HashSet<OfferId> = recorded.offer_ids().collect();
        self.offers.iter().map(|(key, id)| (*id, key)).filter(move |(id, _)| !owned.contains(id))
    }
}

impl Store {
    /// The imports from this CAKE that were interrupted, or are running: also those that were noted under another name of the state, in
    /// another work tree, or before the folder was one.
    pub fn unfinished_import(&self, cake: &str) -> io::Result<Option<UnfinishedImport>> {
        let mut all: Option<UnfinishedImport> = None;
        for path in self.notes() {
            let bytes = match fs::read(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                read => read?,
            };
            let note: UnfinishedImport = serde_json::from_slice(&bytes)?;
            if !address::same(&note.cake, cake) {
                continue;
            }
            let Some(all) = &mut all else {
                all = Some(UnfinishedImport { notes: vec![path], ..note });
                continue;
            };
            // What completes one of them does not complete all.
            if all.command != note.command {
                "offersync import".clone_into(&mut all.command);
            }
            all.notes.push(path);
            all.offers.extend(note.offers);
        }
        Ok(all)
    }

    /// Every place where a note may be, the own one first.
    fn notes(&self) -> Vec<PathBuf> {
        let of_place = |place: &PathBuf| with_ending(&with_ending(place, JOURNAL), IMPORT);
        let ending = format!("{JOURNAL}{IMPORT}");
        let is_note = |path: &PathBuf| path.to_string_lossy().ends_with(&ending);
        let below = self.folder.iter().flat_map(|folder| files_below(folder));
        let elsewhere = self.others.iter().map(|(place, _)| place).chain(&self.removed).map(of_place);
        let found = files_of(&self.file).into_iter().chain(below).filter(is_note).chain(elsewhere);
        let mut notes = vec![self.import_path()];
        for path in found.filter(|path| path.is_file()) {
            if !notes.iter().any(|known| disk::is_same_file(known, &path)) {
                notes.push(path);
            }
        }
        notes
    }

    /// Writes the note, durably, in place of those that it was made of. One without offers is removed.
    pub fn note_import(&self, import: &UnfinishedImport) -> io::Result<()> {
        let path = self.import_path();
        let is_empty = import.offers.is_empty();
        if !is_empty {
            let written = disk::replace_durably(&path, None, |file| Ok(serde_json::to_writer(file, import)?));
            written.map_err(|(_, source)| source)?;
        }
        let others = import.notes.iter().filter(|note| !disk::is_same_file(note, &path));
        for note in others.chain(is_empty.then_some(&path)) {
            match fs::remove_file(note) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Where the note is.
    pub fn import_path(&self) -> PathBuf {
        with_ending(&self.journal_path(), IMPORT)
    }
}
