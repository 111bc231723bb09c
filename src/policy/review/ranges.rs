//! The range of the amounts and margins of other offers, against which amounts are held that nothing is recorded of, such as those of new
//! offers: there is no old amount to compare with.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::amounts::AMOUNTS;
use super::flags::amount;
use crate::offer::{AdvertiserId, DesiredSet, Field, Fields, PriceType, Value};
use crate::plan::{Action, BeforeAfter, Flag};

/// Fewer offers have no range.
const FEWEST: usize = 5;
/// Among so many others the most extreme one does not count: it may be as wrong. Among twice as many, the two most extreme.
const MANY: usize = 50;
/// An amount that is so many times the highest, or less than that part of the lowest, is far away.
const FAR: Decimal = Decimal::from_parts(3, 0, 0, false, 0);

/// What is compared: an amount, or (`None`) the revenue of one unit of payout.
type Measure = Option<Field>;

/// Whose offers: those of an advertiser, or all.
type Scope = Option<u64>;

/// Those that an offer belongs to.
fn scopes(fields: &Fields) -> [Scope; 2] {
    [fields.advertiser().map(AdvertiserId::get), None]
}

/// The numbers of all desired offers that those without an old one are compared with, sorted.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    numbers: BTreeMap<(Scope, Measure, UnitKey), Vec<Decimal>>,
}

/// The types of payout and revenue, and the currency, as far as they belong to a measure.
type UnitKey = (Option<PriceType>, Option<u64>);

impl Ranges {
    /// Empty where every amount has an old one.
    pub(super) fn of(actions: &[Action], desired: &DesiredSet) -> Self {
        let mut ranges = Self::default();
        for action in actions.iter().filter(|action| action.verb().writes()) {
            for key in without_before(action)
                .flat_map(|(measure, unit, _)| scopes(&action.context).map(|scope| (scope, measure, unit)))
            {
                ranges.numbers.entry(key).or_default();
            }
        }
        if ranges.numbers.is_empty() {
            return ranges;
        }
        for offer in &desired.offers {
            for (measure, unit, number) in measures(&offer.fields) {
                for scope in scopes(&offer.fields) {
                    if let Some(numbers) = ranges.numbers.get_mut(&(scope, measure, unit)) {
                        numbers.push(number);
                    }
                }
            }
        }
        ranges.numbers.values_mut().for_each(|numbers| numbers.sort_unstable());
        ranges
    }

    /// The flags of what an action sets where nothing is recorded.
    pub(super) fn flags(&self, action: &Action) -> Vec<Flag> {
        let mut flags = Vec::new();
        for (field, unit, number) in without_before(action) {
            let is_far = scopes(&action.context)
                .into_iter()
                .find_map(|scope| is_far(self.numbers.get(&(scope, field, unit))?, number));
            if is_far == Some(true) {
                flags.push(Flag::OutOfRange { field });
            }
        }
        flags
    }
}

/// Whether a number is far from the others; `None` where there are too few.
fn is_far(numbers: &[Decimal], number: Decimal) -> Option<bool> {
    let others = numbers.len().checked_sub(1).filter(|others| *others >= FEWEST)?;
    let own = numbers.partition_point(|other| *other < number);
    let skipped = (others / MANY).min(2);
    // The numbers without the own one.
    let other = |index: usize| numbers.get(if index < own { index } else { index + 1 }).copied();
    let (lowest, highest) = (other(skipped)?, other(others - 1 - skipped)?);
    let far_above = highest.checked_mul(FAR).is_some_and(|most| number > most);
    let far_below = number.checked_mul(FAR).is_some_and(|threefold| threefold < lowest);
    Some(far_above || far_below)
}

/// Those of an action that have no old number.
fn without_before(action: &Action) -> impl Iterator<Item = (Measure, UnitKey, Decimal)> {
    let sides = BeforeAfter::of(action);
    let is_new = move |field| sides.change(field).is_some_and(|change| change.before.is_none());
    measures(&action.context).filter(move |(measure, ..)| match measure {
        Some(field) => is_new(*field),
        None => AMOUNTS.into_iter().any(is_new),
    })
}

fn measures(fields: &Fields) -> impl Iterator<Item = (Measure, UnitKey, Decimal)> {
    let price_type = |field| match fields.get(field) {
        Some(Value::PriceType(price_type)) => Some(*price_type),
        _ => None,
    };
    let types = [price_type(Field::PayoutType), price_type(Field::RevenueType)];
    let currency = fields.get(Field::CurrencyId).and_then(Value::as_integer);
    let amounts = AMOUNTS.map(|field| amount(fields.get(field)));
    let [payout, revenue] = amounts;
    let share = revenue.zip(payout).and_then(|(revenue, payout)| revenue.checked_div(payout));
    let share = share.filter(|_| types[0] == types[1]).map(|share| (None, (types[0], None), share));
    let amounts = AMOUNTS.into_iter().zip(types).zip(amounts);
    let amounts = amounts.filter_map(move |((field, of), amount)| Some((Some(field), (of, currency), amount?)));
    amounts.chain(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn far(others: &[i64], number: i64) -> Option<bool> {
        let mut numbers: Vec<_> = others.iter().chain([&number]).map(|number| Decimal::from(*number)).collect();
        numbers.sort_unstable();
        is_far(&numbers, Decimal::from(number))
    }

    #[test]
    fn far_is_more_than_three_times_the_range_of_at_least_five_others() {
        assert_eq!(far(&[10, 20, 30, 20], 1000), None);
        assert_eq!(far(&[10, 20, 30, 20, 10], 91), Some(true));
        assert_eq!(far(&[10, 20, 30, 20, 10], 90), Some(false));
        assert_eq!(far(&[10, 20, 30, 20, 10], 3), Some(true));
        assert_eq!(far(&[10, 20, 30, 20, 10], 4), Some(false));
    }

    #[test]
    fn two_wrong_ones_among_many_do_not_hide_a_third() {
        let mut others = vec![20; 100];
        others.extend([200, 200]);
        assert_eq!(far(&others, 200), Some(true));
        assert_eq!(far(&others, 25), Some(false));
    }
}
