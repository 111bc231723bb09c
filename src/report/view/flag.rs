//! The texts of flags, and the order in which flagged changes are reviewed.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::DateTime;
use rust_decimal::Decimal;

use crate::offer::{Field, FieldKind, Value};
use crate::plan::{Action, BeforeAfter, FieldChange, Flag, FlagKind, Verb, YamlLocation, percentage, type_of};

/// In a plan of fewer groups, everything is read anyway.
const FEW_GROUPS: usize = 10;
/// What more than one in so many groups have is no reason to review one before the others.
const COMMON: usize = 5;

/// The flag in words.
pub(in crate::report) fn text(flag: Flag, action: &Action) -> String {
    let sides = BeforeAfter::of(action);
    let amount = |field, amount: Decimal| sides.unit_after(field).amount(amount);
    match flag {
        Flag::PowerOfTen { field, power } => format!("{field} about {}", factor(power)),
        Flag::DigitsSwapped { field } => format!("{field} with swapped digits"),
        Flag::BreaksRule { field, others, expected } => {
            let gives = expected.map(|expected| format!(", which gives {}", amount(field, expected)));
            format!("breaks the rule of {others} others{}", gives.unwrap_or_default())
        }
        Flag::OtherAmounts { others, fields } if fields.is_empty() => {
            let what = if action.verb() == Verb::Create { "have" } else { "change" };
            format!("{others} others {what} no amount")
        }
        Flag::OtherAmounts { others, fields } => {
            let fields: Vec<_> = fields.iter().map(Field::name).collect();
            let only = if fields.len() == 1 { " alone" } else { "" };
            format!("{others} others change {}{only}", fields.join(" and "))
        }
        Flag::AgainstOthers { field, others } => {
            let is_rise = sides.money_change(field).is_some_and(|(_, before, after)| after > before);
            let (own, of_others) = if is_rise { ("rises", "fall") } else { ("falls", "rise") };
            format!("{field} {own} where {others} others {of_others}")
        }
        Flag::UnusualUnit { field, others, differs: _ } => {
            let is_changed = sides.changes_unit(field);
            let how = match sides.after(field) {
                None => "not set, unlike that of",
                Some(_) if is_changed => "gets another type or currency than",
                Some(_) => "keeps its type and currency, unlike",
            };
            format!("{field} {how} {others} others")
        }
        Flag::NotSetBack { field, others } => {
            let are = if others == 1 { "other is" } else { "others are" };
            format!("{field} is not set back later, as {others} {are}")
        }
        Flag::Blocked => "blocked".to_owned(),
        Flag::ForeignHost => "host with letters outside ASCII".to_owned(),
        Flag::OtherUnit { field } => format!("{field} of another type or currency than before"),
        Flag::ZeroAmount { field } => format!("{field} is 0"),
        Flag::LowMargin { .. } => match sides.margin_after() {
            Some(margin) if margin < Decimal::ZERO => "margin negative".to_owned(),
            Some(margin) if margin.is_zero() => "no margin".to_owned(),
            _ => "margin below its floor".to_owned(),
        },
        Flag::Falls { field, limit } => format!("{field} falls by over {limit} %"),
        Flag::Rises { field, limit } => format!("{field} rises by over {limit} %"),
        Flag::RevenueMoves => "revenue changes".to_owned(),
        Flag::OutOfRange { field } => format!("{field} far from those of other offers"),
        Flag::MarginOutOfRange { .. } => "margin far from those of other offers".to_owned(),
        Flag::ExpiryPast => "expiry in the past".to_owned(),
        Flag::ExpirySoon => "expires within two days".to_owned(),
        Flag::MacroLost => "a URL loses a macro".to_owned(),
        Flag::HostChanged => "another host".to_owned(),
        Flag::NewHost => "host that no recorded offer has".to_owned(),
        Flag::StopsTraffic => "stops taking traffic".to_owned(),
        Flag::StartsTraffic => "starts to take traffic".to_owned(),
        Flag::NewLinks => "affiliates need new links".to_owned(),
    }
}

/// Whether a change of that field, one of these, is a reason for the flag.
pub(super) fn is_about(flag: Flag, field: Field, changes: &[FieldChange]) -> bool {
    match flag {
        Flag::ForeignHost | Flag::MacroLost | Flag::HostChanged | Flag::NewHost | Flag::NewLinks => {
            field.kind() == FieldKind::Url
        }
        Flag::OtherAmounts { fields, .. } => {
            // The amount that the others do not change, where there is one.
            let is_other = |field: Field| field.kind() == FieldKind::Money && !fields.contains(field);
            is_other(field) || (field.kind() == FieldKind::Money && !changes.iter().any(|one| is_other(one.field)))
        }
        Flag::UnusualUnit { differs, .. } => field == differs,
        Flag::OtherUnit { field: amount } => field == type_of(amount) || field == Field::CurrencyId,
        Flag::LowMargin { suspect } | Flag::MarginOutOfRange { suspect } => field == suspect,
        Flag::Blocked => field.is_create_only(),
        other => other.field() == Some(field),
    }
}

/// The line that gives what the gravest of these flags is about, or else the next one.
pub(super) fn source<'c>(flags: &[Flag], changes: &'c [FieldChange]) -> Option<&'c YamlLocation> {
    let line = |flag: &Flag| {
        let mut reasons = changes.iter().filter(|change| is_about(*flag, change.field, changes));
        reasons.find_map(|change| change.source.as_ref())
    };
    flags.iter().find_map(line)
}

