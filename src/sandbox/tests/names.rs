//! Names that CAKE stores or lists otherwise than they were sent.

use super::*;

fn json(name: &str) -> String {
    Value::from(name).to_string()
}

/// The name that CAKE stores, and the one that its listing shows.
async fn stored_and_listed(quirks: Quirks, name: &str) -> [String; 2] {
    let bench = Bench::with(SandboxOptions { quirks, ..SandboxOptions::default() }).await;
    bench.post(CREATE, body("").replace("\"Home Warranty\"", &json(name))).await;
    let listed = bench.list("").await.json()["offers"][0]["offer"]["offer_name"].as_str().unwrap().to_owned();
    [bench.handle().offers().remove(0).offer_name, listed]
}

#[tokio::test]
async fn a_name_is_stored_and_listed_in_another_form() {
    let long = "A".repeat(49) + " long name";
    for (form, sent, changed) in [
        (NameForm::Cut, long.as_str(), &long[..50]),
        (NameForm::Collapsed, "Solar  Lead ", "Solar Lead"),
        (NameForm::Entities, "Tom & \"Jerry\"", "Tom &amp; &quot;Jerry&quot;"),
        (NameForm::Latin1, "Café – 東京", "Café ? ??"),
        (NameForm::Upper, "Solar", "SOLAR"),
        (NameForm::NoBreak, "Solar Lead", "Solar\u{a0}Lead"),
    ] {
        let stored = Quirks { stored_names: vec![form], ..Quirks::default() };
        assert_eq!(stored_and_listed(stored, sent).await, [changed, changed], "{form:?}");
        let listed = Quirks { listed_names: vec![form], ..Quirks::default() };
        assert_eq!(stored_and_listed(listed, sent).await, [sent, changed], "{form:?}");
    }
}

#[tokio::test]
async fn forms_follow_each_other_and_an_update_without_a_name_changes_none() {
    let quirks = Quirks { stored_names: vec![NameForm::Upper, NameForm::Entities], ..Quirks::default() };
    let bench = Bench::with(SandboxOptions { quirks, ..SandboxOptions::default() }).await;
    bench.post(CREATE, body("").replace("Home Warranty", "a & b")).await;
    let got = bench.post(UPDATE, r#"{"api_key":"k","offer_id":12345,"payout":1}"#).await;
    assert_eq!(got.json()["offer"]["offer_name"], "A &amp; B");
    bench.post(UPDATE, r#"{"api_key":"k","offer_id":12345,"offer_name":"c & d"}"#).await;
    assert_eq!(bench.handle().offers()[0].offer_name, "C &amp; D");
}
