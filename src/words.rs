//! Small pieces of text that every room needs: counted nouns, shortened texts and lists, wrapped lines, words of a
//! command line.
//!
//! Pure functions over strings; knows no offer, no markup and no terminal. Widths are display columns, limits are characters.

use std::borrow::Cow;
use std::fmt::Display;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::characters::is_invisible;

/// `1 offer`, `2 offers`, `2 entries`. The noun is given in the singular.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {}", plural(number, noun))
}

/// The noun without the number: `offer` of one, `offers` of none or several.
pub(crate) fn plural(number: usize, noun: &str) -> Cow<'_, str> {
    match noun.strip_suffix('y') {
        _ if number == 1 => Cow::Borrowed(noun),
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => Cow::Owned(format!("{stem}ies")),
        _ => Cow::Owned(format!("{noun}s")),
    }
}

/// At most `limit` characters, the last of them an ellipsis where something is missing.
pub(crate) fn shorten(text: &str, limit: usize) -> Cow<'_, str> {
    // No text has more characters than bytes.
    if text.len() <= limit || text.chars().count() <= limit {
        return Cow::Borrowed(text);
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    Cow::Owned(short)
}

/// `… and 3 more`; nothing where everything is shown.
pub(crate) fn more(total: usize, shown: usize) -> Option<String> {
    total.checked_sub(shown).filter(|rest| *rest > 0).map(|rest| format!("… and {rest} more"))
}

/// The first items, separated by commas, and how many more there are: `a, b, … and 3 more`.
pub(crate) fn first_and_more<T: Display>(items: impl IntoIterator<Item = T>, most: usize) -> String {
    let mut items = items.into_iter();
    let mut shown: Vec<String> = items.by_ref().take(most).map(|item| item.to_string()).collect();
    shown.extend(more(items.count(), 0));
    shown.join(", ")
}

/// Words in lines of at most `width` columns. A word longer than a line stands alone on one.
pub(crate) fn wrap<'w>(words: impl IntoIterator<Item = &'w str>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A word of a shell's command line, in quotes where it needs them.
pub(crate) fn shell_word(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    if !word.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")));
    }
    // What cannot be seen is written out in a message, and would be another word when it is pasted.
    let escaped = |byte: u8| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    Cow::Owned(format!("$'{}'", word.bytes().map(escaped).collect::<String>()))
}

/// A text as a part of a line: a line break in it would begin a line that looks like one of offersync's.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\r']) {
        Cow::Owned(text.replace('\n', "\\n").replace('\r', "\\r"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A path as a word of a shell's command line.
pub(crate) fn shell_path(path: &Path) -> String {
    shell_word(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_follow_their_number() {
        assert_eq!([0, 1, 2].map(|n| count(n, "offer")), ["0 offers", "1 offer", "2 offers"]);
        assert_eq!(count(2, "entry"), "2 entries");
        assert_eq!(count(2, "key"), "2 keys");
    }

    #[test]
    fn a_limit_counts_the_ellipsis_and_characters() {
        assert_eq!(shorten("Käse", 4), "Käse");
        assert_eq!(shorten("Käsebrot", 4), "Käs…");
        assert_eq!(shorten("ab", 0), "…");
    }

    #[test]
    fn a_list_counts_the_items_that_it_leaves_out() {
        assert_eq!(first_and_more(["a", "b"], 2), "a, b");
        assert_eq!(first_and_more(["a", "b", "c", "d"], 2), "a, b, … and 2 more");
        assert_eq!((more(3, 3), more(3, 5)), (None, None));
    }

    #[test]
    fn lines_break_between_words_by_display_width() {
        assert_eq!(wrap(["one", "two", "three"], 7), ["one two", "three"]);
        assert_eq!(wrap(["保険", "保険"], 8), ["保険", "保険"]);
        assert_eq!(wrap(["a", "longerthanaline", "b"], 5), ["a", "longerthanaline", "b"]);
        assert!(wrap([], 5).is_empty());
    }

    #[test]
    fn a_word_of_a_command_line_is_one_word_to_a_shell() {
        assert_eq!(shell_word("offers/a-b_1.yaml"), "offers/a-b_1.yaml");
        assert_eq!(shell_word("b\u{202e}i'd\n"), r"$'b\xe2\x80\xaei\'d\x0a'");
        assert_eq!(one_line("a\r\nb"), r"a\r\nb");
        assert_eq!(shell_word("it's my state"), r"'it'\''s my state'");
        assert_eq!((shell_word(""), shell_word("$(x)")), ("''".into(), "'$(x)'".into()));
    }
}
