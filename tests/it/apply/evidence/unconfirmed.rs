//! An id in the reply to a create that nothing tells apart counts only once CAKE's list has shown whose it is: not before, and not after a
//! kill, a list that fails or one that does not show it.

use offersync::testing::sandbox::Lag;

use super::{nothing_is_doubled, offers, outcome, project, replacing};
use crate::harness::{Project, Settings};

/// The pages that an apply reads before its first create where CAKE has no offers.
const PAGES_BEFORE: usize = 5;

#[track_caller]
fn is_recorded(project: &Project, key: &str) -> bool {
    project.state()["offers"].as_object().unwrap().contains_key(key)
}

/// Every recorded offer has its own name in CAKE.
#[track_caller]
fn names_are_right(project: &Project, what: &str) {
    for (key, record) in project.state()["offers"].as_object().unwrap() {
        let offer = project.cake.offer(record["offer_id"].as_u64().unwrap()).unwrap();
        assert_eq!(offer.offer_name, format!("Offer {key}"), "{what}");
    }
}

#[test]
fn a_replaced_offer_stays_active_until_the_list_shows_the_new_one() {
    let (project, desired, old) = replacing();
    project.cake.change_quirks(|quirks| quirks.lag = Some(Lag::Calls(1_000)));
    project.cake.faults("create=id-only");
    let run = project.apply().exits(8);
    assert_eq!(outcome(&run, "a"), "in_doubt");
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "active", "{run:?}");
    assert_eq!(project.id("a"), old);
    project.cake.change_quirks(|quirks| quirks.lag = None);
    project.cake.faults("");
    project.apply_until_done("the list shows it late");
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
    project.check(&desired, "the list shows it late");
}

#[test]
fn a_replace_whose_reply_has_only_the_right_id_is_done_in_the_same_apply() {
    let (project, desired, old) = replacing();
    project.cake.faults("create=id-only");
    project.apply().exits(0);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
    project.check(&desired, "an id alone");
}

#[test]
fn exchanged_ids_alone_are_not_believed_after_a_kill_before_the_look() {
    let desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.configure(&Settings { max_in_flight: 1, ..Settings::default() });
    project.cake.faults("create:1=id-only:12346\ncreate:2=id-only:12345");
    let run = project.apply_armed(&format!("listing.after-reply:{}=kill", PAGES_BEFORE + 1));
    assert_eq!((run.code, project.cake.counters().creates), (None, 2), "{run:?}");
    project.cake.faults("");
    project.run(&["plan"]).exits(0).says("plan::in-doubt");
    project.apply_until_done("killed before the look");
    names_are_right(&project, "killed before the look");
    assert_eq!(project.cake.counters().creates, 2);
    project.check(&desired, "killed before the look");
}

#[test]
fn an_id_alone_is_looked_for_again_where_the_list_could_not_be_read() {
    let desired = offers(&["new"]);
    let project = project(&desired, |_| {});
    project.cake.faults(&format!("create=id-only\nlist:{}-=http-500", PAGES_BEFORE + 1));
    project.apply().exits(8);
    assert!(!is_recorded(&project, "new"));
    project.run(&["plan"]).exits(0).says("plan::in-doubt");
    project.apply().exits(8);
    project.cake.faults("");
    project.apply().exits(0);
    names_are_right(&project, "the list failed");
    assert_eq!(project.cake.counters().creates, 1);
}

#[test]
fn an_id_alone_that_the_list_does_not_show_stays_in_doubt_until_it_does() {
    let project = project(&offers(&["new"]), |quirks| quirks.lag = Some(Lag::Calls(1_000)));
    project.cake.faults("create=id-only");
    project.apply().exits(8).says("offersync state resolve new --offer-id 12345");
    project.apply().exits(8);
    project.cake.change_quirks(|quirks| quirks.lag = None);
    project.apply().exits(0);
    nothing_is_doubled(&project, "shown late");
    assert_eq!(project.id("new"), 12345);
}

#[test]
fn ids_alone_of_many_creates_need_one_look() {
    let keys: Vec<String> = (0..60).map(|number| format!("k{number}")).collect();
    let desired = offers(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let project = project(&desired, |_| {});
    project.cake.faults("create=id-only");
    project.apply().exits(0);
    names_are_right(&project, "many");
    let lists = project.cake.counters().listings;
    assert!(lists <= PAGES_BEFORE as u64 + 3, "{lists} pages");
    project.check(&desired, "many");
}

#[test]
fn a_replaced_offer_stays_active_while_the_new_one_may_wait_for_approval() {
    for echo in ["offer_status=null", "offer_status=pending"] {
        let (project, _, old) = replacing();
        project.cake.faults(&format!("create=echo:{echo}"));
        let updates = project.cake.counters().updates;
        project.apply().exits(7).says("the new offer is not as it was sent");
        assert_eq!(project.cake.counters().updates, updates, "{echo}");
        assert_eq!(project.cake.offer(old).unwrap().offer_status, "active", "{echo}");
        // Neither is it made inactive where CAKE does not take the status of the new one.
        let new = project.id("a");
        project.cake.change(new, |offer| "pending".clone_into(&mut offer.offer_status)).unwrap();
        project.cake.faults("update:1=http-400");
        project.apply().exits(7).says("the new offer was not made active");
        assert_eq!(project.cake.counters().updates, updates + 1, "{echo}");
        assert_eq!(project.cake.offer(old).unwrap().offer_status, "active", "{echo}");
    }
}

#[test]
fn an_update_whose_reply_shows_nothing_of_the_value_is_settled_by_the_list() {
    for (is_done, code) in [(true, 0), (false, 7)] {
        let mut desired = offers(&["a"]);
        let project = project(&desired, |_| {});
        project.apply().exits(0);
        desired.get_mut("a").unwrap().payout = Some("24.00".to_owned());
        project.desire(&desired);
        let effect = if is_done { "echo:payout=null" } else { "echo:payout=\"\"" };
        project.cake.faults(&format!("update={effect}"));
        if !is_done {
            // Its list shows another value than the reply says was set.
            project.cake.change_quirks(|quirks| quirks.unlisted_members = ["payout".to_owned()].into());
        }
        project.apply().exits(code);
        project.run(&["plan", "--detailed-exitcode"]).exits(if is_done { 0 } else { 2 });
    }
}
