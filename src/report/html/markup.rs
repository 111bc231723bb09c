//! Markup from values. Invariant: a value is text, whatever it holds; what cannot be seen is written out.

use crate::report::escape::visible;

/// A value as text, on one line.
pub(super) fn text(value: &str) -> String {
    let mut shown = String::with_capacity(value.len() + 8);
    for character in visible(value).chars() {
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            // Of a page that is printed into the log of a CI system, nothing is a command.
            '#' => shown.push_str("&#35;"),
            ':' if shown.ends_with(':') => shown.push_str("&#58;"),
            other => shown.push(other),
        }
    }
    shown
}

pub(super) fn code(value: &str) -> String {
    format!("<code>{}</code>", text(value))
}

/// A link to the row of an offer. A key is letters, digits, `.`, `_` and `-`.
pub(super) fn link(key: &str) -> String {
    format!("<a href=\"#{0}\">{0}</a>", text(key))
}

/// The lines of a cell.
pub(super) fn lines(lines: &[String]) -> String {
    lines.join("<br>")
}

/// A section with a heading; nothing where it would be empty.
pub(super) fn section(title: &str, class: &str, content: &str) -> String {
    if content.is_empty() {
        return String::new();
    }
    format!("<section class=\"{class}\">\n<h2>{}</h2>\n{content}</section>\n", text(title))
}

/// A table of cells that are markup; the first cell of a row is its heading. Nothing where it has no rows.
pub(super) fn table(caption: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head: Vec<_> = columns.iter().map(|column| format!("<th scope=\"col\">{}</th>", text(column))).collect();
    let head = head.concat();
    let row = |cells: &Vec<String>| {
        let cell = |(at, cell): (usize, &String)| match at {
            0 => format!("<th scope=\"row\">{cell}</th>"),
            _ => format!("<td>{cell}</td>"),
        };
        format!("<tr>{}</tr>\n", cells.iter().enumerate().map(cell).collect::<String>())
    };
    let body: String = rows.iter().map(row).collect();
    let caption = text(caption);
    format!(
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\"><table>\n<caption>{caption}</caption>\n\
         <thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )
}

/// A list of items that are markup; nothing where there are none.
pub(super) fn list(class: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<_> = items.iter().map(|item| format!("<li>{item}</li>\n")).collect();
    format!("<ul class=\"{class}\">\n{}</ul>\n", items.concat())
}

/// A template with its marks `{{name}}` replaced in one pass, so that no value is taken for a mark.
pub(super) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, marked)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = marked.split_once("}}") else { break };
        let value = values.iter().find(|(mark, _)| *mark == name);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}
