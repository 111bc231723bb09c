//! The little language of `edit`: `--set payout=+10%` and `--where 'advertiser = acme-home and payout >= 20'`.
//!
//! Sums are exact decimals; a percentage is rounded once, half away from zero, to as many decimals as the old amount has (at
//! least two), or as `--decimals` says.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::config::{Found, Names};
use crate::offer::{DesiredOffer, Field, FieldKind, Money, Value};

use super::failure::Failure;

/// The fewest decimals of a computed amount.
const FEWEST_DECIMALS: u32 = 2;

/// `FIELD=VALUE`, or for money also `FIELD=+10%`, `FIELD=-2.50`, `FIELD=*1.1`.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) field: Field,
    change: Change,
    decimals: Option<u32>,
}

#[derive(Debug)]
enum Change {
    To(Value),
    By(Decimal),
    ByPercent(Decimal),
    Times(Decimal),
}

/// Several comparisons, all of which have to hold.
#[derive(Debug)]
pub(super) struct Condition(Vec<Comparison>);

#[derive(Debug)]
struct Comparison {
    field: Field,
    operator: Operator,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    Unequal,
    AtLeast,
    AtMost,
    More,
    Less,
}

/// Longer signs first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("!=", Operator::Unequal),
    ("=", Operator::Equal),
    (">", Operator::More),
    ("<", Operator::Less),
];

/// The field of that name, or the one whose ids that name stands for.
fn field(name: &str) -> Result<Field, Failure> {
    let found = Field::ALL.into_iter().find(|field| field.name() == name || field.by_name() == Some(name));
    found.ok_or_else(|| {
        let failure = Failure::usage(format!("there is no field `{name}`"));
        match crate::diagnostic::closest(name, Field::ALL.into_iter().map(Field::name)) {
            Some(close) => failure.help(format!("did you mean `{close}`?")),
            None => failure,
        }
    })
}

/// A value as the user writes it: a configured name where the field is called by name, else by the field's own rule.
fn value(field: Field, called: &str, text: &str, names: &Names) -> Result<Value, Failure> {
    let text = text.trim().trim_matches(['"', '\'']);
    if field.by_name() == Some(called) {
        return match names.find(field, text) {
            Found::Value(value) => Ok(value),
            Found::Broken | Found::Nothing => {
                Err(Failure::usage(format!("`{text}` is no {called} that offersync.toml has a name for")))
            }
        };
    }
    field.parse(text).map_err(|error| Failure::usage(format!("`{called}`: `{text}`: {error}")))
}

impl Assignment {
    /// Reads `FIELD=VALUE`.
    pub(super) fn parse(text: &str, names: &Names, decimals: Option<u32>) -> Result<Self, Failure> {
        let (name, wanted) = text
            .split_once('=')
            .ok_or_else(|| Failure::usage(format!("`{text}`: write it as FIELD=VALUE, such as payout=+10%")))?;
        let (name, wanted) = (name.trim(), wanted.trim());
        let field = field(name)?;
        let change = match (field.kind(), wanted.chars().next()) {
            (FieldKind::Money, Some(sign @ ('+' | '-' | '*'))) => relative(name, sign, wanted)?,
            _ => Change::To(value(field, name, wanted, names)?),
        };
        Ok(Self { field, change, decimals })
    }

    /// The value that this offer should have.
    pub(super) fn value_for(&self, offer: &DesiredOffer) -> Result<Value, Failure> {
        let (by, percent) = match &self.change {
            Change::To(value) => return Ok(value.clone()),
            Change::By(by) => (*by, false),
            Change::ByPercent(by) | Change::Times(by) => (*by, true),
        };
        let (key, field) = (&offer.key, self.field);
        let impossible = |why: &str| Failure::usage(format!("`{field}` of `{key}` {why}"));
        let old =
            offer.fields.get(field).and_then(Value::as_money).ok_or_else(|| impossible("has no amount to change"))?;
        let old = old.decimal();
        let exact = match &self.change {
            Change::By(_) => old.checked_add(by),
            Change::ByPercent(_) => by
                .checked_div(Decimal::ONE_HUNDRED)
                .and_then(|part| part.checked_add(Decimal::ONE))
                .and_then(|factor| old.checked_mul(factor)),
            Change::Times(_) | Change::To(_) => old.checked_mul(by),
        };
        let exact = exact.ok_or_else(|| impossible("would have more digits than can be kept exactly"))?;
        let decimals = self.decimals.unwrap_or(old.scale().max(FEWEST_DECIMALS));
        let amount = if percent || self.decimals.is_some() {
            let mut rounded = exact.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
            rounded.rescale(decimals);
            rounded
        } else {
            exact
        };
        Money::from_decimal(amount).map(Value::Money).ok_or_else(|| impossible("would be negative"))
    }
}

fn relative(name: &str, sign: char, text: &str) -> Result<Change, Failure> {
    let digits = text.trim_start_matches(sign);
    let (digits, percent) = digits.strip_suffix('%').map_or((digits, false), |digits| (digits, true));
    let amount = Decimal::from_str_exact(digits.trim())
        .ok()
        .filter(|amount| !amount.is_sign_negative())
        .ok_or_else(|| Failure::usage(format!("`{name}`: `{text}`: write +10%, -2.50 or *1.1")))?;
    let signed = if sign == '-' { -amount } else { amount };
    match (sign, percent) {
        ('*', true) => {
            Err(Failure::usage(format!("`{name}`: `{text}`: a factor is no percentage, write *1.1 or +10%")))
        }
        ('*', false) => Ok(Change::Times(amount)),
        (_, true) => Ok(Change::ByPercent(signed)),
        (_, false) => Ok(Change::By(signed)),
    }
}

