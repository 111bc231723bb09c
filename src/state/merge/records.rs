//! The records of two states, joined by CAKE's ids and merged field by field.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Unknown;
use super::conflict::{Conflict, Side};
use super::scalar::pick;
use crate::offer::{Field, Fields, Key, OfferId, Record, RecordStatus, Recorded, Replaced};

/// A record under its key.
type Keyed<'a> = (&'a Key, &'a Record);

/// One record through the three states.
#[derive(Debug, Default, Clone)]
pub(super) struct Line<'a> {
    base: Option<Keyed<'a>>,
    ours: Option<Keyed<'a>>,
    theirs: Option<Keyed<'a>>,
    /// A second record that a state has of the same line, which cannot be merged.
    tangle: Option<(OfferId, OfferId)>,
}

type Merge<T> = Result<T, Box<Conflict>>;

/// Every record of the three states, those with an id in common in one line; ordered by their smallest ids.
pub(super) fn lines<'a>(base: &'a Recorded, ours: &'a Recorded, theirs: &'a Recorded) -> Vec<Line<'a>> {
    let mut groups = Groups::default();
    for recorded in [base, ours, theirs] {
        for record in recorded.offers.values() {
            groups.join(Line::ids(record));
        }
    }
    let mut lines: BTreeMap<OfferId, Line<'a>> = BTreeMap::new();
    for (recorded, place) in [(base, Place::Base), (ours, Place::Ours), (theirs, Place::Theirs)] {
        for keyed in &recorded.offers {
            lines.entry(groups.first_of(keyed.1.offer_id)).or_default().put(place, keyed);
        }
    }
    lines.into_values().collect()
}

#[derive(Debug, Clone, Copy)]
enum Place {
    Base,
    Ours,
    Theirs,
}

/// Ids that belong together, each group known by its smallest id.
#[derive(Debug, Default)]
struct Groups(HashMap<OfferId, OfferId>);

impl Groups {
    fn first_of(&mut self, id: OfferId) -> OfferId {
        let mut first = id;
        while let Some(parent) = self.0.get(&first).filter(|parent| **parent != first) {
            first = *parent;
        }
        self.0.insert(id, first);
        first
    }

    fn join(&mut self, ids: impl Iterator<Item = OfferId>) {
        let mut group: Option<OfferId> = None;
        for id in ids {
            let first = self.first_of(id);
            let joined = group.map_or(first, |group| group.min(first));
            for member in group.into_iter().chain([first]) {
                self.0.insert(member, joined);
            }
            group = Some(joined);
        }
    }
}

impl<'a> Line<'a> {
    /// Every id of a record, those it took the place of too.
    pub(super) fn ids(record: &Record) -> impl Iterator<Item = OfferId> {
        std::iter::once(record.offer_id).chain(record.replaced.iter().map(|old| old.offer_id))
    }

    fn put(&mut self, place: Place, keyed: Keyed<'a>) {
        let slot = match place {
            Place::Base => &mut self.base,
            Place::Ours => &mut self.ours,
            Place::Theirs => &mut self.theirs,
        };
        if let Some((_, other)) = slot.replace(keyed) {
            self.tangle = Some((other.offer_id.min(keyed.1.offer_id), other.offer_id.max(keyed.1.offer_id)));
        }
    }

    /// The record of both sides; `None` where it is forgotten.
    pub(super) fn merge(&self, unknown: &mut Vec<Unknown>) -> Merge<Option<(Key, Record)>> {
        let Self { base, ours, theirs, tangle } = self;
        if let Some((first, second)) = *tangle {
            return Err(Box::new(Conflict::Tangled { first, second }));
        }
        let owned = |(key, record): Keyed<'_>| (key.clone(), record.clone());
        match (base, ours, theirs) {
            (_, None, None) => Ok(None),
            (None, Some(only), None) | (None, None, Some(only)) => Ok(Some(owned(*only))),
            (Some(base), Some(changed), None) => forgotten(*base, *changed, Side::Theirs),
            (Some(base), None, Some(changed)) => forgotten(*base, *changed, Side::Ours),
            (_, Some(ours), Some(theirs)) if ours == theirs => Ok(Some(owned(*ours))),
            (Some(base), Some(ours), Some(theirs)) if base == theirs => Ok(Some(owned(*ours))),
            (Some(base), Some(ours), Some(theirs)) if base == ours => Ok(Some(owned(*theirs))),
            (base, Some(ours), Some(theirs)) => both(*base, *ours, *theirs, unknown).map(Some),
        }
    }
}

