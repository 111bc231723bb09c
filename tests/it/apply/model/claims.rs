//! What must hold after every apply of a history, however it ended: nothing is there twice, and nothing that it calls done or
//! equal is otherwise in CAKE.

use std::collections::{BTreeMap, BTreeSet};

use offersync::testing::sandbox::{NameForm, Offer};

use crate::harness::Run;

use super::world::{JOURNAL, STATE, World};

impl World {
    /// The name as CAKE stores it.
    pub(super) fn stored(&self, name: &str) -> String {
        match self.form {
            None => name.to_owned(),
            Some(NameForm::Cut) => name.chars().take(50).collect(),
            Some(NameForm::Collapsed) => name.split_whitespace().collect::<Vec<_>>().join(" "),
            Some(NameForm::Entities) => name.replace('&', "&amp;"),
            Some(NameForm::Latin1) => name.replace('–', "?"),
            Some(NameForm::Upper) => name.to_uppercase(),
            Some(NameForm::NoBreak) => name.replace(' ', "\u{a0}"),
        }
    }

    /// No two offers that take traffic are equal in all that a create sends and no update changes. The old offer of a replace takes
    /// traffic until its second half is done.
    pub(super) fn nothing_is_doubled(&self, run: &Run) {
        let mut seen = BTreeMap::new();
        let replaced = self.replaced_ids();
        let offers = self.project.cake.offers().into_iter();
        for offer in offers.filter(|offer| offer.offer_status == "active" && !replaced.contains(&offer.offer_id)) {
            let id = offer.offer_id;
            let identity = (offer.offer_name, offer.advertiser_id, offer.offer_url, offer.offer_description);
            if let Some(other) = seen.insert(identity.clone(), id) {
                panic!("{identity:?} is there twice, as {other} and {id}, after {run:?}");
            }
        }
    }

    fn replaced_ids(&self) -> BTreeSet<u64> {
        let recorded = self.project.recorded();
        let replaced = recorded["offers"].as_array().unwrap().iter().filter_map(|record| record["replaced"].as_array());
        replaced.flatten().filter_map(|old| old["offer_id"].as_u64()).collect()
    }

    /// Every offer that the report calls done is in CAKE as desired.
    pub(super) fn claims_hold(&self, run: &Run, is_refreshed: bool) {
        let report = run.json();
        let ids = self.recorded_ids();
        for result in report["results"].as_array().into_iter().flatten().filter(|result| result["outcome"] == "done") {
            let key = result["key"].as_str().unwrap();
            // A value that the report says is not known is no claim.
            let is_limited = result["contradictions"].as_array().is_some_and(|fields| !fields.is_empty());
            // The old offer of a replace is retired under the same key.
            let id = ids.get(key).filter(|id| result["offer_id"] == **id && result["action"] != "retire");
            if let (Some(id), false) = (id, is_limited) {
                self.is_as_desired(key, *id, run);
            }
        }
        // What differs or could not be compared is in the warnings. A refreshed plan has its own.
        let warns = report["diagnostics"].as_array().is_some_and(|diagnostics| !diagnostics.is_empty());
        if run.code == Some(0) && self.verifies_all && !is_refreshed && !warns {
            for (key, id) in &ids {
                self.is_as_desired(key, *id, run);
            }
        }
    }

    fn is_as_desired(&self, key: &str, id: u64, run: &Run) {
        let (Some(desired), Some(offer)) = (self.desired.get(key), self.project.cake.offer(id)) else {
            panic!("{key} as {id} is called done, and is not desired or not in CAKE: {run:?}");
        };
        let unlisted = self.project.cake.quirks().unlisted_members;
        let shown = Offer {
            offer_name: if offer.offer_name == self.stored(&desired.name) {
                desired.name.clone()
            } else {
                offer.offer_name.clone()
            },
            ..offer
        };
        let difference = desired.difference(&shown);
        assert!(difference.is_none() || !unlisted.is_empty(), "{key} as {id}: {difference:?}, after {run:?}");
    }

    /// Every field that the listing shows is as the state says, if `drift` found no difference.
    pub(super) fn no_drift_holds(&self, run: &Run) {
        let unlisted = self.project.cake.quirks().unlisted_members;
        let is_empty = |name| std::fs::metadata(self.project.path(name)).map_or(true, |file| file.len() == 0);
        // After a kill, the state file alone is not what is recorded.
        if is_empty(STATE) || !is_empty(JOURNAL) {
            return;
        }
        let state = self.project.state();
        for (key, record) in state["offers"].as_object().into_iter().flatten() {
            let id = record["offer_id"].as_u64().unwrap();
            let offer = self.project.cake.offer(id).unwrap_or_else(|| panic!("{key}: {id} is not in CAKE: {run:?}"));
            let shown = [
                ("offer_name", offer.offer_name.clone()),
                ("offer_status", offer.offer_status.clone()),
                ("offer_url", offer.offer_url.clone()),
            ];
            for (field, shown) in shown.into_iter().filter(|(field, _)| !unlisted.contains(*field)) {
                let recorded = record["fields"][field].as_str();
                assert!(recorded.is_none_or(|recorded| recorded == shown), "{key}: {field} is {shown}: {run:?}");
            }
            let recorded = record["fields"]["payout"].as_str();
            if let (Some(recorded), Some(shown), false) = (recorded, &offer.payout, unlisted.contains("payout")) {
                assert!(shown.compare(&recorded.parse().unwrap()).is_eq(), "{key}: payout is {shown}: {run:?}");
            }
        }
    }
}
