//! The lines of a whole file: its documents, the lines that part them, and what stands above and below their entries.

use super::chunk::{self, Chunk, LineRange};
use crate::edit::document::Mapping;
use crate::edit::lines::BLANKS;
use crate::edit::refused::Refused;
use crate::edit::stream::Stream;
use saphyr_parser::Event;

/// The lines of the formatted file, without line breaks.
pub(super) fn layout(stream: &Stream<'_>, documents: &[Mapping]) -> Result<Vec<String>, Refused> {
    let source: Vec<&str> = stream.text.lines().collect();
    let mut page = Page::default();
    let mut documents = documents.iter().peekable();
    let mut from = 0;
    while from < source.len() {
        if is_marker(source[from]) {
            page.push(source[from].trim_end_matches(BLANKS).to_owned());
            from += 1;
            page.begin();
            continue;
        }
        match documents.peek() {
            // The document whose entries come before the next marker.
            Some(mapping) if first_line(stream, mapping) < next_marker(&source, from) => {
                from = page.document(stream, &source, mapping, from)?;
                documents.next();
            }
            _ => {
                let to = next_marker(&source, from);
                page.plain_lines(&source[from..to]);
                from = to;
            }
        }
    }
    page.finish();
    Ok(page.lines)
}

/// `---` and `...` at the start of a line separate documents; they cannot be part of a value.
fn is_marker(line: &str) -> bool {
    let rest = line.strip_prefix("---").or_else(|| line.strip_prefix("..."));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(BLANKS))
}

fn next_marker(source: &[&str], from: usize) -> usize {
    source[from..].iter().position(|line| is_marker(line)).map_or(source.len(), |at| from + at)
}

/// The index of the first entry's line.
fn first_line(stream: &Stream<'_>, mapping: &Mapping) -> usize {
    mapping.entries.first().map_or(usize::MAX, |entry| stream.line_of(entry) - 1)
}

#[derive(Default)]
struct Page {
    lines: Vec<String>,
    /// Where the current document begins: no blank lines there.
    start: usize,
    /// The last line belongs to a value that would take blank lines as its own.
    keeps_blanks: bool,
}

impl Page {
    fn begin(&mut self) {
        self.start = self.lines.len();
        self.keeps_blanks = false;
    }

    /// Adds a line; blank lines only where they part something, and never two.
    fn push(&mut self, line: String) {
        let parts_nothing =
            self.lines.len() == self.start || self.keeps_blanks || self.lines.last().is_some_and(String::is_empty);
        if line.is_empty() && parts_nothing {
            return;
        }
        self.keeps_blanks = false;
        self.lines.push(line);
    }

    fn plain_lines(&mut self, lines: &[&str]) {
        for line in lines {
            self.push(line.trim_end_matches(BLANKS).to_owned());
        }
    }

    /// No blank lines at the end of the file, but for those of a value.
    fn finish(&mut self) {
        if !self.keeps_blanks {
            while self.lines.last().is_some_and(String::is_empty) {
                self.lines.pop();
            }
        }
    }

    /// Adds one document from this line on; returns the line after it.
    fn document(
        &mut self,
        stream: &Stream<'_>,
        source: &[&str],
        mapping: &Mapping,
        from: usize,
    ) -> Result<usize, Refused> {
        let mut chunks: Vec<Chunk> = Vec::with_capacity(mapping.entries.len());
        let mut header = Vec::new();
        let mut next = from;
        for entry in &mapping.entries {
            let (LineRange { first, last }, mut chunk) = chunk::read(stream, source, mapping, entry)?;
            let gap = gap(source, next, first)?;
            match chunks.last_mut() {
                None => (header, chunk.lead) = split_top(gap),
                Some(previous) => (previous.trail, chunk.lead) = split_gap(gap),
            }
            chunks.push(chunk);
            next = last + 1;
        }
        let end = next_marker(source, next);
        let footer = gap(source, next, end)?;
        let in_order = chunks.is_sorted_by_key(|chunk| chunk.rank);
        if !in_order && has_anchors(stream, mapping) {
            let line = stream.events[mapping.start].line;
            let reason = "the fields are not in order, and an anchor or alias may need theirs";
            return Err(
                Refused::new(line, reason).or_write("put the fields in order by hand, or write the aliased values out")
            );
        }
        chunks.sort_by_key(|chunk| chunk.rank);
        for line in header {
            self.push(line);
        }
        let mut after_trail = false;
        for chunk in chunks {
            self.chunk(chunk, &mut after_trail);
        }
        if after_trail {
            self.push(String::new());
        }
        for line in footer {
            self.push(line);
        }
        Ok(end)
    }

    fn chunk(&mut self, chunk: Chunk, after_trail: &mut bool) {
        if *after_trail {
            self.push(String::new());
        }
        for line in chunk.lead {
            self.push(line);
        }
        // The lines of an entry are its own, blank ones too.
        self.lines.extend(chunk.own);
        self.keeps_blanks = chunk.keeps_blanks;
        *after_trail = !chunk.trail.is_empty();
        for line in chunk.trail {
            self.push(line);
        }
    }
}

fn has_anchors(stream: &Stream<'_>, mapping: &Mapping) -> bool {
    stream.events[mapping.start..=mapping.end].iter().any(|spanned| match &spanned.event {
        Event::Alias(_) => true,
        Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
            *anchor != 0
        }
        _ => false,
    })
}

/// The comments and blank lines between two entries.
fn gap(source: &[&str], from: usize, to: usize) -> Result<Vec<String>, Refused> {
    let lines = source.get(from..to).unwrap_or_default();
    for (at, line) in lines.iter().enumerate() {
        // Directives (`%YAML`) stand above the first marker and are no part of a gap.
        if !(line.trim_start_matches(BLANKS).is_empty() || line.trim_start_matches(BLANKS).starts_with('#')) {
            return Err(
                Refused::new(from + at + 1, "the line belongs to no entry").or_write("put the fields in order by hand")
            );
        }
    }
    let mut gap: Vec<String> = lines.iter().map(|line| line.trim_end_matches(BLANKS).to_owned()).collect();
    gap.dedup_by(|line, before| line.is_empty() && before.is_empty());
    Ok(gap)
}

/// Splits comments into those at the top of a document and those that move with its first entry.
fn split_top(mut gap: Vec<String>) -> (Vec<String>, Vec<String>) {
    let is_modeline = |line: &String| line.starts_with("# yaml-language-server:");
    let header = match gap.iter().rposition(String::is_empty) {
        Some(blank) => blank + 1,
        None => usize::from(gap.first().is_some_and(is_modeline)),
    };
    let lead = gap.split_off(header);
    (gap, lead)
}

/// Splits comments into those below an entry and those that move with the next one.
fn split_gap(mut gap: Vec<String>) -> (Vec<String>, Vec<String>) {
    let blank = gap.iter().position(String::is_empty).unwrap_or(0);
    let lead = gap.split_off(blank);
    (gap, lead)
}
