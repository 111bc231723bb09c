//! Rules of amounts: which are found, and what is in each group.

use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::amounts::{Amount, Pool};
use super::clusters::{SMALLEST, groups};
use super::outliers::{outliers, reviewed};
use crate::offer::{Field, PriceType};
use crate::plan::{Flag, FlagKind, Rule, Unit};

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn cents(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

fn amount(action: usize, before: Decimal, after: Decimal) -> Amount {
    let (value, offers) = (action, 1);
    Amount {
        value,
        offers,
        action,
        change: Some(0),
        advertiser: Some(101),
        before: Some(before),
        after,
        changes: [true, false],
    }
}

fn amounts(pairs: impl IntoIterator<Item = (Decimal, Decimal)>) -> Vec<Amount> {
    pairs.into_iter().enumerate().map(|(action, (before, after))| amount(action, before, after)).collect()
}

fn found(amounts: &[Amount]) -> Vec<(Rule, usize)> {
    groups(amounts).iter().map(|group| (group.rule, group.members.len())).collect()
}

fn pool(amounts: Vec<Amount>) -> Pool {
    let unit = Unit { price_type: Some(PriceType::Cpa), currency: None };
    Pool { field: Field::Payout, units: [unit; 2], is_new: false, amounts }
}

/// The indices of the flagged amounts with their flags.
fn flagged(amounts: Vec<Amount>) -> Vec<(usize, FlagKind)> {
    let pool = pool(amounts);
    let groups = groups(&pool.amounts);
    outliers(&pool, &groups).into_iter().map(|(index, flag)| (index, flag.kind())).collect()
}

#[test]
fn each_way_to_round_is_one_rule() {
    for strategy in [
        RoundingStrategy::MidpointAwayFromZero,
        RoundingStrategy::MidpointNearestEven,
        RoundingStrategy::ToZero,
        RoundingStrategy::AwayFromZero,
    ] {
        let factor = decimal("1.075");
        let amounts = amounts((41..400).map(|at| cents(at * 37)).map(|before| {
            let after = (before * factor).round_dp_with_strategy(2, strategy);
            (before, after)
        }));
        assert_eq!(found(&amounts), [(Rule::Times(factor), amounts.len())], "{strategy:?}");
    }
}

#[test]
fn a_cent_too_much_is_not_taken_into_the_rule() {
    let mut pairs: Vec<_> = (0..40).map(|at| (cents(2000 + at * 100), cents(2200 + at * 110))).collect();
    pairs[7].1 += cents(1);
    let amounts = amounts(pairs);
    assert_eq!(found(&amounts), [(Rule::Times(decimal("1.1")), 39)]);
    assert_eq!(flagged(amounts), [(7, FlagKind::BreaksRule)]);
}

#[test]
fn of_rules_that_explain_as_much_the_factor_is_taken() {
    let amounts = amounts(vec![(cents(2000), cents(2200)); 6]);
    assert_eq!(found(&amounts), [(Rule::Times(decimal("1.1")), 6)]);
}

#[test]
fn amounts_that_become_zero_have_no_factor() {
    let amounts = amounts((1..9).map(|at| (cents(at * 130), cents(0))));
    assert_eq!(found(&amounts), [(Rule::Set(Decimal::ZERO), 8)]);
}

#[test]
fn four_amounts_make_no_rule() {
    assert_eq!(found(&amounts((1..5).map(|at| (cents(at * 100), cents(at * 110))))), []);
}

#[test]
fn the_rule_of_an_advertiser_is_its_own() {
    // Two advertisers, two rules; one offer of the second has the rule of the first, and a small amount follows both.
    let mut amounts = amounts((0..60).map(|at| (cents(1000 + at * 10), cents(1100 + at * 11))));
    for amount in &mut amounts[30..] {
        amount.advertiser = Some(102);
        if amount.action != 45 {
            let after = amount.before.unwrap() * decimal("1.2");
            amount.after = after.round_dp(2);
        }
    }
    amounts.push(Amount { advertiser: Some(102), ..amount(60, cents(3), cents(4)) });
    assert_eq!(flagged(amounts.clone()), [(45, FlagKind::BreaksRule)]);
    let pool = pool(amounts);
    let groups = groups(&pool.amounts);
    let flags = outliers(&pool, &groups);
    let Flag::BreaksRule { others, expected, .. } = flags[0].1 else { panic!("{flags:?}") };
    assert_eq!((others, expected), (29, Some(cents(1740))));
}

#[test]
fn many_small_groups_explain_nothing() {
    // Each five have a rule of their own.
    let mut pairs: Vec<_> = (0..100).map(|at| (cents(5000 + at * 100), cents((50 + at) * (101 + at / 5)))).collect();
    pairs.push((cents(5000), cents(5777)));
    assert_eq!(flagged(amounts(pairs)), []);
}

#[test]
fn small_amounts_that_change_at_random_follow_no_rule() {
    let mut number = 17_u64;
    let mut next = |limit: u64| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((number >> 33) % limit).unwrap()
    };
    for (low, high) in [(40, 60), (100, 200)] {
        let pairs = (0..300).filter_map(|_| {
            let before = low + next(high);
            let after = (before * (920 + next(161)) + 500) / 1000;
            (before != after).then(|| (cents(before), cents(after)))
        });
        assert_eq!(flagged(amounts(pairs)), [], "{low}");
    }
}

