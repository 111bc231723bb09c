//! The events of a YAML text, from the one scanner of this program.
//!
//! Other readers of YAML take two things that the scanner refuses: a tab between a field's colon and its value, and characters that
//! JSON writes as two escapes (`"\ud83d\ude00"`). Where the scanner stops at one of them, it is given a copy of the same length
//! in which that place is spelled as it accepts it, so every position stays that of the file.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScanError, Span};

/// Each correction scans the text once more. After so many characters a file is refused at the next place: a second's work.
const MOST_SCANNED: usize = 50_000_000;

/// Stand for a character that JSON writes as two escapes, as escapes and as they are read: noncharacters, which no text may hold.
const PLACEHOLDER: (&str, &str) = ("\\uFDD0\\uFDD1", "\u{FDD0}\u{FDD1}");

/// An event with its place in the text.
pub(crate) type Spanned<'a> = (Event<'a>, Span);

/// The events of a text, up to the first error.
pub(crate) fn events<'a>(text: &'a str) -> Box<dyn Iterator<Item = Result<Spanned<'a>, ScanError>> + 'a> {
    match Corrected::of(text) {
        None => Box::new(Parser::new_from_str(text)),
        Some(corrected) => Box::new(corrected.events().into_iter()),
    }
}

/// A text in which something was spelled in another way.
struct Corrected {
    text: String,
    /// What the placeholders stand for, in their order.
    characters: Vec<(usize, char)>,
}

impl Corrected {
    /// `None` where the text is scanned as it is.
    fn of(text: &str) -> Option<Self> {
        if !(text.contains("\\u") || text.contains(":\t")) {
            return None;
        }
        let has_placeholder = text.to_ascii_lowercase().contains("\\ufdd") || text.contains(['\u{FDD0}', '\u{FDD1}']);
        // The scanner takes a lone carriage return for a line break, and so counts other lines than are counted here.
        if has_placeholder || text.replace("\r\n", "").contains('\r') {
            return None;
        }
        let mut corrected = Self { text: text.to_owned(), characters: Vec::new() };
        let mut corrections = 0;
        while corrections * text.len() < MOST_SCANNED
            && let Some(Err(error)) = Parser::new_from_str(&corrected.text).find(Result::is_err)
            && (corrected.pairs(&error) || corrected.tab(&error))
        {
            corrections += 1;
        }
        corrected.characters.sort_unstable_by_key(|(at, _)| *at);
        (corrections > 0).then_some(corrected)
    }

    /// Corrects the quoted text that the scanner stopped at, if it has pairs of escapes.
    fn pairs(&mut self, error: &ScanError) -> bool {
        let Some((start, '"')) = self.text.char_indices().nth(error.marker().index()) else { return false };
        let found = pairs_in_quotes(&self.text, start + 1);
        for (at, character) in &found {
            self.text.replace_range(*at..at + PLACEHOLDER.0.len(), PLACEHOLDER.0);
            self.characters.push((*at, *character));
        }
        !found.is_empty()
    }

    /// Corrects the first tab after a colon on the line that the scanner stopped at.
    fn tab(&mut self, error: &ScanError) -> bool {
        let number = error.marker().line().saturating_sub(1);
        let Some(line) = self.text.split('\n').nth(number) else { return false };
        let start = line.as_ptr() as usize - self.text.as_ptr() as usize;
        let Some((name, value)) = line.split_once(":\t") else { return false };
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-\"' ".contains(c);
        if name.is_empty() || !name.chars().all(is_name) {
            return false;
        }
        let blanks = value.len() - value.trim_start_matches(['\t', ' ']).len() + 1;
        let at = start + name.len() + 1;
        self.text.replace_range(at..at + blanks, &" ".repeat(blanks));
        true
    }

