//! The records of two states, joined by CAKE's ids and merged field by field.

use std::collections::{BTreeMap, BTreeSet};

use super::Unknown;
use super::conflict::{Conflict, Side};
use super::scalar::pick;
use super::union_find::UnionFind;
use crate::offer::{
    Field, Fields, Key, OfferId, Record, RecordStatus, Recorded, Replaced, Revision, Revisions, StatusWord, Unsettled,
};

/// A record under its key.
type Keyed<'a> = (&'a Key, &'a Record);

/// One record in each of the three states.
#[derive(Debug, Default, Clone)]
pub(super) struct RecordThreeWay<'a> {
    base: Option<Keyed<'a>>,
    ours: Option<Keyed<'a>>,
    theirs: Option<Keyed<'a>>,
    /// Whether our side may have changed values and changed them back, and whether theirs may.
    may_have_returned: [bool; 2],
    /// Whether our side has written the base's offer since, and whether theirs has.
    has_written: [bool; 2],
    /// Two present offers of one state that another state holds in a single record.
    identity_conflict: Option<(OfferId, OfferId)>,
}

type MergeResult<T> = Result<T, Box<Conflict>>;

/// Joins the records of the three states that have an id in common; ordered by their smallest ids.
pub(super) fn join_by_id<'a>(base: &'a Recorded, ours: &'a Recorded, theirs: &'a Recorded) -> Vec<RecordThreeWay<'a>> {
    let mut groups = UnionFind::default();
    for recorded in [base, ours, theirs] {
        for record in recorded.offers.values() {
            groups.union(record.offer_ids());
        }
    }
    let mut joined: BTreeMap<OfferId, RecordThreeWay<'a>> = BTreeMap::new();
    for (recorded, version) in [(base, Version::Base), (ours, Version::Ours), (theirs, Version::Theirs)] {
        for keyed in &recorded.offers {
            joined.entry(groups.find(keyed.1.offer_id)).or_default().put(version, keyed);
        }
    }
    for (side, version) in [(ours, Version::Ours), (theirs, Version::Theirs)] {
        for id in side.before(base) {
            let record = joined.entry(groups.find(id)).or_default();
            *record.slot(version) = record.base;
        }
    }
    for record in joined.values_mut() {
        let of_base = |(_, record): Keyed<'_>| base.revisions.of(record.offer_id);
        let ancestor = record.base.map(|base| (base, of_base(base)));
        let Some((base, revision)) = ancestor.or_else(|| record.common_ancestor(&ours.revisions, &theirs.revisions))
        else {
            continue;
        };
        record.base = Some(base);
        record.compare_revisions(base, revision, [&ours.revisions, &theirs.revisions]);
    }
    joined.into_values().collect()
}

#[derive(Debug, Clone, Copy)]
enum Version {
    Base,
    Ours,
    Theirs,
}

