//! The macros that offer links may have: CAKE's own, and those of other platforms that come with copied links.
//!
//! CAKE's are those of its articles 261680 (offer links), 5000545788 (pixels) and 13000103758 (`oreqid`); the others are the ones that
//! TUNE, Everflow, Affise, Trackier and similar platforms document for links to advertisers.

use crate::diagnostic::closest;
use crate::offer::OFFER_MACROS;

/// How a macro is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `#affid#`, CAKE's own.
    Hash,
    /// `{aff_id}`.
    Braces,
}

/// CAKE's macros.
const HASH: &[&str] = &[
    "affid",
    "oid",
    "campid",
    "cid",
    "s1",
    "s2",
    "s3",
    "s4",
    "s5",
    "reqid",
    "oreqid",
    "vstid",
    "leadid",
    "tid",
    "price",
    "udid",
    "ip",
    "sourceip",
    "utcunixtime",
    "sourcetime",
];

/// Macros of other platforms, and CAKE's newer ones, which its articles of 2026 show in braces. Numbers at the end are left out.
#[rustfmt::skip]
const BRACES: &[&str] = &[
    // The click.
    "transaction_id", "click_id", "clickid", "click", "tid", "txid", "req_id", "reqid", "request_id", "session_id", "visitor_id", "vstid", "uid",
    "lead_id", "leadid", "conversion_id", "impression_id", "aff_click_id", "affiliate_click_id", "ext_click_id", "external_id", "cid",
    // Who and what.
    "aff_id", "affid", "affiliate_id", "affiliate", "aff", "pid", "publisher_id", "pub_id", "partner_id", "offer_id", "offerid", "oid", "offer",
    "offer_ref", "offer_name", "offer_url_id", "url_id", "campaign_id", "campid", "camp_id", "campaign", "campaign_name", "creative_id", "creative",
    "creativeid", "creative_name", "advertiser_id", "adv_id", "advertiser_ref", "advertiser_name", "affiliate_ref", "affiliate_name", "aff_name",
    "aid", "ad_id", "adid", "ad", "adset_id", "account_id", "network_id", "site_id", "site", "zone_id", "placement_id", "placement", "goal_id",
    "landing_page_id", "lp_id", "vertical_id", "vertical", "file_id", "file_name", "ref_id",
    // Sub ids and sources.
    "sub", "sub_id", "subid", "aff_sub", "affsub", "aff_unique", "sub_aff_id", "subaff", "s", "p", "custom", "param", "params", "source", "source_id", "sub_source", "subsource",
    "traffic_source", "keyword", "referrer", "referer", "deeplink", "url", "redirect_url", "tdomain", "tracking_domain", "domain",
    // Where and when.
    "ip", "ip_address", "user_ip", "session_ip", "country", "country_code", "country_id", "geo", "region", "region_code", "state", "city", "zip", "postal_code",
    "language", "lang", "isp", "carrier", "date", "time", "datetime", "timestamp", "click_time", "click_datetime", "date_only", "ran", "rand", "random", "random_number", "year", "month", "day",
    // The device.
    "device_id", "deviceid", "device", "device_type", "device_brand", "device_model", "device_os", "device_ua", "os", "os_version", "platform", "browser", "user_agent", "ua", "idfa", "ios_ifa", "iosidfa",
    "gaid", "google_aid", "android_id", "androidid", "udid", "unid", "app_id", "app_name", "bundle_id", "mobile_carrier",
    // Money.
    "payout", "price", "payout_type", "revenue", "amount", "sale_amount", "currency", "cost", "bid",
    // Clicks that advertising networks number.
    "gclid", "fbclid", "msclkid", "ttclid",
];

/// Whether a macro is in the catalogue.
pub(super) fn is_known(dialect: Dialect, name: &str) -> bool {
    match dialect {
        Dialect::Hash => HASH.iter().any(|known| known.eq_ignore_ascii_case(name)),
        Dialect::Braces => {
            let is_in = |name: &str| BRACES.iter().any(|known| is_spelled(known, name));
            is_in(name) || is_in(numberless(name))
        }
    }
}

/// Whether a name is a known one, with `.` and `-` for `_` and in any case: platforms differ in both.
pub(super) fn is_spelled(known: &str, name: &str) -> bool {
    let letter = |byte: u8| if matches!(byte, b'.' | b'-' | b':') { b'_' } else { byte.to_ascii_lowercase() };
    known.len() == name.len() && known.bytes().eq(name.bytes().map(letter))
}

/// `aff_sub5` is the fifth `aff_sub`.
pub(super) fn numberless(name: &str) -> &str {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    name.strip_suffix('_').unwrap_or(name)
}

