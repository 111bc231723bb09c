//! The source lines of labels that were made when the text was no longer there.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::text::{decode, read_into};
use crate::config::{looks_like_secret, redacted};
use crate::diagnostic::{Diagnostic, Label, SourceText};

/// Reads the line of every label that has a place but no line yet. `root` is the folder that the paths are relative to. A file
/// that cannot be read any more leaves its labels as they are.
pub fn fill_source_lines(diagnostics: &mut [Diagnostic], root: &Path) {
    fill_source_lines_of(diagnostics, |file| root.join(file));
}

/// The same, with where each file is on the disk.
pub(super) fn fill_source_lines_of(diagnostics: &mut [Diagnostic], on_disk: impl Fn(&str) -> PathBuf) {
    fill_from(diagnostics, |file| {
        let mut bytes = Vec::new();
        read_into(&on_disk(file), &mut bytes).ok()?;
        Some(bytes)
    });
}

/// The same with the bytes of a file from anywhere. Each file is asked for once.
pub(super) fn fill_from(diagnostics: &mut [Diagnostic], bytes_of: impl Fn(&str) -> Option<Vec<u8>>) {
    let mut by_file: HashMap<Arc<str>, Vec<&mut Label>> = HashMap::new();
    let labels = diagnostics.iter_mut().flat_map(|diagnostic| &mut diagnostic.labels);
    for label in labels.filter(|label| label.source_line.is_none() && label.line > 0 && label.column > 0) {
        by_file.entry(Arc::clone(&label.file)).or_default().push(label);
    }
    for (file, labels) in by_file {
        let Some(bytes) = bytes_of(&file) else { continue };
        let Ok(text) = decode(&file, &bytes) else { continue };
        let source = SourceText::new(file, text);
        for label in labels {
            let found = source.label(label.line, label.column, label.length).source_line;
            label.source_line = found.map(|line| redacted(&line, looks_like_secret).into_boxed_str());
        }
    }
}
