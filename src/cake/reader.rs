//! The half of the client that reads: the listings of offers and of advertisers, whole or not at all.
//!
//! Has no way to write. Reads change nothing, so every failure that may pass is tried again, and cancellation ends a read
//! at once, even one in flight.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU32, Ordering};

use backon::Retryable;
use reqwest::header::{ACCEPT, CACHE_CONTROL, HeaderValue};

use crate::fault_point;
use crate::offer::{AdvertiserId, OfferId, VerticalId};

use super::advertiser::Advertiser;
use super::backoff::{apply_retry_after, counted, next_wait, sleeper, waits, with_pause};
use super::client::{AcquireError, Client};
use super::count::Counted;
use super::listed::ListedRow;
use super::observed::ObservedOffer;
use super::page::{Page, PageFailure, read_page};
use super::paginator::{LEAST_ROW_LIMIT, MOST_ROWS, NextPage, Paginator, PagingError};
use super::read_failure::ReadFailure;
use super::reply::Reply;

/// A page of 500 offers with the longest texts that people write has less than a tenth of this.
const LONGEST_PAGE: usize = 32 << 20;

/// How often the whole listing is read before it counts as incomplete. Offers that are created or removed meanwhile shift the
/// pages, which rarely happens twice in a row.
const MAX_LISTING_ATTEMPTS: usize = 3;

/// Reads offers. Cheap to clone; clones share rate and limits.
#[derive(Debug, Clone)]
pub struct Reader {
    client: Client,
}

/// Which offers to list; nothing set lists all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub offer_id: Option<OfferId>,
    /// An advertiser's offers.
    pub advertiser_id: Option<AdvertiserId>,
    /// A vertical's offers.
    pub vertical_id: Option<VerticalId>,
    /// Offers of a status, in CAKE's own word (`active`, `paused`, `inactive`).
    pub status: Option<String>,
}

/// Names and values of a query.
type QueryPairs = [(&'static str, String)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingProgress {
    /// Rows received. Starts again at 0 when the listing has to be read again.
    pub got: u64,
    /// Rows that CAKE counts, if it does.
    pub total: Option<u64>,
}

impl Filter {
    fn query(&self) -> Vec<(&'static str, String)> {
        let mut query = Vec::with_capacity(4);
        let mut add = |name, value: Option<String>| query.extend(value.map(|value| (name, value)));
        add("offer_id", self.offer_id.map(|id| id.to_string()));
        add("advertiser_id", self.advertiser_id.map(|id| id.to_string()));
        add("vertical_id", self.vertical_id.map(|id| id.to_string()));
        add("offer_status", self.status.clone());
        query
    }
}

/// Every offer that the filter allows and the key may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The offers, by id, each once.
    pub offers: Vec<ObservedOffer>,
}

impl Reader {
    pub(super) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All offers that the filter allows. `progress` is called after each page.
    pub async fn offers(
        &self,
        filter: &Filter,
        progress: impl FnMut(ListingProgress) + Send,
    ) -> Result<Listing, ReadFailure> {
        Ok(Listing { offers: self.listing(&filter.query(), progress).await? })
    }

    /// All advertisers that the key may see, by id.
    pub async fn advertisers(&self) -> Result<Vec<Advertiser>, ReadFailure> {
        self.listing(&[], |_| {}).await
    }

    async fn listing<R: ListedRow>(
        &self,
        filter: &QueryPairs,
        progress: impl FnMut(ListingProgress) + Send,
    ) -> Result<Vec<R>, ReadFailure> {
        let progress = Mutex::new(progress);
        let report = |so_far| (progress.lock().unwrap_or_else(PoisonError::into_inner))(so_far);
        (|| self.all_pages(filter, &report))
            .retry(waits(self.client.options()).with_max_times(MAX_LISTING_ATTEMPTS - 1))
            .sleep(sleeper(self.client.stop()))
            .when(|failure| matches!(failure, ReadFailure::Incomplete { .. }))
            .await
    }

    /// Reads all pages once.
    async fn all_pages<R: ListedRow>(
        &self,
        filter: &QueryPairs,
        report: &(impl Fn(ListingProgress) + Sync),
    ) -> Result<Vec<R>, ReadFailure> {
        let mut paginator = Paginator::<R>::default();
        let mut row = 0;
        loop {
            let page = self.page(filter, row).await?;
            let next = paginator.add(page).map_err(|error| match error {
                PagingError::Incomplete { got, total } => ReadFailure::Incomplete { got, total },
                PagingError::EmptyWithoutTotal => ReadFailure::EmptyWithoutTotal,
                PagingError::Contradictory(id) => {
                    ReadFailure::Failed { message: format!("CAKE lists {} {id} twice, with different values", R::ONE) }
                }
                PagingError::Endless => ReadFailure::Failed {
                    message: format!("it does not end: it has more than {MOST_ROWS} {}", R::LIST),
                },
            })?;
            report(ListingProgress { got: paginator.got(), total: paginator.total() });
            match next {
                NextPage::StartsAt(next) => row = next,
                NextPage::None => return Ok(paginator.into_rows()),
            }
        }
    }

