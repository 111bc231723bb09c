//! A new offer in one row: what it pays, what it earns and what is left.

use crate::offer::{Field, Value};
use crate::plan::{Action, BeforeAfter};

use super::ViewContext;
use super::field_change::advertiser;
use super::money::tenths;

/// The texts of a row; those of absent values are empty.
#[derive(Debug)]
pub(in crate::report) struct NewOfferRow<'a> {
    pub key: &'a str,
    pub name: &'a str,
    pub advertiser: String,
    pub payout: String,
    pub revenue: String,
    pub margin: String,
}

impl<'a> NewOfferRow<'a> {
    pub(super) fn of(action: &'a Action, context: ViewContext<'_>) -> Self {
        let sides = BeforeAfter::of(action);
        let money = |field| {
            let unit = sides.unit_after(field);
            let amount = sides.after(field).map(|amount| format!("{} {}", unit.amount(amount), unit.text(context)));
            amount.unwrap_or_default().trim().to_owned()
        };
        Self {
            key: action.key.as_str(),
            name: action.context.name().unwrap_or_default(),
            advertiser: advertiser(sides.after(Field::AdvertiserId).and_then(Value::as_integer), context),
            payout: money(Field::Payout),
            revenue: money(Field::Revenue),
            margin: sides.margin_after().map(|margin| format!("{} %", tenths(margin))).unwrap_or_default(),
        }
    }
}
