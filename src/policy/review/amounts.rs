//! The amounts of a plan, by what they are amounts of: only those of one field, with one unit before and one after, can follow one rule.

use std::collections::{BTreeMap, HashMap, HashSet};

use rust_decimal::Decimal;

use super::flags::amount;
use super::values::{Values, changed_lines};
use crate::offer::{Field, Value};
use crate::plan::{Action, BeforeAfter, Unit, type_of};

/// The fields with amounts.
pub(super) const AMOUNTS: [Field; 2] = [Field::Payout, Field::Revenue];

/// Amounts of one field with the same units.
#[derive(Debug)]
pub(super) struct Pool {
    pub field: Field,
    /// Before and after.
    pub units: [Unit; 2],
    /// Whether nothing is recorded that they could be compared with, as of new offers.
    pub is_new: bool,
    pub amounts: Vec<Amount>,
}

/// An amount that an action changes, by its number or its unit, or sets where none was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// Which value of the YAML gives it; see [`Values`].
    pub value: usize,
    /// How many offers it stands for.
    pub offers: usize,
    /// The index of the action, and of the change in it; no change where the number stays and its unit becomes another.
    pub action: usize,
    pub change: Option<usize>,
    pub advertiser: Option<u64>,
    /// `None` where nothing is recorded.
    pub before: Option<Decimal>,
    pub after: Decimal,
    /// Which amounts the action changes.
    pub changes: [bool; 2],
}

/// The amounts of actions that write, in the order of the plan.
pub(super) fn pools(actions: &[Action]) -> Vec<Pool> {
    let mut pools: BTreeMap<(Field, bool, [Unit; 2]), Vec<Amount>> = BTreeMap::new();
    let mut values = Values::default();
    for (index, action) in actions.iter().enumerate().filter(|(_, action)| action.verb().writes()) {
        let sides = BeforeAfter::of(action);
        let changes = AMOUNTS.map(|field| sides.change(field).is_some());
        let advertiser = action.context.get(Field::AdvertiserId).and_then(Value::as_integer);
        for field in AMOUNTS {
            let change = action.changes.iter().position(|change| change.field == field);
            let before = amount(sides.before(field));
            if change.is_none() && (before.is_none() || !sides.changes_unit(field)) {
                continue;
            }
            let Some(after) = amount(sides.after(field)) else { continue };
            let (is_new, unit) = (before.is_none(), sides.unit_after(field));
            let units = [if is_new { unit } else { sides.unit_before(field) }, unit];
            let gives = |of: Field| {
                if change.is_some() { of == field } else { of == type_of(field) || of == Field::CurrencyId }
            };
            let value = values.number(changed_lines(action, gives), after);
            let amount = Amount { value, offers: 1, action: index, change, advertiser, before, after, changes };
            pools.entry((field, is_new, units)).or_default().push(amount);
        }
    }
    pools.into_iter().map(|((field, is_new, units), amounts)| Pool { field, units, is_new, amounts }).collect()
}

/// The amounts of a pool with one for each value of the YAML.
#[derive(Debug)]
pub(super) struct ByValue {
    /// Each stands for the most frequent change that its value makes.
    pub pool: Pool,
    /// The indices of the amounts that each of them stands for.
    pub same: Vec<Vec<usize>>,
}

impl Pool {
    /// How many values of the YAML give these amounts.
    pub(super) fn values(&self, indices: &[usize]) -> usize {
        let values: HashSet<usize> = indices.iter().map(|index| self.amounts[*index].value).collect();
        values.len()
    }

    /// `None` where no two offers share a value.
    pub(super) fn by_value(&self) -> Option<ByValue> {
        let mut all: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, amount) in self.amounts.iter().enumerate() {
            all.entry(amount.value).or_default().push(index);
        }
        if all.len() == self.amounts.len() {
            return None;
        }
        let mut all: Vec<Vec<usize>> = all.into_values().collect();
        all.sort_unstable_by_key(|indices| indices.first().copied());
        let (amounts, same) = all.into_iter().filter_map(|indices| self.as_one(&indices)).unzip();
        Some(ByValue { pool: Self { amounts, ..*self }, same })
    }

    /// The most frequent of these amounts for all of them, and the indices of those like it.
    fn as_one(&self, indices: &[usize]) -> Option<(Amount, Vec<usize>)> {
        let mut alike: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for index in indices {
            let Amount { before, changes, .. } = self.amounts[*index];
            alike.entry((before, changes)).or_default().push(*index);
        }
        let same = alike.into_values().max_by_key(|same| (same.len(), std::cmp::Reverse(same.first().copied())))?;
        let first = self.amounts[*same.first()?];
        let is_one = indices.iter().all(|index| self.amounts[*index].advertiser == first.advertiser);
        let advertiser = first.advertiser.filter(|_| is_one);
        Some((Amount { advertiser, offers: indices.len(), ..first }, same))
    }
}
