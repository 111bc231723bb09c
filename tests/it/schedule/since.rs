//! What a branch changes of schedules.

use super::scheduled;
use crate::harness::{Cake, Run, Workspace};

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
    let run = review(&workspace).exits(0);
    run.says(&format!("Scheduled: from {FAR} alpha payout 10.50 → 11.50"));
    run.says("1 to create, 0 unchanged. 1 change is scheduled for later. 1 change is not scheduled any more.");
    let comment = workspace.run(&["plan", "--since", "HEAD", "--format", "markdown"]).exits(0).stdout;
    assert!(comment.lines().nth(3).is_some_and(|line| line.contains("1 change is scheduled for later.")), "{comment}");
    let (shown, _) = comment.split_once("<details>").unwrap_or((&comment, ""));
    assert!(
        shown.contains(&format!("| from {} | alpha | payout 10.50 → 11.50 |", FAR.replace(':', "&#58;"))),
        "not folded away: {comment}"
    );
}

#[test]
fn of_many_scheduled_amounts_the_wrong_one_is_to_be_reviewed_first() {
    let workspace = Workspace::with_offers(CAKE).committed();
    for number in 0..40 {
        let key = format!("offer-{number:02}");
        let later = if number == 17 { "payout: 2.20".to_owned() } else { format!("payout: {}.00", 22 + number) };
        workspace
            .write(&format!("offers/{key}.yaml"), &scheduled(&key, &format!("{}.00", 20 + number), &[(FAR, &later)]));
    }
    let run = review(&workspace).exits(0);
    let first = run.stdout.split_once("Review first:").unwrap().1.lines().nth(1).unwrap();
    assert!(first.contains("offer-17") && first.contains("37.00 → 2.20"), "{}", run.stdout);
    let json = workspace.run(&["plan", "--since", "HEAD", "--format", "json"]).exits(0).json();
    let upcoming = json["upcoming"].as_array().unwrap();
    let wrong = upcoming.iter().find(|change| change["key"] == "offer-17").unwrap();
    assert!(wrong["flags"].as_array().is_some_and(|flags| !flags.is_empty()), "{wrong:#}");
    let comment = workspace.run(&["plan", "--since", "HEAD", "--format", "markdown"]).exits(0).stdout;
    let row = comment.split_once("| why |").unwrap().1.lines().nth(2).unwrap();
    assert!(row.contains("offer-17"), "{comment}");
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
fn a_new_entry_before_one_that_is_in_effect_is_told() {
    let in_effect = ("2025-06-01 00:00:00", "payout: 11.00");
    let workspace = workspace(&[in_effect]);
    let late = ("2025-01-15 00:00:00", "payout: 9.00");
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[late, in_effect]));
    let run = review(&workspace).exits(0);
    run.says("schedule::overridden").says("an entry of 2025-01-15 00:00:00 has no effect");
    let later = ("2025-07-15 00:00:00", "payout: 9.00");
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[in_effect, later]));
    review(&workspace).exits(0).never_says("schedule::overridden");
}

#[test]
fn a_start_after_the_end_by_date_is_told() {
    let workspace = workspace(&[]);
    let toml = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{toml}[expired]\naction = \"retire\"\n"));
    let date = "expiration_date: 2020-01-01 00:00:00\n";
    let offer = crate::harness::small_offer("alpha", "10.50");
    let with = |status: &str, date: &str| {
        workspace.write("offers/alpha.yaml", &format!("{offer}offer_status: {status}\n{date}"));
    };
    with("inactive", date);
    workspace.commit("ended");
    with("active", date);
    let run = review(&workspace);
    run.says("schedule::overridden").says("`offer_status` of `alpha` was edited without an effect");
    run.says("the expiration date ends the offer since 2020-01-01 00:00:0").says("set a later `expiration_date`");
    with("active", "expiration_date: 2150-01-01 00:00:00\n");
    review(&workspace).never_says("schedule::overridden");
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
    run.says("moves 1 time");
    run.says(&format!("{FAR} in offers/alpha.yaml:8 was 2031-06-01T00:00:00Z and is 2031-06-01T04:00:00Z"));
}

