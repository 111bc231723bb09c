//! What `drift --accept` leaves as it is, and what to do about it.

use std::collections::BTreeMap;

use crate::apply::is_another_offer;
use crate::offer::{DesiredSet, Field, FieldSet, Fields, Key, OfferId, Record, Recorded, ShownValue, similar_name};
use crate::ops::overridden::Overridden;
use crate::ops::rewrite::FieldEdit;
use crate::plan::{ChangedBy, DriftKind, DriftedField, DriftedOffer};
use crate::source::SourcePath;

use super::uncommitted::{Obstacle, watch_again};

/// Why values of an offer are not taken over.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAccepted {
    #[error(
        "`{0}` was retired and is active in CAKE again. To keep it, write its YAML again; to retire it again, run \
         `offersync apply --refresh --overwrite-drift`."
    )]
    Retired(Key),
    #[error(
        "offer {offer_id}, which `{key}` has replaced, is active in CAKE again. To make it inactive again, run \
         `offersync apply --refresh --overwrite-drift`."
    )]
    Replaced { key: Key, offer_id: OfferId },
    #[error(
        "offer {offer_id}, which {of}, is active in CAKE again, and not as it was recorded: {fields}. It may be used for something else. If it \
         is, forget it: `offersync state rm {forget}`."
    )]
    Reused { offer_id: OfferId, of: String, fields: String, forget: String },
    /// The state may have exchanged the ids of two offers: accepted, the exchange would look right.
    #[error(
        "offer {offer_id} (`{key}`) has the name in CAKE that `{other}` is recorded with, so nothing of either is accepted. The state may \
         have exchanged ids: compare `offersync state show {key}` and `offersync state show {other}` with CAKE. If the names were exchanged \
         in CAKE, write them into the YAML."
    )]
    Exchanged { key: Key, offer_id: OfferId, other: Key },
    /// The state may have the id of an offer that it does not know.
    #[error(
        "offer {offer_id} (`{key}`) may be another one: {fields} in CAKE, so nothing of it is accepted. The state may have the wrong id: \
         compare `offersync state show {key}` with CAKE. If it is the same offer, run `offersync drift --accept {key}`."
    )]
    Another { key: Key, offer_id: OfferId, fields: String },
    #[error(
        "offer {offer_id}, which `{key}` has replaced, is still to be made inactive. To do that, run `offersync apply`."
    )]
    ToRetire { key: Key, offer_id: OfferId },
    #[error("`{0}` has no YAML, so nothing of it can be accepted.")]
    NoYaml(Key),
    /// CAKE's texts for these fields cannot be written into YAML.
    #[error("`{key}`: {}", values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))]
    Unwritable { key: Key, values: Vec<UnwritableValue> },
    #[error(
        "`{}` was changed in git as well: {}. To take CAKE's value over, run `offersync drift --accept {}`; to overwrite it with git's, run \
         `offersync apply --refresh`.", .0.key, .0.fields, .0.key
    )]
    NeedsKey(NeedsKey),
    /// The offer's own value would have no effect.
    #[error("{}, so CAKE's is not accepted: {}.", .0.message(), .0.advice("the command again"))]
    Overridden(Overridden),
    /// What CAKE shows may not be what it will have.
    #[error(
        "`{key}`: {} not accepted: an update without a reply may still take effect, for {seconds} more seconds. Run the command again \
         after that time.", fields.iter().map(Field::name).collect::<Vec<_>>().join(", ")
    )]
    Unsettled { key: Key, fields: FieldSet, seconds: u64 },
    #[error(
        "{file} has changes that are not committed, so CAKE's values of {} are not written into it. Commit them and run the command \
         again, or add --force.", keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
    )]
    Uncommitted { file: SourcePath, keys: Vec<Key> },
    #[error(
        "git does not look for changes of {file}, so CAKE's values of {} are not written into it. Run `{command}` and the command again, \
         or add --force.", keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
    )]
    Unwatched { file: SourcePath, keys: Vec<Key>, command: String },
}

