//! Whole offers that differ from their record: expired, gone, hidden from the key, active again, renamed.

use offersync::testing::sandbox::{RestrictedKey, SandboxOptions};

use super::movers;
use crate::harness::{Project, Settings, complete_offer};

#[test]
fn an_offer_that_cake_has_ended_at_its_date_was_changed_by_no_one() {
    let offer = complete_offer("A").replace("expiration_date: 2031", "expiration_date: 2020");
    let project = Project::with_files(&[("a.yaml", &offer.replace("active", "inactive"))]);
    project.run(&["apply", "--auto-approve"]).exits(0);
    project.write("offers/a.yaml", &offer);
    let toml = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{toml}[lints]\n\"date::past\" = \"allow\"\n"));
    project.run(&["apply", "--auto-approve"]).exits(0);
    project.in_cake("a", |offer| offer.offer_status = "Expired".into());
    let run = project.run(&["drift", "--detailed-exitcode"]).exits(0);
    run.says("No drift").says("CAKE has ended 1 offer at the expiration date: `a`.");
    assert_eq!(project.run(&["drift", "--format", "json"]).exits(0).json()["summary"]["ended"], 1);
    project.run(&["drift", "--accept"]).exits(0);
    assert_eq!(project.read("offers/a.yaml"), offer);
    // Another change is one.
    project.in_cake("a", |offer| offer.offer_name = "B".into());
    project.run(&["drift", "--detailed-exitcode"]).exits(2);
}

#[test]
fn an_expired_offer_is_left_alone_until_git_changes_its_date() {
    let project = Project::one();
    project.in_cake("a", |offer| offer.offer_status = "Expired".into());
    let drift = project.drift();
    assert_eq!(drift["offers"][0]["expired"], true);
    project.run(&["drift"]).exits(0).says("expired in CAKE");
    project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(0).says("is expired in CAKE");
    project.run(&["drift", "--accept"]).exits(7).says("`Expired` cannot be written back");

    project.replace("offers/a.yaml", "2031-06-30 23:59:59", "2040-01-01 00:00:00");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.offer("a").offer_status, "active");
    project.plan_is_empty();
}

#[test]
fn an_offer_that_is_gone_from_cake_is_reported_and_not_created_again() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.cake.remove(project.id("a")).unwrap();
    let drift = project.drift();
    assert_eq!((&drift["offers"][0]["gone"], &drift["summary"]["gone"]), (&true.into(), &1.into()));
    project.run(&["drift", "--detailed-exitcode"]).exits(2).says("Not in CAKE's list");
    project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(2).says("plan::gone");
    project.run(&["plan", "--refresh"]).exits(0).says("plan::gone");
    project.run(&["drift", "--accept"]).exits(0).says("not in CAKE's list");
    assert!(project.state()["offers"]["a"].is_object());
}

#[test]
fn a_key_that_sees_fewer_offers_is_suspected_once() {
    let files: Vec<(String, String)> = (0..60)
        .map(|n| {
            (
                format!("o{n:02}.yaml"),
                complete_offer(&format!("O{n}")).replace("acme-home", if n < 50 { "acme-home" } else { "bright" }),
            )
        })
        .collect();
    let key = RestrictedKey { key: "restricted".to_owned(), advertisers: [204].into() };
    let options = SandboxOptions { restricted_keys: vec![key], ..SandboxOptions::default() };
    let project = Project::with(options, &Settings::default());
    for (name, text) in &files {
        project.write(&format!("offers/{name}"), text);
    }
    project.apply().exits(0);
    let drift = project.run_with(&["drift"], &[("CAKE_API_KEY", "restricted")]).exits(0);
    drift.says("and 40 more");
    assert_eq!(drift.stdout.matches("may see fewer offers").count(), 1);
    assert!(drift.stdout.lines().count() < 20, "{}", drift.stdout);
    let plan = project.run_with(&["plan", "--refresh"], &[("CAKE_API_KEY", "restricted")]).exits(0);
    plan.says("50 recorded offers");
    assert_eq!(plan.said().matches("may see fewer offers").count(), 1);
    let json = project.run_with(&["drift", "--format", "json"], &[("CAKE_API_KEY", "restricted")]).exits(0).json();
    assert_eq!(json["summary"]["gone"], 50);
}

#[test]
fn a_retired_offer_that_is_active_again_is_drift() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.remove("offers/a.yaml");
    project.apply().exits(0);
    project.in_cake("a", |offer| offer.payout = Some("99".parse().unwrap()));
    assert_eq!(movers(&project.drift()), [""; 0], "the payout of a retired offer does not matter");
    let said = "No drift: 1 offer is in CAKE as it was recorded. Of 1 retired offer, the status alone was compared.";
    project.run(&["drift", "--detailed-exitcode"]).exits(0).says(said);
    project.in_cake("a", |offer| offer.offer_status = "active".into());
    let drift = project.drift();
    assert_eq!((movers(&drift), &drift["offers"][0]["retired"]), (vec!["offer_status:cake".to_owned()], &true.into()));
    project.run(&["drift", "--accept"]).exits(7).says("active in CAKE again");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(4);
    project.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).exits(0);
    assert_eq!(project.offer("a").offer_status, "inactive");
    assert_eq!(project.state()["offers"]["a"]["status"], "retired");
    project.cake.remove(project.id("a")).unwrap();
    assert_eq!(movers(&project.drift()), [""; 0], "and it may go for good");
}

#[test]
fn what_changed_while_an_offer_was_retired_is_seen_when_its_yaml_is_back() {
    let project = Project::applied(&[("a.yaml", &complete_offer("A")), ("b.yaml", &complete_offer("B"))]);
    project.remove("offers/a.yaml");
    project.apply().exits(0);
    project.in_cake("a", |offer| {
        offer.payout = Some("99".parse().unwrap());
        offer.offer_status = "active".into();
    });
    project.write("offers/a.yaml", &complete_offer("A"));
    assert_eq!(movers(&project.drift()), ["offer_status:both_alike", "payout:cake"]);
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(4);
    project.run(&["apply", "--refresh", "--auto-approve", "--overwrite-drift"]).exits(0);
    assert_eq!(project.offer("a").payout.unwrap().as_str(), "20.00");
    project.plan_is_empty();
}

#[test]
fn a_rename_that_is_not_applied_yet_hides_no_drift() {
    let project = Project::one();
    let old = project.id("a");
    project.in_cake("a", |offer| offer.payout = Some("25".parse().unwrap()));
    project.remove("offers/a.yaml");
    project.write("offers/new.yaml", &(complete_offer("A") + "sync:\n  renamed_from: a\n"));
    let drift = project.drift();
    assert_eq!((movers(&drift), &drift["offers"][0]["renamed_to"]), (vec!["payout:cake".to_owned()], &"new".into()));
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(4).says("`new`");
    project.run(&["drift", "--accept", "new"]).exits(0);
    assert!(project.read("offers/new.yaml").contains("payout: 25\n"));
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.id("new"), old);
    project.plan_is_empty();
}
