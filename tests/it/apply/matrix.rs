//! Every fault × every action × the listing present, lagging and absent: exit code, report and state against a table, and
//! the invariants after the fault is gone.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;
use std::time::Instant;

use offersync::testing::sandbox::{Lag, SandboxOptions};

use crate::harness::{APPLY, Baseline, DesiredOffer, DesiredOffers, Project, Run, Settings, in_parallel, long};

/// What a fault means for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    /// CAKE says no.
    Rejected,
    /// CAKE refuses the key.
    Key,
    /// A firewall's refusal, of the key or of one request.
    Forbidden,
    /// Surely not done, and to be tried again.
    Throttled,
    /// In doubt; not executed.
    DoubtNotDone,
    /// In doubt; executed.
    DoubtDone,
    /// Executed, with a reply about another offer.
    Mismatch,
}

/// The faults of a write, each with what it means. `{id}` stands for an offer that is recorded already.
const FAULTS: &[(&str, Class)] = &[
    ("reset-before", Class::DoubtNotDone),
    ("close-before", Class::DoubtNotDone),
    ("reset-after", Class::DoubtDone),
    ("close-after", Class::DoubtDone),
    ("hang", Class::DoubtNotDone),
    ("hang:done", Class::DoubtDone),
    ("cut-body", Class::DoubtDone),
    ("html-200", Class::DoubtNotDone),
    ("html-200:done", Class::DoubtDone),
    ("html-500", Class::DoubtNotDone),
    ("html-502:done", Class::DoubtDone),
    ("error:Invalid Advertiser ID", Class::Rejected),
    ("error:Invalid API Key", Class::Key),
    ("no-id", Class::DoubtDone),
    ("other-id:{id}", Class::Mismatch),
    ("http-400", Class::Rejected),
    ("http-404", Class::Rejected),
    ("http-401", Class::Key),
    ("http-403", Class::Forbidden),
    ("http-429", Class::Throttled),
    ("http-429:after=1", Class::Throttled),
    ("http-429:after-date=1", Class::Throttled),
    ("restricted", Class::Throttled),
    ("http-500", Class::DoubtNotDone),
    ("http-500:done", Class::DoubtDone),
    ("http-502", Class::DoubtNotDone),
    ("http-503:after=1", Class::DoubtNotDone),
    ("http-504:done", Class::DoubtDone),
    ("redirect:http://127.0.0.1:1/", Class::DoubtNotDone),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Create,
    /// The create of a replace meets the fault.
    ReplaceFirst,
    /// The second half of a replace meets the fault.
    ReplaceSecond,
    Update,
    Restore,
    Retire,
}

impl Verb {
    const ALL: [Self; 6] =
        [Self::Create, Self::ReplaceFirst, Self::ReplaceSecond, Self::Update, Self::Restore, Self::Retire];

    fn creates(self) -> bool {
        matches!(self, Self::Create | Self::ReplaceFirst)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listing {
    Present,
    Lagging,
    Absent,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    fault: &'static str,
    class: Class,
    /// Whether every request meets it, or the first alone.
    always: bool,
    verb: Verb,
    listing: Listing,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fault, class: _, always, verb, listing } = self;
        let turns = if *always { "every" } else { "the first" };
        write!(f, "{fault} for {turns} request of a {verb:?}, listing {listing:?}")
    }
}

/// Exit code, the report's outcome, the result's outcome.
type Expected = (i32, &'static str, &'static str);

const DONE: Expected = (0, "complete", "done");

