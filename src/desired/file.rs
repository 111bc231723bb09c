//! Reads one file of offers or of defaults.

use super::draft::{self, Draft};
use super::events::documents;
use super::fields::Role;
use super::inherit::Inherited;
use super::problems::Problems;
use super::sync::suggest;
use super::text::{decode, whole_file};
use crate::config::Names;
use crate::diagnostic::{Diagnostic, SourceText, codes};
use crate::offer::{DesiredOffer, Field, Key};
use crate::source::{Place, SourcePath};

/// An offer in a file, valid or not.
#[derive(Debug)]
pub(super) struct ReadOffer {
    pub(super) key: Key,
    /// The position of its key, or its start.
    pub(super) key_place: Place,
    pub(super) renamed_from: Option<Box<(Key, Place)>>,
    /// `None` if a problem was reported.
    pub(super) offer: Option<DesiredOffer>,
}

/// The result of reading one or more files.
#[derive(Debug, Default)]
pub(super) struct FileOffers {
    pub(super) offers: Vec<ReadOffer>,
    pub(super) problems: Vec<Diagnostic>,
}

/// Reads a file of offers and adds its offers and problems.
pub(super) fn offers(file: &SourcePath, bytes: &[u8], inherited: &Inherited, names: &Names, found: &mut FileOffers) {
    let text = match decode(file, bytes) {
        Ok(text) => text,
        Err(problem) => return found.problems.push(*problem),
    };
    let source = SourceText::new(file.clone(), text);
    let mut problems = Problems::new(&source);
    let mut drafts = Vec::with_capacity(1);
    let mut count = 0_usize;
    let is_whole = documents(&mut problems, |document, problems| {
        count += 1;
        let errors = problems.errors();
        let draft = draft::read(document, Role::Offer, names, problems);
        drafts.extend(draft.map(|draft| (draft, problems.errors() == errors)));
    });
    if count == 0 && problems.errors() == 0 {
        let help = "write an offer into it, remove it, or give it a name that begins with `_` or `.`";
        problems.push(whole_file(codes::yaml::EMPTY_FILE, "the file contains no offer", file).help(help));
    }
    found.offers.extend(drafts.into_iter().filter_map(|(draft, is_good)| {
        if !is_whole && draft.sync.key.is_none() {
            return None;
        }
        let (key, key_place) = key_of(&draft, count, file, &mut problems)?;
        if is_whole {
            report_missing(&draft, inherited, &mut problems);
        }
        let renamed_from = draft.sync.renamed_from.clone().map(|(key, span)| Box::new((key, problems.place(span))));
        let offer = if is_good { finish(draft, key.clone(), inherited, file) } else { None };
        Some(ReadOffer { key, key_place, renamed_from, offer })
    }));
    found.problems.append(&mut problems.into_vec());
}

fn finish(draft: Draft, key: Key, inherited: &Inherited, file: &SourcePath) -> Option<DesiredOffer> {
    if inherited.missing(&draft).is_empty() { inherited.complete(draft, key, file) } else { None }
}

/// Reads a file of defaults; returns the inherited values and its problems.
pub(super) fn defaults(
    file: &SourcePath,
    bytes: &[u8],
    outer: &Inherited,
    names: &Names,
) -> (Inherited, Vec<Diagnostic>) {
    let text = match decode(file, bytes) {
        Ok(text) => text,
        Err(problem) => return (outer.incomplete(), vec![*problem]),
    };
    let source = SourceText::new(file.clone(), text);
    let mut problems = Problems::new(&source);
    let mut found: Option<Inherited> = None;
    let mut is_mapping = true;
    let is_whole = documents(&mut problems, |document, problems| {
        if found.is_some() {
            let help = "a file of defaults is one document; put what another folder needs into that folder";
            problems.error(
                codes::yaml::SECOND_DOCUMENT,
                document.root.span,
                "a second document in a file of defaults",
                help,
            );
            return;
        }
        let errors = problems.errors();
        match draft::read(document, Role::Defaults, names, problems) {
            Some(draft) => found = Some(outer.with(file, &draft)),
            None => is_mapping = problems.errors() == errors,
        }
    });
    let mut inherited = found.unwrap_or_else(|| outer.clone());
    // The values in the unreadable part are unknown.
    if !is_whole || !is_mapping {
        inherited = inherited.incomplete();
    }
    (inherited, problems.into_vec())
}

fn key_of(draft: &Draft, documents: usize, file: &SourcePath, problems: &mut Problems<'_, '_>) -> Option<(Key, Place)> {
    if let Some((key, span)) = &draft.sync.key {
        return key.clone().map(|key| (key, problems.place(*span)));
    }
    if documents > 1 {
        let help = "write `sync:` and below it `  key: …` into each document, or put each offer into a file of its own";
        let message = format!("one of {documents} offers in this file has no `sync.key`");
        problems.error(codes::tree::MISSING_KEY, draft.start, message, help);
        return None;
    }
    let name = file.name();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match Key::new(stem) {
        Ok(key) => Some((key, problems.place(draft.start))),
        Err(error) => {
            let help = match suggest(stem) {
                Some(key) => format!("rename the file to `{key}.yaml`, or write `key: {key}` below `sync:`"),
                None => "rename the file, or write a `key:` below `sync:`".to_owned(),
            };
            let message = format!("the file name is not a valid key: {error}");
            problems.push(whole_file(codes::tree::BAD_KEY, message, file).help(help));
            None
        }
    }
}

fn report_missing(draft: &Draft, inherited: &Inherited, problems: &mut Problems<'_, '_>) {
    let missing = inherited.missing(draft);
    if missing.is_empty() {
        return;
    }
    let names: Vec<String> = missing.iter().map(|field| name_of(*field)).collect();
    let (verb, noun) = if names.len() == 1 { ("is", "field") } else { ("are", "fields") };
    let message = format!("required {noun} {verb} missing: {}", names.join(", "));
    let help = "write them here, or into a `_defaults.yaml` in this folder or above it";
    let help = if names.len() == 1 { help.replacen("them", "it", 1) } else { help.to_owned() };
    problems.error(codes::offer::MISSING_FIELD, draft.start, message, help);
}

fn name_of(field: Field) -> String {
    match field.by_name() {
        Some(by_name) => format!("`{field}` (or `{by_name}`)"),
        None => format!("`{field}`"),
    }
}
