//! The lints of money, names and hours.

use super::*;

const CURRENCIES: &str = "[names.currencies]\nUSD = 1\nJPY = 2\nKWD = 3\n";

#[test]
fn zero_is_told_in_active_offers() {
    assert_eq!(found("payout: 0.00"), ["money::zero"]);
    assert_eq!(found("revenue: 0"), ["money::zero"]);
    assert_eq!(found("payout: 0.01"), NOTHING);
    assert_eq!(found("payout: 0\noffer_status: pending"), NOTHING);
}

#[test]
fn a_new_offer_with_a_payout_has_a_revenue() {
    let lines = "revenue:\nrevenue_type:";
    assert_eq!(found(lines), ["money::zero"]);
    assert_eq!(World::with(lines).recorded().names(), NOTHING, "the revenue may be left to CAKE");
    assert_eq!(found("payout:\npayout_type:"), NOTHING);
    assert_eq!(World::with(lines).recorded().configured("lints.\"money::zero\" = 'deny'").names(), ["money::zero!"]);
}

#[test]
fn a_share_above_a_hundred_is_an_error() {
    assert_eq!(found("payout: 120\npayout_type: revshare"), ["money::absolute-bounds!"]);
    assert_eq!(found("revenue: 100.01\nrevenue_type: revshare"), ["money::absolute-bounds!"]);
    assert_eq!(found("payout: 100.00\npayout_type: revshare"), NOTHING);
    assert_eq!(found("payout: 120\nrevenue: 150"), NOTHING);
    let world = || World::with("payout: 120\npayout_type: revshare");
    assert_eq!(world().recorded().names(), ["money::absolute-bounds"]);
    assert_eq!(world().recorded_with(Field::Payout, "20").names(), ["money::absolute-bounds!"]);
}

#[test]
fn amounts_have_the_decimals_of_their_currency() {
    assert_eq!(found("payout: 12.345"), ["money::places"]);
    assert_eq!(found("payout: 12.340"), NOTHING);
    assert_eq!(found("payout: 0.0015\npayout_type: cpc"), NOTHING);
    assert_eq!(found("payout: 0.00155\npayout_type: cpc"), ["money::places"]);
    assert_eq!(found("payout: 33.333\npayout_type: revshare"), NOTHING);
    let of = |currency: &str, payout: &str| {
        World::with(&format!("payout: {payout}\nrevenue: 900\ncurrency_id: {currency}")).configured(CURRENCIES).names()
    };
    assert_eq!(of("2", "500"), NOTHING);
    assert_eq!(of("2", "500.0"), NOTHING);
    assert_eq!(of("2", "500.5"), ["money::places"]);
    assert_eq!(of("3", "1.125"), NOTHING);
    assert_eq!(of("9", "1.12"), NOTHING);
}

#[test]
fn an_amount_of_a_new_offer_has_a_type() {
    assert_eq!(found("payout_type:"), ["money::type-missing"]);
    assert_eq!(found("revenue_type:"), ["money::type-missing"]);
    assert_eq!(World::with("revenue_type:").recorded().names(), NOTHING);
    assert_eq!(found("payout:\npayout_type:"), NOTHING);
}

#[test]
fn a_mix_of_types_is_told_where_it_is_asked_for() {
    let world = |types: &str| World::with(types).configured("[lints]\n\"money::type-mix\" = \"warn\"").names();
    assert_eq!(found("payout_type: cpc"), NOTHING);
    assert_eq!(world("payout_type: cpc"), ["money::type-mix"]);
    assert_eq!(world("payout_type: cpm\nrevenue_type: cpc"), NOTHING);
    assert_eq!(world("payout_type: revshare"), NOTHING);
}

#[test]
fn a_new_offer_names_its_currency_where_there_are_several() {
    let world = || World::with("currency_id:").configured(CURRENCIES);
    assert_eq!(world().names(), ["money::currency"]);
    assert_eq!(world().recorded().names(), NOTHING);
    assert_eq!(found("currency_id:"), NOTHING, "no names");
    assert_eq!(World::with("currency_id:").configured("[names.currencies]\nUSD = 1").names(), NOTHING);
}

#[test]
fn one_offer_with_another_currency_is_told() {
    let world = |count: usize, odd: &[usize]| {
        let offer = |number: usize| {
            let currency = if odd.contains(&number) { 2 } else { 1 };
            let lines = format!(
                "offer_name: Offer {number}\ncurrency_id: {currency}\noffer_url: 'https://shop.test/{number}?r=#reqid#'"
            );
            (format!("offer-{number:02}.yaml"), changed(&lines))
        };
        let texts: Vec<_> = (0..count).map(offer).collect();
        let texts: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        World::of(&texts)
    };
    for odd in [0, 1, 2, 9] {
        let found = world(10, &[odd]).diagnostics();
        assert_eq!(found.len(), 1, "{odd}");
        assert_eq!(found[0].place().unwrap().file.as_str(), format!("offer-{odd:02}.yaml"));
    }
    assert_eq!(world(9, &[3]).names(), NOTHING, "too few to say what is usual");
    assert_eq!(world(10, &[0, 1]).names(), NOTHING, "two are a choice");
    assert_eq!(world(10, &[]).names(), NOTHING);
}

#[test]
fn spaces_in_a_name_are_told() {
    for name in ["\" Solar\"", "\"Solar \"", "Solar  Quote"] {
        assert_eq!(found(&format!("offer_name: {name}")), ["name::space"], "{name}");
    }
    assert_eq!(found("offer_name:   Solar Quote - US   "), NOTHING, "YAML drops them");
}

#[test]
fn a_session_has_a_usual_length() {
    assert_eq!(found("session_hours: 999999"), ["session::range"]);
    assert_eq!(found("session_hours: 8760"), NOTHING);
    assert_eq!(found("session_hours: 23"), ["session::range"]);
    assert_eq!(found("session_hours: 1\npayout_type: cpc\nrevenue_type: cpm"), NOTHING);
    assert_eq!(found("session_hours:"), NOTHING);
}
