//! Makes a finished text inert: it cannot steer a terminal, hide anything, or give a command to the CI runner that shows it.
//!
//! Pure functions over whole texts; knows no field and no view. Invariants: the result of each function is unchanged by the same
//! function, and JSON keeps its values. `<U+202E>` stands for a character, so CSV that was printed can be read back.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::characters::{code_point, is_invisible};

/// The styles that offersync itself prints; everything else that begins with an escape character is content.
const STYLES: [&str; 15] = [
    "\u{1b}[0m",
    "\u{1b}[1m",
    "\u{1b}[2m",
    "\u{1b}[3m",
    "\u{1b}[4m",
    "\u{1b}[31m",
    "\u{1b}[32m",
    "\u{1b}[33m",
    "\u{1b}[34m",
    "\u{1b}[35m",
    "\u{1b}[36m",
    "\u{1b}[91m",
    "\u{1b}[92m",
    "\u{1b}[94m",
    "\u{1b}[96m",
];
/// The workflow commands that offersync prints on purpose.
const ANNOTATIONS: [&str; 3] = ["::error ", "::warning ", "::notice "];

/// What a text may hold besides plain characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Allowed {
    Nothing,
    Styles,
    Annotations,
}

/// A text without colours: lines and tabs stay, everything else that cannot be seen is written out.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    inert(text, Allowed::Nothing)
}

/// A text with offersync's own colours. What it quotes was escaped before it was coloured.
pub(crate) fn styled(text: &str) -> Cow<'_, str> {
    inert(text, Allowed::Styles)
}

/// A text with annotations for a workflow, whose contents are escaped.
pub(crate) fn annotations(text: &str) -> Cow<'_, str> {
    inert(text, Allowed::Annotations)
}

fn inert(text: &str, allowed: Allowed) -> Cow<'_, str> {
    if is_harmless(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        push_line(&mut shown, line, allowed);
    }
    Cow::Owned(shown)
}

/// The common case: letters of ASCII and nothing that begins a command.
fn is_harmless(text: &str) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    text.as_bytes().iter().all(is_plain) && !text.contains("##") && !text.contains("::")
}

fn push_line(shown: &mut String, line: &str, allowed: Allowed) {
    let is_annotation = allowed == Allowed::Annotations && ANNOTATIONS.iter().any(|start| line.starts_with(start));
    let start = shown.len();
    let mut is_start = !is_annotation;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let style = STYLES.iter().find(|style| allowed == Allowed::Styles && rest.starts_with(**style));
        if let Some(style) = style {
            shown.push_str(style);
            rest = &rest[style.len()..];
            continue;
        }
        rest = &rest[c.len_utf8()..];
        // Three colons, as before the second place of a diagnostic, are not a command.
        let is_command = is_start && c == ':' && rest.starts_with(':') && !rest.starts_with("::");
        if is_command || (c == '[' && ends_with_mark(&shown[start..])) || (is_invisible(c) && !matches!(c, '\n' | '\t'))
        {
            _ = write!(shown, "<{}>", code_point(c));
        } else {
            shown.push(c);
        }
        is_start &= c.is_whitespace();
    }
}

/// Whether a `[` at this place would begin a command of a CI system: `##[add-mask]`, `##vso[…]`, `##teamcity[…]`.
fn ends_with_mark(before: &str) -> bool {
    before.trim_end_matches(|c: char| c.is_ascii_alphanumeric()).ends_with("##")
}

