//! A CSV file as rows, each with the line where it begins; and what such rows and those of a workbook have in common. Knows no column.

use std::collections::BTreeMap;
use std::ops::Range;

use csv::{ReaderBuilder, StringRecord};

use crate::diagnostic::{Diagnostic, Label, SourceText, codes};
use crate::source::{Place, SourcePath, Span};
use crate::workbook::Kind;

/// A row, numbered as spreadsheets number them: the header is row 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) cells: StringRecord,
    /// What the cells of a workbook are, apart from texts.
    pub(super) kinds: BTreeMap<usize, Kind>,
    /// The first line of the row, in bytes; a workbook has none.
    pub(super) line: Option<Range<usize>>,
}

impl Row {
    pub(super) fn kind(&self, at: usize) -> &Kind {
        self.kinds.get(&at).unwrap_or(&Kind::Text)
    }
}

/// All rows, and the text that they were read from.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub(super) source: SourceText<'a>,
    pub(super) rows: Vec<Row>,
}

/// The delimiters that spreadsheets write: a semicolon where a comma separates decimals.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

impl<'a> Sheet<'a> {
    /// Reads a whole file; `shown` is its path in messages.
    pub(super) fn read(shown: &SourcePath, text: &'a str) -> Result<Self, Vec<Diagnostic>> {
        let source = SourceText::new(shown.clone(), text);
        let delimiter = delimiter(text);
        if let Some(QuoteProblem { at, message, help }) = quote_problem(text, delimiter) {
            let problem = Diagnostic::error(codes::import::SPREADSHEET, message);
            return Err(vec![problem.label(source.label_of_bytes(at..at + 1)).help(help)]);
        }
        let rows = rows(text, delimiter)
            .map_err(|error| vec![Diagnostic::error(codes::import::SPREADSHEET, error.to_string())])?;
        Ok(Self { source, rows })
    }

    /// The place of a row: its first line; in a workbook, its number.
    pub(super) fn label(&self, row: &Row) -> Label {
        if let Some(line) = &row.line {
            return self.source.label_of_bytes(line.clone());
        }
        let line = u32::try_from(row.number).unwrap_or(u32::MAX);
        Label::at(Place::new(self.source.file().clone(), Span { line, column: 1, length: 1 }))
    }

    /// Whether the file ends inside a line, in a cell that no quote closes.
    pub(super) fn ends_in_a_cell(&self) -> bool {
        !self.source.text().is_empty() && !self.source.text().ends_with(['\n', '\r', '"'])
    }
}

/// The delimiter that is most frequent in the header, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let (mut counts, mut quoted) = ([0_usize; DELIMITERS.len()], false);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            byte => {
                for (count, _) in counts.iter_mut().zip(DELIMITERS).filter(|(_, delimiter)| *delimiter == byte) {
                    *count += 1;
                }
            }
        }
    }
    let most = counts.into_iter().max().unwrap_or(0);
    // On a tie the first, so that a header of one column has commas.
    counts.iter().zip(DELIMITERS).find(|(count, _)| **count == most).map_or(b',', |(_, delimiter)| delimiter)
}

/// A quote that the reader would take otherwise than it was meant, without an error.
struct QuoteProblem {
    at: usize,
    message: &'static str,
    help: &'static str,
}

/// A quote that nothing closes: the rest of the file would be one cell. Or text behind a closing quote: some programs write a quote inside
/// of a cell as `\"`, and the cell would end there.
fn quote_problem(text: &str, delimiter: u8) -> Option<QuoteProblem> {
    let (mut begins_cell, mut open) = (true, None);
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match (byte, open) {
            (b'"', Some(_)) if matches!(bytes.peek(), Some((_, b'"'))) => drop(bytes.next()),
            (b'"', Some(_)) => {
                open = None;
                let ends_cell = |byte: u8| byte == delimiter || matches!(byte, b'\r' | b'\n');
                if bytes.peek().is_some_and(|(_, next)| !ends_cell(*next)) {
                    let message = "text follows this quote, which ends the cell";
                    return Some(QuoteProblem {
                        at,
                        message,
                        help: "a quote inside a quoted cell is written twice: `\"\"`",
                    });
                }
            }
            (b'"', None) if begins_cell => open = Some(at),
            _ => {}
        }
        begins_cell = open.is_none() && (byte == delimiter || matches!(byte, b'\r' | b'\n'));
    }
    let help = "close it, or write it twice if it is part of the text";
    open.map(|at| QuoteProblem { at, message: "this quote is never closed", help })
}

