//! `state adopt` and `state resolve --offer-id`: an offer is looked up, what CAKE shows of it is recorded, and what differs is printed.

use offersync::testing::sandbox::Offer;

use crate::harness::{DesiredOffer, DesiredOffers, Project, Settings};

use super::commands::{change, refused, refused_unseen, two_recorded};

const MADE_BY_HAND: u64 = 90_000;

/// An offer that a person made in CAKE, as the YAML `third` wants it but for the name and the payout.
fn make_by_hand(project: &Project, advertiser_id: u64) {
    let wanted = DesiredOffer::new("third");
    let offer = Offer {
        offer_name: "By hand".to_owned(),
        advertiser_id,
        vertical_id: 7,
        offer_url: wanted.url,
        payout: Some("99.00".parse().unwrap()),
        ..Offer::filler(MADE_BY_HAND)
    };
    project.cake.put(offer).unwrap();
}

fn with_third() -> (Project, DesiredOffers) {
    let (project, mut desired) = two_recorded();
    desired.insert("third".to_owned(), DesiredOffer::new("third"));
    project.desire(&desired);
    (project, desired)
}

/// A project with the create of `made` in doubt, and the id of the offer that it made.
fn in_doubt() -> (Project, DesiredOffers, u64) {
    let (project, mut desired) = two_recorded();
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    let settled = Settings { settle_seconds: 0, listing_lag_seconds: 0, ..Settings::default() };
    project.configure(&Settings { duplicate_check: "off", ..settled });
    desired.insert("made".to_owned(), DesiredOffer::new("made"));
    project.desire(&desired);
    project.cake.faults("create[name=made]=reset-after");
    assert_eq!(project.apply().code, Some(8));
    project.cake.faults("");
    project.cake.change_quirks(|quirks| quirks.listing_absent = false);
    let id = project.cake.ids("made")[0];
    (project, desired, id)
}

#[test]
fn adopt_records_what_cake_shows_and_the_next_apply_changes_what_differs() {
    let (project, desired) = with_third();
    let id = MADE_BY_HAND.to_string();
    refused(&project, &["adopt", "third", "--offer-id", &id], "CAKE shows no offer 90000");
    make_by_hand(&project, 101);
    let taken = project.id("first").to_string();
    refused(&project, &["adopt", "third", "--offer-id", &taken], "is recorded for `first` already");
    refused(&project, &["adopt", "fourth", "--offer-id", &id], "`fourth` has no YAML");
    change(&project, &["adopt", "third", "--offer-id", &id], "payout: CAKE has \"99.00\", the YAML \"10.00\"");
    let shown = &project.run(&["state", "show", "third", "--format", "json"]).json()["record"];
    assert_eq!((&shown["fields"]["offer_name"], &shown["fields"]["payout"]), (&"By hand".into(), &"99.00".into()));
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after adopt");
}

#[test]
fn adopt_refuses_an_offer_of_another_advertiser() {
    let (project, _) = with_third();
    make_by_hand(&project, 102);
    let adopt = ["adopt", "third", "--offer-id", &MADE_BY_HAND.to_string()];
    refused(&project, &adopt, "its advertiser is 102, not 101");
}

#[test]
fn adopt_makes_the_offer_that_a_key_had_the_replaced_one() {
    let (project, mut desired) = with_third();
    assert_eq!(project.apply().code, Some(0));
    let old = project.id("third");
    make_by_hand(&project, 101);
    let says = format!("it replaces offer {old}, which the next apply makes inactive");
    change(&project, &["adopt", "third", "--offer-id", &MADE_BY_HAND.to_string()], &says);
    refused(&project, &["rm", "third"], "may still be active");
    assert_eq!(project.apply().code, Some(0));
    assert_eq!(project.cake.offer(old).unwrap().offer_status, "inactive");
    project.check(&desired, "after the replaced offer was made inactive");
    change(&project, &["rm", "third"], "no longer recorded");
    desired.remove("third");
}

#[test]
fn adopt_says_what_cake_does_not_show() {
    let (project, _) = with_third();
    make_by_hand(&project, 101);
    project.cake.change_quirks(|quirks| {
        quirks.unlisted_members = ["payout", "vertical_id"].map(str::to_owned).into();
    });
    let adopt = ["adopt", "third", "--offer-id", &MADE_BY_HAND.to_string()];
    change(&project, &adopt, "not shown by CAKE, recorded as in the YAML: vertical_id");
    let fields = &project.run(&["state", "show", "third", "--format", "json"]).json()["record"]["fields"];
    assert_eq!((&fields["payout"], &fields["vertical_id"]), (&serde_json::Value::Null, &7.into()));
    let plan = project.run(&["plan"]).stdout;
    assert!(plan.contains("payout"), "the next plan sends what is unknown: {plan}");
}

