//! The two writes of CAKE's API. Invalid ones cannot be constructed: a create without a required field or a status, an update of a
//! create-only field, an update without changes.

use super::field::{Field, UpdatableField};
use super::fields::Fields;
use super::id::OfferId;
use super::value::Value;
use super::words::OfferStatus;

/// The values of a create call, which include the required fields and a status.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct NewOffer(Fields);

/// A required field has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is missing")]
pub struct MissingField(pub Field);

impl NewOffer {
    /// Creates the call. `offer_status` is always sent, because CAKE's documentation is contradictory about its default.
    pub fn new(mut fields: Fields) -> Result<Self, MissingField> {
        if let Some(missing) = Field::ALL.into_iter().find(|f| f.is_required() && fields.get(*f).is_none()) {
            return Err(MissingField(missing));
        }
        if fields.get(Field::OfferStatus).is_none() {
            fields.set(Field::OfferStatus, Value::Status(OfferStatus::Active));
        }
        Ok(Self(fields))
    }

    /// The values.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Returns the values.
    pub fn into_fields(self) -> Fields {
        self.0
    }
}

impl<'de> serde::Deserialize<'de> for NewOffer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Fields::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// An update call: one offer and at least one change, only of fields that CAKE can change.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Update {
    offer_id: OfferId,
    changes: Fields,
}

impl Update {
    /// Creates the call; `None` if there are no changes.
    pub fn new(offer_id: OfferId, changes: impl IntoIterator<Item = (UpdatableField, Value)>) -> Option<Self> {
        let changes: Fields = changes.into_iter().map(|(field, value)| (field.field(), value)).collect();
        (!changes.is_empty()).then_some(Self { offer_id, changes })
    }

    /// An update of only the status.
    pub fn of_status(offer_id: OfferId, status: OfferStatus) -> Self {
        let changes = std::iter::once((Field::OfferStatus, Value::Status(status))).collect();
        Self { offer_id, changes }
    }

    /// The id of the offer.
    pub fn offer_id(&self) -> OfferId {
        self.offer_id
    }

    /// The new values, all of updatable fields.
    pub fn changes(&self) -> &Fields {
        &self.changes
    }
}

impl<'de> serde::Deserialize<'de> for Update {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            offer_id: OfferId,
            changes: Fields,
        }
        let Raw { offer_id, changes } = Raw::deserialize(deserializer)?;
        let pairs = changes
            .iter()
            .map(|(field, value)| {
                let updatable = field
                    .updatable()
                    .ok_or_else(|| D::Error::custom(format_args!("`{field}` cannot be changed by an update")))?;
                Ok((updatable, value.clone()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(offer_id, pairs).ok_or_else(|| D::Error::custom("an update without changes"))
    }
}
