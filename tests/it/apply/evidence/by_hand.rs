//! What a person says of a create in doubt is not believed while CAKE may prove it wrong, and the commands find what an apply finds.

use std::time::Duration;

use offersync::testing::sandbox::Offer;

use super::{foreign, nothing_is_doubled, offers, project};
use crate::harness::{APPLY, DesiredOffer, Project, Settings, finish_child, signal};

/// A project whose create of `new` lands 500 ms after its reply was lost; CAKE may be working on it for 1.5 s.
fn late() -> Project {
    let project = project(&offers(&["new"]), |_| {});
    project.configure(&Settings { duplicate_check: "off", settle_seconds: 150, ..Settings::default() });
    project.cake.faults("create:1=late:500:reset");
    project.apply().exits(8);
    assert!(project.cake.ids("Offer new").is_empty());
    project
}

#[test]
fn a_create_that_may_still_land_is_not_resolved_as_not_created() {
    let project = late();
    let run = project.run(&["state", "resolve", "new", "--not-created"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    run.says("CAKE may still create it, for 2 more seconds");
    project.apply().exits(8);
    std::thread::sleep(Duration::from_millis(1500));
    // It has landed.
    let id = project.cake.ids("Offer new")[0];
    let refused = project.run(&["state", "resolve", "new", "--not-created", "--unseen"]).exits(1);
    refused.says(&format!("the create of `new` made offer {id}"));
    project.run(&["state", "resolve", "new", "--offer-id", &id.to_string()]).exits(0);
    project.apply().exits(0);
    nothing_is_doubled(&project, "resolved");
}

#[test]
fn while_a_create_may_still_land_only_the_offer_that_it_made_is_adopted() {
    let project = late();
    project.cake.put(foreign(900, "Made by hand")).unwrap();
    let run = project.run(&["state", "adopt", "new", "--offer-id", "900"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    run.says("CAKE may still create it");
    std::thread::sleep(Duration::from_millis(600));
    let id = project.cake.ids("Offer new")[0].to_string();
    let adopt = ["state", "adopt", "new", "--offer-id", &id];
    // It is not known what CAKE had before, so this may be an older offer.
    project.run(&adopt).exits(1).says("CAKE may still create it");
    std::thread::sleep(Duration::from_secs(1));
    project.run(&adopt).exits(0);
    project.apply().exits(0);
    nothing_is_doubled(&project, "adopted");
}

/// An offer of the name that the create in doubt of `new` sent, with another URL.
fn put_another(project: &Project) {
    let other = Offer { offer_url: "https://other.example.com".to_owned(), ..foreign(90_000, "Offer new") };
    project.cake.put(other).unwrap();
}

#[test]
fn a_create_that_may_still_land_is_not_settled_by_an_offer_with_another_url() {
    for verb in ["adopt", "resolve"] {
        let project = late();
        put_another(&project);
        let run = project.run(&["state", verb, "new", "--offer-id", "90000"]).exits(1);
        run.says("CAKE may still create it");
        std::thread::sleep(Duration::from_millis(1600));
        let id = project.cake.ids("Offer new").into_iter().find(|id| *id != 90_000).unwrap();
        let run = project.run(&["state", verb, "new", "--offer-id", "90000"]).exits(1);
        run.says(&format!("offersync state resolve new --offer-id {id}"));
        project.run(&["state", "resolve", "new", "--offer-id", &id.to_string()]).exits(0);
    }
}

#[test]
fn while_a_create_may_still_land_the_offer_that_it_certainly_made_is_adopted() {
    let project = project(&offers(&["new"]), |_| {});
    project.configure(&Settings { settle_seconds: 1000, ..Settings::default() });
    project.cake.faults("create:1=hang:done");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates == 1);
    signal(child.id(), "KILL");
    finish_child(child);
    put_another(&project);
    let id = project.cake.ids("Offer new").into_iter().find(|id| *id != 90_000).unwrap().to_string();
    // Two of one name: neither is certain.
    project.run(&["state", "adopt", "new", "--offer-id", &id]).exits(1).says("CAKE may still create it");
    project.cake.remove(90_000).unwrap();
    project.run(&["state", "adopt", "new", "--offer-id", &id]).exits(0);
    project.check(&offers(&["new"]), "adopted");
}

/// Without a settle time, a create of `new` in doubt of which it is not known what CAKE had before. CAKE has the offer.
fn without_baseline() -> Project {
    let project = project(&offers(&["a"]), |_| {});
    let settled = Settings { settle_seconds: 0, listing_lag_seconds: 0, ..Settings::default() };
    project.configure(&Settings { duplicate_check: "off", ..settled });
    project.apply().exits(0);
    project.desire(&offers(&["a", "new"]));
    project.cake.faults("create[name=Offer new]=reset-after");
    project.apply().exits(8);
    project.cake.faults("");
    project
}

#[test]
fn a_create_is_not_resolved_as_not_created_while_an_offer_with_its_name_has_no_key() {
    let project = without_baseline();
    let id = project.cake.ids("Offer new")[0];
    let resolve = ["state", "resolve", "new", "--not-created"];
    for change in [
        (|_| {}) as fn(&mut Offer),
        |offer| offer.offer_name = "OFFER  NEW".to_owned(),
        |offer| {
            offer.offer_url = "https://other.example.com".to_owned();
        },
    ] {
        project.cake.change(id, change).unwrap();
        for more in [&[][..], &["--unseen"], &["--dry-run"]] {
            let run = project.run(&[&resolve[..], more].concat()).exits(1);
            run.says("state::created").says(&format!("offersync state resolve new --offer-id {id}"));
        }
    }
    // The advice works: another name says that it is another offer.
    project.cake.change(id, |offer| offer.offer_name = "Of another team".to_owned()).unwrap();
    project.run(&resolve).exits(0);
    project.apply().exits(0);
    assert_eq!(project.cake.ids("Offer new").len(), 1);
}

#[test]
fn a_create_is_not_resolved_as_not_created_by_a_list_that_hides_other_offers() {
    let project = without_baseline();
    let (made, of_a) = (project.cake.ids("Offer new")[0], project.id("a"));
    project.cake.change_quirks(|quirks| quirks.hidden = [made, of_a].into());
    let run = project.run(&["state", "resolve", "new", "--not-created"]).exits(4);
    run.says(&format!("does not show offer {of_a} either"));
}

#[test]
fn a_create_is_not_resolved_as_not_created_while_its_offer_is_recorded_for_another_key() {
    let project = without_baseline();
    let (made, of_a) = (project.cake.ids("Offer new")[0], project.cake.ids("Offer a")[0]);
    // CAKE's replies were exchanged: what is recorded for `a` is the offer of `new`.
    project.cake.change(of_a, |offer| offer.offer_name = "Offer new".to_owned()).unwrap();
    project.cake.change(made, |offer| offer.offer_name = "Offer a".to_owned()).unwrap();
    let run = project.run(&["state", "resolve", "new", "--not-created"]).exits(1);
    run.says("state::created").says(&format!("offersync state resolve new --offer-id {of_a}"));
    // The commands, one after another.
    project.run(&["state", "rm", "a"]).exits(0);
    project.run(&["state", "resolve", "new", "--offer-id", &of_a.to_string()]).exits(0);
    project.run(&["state", "adopt", "a", "--offer-id", &made.to_string()]).exits(0);
    project.apply().exits(0);
    nothing_is_doubled(&project, "exchanged");
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn a_create_in_doubt_of_a_key_that_is_left_out_is_a_warning() {
    let project = without_baseline();
    let run = project.run(&["apply", "a", "--auto-approve", "--format", "json"]).exits(0);
    let report = run.json();
    let problems: Vec<_> = report["diagnostics"].as_array().unwrap().iter().map(|one| &one["severity"]).collect();
    assert_eq!((&report["outcome"], problems), (&"nothing_to_do".into(), vec![&"warning".into()]), "{report}");
}

#[test]
fn the_commands_for_exchanged_ids_record_each_offer_for_its_own_key() {
    let desired = offers(&["a", "new"]);
    let exchanged = || {
        let project = project(&desired, |_| {});
        project.configure(&Settings { max_in_flight: 1, ..Settings::default() });
        // The reply about `a` has the id of the next offer, and nothing can be looked up after the writes.
        project.cake.faults("create[name=Offer a]=other-id\nlist:6-=http-500");
        let run = project.apply();
        (project, run)
    };
    // Which create is sent first is not promised: only after `a`, the next offer is that of `new`.
    let found = std::iter::repeat_with(exchanged).take(50).find(|(_, run)| run.code == Some(8));
    let (project, _) = found.expect("`a` is sent first once");
    project.cake.faults("");
    let run = project.apply().exits(8);
    let (of_a, made) = (project.cake.ids("Offer a")[0].to_string(), project.cake.ids("Offer new")[0].to_string());
    run.never_says(&format!("state adopt new --offer-id {of_a}")).says("Newer, with another name");
    run.says(&format!("offersync state rm a\\n  offersync state resolve new --offer-id {made}"));
    project.run(&["state", "rm", "a"]).exits(0);
    project.run(&["state", "resolve", "new", "--offer-id", &made]).exits(0);
    // Before it has its offer again, `a` is not created a second time.
    project.apply().exits(4);
    project.run(&["state", "adopt", "a", "--offer-id", &of_a]).exits(0);
    project.apply().exits(0);
    project.check(&desired, "each for its own key");
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn an_offer_with_the_url_of_a_create_in_doubt_is_recorded_for_no_other_key_that_has_its_new_name() {
    let project = project(&offers(&["a"]), |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let mut desired = offers(&["a", "new"]);
    desired.get_mut("new").unwrap().url = "https://track.example.com/new?a={aff_id}".into();
    project.desire(&desired);
    project.apply_armed("request.after-reply:1=kill");
    let made = project.cake.ids("Offer new")[0];
    project.cake.change(made, |offer| offer.offer_name = "Renamed".to_owned()).unwrap();
    let url = desired["new"].url.clone();
    desired.insert("other".to_owned(), DesiredOffer { url, ..DesiredOffer::new("Renamed") });
    project.desire(&desired);
    let adopt = ["state", "adopt", "other", "--offer-id", &made.to_string()];
    project.run(&adopt).exits(1).says("may be what the create of `new` made");
    project.remove("offers/other.yaml");
    project.apply().exits(8).says("state resolve new --offer-id");
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn an_offer_that_a_create_in_doubt_may_have_made_is_recorded_for_no_other_key() {
    let project = project(&offers(&["a"]), |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    project.desire(&offers(&["a", "new", "other"]));
    project.remove("offers/other.yaml");
    // The apply is killed, so nothing is looked up.
    project.apply_armed("request.after-reply:1=kill");
    let made = project.cake.ids("Offer new")[0];
    project.cake.change(made, |offer| offer.offer_name = "Off".to_owned()).unwrap();
    project.run(&["import"]).exits(7).says("the create of `new` is in doubt and may have made it");
    project.desire(&offers(&["a", "new", "other"]));
    let adopt = ["state", "adopt", "other", "--offer-id", &made.to_string()];
    project.run(&adopt).exits(1).says("may be what the create of `new` made");
    project.remove("offers/other.yaml");
    project.apply().exits(8).says("with another name");
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn an_offer_that_is_recorded_as_a_replaced_one_may_still_be_what_a_create_in_doubt_made() {
    let project = project(&offers(&["x"]), |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let desired = offers(&["a", "b", "x"]);
    project.desire(&desired);
    project.configure(&Settings { max_in_flight: 1, ..Settings::default() });
    // One reply is lost, and nothing can be looked up after the writes.
    project.cake.faults("create[name=Offer a]=reset-after\nlist:6-=http-500");
    project.apply().exits(8);
    project.cake.faults("");
    let (of_a, of_b) = (project.cake.ids("Offer a")[0], project.cake.ids("Offer b")[0]);
    // The reply about `b` was the one about `a`.
    let mut state = project.state();
    state["offers"]["b"]["offer_id"] = of_a.into();
    project.write("offersync.state.json", &state.to_string());
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.run(&["state", "adopt", "b", "--offer-id", &of_b.to_string()]).exits(0);
    let run = project.apply();
    assert_ne!(run.code, Some(0), "{run:?}");
    project.run(&["apply", "--auto-approve", "--exclude", "b"]);
    nothing_is_doubled(&project, "`a` is not sent again");
    // The commands, one after another.
    let run = project.apply();
    run.says(&format!("offersync state rm b --replaced {of_a}"));
    project.run(&["state", "rm", "b", "--replaced", &of_a.to_string()]).exits(0);
    project.apply().exits(0);
    project.check(&desired, "each for its own key");
    assert_eq!(project.cake.counters().creates, 3);
}

/// Offers whose names are not managed, so that no name is recorded.
fn without_names(project: &Project, keys: &[&str]) {
    for key in keys {
        let file = format!("offers/{key}.yaml");
        let text = project.read(&file).replace("example.com/", &format!("example.com/{key}/"));
        project.write(&file, &text.replace("sync:\n", "sync:\n  ignore_changes: [offer_name]\n"));
    }
}

#[test]
fn a_record_without_a_name_does_not_hide_that_cake_has_the_offer_already() {
    let project = project(&offers(&["a", "b"]), |quirks| quirks.all_fields = true);
    without_names(&project, &["a", "b"]);
    project.apply().exits(0);
    // The state has the id of `b`'s offer for `a`, and has lost `b`.
    let mut state = project.state();
    let of_b = state["offers"]["b"]["offer_id"].clone();
    state["offers"]["a"]["offer_id"] = of_b.clone();
    state["offers"].as_object_mut().unwrap().remove("b");
    project.write("offersync.state.json", &state.to_string());
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    let run = project.apply();
    assert_eq!(run.code, Some(4), "{run:?}");
    run.says(&format!("offersync state rm a\\n  offersync state adopt b --offer-id {of_b}"));
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn a_replaced_offer_without_a_recorded_name_is_recognized_by_its_url() {
    let project = project(&offers(&["a", "b"]), |quirks| quirks.all_fields = true);
    without_names(&project, &["a", "b"]);
    project.apply().exits(0);
    let (of_a, of_b) = (project.cake.ids("Offer a")[0], project.cake.ids("Offer b")[0]);
    // `b` had the id of `a`'s offer, which an adoption has made a replaced one of `b`.
    let mut state = project.state();
    state["offers"].as_object_mut().unwrap().remove("a");
    state["offers"]["b"]["offer_id"] = of_a.into();
    project.write("offersync.state.json", &state.to_string());
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.run(&["state", "adopt", "b", "--offer-id", &of_b.to_string()]).exits(0);
    let updates = project.cake.counters().updates;
    project.run(&["apply", "b", "--auto-approve"]).exits(4).says(&format!("offersync state rm b --replaced {of_a}"));
    project.run(&["state", "rm", "b", "--replaced", &of_a.to_string()]).exits(0);
    assert_eq!(project.cake.counters().updates, updates, "the offer of `a` is active");
}

#[test]
fn two_creates_in_doubt_whose_names_were_changed_are_each_recorded_by_the_commands() {
    let desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    without_names(&project, &["a", "b"]);
    project.configure(&Settings { settle_seconds: 1, ..Settings::default() });
    project.cake.faults("create=reset-after\nlist:4-=http-500");
    project.apply();
    let (of_a, of_b) = (project.cake.ids("Offer a")[0], project.cake.ids("Offer b")[0]);
    for (id, name) in [(of_a, "X1"), (of_b, "X2")] {
        project.cake.change(id, |offer| offer.offer_name = name.to_owned()).unwrap();
    }
    project.cake.faults("");
    let run = project.apply().exits(8);
    run.says(&format!("offersync state resolve a --offer-id {of_a}"));
    for (key, id) in [("a", of_a), ("b", of_b)] {
        let refused = project.run(&["state", "resolve", key, "--not-created"]);
        assert_ne!(refused.code, Some(0), "{refused:?}");
        let mut run = project.run(&["state", "resolve", key, "--offer-id", &id.to_string()]);
        while run.stderr.contains("state::create-unsettled") {
            run = project.run(&["state", "resolve", key, "--offer-id", &id.to_string()]);
        }
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 2);
}

/// A CAKE that lists active offers only, unless it is asked for others.
fn active_only(keys: &[&str]) -> Project {
    project(&offers(keys), |quirks| {
        quirks.all_fields = true;
        quirks.listed_statuses = ["active".to_owned()].into();
    })
}

fn put_inactive(project: &Project) {
    project.cake.put(Offer { offer_status: "inactive".to_owned(), ..foreign(900, "Offer new") }).unwrap();
}

#[test]
fn an_inactive_offer_that_the_listing_leaves_out_is_adopted_by_its_id() {
    let project = active_only(&["a"]);
    project.apply().exits(0);
    put_inactive(&project);
    project.desire(&offers(&["a", "new"]));
    project.run(&["state", "adopt", "new", "--offer-id", "900"]).exits(0);
}

#[test]
fn an_inactive_offer_that_the_listing_leaves_out_is_imported() {
    let project = active_only(&["a"]);
    project.apply().exits(0);
    put_inactive(&project);
    project.run(&["import", "--dry-run"]).exits(0).says("900");
    project.run(&["import", "--dry-run", "--offer-id", "900"]).exits(0).says("900");
}

#[test]
fn offers_of_a_status_that_could_not_be_listed_are_not_silently_missing() {
    let project = active_only(&["a"]);
    project.apply().exits(0);
    put_inactive(&project);
    project.cake.faults("list:3-=http-500");
    let run = project.run(&["import", "--dry-run"]).exits(0);
    run.says("offers with the status `inactive` were not seen").says("HTTP 500");
    project.cake.faults("list:3-=http-500");
    project
        .run(&["export", "--format", "csv", "--of", "observed"])
        .exits(0)
        .says("offers with the status `inactive` were not seen");
    project.cake.faults("list:2-=http-500");
    let run = project.run(&["import", "--dry-run", "--offer-id", "900"]);
    run.says("offers with the status `inactive` were not seen");
    project.desire(&offers(&["a", "new"]));
    project.cake.faults("list:2-=http-500");
    let run = project.run(&["state", "adopt", "new", "--offer-id", "900"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    run.says("could not be read: HTTP 500");
}

#[test]
fn an_inactive_offer_that_the_listing_leaves_out_is_not_gone() {
    let project = active_only(&["a", "b"]);
    let mut desired = offers(&["a", "b"]);
    desired.get_mut("b").unwrap().status = Some("inactive");
    project.desire(&desired);
    project.apply().exits(0);
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
    desired.get_mut("b").unwrap().status = Some("active");
    project.desire(&desired);
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    project.check(&desired, "refreshed");
}

#[test]
fn a_replaced_offer_that_is_active_again_is_drift_and_is_made_inactive_again() {
    let (project, mut desired, old) = super::replacing();
    project.apply().exits(0);
    project.cake.change(old, |offer| offer.offer_status = "active".to_owned()).unwrap();
    let run = project.run(&["drift", "--detailed-exitcode"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    run.says(&old.to_string());
    project.run(&["drift", "--accept"]).says("which `a` has replaced, is active in CAKE again");
    // A change of the present offer is not blocked by it.
    desired.get_mut("a").unwrap().payout = Some("11.00".to_owned());
    project.desire(&desired);
    project.apply().exits(0);
    project.run(&["apply", "--refresh", "--overwrite-drift", "--auto-approve"]).exits(0);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_offer_of_a_status_that_cake_never_lists_is_recorded_by_a_person_s_word() {
    let mut desired = offers(&["a", "new"]);
    desired.get_mut("new").unwrap().status = Some("pending");
    let project = active_only(&["a"]);
    project.apply().exits(0);
    project.desire(&desired);
    project.cake.faults("create=reset-after");
    project.apply().exits(8);
    project.cake.faults("");
    let id = project.cake.ids("Offer new")[0].to_string();
    for outcome in [&["--offer-id", &id][..], &["--not-created"]] {
        let run = project.run(&[&["state", "resolve", "new"], outcome].concat());
        assert!(matches!(run.code, Some(1 | 4)), "{run:?}");
        run.says("--unseen");
    }
    project.run(&["state", "resolve", "new", "--offer-id", &id, "--unseen"]).exits(0);
    project.apply().exits(0);
    assert_eq!(project.cake.ids("Offer new").len(), 1);
}
