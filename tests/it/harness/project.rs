//! A workspace with a CAKE of its own: what most tests start from.

use std::collections::BTreeSet;
use std::ops::Deref;

use offersync::testing::sandbox::{Offer, SandboxOptions};
use offersync::testing::state::StateDocument;
use serde_json::Value as Json;

use super::cake::Cake;
use super::offers::{DesiredOffer, DesiredOffers, complete_offer};
use super::run::{APPLY, Run};
use super::settings::Settings;
use super::workspace::Workspace;

const STATE: &str = "offersync.state.json";

/// Dereferences to its workspace.
pub(crate) struct Project {
    workspace: Workspace,
    pub(crate) cake: Cake,
    /// Offers in CAKE that the state is not expected to know.
    pub(crate) foreign: BTreeSet<u64>,
}

/// A state and the offers in CAKE that belong to it, from which several projects can start.
#[derive(Debug, Clone)]
pub(crate) struct Baseline {
    pub(crate) desired: DesiredOffers,
    pub(crate) offers: Vec<Offer>,
    state: String,
    url: String,
}

impl Baseline {
    /// Three recorded offers, and desired ones that change one of them, replace another, and add some.
    pub(crate) fn with_changes(added: usize) -> (Self, DesiredOffers) {
        let project = Project::new();
        let mut desired: DesiredOffers =
            ["stays", "changes", "moves"].map(|key| (key.to_owned(), DesiredOffer::new(key))).into();
        project.desire(&desired);
        project.apply_until_done("the first apply");
        let start = project.baseline(&desired);
        desired.get_mut("changes").unwrap().payout = Some("11.00".to_owned());
        desired.get_mut("moves").unwrap().url = "https://track.example.com/new".into();
        for number in 0..added {
            desired.insert(format!("new-{number}"), DesiredOffer::new(&format!("New {number}")));
        }
        (start, desired)
    }

    /// A project that goes on from here with these desired offers.
    pub(crate) fn continued(&self, desired: &DesiredOffers) -> Project {
        let project = Project::from(self, SandboxOptions::default(), &Settings::default());
        project.desire(desired);
        project
    }
}

impl Deref for Project {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        &self.workspace
    }
}

impl Project {
    pub(crate) fn new() -> Self {
        Self::with(SandboxOptions::default(), &Settings::default())
    }

    pub(crate) fn with(options: SandboxOptions, settings: &Settings) -> Self {
        let project = Self { workspace: Workspace::empty(), cake: Cake::with(options), foreign: BTreeSet::new() };
        project.configure(settings);
        project
    }

    /// With these files below `offers/` and a CAKE whose listing shows every field; nothing is applied.
    pub(crate) fn with_files(files: &[(&str, &str)]) -> Self {
        let project = Self::new();
        project.cake.change_quirks(|quirks| quirks.all_fields = true);
        for (file, text) in files {
            project.write(&format!("offers/{file}"), text);
        }
        project
    }

    /// The same, applied.
    pub(crate) fn applied(files: &[(&str, &str)]) -> Self {
        let project = Self::with_files(files);
        project.apply().exits(0);
        project
    }

    /// One applied offer, `a`, with a value in every field.
    pub(crate) fn one() -> Self {
        Self::applied(&[("a.yaml", &complete_offer("A"))])
    }

    /// Starts where another project was.
    pub(crate) fn from(baseline: &Baseline, options: SandboxOptions, settings: &Settings) -> Self {
        let highest = baseline.offers.iter().map(|offer| offer.offer_id + 1).max().unwrap_or(1);
        let project = Self::with(SandboxOptions { first_offer_id: highest, ..options }, settings);
        for offer in &baseline.offers {
            project.cake.put(offer.clone()).unwrap();
        }
        let mut state = StateDocument::parse(baseline.state.as_bytes()).unwrap();
        state.cake = state.cake.replace(&baseline.url, &project.cake.url());
        project.write_bytes(STATE, &state.emit());
        project.desire(&baseline.desired);
        project
    }

    pub(crate) fn baseline(&self, desired: &DesiredOffers) -> Baseline {
        Baseline { desired: desired.clone(), state: self.read(STATE), url: self.cake.url(), offers: self.cake.offers() }
    }

    pub(crate) fn configure(&self, settings: &Settings) {
        self.write("offersync.toml", &settings.toml(&self.cake.url()));
    }

    /// Makes the YAML have exactly these offers.
    pub(crate) fn desire(&self, desired: &DesiredOffers) {
        let folder = self.path("offers");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        for (key, offer) in desired {
            self.write(&format!("offers/{key}.yaml"), &offer.yaml());
        }
    }

    pub(crate) fn apply(&self) -> Run {
        self.run(&APPLY)
    }

    /// Applies with a fault point armed.
    pub(crate) fn apply_armed(&self, armed: &str) -> Run {
        self.run_with(&APPLY, &[("OFFERSYNC_FAULT_POINT", armed)])
    }

    /// Applies again until it ends with 0, which it must within a few runs.
    #[track_caller]
    pub(crate) fn apply_until_done(&self, what: &str) {
        for _ in 0..5 {
            let run = self.apply();
            match run.code {
                Some(0) => return,
                Some(7 | 8 | 1) => {}
                _ => panic!("{what}: {run:?}"),
            }
        }
        let last = self.apply();
        assert_eq!(last.code, Some(0), "{what}: {last:?}");
    }

    /// The recorded offers, as `state list` prints them.
    #[track_caller]
    pub(crate) fn recorded(&self) -> Json {
        self.run(&["state", "list", "--format", "json"]).exits(0).json()
    }

    /// The state file.
    #[track_caller]
    pub(crate) fn state(&self) -> Json {
        serde_json::from_str(&self.read(STATE)).unwrap()
    }

    /// The recorded id.
    #[track_caller]
    pub(crate) fn id(&self, key: &str) -> u64 {
        self.state()["offers"][key]["offer_id"].as_u64().unwrap()
    }

    /// The offer in CAKE.
    #[track_caller]
    pub(crate) fn offer(&self, key: &str) -> Offer {
        self.cake.offer(self.id(key)).unwrap()
    }

    /// Changes the offer in CAKE, as a person does there.
    #[track_caller]
    pub(crate) fn in_cake(&self, key: &str, change: impl FnOnce(&mut Offer)) {
        assert!(self.cake.change(self.id(key), change).unwrap());
    }

    /// Nothing is to be done, neither by the state nor by what CAKE shows.
    #[track_caller]
    pub(crate) fn plan_is_empty(&self) {
        self.run(&["plan", "--detailed-exitcode"]).exits(0);
        self.run(&["plan", "--detailed-exitcode", "--refresh"]).exits(0);
    }

    /// The drift as JSON.
    #[track_caller]
    pub(crate) fn drift(&self) -> Json {
        self.run(&["drift", "--format", "json"]).exits(0).json()
    }
}
