//! `import` and `export`: what they write, and what they leave alone.

mod contents;
mod interruptions;
mod refusals;
mod spreadsheets;
