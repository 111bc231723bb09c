//! Drift: observed against recorded against desired, field by field. Pure, like the plan.

use crate::offer::{
    DesiredOffer, DesiredSet, Field, Key, Observed, ObservedValues, OfferId, Record, RecordStatus, Recorded, Value,
};

use super::selection::Selection;

/// Who moved a field since CAKE last confirmed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mover {
    /// Git alone: a normal change, to be applied.
    Git,
    /// CAKE alone: drift.
    Cake,
    /// Both, to the same value: it settles by itself.
    BothAlike,
    /// Both, to different values: a conflict.
    Conflict,
}

impl Mover {
    /// The word in output.
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
    /// What CAKE shows now; `None` where it shows a word that cannot be written back.
    pub observed: Option<Value>,
    /// CAKE's own word, where [`DriftedField::observed`] cannot hold it.
    pub observed_word: Option<String>,
    /// What git wants; `None` where the offer has no YAML or does not manage the field.
    pub desired: Option<Value>,
    /// Who moved.
    pub mover: Mover,
}

/// What is the matter with an offer.
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
    /// Its key.
    pub key: Key,
    /// Its id.
    pub offer_id: OfferId,
    /// What is the matter.
    pub kind: DriftKind,
    /// Whether CAKE moved it to Expired, as it does by itself once the date has passed.
    pub expired: bool,
}

/// Every offer that is not as it was recorded, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// The offers.
    pub offers: Vec<DriftedOffer>,
    /// How many recorded offers are as they were recorded.
    pub unchanged: usize,
}

impl DriftedField {
    /// Whether somebody changed it in CAKE.
    pub fn moved_in_cake(&self) -> bool {
        matches!(self.mover, Mover::Cake | Mover::Conflict)
    }
}

impl DriftedOffer {
    /// The fields that differ.
    pub fn fields(&self) -> &[DriftedField] {
        match &self.kind {
            DriftKind::Values(fields) => fields,
            DriftKind::Gone => &[],
        }
    }

    /// Whether it counts as drift: a change in git alone does not.
    pub fn is_drift(&self) -> bool {
        self.kind == DriftKind::Gone || self.fields().iter().any(|field| field.mover != Mover::Git)
    }
}

impl Drift {
    /// Whether anything moved in CAKE.
    pub fn is_empty(&self) -> bool {
        !self.offers.iter().any(DriftedOffer::is_drift)
    }

    /// The offer of that key.
    pub fn get(&self, key: &Key) -> Option<&DriftedOffer> {
        self.offers.binary_search_by(|offer| offer.key.cmp(key)).ok().and_then(|at| self.offers.get(at))
    }
}

/// Compares the three sides of every recorded offer that is selected.
pub fn drift(desired: &DesiredSet, recorded: &Recorded, observed: &Observed, selection: &Selection) -> Drift {
    let mut drift = Drift::default();
    for (key, record) in recorded.offers.iter().filter(|(key, _)| selection.contains(key)) {
        let kind = match observed.offers.get(&record.offer_id) {
            None => DriftKind::Gone,
            Some(values) => DriftKind::Values(compare(desired.get(key), record, values)),
        };
        if kind == DriftKind::Values(Vec::new()) {
            drift.unchanged += 1;
            continue;
        }
        let expired = observed.offers.get(&record.offer_id).is_some_and(is_expired);
        drift.offers.push(DriftedOffer { key: key.clone(), offer_id: record.offer_id, kind, expired });
    }
    drift
}

fn is_expired(values: &ObservedValues) -> bool {
    values.other_status.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("expired"))
}

/// The fields of one offer that are not everywhere the same. Only what is recorded or desired is offersync's business.
fn compare(offer: Option<&DesiredOffer>, record: &Record, values: &ObservedValues) -> Vec<DriftedField> {
    let ignored = offer.map(|offer| offer.sync.ignore_changes).unwrap_or_default();
    let retired = record.status == RecordStatus::Retired;
    let mut fields = Vec::new();
    for field in Field::ALL.into_iter().filter(|field| !ignored.contains(*field)) {
        // A retired offer is only watched for coming alive again.
        if retired && field != Field::OfferStatus {
            continue;
        }
        let recorded = record.fields.get(field);
        let desired = offer.filter(|_| !retired).and_then(|offer| offer.fields.get(field));
        let word = values.other_status.as_deref().filter(|_| field == Field::OfferStatus);
        let observed = values.fields.get(field).filter(|_| word.is_none());
        let known = observed.is_some() || word.is_some();
        if let Some(mover) = mover(recorded, observed, desired, known) {
            fields.push(DriftedField {
                field,
                recorded: recorded.cloned(),
                observed: observed.cloned(),
                observed_word: word.map(str::to_owned),
                desired: desired.cloned(),
                mover,
            });
        }
    }
    fields
}

/// Who moved; nobody where all that is known is the same. An unknown observed value speaks for nobody.
fn mover(recorded: Option<&Value>, observed: Option<&Value>, desired: Option<&Value>, known: bool) -> Option<Mover> {
    let wanted = desired.or(recorded)?;
    let git = desired.is_some() && desired != recorded;
    // A value that was never recorded has nothing to have drifted from.
    let cake = known && observed != recorded && recorded.is_some();
    match (git, cake) {
        (false, false) => None,
        (true, false) if known && observed == Some(wanted) => Some(Mover::BothAlike),
        (true, false) => Some(Mover::Git),
        (false, true) => Some(Mover::Cake),
        (true, true) if observed == Some(wanted) => Some(Mover::BothAlike),
        (true, true) => Some(Mover::Conflict),
    }
}
