//! Lenient view of a JSON object from CAKE: case-insensitive names, raw values, duplicates reported.
//!
//! Own code, because typed decoding fails as a whole on one odd member, and because numbers have to stay text: nothing here
//! ever becomes a float. Knows no offer. Invariant: a member that is there twice is never silently one of the two.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::words::first_and_more;

/// More members than this are counted in a message.
const NAMES_SHOWN: usize = 10;

/// The members of an object, in document order.
pub(super) struct Object<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

#[derive(Clone, Copy)]
pub(super) enum MemberValue<'a> {
    /// No such member, or `null`.
    Absent,
    /// One value, as JSON text.
    One(&'a str),
    /// The name occurs more than once, so its value is ambiguous.
    Repeated,
}

/// A value that is not an object and not a list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Scalar<'a> {
    Text(Cow<'a, str>),
    /// A number as CAKE wrote it.
    Number(&'a str),
    /// `true`, `false`, an object, a list, or a string that is no text.
    Other,
}

impl<'a> Object<'a> {
    /// Reads a text that is one JSON object; `None` for everything else.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Reads a reply's bytes. ASP.NET is known to put a byte order mark first.
    pub(super) fn from_bytes(bytes: &'a [u8]) -> Option<Self> {
        Self::read(text_of(bytes)?)
    }

    /// The member of that name, in any case.
    pub(super) fn get(&self, name: &str) -> MemberValue<'a> {
        let mut found = self.members.iter().filter(|(member, _)| member.eq_ignore_ascii_case(name));
        match (found.next(), found.next()) {
            (Some((_, value)), None) if value.get() == "null" => MemberValue::Absent,
            (Some((_, value)), None) => MemberValue::One(value.get()),
            (None, _) => MemberValue::Absent,
            (Some(_), Some(_)) => MemberValue::Repeated,
        }
    }

    /// Whether the member is there, once, and `null`.
    pub(super) fn is_null(&self, name: &str) -> bool {
        let mut found = self.members.iter().filter(|(member, _)| member.eq_ignore_ascii_case(name));
        found.next().is_some_and(|(_, value)| value.get() == "null") && found.next().is_none()
    }

    /// The members: names, and values as JSON text.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.members.iter().map(|(name, value)| (name.as_ref(), value.get()))
    }

    /// The values of the members, as JSON text.
    pub(super) fn values(&self) -> impl Iterator<Item = &'a str> {
        self.members.iter().map(|(_, value)| value.get())
    }

    /// The names of the members, for a message where none of them is known.
    pub(super) fn names(&self) -> String {
        first_and_more(self.members.iter().map(|(name, _)| name), NAMES_SHOWN)
    }

    /// The value of the member `d`, if it is the only one: ASP.NET's script services wrap replies so, as JSON or as a string
    /// that holds JSON.
    pub(super) fn wrapped(&self) -> Option<Cow<'a, str>> {
        let [(name, value)] = self.members.as_slice() else { return None };
        match Scalar::read(value.get()) {
            _ if name != "d" => None,
            Scalar::Text(json) if Object::read(&json).is_some() => Some(json),
            Scalar::Text(_) | Scalar::Other => Some(Cow::Borrowed(value.get())),
            Scalar::Number(_) => None,
        }
    }

    /// The member of that name as an object, if it is one.
    pub(super) fn object(&self, name: &str) -> Option<Self> {
        match self.get(name) {
            MemberValue::One(value) => Self::read(value),
            MemberValue::Absent | MemberValue::Repeated => None,
        }
    }

    /// The member of that name as text, if it is a string.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        match self.get(name) {
            MemberValue::One(value) => Scalar::read(value).into_text(),
            MemberValue::Absent | MemberValue::Repeated => None,
        }
    }
}

/// The bytes as text, without a byte order mark.
pub(super) fn text_of(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{feff}'))
}

impl<'a> Scalar<'a> {
    pub(super) fn read(value: &'a str) -> Self {
        match value.as_bytes().first() {
            Some(b'"') => serde_json::from_str::<Text>(value).map_or(Self::Other, |text| Self::Text(text.0)),
            Some(b'-' | b'0'..=b'9') => Self::Number(value),
            _ => Self::Other,
        }
    }

    /// The text, if it is a string.
    pub(super) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Other => None,
        }
    }

    /// The text of a string or the digits of a number.
    pub(super) fn into_digits(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(digits) => Some(Cow::Borrowed(digits)),
            Self::Other => None,
        }
    }
}

/// A string that is borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor;
        impl<'de> Visitor<'de> for ObjectVisitor {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    members.push((name, value));
                }
                Ok(Object { members })
            }
        }
        deserializer.deserialize_map(ObjectVisitor)
    }
}
