//! A position in a file.

use super::SourcePath;

/// A range on one line of a text: 1-based, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The line; 0 where the file as a whole is meant.
    pub line: u32,
    /// The column; 0 where the line or the file as a whole is meant.
    pub column: u32,
    /// How many characters, all on that line.
    pub length: u32,
}

/// A range on one line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file.
    pub file: SourcePath,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: u32,
    /// The column in characters, from 1; 0 where the line or the file as a whole is meant.
    pub column: u32,
    /// How many characters, all on that line.
    pub length: u32,
}

impl Place {
    /// A range in a file.
    pub fn new(file: SourcePath, span: Span) -> Self {
        let Span { line, column, length } = span;
        Self { file, line, column, length }
    }

    /// The file as a whole.
    pub fn whole_file(file: SourcePath) -> Self {
        Self::new(file, Span::default())
    }
}
