//! A replaced offer is made inactive only while CAKE shows it as the offer that was replaced.

use offersync::testing::sandbox::{EmptyListing, Offer, TotalField};

use super::{follow_advice, offers, project, replacing};
use crate::harness::{DesiredOffers, Project, Settings};

const APPLY_TEXT: [&str; 2] = ["apply", "--auto-approve"];

/// A project whose replace of `a` is half done, and the old offer.
fn half_done() -> (Project, DesiredOffers, u64) {
    let mut desired = offers(&["a", "c"]);
    let project = project(&desired, |quirks| quirks.all_fields = true);
    project.apply().exits(0);
    let old = project.cake.ids("Offer a")[0];
    "https://track.example.com/other?o={offer_id}".clone_into(&mut desired.get_mut("a").unwrap().url);
    project.desire(&desired);
    project.cake.faults("update:1=http-400");
    project.apply().exits(7);
    project.cake.faults("");
    (project, desired, old)
}

/// The apply stops before the first write; what it advises then leads out.
#[track_caller]
fn stops_until_the_advice_is_followed(project: &Project, old: u64) {
    let updates = project.cake.counters().updates;
    let run = project.apply();
    assert_eq!(run.code, Some(4), "{run:?}");
    run.says(&format!("offer {old}, which `a` has replaced"));
    let refreshed = project.run(&["apply", "--refresh", "--auto-approve"]);
    assert_eq!(refreshed.code, Some(4), "{refreshed:?}");
    assert_eq!(project.cake.counters().updates, updates, "nothing is sent");
    assert_eq!(follow_advice(project, &run), 1, "{run:?}");
    project.apply().exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(project.cake.counters().updates, updates, "nothing is sent for an offer that is not the key's");
}

/// An offer that an apply without a trace may have made in the place of the one with that id: with its URL, or its name.
fn earlier_replacement(old: &Offer, offer_id: u64, name: &str, url: &str) -> Offer {
    Offer { offer_name: name.to_owned(), offer_url: url.to_owned(), ..Offer { offer_id, ..old.clone() } }
}

#[test]
fn an_offer_with_the_name_or_the_url_of_the_one_to_replace_may_have_replaced_it() {
    let elsewhere = "https://track.example.com/elsewhere";
    for (by_url, later, code) in [(true, true, 4), (false, true, 4), (true, false, 0), (false, false, 0)] {
        let (mut project, mut desired, old) = replacing();
        desired.get_mut("a").unwrap().name = "Something else".to_owned();
        project.desire(&desired);
        let id = if later { old + 50 } else { old - 50 };
        let now = project.offer("a");
        let (name, url) = if by_url { ("Approved", &*now.offer_url) } else { (&*now.offer_name, elsewhere) };
        project.cake.put(earlier_replacement(&now, id, name, url)).unwrap();
        project.foreign.insert(id);
        let creates = project.cake.counters().creates;
        let run = project.apply().exits(code);
        assert_eq!(project.cake.counters().creates > creates, code == 0, "{run:?}");
        if code == 4 {
            run.says(&format!("offersync state adopt a --offer-id {id}"));
        }
    }
}

#[test]
fn what_cake_has_already_is_not_made_anew_by_a_replace() {
    let (project, _, old) = replacing();
    let url = "https://track.example.com/other?o={offer_id}";
    project.cake.change(old, |offer| offer.offer_url = url.to_owned()).unwrap();
    let writes = |project: &Project| (project.cake.counters().creates, project.cake.counters().updates);
    let before = writes(&project);
    let run = project.run(&APPLY_TEXT).exits(4);
    run.says("apply::differs").says("offer_url").says("offersync plan --refresh");
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(writes(&project), before, "the offer is as it is wanted");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_newer_offer_that_no_key_owns_is_told_where_the_older_one_is_changed() {
    let mut desired = offers(&["a", "c"]);
    let mut project = project(&desired, |_| {});
    project.apply().exits(0);
    let now = project.offer("a");
    let (old, id) = (now.offer_id, now.offer_id + 50);
    project.cake.put(earlier_replacement(&now, id, &now.offer_name, &now.offer_url)).unwrap();
    project.foreign.insert(id);
    let said = format!("offer {id} is like `a` (offer {old})");
    let mut pay = |key: &str, payout: &str| {
        desired.get_mut(key).unwrap().payout = Some(payout.to_owned());
        project.desire(&desired);
    };
    pay("c", "12.00");
    project.run(&APPLY_TEXT).exits(0).never_says("newer-duplicate");
    pay("a", "12.00");
    project.run(&["plan", "--refresh"]).exits(0).says(&said).says("plan::newer-duplicate");
    project.run(&APPLY_TEXT).exits(0).says(&said).says("offersync state adopt KEY --offer-id N");
    // An inactive one takes no traffic, and an older one is not the key's.
    project.cake.change(id, |offer| offer.offer_status = "Inactive".to_owned()).unwrap();
    pay("a", "13.00");
    project.run(&APPLY_TEXT).exits(0).never_says("newer-duplicate");
}

#[test]
fn an_id_under_which_cake_shows_another_name_is_not_made_inactive_as_a_replaced_one() {
    let (project, _, old) = half_done();
    let of_another_team = |offer: &mut Offer| {
        offer.offer_name = "Of another team".to_owned();
        offer.offer_url = "https://another.example.com/".to_owned();
    };
    project.cake.change(old, of_another_team).unwrap();
    project.apply().says("Of another team");
    stops_until_the_advice_is_followed(&project, old);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "active");
}

