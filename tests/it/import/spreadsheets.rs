//! Spreadsheets in and out of the real program.

use crate::harness::world::{World, offers};

#[test]
fn desired_offers_go_out_and_come_back_as_they_were() {
    let world = World::new(offers(30));
    world.cake.change_quirks(|present| present.all_fields = true);
    world.expect(0, &["import", "--defaults"]);
    world.expect(0, &["export", "--format", "csv", "-o", "offers.csv"]);
    let sheet = world.expect(0, &["export", "--format", "csv"]).out;
    assert_eq!(sheet.lines().next().unwrap().split(',').count(), 20);

    let other = World::new([]);
    other.put("offers.csv", &sheet);
    let refused = other.expect(3, &["import", "--from-csv", "offers.csv"]);
    assert!(refused.err.contains("has the name and the advertiser of row"), "{}", refused.err);
    assert!(other.tree().is_empty() && !other.has_state());
    other.expect(0, &["import", "--from-csv", "offers.csv", "--state-ids"]);
    assert_eq!(other.expect(0, &["export", "--format", "csv"]).out, sheet);
    other.expect(0, &["plan", "--detailed-exitcode"]);
    let again = other.expect(0, &["import", "--from-csv", "offers.csv", "--state-ids"]);
    assert!(again.out.contains("0 offers written, 0 recorded, 30 already there"), "{}", again.out);
}

#[test]
fn bad_cells_are_all_told_and_nothing_is_written() {
    let world = World::new([]);
    world.put(
        "bad.csv",
        "offer_name,advertiser,vertical_id,offer_url,payout\nA,acme-hom,7,https://a.example,1e3\nB,acme-home,x,b,-1\n",
    );
    let ran = world.expect(3, &["import", "--from-csv", "bad.csv"]);
    for part in
        ["bad.csv:2:3", "did you mean `acme-home`", "bad.csv:2:32", "bad.csv:3:13", "bad.csv:3:15", "bad.csv:3:17"]
    {
        assert!(ran.err.contains(part), "{part}\n{}", ran.err);
    }
    assert!(world.tree().is_empty() && !world.has_state());
}

#[test]
fn every_source_is_exported() {
    let world = World::new(offers(4));
    let observed = world.expect(0, &["export", "--format", "json", "--of", "observed"]).out;
    let document: serde_json::Value = serde_json::from_str(&observed).unwrap();
    assert_eq!(document["offers"].as_array().unwrap().len(), 4);
    assert_eq!(document["offers"][0]["fields"]["payout"], "24.00");
    world.expect(0, &["import"]);
    let recorded = world.expect(0, &["export", "--format", "csv", "--of", "recorded"]).out;
    assert_eq!(recorded.lines().count(), 5);
    assert!(recorded.contains("19.999999999999999999"));
}
