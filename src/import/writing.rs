//! The text of an arrival, and the proof that it says what it should: everything is read back together with the defaults that
//! it will stand among.

use std::collections::HashMap;

use super::arrival::{Absent, Arrival, union};
use super::ground::Ground;
use crate::config::Names;
use crate::desired::{ReadOptions, Reading, from_texts};
use crate::edit;
use crate::offer::{DesiredOffer, Field, FieldSet, Fields, Key, SyncSettings, Value};

/// The YAML of an arrival on its ground. `sparse`: what the ground gives already is not repeated.
pub(super) fn text(arrival: &Arrival, ground: &Ground, sparse: bool, names: &Names) -> String {
    let repeats = |field: Field, value: &Value| sparse && ground.fields.get(field) == Some(value);
    let fields: Fields = arrival
        .fields
        .iter()
        .filter(|(field, value)| !repeats(*field, value))
        .map(|(field, value)| (field, value.clone()))
        .collect();
    let mut sync = arrival.sync.clone();
    let wanted = union(sync.ignore_changes, hidden(arrival, ground));
    // A list of the offer's own takes the place of the inherited one, so it names all of them or is not there.
    sync.ignore_changes = if wanted.iter().all(|field| ground.ignored.contains(field)) {
        FieldSet::default()
    } else {
        union(wanted, ground.ignored)
    };
    emit(&fields, names, &sync)
}

/// Values that the ground would give although nobody knows what the offer has.
pub(super) fn hidden(arrival: &Arrival, ground: &Ground) -> FieldSet {
    match arrival.absent {
        Absent::Inherited => FieldSet::default(),
        Absent::Unknown => {
            ground.fields.iter().map(|(field, _)| field).filter(|f| arrival.fields.get(*f).is_none()).collect()
        }
    }
}

/// The text of a file of defaults.
pub(super) fn defaults_text(fields: &Fields, names: &Names) -> String {
    emit(fields, names, &SyncSettings::default())
}

fn emit(fields: &Fields, names: &Names, sync: &SyncSettings) -> String {
    edit::emit(fields, &|field, id| names.name_of(field, id).map(str::to_owned), sync)
}

/// Reads new files among the defaults of the tree.
pub(super) fn read_back(files: Vec<(String, Vec<u8>)>, names: &Names) -> Reading {
    from_texts(files, names, ReadOptions { allow_empty: true })
}

/// The offers of a reading by key.
pub(super) fn by_key(reading: &Reading) -> HashMap<&Key, &DesiredOffer> {
    reading.set.offers.iter().map(|offer| (&offer.key, offer)).collect()
}

/// What the YAML of an arrival manages, if that is what it should.
pub(super) fn managed(arrival: &Arrival, offer: &DesiredOffer) -> Result<Fields, Field> {
    let mut managed = Fields::default();
    for (field, value) in offer.managed() {
        match arrival.fields.get(field) {
            // The digits and letters as CAKE has them.
            Some(known) if known == value => managed.set(field, known.clone()),
            None if arrival.absent == Absent::Inherited => managed.set(field, value.clone()),
            _ => return Err(field),
        };
    }
    let ignored = offer.sync.ignore_changes;
    match arrival.fields.iter().find(|(field, _)| !ignored.contains(*field) && managed.get(*field).is_none()) {
        Some((field, _)) => Err(field),
        None => Ok(managed),
    }
}
