//! The offer in a reply to a write, held against what was sent.

use crate::offer::Contradiction;

use super::server::{Server, json, reply};
use super::*;

/// A write to an offer that is recorded with this name, of advertiser 101; at most three attempts.
async fn sent(write: &Operation, recorded: Option<&str>, replies: Vec<Vec<u8>>) -> (SendReport, usize) {
    let server = Server::answering(replies).await;
    let writer = connect(options_with_attempts(&server.url(), 3)).writer();
    let recorded = recorded.map(|name| fields(&[("offer_name", name), ("advertiser_id", "101"), ("revenue", "30")]));
    let report = writer.send_request(write.request(recorded.as_ref()), |_| {}).await;
    (report, server.requests().len())
}

fn an_update_of(pairs: &[(&str, &str)]) -> Operation {
    let changes = fields(pairs);
    let pairs = changes.iter().map(|(field, value)| (field.updatable().unwrap(), value.clone()));
    Operation::Update { update: Update::new(id(12345), pairs).unwrap() }
}

fn success(members: &str) -> Vec<u8> {
    json(200, &format!("{{\"request_status\":\"Success\",\"offer\":{{\"offer_id\":12345{members}}}}}"))
}

fn mismatch(report: &SendReport) -> Option<&str> {
    match &report.outcome {
        WriteOutcome::InDoubt { message, mismatch: true, sent_at: Some(_), .. } => Some(message),
        _ => None,
    }
}

#[tokio::test]
async fn a_reply_that_names_another_offer_is_a_mismatch_and_never_repeated() {
    let expected = "the reply is about another offer: `Solar` (the offer is `Home Warranty`)";
    let other = r#","offer_name":" Solar ""#;
    for write in [a_create(), an_update()] {
        for status in [200, 429, 500] {
            let body = format!("{{\"request_status\":\"Success\",\"offer\":{{\"offer_id\":12345{other}}}}}");
            let (report, came) = sent(&write, Some("Home Warranty"), vec![json(status, &body), success("")]).await;
            assert_eq!((mismatch(&report), came), (Some(expected), 1), "HTTP {status} {write:?}");
        }
    }
}

