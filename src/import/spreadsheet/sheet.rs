//! A file of comma-separated values as cells, each with the bytes that it stands on.
//!
//! Knows no column. `csv-core` reads the cells; the `csv` crate on top of it does not say where in the file a cell begins, and
//! without that no message could point at it.

use std::ops::Range;
use std::sync::Arc;

use csv_core::{ReadFieldResult, ReaderBuilder};

use crate::diagnostic::{Diagnostic, Label, SourceText, codes};

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) bytes: Range<usize>,
}

/// A row, numbered as spreadsheets number them: the header is row 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) number: usize,
    pub(super) cells: Vec<Cell>,
}

/// All rows, and the text that they stand in.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    source: SourceText<'a>,
    pub(super) rows: Vec<Row>,
}

/// The delimiters that spreadsheets write: what is a comma elsewhere is a semicolon where a comma separates decimals.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

impl<'a> Sheet<'a> {
    /// Reads a whole file; `shown` is its path in messages.
    pub(super) fn read(shown: &Arc<str>, bytes: &'a [u8]) -> Result<Self, Vec<Diagnostic>> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
            Err(error) => return Err(vec![not_utf8(shown, bytes, error.valid_up_to())]),
        };
        let source = SourceText::new(Arc::clone(shown), text);
        let (rows, open) = cells(text);
        let problems: Vec<Diagnostic> = open
            .into_iter()
            .map(|at| {
                Diagnostic::error(codes::import::SPREADSHEET, "a quote is opened here and never closed")
                    .label(source.label_of_bytes(at..at + 1))
                    .help("close it, or write it twice if it is part of the text")
            })
            .collect();
        if problems.is_empty() { Ok(Self { source, rows }) } else { Err(problems) }
    }

    /// The place of a cell; of a cell with several lines, the first.
    pub(super) fn label(&self, cell: &Cell) -> Label {
        self.source.label_of_bytes(cell.bytes.clone())
    }
}

/// The delimiter of a header: the one that stands in it most often, outside of quotes.
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
    // The first of equals, so that a header without any is one of commas.
    counts.iter().zip(DELIMITERS).find(|(count, _)| **count == most).map_or(b',', |(_, delimiter)| delimiter)
}

/// The rows, and where a quote is opened that nothing closes.
fn cells(text: &str) -> (Vec<Row>, Vec<usize>) {
    let mut reader = ReaderBuilder::new().delimiter(delimiter(text)).build();
    let (input, mut at) = (text.as_bytes(), 0);
    let mut output = vec![0; 4096];
    let (mut rows, mut cells, mut open) = (Vec::new(), Vec::new(), Vec::new());
    let (mut start, mut filled) = (0, 0);
    loop {
        let (result, read, written) = reader.read_field(&input[at..], &mut output[filled..]);
        at += read;
        filled += written;
        match result {
            ReadFieldResult::InputEmpty => {}
            ReadFieldResult::OutputFull => output.resize(output.len() * 2, 0),
            ReadFieldResult::Field { record_end } => {
                let bytes = trimmed(input, start..at, record_end, at == input.len());
                let raw = &input[bytes.clone()];
                let is_open = raw.iter().fold(false, |is_open, byte| is_open ^ (*byte == b'"'));
                if raw.first() == Some(&b'"') && is_open {
                    open.push(bytes.start);
                }
                // Cut at bytes of ASCII, so what was UTF-8 still is.
                cells.push(Cell { text: String::from_utf8_lossy(&output[..filled]).into_owned(), bytes });
                (start, filled) = (at, 0);
                if record_end {
                    let cells = std::mem::take(&mut cells);
                    rows.push(Row { number: rows.len() + 1, cells });
                }
            }
            ReadFieldResult::End => return (rows, open),
        }
    }
}

