//! What a listing proves: pages that fail, rows that shift, counts that mislead, offers that are not shown.

use offersync::testing::sandbox::{EmptyListing, ListingChange, Offer, Quirks, ScheduledChange, TotalField};

use super::{foreign, in_doubt, nothing_is_doubled, offers, outcome, project};
use crate::harness::{DesiredOffer, Project, Settings};

/// A CAKE with 25 offers of the advertiser, ten in a page; one of them has the name of the offer to create.
fn with_duplicate(at: u64, quirks: impl FnOnce(&mut Quirks)) -> Project {
    let project = project(&offers(&["new"]), |present| {
        present.page_cap = 10;
        quirks(present);
    });
    for id in 1..=25 {
        project.cake.put(foreign(id, &format!("Older {id}"))).unwrap();
    }
    project.cake.put(foreign(at, "Offer new")).unwrap();
    project
}

#[track_caller]
fn creates_nothing(project: &Project, codes: &[i32], what: &str) {
    let run = project.apply();
    assert!(codes.iter().any(|code| run.code == Some(*code)), "{what}: {run:?}");
    assert_eq!(project.cake.writes(), 0, "{what}");
}

#[test]
fn a_count_that_is_the_page_s_does_not_end_the_listing() {
    creates_nothing(&with_duplicate(20, |quirks| quirks.total_of_page = true), &[4], "a count of the page");
    for offset in [-15, -24, 40] {
        let project = with_duplicate(20, |quirks| quirks.total_offset = offset);
        creates_nothing(&project, &[1, 4], &format!("a count that is wrong by {offset}"));
    }
    creates_nothing(&with_duplicate(25, |quirks| quirks.total = TotalField::Absent), &[4], "no count");
}

#[test]
fn a_page_in_the_middle_that_fails_is_no_missing_listing() {
    for fault in ["http-404", "html-404", "http-500", "http-400", "error:Invalid Start At Row", "html-200"] {
        let project = with_duplicate(20, |_| {});
        project.cake.faults(&format!("list:2-={fault}"));
        creates_nothing(&project, &[1], fault);
    }
}

#[test]
fn rows_that_shift_while_the_count_stays_the_same_hide_no_offer() {
    let shift = |change| ScheduledChange { after_call: 1, change };
    let project = with_duplicate(11, |quirks| {
        quirks.scheduled_changes = vec![shift(ListingChange::HideFirst), shift(ListingChange::Add)];
    });
    creates_nothing(&project, &[1, 4], "shifting rows");
}

#[test]
fn without_a_listing_nothing_is_created_unless_the_configuration_says_so() {
    let desired = offers(&["new"]);
    let project = project(&desired, |quirks| quirks.listing_absent = true);
    let run = project.apply().exits(1);
    run.says("duplicate_check");
    assert_eq!(project.cake.writes(), 0);
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    project.run(&["plan"]).exits(0).says("duplicate_check");
    project.apply().exits(0);
    assert_eq!(project.cake.ids("Offer new").len(), 1);
}

#[test]
fn with_the_check_off_nothing_is_adopted_or_sent_again_by_itself() {
    let desired = offers(&["new"]);
    let project = project(&desired, |_| {});
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    project.cake.faults("create:1=reset-after");
    for _ in 0..2 {
        let run = project.apply().exits(8);
        run.says("offersync state resolve new --not-created");
    }
    assert_eq!(project.cake.counters().creates, 1);
    let id = project.cake.ids("Offer new")[0].to_string();
    project.run(&["state", "resolve", "new", "--offer-id", &id]).exits(0);
    project.apply_until_done("resolved");
    project.check(&desired, "resolved");
}

#[test]
fn a_file_that_gets_another_name_does_not_make_an_offer_again_whose_create_is_in_doubt() {
    let mut desired = offers(&["new"]);
    let project = project(&desired, |quirks| quirks.listing_absent = true);
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    project.cake.faults("create:1=reset-after");
    project.apply().exits(8);
    project.cake.faults("");
    let mut offer = desired.remove("new").unwrap();
    offer.name = "Another name".to_owned();
    desired.insert("other".to_owned(), offer);
    project.desire(&desired);
    project.apply().exits(8).says("with the same URL");
    assert_eq!(project.cake.counters().creates, 1);
}

