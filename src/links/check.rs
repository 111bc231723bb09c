//! Follows the links of offers, each link once, however many offers have it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use url::Url;

use crate::offer::{DesiredOffer, Field, Value, WebUrl};
use crate::policy;

use super::checked::{CheckedLink, CheckedLinks, CheckedOffer};
use super::follower::{Followed, Follower, LinkClientError};
use super::problems;

/// Links that are begun; nearly all of them wait for their turn. Many, so that a host with many links does not hold up the others, and not
/// all, because each takes memory.
const BEGUN: usize = 1000;

/// Follows every link of these offers. `progress` gets how many of how many different links were followed so far.
pub async fn check(
    offers: &[&DesiredOffer],
    timeout: Duration,
    progress: impl Fn(usize, usize),
) -> Result<CheckedLinks, LinkClientError> {
    Ok(follow_all(offers, &Follower::new(timeout)?, progress).await)
}

pub(super) async fn follow_all(
    offers: &[&DesiredOffer],
    follower: &Follower,
    progress: impl Fn(usize, usize),
) -> CheckedLinks {
    let mut offers: Vec<CheckedOffer> = offers.iter().map(|offer| unchecked(offer)).collect();
    let different: BTreeSet<Url> = requested(&offers).cloned().collect();
    let following = stream::iter(&different).map(async |url| (url.clone(), Arc::new(follower.follow(url).await)));
    let mut following = std::pin::pin!(following.buffer_unordered(BEGUN));
    let mut ends: BTreeMap<Url, Arc<Followed>> = BTreeMap::new();
    progress(0, different.len());
    while let Some((url, end)) = following.next().await {
        ends.insert(url, end);
        progress(ends.len(), different.len());
    }
    for offer in &mut offers {
        for link in &mut offer.links {
            link.followed = link.requested.as_ref().and_then(|url| ends.get(url)).cloned();
        }
        offer.mismatch = problems::is_mismatch(offer);
    }
    let diagnostics = problems::of(&offers);
    CheckedLinks { offers, diagnostics }
}

fn requested(offers: &[CheckedOffer]) -> impl Iterator<Item = &Url> {
    offers.iter().flat_map(|offer| &offer.links).filter_map(|link| link.requested.as_ref())
}

fn unchecked(offer: &DesiredOffer) -> CheckedOffer {
    let links = [Field::OfferUrl, Field::PreviewUrl].into_iter().filter_map(|field| match offer.fields.get(field) {
        Some(Value::Url(url)) => Some(CheckedLink {
            field,
            url: url.clone(),
            place: offer.place_of(field),
            requested: test_url(url),
            followed: None,
        }),
        _ => None,
    });
    CheckedOffer { key: offer.key.clone(), links: links.collect(), mismatch: None }
}

/// What is requested. A valid offer's URL is one, also with the test values, where its host is no macro.
fn test_url(link: &WebUrl) -> Option<Url> {
    Url::parse(&policy::with_test_values(link)?).ok()
}