fn rows(text: &str, delimiter: u8) -> Result<Vec<Row>, csv::Error> {
    let mut reader = ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let cells = record?;
        let at = cells.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let rest = text.get(at..).unwrap_or_default();
        // The position is that of the line break before the row, where there is one.
        let start = at + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let length = text[start..].find(['\r', '\n']).unwrap_or(text.len() - start);
        rows.push(Row { number: rows.len() + 1, cells, kinds: BTreeMap::new(), line: Some(start..start + length) });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Sheet<'_>, Vec<Diagnostic>> {
        Sheet::read(&"a.csv".into(), text)
    }

    fn cells(text: &str) -> Vec<Vec<String>> {
        read(text).unwrap().rows.iter().map(|row| row.cells.iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn every_delimiter_line_end_and_quote_is_read() {
        let expected = vec![vec!["a".to_owned(), "b".to_owned()], vec!["1,5".to_owned(), "x \"y\"\nz".to_owned()]];
        for text in [
            "a;b\n1,5;\"x \"\"y\"\"\nz\"\n",
            "a;b\r\n1,5;\"x \"\"y\"\"\nz\"\r\n",
            "a\tb\n1,5\t\"x \"\"y\"\"\nz\"",
            "a,b\n\"1,5\",\"x \"\"y\"\"\nz\"\n\n",
            "\"a\",b\r\"1,5\",\"x \"\"y\"\"\nz\"",
        ] {
            assert_eq!(cells(text), expected, "{text:?}");
        }
        assert_eq!(cells(""), Vec::<Vec<String>>::new());
        assert_eq!(cells("a,b\n,\n"), vec![vec!["a".to_owned(), "b".to_owned()], vec![String::new(), String::new()]]);
    }

    #[test]
    fn every_row_knows_its_line() {
        for (text, lines) in
            [("key,name\r\n\"a\nb\",\"c\"\r\n\r\nd,e", [1, 2, 5]), ("key,name\n\n\n\"a\nb\",c\nd,e\n", [1, 4, 6])]
        {
            let sheet = read(text).unwrap();
            let found: Vec<_> = sheet.rows.iter().map(|row| (row.number, sheet.label(row).place.line)).collect();
            assert_eq!(found, [(1, lines[0]), (2, lines[1]), (3, lines[2])], "{text:?}");
        }
    }

    #[test]
    fn an_open_quote_is_an_error_on_its_line() {
        for text in ["a,b\n1,\"2\n3,4\n", "a,b\n1,\"2 \"\" 3", "a\n\""] {
            let problems = read(text).unwrap_err();
            assert_eq!(problems[0].place().unwrap().line, 2, "{text:?}");
        }
        // A backslash escapes no quote.
        for text in ["a,b\n1,\"x\"y\"\n", "a,b\n1,\"of \\\"x\\\" kind\"", "a,b\n1,\"2\" \n"] {
            let problems = read(text).unwrap_err();
            assert_eq!(problems[0].place().unwrap().line, 2, "{text:?}");
            assert!(problems[0].message.contains("ends the cell"), "{text:?}");
        }
        for text in ["a,b\n5\" pipe,\"\"\n", "a,b\n\"\"\"x\"\"\",y", "a\n\"x\"\r\n\"y\""] {
            assert!(read(text).is_ok(), "{text:?}");
        }
    }
}
