//! What CAKE executes after its reply was lost: creates that land late, and updates that land over a correction.

use std::time::Duration;

use super::{LATE, foreign, nothing_is_doubled, offers, outcome, project};
use crate::harness::{APPLY, DesiredOffers, Project, Settings, finish_child, signal};

/// Longer than any late call and any settle time of these tests.
const ALL_LANDED: Duration = Duration::from_millis(400);

#[test]
fn a_create_that_lands_after_its_reply_was_lost_is_made_once_and_found() {
    for effect in [format!("late:{LATE}:reset"), format!("late:{LATE}:504")] {
        let desired = offers(&["a", "b"]);
        let project = project(&desired, |_| {});
        project.cake.faults(&format!("create:1={effect}"));
        let run = project.apply();
        assert_eq!(run.code, Some(0), "{effect}: {run:?}");
        assert_eq!(project.cake.counters().creates, 2, "{effect}");
        project.check(&desired, &effect);
    }
}

#[test]
fn a_create_that_takes_longer_than_the_timeout_is_made_once() {
    let desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.configure(&Settings { timeout_seconds: 1, settle_seconds: 200, ..Settings::default() });
    project.cake.faults("create=late:1300");
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 1);
    project.check(&desired, "slower than the time-out");
}

#[test]
fn creates_that_all_land_late_are_each_sent_once() {
    let keys: Vec<String> = (0..24).map(|number| format!("k{number:02}")).collect();
    let desired = offers(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let project = project(&desired, |_| {});
    project.cake.faults(&format!("create=late:{LATE}:reset"));
    let run = project.apply();
    assert!(matches!(run.code, Some(7)), "{run:?}");
    let sent = project.cake.counters().creates;
    assert!(sent < 24, "doubts in a row did not stop the apply: {sent} creates were sent");
    nothing_is_doubled(&project, "every create late");
    project.cake.faults("");
    project.apply_until_done("every create late");
    assert_eq!(project.cake.counters().creates, 24, "each create was sent once");
    project.check(&desired, "every create late");
}

#[test]
fn the_apply_after_a_kill_waits_for_what_the_killed_one_sent() {
    let desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.cake.faults("create:1=late:150");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates == 1);
    signal(child.id(), "KILL");
    finish_child(child);
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 1);
    project.check(&desired, "after the kill");
}

#[test]
fn a_create_that_was_not_executed_is_sent_by_the_next_apply_and_not_by_the_same() {
    let desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.cake.faults("create:1=reset-before");
    let run = project.apply().exits(7);
    assert_eq!(outcome(&run, "a"), "rejected");
    assert_eq!(project.cake.counters().creates, 1);
    project.apply().exits(0);
    assert_eq!(project.cake.counters().creates, 2);
    project.check(&desired, "sent again");
}

/// A CAKE that does not count ids up, and stores a name beyond recognition, may have made it.
#[test]
fn an_offer_that_was_not_there_before_speaks_against_absence_whatever_its_id() {
    let project = project(&offers(&["a"]), |_| {});
    project.apply().exits(0);
    project.desire(&offers(&["a", "new"]));
    project.configure(&Settings { settle_seconds: 100, ..Settings::default() });
    project.cake.faults("create:1=reset-before");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates == 2);
    project.cake.put(foreign(5, "Stored otherwise")).unwrap();
    finish_child(child).exits(8).says("Stored otherwise");
    project.apply().exits(8);
    assert_eq!(project.cake.counters().creates, 2);
}

fn payout(project: &Project, payout: &str) {
    let mut desired = offers(&["a"]);
    desired.get_mut("a").unwrap().payout = Some(payout.to_owned());
    project.desire(&desired);
}

#[test]
fn an_update_that_lands_late_is_not_over_a_later_correction() {
    for (attempts, effect) in [(1, "reset"), (1, "504"), (3, "reset")] {
        let mut desired = offers(&["a"]);
        let project = project(&desired, |_| {});
        project.configure(&Settings { attempts, ..Settings::default() });
        project.apply().exits(0);
        project.cake.faults(&format!("update:1=late:{LATE}:{effect}"));
        payout(&project, "99.00");
        let first = project.apply();
        assert!(matches!(first.code, Some(0 | 7 | 8)), "{first:?}");
        payout(&project, "21.00");
        desired.get_mut("a").unwrap().payout = Some("21.00".to_owned());
        project.apply_until_done("the correction");
        std::thread::sleep(ALL_LANDED);
        project.check(&desired, &format!("{attempts} attempts, {effect}"));
    }
}

