//! Laws of every plan, by random small worlds.

use proptest::prelude::*;

use super::tests::{key, offer, plan_of, record};
use super::*;
use crate::offer::{DesiredOffer, Field, OnCreateOnlyChange, RecordStatus, Recorded};

/// A small world: for each of some keys, whether and how it is desired and recorded.
fn worlds() -> impl Strategy<Value = (Vec<DesiredOffer>, Recorded)> {
    let cell = (0..3_u8, 0..4_u8, 0..3_u8, any::<bool>(), any::<[bool; 2]>());
    proptest::collection::btree_map("[a-d]", cell, 0..5).prop_map(|cells| {
        let (mut offers, mut before) = (Vec::new(), Recorded::default());
        for (number, (name, (want, have, payout, replace, protect))) in cells.into_iter().enumerate() {
            let payout = format!("{payout}.50");
            if want > 0 {
                let vertical = want.to_string();
                let values = [(Field::OfferName, &*name), (Field::Payout, &payout), (Field::VerticalId, &vertical)];
                let mut wanted = offer(&name, &values);
                wanted.sync.protect = protect[0];
                if replace {
                    wanted.sync.on_create_only_change = OnCreateOnlyChange::Replace;
                }
                offers.push(wanted);
            }
            if have > 0 {
                let values = [(Field::OfferName, &*name), (Field::VerticalId, &have.to_string())];
                let mut had = record(number as u64 + 1, &values);
                had.protect = protect[1];
                if have == 3 {
                    had.status = RecordStatus::Retired;
                }
                before.offers.insert(key(&name), had);
            }
        }
        (offers, before)
    })
}

proptest! {
    #[test]
    fn the_same_inputs_give_the_same_bytes((offers, before) in worlds()) {
        let once = serde_json::to_string(&PlanDocument::from(&plan_of(offers.clone(), &before))).unwrap();
        let mut shuffled = offers;
        shuffled.reverse();
        prop_assert_eq!(once, serde_json::to_string(&PlanDocument::from(&plan_of(shuffled, &before))).unwrap());
    }

    #[test]
    fn every_offer_is_either_acted_on_or_unchanged((offers, before) in worlds()) {
        let plan = plan_of(offers.clone(), &before);
        let acted: std::collections::BTreeSet<_> = plan.actions.iter().map(|a| a.key.clone()).collect();
        let untouched = offers.iter().filter(|o| !acted.contains(&o.key)).count();
        prop_assert_eq!(plan.unchanged, untouched);
    }

    #[test]
    fn protection_only_changes_by_an_action_and_a_protected_offer_is_never_retired((offers, before) in worlds()) {
        let plan = plan_of(offers.clone(), &before);
        for (key, record) in &before.offers {
            let actions: Vec<_> = plan.actions.iter().filter(|action| action.key == *key).collect();
            let set = actions.iter().filter_map(|action| action.kind.protect()).next_back();
            let wanted = offers.iter().find(|offer| offer.key == *key).map(|offer| offer.sync.protect);
            let is_blocked = actions.iter().any(|action| action.verb() == Verb::Blocked);
            prop_assert!(is_blocked || set.unwrap_or(record.protect) == wanted.unwrap_or(record.protect));
            let is_ended = actions.iter().any(|action| matches!(action.verb(), Verb::Retire | Verb::Replace));
            let may_end = !record.protect || wanted == Some(false);
            prop_assert!(may_end || !is_ended);
        }
    }

    #[test]
    fn a_recorded_offer_is_never_created_and_an_unrecorded_one_never_updated((offers, before) in worlds()) {
        for action in plan_of(offers, &before).actions {
            match action.verb() {
                Verb::Create => prop_assert!(!before.offers.contains_key(&action.key)),
                // A new key may look like one that is gone.
                Verb::Blocked => {}
                _ => prop_assert!(before.offers.contains_key(&action.key)),
            }
        }
    }
}
