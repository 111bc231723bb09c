//! Which groups of a long plan are shown one by one, and which flagged changes first; the others are summed up. Nothing that is flagged gives
//! way to something that is not.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::flag::ReviewPriority;
use super::group::Group;
use super::upcoming::UpcomingRow;
use crate::plan::FlagKind;

/// So many flagged groups are shown of a verb that has too many groups.
const FLAGGED: usize = 12;
/// So many unflagged groups of at least [`LARGE`] offers are shown besides.
const LARGE_GROUPS: usize = 12;
/// A group of so many offers is worth its lines even if others are more urgent.
const LARGE: usize = 5;

/// So many changes with one worst flag come before others of which the same is the worst.
const OF_A_KIND: usize = 4;

/// A flagged change.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) enum ToReview<'v, 'a> {
    Now(&'v Group<'a>),
    /// It becomes due later.
    Later(&'v UpcomingRow<'a>),
}

impl ToReview<'_, '_> {
    pub(super) fn priority(self) -> Option<ReviewPriority> {
        match self {
            Self::Now(group) => group.priority,
            Self::Later(row) => row.priority,
        }
    }

    /// How many lines give its values.
    pub(in crate::report) fn lines(self) -> usize {
        match self {
            Self::Now(group) => group.by_line().len(),
            Self::Later(_) => 1,
        }
    }

    /// How many offers it is a change of.
    pub(in crate::report) fn len(self) -> usize {
        match self {
            Self::Now(group) => group.len(),
            Self::Later(row) => row.keys.len(),
        }
    }
}

/// The flagged changes to review first, and the others. A flag that many have does not hide another one, nor does what is later hide what
/// is done now.
pub(in crate::report) fn review_first<'v, 'a>(
    changes: Vec<ToReview<'v, 'a>>,
    most: usize,
) -> (Vec<ToReview<'v, 'a>>, Vec<ToReview<'v, 'a>>) {
    let mut counts: BTreeMap<(bool, Option<Reverse<FlagKind>>), usize> = BTreeMap::new();
    let mut ranked: Vec<(bool, usize, ToReview<'v, 'a>)> = Vec::new();
    for (index, change) in changes.into_iter().enumerate() {
        let is_upcoming = matches!(change, ToReview::Later(_));
        let count = counts.entry((is_upcoming, change.priority().map(|priority| priority.kind))).or_default();
        *count += 1;
        ranked.push((*count > OF_A_KIND, index, change));
    }
    ranked.sort_by_key(|(is_later, index, _)| (*is_later, *index));
    let rest = ranked.split_off(most.min(ranked.len()));
    let plain =
        |ranked: Vec<(bool, usize, _)>| in_order(ranked.into_iter().map(|(_, at, change)| (at, change)).collect());
    (plain(ranked), plain(rest))
}

/// The groups to show and the groups to sum up, where more than `most` are to be shown in part; both in their given order.
pub(in crate::report) fn select<'v, 'a>(
    groups: Vec<&'v Group<'a>>,
    most: usize,
) -> (Vec<&'v Group<'a>>, Vec<&'v Group<'a>>) {
    if groups.len() <= most {
        return (groups, Vec::new());
    }
    let mut ranked: Vec<(usize, &'v Group<'a>)> = groups.into_iter().enumerate().collect();
    // The most urgent first; of equals the larger group, which says more in as many lines.
    ranked.sort_by_key(|(_, group)| Reverse((group.priority, group.len())));
    let flagged = ranked.iter().take_while(|(_, group)| group.priority.is_some()).count().min(FLAGGED);
    let rest = ranked.split_off(flagged);
    let (mut large, mut rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(_, group)| group.len() >= LARGE);
    large.sort_by_key(|(_, group)| Reverse(group.len()));
    rest.extend(large.split_off(large.len().min(LARGE_GROUPS)));
    ranked.extend(large);
    (in_order(ranked), in_order(rest))
}

fn in_order<T>(mut ranked: Vec<(usize, T)>) -> Vec<T> {
    ranked.sort_by_key(|(index, _)| *index);
    ranked.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use crate::report::view::PlanView;

    #[test]
    fn nothing_flagged_is_left_out_for_something_that_is_not() {
        let plan = fixture::three_thousand();
        let view = PlanView::of(&plan, fixture::context());
        let all = view.of_verb(crate::plan::Verb::Update);
        let total = all.len();
        let (shown, summed_up) = select(all.clone(), 40);
        assert_eq!(shown.len() + summed_up.len(), total);
        let small = || shown.iter().filter(|group| group.len() < LARGE);
        let least = small().filter_map(|group| group.priority).min();
        assert!(summed_up.iter().all(|group| group.priority <= least), "a more urgent group was summed up");
        assert_eq!(small().filter(|group| group.priority.is_some()).count(), FLAGGED);
        assert!(shown.iter().any(|group| group.len() == 500), "the largest group is shown");
        assert_eq!(select(all, total).0.len(), total);
    }
}
