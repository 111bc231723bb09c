//! Amounts whose type or currency does not change as that of nearly all others does.

use std::collections::BTreeMap;

use super::amounts::Pool;
use super::outliers::are_few;
use crate::offer::Field;
use crate::plan::{Flag, Unit};

/// The flags of the few amounts that get another unit than nearly all others of the same unit, or keep theirs, by the index of the action.
/// Where nearly all keep it, every other one is flagged by itself.
pub(super) fn unusual(pools: &[Pool]) -> Vec<(usize, Flag)> {
    let mut from: BTreeMap<(Field, Unit), Vec<&Pool>> = BTreeMap::new();
    for pool in pools.iter().filter(|pool| !pool.is_new) {
        from.entry((pool.field, pool.units[0])).or_default().push(pool);
    }
    let mut found = Vec::new();
    for ((field, unit), mut pools) in from {
        pools.sort_by_key(|pool| pool.amounts.len());
        let Some(usual) = pools.pop().filter(|usual| usual.units[1] != unit) else { continue };
        let others = usual.amounts.len();
        if are_few(pools.iter().map(|pool| pool.amounts.len()).sum(), others) {
            let amounts = pools.iter().flat_map(|pool| &pool.amounts);
            found.extend(amounts.map(|amount| (amount.action, Flag::UnusualUnit { field, others })));
        }
    }
    found
}