#[test]
fn a_listing_that_hides_recorded_offers_proves_no_absence() {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    desired.extend(offers(&["new"]));
    project.desire(&desired);
    // Before a create.
    let known = [project.id("a"), project.id("b")];
    for hidden in [&known[..], &known[..1]] {
        project.cake.change_quirks(|quirks| quirks.hidden = hidden.iter().copied().collect());
        let run = project.apply().exits(4);
        assert_eq!(project.cake.counters().creates, 2, "{run:?}");
    }
    // After one whose reply was lost.
    project.cake.change_quirks(|quirks| quirks.hidden.clear());
    in_doubt(&project);
    let all = project.cake.offers().into_iter().map(|offer| offer.offer_id);
    project.cake.change_quirks(|quirks| quirks.hidden = all.collect());
    assert_ne!(outcome(&project.apply().exits(8), "new"), "done");
    assert_eq!(project.cake.counters().creates, 3);
    project.cake.change_quirks(|quirks| quirks.hidden.clear());
    project.apply_until_done("shown again");
    project.check(&desired, "shown again");
}

#[test]
fn a_filter_that_is_ignored_shows_no_offer_of_another_advertiser_as_a_duplicate() {
    let desired = offers(&["new"]);
    let mut project = project(&desired, |quirks| quirks.ignores_filters = true);
    let mut other = foreign(5, "Offer new");
    other.advertiser_id = 204;
    project.cake.put(other).unwrap();
    project.foreign.insert(5);
    project.apply().exits(0);
    project.check(&desired, "ignored filter");
}

#[test]
fn a_list_that_shows_recorded_offers_as_another_advertiser_s_proves_no_absence() {
    for (creates, ignores_filters) in [(1, true), (9, true), (9, false)] {
        let mut desired = offers(&["a", "other"]);
        desired.get_mut("other").unwrap().advertiser = 102;
        let project = project(&desired, |quirks| quirks.ignores_filters = ignores_filters);
        project.apply().exits(0);
        project.cake.put(foreign(900, "Offer new")).unwrap();
        project.cake.change_quirks(|quirks| quirks.listed_advertiser = Some(102));
        desired.extend(offers(&["new"]));
        // So many advertisers are not asked for one after another.
        for number in 1..creates {
            let offer = DesiredOffer { advertiser: 200 + number, ..DesiredOffer::new(&format!("Offer {number}")) };
            desired.insert(format!("new-{number}"), offer);
        }
        project.desire(&desired);
        project.apply().exits(4).says("offersync state adopt new --offer-id 900");
        assert_eq!(project.cake.counters().creates, 2, "{creates}");
        let adopt = ["state", "adopt", "new", "--offer-id", "900"];
        project.run(&adopt).exits(4).says("--unseen");
        project.run(&[&adopt[..], &["--unseen"]].concat()).exits(0);
        assert_eq!(project.state()["offers"]["new"]["fields"]["advertiser_id"], 101);
    }
}

#[test]
fn an_offer_that_was_moved_to_another_advertiser_makes_none_of_that_one_s_a_duplicate() {
    let mut desired = offers(&["a", "b"]);
    let project = project(&desired, |_| {});
    project.apply().exits(0);
    project.cake.change(project.id("a"), |offer| offer.advertiser_id = 102).unwrap();
    project.cake.put(Offer { advertiser_id: 102, ..foreign(900, "Offer new") }).unwrap();
    desired.extend(offers(&["new", "more"]));
    desired.get_mut("more").unwrap().advertiser = 102;
    project.desire(&desired);
    let run = project.run(&["apply", "--auto-approve", "--exclude", "a"]).exits(0);
    assert_eq!(project.cake.counters().creates, 4, "{run:?}");
}

