//! `[names.…]`: the names by which YAML may call CAKE's ids.

use std::collections::BTreeMap;

use crate::offer::{Digest, Field, Value};

/// The tables of names, by the field whose ids they name.
pub const NAME_TABLES: [(Field, &str); 3] = [
    (Field::AdvertiserId, "names.advertisers"),
    (Field::VerticalId, "names.verticals"),
    (Field::CurrencyId, "names.currencies"),
];

/// Names by field: `[names.advertisers]` for `advertiser_id`, and so on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    tables: BTreeMap<Field, BTreeMap<Box<str>, Option<Value>>>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// An id, as the value of the field.
    Value(Value),
    /// Something that is not an id; the problem is told where the name is given its id.
    Broken,
    /// Nothing.
    Nothing,
}

impl Names {
    /// Digest (blake3, hex) of every name and id: what a plan depends on besides the offers.
    pub fn digest(&self) -> String {
        let tables =
            self.tables.iter().flat_map(|(field, table)| table.iter().map(move |(name, id)| (field, name, id)));
        tables
            .fold(Digest::default(), |sum, (field, name, id)| sum.text(field.name()).text(name).optional(id.as_ref()))
            .finish()
    }

    /// The table of `offersync.toml` that gives names to the ids of a field: `names.advertisers`.
    pub fn table(field: Field) -> Option<&'static str> {
        NAME_TABLES.iter().find(|(of, _)| *of == field).map(|(_, table)| *table)
    }

    /// What a name stands for.
    pub fn find(&self, field: Field, name: &str) -> Found {
        match self.tables.get(&field).and_then(|table| table.get(name)) {
            Some(Some(value)) => Found::Value(value.clone()),
            Some(None) => Found::Broken,
            None => Found::Nothing,
        }
    }

    /// The names that the ids of a field have, sorted.
    pub fn of(&self, field: Field) -> impl Iterator<Item = &str> {
        self.tables.get(&field).into_iter().flatten().map(|(name, _)| &**name)
    }

    /// The name of an id: the first in alphabetical order where it has several.
    pub fn name_of(&self, field: Field, id: &Value) -> Option<&str> {
        let table = self.tables.get(&field)?;
        table.iter().find(|(_, value)| value.as_ref() == Some(id)).map(|(name, _)| &**name)
    }

    /// Gives a name to an id; `None` where what the file gives it is not an id.
    pub fn insert(&mut self, field: Field, name: &str, value: Option<Value>) {
        self.tables.entry(field).or_default().insert(Box::from(name), value);
    }
}
