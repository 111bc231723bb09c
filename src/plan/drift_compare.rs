//! Compares the three sides of every recorded offer: what CAKE shows, the record and the YAML.
//!
//! One pass over sorted lists. Pure. The invariant: what CAKE does not show, or shows in a form that cannot be read, is never
//! taken for equal and never for changed.

use crate::offer::{
    DesiredOffer, DesiredSet, Field, FieldSet, Fields, Key, Observed, ObservedValues, OfferStatus, Record,
    RecordStatus, Recorded, Replaced, ShownValue, Value,
};

use super::drift::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, NotCompared};
use super::planner::renames;
use super::selection::Selection;

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
        let (values, offer_id) = (observed.offers.get(&record.offer_id), record.offer_id);
        let retired = record.status == RecordStatus::Retired && offer.is_none();
        let Comparison { kind, not_compared: fields } = compare_offer(offer, record, values, retired);
        if !fields.is_empty() {
            drift.not_compared.push(NotCompared { key: key.clone(), offer_id, fields });
        }
        let renamed_to = renamed_to.cloned();
        let reactivated = reactivated(key, renamed_to.as_ref(), record, observed);
        if kind == DriftKind::Values(Vec::new()) {
            drift.unchanged += usize::from(!retired);
            drift.retired += usize::from(retired);
        } else {
            let (key, expired) = (key.clone(), values.is_some_and(ObservedValues::is_expired));
            drift.offers.push(DriftedOffer { key, renamed_to, offer_id, retired, kind, expired });
        }
        drift.offers.extend(reactivated);
    }
    drift
}

/// The offers that the key's one has replaced and that are not inactive in CAKE, as they were; and those that are still to be made so, and
/// are active there or not shown.
fn reactivated(key: &Key, renamed_to: Option<&Key>, record: &Record, observed: &Observed) -> Vec<DriftedOffer> {
    let inactive = Value::Status(OfferStatus::Inactive);
    let drifted = |old: &Replaced| {
        let kind = match observed.offers.get(&old.offer_id) {
            Some(values) if old.inactive => compare_reactivated(&old.fields, Some(&inactive), values).kind,
            Some(values) => DriftKind::Values(still_active(values).into_iter().collect()),
            // A list need not show inactive offers.
            None if old.inactive => return None,
            None => DriftKind::Gone,
        };
        let (key, renamed_to, offer_id) = (key.clone(), renamed_to.cloned(), old.offer_id);
        let is_drift = kind != DriftKind::Values(Vec::new());
        is_drift.then_some(DriftedOffer { key, renamed_to, offer_id, retired: true, kind, expired: false })
    };
    record.replaced.iter().filter_map(drifted).collect()
}

/// The status of an offer that is to be made inactive, and of which no status is recorded.
fn still_active(values: &ObservedValues) -> Option<DriftedField> {
    let field = compare_retired(None, values).kind;
    let DriftKind::Values(fields) = field else { return None };
    fields.into_iter().next().map(|field| match field.changed_by {
        ChangedBy::Cake => DriftedField { changed_by: ChangedBy::Git, ..field },
        _ => field,
    })
}

struct Comparison {
    kind: DriftKind,
    not_compared: FieldSet,
}

impl Comparison {
    fn of(fields: Vec<DriftedField>, not_compared: FieldSet) -> Self {
        Self { kind: DriftKind::Values(fields), not_compared }
    }
}

fn compare_offer(
    offer: Option<&DesiredOffer>,
    record: &Record,
    values: Option<&ObservedValues>,
    retired: bool,
) -> Comparison {
    match values {
        Some(values) if retired => compare_reactivated(&record.fields, record.fields.get(Field::OfferStatus), values),
        Some(values) => compare(offer, record, values),
        // Of a retired offer only the status matters, and it is not known.
        None if retired => Comparison::of(Vec::new(), FieldSet::from_iter([Field::OfferStatus])),
        None => Comparison { kind: DriftKind::Gone, not_compared: FieldSet::default() },
    }
}

/// The fields by which CAKE's users know an offer.
const IDENTITY: [Field; 3] = [Field::OfferName, Field::AdvertiserId, Field::OfferUrl];

/// A retired or replaced offer that was reactivated in CAKE, with what tells whether it still is the recorded one: the offer may be used for
/// something else by now. While it is inactive, its other values do not matter.
fn compare_reactivated(record: &Fields, status: Option<&Value>, values: &ObservedValues) -> Comparison {
    let mut comparison = compare_retired(status, values);
    let DriftKind::Values(fields) = &mut comparison.kind else { return comparison };
    if fields.iter().any(|field| field.changed_by == ChangedBy::Cake) {
        for field in IDENTITY {
            let (recorded, observed) = (record.get(field), values.shown(field));
            if recorded.is_none() || observed == ShownValue::NotShown {
                comparison.not_compared.insert(field);
            } else if let Some(changed_by) = changed_by(recorded, &observed, None) {
                let recorded = recorded.cloned();
                fields.push(DriftedField { field, recorded, observed, desired: None, changed_by });
            }
        }
    }
    comparison
}

