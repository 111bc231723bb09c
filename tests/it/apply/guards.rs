//! What an apply must not do: send more than was asked for, ask CAKE again once it has stopped, call an open question done.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Settings, Workspace, complete_offer, small_offer};
use offersync::testing::sandbox::SandboxOptions;

/// `home` and `roof` are applied; then `home` is renamed to `house` with another payout, and `roof` gets one too.
fn pending_rename() -> Project {
    let project = Project::applied(&[("home.yaml", &complete_offer("Home")), ("roof.yaml", &complete_offer("Roof"))]);
    project.remove("offers/home.yaml");
    let house = complete_offer("Home").replace("payout: 20.00", "payout: 21.00");
    project.write("offers/house.yaml", &(house + "sync:\n  renamed_from: home\n"));
    project.replace("offers/roof.yaml", "payout: 20.00", "payout: 22.00");
    project
}

fn payout(project: &Project, key: &str) -> String {
    project.offer(key).payout.unwrap().as_str().to_owned()
}

#[test]
fn an_apply_of_one_key_leaves_the_pending_rename_of_another_offer_alone() {
    for arguments in [&["roof"][..], &["--exclude", "house"], &["--exclude", "home"], &["r*"]] {
        let project = pending_rename();
        project.run(&[&APPLY[..], arguments].concat()).exits(0);
        assert_eq!((payout(&project, "home"), payout(&project, "roof")), ("20.00".into(), "22.00".into()));
        assert!(project.state()["offers"]["house"].is_null(), "{arguments:?}: renamed all the same");
        project.apply().exits(0);
        project.plan_is_empty();
    }
}

#[test]
fn a_renamed_offer_is_selected_by_its_old_and_by_its_new_key() {
    for key in ["home", "house", "ho*"] {
        let project = pending_rename();
        let id = project.id("home");
        project.run(&[&APPLY[..], &[key]].concat()).exits(0);
        assert_eq!((project.id("house"), payout(&project, "house")), (id, "21.00".into()), "{key}");
        assert_eq!(payout(&project, "roof"), "20.00", "{key}");
    }
}

/// An HTTP server that answers every request with one status and one JSON message, and keeps the request lines.
fn server_that_answers(status: &'static str, message: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = format!("{{\"success\":false,\"message\":\"{message}\"}}");
    let requests = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            log.lock().unwrap().extend(lines.next());
            let _headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n");
            let _gone = stream.write_all(format!("{head}connection: close\r\n\r\n{body}").as_bytes());
        }
    });
    (url, requests)
}

/// Without a listing, duplicates cannot be checked and an apply may go on. A refused key is not a missing listing.
#[test]
fn a_listing_that_answers_404_because_of_the_key_is_a_refused_key_and_nothing_is_sent() {
    let (url, requests) = server_that_answers("404 Not Found", "Invalid API Key");
    let workspace = Workspace::with_offers(&url);
    let document = workspace.run(&APPLY).exits(9).json();
    assert_eq!(document["diagnostics"][0]["code"], "cake::key-refused", "{document:#}");
    let requests = requests.lock().unwrap();
    assert!(requests.len() == 1 && requests[0].starts_with("GET /api/2/offers.json"), "{requests:?}");
}

#[test]
fn an_apply_with_an_empty_plan_is_not_done_while_a_create_is_in_doubt() {
    let project = Project::new();
    let kept = DesiredOffer::new("kept");
    project.desire(&[("kept".to_owned(), kept.clone()), ("lost".to_owned(), DesiredOffer::new("lost"))].into());
    project.cake.faults("create[name=lost]=reset-after\nlist:6-=http-500");
    project.apply().exits(8);
    // Its YAML is deleted, so that the plan is empty.
    project.desire(&[("kept".to_owned(), kept)].into());
    project.run(&["plan", "--detailed-exitcode"]).exits(2);
    let report = project.apply().exits(8).json();
    assert_eq!((&report["outcome"], report["results"].as_array().unwrap().len()), (&"in_doubt".into(), 0));
    assert_eq!(report["diagnostics"][0]["code"], "apply::in-doubt");
    let help = report["diagnostics"][0]["help"].as_str().unwrap();
    assert!(help.contains("offersync state resolve lost --offer-id N"), "{help}");
    project.run(&["apply", "--auto-approve"]).exits(8).never_says("Nothing to do");
}

#[test]
fn after_a_refused_key_cake_is_not_asked_again() {
    let project = Project::with(SandboxOptions::default(), &Settings { max_in_flight: 1, ..Settings::default() });
    let desired: DesiredOffers = ["a", "b", "c"].map(|key| (key.to_owned(), DesiredOffer::new(key))).into();
    project.desire(&desired);
    // The first create is in doubt, which is looked for at the end unless the key was refused meanwhile.
    project.cake.faults("create:1=reset-after\ncreate:2=http-401");
    let report = project.apply().exits(9).json();
    let results = report["results"].as_array().unwrap();
    let mut outcomes: Vec<_> = results.iter().map(|result| result["outcome"].as_str().unwrap()).collect();
    // Which create is sent first is not promised: that whose intent is in the journal first.
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["in_doubt", "rejected", "skipped"], "{report:#}");
    let counters = project.cake.counters();
    assert_eq!((counters.listings, counters.creates), (5, 2), "only the check for duplicates lists");
    project.cake.faults("");
    project.apply_until_done("with a good key");
    project.check(&desired, "with a good key");
}

