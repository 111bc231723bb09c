//! `offersync.toml`: found upward, read by hand so that **all** its problems are told at once, turned into [`Settings`].
//!
//! Owns the table of keys ([`keys`]), their defaults and limits, and the order in which layers win: the file's value, over it the
//! environment's, over that a flag's ([`Layers`]). Knows no offers and no network, and never holds, shows or quotes an API key:
//! a line of the file in which one may stand is cut before it becomes part of a message.

mod address;
mod find;
pub mod keys;
mod layers;
mod names;
mod reader;
mod secret;
mod settings;
mod values;

#[cfg(test)]
mod tests;

pub use address::CakeUrl;
pub use find::{FILE_NAME, find, missing};
pub use layers::{Flags, Layers};
pub use names::{Found, Names};
pub use reader::{Loaded, from_text, load};
pub(crate) use secret::{looks_like_secret, redacted};
pub use settings::{ApiKeyIn, CakeSettings, DuplicateCheck, RemovedAction, RetrySettings, Settings};
