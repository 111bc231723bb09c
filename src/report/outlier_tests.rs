//! The one wrong amount: whatever it is among, it is in the first rows of every view, with few rows beside it that are right.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::offer::{Field, Key, OnCreateOnlyChange};
use crate::plan::{Plan, Rule};
use crate::report::fixture::{self, PlanFixture};
use crate::report::markdown::MarkdownOptions;
use crate::report::text::TextOptions;
use crate::report::{github, markdown, text};

/// The first rows of the comment's table that count as seen, and those lines of the text.
const ROWS: usize = 5;
const LINES: usize = 40;
/// So many rows that are right may stand there besides.
const FALSE_ROWS: usize = 3;

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// A payout from 0.40 to 400, small ones as likely as large ones.
    fn amount(&mut self) -> Decimal {
        let (digits, power) = (100 + self.below(900), self.below(3));
        let cents = Decimal::from(digits * 10_u64.pow(u32::try_from(power).unwrap())) / Decimal::new(25, 1);
        let mut amount = cents.round() / Decimal::ONE_HUNDRED;
        amount.rescale(2);
        amount
    }
}

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn rounded(amount: Decimal, places: u32) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(places);
    rounded
}

/// The amounts of an offer before and after.
#[derive(Debug, Clone)]
struct Prices {
    before: [Decimal; 2],
    after: [Decimal; 2],
    more: Vec<(&'static str, String)>,
}

impl Prices {
    fn of(payout: Decimal, factor: &str) -> Self {
        let revenue = rounded(payout * decimal("1.5"), payout.scale());
        let after = rounded(payout * decimal(factor), payout.scale());
        Self { before: [payout, revenue], after: [after, revenue], more: Vec::new() }
    }

    fn set(mut self, amount: usize, to: Decimal) -> Self {
        self.after[amount] = to;
        self
    }

