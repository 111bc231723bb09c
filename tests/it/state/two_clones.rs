//! Two clones that change the same offer, and of which one gives its state up for that of the other: what it has done is not taken for
//! contained in what the other one has done since.

use super::two_branches::{Race, create};
use crate::harness::{APPLY, Run, Workspace, clean, finish, small_offer};

const CODE: &str = "state::put-back";

/// Both clones have an offer, whose id this is.
fn with_an_offer() -> (Race, u64) {
    let race = Race::start();
    create(&race.one, "both");
    commit(&race.one, "an offer");
    race.one.git(&["push", "--quiet", "--set-upstream", "origin", "main"]).exits(0);
    race.two.git(&["pull", "--quiet"]).exits(0);
    let id = race.ids_on("main").into_iter().find_map(|(key, id)| (key == "both").then_some(id)).unwrap();
    (race, id)
}

fn commit(clone: &Workspace, message: &str) {
    clone.git(&["add", "--all"]).exits(0);
    clone.git(&["commit", "--quiet", "--message", message]).exits(0);
}

fn apply_price(clone: &Workspace, price: &str) {
    clone.write("offers/both.yaml", &small_offer("both", price));
    clone.run(&APPLY).exits(0);
}

/// The first clone applies these prices, each a revision, and commits nothing. The second one does not know of it.
fn unknown_to_the_other(race: &Race, id: u64, prices: &[&str]) {
    let before = race.cake.offer(id).unwrap().payout;
    for price in prices {
        apply_price(&race.one, price);
    }
    race.cake.change(id, |offer| offer.payout = before).unwrap();
}

/// The second clone applies these prices, and pushes them.
fn pushed(race: &Race, prices: &[&str]) {
    for price in prices {
        apply_price(&race.two, price);
    }
    commit(&race.two, "prices");
    race.two.git(&["push", "--quiet", "origin", "main"]).exits(0);
}

/// Runs the first command that the message names.
#[track_caller]
fn follow(clone: &Workspace, run: &Run) {
    let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("ring it back with ").unwrap_or_else(|| panic!("no advice: {said}"));
    finish(clean("sh", clone.folder()).args(["-c", advice.split('`').nth(1).unwrap()])).exits(0);
}

