//! Why the API key is not sent to a host. Nothing was sent.

use std::io;
use std::path::PathBuf;

use crate::diagnostic::Label;

use super::VARIABLE;

/// The API key is not sent to a host.
#[derive(Debug, thiserror::Error)]
#[error("the API key is not sent to `{host}`, the host in {}: {reason}", if url_label.is_some() { "`cake.url`" } else { "CAKE_URL" })]
#[expect(missing_docs, reason = "the text of the error says what its members are")]
pub struct KeyHostError {
    pub host: String,
    /// Where `cake.url` is written; `None` where `CAKE_URL` names the host.
    pub url_label: Option<Label>,
    pub reason: KeyHostReason,
}

/// Why it is not sent there.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the text of each reason says what its members are")]
pub enum KeyHostReason {
    /// The environment names other hosts.
    #[error("{VARIABLE} allows only `{}`", allowed.join("`, `"))]
    Other { allowed: Vec<String> },
    /// The value of the variable is no list of hosts.
    #[error("{VARIABLE} is not a host")]
    Unusable,
    /// The host was not confirmed, and cannot be confirmed here.
    #[error("it is a new host, and there is no terminal on which you could confirm it")]
    New,
    /// The user was asked and did not confirm it.
    #[error("it is a new host, and you did not confirm it")]
    Declined,
    /// There is no place for the file of confirmed hosts.
    #[error("there is no configuration folder in which it could have been confirmed")]
    NoFolder,
    /// A pull request could change the file of confirmed hosts.
    #[error("the file of confirmed hosts, `{}`, is inside the repository", path.display())]
    InRepository { path: PathBuf },
    /// The file of confirmed hosts cannot be read or written.
    #[error("the file of confirmed hosts, `{}`, cannot be used: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
}
