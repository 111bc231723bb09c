//! Names that CAKE may show as one another, and names that it may not.

use super::*;

#[test]
fn only_spaces_at_the_ends_are_the_same() {
    assert!(same_name(" Solar ", "Solar"));
    for other in ["solar", "Solar  Lead", "Solar\u{a0}Lead", "Sölar"] {
        assert!(!same_name("Solar Lead", other), "{other}");
    }
}

#[test]
fn what_a_system_may_change_is_similar() {
    let long = "Home Warranty Lead for the East Coast, Premium Traffic Only";
    for (sent, shown) in [
        ("Solar Lead", "SOLAR LEAD"),
        ("007", "7"),
        ("1.50", "1.5"),
        ("1e3", "1000.0"),
        ("1,000", "1000"),
        ("-07", "-7"),
        ("+7", "7"),
        (".5", "0.5"),
        ("000", "0"),
        ("12345678901234567890123", "1.2345678901234568e+22"),
        ("0123456789012345678901234567890", "123456789012345678901234567890"),
        ("Solar  Lead", "Solar Lead"),
        ("Solar Lead", "Solar\u{a0}Lead"),
        ("Tom & Jerry", "Tom &amp; Jerry"),
        ("Tom & Jerry", "Tom &amp;amp; Jerry"),
        ("Caf\u{e9}", "Cafe\u{301}"),
        ("Café", "Cafe"),
        ("Offer – 東京", "Offer ? ??"),
        ("Offer – 東京", "Offer"),
        ("Straße", "Stra?e"),
        ("Garantía", "Garant?a"),
        ("Garantía", "Garanta"),
        ("Café – 東京", "Cafe ? ??"),
        ("Straße", "STRASSE"),
        ("Solar – “US”", "Solar - \"US\""),
        ("Solar™", "SolarTM"),
        ("Solar", "So\u{200b}lar"),
        ("Solar 🎉 Lead", "Solar  Lead"),
        ("Solar 🎉 Lead", "Solar ?? Lead"),
        ("Solar 🎉 Lead", "Solar ? Lead"),
        ("Café 🎉 Lead", "Café Lead"),
        ("Café ☎ Lead", "Café Lead"),
        ("東京 🎉 Lead", "東京 Lead"),
        ("東京 🎉 Lead", "東京 ???? Lead"),
        ("住宅保証リード東海岸プレミアムトラフィックのみ", "住宅保証リード東海岸プレミアムト"),
        ("住宅保証リード東海岸プレミアムトラフィックのみ", "住宅保証リード東海岸プレミアムト\u{fffd}"),
        ("住宅保証リード東海岸プレミアムトラフィックのみ", "住宅保証リード東海岸プレミアムト??"),
        (
            "Home Warranty Lead for the East Coasts, Premium🎉 Traffic",
            "Home Warranty Lead for the East Coasts, Premium\u{fffd}",
        ),
        ("Home Warranty Lead for the East Coasts, Premium 🎉 US", "Home Warranty Lead for the East Coasts, Premium ?"),
        (long, &long[..50]),
        (long, &format!("{}...", &long[..47])),
        (long, &format!("{}…", &long[..49])),
        (long, &long[..50].to_uppercase()),
        ("Solar 🎉 Lead", "Solar "),
        ("Home & Garden & Warranty Lead for the East Coast", "Home &amp; Garden &amp; Warranty Lead for the East"),
        ("Bob's & Tom's Warranty Lead for the East Coast", "Bob&#x27;s &amp; Tom&#x27;s Warranty Lead for the Ea"),
        ("Home & Garden & Warranty Lead for the Coast & US", "Home &amp; Garden &amp; Warranty Lead for the Coast &am"),
        (&"é".repeat(60), &"e\u{301}".repeat(25)),
        ("Garantía de Hogar: Cotización rápida y fácil, España sí", "GARANTÍA DE HOGAR: COTIZACIÓN RÁPIDA Y FÁCIL,"),
        (long, &long[..57]),
    ] {
        assert_similar(sent, shown);
    }
}

#[track_caller]
fn assert_similar(sent: &str, shown: &str) {
    assert!(similar_name(sent, shown), "{sent} / {shown}");
    let [sent_name, shown_name] = [sent, shown].map(FoldedName::new);
    let keys: Vec<&str> = shown_name.index_keys().collect();
    assert!(sent_name.index_keys().any(|key| keys.contains(&key)), "{sent} / {shown}: found by no key");
}

