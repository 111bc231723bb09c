//! What an apply does of schedules.

use super::{hours, payout, scheduled, workspace};
use crate::harness::{Cake, Workspace, small_offer};

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
fn an_entry_that_is_waived_is_in_effect_though_a_later_one_is_held_back() {
    let cake = Cake::start();
    let [begin, first, second, end] = [-90, -60, -10, 5].map(hours);
    let entries = [(&*first, "payout: 12.00"), (&*second, "payout: 13.00")];
    let workspace = workspace(&cake.url(), &entries);
    let config = workspace.read("offersync.toml");
    let freeze = format!("{config}[[freeze]]\nfrom = \"{begin}\"\nto = \"{end}\"\nreason = \"Q4\"\n");
    workspace.write("offersync.toml", &freeze);
    let waiver = format!("sync:\n  waive: [{{guardrail: freeze, until: {}, reason: agreed}}]\n", &first[..10]);
    workspace.replace("offers/alpha.yaml", "sync:\n", &waiver);
    let run = workspace.run(&["schedule", "--check", "1h"]).exits(2);
    run.says("alpha payout 10.50 → 12.00").says("alpha payout 12.00 → 13.00");
    let run = workspace.run(&["apply", "--auto-approve"]).exits(0);
    run.says("1 done").says(&format!("1 change is held back by a freeze until {end}"));
    assert_eq!(payout(&cake, "alpha"), "12.00");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do.").says("held back");
    workspace.run(&["schedule", "--check", "1h"]).exits(0).says(&format!("held until {end} (Q4)"));
    // What is saved in the freeze is of another time once it has ended.
    workspace.run(&["plan", "--out", "plan.json"]).exits(0);
    workspace.write("offersync.toml", &config);
    workspace.run(&["apply", "plan.json", "--auto-approve"]).says("alpha");
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    assert_eq!(cake.offer(cake.ids("Offer alpha")[0]).unwrap().offer_status, "active");
}

#[test]
fn a_date_that_an_entry_gave_and_that_has_passed_meanwhile_does_not_stop_an_apply() {
    let cake = Cake::start();
    let date = format!("expiration_date: {}", hours(-2));
    let workspace = workspace(&cake.url(), &[(&hours(-20), &date)]);
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    // One that was past when it was written does.
    let date = format!("expiration_date: {}", hours(-30));
    workspace.write("offers/beta.yaml", &scheduled("beta", "11.50", &[(&hours(-20), &date)]));
    workspace.run(&["apply", "--auto-approve"]).exits(3).says("date::past");
}

#[test]
fn names_that_schedules_hand_on_are_no_renamed_files() {
    let cake = Cake::start();
    let at = hours(-1);
    let workspace = workspace(&cake.url(), &[(&at, "offer_name: Offer beta")]);
    workspace.write("offers/beta.yaml", &scheduled("beta", "11.50", &[(&at, "offer_name: Offer new")]));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("2 done");
    workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_end_that_is_brought_forward_into_the_past_counts_as_a_stop() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    let dated = |key: &str, year: u32| {
        let payout = workspace.read(&format!("offers/{key}.yaml"));
        format!("{}\nexpiration_date: {year}-01-01 00:00:00\n", payout.split("\nexpiration").next().unwrap().trim_end())
    };
    let all = |year: u32| {
        for key in ["alpha", "beta", "gamma"] {
            workspace.write(&format!("offers/{key}.yaml"), &dated(key, year));
        }
    };
    all(2031);
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    let limits = "[expired]\naction = \"retire\"\n[guardrails]\nmax_retires = 0\nsmall_plan = 0\n";
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}{limits}"));
    all(2021);
    let run = workspace.run(&["apply", "--auto-approve"]).exits(4);
    run.says("guardrail::max-retires").says("takes out of traffic 3 of 3 offers with traffic");
}

