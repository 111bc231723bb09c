//! CAKE's address: a scheme and a host. The type guarantees that the API key is not sent unencrypted.

use std::fmt;
use std::net::IpAddr;

/// CAKE's address without a path or a trailing slash, such as `https://yourdomain.cakemarketing.com`.
///
/// https, or http to a loopback address; no user, password, path, query or fragment. The host is in lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CakeUrl(String);

/// Why a text is not a valid address. No variant contains the text, because it may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum AddressError {
    #[error("it is not a URL")]
    NotUrl,
    #[error("it has no `https://` in front")]
    NoScheme,
    #[error("only https:// is supported, and http:// for a loopback address")]
    Scheme,
    #[error("http:// is refused, because the API key would cross the network unencrypted")]
    Unprotected,
    #[error("a user name or password is not allowed in it")]
    Credentials,
    #[error("it is only a scheme and a host, without a path")]
    Path,
    #[error("it is only a scheme and a host, without `?` or `#`")]
    QueryOrFragment,
}

impl AddressError {
    /// What to do about it.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Unprotected => {
                "write https://; http:// is only for a loopback address such as http://127.0.0.1:8080 (`offersync sandbox`)"
            }
            Self::Credentials => {
                "CAKE needs only the API key, which is in the environment variable that `cake.api_key_env` names"
            }
            Self::Path | Self::QueryOrFragment => {
                "write the part in front of `/api`, such as https://yourdomain.cakemarketing.com"
            }
            _ => "write it as https://yourdomain.cakemarketing.com",
        }
    }

    /// Whether the text must not be shown.
    pub(super) fn is_secret(self) -> bool {
        // A query may come from a copied request with its API key.
        matches!(self, Self::Credentials | Self::QueryOrFragment)
    }
}

impl CakeUrl {
    /// Parses and checks an address.
    pub(super) fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if !text.contains("://") {
            let bare = text.contains('.') || text.contains("localhost");
            return Err(if bare { AddressError::NoScheme } else { AddressError::NotUrl });
        }
        let url = url::Url::parse(text).map_err(|_| AddressError::NotUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::QueryOrFragment);
        }
        let host = url.host().ok_or(AddressError::NotUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            "http" => return Err(AddressError::Unprotected),
            _ => return Err(AddressError::Scheme),
        }
        if !matches!(url.path(), "" | "/") {
            return Err(AddressError::Path);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// The address, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, with the port where it is not the usual one.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or(&*self.0, |(_, host)| host)
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        url::Url::parse(&self.0).is_ok_and(|url| url.host().is_some_and(|host| is_loopback(&host)))
    }
}

/// `localhost` and its subdomains mean loopback by RFC 6761; the client asks no resolver about them.
fn is_loopback(host: &url::Host<&str>) -> bool {
    match host {
        url::Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        url::Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        url::Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
    }
}

impl std::str::FromStr for CakeUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::parse(text).map_err(|error| format!("{error}; {}", error.help()))
    }
}

impl fmt::Display for CakeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for CakeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CakeUrl({})", self.0)
    }
}