#[test]
fn names_with_the_same_letters_and_digits_are_similar() {
    for (sent, shown) in [
        ("Garantía de Hogar", "GarantÃ\u{ad}a de Hogar"),
        ("Bob’s Quote", "Bobâ€™s Quote"),
        (
            "Garantía de Hogar: Cotización rápida y fácil, España sí",
            "GarantÃ\u{ad}a de Hogar: CotizaciÃ³n rÃ¡pida y fÃ¡cil, Es",
        ),
        ("Bob's Quote", "Bob''s Quote"),
        ("Bob's Quote", "Bob\\'s Quote"),
        ("Bob's Quote", "Bobs Quote"),
        ("The \"Best\" Quote", "The Best Quote"),
        ("Solar <b>Best</b> US", "Solar Best US"),
        ("Solar Quote Inc.", "Solar Quote Inc"),
        ("Solar 100%25 Off", "Solar 100% Off"),
        ("Solar & Roof", "Solar %26 Roof"),
        ("Solar \\ Roof", "Solar  Roof"),
        ("Solar: Roof", "Solar Roof"),
        ("Solar/Roof", "Solar-Roof"),
        ("Solar & US", "Solar US"),
        ("Solar + US", "Solar US"),
        ("#1 Loan", "1 Loan"),
        ("1,000 Loans", "1000 Loans"),
    ] {
        assert_similar(sent, shown);
    }
}

/// Names as accounts have them: a product, a quality, a place, a channel, in several spellings of the list.
#[test]
fn names_of_one_account_are_not_similar_to_one_another() {
    let products = ["Solar", "Home Warranty", "Auto Insurance <25", "Auto Insurance >25", "Debt $10k", "Debt $10k+"];
    let qualities = ["", " Lead", " Lead 1.0", " Lead 10", " Call 30s", " Call 90s", " CPA", " CPL", " v2", " #2"];
    let places = ["US", "UK", "USA", "CA", "AU/NZ", "AU", "LATAM", "Tier 1", "Tier 2", "Tier 1-2"];
    let mut names = Vec::new();
    for product in products {
        for quality in qualities {
            names.extend(places.iter().map(|place| format!("{product}{quality} - {place}")));
        }
    }
    let folded: Vec<FoldedName> = names.iter().map(|name| FoldedName::new(name)).collect();
    for (at, one) in folded.iter().enumerate() {
        for (other, name) in folded.iter().zip(&names).skip(at + 1) {
            assert!(!one.is_similar(other) && !other.is_similar(one), "{} / {name}", names[at]);
        }
    }
}

#[test]
fn other_names_are_not_similar() {
    for (sent, shown) in [
        ("Solar Lead", "Solar"),
        ("Solar Lead - Premium US", "Solar Lead - Premium"),
        ("Solar", "Solar Lead"),
        ("東京", "大阪"),
        ("🎉", "🎊"),
        ("Solar 🎉 Lead", "So"),
        ("Solar Lead", "Solar..."),
        ("東京 A", "東 A"),
        ("住宅保証リード", "住宅保証"),
        ("Solar 1", "Solar 2"),
        ("-7", "7"),
        ("70", "7"),
        ("0.7", "7"),
        ("1e", "1"),
        ("e3", "3"),
        ("Who?", "Why?"),
        ("Solar - US", "Solar - UK"),
        ("Solar 1.5", "Solar 15"),
        ("Solar 1 5", "Solar 15"),
        ("Solar -7 days", "Solar 7 days"),
        ("Lead+", "Lead"),
        ("Drivers >65", "Drivers <65"),
        ("Debt $10k", "Debt 10k"),
        ("Loan 5%", "Loan 5"),
        ("Loan 1,5", "Loan 15"),
        ("Loans 1,000,5", "Loans 10005"),
        ("R&D Course", "RD Course"),
        ("Step 1/2", "Step 12"),
        ("C++ Course", "C Course"),
        ("Solar & US", "Solar - UK"),
    ] {
        assert!(!similar_name(sent, shown), "{sent} / {shown}");
    }
}