#[test]
fn an_uncommitted_change_is_not_in_the_later_ones_of_another_clone_however_many_there_are() {
    for (own, others) in [(&["21"][..], &["31", "32"][..]), (&["21", "22"], &["31"]), (&["21"], &["31", "5"])] {
        let (race, id) = with_an_offer();
        unknown_to_the_other(&race, id, own);
        pushed(&race, others);
        race.one.git(&["stash", "--quiet"]).exits(0);
        race.one.git(&["pull", "--quiet"]).exits(0);
        let refused = race.one.run(&["plan"]).exits(4);
        refused.says(CODE).says("state merge");
        follow(&race.one, &refused);
        // Which of the two was later is not known, so that the price is sent again.
        race.one.run(&["plan"]).exits(0).says("update both");
        race.one.run(&APPLY).exits(0);
        assert_eq!(race.cake.offer(id).unwrap().payout, others.last().unwrap().parse().ok());
        commit(&race.one, "both");
        race.one.run(&["plan", "--detailed-exitcode"]).exits(0);
        race.one.git(&["push", "--quiet", "origin", "main"]).exits(0);
        race.two.git(&["pull", "--quiet"]).exits(0);
        race.two.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn the_same_changes_in_two_clones_are_two_changes() {
    let (race, id) = with_an_offer();
    unknown_to_the_other(&race, id, &["21"]);
    // Back where it was, through the value of the first clone.
    pushed(&race, &["21", "5"]);
    race.one.git(&["stash", "--quiet"]).exits(0);
    race.one.git(&["pull", "--quiet"]).exits(0);
    race.one.run(&["plan"]).exits(4).says(CODE);
}

#[test]
fn a_write_that_also_brings_back_a_status_takes_part_in_the_merge() {
    let (race, id) = with_an_offer();
    std::fs::remove_file(race.one.path("offers/both.yaml")).unwrap();
    commit(&race.one, "retired");
    race.one.run(&APPLY).exits(0);
    commit(&race.one, "its state");
    race.one.git(&["push", "--quiet", "origin", "main"]).exits(0);
    // The other clone does not know of it, and a person there reviews a plan that sets the status back, too.
    race.two.write("offers/both.yaml", &small_offer("both", "21"));
    race.two.run(&APPLY).exits(4).says("apply::differs");
    race.two.run(&["apply", "--refresh", "--overwrite-drift", "--auto-approve"]).exits(0);
    assert_eq!(race.cake.offer(id).unwrap().offer_status, "active");
    commit(&race.two, "dearer");
    let driver = format!("{} state merge %O %A %B", env!("CARGO_BIN_EXE_offersync"));
    race.two.git(&["config", "merge.offersync-state.driver", &driver]).exits(0);
    race.two.git(&["pull", "--quiet", "--no-rebase", "--no-edit"]).exits(1);
    race.two.git(&["rm", "--quiet", "offers/both.yaml"]).exits(0);
    race.two.git(&["commit", "--quiet", "--no-edit"]).exits(0);
    race.two.run(&["plan"]).exits(0).says("retire both");
    race.two.run(&APPLY).exits(0);
    assert_eq!(race.cake.offer(id).unwrap().offer_status, "inactive");
}

#[test]
fn what_the_other_clone_has_built_on_one_s_own_change_is_no_loss() {
    let (race, id) = with_an_offer();
    apply_price(&race.one, "21");
    commit(&race.one, "a price");
    race.one.git(&["push", "--quiet", "origin", "HEAD:refs/heads/side"]).exits(0);
    race.two.git(&["pull", "--quiet", "origin", "side"]).exits(0);
    apply_price(&race.two, "22");
    commit(&race.two, "another price");
    // Squashed by the host: no commit of this clone is on main, and its branch is gone.
    race.two.git(&["reset", "--quiet", "--soft", "origin/main"]).exits(0);
    race.two.git(&["commit", "--quiet", "--message", "squashed"]).exits(0);
    race.two.git(&["push", "--quiet", "--force", "origin", "main"]).exits(0);
    race.one.git(&["fetch", "--quiet"]).exits(0);
    race.one.git(&["reset", "--quiet", "--hard", "origin/main"]).exits(0);
    race.one.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(race.cake.offer(id).unwrap().payout, "22".parse().ok());
}

#[test]
fn a_rename_of_the_other_clone_and_an_uncommitted_change_go_together() {
    // One change, of which the version before is committed, and two.
    for own in [&["21"][..], &["21", "22"]] {
        let (race, id) = with_an_offer();
        for price in own {
            apply_price(&race.one, price);
        }
        race.two.git(&["mv", "offers/both.yaml", "offers/new.yaml"]).exits(0);
        race.two.run(&["state", "mv", "both", "new"]).exits(0);
        commit(&race.two, "a rename");
        race.two.git(&["push", "--quiet", "origin", "main"]).exits(0);
        race.one.git(&["checkout", "--quiet", "--", "."]).exits(0);
        race.one.git(&["pull", "--quiet"]).exits(0);
        let refused = race.one.run(&["plan"]).exits(4);
        refused.says(CODE).says("state merge");
        follow(&race.one, &refused);
        // The YAML that was not committed is gone with its price, which the plan shows.
        race.one.run(&["plan"]).exits(0).says("update new").says("Plan: 1 to update, 3 unchanged.");
        race.one.run(&APPLY).exits(0);
        assert_eq!(race.cake.offer(id).unwrap().payout, "5".parse().ok());
        assert_eq!(race.cake.offers().len(), 4);
        assert_eq!(race.one.git(&["status", "--porcelain"]).exits(0).stdout, " M offersync.state.json\n");
    }
}
