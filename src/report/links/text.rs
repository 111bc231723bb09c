//! Links as text: a line for each, then the problems, then a summary.

use std::fmt::Write as _;

use crate::diagnostic::{TextForm, render_all};
use crate::links::{CheckedLink, CheckedLinks, Outcome, Tls};
use crate::report::escape::visible;
use crate::report::styles::Styles;
use crate::words::{count, shorten};

/// The maximum length of a host; JSON has the complete one.
const HOST: usize = 60;

/// Every link, every problem, and how many links there are of each outcome.
pub fn text(checked: &CheckedLinks, form: TextForm) -> String {
    let styles = Styles { colour: form.colour };
    let mut page = String::new();
    for offer in &checked.offers {
        let _ = writeln!(page, "{}", styles.bold(offer.key.as_str()));
        for link in &offer.links {
            let _ = writeln!(page, "    {}", line(link, styles));
        }
    }
    if !checked.diagnostics.is_empty() {
        let _ = write!(page, "\n{}", render_all(&checked.diagnostics, form));
    }
    let _ = writeln!(page, "{}", styles.bold(&summary(checked)));
    page
}

/// `offer_url    failed       404  2 redirects  TLS     shop.example  link::status`
fn line(link: &CheckedLink, styles: Styles) -> String {
    let field = link.field.name();
    let outcome = match link.outcome() {
        Outcome::Ok => styles.success("ok         "),
        Outcome::Failed => styles.error("failed     "),
        Outcome::NotChecked => styles.dim("not checked"),
    };
    let mut shown = format!("{field:11}  {outcome}");
    if let Some(last) = link.last() {
        let redirects = count(link.hops().len().saturating_sub(1), "redirect");
        let host = visible(last.url.host_str().unwrap_or_default());
        let _ = write!(shown, "  {}  {redirects:12}  {:6}  {}", last.status, tls(link), shorten(&host, HOST));
    }
    if let Some(code) = link.code() {
        let _ = write!(shown, "  {}", code.name);
    }
    shown
}

/// What the connection to the last host was; the code says where there was none.
fn tls(link: &CheckedLink) -> &'static str {
    match link.tls() {
        Some(Tls::Valid) => "TLS",
        Some(Tls::Invalid) => "invalid TLS",
        Some(Tls::None) => "no TLS",
        None => "",
    }
}

fn summary(checked: &CheckedLinks) -> String {
    let links = count(checked.links().count(), "link");
    let [ok, failed, not_checked] =
        [Outcome::Ok, Outcome::Failed, Outcome::NotChecked].map(|outcome| checked.count(outcome));
    format!("{links} of {}: {ok} ok, {failed} failed, {not_checked} not checked.", count(checked.offers.len(), "offer"))
}
