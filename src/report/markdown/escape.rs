//! Text that is only ever text: nothing in it is markup, a mention, a reference, a link or a pipe of a table.

use std::fmt::Write as _;

use crate::report::escape::visible;

/// The text with every character that markdown, HTML or GitHub could read a meaning into as a numeric entity.
///
/// By the rules of markdown an entity never takes the place of a structural character, so nothing here needs to know where the
/// text will stand. What GitHub looks for in the *rendered* page (`@name`, `#123`) it does not look for inside `<code>` and
/// `<pre>`, which is where names and values go.
pub(in crate::report) fn text(text: &str) -> String {
    let text = visible(text);
    let mut safe = String::with_capacity(text.len() + 16);
    let mut tail: [char; 3] = [' '; 3];
    for c in text.chars() {
        // The only link that begins without a colon.
        let www = c == '.' && tail.iter().all(|c| c.eq_ignore_ascii_case(&'w'));
        if www || is_special(c) {
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
        '\\' | '`'
            | '*'
            | '_'
            | '{'
            | '}'
            | '['
            | ']'
            | '<'
            | '>'
            | '#'
            | '!'
            | '|'
            | '~'
            | '@'
            | '&'
            | ':'
            | '$'
            | '^'
    )
}

/// A name or a value, set apart.
pub(in crate::report) fn code(content: &str) -> String {
    format!("<code>{}</code>", text(content))
}

/// A sentence, in which what stands between backticks is set apart. Outside of `<code>` GitHub would look for mentions and
/// references, so an invisible space breaks them up.
pub(in crate::report) fn prose(sentence: &str) -> String {
    if sentence.matches('`').count() % 2 == 1 {
        return code(sentence);
    }
    let part = |(at, part): (usize, &str)| match at % 2 {
        0 => text(part).replace("&#64;", "&#64;&#8203;").replace("&#35;", "&#35;&#8203;"),
        _ => code(part),
    };
    sentence.split('`').enumerate().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_keeps_a_meaning() {
        assert_eq!(text("</details> | `x` @everyone"), "&#60;/details&#62; &#124; &#96;x&#96; &#64;everyone");
        assert_eq!(text("<!-- x --> #123\n![a](b)"), "&#60;&#33;-- x --&#62; &#35;123&#92;n&#33;&#91;a&#93;(b)");
        assert_eq!(text("WWW.example.com http://x a.b"), "WWW&#46;example.com http&#58;//x a.b");
        assert_eq!(text("&lt; Käse"), "&#38;lt; Käse");
    }

    #[test]
    fn a_sentence_sets_apart_what_it_quotes() {
        assert_eq!(
            prose("`a@b` is <new> @all #1"),
            "<code>a&#64;b</code> is &#60;new&#62; &#64;&#8203;all &#35;&#8203;1"
        );
        assert_eq!(prose("one ` alone"), "<code>one &#96; alone</code>");
    }
}
