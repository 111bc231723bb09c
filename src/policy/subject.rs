//! One offer as the lints see it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::scanned_url::ScannedUrl;
use crate::config::Names;
use crate::offer::{DesiredOffer, Field, Money, OfferStatus, PriceType, Record, RecordStatus, Recorded, Value, WebUrl};

/// What is recorded of an offer.
enum Past<'a> {
    /// The state could not be read.
    Unknown,
    /// Nothing: it would be created.
    New,
    Recorded(&'a Record),
}

/// The offer, with its URLs taken apart once.
pub(super) struct Subject<'a> {
    pub(super) offer: &'a DesiredOffer,
    /// `None` where the state could not be read.
    pub(super) recorded: Option<&'a Recorded>,
    pub(super) offer_url: Option<ScannedUrl<'a>>,
    pub(super) preview_url: Option<ScannedUrl<'a>>,
    pub(super) names: &'a Names,
    pub(super) time_zone: &'a TimeZone,
    /// In that time zone.
    pub(super) now: DateTime,
}

impl<'a> Subject<'a> {
    pub(super) fn url(offer: &'a DesiredOffer, field: Field) -> Option<ScannedUrl<'a>> {
        match offer.fields.get(field) {
            Some(Value::Url(url)) => Some(ScannedUrl::new(WebUrl::as_str(url))),
            _ => None,
        }
    }

    /// Its URLs with their fields.
    pub(super) fn urls(&self) -> impl Iterator<Item = (Field, &ScannedUrl<'a>)> {
        let urls = [(Field::OfferUrl, &self.offer_url), (Field::PreviewUrl, &self.preview_url)];
        urls.into_iter().filter_map(|(field, url)| Some((field, url.as_ref()?)))
    }

    /// Whether it is meant to take traffic. A status that is left to CAKE is not known.
    pub(super) fn is_active(&self) -> bool {
        is_active(self.offer)
    }

    pub(super) fn money(&self, field: Field) -> Option<Money> {
        self.offer.fields.get(field)?.as_money()
    }

    pub(super) fn price_type(&self, field: Field) -> Option<PriceType> {
        match self.offer.fields.get(field)? {
            Value::PriceType(price_type) => Some(*price_type),
            _ => None,
        }
    }

    /// Looked up only for a finding: among 100,000 records that takes longer than all lints.
    fn past(&self) -> Past<'a> {
        let Some(recorded) = self.recorded else { return Past::Unknown };
        recorded.record_of(self.offer).map_or(Past::New, Past::Recorded)
    }

    /// Whether CAKE has the offer already. What cannot be known counts as recorded: it is no reason to stop.
    pub(super) fn is_recorded(&self) -> bool {
        !matches!(self.past(), Past::New)
    }

    /// Whether CAKE has the offer with these very values already.
    pub(super) fn has_recorded(&self, fields: &[Field]) -> bool {
        match self.past() {
            Past::Unknown => true,
            Past::New => false,
            Past::Recorded(record) => {
                let is_same = |field: &Field| match (self.offer.fields.get(*field), record.fields.get(*field)) {
                    (Some(desired), Some(recorded)) => desired.is_shown_as(recorded),
                    (desired, recorded) => desired == recorded,
                };
                record.status == RecordStatus::Live && fields.iter().all(is_same)
            }
        }
    }
}

fn is_active(offer: &DesiredOffer) -> bool {
    !offer.sync.ignore_changes.contains(Field::OfferStatus)
        && offer.fields.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Active))
}

/// Whether CAKE has the offer already as it is wanted. What cannot be known counts as recorded.
pub(super) fn is_as_recorded(offer: &DesiredOffer, recorded: Option<&Recorded>) -> bool {
    let Some(recorded) = recorded else { return true };
    let Some(record) = recorded.offers.get(&offer.key).filter(|record| record.status == RecordStatus::Live) else {
        return false;
    };
    offer.managed().all(|(field, value)| record.fields.get(field).is_some_and(|recorded| value.is_shown_as(recorded)))
}
