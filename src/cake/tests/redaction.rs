//! The key stays out of everything that can be read.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

use super::super::key::Redactor;
use super::server::{Server, Step, json, reply};
use super::*;

/// The key as in a query.
const ENCODED: &str = "s3cr%2Bt%2Fk%26y";

fn assert_clean(text: &str) {
    for form in [KEY, ENCODED, &ENCODED.to_ascii_lowercase(), "s3cr"] {
        assert!(!text.contains(form), "the key shows in {text}");
    }
}

#[test]
fn debug_and_display_show_nothing() {
    let key = ApiKey::new(KEY).unwrap();
    assert_clean(&format!("{key} {key:?} {key:#?}"));
    let options = options("https://cake.example");
    assert_clean(&format!("{options:?}"));
    let client = connect(super::options("http://127.0.0.1:1"));
    assert_clean(&format!("{client:?} {:?} {:?}", client.reader(), client.writer()));
}

#[test]
fn every_form_of_the_key_is_erased() {
    let redactor = Redactor::new(&ApiKey::new(KEY).unwrap());
    for form in [KEY, ENCODED, "S3CR%2bT%2fK%26Y", &KEY.to_uppercase()] {
        assert_eq!(redactor.redact(&format!("a {form} b {form}")), "a [redacted] b [redacted]");
    }
    let spaced = Redactor::new(&ApiKey::new("a secret\"key").unwrap());
    for form in ["a secret\"key", "a%20secret%22key", "a+secret%22key", "a secret\\\"key"] {
        assert_eq!(spaced.redact(form), "[redacted]", "{form}");
    }
}

#[test]
fn a_key_that_comes_back_encoded_is_erased_whatever_is_around_it() {
    let redactor = Redactor::new(&ApiKey::new(KEY).unwrap());
    for before in ["", "u", "u:", "api_key=", "name=x&api_key="] {
        for after in ["", "&", "&offer_id=1"] {
            let whole = format!("{before}{KEY}{after}");
            for encoded in [BASE64_STANDARD.encode(&whole), BASE64_URL_SAFE_NO_PAD.encode(&whole)] {
                let redacted = redactor.redact(&format!("got {encoded}"));
                assert!(redacted.contains("[redacted]"), "{whole}: {redacted}");
                // At its ends, less than a byte of the key.
                let left = redacted.len() - "got [redacted]".len();
                assert!(left <= (before.len() + after.len() + 3) * 4 / 3 + 4, "{whole}: {redacted}");
            }
        }
    }
    // The key is `s3cr+t/k&y`.
    assert_eq!(redactor.redact("733363722B742F6B2679"), "[redacted]");
    let short = Redactor::new(&ApiKey::new("any").unwrap());
    assert_eq!(short.redact("YW55 616e79"), "YW55 616e79", "it may be another text");
}

#[test]
fn a_message_is_cut_after_the_key_is_erased() {
    let redactor = Redactor::new(&ApiKey::new(KEY).unwrap());
    for before in 380..410 {
        assert_clean(&redactor.redact(&format!("{}{KEY} and more", "ä".repeat(before))));
    }
    assert!(redactor.redact(&"ä".repeat(1000)).chars().count() <= 401);
}

#[test]
fn keys_that_no_request_could_carry_are_refused() {
    assert_eq!(ApiKey::new(" \n").unwrap_err(), ApiKeyError::Empty);
    assert_eq!(ApiKey::new("a\nb").unwrap_err(), ApiKeyError::ControlCharacter);
    assert_eq!(ApiKey::new("abc\n").unwrap().expose(), "abc");
}

#[tokio::test]
async fn no_failure_shows_the_key() {
    let echo = format!(r#"{{"request_status":"Error","message":"bad key? {KEY} {ENCODED}"}}"#);
    let scripts: Vec<fn(&str) -> Vec<Step>> = vec![
        |echo| vec![Step::Answer(json(200, echo)), Step::Close],
        |echo| vec![Step::Answer(json(400, echo)), Step::Close],
        |echo| vec![Step::Answer(json(403, echo)), Step::Close],
        |echo| vec![Step::Answer(json(500, echo)), Step::Close],
        |echo| vec![Step::Answer(reply(302, &format!("Location: /{ENCODED}\r\n"), echo)), Step::Close],
        |_| vec![Step::Read, Step::Reset],
        |_| vec![Step::Reset],
    ];
    for key_in_query in [false, true] {
        for script in &scripts {
            let server = Server::start(vec![script(&echo), script(&echo)]).await;
            let mut options = options(&server.url());
            options.key_in_query = key_in_query;
            let client = connect(options);
            let report = client.writer().send_request(a_create().request(None), |_| {}).await;
            let read = client.reader().offers(&Filter::default(), |_| {}).await;
            assert!(certainty(&report) != "done" && read.is_err());
            assert_clean(&format!(
                "{report:?} {} {read:?} {}",
                report.outcome.message().unwrap(),
                read.as_ref().unwrap_err()
            ));
        }
    }
}

#[test]
fn an_address_that_would_show_or_leak_the_key_is_refused() {
    let refused = |url: &str| Client::new(options(url), CancellationToken::new()).map(drop).unwrap_err();
    assert!(matches!(refused("http://cake.example"), ClientError::NotEncrypted));
    assert!(matches!(refused("http://127.0.0.1.example.com"), ClientError::NotEncrypted));
    assert!(matches!(refused("ftp://cake.example"), ClientError::NotWeb));
    assert!(matches!(refused("https://user@cake.example"), ClientError::NotBare));
    assert!(matches!(refused("https://cake.example/?api_key=x"), ClientError::NotBare));
    for good in ["http://localhost:1", "http://127.0.0.9", "http://[::1]:80/", "https://cake.example/sub/"] {
        assert!(Client::new(options(good), CancellationToken::new()).is_ok(), "{good}");
    }
    assert_eq!(options("https://cake.example/sub/").endpoint("/api/2/offer.json").path(), "/sub/api/2/offer.json");
}
