//! `sync.schedule`: values that an offer, or every offer below a `_defaults.yaml`, gets at a time.
//!
//! Owns the shape of the entries and how those of several levels go together. Whether a clock shows a time, and once only, is known to the
//! configuration, and is judged where both are.

use std::sync::Arc;

use super::events::shorten;
use super::fields::field_named;
use super::node::{Document, Entry, Node, Used};
use super::problems::Problems;
use super::value::{self, scalar};
use crate::config::Names;
use crate::diagnostic::{Diagnostic, closest, codes};
use crate::offer::{Field, ScheduleEntry, ScheduledValue, Value};
use crate::source::Span;

const EXAMPLE: &str =
    "write below `schedule:` entries such as `- at: 2026-12-01 00:00:00`, and below `at` the values from then on";

/// The entries of both levels. At one time, the values of the own entry count, and those of the outer one that it does not give.
pub(super) fn joined(own: &[Arc<ScheduleEntry>], outer: &[Arc<ScheduleEntry>]) -> Vec<Arc<ScheduleEntry>> {
    let mut all = own.to_vec();
    for entry in outer {
        match all.iter_mut().find(|own| own.at == entry.at) {
            Some(own) => {
                let is_own = |value: &&ScheduledValue| own.values.iter().any(|own| own.field == value.field);
                let others: Vec<_> = entry.values.iter().filter(|value| !is_own(value)).cloned().collect();
                if !others.is_empty() {
                    let mut both = ScheduleEntry::clone(own);
                    both.values.extend(others);
                    both.values.sort_by_key(|value| value.field);
                    *own = Arc::new(both);
                }
            }
            None => all.push(Arc::clone(entry)),
        }
    }
    all.sort_by_key(|entry| entry.at);
    all
}

/// The entries that are valid; every problem is reported.
pub(super) fn read(
    document: &Document<'_>,
    setting: &Entry<'_>,
    names: &Names,
    problems: &mut Problems<'_, '_>,
) -> Vec<Arc<ScheduleEntry>> {
    let items = match document.node(setting.value) {
        Node::Sequence(items) => items,
        Node::Broken => return Vec::new(),
        other => {
            let message = format!("`sync.schedule` takes a list of entries, not {}", other.kind());
            problems.error(codes::schedule::ENTRY, setting.value.span, message, EXAMPLE);
            return Vec::new();
        }
    };
    let mut entries: Vec<Arc<ScheduleEntry>> = Vec::new();
    for item in items {
        let Some((entry, at)) = read_entry(document, *item, names, problems) else { continue };
        if let Some(earlier) = entries.iter().find(|earlier| earlier.at == entry.at) {
            let first = Span { line: earlier.place.line, column: earlier.place.column, length: earlier.place.length };
            let labels = vec![problems.label(at), problems.label(first).saying("the first entry of this time")];
            let problem = Diagnostic::error(codes::schedule::ENTRY, "`sync.schedule` has two entries of one time");
            problems.push(Diagnostic { labels, ..problem }.help("write the values of both below one `at`"));
            continue;
        }
        entries.push(Arc::new(entry));
    }
    entries.sort_by_key(|entry| entry.at);
    entries
}

fn read_entry(
    document: &Document<'_>,
    item: Used,
    names: &Names,
    problems: &mut Problems<'_, '_>,
) -> Option<(ScheduleEntry, Span)> {
    let members = match document.node(item) {
        Node::Mapping(members) => members,
        Node::Broken => return None,
        other => {
            let message = format!("an entry of `sync.schedule` has `at` and values, and this is {}", other.kind());
            problems.error(codes::schedule::ENTRY, item.span, message, EXAMPLE);
            return None;
        }
    };
    let mut values: Vec<ScheduledValue> = Vec::new();
    let (mut time, mut is_whole) = (None, true);
    for member in members {
        if member.name == "at" {
            time = Some((read_time(document, member, problems), member.value.span));
            continue;
        }
        match read_value(document, member, names, problems) {
            Some(value) => values.push(value),
            None => is_whole = false,
        }
    }
    let Some((time, at)) = time else {
        problems.error(codes::schedule::ENTRY, item.span, "this entry of `sync.schedule` has no `at`", EXAMPLE);
        return None;
    };
    if values.is_empty() && is_whole {
        let message = "this entry of `sync.schedule` has no values";
        problems.error(codes::schedule::ENTRY, at, message, "write below `at` what changes then, or remove the entry");
        return None;
    }
    values.sort_by_key(|value| value.field);
    Some((ScheduleEntry { at: time?, place: problems.place(at), values }, at))
}

fn read_time(
    document: &Document<'_>,
    member: &Entry<'_>,
    problems: &mut Problems<'_, '_>,
) -> Option<jiff::civil::DateTime> {
    let (text, ..) = scalar("sync.schedule.at", "a date and time", document, member, problems)?;
    match Field::ExpirationDate.parse(text) {
        Ok(Value::Date(date)) => Some(date.civil()),
        Ok(_) => None,
        Err(error) => {
            let message = format!("invalid time `{}` for `at`: {error}", shorten(text));
            let help = "for example `at: 2026-12-01 00:00:00`; it is in `cake.time_zone`";
            problems.error(codes::schedule::TIME, member.value.span, message, help);
            None
        }
    }
}

fn read_value(
    document: &Document<'_>,
    member: &Entry<'_>,
    names: &Names,
    problems: &mut Problems<'_, '_>,
) -> Option<ScheduledValue> {
    let all = || Field::ALL.into_iter().filter(|field| !field.is_create_only()).map(Field::name);
    let listed = || all().collect::<Vec<_>>().join(", ");
    let Some((field, _)) = field_named(&member.name) else {
        let help = match closest(&member.name, all().chain(["at"])) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("an entry has `at` and some of {}", listed()),
        };
        let message = format!("an entry of `sync.schedule` has no setting `{}`", shorten(&member.name));
        problems.error(codes::schedule::ENTRY, member.span, message, help);
        return None;
    };
    if field.is_create_only() {
        let message = format!("`{}` cannot be scheduled: CAKE's API cannot change it", member.name);
        let help = format!("an update can change {}", listed());
        problems.error(codes::schedule::ENTRY, member.span, message, help);
        return None;
    }
    let value = value::read(field, document, member, names, problems)?;
    Some(ScheduledValue { field, value, place: problems.place(member.value.span) })
}
