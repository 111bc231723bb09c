//! The bytes of requests.

use super::super::wire::body;
use super::server::{Server, json};
use super::*;

fn text(write: &Operation, with_key: bool) -> String {
    let key = ApiKey::new("k\"1").unwrap();
    String::from_utf8(body(write.request(None), with_key.then_some(&key)).unwrap()).unwrap()
}

fn update(pairs: &[(&str, &str)]) -> Operation {
    let changes = fields(pairs);
    let pairs = changes.iter().map(|(field, value)| (field.updatable().unwrap(), value.clone()));
    Operation::Update { update: Update::new(id(12345), pairs).unwrap() }
}

#[test]
fn a_create_has_every_field_in_the_order_of_the_specification() {
    let everything = fields(&[
        ("offer_description", "Pays on a \"qualified\" lead.\nÄ\n"),
        ("expiration_date", "2026-12-31 23:59:59"),
        ("session_hours", "24"),
        ("currency_id", "1"),
        ("revenue_type", "RevShare"),
        ("revenue", "100000000000000.01"),
        ("payout_type", "CPA"),
        ("payout", "19.999999999999999999"),
        ("offer_status", "Pending"),
        ("preview_url", "https://x.example/{aff_id}?a=1&b=2"),
        ("offer_url", "https://x.example/{offer_id}"),
        ("vertical_id", "7"),
        ("advertiser_id", "101"),
        ("offer_name", "Home Warranty"),
    ]);
    let create = create_of(NewOffer::new(everything).unwrap());
    let expected = concat!(
        r#"{"api_key":"k\"1","offer_name":"Home Warranty","advertiser_id":101,"vertical_id":7,"#,
        r#""offer_url":"https://x.example/{offer_id}","preview_url":"https://x.example/{aff_id}?a=1&b=2","#,
        r#""offer_status":"pending","payout":19.999999999999999999,"payout_type":"cpa","#,
        r#""revenue":100000000000000.01,"revenue_type":"revshare","currency_id":1,"session_hours":24,"#,
        r#""expiration_date":"2026-12-31 23:59:59","offer_description":"Pays on a \"qualified\" lead.\nÄ\n"}"#,
    );
    assert_eq!(text(&create, true), expected);
}

#[test]
fn a_create_sends_the_status_and_nothing_that_is_not_managed() {
    let expected = concat!(
        r#"{"offer_name":"Home Warranty","advertiser_id":101,"vertical_id":7,"#,
        r#""offer_url":"https://track.example.com/c?o={offer_id}","offer_status":"active"}"#,
    );
    assert_eq!(text(&a_create(), false), expected);
}

#[test]
fn an_update_has_the_id_and_the_changes_only() {
    let status = text(&update(&[("offer_status", "inactive")]), true);
    assert_eq!(status, r#"{"api_key":"k\"1","offer_id":12345,"offer_status":"inactive"}"#);
    let all = update(&[
        ("expiration_date", "2026-09-30 23:59:59"),
        ("revenue", "0.1"),
        ("payout", "24.00"),
        ("offer_status", "active"),
        ("offer_name", "A"),
    ]);
    let expected = concat!(
        r#"{"api_key":"k\"1","offer_id":12345,"offer_name":"A","offer_status":"active","#,
        r#""payout":24.00,"revenue":0.1,"expiration_date":"2026-09-30 23:59:59"}"#,
    );
    assert_eq!(text(&all, true), expected);
}

#[test]
fn money_goes_out_with_the_authors_digits() {
    for digits in ["0", "0.00", "24.00", "24", "0.1", "19.999999999999999999", "79228162514264337593543950335"] {
        let body = text(&update(&[("payout", digits)]), false);
        assert_eq!(body, format!(r#"{{"offer_id":12345,"payout":{digits}}}"#));
    }
}

#[tokio::test]
async fn the_key_goes_where_it_is_wanted() {
    let done = json(200, r#"{"request_status":"Success","offer_id":12345}"#);
    for (key_in_query, path, in_body) in
        [(false, "/api/2/offer.json", true), (true, "/api/2/offer.json?api_key=s3cr%2Bt%2Fk%26y", false)]
    {
        let server = Server::answering([done.clone()]).await;
        let mut options = options(&server.url());
        options.key_in_query = key_in_query;
        let report = connect(options).writer().send_request(a_create().request(None), |_| {}).await;
        assert_eq!(certainty(&report), "done");
        let request = server.requests().remove(0);
        assert!(request.starts_with(&format!("POST {path} HTTP/1.1\r\n")), "{request}");
        assert_eq!(request.contains(&format!("\r\n\r\n{{\"api_key\":\"{KEY}\",\"offer_name\":")), in_body, "{request}");
        assert_eq!(request.matches("api_key").count(), 1, "{request}");
    }
}