impl<'a> RecordThreeWay<'a> {
    fn slot(&mut self, version: Version) -> &mut Option<Keyed<'a>> {
        match version {
            Version::Base => &mut self.base,
            Version::Ours => &mut self.ours,
            Version::Theirs => &mut self.theirs,
        }
    }

    fn put(&mut self, version: Version, keyed: Keyed<'a>) {
        if let Some((_, other)) = self.slot(version).replace(keyed) {
            self.identity_conflict = Some((other.offer_id.min(keyed.1.offer_id), other.offer_id.max(keyed.1.offer_id)));
        }
    }

    /// Without a base, the side whose record the other one is built on: it has changed it or removed it since.
    fn common_ancestor<'r>(&self, ours: &'r Revisions, theirs: &'r Revisions) -> Option<(Keyed<'a>, &'r Revision)> {
        let is_earlier = |(_, record): &Keyed<'a>, own: &Revisions, other: &Revisions| {
            let (own, other) = (own.of(record.offer_id), other.of(record.offer_id));
            own != other && other.contains(own)
        };
        // One that has not changed since it was made is before any other. Under another key it was recorded apart, such as by another import.
        let is_unchanged = |record: Keyed<'a>, own: &Revisions| own.of(record.1.offer_id).count() == 0;
        if let Some((our, their)) = self.ours.zip(self.theirs)
            && our.0 != their.0
            && (is_unchanged(our, ours) || is_unchanged(their, theirs))
        {
            return None;
        }
        let of_ours = self.ours.filter(|record| is_earlier(record, ours, theirs)).map(|record| (record, ours));
        let of_theirs = || self.theirs.filter(|record| is_earlier(record, theirs, ours)).map(|record| (record, theirs));
        let (record, own) = of_ours.or_else(of_theirs)?;
        Some((record, own.of(record.1.offer_id)))
    }

    /// Finds out what each side may have done beside what its record shows.
    fn compare_revisions(&mut self, base: Keyed<'a>, revision: &Revision, sides: [&Revisions; 2]) {
        let [ours, theirs] = sides.map(|side| side.of(base.1.offer_id));
        self.has_written = [ours, theirs].map(|side| side.since(revision) > 0);
        // Where a side is neither before nor after the base, as in a cherry-pick, its changes may be later than that of the other one.
        let is_ordered = |side: &Revision| side.contains(revision) || revision.contains(side);
        let are_ordered = is_ordered(ours) && is_ordered(theirs);
        // A generation changes a value once; one that changes none has written what was recorded.
        let has_returned = |own: Option<Keyed<'a>>, side: &Revision| {
            !are_ordered || side.since(revision) > u32::from(own != Some(base))
        };
        self.may_have_returned = [has_returned(self.ours, ours), has_returned(self.theirs, theirs)];
    }

    /// The record of both sides; `None` where it is forgotten.
    pub(super) fn merge(&self, unknown: &mut Vec<Unknown>) -> MergeResult<Option<(Key, Record)>> {
        let Self { base, ours, theirs, may_have_returned, has_written, identity_conflict } = self;
        let [ours_returned, theirs_returned] = *may_have_returned;
        if let Some((first, second)) = *identity_conflict {
            return Err(Box::new(Conflict::IdentityMismatch { first, second }));
        }
        let owned = |(key, record): Keyed<'_>| (key.clone(), record.clone());
        match (base, ours, theirs) {
            (_, None, None) => Ok(None),
            (None, Some(only), None) | (None, None, Some(only)) => Ok(Some(owned(*only))),
            (Some(base), Some(changed), None) => forgotten(*base, *changed, Side::Theirs),
            (Some(base), None, Some(changed)) => forgotten(*base, *changed, Side::Ours),
            (_, Some(ours), Some(theirs)) if ours == theirs => Ok(Some(owned(*ours))),
            (Some(base), Some(ours), Some(theirs)) if base == theirs && !theirs_returned => Ok(Some(owned(*ours))),
            (Some(base), Some(ours), Some(theirs)) if base == ours && !ours_returned => Ok(Some(owned(*theirs))),
            (base, Some(ours), Some(theirs)) => {
                let (key, mut record) = both(*base, *ours, *theirs, *may_have_returned, unknown)?;
                // What one side has replaced and made inactive, the other one may have made active again.
                for ((_, side), has_written) in [ours, theirs].into_iter().zip(*has_written) {
                    let written = record.replaced.iter_mut().filter(|old| has_written && old.offer_id == side.offer_id);
                    written.for_each(|old| old.inactive = false);
                }
                Ok(Some((key, record)))
            }
        }
    }
}

fn forgotten(base: Keyed<'_>, changed: Keyed<'_>, forgotten: Side) -> MergeResult<Option<(Key, Record)>> {
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
    may_have_returned: [bool; 2],
    unknown: &mut Vec<Unknown>,
) -> MergeResult<(Key, Record)> {
    let (our_key, ours) = ours;
    let (their_key, theirs) = theirs;
    let base_record = base.map(|(_, record)| record);
    let key = pick(base.map(|(key, _)| key), our_key, their_key).ok_or_else(|| {
        let offer_id = base_record.map_or(ours.offer_id, |base| base.offer_id);
        Box::new(Conflict::TwoKeys { offer_id, ours: our_key.clone(), theirs: their_key.clone() })
    })?;
    let id = pick(base_record.map(|base| &base.offer_id), &ours.offer_id, &theirs.offer_id).ok_or_else(|| {
        let (ours, theirs) = ((our_key.clone(), ours.offer_id), (their_key.clone(), theirs.offer_id));
        Box::new(Conflict::TwoIds { ours, theirs })
    })?;
    let protect = pick(base_record.map(|base| &base.protect), &ours.protect, &theirs.protect).copied().unwrap_or(true);
    let replaced = replaced(*id, base_record, ours, theirs);
    // Status and values belong to the present offer. A side that still has the old offer says nothing about the new one.
    let unsettled = unsettled(*id, base_record, ours, theirs);
    let of_only = |side: &Record| {
        // The other side may have lost an update of this offer, which it has as a replaced one.
        let lost = unsettled.as_ref().filter(|_| side.unsettled != unsettled).map(|unsettled| unsettled.fields);
        (side.status, side.fields.clone().without(lost.unwrap_or_default()))
    };
    let is_ended = is_ended(*id, base_record, ours, theirs);
    let (status, mut fields) = match (ours.offer_id == *id, theirs.offer_id == *id) {
        (true, false) => of_only(ours),
        (false, true) => of_only(theirs),
        _ => {
            let base = base_record.filter(|base| base.offer_id == *id);
            (
                status(base, ours, theirs, may_have_returned),
                fields(base, (key, ours), theirs, may_have_returned, unknown)?,
            )
        }
    };
    let status_word = status_word(*id, base_record, ours, theirs).filter(|_| fields.get(Field::OfferStatus).is_none());
    if is_ended {
        // What its status is depends on which side was later.
        fields.remove(Field::OfferStatus);
    }
    Ok((key.clone(), Record { offer_id: *id, status, fields, protect, replaced, unsettled, status_word }))
}

