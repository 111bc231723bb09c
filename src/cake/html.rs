//! What an HTML page says, in one line: its title, or its first words.
//!
//! Firewalls, balancers and ASP.NET answer with pages that tell the reason in their title. Own code: a parser of HTML would be
//! a large dependency for one line of an error message. Knows no reply. Pure.

/// Elements whose content is no text of the page.
const NOT_SHOWN: [&str; 4] = ["script", "style", "head", "!--"];

/// The title of a page or its first words, and a text that is no page as it is; `None` if there are none.
pub(super) fn first_words(page: &str) -> Option<String> {
    let title = element(page, "title").map(plain).filter(|title| !title.is_empty());
    title.or_else(|| Some(plain(page))).filter(|text| !text.is_empty())
}

/// The content of the first element of that name.
fn element<'p>(page: &'p str, name: &str) -> Option<&'p str> {
    let open = find(page, &format!("<{name}"), 0)?;
    let start = open + page[open..].find('>')? + 1;
    let end = find(page, &format!("</{name}"), start)?;
    Some(&page[start..end])
}

/// Where the ASCII needle is in the text, in any case.
fn find(text: &str, needle: &str, from: usize) -> Option<usize> {
    let at =
        text.as_bytes()[from..].windows(needle.len()).position(|part| part.eq_ignore_ascii_case(needle.as_bytes()));
    at.map(|at| from + at)
}

/// The text without tags and entities, on one line.
fn plain(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let is_tag = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        let end = if is_tag { end_of_tag(rest) } else { 1 };
        text.push_str(if is_tag { " " } else { "<" });
        rest = &rest[end..];
    }
    text.push_str(rest);
    let decoded = html_escape::decode_html_entities(&text);
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The end of the tag with which a text begins, or of the whole element if its content is not shown.
fn end_of_tag(text: &str) -> usize {
    let hidden = NOT_SHOWN.iter().find(|name| {
        text.get(1..=name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && !text[1 + name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() && **name != "!--")
    });
    let close = match hidden {
        Some(&"!--") => "-->".to_owned(),
        Some(name) => format!("</{name}>"),
        None => ">".to_owned(),
    };
    find(text, &close, 0).map_or(text.len(), |at| at + close.len())
}
