//! The ids of imported offers that have no configured name, for a person to fill in.

use std::collections::BTreeMap;

use crate::config::{NAME_TABLES, Names};
use crate::offer::{Field, Value};

use super::outcome::Adoption;

/// How many offers have each id without a name, by field.
pub type UnnamedIds = BTreeMap<Field, BTreeMap<u64, usize>>;

pub(super) fn unnamed_ids(adoptions: &[Adoption], names: &Names) -> UnnamedIds {
    let mut unnamed = UnnamedIds::default();
    for (field, _) in NAME_TABLES {
        let values = adoptions.iter().filter_map(|adoption| adoption.record.fields.get(field));
        for value in values.filter(|value| names.name_of(field, value).is_none()) {
            if let Some(id) = Value::as_integer(value) {
                *unnamed.entry(field).or_default().entry(id).or_default() += 1;
            }
        }
    }
    unnamed
}
