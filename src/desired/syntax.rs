//! Explains the scanner's errors: the probable mistake, its position, and what to do.

use saphyr_parser::ScanError;

use super::problems::Problems;
use crate::diagnostic::{SourceText, codes};
use crate::source::Span;

struct Explained {
    line: u32,
    column: u32,
    message: &'static str,
    help: &'static str,
}

/// Reports the syntax error that ended the reading of a file.
pub(super) fn report(error: &ScanError, problems: &mut Problems<'_, '_>) {
    let (line, column) = (number(error.marker().line()), number(error.marker().col() + 1));
    if error.info().contains("unknown anchor") {
        let help = "put a value that begins with `*` in quotes, or mark a value with `&name` above it";
        let span = Span { line, column, length: 1 };
        return problems.error(codes::yaml::ALIAS, span, "an alias without its anchor in this document", help);
    }
    if error.info().contains("recursion limit") {
        let help = "an offer is a flat list of `field: value` lines, with `sync:` as its only mapping";
        return problems.error(codes::yaml::TOO_DEEP, Span { line, column, length: 1 }, "values nested too deep", help);
    }
    let found = explain(error.info(), problems.source(), line, column);
    let span = Span { line: found.line, column: found.column, length: 1 };
    problems.error(codes::yaml::SYNTAX, span, found.message, found.help);
}

/// The probable cause for a part of the scanner's message, and what to do. The first match counts.
const COMMON_MISTAKES: [(&str, &str, &str); 16] = [
    ("quoted scalar, found unexpected end", UNCLOSED, CLOSE_IT),
    ("indentation in quoted", UNCLOSED, CLOSE_IT),
    (
        "trailing content after",
        "unexpected text after the closing quote",
        "inside '…' a quote is written '', inside \"…\" it is written \\\"; put the whole value in one pair",
    ),
    (
        "unexpected character",
        "a value without quotes cannot begin with this character",
        "put the whole value in quotes",
    ),
    ("escape", ESCAPE, BACKSLASH),
    ("hexadecimal", ESCAPE, BACKSLASH),
    (
        "block sequence entries are not allowed",
        "a `- ` list begins on its own line",
        "begin the list on the next line, or put the value in quotes if it is text",
    ),
    ("bracket", UNEVEN, EVERY_ONE),
    ("flow", UNEVEN, EVERY_ONE),
    ("']'", UNEVEN, EVERY_ONE),
    (
        "block scalar",
        "invalid text block",
        "write `field: |` and put the text below, every line indented by the same two spaces",
    ),
    ("document start", OUTSIDE, NEW_DOCUMENT),
    ("document end", OUTSIDE, NEW_DOCUMENT),
    ("directive", OUTSIDE, NEW_DOCUMENT),
    ("unprintable", INVISIBLE, REMOVE_IT),
    ("byte order mark", INVISIBLE, REMOVE_IT),
];

const SURROGATE: &str =
    "half a character: an escape such as `\\ud83d` means something together with its other half only";
const WHOLE_CHARACTER: &str =
    "write the character itself, such as 😀, or both halves one after the other, as in `\"\\ud83d\\ude00\"`";
const UNCLOSED: &str = "this quote is not closed";
const CLOSE_IT: &str = "close it with the same quote; inside '…' write '' for one quote, inside \"…\" \\\"";
const ESCAPE: &str = "an unknown escape inside a quoted text";
const BACKSLASH: &str = "write \\\\ for a backslash inside \"…\", or use '…', where a backslash has no special meaning";
const UNEVEN: &str = "unbalanced `[…]` or `{…}`";
const EVERY_ONE: &str = "close every `[` and `{`; put a text that begins with one of them into quotes";
const OUTSIDE: &str = "a line that stands outside the document";
const NEW_DOCUMENT: &str = "remove it, or begin another document with `---`";
const INVISIBLE: &str = "a character that cannot stand here";
const REMOVE_IT: &str = "remove it; it is most likely invisible in your editor";

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Whether a text has an escape of half a character, as JSON writes those outside of the first 65,536.
fn has_surrogate(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.match_indices("\\ud").any(|(at, _)| matches!(lower.as_bytes().get(at + 3), Some(b'8' | b'9' | b'a'..=b'f')))
}

