//! The files inside a workbook: their size, and which rows and columns of a sheet are hidden.

use std::borrow::Cow;
use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use super::Error;

/// A workbook of 100,000 offers has less than a tenth of it unpacked.
const MOST_BYTES: u64 = 512 << 20;

/// What a person does not see of a sheet.
#[derive(Debug, Default)]
pub(crate) struct Hidden {
    /// By their numbers in the spreadsheet program.
    pub(crate) rows: Vec<u32>,
    /// Counted from zero.
    pub(crate) columns: Vec<u32>,
}

type Package<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn open(bytes: &[u8]) -> Result<Package<'_>, Error> {
    ZipArchive::new(Cursor::new(bytes)).map_err(damaged)
}

fn damaged(error: impl std::fmt::Display) -> Error {
    Error::Damaged(error.to_string())
}

/// Fails for a small file that would fill the memory.
pub(super) fn check_size(bytes: &[u8]) -> Result<(), Error> {
    let mut package = open(bytes)?;
    let mut size = 0_u64;
    for index in 0..package.len() {
        // What an entry says of its size may be too little.
        let entry = package.by_index(index).map_err(damaged)?;
        let mut rest = entry.take(MOST_BYTES.saturating_sub(size) + 1);
        size += std::io::copy(&mut rest, &mut std::io::sink()).map_err(damaged)?;
        if size > MOST_BYTES {
            return Err(Error::Damaged(format!("unpacked, it has more than {} MiB", MOST_BYTES >> 20)));
        }
    }
    Ok(())
}

/// What is hidden in the sheet of that name.
pub(super) fn hidden(bytes: &[u8], sheet: &str) -> Result<Hidden, Error> {
    let mut package = open(bytes)?;
    let (mut relation, mut path) = (None, None);
    each_tag(&mut package, "xl/workbook.xml", "sheet", |tag| {
        if attribute(tag, "name").as_deref() == Some(sheet) {
            relation = attribute(tag, "id");
        }
    })?;
    each_tag(&mut package, "xl/_rels/workbook.xml.rels", "Relationship", |tag| {
        if relation.is_some() && attribute(tag, "Id") == relation {
            path = attribute(tag, "Target");
        }
    })?;
    let path = path.ok_or_else(|| Error::Damaged(format!("the sheet `{sheet}` has no file")))?;
    let path = path.strip_prefix('/').map_or_else(|| format!("xl/{path}"), ToOwned::to_owned);
    let mut found = Hidden::default();
    let number = |tag: &BytesStart<'_>, name| attribute(tag, name).and_then(|text| text.parse::<u32>().ok());
    let mut row = 0;
    each_tag(&mut package, &path, "row", |tag| {
        row = number(tag, "r").unwrap_or(row + 1);
        if is_hidden(tag) {
            found.rows.push(row);
        }
    })?;
    each_tag(&mut package, &path, "col", |tag| {
        if let (true, Some(first), Some(last)) = (is_hidden(tag), number(tag, "min"), number(tag, "max")) {
            found.columns.extend((first.saturating_sub(1)..last).take(super::MOST_COLUMNS as usize));
        }
    })?;
    Ok(found)
}

fn is_hidden(tag: &BytesStart<'_>) -> bool {
    attribute(tag, "hidden").is_some_and(|value| value == "1" || value == "true")
}

/// The attribute of that name, with or without a prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut all = tag.attributes();
    let mut attributes = all.with_checks(false).flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

/// Calls `found` for each tag of that name in a file of the package.
fn each_tag(
    package: &mut Package<'_>,
    path: &str,
    name: &str,
    mut found: impl FnMut(&BytesStart<'_>),
) -> Result<(), Error> {
    let found_path = package.file_names().flatten().find(|file| file.eq_ignore_ascii_case(path)).map(Cow::into_owned);
    let Some(path) = found_path else {
        return Err(Error::Damaged(format!("{path} is missing in it")));
    };
    let file = package.by_name(path.as_str()).map_err(damaged)?;
    let mut reader = Reader::from_reader(BufReader::new(file));
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).map_err(damaged)? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == name => found(&tag),
            Event::Eof => return Ok(()),
            _ => {}
        }
        buffer.clear();
    }
}
