//! Calls that are executed late, replies that say something else, and ids that are given again.

use std::time::{Duration, Instant};

use super::*;

/// Long enough that a busy machine looks before the call is executed.
const DELAY: &str = "1500";

#[tokio::test]
async fn a_late_create_is_executed_after_the_client_has_gone() {
    let bench = Bench::with_faults(&format!("create=late:{DELAY}")).await;
    let sending = bench.begin_create();
    bench.wait_until(|counters| counters.creates == 1).await;
    sending.abort();
    assert_eq!(bench.ids("").await.len(), 0);
    bench.wait_until(|counters| counters.creates_done == 1).await;
    assert_eq!(bench.ids("").await, [12_345]);
    let counters = bench.handle().counters();
    assert_eq!((counters.creates, counters.creates_done, counters.in_flight), (1, 1, 0));
}

#[tokio::test]
async fn a_late_call_answers_after_its_execution_or_at_once_without_it() {
    let bench =
        Bench::with_faults(&format!("create:1=late:60\ncreate:2=late:{DELAY}:reset\ncreate:3=late:{DELAY}:504")).await;
    let started = Instant::now();
    assert_eq!(bench.create("").await.json()["offer"]["offer_id"], 12_345);
    assert!(started.elapsed() >= Duration::from_millis(60));
    assert!(bench.try_post(CREATE, body("")).await.is_err());
    assert_eq!(bench.create("").await.status, 504);
    assert_eq!(bench.handle().offers().len(), 1);
    bench.wait_until(|counters| counters.creates_done == 3).await;
    assert_eq!(bench.handle().offers().len(), 3);
}

#[tokio::test]
async fn a_late_update_is_executed_over_a_later_one() {
    let bench = Bench::with_faults(&format!("update:1=late:{DELAY}:reset")).await;
    bench.create("").await;
    let update = |payout: &str| format!(r#"{{"api_key":"k","offer_id":12345,"payout":{payout}}}"#);
    assert!(bench.try_post(UPDATE, update("99")).await.is_err());
    bench.post(UPDATE, update("21")).await;
    let payout = || bench.handle().offer(12_345).unwrap().payout.unwrap().as_str().to_owned();
    assert_eq!(payout(), "21");
    bench.wait_until(|counters| counters.updates_done == 2).await;
    assert_eq!(payout(), "99");
}

#[tokio::test]
async fn a_late_call_that_is_wrong_is_refused_late() {
    let bench = Bench::with_faults("any=late:1").await;
    assert_eq!(bench.create(r#","colour":1"#).await.message(), "Unknown parameter colour");
    assert_eq!(bench.ids("").await.len(), 0);
}

#[tokio::test]
async fn a_success_can_come_under_another_status() {
    let bench = Bench::with_faults("create:1=success-429\ncreate:2=success-500").await;
    for status in [429, 500] {
        let got = bench.create("").await;
        assert_eq!((got.status, &got.json()["request_status"]), (status, &"Success".into()));
    }
    assert_eq!(bench.handle().offers().len(), 2);
}

#[tokio::test]
async fn a_reply_can_show_another_value_or_lack_a_member() {
    let bench = Bench::with_faults(
        "create:1=echo:payout=240.00\nupdate:1=echo:offer_status=active\nupdate:2=echo:offer_name=Other\nupdate:3=echo:offer_name\n\
         update:4=echo:payout=\"$24.00\"",
    )
    .await;
    let got = bench.create(r#","payout":24.00"#).await.body;
    assert!(got.contains(r#""payout":240.00"#) && !got.contains(r#""payout":24.00"#), "{got}");
    let update = || bench.post(UPDATE, r#"{"api_key":"k","offer_id":12345,"offer_status":"inactive"}"#);
    let shown = async |member: &str| update().await.json()["offer"].get(member).cloned();
    assert_eq!(shown("offer_status").await, Some("active".into()));
    assert_eq!(shown("offer_name").await, Some("Other".into()));
    assert_eq!(shown("offer_name").await, None);
    assert_eq!(shown("payout").await, Some("$24.00".into()));
    let offer = bench.handle().offer(12_345).unwrap();
    assert_eq!((offer.offer_status.as_str(), offer.payout.unwrap().as_str()), ("inactive", "24.00"));
}

#[tokio::test]
async fn two_replies_can_be_swapped_and_a_single_one_is_not() {
    let bench = Bench::with_faults("create=swap").await;
    let other = body("").replace("Home Warranty", "Other");
    let (first, second) = tokio::join!(bench.post(CREATE, body("")), bench.post(CREATE, other));
    let names = [first, second].map(|got| got.json()["offer"]["offer_name"].clone());
    assert_eq!(names, ["Other", "Home Warranty"]);
    assert_eq!(bench.create("").await.json()["offer"]["offer_id"], 12_347);
}

#[tokio::test]
async fn an_id_can_be_given_again() {
    let bench = Bench::with_faults("create:3=take-id:12345\ncreate:4=take-id").await;
    let names = ["First", "Second", "Third", "Fourth", "Fifth"];
    let mut ids = Vec::new();
    for name in names {
        let got = bench.post(CREATE, body("").replace("Home Warranty", name)).await;
        ids.push(got.json()["offer"]["offer_id"].as_u64().unwrap());
    }
    assert_eq!(ids, [12_345, 12_346, 12_345, 12_346, 12_347]);
    let left: Vec<String> = bench.handle().offers().into_iter().map(|offer| offer.offer_name).collect();
    assert_eq!(left, ["Third", "Fourth", "Fifth"]);
}

#[tokio::test]
async fn a_restore_forgets_later_offers_and_gives_their_ids_again() {
    let bench = Bench::new().await;
    bench.create("").await;
    let backup = bench.handle().offers();
    bench.create("").await;
    bench.handle().restore(backup).unwrap();
    assert_eq!(bench.ids("").await, [12_345]);
    assert_eq!(bench.create("").await.json()["offer"]["offer_id"], 12_346);
}

#[tokio::test]
async fn a_firewall_refuses_a_write_whose_body_holds_a_word() {
    let bench = Bench::with_faults("create[text=select]=html-403:title=Request blocked").await;
    assert_eq!(bench.create("").await.status, 200);
    let got = bench.create(r#","offer_description":"please select one""#).await;
    assert_eq!(got.status, 403);
    assert!(got.body.contains("<title>Request blocked</title>"), "{}", got.body);
    assert_eq!(bench.handle().offers().len(), 1);
}
