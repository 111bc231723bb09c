//! `schedule`: what becomes due when, as text, as JSON (`{"format":"offersync-schedule","version":1,…}`), and as a calendar (RFC 5545).

use std::fmt::Write as _;

use icalendar::{Calendar, Component, Event};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::offer::{Digest, TimeRules, shown_time};
use crate::plan::{Upcoming, UpcomingDocument, UpcomingKind};
use crate::words::{count, shorten};

use super::ViewContext;
use super::escape::visible;
use super::json::pretty;
use super::styles::Styles;
use super::view::{UpcomingRow, upcoming_rows};

const FORMAT: &str = "offersync-schedule";
const VERSION: u32 = 1;

/// The maximum length of the title of a calendar's entry.
const TITLE: usize = 200;

/// What is due, held back, or becomes due later.
#[derive(Debug)]
pub struct ScheduleView<'a> {
    /// The moment that it is made for.
    pub at: Timestamp,
    /// In the order of their times.
    pub changes: &'a [Upcoming],
    /// How many changes become due after those.
    pub later: usize,
    pub rules: &'a TimeRules,
}

/// What `offersync schedule --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Schedule", deny_unknown_fields)]
pub(super) struct ScheduleDocument {
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The moment that it was made for, in UTC.
    #[schemars(with = "String")]
    at: Timestamp,
    /// The time zone of all other times.
    time_zone: Option<String>,
    /// What is due, held back, or becomes due later, in the order of times.
    changes: Vec<UpcomingDocument>,
    /// How many changes become due after those.
    later: usize,
}

/// As JSON.
pub fn json(view: &ScheduleView<'_>) -> String {
    pretty(&ScheduleDocument {
        format: FORMAT,
        version: VERSION,
        at: view.at,
        time_zone: view.rules.zone.iana_name().map(str::to_owned),
        changes: view.changes.iter().map(UpcomingDocument::from).collect(),
        later: view.later,
    })
}

/// One line for each change at each time, then the counts.
pub fn text(view: &ScheduleView<'_>, colour: bool, context: ViewContext<'_>) -> String {
    let styles = Styles { colour };
    let mut text = String::new();
    for row in upcoming_rows(view.changes, context, |_| true) {
        let time = if row.kind == UpcomingKind::Overdue { styles.error(&row.time()) } else { styles.dim(&row.time()) };
        let offers = styles.bold(&visible(&row.offers()));
        let _infallible = writeln!(text, "{time}  {offers}  {}", row.changes.join(", "));
    }
    let _infallible = writeln!(text, "{}", styles.bold(&summary(view)));
    text
}

fn summary(view: &ScheduleView<'_>) -> String {
    let of = |kind| view.changes.iter().filter(|change| change.kind == kind).count();
    let due = of(UpcomingKind::Due) + view.later;
    let (overdue, held) = (of(UpcomingKind::Overdue), of(UpcomingKind::Held));
    let are = |number| if number == 1 { "is" } else { "are" };
    let become_due = if due == 1 { "becomes" } else { "become" };
    let parts: Vec<String> = [
        (overdue, format!("{} {} due and not applied", count(overdue, "change"), are(overdue))),
        (held, format!("{} {} held back by a freeze", count(held, "change"), are(held))),
        (due, format!("{} {become_due} due later", count(due, "change"))),
    ]
    .into_iter()
    .filter_map(|(number, text)| (number > 0).then_some(text))
    .collect();
    if parts.is_empty() { "Nothing is scheduled.".to_owned() } else { format!("{}.", parts.join(", ")) }
}

/// As a calendar, with an entry for each change at each time.
pub fn calendar(view: &ScheduleView<'_>, context: ViewContext<'_>) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//offersync//schedule//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property((name, value));
    }
    calendar.name("offersync");
    for row in upcoming_rows(view.changes, context, |_| true) {
        calendar.push(event(view, &row));
    }
    calendar.to_string()
}

fn event(view: &ScheduleView<'_>, row: &UpcomingRow<'_>) -> Event {
    let stamp = |moment: Timestamp| moment.strftime("%Y%m%dT%H%M%SZ").to_string();
    let keys = row.keys.iter().map(|key| key.as_str()).collect::<Vec<_>>().join(", ");
    let changes = row.changes.join(", ");
    // The same change keeps its entry from one calendar to the next.
    let id = Digest::default().text(&shown_time(row.at)).text(&keys).text(&changes).finish();
    let title = shorten(&format!("{}: {changes}", row.offers()), TITLE).into_owned();
    // What a freeze holds back is made after it.
    let start = stamp(view.rules.moment_of(row.held.map_or(row.at, |held| held.until)));
    let mut event = Event::new();
    event.uid(&format!("{}@offersync", id.get(..32).unwrap_or(&id)));
    event.summary(&title).description(&format!("{}\n{changes}\n{keys}", row.time()));
    event.add_property("DTSTAMP", stamp(view.at)).add_property("DTSTART", start);
    event
}
