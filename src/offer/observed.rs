//! Offers as CAKE shows them, in the same types as desired and recorded ones.
//!
//! Owns what is known of a field that CAKE shows, or does not show. Knows no request and no comparison. The invariant: a text
//! that is not understood is kept as text, so that it is never taken for a value and never for silence.

use std::collections::BTreeMap;

use super::field::Field;
use super::fields::Fields;
use super::id::OfferId;
use super::value::Value;

/// What CAKE shows of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShownValue {
    /// A value of the field.
    Value {
        value: Value,
        /// CAKE's own word for it, where that is another one.
        word: Option<Box<str>>,
    },
    /// A text that no value of the field has, such as the status `Expired`: whatever is recorded, CAKE has another value.
    OtherWord(Box<str>),
    /// A text that is not understood: it may stand for any value.
    Unreadable {
        /// What CAKE shows.
        text: Box<str>,
        /// The rule that it breaks.
        reason: Box<str>,
    },
    /// Nothing: the value is unknown, not empty.
    NotShown,
}

impl ShownValue {
    /// The value, if CAKE shows one.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Self::Value { value, .. } => Some(value),
            Self::OtherWord(_) | Self::Unreadable { .. } | Self::NotShown => None,
        }
    }

    /// CAKE's text, if it is not the value itself.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Value { word, .. } => word.as_deref(),
            Self::OtherWord(text) | Self::Unreadable { text, .. } => Some(text),
            Self::NotShown => None,
        }
    }

    /// What CAKE shows, as text.
    pub fn text(&self) -> Option<String> {
        self.word().map(str::to_owned).or_else(|| self.value().map(ToString::to_string))
    }

    /// Whether it is known to be another value than this one, or not to be one where there is none.
    pub fn differs_from(&self, value: Option<&Value>) -> bool {
        match self {
            Self::Value { value: shown, .. } => !value.is_some_and(|value| value.is_shown_as(shown)),
            Self::OtherWord(_) => true,
            Self::Unreadable { .. } | Self::NotShown => false,
        }
    }
}

/// One offer as CAKE shows it. An absent value is unknown, not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedValues {
    /// The values that are valid for their fields.
    pub fields: Fields,
    /// What CAKE shows of other fields.
    pub others: Box<[(Field, ShownValue)]>,
}

impl ObservedValues {
    /// What CAKE shows of a field.
    pub fn shown(&self, field: Field) -> ShownValue {
        if let Some(value) = self.fields.get(field) {
            return ShownValue::Value { value: value.clone(), word: None };
        }
        let other = self.others.iter().find(|(of, _)| *of == field);
        other.map_or(ShownValue::NotShown, |(_, shown)| shown.clone())
    }

    /// Whether its status is Expired, which CAKE may set once the expiration date has passed.
    pub fn is_expired(&self) -> bool {
        self.others.iter().any(|(field, shown)| {
            let word = if *field == Field::OfferStatus { shown.word() } else { None };
            word.is_some_and(|word| word.eq_ignore_ascii_case("expired"))
        })
    }
}

/// Every offer of a complete listing, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observed {
    pub offers: BTreeMap<OfferId, ObservedValues>,
}