#[test]
fn small_amounts_by_a_rule_that_is_not_round_are_recognized() {
    let mut pairs: Vec<_> = (40..100).map(|before| (cents(before), cents((before * 1075 + 500) / 1000))).collect();
    pairs[30].1 = cents(78);
    let amounts = amounts(pairs);
    assert_eq!(found(&amounts), [(Rule::Times(decimal("1.075")), 59)]);
    assert_eq!(flagged(amounts), [(30, FlagKind::BreaksRule)]);
}

#[test]
fn the_one_that_changes_another_amount_too_is_flagged() {
    let mut amounts = amounts((0..30).map(|at| (cents(1000 + at * 10), cents(1100 + at * 11))));
    amounts[12].changes = [true, true];
    assert_eq!(flagged(amounts.clone()), [(12, FlagKind::OtherAmounts)]);
    // Five of a kind are no accident.
    amounts[20..24].iter_mut().for_each(|amount| amount.changes = [true, true]);
    assert_eq!(flagged(amounts), []);
}

/// So many fall where the others rise by no rule.
fn falls(falls: usize, all: usize) -> Vec<(usize, FlagKind)> {
    let pairs = (0..all).map(|at| {
        let (before, moved) = (5_000 + 137 * i64::try_from(at).unwrap(), 111 + i64::try_from(at * at % 97).unwrap());
        (cents(before), cents(if at < falls { before - moved } else { before + moved }))
    });
    flagged(amounts(pairs))
}

#[test]
fn with_each_more_that_moves_against_the_others_one_less_is_flagged() {
    let count = |few, all| falls(few, all).iter().filter(|(_, kind)| *kind == FlagKind::AgainstOthers).count();
    assert_eq!([1, 2, 3, 4, 5, 6, 7].map(|few| count(few, 60)), [1, 2, 3, 2, 1, 0, 0]);
    assert_eq!([(1, 9), (1, 10), (2, 10), (2, 40)].map(|(few, all)| count(few, all)), [0, 1, 0, 2]);
}

#[test]
fn the_offers_of_one_value_are_one() {
    // Ten folders of thirty offers; that of one folder falls.
    let mut all = amounts((0..300).map(|at| {
        let before = 2_000 + 100 * (at / 30);
        (cents(before), cents(if at / 30 == 4 { before * 95 / 100 } else { before * 110 / 100 }))
    }));
    for amount in &mut all {
        amount.value = amount.action / 30;
    }
    let pool = pool(all);
    let (groups, found) = reviewed(&pool);
    assert_eq!(groups.iter().map(|group| group.members.len()).collect::<Vec<_>>(), [270, 30]);
    let broken: Vec<_> = found.iter().filter(|(_, flag)| flag.kind() == FlagKind::BreaksRule).collect();
    assert_eq!(broken.iter().map(|(amount, _)| *amount).collect::<Vec<_>>(), (120..150).collect::<Vec<_>>());
    let Flag::BreaksRule { others, expected, .. } = broken[0].1 else { panic!("{broken:?}") };
    assert_eq!((others, expected), (270, Some(cents(2_640))));
}

proptest! {
    /// What is found offer by offer is found whatever the offers share; and what a value is flagged for, it is flagged for where it stands in
    /// one offer only.
    #[test]
    fn sharing_a_value_takes_no_flag_away(
        pairs in prop::collection::vec((100_i64..3000, 90_i64..112), 1..60),
        sizes in prop::collection::vec(1_usize..6, 60),
    ) {
        let amounts = amounts(pairs.into_iter().map(|(before, percent)| (cents(before), cents(before * percent / 100))));
        let one_each = pool(amounts.clone());
        let mut shared = Vec::new();
        for (value, amount) in amounts.iter().enumerate() {
            shared.extend((0..sizes[value]).map(|_| *amount));
        }
        for (action, amount) in shared.iter_mut().enumerate() {
            (amount.value, amount.action) = (amount.action, action);
        }
        let shared = pool(shared);
        let found: Vec<_> = reviewed(&shared).1;
        for (value, flag) in reviewed(&one_each).1 {
            let same: Vec<usize> = (0..shared.amounts.len()).filter(|at| shared.amounts[*at].value == value).collect();
            let is_flagged = |at: &usize| found.iter().any(|(of, other)| of == at && other.kind() == flag.kind());
            prop_assert!(same.iter().all(is_flagged), "{flag:?}");
        }
        let offer_by_offer: Vec<_> = outliers(&shared, &groups(&shared.amounts));
        prop_assert!(offer_by_offer.iter().all(|one| found.contains(one)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn every_member_follows_the_rule_of_its_group(pairs in prop::collection::vec((0_i64..3000, 0_i64..3000, 0_u32..3), 0..80)) {
        let amounts = amounts(pairs.into_iter().map(|(before, after, places)| {
            (Decimal::new(before, 2), Decimal::new(after, places))
        }));
        let groups = groups(&amounts);
        let mut seen = std::collections::HashSet::new();
        for group in &groups {
            prop_assert!(group.members.len() >= SMALLEST && group.members.is_sorted());
            for member in &group.members {
                prop_assert!(seen.insert(*member), "in two groups");
                let Amount { before, after, .. } = amounts[*member];
                let unit = Decimal::new(1, after.scale().max(2));
                let exact = group.rule.amount(before, 20).unwrap();
                prop_assert!((after - exact).abs() < unit, "{before:?} {after} {:?}", group.rule);
            }
        }
        let again: Vec<_> = super::clusters::groups(&amounts).into_iter().map(|group| group.members).collect();
        prop_assert_eq!(again, groups.into_iter().map(|group| group.members).collect::<Vec<_>>());
    }
}
