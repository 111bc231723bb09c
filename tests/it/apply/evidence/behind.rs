//! A state that is older than CAKE: a lost runner, a reverted commit, a branch of last week.

use super::{nothing_is_doubled, offers, project};
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
fn a_comparison_of_all_leaves_out_what_is_excluded_and_names_the_way_back_for_a_replaced_offer() {
    let all = |project: &Project| {
        let settings = Settings::default().toml(&project.cake.url());
        project.write("offersync.toml", &settings.replace("[cake]", "[cake]\nverify = \"all\""));
    };
    let (project, _) = reverted();
    all(&project);
    project.apply().exits(4);
    project.run(&["apply", "--auto-approve", "--exclude", "a"]).exits(0).never_says("CAKE showed the same");
    let (project, _, old) = super::replacing();
    project.apply().exits(0);
    all(&project);
    project.cake.change(old, |offer| offer.offer_status = "active".to_owned()).unwrap();
    project.apply().exits(4).says("recorded as inactive and active in CAKE").says("offersync plan --refresh");
    project.run(&["plan", "--refresh", "--out", "p.json"]).exits(0);
    project.run(&["apply", "p.json", "--auto-approve"]).exits(0);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
    project.apply().exits(0);
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

#[test]
fn a_create_whose_runner_died_is_found_and_the_advice_records_it() {
    let desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    // The state was never committed.
    project.remove(STATE);
    let run = project.apply().exits(4);
    run.says("offersync");
    assert_eq!(project.cake.counters().creates, 2);
    for key in ["a", "b"] {
        let id = project.cake.ids(&format!("Offer {key}"))[0].to_string();
        project.run(&["state", "adopt", key, "--offer-id", &id]).exits(0);
    }
    project.apply_until_done("adopted");
    assert_eq!(project.cake.counters().creates, 2);
    nothing_is_doubled(&project, "adopted");
    project.check(&desired, "adopted");
}

#[test]
fn a_replace_whose_runner_died_is_not_done_again_by_following_the_advice() {
    let first = offers(&["a"]);
    let project = project(&first, |_| {});
    project.apply().exits(0);
    let state = project.read(STATE);
    let mut desired = first.clone();
    desired.get_mut("a").unwrap().url = "https://track.example.com/other?o={offer_id}".to_owned();
    project.desire(&desired);
    // The runner dies after the replacement was created, and its disk is gone.
    project.cake.faults("update=http-503");
    project.apply();
    project.cake.faults("");
    let journal = format!("{STATE}.journal");
    if project.path(&journal).exists() {
        project.remove(&journal);
    }
    project.write(STATE, &state);
    assert_eq!(project.cake.ids("Offer a").len(), 2);

    let run = project.apply().exits(4);
    let replacement = project.cake.ids("Offer a")[1].to_string();
    run.says(&format!("offersync state adopt a --offer-id {replacement}"));
    // The obvious thing to try is refused.
    let import = project.run(&["import", "--offer-id", &replacement]);
    assert_ne!(import.code, Some(0), "{import:?}");
    project.run(&["state", "adopt", "a", "--offer-id", &replacement]).exits(0);
    project.apply_until_done("adopted as the replacement");
    let active = project.cake.offers().into_iter().filter(|offer| offer.offer_status == "active").count();
    assert_eq!((project.cake.counters().creates, active), (2, 1));
}

#[test]
fn an_offer_that_is_gone_from_cake_is_never_called_unchanged_or_replaced_by_half() {
    let project = project(&offers(&["a", "b"]), |_| {});
    project.apply().exits(0);
    let backup = project.cake.offers();
    project.cake.remove(project.id("b")).unwrap();
    let refreshed = ["apply", "--refresh", "--overwrite-drift", "--auto-approve"];
    let run = project.run(&refreshed).exits(0);
    run.says("is not in CAKE's list").never_says("CAKE showed the same");
    // The new offer of a replace is gone, and the old one is the only one that takes traffic.
    project.cake.restore(backup.clone()).unwrap();
    let mut desired = offers(&["a", "b"]);
    desired.get_mut("a").unwrap().url = "https://track.example.com/other?o={offer_id}".to_owned();
    project.desire(&desired);
    project.cake.faults("update=http-503");
    project.apply();
    project.cake.faults("");
    project.cake.restore(backup).unwrap();
    project.run(&refreshed).exits(4);
    assert!(project.cake.offers().iter().all(|offer| offer.offer_status == "active"));
}

#[test]
fn an_offer_that_was_renamed_in_cake_can_be_retired_by_an_apply_that_overwrites() {
    let project = project(&offers(&["a", "b"]), |_| {});
    project.apply().exits(0);
    project.in_cake("b", |offer| offer.offer_name = "Renamed in CAKE".to_owned());
    project.desire(&offers(&["a"]));
    project.apply().exits(4).says("Renamed in CAKE");
    project.run(&["apply", "--refresh", "--overwrite-drift", "--auto-approve"]).exits(0);
    project.check(&offers(&["a"]), "renamed, then retired");
}

#[test]
fn without_a_listing_nothing_is_said_to_have_been_compared() {
    let project = project(&offers(&["a"]), |_| {});
    project.apply().exits(0);
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    let settings = Settings::default().toml(&project.cake.url());
    project.write("offersync.toml", &settings.replace("[cake]", "[cake]\nverify = \"all\""));
    project.run(&["apply", "--auto-approve"]).never_says("CAKE showed the same").says("were not compared");
}

#[test]
fn a_replace_that_an_older_state_does_not_know_is_adopted_and_one_offer_stays_active() {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    let state = project.read(STATE);
    desired.get_mut("a").unwrap().url = "https://track.example.com/new".into();
    project.desire(&desired);
    project.apply().exits(0);
    project.write(STATE, &state);
    let run = project.apply().exits(4);
    run.says("state adopt a --offer-id 12346").never_says("drift --accept");
    project.run(&["state", "adopt", "a", "--offer-id", "12346"]).exits(0);
    project.apply_until_done("after the adoption");
    let active = project.cake.offers().into_iter().filter(|offer| offer.offer_status == "active");
    assert_eq!(active.map(|offer| offer.offer_id).collect::<Vec<_>>(), [12346]);
}

#[test]
fn a_comparison_of_all_does_not_call_a_field_the_same_that_cake_did_not_show() {
    for quirk in ["unlisted-members=payout", "dollar-amounts"] {
        let desired = offers(&["a"]);
        let project = project(&desired, |_| {});
        project.apply().exits(0);
        project.cake.change_quirks(|quirks| quirks.set(quirk).unwrap());
        let all = Settings::default().toml(&project.cake.url()).replace("[cake]", "[cake]\nverify = \"all\"");
        project.write("offersync.toml", &all);
        let run = project.apply().exits(0);
        run.never_says("CAKE showed the same").says("payout of 1 offer");
    }
}

#[test]
fn a_refreshed_apply_writes_to_no_offer_that_is_another_one_in_cake() {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    desired.get_mut("b").unwrap().payout = Some("24.00".to_owned());
    desired.remove("a");
    project.desire(&desired);
    for key in ["a", "b"] {
        let id = project.cake.ids(&format!("Offer {key}"))[0];
        project.cake.change(id, |offer| offer.advertiser_id = 102).unwrap();
    }
    let writes = project.cake.writes();
    project.run(&["plan", "--refresh", "--out", "saved.json"]).exits(0);
    for command in [
        &["apply", "--refresh", "--auto-approve"][..],
        &["apply", "--refresh", "--overwrite-drift", "--auto-approve"],
        &["apply", "saved.json", "--auto-approve"],
        &["apply", "--refresh", "--auto-approve", "--exclude", "b"],
    ] {
        project.run(command).exits(4).says("advertiser_id: recorded 101, CAKE 102");
    }
    assert_eq!(project.cake.writes(), writes);
}

#[test]
fn a_saved_plan_without_actions_does_not_say_that_cake_shows_the_same() {
    let desired = offers(&["a"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    project.run(&["plan", "--refresh", "--out", "saved.json"]).exits(0);
    let id = project.cake.ids("Offer a")[0];
    project.cake.change(id, |offer| offer.payout = Some("99".parse().unwrap())).unwrap();
    let run = project.run(&["apply", "saved.json", "--auto-approve"]).exits(0);
    run.says("a plan made now has changes of 1 offer").never_says("CAKE showed the same");
}

#[test]
fn an_offer_that_is_expired_in_cake_is_not_called_unchanged() {
    let project = project(&offers(&["a", "b"]), |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let all = Settings::default().toml(&project.cake.url()).replace("[cake]", "[cake]\nverify = \"all\"");
    project.write("offersync.toml", &all);
    project.apply().exits(0).says("CAKE showed the same");
    project.cake.change(project.id("b"), |offer| offer.offer_status = "Expired".to_owned()).unwrap();
    project.apply().exits(0).never_says("CAKE showed the same").says("Expired in CAKE, and left as they are: `b`");
}
