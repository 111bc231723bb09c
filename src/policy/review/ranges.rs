//! The range of the amounts and margins of other offers, against which amounts are held that nothing is recorded of, such as those of new
//! offers: there is no old amount to compare with.
//!
//! Offers that share a value of the YAML are no range for each other, nor are a few new amounts that are about the same: one mistake may be
//! behind all of them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;

use super::amounts::AMOUNTS;
use super::flags::amount;
use super::values::Values;
use crate::offer::{AdvertiserId, DesiredOffer, DesiredSet, Field, Fields, Key, PriceType, Value};
use crate::plan::{Action, BeforeAfter, Flag, YamlLocation};

/// Fewer others have no range; so many are needed for each offer that shares the value.
const FEWEST: usize = 5;
/// Among so many others the most extreme one does not count: it may be as wrong. Among twice as many, the two most extreme.
const MANY: usize = 50;
/// An amount that is so many times the highest, or less than that part of the lowest, is far away.
const FAR: Decimal = Decimal::from_parts(3, 0, 0, false, 0);
/// New amounts of which none is more than so many times another are about the same.
const NEAR: Decimal = Decimal::from_parts(125, 0, 0, false, 2);
/// So many about the same may be one mistake, where each is one of so many.
const ALIKE: usize = 3;
const EACH_OF: usize = 10;

/// What is compared: an amount, or (`None`) the revenue of one unit of payout.
type Measure = Option<Field>;

/// Whose offers: those of an advertiser, or all.
type Scope = Option<u64>;

/// Those that an offer belongs to.
fn scopes(fields: &Fields) -> [Scope; 2] {
    [fields.advertiser().map(AdvertiserId::get), None]
}

/// The types of payout and revenue, and the currency, as far as they belong to a measure.
type UnitKey = (Option<PriceType>, Option<u64>);

/// A number, and which value of the YAML gives it.
type Given = (Decimal, usize);

/// The numbers of all desired offers that those without an old one are compared with.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    numbers: BTreeMap<(Scope, Measure, UnitKey), Compared>,
    /// The numbers of the actions without an old one, by the index of the action.
    own: Vec<Vec<(Measure, UnitKey, Given)>>,
}

impl Ranges {
    /// Empty where every amount has an old one.
    pub(super) fn of(actions: &[Action], desired: &DesiredSet) -> Self {
        let mut ranges = Self::default();
        let mut values = Values::default();
        let mut new: HashSet<(&Key, Measure)> = HashSet::new();
        for action in actions {
            let mut own = Vec::new();
            if action.verb().writes() {
                for (measure, unit, number) in without_before(action) {
                    let lines = lines(measure, |field| line(action, desired, field));
                    own.push((measure, unit, (number, values.number(lines, number))));
                    new.insert((&action.key, measure));
                    for scope in scopes(&action.context) {
                        ranges.numbers.entry((scope, measure, unit)).or_default();
                    }
                }
            }
            ranges.own.push(own);
        }
        if ranges.numbers.is_empty() {
            return ranges;
        }
        for offer in &desired.offers {
            for (measure, unit, number) in measures(&offer.fields) {
                let scopes = scopes(&offer.fields).map(|scope| (scope, measure, unit));
                if scopes.iter().any(|scope| ranges.numbers.contains_key(scope)) {
                    let lines = lines(measure, |field| Some(line_of(offer, field)));
                    let given = (number, values.number(lines, number));
                    let is_new = new.contains(&(&offer.key, measure));
                    for scope in scopes {
                        ranges.numbers.entry(scope).and_modify(|compared| compared.add(given, is_new));
                    }
                }
            }
        }
        ranges.numbers.values_mut().for_each(Compared::sort);
        ranges
    }

    /// The flags of what an action sets where nothing is recorded, by the index of the action.
    pub(super) fn flags(&self, index: usize, action: &Action) -> Vec<Flag> {
        let mut flags = Vec::new();
        for (field, unit, given) in self.own.get(index).into_iter().flatten() {
            let is_far = scopes(&action.context)
                .into_iter()
                .find_map(|scope| self.numbers.get(&(scope, *field, *unit))?.is_far(*given));
            if is_far == Some(true) {
                let of_margin = || Flag::MarginOutOfRange { suspect: self.suspect(action) };
                flags.push(field.map_or_else(of_margin, |field| Flag::OutOfRange { field }));
            }
        }
        flags
    }

