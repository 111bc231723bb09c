//! The one wrong value in a file of defaults: it is one change, however many offers inherit it, and one row of each view.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::offer::{DesiredOffer, Field, Key, OnCreateOnlyChange, ValuePlaces};
use crate::plan::{Plan, YamlLocation};
use crate::report::fixture::{self, PlanFixture};
use crate::report::markdown::MarkdownOptions;
use crate::report::text::TextOptions;
use crate::report::{github, markdown, text};
use crate::source::{Place, SourcePath, Span};

const WRONG: usize = 17;
/// The line of the value in the defaults.
const LINE: u32 = 6;

fn key(folder: usize, offer: usize) -> String {
    format!("offer-{folder:03}-{offer:02}")
}

/// From four to ten.
fn size(folder: usize) -> usize {
    4 + folder % 7
}

fn defaults(folder: usize) -> SourcePath {
    SourcePath::from(format!("offers/folder-{folder:03}/_defaults.yaml"))
}

/// The offer gets these fields from the defaults of its folder.
fn inherits(offer: &mut DesiredOffer, folder: usize, fields: &[Field]) {
    inherits_both(offer, folder, fields, &[]);
}

/// The offer gets fields from the defaults of its folder, and others from those of all folders.
fn inherits_both(offer: &mut DesiredOffer, folder: usize, of_folder: &[Field], of_root: &[Field]) {
    let is_own = |field: &Field| !of_folder.contains(field) && !of_root.contains(field);
    let span = |line| Span { line, column: 1, length: 1 };
    let own = offer.fields.iter().zip(1..).filter(|((field, _), _)| is_own(field));
    let own: Vec<_> = own.map(|((field, _), line)| (field, span(line))).collect();
    let given = |file: SourcePath, fields: &[Field]| -> Vec<_> {
        fields.iter().zip(LINE..).map(|(field, line)| (*field, Place::new(file.clone(), span(line)))).collect()
    };
    let root = given(SourcePath::from("offers/_defaults.yaml"), of_root);
    let inherited = [given(defaults(folder), of_folder), root].concat();
    offer.places = ValuePlaces::new(own, Some(Arc::from(inherited)));
}

/// 19.00 to 28.00 dollars.
fn price(folder: usize) -> Decimal {
    Decimal::new(i64::try_from(1900 + folder * 7 % 10 * 100).unwrap(), 2)
}

fn times(amount: Decimal, percent: i64) -> Decimal {
    let mut amount = (amount * Decimal::new(percent, 2)).round_dp(2);
    amount.rescale(2);
    amount
}

/// Folders whose payout changes by so many percent of the old one, in the defaults.
fn updates(folders: usize, percent: impl Fn(usize) -> i64) -> Plan {
    let mut world = PlanFixture::default();
    for folder in 0..folders {
        let (before, after) = (price(folder).to_string(), times(price(folder), percent(folder)).to_string());
        for offer in 0..size(folder) {
            let key = key(folder, offer);
            let advertiser = (101 + folder % 4).to_string();
            let base = [("advertiser_id", &*advertiser), ("revenue", "60.00")];
            let offer =
                world.change(&key, &[base[0], base[1], ("payout", &before)], &[base[0], base[1], ("payout", &after)]);
            inherits(offer, folder, &[Field::Payout]);
        }
    }
    world.plan()
}

/// New offers, with the payouts of their folders in the defaults.
fn creates(folders: usize, payout: impl Fn(usize) -> Decimal) -> Plan {
    let mut world = PlanFixture::default();
    for folder in 0..folders {
        let payout = payout(folder).to_string();
        for offer in 0..size(folder) {
            let (key, advertiser) = (key(folder, offer), (101 + folder % 4).to_string());
            let fields =
                [("offer_name", &*key), ("advertiser_id", &advertiser), ("payout", &payout), ("revenue", "60.00")];
            let offer = world.desire("acme", &key, &fields);
            inherits(offer, folder, &[Field::Payout]);
        }
    }
    world.plan()
}

/// The flagged rows of the comment's first table.
fn rows(plan: &Plan) -> Vec<String> {
    let comment = markdown::plan(plan, &MarkdownOptions { context: fixture::context(), ..MarkdownOptions::default() });
    let (_, table) = comment.split_once("| why |").unwrap_or_default();
    let rows = table.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
    rows.take_while(|line| line.starts_with("| **")).map(str::to_owned).collect()
}