/// A JSON document with equal values: what is invisible or begins a command is written as `\u` escapes, which only strings can need.
pub(crate) fn json(document: &str) -> Cow<'_, str> {
    if is_harmless(document) {
        return Cow::Borrowed(document);
    }
    let mut shown = String::with_capacity(document.len() + 16);
    let (mut in_string, mut is_start) = (false, false);
    let mut characters = document.chars().peekable();
    while let Some(c) = characters.next() {
        if !in_string {
            in_string = c == '"';
            is_start = in_string;
            shown.push(c);
            continue;
        }
        if c == '\\' {
            shown.push(c);
            let escaped = characters.next();
            shown.extend(escaped);
            is_start = matches!(escaped, Some('n' | 'r')) || (is_start && escaped == Some('t'));
            continue;
        }
        in_string = c != '"';
        let is_command = is_start && c == ':' && characters.peek() == Some(&':');
        if is_command || is_invisible(c) || (c == '[' && ends_with_mark(&shown)) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| _ = write!(shown, "\\u{unit:04x}"));
        } else {
            shown.push(c);
        }
        is_start &= c == ' ';
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_of_every_script_lines_and_tabs_stay() {
        let plain = "Käse 保険\n\tстраховка 🙂 a::b\n ::: offers/a.yaml:3:1\n[1] # x\n";
        assert_eq!([text(plain), styled(plain), annotations(plain)], [plain; 3]);
    }

    #[test]
    fn what_steers_a_terminal_or_hides_is_written_out() {
        assert_eq!(text("a\u{1b}[31mb\rc\u{7}\u{9b}2J"), "a<U+001B>[31mb<U+000D>c<U+0007><U+009B>2J");
        assert_eq!(text("\u{202e}live\u{a0}x\u{2800}\u{fe0f}"), "<U+202E>live<U+00A0>x<U+2800><U+FE0F>");
    }

    #[test]
    fn no_line_is_a_command_of_a_ci_runner() {
        let hostile = "ok ::x::\n  ::error::boo\n::set-output name=a::b\nx ##[add-mask]y ##vso[task.x] ###teamcity[y\n";
        insta::assert_snapshot!(text(hostile), @r"
        ok ::x::
          <U+003A>:error::boo
        <U+003A>:set-output name=a::b
        x ##<U+005B>add-mask]y ##vso<U+005B>task.x] ###teamcity<U+005B>y
        ");
    }

    #[test]
    fn only_our_own_styles_stay_and_only_where_they_are_meant() {
        let bold = "\u{1b}[1mPlan\u{1b}[0m \u{1b}[8mhidden\u{1b}]0;title\u{7}";
        assert_eq!(styled(bold), "\u{1b}[1mPlan\u{1b}[0m <U+001B>[8mhidden<U+001B>]0;title<U+0007>");
        assert_eq!(text("\u{1b}[1mPlan"), "<U+001B>[1mPlan");
        assert_eq!(styled("\u{1b}[1m::error::x"), "\u{1b}[1m<U+003A>:error::x");
    }

    #[test]
    fn annotations_are_meant_and_other_commands_are_not() {
        let commands = "::error title=a::b\n::add-mask::x\n ::error ::y\n::warning file=a::##[x]\n";
        let expected =
            "::error title=a::b\n<U+003A>:add-mask::x\n <U+003A>:error ::y\n::warning file=a::##<U+005B>x]\n";
        assert_eq!(annotations(commands), expected);
    }

    #[test]
    fn json_keeps_its_values() {
        let value = "::error::\n ::x \u{202e}\u{e0041}\u{7f} ##[a] ##vso[b] \\\" [1] a::b";
        let document = serde_json::to_string_pretty(&serde_json::json!([value, {"::k": ["##", [1]]}])).unwrap();
        let shown = json(&document);
        let lines = r#""\u003a:error::\n \u003a:x \u202e\udb40\udc41\u007f ##\u005ba] ##vso\u005bb] "#;
        assert!(shown.contains(lines) && shown.contains("[1] a::b"), "{shown}");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&shown), read(&document));
    }

    proptest! {
        #[test]
        fn nothing_is_left_that_acts_and_a_second_time_changes_nothing(content in "(\\PC|[:#\\[\\n\\u{1b}\\u{202e}a ]){0,40}") {
            let shown = text(&content).into_owned();
            prop_assert!(!shown.chars().any(|c| is_invisible(c) && c != '\n'));
            let is_command = |line: &str| {
                line.trim_start().strip_prefix("::").is_some_and(|rest| !rest.starts_with(':'))
            };
            prop_assert!(!shown.contains("##[") && !shown.lines().any(is_command));
            prop_assert_eq!(&text(&shown), &shown);
            let document = serde_json::to_string(&content).unwrap();
            let safe = json(&document);
            prop_assert!(!safe.chars().any(is_invisible) && !safe.contains("##["));
            prop_assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), content);
        }
    }
}
