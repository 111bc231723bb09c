//! A history under way: what is desired, CAKE, the state, and what was committed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use offersync::testing::sandbox::{Lag, ListingChange, NameForm, Offer, Quirks, ScheduledChange};

use crate::apply::evidence::follow_advice;
use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Settings};

use super::people::{key, name};
use super::step::{History, Listing, Step};

pub(super) const STATE: &str = "offersync.state.json";
pub(super) const JOURNAL: &str = "offersync.state.json.journal";
const PREVIOUS: &str = "offersync.state.json.previous";

/// Longer than any late write of these histories.
const ALL_LANDED: Duration = Duration::from_millis(40);

pub(super) struct World {
    pub(super) project: Project,
    pub(super) desired: DesiredOffers,
    pub(super) verifies_all: bool,
    /// What CAKE makes of names.
    pub(super) form: Option<NameForm>,
    /// How many names were given; no name is ever given twice.
    pub(super) names: usize,
    /// Each name that an apply may have sent for a key, as CAKE stores it.
    pub(super) sent: BTreeSet<(String, String)>,
    committed: Option<Commit>,
    /// Whether a past came back, after which some histories need a person.
    pub(super) is_tainted: bool,
    pub(super) kills: usize,
}

struct Commit {
    state: Option<String>,
    desired: DesiredOffers,
    offers: Vec<Offer>,
}

impl World {
    pub(super) fn new(history: &History) -> Self {
        let keys = ["steady".to_owned(), key(0), key(1), key(2)];
        let names = keys.len();
        let desired: DesiredOffers =
            keys.into_iter().enumerate().map(|(number, key)| (key, DesiredOffer::new(&name(number)))).collect();
        let settings = Settings { settle_seconds: 30, listing_lag_seconds: 5, ..Settings::default() };
        let project = Project::new();
        let toml = settings.toml(&project.cake.url());
        project.write("offersync.toml", &toml.replace("[cake]", &format!("[cake]\nverify = \"{}\"", history.verify)));
        project.cake.change_quirks(|quirks| quirks.stored_names = history.names.into_iter().collect());
        project.desire(&desired);
        Self {
            project,
            desired,
            verifies_all: history.verify == "all",
            form: history.names,
            names,
            sent: BTreeSet::new(),
            committed: None,
            is_tainted: history.names.is_some(),
            kills: 0,
        }
    }

    /// The live records.
    pub(super) fn recorded_ids(&self) -> BTreeMap<String, u64> {
        let recorded = self.project.recorded();
        let offers = recorded["offers"].as_array().unwrap().iter();
        let live = offers.filter(|record| record["status"] == "live");
        live.map(|record| (record["key"].as_str().unwrap().to_owned(), record["offer_id"].as_u64().unwrap())).collect()
    }

    pub(super) fn step(&mut self, step: &Step) {
        match step {
            Step::Edit(edits) => {
                for edit in edits {
                    self.edit(edit);
                }
                self.project.desire(&self.desired);
            }
            Step::Faults(seed, faults) => {
                let lines = faults.iter().map(|(call, percent, effect)| format!("{call}:{percent}%{seed}={effect}\n"));
                self.project.cake.faults(&lines.collect::<Vec<_>>().concat());
            }
            Step::Listing(listing) => self.listing(*listing),
            Step::Person(person) => self.person(person),
            Step::Apply => drop(self.apply(&APPLY, &[])),
            Step::ApplyRefreshed => drop(self.apply(&[&APPLY[..], &["--refresh", "--overwrite-drift"]].concat(), &[])),
            Step::Killed(place, arrival) => {
                let armed = format!("{place}:{arrival}=kill");
                self.apply(&APPLY, &[("OFFERSYNC_FAULT_POINT", &armed)]);
            }
            Step::Drift => self.drift(),
            Step::Advice => self.advice(),
            Step::Commit => {
                let path = self.project.path(STATE);
                let state = path.exists().then(|| self.project.read(STATE));
                self.committed =
                    Some(Commit { state, desired: self.desired.clone(), offers: self.project.cake.offers() });
            }
            Step::Revert => self.revert(false),
            Step::LostRunner => self.revert(true),
            Step::RestoredCake => {
                if let Some(commit) = &self.committed {
                    self.is_tainted = true;
                    self.project.cake.restore(commit.offers.clone()).unwrap();
                }
            }
        }
    }