impl Cell {
    /// The table.
    fn expected(&self) -> Expected {
        match (self.class, self.always) {
            (Class::Forbidden, _) if self.key_worked_before() => (7, "partial", "rejected"),
            (Class::Key | Class::Forbidden, _) => (9, "partial", "rejected"),
            (Class::Rejected, _) | (Class::Throttled, true) => (7, "partial", "rejected"),
            (Class::Throttled, false) => DONE,
            (Class::Mismatch, _) if !self.verb.creates() => (8, "in_doubt", "in_doubt"),
            // An update is sent again, and one of its attempts is answered.
            (Class::DoubtNotDone | Class::DoubtDone, false) if !self.verb.creates() => DONE,
            _ if self.listing == Listing::Absent => (8, "in_doubt", "in_doubt"),
            // Looking shows that nothing was done; a create is then sent again by the next apply only.
            (Class::DoubtNotDone, _) => (7, "partial", "rejected"),
            // The new offer is found, but after such a reply nothing else is changed by an id of the state.
            (Class::Mismatch, _) if self.verb == Verb::ReplaceFirst => (7, "partial", "skipped"),
            (Class::DoubtDone | Class::Mismatch, _) => DONE,
        }
    }

    /// Whether the listing or the first half of a replace proved the key.
    fn key_worked_before(&self) -> bool {
        self.verb == Verb::ReplaceSecond || self.listing != Listing::Absent
    }

    fn options(&self) -> SandboxOptions {
        let mut options = SandboxOptions::default();
        options.quirks.listing_absent = self.listing == Listing::Absent;
        // Within `listing_lag_seconds`, whose hundredth is waited for.
        options.quirks.lag = (self.listing == Listing::Lagging).then_some(Lag::Millis(8));
        options
    }

    fn settings(&self) -> Settings {
        let timeout_seconds = if self.fault.starts_with("hang") { 1 } else { 20 };
        // Where there is no listing, nothing is created unless the configuration says so.
        let duplicate_check = if self.listing == Listing::Absent { "off" } else { "require" };
        Settings { attempts: 2, timeout_seconds, duplicate_check, ..Settings::default() }
    }

    fn rule(&self, other: u64) -> String {
        let call = if self.verb.creates() { "create" } else { "update" };
        let turns = if self.always { "" } else { ":1" };
        let effect = self.fault.replace("{id}", &other.to_string());
        format!("{call}{turns}={effect}")
    }
}

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for &(fault, class) in FAULTS {
        for verb in Verb::ALL {
            for listing in [Listing::Present, Listing::Lagging, Listing::Absent] {
                for always in [true, false] {
                    // Nothing is looked for after what was surely not done: one kind of listing shows as much as three.
                    let looks = matches!(class, Class::DoubtDone | Class::DoubtNotDone | Class::Mismatch);
                    let is_same = !looks && listing != Listing::Present;
                    // What is certain at the first request ends the matter.
                    let is_repeated = !always && matches!(class, Class::Rejected | Class::Key | Class::Forbidden);
                    if long() || !(is_same || is_repeated) {
                        cells.push(Cell { fault, class, always, verb, listing });
                    }
                }
            }
        }
    }
    cells
}

/// A state with a live and a retired offer.
fn start() -> &'static (Baseline, DesiredOffers) {
    static START: OnceLock<(Baseline, DesiredOffers)> = OnceLock::new();
    START.get_or_init(|| {
        let project = Project::new();
        let both: DesiredOffers = ["live", "retired"].map(|key| (key.to_owned(), DesiredOffer::new(key))).into();
        project.desire(&both);
        project.apply_until_done("the first apply");
        let mut desired = both.clone();
        desired.remove("retired");
        project.desire(&desired);
        project.apply_until_done("the retirement");
        (project.baseline(&desired), both)
    })
}

fn wanted(verb: Verb) -> DesiredOffers {
    let (start, both) = start();
    let mut desired = start.desired.clone();
    let live = desired.get_mut("live").unwrap();
    match verb {
        Verb::Create => drop(desired.insert("new".to_owned(), DesiredOffer::new("new"))),
        Verb::ReplaceFirst | Verb::ReplaceSecond => live.url = "https://track.example.com/new".into(),
        Verb::Update => live.payout = Some("12.00".to_owned()),
        Verb::Restore => desired.clone_from(both),
        Verb::Retire => {
            desired = BTreeMap::from([("retired".to_owned(), both["retired"].clone())]);
        }
    }
    desired
}