    /// Which of the amounts that an action sets is more likely to be wrong: the one that is farther from what is recorded, or else from what other
    /// offers have; the payout where that cannot be told.
    pub(super) fn suspect(&self, action: &Action) -> Field {
        let [payout, revenue] = AMOUNTS.map(|field| self.distance(action, field));
        if payout < revenue { Field::Revenue } else { Field::Payout }
    }

    /// How many times an amount is a usual one, or that is it; `None` where it is not changed, or cannot be compared.
    fn distance(&self, action: &Action, field: Field) -> Option<Decimal> {
        let change = BeforeAfter::of(action).change(field)?;
        let after = amount(change.after.as_ref())?;
        let usual = amount(change.before.as_ref()).or_else(|| self.median(&action.context, field)).unwrap_or(after);
        let (low, high) = if usual < after { (usual, after) } else { (after, usual) };
        Some(high.checked_div(low).unwrap_or(Decimal::MAX))
    }

    /// The amount in the middle of those of other offers.
    fn median(&self, fields: &Fields, field: Field) -> Option<Decimal> {
        let (_, unit, _) = measures(fields).find(|(measure, ..)| *measure == Some(field))?;
        let all = scopes(fields).map(|scope| Some(&self.numbers.get(&(scope, Some(field), unit))?.values.all));
        let enough = all.into_iter().flatten().find(|all| all.len() > FEWEST)?;
        enough.get(enough.len() / 2).map(|(number, _)| *number)
    }
}

/// The lines that give a measure.
fn lines(measure: Measure, line: impl Fn(Field) -> Option<YamlLocation>) -> Vec<YamlLocation> {
    let fields = AMOUNTS.into_iter().filter(|field| measure.is_none_or(|measure| measure == *field));
    fields.filter_map(line).collect()
}

fn line(action: &Action, desired: &DesiredSet, field: Field) -> Option<YamlLocation> {
    let change = action.changes.iter().find(|change| change.field == field).and_then(|change| change.source.clone());
    change.or_else(|| Some(line_of(desired.get(&action.key)?, field)))
}

fn line_of(offer: &DesiredOffer, field: Field) -> YamlLocation {
    offer.place_of(field).into()
}

/// The numbers of one measure and unit: of each offer, and of each value of the YAML.
#[derive(Debug, Default)]
struct Compared {
    offers: Numbers,
    values: Numbers,
}

/// Numbers, sorted; those of them that nothing is recorded of as well.
#[derive(Debug, Default)]
struct Numbers {
    all: Vec<Given>,
    new: Vec<Given>,
}

impl Compared {
    fn add(&mut self, given: Given, is_new: bool) {
        self.offers.all.push(given);
        if is_new {
            self.offers.new.push(given);
        }
    }

    fn sort(&mut self) {
        let distinct = |all: &mut Vec<Given>| {
            all.sort_unstable();
            let mut distinct = all.clone();
            distinct.dedup();
            distinct
        };
        let Numbers { all, new } = &mut self.offers;
        self.values = Numbers { all: distinct(all), new: distinct(new) };
    }

    /// Whether a number is far from the others, as that of an offer among offers or as that of a value among values; `None` where there are
    /// too few of both.
    fn is_far(&self, number: Given) -> Option<bool> {
        let found = [self.offers.is_far(number), self.values.is_far(number)];
        found.into_iter().flatten().reduce(|one, other| one || other)
    }
}

