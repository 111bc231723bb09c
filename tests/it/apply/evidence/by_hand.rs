//! What a person says of a create in doubt is not believed while CAKE may prove it wrong, and the commands find what an apply finds.

use std::time::Duration;

use offersync::testing::sandbox::Offer;

use super::{foreign, nothing_is_doubled, offers, project};
use crate::harness::{Project, Settings};

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
    project.run(&["state", "resolve", "new", "--not-created", "--dry-run"]).exits(0);
    assert_eq!(project.cake.ids("Offer new").len(), 1);
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
    project.run(&["state", "adopt", "new", "--offer-id", &id]).exits(0);
    project.apply().exits(0);
    nothing_is_doubled(&project, "adopted");
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
    let mut desired = offers(&["a"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let old = project.cake.ids("Offer a")[0];
    desired.get_mut("a").unwrap().url = "https://track.example.com/other?o={offer_id}".to_owned();
    project.desire(&desired);
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