/// The wrong value is one row of each view, the first one, and annotated where it is written.
#[track_caller]
fn assert_seen(plan: &Plan, folder: usize, line: u32) {
    let rows = rows(plan);
    let key = key(folder, 0);
    assert_eq!(rows.iter().filter(|row| row.contains(&key[..9])).count(), 1, "{rows:#?}");
    assert!(rows[0].contains(&key) && rows.len() <= 4, "{rows:#?}");
    let text = text::plan(plan, &TextOptions { context: fixture::context(), ..TextOptions::default() });
    let first = text.split_once("Review first:\n").map(|(_, first)| first).unwrap_or_default();
    assert!(first.lines().next().is_some_and(|line| line.contains(&key)), "{text}");
    let of_folder = first.lines().take_while(|line| !line.is_empty()).filter(|line| line.contains(&key[..9]));
    assert_eq!(of_folder.count(), 1, "{text}");
    let annotations = annotations(plan);
    let at = format!("file={},line={line},", defaults(folder));
    assert_eq!(annotations.iter().filter(|annotation| annotation.contains(&at)).count(), 1, "{annotations:#?}");
    assert!(annotations.first().is_some_and(|first| first.contains(&at)), "{annotations:#?}");
}

fn annotations(plan: &Plan) -> Vec<String> {
    let text = github::plan(plan, "", fixture::context().environment);
    text.lines().filter(|line| line.starts_with("::warning")).map(str::to_owned).collect()
}

/// Nothing is flagged.
#[track_caller]
fn assert_clean(plan: &Plan) {
    let rows = rows(plan);
    assert!(rows.is_empty(), "{rows:#?}");
}

#[test]
fn a_wrong_payout_of_new_offers_is_seen() {
    for (folders, wrong) in [(10, 1000), (40, 1000), (40, 10), (40, 10_000)] {
        let at = if folders > WRONG { WRONG } else { 4 };
        let payout = |folder| times(price(folder), if folder == at { wrong } else { 100 });
        assert_seen(&creates(folders, payout), at, LINE);
    }
    assert_clean(&creates(40, price));
}

#[test]
fn a_wrong_payout_among_changes_by_one_rule_is_seen() {
    for wrong in [1100, 11, 112, 90, 130] {
        assert_seen(&updates(30, |folder| if folder == WRONG { wrong } else { 110 }), WRONG, LINE);
    }
    for percent in [110, 90] {
        assert_clean(&updates(30, |_| percent));
    }
}

#[test]
fn the_only_fall_among_rises_is_seen() {
    // No rule explains them.
    let rises = |folder: usize| 101 + i64::try_from(folder * 7 % 17).unwrap();
    for folders in [10, 30] {
        let at = if folders > WRONG { WRONG } else { 4 };
        assert_seen(&updates(folders, |folder| if folder == at { 93 } else { rises(folder) }), at, LINE);
    }
    assert_clean(&updates(30, rises));
}

#[test]
fn halves_in_opposite_directions_are_ordinary() {
    assert_clean(&updates(2, |folder| if folder == 0 { 110 } else { 95 }));
    assert_clean(&updates(30, |folder| if folder % 2 == 0 { 110 } else { 95 }));
    assert_clean(&updates(30, |folder| if folder < 10 { 105 } else { 95 + i64::try_from(folder % 3).unwrap() }));
}

/// Offers that are replaced by ones of another currency, which their defaults give.
fn converted(currency: impl Fn(usize) -> Option<&'static str>) -> Plan {
    let mut world = PlanFixture::default();
    for folder in 0..30 {
        for offer in 0..size(folder) {
            let payout = price(folder).to_string();
            let after = currency(folder).unwrap_or("1");
            let after = [("payout", &*payout), ("currency_id", after), ("offer_name", "Converted")];
            let offer = world.change(&key(folder, offer), &[("payout", &payout)], &after);
            offer.sync.on_create_only_change = OnCreateOnlyChange::Replace;
            inherits(offer, folder, &[Field::CurrencyId]);
        }
    }
    world.plan()
}

#[test]
fn another_currency_than_all_others_get_is_seen() {
    assert_seen(&converted(|folder| Some(if folder == WRONG { "3" } else { "2" })), WRONG, LINE);
}

#[test]
fn another_unit_of_new_offers_is_seen() {
    for (field, usual, wrong) in [("currency_id", "2", "3"), ("payout_type", "cpa", "cpc")] {
        let mut world = PlanFixture::default();
        for folder in 0..30 {
            for offer in 0..size(folder) {
                let (key, payout) = (key(folder, offer), price(folder).to_string());
                let unit = if folder == WRONG { wrong } else { usual };
                let fields = [("offer_name", &*key), ("payout", &payout), ("revenue", "60.00"), (field, unit)];
                let offer = world.desire("acme", &key, &fields);
                inherits(offer, folder, &[Field::from_name(field).unwrap()]);
            }
        }
        assert_seen(&world.plan(), WRONG, LINE);
    }
}