/// Whether a retired offer was reactivated in CAKE. Expired and paused count as retired.
fn compare_retired(recorded: Option<&Value>, values: &ObservedValues) -> Comparison {
    let field = Field::OfferStatus;
    let same = Comparison::of(Vec::new(), FieldSet::default());
    let (observed, changed_by) = match values.shown(field) {
        ShownValue::NotShown => return Comparison::of(Vec::new(), FieldSet::from_iter([field])),
        ShownValue::Value { value: Value::Status(OfferStatus::Inactive), .. } => return same,
        ShownValue::OtherWord(_) if values.is_expired() => return same,
        // Whether an offer with another status takes traffic is not known.
        ShownValue::OtherWord(text) => {
            (ShownValue::Unreadable { text, reason: Box::from("not a status of CAKE's API") }, ChangedBy::Unknown)
        }
        observed @ ShownValue::Unreadable { .. } => (observed, ChangedBy::Unknown),
        observed @ ShownValue::Value { .. } => (observed, ChangedBy::Cake),
    };
    let recorded = recorded.cloned();
    Comparison::of(vec![DriftedField { field, recorded, observed, desired: None, changed_by }], FieldSet::default())
}

/// The fields of one offer that are not everywhere the same, and those that CAKE does not show. Fields that are neither
/// recorded nor desired, or no longer managed by the YAML, are ignored.
fn compare(offer: Option<&DesiredOffer>, record: &Record, values: &ObservedValues) -> Comparison {
    let ignored = offer.map(|offer| offer.sync.ignore_changes).unwrap_or_default();
    let (mut fields, mut not_compared) = (Vec::new(), FieldSet::default());
    for field in Field::ALL.into_iter().filter(|field| !ignored.contains(*field)) {
        let recorded = record.fields.get(field);
        let desired = offer.and_then(|offer| offer.fields.get(field));
        let is_managed = if offer.is_some() { desired.is_some() } else { recorded.is_some() };
        let as_recorded = values.fields.get(field) == recorded && desired.is_none_or(|_| desired == recorded);
        // Most fields end here, before anything is copied.
        if !is_managed || (as_recorded && recorded.is_some()) {
            continue;
        }
        let observed = values.shown(field);
        if observed == ShownValue::NotShown {
            not_compared.insert(field);
        }
        let is_ended = field == Field::OfferStatus && is_inactive(desired) && values.is_expired();
        // An offer that is wanted inactive and that CAKE has ended by itself is as it is wanted.
        let changed_by = if is_ended {
            (!is_inactive(recorded)).then_some(ChangedBy::Git)
        } else {
            changed_by(recorded, &observed, desired)
        };
        if let Some(changed_by) = changed_by {
            let (recorded, desired) = (recorded.cloned(), desired.cloned());
            fields.push(DriftedField { field, recorded, observed, desired, changed_by });
        }
    }
    let is_to_retire = offer.is_none() && record.fields.get(Field::OfferStatus).is_none();
    fields.extend(still_active(values).filter(|_| is_to_retire));
    Comparison::of(fields, not_compared)
}

fn is_inactive(status: Option<&Value>) -> bool {
    status == Some(&Value::Status(OfferStatus::Inactive))
}

/// Which side changed the value; `None` if all known values are equal. A value that CAKE does not show counts as unchanged.
fn changed_by(recorded: Option<&Value>, observed: &ShownValue, desired: Option<&Value>) -> Option<ChangedBy> {
    if matches!(observed, ShownValue::Unreadable { .. }) {
        return Some(ChangedBy::Unknown);
    }
    let is_desired =
        |value: Option<&Value>| desired.zip(value).is_some_and(|(desired, value)| desired.is_shown_as(value));
    let git = desired.is_some() && !is_desired(recorded);
    // A value that was never recorded has nothing to have drifted from.
    let cake = recorded.is_some() && observed.differs_from(recorded);
    let alike = is_desired(observed.value());
    match (git, cake) {
        (false, false) => None,
        (true, _) if alike => Some(ChangedBy::BothAlike),
        (true, false) => Some(ChangedBy::Git),
        (false, true) => Some(ChangedBy::Cake),
        (true, true) => Some(ChangedBy::Conflict),
    }
}
