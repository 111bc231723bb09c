//! The control endpoints under `/_sandbox`, for tests whose sandbox runs in another process.
//!
//! Offers only what `SandboxHandle` offers. The invariant: requests under this path are not logged, not counted and meet no fault.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use serde::Serialize;

use super::exchange::respond;
use super::faults::FaultPlan;
use super::log::{Counters, LoggedRequest};
use super::offer::Offer;
use super::quirks::Quirks;
use super::reply::HttpReply;
use super::shared::{SandboxHandle, Shared};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_sandbox/faults", get(faults).post(add_faults).put(set_faults).delete(clear_faults))
        .route("/_sandbox/offers", get(offers).post(put_offer))
        .route("/_sandbox/offers/{offer_id}", delete(remove_offer))
        .route("/_sandbox/log", get(log).delete(clear_log))
        .route("/_sandbox/quirks", get(quirks).put(set_quirks))
}

#[derive(Serialize)]
struct Problem {
    problem: String,
}

fn problem(status: u16, problem: &impl ToString) -> Response {
    respond(HttpReply::json(status, &Problem { problem: problem.to_string() }))
}

#[derive(Serialize)]
struct Rule {
    text: String,
    matched: u64,
    fired: u64,
}

async fn faults(State(shared): State<Shared>) -> Response {
    let cake = shared.cake();
    let rules: Vec<Rule> =
        (cake.faults.counts()).map(|(rule, matched, fired)| Rule { text: rule.to_string(), matched, fired }).collect();
    respond(HttpReply::json(200, &rules))
}

async fn set_faults(State(shared): State<Shared>, text: String) -> Response {
    read_faults(&text, |plan| SandboxHandle(shared).set_faults(plan))
}

async fn add_faults(State(shared): State<Shared>, text: String) -> Response {
    read_faults(&text, |plan| SandboxHandle(shared).add_faults(plan))
}

async fn clear_faults(State(shared): State<Shared>) -> StatusCode {
    SandboxHandle(shared).set_faults(FaultPlan::default());
    StatusCode::NO_CONTENT
}

fn read_faults(text: &str, take: impl FnOnce(FaultPlan)) -> Response {
    match text.parse() {
        Ok(plan) => {
            take(plan);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => problem(400, &error),
    }
}

#[derive(Serialize)]
struct Offers {
    offers: Vec<Offer>,
}

async fn offers(State(shared): State<Shared>) -> Response {
    respond(HttpReply::json(200, &Offers { offers: SandboxHandle(shared).offers() }))
}

/// Parses the body itself, because axum's JSON extractor reads numbers as floats and would round money.
async fn put_offer(State(shared): State<Shared>, text: String) -> Response {
    match serde_json::from_str::<Offer>(&text) {
        Err(error) => problem(400, &error),
        Ok(offer) => match SandboxHandle(shared).put(offer) {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(error) => problem(500, &error),
        },
    }
}

async fn remove_offer(State(shared): State<Shared>, Path(offer_id): Path<u64>) -> Response {
    match SandboxHandle(shared).remove(offer_id) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => problem(500, &error),
    }
}

#[derive(Serialize)]
struct LogReply {
    counters: Counters,
    requests: Vec<LoggedRequest>,
}

async fn log(State(shared): State<Shared>) -> Response {
    let handle = SandboxHandle(shared);
    respond(HttpReply::json(200, &LogReply { counters: handle.counters(), requests: handle.requests() }))
}

async fn clear_log(State(shared): State<Shared>) -> StatusCode {
    SandboxHandle(shared).clear_requests();
    StatusCode::NO_CONTENT
}

async fn quirks(State(shared): State<Shared>) -> Response {
    respond(HttpReply::json(200, &SandboxHandle(shared).quirks()))
}

async fn set_quirks(State(shared): State<Shared>, text: String) -> Response {
    match serde_json::from_str::<Quirks>(&text) {
        Ok(quirks) => {
            SandboxHandle(shared).change_quirks(|present| *present = quirks);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => problem(400, &error),
    }
}
