//! A state that lives in an object store: runners that die, race and freeze, and stores that refuse, break and lose replies.

mod claims;
mod double;
mod faults;
#[cfg(target_os = "linux")]
mod freezes;
mod kills;
mod real;
mod refusals;
mod uses;

use std::process::Command;

use offersync::testing::sandbox::SandboxOptions;
use offersync::testing::state::StateDocument;
use serde_json::Value as Json;

use crate::harness::{APPLY, Cake, Run, Settings, Workspace, finish, small_offer};

use double::Double;

/// Pauses are so many times shorter than in reality: a request takes as long as ever, and a claim must not end during one.
const SCALE: &str = "25";

/// A CAKE and a store, which any number of machines see.
struct World {
    cake: Cake,
    store: Double,
    keys: Vec<String>,
}

impl World {
    fn with_offers(count: usize) -> Self {
        let keys = (0..count).map(|number| format!("offer-{number}")).collect();
        Self { cake: Cake::with(SandboxOptions::default()), store: Double::start(), keys }
    }

    /// Another machine, which has nothing but the offers and the configuration.
    fn machine(&self) -> Workspace {
        let machine = Workspace::empty();
        let toml = Settings::default().toml(&self.cake.url());
        machine.write("offersync.toml", &format!("name = \"production\"\nstate = \"s3://states/offers\"\n{toml}"));
        for key in &self.keys {
            machine.write(&format!("offers/{key}.yaml"), &small_offer(key, "5"));
        }
        machine
    }

    /// The binary on a machine, with credentials.
    fn command(&self, machine: &Workspace, arguments: &[&str]) -> Command {
        let mut command = machine.command(arguments);
        command.env("OFFERSYNC_TIME_SCALE", SCALE).env("OFFERSYNC_STORE_ENDPOINT", self.store.address());
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command
    }

    fn run(&self, machine: &Workspace, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
        finish(self.command(machine, arguments).envs(environment.iter().copied()))
    }

    fn apply(&self, machine: &Workspace) -> Run {
        self.run(machine, &APPLY, &[])
    }

    fn head(&self) -> Json {
        let objects = self.store.objects("offers/production/head.json");
        objects.values().next().map_or(Json::Null, |bytes| serde_json::from_slice(bytes).unwrap())
    }

    /// The pieces that the head names, with the list of them.
    fn named(&self) -> Vec<String> {
        let head = self.head();
        let strings = |list: &Json| {
            list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mut named = strings(&head["journal"]);
        if let Some(list) = head["state"].as_str() {
            named.extend(strings(&serde_json::from_slice(&self.piece(list)).unwrap()));
            named.push(list.to_owned());
        }
        named
    }

    fn piece(&self, name: &str) -> Vec<u8> {
        self.store.objects(&format!("offers/production/pieces/{name}")).into_values().next().unwrap()
    }

    fn state(&self) -> StateDocument {
        let list: Vec<String> = serde_json::from_slice(&self.piece(self.head()["state"].as_str().unwrap())).unwrap();
        StateDocument::parse(&list.iter().flat_map(|name| self.piece(name)).collect::<Vec<u8>>()).unwrap()
    }

    /// Everything that was asked for is there, once, and recorded.
    #[track_caller]
    fn check(&self, count: usize, what: &str) {
        let mut ids: Vec<u64> = self.cake.offers().iter().map(|offer| offer.offer_id).collect();
        ids.sort_unstable();
        let recorded = self.state().recorded;
        let mut known: Vec<u64> = recorded.offers.values().map(|record| record.offer_id.get()).collect();
        known.sort_unstable();
        assert_eq!((ids.len(), &ids), (count, &known), "{what}");
        let journal = self.head()["journal"].as_array().unwrap().len();
        assert!(recorded.in_doubt.is_empty() && journal == 0, "{what}");
        let plan = self.run(&self.machine(), &["plan", "--detailed-exitcode"], &[]);
        assert_eq!(plan.code, Some(0), "{what}: {}", plan.said());
    }
}