/// CAKE's word for the status of the present offer: where both sides have changed it, that of one of them.
fn status_word(id: OfferId, base: Option<&Record>, ours: &Record, theirs: &Record) -> Option<StatusWord> {
    let of = |record: &Record| record.status_word.clone().filter(|_| record.offer_id == id);
    let (ours, theirs) = (of(ours), of(theirs));
    pick(base.map(of).as_ref(), &ours, &theirs).cloned().unwrap_or_else(|| ours.max(theirs))
}

/// What is unsettled of an offer, present or replaced: where both sides have lost updates, those of both.
fn unsettled(id: OfferId, base: Option<&Record>, ours: &Record, theirs: &Record) -> Option<Unsettled> {
    let base = base.map(|base| base.unsettled_of(id));
    let (ours, theirs) = (ours.unsettled_of(id), theirs.unsettled_of(id));
    let both = || Unsettled::of_both(ours.cloned(), theirs.cloned());
    pick(base.as_ref(), &ours, &theirs).map_or_else(both, |picked| picked.cloned())
}

/// Live if there is no common base: then the next plan compares the offer again.
fn status(base: Option<&Record>, ours: &Record, theirs: &Record, may_have_returned: [bool; 2]) -> RecordStatus {
    let base = base.map(|base| &base.status);
    let picked = pick_last(base, &ours.status, &theirs.status, may_have_returned);
    picked.copied().unwrap_or(RecordStatus::Live)
}

/// The value of the last write, of which it is not certain which side made it where both may have made one.
fn pick_last<'v, T: PartialEq>(
    base: Option<&T>,
    ours: &'v T,
    theirs: &'v T,
    [ours_returned, theirs_returned]: [bool; 2],
) -> Option<&'v T> {
    let is_uncertain = ours_returned && base == Some(ours) || theirs_returned && base == Some(theirs);
    if ours != theirs && is_uncertain { None } else { pick(base, ours, theirs) }
}

fn fields(
    base: Option<&Record>,
    (key, ours): Keyed<'_>,
    theirs: &Record,
    may_have_returned: [bool; 2],
    unknown: &mut Vec<Unknown>,
) -> MergeResult<Fields> {
    let mut merged = Fields::default();
    for field in Field::ALL {
        let (was, our, their) =
            (base.and_then(|base| base.fields.get(field)), ours.fields.get(field), theirs.fields.get(field));
        let may_have_returned = if field.updatable().is_some() { may_have_returned } else { [false; 2] };
        match pick_last(Some(&was), &our, &their, may_have_returned) {
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

/// The replaced offers: those of the base in its order, then the others by id; inactive if either side confirmed it.
/// The offers that the present one has replaced, on either side. It is none of them itself, where one side has taken it back.
fn replaced(present: OfferId, base: Option<&Record>, ours: &Record, theirs: &Record) -> Vec<Replaced> {
    let find = |record: &Record, id: OfferId| record.replaced.iter().find(|old| old.offer_id == id).cloned();
    let of_base = base.map_or(&[][..], |base| &base.replaced);
    let mut order: Vec<OfferId> = of_base.iter().map(|old| old.offer_id).collect();
    let new: BTreeSet<OfferId> = ours.replaced.iter().chain(&theirs.replaced).map(|old| old.offer_id).collect();
    order.extend(new.into_iter().filter(|id| !of_base.iter().any(|old| old.offer_id == *id)));
    let merged = |id: OfferId| {
        let (was, our, their) = (base.and_then(|base| find(base, id)), find(ours, id), find(theirs, id));
        let picked = pick(Some(&was), &our, &their).cloned().unwrap_or_else(|| {
            let inactive = [&our, &their].into_iter().flatten().any(|old| old.inactive);
            our.or(their).map(|old| Replaced { inactive, ..old })
        });
        picked.map(|old| Replaced { unsettled: unsettled(id, base, ours, theirs), ..old })
    };
    order.into_iter().filter(|id| *id != present).filter_map(merged).collect()
}

/// Whether one side has made the offer inactive as a replaced one, which the other one has taken back.
fn is_ended(id: OfferId, base: Option<&Record>, ours: &Record, theirs: &Record) -> bool {
    let has_ended = |record: &Record| record.replaced.iter().any(|old| old.offer_id == id && old.inactive);
    !base.is_some_and(has_ended) && [ours, theirs].into_iter().any(has_ended)
}
