//! Checks of a text that is a valid value and still not what its author means: a comment cuts it short, or it holds characters that
//! cannot be seen.
//!
//! Knows no field beyond its kind. CAKE's own values are not checked: they are as they are.

use super::node::{Entry, Style};
use super::problems::Problems;
use crate::characters::{code_point, is_invisible};
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Field, FieldKind, Value};
use crate::source::Span;

/// Whether the value can be used.
pub(super) fn check(
    field: Field,
    value: &Value,
    style: Style,
    entry: &Entry<'_>,
    problems: &mut Problems<'_, '_>,
) -> bool {
    let text = match value {
        Value::Text(text) => text,
        Value::Url(url) => url.as_str(),
        _ => return true,
    };
    let errors = problems.errors();
    if style == Style::Plain
        && let Some(comment) = comment_after(text, entry.value.span, problems)
    {
        let message = format!("a comment cuts the value of `{field}` short: the rest of the line is a comment");
        let help = "put the value in quotes if `#` belongs to it; otherwise move the comment to a line of its own";
        problems.error(codes::yaml::HASH_COMMENT, comment, message, help);
    }
    if let Value::Url(url) = value
        && let Some(reason) = url.misleading_part()
    {
        let help = "write the address that a click opens, and nothing else, before the path";
        problems.error(
            codes::offer::BAD_VALUE,
            entry.value.span,
            format!("invalid value for `{field}`: {reason}"),
            help,
        );
    }
    check_invisible(field, text, entry.value.span, problems);
    problems.errors() == errors
}

fn check_invisible(field: Field, text: &str, span: Span, problems: &mut Problems<'_, '_>) {
    if text.is_ascii() {
        return;
    }
    let is_odd = |c: &char| is_invisible(*c) && !matches!(c, '\n' | '\t' | '\r');
    let Some(first) = text.chars().find(is_odd) else { return };
    let count = text.chars().filter(is_odd).count();
    let named = if count == 1 { code_point(first) } else { format!("{} and {} more", code_point(first), count - 1) };
    let message = format!("`{field}` contains characters that cannot be seen: {named}");
    let is_blank = text.chars().all(|c| c == ' ' || is_invisible(c));
    let help = "remove them, or type the usual space";
    if field.kind() == FieldKind::Url || is_blank {
        problems.error(codes::offer::INVISIBLE, span, message, help);
    } else {
        let label = problems.label(span);
        problems.push(Diagnostic::warning(codes::offer::INVISIBLE, message).label(label).help(help));
    }
}

/// Where the comment after a plain value begins. The value may have several lines, and an anchor before it.
fn comment_after(text: &str, span: Span, problems: &Problems<'_, '_>) -> Option<Span> {
    let source = problems.source();
    if !source.text().contains('#') {
        return None;
    }
    let last = source.text().lines().count();
    let mut words = text.split_whitespace();
    let mut next = words.next();
    let (mut number, mut column) = (span.line, span.column as usize - 1);
    if source.line(number).chars().nth(column) == Some('&') {
        column += source.line(number).chars().skip(column).take_while(|c| !c.is_whitespace()).count();
    }
    loop {
        let line: Vec<char> = source.line(number).chars().collect();
        loop {
            column += line.iter().skip(column).take_while(|c| c.is_whitespace()).count();
            let Some(word) = next else {
                let after: String = line.iter().skip(column).collect();
                let length = u32::try_from(after.trim_end().chars().count()).ok()?;
                let column = u32::try_from(column).ok()? + 1;
                return after.starts_with('#').then_some(Span { line: number, column, length });
            };
            if column >= line.len() {
                break;
            }
            // An alias: its value stands elsewhere.
            if !word.chars().eq(line.iter().skip(column).take(word.chars().count()).copied()) {
                return None;
            }
            column += word.chars().count();
            next = words.next();
        }
        (number, column) = (number + 1, 0);
        if number as usize > last {
            return None;
        }
    }
}
