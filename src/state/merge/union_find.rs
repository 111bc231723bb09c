//! Which of CAKE's ids belong to one record in any of several states.

use std::collections::HashMap;

use crate::offer::OfferId;

/// Sets of ids that belong to one record; the smallest id represents its set.
#[derive(Debug, Default)]
pub(super) struct UnionFind(HashMap<OfferId, OfferId>);

impl UnionFind {
    pub(super) fn find(&mut self, id: OfferId) -> OfferId {
        let mut first = id;
        while let Some(parent) = self.0.get(&first).filter(|parent| **parent != first) {
            first = *parent;
        }
        self.0.insert(id, first);
        first
    }

    pub(super) fn union(&mut self, ids: impl Iterator<Item = OfferId>) {
        let mut group: Option<OfferId> = None;
        for id in ids {
            let first = self.find(id);
            let joined = group.map_or(first, |group| group.min(first));
            for member in group.into_iter().chain([first]) {
                self.0.insert(member, joined);
            }
            group = Some(joined);
        }
    }
}
