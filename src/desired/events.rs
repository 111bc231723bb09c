//! Reads a text into documents, in one pass over the scanner's events, with bounded memory and time.
//!
//! Rejects duplicate names, tags, merge keys and aliases that could expand without bound, so that no later step has to handle them. Each
//! document is passed on as soon as it ends.

use std::borrow::Cow;

use saphyr_parser::{Event, ScalarStyle};

use super::block_end::without_added_line_end;
use super::node::{Document, Entry, Node, Style, Used};
use super::plain;
use super::problems::Problems;
use super::syntax;
use crate::diagnostic::{Diagnostic, codes};
use crate::scan;
use crate::source::Span;
use crate::words;

/// An offer needs three levels.
const DEEPEST: usize = 32;
/// An offer needs some thirty nodes; the limit bounds the work on duplicate names and the memory of a document.
const MOST_NODES: usize = 2000;
/// The scanner buffers a whole `[…]` or `{…}` before its first event, so these characters are counted beforehand. A file of 8 MiB full of real offers has a third of this.
const MOST_FLOW_CHARACTERS: usize = 300_000;

/// Reads every document. Returns `false` after a reported syntax error, because the documents before it may be incomplete.
pub(super) fn documents<'a>(
    problems: &mut Problems<'_, 'a>,
    mut each: impl FnMut(&Document<'a>, &mut Problems<'_, 'a>),
) -> bool {
    if let Some(document) = plain::document(problems.source().text()) {
        each(&document, problems);
        return true;
    }
    scanned(problems, each)
}

/// The same by the scanner alone.
pub(super) fn scanned<'a>(
    problems: &mut Problems<'_, 'a>,
    mut each: impl FnMut(&Document<'a>, &mut Problems<'_, 'a>),
) -> bool {
    let text = problems.source().text();
    if text.len() > MOST_FLOW_CHARACTERS && has_too_much_flow(text, problems) {
        return false;
    }
    let mut builder = Builder::default();
    for event in scan::events(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                syntax::report(&error, problems);
                return false;
            }
        };
        let event = match event {
            Event::Scalar(value, style, anchor, tag) => {
                Event::Scalar(without_added_line_end(text, value, style, span), style, anchor, tag)
            }
            event => event,
        };
        let length =
            if span.start.line() == span.end.line() { span.end.col().saturating_sub(span.start.col()) } else { 1 };
        let span =
            Span { line: number(span.start.line()), column: number(span.start.col() + 1), length: number(length) };
        match event {
            Event::DocumentStart(_) => builder = Builder::default(),
            Event::DocumentEnd => {
                if let Some(document) = builder.finish() {
                    each(&document, problems);
                }
            }
            event => builder.event(event, span, problems),
        }
        if builder.stopped || problems.is_full() {
            return false;
        }
    }
    true
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn has_too_much_flow(text: &str, problems: &mut Problems<'_, '_>) -> bool {
    let count = text.bytes().filter(|b| matches!(b, b'[' | b']' | b'{' | b'}' | b',')).count();
    if count > MOST_FLOW_CHARACTERS {
        problems.error(
            codes::tree::TOO_LARGE,
            Span { line: 1, column: 1, length: 1 },
            format!("more than {MOST_FLOW_CHARACTERS} brackets, braces and commas in one file"),
            "no offers look like this; move the file out of the offers folder, or split it",
        );
    }
    count > MOST_FLOW_CHARACTERS
}

/// A collection that is not closed yet.
struct Open<'a> {
    anchor: usize,
    span: Span,
    holds_alias: bool,
    items: Items<'a>,
}

enum Items<'a> {
    Sequence(Vec<Used>),
    Mapping { entries: Vec<Entry<'a>>, name: Name<'a> },
}

/// The state of a mapping between two events.
enum Name<'a> {
    Expected,
    /// The value is next.
    Is(Cow<'a, str>, Span),
    /// The value is next and is ignored, because a problem of its name was reported.
    Refused,
}

/// The node of an anchor; `None` while its collection is open.
struct Anchor {
    id: usize,
    node: Option<usize>,
    holds_alias: bool,
}

#[derive(Default)]
struct Builder<'a> {
    nodes: Vec<Node<'a>>,
    open: Vec<Open<'a>>,
    anchors: Vec<Anchor>,
    root: Option<Used>,
    stopped: bool,
}

