//! Escapes content for display: control characters, terminal escapes and invisible characters become visible, and no line can be read as
//! a workflow command. Markdown has its own escaping.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::characters::{code_point, is_invisible};

/// The text on one line, with everything that moves a cursor, changes a colour, reverses the reading direction or cannot be
/// seen at all written as an escape. A difference that cannot be seen would not be reviewed.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_invisible) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            other if is_invisible(other) => _ = write!(shown, "<{}>", code_point(other)),
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

/// Escapes a whole text so that a CI runner that reads the log finds no workflow command: neither `::name::` at the start of a line nor the
/// older `##[name]` anywhere.
pub(super) fn without_commands(text: String) -> String {
    // Three colons, as before the second place of a diagnostic, are not a command.
    let starts = |line: &str| line.trim_start().strip_prefix("::").is_some_and(|rest| !rest.starts_with(':'));
    if !text.contains("##[") && !text.lines().any(starts) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let line = line.replace("##[", "##<U+005B>");
        if starts(&line) {
            let (indent, rest) = line.split_at(line.len() - line.trim_start().len());
            safe.push_str(indent);
            safe.push_str("<U+003A>");
            safe.push_str(rest.strip_prefix(':').unwrap_or(rest));
        } else {
            safe.push_str(&line);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_shown() {
        assert_eq!(visible("a\u{1b}[31mb\u{7}\r\n\tc"), r"a<U+001B>[31mb<U+0007>\r\n\tc");
        assert_eq!(visible("\u{202e}live\u{a0}x\u{200b}"), r"<U+202E>live<U+00A0>x<U+200B>");
    }

    #[test]
    fn letters_of_every_script_stay() {
        assert!(matches!(visible("Käse 保険 страховка 🙂 a b"), Cow::Borrowed(_)));
    }

    #[test]
    fn no_line_is_a_workflow_command() {
        let text = "ok ::x::\n  ::error::boo\n::set-output name=a::b\nx ##[add-mask]y\n".to_owned();
        insta::assert_snapshot!(without_commands(text), @r"
        ok ::x::
          <U+003A>:error::boo
        <U+003A>:set-output name=a::b
        x ##<U+005B>add-mask]y
        ");
    }
}
