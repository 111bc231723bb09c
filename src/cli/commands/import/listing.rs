//! Which offers were asked for, and asking CAKE for them: one walk of the listing for each combination of filters.

use std::collections::BTreeMap;

use crate::apply::{Event, Observer};
use crate::cake::{Filter, ListingProgress, ObservedOffer, Reader};
use crate::cli::args::ImportArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::{Found, Names};
use crate::diagnostic::{closest, codes};
use crate::import::{LeftOut, Reason};
use crate::offer::{AdvertiserId, Field, OfferId, Value, VerticalId};
use crate::ops;

/// What was asked for; nothing set is everything.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    offers: Vec<OfferId>,
    advertisers: Vec<AdvertiserId>,
    verticals: Vec<VerticalId>,
    status: Option<String>,
}

impl Asked {
    /// Reads the filters of the command line.
    pub(super) fn read(args: &ImportArgs, names: &Names) -> Result<Self, Failure> {
        let offer =
            |number: &u64| OfferId::new(*number).ok_or_else(|| Failure::usage(format!("{number} is no offer id")));
        let mut asked = Self { status: args.status.clone(), ..Self::default() };
        asked.offers = args.offer_id.iter().map(offer).collect::<Result<_, _>>()?;
        for text in &args.advertiser {
            if let Value::Advertiser(id) = id_of(Field::AdvertiserId, text, names)? {
                asked.advertisers.push(id);
            }
        }
        for text in &args.vertical {
            if let Value::Vertical(id) = id_of(Field::VerticalId, text, names)? {
                asked.verticals.push(id);
            }
        }
        asked.offers.sort_unstable();
        asked.offers.dedup();
        asked.advertisers.sort_unstable();
        asked.advertisers.dedup();
        asked.verticals.sort_unstable();
        asked.verticals.dedup();
        Ok(asked)
    }

    fn filters(&self) -> Vec<Filter> {
        let mut filters = Vec::new();
        for offer_id in any_of(&self.offers) {
            for advertiser_id in any_of(&self.advertisers) {
                for vertical_id in any_of(&self.verticals) {
                    filters.push(Filter { offer_id, advertiser_id, vertical_id, status: self.status.clone() });
                }
            }
        }
        filters
    }

    /// The offers that were asked for, by id, each once.
    pub(super) async fn list(&self, reader: &Reader, observer: &dyn Observer) -> Result<Vec<ObservedOffer>, Failure> {
        let filters = self.filters();
        let mut offers: BTreeMap<OfferId, ObservedOffer> = BTreeMap::new();
        for filter in &filters {
            let (before, several) = (offers.len(), filters.len() > 1);
            let notice = |progress: ListingProgress| {
                let rows = before.saturating_add(usize::try_from(progress.got).unwrap_or(usize::MAX));
                let total = progress.total.filter(|_| !several).and_then(|total| usize::try_from(total).ok());
                observer.notice(&Event::Listing { rows, total });
            };
            let listing = reader.offers(filter, notice).await.map_err(ops::Error::from)?;
            offers.extend(listing.offers.into_iter().map(|offer| (offer.offer_id, offer)));
        }
        // A CAKE that takes no notice of a filter shows more than was asked for.
        offers.retain(|_, offer| filters.iter().any(|filter| fits(filter, offer)));
        Ok(offers.into_values().collect())
    }
}

/// All of CAKE's offers, by id.
pub(in crate::cli) async fn all(reader: &Reader, observer: &dyn Observer) -> Result<Vec<ObservedOffer>, Failure> {
    Asked::default().list(reader, observer).await
}

/// The offers that were asked for by id and that CAKE does not show.
pub(super) fn missing(asked: &Asked, observed: &[ObservedOffer]) -> Vec<LeftOut> {
    let is_missing = |id: &&OfferId| observed.binary_search_by(|offer| offer.offer_id.cmp(id)).is_err();
    let left_out = |id: &OfferId| LeftOut { offer_id: *id, name: None, reason: Reason::NotFound };
    asked.offers.iter().filter(is_missing).map(left_out).collect()
}

/// Each of some values, or none at all once.
fn any_of<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    if values.is_empty() { vec![None] } else { values.iter().copied().map(Some).collect() }
}

/// Whether an offer has the ids that a filter asks for. Its status is CAKE's own affair: the words of filter and row differ.
fn fits(filter: &Filter, offer: &ObservedOffer) -> bool {
    let same = |field, wanted: Option<u64>| {
        wanted.is_none() || offer.fields.get(field).and_then(Value::as_integer).is_none_or(|id| Some(id) == wanted)
    };
    filter.offer_id.is_none_or(|id| id == offer.offer_id)
        && same(Field::AdvertiserId, filter.advertiser_id.map(AdvertiserId::get))
        && same(Field::VerticalId, filter.vertical_id.map(VerticalId::get))
}

/// The id that a text stands for: a configured name, or the id itself.
fn id_of(field: Field, text: &str, names: &Names) -> Result<Value, Failure> {
    if let Found::Value(id) = names.find(field, text) {
        return Ok(id);
    }
    field.parse(text).map_err(|_| {
        let what = field.by_name().unwrap_or(field.name());
        let failure = Failure::usage(format!("`{text}` is neither the id nor the name of a configured {what}"));
        match closest(text, names.of(field)) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help(format!("say the {what}'s id, or give it a name in offersync.toml")),
        }
    })
}

/// A signal came first.
pub(super) fn interrupted() -> Failure {
    Failure::new(
        Exit::Interrupted,
        codes::world::OTHER,
        "interrupted while CAKE's offers were listed; nothing was written",
    )
}
