//! Laws of the edits of `sync.schedule` over random files: what reads back, and which lines stay.

use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use serde::Deserialize;
use serde_yaml::{Mapping, Value as Yaml};

use super::dice::{Dice, dice};
use super::*;
use crate::edit::schedule::{remove, set as set_at};
use crate::offer::shown_time;

fn time(month: usize) -> DateTime {
    date(2026, i8::try_from(month).unwrap() + 1, 1).at(0, 0, 0, 0)
}

/// Nothing, most of the time, or a comment or a blank line.
fn noise(dice: &mut Dice, pad: &str) -> String {
    match dice.below(8) {
        0 => format!("{pad}# a comment\n"),
        1 => "\n".to_owned(),
        2 => "# far left\n".to_owned(),
        3 => format!("\n{pad}# set off\n\n"),
        _ => String::new(),
    }
}

/// `schedule:` with an entry for each of these months.
fn random_list(dice: &mut Dice, months: &[usize], pad: &str) -> String {
    let in_braces = |month: &usize| format!("{{at: {}, payout: {month}}}", shown_time(time(*month)));
    if dice.once_in(4) {
        let entries: Vec<String> = months.iter().map(in_braces).collect();
        return format!("{pad}schedule: [{}]\n", entries.join(dice.pick(&[", ", ","])));
    }
    let dash = format!("{pad}{}", dice.pick(&["", "  ", " "]));
    let inner = format!("{dash}  ");
    let mut parts = vec![format!("{pad}schedule:\n")];
    for month in months {
        let at = format!("at: {} # at", shown_time(time(*month)));
        let entry = match dice.below(4) {
            0 => format!("payout: {month}\n{inner}{at}"),
            1 => in_braces(month),
            _ => format!("{at}\n{}{inner}payout: {month} # p", noise(dice, &inner)),
        };
        parts.push(format!("{}{dash}- {entry}\n{}", noise(dice, &dash), noise(dice, &inner)));
    }
    parts.concat()
}

/// A file with a schedule, and which months have an entry, in the order of the file.
fn random_schedule(dice: &mut Dice) -> (String, Vec<usize>) {
    let mut months: Vec<usize> = (0..6).filter(|_| dice.once_in(2)).collect();
    if !months.is_empty() {
        let by = dice.below(months.len());
        months.rotate_left(by);
    }
    let mut parts = vec!["# top\noffer_name: \"A\" # a\n".to_owned()];
    if months.is_empty() && dice.once_in(2) {
        parts.push(dice.pick(&["", "sync:\n", "sync: {}\n", "sync:\n  schedule:\n"]).to_owned());
        return (parts.concat(), months);
    }
    let pad = dice.pick(&["  ", "    "]);
    parts.push(format!("{}sync: # s\n{}", noise(dice, ""), noise(dice, pad)));
    if dice.once_in(2) || months.is_empty() {
        parts.push(format!("{pad}protect: true\n{}", noise(dice, pad)));
    }
    if !months.is_empty() {
        parts.push(random_list(dice, &months, pad));
    }
    if dice.once_in(2) {
        parts.push(format!("{pad}renamed_from: b\n"));
    }
    parts.push(noise(dice, ""));
    if dice.once_in(3) {
        parts.push("payout: 24 # base\n".to_owned());
    }
    let mut text = parts.concat();
    if dice.once_in(4) {
        text.truncate(text.trim_end().len());
    }
    (if dice.once_in(4) { text.replace('\n', "\r\n") } else { text }, months)
}

fn read(text: &str) -> Yaml {
    let read: Yaml = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    if read.is_null() { Yaml::Mapping(Mapping::new()) } else { read }
}

/// The entries by time, and the document without them; an empty `sync` is none.
fn apart(text: &str) -> (Vec<(String, Mapping)>, Mapping) {
    let Yaml::Mapping(mut document) = read(text) else { panic!("{text}") };
    let mut settings = match document.remove("sync") {
        Some(Yaml::Mapping(settings)) => settings,
        _ => Mapping::new(),
    };
    let schedule = settings.remove("schedule").and_then(|list| Vec::<Mapping>::deserialize(list).ok());
    let entry = |mut entry: Mapping| (entry.remove("at").unwrap().as_str().unwrap().to_owned(), entry);
    let entries = schedule.unwrap_or_default().into_iter().map(entry).collect();
    if !settings.is_empty() {
        document.insert("sync".into(), Yaml::Mapping(settings));
    }
    (entries, document)
}