/// New offers; some folders give another unit in their own defaults, and the others have that of the defaults for all.
fn of_units(folders: usize, field: Field, other: impl Fn(usize) -> Option<&'static str>) -> Plan {
    let mut world = PlanFixture::default();
    for folder in 0..folders {
        for offer in 0..size(folder) {
            let (key, payout) = (key(folder, offer), price(folder).to_string());
            let usual = if field == Field::CurrencyId { "1" } else { "cpa" };
            let unit = (field.name(), other(folder).unwrap_or(usual));
            let fields = [("offer_name", &*key), ("payout", &payout), ("revenue", "60.00"), unit];
            let offer = world.desire("acme", &key, &fields);
            let (of_folder, of_root): (&[Field], &[Field]) =
                if other(folder).is_some() { (&[field], &[]) } else { (&[], &[field]) };
            inherits_both(offer, folder, of_folder, of_root);
        }
    }
    world.plan()
}

#[test]
fn another_unit_than_the_one_that_all_others_inherit_is_seen() {
    for (field, wrong) in [(Field::CurrencyId, "2"), (Field::PayoutType, "cpc")] {
        for folders in [30, 60] {
            assert_seen(&of_units(folders, field, |folder| (folder == WRONG).then_some(wrong)), WRONG, LINE);
        }
        // A market of its own.
        assert_clean(&of_units(4, field, |folder| (folder == 3).then_some(wrong)));
        assert_clean(&of_units(60, field, |folder| (folder % 10 == 3).then_some(wrong)));
    }
}

#[test]
fn a_folder_of_new_offers_without_an_amount_is_one_row() {
    for missing in [Field::Payout, Field::Revenue] {
        let mut world = PlanFixture::default();
        for folder in 0..60 {
            for offer in 0..size(folder) {
                let (name, payout) = (key(folder, offer), price(folder).to_string());
                let mut fields = vec![("offer_name", &*name), ("payout", &*payout), ("revenue", "60.00")];
                if folder == WRONG {
                    fields.push((missing.name(), "ABSENT"));
                }
                let offer = world.desire(&format!("folder-{folder:03}"), &name, &fields);
                inherits(offer, folder, &[Field::Payout, Field::Revenue]);
            }
        }
        let plan = world.plan();
        let (rows, annotations) = (rows(&plan), annotations(&plan));
        assert!(rows.len() == 1 && rows[0].contains(&key(WRONG, 0)), "{rows:#?}");
        assert!(annotations.len() == 1 && annotations[0].contains(&key(WRONG, 0)), "{annotations:#?}");
    }
}

/// Wrong amounts from the right ones, payout and revenue.
type Mistake = fn([Decimal; 2]) -> [Decimal; 2];

/// New offers of many prices with payout and revenue from their folders' defaults; one of them may have a payout of its own.
fn of_margins(amounts: impl Fn([usize; 2], [Decimal; 2]) -> [Decimal; 2], own: Option<[usize; 2]>) -> Plan {
    let mut world = PlanFixture::default();
    for folder in 0..40 {
        // 5.00 to 83.00 dollars.
        let payout = Decimal::new(500 + 200 * i64::try_from(folder * 23 % 40).unwrap(), 2);
        for offer in 0..size(folder) {
            let at = [folder, offer];
            let [payout, revenue] = amounts(at, [payout, times(payout, 140)]).map(|amount| amount.to_string());
            let key = key(folder, offer);
            let fields = [("offer_name", &*key), ("payout", &payout), ("revenue", &revenue)];
            let of_folder: &[Field] =
                if own == Some(at) { &[Field::Revenue] } else { &[Field::Payout, Field::Revenue] };
            inherits(world.desire("acme", &key, &fields), folder, of_folder);
        }
    }
    world.plan()
}

#[test]
fn a_margin_far_from_the_others_is_one_row_at_the_wrong_amount() {
    // 41.00 and 45.00 dollars.
    let wrong = [6, 20];
    let mistakes: [(Mistake, u32); 3] = [
        (|[payout, revenue]| [times(payout, 10), revenue], LINE),
        (|[payout, revenue]| [payout, times(revenue, 500)], LINE + 1),
        (|[payout, revenue]| [times(revenue, 150), payout], LINE),
    ];
    for (mistake, line) in mistakes {
        let of = |[folder, _]: [usize; 2], amounts| if wrong.contains(&folder) { mistake(amounts) } else { amounts };
        let plan = of_margins(of, None);
        let (rows, annotations) = (rows(&plan), annotations(&plan));
        assert!(rows.len() == 2 && annotations.len() == 2, "{rows:#?} {annotations:#?}");
        for folder in wrong {
            let at = format!("file={},line={line},", defaults(folder));
            assert!(annotations.iter().any(|annotation| annotation.contains(&at)), "{at} {annotations:#?}");
        }
    }
    assert_clean(&of_margins(|_, amounts| amounts, None));
}

