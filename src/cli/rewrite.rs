//! Edits of the user's YAML, several at a time: `drift --accept` and `edit` wish for values, files come out whole or untouched.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use similar::TextDiff;

use crate::desired::{self, ReadOptions};
use crate::diagnostic::codes;
use crate::edit::{self, DocumentSelector};
use crate::offer::{DesiredOffer, DesiredSet, Field, Value};

use crate::ops::Repository;

use super::context::invalid;
use super::exit::Exit;
use super::failure::Failure;
use super::files;

/// A value that a field of an offer should have in its own file.
#[derive(Debug, Clone)]
pub(super) struct Wish<'a> {
    pub(super) offer: &'a DesiredOffer,
    pub(super) field: Field,
    pub(super) value: Value,
}

/// A file with its wishes fulfilled, not written yet.
#[derive(Debug)]
pub(super) struct Rewrite {
    shown: Arc<str>,
    path: PathBuf,
    before: String,
    after: String,
}

/// A wish that the editor does not trust itself with.
#[derive(Debug)]
pub(super) struct Undone {
    pub(super) key: String,
    pub(super) field: Field,
    pub(super) place: String,
    pub(super) reason: String,
    pub(super) what_to_write: String,
}

/// What came of some wishes.
#[derive(Debug, Default)]
pub(super) struct Rewrites {
    pub(super) files: Vec<Rewrite>,
    pub(super) undone: Vec<Undone>,
}

/// Fulfils the wishes in memory; no file is touched.
pub(super) fn rewrite(repository: &Repository, set: &DesiredSet, wishes: &[Wish<'_>]) -> Result<Rewrites, Failure> {
    let mut by_file: BTreeMap<_, Vec<&Wish<'_>>> = BTreeMap::new();
    for wish in wishes {
        by_file.entry(wish.offer.place.file).or_default().push(wish);
    }
    let mut rewrites = Rewrites::default();
    for (file, mut wishes) in by_file {
        let shown = set.path(file);
        let path = on_disk(repository, &shown);
        let before = std::fs::read_to_string(&path).map_err(|error| Failure::disk("read", &path, &error))?;
        // From the last document up: a line that is added never moves a document that is still to be edited.
        wishes.sort_by_key(|wish| (std::cmp::Reverse(wish.offer.place.line), wish.field));
        let after = wishes
            .into_iter()
            .fold(before.clone(), |text, wish| fulfil(repository, wish, &shown, text, &mut rewrites.undone));
        if after != before {
            rewrites.files.push(Rewrite { shown, path, before, after });
        }
    }
    read_back(repository, set, wishes, &rewrites)?;
    Ok(rewrites)
}

/// Reads the new texts as a plan would, before any of them is written: a rule that they break, or a wish that they do not
/// fulfil, stops everything.
fn read_back(
    repository: &Repository,
    set: &DesiredSet,
    wishes: &[Wish<'_>],
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
    let undone = |wish: &Wish<'_>| {
        rewrites.undone.iter().any(|undone| undone.field == wish.field && undone.key == wish.offer.key.as_str())
    };
    let fulfilled = |wish: &Wish<'_>| {
        reading.set.get(&wish.offer.key).and_then(|offer| offer.fields.get(wish.field)) == Some(&wish.value)
    };
    match wishes.iter().find(|wish| !undone(wish) && !fulfilled(wish)) {
        Some(Wish { offer, field, value }) => Err(Failure::new(
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

fn fulfil(repository: &Repository, wish: &Wish<'_>, shown: &str, text: String, undone: &mut Vec<Undone>) -> String {
    let Wish { offer, field, value } = wish;
    let name = repository.settings.names.name_of(*field, value);
    match edit::set(&text, DocumentSelector::Line(offer.place.line), *field, value, name) {
        Ok(edited) => edited.text,
        Err(refused) => {
            undone.push(Undone {
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
        files::replace(&self.path, self.after.as_bytes()).map_err(|error| Failure::disk("write", &self.path, &error))
    }
}

impl Undone {
    /// What a person should do.
    pub(super) fn text(&self) -> String {
        let Self { key, field, place, reason, what_to_write } = self;
        let lines = what_to_write.lines().map(|line| format!("    {line}\n")).collect::<Vec<_>>().concat();
        format!("{place}: `{field}` of `{key}` was left alone: {reason}. Write by hand:\n{lines}")
    }
}
