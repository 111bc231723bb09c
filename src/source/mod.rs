//! Positions in the user's files: the path of a file as messages show it, a range on a line, and both together.
//!
//! Knows no file on the disk and no text.

mod path;
mod place;

pub use path::SourcePath;
pub use place::{Place, Span};
