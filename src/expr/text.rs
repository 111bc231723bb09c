//! Texts in quotes: a quote inside is written twice, and nothing else has a special meaning, so that a regular expression is
//! written as it is.

/// The text in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The text in the quotes at the beginning, and how many bytes it takes with them; `None` if they do not end.
pub(super) fn unquoted(text: &str) -> Option<(String, usize)> {
    let quote = text.chars().next()?;
    let mut inner = String::new();
    let mut rest = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = rest.next() {
        if c != quote {
            inner.push(c);
        } else if rest.next_if(|(_, next)| *next == quote).is_some() {
            inner.push(quote);
        } else {
            return Some((inner, at + c.len_utf8()));
        }
    }
    None
}

/// How many bytes a value takes that is not in quotes: to the next `and`, `&&`, `||`, or a bracket that closes one before it. In a list,
/// also to the next comma or square bracket.
pub(super) fn bare_length(text: &str, in_list: bool) -> usize {
    let mut open = 0_usize;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let ends = match c {
            '(' => {
                open += 1;
                false
            }
            ')' if open > 0 => {
                open -= 1;
                false
            }
            ')' => true,
            ',' | ']' => in_list,
            '&' | '|' => rest.starts_with("&&") || rest.starts_with("||"),
            c if c.is_whitespace() => word(rest.trim_start(), "and").is_some(),
            _ => false,
        };
        if ends {
            return at;
        }
    }
    text.len()
}

/// The length of the word, if the text begins with it, in any case, as a word of its own.
pub(super) fn word(text: &str, word: &str) -> Option<usize> {
    let is_word = text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    let ends = |rest: &str| rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '.');
    (is_word && ends(&text[word.len()..])).then_some(word.len())
}
