//! Values that an offer gets at a time: `sync.schedule`, and the end by its expiration date where the configuration asks for it.
//!
//! Owns what an offer is wanted to be at any moment, as a pure function of its YAML and the moment. Invariant: asking twice, at whatever
//! moments, gives what asking once at the later call's moment gives.

mod resolution;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::desired::{DesiredOffer, DesiredSet};
use super::field::Field;
use super::fields::Fields;
use super::value::Value;
use crate::source::Place;

pub use resolution::Held;

/// A value of an entry, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledValue {
    /// One that an update can change.
    pub field: Field,
    pub value: Value,
    pub place: Place,
}

/// One entry of `sync.schedule`: the values that are wanted from a time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleEntry {
    /// In `cake.time_zone`.
    pub at: DateTime,
    /// Where the time is written.
    pub place: Place,
    /// In the order of fields, each once.
    pub values: Vec<ScheduledValue>,
}

/// What an offer's values depend on besides the YAML.
#[derive(Debug, Clone)]
pub struct TimeRules {
    /// `cake.time_zone`: that of schedules and of expiration dates.
    pub zone: TimeZone,
    /// Whether an offer whose expiration date has passed is wanted inactive.
    pub retires_expired: bool,
}

impl TimeRules {
    /// The moment at which a clock in the zone shows this time, the later one of two: an expiration date that comes twice has passed for certain
    /// only then. Entries have no time that no clock shows, or that comes twice; such ones are refused where they are read.
    pub fn moment_of(&self, time: DateTime) -> Timestamp {
        self.zone.to_ambiguous_timestamp(time).later().unwrap_or(Timestamp::MAX)
    }

    /// What a clock in the zone shows.
    pub fn civil(&self, moment: Timestamp) -> DateTime {
        moment.to_zoned(self.zone.clone()).datetime()
    }
}

/// A value that takes the place of the offer's own one since a time.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    field: Field,
    since: DateTime,
    place: Place,
}

/// What fields are without any entry; shared, because an offer is copied for each later time.
type OwnValues = Arc<[(Field, Option<Value>)]>;

/// The scheduled values of an offer, with those that they take the place of.
#[derive(Debug, Clone, Default)]
pub struct Schedule {
    /// In the order of their times, each time once.
    entries: Arc<[Arc<ScheduleEntry>]>,
    /// Filled with the first look.
    base: Option<OwnValues>,
    due: Vec<Due>,
    /// The last entries of fields, where a freeze holds them back and they are not in effect.
    held: Vec<Due>,
    /// The times of all entries that a freeze holds back.
    held_times: Vec<DateTime>,
    /// Whether the end by the expiration date waits, because a freeze holds back the end or the entry that gives the date.
    holds_end: bool,
    /// The time of the entry by whose later date the offer is active again, after it had ended by an earlier one.
    restarted: Option<DateTime>,
    /// Of an offer without what is held: its end by the expiration date is none of it.
    ends_never: bool,
    /// Since when an entry had given the status that the end by the expiration date took the place of.
    status_before_end: Option<DateTime>,
}

/// What is wanted, at every moment. Which moment the offer was last asked for does not matter.
impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        let values = |entry: &Arc<ScheduleEntry>| {
            let values = entry.values.iter().map(|value| (value.field, value.value.clone()));
            (entry.at, values.collect::<Vec<_>>())
        };
        self.base == other.base && self.entries.iter().map(values).eq(other.entries.iter().map(values))
    }
}

impl Eq for Schedule {}

impl Schedule {
    /// These entries, in any order, each time once.
    pub fn new(mut entries: Vec<Arc<ScheduleEntry>>) -> Option<Box<Self>> {
        entries.sort_by_key(|entry| entry.at);
        (!entries.is_empty()).then(|| Box::new(Self { entries: entries.into(), ..Self::default() }))
    }

    /// The entries, in the order of their times.
    pub fn entries(&self) -> &[Arc<ScheduleEntry>] {
        &self.entries
    }
}

impl DesiredOffer {
    /// Its entries of `sync.schedule`, its own and inherited ones, in the order of their times.
    pub fn entries(&self) -> &[Arc<ScheduleEntry>] {
        self.schedule.as_deref().map_or(&[], Schedule::entries)
    }

