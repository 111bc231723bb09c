//! What a branch changes of schedules: changes that were scheduled at a commit and are not any more, values that are edited without an
//! effect, and times that mean other moments in another time zone.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{
    DesiredOffer, DesiredSet, Field, Key, Record, Recorded, ScheduledValue, TimeRules, Value, shown_time,
};
use crate::plan::{FieldChange, Plan, Step, Upcoming, UpcomingKind, steps_after};
use crate::source::Place;
use crate::words::{count, first_and_more, more};

use super::super::overridden::Overridden;

/// More keys or times than this are counted.
const SHOWN: usize = 5;

/// Adds what is not scheduled any more, and warns of values that have no effect.
pub(super) fn add(
    plan: &mut Plan,
    (then, rules_then): (&DesiredSet, &TimeRules),
    (now, rules): (&DesiredSet, &TimeRules),
    recorded: &Recorded,
    changed: &BTreeSet<Key>,
) {
    let mut removed = Vec::new();
    for offer in changed.iter().filter_map(|key| now.get(key)) {
        let earlier = offer.sync.renamed_from.as_ref().and_then(|from| then.get(from));
        let Some(before) = then.get(&offer.key).or(earlier) else { continue };
        removed.extend(not_scheduled_any_more(before, offer, plan, rules));
        // What a freeze holds back is scheduled still.
        let due = |offer: &DesiredOffer, rules| {
            let mut due = offer.clone();
            due.resolve(plan.at, rules);
            due
        };
        let (due_before, due) = (due(before, rules_then), due(offer, rules));
        removed.extend(not_due_any_more(&due_before, &due, recorded.offers.get(&before.key)));
        plan.diagnostics.extend(overridden(before, offer));
        plan.diagnostics.extend(overridden_entries(before, offer));
    }
    if !removed.is_empty() {
        let keys = first_and_more(removed.iter().map(|change| format!("`{}`", change.key)), SHOWN);
        let are = if removed.len() == 1 { "is" } else { "are" };
        let message = format!("{} {are} not scheduled any more: {keys}", count(removed.len(), "change"));
        let problem = Diagnostic::warning(codes::schedule::REMOVED, message);
        plan.diagnostics.push(
            problem.help("what was reviewed to happen then will not happen; if that is meant, there is nothing to do"),
        );
    }
    plan.upcoming.extend(removed);
    plan.upcoming.sort_by(|one, other| (one.at, &one.key).cmp(&(other.at, &other.key)));
}

/// The changes that the offer would have made at the commit, and does not make now, at their times.
fn not_scheduled_any_more<'a>(
    before: &'a DesiredOffer,
    now: &'a DesiredOffer,
    plan: &'a Plan,
    rules: &'a TimeRules,
) -> impl Iterator<Item = Upcoming> + 'a {
    let steps = steps_after(now, plan.at, rules);
    let is_kept = move |at, change: &FieldChange| {
        let mut same = steps.iter().filter(|step| step.at == at).flat_map(|step| &step.changes);
        same.any(|kept| kept.field == change.field && kept.after == change.after)
    };
    let gone = move |Step { at, offer, mut changes }: Step| {
        changes.retain(|change| !is_kept(at, change));
        let (key, context) = (now.key.clone(), offer.fields);
        (!changes.is_empty()).then(|| Upcoming::new(at, key, UpcomingKind::Removed, changes, context))
    };
    steps_after(before, plan.at, rules).into_iter().filter_map(gone)
}

/// The changes that are due at the commit and were not made yet, and that the branch does not want.
fn not_due_any_more(before: &DesiredOffer, now: &DesiredOffer, record: Option<&Record>) -> Option<Upcoming> {
    let record = record?;
    let is_recorded = |field, value: &Value| record.fields.get(field).is_some_and(|known| value.is_shown_as(known));
    let gone = before.managed().filter_map(|(field, value)| {
        let since = before.due_since(field)?;
        let is_gone = !is_recorded(field, value) && now.fields.get(field) != Some(value);
        let change = FieldChange { due_since: Some(since), ..FieldChange::to(field, value.clone()) };
        is_gone.then(|| FieldChange { before: record.fields.get(field).cloned(), ..change })
    });
    let changes: Vec<FieldChange> = gone.collect();
    let at = changes.iter().filter_map(|change| change.due_since).min()?;
    Some(Upcoming::new(at, now.key.clone(), UpcomingKind::Removed, changes, before.fields.clone()))
}

