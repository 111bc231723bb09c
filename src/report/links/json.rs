//! Links as JSON: `{"format":"offersync-links","version":1,…}`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::links::{CheckedLink, CheckedLinks, CheckedOffer, Hop, Outcome, Tls};
use crate::offer::{Field, Key};

const FORMAT: &str = "offersync-links";
const VERSION: u32 = 1;

/// What `offersync check-links --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Links", deny_unknown_fields)]
pub(in crate::report) struct LinksDocument<'a> {
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    summary: LinksSummary,
    /// By key.
    offers: Vec<OfferDocument<'a>>,
    /// The problems with the links; an error for each that failed.
    diagnostics: &'a [Diagnostic],
}

/// How many links there are of each outcome. The exit code is 4 if one failed, or else 7 if one was not checked.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LinksSummary {
    offers: usize,
    ok: usize,
    failed: usize,
    not_checked: usize,
    /// Offers whose two links lead to different sites.
    mismatches: usize,
}

/// An offer and its links.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CheckedOffer", deny_unknown_fields)]
struct OfferDocument<'a> {
    key: &'a Key,
    /// `offer_url` and `preview_url` lead to pages of different registrable domains; `null` if not both lead to a page.
    mismatch: Option<bool>,
    links: Vec<LinkDocument<'a>>,
}

/// A link and where it leads.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CheckedLink", deny_unknown_fields)]
struct LinkDocument<'a> {
    field: Field,
    /// As the file has it.
    url: &'a str,
    /// With test values in the place of macros; `null` if its host is a macro.
    requested: Option<&'a str>,
    outcome: Outcome,
    /// Why there is no page at its end: a code that `offersync explain` knows.
    code: Option<&'static str>,
    /// The last HTTP status; `null` if nothing answered.
    status: Option<u16>,
    /// The last host that answered, without its port.
    final_host: Option<&'a str>,
    /// The connection to that host.
    tls: Option<Tls>,
    /// The addresses that answered, in order. The last one is the page, if the outcome is `ok`.
    hops: Vec<HopDocument<'a>>,
}

/// An address that answered.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Hop", deny_unknown_fields)]
struct HopDocument<'a> {
    url: &'a str,
    status: u16,
}

/// The document, with a line end.
pub fn json(checked: &CheckedLinks) -> String {
    let document = LinksDocument {
        format: FORMAT,
        version: VERSION,
        summary: LinksSummary {
            offers: checked.offers.len(),
            ok: checked.count(Outcome::Ok),
            failed: checked.count(Outcome::Failed),
            not_checked: checked.count(Outcome::NotChecked),
            mismatches: checked.offers.iter().filter(|offer| offer.mismatch == Some(true)).count(),
        },
        offers: checked.offers.iter().map(offer).collect(),
        diagnostics: &checked.diagnostics,
    };
    // Serializing strings and numbers cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn offer(offer: &CheckedOffer) -> OfferDocument<'_> {
    OfferDocument { key: &offer.key, mismatch: offer.mismatch, links: offer.links.iter().map(link).collect() }
}

fn link(link: &CheckedLink) -> LinkDocument<'_> {
    LinkDocument {
        field: link.field,
        url: link.url.as_str(),
        requested: link.requested().map(url::Url::as_str),
        outcome: link.outcome(),
        code: link.code().map(|code| code.name),
        status: link.last().map(|hop| hop.status),
        final_host: link.last().and_then(|hop| hop.url.host_str()),
        tls: link.tls(),
        hops: link
            .hops()
            .iter()
            .map(|Hop { url, status }| HopDocument { url: url.as_str(), status: *status })
            .collect(),
    }
}
