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
        assert!(similar_name(sent, shown), "{sent} / {shown}");
        let forms = name_forms(shown);
        assert!(name_forms(sent).iter().any(|form| forms.contains(form)), "{sent} / {shown}: found by no key");
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
    ] {
        assert!(!similar_name(sent, shown), "{sent} / {shown}");
    }
}
