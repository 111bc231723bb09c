//! The guardrails of amounts: of one offer, and exact.

use rust_decimal::Decimal;

use super::Judged;
use super::breach::Breach;
use crate::config::{Guardrail, Guardrails, LintLevel};
use crate::diagnostic::{Label, Severity};
use crate::offer::{DesiredOffer, Field, Money, Value};
use crate::plan::{BeforeAfter, Unit, Verb, type_of};
use crate::policy::review::{is_beyond, keeps_margin, power_of_ten};

/// A payout of more than so many times the revenue is hardly ever meant.
const TIMES: Decimal = Decimal::TEN;

/// A guardrail's limits of an amount's rise and fall, and of the amount itself.
const AMOUNTS: [(Field, Field, [Guardrail; 2], [Guardrail; 2]); 2] = [
    (
        Field::Payout,
        Field::PayoutType,
        [Guardrail::PayoutRise, Guardrail::PayoutFall],
        [Guardrail::PayoutMax, Guardrail::PayoutMin],
    ),
    (
        Field::Revenue,
        Field::RevenueType,
        [Guardrail::RevenueRise, Guardrail::RevenueFall],
        [Guardrail::RevenueMax, Guardrail::RevenueMin],
    ),
];

/// One offer whose amounts are judged.
struct Amounts<'a, 'j> {
    offer: &'a DesiredOffer,
    sides: BeforeAfter<'a>,
    judged: &'j Judged<'a>,
    guardrails: &'a Guardrails,
}

pub(super) fn judge<'a>(judged: &Judged<'a>, guardrails: &'a Guardrails, breaches: &mut Vec<Breach<'a>>) {
    let Some(offer) = judged.offer.filter(|_| judged.action.verb() != Verb::Retire) else { return };
    let amounts = Amounts { offer, sides: BeforeAfter::of(judged.action), judged, guardrails };
    for (field, type_field, moves, bounds) in AMOUNTS {
        breaches.extend(amounts.moves(field, moves));
        breaches.extend(amounts.dropped(field, moves));
        breaches.extend(amounts.factor(field));
        if amounts.is_touched(&[field, type_field]) {
            breaches.extend(bounds.into_iter().filter_map(|bound| amounts.bound(field, bound)));
        }
    }
    if amounts.is_touched(&[Field::Payout, Field::Revenue, Field::PayoutType, Field::RevenueType]) {
        breaches.extend(amounts.margin());
        breaches.extend(amounts.above_revenue());
    }
}

