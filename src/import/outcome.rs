//! What an import comes to: files to write, records to adopt, and everything that is told about the rest.

use crate::diagnostic::Diagnostic;
use crate::offer::{Field, FieldSet, Key, OfferId, Record};

/// A file that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its path as messages show it, `/`-separated.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Where the YAML of an adopted offer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// This import writes it, as the file of that place in [`Import::files`].
    Written(usize),
    /// It is there and says what this import would write: an earlier one was interrupted.
    Found,
    /// It is there and waits for its offer.
    Matched,
}

/// An offer that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adoption {
    /// Its key.
    pub key: Key,
    /// Its record.
    pub record: Record,
    /// Where its YAML comes from.
    pub origin: Origin,
}

/// Why an offer stays outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A required value breaks the rule of its field.
    Unwritable {
        /// The field.
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
    /// YAML without a record has its name and advertiser: beside it, the tree would be invalid.
    NameTaken {
        /// That YAML.
        key: Key,
        /// Whether name, advertiser and vertical would match.
        would_match: bool,
    },
    /// A create in doubt may have made it.
    InDoubt(Key),
    /// A value does not come back from YAML as it is.
    NotRoundTripped(Field),
    /// A file of its name was made by somebody else while the import ran.
    FileAppeared(String),
    /// CAKE does not show it.
    NotFound,
}

/// An offer that stays outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The offer.
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
    /// The field.
    pub field: Field,
    /// CAKE's text.
    pub text: Box<str>,
    /// The rule that it breaks.
    pub reason: Box<str>,
}

/// Everything that an import is about to do and to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// Files to make, in the order in which they are to be made: defaults before the offers that inherit them.
    pub files: Vec<NewFile>,
    /// Offers to record, by key.
    pub adoptions: Vec<Adoption>,
    /// How many offers are recorded already.
    pub skipped: usize,
    /// Offers that stay outside, by id.
    pub left_out: Vec<LeftOut>,
    /// Values that are not managed, by key.
    pub unmanaged: Vec<Unmanaged>,
    /// Fields that the listing shows of none of the offers.
    pub unknown: FieldSet,
    /// Fields that defaults give and the listing does not show: offers that ignore them.
    pub ignored: FieldSet,
    /// Create-only fields of matched YAML that the listing does not show: taken as the YAML has them.
    pub trusted: FieldSet,
    /// Warnings about the new files.
    pub warnings: Vec<Diagnostic>,
}

impl Import {
    /// How many adoptions come from that kind of origin.
    pub fn count(&self, is_kind: impl Fn(&Origin) -> bool) -> usize {
        self.adoptions.iter().filter(|adoption| is_kind(&adoption.origin)).count()
    }
}
