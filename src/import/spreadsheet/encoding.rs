//! The bytes of a spreadsheet as text: UTF-8 or UTF-16, with or without a mark; every other kind of file is refused by its name.
//!
//! Invariant: a text with traces of damage, such as characters that were lost when it was written, is not read.

use std::borrow::Cow;

use crate::diagnostic::{Diagnostic, SourceText, codes};
use crate::source::{Place, SourcePath, Span};

/// The text without its mark.
pub(super) fn decode<'a>(shown: &SourcePath, bytes: &'a [u8]) -> Result<Cow<'a, str>, Vec<Diagnostic>> {
    let refused = |message: &str, help: &str| Diagnostic::error(codes::import::SPREADSHEET, message).help(help);
    if let Some(kind) = other_kind(bytes) {
        let message = format!("the file is {kind}, not CSV or .xlsx");
        let label = Place::new(shown.clone(), Span { line: 1, column: 1, length: 1 });
        return Err(vec![
            refused(
                &message,
                "open it in a spreadsheet program and save it as .xlsx without a password, or as “CSV UTF-8”",
            )
            .label(label),
        ]);
    }
    let text = match utf16_order(bytes) {
        Some(order) => Cow::Owned(decode_utf16(bytes, order).ok_or_else(|| {
            let label = Place::new(shown.clone(), Span { line: 1, column: 1, length: 1 });
            let message = "the file is damaged: it begins as UTF-16 and does not end so";
            vec![refused(message, "save it again as “CSV UTF-8”").label(label)]
        })?),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(error) => return Err(vec![not_utf8(shown, bytes, error.valid_up_to())]),
        },
    };
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
    };
    match damage(&text) {
        None => Ok(text),
        Some((at, message, help)) => {
            let label = SourceText::new(shown.clone(), &text).label_of_bytes(at..at + 1);
            Err(vec![refused(message, help).label(label)])
        }
    }
}

/// What the first bytes say that the file is, where that is no text.
fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let has = |name: &[u8]| bytes.windows(name.len()).take(64 * 1024).any(|window| window == name);
    match bytes {
        [b'P', b'K', 3, 4, ..] if has(b"opendocument.spreadsheet") => Some("an OpenDocument spreadsheet (.ods)"),
        [b'P', b'K', 3, 4, ..] => Some("a ZIP archive"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("an old Excel workbook (.xls), or one with a password"),
        [0x1f, 0x8b, ..] => Some("compressed with gzip"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        _ => {
            let text = String::from_utf8_lossy(bytes.get(..256).unwrap_or(bytes)).to_ascii_lowercase();
            let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            let is_page = ["<!doctype", "<html", "<?xml", "<table"].iter().any(|tag| start.starts_with(tag));
            is_page.then_some("a web page or XML")
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Little,
    Big,
}

/// The order of the bytes of a file in UTF-16: from its mark, or from where the zeros of plain letters are.
fn utf16_order(bytes: &[u8]) -> Option<Order> {
    match bytes {
        [0xff, 0xfe, ..] => Some(Order::Little),
        [0xfe, 0xff, ..] => Some(Order::Big),
        _ => {
            let (first, second) = bytes.as_chunks::<2>().0.iter().take(512).fold((0, 0), |(first, second), pair| {
                (first + usize::from(pair[0] == 0), second + usize::from(pair[1] == 0))
            });
            let pairs = (bytes.len() / 2).min(512);
            match pairs {
                0..2 => None,
                _ if second * 2 > pairs && first == 0 => Some(Order::Little),
                _ if first * 2 > pairs && second == 0 => Some(Order::Big),
                _ => None,
            }
        }
    }
}

fn decode_utf16(bytes: &[u8], order: Order) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| match order {
        Order::Little => u16::from_le_bytes(*pair),
        Order::Big => u16::from_be_bytes(*pair),
    });
    if rest.is_empty() { char::decode_utf16(units).collect::<Result<String, _>>().ok() } else { None }
}

/// The first trace of damage: its place, what it is, and what to do.
fn damage(text: &str) -> Option<(usize, &'static str, &'static str)> {
    if let Some((at, _)) = text.match_indices(['\0', '\u{fffd}']).next() {
        return Some(if text[at..].starts_with('\0') {
            (at, "the file is damaged: it has a zero byte here", "export it again")
        } else {
            let message = "a character was lost here when the file was written";
            (at, message, "write the character again, or save the spreadsheet again as “CSV UTF-8”")
        });
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") {
            return Some((at, "this line is a conflict mark of git", "resolve the conflict first"));
        }
        at += line.len();
    }
    None
}

fn not_utf8(shown: &SourcePath, bytes: &[u8], at: usize) -> Diagnostic {
    let line = bytes[..at].split(|byte| *byte == b'\n').count();
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let column = String::from_utf8_lossy(&bytes[start..at]).chars().count() + 1;
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Diagnostic::error(codes::import::SPREADSHEET, "the file is not UTF-8")
        .label(Place::new(shown.clone(), Span { line: number(line), column: number(column), length: 1 }))
        .help("save it again as “CSV UTF-8”")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        decode(&"a.csv".into(), bytes).unwrap_err().remove(0).message
    }

    #[test]
    fn utf16_is_read_with_and_without_a_mark() {
        let text = "offer_name,payout\nCafé €,24.00\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [&little, &big, &[&[0xff, 0xfe][..], &little].concat(), &[&[0xfe, 0xff][..], &big].concat()] {
            assert_eq!(decode(&"a.csv".into(), bytes).unwrap(), text);
        }
        assert!(message(&little[..little.len() - 1]).contains("damaged"));
    }

    #[test]
    fn other_kinds_of_files_are_refused_by_name() {
        for (bytes, name) in [
            (&b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet"[..], ".ods"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
            (b"\n <!DOCTYPE html><html>", "web page"),
        ] {
            assert!(message(bytes).contains(name), "{name}");
        }
    }

    #[test]
    fn traces_of_damage_are_refused_with_their_line() {
        for (text, part) in
            [("a,b\n1,x\0y\n", "zero byte"), ("a,b\n1,Caf\u{fffd}\n", "lost"), ("a,b\n<<<<<<< HEAD\n1,2\n", "conflict")]
        {
            let problem = decode(&"a.csv".into(), text.as_bytes()).unwrap_err().remove(0);
            assert!(problem.message.contains(part), "{}", problem.message);
            assert_eq!(problem.place().unwrap().line, 2, "{part}");
        }
        let problem = decode(&"a.csv".into(), b"name\nCaf\xe9\n").unwrap_err().remove(0);
        let label = problem.place().unwrap();
        assert_eq!((label.line, label.column), (2, 4));
    }
}
