//! The order of an entry's members in the canonical form: the time, then its fields.
//!
//! Only where that is a matter of whole lines: each member on one line, and nothing between them. The comments on these lines go with
//! them. The entries themselves stay in the order in which their author wrote them.

use std::borrow::Cow;
use std::ops::Range;

use saphyr_parser::ScalarStyle;

use super::find::{Item, Schedule};
use crate::edit::check::{ExpectedEvent, splice_checked};
use crate::edit::document::DocumentSelector;
use crate::edit::format::rank_in_schedule;
use crate::edit::lines::{Splice, line_end};
use crate::edit::stream::Stream;

/// The text with the members of each entry in order.
pub(in crate::edit) fn in_order(text: &str) -> Cow<'_, str> {
    let mut ordered = Cow::Borrowed(text);
    if !text.contains("schedule") {
        return ordered;
    }
    // One entry at a time; each of them is in order afterwards.
    while let Some(next) = Stream::read(&ordered).ok().and_then(|stream| one_more(&stream)) {
        ordered = Cow::Owned(next);
    }
    ordered
}

/// The first entry that is not in order and can be put so.
fn one_more(stream: &Stream<'_>) -> Option<String> {
    (0..stream.roots().len()).find_map(|document| {
        let mapping = stream.select(DocumentSelector::Index(document)).ok()?;
        let Ok(Schedule::Entries(found)) = Schedule::find(stream, &mapping) else { return None };
        found.list.items.iter().find_map(|item| ordered(stream, item))
    })
}

fn ordered(stream: &Stream<'_>, item: &Item) -> Option<String> {
    let members = &item.members;
    let mut order: Vec<usize> = (0..members.entries.len()).collect();
    order.sort_by_key(|at| rank_in_schedule(&members.entries[*at].name));
    if members.flow || order.is_sorted() {
        return None;
    }
    let lines: Vec<Range<usize>> =
        members.entries.iter().map(|entry| single_line(stream, item, entry)).collect::<Option<_>>()?;
    let first = item.line(stream);
    let is_gapless = members.entries.iter().enumerate().all(|(at, entry)| stream.line_of(entry) == first + at);
    let moved =
        lines.iter().zip(&order).map(|(line, from)| Splice::new(line.clone(), &stream.text[lines[*from].clone()]));
    let texts = order.iter().flat_map(|at| [members.entries[*at].key, members.entries[*at].value.start]);
    let expected: Vec<ExpectedEvent<'_>> =
        texts.map(|at| stream.scalar(at).map(|(text, _)| ExpectedEvent::Scalar(text))).collect::<Option<_>>()?;
    let splices: Vec<Splice> = moved.collect();
    let inner = members.start + 1..members.end;
    is_gapless.then(|| splice_checked(stream, &splices, &inner, &expected))?
}

/// From a member's name to the end of its line, where all of it stands there.
fn single_line(stream: &Stream<'_>, item: &Item, entry: &crate::edit::document::Entry) -> Option<Range<usize>> {
    let key = stream.key_range(&item.members, entry).ok()?;
    let (_, style) = stream.scalar(entry.value.start)?;
    let end = line_end(stream.text, key.start);
    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    let is_here = !is_block && stream.value_end(&item.members, entry).ok()? <= end;
    is_here.then_some(key.start..end)
}