#[test]
fn a_stop_that_is_due_and_was_not_made_is_told_where_a_branch_takes_it_away() {
    let cake = Cake::start();
    let workspace = super::workspace(&cake.url(), &[("2020-01-01 00:00:00", "offer_status: inactive")]).committed();
    let stop = "    - at: 2020-01-01 00:00:00\n      offer_status: inactive\n";
    for instead in ["    - at: 2020-01-01 00:00:00\n      offer_status: active\n", &stop.replace("2020", "2031")] {
        workspace.replace("offers/alpha.yaml", stop, instead);
        let run = review(&workspace).exits(0);
        run.says("schedule::removed").says("no longer at 2020-01-01 00:00:00 alpha offer_status active → inactive");
        workspace.replace("offers/alpha.yaml", instead, stop);
    }
    // Once it is made, its entry may go.
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.commit("applied");
    workspace.run(&["fmt", "--prune-schedule"]).exits(0);
    review(&workspace).exits(0).never_says("schedule::removed");
}

#[test]
fn entries_of_the_past_that_a_branch_brings_are_one_change_to_the_limits() {
    let cake = Cake::start();
    let workspace = super::workspace(&cake.url(), &[]);
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}[guardrails]\npayout_rise = \"10 %\"\n"));
    workspace.write("offers/alpha.yaml", &crate::harness::small_offer("alpha", "10.50"));
    let workspace = workspace.committed();
    let stairs = [("2020-01-01 00:00:00", "payout: 11.50"), ("2020-01-02 00:00:00", "payout: 12.60")];
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &stairs));
    review(&workspace).exits(4).says("the payout of `alpha` rises from 10.50 to 12.60, by more than 10 %");
    // What is reviewed already, and only late, is not.
    workspace.commit("reviewed");
    workspace.replace("offers/beta.yaml", "11.50", "11.60");
    review(&workspace).exits(0).never_says("guardrail::payout-rise");
}

#[test]
fn the_limits_of_a_plan_hold_for_what_is_scheduled_within_a_day() {
    let workspace = Workspace::with_offers(CAKE);
    let config = workspace.read("offersync.toml");
    let limits = "[guardrails]\nmax_retires = \"50 %\"\nsmall_plan = 0\npayout_rise = \"30 %\"\n";
    workspace.write("offersync.toml", &format!("{config}{limits}"));
    let cake = Cake::start();
    workspace.replace("offersync.toml", CAKE, &cake.url());
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    for (second, key) in ["alpha", "beta", "gamma"].into_iter().enumerate() {
        let at = format!("2031-06-01 00:00:0{second}");
        let payout = format!("{}.50", 10 + second);
        workspace.write(&format!("offers/{key}.yaml"), &scheduled(key, &payout, &[(&at, "offer_status: inactive")]));
    }
    let run = workspace.run(&["plan"]).exits(4);
    run.says("takes out of traffic 3 of 3 offers with traffic").says("(from 2031-06-01 00:00:02)");
    // On two days they are two plans.
    let text = workspace.read("offers/gamma.yaml").replace("2031-06-01", "2031-06-02");
    workspace.write("offers/gamma.yaml", &text);
    let text = workspace.read("offers/beta.yaml").replace("2031-06-01", "2031-06-03");
    workspace.write("offers/beta.yaml", &text);
    workspace.run(&["plan"]).exits(0);
    // Two rises of a day are one rise.
    let rises = [("2031-06-01 00:00:00", "payout: 13.00"), ("2031-06-01 00:00:01", "payout: 16.00")];
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &rises));
    workspace.run(&["plan"]).exits(4).says("rises from 10.50 to 16.00");
}

#[test]
fn what_lints_say_of_entries_that_a_branch_brings_is_shown() {
    let workspace = workspace(&[(FAR, "payout: 11.00")]);
    workspace.replace("offers/alpha.yaml", "payout: 11.00", "payout: 0.00");
    review(&workspace).exits(0).says("money::zero").says(&format!("(from {FAR})"));
    let run = workspace.run(&["plan", "--since", "HEAD", "--format", "github"]).exits(0);
    assert!(run.stdout.lines().any(|line| line.contains("review first") && line.contains(FAR)), "{}", run.stdout);
}

#[test]
fn a_freeze_over_scheduled_changes_is_told_where_a_branch_brings_it() {
    let workspace = workspace(&[(FAR, "payout: 11.00")]);
    let freeze = "[[freeze]]\nfrom = \"2031-05-01 00:00:00\"\nto = \"2031-07-01 00:00:00\"\nreason = \"audit\"\n";
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}{freeze}"));
    let run = workspace.run(&["plan", "--since", "HEAD", "--accept-config"]).exits(0);
    run.says("schedule::frozen").says(&format!("{FAR} is in a freeze (audit)"));
}