#[test]
fn twenty_creates_in_doubt_are_named_and_the_rest_is_counted() {
    for (count, rest) in
        [(20, None), (21, Some("1 more creates are in doubt")), (23, Some("3 more creates are in doubt"))]
    {
        let settings = Settings { duplicate_check: "off", max_in_flight: 32, ..Settings::default() };
        let project = Project::with(SandboxOptions::default(), &settings);
        let offer = |n: usize| (format!("offer-{n:02}"), DesiredOffer::new(&format!("Offer {n}")));
        project.desire(&(0..count).map(offer).collect());
        project.cake.faults("create=reset-after");
        let said = project.apply().exits(8).json()["diagnostics"].to_string();
        assert_eq!(said.matches("--not-created").count(), 20, "{said}");
        assert_eq!(said.contains("more creates are in doubt"), rest.is_some(), "{said}");
        assert!(rest.is_none_or(|rest| said.contains(rest)), "{said}");
    }
}

#[test]
fn a_refused_apply_reports_why_each_action_was_not_begun() {
    let project = Project::applied(&[("a.yaml", &small_offer("a", "10.00")), ("b.yaml", &small_offer("b", "10.00"))]);
    project.replace("offers/a.yaml", "https://track.example.com/", "https://new.example.com/");
    project.replace("offers/b.yaml", "payout: 10.00", "payout: 11.00");
    let sent = project.cake.writes();
    let report = project.apply().exits(4).json();
    let message = |key: &str| {
        let results = report["results"].as_array().unwrap();
        results.iter().find(|result| result["key"] == key).unwrap()["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(message("a"), "`offer_url` of `a` cannot be changed by CAKE's API");
    assert!(message("b").contains("the plan has blocked changes"), "{}", message("b"));
    assert_eq!(project.cake.writes(), sent);
}

#[test]
fn a_create_whose_reply_was_lost_is_reported_with_its_id_and_how_it_was_found() {
    let project = Project::new();
    project.desire(&[("a".to_owned(), DesiredOffer::new("a"))].into());
    project.cake.faults("create:1=reset-after");
    let run = project.apply().exits(0);
    let result = run.only_result();
    assert_eq!((&result["outcome"], &result["offer_id"]), (&"done".into(), &project.cake.ids("a")[0].into()));
    assert!(result["message"].as_str().unwrap().contains("its reply was lost"), "{result:#}");
}

/// How many pages of the listing were read before the creates of offers of so many advertisers: for all
/// offers, and for each status that may be hidden and that CAKE knows.
fn walks(advertisers: u64) -> u64 {
    let project = Project::new();
    let offer = |n: u64| {
        let mut offer = DesiredOffer::new(&format!("Offer {n}"));
        offer.advertiser = 100 + n;
        (format!("offer-{n}"), offer)
    };
    project.desire(&(0..advertisers).map(offer).collect());
    project.apply().exits(0);
    project.cake.counters().listings
}

#[test]
fn a_few_advertisers_are_listed_one_by_one_and_many_in_one_walk() {
    assert_eq!([1, 2, 7, 8, 9].map(walks), [5, 8, 23, 5, 5]);
}

#[test]
fn a_replace_whose_old_offer_could_not_be_made_inactive_reports_both_offers() {
    let project = Project::new();
    let mut desired = DesiredOffers::from([("a".to_owned(), DesiredOffer::new("a"))]);
    project.desire(&desired);
    project.apply().exits(0);
    let old = project.id("a");
    desired.get_mut("a").unwrap().url = "https://track.example.com/new".to_owned();
    project.desire(&desired);
    project.cake.faults("update=error:Invalid Offer Status");
    let result = project.apply().exits(7).only_result();
    let new = project.cake.ids("a").into_iter().max().unwrap();
    assert_eq!((&result["outcome"], &result["offer_id"]), (&"rejected".into(), &new.into()), "{result:#}");
    let expected =
        format!("the new offer is there; the old one, {old}, is still to be made inactive: Invalid Offer Status");
    assert_eq!(result["message"], expected.as_str());
    project.cake.faults("");
    project.apply().exits(0);
    project.check(&desired, "after the second half");
}

#[test]
fn the_attempts_of_both_halves_of_a_replace_are_counted() {
    let project = Project::new();
    let mut desired = DesiredOffers::from([("a".to_owned(), DesiredOffer::new("a"))]);
    project.desire(&desired);
    project.apply().exits(0);
    desired.get_mut("a").unwrap().url = "https://track.example.com/new".to_owned();
    project.desire(&desired);
    project.cake.faults("create:1-2=http-429\nupdate:1=http-429");
    project.run(&["apply", "--auto-approve"]).exits(0).says("after 5 attempts");
    project.check(&desired, "after throttled requests");
}
