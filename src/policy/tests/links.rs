//! The lints of URLs.

use super::*;

#[test]
fn an_unknown_macro_has_a_suggestion() {
    assert_eq!(found_in("https://shop.test/?a=#afid#&r=#reqid#"), ["url::unknown-macro"]);
    let help = |url: &str| World::with(&format!("offer_url: '{url}'")).diagnostics().remove(0).help.unwrap();
    assert_eq!(help("https://shop.test/?a=#afid#&r=#reqid#"), "did you mean `#affid#`?");
    assert_eq!(help("https://shop.test/?a=#offer_id#&r=#reqid#"), "did you mean `#oid#`?");
    assert_eq!(help("https://shop.test/?a={afiliate_id}&r={click_id}"), "did you mean `{affiliate_id}`?");
    assert!(help("https://shop.test/?a={qqqqqqq}&r={click_id}").contains("#affid#"));
    for good in [
        "?r=#REQID#",
        "?r=#oreqid#&s=#s1#",
        "?r={{click.id}}&c={country_code}&s={aff_sub5}",
        "?r={transaction_id}&j={\"a\":1}",
    ] {
        assert_eq!(found_in(&format!("https://shop.test/{good}")), NOTHING, "{good}");
    }
}

#[test]
fn two_dialects_in_one_url_are_told() {
    assert_eq!(found_in("https://shop.test/?a={aff_id}&r=#reqid#"), ["url::mixed-dialect"]);
    assert_eq!(found_in("https://shop.test/?a={aff_id}&r={transaction_id}#top"), NOTHING);
    assert_eq!(found("preview_url: 'https://shop.test/?a={aff_id}'"), NOTHING, "each URL is for itself");
}

#[test]
fn a_macro_with_one_sign_is_told_and_a_fragment_is_not() {
    assert_eq!(found_in("https://shop.test/?r=#reqid"), ["url::open-macro"]);
    assert_eq!(found_in("https://shop.test/?r=reqid#&a=#affid#"), ["url::open-macro"]);
    assert_eq!(found_in("https://shop.test/?r=#reqid#&x=1#prices"), NOTHING);
    assert_eq!(found_in("https://shop.test/#/lp?r=#reqid#"), NOTHING);
}

#[test]
fn an_active_offer_passes_the_id_of_the_click() {
    assert_eq!(found_in("https://shop.test/?a=#affid#"), ["url::no-click-id"]);
    assert_eq!(found_in("https://shop.test/?a={aff_id}"), ["url::no-click-id"]);
    assert_eq!(found_in("https://shop.test/"), ["url::no-click-id"]);
    for good in [
        "?r=#reqid#",
        "?r=#oreqid#",
        "?v=#vstid#",
        "?s=#s2#",
        "?t={transaction_id}",
        "?c={{click.id}}",
        "?s={aff_sub2}",
    ] {
        assert_eq!(found_in(&format!("https://shop.test/{good}")), NOTHING, "{good}");
    }
    assert_eq!(found_in("https://track.test/aff_c?offer_id={offer_id}&aff_id={aff_id}"), NOTHING, "a tracking link");
    assert_eq!(found("offer_url: https://shop.test/\noffer_status: pending"), NOTHING);
    assert_eq!(found("offer_url: https://shop.test/\nsync:\n  ignore_changes: [offer_status]"), NOTHING);
}

#[test]
fn an_encoded_macro_is_an_error_until_cake_has_it() {
    for (url, names) in [
        ("https://shop.test/?a=%23affid%23&r=#reqid#", vec!["url::encoded-macro!"]),
        ("https://shop.test/?a=%7Baff_id%7d&r={click_id}", vec!["url::encoded-macro!"]),
        ("https://shop.test/?r=%2523reqid%2523", vec!["url::encoded-macro!"]),
        ("https://app.test/?r=#reqid#&callback=https%3A%2F%2Fnet.test%2Fp%3Fr%3D%7Bclick_id%7D", vec![]),
        ("https://shop.test/?c=%23reqid#&x=#affid#&r={click_id}", vec!["url::mixed-dialect", "url::encoded-macro!"]),
        ("https://shop.test/?q=%23sale%23&r=#reqid#", vec![]),
        ("https://shop.test/?q=%7B%22a%22%3A1%7D&r=#reqid#", vec![]),
        ("https://shop.test/?q=100%25&r=#reqid#&z=%", vec![]),
    ] {
        assert_eq!(found_in(url), names, "{url}");
    }
    let recorded = World::with("offer_url: 'https://shop.test/?r=%23reqid%23'").recorded();
    assert_eq!(recorded.names(), ["url::encoded-macro"]);
}

