//! What holds after every apply that succeeds: CAKE holds each desired offer once, with the desired values; the state knows
//! each id; the next plan is empty.

use std::collections::{BTreeMap, BTreeSet};

use offersync::testing::sandbox::Offer;
use serde_json::Value as Json;

use super::offers::DesiredOffers;
use super::project::Project;

impl Project {
    /// Checks the three invariants. `what` names the case in a failure.
    #[track_caller]
    pub(crate) fn check(&self, desired: &DesiredOffers, what: &str) {
        let recorded = self.recorded();
        assert_eq!(recorded["in_doubt"], serde_json::json!([]), "{what}");
        let offers: BTreeMap<u64, Offer> = self.cake.offers().into_iter().map(|o| (o.offer_id, o)).collect();
        let mut owned: BTreeSet<u64> = self.foreign.clone();
        let mut live = BTreeSet::new();
        for record in recorded["offers"].as_array().unwrap() {
            own(record, &offers, &mut owned, what);
            if record["status"] == "live" {
                let key = record["key"].as_str().unwrap();
                live.insert(key);
                let offer = desired.get(key).unwrap_or_else(|| panic!("{what}: {key} is live without YAML"));
                let is_protected = record["protect"].as_bool().unwrap_or_default();
                assert_eq!(is_protected, offer.protect, "{what}: {key}: the protection");
                if let Some(difference) = offer.difference(&offers[&record["offer_id"].as_u64().unwrap()]) {
                    panic!("{what}: {key}: {difference}");
                }
            }
        }
        assert!(live.iter().copied().eq(desired.keys()), "{what}: live {live:?}, desired {:?}", desired.keys());
        let unknown: Vec<_> = offers.keys().filter(|id| !owned.contains(id)).collect();
        assert!(unknown.is_empty(), "{what}: offers in CAKE that the state does not know: {unknown:?}");
        let plan = self.run(&["plan", "--detailed-exitcode", "--format", "json"]);
        assert_eq!(plan.code, Some(0), "{what}: the next plan is not empty: {}\n{}", plan.stdout, plan.stderr);
    }
}

/// Marks the offers of one record as owned: all are in CAKE, none is owned twice, and what is not live is inactive.
fn own(record: &Json, offers: &BTreeMap<u64, Offer>, owned: &mut BTreeSet<u64>, what: &str) {
    let key = record["key"].as_str().unwrap();
    let mut take = |id: &Json, live: bool| {
        let id = id.as_u64().unwrap();
        let offer = offers.get(&id).unwrap_or_else(|| panic!("{what}: {key} is recorded as {id}, not in CAKE"));
        assert!(owned.insert(id), "{what}: {id} is owned twice");
        assert!(live || offer.offer_status == "inactive", "{what}: {key}: {id} is not live and not inactive");
    };
    take(&record["offer_id"], record["status"] == "live");
    for old in record["replaced"].as_array().into_iter().flatten() {
        take(&old["offer_id"], false);
    }
}
