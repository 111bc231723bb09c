//! An offer before and after an action: the changed fields and the unchanged context.

use rust_decimal::Decimal;

use crate::offer::{Field, OfferStatus, Operation, Value};

use super::action::{Action, ActionKind, FieldChange, Verb};
use super::unit::{Unit, margin};

/// Both sides of one action.
#[derive(Debug, Clone, Copy)]
pub struct BeforeAfter<'a> {
    action: &'a Action,
}

impl<'a> BeforeAfter<'a> {
    pub fn of(action: &'a Action) -> Self {
        Self { action }
    }

    pub fn change(self, field: Field) -> Option<&'a FieldChange> {
        self.action.changes.iter().find(|change| change.field == field)
    }

    pub fn before(self, field: Field) -> Option<&'a Value> {
        match (self.change(field), &self.action.kind) {
            (Some(change), _) => change.before.as_ref(),
            // There was no offer, or the values are those of its replacement.
            (None, kind) if kind.verb() == Verb::Create => None,
            (None, ActionKind::Write(Operation::RetireReplaced { .. })) => None,
            (None, _) => self.action.context.get(field),
        }
    }

    pub fn after(self, field: Field) -> Option<&'a Value> {
        match self.change(field) {
            Some(change) => change.after.as_ref(),
            None => self.action.context.get(field),
        }
    }

    fn unit(price_type: Option<&Value>, currency: Option<&Value>) -> Unit {
        Unit {
            price_type: match price_type {
                Some(Value::PriceType(price_type)) => Some(*price_type),
                _ => None,
            },
            currency: match currency {
                Some(Value::Currency(id)) => Some(*id),
                _ => None,
            },
        }
    }

    /// The unit of the amount in a field, before.
    pub fn unit_before(self, money: Field) -> Unit {
        Self::unit(self.before(type_of(money)), self.before(Field::CurrencyId))
    }

    /// The unit of the amount in a field, after.
    pub fn unit_after(self, money: Field) -> Unit {
        Self::unit(self.after(type_of(money)), self.after(Field::CurrencyId))
    }

    /// Whether the amount in a field becomes one of another type or currency.
    pub fn changes_unit(self, money: Field) -> bool {
        self.unit_before(money) != self.unit_after(money)
    }

    /// The margin before, if payout and revenue have the same type.
    pub fn margin_before(self) -> Option<Decimal> {
        same_type_margin(|field| self.before(field))
    }

    /// The margin after, if payout and revenue have the same type.
    pub fn margin_after(self) -> Option<Decimal> {
        same_type_margin(|field| self.after(field))
    }

    /// An amount that changes from one known value to another, whatever their units are.
    pub fn amount_change(self, money: Field) -> Option<(Decimal, Decimal)> {
        let change = self.change(money)?;
        Some((change.before.as_ref()?.as_money()?.decimal(), change.after.as_ref()?.as_money()?.decimal()))
    }

    /// An amount that changes from one known value to another of the same unit.
    pub fn money_change(self, money: Field) -> Option<(Unit, Decimal, Decimal)> {
        let (before, after) = self.amount_change(money)?;
        (!self.changes_unit(money)).then(|| (self.unit_after(money), before, after))
    }

    /// Whether an offer starts to accept traffic that did not, or of which that is not known. A new offer has no traffic yet.
    pub fn goes_active(self) -> bool {
        let active = Some(&Value::Status(OfferStatus::Active));
        let exists = matches!(self.action.kind.verb(), Verb::Update | Verb::Restore);
        exists
            && self
                .change(Field::OfferStatus)
                .is_some_and(|c| c.after.as_ref() == active && c.before.as_ref() != active)
    }

    /// Whether an offer that accepts traffic stops accepting it.
    pub fn goes_inactive(self) -> bool {
        let inactive = Some(&Value::Status(OfferStatus::Inactive));
        match &self.action.kind {
            ActionKind::Write(Operation::Retire { .. }) => self.before(Field::OfferStatus) != inactive,
            ActionKind::Write(Operation::RetireReplaced { .. }) => true,
            ActionKind::Write(Operation::Create(create)) => create.replaces.is_some(),
            ActionKind::Write(Operation::Update { .. }) => {
                self.change(Field::OfferStatus).is_some_and(|c| c.after.as_ref() == inactive)
            }
            _ => false,
        }
    }
}

/// If both types are absent, they count as equal, because CAKE uses the same default for both.
fn same_type_margin<'a>(value: impl Fn(Field) -> Option<&'a Value>) -> Option<Decimal> {
    if value(Field::PayoutType) != value(Field::RevenueType) {
        return None;
    }
    let amount = |field| value(field).and_then(Value::as_money).map(crate::offer::Money::decimal);
    margin(amount(Field::Payout)?, amount(Field::Revenue)?)
}

/// The field with the pricing model of the amount.
pub fn type_of(money: Field) -> Field {
    if money == Field::Revenue { Field::RevenueType } else { Field::PayoutType }
}
