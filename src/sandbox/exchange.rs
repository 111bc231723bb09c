//! Handles one API request: selects its fault, executes the call, sends or withholds the reply.
//!
//! Does not know what the calls do. The invariant: the call is executed, and its write is on disk, before any delay and before any
//! byte of the reply.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header::{CONTENT_TYPE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;

use super::connection::ConnectionControl;
use super::fake_cake::{CallResult, FakeCake, ParsedRequest, redact_key};
use super::faults::{Call, Disconnect, Effect, Processing, RetryAfter, SelectedFault};
use super::reply::{HttpReply, Rejection};
use super::rows::ShownId;
use super::shared::Shared;

/// Much larger than any documented request.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// What the client receives.
enum Delivery {
    Reply(HttpReply),
    /// The reply with half of its body.
    Cut(HttpReply),
    Drop(Disconnect),
    Never,
}

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
        content_type: content_type.as_deref(),
        body: &body,
    };
    let (wait, delivery) = {
        let mut cake = shared.cake();
        let (id, names) = cake.subject(&parsed);
        cake.faults.select_by_offer(call, id, &names, &mut selected);
        let (_, shown, key) = redact_key(query, &body);
        cake.log.amend(number, |request| {
            request.body = shown;
            request.key = key;
            request.fault = selected.describe();
        });
        let (delay, effect) = selected.verdict();
        let delivery = execute(&mut cake, number, &parsed, effect);
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

/// Executes the call unless the fault prevents it, and decides what the client receives.
fn execute(cake: &mut FakeCake, number: u64, request: &ParsedRequest<'_>, effect: Option<Effect>) -> Delivery {
    let work = effect.as_ref().map_or(Processing::Processed, Effect::work);
    let answer = (work == Processing::Processed).then(|| cake.perform(request));
    if let Some(Ok(_)) = answer {
        cake.log.done(number, request.call);
    }
    let shown_as = |id| match &answer {
        Some(Ok(answer)) => cake.show(answer, id),
        Some(Err(rejection)) => rejection.into(),
        None => HttpReply::from(&Rejection::Broken),
    };
    match effect {
        None | Some(Effect::Delay(_)) => Delivery::Reply(shown_as(ShownId::Own)),
        Some(Effect::Drop(ending, _)) => Delivery::Drop(ending),
        Some(Effect::Hang(_)) => Delivery::Never,
        Some(Effect::CutBody) => Delivery::Cut(shown_as(ShownId::Own)),
        Some(Effect::Html(status, _)) => Delivery::Reply(HttpReply::html(status)),
        Some(Effect::Error(message)) => Delivery::Reply(HttpReply::failed(&message)),
        Some(Effect::Restricted) => Delivery::Reply(HttpReply::failed("Restricted")),
        Some(Effect::Status { code, retry_after, .. }) => Delivery::Reply(status(code, retry_after)),
        Some(Effect::NoId) => Delivery::Reply(shown_as(ShownId::Absent)),
        Some(Effect::OtherId(id)) => {
            Delivery::Reply(shown_as(ShownId::Other(id.unwrap_or_else(|| next_id(answer.as_ref())))))
        }
        Some(Effect::Redirect(url)) => Delivery::Reply(HttpReply::html(302).with("location", url)),
        Some(Effect::ContentType(content_type)) => {
            Delivery::Reply(HttpReply { content_type, ..shown_as(ShownId::Own) })
        }
    }
}

fn next_id(answer: Option<&Result<CallResult, Rejection>>) -> u64 {
    match answer {
        Some(Ok(CallResult::Written(offer, _))) => offer.offer_id.saturating_add(1),
        _ => 1,
    }
}

fn status(code: u16, retry_after: Option<RetryAfter>) -> HttpReply {
    let reply = HttpReply::bare(code);
    match retry_after {
        None => reply,
        Some(RetryAfter::Seconds(seconds)) => reply.with("retry-after", seconds.to_string()),
        Some(RetryAfter::Date(seconds)) => {
            // Uses the system clock even if the sandbox's clock is fixed, because clients compare the date with theirs.
            let date = std::time::SystemTime::now() + Duration::from_secs(seconds.into());
            reply.with("retry-after", httpdate::fmt_http_date(date))
        }
    }
}

async fn send(delivery: Delivery, shared: &Shared, line: &ConnectionControl, number: u64) -> Response {
    match delivery {
        Delivery::Reply(reply) => {
            shared.cake().log.amend(number, |request| request.status = Some(reply.status));
            return respond(reply);
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
