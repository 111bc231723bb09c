//! Sets fields in the YAML files of many offers, for `edit` and `drift --accept`.
//!
//! Invariant: the new texts are read back as a plan would read them before any file is written; each file is replaced whole, and
//! links to it stay.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::desired::{self, ReadOptions};
use crate::disk;
use crate::edit::{self, DocumentSelector, Refused};
use crate::offer::{DesiredOffer, DesiredSet, Field, Key, Value};

use super::error::Error;
use super::repository::Repository;
use crate::source::SourcePath;

/// A value to set in an offer's own file.
#[derive(Debug, Clone)]
pub(super) struct FieldEdit<'a> {
    pub(super) offer: &'a DesiredOffer,
    pub(super) field: Field,
    pub(super) value: Value,
}

/// A file after its edits.
#[derive(Debug)]
pub(crate) struct EditedFile {
    /// Its paths in messages: one, or several where links lead to it.
    pub(crate) shown: BTreeSet<SourcePath>,
    path: PathBuf,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// An edit that cannot be made safely: a person has to write it.
#[derive(Debug)]
pub(crate) struct RejectedEdit {
    pub(crate) key: Key,
    pub(crate) field: Field,
    /// The path of the file.
    pub(crate) shown: SourcePath,
    pub(crate) refused: Refused,
}

/// Files after their edits, none of them written yet.
#[derive(Debug, Default)]
pub(crate) struct Rewrites {
    pub(crate) files: Vec<EditedFile>,
    pub(crate) rejected: Vec<RejectedEdit>,
    /// How many edits were made.
    pub(crate) values: usize,
}

impl Rewrites {
    /// Replaces the files, each as a whole.
    pub(crate) fn write(&self) -> Result<(), Error> {
        self.files.iter().try_for_each(|EditedFile { path, after, .. }| {
            disk::replace(path, after.as_bytes()).map_err(|source| Error::file("write", path, source))
        })
    }

    pub(super) fn is_rejected(&self, key: &Key, field: Field) -> bool {
        self.rejected.iter().any(|rejected| rejected.field == field && rejected.key == *key)
    }
}

/// Makes the edits in memory.
pub(super) fn rewrite(repository: &Repository, set: &DesiredSet, edits: &[FieldEdit<'_>]) -> Result<Rewrites, Error> {
    // By the file itself, which may have several names.
    let mut by_file: BTreeMap<PathBuf, Vec<&FieldEdit<'_>>> = BTreeMap::new();
    let mut rewrites = Rewrites::default();
    for edit in edits {
        by_file.entry(real_path(repository, &edit.offer.place.file)?).or_default().push(edit);
    }
    for (path, mut edits) in by_file {
        let before = std::fs::read_to_string(&path).map_err(|source| Error::file("read", &path, source))?;
        // From the last document up: a line that is added never moves a document that is still to be edited.
        edits.sort_by_key(|edit| (Reverse(edit.offer.place.line), edit.field));
        let mut after = before.clone();
        for FieldEdit { offer, field, value } in &edits {
            let name = repository.settings.names.name_of(*field, value);
            match edit::set(&after, DocumentSelector::Line(offer.place.line), *field, value, name) {
                Ok(edited) => after = edited,
                Err(refused) => {
                    let (key, field, shown) = (offer.key.clone(), *field, offer.place.file.clone());
                    rewrites.rejected.push(RejectedEdit { key, field, shown, refused });
                }
            }
        }
        if after != before {
            let shown = edits.into_iter().map(|edit| edit.offer.place.file.clone()).collect();
            rewrites.files.push(EditedFile { shown, path, before, after });
        }
    }
    rewrites.values = edits.len() - rewrites.rejected.len();
    verify(repository, set, edits, &rewrites)?;
    Ok(rewrites)
}

/// The file itself, links followed.
fn real_path(repository: &Repository, shown: &SourcePath) -> Result<PathBuf, Error> {
    let path = shown.on_disk(&repository.settings.root);
    path.canonicalize().map_err(|source| Error::file("find", &path, source))
}

/// Fails if a new text breaks a rule, or if an edit does not give the offer its value.
fn verify(
    repository: &Repository,
    set: &DesiredSet,
    edits: &[FieldEdit<'_>],
    rewrites: &Rewrites,
) -> Result<(), Error> {
    if rewrites.files.is_empty() {
        return Ok(());
    }
    let mut texts = repository.read_defaults(set)?;
    for EditedFile { shown, after, .. } in &rewrites.files {
        texts.extend(shown.iter().map(|shown| (shown.to_string(), after.clone().into_bytes())));
    }
    let reading = desired::from_texts(
        texts,
        &repository.settings.names,
        ReadOptions { allow_empty: true, ..ReadOptions::default() },
    );
    if reading.has_errors() {
        return Err(Error::Invalid(reading.diagnostics));
    }
    let is_applied = |edit: &&FieldEdit<'_>| {
        let offer = reading.set.get(&edit.offer.key);
        offer.and_then(|offer| offer.fields.get(edit.field)) == Some(&edit.value)
            || rewrites.is_rejected(&edit.offer.key, edit.field)
    };
    match edits.iter().find(|edit| !is_applied(edit)) {
        None => Ok(()),
        Some(FieldEdit { offer, field, value }) => Err(Error::Internal(format!(
            "an edit of its file cannot set `{field}` of `{}` to `{value}`; nothing was written",
            offer.key
        ))),
    }
}
