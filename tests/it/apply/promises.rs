//! What an apply does about doubts, twins, a refused key and a CAKE that is not there, in whole runs.

use std::time::Instant;

use offersync::sandbox::SandboxOptions;

use crate::harness::bench::{APPLY, Bench, Draft, Drafts, Settings};

fn many(count: usize) -> Drafts {
    (0..count).map(|number| (format!("offer-{number:04}"), Draft::new(&format!("Offer {number}")))).collect()
}

fn one() -> Drafts {
    Drafts::from([("one".to_owned(), Draft::new("One"))])
}

fn outcomes(report: &serde_json::Value, outcome: &str) -> usize {
    report["results"].as_array().unwrap().iter().filter(|result| result["outcome"] == outcome).count()
}

#[test]
fn several_candidates_for_a_create_in_doubt_need_a_person_who_is_given_the_exact_commands() {
    let mut bench = Bench::new();
    let drafts = one();
    bench.desire(&drafts);
    bench.cake().change_quirks(|quirks| quirks.listing_absent = true);
    bench.faults("create:1=reset-after");
    assert_eq!(bench.apply().code, Some(8));
    // While nobody can look, a person makes the same offer by hand.
    let made = bench.cake().offers().remove(0);
    let twin = offersync::sandbox::Offer { offer_id: made.offer_id + 1, ..made.clone() };
    bench.cake().put(twin.clone()).unwrap();
    bench.cake().change_quirks(|quirks| quirks.listing_absent = false);

    let ran = bench.apply();
    assert_eq!(ran.code, Some(8), "{}", ran.stdout);
    assert_eq!(ran.only_result()["outcome"], "in_doubt");
    let text = bench.run(&["apply", "--auto-approve"]);
    assert_eq!(text.code, Some(8), "{}", text.stdout);
    for output in [ran.json()["notes"].to_string(), text.stdout] {
        for id in [made.offer_id, twin.offer_id] {
            assert!(output.contains(&format!("offersync state resolve one --offer-id {id}")), "{output}");
        }
        assert!(output.contains("offersync state resolve one --not-created"), "{output}");
    }
    assert_eq!(bench.cake().counters().creates, 1, "nothing is sent again while it is in doubt");

    let id = made.offer_id.to_string();
    assert_eq!(bench.run(&["state", "resolve", "one", "--offer-id", &id]).code, Some(0));
    bench.foreign.insert(twin.offer_id);
    bench.apply_until_done("after a person has said which one it is");
    bench.check(&drafts, "after a person has said which one it is");
}

#[test]
fn a_rename_of_what_is_in_doubt_creates_no_second_offer() {
    let bench = Bench::new();
    let mut drafts = one();
    bench.desire(&drafts);
    bench.cake().change_quirks(|quirks| quirks.listing_absent = true);
    bench.faults("create:1=reset-after");
    assert_eq!(bench.apply().code, Some(8));
    let mut renamed = drafts.remove("one").unwrap();
    renamed.renamed_from = Some("one".to_owned());
    drafts.insert("other".to_owned(), renamed);
    bench.desire(&drafts);
    let ran = bench.apply();
    assert_eq!((ran.code, &ran.only_result()["outcome"]), (Some(8), &"skipped".into()), "{}", ran.stdout);
    assert_eq!(bench.cake().counters().creates, 1);
    bench.cake().change_quirks(|quirks| quirks.listing_absent = false);
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "after the rename");
}

#[test]
fn the_check_for_twins_takes_as_many_listing_calls_for_hundreds_of_creates_as_for_one() {
    for (count, listings) in [(1, 1), (300, 1)] {
        let bench = Bench::new();
        let drafts = many(count);
        bench.desire(&drafts);
        assert_eq!(bench.apply().code, Some(0));
        assert_eq!(bench.cake().counters().listings, listings, "for {count} creates");
        bench.check(&drafts, "after the creates");
    }
    // Twenty advertisers: one walk of everything instead of twenty.
    let bench = Bench::new();
    let mut drafts = many(40);
    for (number, draft) in drafts.values_mut().enumerate() {
        draft.advertiser = 1 + number as u64 % 20;
    }
    bench.desire(&drafts);
    assert_eq!(bench.apply().code, Some(0));
    assert_eq!(bench.cake().counters().listings, 1);
}

#[test]
fn an_offer_of_the_same_name_stops_the_apply_before_any_write_unless_that_check_is_off() {
    let mut bench = Bench::new();
    let mut drafts = many(3);
    drafts.extend(one());
    bench.desire(&drafts);
    let mut twin = offersync::sandbox::Offer::filler(5);
    twin.offer_name = "One".to_owned();
    twin.advertiser_id = 101;
    bench.cake().put(twin).unwrap();
    let ran = bench.apply();
    assert_eq!(ran.code, Some(4), "{}", ran.stdout);
    assert_eq!(bench.cake().counters().creates, 0);
    assert!(ran.stdout.contains("offersync import --offer-id 5"), "{}", ran.stdout);
    bench.configure(&Settings { duplicate_check: "off", ..Settings::default() });
    assert_eq!(bench.apply().code, Some(0));
    assert_eq!(bench.cake().counters().listings, 1, "off asks nobody");
    bench.foreign.insert(5);
    bench.check(&drafts, "with the check off");
}