fn forgotten(base: Keyed<'_>, changed: Keyed<'_>, forgotten: Side) -> Merge<Option<(Key, Record)>> {
    if base == changed {
        return Ok(None);
    }
    Err(Box::new(Conflict::Forgotten { key: changed.0.clone(), offer_id: changed.1.offer_id, forgotten }))
}

/// A record that both sides changed.
fn both(
    base: Option<Keyed<'_>>,
    ours: Keyed<'_>,
    theirs: Keyed<'_>,
    unknown: &mut Vec<Unknown>,
) -> Merge<(Key, Record)> {
    let (our_key, ours) = ours;
    let (their_key, theirs) = theirs;
    let base_record = base.map(|(_, record)| record);
    let key = pick(base.map(|(key, _)| key), our_key, their_key).ok_or_else(|| {
        let offer_id = base_record.map_or(ours.offer_id, |base| base.offer_id);
        Box::new(Conflict::TwoKeys { offer_id, ours: our_key.clone(), theirs: their_key.clone() })
    })?;
    let id = pick(base_record.map(|base| &base.offer_id), &ours.offer_id, &theirs.offer_id)
        .ok_or_else(|| Box::new(Conflict::TwoIds { key: key.clone(), ours: ours.offer_id, theirs: theirs.offer_id }))?;
    let protect = pick(base_record.map(|base| &base.protect), &ours.protect, &theirs.protect).copied().unwrap_or(true);
    let replaced = replaced(base_record, ours, theirs);
    // What a record says besides is about its present offer. A side that still has the old one knows nothing of it.
    let (status, fields) = match (ours.offer_id == *id, theirs.offer_id == *id) {
        (true, false) => (ours.status, ours.fields.clone()),
        (false, true) => (theirs.status, theirs.fields.clone()),
        _ => {
            let base = base_record.filter(|base| base.offer_id == *id);
            (status(base, ours, theirs), fields(base, (key, ours), theirs, unknown)?)
        }
    };
    Ok((key.clone(), Record { offer_id: *id, status, fields, protect, replaced }))
}

/// Without a common beginning, live: then the plan looks at the offer again, whatever its YAML says.
fn status(base: Option<&Record>, ours: &Record, theirs: &Record) -> RecordStatus {
    pick(base.map(|base| &base.status), &ours.status, &theirs.status).copied().unwrap_or(RecordStatus::Live)
}

fn fields(base: Option<&Record>, (key, ours): Keyed<'_>, theirs: &Record, unknown: &mut Vec<Unknown>) -> Merge<Fields> {
    let mut merged = Fields::default();
    for field in Field::ALL {
        let (was, our, their) =
            (base.and_then(|base| base.fields.get(field)), ours.fields.get(field), theirs.fields.get(field));
        match pick(Some(&was), &our, &their) {
            Some(Some(value)) => {
                merged.set(field, (*value).clone());
            }
            Some(None) => {}
            None if field.updatable().is_some() => {
                unknown.push(Unknown { key: key.clone(), field, ours: our.cloned(), theirs: their.cloned() });
            }
            None => {
                let shown = |value: Option<&crate::offer::Value>| {
                    value.map_or_else(|| "not managed".to_owned(), |value| format!("{:?}", value.to_string()))
                };
                let (ours_shown, theirs_shown) = (shown(our), shown(their));
                return Err(Box::new(Conflict::TwoValues {
                    key: key.clone(),
                    offer_id: ours.offer_id,
                    field,
                    ours: ours_shown,
                    theirs: theirs_shown,
                }));
            }
        }
    }
    Ok(merged)
}

/// The offers that were replaced, by id, in the base's order and then by id; confirmed inactive where a side knows it.
fn replaced(base: Option<&Record>, ours: &Record, theirs: &Record) -> Vec<Replaced> {
    let find = |record: &Record, id: OfferId| record.replaced.iter().find(|old| old.offer_id == id).copied();
    let of_base = base.map_or(&[][..], |base| &base.replaced);
    let mut order: Vec<OfferId> = of_base.iter().map(|old| old.offer_id).collect();
    let new: BTreeSet<OfferId> = ours.replaced.iter().chain(&theirs.replaced).map(|old| old.offer_id).collect();
    order.extend(new.into_iter().filter(|id| !of_base.iter().any(|old| old.offer_id == *id)));
    let merged = |id: OfferId| {
        let (was, our, their) = (base.and_then(|base| find(base, id)), find(ours, id), find(theirs, id));
        match pick(Some(&was), &our, &their) {
            Some(picked) => *picked,
            None => {
                our.or(their).map(|old| Replaced { inactive: [our, their].iter().flatten().any(|o| o.inactive), ..old })
            }
        }
    };
    order.into_iter().filter_map(merged).collect()
}
