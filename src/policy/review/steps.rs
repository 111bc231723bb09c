//! Steps to which new amounts are rounded, seen in the amounts themselves: quarters, whole dollars, or one ending such as .99.

use std::collections::HashSet;

use rust_decimal::{Decimal, RoundingStrategy};

/// Fewer different amounts show no steps.
const DIFFERENT: usize = 5;

/// Amounts that are all as far above a multiple of the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) step: Decimal,
    ending: Decimal,
}

/// A way to round to steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Nearest,
    Down,
    Up,
}

impl Way {
    /// In the order of [`super::intervals::Interval::roundings`].
    pub(super) const ALL: [Self; 3] = [Self::Nearest, Self::Down, Self::Up];
}

/// So many of some amounts may be no multiples or break the rules: a person makes few mistakes.
pub(super) fn most_strays(amounts: usize) -> usize {
    (amounts / 50).max(7)
}

impl Steps {
    /// The largest steps that nearly all amounts have; most are several steps high. A cent is none.
    pub(super) fn of(amounts: &[Decimal]) -> Option<Self> {
        let places = amounts.iter().map(Decimal::scale).max()?;
        let one = 10_i64.checked_pow(places)?;
        let unit = |amount: &Decimal| {
            amount
                .mantissa()
                .checked_mul(10_i128.pow(places - amount.scale()))
                .and_then(|unit| i64::try_from(unit).ok())
        };
        let units: Vec<i64> = amounts.iter().map(unit).collect::<Option<_>>()?;
        let mut steps: Vec<i64> = Vec::new();
        let mut power = 1_i64;
        while power <= one.saturating_mul(100) {
            steps.extend(
                [power, power * 5 / 2, power * 5].into_iter().filter(|step| *step > 1 && power >= 10 || *step == 5),
            );
            power = power.checked_mul(10)?;
        }
        let step = steps.into_iter().rev().find_map(|step| Some((step, ending(&units, step)?)));
        step.map(|(step, ending)| Self { step: Decimal::new(step, places), ending: Decimal::new(ending, places) })
    }

    pub(super) fn has(self, amount: Decimal) -> bool {
        amount
            .checked_sub(self.ending)
            .and_then(|above| above.checked_rem(self.step))
            .is_some_and(|rest| rest.is_zero())
    }

    /// The amount of these steps that an exact one is rounded to.
    pub(super) fn rounded(self, exact: Decimal, way: Way) -> Option<Decimal> {
        let strategy = match way {
            Way::Nearest => RoundingStrategy::MidpointAwayFromZero,
            Way::Down => RoundingStrategy::ToNegativeInfinity,
            Way::Up => RoundingStrategy::ToPositiveInfinity,
        };
        let steps = exact.checked_sub(self.ending)?.checked_div(self.step)?.round_dp_with_strategy(0, strategy);
        steps.checked_mul(self.step)?.checked_add(self.ending)
    }

    /// How far an ending moves an amount that was rounded to multiples, in hundredths of the step: 24.99 is 25 less a cent.
    pub(super) fn slack(self) -> i128 {
        let moved = self.ending.min(self.step - self.ending);
        let hundredths = moved.checked_mul(Decimal::ONE_HUNDRED).and_then(|moved| moved.checked_div(self.step));
        hundredths.map_or(0, |slack| slack.ceil().mantissa()).min(10)
    }
}

/// What nearly all amounts have beyond a multiple of the step.
fn ending(units: &[i64], step: i64) -> Option<i64> {
    // One that nearly all have is that of the majority, which one pass finds.
    let (mut ending, mut votes) = (0, 0_usize);
    for unit in units {
        let own = unit.rem_euclid(step);
        if votes == 0 {
            ending = own;
        }
        votes = if own == ending { votes + 1 } else { votes - 1 };
    }
    let strays = units.iter().filter(|unit| unit.rem_euclid(step) != ending).count();
    let low = units.iter().filter(|unit| **unit < step * 2).count();
    if strays > most_strays(units.len()) || low * 2 > units.len() {
        return None;
    }
    let mut different = HashSet::new();
    let is_enough =
        |unit: &&i64| unit.rem_euclid(step) == ending && different.insert(**unit) && different.len() >= DIFFERENT;
    units.iter().find(is_enough).map(|_| ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(cents: impl IntoIterator<Item = i64>) -> Option<(String, String)> {
        let amounts: Vec<_> = cents.into_iter().map(|cents| Decimal::new(cents, 2)).collect();
        Steps::of(&amounts).map(|steps| (steps.step.to_string(), steps.ending.to_string()))
    }

    #[test]
    fn the_largest_steps_of_nearly_all_amounts_are_found() {
        let found = |step: &str, ending: &str| Some((step.to_owned(), ending.to_owned()));
        assert_eq!(steps((8..60).map(|at| at * 25)), found("0.25", "0.00"));
        assert_eq!(steps((8..60).map(|at| at * 50)), found("0.50", "0.00"));
        assert_eq!(steps((8..60).map(|at| at * 100)), found("1.00", "0.00"));
        assert_eq!(steps((8..60).map(|at| at * 1000)), found("10.00", "0.00"));
        assert_eq!(steps((8..60).map(|at| at * 100 + 99)), found("1.00", "0.99"));
        assert_eq!(steps((8..60).map(|at| at * 100).chain([1234, 777])), found("1.00", "0.00"));
        assert_eq!(steps((8..60).map(|at| at * 37)), None);
        assert_eq!(steps([2500; 300]), None, "one amount has every step");
    }

    #[test]
    fn an_amount_is_rounded_to_its_ending() {
        let steps = Steps { step: Decimal::ONE, ending: Decimal::new(99, 2) };
        let rounded = |way| steps.rounded(Decimal::new(2240, 2), way).unwrap().to_string();
        assert_eq!(Way::ALL.map(rounded), ["21.99", "21.99", "22.99"]);
        assert!(steps.has(Decimal::new(2299, 2)) && !steps.has(Decimal::new(2298, 2)));
    }
}
