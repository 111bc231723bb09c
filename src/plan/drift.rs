//! Drift: observed against recorded against desired, field by field. Pure, like the plan.

use schemars::JsonSchema;
use serde::Serialize;

use crate::offer::{
    DesiredOffer, DesiredSet, Digest, Field, Key, Observed, ObservedValues, OfferId, OfferStatus, Record, RecordStatus,
    Recorded, Value,
};

use super::action::Action;
use super::planner::renames;
use super::selection::Selection;

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
}

impl ChangedBy {
    /// Name used in JSON and text output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Cake => "cake",
            Self::BothAlike => "both_alike",
            Self::Conflict => "conflict",
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
    /// What CAKE shows now; `None` where it shows nothing, or a word that cannot be written back.
    pub observed: Option<Value>,
    /// CAKE's own text, where it is not a value that can be written.
    pub observed_word: Option<String>,
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
    /// Whether it is recorded as retired and has no YAML.
    pub retired: bool,
    /// How it differs.
    pub kind: DriftKind,
    /// Whether it is expired; CAKE may set that once the expiration date has passed.
    pub expired: bool,
}

/// Every offer that is not as it was recorded, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// The offers, by the key that they are recorded under.
    pub offers: Vec<DriftedOffer>,
    /// How many recorded offers are as they were recorded.
    pub unchanged: usize,
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
}

impl DriftedField {
    fn digest(&self, sum: Digest) -> Digest {
        let Self { field, recorded, observed, observed_word, desired, changed_by } = self;
        let sum = sum.text(field.name()).text(changed_by.word()).optional(recorded.as_ref());
        sum.optional(observed.as_ref()).optional(observed_word.as_ref()).optional(desired.as_ref())
    }

    /// Whether it was changed in CAKE.
    pub fn changed_in_cake(&self) -> bool {
        matches!(self.changed_by, ChangedBy::Cake | ChangedBy::Conflict)
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
        self.fields().iter().any(|field| field.field == Field::ExpirationDate && field.changed_by != ChangedBy::Cake)
    }

    /// The fields that an action sets to another value than the one they were changed to in CAKE.
    pub(super) fn overwritten_by(&self, action: &Action) -> impl Iterator<Item = &DriftedField> {
        let sets_other = |field: &DriftedField| {
            action.changes.iter().any(|change| change.field == field.field && change.after != field.observed)
        };
        self.fields().iter().filter(move |field| field.changed_in_cake() && sets_other(field))
    }

    /// Whether it counts as drift: a change in git alone does not.
    pub fn is_drift(&self) -> bool {
        self.kind == DriftKind::Gone || self.fields().iter().any(|field| field.changed_by != ChangedBy::Git)
    }
}

impl Drift {
    /// Whether nothing was changed in CAKE.
    pub fn is_empty(&self) -> bool {
        !self.offers.iter().any(DriftedOffer::is_drift)
    }
}

/// Compares the three sides of every recorded offer that is selected.
pub fn drift(desired: &DesiredSet, recorded: &Recorded, observed: &Observed, selection: &Selection) -> Drift {
    let mut drift = Drift::default();
    let renames = renames(desired, recorded);
    // Both sides are sorted by key, so they are walked side by side.
    let mut offers = desired.offers.iter().peekable();
    for (key, record) in &recorded.offers {
        while offers.next_if(|offer| offer.key < *key).is_some() {}
        let renamed_to = renames.get(key).copied();
        let offer = match renamed_to {
            Some(to) => desired.get(to),
            None => offers.peek().copied().filter(|offer| offer.key == *key),
        };
        if !selection.contains(key) && !renamed_to.is_some_and(|to| selection.contains(to)) {
            continue;
        }
        let retired = record.status == RecordStatus::Retired && offer.is_none();
        let values = observed.offers.get(&record.offer_id);
        let kind = match values {
            // A retired offer is only checked for being active again.
            None if retired => DriftKind::Values(Vec::new()),
            None => DriftKind::Gone,
            Some(values) if retired => DriftKind::Values(reactivated(record, values).into_iter().collect()),
            Some(values) => DriftKind::Values(compare(offer, record, values)),
        };
        if kind == DriftKind::Values(Vec::new()) {
            drift.unchanged += 1;
            continue;
        }
        let (key, renamed_to) = (key.clone(), renamed_to.cloned());
        let expired = values.is_some_and(is_expired);
        drift.offers.push(DriftedOffer { key, renamed_to, offer_id: record.offer_id, retired, kind, expired });
    }
    drift
}

