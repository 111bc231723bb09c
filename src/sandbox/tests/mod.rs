//! The sandbox over HTTP, with an independent client.

mod control;
mod faults;
mod late;
mod life;
mod listing;
mod money;
mod names;
mod strictness;

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinHandle;

use super::*;

/// The members of a valid create, without the API key.
const OFFER: &str = r#""offer_name":"Home Warranty","advertiser_id":101,"vertical_id":7,"offer_url":"https://t.example/{aff_id}?o={offer_id}""#;
const CREATE: &str = "/api/2/offer.json";
const UPDATE: &str = "/api/2/update_offer.json";

struct Bench {
    running: RunningSandbox,
    client: reqwest::Client,
}

#[derive(Debug)]
struct Got {
    status: u16,
    content_type: String,
    retry_after: Option<String>,
    body: String,
}

impl Got {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The message of a failure; panics if the reply is not one.
    fn message(&self) -> String {
        let json = self.json();
        assert_eq!((self.status, json["request_status"].as_str()), (200, Some("Failed")), "{}", self.body);
        json["message"].as_str().unwrap().to_owned()
    }
}

fn client() -> reqwest::Client {
    // Only the first test of the process installs the provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

impl Bench {
    async fn new() -> Self {
        Self::with(SandboxOptions::default()).await
    }

    async fn with(options: SandboxOptions) -> Self {
        Self { running: Sandbox::start(options).await.unwrap(), client: client() }
    }

    async fn with_faults(faults: &str) -> Self {
        Self::with(SandboxOptions { faults: faults.parse().unwrap(), ..SandboxOptions::default() }).await
    }

    fn handle(&self) -> SandboxHandle {
        self.running.handle()
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> reqwest::Result<Got> {
        let reply = request.send().await?;
        let header = |name: &str| reply.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, content_type) = (reply.status().as_u16(), header("content-type").unwrap_or_default());
        let retry_after = header("retry-after");
        Ok(Got { status, content_type, retry_after, body: reply.text().await? })
    }

    async fn try_post(&self, path: &str, body: impl Into<String>) -> reqwest::Result<Got> {
        let request = self.client.post(self.running.url() + path);
        self.send(request.header("content-type", "application/json").body(body.into())).await
    }

    /// Sends a create without waiting for its reply.
    fn begin_create(&self) -> JoinHandle<reqwest::Result<reqwest::Response>> {
        let request = self.client.post(self.running.url() + CREATE).header("content-type", "application/json");
        tokio::spawn(request.body(body("")).send())
    }

    /// Waits until the counters are as wanted; a test that waited for a moment would depend on the speed of the machine.
    async fn wait_until(&self, wanted: impl Fn(Counters) -> bool) {
        let waiting = async {
            while !wanted(self.handle().counters()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap();
    }

    async fn post(&self, path: &str, body: impl Into<String>) -> Got {
        self.try_post(path, body).await.unwrap()
    }

    async fn get(&self, path_and_query: &str) -> Got {
        self.send(self.client.get(self.running.url() + path_and_query)).await.unwrap()
    }

    /// Sends a create with additional members, each with a leading comma.
    async fn create(&self, more: &str) -> Got {
        self.post(CREATE, body(more)).await
    }

    async fn list(&self, query: &str) -> Got {
        self.get(&format!("/api/2/offers.json?api_key=k{query}")).await
    }

    /// The ids of a page, in order.
    async fn ids(&self, query: &str) -> Vec<u64> {
        let page = self.list(query).await.json();
        let rows = page["offers"].as_array().unwrap_or_else(|| panic!("{page}"));
        rows.iter().map(|row| row["offer"]["offer_id"].as_u64().unwrap()).collect()
    }
}

/// The body of a create with additional members.
fn body(more: &str) -> String {
    format!(r#"{{"api_key":"k",{OFFER}{more}}}"#)
}
