//! Parses the limits of `[guardrails]`: shares, percentages, amounts, levels. Amounts are exact: the digits of the file are read, no float.

use rust_decimal::Decimal;
use toml::de::DeValue;

use super::guardrails::{Guardrail, Guardrails, Limit, LimitKind, Share};
use super::reader::{Bytes, kind_of, quoted};
use super::words::LintLevel;
use crate::diagnostic::{Diagnostic, Label, closest, codes};
use crate::offer::{Field, PriceType};

/// Why a value is no limit, with its place.
pub(super) struct NoLimit {
    pub(super) message: String,
    pub(super) at: Bytes,
    pub(super) help: String,
}

/// Reads the limit of a guardrail into the settings.
pub(super) fn read(
    guardrails: &mut Guardrails,
    guardrail: Guardrail,
    value: &DeValue<'_>,
    at: Bytes,
    label: &dyn Fn(Bytes) -> Label,
) -> Vec<NoLimit> {
    let setting = guardrail.setting();
    let place = || label(at.clone());
    let is_read = match guardrail.kind() {
        LimitKind::ShareOrCount => share(value).map(|value| {
            guardrails.shares.insert(guardrail, Limit { value, at: place() });
        }),
        LimitKind::Percent => {
            let is_possible = |value: &Decimal| guardrail != Guardrail::MarginFloor || *value <= Decimal::ONE_HUNDRED;
            percent(value).filter(is_possible).map(|value| {
                guardrails.percents.insert(guardrail, Limit { value, at: place() });
            })
        }
        LimitKind::Level => level(value).map(|value| {
            guardrails.levels.insert(guardrail, Limit { value, at: place() });
        }),
        LimitKind::AmountsByType | LimitKind::AmountsByCurrency => {
            return amounts(guardrails, guardrail, value, at, label);
        }
    };
    if is_read.is_some() {
        return Vec::new();
    }
    let (takes, example) = match guardrail.kind() {
        LimitKind::ShareOrCount => {
            ("takes a number of offers, or a share of them".to_owned(), format!("\"25 %\"` or `{setting} = 50"))
        }
        LimitKind::Level => (format!("is one of {}", quoted(LintLevel::WORDS)), "\"warn\"".to_owned()),
        _ => ("takes a percentage".to_owned(), "\"30 %\"".to_owned()),
    };
    let message = format!("`{setting}` {takes}, not {}", shown(value));
    vec![NoLimit { message, at, help: format!("write `{setting} = {example}`") }]
}

fn amounts(
    guardrails: &mut Guardrails,
    guardrail: Guardrail,
    value: &DeValue<'_>,
    at: Bytes,
    label: &dyn Fn(Bytes) -> Label,
) -> Vec<NoLimit> {
    let setting = guardrail.setting();
    let is_by_type = guardrail.kind() == LimitKind::AmountsByType;
    let example = if is_by_type { "{ cpa = 500.00, cpc = 5.00 }" } else { "{ USD = 500.00 }" };
    let of = if is_by_type { "types" } else { "currencies" };
    let DeValue::Table(table) = value else {
        let message = format!("`{setting}` takes amounts by {of}, not {}", shown(value));
        return vec![NoLimit { message, at, help: format!("write `{setting} = {example}`") }];
    };
    let mut problems = Vec::new();
    let limits = guardrails.amounts.entry(guardrail).or_default();
    for (key, value) in table {
        let name: &str = key.get_ref();
        if is_by_type && !PriceType::WORDS.contains(&name) {
            let help = match closest(name, PriceType::WORDS.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the types are {}", quoted(PriceType::WORDS)),
            };
            problems.push(NoLimit { message: format!("`{setting}`: `{name}` is no type"), at: key.span(), help });
            continue;
        }
        if let Some(amount) = amount(value.get_ref()) {
            limits.insert(Box::from(name), Limit { value: amount, at: label(value.span()) });
        } else {
            let message = format!("`{setting}.{name}` takes an amount, not {}", shown(value.get_ref()));
            let help = "write plain digits, as in `500.00`".to_owned();
            problems.push(NoLimit { message, at: value.span(), help });
        }
    }
    problems
}

/// Limits between which there is no amount: every offer would break one of them.
pub(super) fn contradictions(guardrails: &Guardrails) -> Vec<Diagnostic> {
    let pairs = [(Guardrail::PayoutMin, Guardrail::PayoutMax), (Guardrail::RevenueMin, Guardrail::RevenueMax)];
    let mut found = Vec::new();
    for (lowest, highest) in pairs {
        for (of, min) in guardrails.amounts(lowest).into_iter().flatten() {
            let max = guardrails.amounts(highest).and_then(|limits| limits.get(of));
            let Some(max) = max.filter(|max| max.value < min.value) else { continue };
            let [lowest, highest] = [lowest, highest].map(Guardrail::setting);
            let message = format!("`{lowest}` of {of} is {}, which is above `{highest}`, {}", min.value, max.value);
            let problem = Diagnostic::error(codes::config::BAD_VALUE, message).label(min.at.clone());
            found.push(problem.label(max.at.clone()).help("there is no amount between them: correct one of them"));
        }
    }
    found
}

/// `"25 %"`, or a number of offers.
fn share(value: &DeValue<'_>) -> Option<Share> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok().map(Share::Count),
        _ => percent(value).filter(|percent| *percent <= Decimal::ONE_HUNDRED).map(Share::Percent),
    }
}

/// `"30 %"`
fn percent(value: &DeValue<'_>) -> Option<Decimal> {
    let DeValue::String(text) = value else { return None };
    exact(text.trim().strip_suffix('%')?.trim_end())
}

/// An amount as the file writes it, as a number or as text.
fn amount(value: &DeValue<'_>) -> Option<Decimal> {
    match value {
        DeValue::Integer(number) if number.radix() == 10 => exact(number.as_str()),
        DeValue::Float(number) => exact(number.as_str()),
        DeValue::String(text) => exact(text),
        _ => None,
    }
}

/// The same plain digits as in an offer: no sign, no exponent, no separators.
fn exact(digits: &str) -> Option<Decimal> {
    Some(Field::Payout.parse(digits).ok()?.as_money()?.decimal())
}

fn level(value: &DeValue<'_>) -> Option<LintLevel> {
    match value {
        DeValue::String(text) => LintLevel::ALL.iter().copied().find(|level| level.word() == &**text),
        _ => None,
    }
}

fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("`{text}`"),
        DeValue::Integer(number) => format!("`{}`", number.as_str()),
        DeValue::Float(number) => format!("`{}`", number.as_str()),
        other => kind_of(other).to_owned(),
    }
}
