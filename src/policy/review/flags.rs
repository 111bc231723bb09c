//! The flags of one action, apart from those that compare it with other actions.

use rust_decimal::Decimal;

use super::amounts::AMOUNTS;
use super::limits::{is_beyond, keeps_margin};
use super::{Limits, ReviewInputs};
use crate::offer::{Field, Money, Value, WebUrl};
use crate::plan::{Action, BeforeAfter, FieldChange, Flag, Verb};
use crate::policy::expiry::{expires_before, soon, starts_traffic};
use crate::policy::scanned_url::macros_missing_in;

/// Adds the flags of an action. Of clusters is known whether they are a rule, and of the amounts which one is to blame for the margin.
pub(super) fn add(
    flags: &mut Vec<Flag>,
    action: &Action,
    is_rule: &[bool],
    suspect: impl Fn() -> Field,
    inputs: ReviewInputs<'_>,
) {
    let verb = action.verb();
    if verb == Verb::Blocked {
        flags.push(Flag::Blocked);
        return;
    }
    if !verb.writes() {
        return;
    }
    let sides = BeforeAfter::of(action);
    for field in AMOUNTS {
        of_amount(flags, action, field, is_rule, inputs.limits);
    }
    if has_low_margin(sides, inputs.limits) {
        flags.push(Flag::LowMargin { suspect: suspect() });
    }
    // A flag that says how the revenue changes says that it does.
    let is_told = flags.iter().any(|flag| flag.field() == Some(Field::Revenue));
    if !is_told && sides.money_change(Field::Revenue).is_some() {
        flags.push(Flag::RevenueMoves);
    }
    of_urls(flags, action);
    let is_past = expires_before(action, inputs.today);
    let is = [
        (is_past, Flag::ExpiryPast),
        (!is_past && expires_before(action, soon(inputs.today)), Flag::ExpirySoon),
        (sides.goes_inactive(), Flag::StopsTraffic),
        (starts_traffic(action, inputs.today), Flag::StartsTraffic),
        (verb == Verb::Replace, Flag::NewLinks),
    ];
    flags.extend(is.into_iter().filter_map(|(applies, flag)| applies.then_some(flag)));
}

fn of_amount(flags: &mut Vec<Flag>, action: &Action, field: Field, is_rule: &[bool], limits: Limits) {
    let sides = BeforeAfter::of(action);
    if sides.changes_unit(field) && sides.before(field).is_some() && sides.after(field).is_some() {
        flags.push(Flag::OtherUnit { field });
    }
    let Some(change) = sides.change(field) else { return };
    if change.after.as_ref().and_then(Value::as_money).is_some_and(|amount| amount.decimal().is_zero()) {
        flags.push(Flag::ZeroAmount { field });
    }
    let Some((_, before, after)) = sides.money_change(field) else { return };
    if let Some(power) = power_of_ten(before, after) {
        flags.push(Flag::PowerOfTen { field, power });
        return;
    }
    let (rise, fall) = (limits.rise(field), limits.fall(field));
    let rises = after > before && is_beyond(before, after, rise);
    let falls = after < before && is_beyond(before, after, fall);
    let follows_rule = change.cluster.is_some_and(|cluster| is_rule[cluster]);
    if (rises || falls) && !follows_rule && is_swapped(before, after) {
        flags.push(Flag::DigitsSwapped { field });
    }
    flags.extend(rises.then_some(Flag::Rises { field, limit: rise }));
    flags.extend(falls.then_some(Flag::Falls { field, limit: fall }));
}

/// Whether an amount is set that leaves too low a margin.
fn has_low_margin(sides: BeforeAfter<'_>, limits: Limits) -> bool {
    let touches_money = AMOUNTS.into_iter().any(|field| sides.change(field).is_some());
    let amount = |field| sides.after(field).and_then(Value::as_money).map(Money::decimal);
    let is_low = |margin: Decimal| {
        let keeps = |payout, revenue| keeps_margin(payout, revenue, limits.margin_floor);
        let is_kept =
            amount(Field::Payout).zip(amount(Field::Revenue)).is_some_and(|(payout, revenue)| keeps(payout, revenue));
        margin <= Decimal::ZERO || !is_kept
    };
    touches_money && sides.margin_after().is_some_and(is_low)
}

