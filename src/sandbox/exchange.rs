//! Handles one API request: selects its fault, has the call executed, sends or withholds the reply.
//!
//! Does not know what the calls do. The invariant: unless its fault says that it is executed late or not at all, the call is
//! executed, and its write is on disk, before any delay and before any byte of the reply.

use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::api_keys::redact_key;
use super::connection::ConnectionControl;
use super::delivery::{Delivery, execute};
use super::fake_cake::ParsedRequest;
use super::faults::{Call, Disconnect, SelectedFault};
use super::reply::{HttpReply, Rejection};
use super::shared::Shared;

/// Much larger than any documented request.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// How long a reply waits for the other one to be swapped with.
const SWAP_PATIENCE: Duration = Duration::from_millis(300);

/// Marks a request as finished on drop, because a client that disconnects drops the handler at any await.
struct InFlight(Shared);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.cake().log.over();
        self.0.notify_progress();
    }
}

pub(super) async fn call(call: Call, shared: Shared, line: ConnectionControl, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let (number, mut selected) = arrive(call, &shared, &head);
    let _in_flight = InFlight(shared.clone());
    if let Some(ending) = selected.early_ending() {
        return send(Delivery::Drop(ending), &shared, &line, number).await;
    }
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return send(Delivery::Reply(HttpReply::html(413)), &shared, &line, number).await;
    };
    let query = head.uri.query().unwrap_or("");
    let content_type = header(&head.headers, &CONTENT_TYPE);
    let parsed = ParsedRequest {
        call,
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        content_type,
        body,
    };
    let (wait, delivery) = {
        let mut cake = shared.cake();
        let (id, names) = cake.subject(&parsed);
        cake.faults.select_by_offer(call, id, &names, &String::from_utf8_lossy(&parsed.body), &mut selected);
        let (_, shown, key) = redact_key(query, &parsed.body);
        cake.log.amend(number, |request| {
            request.body = shown;
            request.key = key;
            request.fault = selected.describe();
        });
        let (delay, effect) = selected.verdict();
        let delivery = execute(&mut cake, number, parsed, effect);
        (cake.latency.saturating_add(delay), delivery)
    };
    shared.notify_progress();
    if wait > Duration::ZERO {
        tokio::time::sleep(wait).await;
    }
    send(delivery, &shared, &line, number).await
}

/// Logs a request and selects the faults that depend only on its head.
fn arrive(call: Call, shared: &Shared, head: &Parts) -> (u64, SelectedFault) {
    let mut cake = shared.cake();
    let (query, _, key) = redact_key(head.uri.query().unwrap_or(""), &[]);
    let number = cake.log.arrived(head.method.as_str(), head.uri.path(), &query, Some(call));
    let selected = cake.faults.select_by_call(call);
    cake.log.amend(number, |request| {
        request.key = key;
        request.content_type = header(&head.headers, &CONTENT_TYPE);
        request.user_agent = header(&head.headers, &USER_AGENT);
        request.fault = selected.describe();
    });
    shared.notify_progress();
    (number, selected)
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

async fn send(delivery: Delivery, shared: &Shared, line: &ConnectionControl, number: u64) -> Response {
    match delivery {
        Delivery::Reply(reply) => return answer(reply, shared, number),
        Delivery::Late(due, result) => {
            tokio::time::sleep(due.saturating_duration_since(Instant::now())).await;
            // Locking executes the call, if nothing has done so before.
            shared.cake().catch_up();
            let result = result.await.unwrap_or(Err(Rejection::Broken));
            let reply = shared.cake().reply(&result, None);
            return answer(reply, shared, number);
        }
        Delivery::Swapped(other, own) => {
            let other = tokio::time::timeout(SWAP_PATIENCE, other).await;
            let reply = other.ok().and_then(Result::ok).unwrap_or(own);
            return answer(reply, shared, number);
        }
        Delivery::Cut(reply) => line.end_after(reply.cut()),
        Delivery::Drop(ending) => line.end(ending),
        Delivery::Never => {
            shared.stopped().await;
            line.end(Disconnect::Close);
        }
    }
    // Discarded: the controlled stream does not send it.
    Response::new(Body::empty())
}

fn answer(reply: HttpReply, shared: &Shared, number: u64) -> Response {
    shared.cake().log.amend(number, |request| request.status = Some(reply.status));
    respond(reply)
}

/// Converts a reply to axum's type.
pub(super) fn respond(reply: HttpReply) -> Response {
    let HttpReply { status, headers, content_type, body } = reply;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let named = headers.into_iter().map(|(name, value)| (HeaderName::from_static(name), value));
    for (name, value) in named.chain([(CONTENT_TYPE, content_type)]) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Logs an unknown path and answers 404.
pub(super) async fn not_found(State(shared): State<Shared>, request: Request) -> Response {
    refuse(&shared, &request, &Rejection::NotFound)
}

/// Logs a wrong method and answers 405.
pub(super) async fn wrong_method(State(shared): State<Shared>, request: Request) -> Response {
    refuse(&shared, &request, &Rejection::WrongMethod)
}

fn refuse(shared: &Shared, request: &Request, rejection: &Rejection) -> Response {
    let reply = HttpReply::from(rejection);
    let mut cake = shared.cake();
    let (query, _, key) = redact_key(request.uri().query().unwrap_or(""), &[]);
    let number = cake.log.arrived(request.method().as_str(), request.uri().path(), &query, None);
    cake.log.amend(number, |request| {
        request.key = key;
        request.status = Some(reply.status);
    });
    cake.log.over();
    respond(reply)
}

/// `POST /api/2/offer.json`.
pub(super) async fn create(
    State(shared): State<Shared>,
    Extension(line): Extension<ConnectionControl>,
    request: Request,
) -> Response {
    call(Call::Create, shared, line, request).await
}

/// `POST /api/2/update_offer.json`.
pub(super) async fn update(
    State(shared): State<Shared>,
    Extension(line): Extension<ConnectionControl>,
    request: Request,
) -> Response {
    call(Call::Update, shared, line, request).await
}

/// `GET /api/2/offers.json`.
pub(super) async fn list(
    State(shared): State<Shared>,
    Extension(line): Extension<ConnectionControl>,
    request: Request,
) -> Response {
    call(Call::List, shared, line, request).await
}

/// `GET /api/2/advertisers.json`.
pub(super) async fn advertisers(
    State(shared): State<Shared>,
    Extension(line): Extension<ConnectionControl>,
    request: Request,
) -> Response {
    call(Call::Advertisers, shared, line, request).await
}