#[test]
fn a_margin_is_annotated_at_the_payout_that_an_offer_has_of_its_own() {
    let wrong = [20, 2];
    let of = |at, [payout, revenue]: [Decimal; 2]| [times(payout, if at == wrong { 10 } else { 100 }), revenue];
    let plan = of_margins(of, Some(wrong));
    let key = key(wrong[0], wrong[1]);
    let action = plan.actions.iter().find(|action| action.key.as_str() == key).unwrap();
    let payout = action.changes.iter().find(|change| change.field == Field::Payout).unwrap();
    let line = format!("{key}.yaml,line={},", payout.source.as_ref().unwrap().line);
    let annotations = annotations(&plan);
    assert!(annotations.iter().any(|annotation| annotation.contains(&line)), "{line} {annotations:#?}");
}

#[test]
fn an_annotation_is_on_the_line_that_is_flagged() {
    for (revenue, inherited) in [("62.40", &[Field::Payout][..]), ("90.00", &[Field::Payout]), ("62.40", &[])] {
        let mut world = PlanFixture::default();
        for folder in 0..60 {
            for offer in 0..size(folder) {
                let (before, after) = (price(folder).to_string(), times(price(folder), 110).to_string());
                let revenue = if (folder, offer) == (WRONG, 2) { revenue } else { "60.00" };
                let changes = [("payout", &*after), ("revenue", revenue)];
                let offer = world.change(&key(folder, offer), &[("payout", &before), ("revenue", "60.00")], &changes);
                inherits(offer, folder, inherited);
            }
        }
        let plan = world.plan();
        let action = plan.actions.iter().find(|action| action.key.as_str() == key(WRONG, 2)).unwrap();
        let change = action.changes.iter().find(|change| change.field == Field::Revenue).unwrap();
        let at = format!("{}.yaml,line={},", key(WRONG, 2), change.source.as_ref().unwrap().line);
        let annotations = annotations(&plan);
        assert!(annotations.len() == 1 && annotations[0].contains(&at), "{at} {annotations:#?}");
    }
}

#[test]
fn an_own_value_among_hundreds_that_inherit_one_is_seen() {
    let mut world = PlanFixture::default();
    for at in 0..300 {
        let payout = if at == 150 { "18.00" } else { "22.00" };
        let offer = world.change(&key(0, at), &[("payout", "20.00")], &[("payout", payout)]);
        if at != 150 {
            inherits(offer, 0, &[Field::Payout]);
        }
    }
    let plan = world.plan();
    let rows = rows(&plan);
    assert!(rows.len() == 1 && rows[0].contains(&key(0, 150)), "{rows:?}");
}

#[test]
fn a_few_equal_wrong_payouts_of_new_offers_are_seen() {
    for wrong in [2, 3] {
        let mut world = PlanFixture::default();
        for at in 0..30 {
            let payout = if at < wrong { "2400.00".to_owned() } else { price(at).to_string() };
            let name = format!("New {at}");
            // Nothing is said of the margin.
            let fields =
                [("offer_name", &*name), ("payout", &payout), ("revenue", "ABSENT"), ("revenue_type", "ABSENT")];
            world.desire("acme", &key(0, at), &fields);
        }
        let plan = world.plan();
        let rows = rows(&plan);
        let flagged = plan.actions.iter().filter(|action| !action.flags.is_empty());
        let keys: Vec<&Key> = flagged.map(|action| &action.key).collect();
        assert_eq!(keys.len(), wrong, "{keys:?} {rows:?}");
    }
}

/// A new advertiser of a cheaper vertical: one row of a review for each value that it may be.
#[test]
fn a_folder_of_other_prices_is_one_row() {
    let mut world = PlanFixture::default();
    for folder in 0..30 {
        for at in 0..size(folder) {
            let key = key(folder, at);
            let (advertiser, payout) =
                if folder == WRONG { ("900", "2.00".to_owned()) } else { ("101", price(folder).to_string()) };
            let fields =
                [("offer_name", &*key), ("advertiser_id", advertiser), ("payout", &payout), ("revenue", "60.00")];
            let offer = world.desire("acme", &key, &fields);
            if folder != WRONG || at > 0 {
                inherits(offer, folder, &[Field::Payout]);
            }
        }
    }
    let plan = world.plan();
    assert!(rows(&plan).len() <= 2, "{:#?}", rows(&plan));
}

#[test]
fn a_value_says_where_it_is_written() {
    let plan = updates(30, |folder| if folder == WRONG { 1100 } else { 110 });
    let action = plan.actions.iter().find(|action| action.key == Key::new(&key(WRONG, 1)).unwrap()).unwrap();
    let source = action.changes[0].source.clone();
    assert_eq!(source, Some(YamlLocation { file: defaults(WRONG), line: LINE }));
}