/// An offer of which git and CAKE changed the same field: git's value is lost only where a person names the offer.
#[derive(Debug)]
pub(crate) struct NeedsKey {
    key: Key,
    fields: String,
}

impl NeedsKey {
    pub(super) fn of(drifted: &DriftedOffer, named: &[String]) -> Option<Self> {
        let key = drifted.desired_key();
        let conflicts = drifted.fields().iter().filter(|field| field.changed_by == ChangedBy::Conflict);
        let sides: Vec<_> = conflicts.filter_map(both_sides).collect();
        let needs_key = !drifted.retired && !is_named(drifted, named) && !sides.is_empty();
        needs_key.then(|| Self { key: key.clone(), fields: sides.join(", ") })
    }
}

/// Whether a person names the offer itself.
fn is_named(drifted: &DriftedOffer, named: &[String]) -> bool {
    [drifted.desired_key(), &drifted.key].into_iter().any(|key| named.iter().any(|name| name == key.as_str()))
}

/// `payout is 25.00 in CAKE and 21.00 in git`
fn both_sides(drifted: &DriftedField) -> Option<String> {
    let (shown, desired) = (drifted.observed.value()?, drifted.desired.as_ref()?);
    Some(format!("{} is {:?} in CAKE and {:?} in git", drifted.field, shown.to_string(), desired.to_string()))
}

/// Why a value cannot be written into YAML.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnwritableValue {
    #[error(
        "CAKE's `{field}` `{text}` cannot be written back. To leave it to CAKE, write `sync: {{ignore_changes: [{field}]}}`."
    )]
    OtherWord { field: Field, text: Box<str> },
    #[error("CAKE's `{field}` `{text}` cannot be read ({reason}), so it is not accepted. Look at the offer in CAKE.")]
    Unreadable { field: Field, text: Box<str>, reason: Box<str> },
}

impl UnwritableValue {
    fn of(drifted: &DriftedField) -> Option<Self> {
        let field = drifted.field;
        match drifted.observed.clone() {
            ShownValue::OtherWord(text) => Some(Self::OtherWord { field, text }),
            ShownValue::Unreadable { text, reason } => Some(Self::Unreadable { field, text, reason }),
            ShownValue::Value { .. } | ShownValue::NotShown => None,
        }
    }
}

impl NotAccepted {
    pub(super) fn of(set: &DesiredSet, recorded: &Recorded, drifted: &DriftedOffer, named: &[String]) -> Option<Self> {
        let key = drifted.desired_key().clone();
        let is_certain = |field: &DriftedField| field.changed_by != ChangedBy::Unknown;
        // Those that are gone are counted.
        if drifted.kind == DriftKind::Gone {
            return None;
        }
        if drifted.retired && drifted.fields().iter().all(is_certain) {
            let (record, offer_id) = (recorded.offers.get(&drifted.key), drifted.offer_id);
            let old = record.and_then(|record| record.replaced.iter().find(|old| old.offer_id == offer_id));
            if let Some(reused) = Self::reused(drifted, old.is_some()) {
                return Some(reused);
            }
            return Some(match old {
                Some(old) if old.inactive => Self::Replaced { key, offer_id },
                Some(_) => Self::ToRetire { key, offer_id },
                None => Self::Retired(key),
            });
        }
        if set.get(&key).is_none() && drifted.fields().iter().any(DriftedField::changed_in_cake) {
            return Some(Self::NoYaml(key));
        }
        if let Some(exchanged) = Self::named_like_another(recorded, drifted) {
            return Some(exchanged);
        }
        if is_another_offer(drifted.fields()) && !is_named(drifted, named) {
            return Some(Self::another(drifted));
        }
        let values: Vec<_> = drifted.fields().iter().filter_map(UnwritableValue::of).collect();
        (!values.is_empty()).then_some(Self::Unwritable { key, values })
    }

