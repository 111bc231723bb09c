//! The ways to write a value in place of another one, the one nearest to the author's style first. The caller takes the first
//! whose result reads as it should.

use saphyr_parser::ScalarStyle;

use super::block::{BlockScalar, Chomping};
use super::block_text::{BlockText, Frame};
use super::entry::ValuePlace;
use super::lines::{Splice, line_break, line_end};
use super::scalar::{self, ScalarType};

/// What is to be written, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewValue<'a> {
    pub(super) text: &'a str,
    pub(super) meaning: ScalarType,
    /// Inside braces.
    pub(super) flow: bool,
    /// The column of the mapping's keys.
    pub(super) column: usize,
}

impl NewValue<'_> {
    fn plain(&self) -> Option<String> {
        scalar::plain(self.text, self.meaning, self.flow)
    }

    fn is_lines(&self) -> bool {
        self.meaning == ScalarType::Text && self.text.contains('\n') && !self.flow
    }

    fn quoted(&self) -> impl Iterator<Item = String> {
        scalar::single(self.text).into_iter().chain([scalar::double(self.text)])
    }

    /// As a literal block of its own.
    pub(super) fn fresh_block(&self) -> Option<BlockText> {
        let frame = Frame { column: self.column, indent: self.column + 2 };
        if self.is_lines() { BlockText::literal(self.text, frame) } else { None }
    }
}

/// The replacements that could be made, the best first.
pub(super) fn candidates(source: &str, place: &ValuePlace, value: &NewValue<'_>) -> Vec<Vec<Splice>> {
    match place {
        ValuePlace::Empty { at, colon } => {
            let lead = if *colon { " " } else { ": " };
            let proposals = plain_first(source, *at, value);
            proposals.into_iter().map(|(text, more)| with(Splice::insert(*at, format!("{lead}{text}")), more)).collect()
        }
        ValuePlace::Inline { range, style } => {
            let proposals = match style {
                ScalarStyle::SingleQuoted => single_first(source, range.end, value),
                ScalarStyle::DoubleQuoted => vec![(scalar::double(value.text), None)],
                _ => plain_first(source, range.end, value),
            };
            proposals.into_iter().map(|(text, more)| with(Splice::new(range.clone(), text), more)).collect()
        }
        ValuePlace::Block(block) => in_place_of_block(source, block, value),
    }
}

type Proposal = (String, Option<Splice>);

fn with(first: Splice, more: Option<Splice>) -> Vec<Splice> {
    std::iter::once(first).chain(more).collect()
}

fn plain_first(source: &str, at: usize, value: &NewValue<'_>) -> Vec<Proposal> {
    let plain = value.plain().map(|text| (text, None));
    let quoted = value.quoted().map(|text| (text, None));
    plain.into_iter().chain(fresh_block(source, at, value)).chain(quoted).collect()
}

fn single_first(source: &str, at: usize, value: &NewValue<'_>) -> Vec<Proposal> {
    let quoted = value.quoted().map(|text| (text, None));
    fresh_block(source, at, value).into_iter().chain(quoted).collect()
}

/// A block in place of a value that ends at `at`: the header there, the lines below the rest of that line.
fn fresh_block(source: &str, at: usize, value: &NewValue<'_>) -> Option<Proposal> {
    let block = value.fresh_block()?;
    let end = line_end(source, at);
    let mut lines = block.render(line_break(source, at), block.blanks);
    close_last_line(source, end, block.chomping, &mut lines);
    Some((block.header, Some(Splice::insert(end, lines))))
}

/// Without a line break at the file's end, readers differ over whether the text ends with one.
fn close_last_line(source: &str, end: usize, chomping: Chomping, lines: &mut String) {
    if end == source.len() && chomping != Chomping::Strip {
        lines.push_str(line_break(source, end));
    }
}

/// A folded block becomes a literal one.
fn in_place_of_block(source: &str, old: &BlockScalar, value: &NewValue<'_>) -> Vec<Vec<Splice>> {
    let frame = Frame { column: value.column, indent: old.indent.unwrap_or(value.column + 2) };
    let block = if value.meaning == ScalarType::Text { BlockText::literal(value.text, frame) } else { None };
    let mut all: Vec<_> = block.and_then(|block| block_for_block(source, old, &block)).into_iter().collect();
    let removed = Splice::new(old.content.start..old.end(), "");
    // The header's comment stays behind the value.
    let inline = value.plain().into_iter().chain(value.quoted());
    all.extend(inline.map(|text| vec![Splice::new(old.header.clone(), text), removed.clone()]));
    all
}

fn block_for_block(source: &str, old: &BlockScalar, new: &BlockText) -> Option<Vec<Splice>> {
    let (range, blanks) = match (old.chomping, new.chomping) {
        // The blank lines behind are the value's, then and now.
        (Chomping::Keep, Chomping::Keep) => (old.with_blanks.clone(), new.blanks),
        // Those that are there separate, and now become the value's.
        (_, Chomping::Keep) => (old.content.clone(), new.blanks.checked_sub(old.blanks)?),
        // Blanks at the file's end without a line break: the scanner takes them for one more line of the text.
        (_, Chomping::Clip) if old.with_blanks.end == source.len() => (old.with_blanks.clone(), 0),
        _ => (old.content.clone(), 0),
    };
    let mut lines = new.render(line_break(source, old.header.start), blanks);
    close_last_line(source, range.end, new.chomping, &mut lines);
    Some(vec![Splice::new(old.header.clone(), new.header.clone()), Splice::new(range, lines)])
}
