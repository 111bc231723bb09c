//! Amounts that a schedule sets for a time: where nearly all are set back later, the few that are not may have been forgotten.

use std::collections::BTreeMap;

use jiff::civil::DateTime;

use super::amounts::AMOUNTS;
use super::outliers::are_few;
use super::values::count;
use crate::offer::{Field, Key};
use crate::plan::{FieldChange, Flag, Upcoming, UpcomingKind};

/// Amounts that change at one time, by their index.
#[derive(Default)]
struct Changed {
    set_back: Vec<usize>,
    /// Nothing of the offer changes after it.
    not_set_back: Vec<usize>,
}

/// The flags of the few, by the index of the later change.
pub(super) fn not_set_back(upcoming: &[Upcoming]) -> Vec<(usize, Flag)> {
    let mut steps: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
    for (index, change) in upcoming.iter().enumerate().filter(|(_, change)| change.kind != UpcomingKind::Removed) {
        steps.entry(&change.key).or_default().push(index);
    }
    AMOUNTS.into_iter().flat_map(|field| of_field(upcoming, &steps, field)).collect()
}

fn of_field(upcoming: &[Upcoming], steps: &BTreeMap<&Key, Vec<usize>>, field: Field) -> Vec<(usize, Flag)> {
    let change = |index: usize| upcoming[index].changes.iter().find(|change| change.field == field);
    let mut begins: BTreeMap<DateTime, Changed> = BTreeMap::new();
    for steps in steps.values() {
        let mut changes = steps.iter().filter_map(|index| Some((*index, change(*index)?)));
        let Some((first, FieldChange { before: Some(before), .. })) = changes.next() else { continue };
        let at_once = begins.entry(upcoming[first].at).or_default();
        match changes.next_back() {
            Some((_, last)) if last.after.as_ref() == Some(before) => at_once.set_back.push(first),
            None if steps.last() == Some(&first) => at_once.not_set_back.push(first),
            _ => {}
        }
    }
    let values = |all: &[usize]| {
        count(all.iter().map(|index| change(*index).and_then(|change| change.source.clone()).into_iter().collect()))
    };
    let mut found = Vec::new();
    for Changed { set_back, not_set_back } in begins.into_values() {
        if are_few(not_set_back.len(), set_back.len()) || are_few(values(&not_set_back), values(&set_back)) {
            let flag = Flag::NotSetBack { field, others: set_back.len() };
            found.extend(not_set_back.into_iter().map(|index| (index, flag)));
        }
    }
    found
}
