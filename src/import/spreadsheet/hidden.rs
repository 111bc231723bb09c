//! Texts in cells that look like the marks `<U+202E>` with which a printed export writes invisible characters.
//!
//! Invariant: what was exported is read back as it was, whether the export was printed or written to a file.

use std::borrow::Cow;

/// The mark at the start of a text: its character and its length.
fn mark(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("<U+")?.split_once('>')?.0;
    let is_code = (4..=6).contains(&digits.len()) && digits.bytes().all(|c| matches!(c, b'0'..=b'9' | b'A'..=b'F'));
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_code)?;
    Some((char::from_u32(code)?, digits.len() + 4))
}

/// Replaces the marks in a text; where there is none, it stays.
fn replaced(text: Cow<'_, str>, by: impl Fn(char, &str) -> String) -> Cow<'_, str> {
    if !text.contains("<U+") {
        return text;
    }
    let (mut whole, mut rest) = (String::with_capacity(text.len()), &*text);
    while let Some(at) = rest.find("<U+") {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let (new, length) = match mark(rest) {
            Some((c, length)) => (by(c, &rest[..length]), length),
            None => ("<".to_owned(), 1),
        };
        whole.push_str(&new);
        rest = &rest[length..];
    }
    Cow::Owned(whole + rest)
}

/// The text as a cell: what looks like a mark has its first character as a mark.
pub(super) fn escaped(text: Cow<'_, str>) -> Cow<'_, str> {
    replaced(text, |_, mark| format!("<U+003C>{}", &mark[1..]))
}

/// The text of a cell, with the characters in place of their marks.
pub(super) fn unescaped(cell: &str) -> Cow<'_, str> {
    replaced(Cow::Borrowed(cell), |c, _| c.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::inert;

    #[test]
    fn marks_are_characters_and_texts_that_look_like_marks_are_not() {
        assert_eq!(unescaped("a<U+202E>b<U+00A0>"), "a\u{202e}b\u{a0}");
        assert_eq!(escaped("<U+202E> <U+x> <U+".into()), "<U+003C>U+202E> <U+x> <U+");
        assert_eq!(unescaped("<U+> <U+D800> <U+12> <U+00zz>"), "<U+> <U+D800> <U+12> <U+00zz>");
    }

    proptest! {
        #[test]
        fn what_was_printed_is_read_back(text in "(\\PC|<U\\+[0-9A-F]{0,6}>|[<U+03C>:#\\[\\r\\n\u{202e}\u{1b}]){0,20}") {
            let cell = escaped(Cow::Borrowed(&text)).into_owned();
            let printed = inert::text(&cell);
            prop_assert_eq!(unescaped(&printed), &*text);
            prop_assert_eq!(unescaped(&cell), &*text);
        }
    }
}
