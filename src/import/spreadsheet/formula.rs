//! Cells that a spreadsheet would run as a formula: names and texts come from CAKE, where others write them.
//!
//! Owns the apostrophe before such a text, which a spreadsheet shows and does not run. Invariant: what is escaped is read back as it was.

use std::borrow::Cow;

/// The characters with which formulas begin, also in full width, and those that a spreadsheet drops before it looks.
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// What a spreadsheet may take for the end of a cell that is quoted for commas, where its own list separator is another one.
const SEPARATORS: [char; 4] = [';', '\t', '\n', '\r'];

/// The text with what takes the place of the apostrophes before each formula; none of them where it has no formula.
fn replaced(text: &str, apostrophes: impl Fn(&str) -> String) -> Option<String> {
    let (mut whole, mut rest, mut is_changed) = (String::new(), text, false);
    while !rest.is_empty() {
        let formula = rest.trim_start_matches('\'');
        if formula.starts_with(STARTS) {
            whole.push_str(&apostrophes(&rest[..rest.len() - formula.len()]));
            rest = formula;
            is_changed = true;
        }
        let cell = rest.split_inclusive(SEPARATORS).next().unwrap_or(rest);
        whole.push_str(cell);
        rest = &rest[cell.len()..];
    }
    is_changed.then_some(whole)
}

/// The text as a cell.
pub(super) fn escaped(text: Cow<'_, str>) -> Cow<'_, str> {
    replaced(&text, |apostrophes| format!("{apostrophes}'")).map_or(text, Cow::Owned)
}

/// The text of a cell.
pub(super) fn unescaped(cell: Cow<'_, str>) -> Cow<'_, str> {
    replaced(&cell, |apostrophes| apostrophes.strip_prefix('\'').unwrap_or_default().to_owned())
        .map_or(cell, Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_escaped_and_read_back() {
        for text in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "''@x", "＝1"] {
            let cell = escaped(text.into());
            assert_eq!((cell.starts_with('\''), &*unescaped(cell.clone())), (true, text), "{text:?}");
        }
        for text in ["", "Solar", "'quoted'", "it's = 1", "1-2", "x; y"] {
            assert_eq!((&*escaped(text.into()), &*unescaped(text.into())), (text, text));
        }
    }

    #[test]
    fn what_would_run_where_cells_end_otherwise_is_escaped_too() {
        for (text, cell) in [
            ("x;=1+1", "x;'=1+1"),
            (";=1;'=2;3", ";'=1;''=2;3"),
            ("x\n=1\n- one", "x\n'=1\n'- one"),
            ("x\t@y", "x\t'@y"),
        ] {
            assert_eq!((&*escaped(text.into()), &*unescaped(cell.into())), (cell, text));
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_back(text in "[=+@;\\t\\n\\r'a-]{0,12}") {
            let cell = escaped(text.as_str().into());
            let is_formula = |part: &str| part.starts_with(['=', '+', '-', '@']);
            prop_assert!(!cell.split(SEPARATORS).any(is_formula), "{cell:?}");
            prop_assert_eq!(&*unescaped(cell.clone()), text.as_str());
        }
    }
}
