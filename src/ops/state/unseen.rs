//! The look in CAKE before a change of the state that a person asks for, and what it did not show.
//!
//! Invariant: what CAKE did not show is recorded only with `--unseen`.

use crate::apply::{CompleteListing, Purpose, Scope, is_not_active};
use crate::cake::{ObservedOffer, ReadFailure};
use crate::offer::{Field, Fields, OfferId, Recorded};
use crate::ops::connect::{Cake, Control};
use crate::ops::error::Error;
use crate::ops::observe::{find, is_final};
use crate::ops::repository::Repository;

use super::StateChangeError;

/// What CAKE did not show of a change that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// Anything. The reason why there is no listing.
    Listing(String),
    /// These fields, in a readable form.
    Fields(Vec<Field>),
}

impl Unseen {
    /// A recorded offer of the advertiser that the listing lacks: then it may lack others as well.
    pub(super) fn hidden(listing: &CompleteListing, of: &Fields, recorded: &Recorded) -> Option<Self> {
        let (key, id) = listing.hidden(recorded, &Scope::of([of])).into_iter().next()?;
        let message = format!("CAKE's listing does not show offer {id} either, which is recorded for `{key}`");
        Some(Self::Listing(message))
    }

    /// CAKE's reply said that it made the offer, or that it took the create on.
    pub(super) fn accepted() -> Self {
        Self::Listing(
            "CAKE's reply said that it made the offer, or that it accepted the request, and CAKE may list it only later".to_owned(),
        )
    }

    /// CAKE does not list offers of this status.
    pub(super) fn status(status: &str) -> Self {
        Self::Listing(format!("CAKE does not list offers that are {status}"))
    }
}

impl std::fmt::Display for Unseen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Listing(message) => f.write_str(message),
            Self::Fields(fields) => {
                let names: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
                write!(f, "CAKE's listing does not show {} in a readable form", names.join(", "))
            }
        }
    }
}

/// How a change looks in CAKE.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) repository: &'a Repository,
    pub(super) control: Control<'a>,
    /// Whether the person insists on the change where CAKE shows nothing.
    pub(super) accepts_unseen: bool,
}

/// What a look showed of one offer.
pub(super) struct LookedUp {
    /// Without a listing, an offer without values.
    pub(super) offer: ObservedOffer,
    failure: Option<String>,
}

impl LookedUp {
    /// CAKE shows nothing of the offer.
    fn nothing_of(offer_id: OfferId, why: String) -> Self {
        let (fields, unreadable) = (Fields::default(), Box::default());
        let offer = ObservedOffer { offer_id, fields, unreadable, status_word: None, has_no_date: false };
        Self { offer, failure: Some(why) }
    }

    /// What CAKE did not show, if it did not show these fields; `None` if it showed all.
    pub(super) fn unseen(&self, not_shown: Vec<Field>) -> Option<Unseen> {
        match &self.failure {
            Some(message) => Some(Unseen::Listing(message.clone())),
            None => (!not_shown.is_empty()).then_some(Unseen::Fields(not_shown)),
        }
    }
}

impl Look<'_> {
    /// Looks the offer up; an error if CAKE has a listing without it, unless the person insists: CAKE need not list every status.
    pub(super) async fn offer(&self, offer_id: OfferId) -> Result<LookedUp, Error> {
        match self.find(offer_id).await? {
            Some(found) => Ok(found),
            None if self.accepts_unseen => {
                Ok(LookedUp::nothing_of(offer_id, "CAKE's listing does not show it".to_owned()))
            }
            None => Err(StateChangeError::NotInCake { offer_id }.into()),
        }
    }

    /// Looks an offer up that has these values. Another advertiser is not believed where CAKE shows recorded offers as another one's, too.
    pub(super) async fn offer_of(
        &self,
        wanted: &Fields,
        offer_id: OfferId,
        recorded: &Recorded,
    ) -> Result<LookedUp, Error> {
        let mut looked = self.offer(offer_id).await?;
        let is_other = |shown| wanted.advertiser().is_some_and(|wanted| wanted != shown);
        if looked.offer.fields.advertiser().is_some_and(is_other)
            && let Ok(listing) = self.listing(wanted, recorded).await?
            && listing.get(offer_id).is_some_and(|listed| listed.fields.advertiser().is_none())
        {
            looked.offer.fields.remove(Field::AdvertiserId);
        }
        Ok(looked)
    }

    /// Looks the offer up; `None` if CAKE has a listing without it. A list that is empty and does not say so proves nothing.
    pub(super) async fn find(&self, offer_id: OfferId) -> Result<Option<LookedUp>, Error> {
        let Control { observer, .. } = self.control;
        let finding = async |cake: &Cake| Ok(find(&cake.client.reader(), offer_id, observer).await?);
        match self.unless_unseen(self.control.with_cake(self.repository, finding).await)? {
            Ok(offer) => Ok(offer.map(|offer| LookedUp { offer, failure: None })),
            Err(message) => Ok(Some(LookedUp::nothing_of(offer_id, message))),
        }
    }

    /// Why an offer of this advertiser that CAKE does not show may be there all the same, if it may: the listing lacks others, too.
    pub(super) async fn hides(&self, of: &Fields, recorded: &Recorded) -> Result<Option<Unseen>, Error> {
        let listing = match self.listing(of, recorded).await? {
            Ok(listing) => listing,
            Err(unseen) => return Ok(Some(unseen)),
        };
        Ok(Unseen::hidden(&listing, of, recorded))
    }

    /// Reads the listing in which an offer with these values would be.
    pub(super) async fn listing(
        &self,
        sent: &Fields,
        recorded: &Recorded,
    ) -> Result<Result<CompleteListing, Unseen>, Error> {
        let (scope, purpose) = (Scope::of([sent]), Purpose::Absence { any_status: is_not_active(sent) });
        let Control { observer, .. } = self.control;
        let listing = async |cake: &Cake| {
            let reader = cake.client.reader();
            Ok(CompleteListing::read(&reader, &scope, recorded, purpose, observer).await?)
        };
        let listing = self.unless_unseen(self.control.with_cake(self.repository, listing).await)?;
        Ok(listing.map_err(Unseen::Listing))
    }

    /// What was looked for, or why it is not shown: CAKE cannot show it, or does not now and the person insists on the change.
    fn unless_unseen<T>(&self, looked: Result<T, Error>) -> Result<Result<T, String>, Error> {
        match looked {
            Ok(found) => Ok(Ok(found)),
            Err(Error::Listing(failure @ (ReadFailure::NoListing { .. } | ReadFailure::EmptyWithoutTotal))) => {
                Ok(Err(failure.to_string()))
            }
            Err(Error::Listing(failure)) if self.accepts_unseen && !is_final(&failure) => Ok(Err(failure.to_string())),
            Err(error) => Err(error),
        }
    }
}
