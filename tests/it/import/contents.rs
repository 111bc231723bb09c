//! Offers are imported from every form of listing, and the next plan is empty.

use std::collections::BTreeMap;

use offersync::testing::sandbox::{ListingChange, Offer, Quirks, ScheduledChange, StatusSpelling, TotalField, Wrapper};

use crate::harness::Project;

use super::{cake_with, has_state, is_settled, offers, tree};

#[test]
fn every_quirk_of_the_listing_gives_the_same_tree() {
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
    for quirk in quirks {
        let project = cake_with(offers(40));
        project.cake.change_quirks(|present| *present = quirk.clone());
        let run = project.run(&["import"]).exits(0);
        assert!(run.stdout.ends_with(
            "40 offers imported, 0 matched, 0 already recorded, 0 left out. Run `offersync plan` to review.\n"
        ));
        is_settled(&project);
        // A comment has the status as CAKE writes it.
        let same = |(path, text): (String, String)| (path, text.replace("\"EXPIRED\"", "\"Expired\""));
        let tree: BTreeMap<_, _> = tree(&project).into_iter().map(same).collect();
        assert_eq!(first.get_or_insert_with(|| tree.clone()), &tree, "{quirk:?}");
    }
}

#[test]
fn what_the_listing_does_not_show_is_not_managed_and_reported_once() {
    let project = cake_with(offers(20));
    project.write("offers/_defaults.yaml", "currency: USD\n");
    let run = project.run(&["import", "--defaults"]).exits(0);
    assert_eq!(run.stderr.matches("`preview_url`").count(), 1, "{}", run.stderr);
    assert!(run.stderr.contains("`currency_id` would be inherited"), "{}", run.stderr);
    let tree = tree(&project);
    assert!(tree["acme-home/_defaults.yaml"].contains("advertiser: acme-home"), "{tree:?}");
    assert!(tree.iter().all(|(path, text)| path.contains("_defaults") || text.contains("currency_id]")));
    is_settled(&project);
}

#[test]
fn pages_that_shift_while_they_are_walked_lose_nothing() {
    let project = cake_with(offers(30));
    let shift = |after_call, change| ScheduledChange { after_call, change };
    project.cake.change_quirks(|present| {
        present.page_cap = 8;
        present.scheduled_changes =
            vec![shift(1, ListingChange::RemoveFirst), shift(2, ListingChange::Add), shift(4, ListingChange::Add)];
    });
    project.run(&["import"]).exits(0);
    assert_eq!(tree(&project).len(), project.cake.offers().len());
    is_settled(&project);
}

#[test]
fn an_offer_that_cannot_be_written_is_left_out_and_the_rest_comes_in() {
    let project = cake_with(offers(5));
    project.cake.put(Offer { offer_url: "www.example.com".to_owned(), ..Offer::filler(7) }).unwrap();
    project.cake.put(Offer { offer_name: "bell\u{7}".to_owned(), ..Offer::filler(8) }).unwrap();
    project.cake.put(Offer { offer_name: "x".repeat(300), ..Offer::filler(9) }).unwrap();
    let run = project.run(&["import"]).exits(7);
    for part in ["import::left-out", "offer 7 “Filler 7” left out", "offer 8 left out", "300 characters"] {
        assert!(run.stderr.contains(part), "{part}\n{}", run.stderr);
    }
    assert!(run.stdout.contains("6 offers imported") && run.stdout.contains("2 left out"), "{}", run.stdout);
    is_settled(&project);
    project.cake.change(7, |offer| offer.offer_url = "https://www.example.com".to_owned()).unwrap();
    project.cake.remove(8).unwrap();
    project.run(&["import", "--offer-id", "7"]).exits(0);
    is_settled(&project);
}

#[test]
fn filters_narrow_and_a_dry_run_changes_nothing() {
    let project = cake_with(offers(12));
    let dry = project.run(&["import", "--advertiser", "acme-home", "--dry-run"]).exits(0);
    assert!(dry.stdout.contains("+ offers/acme-home/home-warranty.yaml  (offer"), "{}", dry.stdout);
    assert!(tree(&project).is_empty() && !has_state(&project));
    project.run(&["import", "--advertiser", "acme-home", "--vertical", "8"]).exits(0);
    let tree = tree(&project);
    assert_eq!(tree.len(), 2);
    assert!(tree.iter().all(|(path, text)| path.starts_with("acme-home/") && text.contains("vertical_id: 8")));
    let run = project.run(&["import", "--offer-id", "10", "--offer-id", "99"]).exits(7);
    assert!(run.stderr.contains("offer 99 left out: CAKE does not show it"), "{}", run.stderr);
    project.run(&["import", "--advertiser", "acme-hom"]).exits(64);
    // Offer 70 has the name and advertiser of offer 10, which is recorded by now.
    project.run(&["import"]).exits(7).says("offer 70 “Auto – Größe” left out").says("and has its name and advertiser");
    project.cake.change(70, |offer| offer.offer_name = "Another name".to_owned()).unwrap();
    project.run(&["import"]).exits(0);
    is_settled(&project);
}

