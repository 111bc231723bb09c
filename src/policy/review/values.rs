//! Which lines of the YAML give something to an offer. A value in a file of defaults, or in an entry of a schedule there, is one change, however
//! many offers inherit it: they are no evidence for one another.
//!
//! What no line gives, such as an amount that is removed, is a change of its offer alone.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use crate::offer::{DesiredSet, Field};
use crate::plan::{Action, YamlLocation};

/// Numbers for values of the YAML: the same one for each offer that shares a value.
#[derive(Debug, Default)]
pub(super) struct Values {
    known: HashMap<(Vec<YamlLocation>, Decimal), usize>,
    next: usize,
}

impl Values {
    /// The number of an amount that these lines give. A line may have several.
    pub(super) fn number(&mut self, lines: Vec<YamlLocation>, amount: Decimal) -> usize {
        let next = self.next;
        let number = if lines.is_empty() { next } else { *self.known.entry((lines, amount)).or_insert(next) };
        self.next += usize::from(number == next);
        number
    }
}

/// The lines that give an action the values that it changes, of the fields that are asked for.
pub(super) fn changed_lines(action: &Action, is_asked: impl Fn(Field) -> bool) -> Vec<YamlLocation> {
    let changes = action.changes.iter().filter(|change| is_asked(change.field));
    changes.filter_map(|change| change.source.clone()).collect()
}

/// The lines that give an action these fields, whether it changes them or not.
pub(super) fn lines(action: &Action, desired: &DesiredSet, fields: &[Field]) -> Vec<YamlLocation> {
    let line = |field: &Field| match action.changes.iter().find(|change| change.field == *field) {
        Some(change) => change.source.clone(),
        None => desired.get(&action.key)?.given_at(*field).map(YamlLocation::from),
    };
    fields.iter().filter_map(line).collect()
}

/// How many different values these are, each by its lines.
pub(super) fn count(all: impl Iterator<Item = Vec<YamlLocation>>) -> usize {
    let mut known = HashSet::new();
    all.filter(|lines| lines.is_empty() || known.insert(lines.clone())).count()
}
