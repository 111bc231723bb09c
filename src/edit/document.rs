//! The documents of a text, and the entries of a mapping. Understands block and flow mappings with plain or quoted keys;
//! everything else is refused rather than guessed.

use std::ops::Range;

use saphyr_parser::Event;

use super::refused::Refused;
use super::stream::Stream;

/// Selects a document in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentSelector {
    /// By its place in the file, from 0.
    Index(usize),
    /// The one with that line, from 1, as in an offer's [`Place`](crate::source::Place).
    Line(u32),
}

/// An entry of a mapping, by its events.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    /// The event of the key.
    pub(super) key: usize,
    /// The events of the value.
    pub(super) value: Range<usize>,
}

/// A mapping, by its events.
#[derive(Debug, Clone)]
pub(super) struct Mapping {
    /// The event that begins it.
    pub(super) start: usize,
    /// The event that ends it.
    pub(super) end: usize,
    /// Written with braces.
    pub(super) flow: bool,
    /// The column of its keys, where it is no flow mapping.
    pub(super) column: usize,
    pub(super) entries: Vec<Entry>,
}

impl Mapping {
    /// The entries of that name; more than one in a file that is wrong anyway.
    pub(super) fn named<'m>(&'m self, name: &str) -> impl Iterator<Item = &'m Entry> {
        self.entries.iter().filter(move |entry| entry.name == name)
    }
}

/// A document: the events of its node, and the line where it begins.
#[derive(Debug, Clone, Copy)]
struct DocumentStart {
    root: usize,
    line: usize,
}

impl Stream<'_> {
    fn documents(&self) -> Vec<DocumentStart> {
        let starts = self.events.iter().enumerate();
        let starts = starts.filter(|(_, spanned)| matches!(spanned.event, Event::DocumentStart(_)));
        starts.map(|(at, spanned)| DocumentStart { root: at + 1, line: spanned.line }).collect()
    }

    /// The roots of all documents, as events.
    pub(super) fn roots(&self) -> Vec<usize> {
        self.documents().into_iter().map(|document| document.root).collect()
    }

    /// The mapping that the chosen document is.
    pub(super) fn select(&self, selector: DocumentSelector) -> Result<Mapping, Refused> {
        let documents = self.documents();
        let found = match selector {
            DocumentSelector::Index(index) => documents.get(index).copied(),
            DocumentSelector::Line(line) => {
                let before = documents.iter().rev().find(|document| document.line <= line as usize);
                before.or_else(|| documents.first()).copied()
            }
        };
        match found {
            Some(document) => self.mapping(document.root),
            None => Err(Refused::new(1, "there is no such document in the file")),
        }
    }

    /// The mapping that begins at that event.
    pub(super) fn mapping(&self, start: usize) -> Result<Mapping, Refused> {
        let Some(spanned) = self.events.get(start) else { return Err(Refused::new(1, "the document is empty")) };
        match &spanned.event {
            Event::MappingStart(0, None) => {}
            Event::MappingStart(..) => return Err(Refused::new(spanned.line, "the mapping has an anchor or a tag")),
            Event::Scalar(text, ..) if text.is_empty() => {
                return Err(Refused::new(spanned.line, "the document is empty"));
            }
            _ => return Err(Refused::new(spanned.line, "a list of `field: value` lines is expected here")),
        }
        let end = self.after(start) - 1;
        let mut entries = Vec::new();
        let mut key = start + 1;
        while key < end {
            let value = self.after(key);
            let Some((name, _)) = self.scalar(key) else {
                return Err(Refused::new(self.events[key].line, "the key of an entry is no plain name"));
            };
            let after = self.after(value);
            entries.push(Entry { name: name.to_owned(), key, value: value..after });
            key = after;
        }
        let flow = self.text[spanned.start..].starts_with('{');
        Ok(Mapping { start, end, flow, column: spanned.column, entries })
    }
}
