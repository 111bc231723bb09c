//! The check behind every edit: the result is read, and its events are those before but for the ones that were to change.

use std::ops::Range;

use saphyr_parser::Event;

use super::stream::Stream;

/// An event that an edit brings in; never with an anchor or a tag, in whatever style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    Scalar(String),
    MappingStart,
    MappingEnd,
    SequenceStart,
    SequenceEnd,
}

impl Expected {
    pub(super) fn scalar(text: &str) -> Self {
        Self::Scalar(text.to_owned())
    }

    fn is(&self, event: &Event<'_>) -> bool {
        match (self, event) {
            (Self::Scalar(text), Event::Scalar(read, _, 0, None)) => text == read,
            (Self::MappingStart, Event::MappingStart(0, None))
            | (Self::MappingEnd, Event::MappingEnd)
            | (Self::SequenceStart, Event::SequenceStart(0, None))
            | (Self::SequenceEnd, Event::SequenceEnd) => true,
            _ => false,
        }
    }
}

/// Reads `after`. `None` unless its events are those of `before` with the `replaced` ones replaced by `new`.
pub(super) fn check<'a>(
    before: &Stream<'_>,
    replaced: &Range<usize>,
    new: &[Expected],
    after: &'a str,
) -> Option<Stream<'a>> {
    let after = Stream::read(after).ok()?;
    let (head, rest) = after.events.split_at_checked(replaced.start)?;
    let (middle, tail) = rest.split_at_checked(new.len())?;
    let same = |old: &[super::stream::Spotted<'_>], new: &[super::stream::Spotted<'_>]| {
        old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.event == new.event)
    };
    let as_expected = same(before.events.get(..replaced.start)?, head)
        && same(before.events.get(replaced.end..)?, tail)
        && new.iter().zip(middle).all(|(expected, spotted)| expected.is(&spotted.event));
    as_expected.then_some(after)
}
