//! Source lines for problems that are found after the texts are gone: the file is read again, and its line is quoted only if
//! the file still has the bytes that were checked.

use std::collections::HashMap;
use std::path::Path;

use super::text::{decode, read_into};
use crate::config::{looks_like_secret, redacted};
use crate::diagnostic::{Diagnostic, Label, SourceText};
use crate::offer::{DesiredSet, SourceFile};
use crate::source::{SourcePath, Span};

/// Quotes the source lines of labels that have none. `root` is the folder of `offersync.toml`. Labels in files that are not in
/// the set, or that changed since they were read, stay without a line.
pub fn quote_lines(diagnostics: &mut [Diagnostic], set: &DesiredSet, root: &Path) {
    quote(diagnostics, &set.files, |file| {
        let mut bytes = Vec::new();
        read_into(&file.on_disk(root), &mut bytes).ok()?;
        Some(bytes)
    });
}

/// The same with the bytes of a file from any source. Each file is asked for once.
pub(super) fn quote(
    diagnostics: &mut [Diagnostic],
    files: &[SourceFile],
    bytes_of: impl Fn(&SourcePath) -> Option<Vec<u8>>,
) {
    let mut by_file: HashMap<SourcePath, Vec<&mut Label>> = HashMap::new();
    let labels = diagnostics.iter_mut().flat_map(|diagnostic| &mut diagnostic.labels);
    for label in labels.filter(|label| label.source_line.is_none() && label.place.line > 0 && label.place.column > 0) {
        by_file.entry(label.place.file.clone()).or_default().push(label);
    }
    for (path, labels) in by_file {
        let Ok(at) = files.binary_search_by(|file| file.path.cmp(&path)) else { continue };
        let Some(bytes) = bytes_of(&path).filter(|bytes| *blake3::hash(bytes).as_bytes() == files[at].digest) else {
            continue;
        };
        let Ok(text) = decode(&path, &bytes) else { continue };
        let source = SourceText::new(path, text);
        for label in labels {
            let span = Span { line: label.place.line, column: label.place.column, length: label.place.length };
            let line = source.label(span).source_line;
            label.source_line = line.map(|line| redacted(&line, looks_like_secret).into_boxed_str());
        }
    }
}
