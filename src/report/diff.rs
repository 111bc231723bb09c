//! Text differences: line by line for long texts, around the differing part for one line. Returns lines without markup.

use similar::{DiffOp, TextDiff};

use super::escape::visible;
use crate::words::{count, shorten};

/// The number of unchanged lines around a change.
const CONTEXT: usize = 2;

/// So many characters are added to a difference that is longer than its width: two ellipses, and some of what is the same.
const CONTEXT_OF_LONG: usize = 12;

/// The kind of a line in a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    Same,
    Removed,
    Added,
    /// A placeholder for hidden unchanged lines, or a comment on the line above.
    Note,
}

impl Sign {
    pub(super) fn mark(self) -> char {
        match self {
            Self::Same | Self::Note => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

/// One line of a diff, safe to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DiffLine {
    pub sign: Sign,
    pub text: String,
}

/// The line diff of two texts, with context; lines longer than `width` characters are shortened, changed ones around what
/// differs. `None` keeps them whole.
pub(super) fn lines(before: &str, after: &str, width: Option<usize>) -> Vec<DiffLine> {
    lines_around(before, after, width, CONTEXT)
}

/// The line diff of two texts with all of their lines, whole.
pub(super) fn all_lines(before: &str, after: &str) -> Vec<DiffLine> {
    lines_around(before, after, None, before.len())
}

fn lines_around(before: &str, after: &str, width: Option<usize>, context: usize) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(before, after);
    let mut out = Vec::new();
    let mut shown = 0;
    for group in diff.grouped_ops(context) {
        let start = group.first().map_or(0, |op| op.old_range().start);
        skipped(&mut out, start.saturating_sub(shown));
        for op in &group {
            push_op(&mut out, &diff, op, width);
        }
        shown = group.last().map_or(shown, |op| op.old_range().end);
    }
    skipped(&mut out, diff.old_len().saturating_sub(shown));
    if before.ends_with('\n') != after.ends_with('\n') && !before.is_empty() && !after.is_empty() {
        let text = if after.ends_with('\n') {
            "(line end added after the last line)"
        } else {
            "(no line end after the last line)"
        };
        out.push(DiffLine { sign: Sign::Note, text: text.to_owned() });
    }
    out
}

fn skipped(out: &mut Vec<DiffLine>, lines: usize) {
    if lines > 0 {
        out.push(DiffLine { sign: Sign::Note, text: format!("… {} unchanged", count(lines, "line")) });
    }
}

fn push_op(out: &mut Vec<DiffLine>, diff: &TextDiff<'_, '_, str>, op: &DiffOp, width: Option<usize>) {
    let old: Vec<_> = op.old_range().filter_map(|at| diff.old_slice(at)).map(shown_line).collect();
    let new: Vec<_> = op.new_range().filter_map(|at| diff.new_slice(at)).map(shown_line).collect();
    let mut push_all = |sign, texts: &[String]| {
        let line = |text: &String| width.map_or_else(|| text.clone(), |width| shorten(text, width).into_owned());
        out.extend(texts.iter().map(|text| DiffLine { sign, text: line(text) }));
    };
    match op {
        DiffOp::Equal { .. } => push_all(Sign::Same, &new),
        DiffOp::Replace { .. } if old.len() == new.len() && width.is_some() => {
            let width = width.unwrap_or(usize::MAX);
            let (old, new): (Vec<_>, Vec<_>) =
                old.iter().zip(&new).map(|(old, new)| around_difference(old, new, width)).unzip();
            push_all(Sign::Removed, &old);
            push_all(Sign::Added, &new);
        }
        DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => {
            push_all(Sign::Removed, &old);
            push_all(Sign::Added, &new);
        }
    }
}

/// A line without its end, with trailing spaces as dots to make them visible.
fn shown_line(line: &str) -> String {
    let line = visible(line.strip_suffix('\n').unwrap_or(line));
    let trimmed = line.trim_end_matches(' ');
    format!("{trimmed}{}", "·".repeat(line.len() - trimmed.len()))
}

/// Both texts within `width` characters, shortened where they agree before they are shortened where they differ.
pub(super) fn around_difference(before: &str, after: &str, width: usize) -> (String, String) {
    let old: Vec<char> = before.chars().collect();
    let new: Vec<char> = after.chars().collect();
    if old.len() <= width && new.len() <= width {
        return (before.to_owned(), after.to_owned());
    }
    let prefix = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - prefix;
    let suffix = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let longest = old.len().max(new.len()) - prefix - suffix;
    // Half of the remaining width for each side of the differing part; two characters are for the ellipses.
    let room = width.saturating_sub(longest + 2);
    let kept_prefix = prefix.min(room.div_ceil(2).max(room.saturating_sub(suffix)));
    let start = prefix - kept_prefix;
    let window = |text: &[char]| {
        let mut shown = String::new();
        if start > 0 {
            shown.push('…');
        }
        let budget = width.saturating_sub(usize::from(start > 0));
        let tail = text.get(start..).unwrap_or_default();
        shown.push_str(&shorten(&tail.iter().collect::<String>(), budget));
        shown
    };
    (window(&old), window(&new))
}

/// The same, where `width` is exceeded rather than that anything of the difference is left out.
pub(super) fn around_whole_difference(before: &str, after: &str, width: usize) -> (String, String) {
    let prefix = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    let [old, new] = [before, after].map(|text| text.chars().count());
    let rest = old.min(new) - prefix;
    let suffix = before.chars().rev().zip(after.chars().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let longest = old.max(new).saturating_sub(prefix + suffix);
    around_difference(before, after, width.max(longest + CONTEXT_OF_LONG))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str, width: Option<usize>) -> String {
        let lines = lines(before, after, width);
        lines.iter().map(|line| format!("{}|{}", line.sign.mark(), line.text)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn far_lines_are_counted() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        insta::assert_snapshot!(shown(before, &before.replace('5', "five"), None), @r"
         |… 2 lines unchanged
         |3
         |4
        -|5
        +|five
         |6
         |7
         |… 2 lines unchanged
        ");
    }

    #[test]
    fn a_missing_line_end_and_blanks_can_be_seen() {
        insta::assert_snapshot!(shown("a\nb\n", "a  \nb", None), @r"
        -|a
        -|b
        +|a··
        +|b
         |(no line end after the last line)
        ");
    }

    #[test]
    fn a_long_line_is_shown_around_what_differs() {
        let before = format!("{}old{}", "x".repeat(200), "y".repeat(200));
        let (old, new) = around_difference(&before, &before.replace("old", "new!"), 30);
        assert_eq!(old, "…xxxxxxxxxxxxoldyyyyyyyyyyyyy…");
        assert_eq!(new, "…xxxxxxxxxxxxnew!yyyyyyyyyyyy…");
    }

    proptest::proptest! {
        #[test]
        fn a_difference_is_never_shortened_away(
            head in "[ab]{0,80}", tail in "[ab]{0,80}", old in "[cd]{1,8}", new in "[ef]{1,8}", width in 12_usize..60
        ) {
            let (before, after) = (format!("{head}{old}{tail}"), format!("{head}{new}{tail}"));
            let (before, after) = around_difference(&before, &after, width);
            proptest::prop_assert!(before.chars().count() <= width && after.chars().count() <= width);
            proptest::prop_assert!(before.contains(&old) && after.contains(&new), "{before} {after}");
        }

        #[test]
        fn a_difference_longer_than_the_width_is_whole(
            head in "[ab]{0,80}", tail in "[ab]{0,80}", old in "[cd]{0,90}", new in "[ef]{1,90}", width in 0_usize..60
        ) {
            let (before, after) = (format!("{head}{old}{tail}"), format!("{head}{new}{tail}"));
            let (before, after) = around_whole_difference(&before, &after, width);
            proptest::prop_assert!(before.contains(&old) && after.contains(&new), "{before} {after}");
        }
    }
}
