//! Tests of the room: certainty stage by stage on real sockets, bytes of requests, paging, rate limit.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::offer::{CreateRequest, Field, FieldSet, Fields, NewOffer, OfferId, Operation, Update, WriteOutcome};

use super::*;

mod bodies;
mod echo;
mod html;
mod listing;
mod pagination;
mod rate_limit;
mod redaction;
mod replies;
mod retries;
mod rows;
mod server;
mod stages;

/// A key that is altered by every encoding that it could meet.
const KEY: &str = "s3cr+t/k&y";

/// Fields read from texts by the fields' own rules.
fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs
        .iter()
        .map(|(name, text)| {
            let field = Field::from_name(name).unwrap();
            (field, field.parse(text).unwrap())
        })
        .collect()
}

/// The smallest create.
fn a_create() -> Operation {
    let fields = fields(&[
        ("offer_name", "Home Warranty"),
        ("advertiser_id", "101"),
        ("vertical_id", "7"),
        ("offer_url", "https://track.example.com/c?o={offer_id}"),
    ]);
    create_of(NewOffer::new(fields).unwrap())
}

/// An update of offer 12345.
fn create_of(offer: NewOffer) -> Operation {
    Operation::Create(CreateRequest { offer, ignored: FieldSet::default(), protect: false, replaces: None })
}

fn an_update() -> Operation {
    let changes = fields(&[("payout", "20.00")]);
    let pairs = changes.iter().map(|(field, value)| (field.updatable().unwrap(), value.clone()));
    Operation::Update { update: Update::new(id(12345), pairs).unwrap() }
}

fn id(number: u64) -> OfferId {
    OfferId::new(number).unwrap()
}

/// Options without rate limit and waits, for one attempt.
fn options(url: &str) -> Options {
    let mut options = Options::new(url.parse().unwrap(), ApiKey::new(KEY).unwrap());
    options.requests_per_second = 0;
    (options.attempts, options.first_wait) = (1, Duration::ZERO);
    options
}

/// The same with so many attempts.
fn options_with_attempts(url: &str, attempts: u32) -> Options {
    let mut options = options(url);
    options.attempts = attempts;
    options
}

fn connect(options: Options) -> Client {
    Client::new(options, CancellationToken::new()).unwrap()
}

/// One attempt at a write.
async fn send(url: &str, write: &Operation) -> SendReport {
    connect(options(url)).writer().send_request(write.request(None), |_| {}).await
}

/// What is certain, as one word.
fn certainty(report: &SendReport) -> &'static str {
    match &report.outcome {
        WriteOutcome::Done { .. } => "done",
        WriteOutcome::Rejected { .. } if report.key_refused => "key refused",
        WriteOutcome::Rejected { .. } => "rejected",
        WriteOutcome::NotSent { .. } => "not sent",
        WriteOutcome::InDoubt { .. } => "in doubt",
    }
}