impl<'a> Amounts<'a, '_> {
    /// Whether the plan decides on one of these fields: it changes one, or the offer begins with them.
    fn is_touched(&self, fields: &[Field]) -> bool {
        self.judged.starts() || fields.iter().any(|field| self.sides.change(*field).is_some())
    }

    fn after(&self, field: Field) -> Option<Money> {
        self.sides.after(field).and_then(Value::as_money)
    }

    /// The same; for an amount under `ignore_changes` that is not recorded, the one that the offer began with: what its YAML says.
    fn after_or_begun_with(&self, field: Field) -> Option<Money> {
        let is_ignored = self.offer.sync.ignore_changes.contains(field);
        let written = || self.offer.fields.get(field).filter(|_| is_ignored).and_then(Value::as_money);
        self.after(field).or_else(written)
    }

    fn breach(&self, guardrail: Guardrail, field: Field, says: &str, message: String) -> Breach<'a> {
        let label = Label::at(self.offer.place_of(field)).saying(says);
        Breach::of_offer(guardrail, self.offer, message, label)
    }

    /// How far an amount rises or falls. An offer that is new has no amount to compare with.
    fn moves(&self, field: Field, [rise, fall]: [Guardrail; 2]) -> Vec<Breach<'a>> {
        let is_limited = |guardrail| self.guardrails.percent(guardrail).is_some();
        let is_moved = self.is_moved(field);
        let Some(after) = self.after(field).filter(|_| is_moved && (is_limited(rise) || is_limited(fall))) else {
            return Vec::new();
        };
        let key = &self.offer.key;
        let Some((_, before, new)) = self.sides.money_change(field) else {
            let is_known = self.sides.before(field).is_some();
            let why = if is_known { "was of another type or currency" } else { "is not recorded" };
            let message = format!("how far the {field} of `{key}` moves is not known: the amount until now {why}");
            let limits = [rise, fall].into_iter().find_map(|of| Some((of, self.guardrails.percent(of)?)));
            let breach = limits.map(|(guardrail, limit)| {
                let breach = self.breach(guardrail, field, "cannot be compared", message).limited_by(&limit.at);
                Breach { help: "look in CAKE what the offer has now".to_owned(), ..breach }
            });
            return breach.into_iter().collect();
        };
        let (guardrail, verb) = if new > before { (rise, "rises") } else { (fall, "falls") };
        let Some(limit) = self.guardrails.percent(guardrail) else { return Vec::new() };
        if !is_beyond(before, new, limit.value) {
            return Vec::new();
        }
        let most = limit.value;
        let message = format!("the {field} of `{key}` {verb} from {before} to {after}, by more than {most} %");
        vec![self.breach(guardrail, field, &format!("recorded: {before}"), message).limited_by(&limit.at)]
    }

    /// Whether an amount becomes another one: the number changes, or what it is an amount of, as in a replace.
    fn is_moved(&self, field: Field) -> bool {
        self.judged.action.verb() != Verb::Create
            && (self.sides.change(field).is_some() || self.sides.changes_unit(field))
    }

    /// An amount that an offer had and its replacement has not: a fall to nothing.
    fn dropped(&self, field: Field, [_, fall]: [Guardrail; 2]) -> Option<Breach<'a>> {
        if self.judged.action.verb() != Verb::Replace || self.offer.fields.get(field).is_some() {
            return None;
        }
        let (before, limit) = (self.sides.before(field)?.as_money()?, self.guardrails.percent(fall)?);
        let key = &self.offer.key;
        let message = format!("the {field} of `{key}` falls from {before} to nothing: the new offer has no `{field}`");
        let breach = self.breach(fall, field, &format!("recorded: {before}"), message).limited_by(&limit.at);
        Some(Breach { help: format!("write the `{field}`"), ..breach })
    }

    /// Whether the offer begins with this action, or comes back, and its amounts are those that the YAML gives.
    fn needs_amounts(&self) -> bool {
        let ignored = self.offer.sync.ignore_changes;
        matches!(self.judged.action.verb(), Verb::Create | Verb::Replace | Verb::Restore)
            && !ignored.contains(Field::Payout)
            && !ignored.contains(Field::Revenue)
    }

    fn factor(&self, field: Field) -> Option<Breach<'a>> {
        let limit = self.guardrails.level(Guardrail::Factor);
        let severity = severity(limit.map_or(LintLevel::Warn, |limit| limit.value))?;
        if let Some(limit) = limit.filter(|_| self.is_moved(field) && self.after(field).is_some())
            && self.sides.before(field).is_some()
            && self.sides.changes_unit(field)
        {
            let key = &self.offer.key;
            let message =
                format!("how the {field} of `{key}` changes is not known: it was of another type or currency");
            let breach = self.breach(Guardrail::Factor, field, "cannot be compared", message).limited_by(&limit.at);
            return Some(Breach {
                severity,
                help: "look whether the amount is right in its unit".to_owned(),
                ..breach
            });
        }
        let (_, before, after) = self.sides.money_change(field)?;
        let times = match power_of_ten(before, after)? {
            1 => "10 times as much",
            2 => "100 times as much",
            -1 => "a tenth",
            -2 => "a hundredth",
            power if power > 0 => "1000 times as much, or more",
            _ => "a thousandth, or less",
        };
        let message = format!("the {field} of `{}` changes from {before} to {after}, about {times}", self.offer.key);
        let breach = self.breach(Guardrail::Factor, field, &format!("recorded: {before}"), message);
        let breach = Breach { severity, help: "correct the amount if a decimal point is wrong".to_owned(), ..breach };
        Some(match limit {
            Some(limit) => breach.limited_by(&limit.at),
            None => breach,
        })
    }

    /// Without a type, an amount may be of the type with the strictest limit.
    fn bound(&self, field: Field, guardrail: Guardrail) -> Option<Breach<'a>> {
        let limits = self.guardrails.amounts(guardrail)?;
        let amount = self.after(field)?.decimal();
        let unit = self.sides.unit_after(field);
        let is_highest = matches!(guardrail, Guardrail::PayoutMax | Guardrail::RevenueMax);
        let (name, limit) = match unit.price_type {
            Some(price_type) => limits.get_key_value(price_type.word())?,
            None if is_highest => limits.iter().min_by_key(|(_, limit)| limit.value)?,
            None => limits.iter().max_by_key(|(_, limit)| limit.value)?,
        };
        let most = limit.value;
        let is_broken = if is_highest { amount > most } else { amount < most };
        is_broken.then(|| {
            let (setting, key) = (guardrail.setting(), &self.offer.key);
            let shown = with_unit(amount, unit);
            let says = if is_highest { "above the limit" } else { "below the limit" };
            let (of_type, help) = match unit.price_type {
                Some(_) => (String::new(), "correct the amount".to_owned()),
                None => self.type_is_unknown(type_of(field)),
            };
            let message = format!("the {field} of `{key}` is {shown}{of_type}, and `{setting}` of {name} is {most}");
            Breach { help, ..self.breach(guardrail, field, says, message).limited_by(&limit.at) }
        })
    }

    /// The words for a type that is not known, and what to do.
    fn type_is_unknown(&self, type_field: Field) -> (String, String) {
        let help = if self.offer.sync.ignore_changes.contains(type_field) {
            format!("take `{type_field}` out of `sync.ignore_changes`, or correct the amount")
        } else {
            format!("write the `{type_field}`, or correct the amount")
        };
        (format!(" of a type that is not known (`{type_field}`)"), help)
    }

    fn margin(&self) -> Option<Breach<'a>> {
        let limit = self.guardrails.percent(Guardrail::MarginFloor)?;
        let key = &self.offer.key;
        let unseen = |field: Field, why: String| {
            let message = format!("the margin of `{key}` cannot be seen: {why}");
            let breach = self.breach(Guardrail::MarginFloor, field, "", message).limited_by(&limit.at);
            let missing = AMOUNTS.iter().flat_map(|(field, type_field, ..)| [*field, *type_field]);
            let missing = missing.filter(|field| self.sides.after(*field).is_none());
            let is_ignored = |field: &Field| self.offer.sync.ignore_changes.contains(*field);
            let help = match missing.clone().find(is_ignored) {
                Some(field) => format!("take `{field}` out of `sync.ignore_changes`"),
                None => "write what is missing".to_owned(),
            };
            Some(Breach { help, ..breach })
        };
        let (payout, revenue) = match (self.after(Field::Payout), self.after(Field::Revenue)) {
            (None, None) if self.needs_amounts() => {
                return unseen(Field::Payout, "the offer has neither `payout` nor `revenue`".to_owned());
            }
            (None, None) => return None,
            (Some(_), None) => return unseen(Field::Payout, "the offer has no `revenue`".to_owned()),
            (None, Some(_)) => return unseen(Field::Revenue, "the offer has no `payout`".to_owned()),
            (Some(payout), Some(revenue)) => (payout, revenue),
        };
        for (field, type_field, ..) in AMOUNTS {
            if self.sides.after(type_field).is_none() {
                return unseen(field, format!("the offer has no `{type_field}`"));
            }
        }
        if self.sides.after(Field::PayoutType) != self.sides.after(Field::RevenueType) {
            return None;
        }
        let is_kept = match self.sides.margin_after() {
            Some(_) => keeps_margin(payout.decimal(), revenue.decimal(), limit.value),
            // Without revenue, a payout is a loss.
            None => payout.decimal().is_zero(),
        };
        (!is_kept).then(|| {
            let floor = limit.value;
            let message = format!("`{key}` pays out {payout} and takes in {revenue}: its margin is below {floor} %");
            self.breach(Guardrail::MarginFloor, Field::Payout, "", message).limited_by(&limit.at)
        })
    }

    fn above_revenue(&self) -> Option<Breach<'a>> {
        let [payout, revenue] = [Field::Payout, Field::Revenue].map(|field| self.after_or_begun_with(field));
        let (payout, revenue) = (payout?, revenue?);
        let types = [Field::PayoutType, Field::RevenueType].map(|field| self.sides.after(field));
        // An offer whose YAML leaves one out, or of which one was not seen, may well have the other one for both.
        let may_be_of_one_type = types[0] == types[1] || types.contains(&None);
        if !may_be_of_one_type || payout <= revenue {
            return None;
        }
        let limit = self.guardrails.level(Guardrail::PayoutAboveRevenue);
        // An offer that takes in nothing, and has done so before, may be paid for elsewhere.
        let is_known_zero = revenue.decimal().is_zero() && !self.is_touched(&[Field::Revenue]);
        let is_far_above =
            !is_known_zero && revenue.decimal().checked_mul(TIMES).is_some_and(|most| payout.decimal() > most);
        let by_itself = if is_far_above { LintLevel::Deny } else { LintLevel::Warn };
        let severity = severity(limit.map_or(by_itself, |limit| limit.value))?;
        let message = format!("`{}` pays out {payout} and takes in {revenue}", self.offer.key);
        let help = match limit {
            _ if severity == Severity::Warning => "check both amounts".to_owned(),
            Some(_) => "correct the amounts".to_owned(),
            None => "correct the amounts, or set `payout_above_revenue = \"warn\"` under `[guardrails]`".to_owned(),
        };
        let breach = self.breach(Guardrail::PayoutAboveRevenue, Field::Payout, "above the revenue", message);
        let breach = Breach { severity, help, ..breach };
        Some(match limit {
            Some(limit) => breach.limited_by(&limit.at),
            None => breach,
        })
    }
}

fn severity(level: LintLevel) -> Option<Severity> {
    match level {
        LintLevel::Allow => None,
        LintLevel::Warn => Some(Severity::Warning),
        LintLevel::Deny => Some(Severity::Error),
    }
}

fn with_unit(amount: Decimal, unit: Unit) -> String {
    if unit.is_percentage() { format!("{amount} %") } else { amount.to_string() }
}