#[test]
fn an_update_of_a_killed_apply_does_not_land_over_a_correction() {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    project.cake.faults("update:1=late:150");
    payout(&project, "99.00");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.updates == 1);
    signal(child.id(), "KILL");
    finish_child(child);
    payout(&project, "21.00");
    desired.get_mut("a").unwrap().payout = Some("21.00".to_owned());
    project.apply_until_done("the correction");
    std::thread::sleep(ALL_LANDED);
    project.check(&desired, "after the kill");
}

#[test]
fn an_update_that_is_taken_back_in_the_yaml_while_it_may_still_land_is_not_called_unchanged() {
    let desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.configure(&Settings { attempts: 1, ..Settings::default() });
    project.apply().exits(0);
    project.cake.faults("update:1=late:150:reset\nlist:2-=http-500");
    payout(&project, "99.00");
    assert_ne!(project.apply().code, Some(0));
    project.cake.faults("");
    // The YAML is what it was before: by the state alone there would be nothing to do.
    project.desire(&desired);
    project.apply_until_done("taken back");
    std::thread::sleep(ALL_LANDED);
    project.check(&desired, "taken back");
}

#[test]
fn updates_in_doubt_in_a_row_stop_the_apply() {
    let keys: Vec<String> = (0..40).map(|number| format!("k{number:02}")).collect();
    let mut desired = offers(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    for offer in desired.values_mut() {
        offer.payout = Some("11.00".to_owned());
    }
    project.desire(&desired);
    project.cake.faults("update=http-504");
    let run = project.apply();
    assert!(matches!(run.code, Some(7 | 8)), "{run:?}");
    let sent = project.cake.counters().updates;
    assert!(sent <= 16 * 3, "{sent} updates were sent");
    project.cake.faults("");
    project.apply_until_done("after the doubts");
    project.check(&desired, "after the doubts");
}

/// `a` with payout 99.00 in doubt: CAKE executes it later, after the apply was killed.
fn killed_with_a_late_update() -> (Project, DesiredOffers) {
    let desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    project.cake.faults("update:1=late:150");
    payout(&project, "99.00");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.updates == 1);
    signal(child.id(), "KILL");
    finish_child(child);
    (project, desired)
}

#[test]
fn a_late_update_is_waited_for_under_a_new_key() {
    let (project, mut desired) = killed_with_a_late_update();
    let mut renamed = desired.remove("a").unwrap();
    renamed.renamed_from = Some("a".to_owned());
    renamed.payout = Some("21.00".to_owned());
    desired.insert("b".to_owned(), renamed);
    project.desire(&desired);
    project.apply_until_done("the rename");
    std::thread::sleep(ALL_LANDED);
    project.check(&desired, "after the rename");
}

#[test]
fn a_record_that_knows_of_a_late_update_is_not_removed_before_it_lands() {
    let (project, _) = killed_with_a_late_update();
    // The session that finds the interrupted apply dates its update.
    project.run(&["state", "rm", "a"]).exits(1).says("may still take effect");
    // Times in the state are whole seconds, rounded up.
    let removed = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        project.run(&["state", "rm", "a"]).code == Some(0)
    });
    assert!(removed);
}

#[test]
fn a_value_that_a_late_update_may_still_change_is_not_accepted() {
    for keys in [&[][..], &["a"]] {
        let (project, mut desired) = killed_with_a_late_update();
        project.configure(&Settings { settle_seconds: 100, ..Settings::default() });
        let accept = [&["drift", "--accept"], keys].concat();
        project.run(&accept).exits(7).says("`a`: payout").says("may still take effect, for");
        assert_eq!(project.state()["offers"]["a"]["fields"]["payout"], serde_json::Value::Null);
        let is_accepted = (0..50).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            project.run(&accept).code == Some(0)
        });
        assert!(is_accepted, "{keys:?}");
        desired.get_mut("a").unwrap().payout = Some("99.00".to_owned());
        project.check(&desired, "accepted after it has landed");
    }
}
