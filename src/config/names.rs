//! `[names.…]`: configured names for CAKE's ids.

use std::collections::BTreeMap;

use crate::diagnostic::closest;
use crate::offer::{Digest, Field, Value};

/// The tables of names and the fields whose ids they name.
pub const NAME_TABLES: [(Field, &str); 3] = [
    (Field::AdvertiserId, "names.advertisers"),
    (Field::VerticalId, "names.verticals"),
    (Field::CurrencyId, "names.currencies"),
];

/// Names by field: `[names.advertisers]` for `advertiser_id`, and so on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    tables: BTreeMap<Field, BTreeMap<Box<str>, Option<Value>>>,
    /// What CAKE calls what a name stands for, where the file has it.
    in_cake: BTreeMap<(Field, Box<str>), Box<str>>,
}

/// The result of looking up a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameLookup {
    /// An id, as the value of the field.
    Value(Value),
    /// The configured value is not an id; this is reported in `offersync.toml`.
    Broken,
    /// The name is not configured.
    Nothing,
}

impl Names {
    /// Digest (blake3, hex) of every name and id, because a plan depends on them; it does not on what CAKE calls them.
    pub fn digest(&self) -> String {
        let tables =
            self.tables.iter().flat_map(|(field, table)| table.iter().map(move |(name, id)| (field, name, id)));
        tables
            .fold(Digest::default(), |sum, (field, name, id)| sum.text(field.name()).text(name).optional(id.as_ref()))
            .finish()
    }

    /// The table in `offersync.toml` with the names of a field's ids: `names.advertisers`.
    pub fn table(field: Field) -> Option<&'static str> {
        NAME_TABLES.iter().find(|(of, _)| *of == field).map(|(_, table)| *table)
    }

    /// Looks up a name.
    pub fn find(&self, field: Field, name: &str) -> NameLookup {
        match self.tables.get(&field).and_then(|table| table.get(name)) {
            Some(Some(value)) => NameLookup::Value(value.clone()),
            Some(None) => NameLookup::Broken,
            None => NameLookup::Nothing,
        }
    }

    /// Reads a value as a user writes it: a configured name where the field is called by name, else by the field's own rule. The error says why
    /// the text is no value of the field.
    pub fn read(&self, field: Field, called: &str, text: &str) -> Result<Value, String> {
        if field.by_name() != Some(called) {
            return field.parse(text).map_err(|error| match text {
                "" => format!("`{called}`: the value is empty"),
                text => format!("`{called}`: `{text}`: {error}"),
            });
        }
        match self.find(field, text) {
            NameLookup::Value(value) => Ok(value),
            NameLookup::Broken | NameLookup::Nothing => {
                Err(format!("`{text}` is not in [{}] of offersync.toml", Self::table(field).unwrap_or("names")))
            }
        }
    }

    /// The configured name that the author most likely meant, in a sentence. It looks at all names of the field.
    pub fn suggestion(&self, field: Field, called: &str, text: &str) -> Option<String> {
        let close = (field.by_name() == Some(called)).then(|| closest(text, self.of(field))).flatten();
        close.map(|close| format!("did you mean `{close}`?"))
    }

    /// The configured names of a field's ids, sorted.
    pub fn of(&self, field: Field) -> impl Iterator<Item = &str> {
        self.tables.get(&field).into_iter().flatten().map(|(name, _)| &**name)
    }

    /// The name of an id; if it has several, the first in alphabetical order.
    pub fn name_of(&self, field: Field, id: &Value) -> Option<&str> {
        let table = self.tables.get(&field)?;
        table.iter().find(|(_, value)| value.as_ref() == Some(id)).map(|(name, _)| &**name)
    }

    /// Every name of a field's ids with its id, sorted by name.
    pub fn entries(&self, field: Field) -> impl Iterator<Item = (&str, &Value)> {
        let entries = self.tables.get(&field).into_iter().flatten();
        entries.filter_map(|(name, id)| Some((&**name, id.as_ref()?)))
    }

    /// What CAKE calls what a name stands for, where the file says so.
    pub fn name_in_cake(&self, field: Field, name: &str) -> Option<&str> {
        self.in_cake.get(&(field, Box::from(name))).map(|name| &**name)
    }

    pub(super) fn set_name_in_cake(&mut self, field: Field, name: &str, name_in_cake: Box<str>) {
        self.in_cake.insert((field, Box::from(name)), name_in_cake);
    }

    /// Adds a name; `None` if its value in the file is not an id.
    pub fn insert(&mut self, field: Field, name: &str, value: Option<Value>) {
        self.tables.entry(field).or_default().insert(Box::from(name), value);
    }
}
