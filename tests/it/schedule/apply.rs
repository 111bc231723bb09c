//! What an apply does of schedules.

use super::{hours, payout, scheduled, workspace};
use crate::harness::{Cake, Workspace};

#[test]
fn a_due_value_is_sent_and_the_report_says_when() {
    let cake = Cake::start();
    let (before, after) = (hours(-2), hours(2));
    let workspace = workspace(&cake.url(), &[(&before, "payout: 11.00"), (&after, "payout: 12.00")]);
    let plan = workspace.run(&["plan"]).exits(0);
    plan.says(&format!("payout 10.50 → 11.00 (+0.50, +4.8 %; due since {before})"));
    plan.says(&format!("Scheduled: from {after} alpha payout 11.00 → 12.00"));
    let report = workspace.run(&["apply", "--auto-approve", "--format", "json"]).exits(0).only_result();
    assert_eq!(report["due_since"], before.as_str());
    assert!(report["message"].as_str().unwrap().starts_with(&format!("due {before}, done ")), "{report:#}");
    assert_eq!(payout(&cake, "alpha"), "11.00");
    workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn nothing_due_and_nothing_changed_needs_no_key_and_sends_nothing() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(2), "payout: 12.00")]);
    let before = cake.counters();
    let mut command = workspace.command(&["apply", "--auto-approve"]);
    let run = crate::harness::finish(command.env_remove("CAKE_API_KEY")).exits(0);
    run.says("Nothing to do.");
    assert_eq!(cake.counters(), before, "something was sent");
    // Once something is due, the key is needed.
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[(&hours(-2), "payout: 12.00")]));
    let mut command = workspace.command(&["apply", "--auto-approve"]);
    crate::harness::finish(command.env_remove("CAKE_API_KEY")).exits(1).says("cake::key-missing");
}

#[test]
fn a_saved_plan_across_which_something_falls_due_is_stale_for_those_offers_by_name() {
    let cake = Cake::start();
    let due = hours(-1);
    let workspace = workspace(&cake.url(), &[(&due, "payout: 12.00")]);
    workspace.replace("offers/alpha.yaml", "payout: 10.50", "payout: 10.75");
    workspace.replace("offers/beta.yaml", "11.50", "11.75");
    // As if it had been made before the entry was due.
    workspace.run(&["plan", "--at", &hours(-3), "--out", "plan.json"]).exits(0).says("10.50 → 10.75");
    let run = workspace.run(&["apply", "plan.json", "--auto-approve"]).exits(5);
    run.says("1 offer changed since the plan was saved: `alpha`");
    assert_eq!(payout(&cake, "beta"), "11.50");
    // What falls due of an offer that the plan does not touch is for the next apply, and is told.
    workspace.run(&["plan", "beta", "--at", &hours(-3), "--out", "plan.json"]).exits(0);
    let run = workspace.run(&["apply", "plan.json", "--auto-approve"]).exits(0);
    run.says("1 done").says("apply::not-in-saved-plan").says("`alpha`");
    assert_eq!(payout(&cake, "alpha"), "10.50");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    assert_eq!(payout(&cake, "alpha"), "12.00");
}

#[test]
fn a_freeze_holds_back_what_is_due_and_nothing_else() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-1), "payout: 12.00")]);
    let end = hours(5);
    let config = workspace.read("offersync.toml");
    let freeze = format!("{config}[[freeze]]\nfrom = \"{}\"\nto = \"{end}\"\nreason = \"Q4\"\n", hours(-5));
    workspace.write("offersync.toml", &freeze);
    let before = cake.counters();
    let run = workspace.run(&["apply", "--auto-approve"]).exits(0);
    run.says("Nothing to do.").says(&format!("1 change is held back by a freeze until {end}: `alpha`"));
    assert_eq!(cake.counters(), before, "something was sent");
    workspace.run(&["plan"]).exits(0).says(&format!("held until {end} (Q4) alpha payout 10.50 → 12.00"));
    workspace.run(&["schedule"]).exits(0).says("1 change is held back by a freeze.");
    // A change of a person is still refused, and does not take the held one along.
    workspace.replace("offers/beta.yaml", "11.50", "11.75");
    let run = workspace.run(&["apply", "--auto-approve"]).exits(4);
    run.says("guardrail::freeze").never_says("`alpha`");
    workspace.replace("offers/beta.yaml", "11.75", "11.50");
    // An offer that is left out of the freeze goes on.
    let waiver = format!("sync:\n  waive: [{{guardrail: freeze, until: {}, reason: agreed}}]\n", &hours(24)[..10]);
    workspace.replace("offers/alpha.yaml", "sync:\n", &waiver);
    workspace.run(&["plan"]).exits(0).says("guardrail::waived").never_says("guardrail::unused-waiver");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    // After the freeze, the next apply sends it.
    workspace.write("offersync.toml", &config);
    workspace.write("offers/gamma.yaml", &scheduled("gamma", "12.50", &[(&hours(-1), "payout: 13.00")]));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
}

