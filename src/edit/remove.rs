//! Removing a field: its lines go, comments on lines of their own stay.

use super::document::{DocumentSelector, Entry, Mapping};
use super::lines::{Splice, line_start, next_line};
use super::outcome::{Edited, Refused, number};
use super::set::{single_entry, try_splices};
use super::stream::Stream;
use crate::offer::Field;

/// Removes a field, by id or by name, from one document; everything else in the text stays byte for byte.
///
/// Removing a field that is absent changes nothing. The only field of a document is not removed: nothing would be left.
pub fn remove_field(text: &str, document: DocumentSelector<'_>, field: Field) -> Result<Edited, Refused> {
    let stream = Stream::read(text)?;
    let mapping = stream.select(document)?;
    let Some(entry) = single_entry(&stream, &mapping, field)? else {
        let line = number(stream.events[mapping.start].line);
        return Ok(Edited { text: text.to_owned(), line, before: None });
    };
    remove(&stream, &mapping, entry).map_err(|refused| refused.or_write(format!("remove `{}` by hand", entry.name)))
}

fn remove(stream: &Stream<'_>, mapping: &Mapping, entry: &Entry) -> Result<Edited, Refused> {
    let line = stream.line_of(entry);
    if mapping.entries.len() == 1 {
        return Err(Refused::new(line, format!("`{}` is the only field of its document", entry.name)));
    }
    let before = stream.scalar(entry.value.start).map(|(text, _)| text.to_owned());
    let gone = if mapping.flow { part(stream, mapping, entry)? } else { lines(stream, mapping, entry)? };
    let text = super::lines::splice(stream.text, std::slice::from_ref(&gone));
    match try_splices(stream, &[gone], &(entry.key..entry.value.end), &[]) {
        Some(_) => Ok(Edited { text, line: number(line), before }),
        None => Err(Refused::new(line, format!("`{}` cannot be removed safely", entry.name))),
    }
}

fn lines(stream: &Stream<'_>, mapping: &Mapping, entry: &Entry) -> Result<Splice, Refused> {
    let text = stream.text;
    let mut start = line_start(text, stream.key_range(mapping, entry)?.start);
    let end = stream.last_line_end(mapping, entry)?;
    // The last line of a file without a line break at its end takes the break before it along.
    if next_line(text, end) == text.len() && !text.ends_with('\n') {
        start = text[..start].strip_suffix('\n').map_or(start, |rest| rest.strip_suffix('\r').unwrap_or(rest).len());
    }
    Ok(Splice::new(start..next_line(text, end), ""))
}

/// Inside braces: the entry with the comma before it, or behind it for the first.
fn part(stream: &Stream<'_>, mapping: &Mapping, entry: &Entry) -> Result<Splice, Refused> {
    let at = mapping.entries.iter().position(|other| other.key == entry.key).unwrap_or(0);
    let neighbour = |at: usize| &mapping.entries[at];
    let range = if at == 0 {
        stream.key_range(mapping, entry)?.start..stream.key_range(mapping, neighbour(1))?.start
    } else {
        stream.value_end(mapping, neighbour(at - 1))?..stream.value_end(mapping, entry)?
    };
    let own = stream.key_range(mapping, entry)?.start..stream.value_end(mapping, entry)?;
    let between = [&stream.text[range.start..own.start], &stream.text[own.end..range.end]];
    // A comment could stand there.
    if between.iter().any(|text| text.contains(['#', '\n'])) {
        return Err(Refused::new(stream.line_of(entry), "the fields inside the braces stand on several lines"));
    }
    Ok(Splice::new(range, ""))
}
