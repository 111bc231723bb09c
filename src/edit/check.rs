//! The check behind every edit: the result is read again, and its events are those before but for the ones that were to change.

use std::ops::Range;

use saphyr_parser::Event;

use super::lines::{Splice, splice};
use super::stream::{SpannedEvent, Stream};

/// An event that an edit adds, or puts in the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExpectedEvent<'a> {
    Scalar(&'a str),
    MappingStart,
    MappingEnd,
    SequenceStart,
    SequenceEnd,
}

impl ExpectedEvent<'_> {
    /// The event is this one, without an anchor or a tag.
    fn matches(&self, event: &Event<'_>) -> bool {
        match (self, event) {
            (Self::Scalar(text), Event::Scalar(read, _, 0, None)) => read == text,
            (Self::MappingStart, Event::MappingStart(0, None))
            | (Self::MappingEnd, Event::MappingEnd)
            | (Self::SequenceStart, Event::SequenceStart(0, None))
            | (Self::SequenceEnd, Event::SequenceEnd) => true,
            _ => false,
        }
    }
}

/// The text with the splices made. `None` unless the result's events are those of `before`
/// with the `replaced` ones replaced by the expected ones, which have neither anchor nor tag.
pub(super) fn splice_checked(
    before: &Stream<'_>,
    splices: &[Splice],
    replaced: &Range<usize>,
    expected: &[ExpectedEvent<'_>],
) -> Option<String> {
    let text = splice(before.text, splices);
    let is_as_expected = check(before, replaced, expected, &Stream::read(&text).ok()?)?;
    is_as_expected.then_some(text)
}

/// `None` where there are fewer events than expected.
fn check(
    before: &Stream<'_>,
    replaced: &Range<usize>,
    expected: &[ExpectedEvent<'_>],
    after: &Stream<'_>,
) -> Option<bool> {
    let (head, rest) = after.events.split_at_checked(replaced.start)?;
    let (middle, tail) = rest.split_at_checked(expected.len())?;
    let same = |old: &[SpannedEvent<'_>], new: &[SpannedEvent<'_>]| {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.event == new.event)
    };
    let is_as_expected = same(before.events.get(..replaced.start)?, head)
        && same(before.events.get(replaced.end..)?, tail)
        && expected.iter().zip(middle).all(|(wanted, spanned)| wanted.matches(&spanned.event));
    Some(is_as_expected)
}