fn of_urls(flags: &mut Vec<Flag>, action: &Action) {
    for change in &action.changes {
        let Some(Value::Url(after)) = &change.after else { continue };
        if after.has_foreign_letters_in_host() {
            flags.push(Flag::ForeignHost);
        }
        if change.new_host.is_some() {
            flags.push(Flag::NewHost);
        }
        let Some(before) = url_before(change) else { continue };
        if change.new_host.is_none() && before.host_and_port() != after.host_and_port() {
            flags.push(Flag::HostChanged);
        }
        if !macros_missing_in(before.as_str(), after.as_str()).is_empty() {
            flags.push(Flag::MacroLost);
        }
    }
}

fn url_before(change: &FieldChange) -> Option<&WebUrl> {
    if let Some(Value::Url(url)) = &change.before { Some(url) } else { None }
}

/// The power of ten by which an amount is about multiplied, give or take a fourth; `None` where that is none, or 0.
pub(in crate::policy) fn power_of_ten(before: Decimal, after: Decimal) -> Option<i8> {
    if before.is_zero() || after.is_zero() {
        return None;
    }
    let (ratio, sign) = if after > before { (after.checked_div(before)?, 1) } else { (before.checked_div(after)?, -1) };
    let (tolerance, mut power) = (Decimal::new(125, 2), Decimal::TEN);
    for exponent in 1..=9 {
        if ratio.checked_mul(tolerance)? < power {
            return None;
        }
        if ratio <= power.checked_mul(tolerance)? {
            return Some(exponent * sign);
        }
        power = power.checked_mul(Decimal::TEN)?;
    }
    None
}

/// Whether two neighbouring digits are exchanged, and nothing else differs.
pub(super) fn is_swapped(one: Decimal, other: Decimal) -> bool {
    let places = one.scale().max(other.scale());
    let digits = |amount: Decimal| {
        let mut amount = amount;
        amount.rescale(places);
        format!("{:030}", amount.mantissa().unsigned_abs()).into_bytes()
    };
    let (one, other) = (digits(one), digits(other));
    let differing: Vec<usize> = (0..one.len().min(other.len())).filter(|at| one[*at] != other[*at]).collect();
    matches!(differing[..], [first, second]
        if second == first + 1 && one[first] == other[second] && one[second] == other[first])
}

/// The amount of a field, before or after.
pub(super) fn amount(value: Option<&Value>) -> Option<Decimal> {
    value.and_then(Value::as_money).map(Money::decimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn powers_of_ten_are_recognized_with_some_tolerance() {
        let power = |before, after| power_of_ten(decimal(before), decimal(after));
        assert_eq!(power("24.00", "240.00"), Some(1));
        assert_eq!(power("24.00", "244.00"), Some(1));
        assert_eq!(power("20.00", "2.20"), Some(-1));
        assert_eq!(power("20.00", "2200"), Some(2));
        assert_eq!(power("24.00", "0.24"), Some(-2));
        for (before, after) in [("20.00", "22.00"), ("20.00", "130.00"), ("24.00", "4.00"), ("0", "5"), ("5", "0")] {
            assert_eq!(power(before, after), None, "{before} {after}");
        }
        assert_eq!(power_of_ten(Decimal::new(1, 28), Decimal::MAX), None);
    }

    #[test]
    fn two_neighbouring_digits_may_be_exchanged() {
        let swapped = |one, other| is_swapped(decimal(one), decimal(other));
        assert!(swapped("24.00", "42.00") && swapped("26.40", "24.60") && swapped("26.4", "26.04"));
        assert!(swapped("20.00", "2.00"), "02.00");
        assert!(!swapped("24.00", "24.00") && !swapped("24.00", "42.01") && !swapped("24.00", "00.24"));
        assert!(!swapped("12.34", "32.14"), "not neighbours");
    }
}
