//! The form in which URLs are compared where CAKE may spell one otherwise than it was sent.
//!
//! Owns what means the same in a URL. Pure. Invariant: only for finding what may be the same offer; what is sent and recorded is as written.

/// The URL without what a system may change on its way: HTML entities, percent-encoding of what needs none (and of the `#` and the
/// braces of macros), the case of scheme and host, the scheme's own port, spaces at the ends.
pub fn url_form(text: &str) -> String {
    let once = html_escape::decode_html_entities(text.trim());
    let decoded = percent_decoded(&html_escape::decode_html_entities(&once));
    let Some((scheme, rest)) = decoded.split_once("://") else { return decoded };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (scheme, authority) = (scheme.to_ascii_lowercase(), authority.to_lowercase());
    let own_port = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(own_port).unwrap_or(&authority);
    let root = if path.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{authority}{root}{path}")
}

/// The names that macros in braces have for the offer's own id; CAKE's own macro for it is `#oid#`.
pub const OFFER_MACROS: [&str; 3] = ["offer_id", "offerid", "oid"];

/// Whether a URL has the offer's own id in it: then one text is another URL for each offer, and tells none from another.
pub fn has_own_offer_id(url: &str) -> bool {
    let url = url.to_ascii_lowercase().replace(['.', '-', ':'], "_");
    url.contains("#oid#") || OFFER_MACROS.iter().any(|name| url.contains(&format!("{{{name}}}")))
}

/// Decodes what a URL may have as it is; of the rest, the digits are capitals.
fn percent_decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        decoded.push_str(&rest[..at]);
        let escape = rest.get(at..at + 3).unwrap_or("%");
        match u8::from_str_radix(&escape[1..], 16).map(char::from) {
            Ok(c) if c.is_ascii_alphanumeric() || "-._~#{}[]|".contains(c) => decoded.push(c),
            _ => decoded.push_str(&escape.to_ascii_uppercase()),
        }
        rest = &rest[at + escape.len()..];
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::url_form;

    #[test]
    fn urls_that_mean_the_same_have_one_form() {
        let url = "https://t.example.net/a?c=#reqid#&a={aff_id}";
        for other in [
            "https://t.example.net/a?c=#reqid#&amp;a={aff_id}",
            "https://t.example.net/a?c=#reqid#&amp;amp;a={aff_id}",
            "https://t.example.net/a?c=%23reqid%23&a=%7Baff%5fid%7d",
            "HTTPS://T.Example.net/a?c=#reqid#&a={aff_id}",
            "https://t.example.net:443/%61?c=#reqid#&a={aff_id}",
            " https://t.example.net/a?c=#reqid#&a={aff_id}\n",
        ] {
            assert_eq!(url_form(other), url_form(url), "{other}");
        }
        assert_eq!(url_form("http://t.example.net:80?a=%2f"), url_form("http://t.example.net/?a=%2F"));
    }

    #[test]
    fn urls_that_mean_something_else_differ() {
        let url = "https://t.example.net/a?c=1&d=%2F";
        for other in [
            "http://t.example.net/a?c=1&d=%2F",
            "https://t.example.net:80/a?c=1&d=%2F",
            "https://t.example.net/A?c=1&d=%2F",
            "https://t.example.net/a?c=1&d=/",
            "https://t.example.net/a?d=%2F&c=1",
            "https://t.example.net/a?c=1&d=%2",
            "https://t.example.net/a?c=1&d=%",
            "https://t.example.net/a?c=1&d=%é",
        ] {
            assert_ne!(url_form(other), url_form(url), "{other}");
        }
    }
}
