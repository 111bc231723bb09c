//! What an offer is wanted to be at a moment: its own values, then those of its entries, then its end by date; and what a freeze holds back of
//! that.
//!
//! Invariant: while a freeze holds entries of a field back, nothing of them is sent and nothing is taken back, whenever they became due.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::super::desired::DesiredOffer;
use super::super::field::Field;
use super::super::fields::Fields;
use super::super::value::Value;
use super::super::words::OfferStatus;
use super::{Due, Schedule, ScheduleEntry, ScheduledValue, TimeRules, end_of};

/// What a freeze holds back of an offer that CAKE has and that is kept. A new one begins with everything that is wanted.
pub struct Held<'a> {
    /// Whether what became due at a time is.
    pub is_held: &'a dyn Fn(DateTime) -> bool,
    /// What is recorded of the offer; a held value stays as it is there.
    pub recorded: Option<&'a Fields>,
}

impl DesiredOffer {
    /// Gives it the values of a moment.
    pub fn resolve(&mut self, moment: Timestamp, rules: &TimeRules) {
        self.resolve_held(&Held { is_held: &|_| false, recorded: None }, moment, rules);
    }

    /// The same where some times are held back.
    pub fn resolve_held(&mut self, held: &Held<'_>, moment: Timestamp, rules: &TimeRules) {
        if rules.retires_expired && self.schedule.is_none() && self.expires() {
            self.schedule = Some(Box::default());
        }
        let Some(mut schedule) = self.schedule.take() else { return };
        self.reset(&mut schedule, rules);
        let past = schedule.entries.iter().filter(|entry| rules.moment_of(entry.at) <= moment);
        let (of_held, others): (Vec<_>, Vec<_>) = past.cloned().partition(|entry| (held.is_held)(entry.at));
        schedule.held_times = of_held.iter().map(|entry| entry.at).collect();
        self.schedule = Some(schedule);
        for entry in &others {
            entry.values.iter().for_each(|value| self.give(entry.at, value));
        }
        let fields: BTreeSet<Field> =
            of_held.iter().flat_map(|entry| entry.values.iter().map(|value| value.field)).collect();
        for field in fields {
            self.keep_recorded(field, &of_held, held.recorded);
        }
        self.end_if_expired(moment, rules, held);
    }

    /// Gives a field the value of an entry.
    fn give(&mut self, since: DateTime, ScheduledValue { field, value, place }: &ScheduledValue) {
        self.fields.set(*field, value.clone());
        if let Some(schedule) = &mut self.schedule {
            schedule.due.retain(|earlier| earlier.field != *field);
            schedule.due.push(Due { field: *field, since, place: place.clone() });
        }
    }

    /// Wants of a field what is recorded of it, where a held entry gives it a value: nothing is sent and nothing is taken back. An entry that is
    /// not held, and that none of these has taken the place of, goes out.
    fn keep_recorded(&mut self, field: Field, of_held: &[Arc<ScheduleEntry>], recorded: Option<&Fields>) {
        let in_effect = self.due_since(field);
        let of_field = |entry: &Arc<ScheduleEntry>| {
            let value = entry.values.iter().find(|value| value.field == field)?;
            Some((entry.at, value.clone())).filter(|(at, _)| in_effect.is_none_or(|since| *at > since))
        };
        let later: Vec<(DateTime, ScheduledValue)> = of_held.iter().filter_map(of_field).collect();
        let Some((at, last)) = later.last() else { return };
        let recorded = recorded.and_then(|recorded| recorded.get(field));
        let is_done = |value: &Value| recorded.is_some_and(|recorded| value.is_shown_as(recorded));
        let done = later.iter().rev().find(|(_, value)| is_done(&value.value));
        if let Some(schedule) = self.schedule.as_mut().filter(|_| done.is_none_or(|(done, _)| done < at)) {
            schedule.held.push(Due { field, since: *at, place: last.place.clone() });
        }
        if let Some((at, done)) = done {
            return self.give(*at, done);
        }
        if in_effect.is_some() {
            return;
        }
        match recorded {
            Some(recorded) => _ = self.fields.set(field, recorded.clone()),
            None => _ = self.fields.remove(field),
        }
    }

    /// Puts the offer's own values back.
    fn reset(&mut self, schedule: &mut Schedule, rules: &TimeRules) {
        let fields = schedule.entries.iter().flat_map(|entry| entry.values.iter().map(|value| value.field));
        let of_end = rules.retires_expired.then_some(Field::OfferStatus);
        let base = schedule.base.get_or_insert_with(|| {
            let mut fields: Vec<Field> = fields.chain(of_end).collect();
            fields.sort_unstable();
            fields.dedup();
            fields.into_iter().map(|field| (field, self.fields.get(field).cloned())).collect()
        });
        for (field, value) in base.iter() {
            match value {
                Some(value) => _ = self.fields.set(*field, value.clone()),
                None => _ = self.fields.remove(*field),
            }
        }
        schedule.due.clear();
        schedule.held.clear();
        schedule.held_times.clear();
        schedule.holds_end = false;
        schedule.restarted = None;
        schedule.status_before_end = None;
    }

    fn expires(&self) -> bool {
        self.fields.get(Field::ExpirationDate).is_some()
    }

    /// An offer that is protected is left to CAKE, which ends it by itself.
    fn end_if_expired(&mut self, moment: Timestamp, rules: &TimeRules, held: &Held<'_>) {
        let ends_never = self.schedule.as_ref().is_some_and(|schedule| schedule.ends_never) || !rules.retires_expired;
        let (is_managed, active) = (!self.sync.ignore_changes.contains(Field::OfferStatus), OfferStatus::Active);
        let is_active = self.fields.get(Field::OfferStatus) == Some(&Value::Status(active));
        if ends_never || !is_managed || self.sync.protect || !is_active {
            return;
        }
        match self.end().filter(|end| rules.moment_of(*end) <= moment) {
            Some(end) => self.end_at(end, held),
            None => self.restart(),
        }
    }

    /// A date that an entry takes the place of, and which a freeze holds back, is not the one that is wanted, so that nothing ends at it.
    fn end_at(&mut self, end: DateTime, held: &Held<'_>) {
        let (field, value) = (Field::OfferStatus, Value::Status(OfferStatus::Inactive));
        let is_recorded = held.recorded.is_some_and(|recorded| recorded.get(field) == Some(&value));
        let status_before_end = self.due_since(field);
        let Some(schedule) = &mut self.schedule else { return };
        let has_other_date = schedule.held.iter().any(|held| held.field == Field::ExpirationDate);
        if !is_recorded && (has_other_date || (held.is_held)(end)) {
            schedule.holds_end = true;
        } else {
            schedule.status_before_end = status_before_end;
            self.give(end, &ScheduledValue { field, value, place: self.place_of(Field::ExpirationDate) });
        }
    }

    /// Notes the entry that brings the offer back by a later date, after it had ended.
    fn restart(&mut self) {
        let Some(since) = self.due_since(Field::ExpirationDate) else { return };
        let earlier = self.entries().iter().filter(|entry| entry.at < since).flat_map(|entry| &entry.values);
        let dates = earlier.filter(|value| value.field == Field::ExpirationDate).map(|value| &value.value);
        let mut dates = dates.chain(self.own_value(Field::ExpirationDate));
        let had_ended = dates.any(|date| end_of(date).is_some_and(|end| end <= since));
        self.schedule.iter_mut().filter(|_| had_ended).for_each(|schedule| schedule.restarted = Some(since));
    }
}
