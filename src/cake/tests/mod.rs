//! Tests of the room.

use crate::offer::{Field, Fields, NewOffer, OfferId, Update, Write};

use super::*;

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
fn a_create() -> Write {
    let fields = fields(&[
        ("offer_name", "Home Warranty"),
        ("advertiser_id", "101"),
        ("vertical_id", "7"),
        ("offer_url", "https://track.example.com/c?o={offer_id}"),
    ]);
    Write::Create(NewOffer::new(fields).unwrap())
}

/// An update of offer 12345.
fn an_update() -> Write {
    let changes = fields(&[("payout", "20.00")]);
    let pairs = changes.iter().map(|(field, value)| (field.updatable().unwrap(), value.clone()));
    Write::Update(Update::new(id(12345), pairs).unwrap())
}

fn id(number: u64) -> OfferId {
    OfferId::new(number).unwrap()
}

#[test]
fn a_send_can_run_on_any_executor() {
    fn is_send<T: Send>(_: T) {}
    let options = Options::new("http://127.0.0.1:9".parse().unwrap(), ApiKey::new("k").unwrap());
    let connection = Connection::new(options, Stop::never()).unwrap();
    is_send(connection.writer().send_write(&a_create(), |_| {}));
    is_send(connection.reader().offers(&Filter::default(), |_| {}));
    let _ = an_update();
}
