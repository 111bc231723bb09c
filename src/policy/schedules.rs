//! What is judged of schedules: times that mean no moment, entries that change nothing or come too late, freezes that hold changes back.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::finding::Finding;
use super::subject::Subject;
use crate::config::{FREEZE, Freeze, Guardrails};
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{
    DesiredOffer, DesiredSet, Field, Held, Key, RecordStatus, Recorded, ScheduleEntry, ScheduledValue, TimeRules,
    Value, Waiver, shown_time,
};
use crate::plan::{HeldBack, Step, Verb, is_replaced, steps_after};

/// The offers at each later time at which they are wanted otherwise, in the order of times.
pub(super) fn steps_by_time(
    offers: &[DesiredOffer],
    moment: Timestamp,
    rules: &TimeRules,
) -> BTreeMap<DateTime, Vec<Step>> {
    let mut by_time: BTreeMap<DateTime, Vec<Step>> = BTreeMap::new();
    for step in offers.iter().flat_map(|offer| steps_after(offer, moment, rules)) {
        by_time.entry(step.at).or_default().push(step);
    }
    by_time
}

/// The same problem, which shows at a later time.
pub(super) fn at_time(mut problem: Diagnostic, at: DateTime) -> Diagnostic {
    problem.message = format!("{} (from {})", problem.message, shown_time(at));
    problem
}

/// Times that no clock shows, or that come twice. `unclear` says why a time does not mean one moment.
pub fn unclear_times(set: &DesiredSet, unclear: &dyn Fn(DateTime) -> Option<String>) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let entries = set.offers.iter().flat_map(DesiredOffer::entries);
    let problem = |entry: &ScheduleEntry| {
        let why = unclear(entry.at)?;
        let (message, help) = why.split_once(": ").unwrap_or((&why, "write another time"));
        let message = format!("{} {message}", shown_time(entry.at));
        Some(Diagnostic::error(codes::schedule::TIME, message).label(entry.place.clone()).help(help))
    };
    // An inherited one is that of many offers.
    entries.filter(|entry| seen.insert(&entry.place)).filter_map(|entry| problem(entry)).collect()
}

/// The same of the bounds of freezes: which hour they mean decides what is written.
pub fn unclear_freezes(guardrails: &Guardrails, unclear: &dyn Fn(DateTime) -> Option<String>) -> Vec<Diagnostic> {
    let problem = |freeze: &Freeze, bound: &str, time: DateTime| {
        let why = unclear(time)?;
        let (message, help) = why.split_once(": ").unwrap_or((&why, "write another time"));
        let message = format!("`{bound} = \"{}\"` of a freeze {message}", shown_time(time));
        Some(Diagnostic::error(codes::schedule::TIME, message).label(freeze.at.clone()).help(help))
    };
    let bounds = guardrails.freezes.iter().flat_map(|it| [(it, "from", it.from), (it, "to", it.to)]);
    bounds.filter_map(|(freeze, bound, time)| problem(freeze, bound, time)).collect()
}

/// The entries of the offer's own file, each with the values that are wanted until then.
fn own_entries<'a>(offer: &'a DesiredOffer) -> impl Iterator<Item = (&'a ScheduleEntry, BTreeMap<Field, &'a Value>)> {
    let mut values: BTreeMap<Field, &Value> =
        Field::ALL.into_iter().filter_map(|field| Some((field, offer.own_value(field)?))).collect();
    let with_values = move |entry: &'a std::sync::Arc<ScheduleEntry>| {
        let until_then = values.clone();
        values.extend(entry.values.iter().map(|value| (value.field, &value.value)));
        (&**entry, until_then)
    };
    offer.entries().iter().map(with_values).filter(|(entry, _)| entry.place.file == offer.place.file)
}

pub(super) fn no_change(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let offer = subject.offer;
    for (entry, until_then) in own_entries(offer) {
        for ScheduledValue { field, value, place } in &entry.values {
            let at = shown_time(entry.at);
            let message = if offer.sync.ignore_changes.contains(*field) {
                format!("`{field}` is under `sync.ignore_changes`, so that no update sends the entry of {at}")
            } else if until_then.get(field) == Some(&value) {
                format!("`{field}` is {value} before {at} already")
            } else {
                continue;
            };
            let finding = Finding::new(*field, message, "remove the value, or correct it or its time");
            found.push(Finding { place: Some(place.clone()), ..finding });
        }
    }
}

