//! The end of a block text that ends with its file, where the file has no line end there.
//!
//! Own code: the scanner takes the end of a file for a line end, which other readers of YAML do not.

use std::borrow::Cow;

use saphyr_parser::{ScalarStyle, Span};

/// The value without the line end that the file does not have.
pub(super) fn without_added_line_end<'a>(
    file: &str,
    value: Cow<'a, str>,
    style: ScalarStyle,
    span: Span,
) -> Cow<'a, str> {
    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    if !is_block || file.ends_with(['\n', '\r']) || span.end.index() < file.chars().count() {
        return value;
    }
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut lines = file.lines().skip(span.start.line().saturating_sub(1)).filter(|line| !line.trim().is_empty());
    let last = file.rsplit('\n').next().unwrap_or(file);
    // Fewer blanks than the text is indented by are no line of it.
    let is_line = lines.next().is_some_and(|first| indentation(first) <= indentation(last));
    match value.strip_suffix('\n') {
        Some(shorter) if is_line => Cow::Owned(shorter.to_owned()),
        _ => value,
    }
}
