//! Every action as a row of its own, for views that filter and sort: what it is, whose, why to review it, and its amounts.

use rust_decimal::Decimal;

use crate::offer::{Field, Value};
use crate::plan::{Action, BeforeAfter, FlagKind, Unit, Verb};
use crate::report::escape::visible;

use super::folders::folder;
use super::group::Group;
use super::money::tenths;
use super::{FieldChangeText, NOT_MANAGED, NOT_RECORDED, PlanView, ViewContext};

/// One action with everything that is shown of it.
#[derive(Debug)]
pub(in crate::report) struct ActionRow<'a> {
    /// The action as a group of one, with the flags for which it is reviewed before others.
    pub group: Group<'a>,
    /// Every flag, also those that too many have.
    pub flags: Vec<FlagKind>,
    pub folder: String,
    pub advertiser: String,
    /// Empty where it is not known.
    pub currency: String,
    pub changes: Vec<FieldChangeText>,
    pub payout: Amount,
    pub revenue: Amount,
    pub margin: Amount,
}

/// An amount, or a margin, on both sides.
#[derive(Debug, Default)]
pub(in crate::report) struct Amount {
    /// `20.00 → 24.00 cpa, USD (+4.00, +20.0 %)`; empty where neither side is known.
    pub text: String,
    /// By how many percent it changes, or the margin after; `None` where it does not change or is not known.
    pub order: Option<Decimal>,
}

impl<'a> ActionRow<'a> {
    pub(super) fn of(view: &PlanView<'a>, group: Group<'a>) -> Self {
        let action = group.first;
        let sides = BeforeAfter::of(action);
        let unit = Unit { price_type: None, currency: sides.unit_after(Field::Payout).currency };
        let advertiser = action.context.get(Field::AdvertiserId).and_then(Value::as_integer);
        let mut flags: Vec<_> = action.flags.iter().map(|flag| flag.kind()).collect();
        flags.dedup();
        let changes = view.changes(&group);
        Self {
            flags,
            folder: visible(folder(action)).into_owned(),
            advertiser: super::field_change::advertiser(advertiser, view.context),
            currency: unit.text(view.context),
            payout: amount(action, &changes, Field::Payout, view.context),
            revenue: amount(action, &changes, Field::Revenue, view.context),
            margin: margin(sides),
            changes,
            group,
        }
    }
}

impl ActionRow<'_> {
    /// What to sort the amounts and the margin by.
    pub(in crate::report) fn numbers(&self) -> Vec<Option<Decimal>> {
        [&self.payout, &self.revenue, &self.margin].map(|amount| amount.order.map(|number| number.round_dp(3))).into()
    }
}

/// What a flag of that kind says, without a number of offers: `with another host`.
pub(in crate::report) fn flag_name(kind: FlagKind) -> String {
    let counted = super::counted(kind, 2);
    counted.strip_prefix("2 ").unwrap_or(&counted).to_owned()
}

/// An amount that changes on both sides, another as it is.
fn amount(action: &Action, changes: &[FieldChangeText], field: Field, context: ViewContext<'_>) -> Amount {
    let (sides, is_create) = (BeforeAfter::of(action), action.verb() == Verb::Create);
    let unit = sides.unit_after(field);
    let Some(change) = changes.iter().find(|change| change.field == field) else {
        let known = sides.after(field).and_then(Value::as_money);
        let text = known.map(|amount| with_unit(&unit.amount(amount), unit, context)).unwrap_or_default();
        return Amount { text, order: None };
    };
    let moved = sides.money_change(field).and_then(|(_, before, after)| crate::plan::percentage(before, after));
    let text = match (&change.before, &change.after) {
        (None, Some(after)) if is_create => after.clone(),
        (Some(before), Some(after)) if before == after => after.clone(),
        (before, after) => {
            format!("{} → {}", before.as_deref().unwrap_or(NOT_RECORDED), after.as_deref().unwrap_or(NOT_MANAGED))
        }
    };
    let annotation = change.annotation.as_ref().map(|annotation| format!(" ({annotation})")).unwrap_or_default();
    Amount { text: with_unit(&text, unit, context) + &annotation, order: moved }
}

fn with_unit(amount: &str, unit: Unit, context: ViewContext<'_>) -> String {
    format!("{amount} {}", unit.text(context)).trim_end().to_owned()
}

fn margin(sides: BeforeAfter<'_>) -> Amount {
    let percent = |margin: Decimal| format!("{} %", tenths(margin));
    let (before, after) = (sides.margin_before(), sides.margin_after());
    let text = match (before.map(percent), after.map(percent)) {
        (Some(before), Some(after)) if before != after => format!("{before} → {after}"),
        (_, Some(after)) => after,
        (_, None) => String::new(),
    };
    Amount { text, order: after }
}