#[test]
fn after_a_throttle_no_larger_list_is_asked_for() {
    let project = project(&offers(&["new"]), |_| {});
    project.configure(&Settings { attempts: 1, ..Settings::default() });
    project.cake.faults("list=http-429");
    project.apply().exits(1).says("CAKE throttles");
    assert_eq!(project.cake.counters().listings, 1);
}

#[test]
fn an_account_without_a_counted_list_proves_nothing_and_the_message_names_the_way_out() {
    for empty in [EmptyListing::Uncounted, EmptyListing::Message, EmptyListing::Failure] {
        let project = project(&offers(&["new"]), |quirks| quirks.empty = empty);
        project.apply().exits(1).says("duplicate_check");
        assert_eq!(project.cake.writes(), 0, "{empty:?}");
    }
}

#[test]
fn an_empty_listing_does_not_undo_a_create() {
    for empty in [EmptyListing::Counted, EmptyListing::Uncounted, EmptyListing::Message, EmptyListing::Failure] {
        let mut desired = offers(&["a"]);
        let project = project(&desired, |_| {});
        project.apply().exits(0);
        desired.extend(offers(&["new"]));
        project.desire(&desired);
        in_doubt(&project);
        let all = project.cake.offers().into_iter().map(|offer| offer.offer_id);
        project.cake.change_quirks(|quirks| (quirks.hidden, quirks.empty) = (all.collect(), empty));
        for _ in 0..2 {
            assert_ne!(project.apply().code, Some(0), "{empty:?}");
        }
        assert_eq!(project.cake.counters().creates, 2, "{empty:?}");
    }
}

#[test]
fn rows_that_lack_what_tells_offers_apart_prove_neither_presence_nor_absence() {
    for member in ["offer_name", "vertical_id", "advertiser_id"] {
        let mut desired = offers(&["a"]);
        let project = project(&desired, |_| {});
        project.apply().exits(0);
        desired.extend(offers(&["new"]));
        project.desire(&desired);
        in_doubt(&project);
        project.cake.change_quirks(|quirks| quirks.unlisted_members = [member.to_owned()].into());
        for _ in 0..2 {
            let run = project.apply();
            assert!(matches!(run.code, Some(0 | 1 | 4 | 8)), "{member}: {run:?}");
        }
        nothing_is_doubled(&project, member);
        project.cake.change_quirks(|quirks| quirks.unlisted_members.clear());
        project.apply_until_done(member);
        project.check(&desired, member);
    }
}

#[test]
fn replies_under_d_are_understood() {
    let mut desired = offers(&["a"]);
    let project = project(&desired, |quirks| quirks.wrapper = offersync::testing::sandbox::Wrapper::UnderD);
    project.apply().exits(0);
    desired.get_mut("a").unwrap().payout = Some("12.00".to_owned());
    project.desire(&desired);
    project.apply().exits(0);
    project.check(&desired, "under d");
}

#[test]
fn an_advertiser_without_offers_can_get_its_first_one() {
    for empty in [EmptyListing::Counted, EmptyListing::Uncounted, EmptyListing::Message, EmptyListing::Failure] {
        let desired = offers(&["new"]);
        let mut project = project(&desired, |quirks| quirks.empty = empty);
        // The whole listing shows that the advertiser has none.
        project.cake.put(offersync::testing::sandbox::Offer::filler(5)).unwrap();
        project.foreign.insert(5);
        let run = project.apply();
        assert_eq!(run.code, Some(0), "{empty:?}: {run:?}");
        project.check(&desired, &format!("{empty:?}"));
    }
}

#[test]
fn a_listing_of_active_offers_proves_nothing_about_an_inactive_one() {
    let mut desired = offers(&["a", "new"]);
    desired.get_mut("new").unwrap().status = Some("inactive");
    let project = project(&offers(&["a"]), |quirks| quirks.listed_statuses = ["active".to_owned()].into());
    project.apply().exits(0);
    project.desire(&desired);
    project.cake.faults("create[name=Offer new]=reset-after");
    // It is found because offers of other statuses are asked for.
    project.apply_until_done("a listing of active offers only");
    assert_eq!(project.cake.counters().creates, 2);
    project.check(&desired, "a listing of active offers only");
}

