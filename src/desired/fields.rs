//! What a document may be, and which field a name in it means.

use crate::offer::Field;

/// The kind of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Offer,
    Defaults,
}

/// The field, and whether the name is the form that takes a configured name.
pub(super) fn field_named(name: &str) -> Option<(Field, bool)> {
    Field::from_name(name)
        .map(|field| (field, false))
        .or_else(|| Field::ALL.into_iter().find(|field| field.by_name() == Some(name)).map(|field| (field, true)))
}
