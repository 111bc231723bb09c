//! How many lines a row of the table of changes takes on a wide page, by estimate: a browser measures more exactly.

/// About so many characters have room on a line of each column.
const COLUMNS: [usize; 4] = [22, 34, 30, 14];

/// The lines of the row's highest cell.
pub(super) fn lines(row: &str) -> usize {
    let cells = row.trim().trim_matches('|').split(" | ").zip(COLUMNS);
    let of_cell = |(cell, width): (&str, usize)| -> usize {
        cell.split("<br>").map(|line| shown_length(line).div_ceil(width).max(1)).sum()
    };
    cells.map(of_cell).max().unwrap_or(1)
}

/// The number of characters that are shown: no tags and no addresses, an entity as one character.
fn shown_length(markdown: &str) -> usize {
    let mut length = 0;
    let mut rest = markdown;
    while let Some(next) = rest.chars().next() {
        let end = match next {
            '<' => rest.find('>'),
            '&' => rest.find(';'),
            ']' => rest.find(')').filter(|_| rest.starts_with("](")),
            _ => None,
        };
        length += usize::from(end.is_none() || next == '&');
        rest = &rest[end.map_or(next.len_utf8(), |end| end + 1)..];
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_shown_has_no_length() {
        assert_eq!(shown_length("[<code>a&#35;b</code>](https://github.com/x) (1)"), 8);
        assert_eq!(shown_length("a < b & ] é"), 11);
        assert_eq!(lines("| why | <code>a</code><br><code>b</code> | x | 1 % |\n"), 2);
        assert_eq!(lines(&format!("| why | offer | {} | |\n", "x".repeat(61))), 3);
    }
}
