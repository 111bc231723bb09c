//! Whole applies with creates in doubt, duplicates, a refused key, and a CAKE that cannot be reached.

use offersync::testing::sandbox::SandboxOptions;

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Settings};

fn many(count: usize) -> DesiredOffers {
    (0..count).map(|number| (format!("offer-{number:04}"), DesiredOffer::new(&format!("Offer {number}")))).collect()
}

fn one() -> DesiredOffers {
    DesiredOffers::from([("one".to_owned(), DesiredOffer::new("One"))])
}

fn outcomes(report: &serde_json::Value, outcome: &str) -> usize {
    report["results"].as_array().unwrap().iter().filter(|result| result["outcome"] == outcome).count()
}

#[test]
fn several_candidates_for_a_create_in_doubt_need_a_person_who_is_given_the_exact_commands() {
    let mut project = Project::new();
    let desired = one();
    project.desire(&desired);
    project.cake.faults("create:1=reset-after\nlist:6-=http-503");
    assert_eq!(project.apply().code, Some(8));
    // While the listing fails, a person creates the same offer by hand.
    let made = project.cake.offers().remove(0);
    let duplicate = offersync::testing::sandbox::Offer { offer_id: made.offer_id + 1, ..made.clone() };
    project.cake.put(duplicate.clone()).unwrap();
    project.cake.faults("");

    let run = project.apply();
    assert_eq!(run.code, Some(8), "{}", run.stdout);
    assert_eq!(run.only_result()["outcome"], "in_doubt");
    let text = project.run(&["apply", "--auto-approve"]);
    assert_eq!(text.code, Some(8), "{}", text.stdout);
    for output in [run.json()["diagnostics"].to_string(), text.stdout] {
        for id in [made.offer_id, duplicate.offer_id] {
            assert!(output.contains(&format!("offersync state resolve one --offer-id {id}")), "{output}");
        }
        assert!(output.contains("offersync state resolve one --not-created"), "{output}");
    }
    assert_eq!(project.cake.counters().creates, 1, "nothing is sent again while it is in doubt");

    let id = made.offer_id.to_string();
    assert_eq!(project.run(&["state", "resolve", "one", "--offer-id", &id]).code, Some(0));
    project.foreign.insert(duplicate.offer_id);
    project.apply_until_done("after a person has said which one it is");
    project.check(&desired, "after a person has said which one it is");
}

#[test]
fn a_rename_of_what_is_in_doubt_creates_no_second_offer() {
    let project = Project::new();
    let mut desired = one();
    project.desire(&desired);
    project.cake.faults("create:1=reset-after\nlist:6-=http-503");
    assert_eq!(project.apply().code, Some(8));
    let mut renamed = desired.remove("one").unwrap();
    renamed.renamed_from = Some("one".to_owned());
    desired.insert("other".to_owned(), renamed);
    project.desire(&desired);
    let run = project.apply();
    assert_eq!((run.code, &run.only_result()["outcome"]), (Some(8), &"skipped".into()), "{}", run.stdout);
    assert_eq!(project.cake.counters().creates, 1);
    project.cake.faults("");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after the rename");
}

#[test]
fn the_check_for_duplicates_takes_as_many_listing_calls_for_hundreds_of_creates_as_for_one() {
    // One for all offers, and one for each status that may be hidden.
    for (count, listings) in [(1, 5), (300, 5)] {
        let project = Project::new();
        let desired = many(count);
        project.desire(&desired);
        assert_eq!(project.apply().code, Some(0));
        assert_eq!(project.cake.counters().listings, listings, "for {count} creates");
        project.check(&desired, "after the creates");
    }
    // Twenty advertisers: one walk of everything instead of twenty.
    let project = Project::new();
    let mut desired = many(40);
    for (number, offer) in desired.values_mut().enumerate() {
        offer.advertiser = 1 + number as u64 % 20;
    }
    project.desire(&desired);
    assert_eq!(project.apply().code, Some(0));
    assert_eq!(project.cake.counters().listings, 5);
}

#[test]
fn an_offer_of_the_same_name_stops_the_apply_before_any_write_unless_that_check_is_off() {
    let mut project = Project::new();
    let mut desired = many(3);
    desired.extend(one());
    project.desire(&desired);
    let mut duplicate = offersync::testing::sandbox::Offer::filler(5);
    duplicate.offer_name = "One".to_owned();
    duplicate.advertiser_id = 101;
    project.cake.put(duplicate).unwrap();
    let run = project.apply();
    assert_eq!(run.code, Some(4), "{}", run.stdout);
    assert_eq!(project.cake.counters().creates, 0);
    let listings = project.cake.counters().listings;
    assert!(run.stdout.contains("offersync state adopt one --offer-id 5"), "{}", run.stdout);
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    assert_eq!(project.apply().code, Some(0));
    assert_eq!(project.cake.counters().listings, listings, "off lists nothing");
    project.foreign.insert(5);
    project.check(&desired, "with the check off");
}

