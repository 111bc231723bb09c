//! Cells that a spreadsheet would run as a formula: names and texts come from CAKE, where others write them.
//!
//! Owns the apostrophe before such a text, which a spreadsheet shows and does not run. Invariant: what is escaped is read back as it was.

use std::borrow::Cow;

/// The characters with which formulas begin, also in full width, and those that a spreadsheet drops before it looks.
const STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet may run the text, apostrophes before it aside.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(STARTS)
}

/// The text as a cell.
pub(super) fn escaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_formula(&text) { Cow::Owned(format!("'{text}")) } else { text }
}

/// The text of a cell.
pub(super) fn unescaped(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_formula(text)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_escaped_and_read_back() {
        for text in ["=HYPERLINK(\"x\")", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "''@x", "＝1"] {
            let cell = escaped(text.into());
            assert_eq!((cell.starts_with('\''), unescaped(&cell)), (true, text), "{text:?}");
        }
        for text in ["", "Solar", "'quoted'", "it's = 1", "1-2"] {
            assert_eq!((&*escaped(text.into()), unescaped(text)), (text, text));
        }
    }
}
