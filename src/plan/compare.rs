//! The field diff of one offer: which managed values differ, split by what CAKE's update call can do about it.

use crate::offer::{DesiredOffer, Field, FieldSet, Fields, OfferId, Record, Update, Value};

use super::action::{FieldChange, YamlLocation};
use crate::source::Place;

/// What differs between a desired offer and its record.
#[derive(Debug, Default)]
pub(super) struct FieldDifferences {
    /// Values that an update can change.
    pub updatable: Vec<FieldChange>,
    /// Values that only a person, or a replacement, can change.
    pub create_only: Vec<FieldChange>,
    /// Recorded values that are no longer managed.
    pub released: Vec<FieldChange>,
}

/// Compares by meaning: `20` and `20.00` do not differ, and neither does a text of which CAKE shows the line ends otherwise.
pub(super) fn compare(offer: &DesiredOffer, record: &Record) -> FieldDifferences {
    let mut difference = FieldDifferences::default();
    let ignored = offer.sync.ignore_changes;
    for field in Field::ALL {
        let after = offer.fields.get(field).filter(|_| !ignored.contains(field));
        let Some(change) = differing(offer, record, field, after) else { continue };
        let list = match (after, field.is_create_only()) {
            (None, _) => &mut difference.released,
            (Some(_), true) => &mut difference.create_only,
            (Some(_), false) => &mut difference.updatable,
        };
        list.push(change);
    }
    difference
}

/// The change of a field from what is recorded to a value of the offer, or to none; `None` where both are the same.
fn differing(offer: &DesiredOffer, record: &Record, field: Field, after: Option<&Value>) -> Option<FieldChange> {
    let is_recorded = match (record.fields.get(field), after) {
        (Some(before), Some(after)) => after.is_shown_as(before),
        (before, after) => before == after,
    };
    let change = || change(Some(record), field, after.cloned(), after.and_then(|_| offer.given_at(field)));
    (!is_recorded).then(|| FieldChange { due_since: after.and_then(|_| offer.changed_since(field)), ..change() })
}

/// What a replacement is sent and the recorded offer has otherwise, or is not known to have; and what is recorded and not sent. A create
/// sends the values under `ignore_changes` as well.
pub(super) fn changes_of_replace(offer: &DesiredOffer, sent: &Fields, record: &Record) -> Vec<FieldChange> {
    Field::ALL.into_iter().filter_map(|field| differing(offer, record, field, sent.get(field))).collect()
}

/// The updatable values that differ from what is recorded.
pub fn changes_to(offer: &DesiredOffer, record: &Record) -> Vec<FieldChange> {
    compare(offer, record).updatable
}

/// The update that carries out changes of updatable fields; `None` where there is none.
pub(crate) fn update_of(offer_id: OfferId, changes: &[FieldChange]) -> Option<Update> {
    let pairs = changes.iter().filter_map(|change| Some((change.field.updatable()?, change.after.clone()?)));
    Update::new(offer_id, pairs)
}

/// The fields of some changes.
pub(super) fn fields_of(changes: &[FieldChange]) -> FieldSet {
    changes.iter().map(|change| change.field).collect()
}

/// Every value as a change from nothing, as a create shows it.
pub(super) fn changes_of_create(offer: &DesiredOffer, fields: &Fields) -> Vec<FieldChange> {
    let changes = fields.iter().map(|(field, value)| FieldChange {
        due_since: offer.due_since(field),
        ..change(None, field, Some(value.clone()), offer.given_at(field))
    });
    changes.collect()
}

/// A change from what the record has of the field; from nothing, where there is no record.
pub(super) fn change(
    record: Option<&Record>,
    field: Field,
    after: Option<Value>,
    given_at: Option<Place>,
) -> FieldChange {
    let before = record.and_then(|record| record.fields.get(field)).cloned();
    let is_unknown_status = field == Field::OfferStatus && before.is_none();
    let status_word = record.filter(|_| is_unknown_status).and_then(|record| record.status_word.clone());
    let source = given_at.map(YamlLocation::from);
    FieldChange { field, before, after, status_word, new_host: None, source, due_since: None, cluster: None }
}
