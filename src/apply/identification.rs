//! Whether the reply to a create tells the offer that it made from others. Pure.
//!
//! Owns what a reply has to show for its id to count at once. Invariant: an id that the reply does not tell apart is in doubt until
//! CAKE's list shows whose it is, and so is an offer that may wait in CAKE while it is to replace another one.

use std::collections::BTreeSet;

use crate::cake::SendReport;
use crate::offer::{CreateRequest, NameIndex, OfferId, WriteOutcome};
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
    pub fn alike(&self, create: &CreateRequest) -> BTreeSet<usize> {
        self.names.find_name(name_of(create)).into_iter().map(|found| found.offer).collect()
    }

    /// Whether a reply with the right name leaves open whose offer has the id.
    pub fn is_open(&self, create: &CreateRequest, offer_id: OfferId) -> bool {
        self.alike(create).len() > 1 || self.is_far(offer_id)
    }

    fn is_far(&self, offer_id: OfferId) -> bool {
        self.highest.is_some_and(|highest| offer_id.get().abs_diff(highest.get()) > LARGEST_GAP)
    }

    /// An id that the reply to a create does not tell apart from others' is in doubt until CAKE's list is looked at.
    pub(super) fn check(&self, create: Option<&CreateRequest>, report: &mut SendReport) {
        if let WriteOutcome::Done { offer_id, .. } = report.outcome
            && let Some(why) = create.and_then(|create| self.doubt(create, offer_id, report))
        {
            report.outcome = WriteOutcome::unconfirmed(offer_id, why);
        }
    }

    /// Why the id in a reply that says Success does not count yet, if so.
    fn doubt(&self, create: &CreateRequest, offer_id: OfferId, report: &SendReport) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{Field, FieldSet, NewOffer};

    fn create(replaces: Option<u64>) -> CreateRequest {
        let pairs =
            [("offer_name", "A"), ("advertiser_id", "1"), ("vertical_id", "7"), ("offer_url", "https://x.example/")];
        let value = |(name, text): (&str, &str)| {
            let field = Field::from_name(name).unwrap();
            (field, field.parse(text).unwrap())
        };
        let offer = NewOffer::new(pairs.into_iter().map(value).collect()).unwrap();
        CreateRequest { offer, ignored: FieldSet::default(), protect: false, replaces: replaces.and_then(OfferId::new) }
    }

    /// Whether the id in a reply to a create is in doubt.
    fn is_in_doubt(create: &CreateRequest, id: u64, name: bool, waits: Option<&str>, is_looked_for: bool) -> bool {
        let outcome = WriteOutcome::done(OfferId::new(id).unwrap());
        let identity = crate::cake::ShownIdentity { name };
        let waits = waits.map(str::to_owned);
        let (key_refused, throttled, content_refused) = (false, false, false);
        let mut report = SendReport { outcome, attempts: 1, key_refused, throttled, content_refused, identity, waits };
        let identification = Identification { names: NameIndex::default(), highest: OfferId::new(100), is_looked_for };
        identification.check(Some(create), &mut report);
        matches!(report.outcome, WriteOutcome::InDoubt { named: Some(named), accepted: true, .. } if named.get() == id)
    }

    #[test]
    fn a_name_tells_an_offer_apart_and_words_of_waiting_hold_a_replace_back() {
        for replaces in [None, Some(50)] {
            let create = create(replaces);
            assert!(!is_in_doubt(&create, 101, true, None, true));
            assert!(is_in_doubt(&create, 101, false, None, true), "an id alone");
            assert!(is_in_doubt(&create, 101, false, None, false), "an id alone, where nothing is looked for");
            assert_eq!(is_in_doubt(&create, 101, true, Some("submitted"), true), replaces.is_some());
            assert!(is_in_doubt(&create, 99_999, true, None, true), "an id that is far from all others");
            assert!(!is_in_doubt(&create, 99_999, true, None, false));
        }
    }
}
