//! What a person says of a create in doubt is not believed while CAKE may prove it wrong, and the commands find what an apply finds.

use std::time::Duration;

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
