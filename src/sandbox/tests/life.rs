//! Start, stop and restart.

use std::fs::{OpenOptions, read_to_string};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use super::*;

fn kept_in(folder: &Path) -> SandboxOptions {
    SandboxOptions { data_dir: Some(folder.to_owned()), ..SandboxOptions::default() }
}

fn append(folder: &Path, text: &str) {
    OpenOptions::new().append(true).open(folder.join("cake.jsonl")).unwrap().write_all(text.as_bytes()).unwrap();
}

#[tokio::test]
async fn data_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::with(kept_in(folder.path())).await;
    bench.create(r#","payout":1,"offer_description":"ü\n""#).await;
    bench.create("").await;
    bench.create("").await;
    bench.post(UPDATE, r#"{"api_key":"k","offer_id":12345,"offer_name":"Renamed"}"#).await;
    bench.handle().remove(12_347).unwrap();
    let before = bench.handle().offers();
    bench.running.shutdown().await;
    let bench = Bench::with(kept_in(folder.path())).await;
    assert_eq!(bench.handle().offers(), before);
    assert_eq!(bench.create("").await.json()["offer"]["offer_id"], 12_348, "an id is not given out twice");
}

#[tokio::test]
async fn a_write_is_in_the_file_before_its_reply() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::with(kept_in(folder.path())).await;
    for count in 1..=3 {
        bench.create("").await;
        assert_eq!(read_to_string(folder.path().join("cake.jsonl")).unwrap().lines().count(), count);
    }
}

#[tokio::test]
async fn a_torn_last_line_is_cut_off_and_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::with(kept_in(folder.path())).await;
    bench.create("").await;
    bench.running.shutdown().await;
    append(folder.path(), r#"{"put":{"offer_id":12346,"offer_na"#);
    let bench = Bench::with(kept_in(folder.path())).await;
    assert_eq!(bench.handle().offers().len(), 1);
    bench.create("").await;
    bench.running.shutdown().await;
    assert_eq!(Bench::with(kept_in(folder.path())).await.handle().offers().len(), 2);
}

#[tokio::test]
async fn damage_in_the_middle_is_an_error_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::with(kept_in(folder.path())).await;
    bench.create("").await;
    bench.running.shutdown().await;
    append(folder.path(), "not a record\n{\"remove\":12345}\n");
    let error = Sandbox::start(kept_in(folder.path())).await.unwrap_err();
    assert!(matches!(error, SandboxError::DataFile(DataError::Damaged { line: 2, .. })), "{error:?}");
}

#[tokio::test]
async fn one_sandbox_at_a_time_uses_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = Bench::with(kept_in(folder.path())).await;
    let error = Sandbox::start(kept_in(folder.path())).await.unwrap_err();
    assert!(matches!(error, SandboxError::DataFile(DataError::InUse { .. })), "{error:?}");
    // A remaining handle neither keeps the file open nor can write.
    let handle = first.handle();
    drop(first);
    Sandbox::start(kept_in(folder.path())).await.unwrap();
    assert!(handle.put(Offer::filler(1)).is_err());
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let bench = Bench::new().await;
    let options = SandboxOptions { port: bench.running.addr().port(), ..SandboxOptions::default() };
    assert!(matches!(Sandbox::start(options).await.unwrap_err(), SandboxError::Listen { .. }));
}

#[tokio::test]
async fn shutdown_lets_replies_out_and_leaves_nothing_listening() {
    let bench = Bench::with(SandboxOptions { latency: Duration::from_millis(60), ..SandboxOptions::default() }).await;
    let Bench { running, client } = bench;
    let (url, address) = (running.url() + CREATE, running.addr());
    let handle = running.handle();
    let request = client.post(url).header("content-type", "application/json").body(body(""));
    let reply = tokio::spawn(async move { request.send().await?.text().await });
    handle.until(|counters| counters.in_flight == 1).await;
    running.shutdown().await;
    assert!(reply.await.unwrap().unwrap().contains("Success"));
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn shutdown_waits_neither_for_idle_clients_nor_for_a_reply_that_never_comes() {
    let bench = Bench::with_faults("create=hang").await;
    bench.list("").await;
    let _idle = tokio::net::TcpStream::connect(bench.running.addr()).await.unwrap();
    let handle = bench.handle();
    let request = bench.client.post(bench.running.url() + CREATE).body(body(""));
    let reply = tokio::spawn(request.send());
    handle.until(|counters| counters.in_flight == 1).await;
    let started = Instant::now();
    bench.running.shutdown().await;
    assert!(started.elapsed() < Duration::from_millis(1_500), "{:?}", started.elapsed());
    assert!(reply.await.unwrap().is_err());
}

#[tokio::test]
async fn it_runs_in_the_foreground_until_stopped() {
    let (ready, running) = tokio::sync::oneshot::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let started = move |running: &RunningSandbox| ready.send((running.url(), running.addr())).unwrap();
    let sandbox = tokio::spawn(Sandbox::run(SandboxOptions::default(), started, async { stopped.await.unwrap() }));
    let (url, address) = running.await.unwrap();
    let got = client().get(url + "/api/2/offers.json?api_key=k").send().await.unwrap();
    assert_eq!(got.status().as_u16(), 200);
    stop.send(()).unwrap();
    sandbox.await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn many_requests_at_once_are_each_answered_and_counted() {
    let bench = Bench::with(SandboxOptions { latency: Duration::from_millis(20), ..SandboxOptions::default() }).await;
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let request = bench.client.post(bench.running.url() + CREATE);
        all.spawn(request.header("content-type", "application/json").body(body("")).send());
    }
    while let Some(reply) = all.join_next().await {
        assert_eq!(reply.unwrap().unwrap().status().as_u16(), 200);
    }
    let counters = bench.handle().counters();
    assert_eq!((counters.creates, counters.creates_done, counters.in_flight), (40, 40, 0));
    assert!(counters.most_in_flight > 1 && counters.most_in_flight <= 40, "{counters:?}");
    assert_eq!(bench.handle().offers().len(), 40);
    let numbers: Vec<u64> = bench.handle().requests().iter().map(|request| request.number).collect();
    assert_eq!(numbers, (1..=40).collect::<Vec<_>>());
}
