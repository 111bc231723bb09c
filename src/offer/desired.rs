//! An offer as git wants it: values, offersync's own settings, and the places of both in the files.

use std::sync::Arc;

use jiff::civil::Date;

use super::field::Field;
use super::fields::{FieldSet, Fields};
use super::key::Key;
use super::schedule::Schedule;
use crate::source::{Place, SourcePath, Span};

/// What a changed create-only field means (`sync.on_create_only_change`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnCreateOnlyChange {
    /// Block the offer and say what a person can do.
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

/// A lint that an offer is exempt from (`sync.allow`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedLint {
    /// The code of the lint.
    pub lint: &'static str,
    pub reason: Box<str>,
    /// In the offer's own file or in a `_defaults.yaml`.
    pub place: Place,
}

/// What stands for the reason in a waiver that a message shows. It is none itself.
pub const REASON_TO_FILL_IN: &str = "WHY";

/// A reviewed exception to a guardrail (`sync.waive`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The name of a guardrail or of a rule, as written.
    pub guardrail: Box<str>,
    /// The last day on which it holds, in `cake.time_zone`.
    pub until: Date,
    pub reason: Box<str>,
    /// In the offer's own file or in a `_defaults.yaml`.
    pub place: Place,
}

/// One desired offer, complete: defaults inherited, names turned to ids, `offer_status` filled in, every rule checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DesiredOffer {
    pub key: Key,
    /// Every managed value, and those under `ignore_changes` where given.
    pub fields: Fields,
    /// offersync's own settings.
    pub sync: SyncSettings,
    /// The lints that it is exempt from, its own and inherited ones, each once.
    pub allowed: Vec<Arc<AllowedLint>>,
    /// Its exceptions to guardrails, its own and inherited ones, each guardrail once.
    pub waivers: Vec<Arc<Waiver>>,
    /// Values that it gets at a time; `None` where there are none.
    pub schedule: Option<Box<Schedule>>,
    /// Which settings its own document has already, with or without contents.
    pub has: HasSettings,
    /// The beginning of its document.
    pub place: Place,
    pub places: ValuePlaces,
}

/// What a person who adds a waiver finds in the document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HasSettings {
    /// `sync:`
    pub sync: bool,
    /// `sync.waive`
    pub waive: bool,
}

/// The places of an offer's values, in its own file or in a `_defaults.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValuePlaces {
    /// In the offer's own file.
    own: Box<[(Field, Span)]>,
    /// In files of defaults, shared by the offers of a folder; an own place takes precedence.
    inherited: Option<Arc<[(Field, Place)]>>,
}

impl ValuePlaces {
    /// Places in the offer's own file, and those of the values that it may inherit.
    pub fn new(own: impl Into<Box<[(Field, Span)]>>, inherited: Option<Arc<[(Field, Place)]>>) -> Self {
        Self { own: own.into(), inherited }
    }

    fn own(&self, field: Field) -> Option<Span> {
        self.own.iter().find(|(of, _)| *of == field).map(|(_, span)| *span)
    }

    fn inherited(&self) -> impl Iterator<Item = &(Field, Place)> {
        self.inherited.iter().flat_map(|places| places.iter()).filter(|(field, _)| self.own(*field).is_none())
    }
}

impl DesiredOffer {
    /// The place of a field's own value, which an entry of a schedule may have taken the place of.
    pub fn written_at(&self, field: Field) -> Option<Place> {
        let own = self.places.own(field).map(|span| Place::new(self.place.file.clone(), span));
        let inherited = || self.places.inherited().find(|(of, _)| *of == field).map(|(_, place)| place.clone());
        own.or_else(inherited)
    }

    /// The place that gives a field its value: in the offer's own file or in one of defaults. `None` where no file gives it.
    pub fn given_at(&self, field: Field) -> Option<Place> {
        self.due_at(field).cloned().or_else(|| self.written_at(field))
    }

    /// The place of a field's value; the beginning of the offer where no file gives the value.
    pub fn place_of(&self, field: Field) -> Place {
        self.given_at(field).unwrap_or_else(|| self.place.clone())
    }

    /// The place of a field in the offer's own file; its beginning where that file does not give the value.
    pub fn own_place_of(&self, field: Field) -> Place {
        let due = self.due_at(field).filter(|place| place.file == self.place.file).cloned();
        let own = || self.places.own(field).map(|span| Place::new(self.place.file.clone(), span));
        due.or_else(own).unwrap_or_else(|| self.place.clone())
    }

    /// The files that give the offer its values.
    pub fn files(&self) -> impl Iterator<Item = &SourcePath> {
        let scheduled = self.entries().iter().map(|entry| &entry.place.file);
        std::iter::once(&self.place.file)
            .chain(self.places.inherited().map(|(_, place)| &place.file))
            .chain(scheduled.filter(|file| **file != self.place.file))
    }

    /// The values that are compared and updated: all but those under `ignore_changes`.
    pub fn managed(&self) -> impl Iterator<Item = (Field, &super::Value)> {
        self.fields.iter().filter(|(field, _)| !self.sync.ignore_changes.contains(*field))
    }
}

/// A file of the offers folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub path: SourcePath,
    /// Digest (blake3) of the bytes that were read.
    pub digest: [u8; 32],
}

/// All desired offers, sorted by key, each key once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DesiredSet {
    /// The offers, sorted by key.
    pub offers: Vec<DesiredOffer>,
    /// The files, sorted by path.
    pub files: Vec<SourceFile>,
    /// Digest (blake3, hex) of every file's path and bytes, in the order of paths.
    pub digest: String,
}

impl DesiredSet {
    pub fn get(&self, key: &Key) -> Option<&DesiredOffer> {
        self.offers.binary_search_by(|offer| offer.key.cmp(key)).ok().and_then(|at| self.offers.get(at))
    }
}
