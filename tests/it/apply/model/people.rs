//! What people do in a history: they edit the YAML, change offers in CAKE, and decide what is in doubt.

use offersync::testing::sandbox::Offer;
use serde_json::Value as Json;

use crate::harness::DesiredOffer;

use super::step::{Edit, Person};
use super::world::World;

pub(super) fn key(number: u8) -> String {
    format!("key-{number}")
}

/// A name that every form changes.
pub(super) fn name(number: usize) -> String {
    format!("Offer {number} for the  East & West Coast – Premium Traffic Only")
}

impl World {
    fn name(&mut self) -> String {
        self.names += 1;
        name(self.names)
    }

    pub(super) fn edit(&mut self, edit: &Edit) {
        let name = self.name();
        let old =
            |offer: Option<&mut DesiredOffer>, change: &dyn Fn(&mut DesiredOffer)| offer.into_iter().for_each(change);
        match edit {
            Edit::Add(number) => {
                // A new offer under a key that another one still says it is renamed from is refused, and rightly.
                let from = Some(key(*number));
                if self.desired.values().all(|offer| offer.renamed_from != from) {
                    self.desired.entry(key(*number)).or_insert_with(|| DesiredOffer::new(&name));
                }
            }
            Edit::Remove(number) => drop(self.desired.remove(&key(*number))),
            Edit::Payout(number, cents) => {
                let payout = format!("{}.{:02}", cents / 100, cents % 100);
                old(self.desired.get_mut(&key(*number)), &|offer| offer.payout = Some(payout.clone()));
            }
            Edit::Name(number) => old(self.desired.get_mut(&key(*number)), &|offer| offer.name.clone_from(&name)),
            Edit::Pause(number) => old(self.desired.get_mut(&key(*number)), &|offer| offer.status = Some("inactive")),
            Edit::Url(number) => {
                let url = format!("https://e.example/{}", self.names);
                old(self.desired.get_mut(&key(*number)), &|offer| offer.url.clone_from(&url));
            }
            Edit::Advertiser(number) => old(self.desired.get_mut(&key(*number)), &|offer| offer.advertiser += 1),
            Edit::Describe(number) => old(self.desired.get_mut(&key(*number)), &|offer| {
                offer.description = if offer.description.is_none() { Some("some words".to_owned()) } else { None };
            }),
            Edit::Protect => old(self.desired.get_mut("steady"), &|offer| offer.protect = !offer.protect),
            Edit::Rename(from, to) => {
                // A record under the new key would be in the way, and is another test's matter.
                let taken = self.recorded_ids().contains_key(&key(*to)) || self.desired.contains_key(&key(*to));
                if !taken && let Some(mut offer) = self.desired.remove(&key(*from)) {
                    offer.renamed_from = Some(key(*from));
                    self.desired.insert(key(*to), offer);
                }
            }
        }
    }

    pub(super) fn person(&mut self, person: &Person) {
        let name = self.name();
        // An offer that is renamed in CAKE while its create is in doubt cannot be found; that limit is documented, and not tested here.
        let ids = self.recorded_ids();
        let change = |number: &u8, change: &dyn Fn(&mut Offer)| {
            let id = ids.get(&key(*number)).copied();
            // Only what is active: an old state may know an offer that was replaced since.
            if let Some(offer) = id.and_then(|id| self.project.cake.offer(id)).filter(|o| o.offer_status == "active") {
                self.project.cake.change(offer.offer_id, change).unwrap();
            }
        };
        match person {
            Person::Payout(number, cents) => {
                let money: offersync::testing::sandbox::Amount =
                    format!("{}.{:02}", cents / 100, cents % 100).parse().unwrap();
                change(number, &|offer| offer.payout = Some(money.clone()));
            }
            Person::Status(number) => change(number, &|offer| offer.offer_status = "pending".into()),
            Person::Name(number) => change(number, &|offer| offer.offer_name.clone_from(&name)),
            Person::NewOffer => {
                let id = self.project.cake.offers().iter().map(|offer| offer.offer_id).max().unwrap_or(1) + 1000;
                self.project.cake.put(Offer::filler(id)).unwrap();
                self.project.foreign.insert(id);
            }
        }
    }

    /// Settles creates in doubt as a person does who looks in CAKE.
    pub(super) fn person_resolves(&self) {
        let recorded = self.project.recorded();
        let owned = owned(&recorded);
        for doubt in recorded["in_doubt"].as_array().unwrap() {
            let key = doubt.as_str().or(doubt["key"].as_str()).unwrap();
            let is_candidate = |offer: &Offer| {
                let id = offer.offer_id;
                let is_named = self.sent.contains(&(key.to_owned(), offer.offer_name.clone()));
                is_named && !owned.contains(&id) && !self.project.foreign.contains(&id)
            };
            let found = self.project.cake.offers().into_iter().rev().find(is_candidate);
            let id = found.map(|offer| offer.offer_id.to_string());
            let outcome: &[&str] = match &id {
                Some(id) => &["--offer-id", id],
                None => &["--not-created"],
            };
            self.project.run(&[&["state", "resolve", key], outcome].concat()).exits(0);
        }
    }
}

/// The ids that the state knows.
fn owned(recorded: &Json) -> Vec<u64> {
    let records = recorded["offers"].as_array().unwrap().iter();
    let all = records.flat_map(|record| {
        let replaced = record["replaced"].as_array().into_iter().flatten().map(|old| &old["offer_id"]);
        replaced.chain([&record["offer_id"]]).filter_map(Json::as_u64).collect::<Vec<_>>()
    });
    all.collect()
}
