//! Decodes bytes: size limit, UTF-8, byte order mark.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::stamp::FileStamp;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::source::{Place, SourcePath, Span};

/// The maximum size of a file, enough for ten thousand offers.
pub(super) const MOST_BYTES: usize = 8 << 20;

/// Reads a file into a reused buffer: as many bytes as it has when it is looked at. One that grows meanwhile is no longer what its
/// stamp says. Never reads more than one byte past the limit.
pub(super) fn read_into(path: &Path, buffer: &mut Vec<u8>) -> io::Result<FileStamp> {
    buffer.clear();
    // Free the memory that a large file needed.
    buffer.shrink_to(1 << 20);
    let mut file = File::open(path)?;
    let found = file.metadata()?;
    let size = usize::try_from(found.len()).unwrap_or(usize::MAX).min(MOST_BYTES + 1);
    // Some file systems say no size.
    if size == 0 {
        file.take(MOST_BYTES as u64 + 1).read_to_end(buffer)?;
        return Ok(FileStamp::of(&found));
    }
    // Without the look for the end of the file, which is half of the calls for a small one.
    buffer.resize(size, 0);
    let mut read = 0;
    while read < size {
        match file.read(&mut buffer[read..]) {
            Ok(0) => break,
            Ok(bytes) => read += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(read);
    Ok(FileStamp::of(&found))
}

/// The bytes as text without a byte order mark.
pub(super) fn decode<'b>(file: &SourcePath, bytes: &'b [u8]) -> Result<&'b str, Box<Diagnostic>> {
    if bytes.len() > MOST_BYTES {
        let message = format!("the file has more than {} MiB", MOST_BYTES >> 20);
        let help = "split it; or, if it holds no offers, move it out of the offers folder";
        return Err(Box::new(whole_file(codes::tree::TOO_LARGE, message, file).help(help)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => Err(Box::new(not_utf8(file, bytes, error.valid_up_to()))),
    }
}

/// A problem of a whole file.
pub(super) fn whole_file(code: crate::diagnostic::Code, message: impl Into<String>, file: &SourcePath) -> Diagnostic {
    Diagnostic::error(code, message).label(Label::file(file.clone()))
}

fn not_utf8(file: &SourcePath, bytes: &[u8], at: usize) -> Diagnostic {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let is_break = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let before = &bytes[..at];
    let crlf = before.windows(2).filter(|pair| pair == b"\r\n").count();
    let line = before.iter().filter(|byte| is_break(byte)).count() - crlf + 1;
    let start = before.iter().rposition(is_break).map_or(0, |found| found + 1);
    let end = bytes[at..].iter().position(is_break).map_or(bytes.len(), |found| at + found);
    let column = String::from_utf8_lossy(&bytes[start..at]).trim_start_matches('\u{feff}').chars().count() + 1;
    let mut label = Label::at(Place::new(file.clone(), Span { line: number(line), column: number(column), length: 1 }));
    if end - start < 4096 {
        let shown = String::from_utf8_lossy(&bytes[start..end]);
        label = label.with_source(shown.trim_start_matches('\u{feff}'));
    }
    let is_utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let help = if is_utf16 { "it looks like UTF-16; save the file as UTF-8" } else { "save the file as UTF-8" };
    let byte = bytes.get(at).copied().unwrap_or(0);
    Diagnostic::error(codes::tree::NOT_UTF8, format!("the byte 0x{byte:02x} is not UTF-8")).label(label).help(help)
}