#[test]
fn an_offer_that_comes_while_the_listing_is_read_is_not_created_again() {
    let project = project(&offers(&["new"]), |quirks| {
        quirks.page_cap = 10;
        quirks.total = TotalField::Absent;
        let put = ListingChange::Put(Box::new(foreign(5, "Offer new")));
        quirks.scheduled_changes = vec![ScheduledChange { after_call: 1, change: put }];
    });
    for id in (1..=25).filter(|id| *id != 5) {
        project.cake.put(foreign(id, &format!("Older {id}"))).unwrap();
    }
    project.apply().exits(4);
    assert_eq!(project.cake.ids("Offer new").len(), 1);
}

#[test]
fn a_paused_offer_that_the_listing_leaves_out_is_not_absent() {
    for status in ["paused", "inactive"] {
        let project = project(&offers(&["new"]), |quirks| quirks.listed_statuses = ["active".to_owned()].into());
        project
            .cake
            .put(offersync::testing::sandbox::Offer { offer_status: status.to_owned(), ..foreign(900, "Offer new") })
            .unwrap();
        let run = project.apply();
        assert_eq!(run.code, Some(4), "{status}: {run:?}");
        assert_eq!(project.cake.ids("Offer new").len(), 1, "{status}");
    }
}

#[test]
fn each_advertiser_is_asked_for_offers_that_are_not_active() {
    // The first one has none, which CAKE answers without a count or without a list.
    for empty in [EmptyListing::Uncounted, EmptyListing::Message] {
        let mut desired = offers(&["first", "new"]);
        desired.get_mut("new").unwrap().advertiser = 204;
        desired.get_mut("new").unwrap().status = Some("inactive");
        let project = project(&desired, |quirks| {
            quirks.listed_statuses = ["active".to_owned()].into();
            quirks.total = TotalField::Absent;
            quirks.empty = empty;
        });
        let inactive = Offer { offer_status: "inactive".to_owned(), ..foreign(900, "Offer new") };
        let of_second = [inactive, foreign(901, "Another")].map(|offer| Offer { advertiser_id: 204, ..offer });
        for offer in of_second.into_iter().chain([foreign(902, "A third")]) {
            project.cake.put(offer).unwrap();
        }
        let run = project.apply();
        assert_eq!(run.code, Some(4), "{empty:?}: {run:?}");
        assert_eq!(project.cake.ids("Offer new"), [900], "{empty:?}");
    }
}

#[test]
fn a_list_without_statuses_does_not_show_that_it_has_those_that_are_not_active() {
    let project = project(&offers(&["new"]), |quirks| {
        quirks.listed_statuses = ["active".to_owned()].into();
        quirks.unlisted_members = ["offer_status".to_owned()].into();
    });
    let inactive = Offer { offer_status: "inactive".to_owned(), ..foreign(900, "Offer new") };
    for offer in [inactive, foreign(901, "Another")] {
        project.cake.put(offer).unwrap();
    }
    project.apply().exits(4);
    assert_eq!(project.cake.ids("Offer new"), [900]);
}

#[test]
fn a_status_that_cake_does_not_look_at_is_said_not_to_have_been_looked_for() {
    let project = project(&offers(&["new"]), |quirks| quirks.ignores_filters = true);
    project.cake.put(foreign(901, "Another")).unwrap();
    project.apply().exits(0).says("Not looked for: offers that are").says("inactive");
}

#[test]
fn the_second_half_of_a_replace_whose_replies_are_lost_is_looked_for() {
    let (project, _, old) = super::replacing();
    project.cake.faults("update=reset-after");
    let run = project.apply().exits(0);
    assert_eq!(super::outcome(&run, "a"), "done");
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}