/// A retire with a restore beside it would be two actions; so the retire's repository keeps another offer.
fn begin(cell: &Cell) -> (Project, DesiredOffers) {
    let (start, _) = start();
    let desired = wanted(cell.verb);
    if cell.verb == Verb::Retire {
        let project = Project::from(start, cell.options(), &cell.settings());
        project.desire(&desired);
        // Restored first, so that the retirement is all that is left to do.
        let run = project.run(&["apply", "--auto-approve", "retired"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        return (project, desired);
    }
    let project = Project::from(start, cell.options(), &cell.settings());
    project.desire(&desired);
    (project, desired)
}

fn one_cell(cell: &Cell) {
    let (project, desired) = begin(cell);
    // For an update the other id must not be the offer's own; which offer got which id depends on what arrived first.
    let own = if cell.verb == Verb::Restore { "retired" } else { "live" };
    let other = project.cake.offers().into_iter().find(|offer| offer.offer_name != own).unwrap();
    project.cake.faults(&cell.rule(other.offer_id));
    let run = project.apply();
    let report = run.json();
    let result = run.only_result();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let seen = (run.code.unwrap_or(-1), text(&report["outcome"]), text(&result["outcome"]));
    let (code, outcome, of_action) = cell.expected();
    assert_eq!(seen, (code, outcome.to_owned(), of_action.to_owned()), "{cell}: {report:#}");
    if cell.class == Class::Key {
        assert_eq!(project.cake.fault_counts(), [1], "{cell}: sent again after the key was refused");
    }
    project.cake.faults("");
    if code == 8 && cell.verb.creates() && cell.listing == Listing::Absent {
        resolve(cell, &project, &run);
    }
    if code != 0 {
        project.apply_until_done(&cell.to_string());
    }
    project.check(&desired, &cell.to_string());
}

/// Without a listing a person looks, and says what is there.
fn resolve(cell: &Cell, project: &Project, run: &Run) {
    let key = if cell.verb == Verb::Create { "new" } else { "live" };
    let notes = run.json()["diagnostics"].to_string();
    for command in ["--offer-id N", "--not-created"] {
        assert!(notes.contains(&format!("offersync state resolve {key} {command}")), "{cell}: {notes}");
    }
    assert!(notes.contains("--unseen"), "{cell}: {notes}");
    let creates = project.cake.counters().creates;
    let again = project.run(&APPLY);
    assert_eq!(again.code, Some(8), "{cell}: {}", again.stdout);
    assert_eq!(project.cake.counters().creates, creates, "{cell}: a create in doubt was sent again");
    let known: Vec<u64> = start().0.offers.iter().map(|offer| offer.offer_id).collect();
    let made: Vec<_> = project.cake.offers().into_iter().filter(|offer| !known.contains(&offer.offer_id)).collect();
    assert_eq!(made.len(), usize::from(matches!(cell.class, Class::DoubtDone | Class::Mismatch)), "{cell}: {made:?}");
    let id = made.first().map(|offer| offer.offer_id.to_string());
    let answer = id.as_ref().map_or(vec!["--not-created"], |id| vec!["--offer-id", id]);
    let command = [vec!["state", "resolve", key, "--unseen"], answer].concat();
    let mut run = project.run(&command);
    // Until the settle time has passed, it is not certain that nothing was created.
    while run.stderr.contains("CAKE may still create it") {
        run = project.run(&command);
    }
    assert_eq!(run.code, Some(0), "{cell}: {}", run.stderr);
}

#[test]
fn every_fault_meets_every_action() {
    let began = Instant::now();
    let cells = cells();
    in_parallel(&cells, one_cell);
    println!("{} cells of faults × actions × listings in {:.1} s", cells.len(), began.elapsed().as_secs_f32());
}
