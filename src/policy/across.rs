//! The lints that compare offers of one advertiser.
//!
//! What they compare is noted while each offer is looked at: to fetch 100,000 offers from memory a second time would take as long as
//! all other lints.

use std::borrow::Cow;

use super::finding::Finding;
use super::macros::is_offer;
use super::scanned_url::ScannedUrl;
use super::subject::Subject;
use crate::diagnostic::Label;
use crate::offer::{DesiredOffer, Field, Value, url_form};

/// Findings with the indexes of their offers.
pub(super) type IndexedFindings = Vec<(usize, Finding)>;

/// What is compared, with the indexes of the offers.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Active offers by a number that those of one advertiser with one URL have in common, and hardly any others.
    urls: Vec<(u64, usize)>,
    /// By advertiser, with the currency.
    currencies: Vec<(u64, usize, u64)>,
}

impl Compared {
    pub(super) fn add(&mut self, index: usize, subject: &Subject<'_>) {
        let number = |field| subject.offer.fields.get(field).and_then(Value::as_integer);
        let Some(advertiser) = number(Field::AdvertiserId) else { return };
        // A macro of the offer's id makes two URLs of one.
        if let Some(url) = subject.offer_url.as_ref().filter(|url| subject.is_active() && !url.has(is_offer)) {
            self.urls.push((identity(advertiser, &form(url)), index));
        }
        self.currencies.extend(number(Field::CurrencyId).map(|currency| (advertiser, index, currency)));
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.urls.append(&mut other.urls);
        self.currencies.append(&mut other.currencies);
    }

    /// After the last offer.
    pub(super) fn sort(&mut self) {
        self.urls.sort_unstable();
        self.currencies.sort_unstable();
    }
}

/// The URL in the form in which those are equal that mean the same, apart from the order of its parameters. Most are written in it.
fn form<'u>(url: &ScannedUrl<'u>) -> Cow<'u, str> {
    let is_plain = !url.has_percent
        && !url.text.contains(';')
        && url.text.starts_with("http")
        && !url.path.is_empty()
        && !url.host.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b':' || !byte.is_ascii());
    if is_plain { Cow::Borrowed(url.text) } else { Cow::Owned(url_form(url.text)) }
}

/// The texts are compared afterwards, so that it need not be a strong hash.
fn identity(advertiser: u64, form: &str) -> u64 {
    const MULTIPLIER: u64 = 0x517c_c1b7_2722_0a95;
    let mix = |sum: u64, word: u64| (sum.rotate_left(5) ^ word).wrapping_mul(MULTIPLIER);
    let hash = |part: &str| {
        let (words, rest) = part.as_bytes().as_chunks::<8>();
        let rest = rest.iter().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        words.iter().map(|word| u64::from_le_bytes(*word)).chain([rest]).fold(advertiser, mix)
    };
    // In any order.
    form.split(['?', '&']).map(hash).fold(0, u64::wrapping_add)
}

fn is_same_url(one: &DesiredOffer, other: &DesiredOffer) -> bool {
    let parts = |offer: &DesiredOffer| {
        let form = url_form(offer.fields.get(Field::OfferUrl)?.to_string().as_str());
        let (page, query) = form.split_once('?').map_or((form.as_str(), None), |(page, query)| (page, Some(query)));
        let mut parameters: Vec<String> =
            query.into_iter().flat_map(|query| query.split('&')).map(str::to_owned).collect();
        parameters.sort_unstable();
        Some((page.to_owned(), parameters))
    };
    let same = |field| one.fields.get(field) == other.fields.get(field);
    same(Field::AdvertiserId) && (same(Field::OfferUrl) || parts(one) == parts(other))
}

pub(super) fn shared_url(offers: &[DesiredOffer], compared: &Compared, found: &mut IndexedFindings) {
    for same in compared.urls.chunk_by(|one, other| one.0 == other.0) {
        let [(_, first), others @ ..] = same else { continue };
        for (_, index) in others {
            found.extend(shared(&offers[*first], &offers[*index]).map(|finding| (*index, finding)));
        }
    }
}

fn shared(first: &DesiredOffer, offer: &DesiredOffer) -> Option<Finding> {
    if !is_same_url(first, offer) {
        return None;
    }
    let message = format!("`{}` has the same `offer_url` as `{}`", offer.key, first.key);
    let help = "correct the URL of the copy, or add a macro such as `#oid#` that tells the two apart";
    let other = Label::at(first.place_of(Field::OfferUrl)).saying(format!("`{}`", first.key));
    Some(Finding { other: Some(other), ..Finding::new(Field::OfferUrl, message, help) })
}

/// One currency among fewer offers is no slip that can be told from a choice.
const FEWEST_OFFERS: usize = 10;

/// An offer with another currency than all others of its advertiser.
pub(super) fn odd_currency(_: &[DesiredOffer], compared: &Compared, found: &mut IndexedFindings) {
    let by_advertiser = compared.currencies.chunk_by(|one, other| one.0 == other.0);
    for same in by_advertiser.filter(|same| same.len() >= FEWEST_OFFERS) {
        // Of ten offers with one exception, two of the first three have the usual currency.
        let [(_, _, first), (_, _, second), (_, _, third), ..] = same else { continue };
        let usual = if first == second || first == third { first } else { second };
        let mut odd = same.iter().filter(|(_, _, currency)| currency != usual);
        let (Some((_, index, currency)), None) = (odd.next(), odd.next()) else { continue };
        let message =
            format!("the offer has currency {currency}, and the advertiser's other {} have {usual}", same.len() - 1);
        let help = "check the currency; if it is right, allow it in `sync.allow`";
        found.push((*index, Finding::new(Field::CurrencyId, message, help)));
    }
}
