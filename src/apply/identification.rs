//! Whether the reply to a create tells the offer that it made from others. Pure.
//!
//! Owns what a reply has to show for its id to count at once. Invariant: an id that the reply does not tell apart is in doubt until
//! CAKE's list shows whose it is, and so is an offer that may wait in CAKE while it is to replace another one.

use crate::cake::SendReport;
use crate::offer::{CreateRequest, NameIndex, OfferId};
use crate::plan::Plan;

/// CAKE counts ids up; a new one that is so much higher than all before is looked at.
const LARGEST_GAP: u64 = 1000;

/// What tells the replies to a plan's creates apart.
#[derive(Debug)]
pub struct Identification {
    names: NameIndex<usize>,
    /// The highest id before the creates.
    highest: Option<OfferId>,
    /// Whether offersync looks for creates in doubt. Where it does not, a name is enough.
    is_looked_for: bool,
}

impl Identification {
    pub fn of(plan: &Plan, highest: Option<OfferId>, is_looked_for: bool) -> Self {
        let mut names = NameIndex::default();
        for (place, action) in plan.actions.iter().enumerate() {
            if let Some(create) = action.kind.create() {
                names.insert_name(name_of(create), place);
            }
        }
        Self { names, highest, is_looked_for }
    }

    /// The places of the creates whose names CAKE may show like this one's, its own among them.
    pub fn alike(&self, create: &CreateRequest) -> std::collections::BTreeSet<usize> {
        self.names.find_name(name_of(create)).into_iter().map(|found| found.offer).collect()
    }

    /// Whether a reply with the right name leaves open whose offer has the id.
    pub fn is_open(&self, create: &CreateRequest, offer_id: OfferId) -> bool {
        self.alike(create).len() > 1 || self.is_far(offer_id)
    }

    fn is_far(&self, offer_id: OfferId) -> bool {
        self.highest.is_some_and(|highest| offer_id.get().abs_diff(highest.get()) > LARGEST_GAP)
    }

    /// Why the id in a reply that says Success does not count yet, if so.
    pub(super) fn doubt(&self, create: &CreateRequest, offer_id: OfferId, report: &SendReport) -> Option<String> {
        if !report.identity.name {
            return Some(format!("the reply has only an id, {offer_id}, and nothing that says whose offer that is"));
        }
        if let Some(said) = report.waits.as_ref().filter(|_| create.replaces.is_some()) {
            return Some(format!("the new offer, {offer_id}, may not be active yet: {said}"));
        }
        if !self.is_looked_for || !self.is_open(create, offer_id) {
            return None;
        }
        Some(if self.is_far(offer_id) {
            format!("the reply has the id {offer_id}, which is far from all ids before")
        } else {
            format!("the reply has the id {offer_id}, and another create has such a name")
        })
    }
}

fn name_of(create: &CreateRequest) -> &str {
    create.offer.fields().name().unwrap_or_default()
}