#[test]
fn an_id_that_is_another_advertiser_s_offer_is_not_made_inactive_as_a_replaced_one() {
    let (project, _, old) = half_done();
    project.cake.change(old, |offer| offer.advertiser_id = 303).unwrap();
    stops_until_the_advice_is_followed(&project, old);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "active");
}

#[test]
fn a_replaced_offer_that_cake_does_not_show_is_not_made_inactive_unseen() {
    let (project, _, old) = half_done();
    project.cake.change_quirks(|quirks| quirks.hidden = [old].into());
    stops_until_the_advice_is_followed(&project, old);
}

#[test]
fn a_replaced_offer_that_is_gone_from_a_list_without_a_total_can_be_forgotten() {
    let (project, _, old) = half_done();
    project.cake.change_quirks(|quirks| {
        quirks.hidden = [old].into();
        (quirks.total, quirks.empty) = (TotalField::Absent, EmptyListing::Uncounted);
    });
    let forget = format!("state rm a --replaced {old}");
    project.run(&["drift", "--detailed-exitcode"]).exits(2).says(&forget);
    project.run(&["plan", "--refresh"]).exits(0).says(&forget);
    project.run(&["drift", "--accept"]).exits(0).says("1 recorded offer is not in CAKE's list");
    project.apply().exits(4).says(&forget);
    let command: Vec<&str> = forget.split(' ').collect();
    project.run(&command).exits(4).says(&format!("offersync {forget} --unseen"));
    project.run(&[&command[..], &["--unseen"]].concat()).exits(0);
    project.apply().exits(0);
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
}

#[test]
fn drift_tells_a_replaced_offer_that_is_still_to_be_made_inactive_from_one_that_is_active_again() {
    let (project, _, old) = half_done();
    project
        .run(&["drift", "--accept"])
        .exits(7)
        .says("is still to be made inactive. To do that, run `offersync apply`");
    project.apply().exits(0);
    project.cake.change(old, |offer| offer.offer_status = "active".to_owned()).unwrap();
    project.run(&["drift", "--accept"]).exits(7).says("is active in CAKE again");
}

#[test]
fn of_a_replaced_offer_of_an_older_state_the_advertiser_is_compared() {
    let (project, _, old) = half_done();
    let mut state = project.state();
    state["offers"]["a"]["replaced"][0].as_object_mut().unwrap().remove("fields").unwrap();
    project.write("offersync.state.json", &state.to_string());
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.cake.change(old, |offer| offer.advertiser_id = 303).unwrap();
    stops_until_the_advice_is_followed(&project, old);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "active");
}

