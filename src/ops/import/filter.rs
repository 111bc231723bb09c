//! Which of CAKE's offers to import: one walk of the listing for each combination of filters.

use std::collections::BTreeMap;

use crate::apply::{DOCUMENTED_STATUSES, Event, HIDDEN_STATUSES, Observer};
use crate::cake::{Filter, ListingProgress, ObservedOffer, ReadFailure, Reader};
use crate::config::{NameLookup, Names};
use crate::diagnostic::{Diagnostic, closest, codes};
use crate::import::{ImportOptions, LeftOut, Reason};
use crate::offer::{AdvertiserId, Field, Key, OfferId, OfferStatus, Value, VerticalId};
use crate::ops::error::Error;
use crate::ops::observe::is_final;
use crate::words::shell_word;

/// Several values of one kind select the offers with any of them; no value selects all.
#[derive(Debug, Clone, Default)]
pub(crate) struct OfferFilter {
    offers: Vec<OfferId>,
    advertisers: Vec<AdvertiserId>,
    verticals: Vec<VerticalId>,
    /// In CAKE's own word.
    status: Option<String>,
}

/// The offers that CAKE shows.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// By id, each once.
    pub(crate) offers: Vec<ObservedOffer>,
    /// Of the statuses that could not be listed.
    pub(crate) warnings: Vec<Diagnostic>,
}

impl OfferFilter {
    /// Advertisers and verticals are ids or configured names.
    pub(crate) fn new(
        offers: &[u64],
        advertisers: &[String],
        verticals: &[String],
        status: Option<String>,
        names: &Names,
    ) -> Result<Self, Error> {
        let offer =
            |number: &u64| OfferId::new(*number).ok_or_else(|| Error::usage(format!("{number} is no offer id")));
        let mut filter = Self { status, ..Self::default() };
        filter.offers = offers.iter().map(offer).collect::<Result<_, _>>()?;
        for text in advertisers {
            if let Value::Advertiser(id) = id_of(Field::AdvertiserId, text, names)? {
                filter.advertisers.push(id);
            }
        }
        for text in verticals {
            if let Value::Vertical(id) = id_of(Field::VerticalId, text, names)? {
                filter.verticals.push(id);
            }
        }
        filter.offers.sort_unstable();
        filter.offers.dedup();
        filter.advertisers.sort_unstable();
        filter.advertisers.dedup();
        filter.verticals.sort_unstable();
        filter.verticals.dedup();
        Ok(filter)
    }

    /// The command line that selects the same.
    pub(super) fn command(&self, options: ImportOptions) -> String {
        let mut command = "offersync import".to_owned();
        let ids = self.offers.iter().map(|id| format!(" --offer-id {id}"));
        let advertisers = self.advertisers.iter().map(|id| format!(" --advertiser {id}"));
        let verticals = self.verticals.iter().map(|id| format!(" --vertical {id}"));
        command.extend(ids.chain(advertisers).chain(verticals));
        command.extend(self.status.iter().map(|status| format!(" --status {}", shell_word(status))));
        command.push_str(if options.matching { " --match" } else { "" });
        command.push_str(if options.defaults { " --defaults" } else { "" });
        command
    }

    fn filters(&self, status: Option<&str>) -> Vec<Filter> {
        let status = status.map(str::to_owned).or_else(|| self.status.clone());
        let mut filters = Vec::new();
        for offer_id in any_of(&self.offers) {
            for advertiser_id in any_of(&self.advertisers) {
                for vertical_id in any_of(&self.verticals) {
                    filters.push(Filter { offer_id, advertiser_id, vertical_id, status: status.clone() });
                }
            }
        }
        filters
    }

    /// The selected offers, by id, each once. Where all that CAKE shows are active, or a selected one is missing, it is asked for
    /// other statuses as well.
    pub(super) async fn list(&self, reader: &Reader, observer: &dyn Observer) -> Result<Listed, Error> {
        let (mut offers, mut warnings) = (BTreeMap::new(), Vec::new());
        self.walk(None, reader, observer, &mut offers).await?;
        // A listing that shows an offer that is not active is not limited to active ones.
        let is_missing = self.offers.iter().any(|id| !offers.contains_key(id));
        let may_hide = self.status.is_none() && (is_missing || offers.values().all(is_active));
        for status in HIDDEN_STATUSES.into_iter().filter(|_| may_hide) {
            match self.walk(Some(status), reader, observer, &mut offers).await {
                Err(failure) if is_final(&failure) => return Err(failure.into()),
                Err(failure) if DOCUMENTED_STATUSES.contains(&status) => warnings.push(not_listed(status, &failure)),
                // A CAKE need not know the other statuses.
                Ok(()) | Err(_) => {}
            }
        }
        Ok(Listed { offers: offers.into_values().collect(), warnings })
    }

