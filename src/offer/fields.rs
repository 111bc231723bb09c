//! The values of an offer, at most one per field, and sets of fields.

use std::fmt;
use std::sync::Arc;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::ser::SerializeMap;

use super::field::{Field, FieldKind};
use super::id::AdvertiserId;
use super::url_form::url_form;
use super::value::Value;

/// Values by field. An absent value means *not managed* or *unknown*, never *empty*.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    // Copy-on-write, because records, desired offers and actions are cloned far more often than changed.
    values: Arc<[Option<Value>; Field::COUNT]>,
}

impl Fields {
    /// The value of a field.
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.values[field.index()].as_ref()
    }

    /// Sets the value of a field and returns the previous one.
    ///
    /// The value must come from [`Field::parse`] of the same field, or from another [`Fields`].
    pub fn set(&mut self, field: Field, value: Value) -> Option<Value> {
        Arc::make_mut(&mut self.values)[field.index()].replace(value)
    }

    /// Removes a value and returns it.
    pub fn remove(&mut self, field: Field) -> Option<Value> {
        self.get(field)?;
        Arc::make_mut(&mut self.values)[field.index()].take()
    }

    /// The present values, in the order of [`Field::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        Field::ALL
            .into_iter()
            .zip(self.values.iter())
            .filter_map(|(field, value)| value.as_ref().map(|value| (field, value)))
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    /// The number of values.
    pub fn len(&self) -> usize {
        self.values.iter().flatten().count()
    }

    /// The URL in the form in which URLs are compared that CAKE may spell otherwise.
    pub fn url_form(&self) -> Option<String> {
        self.get(Field::OfferUrl).map(|url| url_form(&url.to_string()))
    }

    /// The offer's name, if present.
    pub fn name(&self) -> Option<&str> {
        self.get(Field::OfferName).and_then(Value::as_text)
    }

    /// The offer's advertiser, if present.
    pub fn advertiser(&self) -> Option<AdvertiserId> {
        match self.get(Field::AdvertiserId) {
            Some(Value::Advertiser(id)) => Some(*id),
            _ => None,
        }
    }

    /// The same values without those of some fields.
    #[must_use]
    pub fn without(mut self, fields: FieldSet) -> Self {
        for field in fields.iter() {
            self.remove(field);
        }
        self
    }
}

impl FromIterator<(Field, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Field, Value)>>(pairs: I) -> Self {
        let mut fields = Self::default();
        for (field, value) in pairs {
            fields.set(field, value);
        }
        fields
    }
}

/// A JSON object with CAKE's field names, sorted by name, as in the state.
impl serde::Serialize for Fields {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for field in Field::BY_NAME {
            if let Some(value) = self.get(field) {
                map.serialize_entry(field.name(), value)?;
            }
        }
        map.end()
    }
}

/// Rejects unknown and duplicate fields, floats and invalid values.
impl<'de> serde::Deserialize<'de> for Fields {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with CAKE's fields")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Fields::default();
                while let Some(field) = map.next_key_seed(FieldName)? {
                    let value = map.next_value_seed(FieldValue(field))?;
                    if fields.set(field, value).is_some() {
                        return Err(A::Error::custom(format_args!("`{field}` is there twice")));
                    }
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// Reads CAKE's name of a field without allocating.
struct FieldName;

impl<'de> serde::de::DeserializeSeed<'de> for FieldName {
    type Value = Field;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Field, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for FieldName {
    type Value = Field;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of one of CAKE's fields")
    }
    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Field, E> {
        Field::from_name(name).ok_or_else(|| E::custom(format_args!("unknown field `{name}`")))
    }
}

/// Reads the value of one field: an integer for ids and hours, a string for the rest, never a float.
pub(super) struct FieldValue(pub(super) Field);

impl<'de> serde::de::DeserializeSeed<'de> for FieldValue {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.0.kind() {
            FieldKind::Id | FieldKind::Hours => deserializer.deserialize_u64(self),
            _ => deserializer.deserialize_str(self),
        }
    }
}

impl Visitor<'_> for FieldValue {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind() {
            FieldKind::Id | FieldKind::Hours => write!(f, "a positive integer for `{}`", self.0),
            _ => write!(f, "a string for `{}`", self.0),
        }
    }
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        match self.0.kind() {
            FieldKind::Id | FieldKind::Hours => self.visit_text(&number.to_string()),
            _ => Err(E::invalid_type(serde::de::Unexpected::Unsigned(number), &self)),
        }
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        match self.0.kind() {
            FieldKind::Id | FieldKind::Hours => Err(E::invalid_type(serde::de::Unexpected::Str(text), &self)),
            _ => self.visit_text(text),
        }
    }
}

impl FieldValue {
    fn visit_text<E: serde::de::Error>(&self, text: &str) -> Result<Value, E> {
        self.0.parse(text).map_err(|error| E::custom(format_args!("`{}`: {error}", self.0)))
    }
}

/// A set of fields.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct FieldSet(u16);

impl FieldSet {
    /// Whether the field is in the set.
    pub fn contains(self, field: Field) -> bool {
        self.0 & (1 << field.index()) != 0
    }

    /// Adds the field to the set.
    pub fn insert(&mut self, field: Field) {
        self.0 |= 1 << field.index();
    }

    /// Whether no field is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The fields in the set, in the order of [`Field::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| self.contains(*field))
    }
}

impl FromIterator<Field> for FieldSet {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        let mut set = Self::default();
        for field in fields {
            set.insert(field);
        }
        set
    }
}

impl fmt::Debug for FieldSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A list of CAKE's field names.
impl serde::Serialize for FieldSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for FieldSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Field>::deserialize(deserializer)?.into_iter().collect())
    }
}
