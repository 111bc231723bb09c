//! The problems with links, each on the line of its field.

use url::{Host, Url};

use crate::diagnostic::{Diagnostic, Label, codes, sort};
use crate::offer::Field;
use crate::words::shorten;

use super::checked::{CheckedLink, CheckedOffer, Outcome};
use super::problem::LinkProblem;

/// A longer address is shortened in messages; JSON has the whole.
const LONGEST_URL: usize = 200;

/// Every problem, sorted; a value that many offers inherit has each of its problems once.
pub(super) fn of(offers: &[CheckedOffer]) -> Vec<Diagnostic> {
    let of_links = |offer: &CheckedOffer| offer.links.iter().flat_map(of_link).collect::<Vec<_>>();
    let mut problems: Vec<Diagnostic> =
        offers.iter().flat_map(|offer| of_links(offer).into_iter().chain(mismatch(offer))).collect();
    sort(&mut problems);
    problems.dedup();
    problems
}

/// Whether the pages that the links of an offer lead to are of different owners.
pub(super) fn is_mismatch(offer: &CheckedOffer) -> Option<bool> {
    ends(offer).map(|(offer_url, preview_url)| domain(offer_url) != domain(preview_url))
}

fn of_link(link: &CheckedLink) -> Vec<Diagnostic> {
    let broken = link.problem().map(|problem| of_problem(link, problem));
    broken.into_iter().chain(not_encrypted(link)).collect()
}

fn of_problem(link: &CheckedLink, problem: &LinkProblem) -> Diagnostic {
    let field = link.field;
    let message = match link.stopped_at() {
        None => format!("`{field}` was not followed: {problem}"),
        Some(at) if link.requested() == Some(at) => format!("`{field}` {problem}"),
        Some(at) => format!("`{field}` leads to `{}`, which {problem}", shorten(at.as_str(), LONGEST_URL)),
    };
    let new = match problem.outcome() {
        Outcome::Failed => Diagnostic::error,
        Outcome::Ok | Outcome::NotChecked => Diagnostic::warning,
    };
    new(problem.code(), message).label(link.place.clone()).help(problem.help())
}

/// The first address on the way to a page to which the click's parameters travel in the clear.
fn not_encrypted(link: &CheckedLink) -> Option<Diagnostic> {
    let hops = if link.outcome() == Outcome::Ok { link.hops() } else { &[] };
    let hop = hops.iter().find(|hop| hop.url.scheme() == "http")?;
    let origin = hop.url.origin().ascii_serialization();
    let message = format!("`{}` leads over `{origin}`, which is not encrypted", link.field);
    let help =
        "on the way anybody can read and change the click's parameters; use a link that is `https://` all the way";
    Some(Diagnostic::warning(codes::link::NOT_ENCRYPTED, message).label(link.place.clone()).help(help))
}

fn mismatch(offer: &CheckedOffer) -> Option<Diagnostic> {
    let (offer_url, preview_url) = ends(offer).filter(|_| offer.mismatch == Some(true))?;
    let place_of = |field| offer.links.iter().find(|link| link.field == field).map(|link| link.place.clone());
    let host = |url: &Url| url.host_str().unwrap_or_default().to_owned();
    let (end, preview) = (host(offer_url), host(preview_url));
    let message = format!("`offer_url` leads to `{end}`, and `preview_url` to `{preview}`");
    let help = "affiliates are shown another site than visitors get; correct the one that is wrong";
    let other = Label::at(place_of(Field::PreviewUrl)?).saying(format!("leads to `{preview}`"));
    let problem = Diagnostic::warning(codes::link::OTHER_SITE, message).label(place_of(Field::OfferUrl)?);
    Some(problem.label(other).help(help))
}

/// The pages that both links lead to.
fn ends(offer: &CheckedOffer) -> Option<(&Url, &Url)> {
    let end = |field| {
        let link = offer.links.iter().find(|link| link.field == field && link.outcome() == Outcome::Ok)?;
        Some(&link.last()?.url)
    };
    end(Field::OfferUrl).zip(end(Field::PreviewUrl))
}

/// What one owner has registered, by the Public Suffix List; the whole host where that has none, as for an address.
fn domain(url: &Url) -> Option<&str> {
    match url.host()? {
        Host::Domain(name) => psl::domain_str(name).or(Some(name)),
        Host::Ipv4(_) | Host::Ipv6(_) => url.host_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_one_owner_are_of_one_domain() {
        let same = |one: &str, other: &str| {
            let url = |host: &str| Url::parse(&format!("https://{host}/")).unwrap();
            domain(&url(one)) == domain(&url(other))
        };
        for (one, other) in [
            ("www.shop.example", "go.shop.example"),
            ("shop.co.uk", "a.b.shop.co.uk"),
            ("localhost", "localhost"),
            ("192.0.2.1", "192.0.2.1"),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("shop.example", "shop.test"),
            ("one.co.uk", "two.co.uk"),
            ("one.github.io", "two.github.io"),
            ("10.0.2.1", "11.0.2.1"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