pub(super) fn after_expiry(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (entry, until_then) in own_entries(subject.offer).filter(|(entry, _)| entry.at > subject.now) {
        let sets_date = entry.values.iter().any(|value| value.field == Field::ExpirationDate);
        let Some(Value::Date(end)) = until_then.get(&Field::ExpirationDate).filter(|_| !sets_date) else { continue };
        if end.civil() < entry.at {
            let message = format!("the entry of {} comes after the offer's end, {end}", shown_time(entry.at));
            let help = "remove the entry, or set a later `expiration_date` in it";
            let finding = Finding::new(Field::ExpirationDate, message, help);
            found.push(Finding { place: Some(entry.place.clone()), ..finding });
        }
    }
}

/// The freeze that holds a change of an offer with these waivers back, an update or its create, which is scheduled for a time, and until when
/// freezes do; `None` where none does.
///
/// A waiver lets pass what is scheduled for one of its days, also where an apply comes later.
pub fn held_back(
    guardrails: &Guardrails,
    waivers: &[Arc<Waiver>],
    verb: Verb,
    at: DateTime,
    now: DateTime,
) -> Option<HeldBack> {
    let is_waived = |day: Date| {
        let own = waivers.iter().map(|waiver| (&*waiver.guardrail, waiver.until));
        let all = guardrails.waivers.iter().map(|waiver| (waiver.guardrail, waiver.until));
        own.chain(all).any(|(guardrail, until)| guardrail == FREEZE && day <= until)
    };
    let holding = |now: DateTime| {
        let running = guardrails.freezes.iter().filter(move |freeze| freeze.from <= now && now < freeze.to);
        let running = running.filter(|freeze| !freeze.except.iter().any(|word| **word == *verb.word()));
        running.filter(move |freeze| !is_waived(day_of_waiver(freeze, at, now)))
    };
    let end = |now| holding(now).map(|freeze| freeze.to).max();
    // Another freeze may begin before the first one ends.
    let until = std::iter::successors(end(now), |until| end(*until)).last()?;
    let first = holding(now).next()?;
    Some(HeldBack { until, reason: first.reason.clone() })
}

/// The last freeze that has held back, until a moment or after it, an update that is scheduled for a time.
pub fn last_held_back(
    guardrails: &Guardrails,
    waivers: &[Arc<Waiver>],
    at: DateTime,
    now: DateTime,
) -> Option<HeldBack> {
    let since = guardrails.freezes.iter().filter(|freeze| freeze.from <= now && at < freeze.to);
    let held = since.filter_map(|freeze| held_back(guardrails, waivers, Verb::Update, at, freeze.from.max(at)));
    held.max_by_key(|held| held.until)
}

/// Gives every offer the values of a moment. Those of entries that a running freeze holds back stay as they are recorded, and are in effect
/// when it has ended: a freeze sends nothing and takes nothing back, whenever it became due. An offer that begins or comes back, if the freeze
/// lets that pass, has everything that is wanted.
pub fn resolve(
    set: &mut DesiredSet,
    recorded: Option<&Recorded>,
    guardrails: &Guardrails,
    moment: Timestamp,
    rules: &TimeRules,
) {
    let now = rules.civil(moment);
    if !guardrails.freezes.iter().any(|freeze| freeze.from <= now && now < freeze.to) {
        return set.resolve(moment, rules);
    }
    for offer in &mut set.offers {
        let record = recorded.and_then(|recorded| recorded.record_of(offer));
        let kept = record.filter(|record| record.status == RecordStatus::Live && !is_replaced(offer, record));
        let Some(record) = kept else {
            offer.resolve(moment, rules);
            continue;
        };
        let waivers = offer.waivers.clone();
        let is_held = |at: DateTime| at <= now && held_back(guardrails, &waivers, Verb::Update, at, now).is_some();
        offer.resolve_held(&Held { is_held: &is_held, recorded: Some(&record.fields) }, moment, rules);
    }
}