#[test]
fn a_listing_that_is_not_there_or_that_fails_stops_the_apply_before_any_write() {
    let absent = || {
        let project = Project::new();
        project.cake.change_quirks(|quirks| quirks.listing_absent = true);
        project.desire(&one());
        project
    };
    let project = absent();
    let run = project.apply();
    assert_eq!((run.code, project.cake.counters().creates), (Some(1), 0), "{}", run.stdout);
    assert!(run.stdout.contains("cake.duplicate_check = \\\"off\\\""), "{}", run.stdout);
    project.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    assert_eq!(project.apply().code, Some(0));
    project.check(&one(), "without a listing, as configured");

    for fault in ["http-500", "html-200", "cut-body", "reset-before", "restricted"] {
        let project = Project::new();
        project.desire(&one());
        project.cake.faults(&format!("list={fault}"));
        let run = project.apply();
        assert_eq!(run.code, Some(1), "{fault}: {}", run.stdout);
        assert_eq!(project.cake.counters().creates, 0, "{fault}");
        project.cake.faults("");
        assert_eq!(project.apply().code, Some(0), "{fault}");
        project.check(&one(), fault);
    }
    let project = Project::new();
    project.desire(&one());
    project.cake.faults("list=http-401");
    assert_eq!(project.apply().code, Some(9));
}

#[test]
fn a_key_that_is_refused_halfway_ends_everything_at_once_and_loses_nothing() {
    let project = Project::new();
    let desired = many(60);
    project.desire(&desired);
    project.cake.faults("create:20-=http-401");
    let run = project.apply();
    assert_eq!(run.code, Some(9), "{}", run.stdout);
    let report = run.json();
    assert_eq!(report["outcome"], "partial");
    assert_eq!(outcomes(&report, "done"), 19);
    assert_eq!(project.cake.offers().len(), 19);
    // Nothing but what was in flight at that moment.
    let sent = project.cake.counters().creates;
    assert!((20..=27).contains(&sent), "{sent} creates were sent");
    assert_eq!(outcomes(&report, "rejected") as u64, sent - 19);
    project.cake.faults("");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "with a good key");
}

#[test]
fn a_cake_that_is_not_there_is_found_out_after_a_few_writes_and_not_after_all_of_them() {
    let project = Project::new();
    let desired = many(200);
    project.desire(&desired);
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = Settings { duplicate_check: "off", ..Settings::default() };
    project.write("offersync.toml", &settings.toml(&format!("http://{unused}")));
    let run = project.apply();
    assert_eq!(run.code, Some(7), "{}", run.stdout);
    let report = run.json();
    let not_sent = outcomes(&report, "not_sent");
    assert!((5..=32).contains(&not_sent), "{not_sent} writes were tried");
    assert_eq!(outcomes(&report, "skipped"), 200 - not_sent);
    assert!(report["diagnostics"].to_string().contains("cannot be reached"), "{report:#}");
    project.configure(&Settings::default());
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "with a CAKE that is there");
}

#[test]
fn a_cake_that_throttles_for_good_is_left_alone_after_a_few_writes() {
    let project = Project::new();
    let desired = many(120);
    project.desire(&desired);
    project.cake.faults("create:31-=restricted");
    let run = project.apply();
    assert_eq!(run.code, Some(7), "{}", run.stdout);
    let report = run.json();
    assert_eq!(outcomes(&report, "done"), 30);
    assert!(outcomes(&report, "skipped") > 50, "{report:#}");
    project.cake.faults("");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after the throttle");
}

#[test]
fn a_burst_of_lost_replies_is_cleared_up_in_the_same_apply_and_what_was_not_made_in_the_next() {
    let project = Project::new();
    let desired = many(60);
    project.desire(&desired);
    project.cake.faults("create:every-3=reset-after\ncreate:every-5=http-500");
    let run = project.apply();
    assert_eq!(run.code, Some(7), "{}", run.stdout);
    assert_eq!(outcomes(&run.json(), "in_doubt"), 0, "{}", run.stdout);
    let (made, done) = (project.cake.offers().len(), outcomes(&run.json(), "done"));
    assert_eq!(made, done, "{}", run.stdout);
    project.cake.faults("");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after a burst of lost replies");
}

#[test]
fn nothing_is_sent_where_there_is_nothing_to_do() {
    let project = Project::new();
    project.desire(&one());
    assert_eq!(project.apply().code, Some(0));
    let before = project.cake.counters().requests;
    let run = project.apply();
    assert_eq!((run.code, &run.json()["outcome"]), (Some(0), &"nothing_to_do".into()));
    assert_eq!(project.cake.counters().requests, before);
}

#[test]
fn as_many_writes_are_in_flight_as_the_limit_allows() {
    let latency = std::time::Duration::from_millis(50);
    let settings = Settings { max_in_flight: 8, ..Settings::default() };
    let project = Project::with(SandboxOptions { latency, ..SandboxOptions::default() }, &settings);
    project.desire(&many(160));
    let run = project.run_with(&APPLY, &[]);
    assert_eq!(run.code, Some(0), "{}", run.stdout);
    assert_eq!(project.cake.counters().most_in_flight, 8);
}