    fn events(self) -> Vec<Result<Spanned<'static>, ScanError>> {
        let mut characters = self.characters.into_iter().map(|(_, character)| character);
        let mut owned = |event: Event<'_>| match event {
            Event::Scalar(text, style, anchor, tag) => {
                let mut text = text.into_owned();
                while let Some(at) = text.find(PLACEHOLDER.1)
                    && let Some(character) = characters.next()
                {
                    text.replace_range(at..at + PLACEHOLDER.1.len(), character.encode_utf8(&mut [0; 4]));
                }
                Event::Scalar(Cow::Owned(text), style, anchor, tag.map(|tag| Cow::Owned(tag.into_owned())))
            }
            Event::Nothing => Event::Nothing,
            Event::StreamStart => Event::StreamStart,
            Event::StreamEnd => Event::StreamEnd,
            Event::DocumentStart(explicit) => Event::DocumentStart(explicit),
            Event::DocumentEnd => Event::DocumentEnd,
            Event::Alias(id) => Event::Alias(id),
            Event::SequenceStart(anchor, tag) => {
                Event::SequenceStart(anchor, tag.map(|tag| Cow::Owned(tag.into_owned())))
            }
            Event::SequenceEnd => Event::SequenceEnd,
            Event::MappingStart(anchor, tag) => {
                Event::MappingStart(anchor, tag.map(|tag| Cow::Owned(tag.into_owned())))
            }
            Event::MappingEnd => Event::MappingEnd,
        };
        let mut events = Vec::new();
        // After an error, the scanner gives it again and again.
        for event in Parser::new_from_str(&self.text) {
            let is_error = event.is_err();
            events.push(event.map(|(event, span)| (owned(event), span)));
            if is_error {
                break;
            }
        }
        events
    }
}

/// The pairs of escapes from `at` to the closing quote: where each begins, and its character.
fn pairs_in_quotes(text: &str, mut at: usize) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next().filter(|first| *first != '"')
    {
        let pair = half(rest).zip(rest.get(6..).and_then(half));
        let character = pair.and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        at += match (first, character.filter(|character| u32::from(*character) > 0xFFFF)) {
            ('\\', Some(character)) => {
                found.push((at, character));
                PLACEHOLDER.0.len()
            }
            ('\\', None) => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            _ => first.len_utf8(),
        };
    }
    found
}

/// The number of an escape `\uXXXX` at the start of a text.
fn half(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalars(text: &str) -> Result<Vec<String>, ScanError> {
        let mut found = Vec::new();
        for event in events(text) {
            if let Event::Scalar(text, ..) = event?.0 {
                found.push(text.into_owned());
            }
        }
        Ok(found)
    }

    #[test]
    fn a_tab_after_a_colon_is_a_blank() {
        let text = "payout:\t24.00\n\"revenue\":\t \t30\nsync:\n  key:\ta-b\n";
        assert_eq!(scalars(text).unwrap(), ["payout", "24.00", "revenue", "30", "sync", "key", "a-b"]);
        let same = "a: |\n  x:\ty\nb: \"x:\ty\"\nc:\t1\nd: x # y:\tz\n";
        assert_eq!(scalars(same).unwrap(), ["a", "x:\ty\n", "b", "x:\ty", "c", "1", "d", "x"]);
    }

    #[test]
    fn two_escapes_of_one_character_are_read_as_it() {
        let text = r#"a: "\ud83d\ude00 \\ud83d x \uD83D\uDE01"
b: '\ud83d\ude00'
c: \ud83d\ude00
# "\ud83d\ude00"
d: "\ud83d\ude02"
"#;
        let raw = r"\ud83d\ude00";
        assert_eq!(scalars(text).unwrap(), ["a", "😀 \\ud83d x 😁", "b", raw, "c", raw, "d", "😂"]);
    }

    #[test]
    fn half_a_character_and_other_errors_stay_errors() {
        for text in [r#"a: "\ud83d""#, r#"a: "\ude00\ud83d""#, r#"a: "\ud83d\ude00 \q""#, "a:\t[\n"] {
            assert!(scalars(text).is_err(), "{text}");
        }
        // What comes before the error is corrected; the scanner would give the error for ever.
        assert!(scalars("a:\t1\nb: [\n").is_err());
    }

    #[test]
    fn positions_are_those_of_the_file() {
        let text = "a: \"\\ud83d\\ude00\"\nb:\t1\nlater: x\n";
        let marks = |text: &str| events(text).map(|event| event.unwrap().1).last().map(|span| span.start.index());
        assert_eq!(marks(text), Some(text.chars().count()));
    }
}
