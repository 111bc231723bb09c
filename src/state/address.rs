//! Which CAKE instance a state belongs to: compares addresses by scheme, host, port and path.
//!
//! Owns the comparison and the canonical spelling. Knows no network. The canonical form has no user name, password or
//! query, so that no secret gets into a state.

use url::Url;

/// The address as a state records it: scheme, host in lower case, port where it is not the usual one, path without the
/// last slash. A text that is no web address (the sandbox has a name, not an address) stays as it is.
#[must_use]
pub fn canonical(cake: &str) -> String {
    match Url::parse(cake.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'))
        }
        _ => cake.trim().to_owned(),
    }
}

/// Whether both are addresses of the same CAKE instance.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    canonical(one) == canonical(other)
}
