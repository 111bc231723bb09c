//! A replace is taken back while CAKE may still be working on a request for the old offer: what that changes does not stay.

use std::time::{Duration, Instant};

use super::replacing;
use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Settings, finish_child, signal};

/// Long enough for everything that comes before the late call, also where the machine is busy.
const LATE: Duration = Duration::from_millis(1200);

/// The apply is killed after it sent its first update, which CAKE executes late. Returns when it has been executed.
fn killed_while_cake_updates(project: &Project) -> Instant {
    project.configure(&Settings { settle_seconds: 200, ..Settings::default() });
    project.cake.faults(&format!("update:1=late:{}", LATE.as_millis()));
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.updates == 1);
    let landed = Instant::now() + LATE + Duration::from_millis(100);
    signal(child.id(), "KILL");
    finish_child(child);
    landed
}

/// The replace is reverted in the YAML, and the old offer is adopted again, of which this field is unsettled.
fn take_back(project: &Project, desired: &DesiredOffers, old: u64, unsettled: &str) {
    project.desire(desired);
    project.apply().exits(4).says(&format!("`offersync state adopt a --offer-id {old}`"));
    let adopted = project.run(&["state", "adopt", "a", "--offer-id", &old.to_string()]).exits(0);
    adopted.says(&format!("an update without a reply may still change them: {unsettled}"));
}

/// CAKE has executed everything, and the old offer is as desired.
fn is_as_desired_afterwards(project: &Project, desired: &DesiredOffers, old: u64, landed: Instant) {
    std::thread::sleep(landed.saturating_duration_since(Instant::now()));
    project.check(desired, "taken back");
    assert_eq!(project.id("a"), old);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "active");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert!(!project.state().to_string().contains("unsettled"), "{:#}", project.state());
}

#[test]
fn a_late_second_half_does_not_make_an_offer_inactive_that_was_taken_back() {
    let (project, mut desired, old) = replacing();
    let landed = killed_while_cake_updates(&project);
    // The session that finds the interrupted apply dates its request.
    project.run(&["state", "rm", "a"]).exits(1).says("may still take effect");
    desired.get_mut("a").unwrap().url = DesiredOffer::new("Offer a").url;
    take_back(&project, &desired, old, "offer_status");
    project.apply().exits(0);
    is_as_desired_afterwards(&project, &desired, old, landed);
}

#[test]
fn a_late_update_of_an_offer_that_was_replaced_and_taken_back_is_corrected() {
    let (project, replaced, old) = replacing();
    let mut desired = replaced.clone();
    desired.get_mut("a").unwrap().url = DesiredOffer::new("Offer a").url;
    let mut dearer = desired.clone();
    dearer.get_mut("a").unwrap().payout = Some("99.00".to_owned());
    project.desire(&dearer);
    let landed = killed_while_cake_updates(&project);
    project.desire(&replaced);
    project.apply().exits(0);
    let listed = project.run(&["state", "list"]).exits(0);
    listed.says(&format!("offer {old}, which it replaced, is unsettled since"));
    take_back(&project, &desired, old, "payout");
    project.apply().exits(0);
    is_as_desired_afterwards(&project, &desired, old, landed);
}