#[test]
fn a_bound_of_a_freeze_that_comes_twice_is_an_error() {
    let workspace = Workspace::with_offers("https://yourdomain.cakemarketing.com");
    workspace.replace("offersync.toml", "\"UTC\"", "\"Europe/Berlin\"");
    let config = workspace.read("offersync.toml");
    let freeze = "[[freeze]]\nfrom = \"2031-10-26 02:30:00\"\nto = \"2031-11-01 00:00:00\"\nreason = \"Q4\"\n";
    workspace.write("offersync.toml", &format!("{config}{freeze}"));
    let run = workspace.run(&["validate"]).exits(3);
    run.says("`from = \"2031-10-26 02:30:00\"` of a freeze comes twice in Europe/Berlin");
    run.says("write 2031-10-26 01:30:00 or 2031-10-26 03:30:00");
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

/// It was sent before the freeze was declared, or let pass by a waiver that is gone.
#[test]
fn a_freeze_takes_nothing_back() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-3), "payout: 12.00"), (&hours(-1), "payout: 13.00")]);
    let both = workspace.read("offers/alpha.yaml");
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[(&hours(-3), "payout: 12.00")]));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    workspace.write("offers/alpha.yaml", &both);
    let config = workspace.read("offersync.toml");
    let freeze = format!("{config}[[freeze]]\nfrom = \"{}\"\nto = \"{}\"\nreason = \"Q4\"\n", hours(-5), hours(5));
    workspace.write("offersync.toml", &freeze);
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        workspace.run(command).exits(0).says("Nothing to do").never_says("10.50");
    }
    workspace.run(&["plan"]).exits(0).says("(Q4) alpha payout 12.00 → 13.00");
    workspace.run(&["drift"]).exits(0).says("No drift");
    // What has been sent can be folded into the offer's own value, although a later entry waits.
    workspace.run(&["fmt", "--prune-schedule"]).exits(0).says("Took 1 entry out of 1 file");
    workspace.run(&["plan"]).exits(0).says("Nothing to do").says("(Q4) alpha payout 12.00 → 13.00");
    workspace.write("offersync.toml", &config);
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    assert_eq!(payout(&cake, "alpha"), "13.00");
}

/// An apply may come after the date that it brings.
#[test]
fn a_date_that_has_passed_since_the_review_stops_nothing() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-1), "payout: 12.00")]);
    let ended = |hours_ago: i64| format!("{}expiration_date: {}\n", small_offer("new", "1.00"), hours(-hours_ago));
    workspace.write("offers/new.yaml", &ended(24 * 40));
    workspace.run(&["apply", "--auto-approve"]).exits(3).says("error[date::past]");
    workspace.write("offers/new.yaml", &ended(2));
    workspace.run(&["validate"]).exits(3).says("error[date::past]");
    workspace.run(&["plan"]).exits(0).says("warning[date::past]");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("warning[date::past]").says("2 done");
    assert_eq!(payout(&cake, "alpha"), "12.00");
}

/// A value that comes again, and an entry that is corrected after it was sent, do not bring the value of before.
#[test]
fn a_freeze_takes_nothing_back_where_values_recur_or_are_corrected() {
    let [first, second, third] = [-4, -3, -2].map(hours);
    let cases = [
        ("payout: 12.00", vec![(&*first, "payout: 12.00"), (&*second, "payout: 11.00"), (&*third, "payout: 12.00")]),
        ("payout: 12.00", vec![(&*first, "payout: 12.50")]),
        ("offer_status: inactive", vec![(&*first, "offer_status: inactive"), (&*second, "offer_status: active")]),
    ];
    for (sent, entries) in cases {
        let cake = Cake::start();
        let workspace = workspace(&cake.url(), &[(&first, sent)]);
        workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
        let freeze = format!("[[freeze]]\nfrom = \"{}\"\nto = \"{}\"\nreason = \"Q4\"\n", hours(-5), hours(5));
        workspace.write("offersync.toml", &format!("{}{freeze}", workspace.read("offersync.toml")));
        workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &entries));
        let before = cake.counters();
        workspace.run(&["plan"]).exits(0).says("Nothing to do");
        workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do");
        assert_eq!(cake.counters(), before, "{entries:?}");
        // What somebody has changed in CAKE is still a difference.
        assert!(
            cake.change(cake.ids("Offer alpha")[0], |offer| offer.payout = Some("50.00".parse().unwrap())).unwrap()
        );
        workspace.run(&["plan", "--refresh"]).says("50.00").never_says("as desired");
    }
}
