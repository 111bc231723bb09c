//! Undocumented requests are rejected, with CAKE's kind of reply.

use super::*;

#[tokio::test]
async fn a_create_answers_in_the_shape_of_the_sample() {
    let bench = Bench::with(SandboxOptions {
        first_offer_id: 12_346,
        clock: Clock::Fixed(jiff::civil::datetime(2026, 6, 19, 9, 15, 0, 0)),
        ..SandboxOptions::default()
    })
    .await;
    let got = bench
        .create(r#","offer_status":"pending","payout":24.00,"payout_type":"cpa","revenue":30.00,"revenue_type":"cpa""#)
        .await;
    assert_eq!(got.status, 200);
    assert_eq!(got.content_type, "application/json; charset=utf-8");
    assert_eq!(
        got.body,
        r#"{"request_status":"Success","offer":{"offer_id":12346,"offer_name":"Home Warranty","offer_status":"pending","payout":24.00,"payout_type":"CPA","revenue":30.00,"created_date":"2026-06-19 09:15:00"}}"#
    );
}

#[tokio::test]
async fn an_update_changes_what_was_sent_and_nothing_else() {
    let bench = Bench::new().await;
    bench.create(r#","payout":22.00,"revenue":30.00,"offer_description":"kept""#).await;
    let before = bench.handle().offer(12_345).unwrap();
    let sent = r#"{"api_key":"k","offer_id":12345,"payout":20.00,"offer_status":"inactive","expiration_date":"2999-09-30 23:59:59"}"#;
    assert_eq!(
        bench.post(UPDATE, sent).await.body,
        r#"{"request_status":"Success","offer":{"offer_id":12345,"offer_name":"Home Warranty","offer_status":"inactive","payout":20.00,"expiration_date":"2999-09-30 23:59:59"}}"#
    );
    let expected = Offer {
        payout: Some("20.00".parse().unwrap()),
        offer_status: "inactive".to_owned(),
        expiration_date: Some("2999-09-30 23:59:59".parse().unwrap()),
        ..before
    };
    assert_eq!(bench.handle().offer(12_345), Some(expected));
}

#[tokio::test]
async fn every_documented_parameter_is_kept() {
    let bench = Bench::new().await;
    let more = r#","preview_url":"http://p.example","offer_status":"inactive","payout":0,"payout_type":"revshare","revenue":1.5,"revenue_type":"cpm","currency_id":3,"session_hours":24,"expiration_date":"2999-02-28 00:00:00","offer_description":"two\nlines""#;
    assert_eq!(bench.create(more).await.status, 200);
    let kept = bench.handle().offer(12_345).unwrap();
    assert_eq!(kept.preview_url.as_deref(), Some("http://p.example"));
    assert_eq!((kept.payout_type.as_deref(), kept.revenue_type.as_deref()), (Some("REVSHARE"), Some("CPM")));
    assert_eq!((kept.currency_id, kept.session_hours), (Some(3), Some(24)));
    assert_eq!(kept.offer_description.as_deref(), Some("two\nlines"));
    assert_eq!(kept.expiration_date.unwrap().to_string(), "2999-02-28 00:00:00");
    assert_eq!(kept.offer_url, "https://t.example/{aff_id}?o={offer_id}");
}

#[tokio::test]
async fn a_value_that_is_not_documented_is_refused() {
    let bench = Bench::new().await;
    let refused = [
        (r#","colour":"red""#, "Unknown parameter colour"),
        (r#","offer_id":1"#, "Unknown parameter offer_id"),
        (r#","offer_name":"again""#, "Duplicate parameter offer_name"),
        (r#","payout":"24.00""#, "Invalid Payout"),
        (r#","payout":1e2"#, "Invalid Payout"),
        (r#","payout":-1"#, "Invalid Payout"),
        (r#","payout":-0"#, "Invalid Payout"),
        (r#","revenue":null"#, "Invalid Revenue"),
        (r#","payout_type":"CPA""#, "Invalid Payout Type"),
        (r#","revenue_type":"cps""#, "Invalid Revenue Type"),
        (r#","offer_status":"paused""#, "Invalid Offer Status"),
        (r#","offer_status":true"#, "Invalid Offer Status"),
        (r#","currency_id":"1""#, "Invalid Currency ID"),
        (r#","currency_id":1.0"#, "Invalid Currency ID"),
        (r#","currency_id":0"#, "Invalid Currency ID"),
        (r#","session_hours":-24"#, "Invalid Session Hours"),
        (r#","expiration_date":"2026-02-30 00:00:00""#, "Invalid Expiration Date"),
        (r#","expiration_date":"2026-12-31""#, "Invalid Expiration Date"),
        (r#","expiration_date":"2026-12-31T23:59:59""#, "Invalid Expiration Date"),
        (r#","expiration_date":"2026-12-31 23:59:60""#, "Invalid Expiration Date"),
        (r#","expiration_date":"2026-6-1 9:00:00""#, "Invalid Expiration Date"),
        (r#","expiration_date":"""#, "Invalid Expiration Date"),
        (r#","preview_url":"/relative""#, "Invalid Preview URL"),
        (r#","preview_url":"ftp://x.example/""#, "Invalid Preview URL"),
        (r#","preview_url":"https:///path""#, "Invalid Preview URL"),
        (r#","preview_url":" https://x.example""#, "Invalid Preview URL"),
        (r#","offer_description":7"#, "Invalid Offer Description"),
    ];
    for (more, message) in refused {
        assert_eq!(bench.create(more).await.message(), message, "{more}");
    }
    assert_eq!(bench.handle().offers(), []);
}

#[tokio::test]
async fn a_required_parameter_may_not_be_missing_or_empty() {
    let bench = Bench::new().await;
    for (from, to, message) in [
        (r#""offer_name":"Home Warranty","#, "", "Missing parameter offer_name"),
        (r#""advertiser_id":101,"#, "", "Missing parameter advertiser_id"),
        (r#""vertical_id":7,"#, "", "Missing parameter vertical_id"),
        (r#","offer_url":"https://t.example/{aff_id}?o={offer_id}""#, "", "Missing parameter offer_url"),
        ("Home Warranty", " ", "Invalid Offer Name"),
        ("101", "\"101\"", "Invalid Advertiser ID"),
        ("101", "101.0", "Invalid Advertiser ID"),
        ("https://t.example", "t.example", "Invalid Offer URL"),
    ] {
        assert_eq!(bench.post(CREATE, body("").replace(from, to)).await.message(), message);
    }
}

#[tokio::test]
async fn an_update_takes_only_its_five_fields_and_an_offer_that_exists() {
    let bench = Bench::new().await;
    bench.create("").await;
    for (sent, message) in [
        (r#""offer_id":12345"#, "Nothing to update"),
        (r#""payout":1"#, "Missing parameter offer_id"),
        (r#""offer_id":99,"payout":1"#, "Invalid Offer ID"),
        (r#""offer_id":"12345","payout":1"#, "Invalid Offer ID"),
        (r#""offer_id":12345,"offer_url":"https://x.example""#, "Unknown parameter offer_url"),
        (r#""offer_id":12345,"payout_type":"cpa","payout":1"#, "Unknown parameter payout_type"),
        (r#""offer_id":12345,"expiration_date":null"#, "Invalid Expiration Date"),
    ] {
        assert_eq!(bench.post(UPDATE, format!(r#"{{"api_key":"k",{sent}}}"#)).await.message(), message);
    }
}

#[tokio::test]
async fn what_is_no_json_object_gets_an_error_page() {
    let bench = Bench::new().await;
    for sent in ["", "{", "[]", "\"text\"", r#"{"api_key":"k"} {}"#, "{\"api_key\":\"k\",}", "\u{feff}{}"] {
        let got = bench.post(CREATE, sent).await;
        assert_eq!((got.status, got.content_type.as_str()), (500, "text/html; charset=utf-8"), "{sent}");
        assert!(got.body.starts_with("<!DOCTYPE html>"), "{}", got.body);
    }
}

#[tokio::test]
async fn only_the_documented_content_type_method_and_path_are_served() {
    let bench = Bench::new().await;
    let url = bench.running.url() + CREATE;
    let plain = bench.send(bench.client.post(&url).header("content-type", "text/plain").body(body(""))).await.unwrap();
    assert_eq!(plain.message(), "Invalid Content Type");
    let with_charset = bench.client.post(&url).header("content-type", "application/json; charset=utf-8");
    assert_eq!(bench.send(with_charset.body(body(""))).await.unwrap().json()["request_status"], "Success");
    assert_eq!(bench.get(CREATE).await.status, 405);
    assert_eq!(bench.get("/api/2/offer").await.status, 404);
    assert_eq!(bench.handle().requests().len(), 4);
}

#[tokio::test]
async fn the_key_is_in_the_body_or_in_the_query_once_and_right() {
    let bench = Bench::with(SandboxOptions { api_key: Some("right".to_owned()), ..SandboxOptions::default() }).await;
    let create = |key: &str| format!("{{{key}{OFFER}}}");
    for (query, key) in [
        ("", r#""api_key":"wrong","#),
        ("", r#""api_key":7,"#),
        ("", ""),
        ("?api_key=wrong", ""),
        ("?api_key=right", r#""api_key":"right","#),
    ] {
        let got = bench.post(&format!("{CREATE}{query}"), create(key)).await;
        assert_eq!(got.message(), "Invalid API Key", "{query} {key}");
    }
    let undocumented = bench.post(&format!("{CREATE}?api_key=right&x=1"), create("")).await;
    assert_eq!(undocumented.message(), "Unknown parameter x");
    for (query, key) in [("?api_key=right", ""), ("", r#""api_key":"right","#)] {
        let got = bench.post(&format!("{CREATE}{query}"), create(key)).await;
        assert_eq!(got.json()["request_status"], "Success");
    }
    let places: Vec<_> = bench.handle().requests().iter().rev().take(2).map(|request| request.key).collect();
    assert_eq!(places, [Some(KeyPlace::Body), Some(KeyPlace::ListingQuery)]);
}

#[tokio::test]
async fn without_a_key_of_its_own_the_sandbox_takes_any_that_is_not_empty() {
    let bench = Bench::new().await;
    let got = bench.post(CREATE, format!(r#"{{"api_key":"",{OFFER}}}"#)).await;
    assert_eq!(got.message(), "Invalid API Key");
}

#[tokio::test]
async fn a_restricted_key_reaches_only_its_advertisers() {
    let restricted = RestrictedKey { key: "narrow".to_owned(), advertisers: [202].into() };
    let bench = Bench::with(SandboxOptions { restricted_keys: vec![restricted], ..SandboxOptions::default() }).await;
    bench.create("").await;
    let narrow = |text: String| text.replace(r#""k""#, r#""narrow""#);
    assert_eq!(bench.post(CREATE, narrow(body(""))).await.message(), "Invalid Advertiser ID");
    bench.post(CREATE, narrow(body("").replace("101", "202"))).await;
    let update = r#"{"api_key":"narrow","offer_id":12345,"payout":1}"#;
    assert_eq!(bench.post(UPDATE, update).await.message(), "Invalid Offer ID");
    let page = bench.get("/api/2/offers.json?api_key=narrow").await.json();
    assert_eq!((page["total_rows"].as_u64(), page["offers"][0]["offer"]["offer_id"].as_u64()), (Some(1), Some(12_346)));
    assert_eq!(bench.ids("").await, [12_345, 12_346]);
}

#[tokio::test]
async fn advertisers_and_verticals_that_do_not_exist_are_named() {
    let options =
        SandboxOptions { advertisers: Some([101].into()), verticals: Some([7].into()), ..SandboxOptions::default() };
    let bench = Bench::with(options).await;
    assert_eq!(bench.post(CREATE, body("").replace("101", "102")).await.message(), "Invalid Advertiser ID");
    assert_eq!(bench.post(CREATE, body("").replace(":7", ":8")).await.message(), "Invalid Vertical ID");
    assert_eq!(bench.create("").await.json()["offer"]["offer_id"], 12_345);
}

#[tokio::test]
async fn two_offers_may_have_one_name_and_a_status_is_active_unless_sent() {
    let bench = Bench::new().await;
    assert_eq!(bench.create("").await.json()["offer"]["offer_status"], "active");
    bench.handle().change_quirks(|quirks| quirks.default_status = "inactive".to_owned());
    assert_eq!(bench.create("").await.json()["offer"]["offer_status"], "inactive");
    assert_eq!(bench.handle().offers().len(), 2);
}
