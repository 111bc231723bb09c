//! `_defaults.yaml`: the values that a folder's offers inherit. The nearest folder takes precedence, and the offer overrides all.
//!
//! An inherited value cannot be removed. An offer that must not have it belongs in another folder.

use std::sync::Arc;

use super::draft::Draft;
use super::sync::SyncDraft;
use crate::offer::{DesiredOffer, Field, FieldSet, Fields, Key, OfferStatus, Schedule, Value, ValuePlaces};
use crate::source::{Place, SourcePath};

/// The values inherited in one folder, including all levels above it.
#[derive(Debug, Clone, Default)]
pub(super) struct Inherited {
    fields: Fields,
    places: Option<Arc<[(Field, Place)]>>,
    given: FieldSet,
    sync: SyncDraft,
    /// A file of defaults could not be read, so its values are unknown.
    incomplete: bool,
}

impl Inherited {
    /// The inherited values of a folder with its own defaults.
    pub(super) fn with(&self, file: &SourcePath, nearer: &Draft) -> Self {
        let mut sum = self.clone();
        for field in nearer.given.iter() {
            sum.given.insert(field);
            sum.fields.remove(field);
        }
        for (field, value) in nearer.fields.iter() {
            sum.fields.set(field, value.clone());
        }
        let outer = self.places.iter().flat_map(|places| places.iter()).filter(|(of, _)| !nearer.given.contains(*of));
        let nearer_places = nearer.places.iter().map(|(field, span)| (*field, Place::new(file.clone(), *span)));
        sum.places = Some(outer.cloned().chain(nearer_places).collect());
        sum.sync = nearer.sync.or(&self.sync);
        sum
    }

    /// The inherited values of a folder whose own defaults could not be read.
    pub(super) fn incomplete(&self) -> Self {
        Self { incomplete: true, ..self.clone() }
    }

    pub(super) fn into_fields(self) -> Fields {
        self.fields
    }

    /// The required fields that neither the draft nor its defaults have.
    pub(super) fn missing(&self, draft: &Draft) -> Vec<Field> {
        let is_missing =
            |field: &Field| field.is_required() && !draft.given.contains(*field) && !self.given.contains(*field);
        if self.incomplete { Vec::new() } else { Field::ALL.into_iter().filter(is_missing).collect() }
    }

    /// The finished offer; `None` if a problem was reported.
    pub(super) fn complete(&self, mut draft: Draft, key: Key, file: &SourcePath) -> Option<DesiredOffer> {
        for field in Field::ALL {
            if draft.given.contains(field) || !self.given.contains(field) {
                continue;
            }
            if let Some(value) = self.fields.get(field) {
                draft.fields.set(field, value.clone());
            }
            draft.given.insert(field);
        }
        if self.incomplete || draft.given.iter().any(|field| draft.fields.get(field).is_none()) {
            return None;
        }
        if draft.fields.get(Field::OfferStatus).is_none() {
            draft.fields.set(Field::OfferStatus, Value::Status(OfferStatus::Active));
        }
        let sync = draft.sync.or(&self.sync);
        Some(DesiredOffer {
            key,
            fields: draft.fields,
            sync: sync.settings(),
            allowed: sync.allowed,
            waivers: sync.waivers,
            schedule: Schedule::new(sync.schedule),
            has: sync.has,
            place: Place::new(file.clone(), draft.start),
            places: ValuePlaces::new(draft.places, self.places.clone()),
        })
    }
}
