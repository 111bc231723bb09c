//! Levels in the configuration, and offers that are exempt.

use super::*;

const HTTP: &str = "offer_url: 'http://shop.test/?r=#reqid#'";

fn allowing(lint: &str) -> String {
    format!("{HTTP}\nsync:\n  allow: [{{lint: {lint}, reason: no TLS there}}]")
}

#[test]
fn the_configuration_sets_the_level() {
    for (level, names) in [("allow", vec![]), ("warn", vec!["url::http"]), ("deny", vec!["url::http!"])] {
        let text = format!("[lints]\n\"url::http\" = \"{level}\"");
        assert_eq!(World::with(HTTP).configured(&text).names(), names, "{level}");
        assert_eq!(World::with(HTTP).recorded().configured(&text).names(), names, "{level}");
    }
    let past = || World::with("expiration_date: 2026-01-31 23:59:59");
    let deny = "lints.\"date::past\" = \"deny\"";
    assert_eq!(past().recorded().configured(deny).names(), ["date::past!"], "for what is recorded, too");
    assert_eq!(past().configured("lints.\"date::past\" = \"warn\"").names(), ["date::past"]);
}

#[test]
fn an_offer_is_exempt_with_a_reason() {
    assert_eq!(found(&allowing("url::http")), NOTHING);
    let deny = "[lints]\n\"url::http\" = \"deny\"";
    assert_eq!(World::with(&allowing("url::http")).configured(deny).names(), NOTHING);
}

#[test]
fn a_line_that_allows_nothing_is_told() {
    assert_eq!(found(&allowing("url::shared")), ["url::http", "lint::unneeded-allow"]);
    let off = World::with(&allowing("url::shared")).configured("[lints]\n\"url::shared\" = \"allow\"");
    assert_eq!(off.names(), ["url::http"], "a lint that is off is not judged");
    let new = "revenue:\nrevenue_type:\nsync:\n  allow: [{lint: money::zero, reason: brand campaign}]";
    assert_eq!(World::with(new).names(), NOTHING);
    assert_eq!(World::with(new).recorded().names(), NOTHING, "nor one that was needed for the create");
}

#[test]
fn defaults_are_inherited_and_never_unneeded() {
    let defaults =
        "sync:\n  allow:\n    - {lint: url::http, reason: no TLS}\n    - {lint: url::shared, reason: one page}\n";
    let plain = changed(HTTP);
    assert_eq!(World::of(&[("_defaults.yaml", defaults), ("a.yaml", &plain)]).names(), NOTHING);
    assert_eq!(World::of(&[("x/_defaults.yaml", defaults), ("a.yaml", &plain)]).names(), ["url::http"]);
    // An own list adds to the inherited one.
    let own = changed(&format!("{HTTP}\npayout: 0\nsync:\n  allow: [{{lint: money::zero, reason: free}}]"));
    let world = World::of(&[("_defaults.yaml", defaults), ("a.yaml", &own)]);
    assert_eq!(world.names(), NOTHING);
    let reasons: Vec<&str> = world.reading.set.offers[0].allowed.iter().map(|allowed| &*allowed.reason).collect();
    assert_eq!(reasons, ["free", "no TLS", "one page"]);
}

#[test]
fn many_offers_are_judged_as_few_are() {
    let texts: Vec<(String, String)> = (0..5_000)
        .map(|number| {
            let http = if number % 1_000 == 999 { "http" } else { "https" };
            (format!("o{number:04}.yaml"), changed(&format!("offer_url: '{http}://shop.test/{number}?r=#reqid#'")))
        })
        .collect();
    let texts: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let found = World::of(&texts).diagnostics();
    let files: Vec<&str> = found.iter().map(|found| found.place().unwrap().file.as_str()).collect();
    assert_eq!(files, ["o0999.yaml", "o1999.yaml", "o2999.yaml", "o3999.yaml", "o4999.yaml"]);
}