impl<'a> Builder<'a> {
    fn finish(&mut self) -> Option<Document<'a>> {
        let root = self.root.take()?;
        Some(Document { nodes: std::mem::take(&mut self.nodes), root })
    }

    fn event(&mut self, event: Event<'a>, span: Span, problems: &mut Problems<'_, 'a>) {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(tag.as_deref(), span, problems);
                self.scalar(text, style, anchor, span, problems);
            }
            Event::Alias(id) => self.alias(id, span, problems),
            Event::SequenceStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), span, problems);
                self.begin(anchor, span, Items::Sequence(Vec::new()), problems);
            }
            Event::MappingStart(anchor, tag) => {
                refuse_tag(tag.as_deref(), span, problems);
                let entries = Vec::with_capacity(if self.open.is_empty() { 16 } else { 0 });
                self.begin(anchor, span, Items::Mapping { entries, name: Name::Expected }, problems);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(problems),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {}
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        anchor: usize,
        mut span: Span,
        problems: &mut Problems<'_, 'a>,
    ) {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => {
                span.length = number(text.lines().next().unwrap_or("").chars().count().max(1));
                Style::Block
            }
        };
        if anchor == 0 && self.expects_name() {
            return self.take_name(text, style, span, problems);
        }
        let node = self.add(Node::Scalar { text, style }, span, problems);
        if anchor != 0 {
            self.anchors.push(Anchor { id: anchor, node: Some(node), holds_alias: false });
        }
        self.place(Used { node, span }, problems);
    }

    fn expects_name(&self) -> bool {
        let innermost = self.open.last().map(|open| &open.items);
        matches!(innermost, Some(Items::Mapping { name: Name::Expected, .. }))
    }

    /// Uses the scalar as a name in the innermost mapping.
    fn take_name(&mut self, text: Cow<'a, str>, style: Style, span: Span, problems: &mut Problems<'_, 'a>) {
        let Some(Items::Mapping { entries, name }) = self.open.last_mut().map(|open| &mut open.items) else { return };
        *name = if style == Style::Plain && text == "<<" {
            problems.error(
                codes::yaml::MERGE_KEY,
                span,
                "merge keys (`<<`) are not supported",
                "write the fields out, or put what offers share into a `_defaults.yaml` in their folder",
            );
            Name::Refused
        } else if let Some(first) = entries.iter().find(|entry| entry.name == text) {
            let labels = vec![problems.label(span), problems.label(first.span).saying("first written here")];
            let message = format!("`{}` is written twice", shorten(&text));
            let problem = Diagnostic::error(codes::yaml::DUPLICATE_FIELD, message).help("remove one of them");
            problems.push(Diagnostic { labels, ..problem });
            Name::Refused
        } else {
            Name::Is(text, span)
        };
    }

    fn alias(&mut self, id: usize, span: Span, problems: &mut Problems<'_, 'a>) {
        let (message, help) = match self.anchors.iter().rev().find(|anchor| anchor.id == id) {
            Some(Anchor { node: Some(node), holds_alias: false, .. }) => {
                let used = Used { node: *node, span };
                if let Some(open) = self.open.last_mut() {
                    open.holds_alias = true;
                }
                return self.place(used, problems);
            }
            Some(Anchor { node: Some(_), .. }) => (
                "an alias of a value that contains aliases",
                "write the value out; `_defaults.yaml` is for what offers share",
            ),
            Some(Anchor { node: None, .. }) => ("an alias inside its own value", "write the value out"),
            None => {
                ("an alias without its anchor in this document", "an anchor (`&name`) holds for its own document only")
            }
        };
        problems.error(codes::yaml::ALIAS, span, message, help);
        let node = self.add(Node::Broken, span, problems);
        self.place(Used { node, span }, problems);
    }

    fn begin(&mut self, anchor: usize, span: Span, items: Items<'a>, problems: &mut Problems<'_, 'a>) {
        if self.open.len() >= DEEPEST {
            let help = "an offer is a flat list of `field: value` lines, with `sync:` as its only mapping";
            problems.error(codes::yaml::TOO_DEEP, span, format!("more than {DEEPEST} levels of nesting"), help);
            self.stopped = true;
            return;
        }
        if anchor != 0 {
            self.anchors.push(Anchor { id: anchor, node: None, holds_alias: false });
        }
        self.open.push(Open { anchor, span, holds_alias: false, items });
    }

    fn end(&mut self, problems: &mut Problems<'_, 'a>) {
        let Some(Open { anchor, span, holds_alias, items }) = self.open.pop() else { return };
        let node = match items {
            Items::Sequence(items) => Node::Sequence(items),
            Items::Mapping { entries, .. } => Node::Mapping(entries),
        };
        let node = self.add(node, span, problems);
        if let Some(open) = self.anchors.iter_mut().rev().find(|open| anchor != 0 && open.id == anchor) {
            (open.node, open.holds_alias) = (Some(node), holds_alias);
        }
        if let Some(outer) = self.open.last_mut() {
            outer.holds_alias |= holds_alias;
        }
        self.place(Used { node, span }, problems);
    }

    fn add(&mut self, node: Node<'a>, span: Span, problems: &mut Problems<'_, 'a>) -> usize {
        if self.nodes.len() >= MOST_NODES {
            let message = format!("more than {MOST_NODES} values in one document");
            let help = "no offer needs this many; put several offers into several files, or separate them by `---`";
            problems.error(codes::tree::TOO_LARGE, span, message, help);
            self.stopped = true;
        }
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Adds a finished node to the innermost collection.
    fn place(&mut self, used: Used, problems: &mut Problems<'_, 'a>) {
        match self.open.last_mut().map(|open| &mut open.items) {
            None => self.root = Some(used),
            Some(Items::Sequence(items)) => items.push(used),
            Some(Items::Mapping { entries, name }) => match std::mem::replace(name, Name::Expected) {
                Name::Is(name, span) => entries.push(Entry { name, span, value: used }),
                Name::Refused => {}
                Name::Expected => {
                    *name = Name::Refused;
                    let help = "write the field's name plainly, as in `payout: 24.00`";
                    problems.error(codes::yaml::FIELD_NAME, used.span, "a field name must be plain text", help);
                }
            },
        }
    }
}

fn refuse_tag(tag: Option<&saphyr_parser::Tag>, span: Span, problems: &mut Problems<'_, '_>) {
    if let Some(tag) = tag {
        let shown = if tag.is_yaml_core_schema() { format!("!!{}", tag.suffix) } else { tag.to_string() };
        let message = format!("the tag `{}` is not supported", shorten(&shown));
        problems.error(codes::yaml::TAG, span, message, "remove it; put the value in quotes if it is text");
    }
}

/// The maximum length of a quoted text in a message.
const MESSAGE: usize = 60;

/// Shortens a text for a message.
pub(super) fn shorten(text: &str) -> Cow<'_, str> {
    words::shorten(text, MESSAGE)
}