impl Condition {
    /// Reads comparisons that are joined by `and`.
    pub(super) fn parse(text: &str, names: &Names) -> Result<Self, Failure> {
        text.split(" and ").map(|part| Comparison::parse(part.trim(), names)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether all of them hold.
    pub(super) fn holds(&self, offer: &DesiredOffer) -> bool {
        self.0.iter().all(|comparison| comparison.holds(offer))
    }
}

impl Comparison {
    fn parse(text: &str, names: &Names) -> Result<Self, Failure> {
        let found = OPERATORS.iter().filter_map(|(sign, operator)| Some((text.find(sign)?, *sign, *operator)));
        // The first sign in the text; of two that begin there, the longer one.
        let (at, sign, operator) = found
            .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())))
            .ok_or_else(|| Failure::usage(format!("`{text}`: write a comparison such as payout >= 20")))?;
        let name = text[..at].trim();
        let field = field(name)?;
        let ordered = !matches!(operator, Operator::Equal | Operator::Unequal);
        if ordered && !matches!(field.kind(), FieldKind::Money | FieldKind::Hours | FieldKind::Date | FieldKind::Id) {
            return Err(Failure::usage(format!("`{text}`: `{name}` can only be compared with = and !=")));
        }
        Ok(Self { field, operator, value: value(field, name, &text[at + sign.len()..], names)? })
    }

    /// An absent value is unequal to every value, and neither more nor less.
    fn holds(&self, offer: &DesiredOffer) -> bool {
        let Some(value) = offer.fields.get(self.field) else { return self.operator == Operator::Unequal };
        let order = order(value, &self.value);
        match self.operator {
            Operator::Equal => value == &self.value,
            Operator::Unequal => value != &self.value,
            Operator::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
            Operator::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
            Operator::More => order.is_some_and(std::cmp::Ordering::is_gt),
            Operator::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        }
    }
}

fn order(one: &Value, other: &Value) -> Option<std::cmp::Ordering> {
    match (one, other) {
        (Value::Money(one), Value::Money(other)) => Some(one.cmp(other)),
        (Value::Date(one), Value::Date(other)) => Some(one.cmp(other)),
        _ => Some(one.as_integer()?.cmp(&other.as_integer()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{Fields, FileId, Key, Place, SyncSettings};

    fn offer(payout: &str) -> DesiredOffer {
        let pairs = [(Field::AdvertiserId, "101"), (Field::Payout, payout), (Field::PayoutType, "cpa")];
        let fields: Fields = pairs.into_iter().map(|(field, text)| (field, field.parse(text).unwrap())).collect();
        let place = Place { file: FileId(0), line: 1, column: 1, length: 1 };
        let key = Key::new("a").unwrap();
        DesiredOffer { key, fields, sync: SyncSettings::default(), place, places: Box::default() }
    }

    fn names() -> Names {
        let mut names = Names::default();
        names.insert(Field::AdvertiserId, "acme-home", Some(Field::AdvertiserId.parse("101").unwrap()));
        names
    }

    fn after(set: &str, payout: &str) -> String {
        let assignment = Assignment::parse(set, &names(), None).unwrap();
        assignment.value_for(&offer(payout)).unwrap().to_string()
    }

    #[test]
    fn amounts_change_exactly_and_percentages_round_half_away_from_zero() {
        assert_eq!(after("payout=24.00", "20"), "24.00");
        assert_eq!(after("payout=+10%", "20.00"), "22.00");
        assert_eq!(after("payout=+10%", "0.05"), "0.06");
        assert_eq!(after("payout=-10%", "0.05"), "0.05");
        assert_eq!(after("payout=+10%", "20"), "22.00");
        assert_eq!(after("payout=+0.005", "20.00"), "20.005");
        assert_eq!(after("payout=-2.50", "20.00"), "17.50");
        assert_eq!(after("payout=*1.5", "19.999"), "29.999");
    }

    #[test]
    fn an_amount_never_gets_negative() {
        let assignment = Assignment::parse("payout=-30", &names(), None).unwrap();
        assert!(assignment.value_for(&offer("20")).is_err());
        assert!(Assignment::parse("payout=ten", &names(), None).is_err());
        assert!(Assignment::parse("payot=1", &names(), None).is_err());
    }

    #[test]
    fn conditions_know_names_and_order() {
        let holds = |text: &str| Condition::parse(text, &names()).unwrap().holds(&offer("20.00"));
        assert!(holds("advertiser = acme-home and payout_type = CPA"));
        assert!(holds("advertiser_id = 101 and payout >= 20"));
        assert!(!holds("payout > 20"));
        assert!(holds("payout != 21"));
        assert!(holds("revenue != 1"), "an absent value is unequal to every value");
        assert!(!holds("revenue < 1"));
        assert!(Condition::parse("offer_name > a", &names()).is_err());
        assert!(Condition::parse("advertiser = nobody", &names()).is_err());
    }
}
