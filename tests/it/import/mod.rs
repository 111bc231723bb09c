//! `import` and `export`: what they write, and what they leave alone.

mod contents;
mod interruptions;
mod refusals;
mod spreadsheets;
mod statuses;

use std::collections::BTreeMap;

use offersync::testing::sandbox::{Offer, SandboxOptions};

use crate::harness::{Project, Settings};

/// A project without YAML, whose CAKE has these offers.
fn cake_with(offers: impl IntoIterator<Item = Offer>) -> Project {
    let time_zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
    let settings = Settings { time_zone: "America/New_York", ..Settings::default() };
    let project = Project::with(SandboxOptions { time_zone, ..SandboxOptions::default() }, &settings);
    for offer in offers {
        project.cake.put(offer).unwrap();
    }
    project
}

/// Every file of the offers, by its path.
fn tree(project: &Project) -> BTreeMap<String, String> {
    let files = project.files("offers").into_iter();
    files.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

fn has_state(project: &Project) -> bool {
    project.path("offersync.state.json").exists()
}

/// The plan is empty, and importing once more does nothing.
#[track_caller]
fn is_settled(project: &Project) {
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    let before = tree(project);
    project.run(&["import"]).says("0 offers imported, 0 matched");
    assert_eq!(tree(project), before);
}

/// The offers of a CAKE with names and values of every kind.
fn offers(count: u64) -> impl Iterator<Item = Offer> {
    const NAMES: [&str; 6] = ["Home Warranty", "Auto – Größe", "no", "12:30", "{x}: #1 \"best\"", "Home Warranty"];
    const STATUSES: [&str; 5] = ["active", "inactive", "pending", "Expired", "active"];
    let pick = |list: &[&str], number: u64| list[usize::try_from(number).unwrap() % list.len()].to_owned();
    (1..=count).map(move |number| Offer {
        offer_name: pick(&NAMES, number),
        advertiser_id: 101 + number % 3,
        vertical_id: 7 + number % 2,
        offer_status: pick(&STATUSES, number),
        payout: (number % 4 != 0).then(|| "24.00".parse().unwrap()),
        payout_type: (number % 3 != 0).then(|| "CPA".to_owned()),
        revenue: (number % 5 != 0).then(|| "19.999999999999999999".parse().unwrap()),
        currency_id: (number % 2 == 0).then_some(1),
        session_hours: Some(24),
        expiration_date: (number % 3 == 0).then(|| "2099-07-01 23:59:59".parse().unwrap()),
        offer_description: (number % 4 == 1).then(|| "two\n lines: #\n".to_owned()),
        ..Offer::filler(number * 10)
    })
}
