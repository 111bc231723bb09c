//! The control endpoints and the log.

use super::*;

async fn send(bench: &Bench, method: &str, path: &str, body: &str) -> Got {
    let method = method.parse().unwrap();
    bench.send(bench.client.request(method, bench.running.url() + path).body(body.to_owned())).await.unwrap()
}

#[tokio::test]
async fn faults_are_set_added_shown_and_cleared_over_http() {
    let bench = Bench::new().await;
    assert_eq!(send(&bench, "PUT", "/_sandbox/faults", "create:1=error:No\n").await.status, 204);
    assert_eq!(send(&bench, "POST", "/_sandbox/faults", "# more\nlist=restricted").await.status, 204);
    assert_eq!(bench.create("").await.message(), "No");
    assert_eq!(bench.list("").await.message(), "Restricted");
    let shown = bench.get("/_sandbox/faults").await.json();
    assert_eq!(
        shown,
        serde_json::json!([{"text":"create:1=error:No","matched":1,"fired":1},{"text":"list=restricted","matched":1,"fired":1}])
    );
    assert_eq!(send(&bench, "DELETE", "/_sandbox/faults", "").await.status, 204);
    assert_eq!(bench.list("").await.json()["request_status"], "Success");
    let wrong = send(&bench, "PUT", "/_sandbox/faults", "create=explode").await;
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.json()["problem"], "cannot read the fault `create=explode`: unknown effect");
}

#[tokio::test]
async fn offers_are_shown_put_and_removed_over_http_with_exact_money() {
    let bench = Bench::new().await;
    bench.create(r#","payout":19.999999999999999999"#).await;
    let shown = bench.get("/_sandbox/offers").await.body;
    assert!(shown.contains(r#""payout":19.999999999999999999"#), "{shown}");
    let by_hand = r#"{"offer_id":7,"offer_name":"By hand","advertiser_id":1,"vertical_id":1,"offer_url":"no url","offer_status":"odd","payout":0.10,"created_date":"2020-01-01 00:00:00"}"#;
    assert_eq!(send(&bench, "POST", "/_sandbox/offers", by_hand).await.status, 204);
    assert_eq!(bench.handle().offer(7).unwrap().payout.unwrap().as_str(), "0.10");
    assert_eq!(send(&bench, "DELETE", "/_sandbox/offers/7", "").await.status, 204);
    assert_eq!(bench.handle().offer(7), None);
    assert_eq!(send(&bench, "POST", "/_sandbox/offers", "{}").await.status, 400);
}

#[tokio::test]
async fn quirks_are_changed_over_http() {
    let bench = Bench::new().await;
    assert_eq!(
        send(&bench, "PUT", "/_sandbox/quirks", r#"{"listing_absent":true,"lag":{"calls":2}}"#).await.status,
        204
    );
    assert_eq!(bench.list("").await.status, 404);
    assert_eq!(bench.handle().quirks().lag, Some(Lag::Calls(2)));
    let shown = bench.get("/_sandbox/quirks").await.body;
    assert_eq!(send(&bench, "PUT", "/_sandbox/quirks", &shown).await.status, 204);
    assert_eq!(send(&bench, "PUT", "/_sandbox/quirks", r#"{"page_cup":1}"#).await.status, 400);
}

#[tokio::test]
async fn the_log_holds_every_request_in_order_and_never_the_key() {
    let bench = Bench::new().await;
    bench.post(CREATE, format!(r#"{{"api_key":"s3cret",{OFFER},"payout":24.00}}"#)).await;
    bench.get("/api/2/offers.json?row_limit=5&api_key=s3cret").await;
    bench.get("/elsewhere?api_key=s3cret").await;
    let requests = bench.handle().requests();
    assert_eq!(requests[0].body, format!(r#"{{"api_key":"***",{OFFER},"payout":24.00}}"#));
    assert_eq!((requests[0].call, requests[0].done, requests[0].status), (Some(Call::Create), true, Some(200)));
    assert_eq!(
        (requests[0].key, requests[0].content_type.as_deref()),
        (Some(KeyPlace::Body), Some("application/json"))
    );
    assert_eq!(
        (requests[1].query.as_str(), requests[1].key),
        ("row_limit=5&api_key=***", Some(KeyPlace::ListingQuery))
    );
    assert_eq!((requests[2].path.as_str(), requests[2].status), ("/elsewhere", Some(404)));
    let shown = bench.get("/_sandbox/log").await;
    assert!(!shown.body.contains("s3cret"), "{}", shown.body);
    assert_eq!(shown.json()["counters"]["requests"], 3);
    assert_eq!(shown.json()["requests"][1]["call"], "list");
    assert_eq!(send(&bench, "DELETE", "/_sandbox/log", "").await.status, 204);
    assert_eq!(bench.handle().requests(), []);
    assert_eq!(bench.handle().counters().requests, 3);
}

#[tokio::test]
async fn the_log_drops_its_oldest_requests_first() {
    let bench = Bench::with(SandboxOptions { log_limit: 2, ..SandboxOptions::default() }).await;
    for _ in 0..4 {
        bench.create("").await;
    }
    let kept: Vec<_> = bench.handle().requests().iter().map(|request| (request.number, request.done)).collect();
    assert_eq!(kept, [(3, true), (4, true)]);
    assert_eq!(bench.handle().counters().creates_done, 4);
}

#[test]
fn a_quirk_is_set_by_its_name_with_a_json_value_or_words() {
    let mut quirks = Quirks::default();
    for text in [
        "total-of-page",
        "page_cap=7",
        "wrapper=under_d",
        "stored-names=collapsed,cut",
        "hidden=[3,4]",
        "listed-statuses=active",
        r#"lag={"calls":2}"#,
    ] {
        quirks.set(text).unwrap();
    }
    let wanted = Quirks {
        total_of_page: true,
        page_cap: 7,
        wrapper: Wrapper::UnderD,
        stored_names: vec![NameForm::Collapsed, NameForm::Cut],
        hidden: [3, 4].into(),
        listed_statuses: ["active".to_owned()].into(),
        lag: Some(Lag::Calls(2)),
        ..Quirks::default()
    };
    assert_eq!(quirks, wanted);
    for (text, problem) in
        [("colour=red", "unknown field `colour`"), ("page_cap=x", "invalid type"), ("empty=x", "unknown variant `x`")]
    {
        assert!(quirks.set(text).unwrap_err().to_string().contains(problem), "{text}");
    }
    assert_eq!(quirks, wanted);
}
