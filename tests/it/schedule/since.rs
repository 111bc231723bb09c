//! What a branch changes of schedules.

use super::scheduled;
use crate::harness::{Run, Workspace};

const CAKE: &str = "https://yourdomain.cakemarketing.com";
const FAR: &str = "2031-06-01 00:00:00";

fn workspace(entries: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::with_offers(CAKE);
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", entries));
    workspace.committed()
}

fn review(workspace: &Workspace) -> Run {
    workspace.run(&["plan", "--since", "HEAD"])
}

#[test]
fn a_change_far_ahead_is_shown_where_the_branch_makes_it_and_only_there() {
    let workspace = workspace(&[(FAR, "payout: 11.00")]);
    review(&workspace).exits(0).never_says(FAR);
    workspace.replace("offers/alpha.yaml", "payout: 11.00", "payout: 11.50");
    review(&workspace).exits(0).says(&format!("from {FAR} alpha payout 10.50 → 11.50"));
}

#[test]
fn what_is_not_scheduled_any_more_is_told() {
    let workspace = workspace(&[(FAR, "offer_status: inactive"), ("2031-09-01 00:00:00", "payout: 11.00")]);
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[("2031-09-01 00:00:00", "payout: 11.00")]));
    let run = review(&workspace).exits(0);
    run.says("schedule::removed").says("1 change is not scheduled any more: `alpha`");
    run.says(&format!("no longer at {FAR} alpha offer_status active → inactive"));
    run.never_says("no longer at 2031-09-01");
    let json = workspace.run(&["plan", "--since", "HEAD", "--format", "json"]).exits(0).json();
    assert_eq!(json["upcoming"][0]["kind"], "removed");
}

#[test]
fn an_edit_that_a_due_entry_overrides_is_told() {
    let workspace = workspace(&[("2020-01-01 00:00:00", "payout: 11.00")]);
    workspace.replace("offers/alpha.yaml", "payout: 10.50", "payout: 12.00");
    let run = review(&workspace).exits(0);
    run.says("schedule::overridden").says("`payout` of `alpha` was edited without an effect");
    run.says("since 2020-01-01 00:00:00");
    // An edit of the entry has an effect.
    workspace.replace("offers/alpha.yaml", "payout: 12.00", "payout: 10.50");
    workspace.replace("offers/alpha.yaml", "payout: 11.00", "payout: 12.00");
    review(&workspace).exits(0).never_says("schedule::overridden");
}

#[test]
fn another_time_zone_is_a_change_that_lists_what_moves() {
    let workspace = workspace(&[(FAR, "payout: 11.00")]);
    workspace.replace("offersync.toml", "time_zone = \"UTC\"", "time_zone = \"America/New_York\"");
    let run = review(&workspace).exits(4);
    run.says("`cake.time_zone` is `\"America/New_York\"`");
    run.says(&format!("moves 1 time: {FAR} was 2031-06-01T00:00:00Z and is 2031-06-01T04:00:00Z"));
}