    fn times(self, amount: usize, factor: &str) -> Self {
        let to = rounded(self.after[amount] * decimal(factor), self.after[amount].scale());
        self.set(amount, to)
    }
}

fn plan(offers: &[Prices]) -> Plan {
    let mut world = PlanFixture::default();
    for (at, prices) in offers.iter().enumerate() {
        let texts = [prices.before, prices.after].map(|amounts| amounts.map(|amount| amount.to_string()));
        let advertiser = (101 + at % 10).to_string();
        let fields = |amounts: &[String; 2]| -> Vec<(&'static str, String)> {
            let base = [("payout", amounts[0].clone()), ("revenue", amounts[1].clone())];
            base.into_iter().chain([("advertiser_id", advertiser.clone())]).collect()
        };
        let (before, mut after) = (fields(&texts[0]), fields(&texts[1]));
        after.extend(prices.more.iter().cloned());
        let before: Vec<_> = before.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let after: Vec<_> = after.iter().map(|(name, text)| (*name, text.as_str())).collect();
        world.change(&key(at), &before, &after);
    }
    world.plan()
}

fn key(at: usize) -> String {
    format!("offer-{at:05}")
}

/// The flagged rows of the comment's first table.
fn rows(plan: &Plan) -> Vec<String> {
    let comment = markdown::plan(plan, &MarkdownOptions { context: fixture::context(), ..MarkdownOptions::default() });
    let (_, table) = comment.split_once("| why |").unwrap_or_default();
    let rows = table.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    rows.take_while(|line| line.starts_with("| **")).map(str::to_owned).collect()
}

/// Says what is wrong with the views of a plan in which these offers are wrong.
fn missing(plan: &Plan, wrong: &[usize]) -> Option<String> {
    let rows = rows(plan);
    let text = text::plan(plan, &TextOptions { context: fixture::context(), ..TextOptions::default() });
    let annotations = github::plan(plan, "", fixture::context().environment);
    for at in wrong {
        let key = key(*at);
        if !rows.iter().take(ROWS.max(wrong.len())).any(|row| row.contains(&key)) {
            return Some(format!("{key} is not among the first rows:\n{}", rows.join("\n")));
        }
        if !text.lines().take(LINES).any(|line| line.contains(&key)) {
            return Some(format!("{key} is not among the first lines:\n{text}"));
        }
        let file = format!("file=offers/acme/{key}.yaml,line=");
        if !annotations.lines().filter(|line| line.starts_with("::")).take(10).any(|line| line.contains(&file)) {
            return Some(format!("{key} has no annotation:\n{annotations}"));
        }
    }
    let is_wrong = |row: &&String| wrong.iter().any(|at| row.contains(&key(*at)));
    let right = rows.iter().filter(|row| !is_wrong(row)).count();
    (right > FALSE_ROWS).then(|| format!("{right} rows that are right:\n{}", rows.join("\n")))
}

fn assert_seen(name: &str, offers: Vec<Prices>, wrong: &[(usize, Prices)]) {
    let mut offers = offers;
    for (at, prices) in wrong {
        offers[*at] = prices.clone();
    }
    let wrong: Vec<_> = wrong.iter().map(|(at, _)| *at).collect();
    if let Some(problem) = missing(&plan(&offers), &wrong) {
        panic!("{name}: {problem}");
    }
}

fn equal(count: usize) -> Vec<Prices> {
    vec![Prices::of(decimal("20.00"), "1.1"); count]
}

fn mixed(count: usize, factors: &[&str]) -> Vec<Prices> {
    let mut numbers = Numbers(7);
    (0..count).map(|at| Prices::of(numbers.amount(), factors[at % factors.len()])).collect()
}

fn random(count: usize) -> Vec<Prices> {
    let mut numbers = Numbers(11);
    let one = |_| {
        let factor = Decimal::new(i64::try_from(920 + numbers.below(161)).unwrap(), 3).to_string();
        Prices::of(numbers.amount(), &factor)
    };
    (0..count).map(one).filter(|prices| prices.before != prices.after).collect()
}

/// The first offer that is wrong of a kind; amounts below a dollar have no room for small mistakes.
fn victim(offers: &[Prices], skip: usize) -> usize {
    let is_fit = |prices: &Prices| {
        let digits = prices.after[0].to_string();
        prices.before[0] > decimal("2") && digits.as_bytes()[0] != digits.as_bytes()[1] && digits.as_bytes()[1] != b'.'
    };
    (skip..offers.len()).find(|at| is_fit(&offers[*at])).unwrap_or(skip)
}

/// With the first two digits exchanged.
fn swapped(amount: Decimal) -> Decimal {
    let mut digits = amount.to_string().into_bytes();
    let at = if digits[0] == digits[1] { (1, 3) } else { (0, 1) };
    digits.swap(at.0, at.1);
    let text = String::from_utf8(digits).unwrap();
    let mut wrong = decimal(&text);
    wrong.rescale(amount.scale());
    wrong
}

/// The seven kinds, and some more.
fn kinds(right: &Prices) -> Vec<(&'static str, Prices)> {
    let of =
        |amount: usize, factor: &str| rounded(right.before[amount] * decimal(factor), right.before[amount].scale());
    let inserted = |amount: Decimal| decimal(&format!("{}{amount}", amount.to_string().chars().next().unwrap()));
    let removed = |amount: Decimal| decimal(amount.to_string().get(1..).unwrap());
    vec![
        ("ten times", right.clone().times(0, "10")),
        ("a tenth", right.clone().times(0, "0.1")),
        ("a hundred times", right.clone().times(0, "100")),
        ("+12 %", right.clone().set(0, of(0, "1.12"))),
        ("swapped digits", right.clone().set(0, swapped(right.after[0]))),
        ("both ten times", right.clone().times(0, "10").times(1, "10")),
        ("revenue ten times", right.clone().times(1, "10")),
        ("-10 %", right.clone().set(0, of(0, "0.9"))),
        ("an extra digit", right.clone().set(0, inserted(right.after[0]))),
        ("a missing digit", right.clone().set(0, removed(right.after[0]))),
        ("the revenue as payout", right.clone().set(0, right.before[1])),
        ("no payout", right.clone().set(0, decimal("0"))),
        ("the revenue too", right.clone().set(1, of(1, "1.1"))),
        ("the revenue in place of the payout", right.clone().set(1, right.after[0]).set(0, right.before[0])),
    ]
}

#[test]
fn each_kind_of_wrong_amount_is_seen_among_equal_and_mixed_changes() {
    let sets = [
        ("equal", equal(300)),
        ("mixed", mixed(300, &["1.1"])),
        ("two rules", mixed(300, &["1.1", "1.1", "0.95"])),
        ("three rules", mixed(300, &["1.1", "0.93", "1.05"])),
    ];
    for (set, offers) in sets {
        let at = victim(&offers, 117);
        let mut right = offers[at].clone();
        if set != "equal" {
            // The kinds are those of a change by +10 %.
            right = Prices::of(right.before[0], "1.1");
        }
        for (kind, wrong) in kinds(&right) {
            assert_seen(&format!("{kind} among {set}"), offers.clone(), &[(at, wrong)]);
        }
    }
}

#[test]
fn wrong_amounts_are_seen_among_three_thousand_changes() {
    for (set, offers) in [("mixed", mixed(3000, &["1.1"])), ("random", random(3000))] {
        let at = victim(&offers, 1900);
        let right = offers[at].clone();
        for (kind, wrong) in
            [("a tenth", right.clone().times(0, "0.1")), ("revenue ten times", right.clone().times(1, "10"))]
        {
            assert_seen(&format!("{kind} among {set}"), offers.clone(), &[(at, wrong)]);
        }
    }
}

#[test]
fn all_kinds_at_once_are_seen() {
    for (set, offers) in [("equal", equal(300)), ("mixed", mixed(300, &["1.1"]))] {
        let mut wrong = Vec::new();
        let mut at = 40;
        for number in 0..7 {
            at = victim(&offers, at + 20);
            wrong.push((at, kinds(&offers[at]).swap_remove(number).1));
        }
        assert_seen(set, offers, &wrong);
    }
}

#[test]
fn rules_of_other_kinds_are_recognized() {
    let mut numbers = Numbers(3);
    let plus: Vec<_> = (0..300)
        .map(|_| {
            let payout = numbers.amount() + decimal("20.00");
            Prices::of(payout, "1").set(0, payout + decimal("2.00"))
        })
        .collect();
    let whole: Vec<_> = (0..300).map(|_| Prices::of(rounded(numbers.amount(), 0) + decimal("10"), "1.1")).collect();
    let fixed: Vec<_> = (0..300)
        .map(|_| {
            let payout = Decimal::new(i64::try_from(2200 + numbers.below(290)).unwrap(), 2);
            Prices { before: [payout, decimal("60.00")], after: [decimal("25.00"), decimal("60.00")], more: vec![] }
        })
        .collect();
    let odd = mixed(300, &["1.0837"]);
    for (set, offers) in [("plus", plus), ("whole", whole), ("fixed", fixed), ("odd", odd)] {
        let at = victim(&offers, 200);
        let right = offers[at].clone();
        for (kind, wrong) in [
            ("ten times", right.clone().times(0, "10")),
            ("30 % too much", right.clone().times(0, "1.3")),
            ("20 % too little", right.clone().times(0, "0.8")),
        ] {
            assert_seen(&format!("{kind} among {set}"), offers.clone(), &[(at, wrong)]);
        }
        let plan = plan(&offers);
        assert_eq!(plan.clusters.len(), 1, "{set}: {:?}", plan.clusters);
        assert_eq!(rows(&plan).len(), 0, "{set}: {:?}", rows(&plan));
    }
}

#[test]
fn exchanged_amounts_and_the_amount_of_another_rule_are_seen() {
    let offers = mixed(300, &["1.1"]);
    let (one, other) = (victim(&offers, 50), victim(&offers, 90));
    let exchanged = |own: usize, from: usize| offers[own].clone().set(0, offers[from].after[0]);
    assert_seen("exchanged", offers.clone(), &[(one, exchanged(one, other)), (other, exchanged(other, one))]);
    // One rule for each advertiser.
    let factors: Vec<_> = (0..10).map(|at| if at % 2 == 0 { "1.1" } else { "1.05" }).collect();
    let offers = mixed(300, &factors);
    let at = victim(&offers, 100);
    let factor = if at.is_multiple_of(2) { "1.05" } else { "1.1" };
    assert_seen("another rule", offers.clone(), &[(at, Prices::of(offers[at].before[0], factor))]);
}

/// Rounded to steps: to the nearest multiple, or to the last or next amount with an ending.
fn stepped(count: usize, step: &str, ending: &str, round: fn(Decimal) -> Decimal) -> Vec<Prices> {
    let (mut numbers, step, ending) = (Numbers(13), decimal(step), decimal(ending));
    let payout = |numbers: &mut Numbers| numbers.amount() + step * decimal("12");
    (0..count)
        .map(|_| payout(&mut numbers))
        .map(|payout| {
            let mut after = round((payout * decimal("1.1") - ending) / step) * step + ending;
            after.rescale(2);
            Prices::of(payout, "1.1").set(0, after)
        })
        .collect()
}

#[test]
fn wrong_amounts_are_seen_among_amounts_that_are_rounded_to_steps() {
    for count in [300, 3000] {
        for (set, offers) in [
            ("quarters", stepped(count, "0.25", "0", |amount| amount.round())),
            ("halves, up", stepped(count, "0.50", "0", |amount| amount.ceil())),
            ("dollars", stepped(count, "1", "0", |amount| amount.round())),
            ("ten dollars", stepped(count, "10", "0", |amount| amount.round())),
            ("ending in .99", stepped(count, "1", "0.99", |amount| amount.floor())),
            ("ending in .95", stepped(count, "1", "-0.05", |amount| amount.round())),
        ] {
            let plan = plan(&offers);
            assert_eq!(
                (plan.clusters.len(), rows(&plan).len()),
                (1, 0),
                "{set}: {:?} {:?}",
                plan.clusters,
                rows(&plan)
            );
            let at = (count / 2..count).find(|at| offers[*at].before[0] > decimal("300")).unwrap();
            let step = offers[at].clone();
            // Views of thousands of rows take their time: two kinds show that nothing depends on the number.
            let most = if count > 300 { 2 } else { 12 };
            for (kind, wrong) in kinds(&step).into_iter().filter(|(kind, _)| *kind != "a missing digit").take(most) {
                assert_seen(&format!("{kind} among {count} {set}"), offers.clone(), &[(at, wrong)]);
            }
        }
    }
}

#[test]
fn two_rules_with_steps_and_differences_with_steps_are_recognized() {
    let mut offers = stepped(300, "1", "0", |amount| amount.round());
    for prices in offers.iter_mut().step_by(3) {
        prices.after[0] = rounded(rounded(prices.before[0] * decimal("0.9"), 0), 2);
    }
    let both = plan(&offers);
    assert_eq!((both.clusters.len(), rows(&both).len()), (2, 0), "{:?} {:?}", both.clusters, rows(&both));
    // Whole dollars among exact amounts.
    let mut offers = mixed(300, &["1.15"]);
    let dollars = stepped(300, "1", "0", |amount| amount.round());
    offers.iter_mut().zip(dollars).step_by(2).for_each(|(prices, other)| *prices = other);
    let beside = plan(&offers);
    assert_eq!((beside.clusters.len(), rows(&beside).len()), (2, 0), "{:?} {:?}", beside.clusters, rows(&beside));
    let mut offers = stepped(300, "0.25", "0", |amount| amount.round());
    for prices in &mut offers {
        let steps = (prices.before[0] + decimal("2")) / decimal("0.25");
        prices.after[0] = rounded(steps.round() * decimal("0.25"), 2);
    }
    let plus = plan(&offers);
    assert_eq!(
        plus.clusters.iter().map(|cluster| (cluster.rule, cluster.offers)).collect::<Vec<_>>(),
        [(crate::plan::Rule::Plus(decimal("2")), 300)]
    );
}

/// What is random has no rule because it is rounded.
#[test]
fn random_amounts_in_steps_raise_no_alarm() {
    for step in ["0.25", "0.50", "1", "5"] {
        let mut offers = random(300);
        for prices in &mut offers {
            let steps = prices.after[0] / decimal(step);
            prices.after[0] = rounded(steps.round().max(Decimal::ONE) * decimal(step), 2);
        }
        offers.retain(|prices| prices.before[0] > decimal("20"));
        let plan = plan(&offers);
        assert!(rows(&plan).len() <= FALSE_ROWS, "{step}: {:?} {:?}", plan.clusters, rows(&plan));
    }
}

#[test]
fn a_handful_of_falls_among_thousands_of_rises_and_the_only_fall_of_an_advertiser_are_seen() {
    let rising = |prices: Prices| {
        let more = (prices.after[0] - prices.before[0]).abs().max(decimal("0.01"));
        prices.clone().set(0, prices.before[0] + more)
    };
    let mut offers: Vec<Prices> = random(3000).into_iter().map(rising).collect();
    let at = victim(&offers, 1500);
    for other in [100, 700, 1900] {
        offers[other].after[0] = offers[other].before[0] - decimal("0.01");
    }
    let wrong = offers[at].clone().set(0, rounded(offers[at].before[0] * decimal("0.9"), 2));
    assert_seen("a fall among rises", offers.clone(), &[(at, wrong)]);
    // The other advertisers fall.
    for (index, prices) in offers.iter_mut().enumerate().filter(|(index, _)| index % 10 != at % 10) {
        prices.after[0] =
            prices.before[0] - (prices.after[0] - prices.before[0]).abs() * Decimal::from(index % 2 + 1) / decimal("2");
        prices.after[0] = rounded(prices.after[0], 2).min(prices.before[0] - decimal("0.01"));
    }
    for other in [100, 700, 1900] {
        offers[other] = Prices::of(decimal("30.00"), "1.03");
    }
    let wrong = offers[at].clone().set(0, rounded(offers[at].before[0] * decimal("0.9"), 2));
    assert_seen("a fall of an advertiser", offers, &[(at, wrong)]);
}

/// In steps of whole dollars no rule explains most of them, but all others rise.
#[test]
fn the_only_fall_among_rises_is_seen() {
    let stepped = |at: u32| {
        let before = Decimal::new(i64::from(5_000 + at * 37 % 9_000), 2);
        let after = rounded(before * decimal("1.1"), 0) + Decimal::from(at * at % 5);
        Prices::of(before, "1.1").set(0, after)
    };
    let offers: Vec<Prices> = (0..300).map(stepped).collect();
    let wrong = offers[150].clone().times(0, "0.82");
    assert_seen("a fall among rises", offers, &[(150, wrong)]);
}

#[test]
fn expiries_in_the_past_are_seen_among_price_changes() {
    for offers in [mixed(300, &["1.1"]), random(300), mixed(300, &["1.3"])] {
        let mut wrong = Vec::new();
        for at in [20, 90, 160, 230] {
            let mut prices = offers[at].clone();
            prices.more.push(("expiration_date", format!("2026-0{}-31 23:59:59", 1 + at % 2 * 2)));
            wrong.push((at, prices));
        }
        assert_seen("expiry", offers, &wrong);
    }
}

#[test]
fn one_group_is_one_line() {
    let plan = plan(&mixed(300, &["1.1"]));
    let text = text::plan(&plan, &TextOptions { context: fixture::context(), ..TextOptions::default() });
    assert_eq!(text.matches("~ update").count(), 1, "{text}");
    assert!(text.contains("(× 1.1, +10 %)") && text.contains("300 offers"), "{text}");
    assert!(!text.contains("Review first"), "{text}");
}

#[test]
fn what_every_change_has_is_no_flag() {
    let offers: Vec<_> = random(300)
        .into_iter()
        .map(|prices| {
            let revenue = prices.after[1] + decimal("0.37") + prices.after[0] / decimal("7");
            prices.set(1, rounded(revenue, 2))
        })
        .collect();
    let plan = plan(&offers);
    let text = text::plan(&plan, &TextOptions { context: fixture::context(), ..TextOptions::default() });
    assert!(rows(&plan).len() <= FALSE_ROWS, "{:?}", rows(&plan));
    assert!(text.contains("besides: ") && text.contains("revenues change"), "{text}");
}

/// Offers that are replaced by ones in another currency, with these amounts in euros.
fn converted(offers: &[Prices], currency: impl Fn(usize) -> &'static str) -> Plan {
    let mut world = PlanFixture::default();
    for (at, prices) in offers.iter().enumerate() {
        let [before, after] = [prices.before, prices.after].map(|amounts| amounts.map(|amount| amount.to_string()));
        let before = [("payout", &*before[0]), ("revenue", &*before[1])];
        let after = [("payout", &*after[0]), ("revenue", &*after[1]), ("currency_id", currency(at))];
        world.change(&key(at), &before, &after).sync.on_create_only_change = OnCreateOnlyChange::Replace;
    }
    world.plan()
}

#[test]
fn wrong_amounts_are_seen_among_changes_of_currency() {
    let offers: Vec<_> = mixed(300, &["0.9"]).into_iter().map(|prices| prices.times(1, "0.9")).collect();
    let at = victim(&offers, 150);
    let both = |factor: &str| offers[at].clone().times(0, factor).times(1, factor);
    let kept = Prices { after: offers[at].before, ..offers[at].clone() };
    for wrong in [both("10"), both("0.1"), both("2"), offers[at].clone().times(0, "1.1"), kept] {
        let mut offers = offers.clone();
        offers[at] = wrong.clone();
        let plan = converted(&offers, |_| "2");
        let problem = missing(&plan, &[at]);
        assert!(problem.is_none(), "{wrong:?}: {}", problem.unwrap_or_default());
    }
    for (currency, says) in [("6", "gets another type or currency than 299 others"), ("1", "unlike 299 others")] {
        let plan = converted(&offers, |index| if index == at { currency } else { "2" });
        let problem = missing(&plan, &[at]);
        assert!(problem.is_none(), "{currency}: {}", problem.unwrap_or_default());
        assert!(rows(&plan)[0].contains(says), "{:?}", rows(&plan));
    }
}

#[test]
fn amounts_in_another_currency_are_one_change_by_one_rule() {
    let plan = converted(&mixed(300, &["0.9"]), |_| "2");
    let clusters: Vec<_> = plan.clusters.iter().map(|cluster| (cluster.field, cluster.rule, cluster.offers)).collect();
    let times = |factor: &str| Rule::Times(decimal(factor));
    assert_eq!(clusters, [(Field::Payout, times("0.9"), 300), (Field::Revenue, times("1"), 300)]);
    let text = text::plan(&plan, &TextOptions { context: fixture::context(), ..TextOptions::default() });
    assert!(text.contains("300 offers") && text.contains("(× 0.9)") && !text.contains("× 10"), "{text}");
}

#[test]
fn a_wrong_amount_is_seen_where_none_was_recorded() {
    let update = |offers: &[Prices]| {
        let mut world = PlanFixture::default();
        for (at, prices) in offers.iter().enumerate() {
            let [payout, revenue] = prices.before.map(|amount| amount.to_string());
            let before = [("payout", "ABSENT"), ("revenue", "ABSENT")];
            world.change(&key(at), &before, &[("payout", &payout), ("revenue", &revenue)]);
        }
        world.plan()
    };
    let mut numbers = Numbers(3);
    let offers = (0..300).map(|_| Prices::of(rounded(numbers.amount() / decimal("4") + decimal("6"), 2), "1"));
    let offers: Vec<_> = offers.collect();
    for factors in [["10", "1"], ["0.1", "1"], ["1", "10"], ["100", "100"]] {
        let mut offers = offers.clone();
        let [payout, revenue] = offers[150].before;
        offers[150].before = [rounded(payout * decimal(factors[0]), 2), rounded(revenue * decimal(factors[1]), 2)];
        let problem = missing(&update(&offers), &[150]);
        assert!(problem.is_none(), "{factors:?}: {}", problem.unwrap_or_default());
    }
    let plan = update(&offers);
    assert!(rows(&plan).is_empty(), "{:?}", rows(&plan));
    let text = text::plan(&plan, &TextOptions { context: fixture::context(), ..TextOptions::default() });
    assert!(text.contains(" cpa, USD, not recorded until now"), "{text}");
}

/// New offers; each has a payout and a revenue.
fn creates(prices: &[(Decimal, Decimal)]) -> Plan {
    let mut world = PlanFixture::default();
    for (at, (payout, revenue)) in prices.iter().enumerate() {
        let advertiser = (101 + at % 10).to_string();
        let (payout, revenue) = (payout.to_string(), revenue.to_string());
        let name = format!("New {at}");
        let fields =
            [("offer_name", &name), ("payout", &payout), ("revenue", &revenue), ("advertiser_id", &advertiser)];
        world.desire("acme", &key(at), &fields.map(|(name, text)| (name, text.as_str())));
    }
    world.plan()
}

#[test]
fn a_slip_among_new_offers_is_seen() {
    let mut numbers = Numbers(5);
    let ten = Decimal::TEN;
    let equal = vec![(decimal("20.00"), decimal("30.00")); 300];
    let mixed = (0..300).map(|_| numbers.amount()).map(|payout| (payout, rounded(payout * decimal("1.4"), 2)));
    let mixed: Vec<_> = mixed.collect();
    for (set, offers) in [("equal", equal), ("mixed", mixed)] {
        let (payout, revenue) = offers[150];
        let mut wrong = vec![
            ("payout ten times", (payout * ten, revenue)),
            ("payout a tenth", (rounded(payout / ten, 2), revenue)),
            ("revenue ten times", (payout, revenue * ten)),
            ("revenue a tenth", (payout, rounded(revenue / ten, 2))),
            ("no payout", (decimal("0.00"), revenue)),
            ("payout as the revenue", (revenue, revenue)),
        ];
        if set == "equal" {
            wrong.push(("both ten times", (payout * ten, revenue * ten)));
            wrong.push(("another payout", (decimal("22.00"), revenue)));
        }
        for (kind, prices) in wrong {
            let mut offers = offers.clone();
            offers[150] = prices;
            let problem = missing(&creates(&offers), &[150]);
            assert!(problem.is_none(), "{kind} among {set}: {}", problem.unwrap_or_default());
        }
        assert!(rows(&creates(&offers)).is_empty(), "{set}: {:?}", rows(&creates(&offers)));
    }
}

#[test]
fn a_wrong_price_is_seen_behind_three_hundred_new_offers() {
    let mut world = PlanFixture::default();
    for at in 0..300 {
        world.desire("acme", &format!("new-{at:03}"), &[("offer_name", &format!("New {at}"))]);
    }
    world.change(&key(1), &[("payout", "24.00")], &[("payout", "4.00")]);
    let problem = missing(&world.plan(), &[1]);
    assert!(problem.is_none(), "{}", problem.unwrap_or_default());
}

#[test]
fn shares_of_the_revenue_have_rules_of_their_own() {
    let mut world = PlanFixture::default();
    for at in 0..60 {
        let is_share = at % 2 == 0;
        let unit = if is_share { "revshare" } else { "cpa" };
        let (before, after) = if is_share { ("40", "45") } else { ("20.00", "22.00") };
        let after = if at == 30 { "54" } else { after };
        let types = [("payout_type", unit), ("revenue_type", "cpa")];
        world.change(&key(at), &[types[0], types[1], ("payout", before)], &[types[0], types[1], ("payout", after)]);
    }
    let plan = world.plan();
    let problem = missing(&plan, &[30]);
    assert!(problem.is_none(), "{}", problem.unwrap_or_default());
    assert_eq!(plan.clusters.len(), 2);
    let row = rows(&plan).swap_remove(0);
    assert!(row.contains("**payout with swapped digits**<br>breaks the rule of 29 others, which gives 45 %"), "{row}");
}

#[test]
fn flags_name_what_the_rule_gives() {
    let mut offers = equal(30);
    offers[9] = offers[9].clone().set(0, decimal("24.00"));
    let plan = plan(&offers);
    let action = plan.actions.iter().find(|action| action.key == Key::new(&key(9)).unwrap()).unwrap();
    let kinds: Vec<_> = action.flags.iter().map(|flag| (flag.kind(), flag.field())).collect();
    assert_eq!(kinds, [(crate::plan::FlagKind::BreaksRule, Some(Field::Payout))]);
    assert!(rows(&plan)[0].contains("breaks the rule of 29 others, which gives 22.00"), "{}", rows(&plan)[0]);
}

#[test]
fn a_changed_amount_among_changes_of_other_fields_is_seen() {
    for count in [30, 300] {
        let renamed = |at: usize| {
            let prices = Prices::of(decimal("20.00"), "1");
            Prices { more: vec![("offer_name", format!("Renamed {at}"))], ..prices }
        };
        for factor in ["0.9", "1.12"] {
            let mut offers: Vec<_> = (0..count).map(renamed).collect();
            offers[count / 2] = offers[count / 2].clone().times(0, factor);
            let plan = plan(&offers);
            assert_eq!(missing(&plan, &[count / 2]), None, "{factor} among {count}");
            assert!(rows(&plan)[0].contains("others change no amount"), "{:?}", rows(&plan));
        }
    }
}

fn renamed(count: usize) -> Vec<Prices> {
    let mut numbers = Numbers(17);
    let renamed = |at: usize| {
        let prices = Prices::of(rounded(numbers.amount() + decimal("20"), 2), "1");
        Prices { more: vec![("offer_name", format!("Renamed {at}"))], ..prices }
    };
    (0..count).map(renamed).collect()
}

/// Up to a fifth of a plan: there is no number from which none is named.
#[test]
fn each_of_several_amounts_among_changes_of_other_fields_is_named_and_the_only_fall_comes_first() {
    let rises = ["1.03", "1.05", "1.07", "1.08", "1.1", "1.15"];
    for (count, others) in [(12, 1), (30, 2), (30, 5), (100, 3), (100, 7), (300, 5), (300, 8), (300, 13), (300, 40)] {
        let mut offers = renamed(count);
        for at in 0..others {
            let prices = &mut offers[at * (count / others) + usize::from(at * (count / others) == count / 2)];
            *prices = prices.clone().times(0, rises[at % rises.len()]);
        }
        offers[count / 2] = offers[count / 2].clone().times(0, "0.9");
        let plan = plan(&offers);
        let rows = rows(&plan);
        assert!(rows.len() >= (others + 1).min(8), "{others} of {count}: {rows:?}");
        let text = text::plan(&plan, &TextOptions { context: fixture::context(), ..TextOptions::default() });
        let first = text.split_once("Review first:").unwrap().1;
        let key = key(count / 2);
        assert!(others < 5 || rows[0].contains(&key), "{others} of {count}: {rows:?}");
        assert!(first.lines().take(LINES).any(|line| line.contains(&key)), "{others} of {count}: {text}");
        let annotations = github::plan(&plan, "", fixture::context().environment);
        assert!(annotations.contains(&format!("file=offers/acme/{key}.yaml,line=6")), "{annotations}");
    }
}

#[test]
fn amounts_are_no_alarm_where_they_are_what_the_plan_is_about() {
    for (count, amounts) in [(9, 1), (300, 61), (300, 150)] {
        let mut offers = renamed(count);
        for prices in &mut offers[..amounts] {
            *prices = prices.clone().times(0, "1.05");
        }
        let plan = plan(&offers);
        assert!(rows(&plan).iter().all(|row| !row.contains("change no amount")), "{:?}", rows(&plan));
    }
}

#[test]
fn an_amount_among_renamed_keys_and_one_among_new_offers_without_amounts_are_seen() {
    let mut world = PlanFixture::default();
    for at in 0..100 {
        let old = format!("old-{at:03}");
        world.record(&old, &[("payout", "20.00")]);
        let payout = if at == 50 { "18.00" } else { "20.00" };
        world.desire("acme", &key(at), &[("payout", payout)]).sync.renamed_from = Some(Key::new(&old).unwrap());
    }
    assert_eq!(missing(&world.plan(), &[50]), None);
    let mut world = PlanFixture::default();
    for at in 0..100 {
        let name = format!("New {at}");
        let mut fields = vec![("offer_name", &*name)];
        if at != 50 {
            fields.extend(["payout", "payout_type", "revenue", "revenue_type"].map(|field| (field, "ABSENT")));
        }
        world.desire("acme", &key(at), &fields);
    }
    let plan = world.plan();
    assert_eq!(missing(&plan, &[50]), None);
    assert!(rows(&plan)[0].contains("99 others have no amount"), "{:?}", rows(&plan));
}

#[test]
fn a_new_offer_with_another_unit_than_all_others_is_seen() {
    for (field, value) in [("payout_type", "cpc"), ("currency_id", "6"), ("payout", "ABSENT")] {
        let mut world = PlanFixture::default();
        for at in 0..20 {
            let name = format!("New {at}");
            let mut fields = vec![("offer_name", &*name), ("payout", "20.00"), ("revenue", "30.00")];
            if at == 10 {
                fields.push((field, value));
            }
            world.desire("acme", &key(at), &fields);
        }
        let plan = world.plan();
        assert_eq!(missing(&plan, &[10]), None, "{field}");
    }
}
