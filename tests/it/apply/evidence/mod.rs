//! What counts as known of CAKE: nothing is created twice, changed wrongly or called done on the word of a reply or a listing that
//! does not show it.
//!
//! Each test makes a CAKE that is late, hides something or answers about something else, and then counts its offers. Waits are a
//! hundred times shorter than configured, so a settle time of 20 s is 200 ms here.

mod accepted;
mod behind;
mod by_hand;
mod late;
mod listings;
mod messages;
mod names;
mod replaced;
mod replies;
mod reused;
mod taken_back;
mod unconfirmed;
mod waiting;

use offersync::testing::sandbox::{Offer, Quirks};
use serde_json::Value as Json;

use crate::harness::{DesiredOffer, DesiredOffers, Project, Run};

/// Milliseconds after which a late call is executed: well within the settle time, and well after everything that does not wait.
const LATE: &str = "80";

/// Desired offers with these keys, named after them.
fn offers(keys: &[&str]) -> DesiredOffers {
    keys.iter().map(|key| ((*key).to_owned(), DesiredOffer::new(&format!("Offer {key}")))).collect()
}

/// A project that desires these offers, with a CAKE of this kind.
fn project(desired: &DesiredOffers, quirks: impl FnOnce(&mut Quirks)) -> Project {
    let project = Project::new();
    project.cake.change_quirks(quirks);
    project.desire(desired);
    project
}

/// A project whose next apply replaces its only offer, the desired offers, and the id of the old one.
fn replacing() -> (Project, DesiredOffers, u64) {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let old = project.cake.ids("Offer a")[0];
    desired.get_mut("a").unwrap().url = "https://track.example.com/other?o={offer_id}".into();
    project.desire(&desired);
    (project, desired, old)
}

/// The outcome of the action for that key.
#[track_caller]
fn outcome(run: &Run, key: &str) -> String {
    result(run, key)["outcome"].as_str().unwrap().to_owned()
}

#[track_caller]
fn result(run: &Run, key: &str) -> Json {
    let report = run.json();
    let results = report["results"].as_array().unwrap_or_else(|| panic!("no report: {report:#}"));
    results.iter().find(|result| result["key"] == key).unwrap_or_else(|| panic!("no {key} in {report:#}")).clone()
}

/// An active offer of advertiser 101 that a person made in CAKE.
fn foreign(offer_id: u64, name: &str) -> Offer {
    Offer { offer_name: name.to_owned(), advertiser_id: 101, vertical_id: 7, ..Offer::filler(offer_id) }
}

/// Leaves the create of `new` in doubt: its reply is lost, and there is no look afterwards. CAKE has the offer.
#[track_caller]
fn in_doubt(project: &Project) {
    lose(project, "reset-after");
}

/// Leaves the create of `new` in doubt with this effect.
#[track_caller]
fn lose(project: &Project, effect: &str) {
    // The look before the writes reads a page, an empty one after a page with offers, and one for each status that may be hidden.
    let pages = if project.cake.offers().is_empty() { 5 } else { 6 };
    project.cake.faults(&format!("create[name=Offer new]={effect}\nlist:{}-=http-500", pages + 1));
    let run = project.apply().exits(8);
    assert_eq!(outcome(&run, "new"), "in_doubt");
    project.cake.faults("");
}

/// No two offers of one name and advertiser are in CAKE.
#[track_caller]
fn nothing_is_doubled(project: &Project, what: &str) {
    let mut seen: Vec<(String, u64)> =
        project.cake.offers().into_iter().map(|offer| (offer.offer_name, offer.advertiser_id)).collect();
    seen.sort();
    let count = seen.len();
    seen.dedup();
    assert_eq!(seen.len(), count, "{what}: {:#?}", project.cake.offers());
}

/// Runs the commands that the help of the diagnostics prints, the first of each diagnostic. Returns how many.
pub(in crate::apply) fn follow_advice(project: &Project, run: &Run) -> usize {
    let commands = advised(run);
    for command in &commands {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        project.run(&words);
    }
    commands.len()
}

/// The commands that stand on a line of their own, with every placeholder filled in.
fn advised(run: &Run) -> Vec<String> {
    let report = run.json();
    let diagnostics = report["diagnostics"].as_array().cloned().unwrap_or_default();
    let first = |help: &str| {
        let commands = help.lines().map(str::trim).filter(|line| line.starts_with("offersync "));
        let command = |line: &str| line.split(" #").next().unwrap_or(line).trim().to_owned();
        commands.map(command).find(|line| !line.contains("KEY") && !line.ends_with(" N"))
    };
    diagnostics.iter().filter_map(|diagnostic| first(diagnostic["help"].as_str()?)).collect()
}
