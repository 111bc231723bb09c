//! Escapes content for display on one line: control characters, terminal escapes and invisible characters become visible. Markdown has its
//! own escaping.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::characters::{code_point, is_invisible};

/// The text on one line, with everything that moves a cursor, changes a colour, reverses the reading direction or cannot be
/// seen at all written as an escape. A difference that cannot be seen would not be reviewed.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            other if is_invisible(other) => _ = write!(shown, "<{}>", code_point(other)),
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown() {
        assert_eq!(visible("a\u{1b}[31mb\u{7}\r\n\tc"), r"a<U+001B>[31mb<U+0007>\r\n\tc");
        assert_eq!(visible("\u{202e}live\u{a0}x\u{200b}"), r"<U+202E>live<U+00A0>x<U+200B>");
    }

    #[test]
    fn letters_of_every_script_stay() {
        assert!(matches!(visible("Käse 保険 страховка 🙂 a b"), Cow::Borrowed(_)));
    }
}
