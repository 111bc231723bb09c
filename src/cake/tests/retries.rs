//! What is tried again, what never is, and what a stop does to it.

use std::sync::Mutex;
use std::time::Duration;

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
    assert_eq!((certainty(&report), came), ("not sent", 4));
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
        assert_eq!(certainty(&report), "not sent");
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
    assert_eq!((certainty(&report), report.attempts), ("not sent", 1), "the stop did not end the wait");
}

#[tokio::test]
async fn a_pause_beyond_the_longest_wait_fails_every_request_at_once() {
    let server = Server::answering([throttled("Retry-After: 3600\r\n"), done()]).await;
    let writer = connect(options_with_attempts(&server.url(), 4)).writer();
    for expected in [1, 0] {
        let report = writer.send_request(a_create().request(None), |_| {}).await;
        assert_eq!((certainty(&report), report.attempts), ("not sent", expected));
    }
    let last = writer.send_request(a_create().request(None), |_| {}).await;
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