/// The offers with entries that are past, and that the commit does not have: they were not reviewed before their time.
pub(super) fn past_entries(
    then: &DesiredSet,
    now: &DesiredSet,
    changed: &BTreeSet<Key>,
    (moment, rules): (Timestamp, &TimeRules),
) -> BTreeSet<Key> {
    let values = |offer: &DesiredOffer| -> Vec<(DateTime, Field, Value)> {
        let past = offer.entries().iter().filter(|entry| rules.moment_of(entry.at) <= moment);
        past.flat_map(|entry| entry.values.iter().map(|value| (entry.at, value.field, value.value.clone()))).collect()
    };
    let is_sudden = |offer: &&DesiredOffer| {
        let earlier = offer.sync.renamed_from.as_ref().and_then(|from| then.get(from));
        let known = then.get(&offer.key).or(earlier).map(&values).unwrap_or_default();
        values(offer).iter().any(|value| !known.contains(value))
    };
    let offers = changed.iter().filter_map(|key| now.get(key));
    offers.filter(is_sudden).map(|offer| offer.key.clone()).collect()
}

/// Values that were edited although an entry, or the end by the expiration date, takes their place.
fn overridden(before: &DesiredOffer, now: &DesiredOffer) -> Vec<Diagnostic> {
    let (date, status) = (Field::ExpirationDate, Field::OfferStatus);
    // The end takes the place of `active` alone, so that there was none before the edit.
    let is_same_end = now.is_ended() && before.fields.get(date) == now.fields.get(date);
    let edited = |field: &Field| {
        let was_due = before.overridden_since(*field).is_some() || *field == status && is_same_end;
        was_due && now.overridden_since(*field).is_some() && before.own_value(*field) != now.own_value(*field)
    };
    let warning = |field: Field| {
        let since = now.overridden_since(field).map(shown_time).unwrap_or_default();
        let (by, place, help) = if field == status && now.is_ended() {
            ("the expiration date ends the offer", "the date", "set a later `expiration_date` as well")
        } else {
            let help = "write the value into the entry, or run `offersync fmt --prune-schedule` before the edit";
            ("a schedule gives it", "the entry", help)
        };
        let message = format!("`{field}` of `{}` was edited without an effect: {by} since {since}", now.key);
        let mut problem = Diagnostic::warning(codes::schedule::OVERRIDDEN, message).help(help);
        problem.labels.extend(now.written_at(field).map(Label::at));
        problem.labels.extend(now.overridden_at(field).cloned().map(|at| Label::at(at).saying(place)));
        problem
    };
    Field::ALL.into_iter().filter(edited).map(warning).collect()
}

/// Entries that are new or edited although a later one that is due had taken their place already.
fn overridden_entries(before: &DesiredOffer, now: &DesiredOffer) -> Vec<Diagnostic> {
    let values = now.entries().iter().flat_map(|entry| entry.values.iter().map(|value| (entry.at, value)));
    let edited = values
        .filter(|(at, value)| before.scheduled(*at, value.field).is_none_or(|earlier| earlier.value != value.value));
    let warning = |(at, value): (DateTime, &ScheduledValue)| {
        let overridden = Overridden::of_entry(now, value.field, at)?;
        let problem = Diagnostic::warning(codes::schedule::OVERRIDDEN, overridden.message());
        let problem = problem.label(value.place.clone());
        Some(
            problem
                .help("look whether its time is right; if it is, take it out, or change the entry that is in effect"),
        )
    };
    edited.filter_map(warning).collect()
}

/// The times that mean other moments in another time zone.
pub(super) fn moved(set: &DesiredSet, then: &TimeRules, now: &TimeRules) -> Option<Diagnostic> {
    if then.zone == now.zone {
        return None;
    }
    let date = |offer: &DesiredOffer| match offer.fields.get(Field::ExpirationDate)? {
        Value::Date(date) => Some((date.civil(), offer.place_of(Field::ExpirationDate))),
        _ => None,
    };
    let mut times: Vec<(DateTime, Place)> = Vec::new();
    for offer in &set.offers {
        times.extend(offer.entries().iter().map(|entry| (entry.at, entry.place.clone())));
        times.extend(date(offer));
    }
    let mut seen = std::collections::HashSet::new();
    times.retain(|(time, place)| then.moment_of(*time) != now.moment_of(*time) && seen.insert(place.clone()));
    times.sort_by_key(|(time, _)| *time);
    times.first()?;
    let message = format!("the changed `cake.time_zone` moves {}", count(times.len(), "time"));
    let moved = times.iter().take(MOVES_SHOWN).map(|(time, place)| {
        let (was, is) = (then.moment_of(*time), now.moment_of(*time));
        format!("{} in {}:{} was {was} and is {is}", shown_time(*time), place.file, place.line)
    });
    let mut lines: Vec<String> = moved.collect();
    lines.extend(more(times.len(), lines.len()));
    let problem = Diagnostic::warning(codes::review::SETTING, message);
    Some(problem.help(format!(
        "look whether each is meant; a date of an offer in CAKE stays as it is written:\n  {}",
        lines.join("\n  ")
    )))
}

/// More times that move are counted.
const MOVES_SHOWN: usize = 20;
