//! The new files of an import: defaults for shared values, a text for each offer, all of it read back and compared.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::Diagnostic;
use crate::offer::{DesiredOffer, Field, FieldSet, Fields, Key};

use super::folder_defaults::{FolderDefaults, folder_defaults};
use super::hoist::hoist_defaults;
use super::imported_offer::ImportedOffer;
use super::outcome::NewFile;
use super::tree::Tree;
use super::writing::{by_key, defaults_text, hidden, managed, read_back, text};

/// An imported offer with its key and its new file.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) imported: ImportedOffer,
    pub(super) folder: String,
    pub(super) key: Key,
    pub(super) path: String,
}

/// An offer whose text reads back to the values that were imported.
#[derive(Debug)]
pub(super) struct ValidatedOffer {
    /// Index into [`Batch::files`].
    pub(super) file: usize,
    /// The text as read back.
    pub(super) offer: DesiredOffer,
    /// The values that it manages.
    pub(super) managed: Fields,
}

#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Defaults first.
    pub(super) files: Vec<NewFile>,
    /// For each imported offer the validated one, or the field whose value YAML does not preserve.
    pub(super) offers: Vec<Result<ValidatedOffer, Field>>,
    /// Fields in some offer's `ignore_changes`, because the folder's defaults have a value and the offer's own is unknown.
    pub(super) ignored: FieldSet,
    /// Warnings about the new files.
    pub(super) warnings: Vec<Diagnostic>,
}

impl Batch {
    /// Writes the texts of imported offers, which are sorted by path. `sparse`: inherited values are left out, and new folders
    /// get defaults.
    pub(super) fn new(tree: Tree<'_>, placed: &[Placed], sparse: bool) -> Self {
        let mut batch = Self::default();
        if placed.is_empty() {
            return batch;
        }
        let mut texts = tree.defaults.to_vec();
        let folders: BTreeSet<&str> = placed.iter().map(|placed| placed.folder.as_str()).collect();
        let mut inherited = folder_defaults(folders.into_iter(), &texts, tree.names);
        if sparse {
            batch.hoist(tree, placed, &mut inherited);
            texts.extend(batch.files.iter().map(|file| (file.path.clone(), file.text.clone().into_bytes())));
        }
        let bare = FolderDefaults::default();
        let inherited_by = |placed: &Placed| inherited.get(placed.folder.as_str()).unwrap_or(&bare);
        let own: Vec<String> =
            placed.iter().map(|placed| text(&placed.imported, inherited_by(placed), sparse, tree.names)).collect();
        texts.extend(placed.iter().zip(&own).map(|(placed, text)| (placed.path.clone(), text.clone().into_bytes())));
        let reading = read_back(texts, tree.names);
        let offers = by_key(&reading);
        for (placed, text) in placed.iter().zip(own) {
            let read = offers.get(&placed.key).ok_or(Field::OfferName);
            let validated = read.and_then(|offer| Ok(((*offer).clone(), managed(&placed.imported, offer)?)));
            batch.offers.push(validated.map(|(offer, managed)| {
                hidden(&placed.imported, inherited_by(placed)).iter().for_each(|field| batch.ignored.insert(field));
                batch.files.push(NewFile { path: placed.path.clone(), text });
                ValidatedOffer { file: batch.files.len() - 1, offer, managed }
            }));
        }
        batch.warnings = reading.diagnostics.into_iter().filter(|problem| !problem.is_error()).collect();
        batch
    }

    /// Adds a file of defaults to each new folder whose offers share values.
    fn hoist(&mut self, tree: Tree<'_>, placed: &[Placed], by_folder: &mut HashMap<&str, FolderDefaults>) {
        for group in placed.chunk_by(|a, b| a.folder == b.folder) {
            let Some(folder) = group.first().map(|first| first.folder.as_str()) else { continue };
            let Some(inherited) = by_folder.get_mut(folder).filter(|_| tree.is_new(folder)) else { continue };
            let imported_offers: Vec<&ImportedOffer> = group.iter().map(|placed| &placed.imported).collect();
            let hoisted = hoist_defaults(&imported_offers, inherited);
            if hoisted.is_empty() {
                continue;
            }
            self.files
                .push(NewFile { path: format!("{folder}/_defaults.yaml"), text: defaults_text(&hoisted, tree.names) });
            for (field, value) in hoisted.iter() {
                inherited.fields.set(field, value.clone());
            }
        }
    }
}
