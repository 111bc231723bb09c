//! `offersync.toml`: found in the folder or above it, read so that **all** its problems are reported at once, turned into
//! [`Settings`].
//!
//! Owns the table of keys ([`keys`]), their defaults and limits, and `CAKE_URL`, which overrides the file. Knows no offers and no
//! network, and never holds, shows or quotes an API key: a line of the file that may contain one is cut before it becomes part of
//! a message.

mod address;
mod find;
pub mod keys;
mod names;
mod reader;
mod secret;
mod settings;
mod values;
mod words;

#[cfg(test)]
mod tests;

pub use address::CakeUrl;
pub use find::{FILE_NAME, find, missing};
pub use names::{Found, NAME_TABLES, Names};
pub use reader::{Environment, Loaded, from_text, load};
pub(crate) use secret::{looks_like_secret, redacted};
pub use settings::{CakeSettings, RetrySettings, Settings};
pub use words::{ApiKeyIn, DuplicateCheck};
