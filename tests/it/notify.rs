//! The message to a webhook after an apply or a drift.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use serde_json::{Value as Json, json};

use crate::harness::{Project, Run, small_offer};

/// A webhook that keeps what it is told.
struct Webhook {
    address: String,
    told: Arc<Mutex<Vec<Json>>>,
}

impl Webhook {
    fn start(status: StatusCode) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}/services/s3cr3t", listener.local_addr().unwrap());
        let told = Arc::<Mutex<Vec<Json>>>::default();
        let keeping = Arc::clone(&told);
        let router = Router::new().fallback(move |body: Bytes| {
            keeping.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            async move { status }
        });
        std::thread::spawn(move || runtime.block_on(async { axum::serve(listener, router).await.unwrap() }));
        Self { address, told }
    }

    fn told(&self) -> Vec<Json> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }
}

fn project() -> Project {
    let project = Project::with_files(&[("a.yaml", &small_offer("a", "10.00"))]);
    let config = project.read("offersync.toml");
    let notify = "[notify]\nwebhook_env = \"OFFERSYNC_WEBHOOK\"\n";
    project.write("offersync.toml", &format!("name = \"production\"\n{config}{notify}"));
    project
}

fn run(project: &Project, webhook: &str, arguments: &[&str]) -> Run {
    project.run_with(arguments, &[("OFFERSYNC_WEBHOOK", webhook)])
}

const APPLY: [&str; 2] = ["apply", "--auto-approve"];

#[test]
fn a_webhook_is_told_once_what_an_apply_did_and_which_drift_was_found() {
    let (project, webhook) = (project(), Webhook::start(StatusCode::OK));
    run(&project, &webhook.address, &APPLY).exits(0);
    let told = webhook.told();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["text"], "offersync, production: applied, 1 done");
    assert_eq!(told[0]["report"]["results"][0]["key"], "a");
    // Where there was nothing to do, no drift, or a sandbox, nothing is told.
    for quiet in [&APPLY[..], &["drift"], &["plan"], &["apply", "--sandbox"]] {
        run(&project, &webhook.address, quiet).exits(0);
    }
    assert_eq!(webhook.told(), Vec::<Json>::new());
    project.in_cake("a", |offer| offer.payout = Some("99.00".parse().unwrap()));
    run(&project, &webhook.address, &["drift", "--detailed-exitcode"]).exits(2);
    let told = webhook.told();
    let text = told[0]["text"].as_str().unwrap();
    assert!(text.starts_with("offersync, production: ") && text.contains("1 changed in CAKE"), "{text}");
    assert_eq!(told[0]["report"]["format"], "offersync-drift");
    // An apply that cannot begin.
    project.write("offers/a.yaml", "offer_name: 1: 2\n");
    run(&project, &webhook.address, &APPLY).exits(3);
    let told = webhook.told();
    assert!(told[0]["text"].as_str().unwrap().starts_with("offersync, production: nothing applied: "), "{told:?}");
}

#[test]
fn a_webhook_that_fails_changes_nothing_and_its_address_is_in_no_message() {
    for (status, said) in [(StatusCode::FORBIDDEN, "403"), (StatusCode::FOUND, "302")] {
        let (project, webhook) = (project(), Webhook::start(status));
        let run = run(&project, &webhook.address, &APPLY).exits(0);
        run.says("warning[notify::not-sent]").says(said).never_says("s3cr3t");
        assert_eq!(webhook.told().len(), 1, "one attempt");
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
    for (address, said) in [
        ("http://198.51.100.7/s3cr3t", "does not begin with https://"),
        ("s3cr3t", "is no address"),
        ("http://127.0.0.1:9/s3cr3t", "no reply from 127.0.0.1"),
        ("", "is not set"),
    ] {
        let project = project();
        run(&project, address, &APPLY).exits(0).says("notify::not-sent").says(said).never_says("s3cr3t");
    }
}

#[test]
fn the_variable_is_none_that_has_a_key() {
    for name in ["CAKE_API_KEY", "OFFERSYNC_CAKE_KEY", "https://hooks.example/s3cr3t", "GITHUB_TOKEN"] {
        let project = project();
        project.replace("offersync.toml", "\"OFFERSYNC_WEBHOOK\"", &json!(name).to_string());
        project.run(&["validate"]).exits(3).says("begins with `OFFERSYNC_`").never_says("s3cr3t");
    }
}
