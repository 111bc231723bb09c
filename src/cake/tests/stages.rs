//! Every stage at which an exchange can break, on real sockets.

use std::time::Duration;

use tokio::net::TcpListener;

use super::server::{Server, Step, json, refusing, reply};
use super::*;

/// Sends a create and an update to servers with this script; both must be as certain as expected.
async fn both(expected: &str, script: impl Fn() -> Vec<Step>) {
    for write in [a_create(), an_update()] {
        let server = Server::start(vec![script()]).await;
        let report = send(&server.url(), &write).await;
        assert_eq!(certainty(&report), expected, "{write:?}: {report:?}");
        assert_eq!(report.attempts, 1);
    }
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let (_port, address) = refusing();
    let report = send(&format!("http://{address}"), &a_create()).await;
    assert_eq!(certainty(&report), "not sent", "{report:?}");
    let message = report.outcome.message().unwrap();
    let expected = format!("no connection to http://{address}: tcp connect error: ");
    assert!(message.starts_with(&expected), "{message}");
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_not_sent() {
    // An address of a reserved name; a resolver that does not answer ends in the same certainty.
    let report = send("https://name.invalid", &a_create()).await;
    assert_eq!(certainty(&report), "not sent", "{report:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_not_sent() {
    let server = Server::start(vec![vec![Step::Write(reply(400, "", "speak HTTP")), Step::Close]]).await;
    let report = send(&format!("https://{}", server.address), &a_create()).await;
    assert_eq!(certainty(&report), "not sent", "{report:?}");
}

#[tokio::test(start_paused = true)]
async fn a_tls_handshake_that_never_ends_is_not_sent() {
    // The system accepts the connection, but there is no answer on it.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let report = send(&format!("https://{}", listener.local_addr().unwrap()), &a_create()).await;
    assert_eq!(certainty(&report), "not sent", "{report:?}");
}

#[tokio::test]
async fn a_reset_at_once_is_never_taken_for_an_answer() {
    for write in [a_create(), an_update()] {
        let server = Server::start(vec![vec![Step::Reset]]).await;
        let report = send(&server.url(), &write).await;
        // Whether a byte was written before the reset arrived is up to the kernel; where it is not known, it is in doubt.
        assert!(["not sent", "in doubt"].contains(&certainty(&report)), "{report:?}");
        assert_eq!(server.requests().len(), 0);
    }
}

#[tokio::test]
async fn a_reset_after_the_request_is_in_doubt() {
    both("in doubt", || vec![Step::Read, Step::Reset]).await;
}

#[tokio::test]
async fn a_close_after_the_request_is_in_doubt() {
    both("in doubt", || vec![Step::Read, Step::Close]).await;
}

#[tokio::test]
async fn a_reset_within_the_head_of_the_reply_is_in_doubt() {
    both("in doubt", || vec![Step::Answer(b"HTTP/1.1 200 OK\r\nContent-".to_vec()), Step::Reset]).await;
}

#[tokio::test]
async fn a_time_out_while_waiting_for_the_reply_is_in_doubt() {
    both("in doubt", || vec![Step::Read, Step::TimePasses(Duration::from_mins(2))]).await;
}

#[tokio::test]
async fn a_time_out_within_the_body_is_in_doubt() {
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"request_status\":\"Success\"";
    both("in doubt", || vec![Step::Answer(half.to_vec()), Step::TimePasses(Duration::from_mins(2))]).await;
}

#[tokio::test]
async fn a_cut_off_body_is_in_doubt() {
    let whole = br#"{"request_status":"Success","offer":{"offer_id":12345}}"#;
    let mut cut = b"HTTP/1.1 200 OK\r\nContent-Length: 56\r\n\r\n".to_vec();
    cut.extend_from_slice(whole);
    both("in doubt", || vec![Step::Answer(cut.clone()), Step::Close]).await;
    let mut chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n37\r\n".to_vec();
    chunked.extend_from_slice(whole);
    chunked.extend_from_slice(b"\r\n");
    both("in doubt", || vec![Step::Answer(chunked.clone()), Step::Close]).await;
    chunked.extend_from_slice(b"0\r\n\r\n");
    both("done", || vec![Step::Answer(chunked.clone()), Step::Close]).await;
}

#[tokio::test]
async fn a_status_that_refuses_is_enough_where_the_body_is_cut() {
    let cut = b"HTTP/1.1 400 Bad\r\nContent-Length: 100\r\n\r\n{\"mess";
    both("rejected", || vec![Step::Answer(cut.to_vec()), Step::Close]).await;
}

#[tokio::test]
async fn what_is_no_http_is_in_doubt() {
    both("in doubt", || vec![Step::Answer(b"SSH-2.0-server\r\n".to_vec()), Step::Close]).await;
}

#[tokio::test]
async fn a_reply_without_end_is_in_doubt_and_does_not_fill_the_memory() {
    let mut long = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 2 << 20).into_bytes();
    long.resize((1 << 20) + 4096, b' ');
    let server = Server::answering([long]).await;
    let report = send(&server.url(), &a_create()).await;
    assert_eq!(certainty(&report), "in doubt");
    assert!(report.outcome.message().unwrap().contains("longer than any reply"));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_in_doubt() {
    let elsewhere = Server::answering([json(200, r#"{"request_status":"Success","offer_id":12345}"#)]).await;
    for status in [301, 302, 303, 307, 308] {
        let headers = format!("Location: {}/api/2/offer.json\r\n", elsewhere.url());
        both("in doubt", || vec![Step::Answer(reply(status, &headers, "")), Step::Close]).await;
    }
    assert_eq!(elsewhere.requests().len(), 0);
}

#[tokio::test]
async fn a_connection_that_closes_under_a_second_request_is_in_doubt_and_nothing_is_repeated() {
    let done = json(200, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#);
    let server = Server::start(vec![
        vec![Step::Answer(done.clone()), Step::Read, Step::Close],
        vec![Step::Answer(done.clone()), Step::Close],
    ])
    .await;
    let writer = connect(options(&server.url())).writer();
    assert_eq!(certainty(&writer.send_request(a_create().request(None), |_| {}).await), "done");
    assert_eq!(certainty(&writer.send_request(a_create().request(None), |_| {}).await), "in doubt");
    assert_eq!(server.requests().len(), 2, "a create was repeated below this room");
}

#[tokio::test]
async fn an_idle_connection_that_was_closed_is_replaced() {
    let done = json(200, r#"{"request_status":"Success","offer":{"offer_id":12345}}"#);
    let server = Server::answering([done.clone(), done]).await;
    let writer = connect(options(&server.url())).writer();
    for _ in 0..2 {
        let report = writer.send_request(a_create().request(None), |_| {}).await;
        assert_eq!(certainty(&report), "done", "{report:?}");
    }
}
