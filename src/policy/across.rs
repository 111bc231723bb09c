//! The lints that compare offers of one advertiser.
//!
//! What they compare is noted while each offer is looked at: to fetch 100,000 offers from memory a second time would take as long as
//! all other lints.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use jiff::civil::DateTime;

use super::finding::Finding;
use super::macros::is_offer;
use super::scanned_url::ScannedUrl;
use super::subject::Subject;
use crate::diagnostic::Label;
use crate::offer::{DesiredOffer, Field, Key, Value, url_form};
use crate::plan::FieldChange;

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
        let takes_traffic = subject.is_active() && !has_ended(subject.offer, subject.now);
        if let Some(url) = subject.offer_url.as_ref().filter(|url| takes_traffic && !url.has(is_offer)) {
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
    let by_schedule = |offer: &DesiredOffer| DECISIVE.iter().any(|field| offer.due_since(*field).is_some());
    let has_come = by_schedule(first) || by_schedule(offer);
    Some(Finding { other: Some(other), has_come, ..Finding::new(Field::OfferUrl, message, help) })
}

/// What decides whether an offer shares its URL.
const DECISIVE: [Field; 3] = [Field::OfferUrl, Field::OfferStatus, Field::ExpirationDate];

/// CAKE has ended it by its date.
fn has_ended(offer: &DesiredOffer, now: DateTime) -> bool {
    matches!(offer.fields.get(Field::ExpirationDate), Some(Value::Date(end)) if end.civil() < now)
}

/// Which active offers have which URL, at one later time after the other.
pub(super) struct LaterUrls<'a> {
    offers: &'a [DesiredOffer],
    present: &'a Compared,
    /// The offers that were changed since, each as it is wanted now, with its URL where it is active.
    changed: HashMap<Key, (Option<u64>, DesiredOffer)>,
    /// Those of them that have had a URL.
    by_url: HashMap<u64, BTreeSet<Key>>,
}

impl<'a> LaterUrls<'a> {
    /// `present` is sorted.
    pub(super) fn new(offers: &'a [DesiredOffer], present: &'a Compared) -> Self {
        Self { offers, present, changed: HashMap::new(), by_url: HashMap::new() }
    }

    /// Goes on to a time at which these offers become as they are given here, and tells which of them begin to share a URL.
    pub(super) fn shared_from(
        &mut self,
        now: DateTime,
        offers: &[DesiredOffer],
        changes: &[Vec<FieldChange>],
        compared: &Compared,
    ) -> IndexedFindings {
        for offer in offers {
            self.changed.insert(offer.key.clone(), (None, offer.clone()));
        }
        for (url, index) in &compared.urls {
            let key = &offers[*index].key;
            self.by_url.entry(*url).or_default().insert(key.clone());
            self.changed.entry(key.clone()).and_modify(|(of_offer, _)| *of_offer = Some(*url));
        }
        let begins = |index: usize| changes[index].iter().any(|change| DECISIVE.contains(&change.field));
        let found = |(url, index): &(u64, usize)| {
            let mut others = self.others(*url, &offers[*index].key).filter(|other| !has_ended(other, now));
            Some((*index, others.find_map(|other| shared(other, &offers[*index]))?))
        };
        compared.urls.iter().filter(|(_, index)| begins(*index)).filter_map(found).collect()
    }

    /// The other offers with a URL.
    fn others<'s>(&'s self, url: u64, key: &'s Key) -> impl Iterator<Item = &'s DesiredOffer> {
        let first = self.present.urls.partition_point(|(other, _)| *other < url);
        let present = self.present.urls[first..].iter().take_while(move |(other, _)| *other == url);
        let present = present.map(|(_, index)| &self.offers[*index]);
        let present = present.filter(|offer| !self.changed.contains_key(&offer.key));
        let changed = self.by_url.get(&url).into_iter().flatten().filter_map(|key| self.changed.get(key));
        let changed = changed.filter(move |(has, _)| *has == Some(url)).map(|(_, offer)| offer);
        present.chain(changed).filter(move |offer| offer.key != *key)
    }
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
