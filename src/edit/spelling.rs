//! How one entry is written: its name, the text of its value, and what kind of value that is.

use super::block_text::{BlockText, Frame};
use super::scalar::{self, ScalarType};
use crate::offer::{Field, Value};

#[derive(Debug, Clone, Copy)]
pub(super) struct Spelling<'a> {
    pub(super) name: &'a str,
    pub(super) text: &'a str,
    pub(super) meaning: ScalarType,
}

impl<'a> Spelling<'a> {
    /// `text` is the value's own text, which the caller keeps.
    pub(super) fn by_value(field: Field, value: &Value, text: &'a str) -> Self {
        Self { name: field.name(), text, meaning: ScalarType::of(value) }
    }

    /// A configured name in place of an id: `advertiser: acme-home`. `None` for fields that have no names.
    pub(super) fn by_name(field: Field, name: &'a str) -> Option<Self> {
        field.by_name().map(|field| Self { name: field, text: name, meaning: ScalarType::Text })
    }

    /// The entry at the top level of a document, without the line break at its end.
    pub(super) fn to_yaml(self) -> String {
        let Self { name, text, meaning } = self;
        let frame = Frame { column: 0, indent: 2 };
        let block = if text.contains('\n') { BlockText::literal(text, frame) } else { None };
        match block {
            Some(block) => format!("{name}: {}{}", block.header, block.render("\n", block.blanks)),
            None => format!("{name}: {}", scalar::inline(text, meaning)),
        }
    }
}
