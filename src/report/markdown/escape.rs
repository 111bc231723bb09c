//! Escapes text for markdown: nothing in it is markup, a mention, a reference, a link or a table separator.

use std::fmt::Write as _;

use crate::report::escape::visible;

/// An `@` that is part of no address and no mention.
const AT: &str = "&#64;<!-- -->";

/// Replaces every character with a meaning in markdown, HTML or GitHub by a numeric entity.
///
/// In markdown, an entity is never a structural character, so this is safe at any position. GitHub also interprets the *rendered* page
/// (`@name`, `#123`), but not inside `<code>` and `<pre>`, where names and values are. E-mail addresses it finds in any text: a comment,
/// which is not part of the rendered page, separates the two parts of one.
pub(in crate::report) fn text(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len() + 16);
    let mut tail: [char; 3] = [' '; 3];
    for c in text.chars() {
        // The only kind of link without a colon.
        let www = c == '.' && tail.iter().all(|c| c.eq_ignore_ascii_case(&'w'));
        if c == '@' {
            safe.push_str(AT);
        } else if www || is_special(c) {
            _ = write!(safe, "&#{};", u32::from(c));
        } else {
            safe.push(c);
        }
        tail = [tail[1], tail[2], c];
    }
    safe
}

fn is_special(c: char) -> bool {
    matches!(
        c,
        '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '~' | '&' | ':' | '$' | '^'
    )
}

/// A name or a value, as code.
pub(in crate::report) fn code(content: &str) -> String {
    format!("<code>{}</code>", text(content))
}

/// A sentence, with text between backticks as code. Outside of `<code>`, an invisible space prevents mentions and references.
pub(in crate::report) fn prose(sentence: &str) -> String {
    if sentence.matches('`').count() % 2 == 1 {
        return code(sentence);
    }
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => text(part).replace(AT, "&#64;&#8203;").replace("&#35;", "&#35;&#8203;"),
        _ => code(part),
    };
    sentence.split('`').enumerate().map(part).collect()
}

/// A sentence with which a line or an item of a list begins.
pub(in crate::report) fn at_begin(sentence: &str) -> String {
    let safe = prose(sentence);
    match safe.chars().next().filter(|_| begins_block(&safe)) {
        Some(first) => format!("&#{};{}", u32::from(first), &safe[first.len_utf8()..]),
        None => safe,
    }
}

/// Whether it would be a rule, a heading or an item of a list where a line or an item begins with it: `---`, `+ x`, `1. x`.
fn begins_block(text: &str) -> bool {
    let after_digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.starts_with(['-', '+', '=']) || after_digits.len() < text.len() && after_digits.starts_with(['.', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_keeps_a_meaning() {
        assert_eq!(text("</details> | `x` @everyone"), "&#60;/details&#62; &#124; &#96;x&#96; &#64;<!-- -->everyone");
        assert_eq!(text("<!-- x --> #123\n![a](b)"), "&#60;&#33;-- x --&#62; &#35;123&#92;n&#33;&#91;a&#93;(b)");
        assert_eq!(text("WWW.example.com http://x a.b"), "WWW&#46;example.com http&#58;//x a.b");
        assert_eq!(text("&lt; Käse"), "&#38;lt; Käse");
        assert_eq!(text("a@example.com"), "a&#64;<!-- -->example.com");
    }

    #[test]
    fn a_sentence_sets_apart_what_it_quotes() {
        assert_eq!(
            prose("`a@b` is <new> @all #1"),
            "<code>a&#64;<!-- -->b</code> is &#60;new&#62; &#64;&#8203;all &#35;&#8203;1"
        );
        assert_eq!(prose("one ` alone"), "<code>one &#96; alone</code>");
        assert_eq!(["---", "+ x", "=", "12. x"].map(at_begin), ["&#45;--", "&#43; x", "&#61;", "&#49;2. x"]);
        assert_eq!(at_begin("12 offers."), "12 offers.");
    }
}
