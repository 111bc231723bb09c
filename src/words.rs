//! Small pieces of text that every room needs: counted nouns, shortened texts and lists, wrapped lines, words of a
//! command line.
//!
//! Pure functions over strings; knows no offer, no markup and no terminal. Widths are display columns, limits are characters.

use std::borrow::Cow;
use std::fmt::Display;
use std::path::Path;

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

/// A sentence in lines of at most `width` columns, of which all but the first begin with so many spaces. What stands between backticks, such as
/// a command, is not broken, so that it can be copied; nor is any other word. ANSI styles take no room.
pub(crate) fn wrap_sentence(text: &str, width: usize, indent: usize) -> String {
    if textwrap::core::display_width(text) <= width {
        return text.to_owned();
    }
    let indent = " ".repeat(indent);
    let options = textwrap::Options::new(width)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::Custom(words_of))
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}

/// The words with the spaces after them; what is in backticks is a part of its word.
fn words_of(line: &str) -> Box<dyn Iterator<Item = textwrap::core::Word<'_>> + '_> {
    let (mut is_code, mut after_space) = (false, false);
    let starts_word = |(at, c): (usize, char)| {
        // A percent sign stays with its number.
        let starts = after_space && !matches!(c, ' ' | '%') && !is_code;
        is_code ^= c == '`';
        after_space = c == ' ';
        starts.then_some(at)
    };
    let mut starts: Vec<usize> = line.char_indices().filter_map(starts_word).collect();
    starts.insert(0, 0);
    starts.push(line.len());
    let words: Vec<_> = starts.windows(2).map(|pair| textwrap::core::Word::from(&line[pair[0]..pair[1]])).collect();
    Box::new(words.into_iter())
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
        assert_eq!(wrap_sentence("one two three", 7, 0), "one two\nthree");
        assert_eq!(wrap_sentence("保険 保険", 8, 2), "保険\n  保険");
        assert_eq!(wrap_sentence("a longerthanaline b", 5, 0), "a\nlongerthanaline\nb");
        assert_eq!(wrap_sentence("run `git stash list`, then", 12, 2), "run\n  `git stash list`,\n  then");
        assert_eq!(wrap_sentence("  deep \u{1b}[1mbold\u{1b}[0m end", 14, 4), "  deep \u{1b}[1mbold\u{1b}[0m\n    end");
        assert_eq!(wrap_sentence("falls by 25.0 % at once", 13, 0), "falls by\n25.0 % at\nonce");
        assert_eq!(wrap_sentence("", 5, 0), "");
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
