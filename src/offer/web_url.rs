//! A URL with CAKE's macros, kept exactly as written.

use std::fmt;

/// An absolute http(s) URL. A normalized copy is validated; the text, with macros such as `{aff_id}`, is kept as written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebUrl(Box<str>);

/// Why a text is not such a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum UrlError {
    #[error("a URL begins with `https://` or `http://`")]
    NotWeb,
    #[error("a URL cannot contain spaces or control characters")]
    Space,
    #[error("a URL has its host right after `://`")]
    NoHost,
    #[error("a macro is opened with `{{` and closed with `}}`; one of them stands alone here")]
    UnbalancedMacro,
    #[error("not a URL: {0}")]
    Invalid(url::ParseError),
}

impl WebUrl {
    /// Parses a URL. Macros are allowed everywhere, so `https://{domain}/x` is valid.
    pub(super) fn parse(text: &str) -> Result<Self, UrlError> {
        let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
        if !(lower.starts_with("https://") || lower.starts_with("http://")) {
            return Err(UrlError::NotWeb);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(UrlError::Space);
        }
        // Browsers and parsers skip the third slash, and go to the host that stands behind it.
        if authority(text).starts_with('/') {
            return Err(UrlError::NoHost);
        }
        let filled = fill_macros(text)?;
        if !has_plain_host(&filled) {
            url::Url::parse(&filled).map_err(UrlError::Invalid)?;
        }
        Ok(Self(Box::from(text)))
    }

    /// What makes the host look like another one: browsers take what stands before an `@` for user info, and a backslash for `/`.
    pub fn misleading_part(&self) -> Option<&'static str> {
        if self.0.contains('\\') {
            return Some("a URL cannot contain a backslash; browsers read it as `/`");
        }
        let filled = fill_macros(&self.0).ok()?;
        let (_, rest) = filled.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        // Also within the braces of a macro: a browser does not know it.
        [authority, self.written_host()]
            .iter()
            .any(|host| host.contains('@'))
            .then_some("a URL cannot contain user info; what stands before `@` is not the host")
    }

    /// The host, in lower case and in its ASCII form; as written where a macro is in it.
    pub fn host(&self) -> Option<String> {
        let written = self.written_host();
        if written.contains(['{', '#']) || has_plain_host(&self.0) {
            return Some(written.to_ascii_lowercase());
        }
        let filled = fill_macros(&self.0).ok()?;
        url::Url::parse(&filled).ok()?.host_str().map(str::to_owned)
    }

    /// The host with the port, where that is not the scheme's own: what answers there may be another program.
    pub fn host_and_port(&self) -> Option<String> {
        let host = self.host()?;
        if !self.written_host().contains(':') || host.contains(['{', '#']) {
            return Some(host);
        }
        let port = url::Url::parse(&fill_macros(&self.0).ok()?).ok()?.port();
        Some(port.map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
    }

    /// Whether its host has letters other than those of ASCII, which can look like them.
    pub fn has_foreign_letters_in_host(&self) -> bool {
        !self.written_host().is_ascii()
    }

    /// What stands between the scheme and the path; with the port.
    fn written_host(&self) -> &str {
        let rest = authority(&self.0);
        rest.split(['/', '?']).next().unwrap_or(rest)
    }

    /// The URL as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the host is a common one: lower-case letters, digits, hyphens and dots, no port, the last label beginning with a letter.
/// Then the rest cannot make the URL invalid, so the full parser (10 % of the time of reading an offer) is skipped. A test compares this
/// with the parser.
fn has_plain_host(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let host = rest.find(['/', '?', '#']).map_or(rest, |end| &rest[..end]);
    let plain_label = |label: &str| {
        let bytes = label.as_bytes();
        let edge = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        edge(bytes.first())
            && edge(bytes.last())
            && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
            && !label.starts_with("xn--")
    };
    matches!(scheme, "http" | "https")
        && host.split('.').all(plain_label)
        && host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_lowercase()))
}

