//! New offers that look like ones which were retired: a file was renamed in two steps, or a row of a spreadsheet has the name of one.
//!
//! A warning and no more: a name may be used again for another offer. CAKE then has it twice, one inactive and one live with new links.

use crate::offer::{DesiredOffer, Key, NameIndex, Record, RecordStatus};

use super::{Planner, warnings};

impl<'a> Planner<'a> {
    pub(super) fn warn_of_retired_duplicates(&mut self) {
        let is_retired = |(key, record): &(&'a Key, &'a Record)| {
            record.status == RecordStatus::Retired && self.desired.get(key).is_none()
        };
        let mut retired = NameIndex::default();
        for (key, record) in self.recorded.offers.iter().filter(is_retired).filter(|_| !self.new.is_empty()) {
            retired.insert(&record.fields, (key, record.offer_id));
        }
        let like_retired = |offer: &&'a DesiredOffer| {
            let mut found = offer.with_each_name().flat_map(|fields| retired.find_all(&fields));
            let (key, offer_id) = found.next()?.offer;
            Some(warnings::like_retired(offer, key, offer_id))
        };
        let found: Vec<_> = self.new.iter().filter_map(like_retired).collect();
        self.diagnostics.extend(found);
    }
}
