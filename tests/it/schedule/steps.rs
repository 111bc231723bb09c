//! Every step of a schedule is judged when it is reviewed, and not again by the size of a late apply.

use super::{hours, payout, scheduled, workspace};
use crate::harness::{Cake, Workspace, small_offer};

fn limited(workspace: &Workspace, setting: &str) {
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}[guardrails]\n{setting}\n"));
}

#[test]
fn a_step_beyond_a_limit_is_refused_today_with_its_time() {
    let cake = Cake::start();
    let at = "2031-06-01 00:00:00";
    let workspace = workspace(&cake.url(), &[(at, "payout: 105.00")]);
    limited(&workspace, "payout_rise = \"30 %\"");
    let run = workspace.run(&["plan"]).exits(4);
    run.says("the payout of `alpha` rises from 10.50 to 105.00, by more than 30 %").says(&format!("(from {at})"));
    run.says("until: 2031-06-15");
    // An apply does what is due, and judges that.
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do.");
    // A waiver has to hold when the step is applied, and is used then.
    let waived = |until: &str| {
        let waiver = format!("sync:\n  waive: [{{guardrail: payout-rise, until: {until}, reason: agreed}}]\n");
        scheduled("alpha", "10.50", &[(at, "payout: 105.00")]).replace("sync:\n", &waiver)
    };
    workspace.write("offers/alpha.yaml", &waived("2031-05-31"));
    workspace.run(&["plan"]).exits(4).says("payout-rise");
    workspace.write("offers/alpha.yaml", &waived("2031-06-01"));
    workspace.run(&["plan"]).exits(0).says("waived until 2031-06-01").never_says("guardrail::unused-waiver");
}

#[test]
fn the_waiver_of_the_first_step_holds_for_the_last_one_that_needs_it() {
    let cake = Cake::start();
    let steps = [
        ("2031-06-01 00:00:00", "payout: 20.00"),
        ("2031-09-01 00:00:00", "payout: 40.00"),
        ("2031-12-01 00:00:00", "payout: 41.00"),
    ];
    let workspace = workspace(&cake.url(), &steps);
    limited(&workspace, "payout_rise = \"30 %\"");
    let run = workspace.run(&["plan"]).exits(4);
    run.says("until: 2031-09-15").never_says("until: 2031-06-15").never_says("until: 2031-12-15");
    let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let waiver = said.split("`waive: [").nth(1).unwrap().split("]`").next().unwrap().replace("WHY", "agreed");
    workspace.replace("offers/alpha.yaml", "sync:\n", &format!("sync:\n  waive: [{waiver}]\n"));
    workspace.run(&["plan"]).exits(0).says("waived until 2031-09-15");
}

#[test]
fn a_late_apply_of_several_steps_is_not_stopped_by_their_sum() {
    let cake = Cake::start();
    let entries = [(&*hours(-80), "payout: 13.00"), (&*hours(-50), "payout: 16.00"), (&*hours(-10), "payout: 20.00")];
    let workspace = workspace(&cake.url(), &entries);
    limited(&workspace, "payout_rise = \"30 %\"");
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    assert_eq!(payout(&cake, "alpha"), "20.00");
    // An amount that is not on the way is judged as it is.
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[(&hours(-10), "payout: 40.00")]));
    workspace.run(&["apply", "--auto-approve"]).exits(4).says("rises from 20.00 to 40.00");
    // And so is a step by itself.
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "20.00", &[(&hours(-10), "payout: 40.00")]));
    workspace.run(&["plan"]).exits(4).says("rises from 20.00 to 40.00, by more than 30 %");
}

#[test]
fn an_edit_and_an_entry_of_one_branch_are_two_changes_to_a_late_apply_too() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[]);
    limited(&workspace, "payout_rise = \"30 %\"");
    // As a review before the entry was due has seen it: 10.50 → 13.00, and later → 16.00.
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "13.00", &[(&hours(-10), "payout: 16.00")]));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    assert_eq!(payout(&cake, "alpha"), "16.00");
    // Each of them is judged.
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "21.00", &[(&hours(-10), "payout: 22.00")]));
    workspace.run(&["apply", "--auto-approve"]).exits(4).says("rises from 16.00 to 22.00, by more than 30 %");
}

#[test]
fn an_offer_that_comes_back_with_entries_is_judged_in_steps_too() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[]);
    workspace.remove("offers/alpha.yaml");
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    limited(&workspace, "payout_rise = \"30 %\"");
    let entries = [(&*hours(-50), "payout: 13.00"), (&*hours(-10), "payout: 16.00")];
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &entries));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    assert_eq!(payout(&cake, "alpha"), "16.00");
}

