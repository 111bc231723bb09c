//! A link as a visitor gets it: with a test value in the place of each macro.
//!
//! A value has the form that a page expects there (a number, an amount, an address), so that a page does not refuse it for its form.

use super::macros::{is_spelled, numberless};
use super::scanned_url::ScannedUrl;
use crate::offer::WebUrl;

/// The value of every other macro, those of clicks included: in a report of CAKE or of the advertiser it shows where the click came from.
const OTHER: &str = "offersync-test";

/// The values of macros that are no free text. Numbers at the end of a name are left out.
#[rustfmt::skip]
const VALUES: &[(&str, &[&str])] = &[
    ("1", &[
        "affid", "aff_id", "affiliate_id", "affiliate", "aff", "pid", "publisher_id", "pub_id", "partner_id", "oid", "offer_id", "offerid", "offer",
        "campid", "camp_id", "campaign_id", "cid", "creative_id", "creativeid", "advertiser_id", "adv_id", "vertical_id", "goal_id", "offer_url_id",
        "url_id", "landing_page_id", "lp_id",
    ]),
    ("1.00", &["price", "payout", "revenue", "amount", "sale_amount", "cost", "bid"]),
    ("192.0.2.1", &["ip", "sourceip", "ip_address", "user_ip", "session_ip"]),
    ("1767225600", &["utcunixtime", "sourcetime", "timestamp", "time", "click_time"]),
    ("US", &["country", "country_code", "geo"]),
];

/// The text of the link with test values. `None` where a macro is in the host, because only CAKE knows what it stands for.
pub fn with_test_values(link: &WebUrl) -> Option<String> {
    let text = link.as_str();
    let url = ScannedUrl::new(text);
    if url.host.contains(['#', '{']) {
        return None;
    }
    let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
    for found in &url.macros {
        // They are in order, and whatever is written like one is one.
        let Some((before, after)) = rest.split_once(found.written) else { continue };
        filled.push_str(before);
        filled.push_str(test_value(found.name));
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

fn test_value(name: &str) -> &'static str {
    let is = |known: &&str| is_spelled(known, name) || is_spelled(known, numberless(name));
    VALUES.iter().find(|(_, names)| names.iter().any(is)).map_or(OTHER, |(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::offer::{Field, Value};

    fn filled(text: &str) -> Option<String> {
        let Ok(Value::Url(url)) = Field::OfferUrl.parse(text) else { panic!("{text}") };
        with_test_values(&url)
    }

    #[test]
    fn macros_of_both_dialects_get_a_value_of_their_kind() {
        for (link, expected) in [
            ("https://a.example/?a=#affid#&o=#oid#&r=#reqid#", "https://a.example/?a=1&o=1&r=offersync-test"),
            (
                "https://a.example/?c={{click.id}}&a={aff_id}&s={aff_sub5}",
                "https://a.example/?c=offersync-test&a=1&s=offersync-test",
            ),
            ("https://a.example/?c={Transaction_ID}&p=#price#", "https://a.example/?c=offersync-test&p=1.00"),
            (
                "https://a.example/?ip={ip}&t=#utcunixtime#&g={country-code}",
                "https://a.example/?ip=192.0.2.1&t=1767225600&g=US",
            ),
            ("https://a.example/#s1##s2#/{offer_id}", "https://a.example/offersync-testoffersync-test/1"),
            ("https://a.example/?x={nosuchmacro}", "https://a.example/?x=offersync-test"),
        ] {
            assert_eq!(filled(link).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_no_macro_stays() {
        for link in ["https://a.example/lp#top", "https://a.example/#/lp?a=1", "https://a.example/?r=#reqid"] {
            assert_eq!(filled(link).as_deref(), Some(link));
        }
    }

    #[test]
    fn a_macro_in_the_host_cannot_be_filled() {
        for link in ["https://{domain}/x", "https://t.#domain#/?a=#affid#", "https://a.example:{port}/"] {
            assert_eq!(filled(link), None, "{link}");
        }
        assert!(filled("https://a.example?d={domain}").is_some());
    }
}