fn is_expired(values: &ObservedValues) -> bool {
    values.other_status.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("expired"))
}

/// What CAKE shows of a field.
#[derive(Clone)]
struct ShownValue<'a> {
    value: Option<&'a Value>,
    word: Option<&'a str>,
}

impl<'a> ShownValue<'a> {
    /// CAKE's user interface shows `Paused` for an offer that is inactive in its API.
    const PAUSED: &'static Value = &Value::Status(OfferStatus::Inactive);

    fn of(values: &'a ObservedValues, field: Field) -> Self {
        let word = values.word(field);
        let value = match word {
            Some(word) if field == Field::OfferStatus && word.eq_ignore_ascii_case("paused") => Some(Self::PAUSED),
            Some(_) => None,
            None => values.fields.get(field),
        };
        Self { value, word }
    }

    /// An absent member is unknown; a text that cannot be written is known to be another value.
    fn is_known(&self) -> bool {
        self.value.is_some() || self.word.is_some()
    }

    fn drifted(
        self,
        field: Field,
        recorded: Option<&Value>,
        desired: Option<&Value>,
        changed_by: ChangedBy,
    ) -> DriftedField {
        DriftedField {
            field,
            recorded: recorded.cloned(),
            observed: self.value.cloned(),
            observed_word: self.word.map(str::to_owned),
            desired: desired.cloned(),
            changed_by,
        }
    }
}

/// The status of a retired offer that was reactivated in CAKE. Expired and paused count as retired.
fn reactivated(record: &Record, values: &ObservedValues) -> Option<DriftedField> {
    let shown = ShownValue::of(values, Field::OfferStatus);
    let inactive = shown.value.is_none_or(|value| value == ShownValue::PAUSED);
    (!inactive).then(|| shown.drifted(Field::OfferStatus, record.fields.get(Field::OfferStatus), None, ChangedBy::Cake))
}

/// The fields of one offer that are not everywhere the same. Fields that are neither recorded nor
/// desired, or no longer managed by the YAML, are ignored.
fn compare(offer: Option<&DesiredOffer>, record: &Record, values: &ObservedValues) -> Vec<DriftedField> {
    let ignored = offer.map(|offer| offer.sync.ignore_changes).unwrap_or_default();
    let mut fields = Vec::new();
    for field in Field::ALL.into_iter().filter(|field| !ignored.contains(*field)) {
        let recorded = record.fields.get(field);
        let desired = offer.and_then(|offer| offer.fields.get(field));
        if offer.is_some() && desired.is_none() {
            continue;
        }
        let shown = ShownValue::of(values, field);
        if let Some(changed_by) = changed_by(recorded, &shown, desired) {
            fields.push(shown.drifted(field, recorded, desired, changed_by));
        }
    }
    fields
}

/// Which side changed the value; `None` if all known values are equal. An unknown observed value counts as unchanged.
fn changed_by(recorded: Option<&Value>, shown: &ShownValue<'_>, desired: Option<&Value>) -> Option<ChangedBy> {
    let git = desired.is_some() && desired != recorded;
    // A value that was never recorded has nothing to have drifted from.
    let cake = shown.is_known() && shown.value != recorded && recorded.is_some();
    let alike = shown.value.is_some() && shown.value == desired;
    match (git, cake) {
        (false, false) => None,
        (true, _) if alike => Some(ChangedBy::BothAlike),
        (true, false) => Some(ChangedBy::Git),
        (false, true) => Some(ChangedBy::Cake),
        (true, true) => Some(ChangedBy::Conflict),
    }
}
