//! A state that is older than CAKE: a lost runner, a reverted commit, a branch of last week.

use super::{offers, project};
use crate::harness::{DesiredOffers, Project, Settings};

const STATE: &str = "offersync.state.json";

/// `a` was applied with 10.00 and then with 240.00; state and YAML are those of the first apply again.
fn reverted() -> (Project, DesiredOffers) {
    let first = offers(&["a", "b"]);
    let project = project(&first, |_| {});
    project.apply().exits(0);
    let state = project.read(STATE);
    let mut second = first.clone();
    second.get_mut("a").unwrap().payout = Some("240.00".to_owned());
    project.desire(&second);
    project.apply().exits(0);
    project.write(STATE, &state);
    project.desire(&first);
    (project, first)
}

#[test]
fn nothing_to_do_by_an_old_state_says_what_it_is_based_on_and_a_comparison_of_all_stops() {
    let (project, _) = reverted();
    let run = project.run(&["apply", "--auto-approve"]).exits(0);
    run.says("By the state of");
    project.write(
        "offersync.toml",
        &Settings::default().toml(&project.cake.url()).replace("[cake]", "[cake]\nverify = \"all\""),
    );
    let run = project.run(&["apply", "--auto-approve"]).exits(4);
    run.says("240");
    assert_eq!(project.cake.counters().updates, 1);
}

#[test]
fn a_touched_offer_that_cake_shows_otherwise_stops_the_apply_and_the_advice_leads_on() {
    let (project, mut desired) = reverted();
    desired.get_mut("a").unwrap().payout = Some("11.00".to_owned());
    project.desire(&desired);
    let run = project.apply().exits(4);
    assert_eq!(project.cake.counters().updates, 1, "{run:?}");
    run.says("payout");
    // A plan against what CAKE shows is a reviewed one.
    project.run(&["apply", "--refresh", "--overwrite-drift", "--auto-approve"]).exits(0);
    project.check(&desired, "after the refresh");
}

#[test]
fn an_offer_that_is_not_touched_is_not_compared() {
    let (project, mut desired) = reverted();
    desired.get_mut("b").unwrap().payout = Some("11.00".to_owned());
    project.desire(&desired);
    project.apply().exits(0);
    assert_eq!(project.cake.counters().updates, 2);
}