#[test]
fn what_a_plan_changes_and_what_follows_on_the_same_day_are_one_change() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[]);
    limited(&workspace, "payout_rise = \"30 %\"\nmax_retires = 1\nsmall_plan = 0");
    let at = ["plan", "--at", "2031-06-01 08:00:00"];
    let payouts = |own: &str, then: &str, day: &str| {
        workspace.write("offers/alpha.yaml", &scheduled("alpha", own, &[(&format!("2031-06-{day} 20:00:00"), then)]));
    };
    payouts("13.00", "payout: 16.00", "01");
    let run = workspace.run(&at).exits(4);
    run.says("rises from 10.50 to 16.00, by more than 30 %").says("(from 2031-06-01 20:00:00)");
    payouts("13.00", "payout: 16.00", "02");
    workspace.run(&at).exits(0);
    // An offer that stops now, and another one in the evening.
    payouts("10.50", "offer_status: inactive", "01");
    workspace.run(&at).exits(0);
    workspace.write(
        "offers/beta.yaml",
        &format!("{}offer_status: inactive\n", crate::harness::small_offer("beta", "11.50")),
    );
    let run = workspace.run(&at).exits(4);
    run.says("takes out of traffic 2 of 3 offers with traffic").says("(from 2031-06-01 20:00:00)");
    payouts("10.50", "offer_status: inactive", "02");
    workspace.run(&at).exits(0);
}

#[test]
fn what_is_late_does_not_count_for_the_day_on_which_it_is_made() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[("2031-05-31 20:00:00", "payout: 11.00")]);
    workspace.write("offers/beta.yaml", &scheduled("beta", "11.50", &[("2031-06-01 20:00:00", "payout: 12.00")]));
    limited(&workspace, "max_changes = 1\nsmall_plan = 0");
    let at = ["plan", "--at", "2031-06-01 08:00:00"];
    workspace.run(&at).exits(0).says("1 to update").says("from 2031-06-01 20:00:00 beta payout 11.50 → 12.00");
    // What was due on the same day does count.
    workspace.replace("offers/alpha.yaml", "2031-05-31 20:00:00", "2031-06-01 06:00:00");
    workspace.run(&at).exits(4).says("guardrail::max-changes").says("(from 2031-06-01 20:00:00)");
}

#[test]
fn a_past_entry_that_a_branch_brings_is_judged_with_what_is_late_of_its_day() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[("2020-01-01 06:00:00", "payout: 11.00")]);
    limited(&workspace, "max_changes = 1\nsmall_plan = 0");
    let workspace = workspace.committed();
    let entry = |day: &str| {
        let at = format!("2020-01-{day} 08:00:00");
        workspace.write("offers/beta.yaml", &scheduled("beta", "11.50", &[(&at, "payout: 12.00")]));
    };
    entry("01");
    workspace.run(&["plan", "--since", "HEAD"]).exits(4).says("guardrail::max-changes");
    workspace.run(&["apply", "--auto-approve"]).exits(4);
    entry("02");
    workspace.run(&["plan", "--since", "HEAD"]).exits(0);
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("2 done");
}

#[test]
fn a_name_that_another_offer_has_then_is_told_when_it_is_scheduled() {
    let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
    let at = "2031-06-01 00:00:00";
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[(at, "offer_name: Offer beta")]));
    let run = workspace.run(&["plan"]).exits(0);
    run.says(
        "warning[offer::same-name]: `alpha` gets the same name and advertiser as `beta` (from 2031-06-01 00:00:00)",
    );
    run.says("offers/alpha.yaml:");
    // A name that is handed on belongs to one offer at each time.
    workspace.write("offers/beta.yaml", &scheduled("beta", "11.50", &[(at, "offer_name: Offer new")]));
    workspace.run(&["plan"]).exits(0).never_says("offer::same-name");
    let later = scheduled("beta", "11.50", &[("2031-06-02 00:00:00", "offer_name: Offer new")]);
    workspace.write("offers/beta.yaml", &later);
    workspace.run(&["plan"]).exits(0).says("offer::same-name");
}

#[test]
fn lints_judge_the_offer_as_it_will_be() {
    let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
    let ended = "expiration_date: 2031-01-01 00:00:00\nsync:\n";
    let text = scheduled("alpha", "10.50", &[("2031-06-01 00:00:00", "payout: 0")]).replace("sync:\n", ended);
    workspace.write("offers/alpha.yaml", &text);
    let run = workspace.run(&["validate"]).exits(3);
    run.says("date::past").says("is in the past (from 2031-06-01 00:00:00)");
    run.says("money::zero").says("schedule::after-expiry");
    // The same entry in a freeze is told, and is no breach.
    let freeze = "[[freeze]]\nfrom = \"2031-05-01 00:00:00\"\nto = \"2031-07-01 00:00:00\"\nreason = \"no changes\"\n";
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}{freeze}"));
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[("2031-06-01 00:00:00", "payout: 11")]));
    let run = workspace.run(&["plan", "--until", "2032-01-01 00:00:00"]).exits(0);
    run.says("from 2031-06-01 00:00:00, held until 2031-07-01 00:00:00 (no changes) alpha");
    run.says("schedule::frozen").says("held back until 2031-07-01 00:00:00").never_says("guardrail::freeze");
}

