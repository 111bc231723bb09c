//! How margins lie before and after: how many offers have one in each range of ten percent. A margin that is not known is counted apart,
//! and is never 0.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::plan::{Action, BeforeAfter, Verb};

/// The ranges: below zero, ten between 0 and 100 %.
const BINS: usize = 11;

/// The margins of the offers that a plan changes and that take traffic on.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct Margins {
    pub bins: Vec<MarginBin>,
    /// How many exist and have no margin that is known.
    pub unknown: MarginBin,
}

/// One range.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::report) struct MarginBin {
    /// `10 to 20 %`
    pub label: String,
    pub before: usize,
    pub after: usize,
}

impl Margins {
    /// Of what is written, without the offers that are retired.
    pub(super) fn of<'a>(actions: impl Iterator<Item = &'a Action>) -> Self {
        let label = |bin: usize| match bin {
            0 => "below 0 %".to_owned(),
            bin => format!("{} to {} %", (bin - 1) * 10, bin * 10),
        };
        let mut bins: Vec<_> = (0..BINS).map(|bin| MarginBin { label: label(bin), before: 0, after: 0 }).collect();
        let mut unknown = MarginBin { label: "not known".to_owned(), before: 0, after: 0 };
        for action in actions.filter(|action| action.verb().writes() && action.verb() != Verb::Retire) {
            let sides = BeforeAfter::of(action);
            match sides.margin_before().and_then(bin) {
                Some(bin) => bins[bin].before += 1,
                None => unknown.before += usize::from(action.verb() != Verb::Create),
            }
            match sides.margin_after().and_then(bin) {
                Some(bin) => bins[bin].after += 1,
                None => unknown.after += 1,
            }
        }
        Self { bins, unknown }
    }

    /// Whether no margin at all is known.
    pub(in crate::report) fn is_empty(&self) -> bool {
        self.bins.iter().all(|bin| bin.before == 0 && bin.after == 0)
    }
}

/// No margin is above 100 %, except of a payout below zero, which cannot be written.
fn bin(margin: Decimal) -> Option<usize> {
    if margin.is_sign_negative() && !margin.is_zero() {
        return Some(0);
    }
    let tens = margin.checked_div(Decimal::TEN)?.trunc().to_usize()?;
    Some(1 + tens.min(BINS - 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::PlanFixture;

    #[test]
    fn a_margin_that_is_not_known_is_not_zero() {
        let mut world = PlanFixture::default();
        world.change("known", &[("payout", "20.00")], &[]);
        world.change("unknown", &[("revenue", "ABSENT"), ("payout", "20.00")], &[("revenue", "ABSENT")]);
        world.desire("acme", "new", &[("payout", "33.00")]);
        let plan = world.plan();
        let margins = Margins::of(plan.actions.iter());
        let filled: Vec<_> = margins.bins.iter().filter(|bin| bin.before + bin.after > 0).collect();
        let shown: Vec<_> = filled.iter().map(|bin| (bin.label.as_str(), bin.before, bin.after)).collect();
        assert_eq!(shown, [("below 0 %", 0, 1), ("20 to 30 %", 0, 1), ("30 to 40 %", 1, 0)]);
        assert_eq!((margins.unknown.before, margins.unknown.after), (1, 1));
    }

    #[test]
    fn both_ends_of_the_scale_have_a_place() {
        let bins = ["-0.01", "0", "9.99", "10", "99.9", "100"].map(|text| bin(Decimal::from_str_exact(text).unwrap()));
        assert_eq!(bins, [Some(0), Some(1), Some(1), Some(2), Some(10), Some(10)]);
    }
}
