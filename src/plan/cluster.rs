//! Clusters: changes of amounts that follow one rule, such as +10 %. They are information for reviewers; no action depends on them.

use rust_decimal::{Decimal, RoundingStrategy};

use super::unit::Unit;
use crate::offer::Field;

/// How the amounts of a cluster change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The old amount times this, rounded in any way to the decimals of the new one or to steps that the new ones have.
    Times(Decimal),
    /// The old amount plus this, which may be negative.
    Plus(Decimal),
    /// This amount, whatever the old one was.
    Set(Decimal),
}

/// Changes of one field, from one unit to one unit, that follow one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Payout or revenue.
    pub field: Field,
    /// What the amounts are amounts of, before and after.
    pub units: [Unit; 2],
    /// What they have in common.
    pub rule: Rule,
    /// How many offers follow it.
    pub offers: usize,
}

impl Rule {
    /// The new amount by this rule, with so many decimals; `None` where it has too many digits or would be negative.
    pub fn amount(self, before: Option<Decimal>, places: u32) -> Option<Decimal> {
        let exact = match self {
            Self::Times(factor) => before?.checked_mul(factor)?,
            Self::Plus(difference) => before?.checked_add(difference)?,
            Self::Set(amount) => return Some(amount),
        };
        let mut amount = exact.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
        amount.rescale(places);
        (!amount.is_sign_negative()).then_some(amount)
    }

    /// Name used in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Times(_) => "times",
            Self::Plus(_) => "plus",
            Self::Set(_) => "set",
        }
    }

    /// The factor, the difference or the amount.
    pub fn number(self) -> Decimal {
        let (Self::Times(number) | Self::Plus(number) | Self::Set(number)) = self;
        number
    }
}
