//! What a reply proves: values that contradict the request, replies about another offer, ids that are given again.

use offersync::testing::sandbox::{Lag, NameForm};

use super::{follow_advice, foreign, nothing_is_doubled, offers, outcome, project};
use crate::harness::{APPLY, DesiredOffers, Project, Settings, finish_child};

/// Applied offers with these keys, and the desired ones with another payout for each.
fn changed(keys: &[&str]) -> (Project, DesiredOffers) {
    let mut desired = offers(keys);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    for offer in desired.values_mut() {
        offer.payout = Some("24.00".to_owned());
    }
    project.desire(&desired);
    (project, desired)
}

#[test]
fn an_adopted_offer_is_recorded_with_what_cake_shows() {
    let desired = offers(&["new"]);
    let project = project(&desired, |_| {});
    super::in_doubt(&project);
    let id = project.cake.ids("Offer new")[0];
    project.cake.change(id, |offer| offer.payout = Some("240.00".parse().unwrap())).unwrap();
    project.apply_until_done("adopted");
    project.check(&desired, "adopted");
}

#[test]
fn an_offer_that_is_changed_in_cake_before_it_is_found_is_not_called_done() {
    let desired = offers(&["new"]);
    // The listing lags, so that there is time to change the offer before it is found.
    let project = project(&desired, |quirks| quirks.lag = Some(Lag::Millis(300)));
    project.configure(&Settings { settle_seconds: 80, ..Settings::default() });
    project.cake.faults("create=reset-after");
    let child = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates_done == 1);
    let id = project.cake.ids("Offer new")[0];
    project.cake.change(id, |offer| offer.payout = Some("240.00".parse().unwrap())).unwrap();
    let run = finish_child(child);
    let plan = project.run(&["plan", "--detailed-exitcode"]);
    assert_eq!(plan.code, Some(2), "{run:?}\n{plan:?}");
    assert_ne!(run.code, Some(0), "{run:?}");
    project.cake.faults("");
    project.apply_until_done("changed before it was found");
    project.check(&desired, "changed before it was found");
}

#[test]
fn a_value_that_the_reply_shows_unreadably_is_settled_by_the_listing() {
    for echo in ["\"$24.00\"", "{\"amount\":24}"] {
        let (project, desired) = changed(&["a"]);
        project.cake.change_quirks(|quirks| quirks.all_fields = true);
        project.cake.faults(&format!("update=echo:payout={echo}"));
        project.apply().exits(0).says("its listing shows the new values");
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        assert_eq!(project.cake.counters().updates, 1, "{echo}");
        project.check(&desired, echo);
    }
}