    /// Since when a field has its value by a schedule, or by the expiration date; `None` where it is the offer's own value.
    pub fn due_since(&self, field: Field) -> Option<DateTime> {
        self.due(field).map(|due| due.since)
    }

    /// Since when a field is wanted to be what it is, where that is not the offer's own doing: also of the status of an offer that an entry brings back by
    /// a later date.
    pub fn changed_since(&self, field: Field) -> Option<DateTime> {
        let restarted = self.schedule.as_ref().and_then(|schedule| schedule.restarted);
        restarted.filter(|_| field == Field::OfferStatus).max(self.due_since(field))
    }

    /// Since when a field's own value has no effect: it has a scheduled one, or a freeze holds that back.
    pub fn overridden_since(&self, field: Field) -> Option<DateTime> {
        self.overriding(field).map(|due| due.since)
    }

    /// The place of the scheduled value, or of the expiration date, that takes the place of a field's own value.
    pub fn overridden_at(&self, field: Field) -> Option<&Place> {
        self.overriding(field).map(|due| &due.place)
    }

    fn overriding(&self, field: Field) -> Option<&Due> {
        let held = || self.schedule.as_ref()?.held.iter().find(|held| held.field == field);
        self.due(field).or_else(held)
    }

    /// The offer as if what a freeze holds back of it were not written, and its fields were always as they stay meanwhile: what may be sent in the
    /// freeze, and the times at which that became due.
    pub fn without_held(&self) -> Cow<'_, Self> {
        let Some(schedule) = self.schedule.as_ref().filter(|it| it.holds_end || !it.held_times.is_empty()) else {
            return Cow::Borrowed(self);
        };
        let is_in_effect = |entry: &ScheduleEntry, field| self.due_since(field) == Some(entry.at);
        let left = |entry: &Arc<ScheduleEntry>| {
            if !schedule.held_times.contains(&entry.at) {
                return Some(entry.clone());
            }
            let values = entry.values.iter().filter(|value| is_in_effect(entry, value.field)).cloned().collect();
            let left = ScheduleEntry { values, ..ScheduleEntry::clone(entry) };
            (!left.values.is_empty()).then(|| Arc::new(left))
        };
        let own = |(field, value): &(Field, Option<Value>)| {
            (*field, if self.stays_as_recorded(*field) { self.fields.get(*field).cloned() } else { value.clone() })
        };
        let entries = schedule.entries.iter().filter_map(left).collect();
        let base = schedule.base.as_ref().map(|base| base.iter().map(own).collect());
        let ends_never = schedule.holds_end || schedule.ends_never;
        let schedule = Schedule { entries, base, ends_never, ..Schedule::clone(schedule) };
        Cow::Owned(Self { schedule: Some(Box::new(schedule)), ..self.clone() })
    }

    /// Whether a freeze holds back the last entry of a field, and the field has no scheduled value meanwhile.
    pub fn stays_as_recorded(&self, field: Field) -> bool {
        self.due(field).is_none() && self.overriding(field).is_some()
    }

    /// The time of the entry whose value a field has, or had until the end by the expiration date.
    pub fn last_entry_at(&self, field: Field) -> Option<DateTime> {
        match (self.due_since(field)?, self.due_entry(field)) {
            (since, Some(_)) => Some(since),
            (_, None) => self.schedule.as_ref()?.status_before_end,
        }
    }

    /// The fields that a schedule, or the expiration date, gives, each with its time.
    pub fn all_due(&self) -> impl Iterator<Item = (Field, DateTime)> {
        self.schedule.iter().flat_map(|schedule| schedule.due.iter().map(|due| (due.field, due.since)))
    }

    /// The value that a field has without any schedule.
    pub fn own_value(&self, field: Field) -> Option<&Value> {
        let base = self.schedule.as_ref().and_then(|schedule| schedule.base.as_ref());
        match base.and_then(|base| base.iter().find(|(of, _)| *of == field)) {
            Some((_, value)) => value.as_ref(),
            None => self.fields.get(field),
        }
    }

    /// Every value that the YAML gives a field at any time: its own, and those of entries. What an offer is recognized by, since CAKE may have
    /// one of an earlier time.
    pub fn values_at_any_time(&self, field: Field) -> impl Iterator<Item = &Value> {
        let scheduled = self.entries().iter().flat_map(|entry| &entry.values).filter(move |value| value.field == field);
        self.own_value(field).into_iter().chain(scheduled.map(|value| &value.value))
    }

    /// Its values with each name that the YAML gives it at any time.
    pub fn with_each_name(&self) -> impl Iterator<Item = Cow<'_, Fields>> {
        let others =
            self.values_at_any_time(Field::OfferName).filter(|name| self.fields.get(Field::OfferName) != Some(*name));
        let with_name = |name: &Value| {
            let mut fields = self.fields.clone();
            fields.set(Field::OfferName, name.clone());
            Cow::Owned(fields)
        };
        std::iter::once(Cow::Borrowed(&self.fields)).chain(others.map(with_name))
    }

    /// The place of the scheduled value, or of the expiration date, that gives a field its value.
    pub fn due_at(&self, field: Field) -> Option<&Place> {
        self.due(field).map(|due| &due.place)
    }

    /// The entry that gives a field its value; `None` where it has another one, also where the expiration date gives it.
    pub fn due_entry(&self, field: Field) -> Option<&ScheduleEntry> {
        let due = self.due(field)?;
        let gives = |value: &ScheduledValue| value.field == field && value.place == due.place;
        let entry = self.entries().iter().find(|entry| entry.at == due.since && entry.values.iter().any(gives));
        entry.map(|entry| &**entry)
    }

    /// Whether its expiration date has passed and has made it inactive.
    pub fn is_ended(&self) -> bool {
        self.due(Field::OfferStatus).is_some() && self.due_entry(Field::OfferStatus).is_none()
    }

    /// Gives a field another own value, which counts from the next time that the offer is resolved.
    pub fn set_own_value(&mut self, field: Field, value: Value) {
        let base = self.schedule.as_mut().and_then(|schedule| schedule.base.as_mut());
        match base.and_then(|base| Arc::make_mut(base).iter_mut().find(|(of, _)| *of == field)) {
            Some((_, own)) => *own = Some(value),
            None => _ = self.fields.set(field, value),
        }
    }

    /// The value that the entry of that time gives a field.
    pub fn scheduled(&self, at: DateTime, field: Field) -> Option<&ScheduledValue> {
        let entry = self.entries().iter().find(|entry| entry.at == at)?;
        entry.values.iter().find(|value| value.field == field)
    }

    fn due(&self, field: Field) -> Option<&Due> {
        self.schedule.as_ref()?.due.iter().find(|due| due.field == field)
    }

    /// The first second after its expiration date.
    fn end(&self) -> Option<DateTime> {
        end_of(self.fields.get(Field::ExpirationDate)?)
    }

    /// The times after a moment at which its values may become others, in order, each once.
    pub fn times_after(&self, moment: Timestamp, rules: &TimeRules) -> Vec<DateTime> {
        let mut times: Vec<DateTime> = self.entries().iter().map(|entry| entry.at).collect();
        if rules.retires_expired {
            // One of them is in effect at each time; the others change nothing when they come.
            let is_date = |value: &&ScheduledValue| value.field == Field::ExpirationDate;
            let scheduled = self.entries().iter().flat_map(|entry| entry.values.iter().filter(is_date));
            let dates = scheduled.map(|value| &value.value).chain(self.own_value(Field::ExpirationDate));
            times.extend(dates.filter_map(end_of));
        }
        times.retain(|time| rules.moment_of(*time) > moment);
        times.sort_unstable();
        times.dedup();
        times
    }
}

/// The first second after an expiration date.
fn end_of(date: &Value) -> Option<DateTime> {
    match date {
        Value::Date(date) => date.civil().checked_add(Span::new().seconds(1)).ok(),
        _ => None,
    }
}

impl DesiredSet {
    /// Gives every offer the values of a moment.
    pub fn resolve(&mut self, moment: Timestamp, rules: &TimeRules) {
        for offer in &mut self.offers {
            offer.resolve(moment, rules);
        }
    }
}