    /// The keys of which nothing is accepted, because their offers may be others.
    pub(super) fn doubtful(&self) -> Vec<Key> {
        match self {
            Self::Exchanged { key, other, .. } => vec![key.clone(), other.clone()],
            Self::Another { key, .. } => vec![key.clone()],
            _ => Vec::new(),
        }
    }

    fn reused(drifted: &DriftedOffer, is_replaced: bool) -> Option<Self> {
        let is_identity = |field: &&DriftedField| field.field != Field::OfferStatus && field.changed_in_cake();
        let side = |field: &DriftedField| Some(format!("{} is {:?}", field.field, field.observed.text()?));
        let fields: Vec<_> = drifted.fields().iter().filter(is_identity).filter_map(side).collect();
        let (key, offer_id, fields) = (&drifted.key, drifted.offer_id, fields.join(", "));
        let (of, forget) = if is_replaced {
            (format!("`{key}` has replaced"), format!("{key} --replaced {offer_id}"))
        } else {
            (format!("was retired as `{key}`"), key.to_string())
        };
        (!fields.is_empty()).then_some(Self::Reused { offer_id, of, fields, forget })
    }

    /// An offer that has little in common in CAKE with what is recorded of it.
    fn another(drifted: &DriftedOffer) -> Self {
        let is_identity = |field: &&DriftedField| {
            [Field::OfferName, Field::AdvertiserId, Field::OfferUrl].contains(&field.field) && field.changed_in_cake()
        };
        let shown = |field: &DriftedField| Some(format!("{} is {:?}", field.field, field.observed.text()?));
        let fields: Vec<_> = drifted.fields().iter().filter(is_identity).filter_map(shown).collect();
        let (key, offer_id) = (drifted.desired_key().clone(), drifted.offer_id);
        Self::Another { key, offer_id, fields: fields.join(", ") }
    }

    /// An offer that CAKE shows with the name that another one is recorded with.
    fn named_like_another(recorded: &Recorded, drifted: &DriftedOffer) -> Option<Self> {
        let name = drifted.fields().iter().find(|field| field.field == Field::OfferName && field.changed_in_cake())?;
        let shown = name.observed.value()?.as_text()?;
        let (key, offer_id) = (drifted.desired_key().clone(), drifted.offer_id);
        let has_it = |fields: &Fields| fields.name().is_some_and(|name| similar_name(name, shown));
        let is_shown = |(other, record): &(&Key, &Record)| {
            **other != drifted.key && (has_it(&record.fields) || record.replaced.iter().any(|old| has_it(&old.fields)))
        };
        let (other, _) = recorded.offers.iter().find(is_shown)?;
        Some(Self::Exchanged { key, offer_id, other: other.clone() })
    }

    /// A value that an edit of the offer's own field would not give it.
    pub(super) fn overridden(edit: &FieldEdit<'_>) -> Option<Self> {
        Overridden::of(edit.offer, edit.field).map(Self::Overridden)
    }

    /// Edits that are left out, by their files.
    pub(super) fn uncommitted(edits: &[FieldEdit<'_>], obstacles: &BTreeMap<SourcePath, Obstacle>) -> Vec<Self> {
        let mut by_file: BTreeMap<&SourcePath, Vec<Key>> = BTreeMap::new();
        for edit in edits {
            let keys = by_file.entry(&edit.offer.place.file).or_default();
            if !keys.contains(&edit.offer.key) {
                keys.push(edit.offer.key.clone());
            }
        }
        let left_out = |(file, keys): (&SourcePath, Vec<Key>)| match obstacles.get(file) {
            Some(Obstacle::Unwatched(path)) => Self::Unwatched { file: file.clone(), keys, command: watch_again(path) },
            _ => Self::Uncommitted { file: file.clone(), keys },
        };
        by_file.into_iter().map(left_out).collect()
    }
}
