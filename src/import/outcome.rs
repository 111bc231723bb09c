//! The result of planning an import: files to create, records to adopt, and what is left out.

use crate::diagnostic::Diagnostic;
use crate::offer::{Field, FieldSet, Key, OfferId, Record, Value};

use super::imported_offer::Identity;
use super::unnamed_ids::UnnamedIds;

/// A file to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path as messages show it, `/`-separated.
    pub path: String,
    pub text: String,
}

/// Where the YAML of an adopted offer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// This import creates it; index into [`Import::files`].
    Written(usize),
    /// Equal YAML exists: an earlier import was interrupted.
    Found,
    /// Existing YAML without a record was matched.
    Matched,
}

/// An offer to record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    pub key: Key,
    pub record: Record,
    /// Where its YAML comes from.
    pub origin: Origin,
}

impl Adoption {
    /// What it has in common with offers that an import cannot tell from it.
    pub fn name_and_advertiser(&self) -> Option<(&str, &Value)> {
        let Identity { name, advertiser, .. } = Identity::of(&self.record.fields);
        Some((name?, advertiser?))
    }
}

/// Why an offer is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A required value breaks the rule of its field.
    Unwritable {
        field: Field,
        /// CAKE's text.
        text: Box<str>,
        /// The rule.
        reason: Box<str>,
    },
    /// The listing does not show a required value.
    NotShown(Field),
    /// Its name, advertiser and vertical fit YAML, but not exactly one offer to exactly one file.
    Ambiguous {
        /// The YAML that it fits.
        keys: Vec<Key>,
        /// The offers that fit.
        offer_ids: Vec<OfferId>,
    },
    /// YAML without a record has its name and advertiser; the tree may not have both.
    NameTaken {
        /// That YAML.
        key: Key,
        /// Whether name, advertiser and vertical would match.
        would_match: bool,
    },
    /// YAML without a record has its URL and advertiser, and another name.
    SameUrl {
        /// That YAML.
        keys: Vec<Key>,
    },
    /// An interrupted import wrote this YAML for it, and these values are others by now.
    WrittenFor { key: Key, differs: FieldSet },
    /// A key that is recorded with another offer has its name and advertiser.
    RecordedName {
        key: Key,
        /// Its recorded offer.
        offer_id: OfferId,
    },
    /// It may come from a create that is in doubt.
    InDoubt(Key),
    /// YAML does not preserve a value.
    NotRoundTripped(Field),
    /// Another process created a file of its name during the import.
    FileAppeared(String),
    /// CAKE does not show it.
    NotFound,
}

/// An offer that is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub offer_id: OfferId,
    /// Its name, where it has one that can be shown.
    pub name: Option<Box<str>>,
    /// Why.
    pub reason: Reason,
}

/// A value of an imported offer that no YAML can hold, so that it is not managed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmanaged {
    /// The offer.
    pub key: Key,
    pub field: Field,
    /// CAKE's text.
    pub text: Box<str>,
    /// The rule that it breaks.
    pub reason: Box<str>,
}

/// A value to set in the YAML of an offer that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub key: Key,
    pub field: Field,
    pub value: Value,
}

/// What an import does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Files to create, in this order: defaults before the offers that inherit them.
    pub files: Vec<NewFile>,
    /// Values to set in existing files.
    pub updates: Vec<Update>,
    /// Offers to record, by key.
    pub adoptions: Vec<Adoption>,
    /// How many offers are recorded already.
    pub skipped: usize,
    /// Offers that are left out, by id.
    pub left_out: Vec<LeftOut>,
    /// Values that are not managed, by key.
    pub unmanaged: Vec<Unmanaged>,
    /// Fields that the listing shows for none of the offers.
    pub unknown: FieldSet,
    /// Fields that defaults have and the listing does not show; the offers ignore them.
    pub ignored: FieldSet,
    /// Create-only fields of matched YAML that the listing does not show; recorded as the YAML has them.
    pub trusted: FieldSet,
    /// Warnings about the new files.
    pub warnings: Vec<Diagnostic>,
    /// The ids of the offers to record that have no configured name.
    pub unnamed_ids: UnnamedIds,
    /// The unchanged sample offer of `init`, which is removed now that there are other offers.
    pub sample: Option<String>,
}

impl Import {
    /// The number of adoptions of some origin.
    pub fn count(&self, is_kind: impl Fn(&Origin) -> bool) -> usize {
        self.adoptions.iter().filter(|adoption| is_kind(&adoption.origin)).count()
    }
}
