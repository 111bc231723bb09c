//! By which factors an old amount gives a new one, whatever way it was rounded; and the factor that most amounts have in common.
//!
//! Factors are integers: so many units of 10^-12. The bounds of an interval are rounded outwards, so that it holds exactly those factors of
//! this form that fit.

use rust_decimal::Decimal;

/// The decimals of a factor.
pub(super) const PLACES: u32 = 12;
const ONE: i128 = 10_i128.pow(PLACES);

/// The factors between two bounds, without the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    /// The factors by which `before` gives `after` if less than one unit is rounded away, in the last place of the new amount; of one that
    /// is written without its cents, a cent.
    pub(super) fn of(before: Decimal, after: Decimal) -> Option<Self> {
        if before.is_zero() || after.is_zero() {
            return None;
        }
        let rounded_to = after.scale().max(before.scale().min(2));
        Self::of_steps(before, after, Decimal::new(1, rounded_to))
    }

    /// The same if less than one step is rounded away.
    pub(super) fn of_steps(before: Decimal, after: Decimal, step: Decimal) -> Option<Self> {
        if before.is_zero() {
            return None;
        }
        let places = before.scale().max(after.scale()).max(step.scale());
        let integer = |amount: Decimal| amount.mantissa().checked_mul(10_i128.checked_pow(places - amount.scale())?);
        let (old, new, unit) = (integer(before)?, integer(after)?, integer(step)?);
        let low = (new - unit).checked_mul(ONE)?.div_euclid(old);
        let high = -((-(new + unit)).checked_mul(ONE)?.div_euclid(old));
        Some(Self { low: i64::try_from(low).ok()?, high: i64::try_from(high).ok()? })
    }

    /// The differences by which `before` gives `after` if less than one step is rounded away.
    pub(super) fn of_differences(before: Decimal, after: Decimal, step: Decimal) -> Option<Self> {
        let difference = after.checked_sub(before)?;
        let integer = |amount: Decimal| {
            let of_one = 10_i128.checked_pow(PLACES.checked_sub(amount.scale())?)?;
            i64::try_from(amount.mantissa().checked_mul(of_one)?).ok()
        };
        Some(Self { low: integer(difference.checked_sub(step)?)?, high: integer(difference.checked_add(step)?)? })
    }

    pub(super) fn contains(self, factor: i64) -> bool {
        self.low < factor && factor < self.high
    }

    /// Whether the factor gives the new amount if it is rounded to the nearest one, down, and up, give or take so many hundredths of a step.
    pub(super) fn roundings(self, factor: i64, slack: i128) -> [bool; 3] {
        // By how much the factor is above the quotient of the amounts, twice; the bounds are up to one unit too far outwards.
        let (width, above) = (i128::from(self.high) - i128::from(self.low), 2 * i128::from(factor));
        let above = above - i128::from(self.low) - i128::from(self.high);
        let slack = width * slack / 100 + 2;
        [2 * above.abs() <= width + 2 * slack, above >= -slack, above <= slack]
    }
}

/// Whether a factor that is in all of these intervals gives nearly all new amounts by one way to round. One that is a common factor by chance
/// leaves remainders of all sizes.
pub(super) fn is_one_rounding(intervals: impl Iterator<Item = Interval>, factor: i64, slack: i128) -> bool {
    let (mut all, mut counts) = (0_usize, [0_usize; 3]);
    for interval in intervals {
        all += 1;
        for (count, fits) in counts.iter_mut().zip(interval.roundings(factor, slack)) {
            *count += usize::from(fits);
        }
    }
    counts.iter().any(|count| count * 10 >= all * 9)
}

/// Where an interval begins or ends, sorted by the first factor for which that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End {
    at: i64,
    begins: bool,
    /// The index of the interval.
    pub of: usize,
}

/// The ends of all intervals in order.
pub(super) fn ends(intervals: &[Option<Interval>]) -> Vec<End> {
    let of = |(of, interval): (usize, &Option<Interval>)| {
        interval.map(|Interval { low, high }| {
            [End { at: low.saturating_add(1), begins: true, of }, End { at: high, begins: false, of }]
        })
    };
    let mut ends: Vec<End> = intervals.iter().enumerate().filter_map(of).flatten().collect();
    ends.sort_unstable();
    ends
}

