//! The text of an imported offer, and the check that it reads back to the imported values among its folder's defaults.

use std::collections::HashMap;

use super::folder_defaults::FolderDefaults;
use super::imported_offer::{Absent, ImportedOffer, union};
use crate::config::Names;
use crate::desired::{ReadOptions, Reading, from_texts};
use crate::edit;
use crate::offer::{DesiredOffer, Field, FieldSet, Fields, Key, SyncSettings, Value};
use crate::words::shorten;

/// The longest word of CAKE's in a comment.
const WORD: usize = 60;

/// The YAML of an imported offer among its folder's defaults. `sparse`: values equal to those are left out.
pub(super) fn text(imported: &ImportedOffer, inherited: &FolderDefaults, sparse: bool, names: &Names) -> String {
    let repeats = |field: Field, value: &Value| sparse && inherited.fields.get(field) == Some(value);
    let fields: Fields = imported
        .fields
        .iter()
        .filter(|(field, value)| !repeats(*field, value))
        .map(|(field, value)| (field, value.clone()))
        .collect();
    let mut sync = imported.sync.clone();
    let wanted = union(sync.ignore_changes, hidden(imported, inherited));
    // The offer's own list replaces the inherited one, so it has to name all of the fields.
    sync.ignore_changes = if wanted.iter().all(|field| inherited.ignored.contains(field)) {
        FieldSet::default()
    } else {
        union(wanted, inherited.ignored)
    };
    let text = emit(&fields, names, &sync);
    match (&imported.status_word, text.rfind(IGNORED)) {
        (Some(word), Some(place)) if sync.ignore_changes.contains(Field::OfferStatus) => {
            format!("{}{}{}", &text[..place], status_comment(word), &text[place..])
        }
        _ => text,
    }
}

/// The setting in a new file, whose last line it is.
const IGNORED: &str = "  ignore_changes: ";

/// Says what CAKE showed, because the file can only say that the status is left to CAKE.
fn status_comment(word: &str) -> String {
    // Escaped, so that no text of CAKE's ends the comment.
    let word = format!("{:?}", shorten(word, WORD));
    format!(
        "  # CAKE showed the status {word} at the import. To manage it, add `offer_status: inactive`\n  \
         # and take offer_status off this list. With no offer_status, the offer would become active.\n"
    )
}

/// Fields that the folder would give although the offer's own value is unknown.
pub(super) fn hidden(imported: &ImportedOffer, inherited: &FolderDefaults) -> FieldSet {
    match imported.absent {
        Absent::Inherited => FieldSet::default(),
        Absent::Unknown => {
            inherited.fields.iter().map(|(field, _)| field).filter(|f| imported.fields.get(*f).is_none()).collect()
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
    from_texts(files, names, ReadOptions { allow_empty: true, ..ReadOptions::default() })
}

pub(super) fn by_key(reading: &Reading) -> HashMap<&Key, &DesiredOffer> {
    reading.set.offers.iter().map(|offer| (&offer.key, offer)).collect()
}

/// The values that the YAML manages, or the first field that differs from the imported offer.
pub(super) fn managed(imported: &ImportedOffer, offer: &DesiredOffer) -> Result<Fields, Field> {
    let mut managed = Fields::default();
    for (field, value) in offer.managed() {
        match imported.fields.get(field) {
            // Spelled as CAKE has it.
            Some(known) if known == value => managed.set(field, known.clone()),
            None if imported.absent == Absent::Inherited => managed.set(field, value.clone()),
            _ => return Err(field),
        };
    }
    let ignored = offer.sync.ignore_changes;
    match imported.fields.iter().find(|(field, _)| !ignored.contains(*field) && managed.get(*field).is_none()) {
        Some((field, _)) => Err(field),
        None => Ok(managed),
    }
}