#[test]
fn adopt_resolves_a_create_in_doubt() {
    let (project, desired, id) = in_doubt();
    change(&project, &["adopt", "made", "--offer-id", &id.to_string()], "its create is no longer in doubt");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after adopt");
}

#[test]
fn resolve_records_what_cake_shows_and_refuses_another_offer() {
    let (project, desired, id) = in_doubt();
    make_by_hand(&project, 101);
    let other = MADE_BY_HAND.to_string();
    refused(&project, &["resolve", "made", "--offer-id", "80000"], "CAKE shows no offer 80000");
    refused(&project, &["resolve", "made", "--offer-id", &other], "its name is \"By hand\", and \"made\" was sent");
    project.cake.remove(MADE_BY_HAND).unwrap();
    project.cake.change(id, |offer| offer.payout = Some("99.00".parse().unwrap())).unwrap();
    change(&project, &["resolve", "made", "--offer-id", &id.to_string()], "payout: CAKE has \"99.00\", sent \"10.00\"");
    assert_eq!(project.run(&["plan", "--detailed-exitcode"]).code, Some(2), "the payout is wrong in CAKE");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after resolve");
}

#[test]
fn without_a_listing_a_persons_word_is_recorded_only_if_asked_for() {
    let (project, desired, id) = in_doubt();
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    let resolve = ["resolve", "made", "--offer-id", &id.to_string()];
    refused_unseen(&project, &resolve, "CAKE has no listing");
    refused_unseen(&project, &["adopt", "made", "--offer-id", &id.to_string()], "CAKE has no listing");
    change(&project, &[&resolve[..], &["--unseen"]].concat(), "not compared with CAKE");
    project.check(&desired, "after resolve");
}

#[test]
fn an_offer_whose_name_is_not_shown_is_not_known_to_be_the_one_that_was_made() {
    let (project, desired, id) = in_doubt();
    project.cake.change_quirks(|quirks| quirks.unlisted_members = ["offer_name".to_owned()].into());
    let resolve = ["resolve", "made", "--offer-id", &id.to_string()];
    refused_unseen(&project, &resolve, "does not show `offer_name`");
    change(&project, &[&resolve[..], &["--unseen"]].concat(), "not compared with CAKE");
    project.check(&desired, "after resolve");
}

#[test]
fn a_create_is_not_resolved_as_not_created_while_cake_shows_what_it_made() {
    let (project, mut desired) = two_recorded();
    desired.insert("made".to_owned(), DesiredOffer::new("made"));
    project.desire(&desired);
    project.configure(&Settings { settle_seconds: 0, listing_lag_seconds: 0, ..Settings::default() });
    project.cake.faults("create[name=made]=reset-after\nlist:7-=http-500");
    assert_eq!(project.apply().code, Some(8));
    let not_created = ["resolve", "made", "--not-created"];
    refused(&project, &not_created, "HTTP 500");
    project.cake.faults("");
    let id = project.cake.ids("made")[0].to_string();
    refused(&project, &not_created, &format!("offersync state resolve made --offer-id {id}"));
    refused(&project, &[&not_created[..], &["--unseen"]].concat(), &format!("made offer {id}"));
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    refused_unseen(&project, &not_created, "CAKE has no listing");
    project.cake.change_quirks(|quirks| quirks.listing_absent = false);
    change(&project, &["resolve", "made", "--offer-id", &id], &id);
    project.check(&desired, "after resolve");
}

#[test]
fn list_says_since_when_a_create_is_in_doubt_and_who_resolves_it() {
    let (project, _, _) = in_doubt();
    let list = project.run(&["state", "list"]).stdout;
    assert!(list.contains("a create is in doubt since 20"), "{list}");
    assert!(list.contains("run `offersync state resolve made --offer-id N`"), "there was no listing before it: {list}");
}

#[test]
fn a_key_that_is_renamed_while_its_create_is_in_doubt_is_not_created_twice() {
    let (project, mut desired, id) = in_doubt();
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    let mut renamed = desired.remove("made").unwrap();
    renamed.renamed_from = Some("made".to_owned());
    desired.insert("renamed".to_owned(), renamed);
    project.desire(&desired);
    assert_eq!(project.apply().code, Some(8));
    assert_eq!(project.cake.ids("made"), [id]);
    change(&project, &["resolve", "made", "--offer-id", &id.to_string(), "--unseen"], "was created as offer");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after the rename");
}