impl Numbers {
    fn is_far(&self, (number, value): Given) -> Option<bool> {
        let own = within(&self.all, |other| (*other).cmp(&(number, value)));
        let others = self.all.len() - own;
        if others < FEWEST * own.max(1) {
            return None;
        }
        // Once for all: a multiplication for each comparison would take most of the time.
        let times = |factor| number.checked_mul(factor).unwrap_or(Decimal::MAX);
        let part = |factor| number.checked_div(factor).unwrap_or(Decimal::ZERO);
        let (near_below, near_above, far_below, far_above) = (part(NEAR), times(NEAR), part(FAR), times(FAR));
        let near = within(&self.new, |(other, _)| {
            if *other < near_below {
                Ordering::Less
            } else if near_above < *other {
                Ordering::Greater
            } else {
                Ordering::Equal
            }
        });
        // Without those, no other is as far out.
        let alike = near.saturating_sub(own);
        let is_one_mistake = own + alike <= ALIKE * own.max(1) && (own + alike) * EACH_OF <= self.all.len();
        let not_counted = (others / MANY).min(2) + if is_one_mistake { alike } else { 0 };
        let as_high = self.all.len() - self.all.partition_point(|(other, _)| *other < far_below);
        let as_low = self.all.partition_point(|(other, _)| *other <= far_above);
        Some(as_high.min(as_low) - own <= not_counted)
    }
}

/// How many of these, which are sorted, are equal to what is looked for.
fn within(all: &[Given], order: impl Fn(&Given) -> Ordering) -> usize {
    all.partition_point(|one| order(one).is_le()) - all.partition_point(|one| order(one).is_lt())
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

    /// Each of a value of its own.
    fn compared(recorded: &[i64], new: &[i64]) -> Compared {
        let mut compared = Compared::default();
        let all = recorded.iter().map(|number| (number, false)).chain(new.iter().map(|number| (number, true)));
        all.enumerate().for_each(|(value, (number, is_new))| compared.add((Decimal::from(*number), value), is_new));
        compared.sort();
        compared
    }

    /// Whether the last of the new ones is far.
    fn far(recorded: &[i64], new: &[i64]) -> Option<bool> {
        let last = recorded.len() + new.len() - 1;
        compared(recorded, new).is_far((Decimal::from(*new.last().unwrap()), last))
    }

    #[test]
    fn far_is_more_than_three_times_the_range_of_at_least_five_others() {
        assert_eq!(far(&[10, 20, 30, 20], &[1000]), None);
        assert_eq!(far(&[10, 20, 30, 20, 10], &[91]), Some(true));
        assert_eq!(far(&[10, 20, 30, 20, 10], &[90]), Some(false));
        assert_eq!(far(&[10, 20, 30, 20, 10], &[3]), Some(true));
        assert_eq!(far(&[10, 20, 30, 20, 10], &[4]), Some(false));
    }

    #[test]
    fn two_wrong_ones_among_many_do_not_hide_a_third() {
        let mut others = vec![20; 100];
        others.extend([200, 200]);
        assert_eq!(far(&others, &[200]), Some(true));
        assert_eq!(far(&others, &[25]), Some(false));
    }

    #[test]
    fn a_few_new_ones_about_the_same_are_no_range_for_each_other() {
        let usual = [20; 27];
        assert_eq!(far(&usual[..18], &[2400, 2400]), Some(true));
        assert_eq!(far(&usual[..17], &[2400, 2400]), Some(false), "too large a part");
        assert_eq!(far(&usual, &[2400, 2300, 2400]), Some(true));
        assert_eq!(far(&usual[..26], &[2, 2, 2, 2]), Some(false), "what four have may be meant");
        // One that is recorded is no mistake of this plan.
        let mut recorded = usual.to_vec();
        recorded.push(2400);
        assert_eq!(far(&recorded, &[2400]), Some(false));
    }

    #[test]
    fn offers_that_share_a_value_are_one() {
        let mut all = Compared::default();
        for value in 0..8 {
            let number = Decimal::from(if value == 7 { 200 } else { 20 + value });
            // The last one is too many offers to be judged by the other offers.
            (0..if value == 7 { 12 } else { 6 }).for_each(|_| all.add((number, usize::try_from(value).unwrap()), true));
        }
        all.sort();
        assert_eq!(all.is_far((Decimal::from(200), 7)), Some(true));
        assert_eq!(all.is_far((Decimal::from(22), 2)), Some(false));
    }
}