/// The factors that are in the most intervals, from the first to the last, and in how many. One sweep over the ends.
pub(super) fn most_covered(ends: &[End]) -> Option<(i64, i64, usize)> {
    let (mut cover, mut best) = (0_usize, None);
    for (index, end) in ends.iter().enumerate() {
        if !end.begins {
            cover = cover.saturating_sub(1);
            continue;
        }
        cover += 1;
        if best.is_none_or(|(_, _, most)| cover > most) {
            let last = ends.get(index + 1).map_or(end.at, |next| next.at - 1);
            best = Some((end.at, last.max(end.at), cover));
        }
    }
    best
}

/// A good factor with as few decimals as possible, between `first` and `last` or next to them. A person writes +10 %, and one wrong amount
/// must not move that to +10.02 %.
/// It is at floor `floor`.
pub(super) fn roundest(floor: i64, first: i64, last: i64, is_good: impl Fn(i64) -> bool) -> Option<i64> {
    let middle = first + (last - first) / 2;
    for places in 0..PLACES {
        let step = 10_i64.pow(PLACES - places);
        let below = middle.div_euclid(step).saturating_mul(step);
        let above = below.saturating_add(step);
        let mut nearest = [below, above];
        nearest.sort_by_key(|factor| (factor - middle).abs());
        if let Some(factor) = nearest.into_iter().find(|factor| *factor >= floor && is_good(*factor)) {
            return Some(factor);
        }
    }
    is_good(middle).then_some(middle)
}

/// The factor as a decimal.
pub(super) fn factor(factor: i64) -> Decimal {
    Decimal::new(factor, PLACES).normalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(before: &str, after: &str) -> Interval {
        Interval::of(Decimal::from_str_exact(before).unwrap(), Decimal::from_str_exact(after).unwrap()).unwrap()
    }

    /// Thousandths of a factor.
    fn thousandths(number: i64) -> i64 {
        number * 10_i64.pow(PLACES - 3)
    }

    #[test]
    fn every_way_to_round_fits_and_a_whole_unit_does_not() {
        let factor = thousandths(1100);
        // 0.45 * 1.1 = 0.495
        assert!(interval("0.45", "0.49").contains(factor) && interval("0.45", "0.50").contains(factor));
        assert!(!interval("0.45", "0.48").contains(factor) && !interval("0.45", "0.51").contains(factor));
        // 0.40 * 1.1 = 0.44
        assert!(!interval("0.40", "0.43").contains(factor) && !interval("0.40", "0.45").contains(factor));
    }

    #[test]
    fn the_unit_is_that_of_the_new_amount() {
        let factor = thousandths(1100);
        assert!(interval("1250", "1375").contains(factor) && interval("1205", "1326").contains(factor));
        assert!(interval("24.00", "26.4").contains(factor) && !interval("24.00", "26.5").contains(factor));
        assert!(interval("24.551", "27.01").contains(factor) && interval("0.123", "0.1353").contains(factor));
        assert!(interval("24.55", "27").contains(thousandths(1100) - 205_000_000), "27.00 / 24.55");
    }

    #[test]
    fn the_roundest_factor_is_taken() {
        let found = |first, last, low, high| roundest(1, first, last, |at| low <= at && at <= high).map(factor);
        let within = |first, last| found(first, last, first, last).unwrap().to_string();
        assert_eq!(within(thousandths(1095), thousandths(1104)), "1.1");
        assert_eq!(within(thousandths(1073), thousandths(1077)), "1.075");
        assert_eq!(within(1_083_412_345_678, 1_083_412_345_678), "1.083412345678");
        let beside = found(thousandths(1101), thousandths(1101), thousandths(1100), thousandths(1101));
        assert_eq!(beside.unwrap().to_string(), "1.1");
        assert_eq!(found(thousandths(1101), thousandths(1101), 0, 1), None);
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let most = Decimal::MAX;
        for (before, after) in [(most, Decimal::ONE), (Decimal::ONE, most), (most, most), (Decimal::new(1, 28), most)] {
            let interval = Interval::of(before, after);
            assert!(interval.is_none_or(|interval| interval.low < interval.high), "{before} {after}");
        }
    }
}
