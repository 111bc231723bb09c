//! Each fault: what the client sees, and what CAKE contains afterwards.

use std::error::Error as _;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// The kind of the I/O error that caused a client error, if any.
fn system_error(error: &reqwest::Error) -> Option<ErrorKind> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return Some(error.kind());
        }
        source = error.source();
    }
    None
}

/// Whether the reply broke after its head. With decompression enabled, reqwest reports that as a decoding error.
fn breaks_in_the_body(error: &reqwest::Error) -> bool {
    error.is_body() || error.is_decode()
}

/// Sends a create over a raw socket and returns everything received.
async fn raw_create(bench: &Bench) -> std::io::Result<String> {
    let mut socket = TcpStream::connect(bench.running.addr()).await?;
    let body = body("");
    let head = "POST /api/2/offer.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    socket.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
    let mut reply = String::new();
    socket.read_to_string(&mut reply).await?;
    Ok(reply)
}

#[tokio::test]
async fn a_dropped_connection_answers_nothing_and_the_write_is_done_or_not_as_asked() {
    for (effect, done) in [("reset-before", 0), ("reset-after", 1), ("close-before", 0), ("close-after", 1)] {
        let bench = Bench::with_faults(&format!("create={effect}")).await;
        let error = bench.try_post(CREATE, body("")).await.unwrap_err();
        assert!(!error.is_connect() && !error.is_timeout(), "{effect}: {error:?}");
        assert_eq!(bench.handle().offers().len(), done, "{effect}");
        let request = &bench.handle().requests()[0];
        assert_eq!((request.fault.as_deref(), request.status), (Some(effect), None));
    }
}

