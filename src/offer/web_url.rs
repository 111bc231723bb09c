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
        let filled = fill_macros(text)?;
        if !has_plain_host(&filled) {
            url::Url::parse(&filled).map_err(UrlError::Invalid)?;
        }
        Ok(Self(Box::from(text)))
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

/// Replaces every `{macro}`, so that a macro in the host or port does not fail the check.
fn fill_macros(text: &str) -> Result<String, UrlError> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        if rest[open..].starts_with('}') {
            return Err(UrlError::UnbalancedMacro);
        }
        let close = rest[open + 1..].find(['{', '}']).map(|at| open + 1 + at);
        match close {
            Some(close) if rest[close..].starts_with('}') => {
                filled.push_str(&rest[..open]);
                // A digit is valid in both a host and a port.
                filled.push('1');
                rest = &rest[close + 1..];
            }
            _ => return Err(UrlError::UnbalancedMacro),
        }
    }
    filled.push_str(rest);
    Ok(filled)
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
    fn everyday_hosts_are_plain() {
        assert!(has_plain_host("https://track.yourdomain.com/aff_c?x=1"));
        for odd in
            ["https://1.2.3.4/", "https://a..b/", "https://-a.com", "https://xn--a.com", "https://a.com:80", "https://"]
        {
            assert!(!has_plain_host(odd), "{odd}");
        }
    }
}
