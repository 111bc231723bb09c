//! An offer as git wants it: values, offersync's own settings, and where each value stands.

use std::sync::Arc;

use super::field::Field;
use super::fields::{FieldSet, Fields};
use super::key::Key;

/// A file of the desired tree, by its place in [`DesiredSet::files`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// Where something stands: 1-based line and column, and how many characters of the line it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// Characters to underline, at least 1, all on that line.
    pub length: u32,
}

/// What a changed create-only field means (`sync.on_create_only_change`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnCreateOnlyChange {
    /// Do nothing and say what a person can do.
    #[default]
    Block,
    /// Create a new offer and make the old one inactive.
    Replace,
}

/// The `sync:` settings of an offer; never sent to CAKE.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncSettings {
    /// The key under which the offer was recorded until now.
    pub renamed_from: Option<Key>,
    /// Never retired or replaced.
    pub protect: bool,
    /// What a changed create-only field means.
    pub on_create_only_change: OnCreateOnlyChange,
    /// Sent on create where given, then neither compared nor sent.
    pub ignore_changes: FieldSet,
}

/// One desired offer, complete: defaults inherited, names turned to ids, `offer_status` filled in, every rule checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredOffer {
    /// Its key.
    pub key: Key,
    /// Every managed value, and those under `ignore_changes` where given.
    pub fields: Fields,
    /// offersync's own settings.
    pub sync: SyncSettings,
    /// Where the offer begins (the first line of its document).
    pub place: Place,
    /// Where each given value stands; it may be in a `_defaults.yaml`. Fields filled in by a default have none.
    pub places: Box<[(Field, Place)]>,
}

impl DesiredOffer {
    /// Where the field's value stands, else where the offer begins.
    pub fn place_of(&self, field: Field) -> Place {
        self.places.iter().find(|(f, _)| *f == field).map_or(self.place, |(_, place)| *place)
    }

    /// The values that are compared and updated: all but those under `ignore_changes`.
    pub fn managed(&self) -> impl Iterator<Item = (Field, &super::Value)> {
        self.fields.iter().filter(|(field, _)| !self.sync.ignore_changes.contains(*field))
    }
}

/// All desired offers, sorted by key, each key once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DesiredSet {
    /// The offers, sorted by key.
    pub offers: Vec<DesiredOffer>,
    /// The paths of the files, `/`-separated, relative to the folder of `offersync.toml`, as messages show them.
    pub files: Vec<Arc<str>>,
    /// Digest (blake3, hex) of every file's path and bytes, in the order of paths.
    pub digest: String,
}

impl DesiredSet {
    /// The path of a file.
    pub fn path(&self, file: FileId) -> Arc<str> {
        self.files.get(file.0 as usize).cloned().unwrap_or_else(|| Arc::from("?"))
    }

    /// The offer of that key.
    pub fn get(&self, key: &Key) -> Option<&DesiredOffer> {
        self.offers.binary_search_by(|offer| offer.key.cmp(key)).ok().and_then(|at| self.offers.get(at))
    }
}
