//! `offersync.toml`: searched for in the folder and above it, and read into [`Settings`]. All its problems are reported at once.
//!
//! Owns the table of keys ([`keys`]), their defaults and limits, and `CAKE_URL`, which overrides the file. Knows no offers and no
//! network. The invariant: it never stores or shows an API key; a line that may contain one is shortened before it is quoted.

mod address;
mod environments;
mod find;
mod guardrails;
pub mod keys;
mod limits;
mod lints;
mod listed;
mod lists;
mod loaded;
mod name_edit;
mod named_id;
mod names;
mod reader;
mod secret;
mod settings;
mod store;
mod values;
mod words;

#[cfg(test)]
mod tests;

pub use address::CakeUrl;
pub use environments::{DefinedEnvironment, OVERRULED, TABLE as ENVIRONMENTS_TABLE};
pub use find::{FILE_NAME, find, folders_from, missing, no_folder};
pub(crate) use find::{STATE, offers_in, read, state_in};
pub use guardrails::{FREEZE, Freeze, Guardrail, Guardrails, Limit, LimitKind, Rule, Share, Written};
pub use lints::{LintLevels, TABLE as LINTS_TABLE};
pub use listed::{ListedSetting, is_decisive, listed, setting_of};
pub use lists::{EXCEPTIONS, LISTS, SEVERITIES, names_of_plan};
pub use loaded::{Loaded, from_text, load};
pub use name_edit::NameEditError;
pub(crate) use name_edit::{NameEdit, edit_names};
pub use names::{NAME_TABLES, NameLookup, Names};
pub(crate) use secret::{looks_like_secret, redacted};
pub use settings::Settings;
pub use store::{ObjectService, StoreAddress};
pub use words::{ApiKeyIn, DuplicateCheck, ExpiredAction, LintLevel, Verify};

#[cfg(test)]
pub(crate) use settings::RetrySettings;