/// Replaces every `{macro}`, and `#macro#` before the path, so that a macro in the host or port does not fail the check.
fn fill_macros(text: &str) -> Result<String, UrlError> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}', '#']) {
        let (before, macro_on) = rest.split_at(open);
        filled.push_str(before);
        let length = match macro_on.as_bytes().first() {
            Some(b'{') => Some(braces(macro_on)?),
            Some(b'#') if !is_after_host(&filled) => hashes(macro_on),
            Some(b'#') => None,
            _ => return Err(UrlError::UnbalancedMacro),
        };
        match length {
            // A digit is valid in a port, but the last label of a host is not a number.
            Some(_) => filled.push(if is_in_port(&filled) { '1' } else { 'm' }),
            None => filled.push('#'),
        }
        rest = &macro_on[length.unwrap_or(1)..];
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The length of the text up to the brace that closes the first one: macros of other platforms are written `{{macro}}`.
fn braces(text: &str) -> Result<usize, UrlError> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Ok(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    Err(UrlError::UnbalancedMacro)
}

/// The length of a `#macro#`.
fn hashes(text: &str) -> Option<usize> {
    let name = text.get(1..)?;
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    (length > 0 && name[length..].starts_with('#')).then_some(length + 2)
}

fn authority(text: &str) -> &str {
    text.split_once("://").map_or(text, |(_, rest)| rest)
}

fn is_after_host(text: &str) -> bool {
    authority(text).contains(['/', '?', '#'])
}

fn is_in_port(text: &str) -> bool {
    !is_after_host(text) && authority(text).contains(':')
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebUrl({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_plain_host_is_one_that_the_parser_takes(
            host in "[a-z0-9.:@\\[\\]A-Z%_-]{0,12}",
            rest in "([/?#][^\\s\\p{Cc}]{0,12})?",
        ) {
            let text = format!("https://{host}{rest}");
            if has_plain_host(&text) {
                prop_assert!(url::Url::parse(&text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn macros_of_either_dialect_may_stand_anywhere() {
        for url in [
            "https://track.example.com/c?a=#affid#&s=#s1#&r=#reqid",
            "https://t.example.com/?c={{click.id}}&aff={aff_id}",
            "https://#domain#/x",
            "https://track.#domain#:{port}/x?#affid#",
            "https://track.{domain}",
            "https://{{a}b}/",
        ] {
            assert_eq!(WebUrl::parse(url).map(|url| url.to_string()), Ok(url.to_owned()));
        }
        for url in [
            "https://a.com/{x",
            "https://a.com/x}",
            "https://a.com/{{x}",
            "https://#a b#/",
            "https://##/",
            "https:///a.com/",
        ] {
            assert!(WebUrl::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_url_whose_host_looks_like_another_is_misleading() {
        let misleading = |url: &str| WebUrl::parse(url).unwrap().misleading_part().is_some();
        for url in [
            "https://good.example.com@evil.example.net/",
            "https://a:b@evil.net",
            "https://good.com\\@evil.net/x",
            "https://good.com:{x@evil.net/}",
            "https://{@evil.net/}/",
            "https://good.com:{{@evil.net:443/}}",
            "https://{a@b}.com/",
        ] {
            assert!(misleading(url), "{url}");
        }
        for url in ["https://a.com/@name", "https://a.com?mail=x@y.z", "https://a.com/#@", "https://a.com/{x@y}"] {
            assert!(!misleading(url), "{url}");
        }
    }

    #[test]
    fn the_host_is_where_a_browser_goes() {
        for (url, host) in [
            ("https://track.example.com/c?a={aff_id}", "track.example.com"),
            ("https://TRACK.Example.com:8443/", "track.example.com"),
            ("https://tr%61ck.example.com?x=1", "track.example.com"),
            ("https://tr\u{430}ck.example.com/", "xn--trck-63d.example.com"),
            ("https://0x7f.1/", "127.0.0.1"),
            ("https://{Domain}/x", "{domain}"),
            ("https://t.#domain#/x#y", "t.#domain#"),
        ] {
            assert_eq!(WebUrl::parse(url).unwrap().host().as_deref(), Some(host), "{url}");
        }
        assert!(WebUrl::parse("https://tr\u{430}ck.example.com/").unwrap().has_foreign_letters_in_host());
        assert!(!WebUrl::parse("https://track.example.com/\u{430}").unwrap().has_foreign_letters_in_host());
    }

    #[test]
    fn everyday_hosts_are_plain() {
        assert!(has_plain_host("https://track.yourdomain.com/aff_c?x=1"));
        for odd in
            ["https://1.2.3.4/", "https://a..b/", "https://-a.com", "https://xn--a.com", "https://a.com:80", "https://"]
        {
            assert!(!has_plain_host(odd), "{odd}");
        }
    }
}
