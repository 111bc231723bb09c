//! Reads the desired offers from a tree of YAML files, or reports every problem in it.
//!
//! Owns listing and reading the tree, decoding with places, inherited defaults with provenance, names to ids and the table of
//! checks. Knows no recorded state, no CAKE and no clock. The result is deterministic, independent of the order of files and the number
//! of threads, and reading any file needs bounded time and memory.
//!
//! The steps: [`tree`] with [`tree_names`] (which files) → [`reading`] (defaults first, then every file, side by side) → [`text`] (bytes to text) →
//! [`events`] (text to documents; [`plain`] for most) → [`draft`] with [`value`], [`sync`], [`allow`] and [`waive`] (documents to values) → [`inherit`] (drafts to offers)
//! → [`across`] (checks across all offers).

mod across;
mod advice;
mod allow;
mod block_end;
mod draft;
mod events;
mod exemption;
mod fields;
mod file;
mod inherit;
mod node;
mod plain;
mod problems;
mod quote;
mod reading;
mod scalar;
mod schedule;
mod stamp;
mod sync;
mod syntax;
mod text;
mod text_checks;
mod tree;
mod tree_names;
mod value;
mod waive;
mod workers;

#[cfg(test)]
mod tests;

pub use advice::for_value as advice_for;
pub use quote::quote_lines;
pub use reading::{ReadOptions, Reading, default_values, from_texts, keys_of, read};
pub use stamp::TreeStamp;
pub use tree_names::{is_folder_in_tree, is_in_tree, is_link_in_tree};
