//! Which entries of an offer can be taken out, and which values then become its own. Pure.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::offer::{DesiredOffer, Field, Record, Recorded, ScheduleEntry, ScheduledValue, TimeRules, Value};

/// What to take out of an offer's own file, and what to write into it.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    pub(super) offer: &'a DesiredOffer,
    /// Of the entries that go.
    pub(super) times: Vec<DateTime>,
    /// What the offer's own fields become.
    pub(super) values: Vec<(Field, Value)>,
    /// How many past entries stay because a value of theirs is not recorded.
    pub(super) unrecorded: usize,
    /// How many past entries stay because another environment still needs them.
    pub(super) elsewhere: usize,
    /// How many past entries stay for another reason: an entry that stays would take the place of their values.
    pub(super) needed: usize,
}

/// Why an entry stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stays {
    Unrecorded,
    Needed,
}

impl<'a> Choice<'a> {
    /// Past entries go where what they give is recorded, or is replaced by a later past entry. Each goes as a whole.
    pub(super) fn of(offer: &'a DesiredOffer, recorded: &Recorded, moment: Timestamp, rules: &TimeRules) -> Self {
        let past = offer.entries().iter().take_while(|entry| rules.moment_of(entry.at) <= moment);
        let past: Vec<&ScheduleEntry> = past.map(|entry| &**entry).collect();
        let record = recorded.offers.get(&offer.key);
        let mut stays: Vec<Option<Stays>> = vec![None; past.len()];
        // An entry that stays may need others to stay.
        loop {
            let reason = |at: usize| stays[at].is_none().then(|| reason(offer, record, &past, &stays, at)).flatten();
            let Some((at, why)) = (0..past.len()).find_map(|at| Some((at, reason(at)?))) else { break };
            stays[at] = Some(why);
        }
        let own = || past.iter().enumerate().filter(|(_, entry)| entry.place.file == offer.place.file);
        let goes = |at: usize| stays[at].is_none();
        let is_new = |value: &&ScheduledValue| offer.own_value(value.field) != Some(&value.value);
        let given = own().filter(|(at, _)| goes(*at)).flat_map(|(at, entry)| {
            let later = &past[at + 1..];
            own_values(offer, entry).filter(move |value| !is_replaced(offer, later, value.field))
        });
        Self {
            offer,
            times: own().filter(|(at, _)| goes(*at)).map(|(_, entry)| entry.at).collect(),
            values: given.filter(is_new).map(|value| (value.field, value.value.clone())).collect(),
            unrecorded: own().filter(|(at, _)| stays[*at] == Some(Stays::Unrecorded)).count(),
            elsewhere: 0,
            needed: own().filter(|(at, _)| stays[*at] == Some(Stays::Needed)).count(),
        }
    }

    /// Whether the same goes, with the same effect.
    pub(super) fn is_like(&self, other: &Choice<'_>) -> bool {
        self.times == other.times && self.values == other.values
    }

    /// Takes nothing out, for the sake of another environment.
    pub(super) fn keep_for_elsewhere(&mut self) {
        let times = self.times.len();
        self.keep_all();
        (self.needed, self.elsewhere) = (self.needed - times, times);
    }

    /// Takes nothing out.
    pub(super) fn keep_all(&mut self) {
        self.needed += self.times.len();
        self.times.clear();
        self.values.clear();
    }
}

/// The values of an entry that are in the offer's own file.
fn own_values<'a>(offer: &DesiredOffer, entry: &'a ScheduleEntry) -> impl Iterator<Item = &'a ScheduledValue> {
    entry.values.iter().filter(|value| value.place.file == offer.place.file)
}

/// A later past entry gives the field another value. One that a freeze holds back does not, yet.
fn is_replaced(offer: &DesiredOffer, later: &[&ScheduleEntry], field: Field) -> bool {
    let in_effect = offer.last_entry_at(field);
    let mut later = later.iter().filter(|later| in_effect.is_some_and(|since| later.at <= since));
    later.any(|later| later.values.iter().any(|value| value.field == field))
}

/// Why this past entry has to stay, where the entries that go so far are gone.
fn reason(
    offer: &DesiredOffer,
    record: Option<&Record>,
    past: &[&ScheduleEntry],
    stays: &[Option<Stays>],
    at: usize,
) -> Option<Stays> {
    let is_own = |value: &ScheduledValue| value.place.file == offer.place.file;
    let mut decisive =
        own_values(offer, past[at]).filter(|value| !is_replaced(offer, &past[at + 1..], value.field)).peekable();
    decisive.peek()?;
    let values: Vec<&ScheduledValue> = decisive.collect();
    if values.iter().any(|value| !is_recorded(offer, record, past[at].at, value)) {
        return Some(Stays::Unrecorded);
    }
    // An earlier one that stays would take the place of the offer's own value.
    let remains = |earlier: usize, field: Field| {
        past[earlier].values.iter().any(|value| value.field == field && (stays[earlier].is_some() || !is_own(value)))
    };
    let is_needed = |value: &&ScheduledValue| (0..at).any(|earlier| remains(earlier, value.field));
    values.iter().any(is_needed).then_some(Stays::Needed)
}

/// CAKE has the value as far as the state knows, or it is not sent: never, or not after the end by the expiration date.
fn is_recorded(offer: &DesiredOffer, record: Option<&Record>, at: DateTime, value: &ScheduledValue) -> bool {
    let Some(record) = record else { return false };
    let is_ended = offer.due_entry(value.field).is_none() && offer.last_entry_at(value.field) == Some(at);
    is_ended
        || offer.sync.ignore_changes.contains(value.field)
        || record.fields.get(value.field).is_some_and(|recorded| value.value.is_shown_as(recorded))
}