#[test]
fn existing_yaml_is_matched_and_its_differences_are_planned() {
    let project = cake_with([Offer { payout: Some("18.00".parse().unwrap()), ..Offer::filler(5) }]);
    let text = "# mine\noffer_name: Filler 5\nadvertiser_id: 1\nvertical_id: 1\noffer_url: https://filler.example/5?sub_id={sub_id}\n\
                payout: 20.00\ncurrency: USD\n";
    project.write("offers/mine.yaml", text);
    let run = project.run(&["import"]).exits(7);
    run.says("`mine`, which is not recorded").says("run `offersync state adopt mine --offer-id 5`");
    project.run(&["state", "adopt", "mine", "--offer-id", "5", "--dry-run"]).exits(0);
    let run = project.run(&["import", "--match"]).exits(0);
    assert!(run.stderr.contains("`currency_id` of matched offers was not verified"), "{}", run.stderr);
    assert_eq!(tree(&project)["mine.yaml"], text);
    let plan = project.run(&["plan", "--detailed-exitcode"]).exits(2);
    assert!(plan.stdout.contains("18.00 → 20.00"), "{}", plan.stdout);
}

#[test]
fn the_advice_about_an_offer_that_is_left_out_records_that_offer_alone() {
    let text = |name: &str, vertical: u64| {
        format!("offer_name: {name}\nadvertiser_id: 1\nvertical_id: {vertical}\noffer_url: https://filler.example/x\n")
    };
    let project = cake_with([Offer::filler(5), Offer { offer_name: "Filler 5".to_owned(), ..Offer::filler(6) }]);
    project.write("offers/mine.yaml", &text("Filler 5", 1));
    // Two offers fit the one file.
    let run = project.run(&["import", "--match"]).exits(7);
    run.says("there is more than one candidate")
        .says("if offer 5 is the right one, run `offersync state adopt mine --offer-id 5`");
    project.run(&["state", "adopt", "mine", "--offer-id", "5"]).exits(0);
    assert_eq!(project.recorded()["offers"].as_array().unwrap().len(), 1);
    // A listing without a required field gives no YAML.
    project.cake.change_quirks(|quirks| quirks.unlisted_members = ["vertical_id".to_owned()].into());
    let run = project.run(&["import", "--offer-id", "6"]).exits(7);
    run.says("write the file by hand, then run `offersync state adopt KEY --offer-id 6`");
    project.write("offers/by-hand.yaml", &text("By hand", 1));
    project.run(&["state", "adopt", "by-hand", "--offer-id", "6"]).exits(0);
    assert_eq!(project.recorded()["offers"].as_array().unwrap().len(), 2);
}

#[test]
fn an_offer_that_a_lost_apply_made_for_a_recorded_key_gets_no_key_of_its_own() {
    let project = Project::one();
    let lost = Offer { vertical_id: 8, ..project.offer("a") };
    let id = 9_000;
    project.cake.put(Offer { offer_id: id, ..lost }).unwrap();
    let advice = format!("offersync state adopt a --offer-id {id}");
    for arguments in [&["import"][..], &["import", "--offer-id", "9000"], &["import", "--match"]] {
        project.run(arguments).exits(7).says("offer 9000 “A” left out: `a` is recorded with offer").says(&advice);
    }
    assert_eq!(tree(&project).len(), 1);
}

#[test]
fn ids_without_a_name_are_told_with_where_names_come_from() {
    let project = cake_with(offers(20));
    project.cake.change_quirks(|quirks| quirks.all_fields = true);
    let run = project.run(&["import"]).exits(0);
    // 101 and 7 have one.
    run.says(
        "No name is configured for `advertiser_id` 102 (7 offers), 103 (7 offers). `offersync names pull` makes names",
    );
    run.says("No name is configured for `vertical_id` 8 (10 offers). Names can be given under `[names.verticals]`");
    run.never_says("currency_id");
    project.run(&["import"]).exits(0).never_says("No name is configured");
}