#[test]
fn a_listing_that_is_not_there_is_a_warning_and_one_that_fails_stops_the_apply_before_any_write() {
    let absent = || {
        let bench = Bench::new();
        bench.cake().change_quirks(|quirks| quirks.listing_absent = true);
        bench.desire(&one());
        bench
    };
    let bench = absent();
    let ran = bench.apply();
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert!(ran.json()["notes"].to_string().contains("no listing"), "{}", ran.stdout);
    bench.check(&one(), "without a listing");

    let bench = absent();
    bench.configure(&Settings { duplicate_check: "require", ..Settings::default() });
    assert_eq!(bench.apply().code, Some(1));
    assert_eq!(bench.cake().counters().creates, 0);

    for fault in ["http-500", "html-200", "cut-body", "reset-before", "restricted"] {
        let bench = Bench::new();
        bench.desire(&one());
        bench.faults(&format!("list={fault}"));
        let ran = bench.apply();
        assert_eq!(ran.code, Some(1), "{fault}: {}", ran.stdout);
        assert_eq!(bench.cake().counters().creates, 0, "{fault}");
        bench.faults("");
        assert_eq!(bench.apply().code, Some(0), "{fault}");
        bench.check(&one(), fault);
    }
    let bench = Bench::new();
    bench.desire(&one());
    bench.faults("list=http-401");
    assert_eq!(bench.apply().code, Some(9));
}

#[test]
fn a_key_that_is_refused_halfway_ends_everything_at_once_and_loses_nothing() {
    let bench = Bench::new();
    let drafts = many(60);
    bench.desire(&drafts);
    bench.faults("create:20-=http-401");
    let ran = bench.apply();
    assert_eq!(ran.code, Some(9), "{}", ran.stdout);
    let report = ran.json();
    assert_eq!(report["outcome"], "partial");
    assert_eq!(outcomes(&report, "done"), 19);
    assert_eq!(bench.cake().offers().len(), 19);
    // Nothing but what was in flight at that moment.
    let sent = bench.cake().counters().creates;
    assert!((20..=27).contains(&sent), "{sent} creates were sent");
    assert_eq!(outcomes(&report, "rejected") as u64, sent - 19);
    bench.faults("");
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "with a good key");
}

#[test]
fn a_cake_that_is_not_there_is_found_out_after_a_few_writes_and_not_after_all_of_them() {
    let bench = Bench::new();
    let drafts = many(200);
    bench.desire(&drafts);
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = Settings { duplicate_check: "off", ..Settings::default() };
    bench.configure_url(&settings, &format!("http://{nobody}"));
    let ran = bench.apply();
    assert_eq!(ran.code, Some(7), "{}", ran.stdout);
    let report = ran.json();
    let not_sent = outcomes(&report, "not_sent");
    assert!((5..=32).contains(&not_sent), "{not_sent} writes were tried");
    assert_eq!(outcomes(&report, "skipped"), 200 - not_sent);
    assert!(report["notes"].to_string().contains("cannot be reached"), "{report:#}");
    bench.configure(&Settings::default());
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "with a CAKE that is there");
}

#[test]
fn a_cake_that_throttles_for_good_is_left_alone_after_a_few_writes() {
    let bench = Bench::new();
    let drafts = many(120);
    bench.desire(&drafts);
    bench.faults("create:31-=restricted");
    let ran = bench.apply();
    assert_eq!(ran.code, Some(7), "{}", ran.stdout);
    let report = ran.json();
    assert_eq!(outcomes(&report, "done"), 30);
    assert!(outcomes(&report, "skipped") > 50, "{report:#}");
    bench.faults("");
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "after the throttle");
}

#[test]
fn a_burst_of_lost_replies_is_cleared_up_in_the_same_apply() {
    let bench = Bench::new();
    let drafts = many(60);
    bench.desire(&drafts);
    bench.faults("create:every-3=reset-after\ncreate:every-5=http-500");
    let ran = bench.apply();
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    bench.check(&drafts, "after a burst of lost replies");
}

#[test]
fn nothing_is_sent_where_there_is_nothing_to_do() {
    let bench = Bench::new();
    bench.desire(&one());
    assert_eq!(bench.apply().code, Some(0));
    let before = bench.cake().counters().requests;
    let ran = bench.apply();
    assert_eq!((ran.code, &ran.json()["outcome"]), (Some(0), &"nothing_to_do".into()));
    assert_eq!(bench.cake().counters().requests, before);
}

#[test]
fn writes_go_out_as_fast_as_the_limit_of_requests_in_flight_allows() {
    let latency = std::time::Duration::from_millis(50);
    let settings = Settings { max_in_flight: 8, ..Settings::default() };
    let bench = Bench::with(SandboxOptions { latency, ..SandboxOptions::default() }, &settings);
    bench.desire(&many(160));
    let began = Instant::now();
    let ran = bench.run_with(&APPLY, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.stdout);
    assert_eq!(bench.cake().counters().most_in_flight, 8);
    // Twenty rounds of 50 ms; one after another they would take 8 s. The rest is the patience of a busy machine.
    assert!(began.elapsed().as_secs_f32() < 4.0, "{:?}", began.elapsed());
}
