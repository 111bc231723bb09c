//! Sets fields in the YAML files of many offers, for `edit` and `drift --accept`.
//!
//! Invariant: the new texts are read back as a plan would read them before any file is written; each file is replaced whole, and
//! links to it stay.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::DateTime;

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
    /// In the entry of that time of `sync.schedule`; without it, in the offer's own field.
    pub(super) at: Option<DateTime>,
}

impl FieldEdit<'_> {
    fn make(&self, repository: &Repository, text: &str) -> Result<String, Refused> {
        let Self { offer, field, value, at } = self;
        let document = DocumentSelector::Line(offer.place.line);
        match at {
            Some(at) => edit::schedule::set(text, document, *at, *field, value),
            None => edit::set(text, document, *field, value, repository.settings.names.name_of(*field, value)),
        }
    }

    /// Whether the offer of the new texts has the value.
    fn is_made(&self, offer: &DesiredOffer) -> bool {
        let value = match self.at {
            Some(at) => offer.scheduled(at, self.field).map(|scheduled| &scheduled.value),
            None => offer.fields.get(self.field),
        };
        value == Some(&self.value)
    }
}

/// A file after its edits.
#[derive(Debug)]
pub(crate) struct EditedFile {
    /// Its paths in messages: one, or several where links lead to it.
    pub(crate) shown: BTreeSet<SourcePath>,
    pub(super) path: PathBuf,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl EditedFile {
    /// Replaces the file as a whole.
    pub(super) fn write(&self) -> Result<(), Error> {
        let path = &self.path;
        disk::replace(path, self.after.as_bytes()).map_err(|source| Error::file("write", path, source))
    }
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
        self.files.iter().try_for_each(EditedFile::write)
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
        for edit in &edits {
            match edit.make(repository, &after) {
                Ok(edited) => after = edited,
                Err(refused) => {
                    let (key, field, shown) = (edit.offer.key.clone(), edit.field, edit.offer.place.file.clone());
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
pub(super) fn real_path(repository: &Repository, shown: &SourcePath) -> Result<PathBuf, Error> {
    let path = shown.on_disk(&repository.settings.root);
    path.canonicalize().map_err(|source| Error::file("find", &path, source))
}

/// The offers of the new texts, as a plan would read them, without the values that schedules give them. Fails if a text breaks a rule.
pub(super) fn read_edited(
    repository: &Repository,
    set: &DesiredSet,
    files: &[EditedFile],
) -> Result<DesiredSet, Error> {
    let mut texts = repository.read_defaults(set)?;
    for EditedFile { shown, after, .. } in files {
        texts.extend(shown.iter().map(|shown| (shown.to_string(), after.clone().into_bytes())));
    }
    let options = ReadOptions { allow_empty: true, ..ReadOptions::default() };
    let reading = desired::from_texts(texts, &repository.settings.names, options);
    if reading.has_errors() { Err(Error::Invalid(reading.diagnostics)) } else { Ok(reading.set) }
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
    let reread = read_edited(repository, set, &rewrites.files)?;
    let is_applied = |edit: &&FieldEdit<'_>| {
        reread.get(&edit.offer.key).is_some_and(|offer| edit.is_made(offer))
            || rewrites.is_rejected(&edit.offer.key, edit.field)
    };
    match edits.iter().find(|edit| !is_applied(edit)) {
        None => Ok(()),
        Some(FieldEdit { offer, field, value, .. }) => Err(Error::Internal(format!(
            "an edit of its file cannot set `{field}` of `{}` to `{value}`; nothing was written",
            offer.key
        ))),
    }
}
