//! `sync.schedule` through the binary: what is due, what will be due, and what an apply does about it.

mod apply;
mod freezes;
mod list;
mod review;
mod since;
mod steps;
mod walk;

use crate::harness::{Cake, Workspace, small_offer};

/// A time so many hours from now, as YAML has it, in UTC. Whole hours, so that a run of some seconds changes nothing.
fn hours(from_now: i64) -> String {
    let moment = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(from_now);
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// An offer with entries: each a time and its lines.
fn scheduled(key: &str, payout: &str, entries: &[(&str, &str)]) -> String {
    let entries: Vec<_> = entries.iter().map(|(at, line)| format!("    - at: {at}\n      {line}\n")).collect();
    format!("{}sync:\n  schedule:\n{}", small_offer(key, payout), entries.concat())
}

/// The three offers, recorded, with a schedule for `alpha`.
fn workspace(url: &str, entries: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::with_offers(url);
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", entries));
    workspace
}

/// The payout that CAKE has of an offer.
fn payout(cake: &Cake, key: &str) -> String {
    let ids = cake.ids(&format!("Offer {key}"));
    let [id] = ids[..] else { panic!("{key}: {ids:?}") };
    cake.offer(id).unwrap().payout.unwrap().to_string()
}