#[test]
fn the_parameters_of_a_query_are_looked_at() {
    for (query, name) in [
        ("?a=1&r=#reqid#&a=2", "url::duplicate-parameter"),
        ("?a=&r=#reqid#", "url::empty-parameter"),
        ("?a=1?r=#reqid#", "url::query-syntax"),
        ("&a=1?r=#reqid#", "url::query-syntax"),
        ("&a=1&r=#reqid#", "url::query-syntax"),
        ("?a=1&&r=#reqid#", "url::query-syntax"),
        ("?a=1&r=#reqid#?", "url::query-syntax"),
        ("?sub=1&r=#reqid#&%73ub=2", "url::duplicate-parameter"),
        ("?a=1&amp;r=#reqid#", "url::query-syntax"),
    ] {
        assert_eq!(found_in(&format!("https://shop.test/lp{query}")), [name], "{query}");
    }
    for good in [
        "?a[]=1&a[]=2&r=#reqid#",
        "?flag&r=#reqid#",
        "?to=https://other.test/?x=1&r=#reqid#",
        "?r=#reqid#&q=what?",
        "/rock&roll?r=#reqid#",
        "?r=#reqid#&",
        "?r=#reqid##/page?x=1",
    ] {
        assert_eq!(found_in(&format!("https://shop.test/lp{good}")), NOTHING, "{good}");
    }
}

#[test]
fn a_placeholder_in_an_active_offer_is_an_error() {
    for url in [
        "https://shop.test/?r=#reqid#&a=REPLACE_ME",
        "https://shop.test/TODO/lp?r=#reqid#",
        "https://YOUR_DOMAIN/lp?r=#reqid#",
        "https://shop.test/?r=#reqid#&a=your_campaign",
        "https://shop.test/?r=#reqid#&a=replace_me",
        "https://shop.test/?r=#reqid#&s=xxx",
        "https://shop.test/?transaction_id=transaction_id&r=#reqid#",
        "https://shop.test/?r=#reqid#&a=<affiliate>",
        "https://example.com/?r=#reqid#",
        "https://localhost:8080/?r=#reqid#",
        "https://localhost./?r=#reqid#",
        "https://[::1]/?r=#reqid#",
        "https://[::1]:8080/?r=#reqid#",
        "https://0.0.0.0/?r=#reqid#",
        "https://127.8.9.1/?r=#reqid#",
        "https://192.168.1.4/?r=#reqid#",
        "https://10.0.0.7:8080/?r=#reqid#",
        "https://172.16.0.1/?r=#reqid#",
        "https://172.31.255.1./?r=#reqid#",
        "https://[fd00::1]/?r=#reqid#",
        "https://shop.local/?r=#reqid#",
        "https://shop.invalid./?r=#reqid#",
        "https://app.LOCALHOST:3000/?r=#reqid#",
        "https://yourdomain.com/yours?r=#reqid#",
        "https://example.com./?r=#reqid#",
        "https://shop.test/?r=#reqid#&a=[AFFID]",
        "https://shop.test/?r=#reqid#&a=[click_id]",
        "https://shop.test/?r=#reqid#&a=%5BCLICKID%5D",
        "https://shop.test/?r=#reqid#&a=[YOUR_ID]",
        "https://shop.test/?r=#reqid#&a=[[affid]]",
        "https://shop.test/?r=#reqid#&a=YOURID",
        "https://shop.test/?r=#reqid#&a=ENTER_ID_HERE",
        "https://shop.test/?r=#reqid#&a=INSERT_ID",
        "https://shop.test/?r=#reqid#&a=INSERT-YOUR-ID",
        "https://shop.test/?r=#reqid#&a=YOUR_STATE",
        "https://shop.test/YOUR_STATE/?r=#reqid#",
    ] {
        assert_eq!(found_in(url), ["url::placeholder!"], "{url}");
    }
}