    /// One page, with as many attempts as the options allow.
    async fn page<R: ListedRow>(&self, filter: &QueryPairs, row: u64) -> Result<Page<R>, ReadFailure> {
        let options = self.client.options();
        let attempts = AtomicU32::new(0);
        let messages = Mutex::new(Vec::new());
        let page = (|| self.attempt(filter, row, &attempts))
            .retry(waits(options))
            .sleep(sleeper(self.client.stop()))
            .when(|failure| {
                messages.lock().unwrap_or_else(PoisonError::into_inner).push(failure.message().to_owned());
                // One answer that there is no listing may be a proxy's or a restart's.
                matches!(
                    failure,
                    PageFailure::Transient { .. } | PageFailure::Throttled { .. } | PageFailure::NoListing { .. }
                )
            })
            .adjust(|failure, ours| match failure {
                PageFailure::Throttled { retry_after, .. } => {
                    let wait = next_wait(options, *retry_after, ours)?;
                    self.client.rate_limiter().pause(wait);
                    Some(wait)
                }
                PageFailure::Transient { retry_after, .. } => next_wait(options, *retry_after, ours),
                PageFailure::NoListing { .. } => ours,
                _ => None,
            })
            .await;
        let messages = messages.into_inner().unwrap_or_else(PoisonError::into_inner);
        page.map_err(|failure| self.failure(failure, &messages))
    }

    async fn attempt<R: ListedRow>(
        &self,
        filter: &QueryPairs,
        row: u64,
        attempts: &AtomicU32,
    ) -> Result<Page<R>, PageFailure> {
        let _slot = self.client.acquire().await.map_err(|error| match error {
            AcquireError::Stopped => PageFailure::Stopped,
            AcquireError::PauseTooLong(_) => PageFailure::Final { message: error.to_string() },
        })?;
        let attempt = attempts.fetch_add(1, Ordering::Relaxed) + 1;
        // The query is not logged: it holds the key.
        tracing::debug!(path = R::PATH, row, attempt, "GET");
        let request = self
            .client
            .get(R::PATH)
            .query(filter)
            .query(&self.paging::<R>(row))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            // What a proxy has kept is no look.
            .header(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        reach("listing.before-request")?;
        let reply = tokio::select! {
            biased;
            () = self.client.stop().cancelled() => return Err(PageFailure::Stopped),
            reply = self.client.exchange(request, R::PATH, LONGEST_PAGE, attempt) => reply,
        };
        reach("listing.after-reply")?;
        let reply = reply.map_err(|error| PageFailure::Transient { message: error.to_string(), retry_after: None })?;
        if let Some(caveat) = reply.caveat {
            return Err(PageFailure::Transient { message: caveat.to_owned(), retry_after: None });
        }
        self.classify(&reply, row)
    }

    /// Classifies a reply, and draws the conclusions that concern other requests.
    fn classify<R: ListedRow>(&self, reply: &Reply, row: u64) -> Result<Page<R>, PageFailure> {
        match read_page(reply, &self.client.options().time_zone, self.client.key_works()) {
            Ok(page) => {
                self.client.listing_worked();
                Ok(page)
            }
            // Rows were received: a message in place of a page is its end. In place of the first page it proves nothing.
            Err(PageFailure::NoRows { .. }) if row > 0 => {
                Ok(Page { rows: Vec::new(), total: None, counted: Counted::default() })
            }
            Err(failure) => {
                let is_answer = matches!(failure, PageFailure::Final { .. } | PageFailure::NoRows { .. });
                if is_answer && reply.is_success() && reply.object().is_some() {
                    self.client.key_worked();
                }
                apply_retry_after(self.client.rate_limiter(), reply.retry_after);
                Err(failure)
            }
        }
    }

    /// How many rows (CAKE's default of 25 would take many requests for a large account), and a stable order where there is one.
    fn paging<R: ListedRow>(&self, row: u64) -> Vec<(&'static str, String)> {
        let limit = self.client.options().row_limit.max(LEAST_ROW_LIMIT);
        let sorted = R::SORTED_BY.iter().map(|(name, value)| (*name, (*value).to_owned()));
        [("start_at_row", row.to_string()), ("row_limit", limit.to_string())].into_iter().chain(sorted).collect()
    }

    /// The failure after all attempts, whose messages these are.
    fn failure(&self, failure: PageFailure, messages: &[String]) -> ReadFailure {
        let describe = |message: &str, retry_after| {
            let counted = counted(&self.client.redact(message), message, messages.iter().map(String::as_str));
            with_pause(self.client.options(), &counted, retry_after)
        };
        match failure {
            PageFailure::Transient { message, retry_after }
                if retry_after.is_some_and(|pause| pause > self.client.options().longest_wait) =>
            {
                ReadFailure::Throttled { message: describe(&message, retry_after) }
            }
            PageFailure::Transient { message, retry_after } => {
                ReadFailure::Failed { message: describe(&message, retry_after) }
            }
            PageFailure::Throttled { message, retry_after } => {
                ReadFailure::Throttled { message: format!("CAKE throttles: {}", describe(&message, retry_after)) }
            }
            PageFailure::KeyRefused { message } => ReadFailure::KeyRefused { message: describe(&message, None) },
            PageFailure::NoListing { message } if !self.client.has_listing() => {
                ReadFailure::NoListing { message: describe(&message, None) }
            }
            // A CAKE that has answered with a page has a listing.
            PageFailure::NoRows { message } => ReadFailure::NoRows { message: describe(&message, None) },
            PageFailure::Final { message } | PageFailure::NoListing { message } => {
                ReadFailure::Failed { message: describe(&message, None) }
            }
            PageFailure::Stopped => ReadFailure::Stopped,
        }
    }
}

fn reach(place: &'static str) -> Result<(), PageFailure> {
    fault_point::reach(place).map_err(|error| PageFailure::Transient { message: error.to_string(), retry_after: None })
}
