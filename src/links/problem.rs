//! Why a link does not lead to a page, or why that is not known.

use crate::diagnostic::{Code, codes};

use super::checked::Outcome;

/// What stopped the walk along a link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LinkProblem {
    #[error("answers with HTTP {0}")]
    Status(u16),
    #[error("answers with HTTP {0}, and not with an address to go on to")]
    NoLocation(u16),
    #[error("redirects to what is no URL")]
    BadLocation,
    #[error("redirects in a circle")]
    Loop,
    #[error("comes after {} redirects; no more are followed", super::follower::MOST_REDIRECTS)]
    TooManyRedirects,
    #[error("has no encrypted connection: {0}")]
    Tls(String),
    #[error("does not answer: {0}")]
    Unreachable(String),
    #[error("is not an address of the public internet; nothing was sent")]
    NotPublic,
    #[error("asks for fewer requests (HTTP {0})")]
    Throttled(u16),
    #[error("asked for a longer pause than offersync waits; no further request was sent to this host")]
    Paused,
    #[error("was not requested: its host did not answer three requests in a row")]
    SilentHost,
    #[error("is not a web page; links to apps are not followed")]
    OtherScheme,
    #[error("the host is a macro, and only CAKE knows what stands for it")]
    MacroInHost,
}

impl LinkProblem {
    pub(super) fn code(&self) -> Code {
        match self {
            Self::Status(_) => codes::link::STATUS,
            Self::NoLocation(_) | Self::BadLocation | Self::Loop | Self::TooManyRedirects => codes::link::REDIRECTS,
            Self::Tls(_) => codes::link::TLS,
            Self::Unreachable(_) => codes::link::UNREACHABLE,
            Self::NotPublic => codes::link::NOT_PUBLIC,
            Self::Throttled(_) | Self::Paused | Self::SilentHost | Self::OtherScheme | Self::MacroInHost => {
                codes::link::NOT_CHECKED
            }
        }
    }

    /// Whether the link is broken, or only unknown.
    pub(super) fn outcome(&self) -> Outcome {
        if self.code() == codes::link::NOT_CHECKED { Outcome::NotChecked } else { Outcome::Failed }
    }

    /// What to do.
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Status(_) => "open it in a browser; correct the link, or ask the advertiser for the page",
            Self::NoLocation(_) | Self::BadLocation | Self::Loop | Self::TooManyRedirects => {
                "open it in a private window of a browser: if it works there, the page needs cookies, which offersync does not keep; \
                 otherwise correct the link, or ask the advertiser for another one"
            }
            Self::Tls(_) => "browsers refuse it as well; ask the advertiser for a valid certificate",
            Self::Unreachable(_) => "check the host's name and port; if it is slow, give a longer --timeout",
            Self::NotPublic => {
                "visitors cannot reach such an address: correct the link; a page of a company's own network cannot be checked, so leave its \
                 offer out with --exclude"
            }
            Self::Throttled(_) | Self::Paused => "check it later, or alone: `offersync check-links KEY`",
            Self::SilentHost => "check the host first; if it is only slow, give a longer --timeout",
            Self::OtherScheme => "try it on a device with the app",
            Self::MacroInHost => "follow a link that CAKE has made of it",
        }
    }
}
