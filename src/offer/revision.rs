//! What the record of one offer is built on: how often it has changed, and a mark of each of the last changes.
//!
//! A count alone does not do: two clones that change the same record both count on from where they were. Owns the text in the state
//! (`3 5f0a11c2 77aa01b2 e1d2c3b4`; a number without marks in older states). Knows no record. Invariant: the marks are those of the last
//! changes, the oldest first; of changes before them only the number is known.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error as _, Unexpected};
use serde::{Deserialize, Serialize, Serializer};

/// Marks that are kept. A change of another clone is told from this one's as long as no more changes than that have followed.
const MOST_MARKS: usize = 16;
const DIGITS: usize = 8;

/// The changes that a record has had since it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revision {
    count: u32,
    marks: Vec<u32>,
}

impl Revision {
    /// Of a record that is as it was made.
    pub(super) const NONE: &Self = &Self { count: 0, marks: Vec::new() };

    /// How many changes there were.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether a change has a mark.
    pub fn is_marked(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Changes of which no mark is known.
    fn unmarked(&self) -> usize {
        (self.count as usize).saturating_sub(self.marks.len())
    }

    /// The marks with their places among all changes.
    fn placed(&self) -> impl Iterator<Item = (usize, u32)> {
        (self.unmarked()..).zip(self.marks.iter().copied())
    }

    /// Whether every change of the other one is in this one, too.
    pub fn contains(&self, other: &Self) -> bool {
        let is_in = |(place, mark): (usize, u32)| place < self.unmarked() || self.marks.contains(&mark);
        self.count >= other.count && other.placed().all(is_in)
    }

    /// How many changes are in this one that are not in the other.
    pub fn since(&self, other: &Self) -> u32 {
        if self.contains(other) {
            return self.count - other.count;
        }
        let own = self.marks.iter().filter(|mark| !other.marks.contains(mark)).count();
        u32::try_from(own).unwrap_or(u32::MAX)
    }

    /// Takes the changes of another one in.
    pub(super) fn unite(&mut self, other: &Self) {
        if self.contains(other) {
            return;
        }
        if other.contains(self) {
            self.clone_from(other);
            return;
        }
        let unmarked = self.unmarked().max(other.unmarked());
        let mut places: BTreeMap<u32, usize> = BTreeMap::new();
        for (place, mark) in self.placed().chain(other.placed()) {
            let last = places.entry(mark).or_default();
            *last = place.max(*last);
        }
        let mut marks: Vec<(usize, u32)> = places.into_iter().map(|(mark, place)| (place, mark)).collect();
        marks.retain(|(place, _)| *place >= unmarked);
        // The same whichever side is united with the other.
        marks.sort_unstable();
        let count = u32::try_from(unmarked + marks.len()).unwrap_or(u32::MAX);
        self.count = count.max(self.count).max(other.count);
        self.marks = marks.into_iter().map(|(_, mark)| mark).collect();
        self.forget_oldest();
    }

    /// Adds a change; its mark is made of what is recorded by it.
    pub(super) fn add(&mut self, change: &mut blake3::Hasher) {
        for mark in &self.marks {
            change.update(&mark.to_be_bytes());
        }
        let mut mark = [0; 4];
        change.update(&self.count.to_be_bytes()).finalize_xof().fill(&mut mark);
        self.count = self.count.saturating_add(1);
        self.marks.push(u32::from_be_bytes(mark));
        self.forget_oldest();
    }

    fn forget_oldest(&mut self) {
        self.marks.drain(..self.marks.len().saturating_sub(MOST_MARKS));
    }

    /// Reads its text, as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let count = parts.next()?.parse().ok()?;
        let mark = |part: &str| u32::from_str_radix(part, 16).ok().filter(|_| part.len() == DIGITS);
        let revision = Self { count, marks: parts.map(mark).collect::<Option<_>>()? };
        (revision.marks.len() <= count as usize && revision.to_string() == text).then_some(revision)
    }
}

impl From<u32> for Revision {
    fn from(count: u32) -> Self {
        Self { count, marks: Vec::new() }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.count)?;
        self.marks.iter().try_for_each(|mark| write!(f, " {mark:08x}"))
    }
}

impl Serialize for Revision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.marks.is_empty() { serializer.serialize_u32(self.count) } else { serializer.collect_str(self) }
    }
}

impl<'de> Deserialize<'de> for Revision {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Literal<'a> {
            Count(u32),
            Text(#[serde(borrow)] Cow<'a, str>),
        }
        match Literal::deserialize(deserializer)? {
            Literal::Count(count) => Ok(Self::from(count)),
            Literal::Text(text) => Self::parse(&text)
                .ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &"a number of changes and their marks")),
        }
    }
}

impl JsonSchema for Revision {
    fn schema_name() -> Cow<'static, str> {
        "Revision".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "integer", "minimum": 0, "maximum": u32::MAX },
                { "type": "string", "pattern": "^[0-9]+( [0-9a-f]{8})+$" },
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A revision after changes that only differ by their number.
    fn after(mut revision: Revision, changes: &[u8]) -> Revision {
        for change in changes {
            revision.add(blake3::Hasher::new().update(&[*change]));
        }
        revision
    }

    fn united(one: &Revision, other: &Revision) -> Revision {
        let mut united = one.clone();
        united.unite(other);
        united
    }

    #[test]
    fn two_changes_of_the_same_revision_do_not_contain_each_other_however_many_follow() {
        let base = after(Revision::default(), &[1, 2]);
        let (one, other) = (after(base.clone(), &[3]), after(base.clone(), &[4, 5, 6]));
        assert!(one.contains(&base) && other.contains(&base));
        assert!(!one.contains(&other) && !other.contains(&one));
        assert_eq!((other.since(&base), other.since(&one)), (3, 3));
    }

    #[test]
    fn of_older_states_the_number_counts() {
        let old = Revision::from(3);
        assert!(old.contains(&Revision::from(2)) && !old.contains(&Revision::from(4)));
        let later = after(old.clone(), &[1]);
        assert!(later.contains(&old) && !old.contains(&later));
        assert!(later.to_string().starts_with("4 "));
    }

    #[test]
    fn what_is_not_written_like_that_is_no_revision() {
        for text in ["", "x", "01", "1 5f0a11c", "1 5F0A11C2", "0 5f0a11c2", "1  5f0a11c2", "+1"] {
            assert_eq!(Revision::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn both_sides_are_in_what_unites_them(
            base in prop::collection::vec(0..4u8, 0..12),
            one in prop::collection::vec(0..4u8, 0..24),
            other in prop::collection::vec(4..8u8, 0..24),
        ) {
            let base = after(Revision::default(), &base);
            let (one, other) = (after(base.clone(), &one), after(base.clone(), &other));
            let both = united(&one, &other);
            prop_assert_eq!(&both, &united(&other, &one));
            for part in [&base, &one, &other] {
                prop_assert!(both.contains(part));
            }
            prop_assert!(both.marks.len() <= MOST_MARKS);
            prop_assert_eq!(Revision::parse(&both.to_string()), Some(both));
        }
    }
}
