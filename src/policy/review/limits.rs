//! The limits beyond which an amount or a margin is flagged: those of the guardrails, where they are set.

use rust_decimal::Decimal;

use super::amounts::AMOUNTS;
use crate::config::{Guardrail, Guardrails};
use crate::offer::Field;

/// Percentages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of [`AMOUNTS`]: one that rises by more is flagged.
    rise: [Decimal; 2],
    /// One that falls by more is flagged.
    fall: [Decimal; 2],
    /// A lower margin is flagged.
    pub(super) margin_floor: Decimal,
}

impl Limits {
    /// The limits of these guardrails.
    pub fn of(guardrails: &Guardrails) -> Self {
        // The usual adjustments of amounts are below a fifth, a wrong digit is far above.
        let fifth = Decimal::from_parts(20, 0, 0, false, 0);
        let percent = |guardrail, default| guardrails.percent(guardrail).map_or(default, |limit| limit.value);
        Self {
            rise: [Guardrail::PayoutRise, Guardrail::RevenueRise].map(|guardrail| percent(guardrail, fifth)),
            fall: [Guardrail::PayoutFall, Guardrail::RevenueFall].map(|guardrail| percent(guardrail, fifth)),
            margin_floor: percent(Guardrail::MarginFloor, Decimal::ZERO),
        }
    }

    pub(super) fn rise(&self, field: Field) -> Decimal {
        self.rise[usize::from(field != AMOUNTS[0])]
    }

    pub(super) fn fall(&self, field: Field) -> Decimal {
        self.fall[usize::from(field != AMOUNTS[0])]
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::of(&Guardrails::default())
    }
}