fn explain(info: &str, source: &SourceText<'_>, line: u32, column: u32) -> Explained {
    let says = |part: &str| info.contains(part);
    if says("tab") {
        return tab(source, line, column);
    }
    if (says("escape") || says("hexadecimal")) && has_surrogate(source.line(line)) {
        return Explained { line, column, message: SURROGATE, help: WHOLE_CHARACTER };
    }
    if says("mapping values are not allowed") || says("illegal placement of ':'") {
        return misplaced_colon(source, line, column);
    }
    let lost_field = says("document start") && source.line(line).contains(':');
    if lost_field || says("expected '-' indicator") || says("expected key") || says("simple key") {
        return field_expected(source, line, column);
    }
    let mistake = COMMON_MISTAKES.iter().find(|(part, ..)| says(part)).map(|(_, message, help)| (*message, *help));
    let help = "write one `field: value` per line, and put texts with special characters in quotes";
    let (message, help) = mistake.unwrap_or(("this is not YAML", help));
    Explained { line, column, message, help }
}

/// The scanner reports the start of the value before the tab.
fn tab(source: &SourceText<'_>, line: u32, column: u32) -> Explained {
    let is_indented_by_tab = |text: &str| text.trim_start_matches(' ').starts_with('\t');
    let with_tab = (line..=line.saturating_add(1)).find(|line| is_indented_by_tab(source.line(*line)));
    let (line, column) = match with_tab {
        Some(line) => (line, u32::try_from(source.line(line).find('\t').unwrap_or(0)).unwrap_or(0) + 1),
        None => (line, column),
    };
    Explained { line, column, message: "a tab cannot indent a line", help: "indent with spaces" }
}

fn misplaced_colon(source: &SourceText<'_>, line: u32, column: u32) -> Explained {
    let text = source.line(line);
    let before: String = text.chars().take(column.saturating_sub(1) as usize).collect();
    if before.trim_start_matches([' ', '-']).contains(": ") {
        let help = "put the whole value in quotes: a `: ` inside it would begin another field";
        return Explained { line, column, message: "a second `: ` on one line", help };
    }
    if text.starts_with(' ') {
        let help = "begin every field of an offer at the same column; only settings below `sync:` are indented";
        return Explained {
            line,
            column: 1,
            message: "this line is indented like a continuation of the line above",
            help,
        };
    }
    if let Some(explained) = no_colon_above(source, line) {
        return explained;
    }
    let help = "something above is not closed, such as a quote, a `[` or a `{`";
    Explained { line, column, message: "a field cannot begin here", help }
}

/// The line above, if it is the cause: it has no colon, so the scanner expected more lines.
fn no_colon_above(source: &SourceText<'_>, line: u32) -> Option<Explained> {
    let is_blank = |text: &str| text.trim().is_empty() || text.trim_start().starts_with('#');
    let above = (1..line).rev().find(|above| !is_blank(source.line(*above)))?;
    let text = source.line(above);
    if text.contains(": ") || text.trim_end().ends_with(':') || text.trim_start().starts_with('-') {
        return None;
    }
    let help = "write the field's name, a colon, a space and the value";
    Some(Explained { line: above, column: 1, message: "a line that is not `field: value`", help })
}

fn field_expected(source: &SourceText<'_>, line: u32, column: u32) -> Explained {
    let text = source.line(line);
    let value = text.split_once(": ").map_or("", |(_, value)| value.trim_start());
    if value.starts_with('{') && text.chars().count() >= column as usize {
        let help = "put the whole value in quotes: `{` at its beginning starts a mapping";
        return Explained { line, column, message: "unexpected text after the closing `}`", help };
    }
    if value.starts_with('[') && text.chars().count() >= column as usize {
        let help = "put the whole value in quotes: `[` at its beginning starts a list";
        return Explained { line, column, message: "unexpected text after the closing `]`", help };
    }
    if text.trim_start().starts_with("- ") || text.trim() == "-" {
        return Explained {
            line,
            column,
            message: "a list item where a field is expected",
            help: "indent the list below its field",
        };
    }
    if let Some(explained) = no_colon_above(source, line) {
        return explained;
    }
    if text.contains(':') {
        let help = "begin every field of an offer at the same column; only settings below `sync:` are indented";
        return Explained { line, column, message: "this line is not indented like the ones above it", help };
    }
    let help = "write the field's name, a colon, a space and the value; indent the lines of a long text";
    Explained { line, column, message: "a line that is not `field: value`", help }
}