/// The macro that was probably meant, as it is written.
pub(super) fn nearest(dialect: Dialect, name: &str) -> Option<String> {
    // A name of two letters is as near to any other of two letters.
    let near = |names: &[&'static str]| {
        (name.len() > 2).then(|| closest(name, names.iter().copied().filter(|known| known.len() > 2))).flatten()
    };
    let hash = || near(HASH).map(|near| format!("#{near}#"));
    let braces = || near(BRACES).map(|near| format!("{{{near}}}"));
    match dialect {
        // A name of another platform between CAKE's signs is the wrong dialect, and rarely a slip.
        Dialect::Hash => hash().or_else(|| meaning(name).map(|near| format!("#{near}#"))),
        Dialect::Braces => braces(),
    }
}

/// CAKE's macro for what other platforms call otherwise.
fn meaning(name: &str) -> Option<&'static str> {
    match () {
        () if is_click_id(Dialect::Braces, name) => Some("reqid"),
        () if is_affiliate(Dialect::Braces, name) => Some("affid"),
        () if is_offer(Dialect::Braces, name) => Some("oid"),
        () => None,
    }
}

/// Whether the macro is the id of the click, or one of the sub ids that carry it.
pub(super) fn is_click_id(dialect: Dialect, name: &str) -> bool {
    const BRACED: [&str; 12] = [
        "transaction_id",
        "tid",
        "txid",
        "req_id",
        "reqid",
        "request_id",
        "session_id",
        "vstid",
        "visitor_id",
        "lead_id",
        "leadid",
        "conversion_id",
    ];
    const HASHED: [&str; 9] = ["reqid", "oreqid", "vstid", "s2", "s3", "s4", "s5", "tid", "leadid"];
    let has_click = || name.as_bytes().windows(5).any(|part| part.eq_ignore_ascii_case(b"click"));
    match dialect {
        Dialect::Hash => HASHED.iter().any(|known| known.eq_ignore_ascii_case(name)) || has_click(),
        Dialect::Braces => BRACED.iter().any(|known| is_spelled(known, name)) || has_click() || is_sub_id(name),
    }
}

/// A sub id carries the affiliate's id of the click, or at least tells its clicks apart. Where sub ids are numbered, the first one is the
/// affiliate's own source.
fn is_sub_id(name: &str) -> bool {
    !name.ends_with(['0', '1'])
        && ["sub", "sub_id", "subid", "aff_sub", "s"].iter().any(|known| is_spelled(known, numberless(name)))
}

/// Whether the macro is the affiliate's id.
pub(super) fn is_affiliate(dialect: Dialect, name: &str) -> bool {
    const BRACED: [&str; 9] =
        ["aff_id", "affid", "affiliate_id", "affiliate", "aff", "pid", "publisher_id", "pub_id", "partner_id"];
    match dialect {
        Dialect::Hash => name.eq_ignore_ascii_case("affid"),
        Dialect::Braces => BRACED.iter().any(|known| is_spelled(known, name)),
    }
}

/// Whether the macro is the offer's id.
pub(super) fn is_offer(dialect: Dialect, name: &str) -> bool {
    match dialect {
        Dialect::Hash => name.eq_ignore_ascii_case("oid"),
        Dialect::Braces => OFFER_MACROS.iter().any(|known| is_spelled(known, name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_every_spelling() {
        for name in ["affid", "AFFID", "oreqid", "s5"] {
            assert!(is_known(Dialect::Hash, name), "{name}");
        }
        for name in ["aff_id", "click.id", "aff_sub5", "sub1", "Transaction_ID", "sub_id_3", "p10", "country-code"] {
            assert!(is_known(Dialect::Braces, name), "{name}");
        }
        for (dialect, name) in
            [(Dialect::Hash, "afid"), (Dialect::Hash, "s6"), (Dialect::Braces, "trnsaction_id"), (Dialect::Braces, "x")]
        {
            assert!(!is_known(dialect, name), "{name}");
        }
    }

    #[test]
    fn the_nearest_macro_is_written_as_it_is_used() {
        assert_eq!(nearest(Dialect::Hash, "afid").as_deref(), Some("#affid#"));
        assert_eq!(nearest(Dialect::Hash, "transaction_id").as_deref(), Some("#reqid#"));
        assert_eq!(nearest(Dialect::Braces, "transacton_id").as_deref(), Some("{transaction_id}"));
        assert_eq!(nearest(Dialect::Braces, "qqqqqqqqqqqq"), None);
    }

    #[test]
    fn a_click_id_is_told_from_other_macros() {
        for (dialect, name, is) in [
            (Dialect::Hash, "reqid", true),
            (Dialect::Hash, "s2", true),
            (Dialect::Hash, "s1", false),
            (Dialect::Hash, "affid", false),
            (Dialect::Braces, "click.id", true),
            (Dialect::Braces, "aff_click_id", true),
            (Dialect::Braces, "sub2", true),
            (Dialect::Braces, "sub_id", true),
            (Dialect::Braces, "sub1", false),
            (Dialect::Braces, "offer_id", false),
        ] {
            assert_eq!(is_click_id(dialect, name), is, "{name}");
        }
    }
}
