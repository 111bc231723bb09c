//! Every kind of reply to a write, over real sockets, and laws over arbitrary ones.

use proptest::prelude::*;

use jiff::tz::TimeZone;

use super::super::attempt::AttemptFailure;
use super::super::classify::{Confirmed, RequestContext, classify_response};
use super::super::reply::{Body, Reply};
use super::server::{Server, json, reply};
use super::*;

/// Status, body, certainty of a create, certainty of an update of 12345.
const REPLIES: &[(u16, &str, &str, &str)] = &[
    (200, r#"{"request_status":"Success","offer":{"offer_id":12345,"payout":24.00}}"#, "done", "done"),
    (201, r#"{"request_status":"SUCCESS","offer_id":12345}"#, "done", "done"),
    (200, "\u{feff}{\"Request_Status\":\"success\",\"Offer\":{\"Offer_Id\":\"12345\"}}", "done", "done"),
    (200, r#"{"request_status":"Success","offer":{"offer_id":12346}}"#, "done", "in doubt"),
    (200, r#"{"request_status":"Success","offer_id":12345,"offer":{"offer_id":12345}}"#, "done", "done"),
    (200, r#"{"request_status":"Success","offer_id":12345,"offer":{"offer_id":1}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","offer":{"offer_name":"Home Warranty"}}"#, "in doubt", "in doubt"),
    (200, r#"{"d":{"request_status":"Success","offer":{"offer_id":12345}}}"#, "done", "done"),
    (200, r#"{"d":"{\"request_status\":\"Success\",\"offer_id\":12345}"}"#, "done", "done"),
    (200, r#"{"d":{"request_status":"Error","message":"Invalid Advertiser ID"}}"#, "rejected", "rejected"),
    (200, r#"{"d":"Invalid API Key"}"#, "key refused", "key refused"),
    (200, r#"{"d":null}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","offer":{"offer_id":0}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","offer":{"offer_id":-12345}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","offer":{"offer_id":12345.5}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","offer":{"offer_id":[12345]}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","offer":{"offer_id":1,"offer_id":12345}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","request_status":"Error","offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success"}"#, "in doubt", "in doubt"),
    (202, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#, "in doubt", "in doubt"),
    (203, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#, "done", "done"),
    (206, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","error":"no space","offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","errors":["no space"],"offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","message":"Error: not saved","offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","message":"Queued","offer_id":12345}"#, "in doubt", "in doubt"),
    (
        200,
        r#"{"request_status":"Success","error":null,"errors":[],"message":"Saved","offer_id":12345}"#,
        "done",
        "done",
    ),
    (200, r#"{"request_status":"Success","offer":{"offer_id":12345,"errors":["too high"]}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","validationErrors":["x"],"offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","ModelState":{"payout":["bad"]},"offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","error_code":12,"offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","warnings":["not changed"],"offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","status":"error","offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","updated":false,"offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","rows_affected":0,"offer_id":12345}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","detail":"payout is locked","offer_id":12345}"#, "in doubt", "in doubt"),
    (
        200,
        r#"{"request_status":"Success","message":"Payout was not changed","offer_id":12345}"#,
        "in doubt",
        "in doubt",
    ),
    (
        200,
        r#"{"request_status":"Success","message":"Done. No changes were made","offer_id":12345}"#,
        "in doubt",
        "in doubt",
    ),
    (200, r#"{"request_status":"Success","message":"Offer updated. No errors.","offer_id":12345}"#, "done", "done"),
    (200, r#"{"request_status":"Success","message":"Offer updated","updated":true,"offer_id":12345}"#, "done", "done"),
    (200, r#"{"request_status":"Success","error_url":"https://x.example/","offer_id":12345}"#, "done", "done"),
    (
        200,
        r#"{"request_status":"Success","message":"No Limit was saved","offer":{"offer_id":12345,"offer_name":"No Limit"}}"#,
        "in doubt",
        "done",
    ),
    (200, r#"{"offer":{"offer_id":12345}}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Pending"}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Error"}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Error","message":"Invalid Advertiser ID"}"#, "rejected", "rejected"),
    (200, r#"{"request_status":"Error","message":"Invalid Offer ID","offer_id":12345}"#, "in doubt", "rejected"),
    (200, r#"{"success":false,"message":"Invalid Vertical ID"}"#, "rejected", "rejected"),
    (200, r#"{"success":true,"message":"Offer queued"}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Failure","errors":[{"message":"bad"},"worse"]}"#, "rejected", "rejected"),
    (200, r#"{"request_status":"Failure","error":{"message":"bad"}}"#, "rejected", "rejected"),
    (200, r#"{"request_status":"Failure","message":""}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Error","message":"Restricted"}"#, "rejected", "rejected"),
    (
        200,
        r#"{"request_status":"Error","message":"Timeout expired. The timeout period elapsed"}"#,
        "in doubt",
        "in doubt",
    ),
    (200, r#"{"request_status":"Error","message":"Transaction was deadlocked on lock"}"#, "in doubt", "in doubt"),
    (200, r#"{"message":"The check of the API key timed out"}"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"restricted"}"#, "rejected", "rejected"),
    (200, r#"{"message":"Advertiser is restricted"}"#, "rejected", "rejected"),
    (200, r#"{"request_status":"Error","message":"Invalid API Key"}"#, "key refused", "key refused"),
    (200, r#"{"request_status":"Invalid API Key"}"#, "key refused", "key refused"),
    (200, r#"{"request_status":"Error","message":"Bad API key."}"#, "key refused", "key refused"),
    (200, r#"{"message":"Invalid Advertiser ID for this API key"}"#, "rejected", "rejected"),
    (200, r#"{"message":"Vertical 7 is not valid for API key"}"#, "rejected", "rejected"),
    (400, r#"{"message":"Invalid offer_url (api_key=x)"}"#, "rejected", "rejected"),
    (200, r#""Invalid API Key""#, "key refused", "key refused"),
    (200, r#""Success""#, "in doubt", "in doubt"),
    (200, "<html><body>Invalid API Key</body></html>", "in doubt", "in doubt"),
    (200, "", "in doubt", "in doubt"),
    (200, "12345", "in doubt", "in doubt"),
    (200, "null", "in doubt", "in doubt"),
    (200, r#"[{"request_status":"Success","offer_id":12345}]"#, "in doubt", "in doubt"),
    (200, r#"{"request_status":"Success","offer_id":12345} trailing"#, "in doubt", "in doubt"),
    (204, "", "in doubt", "in doubt"),
    (304, "", "in doubt", "in doubt"),
    (400, r#"{"message":"malformed"}"#, "rejected", "rejected"),
    (400, r#"{"message":"The operation has timed out."}"#, "in doubt", "in doubt"),
    (400, r#"{"message":"API key is required"}"#, "key refused", "key refused"),
    (400, r#"{"request_status":"Success","offer_id":12345}"#, "in doubt", "in doubt"),
    (400, r#"{"message":"Invalid Offer URL https://x.example/?api_key=1"}"#, "rejected", "rejected"),
    (400, r#"{"message":"malformed","offer_id":12345}"#, "in doubt", "rejected"),
    (401, "", "key refused", "key refused"),
    (403, "<html>", "key refused", "key refused"),
    (404, "<html>", "rejected", "rejected"),
    (408, "<html>", "in doubt", "in doubt"),
    (425, "", "in doubt", "in doubt"),
    (499, r#"{"message":"client closed the request"}"#, "in doubt", "in doubt"),
    (422, "", "rejected", "rejected"),
    (429, "", "rejected", "rejected"),
    (429, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#, "in doubt", "in doubt"),
    (429, r#"[{"request_status":"Success","offer":{"offer_id":12345}}]"#, "in doubt", "rejected"),
    (429, r#"{"request_status":"Success","offer":{"offer_id":12345}}<!-- node 3 -->"#, "in doubt", "rejected"),
    (429, r#"<pre>{"offer_id": "12345"}</pre>"#, "in doubt", "rejected"),
    (429, r#""{\"offer_id\":12345}""#, "in doubt", "rejected"),
    (429, "<p>offer_id=0 is not allowed so often</p>", "rejected", "rejected"),
    (400, r#"cb({"offer_id":12345})"#, "in doubt", "rejected"),
    (500, r#"{"message":"Invalid Advertiser ID"}"#, "in doubt", "in doubt"),
    (500, r#"{"request_status":"Success","offer_id":12345}"#, "in doubt", "in doubt"),
    (502, "<html>", "in doubt", "in doubt"),
    (503, "", "in doubt", "in doubt"),
    (504, "", "in doubt", "in doubt"),
];

#[tokio::test]
async fn each_reply_has_its_certainty() {
    for (status, body, of_create, of_update) in REPLIES {
        for (write, expected) in [(a_create(), of_create), (an_update(), of_update)] {
            let server = Server::answering([json(*status, body)]).await;
            let report = send(&server.url(), &write).await;
            assert_eq!(certainty(&report), *expected, "HTTP {status} {body} {write:?}: {report:?}");
            assert_eq!(report.key_refused, *expected == "key refused");
            let is_throttle = *status == 429 || body.to_ascii_lowercase().contains("\"restricted\"");
            assert_eq!(report.content_refused, *expected == "rejected" && !is_throttle, "HTTP {status} {body}");
        }
    }
}

#[tokio::test]
async fn a_rejection_has_cakes_own_words() {
    let server = Server::answering([json(400, r#"{"errors":["no \u001b[31mname","no\nurl"]}"#)]).await;
    let report = send(&server.url(), &a_create()).await;
    let expected = WriteOutcome::Rejected { message: "HTTP 400: no [31mname; no url".to_owned() };
    assert_eq!(report.outcome, expected);
}

#[tokio::test]
async fn a_compressed_reply_is_read() {
    // {"request_status":"Success","offer_id":12345}, compressed by gzip itself.
    let compressed: &[u8] = &[
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 42, 74, 45, 44, 77, 45, 46, 137, 47, 46, 73, 44, 41, 45, 86, 178, 82,
        10, 46, 77, 78, 78, 45, 46, 86, 210, 81, 202, 79, 75, 75, 45, 138, 207, 76, 81, 178, 50, 52, 50, 54, 49, 173,
        5, 0, 151, 133, 16, 57, 45, 0, 0, 0,
    ];
    let mut whole =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", compressed.len())
            .into_bytes();
    whole.extend_from_slice(compressed);
    let server = Server::answering([whole]).await;
    let report = send(&server.url(), &an_update()).await;
    assert_eq!(report.outcome, WriteOutcome::done(id(12345)));
    assert!(server.requests()[0].to_ascii_lowercase().contains("accept-encoding: gzip"));
}

#[tokio::test]
async fn headers_are_in_order() {
    let server = Server::answering([reply(200, "", r#"{"request_status":"Success","offer_id":12345}"#)]).await;
    assert_eq!(certainty(&send(&server.url(), &an_update()).await), "done");
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /api/2/update_offer.json HTTP/1.1\r\n"), "{request}");
    for header in ["content-type: application/json", concat!("user-agent: offersync/", env!("CARGO_PKG_VERSION"))] {
        assert!(request.contains(&format!("{header}\r\n")), "{request}");
    }
}

/// Replies that leave a create in doubt, and whether they say all the same that CAKE did it or took it on.
const CLAIMS: &[(u16, &str, bool)] = &[
    (200, r#"{"request_status":"Success"}"#, true),
    (200, r#"{"request_status":"Success","offer":{"offer_id":"soon"}}"#, true),
    (200, r#"{"request_status":"Success","message":"Error: not saved","offer_id":12345}"#, true),
    (200, r#"{"request_status":"Success","success":false,"offer_id":12345}"#, true),
    (200, r#"{"request_status":"Pending"}"#, true),
    (200, r#"{"request_status":"Pending Approval","message":"A manager has to approve it"}"#, true),
    (200, r#"{"request_status":"Submitted","message":"Thank you"}"#, true),
    (200, r#"{"message":"Offer submitted for approval"}"#, true),
    (200, r#"{"status":"ok","message":"The request is queued"}"#, true),
    (200, r#"{"success":true}"#, true),
    (200, r#"{"offer":{"offer_id":12345}}"#, true),
    (200, r#""Success""#, true),
    (200, "Offer submitted for approval", true),
    (200, r#"[{"request_status":"Success","offer_id":12345}]"#, true),
    (200, r#"{"request_status":"Success","offer_id":12345} trailing"#, true),
    (201, "", true),
    (202, "", true),
    (202, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#, true),
    (204, "", true),
    (400, r#"{"request_status":"Success","offer_id":12345}"#, true),
    (429, r#"<pre>{"offer_id": "12345"}</pre>"#, true),
    (500, r#"{"request_status":"Success"}"#, true),
    (504, r#"{"message":"The request was queued"}"#, true),
    (200, "", false),
    (200, "null", false),
    (200, r#"{"request_status":"Error"}"#, false),
    (200, r#"{"request_status":"Error","message":"Timeout expired"}"#, false),
    (200, "<html><title>Sign in</title><p class=success>Accepted</p></html>", false),
    (200, "No offer was accepted", false),
    (302, "", false),
    (408, "", false),
    (500, r#"{"message":"Invalid Advertiser ID"}"#, false),
    (502, "<html>", false),
    (504, "", false),
];

#[test]
fn a_reply_that_says_that_the_create_was_done_or_accepted_is_more_than_silence() {
    for (status, body, expected) in CLAIMS {
        let failure = classify(&a_create(), &whole(*status, *body)).unwrap_err();
        let is_marked = matches!(failure.outcome(), WriteOutcome::InDoubt { accepted: true, .. });
        assert!(matches!(failure.outcome(), WriteOutcome::InDoubt { .. }), "HTTP {status} {body}: {failure:?}");
        assert_eq!(is_marked, *expected, "HTTP {status} {body}: {failure:?}");
    }
}

/// Replies by which CAKE took the create on, in words of many kinds.
const TAKEN_ON: &[(u16, &str)] = &[
    (200, r#"{"message":"Offer is pending approval"}"#),
    (200, r#"{"request_status":"OK","message":"Offer created. It is not active until a manager has approved it"}"#),
    (200, r#"{"message":"Offer submitted for approval. No further action is required."}"#),
    (200, r#"{"message":"Offer submitted for approval; an administrator must approve it"}"#),
    (200, r#"{"message":"Your request has been received"}"#),
    (200, r#"{"message":"Offer created"}"#),
    (200, r#"{"status":"Success"}"#),
    (200, r#"{"success":1}"#),
    (200, r#"{"success":"true","message":"Saved"}"#),
    (200, r#"{"request_status":"Created"}"#),
    (200, r#"{"request_status":"Completed","message":"Done"}"#),
    (200, r#"{"request_status":"OK"}"#),
    (200, r#"{"request_status":"Waiting","message":"Waiting for a manager"}"#),
    (200, r#"{"result":"ok","id":77}"#),
    (200, r#"{"request_status":"Error","message":"Offer created, but the notification failed"}"#),
    (200, r#"{"message":"Offer created but an e-mail could not be sent"}"#),
    (500, r#"{"message":"Offer created, but an e-mail could not be sent"}"#),
    (200, r#"{"request_status":"success with warnings","message":"vertical is deprecated"}"#),
    (200, "<string xmlns=\"http://x\">Success</string>"),
    (200, "<?xml version=\"1.0\"?><response><success>true</success><offer_id>77</offer_id></response>"),
    (200, "OK"),
    (200, "true"),
    (200, "1"),
    (200, r#"{"offers":[{"offer":{"offer_id":1000}}]}"#),
    (200, r#"{"request_status":"Held","message":"Offer held for moderation"}"#),
    (409, r#"{"message":"The offer was submitted already and awaits approval"}"#),
    (400, r#"{"message":"Request queued: approval pending"}"#),
    (403, r#"{"message":"Offer created; awaiting approval"}"#),
    (422, "Offer created; awaiting approval"),
    (200, r#"{"message":"Angebot wurde erstellt"}"#),
    (200, r#"{"message":"The offer has not been approved yet"}"#),
    (200, r#"{"request_status":"Error","message":"Offer submitted for approval already"}"#),
    (200, r#"{"success":false,"message":"The request is queued"}"#),
    (200, r#"{"message":"The advertiser must be submitted for approval first"}"#),
    (200, r#"{"message":"The offer will be created shortly"}"#),
    (200, r#"{"message":"Scheduled"}"#),
    (200, r#"{"message":"In progress"}"#),
];

#[test]
fn a_reply_that_says_in_other_words_that_the_create_was_taken_on_is_no_refusal() {
    for (status, body) in TAKEN_ON {
        let failure = classify(&a_create(), &whole(*status, *body)).unwrap_err();
        let is_accepted = matches!(failure.outcome(), WriteOutcome::InDoubt { accepted: true, .. });
        assert!(is_accepted, "HTTP {status} {body}: {failure:?}");
    }
}

/// Words of a queue or an approval, which may stand beside Success and the id.
const LATER: &[&str] = &[
    "Submitted for approval",
    "Successfully submitted for approval",
    "Awaiting approval",
    "Pending approval",
    "Approval required",
    "Your change will be reviewed",
    "Sent for review",
    "Waiting for an administrator",
    "Update accepted",
    "Update scheduled",
    "Change request created",
    "On hold until approved",
    "Your update is queued for approval",
    "Offer will be updated within 24 hours",
    "The change will take effect shortly",
];

/// Words of an update that is done.
const FINISHED: &[&str] =
    &["Offer updated", "Saved", "Success", "Request processed successfully", "Request completed", "OK", "Offer 12345"];

#[test]
fn an_update_of_which_the_reply_says_that_it_waits_is_accepted_and_not_done() {
    for message in LATER {
        for body in [
            serde_json::json!({"request_status": "Success", "message": message, "offer": {"offer_id": 12345}}),
            serde_json::json!({"request_status": "Success", "status": message, "offer": {"offer_id": 12345}}),
            serde_json::json!({ "message": message }),
        ] {
            let failure = classify(&an_update(), &whole(200, body.to_string())).unwrap_err();
            let is_accepted = matches!(failure.outcome(), WriteOutcome::InDoubt { accepted: true, .. });
            assert!(is_accepted, "{body}: {failure:?}");
            assert!(!failure.may_repeat(an_update().request(None)), "{body}: {failure:?}");
        }
    }
    for message in FINISHED {
        let body = serde_json::json!({"request_status": "Success", "message": message, "offer": {"offer_id": 12345}});
        assert!(classify(&an_update(), &whole(200, body.to_string())).is_ok(), "{body}");
    }
}

#[test]
fn an_update_in_unclear_words_under_a_success_status_waits_as_a_create_does() {
    for (status, body) in TAKEN_ON {
        let failure = classify(&an_update(), &whole(*status, *body)).unwrap_err();
        let is_accepted = matches!(failure.outcome(), WriteOutcome::InDoubt { accepted: true, .. });
        assert!(is_accepted || body.contains("offer_id"), "HTTP {status} {body}: {failure:?}");
    }
    // What says Success is done, or not: sent again, it is done once. And so is what CAKE asks to send again.
    for body in [
        r#"{"request_status":"Success"}"#,
        r#"{"message":"Busy. Try again later"}"#,
        r#"{"message":"The queue is full, please retry"}"#,
    ] {
        let failure = classify(&an_update(), &whole(200, body)).unwrap_err();
        assert!(matches!(failure.outcome(), WriteOutcome::InDoubt { accepted: false, .. }), "{body}: {failure:?}");
        assert!(failure.may_repeat(an_update().request(None)), "{body}: {failure:?}");
    }
}

/// Messages by which CAKE refuses a write.
const REFUSALS: &[&str] = &[
    "Invalid Advertiser ID",
    "Invalid Offer ID",
    "Invalid Vertical ID",
    "Invalid offer_status 'pending'",
    "Invalid payout: must be a decimal",
    "Advertiser is restricted",
    "The offer could not be created",
    "The offer could not be saved: the name is too long",
    "Offer was not created",
    "No offer was created",
    "Offer creation failed",
    "Failed to create the offer",
    "An error occurred while processing your request",
    "Error: the offer can't be added",
    "Cannot insert duplicate key",
    "An offer with this name exists",
    "offer_name is required",
    "The field offer_url is missing",
    "Vertical 7 must be created first",
    "This status is not accepted",
    "The advertiser is not approved",
    "You do not have permission to add offers",
    "Access denied",
    "Unknown currency",
    "The request was rejected",
    "Payout exceeds the limit",
    "The update was unsuccessful",
    "Not all required fields were received",
    "Unexpected value received",
    "Validation failed. Please review your input",
    "Object reference not set to an instance of an object.",
    "https://t.example/success?pending=1 is not a valid URL",
];

#[test]
fn a_message_that_refuses_a_write_is_a_rejection() {
    for (message, write) in REFUSALS.iter().flat_map(|message| [(message, a_create()), (message, an_update())]) {
        for body in [
            serde_json::json!({ "message": message }),
            serde_json::json!({ "request_status": "Error", "message": message }),
        ] {
            let failure = classify(&write, &whole(200, body.to_string())).unwrap_err();
            assert!(matches!(failure.outcome(), WriteOutcome::Rejected { .. }), "{body}: {failure:?}");
        }
    }
    for body in [
        r#"{"errors":["bad","worse"]}"#,
        r#"{"success":false,"message":"Vertical 7"}"#,
        r#"{"request_status":"Failure","message":"Vertical 7"}"#,
    ] {
        let failure = classify(&a_create(), &whole(200, body)).unwrap_err();
        assert!(matches!(failure.outcome(), WriteOutcome::Rejected { .. }), "{body}: {failure:?}");
    }
}

#[tokio::test]
async fn a_success_that_is_cut_off_is_more_than_silence() {
    let body = r#"{"request_status":"Success","offer":{"offer_na"#;
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len() + 20);
    let server = Server::answering([[head.as_bytes(), body.as_bytes()].concat()]).await;
    let report = send(&server.url(), &a_create()).await;
    assert!(matches!(report.outcome, WriteOutcome::InDoubt { accepted: true, .. }), "{report:?}");
}

#[test]
fn a_success_that_is_no_success_is_in_doubt() {
    let reply = whole(200, r#"{"request_status":"Success","success":false,"offer":{"offer_id":12345}}"#);
    let failure = classify(&a_create(), &reply).unwrap_err();
    assert!(matches!(failure.outcome(), WriteOutcome::InDoubt { .. }), "{failure:?}");
}

fn whole(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, retry_after: None, caveat: None, body: Body::Whole(body.into()) }
}

/// Before anything has worked with this key.
fn classify(write: &Operation, reply: &Reply) -> Result<Confirmed, AttemptFailure> {
    classify_response(write.request(None), reply, RequestContext { zone: &TimeZone::UTC, key_works: false })
}

/// JSON that is often nearly a good reply.
fn nearly_json() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("request_status".to_owned()),
        Just("offer".to_owned()),
        Just("offer_id".to_owned()),
        Just("message".to_owned()),
        Just("Success".to_owned()),
        ".{0,6}",
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("\"Success\"".to_owned()),
        Just("12345".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        word.clone().prop_map(|word| format!("{word:?}")),
    ];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec((word.clone(), inner.clone()), 0..5).prop_map(|members| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
            prop::collection::vec(inner, 0..4).prop_map(|values| format!("[{}]", values.join(","))),
        ]
    })
}

/// A second reading of the rule, by a general decoder: Success, and the id.
fn is_good(body: &str, expected: u64) -> bool {
    let Ok(serde_json::Value::Object(object)) = serde_json::from_str(body) else { return false };
    let status = object.get("request_status").and_then(|status| status.as_str());
    let id = |value: Option<&serde_json::Value>| value.and_then(serde_json::Value::as_u64) == Some(expected);
    status.is_some_and(|word| word.eq_ignore_ascii_case("success"))
        && (id(object.get("offer_id")) || id(object.get("offer").and_then(|offer| offer.get("offer_id"))))
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_count_as_done(status: u16, bytes: Vec<u8>) {
        for write in [a_create(), an_update()] {
            prop_assert!(classify(&write, &whole(status, bytes.clone())).is_err());
        }
    }

    #[test]
    fn done_is_what_the_rule_says_and_nothing_more(status in 200u16..300, body in nearly_json()) {
        for write in [a_create(), an_update()] {
            if let Ok(confirmed) = classify(&write, &whole(status, body.clone())) {
                prop_assert!(is_good(&body, confirmed.offer_id.get()), "{}", body);
            }
        }
    }

    #[test]
    fn a_reply_that_stops_anywhere_is_in_doubt(cut in 0usize..70) {
        let good = r#"{"request_status":"Success","offer":{"offer_id":12345,"payout":24.0}}"#;
        prop_assume!(cut < good.len());
        let failure = classify(&an_update(), &whole(200, &good.as_bytes()[..cut])).unwrap_err();
        prop_assert!(matches!(failure.outcome(), WriteOutcome::InDoubt { .. }), "{:?}", failure);
    }

    #[test]
    fn no_status_but_2xx_counts_as_done(status: u16) {
        prop_assume!(!(200..300).contains(&status));
        let reply = whole(status, r#"{"request_status":"Success","offer_id":12345}"#);
        prop_assert!(classify(&an_update(), &reply).is_err());
    }
}