#[tokio::test]
async fn a_reply_that_has_another_advertiser_is_a_mismatch() {
    let expected = "the reply is about another offer: one of advertiser 102 (the offer is one of advertiser 101)";
    for write in [a_create(), an_update()] {
        let other = success(r#","offer_name":"Home Warranty","advertiser_id":102"#);
        let (report, came) = sent(&write, Some("Home Warranty"), vec![other, success("")]).await;
        assert_eq!((mismatch(&report), came), (Some(expected), 1), "{write:?}");
    }
}

#[tokio::test]
async fn an_update_whose_reply_has_another_id_is_a_mismatch_and_never_repeated() {
    let other = json(200, r#"{"request_status":"Success","offer":{"offer_id":7}}"#);
    let (report, came) = sent(&an_update(), None, vec![other, success("")]).await;
    assert_eq!((mismatch(&report), came), (Some("the reply is about another offer: 7 (the offer is 12345)"), 1));
}

#[tokio::test]
async fn a_name_that_is_sent_or_recorded_is_no_mismatch() {
    let rename = an_update_of(&[("offer_name", "Roof & Solar")]);
    for shown in ["Roof & Solar", "ROOF &amp; SOLAR", "Solar", ""] {
        let (report, _) = sent(&rename, Some("Solar"), vec![success(&format!(",\"offer_name\":\"{shown}\""))]).await;
        assert_eq!(certainty(&report), "done", "{shown}: {report:?}");
    }
    // Nothing is known to compare with.
    let (report, _) = sent(&an_update(), None, vec![success(r#","offer_name":"Solar""#)]).await;
    assert_eq!(certainty(&report), "done");
}

#[tokio::test]
async fn a_date_that_was_sent_and_comes_back_as_none_is_a_contradiction() {
    let dated = an_update_of(&[("expiration_date", "2026-12-31 23:59:59")]);
    for (shown, is_one) in
        [("\"0001-01-01T00:00:00\"", true), ("\"\"", true), ("null", true), ("\"2026-12-31 23:59:59\"", false)]
    {
        let (report, _) = sent(&dated, None, vec![success(&format!(",\"expiration_date\":{shown}"))]).await;
        let WriteOutcome::Done { contradictions, .. } = report.outcome else { panic!("{report:?}") };
        let fields: Vec<_> = contradictions.iter().map(|shown| (shown.field, shown.is_unreadable)).collect();
        assert_eq!(fields, if is_one { vec![(Field::ExpirationDate, true)] } else { vec![] }, "{shown}");
    }
}

#[tokio::test]
async fn values_that_the_reply_shows_otherwise_are_contradictions() {
    let everything = an_update_of(&[
        ("offer_name", "Home Warranty"),
        ("offer_status", "inactive"),
        ("payout", "20.00"),
        ("revenue", "30"),
        ("expiration_date", "2026-12-31 23:59:59"),
    ]);
    let shown = r#","offer_name":"HOME WARRANTY","offer_status":"Active","payout":99,"revenue":"$30",
        "expiration_date":"2026-12-31T23:59:59","advertiser_id":7"#;
    let (report, _) = sent(&everything, None, vec![success(shown)]).await;
    let WriteOutcome::Done { contradictions, .. } = report.outcome else { panic!("{report:?}") };
    let expected = [
        (Field::OfferName, "HOME WARRANTY"),
        (Field::OfferStatus, "active"),
        (Field::Payout, "99"),
        (Field::Revenue, "$30"),
    ];
    assert_eq!(
        contradictions,
        expected.map(|(field, shown)| {
            let (shown, is_unreadable) = (shown.to_owned(), field == Field::Revenue);
            Contradiction { field, shown, is_unreadable }
        })
    );
}

#[tokio::test]
async fn values_are_compared_by_meaning() {
    let create = create_of(
        NewOffer::new(fields(&[
            ("offer_name", "Home Warranty"),
            ("advertiser_id", "101"),
            ("vertical_id", "7"),
            ("offer_url", "https://track.example.com/c?o={offer_id}"),
            ("payout", "20.00"),
            ("payout_type", "cpa"),
            ("session_hours", "24"),
            ("offer_description", "Pays.\nTwice. \n"),
        ]))
        .unwrap(),
    );
    let shown = r#","offer_name":" Home Warranty ","advertiser_id":"101","vertical_id":7,"offer_status":"ACTIVE",
        "offer_url":"https://track.example.com/c?o={offer_id}","payout":2E1,"payout_type":"CPA","session_hours":null,
        "offer_description":"Pays. \r\nTwice.""#;
    let (report, _) = sent(&create, None, vec![success(shown)]).await;
    assert_eq!(report.outcome, WriteOutcome::done(id(12345)));
    for word in ["Paused", "EXPIRED", "inactive"] {
        let retire = an_update_of(&[("offer_status", "inactive")]);
        let (report, _) = sent(&retire, None, vec![success(&format!(",\"offer_status\":\"{word}\""))]).await;
        assert_eq!(report.outcome, WriteOutcome::done(id(12345)), "{word}");
    }
}

#[tokio::test]
async fn an_error_status_with_success_and_an_id_never_repeats_a_create() {
    for status in [429, 400, 403, 503] {
        let done = r#"{"request_status":"Success","offer":{"offer_id":12345}}"#;
        let (report, came) = sent(&a_create(), None, vec![json(status, done), success("")]).await;
        assert_eq!((certainty(&report), came), ("in doubt", 1), "HTTP {status}: {report:?}");
        assert!(report.outcome.message().unwrap().contains(&format!("HTTP {status}")), "{report:?}");
    }
}

#[tokio::test]
async fn a_403_is_about_the_key_until_the_key_has_worked() {
    let page =
        || reply(403, "Content-Type: text/html\r\n", "<html><title>Request blocked</title>Incident 4711.</html>");
    let rejected = json(200, r#"{"request_status":"Error","message":"Invalid Vertical ID"}"#);
    let listing = json(200, r#"{"offers":[],"total_rows":0}"#);
    for (worked, is_proof) in [
        (Some(success("")), true),
        (Some(rejected), true),
        (Some(json(200, r#"{"message":"Restricted"}"#)), false),
        (Some(json(400, r#"{"message":"no route"}"#)), false),
        (None, false),
    ] {
        let server = Server::answering(worked.clone().into_iter().chain([page()])).await;
        let writer = connect(options(&server.url())).writer();
        if worked.is_some() {
            writer.send_request(a_create().request(None), |_| {}).await;
        }
        let report = writer.send_request(a_create().request(None), |_| {}).await;
        let (kind, message) = if is_proof {
            ("rejected", "HTTP 403: Request blocked")
        } else {
            ("key refused", "CAKE refused the API key: HTTP 403: Request blocked")
        };
        assert_eq!((certainty(&report), report.outcome.message()), (kind, Some(message)));
    }
    let server =
        Server::answering([listing, page(), json(403, r#"{"message":"API key revoked"}"#), reply(401, "", "")]).await;
    let client = connect(options(&server.url()));
    assert!(client.reader().offers(&Filter::default(), |_| {}).await.is_ok());
    for expected in ["rejected", "key refused", "key refused"] {
        assert_eq!(certainty(&client.writer().send_request(an_update().request(None), |_| {}).await), expected);
    }
}