/// The day on which a waiver has to hold: that of the time for which the change is scheduled, or the first one of the freeze where that is
/// later. However late an apply comes, it is the same, so that what is waived overtakes nothing that is waived as well.
pub(super) fn day_of_waiver(freeze: &Freeze, at: DateTime, now: DateTime) -> Date {
    at.max(freeze.from).min(now).date()
}

/// Names that schedules give to offers while others of the advertiser have them. `steps` are those of all offers, in any order.
pub fn shared_names(set: &DesiredSet, steps: &[Step]) -> Vec<Diagnostic> {
    type Name<'a> = (&'a str, Option<&'a Value>);
    fn name_of(offer: &DesiredOffer) -> Option<Name<'_>> {
        Some((offer.fields.name()?, offer.fields.get(Field::AdvertiserId)))
    }
    let gives_name = |step: &&Step| step.changes.iter().any(|change| change.field == Field::OfferName);
    let mut by_time: BTreeMap<DateTime, Vec<&Step>> = BTreeMap::new();
    for step in steps.iter().filter(gives_name) {
        by_time.entry(step.at).or_default().push(step);
    }
    if by_time.is_empty() {
        return Vec::new();
    }
    let mut owners: HashMap<Name<'_>, BTreeSet<&Key>> = HashMap::new();
    let mut names: HashMap<&Key, Name<'_>> = HashMap::new();
    for (key, name) in set.offers.iter().filter_map(|offer| Some((&offer.key, name_of(offer)?))) {
        owners.entry(name).or_default().insert(key);
        names.insert(key, name);
    }
    let mut problems = Vec::new();
    for (at, steps) in by_time {
        // Names may be handed on at one time.
        for (key, name) in steps.iter().filter_map(|step| Some((&step.offer.key, name_of(&step.offer)?))) {
            if let Some(keys) = names.insert(key, name).and_then(|before| owners.get_mut(&before)) {
                keys.remove(key);
            }
        }
        for (key, name) in steps.iter().filter_map(|step| Some((&step.offer.key, name_of(&step.offer)?))) {
            owners.entry(name).or_default().insert(key);
        }
        for step in steps {
            let key = &step.offer.key;
            let all = name_of(&step.offer).and_then(|name| owners.get(&name));
            let Some(other) = all.and_then(|keys| keys.iter().find(|other| **other != key)) else { continue };
            let message = format!("`{key}` gets the same name and advertiser as `{other}` (from {})", shown_time(at));
            let mut problem = Diagnostic::warning(codes::offer::SAME_NAME, message);
            problem.labels.extend(step.offer.given_at(Field::OfferName).map(Label::at));
            problems.push(problem.help(
                "give one of them another name: they look the same in reports, and an apply that comes late and creates one of them is refused",
            ));
        }
    }
    problems
}

/// Entries that take effect in a freeze, one warning for each freeze.
pub fn frozen_entries(set: &DesiredSet, guardrails: &Guardrails, now: DateTime) -> Vec<Diagnostic> {
    let mut found: BTreeMap<(DateTime, DateTime, Box<str>), Vec<&ScheduleEntry>> = BTreeMap::new();
    let mut seen = HashSet::new();
    if guardrails.freezes.is_empty() {
        return Vec::new();
    }
    for offer in &set.offers {
        for entry in offer.entries().iter().filter(|entry| entry.at > now) {
            if let Some(held) = held_back(guardrails, &offer.waivers, Verb::Update, entry.at, entry.at)
                && seen.insert(&entry.place)
            {
                found.entry((entry.at, held.until, held.reason)).or_default().push(entry);
            }
        }
    }
    let problem = |((at, until, reason), entries): ((DateTime, DateTime, Box<str>), Vec<&ScheduleEntry>)| {
        let (at, until) = (shown_time(at), shown_time(until));
        let message = format!("{at} is in a freeze ({reason}): what is scheduled for then is held back until {until}");
        let mut problem = Diagnostic::warning(codes::schedule::FROZEN, message);
        problem.labels.extend(entries.into_iter().take(LABELS).map(|entry| Label::at(entry.place.clone())));
        problem.help("move the entry, or waive `freeze` in the offer's `sync.waive`")
    };
    found.into_iter().map(problem).collect()
}

/// More places of one warning are left out.
const LABELS: usize = 3;