#[test]
fn a_replaced_offer_that_cake_still_has_stays_recorded() {
    let (project, _, old) = half_done();
    let id = old.to_string();
    let run = project.run(&["state", "rm", "a", "--replaced", &id]);
    assert_eq!(run.code, Some(1), "{run:?}");
    run.says("is still the one that `a` has replaced");
    let run = project.run(&["state", "rm", "a", "--replaced", &id, "--unseen"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let run = project.run(&["state", "rm", "a", "--replaced", "999999"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    run.says("`a` has not replaced an offer 999999");
    let run = project.run(&["state", "rm", "a"]);
    run.says(&format!("offersync state rm a --replaced {old}"));
    project.apply().exits(0);
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
}

#[test]
fn a_list_that_hides_other_offers_does_not_prove_that_a_replaced_one_is_gone() {
    let (project, _, old) = half_done();
    let present = project.id("a");
    project.cake.change_quirks(|quirks| quirks.hidden = [old, present].into());
    let forget = ["state", "rm", "a", "--replaced", &old.to_string()];
    project.run(&forget).exits(4).says(&format!("does not show offer {present} either"));
    project.cake.change_quirks(|quirks| quirks.hidden = [old].into());
    project.run(&forget).exits(0);
}

#[test]
fn a_replaced_offer_that_is_inactive_and_not_listed_is_found_by_its_id() {
    let (project, _, old) = half_done();
    project.cake.change(old, |offer| offer.offer_status = "inactive".to_owned()).unwrap();
    project.cake.change_quirks(|quirks| quirks.listed_statuses = ["active".to_owned()].into());
    project.apply().exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_rename_and_the_second_half_of_a_replace_are_one_apply() {
    let apply: &[&[&str]] = &[&["apply", "--auto-approve"]];
    let saved: &[&[&str]] = &[&["plan", "--out", "plan.json"], &["apply", "plan.json", "--auto-approve"]];
    for commands in [apply, saved] {
        let (project, mut desired, old) = half_done();
        let mut renamed = desired.remove("a").unwrap();
        renamed.renamed_from = Some("a".to_owned());
        desired.insert("a9".to_owned(), renamed);
        project.desire(&desired);
        for command in commands {
            project.run(command).exits(0);
        }
        assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_replace_whose_second_half_is_refused_is_not_called_nothing() {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    desired.get_mut("a").unwrap().url = "https://track.example.com/other?o={offer_id}".to_owned();
    project.desire(&desired);
    project.cake.faults("update:1=error:Invalid Offer Status");
    let run = project.run(&["apply", "--auto-approve"]).exits(7);
    run.says("the new offer is there")
        .says("half done")
        .says("both offers may be active")
        .says("Applied in part: 1 half done");
    assert!(!run.stdout.contains("othing changed in CAKE"), "{run:?}");
}

#[test]
fn a_replaced_offer_that_a_person_has_renamed_is_not_forgotten_while_it_is_active() {
    let (project, _, old) = half_done();
    project.cake.change(old, |offer| offer.offer_name = "A, old".to_owned()).unwrap();
    project.apply().exits(4);
    let forget = ["state", "rm", "a", "--replaced", &old.to_string()];
    project.run(&forget).exits(1).says("make it inactive in CAKE, then run the command again");
    project.cake.change(old, |offer| offer.offer_status = "inactive".to_owned()).unwrap();
    project.run(&forget).exits(0);
    project.apply().exits(0);
    project.plan_is_empty();
}

#[test]
fn what_a_lost_retire_of_the_replaced_offer_did_says_nothing_of_the_offer_that_replaced_it() {
    // Of the update of `a` and the retire of the offer that it has replaced, both replies are lost and one is carried out.
    for (faults, is_updated) in [
        ("update:1=reset-before\nupdate:2=reset-after", true),
        ("update:1=reset-after\nupdate:2=reset-before", true),
        ("update:1=reset-before\nupdate:2=reset-after", false),
        ("update:1=reset-after\nupdate:2=reset-before", false),
    ] {
        let (project, mut desired, old) = half_done();
        let new = project.id("a");
        if is_updated {
            desired.get_mut("a").unwrap().payout = Some("31.00".to_owned());
        } else {
            desired.remove("a");
        }
        project.desire(&desired);
        let settings = Settings { attempts: 1, ..Settings::default() };
        project.write("offersync.toml", &settings.toml(&project.cake.url()));
        project.cake.faults(faults);
        let run = project.apply();
        project.cake.faults("");
        let is_done = |id: u64| {
            let offer = project.cake.offer(id).unwrap();
            if id == new && is_updated {
                offer.payout == "31.00".parse().ok()
            } else {
                offer.offer_status == "inactive"
            }
        };
        assert_ne!(is_done(old), is_done(new), "{faults}");
        assert_eq!(run.code, Some(7), "one of them was not done: {run:?}");
        project.apply_until_done("the rest");
        assert!(is_done(old) && is_done(new), "{faults}");
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}
