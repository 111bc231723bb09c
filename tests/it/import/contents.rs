//! Everything that CAKE may show, and in whatever way: it comes in, and the plan is empty.

use offersync::sandbox::{ListingChange, Offer, Quirks, ScheduledChange, StatusSpelling, TotalField, Wrapper};

use crate::harness::world::{World, offers};

#[test]
fn every_oddity_of_the_listing_gives_the_same_tree() {
    let all = || Quirks { all_fields: true, ..Quirks::default() };
    let quirks = [
        all(),
        Quirks { wrapper: Wrapper::Flat, total: TotalField::TotalRecords, ..all() },
        Quirks { wrapper: Wrapper::UnderResponse, total: TotalField::Absent, page_cap: 7, ..all() },
        Quirks { iso_dates: true, nulls: true, ..all() },
        Quirks { status_spelling: StatusSpelling::Upper, repeat_first_row: true, page_cap: 11, ..all() },
        Quirks { unstable_order: true, page_cap: 9, status_spelling: StatusSpelling::Capitalized, ..all() },
    ];
    let mut first = None;
    for oddity in quirks {
        let world = World::new(offers(40));
        world.cake.change_quirks(|present| *present = oddity.clone());
        let ran = world.expect(0, &["import"]);
        assert!(ran.out.ends_with(
            "40 offers imported, 0 matched, 0 already recorded, 0 left out. Run `offersync plan` to review.\n"
        ));
        world.is_settled();
        let tree = world.tree();
        assert_eq!(first.get_or_insert_with(|| tree.clone()), &tree, "{oddity:?}");
    }
}

#[test]
fn what_the_listing_does_not_show_is_not_managed_and_said_once() {
    let world = World::new(offers(20));
    world.put("offers/_defaults.yaml", "currency: USD\n");
    let ran = world.expect(0, &["import", "--defaults"]);
    assert_eq!(ran.err.matches("`preview_url`").count(), 1, "{}", ran.err);
    assert!(ran.err.contains("`currency_id` would be inherited"), "{}", ran.err);
    let tree = world.tree();
    assert!(tree["acme-home/_defaults.yaml"].contains("advertiser: acme-home"), "{tree:?}");
    assert!(tree.iter().all(|(path, text)| path.contains("_defaults") || text.contains("currency_id]")));
    world.is_settled();
}

#[test]
fn pages_that_shift_while_they_are_walked_lose_nothing() {
    let world = World::new(offers(30));
    let shift = |after_call, change| ScheduledChange { after_call, change };
    world.cake.change_quirks(|present| {
        present.page_cap = 8;
        present.scheduled_changes =
            vec![shift(1, ListingChange::RemoveFirst), shift(2, ListingChange::Add), shift(4, ListingChange::Add)];
    });
    world.expect(0, &["import"]);
    assert_eq!(world.tree().len(), world.cake.offers().len());
    world.is_settled();
}

#[test]
fn paused_offers_stay_paused() {
    let world = World::new(offers(10));
    world.cake.change_quirks(|present| present.status_spelling = StatusSpelling::PausedForInactive);
    let ran = world.expect(0, &["import"]);
    assert!(ran.err.contains("`offer_status` is `Paused` in CAKE for"), "{}", ran.err);
    world.is_settled();
}

#[test]
fn an_offer_that_cannot_be_written_is_left_out_and_the_rest_comes_in() {
    let world = World::new(offers(5));
    world.cake.put(Offer { offer_url: "www.example.com".to_owned(), ..Offer::filler(7) }).unwrap();
    world.cake.put(Offer { offer_name: "bell\u{7}".to_owned(), ..Offer::filler(8) }).unwrap();
    world.cake.put(Offer { offer_name: "x".repeat(300), ..Offer::filler(9) }).unwrap();
    let ran = world.expect(7, &["import"]);
    for part in ["import::left-out", "offer 7 “Filler 7” left out", "offer 8 left out", "300 characters"] {
        assert!(ran.err.contains(part), "{part}\n{}", ran.err);
    }
    assert!(ran.out.contains("6 offers imported") && ran.out.contains("2 left out"), "{}", ran.out);
    world.is_settled();
    world.cake.change(7, |offer| offer.offer_url = "https://www.example.com".to_owned()).unwrap();
    world.cake.remove(8).unwrap();
    world.expect(0, &["import", "--offer-id", "7"]);
    world.is_settled();
}

#[test]
fn filters_narrow_and_a_dry_run_changes_nothing() {
    let world = World::new(offers(12));
    let dry = world.expect(0, &["import", "--advertiser", "acme-home", "--dry-run"]);
    assert!(dry.out.contains("+ offers/acme-home/home-warranty.yaml  (offer"), "{}", dry.out);
    assert!(world.tree().is_empty() && !world.has_state());
    world.expect(0, &["import", "--advertiser", "acme-home", "--vertical", "8"]);
    let tree = world.tree();
    assert_eq!(tree.len(), 2);
    assert!(tree.iter().all(|(path, text)| path.starts_with("acme-home/") && text.contains("vertical_id: 8")));
    let ran = world.expect(7, &["import", "--offer-id", "10", "--offer-id", "99"]);
    assert!(ran.err.contains("offer 99 left out: CAKE does not show it"), "{}", ran.err);
    world.expect(64, &["import", "--advertiser", "acme-hom"]);
    world.expect(0, &["import"]);
    world.is_settled();
}

#[test]
fn existing_yaml_is_matched_and_its_differences_are_planned() {
    let world = World::new([Offer { payout: Some("18.00".parse().unwrap()), ..Offer::filler(5) }]);
    let text = "# mine\noffer_name: Filler 5\nadvertiser_id: 1\nvertical_id: 1\noffer_url: https://filler.example/5?sub_id={sub_id}\n\
                payout: 20.00\ncurrency: USD\n";
    world.put("offers/mine.yaml", text);
    let ran = world.expect(7, &["import"]);
    assert!(ran.err.contains("`mine`, which is not recorded") && ran.err.contains("--match"), "{}", ran.err);
    let ran = world.expect(0, &["import", "--match"]);
    assert!(ran.err.contains("`currency_id` of matched offers was not verified"), "{}", ran.err);
    assert_eq!(world.tree()["mine.yaml"], text);
    let plan = world.expect(2, &["plan", "--detailed-exitcode"]);
    assert!(plan.out.contains("18.00 → 20.00"), "{}", plan.out);
}