    async fn walk(
        &self,
        status: Option<&str>,
        reader: &Reader,
        observer: &dyn Observer,
        offers: &mut BTreeMap<OfferId, ObservedOffer>,
    ) -> Result<(), ReadFailure> {
        let filters = self.filters(status);
        for filter in &filters {
            let (before, several) = (offers.len(), filters.len() > 1 || status.is_some());
            let notice = |progress: ListingProgress| {
                let rows = before.saturating_add(usize::try_from(progress.got).unwrap_or(usize::MAX));
                let total = progress.total.filter(|_| !several).and_then(|total| usize::try_from(total).ok());
                observer.notice(&Event::Listing { rows, total });
            };
            let listing = match reader.offers(filter, notice).await {
                // One advertiser without such offers says nothing of the others.
                Err(ReadFailure::EmptyWithoutTotal | ReadFailure::NoRows { .. }) if status.is_some() => continue,
                listing => listing?,
            };
            // A CAKE that ignores a filter shows more than was asked for.
            let selected = listing.offers.into_iter().filter(|offer| filters.iter().any(|filter| fits(filter, offer)));
            offers.extend(selected.map(|offer| (offer.offer_id, offer)));
        }
        Ok(())
    }

    /// The offers that were selected by id, or where all are selected those that an import is known to have seen, and that CAKE does not
    /// show.
    pub(super) fn missing(&self, observed: &[ObservedOffer], known: &BTreeMap<OfferId, Key>) -> Vec<LeftOut> {
        let Self { offers, advertisers, verticals, status } = self;
        let is_all = offers.is_empty() && advertisers.is_empty() && verticals.is_empty() && status.is_none();
        let is_missing = |id: &&OfferId| observed.binary_search_by(|offer| offer.offer_id.cmp(id)).is_err();
        let left_out = |id: &OfferId| LeftOut { offer_id: *id, name: None, reason: Reason::NotFound };
        offers.iter().chain(known.keys().filter(|_| is_all)).filter(is_missing).map(left_out).collect()
    }
}

/// All of CAKE's offers, by id.
pub(crate) async fn list_all(reader: &Reader, observer: &dyn Observer) -> Result<Listed, Error> {
    OfferFilter::default().list(reader, observer).await
}

fn not_listed(status: &str, failure: &ReadFailure) -> Diagnostic {
    let message = format!("offers with the status `{status}` were not seen: {failure}");
    Diagnostic::warning(codes::import::STATUS_NOT_LISTED, message)
        .help("if CAKE has such offers, run it again; an offer whose id is known can be imported with `--offer-id`")
}

/// Each of the values; where there are none, one filter without a value.
fn any_of<T: Copy>(values: &[T]) -> Vec<Option<T>> {
    if values.is_empty() { vec![None] } else { values.iter().copied().map(Some).collect() }
}

fn is_active(offer: &ObservedOffer) -> bool {
    offer.fields.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Active))
}

/// Whether an offer has the ids that a filter asks for. The status is left to CAKE: the words of filter and row differ.
fn fits(filter: &Filter, offer: &ObservedOffer) -> bool {
    let same = |field, wanted: Option<u64>| {
        wanted.is_none() || offer.fields.get(field).and_then(Value::as_integer).is_none_or(|id| Some(id) == wanted)
    };
    filter.offer_id.is_none_or(|id| id == offer.offer_id)
        && same(Field::AdvertiserId, filter.advertiser_id.map(AdvertiserId::get))
        && same(Field::VerticalId, filter.vertical_id.map(VerticalId::get))
}

/// Resolves a configured name or an id to the id.
fn id_of(field: Field, text: &str, names: &Names) -> Result<Value, Error> {
    if let NameLookup::Value(id) = names.find(field, text) {
        return Ok(id);
    }
    field.parse(text).map_err(|_| {
        let what = field.by_name().unwrap_or(field.name());
        let help = match closest(text, names.of(field)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use the {what}'s id, or give it a name in offersync.toml"),
        };
        let message = format!("`{text}` is neither the id nor the name of a configured {what}");
        Error::Usage { message, help: Some(help) }
    })
}