#[tokio::test]
async fn a_reset_is_a_reset_and_a_close_is_a_close() {
    let bench = Bench::with_faults("create:1=reset-after\ncreate:2=close-after\ncreate:3=reset-before").await;
    assert_eq!(raw_create(&bench).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(raw_create(&bench).await.unwrap(), "");
    assert_eq!(raw_create(&bench).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(bench.handle().offers().len(), 2);
}

#[tokio::test]
async fn a_client_sees_a_reset_as_one() {
    let bench = Bench::with_faults("create=reset-after").await;
    let error = bench.try_post(CREATE, body("")).await.unwrap_err();
    assert_eq!(system_error(&error), Some(ErrorKind::ConnectionReset), "{error:?}");
}

#[tokio::test]
async fn an_early_reset_does_not_wait_for_the_body() {
    let bench = Bench::with_faults("create=reset-before").await;
    let mut socket = TcpStream::connect(bench.running.addr()).await.unwrap();
    let head = "POST /api/2/offer.json HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    assert_eq!(socket.read_to_end(&mut reply).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_connection_can_be_dropped_before_a_byte_is_read() {
    let bench =
        Bench::with_faults("connect:1=reset-before\nconnect:2=close-before\nconnect:3=delay:40\nany:1=delay:1").await;
    for _ in 0..2 {
        assert!(bench.try_post(CREATE, body("")).await.is_err());
    }
    assert_eq!(bench.handle().requests(), []);
    let started = Instant::now();
    assert_eq!(bench.create("").await.json()["request_status"], "Success");
    assert!(started.elapsed() >= Duration::from_millis(41));
    assert_eq!(bench.handle().fault_counts(), [1, 1, 1, 1]);
}

#[tokio::test]
async fn a_connection_can_be_left_hanging() {
    let bench = Bench::with_faults("connect=hang").await;
    let request = bench.client.get(bench.running.url()).timeout(Duration::from_millis(100));
    assert!(request.send().await.unwrap_err().is_timeout());
    bench.running.shutdown().await;
}

#[tokio::test]
async fn a_cut_body_is_half_of_what_its_head_promises() {
    let bench = Bench::with_faults("create:1=cut-body").await;
    let cut = raw_create(&bench).await.unwrap();
    let (head, half) = cut.split_once("\r\n\r\n").unwrap();
    let promised: usize = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: application/json"), "{head}");
    assert_eq!(half.len(), promised / 2);
    assert!(half.starts_with(r#"{"request_status":"Success","offer":{"offer_id":12345"#), "{half}");
    assert_eq!(bench.handle().offers().len(), 1);
    bench.handle().set_faults("create=cut-body".parse().unwrap());
    assert!(breaks_in_the_body(&bench.try_post(CREATE, body("")).await.unwrap_err()));
}

#[tokio::test]
async fn a_hang_never_answers() {
    for (effect, done) in [("hang", 0), ("hang:done", 1)] {
        let bench = Bench::with_faults(&format!("create={effect}")).await;
        let sending = bench.begin_create();
        bench.wait_until(|counters| (counters.creates, counters.creates_done) == (1, done)).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!sending.is_finished(), "{effect}");
        sending.abort();
    }
}

#[tokio::test]
async fn a_reply_is_late_by_the_sum_of_all_delays() {
    let bench = Bench::with_faults("any=delay:30\ncreate:1=delay:40").await;
    let started = Instant::now();
    assert_eq!(bench.create("").await.json()["request_status"], "Success");
    assert!(started.elapsed() >= Duration::from_millis(70));
    assert_eq!(bench.handle().requests()[0].fault.as_deref(), Some("delay:70"));
}

#[tokio::test]
async fn replies_that_are_no_success_come_as_asked() {
    for (effect, status, starts, done) in [
        ("html-200", 200, "<!DOCTYPE html>", 0),
        ("html-200:done", 200, "<!DOCTYPE html>", 1),
        ("html-500", 500, "<!DOCTYPE html>", 0),
        ("html-500:done", 500, "<!DOCTYPE html>", 1),
        ("error:Invalid Advertiser ID", 200, r#"{"request_status":"Failed","message":"Invalid Advertiser ID"}"#, 0),
        ("restricted", 200, r#"{"request_status":"Failed","message":"Restricted"}"#, 0),
        ("http-400", 400, r#"{"message":"Bad Request"}"#, 0),
        ("http-401", 401, "{", 0),
        ("http-403", 403, "{", 0),
        ("http-429", 429, "{", 0),
        ("http-502", 502, "{", 0),
        ("http-503:done", 503, "{", 1),
        ("http-504:done", 504, "{", 1),
    ] {
        let bench = Bench::with_faults(&format!("create:1={effect}")).await;
        let got = bench.create("").await;
        assert_eq!((got.status, got.retry_after.as_deref()), (status, None), "{effect}");
        assert!(got.body.starts_with(starts), "{effect}: {}", got.body);
        assert_eq!(bench.handle().offers().len(), done, "{effect}");
        assert_eq!(bench.create("").await.json()["request_status"], "Success", "only the first one was to fail");
    }
}

#[tokio::test]
async fn retry_after_is_seconds_or_a_date() {
    let bench = Bench::with_faults("create:1=http-429:after=7\ncreate:2=http-503:after-date=60").await;
    assert_eq!(bench.create("").await.retry_after.as_deref(), Some("7"));
    let date = httpdate::parse_http_date(&bench.create("").await.retry_after.unwrap()).unwrap();
    let ahead = date.duration_since(std::time::SystemTime::now()).unwrap();
    assert!((50..=60).contains(&ahead.as_secs()), "{ahead:?}");
}

#[tokio::test]
async fn a_success_can_lack_its_id_or_have_another_one() {
    let bench = Bench::with_faults("create:1=no-id\ncreate:2=other-id\nupdate=other-id:99").await;
    let first = bench.create("").await.json();
    assert_eq!((&first["request_status"], first["offer"].get("offer_id")), (&"Success".into(), None));
    assert_eq!(bench.create("").await.json()["offer"]["offer_id"], 12_347);
    let update = r#"{"api_key":"k","offer_id":12345,"payout":3}"#;
    assert_eq!(bench.post(UPDATE, update).await.json()["offer"]["offer_id"], 99);
    assert_eq!(bench.handle().offer(12_345).unwrap().payout.unwrap().as_str(), "3");
    assert_eq!(bench.handle().offers().len(), 2);
}

#[tokio::test]
async fn a_redirect_and_another_content_type() {
    let bench =
        Bench::with_faults("create:1=redirect:http://127.0.0.1:1/elsewhere\ncreate:2=content-type:text/plain").await;
    let request = bench.client.post(bench.running.url() + CREATE).header("content-type", "application/json");
    let reply = request.body(body("")).send().await.unwrap();
    assert_eq!(
        (reply.status().as_u16(), &reply.headers()["location"]),
        (302, &"http://127.0.0.1:1/elsewhere".parse().unwrap())
    );
    assert_eq!(bench.handle().offers().len(), 0);
    let got = bench.create("").await;
    assert_eq!((got.content_type.as_str(), &got.json()["request_status"]), ("text/plain", &"Success".into()));
}

#[tokio::test]
async fn a_fault_can_be_for_one_offer_only() {
    let bench = Bench::with_faults("any[name=\"Home Warranty\"]:2=error:name\nupdate[id=12346]=error:id").await;
    bench.create("").await;
    bench.post(CREATE, body("").replace("Home Warranty", "Other")).await;
    let update = |id: u64| format!(r#"{{"api_key":"k","offer_id":{id},"payout":1}}"#);
    assert_eq!(bench.post(UPDATE, update(12_346)).await.message(), "id");
    assert_eq!(bench.post(UPDATE, update(12_345)).await.message(), "name", "found by its present name");
    assert_eq!(bench.post(UPDATE, update(12_345)).await.json()["request_status"], "Success");
}

#[tokio::test]
async fn faults_apply_to_the_listing() {
    let bench = Bench::with_faults("list:1=http-503\nlist:2=cut-body\nlist:3=html-200").await;
    assert_eq!(bench.list("").await.status, 503);
    let request = bench.client.get(bench.running.url() + "/api/2/offers.json?api_key=k");
    assert!(breaks_in_the_body(&bench.send(request).await.unwrap_err()));
    assert!(bench.list("").await.body.starts_with("<!DOCTYPE"));
    assert_eq!(bench.handle().fault_counts(), [1, 1, 1]);
}

#[tokio::test]
async fn a_call_that_is_wrong_is_not_done_whatever_its_fault_says() {
    let bench = Bench::with_faults("create=http-503:done").await;
    assert_eq!(bench.create(r#","colour":1"#).await.status, 503);
    assert_eq!((bench.handle().offers().len(), bench.handle().requests()[0].done), (0, false));
}
