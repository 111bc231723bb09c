//! What CAKE did not show, or showed in a form that cannot be read, is never called unchanged; what nobody records is listed.

use offersync::testing::sandbox::Offer;

use super::movers;
use crate::harness::{Project, complete_offer};

/// More digits than an amount keeps exactly.
const TOO_LONG: &str = "0.1234567890123456789012345678901234567890";

#[test]
fn no_drift_is_not_said_of_fields_that_the_listing_does_not_show() {
    let project = Project::one();
    project.cake.change_quirks(|quirks| quirks.all_fields = false);
    project.in_cake("a", |offer| offer.expiration_date = Some("2027-01-31 00:00:00".parse().unwrap()));
    let run = project.run(&["drift", "--detailed-exitcode"]).exits(0);
    run.says("No drift in what CAKE shows of 1 offer.").says("not compared:").says("expiration_date of 1 offer");
    run.never_says("as it was recorded");
    let json = project.drift();
    assert_eq!(json["not_compared"]["expiration_date"], 1, "{json:#}");
    assert!(json["not_compared"]["payout"].is_null(), "it is shown: {json:#}");
    project.run(&["drift", "--format", "markdown"]).exits(0).says("expiration_date of 1 offer");
    for format in ["text", "json", "markdown", "github"] {
        project.run(&["plan", "--refresh", "--format", format]).exits(0).says("CAKE does not show every managed field");
    }
}

#[test]
fn only_managed_fields_are_missed() {
    let project = Project::one();
    project.cake.change_quirks(|quirks| quirks.all_fields = false);
    let ignored = "preview_url, revenue_type, currency_id, expiration_date, offer_description";
    project.write("offers/a.yaml", &(complete_offer("A") + &format!("sync:\n  ignore_changes: [{ignored}]\n")));
    assert_eq!(project.drift()["not_compared"], serde_json::json!({}));
    project.run(&["drift"]).exits(0).says("No drift: 1 offer is in CAKE as it was recorded.");
}

#[test]
fn a_value_that_cannot_be_read_is_drift_and_is_neither_accepted_nor_overwritten() {
    let project = Project::one();
    project.in_cake("a", |offer| {
        offer.payout = Some(TOO_LONG.parse().unwrap());
        offer.session_hours = Some(0);
    });
    let json = project.drift();
    assert_eq!(movers(&json), ["payout:unknown", "session_hours:unknown"]);
    assert_eq!((&json["offers"][0]["fields"][1]["observed"], &json["summary"]["unreadable"]), (&"0".into(), &1.into()));
    assert!(json["offers"][0]["fields"][1]["unreadable"].is_string(), "{json:#}");
    project.run(&["drift", "--detailed-exitcode"]).exits(2).says("CAKE 0").says("cannot be read");
    project.run(&["drift", "--format", "markdown"]).exits(0).says("cannot be read");

    let before = project.files("");
    project.run(&["drift", "--accept"]).exits(7).says("`session_hours` `0` cannot be read").says("not accepted");
    assert_eq!(project.files("")["offers/a.yaml"], before["offers/a.yaml"]);

    project.run(&["plan", "--refresh", "--detailed-exitcode"]).exits(0).says("in a form that cannot be read: `a`");
    let writes = project.cake.writes();
    project.run(&["apply", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(project.cake.writes(), writes);
    assert_eq!(project.state()["offers"]["a"]["fields"]["payout"], "20.00", "the record stays");
}

#[test]
fn offers_without_a_record_are_listed_and_duplicates_of_recorded_ones_come_first() {
    let project = Project::one();
    let id = project.id("a");
    let duplicate = Offer { offer_name: "A".into(), advertiser_id: 101, ..Offer::filler(9_000) };
    project.cake.put(duplicate).unwrap();
    for id in 8_000..8_030 {
        project.cake.put(Offer::filler(id)).unwrap();
    }
    let run = project.run(&["drift", "--detailed-exitcode"]).exits(0);
    run.says("not recorded: 31 offers in CAKE").says(&format!("same name and advertiser as `a` (offer {id})"));
    run.says("offersync state adopt").says("and 11 more");
    let json = project.drift();
    let listed = json["not_recorded"].as_array().unwrap();
    assert_eq!(listed.len(), 31);
    assert_eq!((&listed[0]["offer_id"], &listed[0]["duplicate_of"]["key"]), (&9_000.into(), &"a".into()));
    assert_eq!((&listed[1]["offer_id"], &listed[1]["advertiser_id"]), (&8_000.into(), &1.into()));
    assert_eq!((&listed[1]["offer_name"], &listed[1]["offer_status"]), (&"Filler 8000".into(), &"active".into()));
    project.run(&["drift", "--format", "markdown"]).exits(0).says("offer 9000").never_says("offer 8020");
    project.run(&["drift", "a"]).exits(0).says("offer 9000").never_says("offer 8000");
}

/// A project with an offer whose date somebody has cleared in CAKE, which shows `null` in its place, or nothing. Another offer of CAKE's has a
/// date, or none.
fn cleared(nulls: bool, another_has_one: bool) -> Project {
    let project = Project::one();
    let another = Offer { offer_id: 90_001, offer_name: "Another one".to_owned(), ..project.offer("a") };
    let url = "https://track.example.com/another".to_owned();
    let expiration_date = another.expiration_date.filter(|_| another_has_one);
    project.cake.put(Offer { offer_url: url, expiration_date, ..another }).unwrap();
    project.cake.change_quirks(|quirks| quirks.nulls = nulls);
    project.in_cake("a", |offer| offer.expiration_date = None);
    project
}

#[test]
fn a_date_that_cake_shows_as_cleared_is_drift_and_one_that_it_does_not_show_is_unknown() {
    let project = cleared(true, true);
    project.run(&["drift", "--detailed-exitcode"]).exits(2).says("expiration_date").says("no date");
    let yaml = project.read("offers/a.yaml");
    project.run(&["drift", "--accept"]);
    assert_eq!(project.read("offers/a.yaml"), yaml, "YAML has no word for a date that is cleared");
    // Before another change of the offer, the apply stops; on demand, the date is sent again.
    project.write("offers/a.yaml", &yaml.replace("payout: 20.00", "payout: 21.00"));
    project.run(&["apply", "--auto-approve"]).exits(4).says("CAKE no date");
    project.run(&["apply", "--auto-approve", "--refresh", "--overwrite-drift"]).exits(0);
    project.run(&["drift", "--detailed-exitcode"]).exits(0);

    // A CAKE that leaves every date empty shows nothing of this one.
    for project in [cleared(false, true), cleared(true, false)] {
        project.run(&["drift", "--detailed-exitcode"]).exits(0).says("expiration_date of 1 offer");
        project.replace("offers/a.yaml", "payout: 20.00", "payout: 21.00");
        project.run(&["apply", "--auto-approve"]).exits(0);
    }
}