#[test]
fn a_retire_whose_reply_shows_the_status_unreadably_is_settled_by_the_listing() {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    desired.remove("b");
    project.desire(&desired);
    project.cake.faults("update=echo:offer_status={\"id\":3}");
    project.apply().exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_unreadable_reply_to_an_update_that_the_listing_does_not_show_as_sent_stays_open() {
    let (project, desired) = changed(&["a"]);
    project.cake.change_quirks(|quirks| quirks.all_fields = true);
    project.cake.change_quirks(|quirks| quirks.lag = Some(Lag::Millis(600_000)));
    project.cake.faults("update=echo:payout=\"$24.00\"");
    project.apply().exits(7);
    project.cake.change_quirks(|quirks| quirks.lag = None);
    project.cake.faults("");
    project.apply_until_done("the listing shows it");
    project.check(&desired, "the listing shows it");
}

#[test]
fn a_value_that_the_reply_contradicts_is_shown_and_in_the_next_plan() {
    let (project, desired) = changed(&["a"]);
    project.cake.faults("update=echo:payout=240.00");
    let run = project.apply();
    assert_ne!(run.code, Some(0), "{run:?}");
    run.says("payout");
    assert_eq!(project.run(&["plan", "--detailed-exitcode"]).code, Some(2));
    project.cake.faults("");
    project.apply_until_done("corrected");
    project.check(&desired, "corrected");
}

#[test]
fn a_create_whose_reply_contradicts_a_value_is_recorded_once_and_planned_again() {
    let desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.cake.faults("create=echo:offer_status=inactive");
    let run = project.apply();
    assert_ne!(run.code, Some(0), "{run:?}");
    assert_eq!(project.run(&["plan", "--detailed-exitcode"]).code, Some(2));
    project.cake.faults("");
    project.apply_until_done("contradicted");
    assert_eq!(project.cake.counters().creates, 1);
    project.check(&desired, "contradicted");
}

#[test]
fn a_retire_whose_reply_says_active_is_not_done() {
    let project = project(&offers(&["a", "b"]), |_| {});
    project.apply().exits(0);
    project.desire(&offers(&["a"]));
    project.cake.faults("update=echo:offer_status=active");
    let run = project.apply();
    assert_ne!(run.code, Some(0), "{run:?}");
    assert_eq!(project.run(&["plan", "--detailed-exitcode"]).code, Some(2), "{run:?}");
    project.cake.faults("");
    project.apply_until_done("retired");
    project.check(&offers(&["a"]), "retired");
}

#[test]
fn a_reply_with_the_name_of_another_offer_stops_the_apply() {
    let keys: Vec<String> = (0..40).map(|number| format!("k{number:02}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let (project, _) = changed(&keys);
    project.cake.faults("update[name=Offer k00]=echo:offer_name=\"Offer k39\"");
    let run = project.apply().exits(8);
    assert_eq!(outcome(&run, "k00"), "in_doubt", "{run:?}");
    run.says("Offer k39");
    let sent = project.cake.counters().updates;
    assert!(sent < 40, "{sent} updates were sent");
}

#[test]
fn a_reply_without_a_name_or_with_the_new_or_the_recorded_one_is_no_mismatch() {
    for echo in ["echo:offer_name", "echo:offer_name=null", "echo:offer_name=\" Offer a \""] {
        let (project, desired) = changed(&["a"]);
        project.cake.faults(&format!("update={echo}"));
        let run = project.apply();
        assert_eq!(run.code, Some(0), "{echo}: {run:?}");
        project.check(&desired, echo);
    }
}

/// The replies to the first two creates name each other's offers, by their ids alone.
const EXCHANGED: &str = "create:1=id-only:12346\ncreate:2=id-only:12345";

/// Exchanges the ids of `a` and `b` in the state.
pub(super) fn exchange_ids(project: &Project) {
    let (a, b) = (project.id("a").to_string(), project.id("b").to_string());
    let text = project.read("offersync.state.json");
    project.write("offersync.state.json", &text.replace(&a, "SWAP").replace(&b, &a).replace("SWAP", &b));
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
}

#[test]
fn exchanged_ids_in_the_state_are_found_before_the_first_write() {
    let (project, _) = changed(&["a", "b"]);
    exchange_ids(&project);
    let run = project.apply().exits(4);
    run.says("Offer a");
    assert_eq!(project.cake.counters().updates, 0);
}

#[test]
fn two_creates_whose_replies_are_swapped_are_not_recorded_under_each_other_s_keys() {
    let desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.cake.faults("create=swap");
    let run = project.apply();
    assert!(matches!(run.code, Some(0 | 8)), "{run:?}");
    for record in project.recorded()["offers"].as_array().unwrap() {
        let offer = project.cake.offer(record["offer_id"].as_u64().unwrap()).unwrap();
        assert_eq!(offer.offer_name, format!("Offer {}", record["key"].as_str().unwrap()));
    }
    project.cake.faults("");
    for _ in 0..2 {
        project.apply();
    }
    assert_eq!(project.cake.counters().creates, 2);
    nothing_is_doubled(&project, "swapped replies");
}

/// Every recorded offer is the one that its YAML describes.
#[track_caller]
fn ids_are_right(project: &Project, what: &str) {
    for record in project.recorded()["offers"].as_array().unwrap() {
        let offer = project.cake.offer(record["offer_id"].as_u64().unwrap()).unwrap();
        let fields = &record["fields"];
        let recorded = (fields["offer_name"].as_str(), fields["advertiser_id"].as_u64());
        assert_eq!((Some(offer.offer_name.as_str()), Some(offer.advertiser_id)), recorded, "{what}: {}", record["key"]);
    }
}

#[test]
fn ids_alone_that_are_exchanged_are_not_recorded_where_the_list_shows_whose_they_are() {
    let mut desired = offers(&["a", "b"]);
    for (key, name) in [("a", "Offer one"), ("b", "offer ONE")] {
        let offer = desired.get_mut(key).unwrap();
        (offer.name, offer.url) = (name.to_owned(), format!("https://track.example.com/{key}"));
    }
    let project = project(&desired, |_| {});
    project.cake.faults(EXCHANGED);
    let run = project.apply().exits(8);
    assert_eq!(project.state()["offers"].as_object().unwrap().len(), 0, "{run:?}");
}

#[test]
fn an_id_alone_of_an_offer_that_is_only_similar_is_not_recorded() {
    let project = project(&offers(&["new"]), |quirks| quirks.all_fields = true);
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    project.cake.put(foreign(900, "offer NEW")).unwrap();
    project.cake.change(900, |offer| offer.offer_url = "https://track.example.com/by-hand".to_owned()).unwrap();
    project.cake.faults("create=id-only:900");
    project.apply().exits(8).says("offer 12345 “Offer new”");
}

#[test]
fn an_offer_whose_reply_has_an_id_alone_is_recorded_as_the_list_shows_it() {
    let project = project(&offers(&["new"]), |quirks| quirks.stored_names = vec![NameForm::Upper]);
    project.cake.faults("create=id-only");
    project.apply().exits(7).says("OFFER NEW");
    assert_eq!(project.state()["offers"]["new"]["fields"]["offer_name"], "OFFER NEW");
    project.run(&["plan", "--detailed-exitcode"]).exits(2);
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_offer_whose_name_is_not_recorded_is_not_changed_under_a_name_that_nothing_explains() {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |quirks| quirks.unlisted_members = ["offer_url".to_owned()].into());
    project.apply().exits(0);
    let id = project.id("a");
    "Offer a, new".clone_into(&mut desired.get_mut("a").unwrap().name);
    project.desire(&desired);
    project.cake.faults("update=echo:offer_name=\"Offer a\"");
    project.apply().exits(7);
    project.cake.faults("");
    project.cake.change(id, |offer| "Somebody else".clone_into(&mut offer.offer_name)).unwrap();
    let updates = project.cake.counters().updates;
    project.apply().exits(4).says("Somebody else");
    assert_eq!(project.cake.counters().updates, updates);
    // What it shows by then is the name that was sent.
    project.cake.change(id, |offer| "Offer a, new".clone_into(&mut offer.offer_name)).unwrap();
    project.apply().exits(0);
}

/// Two offers of one name, for two advertisers, in a CAKE whose list shows nothing by which to tell them apart.
fn of_one_name(ignores_filters: bool) -> Project {
    let mut desired = offers(&["a", "b"]);
    for offer in desired.values_mut() {
        "One name".clone_into(&mut offer.name);
    }
    desired.get_mut("b").unwrap().advertiser = 102;
    project(&desired, |quirks| {
        quirks.unlisted_members = ["advertiser_id", "offer_url"].map(str::to_owned).into();
        quirks.ignores_filters = ignores_filters;
    })
}

#[test]
fn creates_of_one_name_are_sent_one_after_another_so_that_their_replies_cannot_be_exchanged() {
    let project = of_one_name(true);
    project.cake.faults("create=swap");
    project.apply().exits(0);
    ids_are_right(&project, "one name");
}

#[test]
fn after_a_create_in_doubt_no_other_of_its_name_is_sent() {
    let project = of_one_name(true);
    project.cake.faults("create:1=reset-after");
    let run = project.apply().exits(8);
    assert_eq!(outcome(&run, "b"), "skipped");
    run.says("not started: the create of `a`, with such a name, is in doubt");
    assert_eq!(project.cake.counters().creates, 1);
}

#[test]
fn ids_of_one_name_that_do_not_follow_the_order_of_sending_are_in_doubt() {
    let project = of_one_name(true);
    project.cake.faults(EXCHANGED);
    let run = project.apply().exits(8);
    assert_eq!(project.state()["offers"].as_object().unwrap().len(), 0, "{run:?}");
}

#[test]
fn for_which_advertiser_cake_lists_an_offer_tells_exchanged_ids_apart() {
    let project = of_one_name(false);
    project.cake.faults(EXCHANGED);
    project.apply().exits(8).says("which it lists for another advertiser");
    ids_are_right(&project, "listed for one advertiser");
    // Nothing in the list says for certain which is which.
    project.cake.faults("");
    project.apply().exits(8);
    ids_are_right(&project, "listed for one advertiser");
    assert_eq!(project.cake.counters().creates, 2);
}

#[test]
fn swapped_replies_to_creates_of_one_name_for_two_advertisers_are_noticed_in_the_same_apply() {
    // Also where CAKE may have made one name of the other.
    for names in [["One name", "One name"], ["One name", "One  NAME"], ["One & name", "One &amp; name"]] {
        let mut desired = offers(&["a", "b"]);
        for (offer, name) in desired.values_mut().zip(names) {
            name.clone_into(&mut offer.name);
        }
        desired.get_mut("b").unwrap().advertiser = 102;
        let project = project(&desired, |_| {});
        project.cake.faults("create=swap");
        let run = project.apply();
        ids_are_right(&project, names[1]);
        project.cake.faults("");
        project.apply_until_done(names[1]);
        assert_eq!(project.cake.counters().creates, 2, "{run:?}");
        project.check(&desired, names[1]);
    }
}

#[test]
fn an_id_without_a_name_that_is_another_new_offer_s_is_not_recorded() {
    let desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.configure(&Settings { max_in_flight: 1, ..Settings::default() });
    // The reply to the first is lost, and the second gets it without a name.
    project.cake.faults("create:1=reset-after\ncreate:2=id-only:12345");
    let run = project.apply();
    ids_are_right(&project, "an id without a name");
    project.cake.faults("");
    project.apply_until_done("an id without a name");
    assert_eq!(project.cake.counters().creates, 2, "{run:?}");
    project.check(&desired, "an id without a name");
}

#[test]
fn an_id_that_no_new_offer_can_have_is_not_recorded() {
    for wrong in [12, 99_999_999] {
        let mut project = project(&offers(&["new"]), |_| {});
        project.cake.put(foreign(900, "Made by hand")).unwrap();
        project.foreign.insert(900);
        project.cake.faults(&format!("create=other-id:{wrong}"));
        let run = project.apply();
        ids_are_right(&project, "an id that cannot be");
        project.cake.faults("");
        project.apply_until_done("an id that cannot be");
        assert_eq!(project.cake.counters().creates, 1, "{wrong}: {run:?}");
        project.check(&offers(&["new"]), "an id that cannot be");
    }
}

#[test]
fn a_reply_with_the_id_of_the_next_create_and_its_own_name_is_not_believed() {
    let desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.configure(&Settings { max_in_flight: 1, ..Settings::default() });
    // As a CAKE does that answers with the highest id instead of that of the new offer.
    project.cake.faults("create[name=Offer a]=other-id:12346");
    let run = project.apply();
    ids_are_right(&project, "the id of the next create");
    project.cake.faults("");
    project.apply_until_done("the id of the next create");
    assert_eq!(project.cake.counters().creates, 2, "{run:?}");
    project.check(&desired, "the id of the next create");
}

#[test]
fn a_recorded_value_that_the_reply_to_another_change_contradicts_is_in_the_next_plan() {
    let (project, desired) = changed(&["a"]);
    project.cake.faults("update=echo:offer_status=inactive");
    let run = project.apply().exits(7);
    assert_eq!(outcome(&run, "a"), "done", "the payout was changed");
    run.says("CAKE shows offer_status inactive");
    project.run(&["plan", "--detailed-exitcode"]).exits(2);
    project.cake.faults("");
    project.apply_until_done("a value that was not sent");
    project.check(&desired, "a value that was not sent");
}

#[test]
fn a_create_that_cake_is_still_working_on_is_not_refused() {
    for effect in ["late:80:409", "late:80:408"] {
        let desired = offers(&["new"]);
        let project = project(&desired, |_| {});
        project.cake.faults(&format!("create:1={effect}"));
        project.apply();
        project.apply_until_done(effect);
        assert_eq!(project.cake.counters().creates, 1, "{effect}");
        project.check(&desired, effect);
    }
}

#[test]
fn an_id_that_the_state_owns_already_puts_a_create_in_doubt() {
    let project = project(&offers(&["a"]), |_| {});
    project.apply().exits(0);
    project.desire(&offers(&["a", "new"]));
    project.cake.faults(&format!("create=other-id:{}", project.id("a")));
    // The listing shows which offer it is; the reply alone would not.
    project.cake.change_quirks(|quirks| quirks.lag = Some(Lag::Millis(600_000)));
    let run = project.apply().exits(8);
    assert_eq!(outcome(&run, "new"), "in_doubt", "{run:?}");
    project.apply().exits(8);
    assert_eq!(project.cake.counters().creates, 2);
    project.cake.change_quirks(|quirks| quirks.lag = None);
    project.apply_until_done("an id of another key");
    project.check(&offers(&["a", "new"]), "an id of another key");
}

#[test]
fn a_cake_that_was_restored_from_a_backup_gets_no_create_twice() {
    let project = project(&offers(&["a", "b"]), |_| {});
    project.apply().exits(0);
    // The backup is older than `b`, whose id is given again.
    let backup = project.cake.offers().into_iter().take(1).collect();
    project.cake.restore(backup).unwrap();
    project.desire(&offers(&["a", "b", "new"]));
    for _ in 0..3 {
        assert_ne!(project.apply().code, Some(0));
    }
    nothing_is_doubled(&project, "restored");
    assert!(project.cake.counters().creates <= 3);
}

#[test]
fn a_success_under_an_error_status_is_sent_once() {
    for status in [429, 500, 503] {
        let desired = offers(&["a"]);
        let project = project(&desired, |_| {});
        project.cake.faults(&format!("create=success-{status}"));
        let run = project.apply();
        assert!(matches!(run.code, Some(0 | 8)), "{status}: {run:?}");
        assert_eq!(project.cake.counters().creates, 1, "{status}");
        project.apply_until_done("a success under an error status");
        project.check(&desired, &format!("{status}"));
    }
}

#[test]
fn a_create_in_doubt_is_not_taken_for_an_offer_that_was_there_before() {
    let mut project = project(&offers(&["a"]), |_| {});
    project.apply().exits(0);
    project.desire(&offers(&["a", "new"]));
    super::lose(&project, "reset-before");
    // An id below the newest one, as if it had been there all the time.
    project.cake.put(foreign(5, "Offer new")).unwrap();
    project.foreign.insert(5);
    let run = project.apply();
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(project.recorded()["offers"].as_array().unwrap().iter().all(|record| record["offer_id"] != 5));
}

#[test]
fn an_offer_that_an_apply_finds_counts_as_done_for_its_saved_plan() {
    let desired = offers(&["a", "new"]);
    let project = project(&desired, |_| {});
    super::in_doubt(&project);
    let mut changed = desired.clone();
    changed.get_mut("a").unwrap().payout = Some("12.00".to_owned());
    project.desire(&changed);
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    let run = project.run(&["apply", "plan.json", "--auto-approve", "--format", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(outcome(&run, "a"), "done");
    project.check(&changed, "the saved plan");
}

#[test]
fn exchanged_ids_in_the_state_are_found_by_the_first_reply_without_a_listing() {
    let (project, _) = changed(&["a", "b"]);
    exchange_ids(&project);
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    project.configure(&Settings { max_in_flight: 1, ..Settings::default() });
    project.apply().exits(8);
    assert_eq!(project.cake.counters().updates, 1);
}

#[test]
fn the_id_of_an_offer_that_was_there_before_is_not_that_of_the_created_one() {
    let project = project(&offers(&["new"]), |_| {});
    project.cake.put(foreign(900, "Made by hand")).unwrap();
    project.cake.faults("create=other-id:900");
    // The complete listing shows the one that was made.
    project.apply().exits(0);
    assert_ne!(project.id("new").to_string(), "900");
    assert_eq!(project.cake.offer(900).unwrap().offer_name, "Made by hand");
}

#[test]
fn a_proxy_that_gave_up_waiting_refuses_nothing() {
    for status in [408, 425, 499] {
        let desired = offers(&["new"]);
        let project = project(&desired, |_| {});
        project.cake.faults(&format!("create:1=late:{}:{status}", super::LATE));
        let run = project.apply();
        assert!(matches!(run.code, Some(0 | 8)), "{status}: {run:?}");
        project.apply_until_done("a proxy that gave up waiting");
        assert_eq!(project.cake.counters().creates, 1, "{status}");
        project.check(&desired, "a proxy that gave up waiting");
    }
}

/// A field that is sent with the create and then left alone.
fn ignoring(project: &Project, key: &str, field: &str) {
    let file = format!("offers/{key}.yaml");
    let text = project.read(&file).replace("sync:\n", &format!("sync:\n  ignore_changes: [{field}]\n"));
    project.write(&file, &text);
}

#[test]
fn an_ignored_field_that_the_reply_shows_otherwise_is_no_contradiction() {
    let project = project(&offers(&["a"]), |_| {});
    ignoring(&project, "a", "payout");
    project.cake.faults("create=echo:payout=11.00");
    project.apply().exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_ignored_field_that_the_reply_shows_otherwise_leaves_no_second_offer_active() {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    ignoring(&project, "a", "payout");
    project.apply().exits(0);
    desired.get_mut("a").unwrap().url = "https://track.example.com/other?o={offer_id}".to_owned();
    project.desire(&desired);
    ignoring(&project, "a", "payout");
    project.cake.faults("create=echo:payout=11.00");
    project.apply().exits(0);
    let active = project.cake.offers().iter().filter(|offer| offer.offer_status == "active").count();
    assert_eq!(active, 1);
}

#[test]
fn a_text_that_cake_stores_with_other_line_ends_is_the_same_in_a_reply_and_in_a_listing() {
    for is_lost in [false, true] {
        let mut desired = offers(&["new"]);
        desired.get_mut("new").unwrap().description = Some("\"One\\nTwo\\n\"".to_owned());
        let project = project(&desired, |quirks| quirks.all_fields = true);
        if is_lost {
            super::in_doubt(&project);
        } else {
            project.cake.faults("create=echo:offer_description=\"One\\r\\nTwo\"");
            project.apply().exits(0);
        }
        let id = project.cake.ids("Offer new")[0];
        project.cake.change(id, |offer| offer.offer_description = Some("One\r\nTwo".to_owned())).unwrap();
        project.cake.faults("");
        project.apply().exits(0);
        assert_eq!(project.cake.counters().creates, 1, "lost: {is_lost}");
        project.plan_is_empty();
        project.run(&["drift", "--detailed-exitcode"]).exits(0);
        // It stops no other change either.
        desired.get_mut("new").unwrap().payout = Some("11.00".to_owned());
        project.desire(&desired);
        project.apply().exits(0);
    }
}

#[test]
fn a_reply_of_an_offer_of_the_same_name_and_another_advertiser_stops_the_apply() {
    let mut desired = offers(&["a", "b"]);
    desired.get_mut("b").unwrap().name = "Offer a".to_owned();
    desired.get_mut("b").unwrap().advertiser = 204;
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    exchange_ids(&project);
    desired.get_mut("a").unwrap().payout = Some("99.00".to_owned());
    project.desire(&desired);
    // No look finds it before the write.
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    project.apply().exits(8).says("advertiser 204");
}

#[test]
fn a_create_only_value_that_a_reply_has_otherwise_than_the_list_makes_no_second_offer() {
    let mut desired = offers(&["a"]);
    desired.get_mut("a").unwrap().description = Some("Pays on a lead".to_owned());
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.cake.faults("create=echo:offer_description=\"<p>Pays on a lead</p>\"");
    project.apply();
    for _ in 0..3 {
        project.apply().exits(4);
    }
    assert_eq!(project.cake.counters().creates, 1, "CAKE shows what is wanted");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    project.plan_is_empty();
    assert_eq!(project.cake.counters().creates, 1);
    let active = project.cake.offers().into_iter().filter(|offer| offer.offer_status == "active");
    assert_eq!(active.count(), 1);
}

#[test]
fn a_reply_about_another_offer_is_noticed_where_the_record_has_no_name() {
    for is_refreshed in [false, true] {
        let mut desired = offers(&["a", "b"]);
        let project = project(&desired, |quirks| quirks.all_fields = true);
        ignoring(&project, "a", "offer_name");
        project.apply().exits(0);
        desired.get_mut("a").unwrap().payout = Some("24.00".to_owned());
        project.desire(&desired);
        ignoring(&project, "a", "offer_name");
        project.cake.faults("update=echo:offer_name=Offer b");
        let arguments: &[&str] = if is_refreshed { &["--refresh", "--overwrite-drift"] } else { &[] };
        project.run(&[APPLY.as_slice(), arguments].concat()).exits(8).says("Offer b");
        project.cake.faults("");
        project.apply_until_done("the reply named another offer");
        project.check(&desired, "the reply named another offer");
    }
}

#[test]
fn an_id_alone_is_compared_with_the_list_where_creates_are_not_looked_for() {
    let project = project(&offers(&["new"]), |_| {});
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    project.cake.put(foreign(900, "Made by hand")).unwrap();
    project.cake.faults("create=id-only:900");
    project.apply().exits(8).says("CAKE shows offer 900 “Made by hand”");
    assert!(!project.state()["offers"].as_object().unwrap().contains_key("new"));
    project.cake.faults("");
    // Without a list, a person says whose offer it is.
    let project = super::project(&offers(&["new"]), |quirks| quirks.listing_absent = true);
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    project.cake.faults("create=id-only");
    let run = project.apply().exits(8);
    assert_eq!(project.state()["offers"].as_object().unwrap().len(), 0);
    assert_eq!(follow_advice(&project, &run), 1, "{run:?}");
    project.apply().exits(0);
    assert_eq!(project.id("new"), project.cake.ids("Offer new")[0]);
}
