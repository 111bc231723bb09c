//! Follows the links of offers, as a visitor's browser would: which pages they lead to, over which hosts, and how encrypted.
//!
//! Knows no CAKE, no API key and no state. A link comes from a pull request and a redirect from anywhere, so what is requested is
//! limited here, and nowhere else:
//!
//! | what | limit |
//! |---|---|
//! | addresses | those of the public internet; this machine only for a link that names it. Names are judged by the addresses that are connected to |
//! | requests | GET, without cookies, credentials or a referrer, not through a proxy, under offersync's own name; only the head of a reply is read |
//! | redirects | at most 10 for a link; only to http and https |
//! | at once | 8 requests, 2 of them to one host; a link that several offers have is followed once |
//! | time | a timeout for each request; a host that asks for a pause gets it, or is left alone if it asks for too long a one |

mod address;
mod check;
mod checked;
mod follower;
mod hosts;
mod problem;
mod problems;

#[cfg(test)]
mod tests;

pub use check::check;
pub use checked::{CheckedLink, CheckedLinks, CheckedOffer, Hop, Outcome, Tls};
pub use follower::LinkClientError;
