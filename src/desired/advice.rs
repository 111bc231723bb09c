//! Suggestions for invalid values. Never suggests a different amount or date.

use crate::offer::{Field, FieldKind};

/// A suggestion for this text.
pub fn for_value(field: Field, text: &str) -> String {
    match field.kind() {
        FieldKind::Money => for_money(field, text),
        FieldKind::Date => for_date(field, text),
        FieldKind::Url if text.contains(' ') => "write `%20` for a space".to_owned(),
        FieldKind::Id | FieldKind::Hours if field.parse(text.trim_start_matches('0')).is_ok() => {
            format!("write `{}`, without leading zeros", text.trim_start_matches('0'))
        }
        FieldKind::Status if text.eq_ignore_ascii_case("paused") => {
            "write `inactive`, which CAKE's API uses for paused offers".to_owned()
        }
        FieldKind::Status if text.eq_ignore_ascii_case("expired") => {
            "write `inactive`, or set `expiration_date`".to_owned()
        }
        FieldKind::Status => "without this field, an offer is `active`".to_owned(),
        FieldKind::Name => format!("write the name on one line, as in `{}`", example(field)),
        _ => format!("for example `{}`", example(field)),
    }
}

/// A valid example line.
pub(super) fn example(field: Field) -> String {
    let value = match field.kind() {
        FieldKind::Name => "Home Warranty Lead",
        FieldKind::Text => "Pays on a qualified lead.",
        FieldKind::Url => "https://track.example.com/click?aff={aff_id}",
        FieldKind::Id => "101",
        FieldKind::Hours => "24",
        FieldKind::Status => "active",
        FieldKind::Money => "24.00",
        FieldKind::PriceType => "cpa",
        FieldKind::Date => "2026-12-31 23:59:59",
    };
    format!("{field}: {value}")
}

fn for_money(field: Field, text: &str) -> String {
    let bare = text.trim().trim_start_matches(['$', '€', '£']).trim();
    let suggestion = match bare.split_once(',') {
        Some((whole, cents)) if matches!(cents.len(), 1 | 2) => format!("{whole}.{cents}"),
        Some(_) if is_grouped(bare, ',') => bare.replace(',', ""),
        None if bare.contains('_') => bare.replace('_', ""),
        None if bare.starts_with('.') => format!("0{bare}"),
        None if bare.starts_with('0') => match bare.trim_start_matches('0') {
            rest if rest.is_empty() || rest.starts_with('.') => format!("0{rest}"),
            rest => rest.to_owned(),
        },
        Some(_) => String::new(),
        None => bare.to_owned(),
    };
    if text.trim_start().starts_with('-') {
        format!("an amount is zero or more, as in `{}`", example(field))
    } else if suggestion != text && field.parse(&suggestion).is_ok() {
        format!("write `{suggestion}`")
    } else {
        format!("amounts are kept exactly as written and never rounded; for example `{}`", example(field))
    }
}

/// `1,000` and `1,234,567.89`, where the comma can only separate thousands.
fn is_grouped(text: &str, separator: char) -> bool {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut groups = whole.split(separator);
    groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
}

fn for_date(field: Field, text: &str) -> String {
    let end_of_day = format!("{text} 23:59:59");
    if field.parse(&end_of_day).is_ok() {
        return format!("add the time of day: `{end_of_day}` for the end of that day");
    }
    if let Some(first) = text.get(..19) {
        let spaced = first.replacen('T', " ", 1);
        if text.len() > 19 && field.parse(&spaced).is_ok() {
            return format!("write `{spaced}`, without a zone: it means the zone that `cake.time_zone` names");
        }
        if spaced != text && field.parse(&spaced).is_ok() {
            return format!("write `{spaced}`");
        }
    }
    let with_seconds = format!("{}:00", text.replacen('T', " ", 1));
    if field.parse(&with_seconds).is_ok() {
        return format!("add the seconds: `{with_seconds}`");
    }
    if text.get(10..13).is_some_and(|hour| hour == " 24") {
        return format!("hours go from 00 to 23; write `{} 23:59:59` for the end of that day", &text[..10]);
    }
    days_of_month(text).unwrap_or_else(|| format!("for example `{}`", example(field)))
}

/// The suggestion for a day that the month does not have.
fn days_of_month(text: &str) -> Option<String> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let (year, month, day) = (number(0, 4)?, i8::try_from(number(5, 7)?).ok()?, number(8, 10)?);
    let first = jiff::civil::Date::new(year, month, 1).ok()?;
    let days = first.days_in_month();
    (day > i16::from(days)).then(|| format!("{} has {days} days", first.strftime("%B %Y")))
}