    fn revert(&mut self, is_new_machine: bool) {
        let Some(commit) = &self.committed else { return };
        if is_new_machine {
            for name in [STATE, JOURNAL, PREVIOUS].into_iter().filter(|name| self.project.path(name).exists()) {
                self.project.remove(name);
            }
        } else if commit.state.is_none() {
            // A state that is missing while its previous version is there is refused, and is another test's matter.
            return;
        }
        self.is_tainted = true;
        if let Some(state) = &commit.state {
            self.project.write(STATE, state);
        }
        self.desired = commit.desired.clone();
        self.project.desire(&self.desired);
    }

    fn listing(&self, listing: Listing) {
        let forms = self.project.cake.quirks().stored_names;
        let plain = Quirks { stored_names: forms, page_cap: 4, ..Quirks::default() };
        let next_call = self.project.cake.counters().listings + 1;
        let known: BTreeSet<u64> = self.recorded_ids().into_values().collect();
        let ids = self.project.cake.offers().into_iter().map(|offer| offer.offer_id);
        let shift = |change| ScheduledChange { after_call: next_call, change };
        let quirks = match listing {
            Listing::AsDocumented => Quirks { page_cap: 500, ..plain },
            Listing::Lagging => Quirks { lag: Some(Lag::Millis(10)), ..plain },
            Listing::CountOfPage => Quirks { total_of_page: true, ..plain },
            // Without a recorded offer that it hides, such a listing could not be told from a complete one.
            Listing::HalfHidden if known.is_empty() => plain,
            Listing::HalfHidden => {
                Quirks { hidden: ids.filter(|id| id % 2 == 0 || known.contains(id)).collect(), ..plain }
            }
            Listing::ActiveOnly => Quirks { listed_statuses: ["active".to_owned()].into(), ..plain },
            Listing::Shifting => Quirks { scheduled_changes: vec![shift(ListingChange::HideFirst)], ..plain },
            Listing::Without(member) => Quirks { unlisted_members: [member.to_owned()].into(), ..plain },
            Listing::Empty(empty) => Quirks { empty, ..plain },
            Listing::Absent => Quirks { listing_absent: true, ..plain },
        };
        self.project.cake.change_quirks(|present| *present = quirks);
    }

    /// Applies, and checks what it claims.
    pub(super) fn apply(&mut self, arguments: &[&str], environment: &[(&str, &str)]) -> Option<i32> {
        let sent = self.desired.iter().map(|(key, offer)| (key.clone(), self.stored(&offer.name)));
        self.sent.extend(sent.collect::<Vec<_>>());
        let run = self.project.run_with(arguments, environment);
        self.kills += usize::from(run.code.is_none());
        assert!(
            matches!(run.code, None | Some(0 | 1 | 4 | 7 | 8 | 9)),
            "{:?}: {}\n{}",
            run.code,
            run.stdout,
            run.stderr
        );
        self.nothing_is_doubled(&run);
        if run.code.is_some() {
            self.claims_hold(&run, arguments.contains(&"--refresh"));
        }
        run.code
    }

    fn drift(&self) {
        // What is still under way would land between the comparison and the check of it.
        std::thread::sleep(ALL_LANDED);
        let run = self.project.run(&["drift", "--detailed-exitcode", "--format", "json"]);
        assert!(matches!(run.code, Some(0 | 1 | 2 | 9)), "{run:?}");
        if run.code == Some(0) {
            self.no_drift_holds(&run);
        }
    }

    fn advice(&mut self) {
        // Advice is for what is so now, not for what was before CAKE or the state changed.
        let run = self.project.run(&APPLY);
        self.nothing_is_doubled(&run);
        if run.stdout.contains("\"diagnostics\"") {
            follow_advice(&self.project, &run);
        }
        self.apply(&APPLY, &[]);
    }

    /// No more faults: everything ends as desired, or a person has to decide because a past came back.
    pub(super) fn quiet(&mut self) {
        self.project.cake.faults("");
        self.listing(Listing::AsDocumented);
        for _ in 0..4 {
            if self.apply(&APPLY, &[]) == Some(0) {
                break;
            }
            self.person_resolves();
            self.advice();
            self.apply(&[&APPLY[..], &["--refresh", "--overwrite-drift"]].concat(), &[]);
        }
        if self.is_tainted {
            return;
        }
        // Changes made in CAKE show only to an apply that refreshes.
        for _ in 0..2 {
            let run = self.project.run(&[&APPLY[..], &["--refresh", "--overwrite-drift"]].concat());
            assert_eq!(run.code, Some(0), "{}\n{}", run.stdout, run.stderr);
        }
        self.project.check(&self.desired, "after quiet");
    }
}