#[test]
fn a_word_that_only_looks_like_a_placeholder_is_none() {
    for url in [
        "https://shop.test/todo-incluido?r=#reqid#",
        "https://shop.test/?r=#reqid#&cat=todo",
        "https://shop.test/xxx/?r=#reqid#",
        "https://shop.test/?r=#reqid#&size=XXL",
        "https://track.example.com/?r=#reqid#",
        "https://shop.test/?r=#reqid#&utm_campaign=your_mortgage",
        "https://track.yourdomain.com/yours?r=#reqid#",
        "https://shop.test/?r=#reqid#&sort=price",
        "https://shop.test/?r=#reqid#&YOUR_STATE=TX",
        "https://shop.test/?r=#reqid#&geo=[US]",
        "https://shop.test/?r=#reqid#&q=caf\u{e9}%23",
        "https://shop.test/?r=#reqid#&ids=[1,2]",
        "https://shop.test/?r=#reqid#&ids%5B%5D=1",
        "https://shop.test/?r=#reqid#&utm_campaign=ENTER_TO_WIN",
        "https://shop.test/?r=#reqid#&utm_campaign=INSERT_COIN",
        "https://shop.test/?r=#reqid#&utm_campaign=YOURSELF",
        "https://172.32.0.1/?r=#reqid#",
        "https://shop.localhost.run/?r=#reqid#",
    ] {
        assert_eq!(found_in(url), NOTHING, "{url}");
    }
    assert_eq!(found("offer_url: https://shop.test/REPLACE_ME\noffer_status: pending"), NOTHING);
    assert_eq!(found("preview_url: https://www.example.com/page"), NOTHING);
    assert_eq!(found("preview_url: https://shop.test/REPLACE_ME"), ["url::placeholder!"]);
    let recorded = World::with("offer_url: 'https://shop.test/REPLACE_ME?r=#reqid#'").recorded();
    assert_eq!(recorded.names(), ["url::placeholder"]);
    let activated = World::with("offer_url: 'https://shop.test/REPLACE_ME?r=#reqid#'");
    assert_eq!(activated.recorded_with(Field::OfferStatus, "pending").names(), ["url::placeholder!"]);
}

#[test]
fn a_fixed_id_is_told_unless_it_is_an_own_account() {
    for query in ["?aff=123&r=#reqid#", "?aff_id=partner&r=#reqid#", "?r=#reqid#&sub=4711", "?click_id=a1b2&r=#reqid#"]
    {
        assert_eq!(found_in(&format!("https://shop.test/{query}")), ["url::literal-id"], "{query}");
    }
    for good in [
        "?aff_id=1001&s1=#affid#&r=#reqid#",
        "?sub=newsletter&r=#reqid#",
        "?offer_id=12&r=#reqid#",
        "?a=12&c=3&r=#reqid#",
    ] {
        assert_eq!(found_in(&format!("https://shop.test/{good}")), NOTHING, "{good}");
    }
    let help =
        World::with("offer_url: 'https://shop.test/?aff=123&r={click_id}'").diagnostics().remove(0).help.unwrap();
    assert!(help.contains("`aff={aff_id}`"), "{help}");
}

#[test]
fn a_url_without_encryption_is_told() {
    assert_eq!(found_in("http://shop.test/?r=#reqid#"), ["url::http"]);
    assert_eq!(found_in("HTTP://shop.test/?r=#reqid#"), ["url::http"]);
    assert_eq!(found("preview_url: http://shop.test/"), ["url::http"]);
    assert_eq!(found_in("https://shop.test/?to=http://other.test&r=#reqid#"), NOTHING);
}

#[test]
fn active_offers_of_one_advertiser_have_different_urls() {
    let two = |lines: &str| {
        let other = changed(lines);
        World::of(&[("a.yaml", QUIET), ("b.yaml", &other)])
    };
    let shared = two("offer_name: B").diagnostics();
    assert_eq!(shared.len(), 1);
    let files: Vec<&str> = shared[0].labels.iter().map(|label| label.place.file.as_str()).collect();
    assert_eq!(files, ["b.yaml", "a.yaml"]);
    for same in [
        "https://SHOP.test:443/lp?a=#affid#&r=#reqid#",
        "https://shop.test/lp?r=#reqid#&a=#affid#",
        "https://shop.test/l%70?r=#reqid#&amp;a=#affid#",
    ] {
        assert!(two(&format!("offer_url: '{same}'")).names().iter().any(|name| name == "url::shared"), "{same}");
    }
    assert_eq!(two("advertiser_id: 102").names(), NOTHING);
    assert_eq!(two("offer_status: inactive").names(), NOTHING);
    assert_eq!(two("offer_url: 'https://shop.test/lp?a=#affid#&r=#reqid#&x'").names(), NOTHING);
    let with_id = changed("offer_url: 'https://shop.test/?o=#oid#&r=#reqid#'");
    assert_eq!(World::of(&[("a.yaml", &with_id), ("b.yaml", &with_id)]).names(), NOTHING);
}