#[test]
fn times_in_a_gap_or_a_fold_are_errors_with_the_times_beside_them() {
    let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
    workspace.replace("offersync.toml", "\"UTC\"", "\"Europe/Berlin\"");
    let entries = [("2031-03-30 02:30:00", "payout: 11"), ("2031-10-26 02:30:00", "payout: 12")];
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &entries));
    let run = workspace.run(&["plan"]).exits(3);
    run.says("2031-03-30 02:30:00 does not exist in Europe/Berlin");
    run.says("write 2031-03-30 01:30:00 or 2031-03-30 03:30:00");
    run.says("2031-10-26 02:30:00 comes twice in Europe/Berlin");
    run.says("write 2031-10-26 01:30:00 or 2031-10-26 03:30:00");
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[("2031-03-30 03:30:00", "payout: 11")]));
    workspace.run(&["plan", "--at", "2031-10-26 02:30:00"]).exits(64).says("comes twice");
    workspace.run(&["plan", "--at", "2031-10-26T02:30:00+01:00"]).exits(0).says("payout 11");
    workspace.run(&["plan", "--at", "tomorrow"]).exits(64).says("is no time");
}

#[test]
fn a_url_that_two_offers_come_to_share_is_told_at_review_and_stops_no_late_apply() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let shared = |key: &str| small_offer(key, "10.50").replace(&format!("/{key}?o={{offer_id}}"), "/page?r={click_id}");
    workspace.write("offers/alpha.yaml", &shared("alpha"));
    workspace.write("offers/beta.yaml", &format!("{}offer_status: inactive\n", shared("beta")));
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    let start = |at: &str| {
        let entry = format!("    - at: {at}\n      offer_status: active\n");
        format!("{}offer_status: inactive\nsync:\n  schedule:\n{entry}", shared("beta"))
    };
    let at = hours(3);
    workspace.write("offers/beta.yaml", &start(&at));
    workspace.run(&["validate"]).exits(0).says("warning[url::shared]").says(&format!("as `alpha` (from {at})"));
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}[lints]\n\"url::shared\" = \"deny\"\n"));
    for command in ["validate", "plan"] {
        workspace.run(&[command]).exits(3).says("error[url::shared]").says("offers/beta.yaml");
    }
    // One that has ended shares nothing.
    workspace.write("offers/alpha.yaml", &format!("{}expiration_date: {}\n", shared("alpha"), hours(2)));
    workspace.run(&["validate"]).exits(0).never_says("url::shared");
    workspace.write("offers/alpha.yaml", &shared("alpha"));
    workspace.write("offers/beta.yaml", &start(&hours(-1)));
    workspace.run(&["validate"]).exits(3).says("error[url::shared]");
    workspace.run(&["plan"]).exits(0).says("warning[url::shared]");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("warning[url::shared]");
}

/// A rule that is followed at many times, each offer at one of its own, is a rule all the same.
#[test]
fn the_one_that_breaks_the_rule_of_others_with_times_of_their_own_is_flagged() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let keys: Vec<String> = (10..50).map(|at| format!("own-{at}")).collect();
    for key in &keys {
        workspace.write(&format!("offers/{key}.yaml"), &small_offer(key, "20.00"));
    }
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    for (at, key) in (10..).zip(&keys) {
        let value = if at == 31 { "payout: 18.00" } else { "payout: 22.00" };
        workspace.write(&format!("offers/{key}.yaml"), &scheduled(key, "20.00", &[(&hours(at), value)]));
    }
    let json = workspace.run(&["plan", "--format", "json"]).exits(0).json();
    let flagged = json["upcoming"].as_array().unwrap().iter().filter(|upcoming| upcoming.get("flags").is_some());
    let flagged: Vec<_> = flagged.map(|upcoming| (&upcoming["key"], &upcoming["flags"][0])).collect();
    assert_eq!(flagged, [(&"own-31".into(), &"breaks_rule".into())]);
    let text = workspace.run(&["plan"]).exits(0);
    text.says("Review first:\n").says("own-31  payout 20.00 → 18.00  breaks the rule of 39 others, which gives 22.00");
}