#[test]
fn a_waiver_of_a_freeze_lets_pass_what_is_scheduled_for_its_day_also_where_the_apply_is_late() {
    for is_of_offer in [true, false] {
        let cake = Cake::start();
        let at = hours(-30);
        let workspace = workspace(&cake.url(), &[(&at, "payout: 12.00")]);
        let freeze = format!("[[freeze]]\nfrom = \"{}\"\nto = \"{}\"\nreason = \"Q4\"\n", hours(-60), hours(5));
        let config = format!("{}{freeze}", workspace.read("offersync.toml"));
        workspace.write("offersync.toml", &config);
        workspace.run(&["apply", "--auto-approve"]).exits(0).says("held back by a freeze");
        if is_of_offer {
            let waiver = format!("sync:\n  waive: [{{guardrail: freeze, until: {}, reason: agreed}}]\n", &at[..10]);
            workspace.replace("offers/alpha.yaml", "sync:\n", &waiver);
        } else {
            let waiver =
                format!("[[waivers]]\nguardrail = \"freeze\"\nuntil = \"{}\"\nreason = \"agreed\"\n", &at[..10]);
            workspace.write("offersync.toml", &format!("{config}{waiver}"));
        }
        // What a person changes is of today, and the waiver is not.
        workspace.replace("offers/beta.yaml", "11.50", "11.75");
        workspace.run(&["apply", "--auto-approve"]).exits(4).says("guardrail::freeze").says("`beta`");
        workspace.replace("offers/beta.yaml", "11.75", "11.50");
        workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done").never_says("held back");
        assert_eq!(payout(&cake, "alpha"), "12.00");
    }
}

#[test]
fn an_offer_whose_date_has_passed_is_made_inactive_where_that_is_asked_for() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let dated = |date: &str| format!("{}expiration_date: {date}\n", crate::harness::small_offer("alpha", "10.50"));
    workspace.write("offers/alpha.yaml", &dated("2031-01-01 00:00:00"));
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    let config = format!("{}[expired]\naction = \"retire\"\n", workspace.read("offersync.toml"));
    workspace.write("offersync.toml", &config);
    workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
    let at = "2031-01-01 00:00:01";
    let plan = workspace.run(&["plan", "--at", at]).exits(0);
    plan.says(&format!("offer_status active → inactive (due since {at})"));
    workspace.run(&["plan", "--at", "2031-01-01 00:00:00", "--detailed-exitcode"]).exits(0);
    let later = ["plan", "--until", "2031-06-01 00:00:00"];
    workspace.run(&later).exits(0).says(&format!("from {at} alpha offer_status active → inactive"));
    // A later date keeps it active.
    workspace.write("offers/alpha.yaml", &dated("2032-01-01 00:00:00"));
    workspace.run(&["plan", "--at", at]).exits(0).never_says("inactive");
}

#[test]
fn an_offer_that_cake_has_ended_on_its_date_is_as_it_is_wanted() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let dated = format!("{}expiration_date: {}\n", crate::harness::small_offer("alpha", "10.50"), hours(1));
    workspace.write("offers/alpha.yaml", &dated);
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    let config = format!("{}[expired]\naction = \"retire\"\n", workspace.read("offersync.toml"));
    workspace.write("offersync.toml", &config);
    let id = cake.ids("Offer alpha")[0];
    assert!(cake.change(id, |offer| offer.offer_status = "Expired".to_owned()).unwrap());
    workspace.write("offers/alpha.yaml", &dated.replace(&hours(1), &hours(-1)));
    let run = workspace.run(&["drift"]).exits(0);
    run.never_says("conflict").never_says("both sides");
    // A protected offer is left to CAKE.
    workspace.write("offers/beta.yaml", &format!("{}sync: {{protect: true}}\n", dated.replace("alpha", "beta")));
    workspace.run(&["plan", "beta", "--at", "2031-06-01 00:00:00"]).never_says("active → inactive");
}
