//! What is tried again, what never is, and what a stop does to it.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;

use crate::offer::Key;
use crate::state::{Session, Store};

use super::server::{Server, Step, json, refusing, reply};
use super::*;

fn done() -> Vec<u8> {
    json(200, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#)
}

fn throttled(headers: &str) -> Vec<u8> {
    reply(429, headers, "")
}

/// Sends with up to four attempts to a server with these replies; gives the report and how many requests came.
async fn against(write: &Operation, replies: Vec<Vec<u8>>) -> (SendReport, usize) {
    let server = Server::answering(replies).await;
    let report =
        connect(options_with_attempts(&server.url(), 4)).writer().send_request(write.request(None), |_| {}).await;
    let came = server.requests().len();
    assert!(usize::try_from(report.attempts).unwrap() >= came, "{report:?}");
    (report, came)
}

#[tokio::test]
async fn a_create_in_doubt_is_never_sent_again() {
    for status in [500, 502, 503, 504] {
        let (report, came) = against(&a_create(), vec![reply(status, "", ""), done()]).await;
        assert_eq!((certainty(&report), came), ("in doubt", 1));
    }
}

#[tokio::test]
async fn an_update_in_doubt_is_sent_again() {
    for status in [500, 502, 503, 504] {
        let (report, came) = against(&an_update(), vec![reply(status, "", ""), done()]).await;
        assert_eq!((certainty(&report), came), ("done", 2));
        assert_eq!(report.attempts, 2);
    }
}

#[tokio::test]
async fn a_throttled_write_is_sent_again_whatever_it_is() {
    let restricted = json(200, r#"{"request_status":"Error","message":"Restricted"}"#);
    for write in [a_create(), an_update()] {
        let replies = vec![throttled(""), restricted.clone(), throttled("Retry-After: 0\r\n"), done()];
        let (report, came) = against(&write, replies).await;
        assert_eq!((certainty(&report), came), ("done", 4));
    }
}

#[tokio::test]
async fn attempts_are_bounded() {
    let (report, came) = against(&an_update(), vec![reply(500, "", ""); 6]).await;
    assert_eq!((certainty(&report), came), ("in doubt", 4));
    let (report, came) = against(&a_create(), vec![throttled(""); 6]).await;
    assert_eq!((certainty(&report), came), ("rejected", 4));
    assert_eq!(report.outcome.message(), Some("CAKE throttles: HTTP 429 (4 times)"));
    assert!(report.throttled);
    for attempts in [0, 1] {
        let server = Server::answering(vec![throttled(""); 3]).await;
        let writer = connect(options_with_attempts(&server.url(), attempts)).writer();
        assert_eq!(writer.send_request(a_create().request(None), |_| {}).await.attempts, 1);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_rejected_write_and_a_refused_key_are_not_tried_again() {
    let (report, came) = against(&an_update(), vec![reply(400, "", ""), done()]).await;
    assert_eq!((certainty(&report), came), ("rejected", 1));
    let (report, came) = against(&an_update(), vec![reply(401, "", ""), done()]).await;
    assert_eq!((certainty(&report), came), ("key refused", 1));
}

#[tokio::test]
async fn a_connection_that_fails_is_tried_again() {
    let (_port, address) = refusing();
    let url = format!("http://{address}");
    let heard = Mutex::new(Vec::new());
    let writer = connect(options_with_attempts(&url, 3)).writer();
    let report =
        writer.send_request(a_create().request(None), |retrying| heard.lock().unwrap().push(retrying.attempt)).await;
    assert_eq!((certainty(&report), report.attempts), ("not sent", 3));
    assert_eq!(*heard.lock().unwrap(), [1, 2]);
}

#[tokio::test]
async fn in_doubt_stays_when_later_attempts_are_not_sent() {
    let (report, came) = against(&an_update(), vec![reply(500, "", ""), reply(400, "", "")]).await;
    assert_eq!((certainty(&report), came), ("in doubt", 2));
    assert!(!report.key_refused);
    let (report, _) = against(&an_update(), vec![reply(500, "", ""), reply(403, "", "")]).await;
    assert_eq!(certainty(&report), "in doubt");
    assert!(report.key_refused, "the rest of the writes would go on with a key that is refused");
}

#[tokio::test]
async fn what_is_in_doubt_says_when_it_was_sent_last() {
    let before = Timestamp::now();
    let (report, _) =
        against(&an_update(), vec![reply(500, "", ""), reply(502, "", "<title>Bad</title>"), reply(400, "", "")]).await;
    let WriteOutcome::InDoubt { message, sent_at: Some(sent_at), mismatch: false, .. } = report.outcome else {
        panic!("{report:?}");
    };
    assert_eq!(message, "HTTP 502: Bad; then: HTTP 400");
    assert!(before <= sent_at && sent_at <= Timestamp::now());
}

#[tokio::test]
async fn an_update_that_is_done_after_a_lost_reply_says_so() {
    let before = Timestamp::now();
    let (report, _) = against(&an_update(), vec![reply(504, "", ""), throttled(""), done()]).await;
    let WriteOutcome::Done { lost_at: Some(lost_at), .. } = report.outcome else { panic!("{report:?}") };
    assert!(before <= lost_at && lost_at <= Timestamp::now());
    let (report, _) = against(&an_update(), vec![throttled(""), done()]).await;
    assert_eq!(report.outcome, WriteOutcome::done(id(12345)), "nothing was lost");
}

#[tokio::test]
async fn equal_failures_are_counted() {
    let page = reply(500, "Content-Type: text/html\r\n", "<title>A potentially dangerous request value</title>");
    let (report, _) = against(&an_update(), vec![page.clone(); 4]).await;
    assert_eq!(report.outcome.message(), Some("HTTP 500: A potentially dangerous request value (4 times)"));
    let (report, _) = against(&an_update(), vec![reply(503, "", ""), page.clone(), page.clone(), page]).await;
    let expected = "HTTP 500: A potentially dangerous request value (the last of 4 attempts)";
    assert_eq!(report.outcome.message(), Some(expected));
}

#[tokio::test]
async fn a_throttled_write_that_cannot_connect_again_was_sent() {
    let server = Server::answering([throttled("")]).await;
    let (report, came) = {
        let writer = connect(options_with_attempts(&server.url(), 3)).writer();
        (writer.send_request(a_create().request(None), |_| {}).await, server.requests().len())
    };
    assert_eq!((certainty(&report), came), ("rejected", 1), "{report:?}");
    assert!(
        report.outcome.message().unwrap().starts_with("CAKE throttles: HTTP 429; then: no connection to http://127")
    );
}

#[tokio::test]
async fn no_form_of_retry_after_is_shortened() {
    let far = "Date: Tue, 15 Nov 2022 08:00:00 GMT\r\nRetry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n";
    let others = ["99999999999999999999999999", "60.5", "61, 0", "3s", "Tue, 15 Nov 2022 10:00:30 +0200", "soon"];
    let others = others.map(|pause| format!("Retry-After: {pause}\r\n"));
    let others = others.iter().map(String::as_str);
    for headers in others.chain(["Retry-After: 0\r\nRetry-After: 61\r\n", far]) {
        let server = Server::answering([throttled(headers), done()]).await;
        let client = connect(options_with_attempts(&server.url(), 4));
        let report = client.writer().send_request(a_create().request(None), |_| {}).await;
        assert_eq!((certainty(&report), report.attempts), ("rejected", 1), "{headers}");
        assert!(report.outcome.message().unwrap().contains("CAKE asked for a pause "), "{report:?}");
        let read = client.reader().offers(&Filter::default(), |_| {}).await.unwrap_err();
        assert!(read.to_string().contains("CAKE asked for a pause "), "{read}");
    }
    let past = "Date: Tue, 15 Nov 2022 08:00:00 GMT\r\nRetry-After: Tue, 15 Nov 2022 07:00:00 GMT\r\n";
    let (report, came) = against(&a_create(), vec![throttled(past), done()]).await;
    assert_eq!((certainty(&report), came), ("done", 2));
}

#[tokio::test]
async fn in_doubt_stays_when_cancellation_ends_the_attempts() {
    let server = Server::answering([reply(500, "", ""), done()]).await;
    let stop = CancellationToken::new();
    let writer = Client::new(options_with_attempts(&server.url(), 4), stop.clone()).unwrap().writer();
    let report = writer.send_request(an_update().request(None), |_| stop.cancel()).await;
    assert_eq!((certainty(&report), report.attempts), ("in doubt", 1), "{report:?}");
}

#[tokio::test]
async fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
    let date = "Date: Tue, 15 Nov 2022 08:00:00 GMT\r\nRetry-After: Tue, 15 Nov 2022 08:00:30 GMT\r\n";
    for headers in ["Retry-After: 30\r\n", date] {
        let server = Server::answering([throttled(headers)]).await;
        let client = connect(options(&server.url()));
        let report = client.writer().send_request(a_create().request(None), |_| {}).await;
        assert_eq!(certainty(&report), "rejected");
        // From here on only this test's own waits pass the time.
        tokio::time::pause();
        let early = tokio::time::timeout(Duration::from_secs(29), client.acquire()).await;
        assert!(early.is_err(), "a slot was acquired during the pause");
        let after = tokio::time::timeout(Duration::from_secs(2), client.acquire()).await;
        assert!(after.is_ok(), "the pause did not end");
        tokio::time::resume();
    }
}

#[tokio::test]
async fn a_retry_waits_as_long_as_cake_asks() {
    let server = Server::answering([throttled("Retry-After: 30\r\n")]).await;
    let stop = CancellationToken::new();
    let client = Client::new(options_with_attempts(&server.url(), 3), stop.clone()).unwrap();
    let waits = Mutex::new(Vec::new());
    let report = client
        .writer()
        .send_request(a_create().request(None), |retrying| {
            waits.lock().unwrap().push(retrying.wait);
            stop.cancel();
        })
        .await;
    assert_eq!(*waits.lock().unwrap(), [Duration::from_secs(30)]);
    assert_eq!((certainty(&report), report.attempts), ("rejected", 1), "the stop did not end the wait");
    assert_eq!(report.outcome.message(), Some("CAKE throttles: HTTP 429; then: stopped before it was sent"));
}

#[tokio::test]
async fn a_pause_beyond_the_longest_wait_fails_every_request_at_once() {
    let server = Server::answering([throttled("Retry-After: 3600\r\n"), done()]).await;
    let writer = connect(options_with_attempts(&server.url(), 4)).writer();
    let first = writer.send_request(a_create().request(None), |_| {}).await;
    assert_eq!((certainty(&first), first.attempts), ("rejected", 1));
    let message = "CAKE throttles: HTTP 429; CAKE asked for a pause of 3600 seconds";
    assert_eq!(first.outcome.message(), Some(message));
    let last = writer.send_request(a_create().request(None), |_| {}).await;
    assert_eq!((certainty(&last), last.attempts), ("not sent", 0));
    assert!(last.outcome.message().unwrap().contains("pause of 36"));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn after_a_stop_nothing_is_sent() {
    let server = Server::answering([done()]).await;
    let stop = CancellationToken::new();
    let client = Client::new(options(&server.url()), stop.clone()).unwrap();
    stop.cancel();
    let report = client.writer().send_request(a_create().request(None), |_| {}).await;
    assert_eq!((certainty(&report), report.attempts), ("not sent", 0));
    let read = client.reader().offers(&Filter::default(), |_| {}).await;
    assert_eq!(read, Err(ReadFailure::Stopped));
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_stop_does_not_drop_a_write_that_is_under_way() {
    let stop = CancellationToken::new();
    let server = Server::start(vec![vec![
        Step::Read,
        Step::Do(Box::new({
            let stop = stop.clone();
            move || stop.cancel()
        })),
        Step::Write(done()),
        Step::Close,
    ]])
    .await;
    let client = Client::new(options(&server.url()), stop.clone()).unwrap();
    let report = client.writer().send_request(a_create().request(None), |_| {}).await;
    assert_eq!(certainty(&report), "done", "{report:?}");
}

#[tokio::test]
async fn a_stop_ends_a_read_that_is_under_way() {
    let stop = CancellationToken::new();
    let server = Server::start(vec![vec![
        Step::Read,
        Step::Do(Box::new({
            let stop = stop.clone();
            move || stop.cancel()
        })),
        Step::Read,
    ]])
    .await;
    let client = Client::new(options(&server.url()), stop.clone()).unwrap();
    let read = client.reader().offers(&Filter::default(), |_| {}).await;
    assert_eq!(read, Err(ReadFailure::Stopped));
}

#[tokio::test]
async fn an_intent_is_on_disk_when_its_request_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("state.json"));
    let lock = store.lock(Duration::ZERO, &|_| None).unwrap();
    let session = Session::open(lock, "https://cake.example").unwrap();
    let journal_path = store.journal_path();
    let (found, on_arrival) = (std::sync::Arc::new(Mutex::new(String::new())), journal_path.clone());
    let seen = std::sync::Arc::clone(&found);
    let on_request = Step::Do(Box::new(move || *seen.lock().unwrap() = std::fs::read_to_string(on_arrival).unwrap()));
    let server = Server::start(vec![vec![Step::Read, on_request, Step::Write(done()), Step::Close]]).await;
    let operation = a_create();
    let intent = session.journal().intend(Key::new("home-warranty").unwrap(), operation).await.unwrap();
    let report = connect(options(&server.url())).writer().send(&intent, |_| {}).await;
    assert_eq!(report.outcome, WriteOutcome::done(id(12345)));
    assert!(found.lock().unwrap().contains("home-warranty"), "the journal held nothing yet");
}