/// The bytes of a cell without the line break in front of it (the second half of the one before) and the delimiter behind it.
fn trimmed(input: &[u8], bytes: Range<usize>, record_end: bool, at_end: bool) -> Range<usize> {
    let Range { mut start, mut end } = bytes;
    while start < end && matches!(input[start], b'\r' | b'\n') {
        start += 1;
    }
    let last = end.checked_sub(1).and_then(|last| input.get(last));
    let is_break = matches!(last, Some(b'\r' | b'\n'));
    if end > start && (if record_end { is_break } else { !at_end || !is_break }) {
        end -= 1;
    }
    start..end
}

fn not_utf8(shown: &Arc<str>, bytes: &[u8], at: usize) -> Diagnostic {
    let line = bytes[..at].split(|byte| *byte == b'\n').count();
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1;
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let what = if is_utf16 { "the file is UTF-16, not UTF-8".to_owned() } else { "the file is not UTF-8".to_owned() };
    Diagnostic::error(codes::import::SPREADSHEET, what)
        .label(Label::at(Arc::clone(shown), number(line), number(column), 1))
        .help("save it again as “CSV UTF-8”; in any other encoding, letters would come in as others")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Vec<Vec<String>> {
        let sheet = Sheet::read(&Arc::from("a.csv"), text.as_bytes()).unwrap();
        sheet.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text.clone()).collect()).collect()
    }

    #[test]
    fn every_delimiter_line_end_and_quote_is_read() {
        let expected = vec![vec!["a".to_owned(), "b".to_owned()], vec!["1,5".to_owned(), "x \"y\"\nz".to_owned()]];
        for text in [
            "a;b\n1,5;\"x \"\"y\"\"\nz\"\n",
            "\u{feff}a;b\r\n1,5;\"x \"\"y\"\"\nz\"\r\n",
            "a\tb\n1,5\t\"x \"\"y\"\"\nz\"",
            "a,b\n\"1,5\",\"x \"\"y\"\"\nz\"\n\n",
            "\"a\",b\r\"1,5\",\"x \"\"y\"\"\nz\"",
        ] {
            assert_eq!(sheet(text), expected, "{text:?}");
        }
        assert_eq!(sheet(""), Vec::<Vec<String>>::new());
        assert_eq!(sheet("a,b\n,\n"), vec![vec!["a".to_owned(), "b".to_owned()], vec![String::new(), String::new()]]);
    }

    #[test]
    fn every_cell_knows_its_place() {
        let text = "key,näme\r\n\"a\nb\",\"ü\"\r\nc,d";
        let sheet = Sheet::read(&Arc::from("a.csv"), text.as_bytes()).unwrap();
        let places: Vec<_> = sheet
            .rows
            .iter()
            .flat_map(|row| &row.cells)
            .map(|cell| (sheet.label(cell), &text[cell.bytes.clone()]))
            .map(|(label, raw)| (label.line, label.column, raw))
            .collect();
        let expected = [(1, 1, "key"), (1, 5, "näme"), (2, 1, "\"a\nb\""), (3, 4, "\"ü\""), (4, 1, "c"), (4, 3, "d")];
        assert_eq!(places, expected);
    }

    #[test]
    fn long_cells_and_open_quotes() {
        let long = "x".repeat(20_000);
        assert_eq!(sheet(&format!("a\n{long}\n"))[1], [long]);
        let problems = Sheet::read(&Arc::from("a.csv"), b"a,b\n1,\"2\n3,4\n").unwrap_err();
        let label = problems[0].place().unwrap();
        assert_eq!((label.line, label.column), (2, 3));
    }

    #[test]
    fn other_encodings_are_refused_with_their_place() {
        let problems = Sheet::read(&Arc::from("a.csv"), b"name\nCaf\xe9\n").unwrap_err();
        let label = problems[0].place().unwrap();
        assert_eq!((label.line, label.column), (2, 4));
        let utf16 = Sheet::read(&Arc::from("a.csv"), b"\xff\xfea\0").unwrap_err();
        assert!(utf16[0].message.contains("UTF-16"));
    }
}
