//! Drift: on which fields what CAKE shows, the record and the YAML differ, and which fields could not be compared.
//!
//! Owns the result and what follows from it; [`drift_compare`](super::drift_compare) makes it. Pure. The invariant: a managed
//! field is compared, drifted or in [`Drift::not_compared`]; none is left out in silence.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use schemars::JsonSchema;
use serde::Serialize;

use crate::offer::{Digest, Field, FieldSet, Key, OfferId, Recorded, ShownValue, Value};

use super::action::Action;

/// Which side changed a field since the recorded value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBy {
    /// Git alone: a normal change, to be applied.
    Git,
    /// CAKE alone: drift.
    Cake,
    /// Both, to the same value: nothing is to be sent.
    BothAlike,
    /// Both, to different values: a conflict.
    Conflict,
    /// CAKE shows the value in a form that cannot be read.
    Unknown,
}

impl ChangedBy {
    /// Name used in JSON and text output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Cake => "cake",
            Self::BothAlike => "both_alike",
            Self::Conflict => "conflict",
            Self::Unknown => "unknown",
        }
    }
}

/// One field that is not everywhere the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftedField {
    /// Which field.
    pub field: Field,
    /// What CAKE last confirmed.
    pub recorded: Option<Value>,
    /// What CAKE shows now.
    pub observed: ShownValue,
    /// The desired value; `None` if the offer has no YAML or does not manage the field.
    pub desired: Option<Value>,
    /// Which side changed it.
    pub changed_by: ChangedBy,
}

/// How an offer differs from its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DriftKind {
    /// Some values differ.
    Values(Vec<DriftedField>),
    /// Its id is not in CAKE's complete list.
    Gone,
}

/// One offer that is not as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftedOffer {
    /// The key that it is recorded under.
    pub key: Key,
    /// The key that its YAML has by now, where that is another one.
    pub renamed_to: Option<Key>,
    /// Its id.
    pub offer_id: OfferId,
    /// Whether it is recorded as retired and has no YAML, or was replaced by the key's present offer.
    pub retired: bool,
    /// How it differs.
    pub kind: DriftKind,
    /// Whether it is expired; CAKE may set that once the expiration date has passed.
    pub expired: bool,
}

/// Managed fields of an offer that CAKE does not show: nothing is known of their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCompared {
    /// The key that it is recorded under.
    pub key: Key,
    /// Its id.
    pub offer_id: OfferId,
    /// The fields.
    pub fields: FieldSet,
}

/// Every offer that is not as it was recorded, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// The offers, by the key that they are recorded under.
    pub offers: Vec<DriftedOffer>,
    /// How many recorded offers are as they were recorded, as far as CAKE shows them.
    pub unchanged: usize,
    /// How many retired offers are still retired. While it is inactive, nothing but the status is compared.
    pub retired: usize,
    /// The offers that CAKE has ended by itself once their date had passed, and that differ in nothing else: no one has changed them.
    pub ended: Vec<Key>,
    /// The managed fields that CAKE does not show, by key. Those of an offer that is gone are not among them.
    pub not_compared: Vec<NotCompared>,
}

impl Drift {
    /// Adds every offer that drifted, and how, to a digest.
    pub(super) fn digest(&self, sum: Digest) -> Digest {
        self.offers.iter().fold(sum, |sum, offer| {
            let DriftedOffer { key, renamed_to, offer_id, retired, kind, expired } = offer;
            let sum = sum.text(key.as_str()).optional(renamed_to.as_ref()).text(&offer_id.to_string());
            let sum = sum.text(if *retired { "retired" } else { "live" }).text(if *expired { "expired" } else { "" });
            match kind {
                DriftKind::Gone => sum.text("gone"),
                DriftKind::Values(fields) => fields.iter().fold(sum.text("values"), |sum, field| field.digest(sum)),
            }
        })
    }

    /// Whether nothing was changed in CAKE, as far as CAKE shows it.
    pub fn is_empty(&self) -> bool {
        !self.offers.iter().any(DriftedOffer::is_drift)
    }

    /// Takes out what CAKE has ended by itself. `now` is in the time zone of the dates.
    pub fn leave_out_ended(&mut self, recorded: &Recorded, now: DateTime) {
        let has_passed = |key: &Key| match recorded.offers.get(key)?.fields.get(Field::ExpirationDate)? {
            Value::Date(date) => Some(date.civil() < now),
            _ => None,
        };
        let is_status = |field: &DriftedField| {
            field.field == Field::OfferStatus && field.changed_by == ChangedBy::Cake && !field.changed_in_git()
        };
        let is_ended = |offer: &DriftedOffer| {
            offer.expired && matches!(offer.fields(), [only] if is_status(only)) && has_passed(&offer.key) == Some(true)
        };
        let (ended, offers): (Vec<_>, Vec<_>) = std::mem::take(&mut self.offers).into_iter().partition(is_ended);
        self.offers = offers;
        self.ended.extend(ended.into_iter().map(|offer| offer.key));
    }

    /// For each field that was not compared, of how many offers.
    pub fn not_compared_counts(&self) -> BTreeMap<Field, usize> {
        let mut counts = BTreeMap::new();
        for field in self.not_compared.iter().flat_map(|offer| offer.fields.iter()) {
            *counts.entry(field).or_default() += 1;
        }
        counts
    }
}

impl DriftedField {
    fn digest(&self, sum: Digest) -> Digest {
        let Self { field, recorded, observed, desired, changed_by } = self;
        let sum = sum.text(field.name()).text(changed_by.word()).optional(recorded.as_ref());
        sum.optional(observed.value()).optional(observed.word().as_ref()).optional(desired.as_ref())
    }

    /// Whether it was certainly changed in CAKE.
    pub fn changed_in_cake(&self) -> bool {
        matches!(self.changed_by, ChangedBy::Cake | ChangedBy::Conflict)
    }

    /// Whether git changed it, alone or as CAKE did.
    fn changed_in_git(&self) -> bool {
        self.desired.is_some() && self.desired != self.recorded
    }
}

impl DriftedOffer {
    /// The key that its YAML has, or would have.
    pub fn desired_key(&self) -> &Key {
        self.renamed_to.as_ref().unwrap_or(&self.key)
    }

    /// The fields that differ.
    pub fn fields(&self) -> &[DriftedField] {
        match &self.kind {
            DriftKind::Values(fields) => fields,
            DriftKind::Gone => &[],
        }
    }

    /// Whether git has a new expiration date for an expired offer.
    pub fn has_new_expiration(&self) -> bool {
        self.fields().iter().any(|field| field.field == Field::ExpirationDate && field.changed_in_git())
    }

    /// The fields that an action sets to another value than the one they were changed to in CAKE.
    pub(super) fn overwritten_by(&self, action: &Action) -> impl Iterator<Item = &DriftedField> {
        let sets_other = |field: &DriftedField| {
            let changes = action.changes.iter();
            changes.filter(|change| change.field == field.field).any(|c| c.after.as_ref() != field.observed.value())
        };
        self.fields().iter().filter(move |field| field.changed_in_cake() && sets_other(field))
    }

    /// Whether it counts as drift: a change in git alone does not.
    pub fn is_drift(&self) -> bool {
        self.kind == DriftKind::Gone || self.fields().iter().any(|field| field.changed_by != ChangedBy::Git)
    }
}
