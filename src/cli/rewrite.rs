//! Sets fields in the YAML files of many offers, for `edit` and `drift --accept`.
//!
//! Invariant: the new texts are read back as a plan would read them before any file is written; each file is replaced whole.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use similar::TextDiff;

use crate::desired::{self, ReadOptions};
use crate::diagnostic::codes;
use crate::disk;
use crate::edit::{self, DocumentSelector};
use crate::offer::{DesiredOffer, DesiredSet, Field, Value};

use crate::ops::Repository;

use super::context::invalid;
use super::exit::Exit;
use super::failure::Failure;

/// A value to set in an offer's own file.
#[derive(Debug, Clone)]
pub(super) struct FieldEdit<'a> {
    pub(super) offer: &'a DesiredOffer,
    pub(super) field: Field,
    pub(super) value: Value,
}

/// A file after its edits, not written yet.
#[derive(Debug)]
pub(super) struct Rewrite {
    shown: Arc<str>,
    path: PathBuf,
    before: String,
    after: String,
}

/// An edit that cannot be made safely: a person has to write it.
#[derive(Debug)]
pub(super) struct RejectedEdit {
    pub(super) key: String,
    pub(super) field: Field,
    pub(super) place: String,
    pub(super) reason: String,
    pub(super) what_to_write: String,
}

#[derive(Debug, Default)]
pub(super) struct Rewrites {
    pub(super) files: Vec<Rewrite>,
    pub(super) rejected: Vec<RejectedEdit>,
}

/// Makes the edits in memory; no file is touched.
pub(super) fn rewrite(repository: &Repository, set: &DesiredSet, edits: &[FieldEdit<'_>]) -> Result<Rewrites, Failure> {
    let mut by_file: BTreeMap<_, Vec<&FieldEdit<'_>>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.offer.place.file).or_default().push(edit);
    }
    let mut rewrites = Rewrites::default();
    for (file, mut edits) in by_file {
        let shown = set.path(file);
        let path = on_disk(repository, &shown);
        let before = std::fs::read_to_string(&path).map_err(|error| Failure::disk("read", &path, &error))?;
        // From the last document up: a line that is added never moves a document that is still to be edited.
        edits.sort_by_key(|edit| (std::cmp::Reverse(edit.offer.place.line), edit.field));
        let after = edits
            .into_iter()
            .fold(before.clone(), |text, edit| apply_edit(repository, edit, &shown, text, &mut rewrites.rejected));
        if after != before {
            rewrites.files.push(Rewrite { shown, path, before, after });
        }
    }
    verify(repository, set, edits, &rewrites)?;
    Ok(rewrites)
}

/// Fails if a new text breaks a rule, or if an accepted edit does not give the offer its value.
fn verify(
    repository: &Repository,
    set: &DesiredSet,
    edits: &[FieldEdit<'_>],
    rewrites: &Rewrites,
) -> Result<(), Failure> {
    if rewrites.files.is_empty() {
        return Ok(());
    }
    let mut texts: Vec<(String, Vec<u8>)> =
        rewrites.files.iter().map(|file| (file.shown.to_string(), file.after.clone().into_bytes())).collect();
    let is_defaults = |shown: &&Arc<str>| matches!(shown.rsplit('/').next(), Some("_defaults.yaml" | "_defaults.yml"));
    for shown in set.files.iter().filter(is_defaults) {
        let path = on_disk(repository, shown);
        texts.push((shown.to_string(), std::fs::read(&path).map_err(|error| Failure::disk("read", &path, &error))?));
    }
    let reading = desired::from_texts(texts, &repository.settings.names, ReadOptions { allow_empty: true });
    if reading.has_errors() {
        return Err(invalid(reading.diagnostics));
    }
    let rejected = |edit: &FieldEdit<'_>| {
        rewrites.rejected.iter().any(|rejected| rejected.field == edit.field && rejected.key == edit.offer.key.as_str())
    };
    let applied = |edit: &FieldEdit<'_>| {
        reading.set.get(&edit.offer.key).and_then(|offer| offer.fields.get(edit.field)) == Some(&edit.value)
    };
    match edits.iter().find(|edit| !rejected(edit) && !applied(edit)) {
        Some(FieldEdit { offer, field, value }) => Err(Failure::new(
            Exit::Error,
            codes::world::OTHER,
            format!(
                "`{field}` of `{}` cannot be made `{value}` by an edit of its file; nothing was written",
                offer.key
            ),
        )),
        None => Ok(()),
    }
}

/// Where a file of the tree is that messages show so.
pub(super) fn on_disk(repository: &Repository, shown: &str) -> PathBuf {
    let settings = &repository.settings;
    let inside = shown.strip_prefix(&settings.offers_shown).unwrap_or(shown).trim_start_matches('/');
    settings.offers.join(inside)
}

fn apply_edit(
    repository: &Repository,
    edit: &FieldEdit<'_>,
    shown: &str,
    text: String,
    rejected: &mut Vec<RejectedEdit>,
) -> String {
    let FieldEdit { offer, field, value } = edit;
    let name = repository.settings.names.name_of(*field, value);
    match edit::set(&text, DocumentSelector::Line(offer.place.line), *field, value, name) {
        Ok(edited) => edited.text,
        Err(refused) => {
            rejected.push(RejectedEdit {
                key: offer.key.to_string(),
                field: *field,
                place: format!("{shown}:{}", refused.line),
                reason: refused.reason,
                what_to_write: refused.what_to_write,
            });
            text
        }
    }
}

impl Rewrite {
    /// What changes in the file, as `git diff` would show it.
    pub(super) fn diff(&self) -> String {
        let (old, new) = (format!("a/{}", self.shown), format!("b/{}", self.shown));
        TextDiff::from_lines(&self.before, &self.after).unified_diff().context_radius(2).header(&old, &new).to_string()
    }

    /// Puts the new text in the file's place, whole.
    pub(super) fn write(&self) -> Result<(), Failure> {
        disk::replace(&self.path, self.after.as_bytes()).map_err(|error| Failure::disk("write", &self.path, &error))
    }
}

impl RejectedEdit {
    /// What a person should do.
    pub(super) fn text(&self) -> String {
        let Self { key, field, place, reason, what_to_write } = self;
        let lines = what_to_write.lines().map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
        format!("{place}: `{field}` of `{key}` was left alone: {reason}. Write by hand:\n{lines}")
    }
}
