//! The independent reader of these tests: `serde_yaml`, with the exact text of every scalar.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};

/// A document: its entries by name, in order, each as its text; `sync` and unknown collections as YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read(pub(super) Vec<(String, String)>);

impl Read {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn sorted(mut self) -> Self {
        self.0.sort();
        self
    }

    pub(super) fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(key, _)| !names.contains(&key.as_str()));
        self
    }
}

/// Every document of a text. The byte order mark is taken off: this reader counts it as a column.
pub(super) fn read(text: &str) -> Result<Vec<Read>, String> {
    let text = text.trim_start_matches('\u{feff}');
    serde_yaml::Deserializer::from_str(text)
        .map(|document| Read::deserialize(document).map_err(|error| format!("{error}\n{text}")))
        .collect()
}

/// The first document as untyped values: what a reader without a schema takes the scalars for.
pub(super) fn untyped(text: &str) -> serde_yaml::Value {
    let document = serde_yaml::Deserializer::from_str(text).next().expect("a document");
    serde_yaml::Value::deserialize(document).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

impl<'de> Deserialize<'de> for Read {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Read;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read, A::Error> {
                let mut entries = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let value = if name == "sync" {
                        format!("{:?}", map.next_value::<serde_yaml::Value>()?)
                    } else {
                        map.next_value_seed(ExactText)?
                    };
                    entries.push((name, value));
                }
                Ok(Read(entries))
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A scalar's own text, number or not.
struct ExactText;

impl<'de> DeserializeSeed<'de> for ExactText {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for ExactText {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}