/// `× 10`, `÷ 100`.
fn factor(power: i8) -> String {
    let sign = if power < 0 { '÷' } else { '×' };
    format!("{sign} 1{}", "0".repeat(usize::from(power.unsigned_abs())))
}

/// How many offers have a flag of that kind.
pub(in crate::report) fn counted(kind: FlagKind, count: usize) -> String {
    let one_or_many = |one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    match kind {
        FlagKind::PowerOfTen => format!("{count} about × 10 or ÷ 10"),
        FlagKind::DigitsSwapped => format!("{count} with swapped digits"),
        FlagKind::BreaksRule => one_or_many("breaks the rule of the others", "break the rule of the others"),
        FlagKind::OtherAmounts => format!("{count} with other amounts than the others change"),
        FlagKind::AgainstOthers => one_or_many("moves against the others", "move against the others"),
        FlagKind::UnusualUnit => format!("{count} with another type or currency than the others"),
        FlagKind::NotSetBack => format!("{count} not set back later, as the others are"),
        FlagKind::Blocked => format!("{count} blocked"),
        FlagKind::ForeignHost => format!("{count} with letters outside ASCII in a host"),
        FlagKind::OtherUnit => format!("{count} with an amount of another type or currency"),
        FlagKind::ZeroAmount => format!("{count} with an amount of 0"),
        FlagKind::LowMargin => format!("{count} with too low a margin"),
        FlagKind::Falls => one_or_many("falls beyond the limit", "fall beyond the limit"),
        FlagKind::Rises => one_or_many("rises beyond the limit", "rise beyond the limit"),
        FlagKind::RevenueMoves => one_or_many("revenue changes", "revenues change"),
        FlagKind::OutOfRange => format!("{count} far from other offers"),
        FlagKind::ExpiryPast => format!("{count} with an expiry in the past"),
        FlagKind::ExpirySoon => format!("{count} with an expiry within two days"),
        FlagKind::MacroLost => one_or_many("loses a macro", "lose a macro"),
        FlagKind::HostChanged => format!("{count} with another host"),
        FlagKind::NewHost => format!("{count} with a host that no recorded offer has"),
        FlagKind::StopsTraffic => one_or_many("stops taking traffic", "stop taking traffic"),
        FlagKind::StartsTraffic => one_or_many("starts to take traffic", "start to take traffic"),
        FlagKind::NewLinks => one_or_many("needs new links", "need new links"),
    }
}

/// Whether a flag means little where so many of these groups have it.
fn is_common(kind: FlagKind, count: usize, groups: usize) -> bool {
    match kind {
        // What gets another unit unlike the others has a flag of its own.
        FlagKind::OtherUnit => count * COMMON > groups * (COMMON - 1),
        FlagKind::OutOfRange | FlagKind::ExpiryPast => false,
        kind => kind >= FlagKind::Falls && count * COMMON > groups,
    }
}

/// The flags that so many rows of a list have that they are told once, as a count; from the flags of each row.
pub(super) fn common<'f>(rows: impl ExactSizeIterator<Item = &'f [Flag]>) -> Vec<FlagKind> {
    let all = rows.len();
    if all < FEW_GROUPS {
        return Vec::new();
    }
    counts(rows).into_iter().filter(|(kind, count)| is_common(*kind, *count, all)).map(|(kind, _)| kind).collect()
}

/// How urgently a flagged action needs review: its most severe flag, then how far its amounts move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct ReviewPriority {
    pub kind: Reverse<FlagKind>,
    movement: Decimal,
}

impl ReviewPriority {
    /// The priority of an action with these flags; `None` without a flag.
    pub(super) fn of(action: &Action, flags: &[Flag]) -> Option<Self> {
        let kind = Reverse(flags.first()?.kind());
        let sides = BeforeAfter::of(action);
        let moves = |field| sides.money_change(field).and_then(|(_, before, after)| percentage(before, after));
        let fall = sides.margin_before().zip(sides.margin_after()).and_then(|(b, a)| b.checked_sub(a));
        let moves = [moves(Field::Payout), moves(Field::Revenue), fall].into_iter().flatten().map(|move_| move_.abs());
        Some(Self { kind, movement: moves.max().unwrap_or_default() })
    }
}

/// Whether the value is a date in the past; false if the current time is unknown.
pub(super) fn is_past(value: Option<&Value>, today: Option<DateTime>) -> bool {
    matches!((value, today), (Some(Value::Date(date)), Some(today)) if date.civil() < today)
}

/// Each kind once.
fn kinds(flags: &[Flag]) -> impl Iterator<Item = FlagKind> {
    let mut kinds: Vec<_> = flags.iter().map(|flag| flag.kind()).collect();
    kinds.dedup();
    kinds.into_iter()
}

/// How often there is a flag of each kind, without zeros, the most severe first.
pub(super) fn counts<'f>(all: impl Iterator<Item = &'f [Flag]>) -> Vec<(FlagKind, usize)> {
    let mut counts = BTreeMap::new();
    for kind in all.flat_map(kinds) {
        *counts.entry(kind).or_default() += 1;
    }
    counts.into_iter().collect()
}
