//! The values that an offer in a folder inherits.
//!
//! Found by reading minimal offers as if they were in the folder, with the reader of the tree: inheritance is implemented once.

use std::collections::HashMap;

use super::tree::is_defaults;
use crate::config::Names;
use crate::desired::{ReadOptions, from_texts};
use crate::offer::{Field, FieldSet, Fields};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct FolderDefaults {
    pub(super) fields: Fields,
    /// `sync.ignore_changes`.
    pub(super) ignored: FieldSet,
}

/// The lines that every offer needs, with their fields.
const NEEDED: [(Field, &str); 4] = [
    (Field::OfferName, "offer_name: probe"),
    (Field::AdvertiserId, "advertiser_id: 1"),
    (Field::VerticalId, "vertical_id: 1"),
    (Field::OfferUrl, "offer_url: https://probe.example/"),
];

/// The inherited values of each folder; paths are written as in `defaults`.
pub(super) fn folder_defaults<'f>(
    folders: impl Iterator<Item = &'f str>,
    defaults: &[(String, Vec<u8>)],
    names: &Names,
) -> HashMap<&'f str, FolderDefaults> {
    let folders: Vec<&str> = folders.collect();
    let mut by_folder: HashMap<&str, FolderDefaults> =
        folders.iter().map(|folder| (*folder, FolderDefaults::default())).collect();
    if defaults.is_empty() {
        return by_folder;
    }
    let mut texts = defaults.to_vec();
    for (number, folder) in folders.iter().enumerate() {
        // An offer's own value hides the inherited one, so each needed line is left out once.
        for left_out in std::iter::once(None).chain(NEEDED.iter().map(|(field, _)| Some(*field))) {
            let lines: Vec<&str> =
                NEEDED.iter().filter(|(field, _)| Some(*field) != left_out).map(|(_, line)| *line).collect();
            let path = format!("{folder}/{number}-{}.yaml", left_out.map_or(Field::COUNT, Field::index));
            texts.push((path, lines.join("\n").into_bytes()));
        }
    }
    let set = from_texts(texts, names, ReadOptions { allow_empty: true, ..ReadOptions::default() }).set;
    for offer in &set.offers {
        let number = offer.key.as_str().split('-').next().and_then(|number| number.parse::<usize>().ok());
        let Some(inherited) =
            number.and_then(|number| folders.get(number)).and_then(|folder| by_folder.get_mut(folder))
        else {
            continue;
        };
        inherited.ignored = offer.sync.ignore_changes;
        for (field, value) in offer.fields.iter() {
            if is_defaults(offer.place_of(field).file.as_str()) {
                inherited.fields.set(field, value.clone());
            }
        }
    }
    by_folder
}