/// Every line of the one text is in the other, in this order.
fn is_within(part: &str, whole: &str) -> bool {
    let mut lines = whole.lines();
    part.lines().all(|line| lines.any(|other| other == line))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_set_entry_reads_back_and_every_other_line_stays(mut dice in dice()) {
        let (text, months) = random_schedule(&mut dice);
        let month = dice.below(6);
        let at = shown_time(time(month));
        let edited = set_at(&text, DocumentSelector::Index(0), time(month), Field::Payout, &value(Field::Payout, "99"));
        let edited = edited.map_err(|refused| TestCaseError::fail(format!("{refused}\n{text}")))?;
        let ((before, rest), (after, rest_after)) = (apart(&text), apart(&edited));
        prop_assert_eq!(rest, rest_after, "{}\n=>\n{}", text, edited);
        let mut expected = before.clone();
        let value = Mapping::from_iter([("payout".into(), Yaml::from(99))]);
        if let Some((_, values)) = expected.iter_mut().find(|(time, _)| *time == at) {
            *values = value;
        } else {
            let earlier = expected.iter().rposition(|(time, _)| *time < at);
            expected.insert(earlier.map_or(0, |at| at + 1), (at, value));
        }
        prop_assert_eq!(&after, &expected, "{}\n=>\n{}", text, edited);
        let is_new = !months.contains(&month);
        let flow = |text: &str| text.lines().filter(|line| !line.contains('{')).collect::<Vec<_>>().join("\n");
        if is_new {
            let before = flow(&text).replace("sync: {}", "");
            prop_assert!(is_within(&before, &edited), "{text}\n=>\n{edited}");
        } else {
            let changed = text.lines().zip(edited.lines()).filter(|(before, after)| before != after).count();
            prop_assert!(changed == 1 && text.lines().count() == edited.lines().count(), "{text}\n=>\n{edited}");
        }
        let again = set_at(&edited, DocumentSelector::Index(0), time(month), Field::Payout, &super::value(Field::Payout, "99"));
        prop_assert_eq!(again.as_ref(), Ok(&edited));
    }

    #[test]
    fn entries_that_are_taken_out_are_gone_and_nothing_is_added(mut dice in dice()) {
        let (text, months) = random_schedule(&mut dice);
        let gone: Vec<usize> = months.iter().copied().filter(|_| dice.once_in(2)).collect();
        let times: Vec<DateTime> = gone.iter().map(|month| time(*month)).collect();
        let edited = remove(&text, DocumentSelector::Index(0), &times);
        let edited = edited.map_err(|refused| TestCaseError::fail(format!("{refused}\n{text}")))?;
        let ((mut before, rest), (after, rest_after)) = (apart(&text), apart(&edited));
        prop_assert_eq!(rest, rest_after, "{}\n=>\n{}", text, edited);
        before.retain(|(at, _)| !times.iter().any(|time| shown_time(*time) == *at));
        prop_assert_eq!(after, before, "{}\n=>\n{}", text, edited);
        let kept = edited.lines().filter(|line| !line.contains('{')).collect::<Vec<_>>().join("\n");
        prop_assert!(is_within(&kept, &text), "{text}\n=>\n{edited}");
        if gone.is_empty() {
            prop_assert_eq!(edited, text);
        } else if gone.len() == months.len() {
            prop_assert!(!edited.contains("schedule") && edited.contains("protect") == text.contains("protect"));
        }
    }

    #[test]
    fn the_canonical_form_orders_members_and_keeps_values_and_entries(mut dice in dice()) {
        let (text, _) = random_schedule(&mut dice);
        let formatted = format(&text).map_err(|refused| TestCaseError::fail(format!("{refused}\n{text}")))?;
        prop_assert_eq!(apart(&formatted), apart(&text));
        prop_assert_eq!(format(&formatted), Ok(formatted.clone()));
        let comments = |text: &str| text.matches('#').count();
        prop_assert_eq!(comments(&formatted), comments(&text));
    }
}
