//! What a check found: of each offer its links, and where they lead.

use std::sync::Arc;

use url::Url;

use crate::diagnostic::{Code, Diagnostic};
use crate::offer::{Field, Key, WebUrl};
use crate::source::Place;

use super::follower::Followed;
use super::problem::LinkProblem;

/// The result of a check.
#[derive(Debug)]
pub struct CheckedLinks {
    /// By key.
    pub offers: Vec<CheckedOffer>,
    /// The problems with the links, sorted; an error for each that is broken.
    pub diagnostics: Vec<Diagnostic>,
}

/// An offer and where its links lead.
#[derive(Debug)]
pub struct CheckedOffer {
    pub key: Key,
    /// `offer_url`, then `preview_url` where there is one.
    pub links: Vec<CheckedLink>,
    /// Whether both lead to pages of different sites; `None` if not both lead to a page.
    pub mismatch: Option<bool>,
}

/// A link and where it leads.
#[derive(Debug)]
pub struct CheckedLink {
    pub field: Field,
    /// As the file has it.
    pub url: WebUrl,
    pub(super) place: Place,
    /// What was requested first; `None` where its host is a macro.
    pub(super) requested: Option<Url>,
    pub(super) followed: Option<Arc<Followed>>,
}

/// An address that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub url: Url,
    pub status: u16,
}

/// What is known of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It leads to a page.
    Ok,
    /// It does not.
    Failed,
    /// Whether it does is not known.
    NotChecked,
}

/// The connection to the last host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tls {
    /// Encrypted, with a valid certificate for the host.
    Valid,
    /// Refused: for example a certificate that has expired or is for another host.
    Invalid,
    /// Not encrypted.
    None,
}

impl CheckedLinks {
    /// How many links have this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.links().filter(|link| link.outcome() == outcome).count()
    }

    pub fn links(&self) -> impl Iterator<Item = &CheckedLink> {
        self.offers.iter().flat_map(|offer| &offer.links)
    }
}

impl CheckedLink {
    /// The macros filled in.
    pub fn requested(&self) -> Option<&Url> {
        self.requested.as_ref()
    }

    /// The addresses that answered, in order.
    pub fn hops(&self) -> &[Hop] {
        self.followed.as_ref().map_or(&[], |followed| &followed.hops)
    }

    /// The last address that answered.
    pub fn last(&self) -> Option<&Hop> {
        self.hops().last()
    }

    /// Why there is no page at its end.
    pub(super) fn problem(&self) -> Option<&LinkProblem> {
        match &self.followed {
            Some(followed) => followed.stop.as_ref().map(|stop| &stop.problem),
            None => Some(&LinkProblem::MacroInHost),
        }
    }

    /// Where it ended before a page.
    pub(super) fn stopped_at(&self) -> Option<&Url> {
        self.followed.as_ref()?.stop.as_ref().map(|stop| &stop.at)
    }

    /// The code of what is wrong.
    pub fn code(&self) -> Option<Code> {
        self.problem().map(LinkProblem::code)
    }

    pub fn outcome(&self) -> Outcome {
        self.problem().map_or(Outcome::Ok, LinkProblem::outcome)
    }

    /// `None` where nothing answered.
    pub fn tls(&self) -> Option<Tls> {
        if let Some(LinkProblem::Tls(_)) = self.problem() {
            return Some(Tls::Invalid);
        }
        self.last().map(|hop| if hop.url.scheme() == "https" { Tls::Valid } else { Tls::None })
    }
}
