//! The look before the first write: one reading of the listing, for the records that the plan changes and for its creates.
//!
//! Owns what is looked at and what stops the apply. The invariant: no create is sent without a complete listing that has no such
//! offer, unless the configuration says so, and no record is changed that CAKE shows otherwise.

use std::collections::BTreeSet;

use crate::apply::{
    CompleteListing, CreateCheck, Purpose, Scope, Seen, ToRetire, check_creates, differences, drift_of, is_not_active,
    not_seen_counts, replaced_to_retire, touched_offers, unseen_changes, wait,
};
use crate::cake::{ObservedOffer, ReadFailure};
use crate::config::{DuplicateCheck, Verify};
use crate::diagnostic::Diagnostic;
use crate::fault_point;
use crate::offer::{AdvertiserId, Baselines, Key, OfferId, Recorded};
use crate::ops::error::Error;
use crate::ops::observe::{find, observed};
use crate::plan::{Plan, newer_duplicates};
use crate::state::Session;

use super::driver::ApplyDriver;
use super::messages;

/// What the report says about the look.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) notes: Vec<String>,
    /// What CAKE held before the creates.
    pub(super) baselines: Baselines,
    /// What it showed of the offers that the plan writes to.
    pub(super) seen: Seen,
    /// Whether every record was compared.
    pub(super) is_of_all: bool,
}

/// What is looked at before the first write.
struct Preflight<'p> {
    plan: &'p Plan,
    /// Keys whose creates are not sent anyway.
    blocked: BTreeSet<&'p Key>,
    /// The advertisers of the creates to check; none if they are not checked.
    advertisers: BTreeSet<AdvertiserId>,
    /// The records to compare; `None` if all are.
    touched: Option<BTreeSet<OfferId>>,
    /// The replaced offers that the plan makes inactive.
    to_retire: Vec<ToRetire<'p>>,
    scope: Scope,
    /// What the listing is read for.
    purpose: Purpose,
}

impl ApplyDriver<'_> {
    /// Compares the records that the plan changes with CAKE, looks for offers that its creates would duplicate, and records what
    /// CAKE held before them. Says what could not be compared.
    pub(super) async fn preflight(&self, plan: &Plan, session: &Session) -> Result<Looked, Error> {
        let recorded = session.recorded();
        let Some(preflight) = self.to_look_at(plan, &recorded) else { return Ok(Looked::default()) };
        let reader = self.cake.client.reader();
        let lag = fault_point::shortened(self.settings.cake.listing_lag);
        // What a write has changed just now may be missing from the listing for a while.
        for is_last in [lag.is_zero(), true] {
            let listing =
                CompleteListing::read(&reader, &preflight.scope, &recorded, preflight.purpose, self.observer).await;
            let listing = match listing {
                Ok(listing) => listing,
                Err(ReadFailure::NoListing { message }) if preflight.advertisers.is_empty() => {
                    let diagnostics = vec![messages::not_verified(&message)];
                    return Ok(Looked { diagnostics, ..Looked::default() });
                }
                Err(failure) => return Err(failure.into()),
            };
            let replaced = self.replaced_not_listed(&preflight, &listing).await?;
            let reason = match self.check(&preflight, &recorded, &listing, replaced) {
                Ok((_, seen)) if seen.has_shown_values() && !is_last => {
                    "CAKE's listing shows new values already; it may lag behind"
                }
                Ok((notes, seen)) => {
                    let baselines = listing.baselines(&preflight.advertisers, &recorded);
                    if !preflight.advertisers.is_empty() {
                        session.journal().record_baselines(baselines.clone()).await?;
                    }
                    let is_of_all = preflight.touched.is_none();
                    let in_cake = observed(listing.offers().cloned());
                    // The plan says it itself if it was made against what CAKE shows.
                    let duplicates = newer_duplicates(plan, &recorded, &in_cake).filter(|_| !plan.refreshed);
                    let diagnostics = duplicates.into_iter().collect();
                    return Ok(Looked { diagnostics, notes, baselines, seen, is_of_all });
                }
                Err(error) if is_last || matches!(error, Error::Exists(_)) => return Err(error),
                Err(_) => "CAKE's listing differs from the records; it may lag behind",
            };
            if !wait(lag, reason.to_owned(), self.stop, self.observer).await {
                return Ok(Looked::default());
            }
        }
        Ok(Looked::default())
    }

    fn to_look_at<'p>(&self, plan: &'p Plan, recorded: &'p Recorded) -> Option<Preflight<'p>> {
        let cake = &self.settings.cake;
        let creates = plan.actions.iter().filter_map(|action| Some((&action.key, action.kind.create()?)));
        let (blocked, open): (Vec<_>, Vec<_>) =
            creates.partition(|(key, create)| self.block(recorded, key, create).is_some());
        let checks_creates = cake.duplicate_check != DuplicateCheck::Off;
        let open: Vec<_> = open.into_iter().filter(|_| checks_creates).collect();
        let touched = match cake.verify {
            // The plan was made against what CAKE shows, so its differences are known and reviewed.
            _ if plan.refreshed => Some(BTreeSet::new()),
            Verify::Off => Some(BTreeSet::new()),
            Verify::Touched => Some(touched_offers(plan, recorded)),
            Verify::All => self.excluded.map(|selection| {
                let compared = recorded.offers.iter().filter(|(key, _)| !selection.excludes(key));
                compared.flat_map(|(_, record)| record.offer_ids()).collect()
            }),
        };
        // Also of a plan that was made against what CAKE shows: that comparison leaves replaced offers out.
        let to_retire = if cake.verify == Verify::Off { Vec::new() } else { replaced_to_retire(plan, recorded) };
        let is_touched = |id: OfferId| touched.as_ref().is_some_and(|touched| touched.contains(&id));
        let records =
            recorded.offers.values().filter(|record| is_touched(record.offer_id)).map(|record| &record.fields);
        let records = records.chain(to_retire.iter().map(ToRetire::fields_of_present));
        let of_creates = open.iter().map(|(_, create)| create.offer.fields());
        let scope = if touched.is_none() { Scope::All } else { Scope::of(records.chain(of_creates)) };
        let advertisers: BTreeSet<_> = open.iter().filter_map(|(_, create)| create.advertiser()).collect();
        let nothing =
            advertisers.is_empty() && to_retire.is_empty() && touched.as_ref().is_some_and(BTreeSet::is_empty);
        let any_status = open.iter().any(|(_, create)| is_not_active(create.offer.fields()));
        let purpose = if open.is_empty() { Purpose::Records } else { Purpose::Absence { any_status } };
        let blocked = blocked.into_iter().map(|(key, _)| key).collect();
        (!nothing).then_some(Preflight { plan, blocked, advertisers, touched, to_retire, scope, purpose })
    }

    /// The replaced offers that the listing lacks, asked for by id: an offer of another advertiser may have that id by now. One that CAKE
    /// does not show is a difference, whether or not its answer proves that it is not there.
    async fn replaced_not_listed(
        &self,
        preflight: &Preflight<'_>,
        listing: &CompleteListing,
    ) -> Result<Vec<ObservedOffer>, Error> {
        let reader = self.cake.client.reader();
        let mut found = Vec::new();
        for id in preflight.to_retire.iter().map(ToRetire::offer_id).filter(|id| listing.get(*id).is_none()) {
            match find(&reader, id, self.observer).await {
                Err(ReadFailure::EmptyWithoutTotal) => {}
                shown => found.extend(shown?),
            }
        }
        Ok(found)
    }

    /// Returns what the report says of the comparison: the fields of which CAKE did not show the present values, of the offers that the
    /// plan changes or of all where all are compared; and the expired offers. And what CAKE showed of the offers to write to.
    fn check(
        &self,
        preflight: &Preflight<'_>,
        recorded: &Recorded,
        listing: &CompleteListing,
        replaced: Vec<ObservedOffer>,
    ) -> Result<(Vec<String>, Seen), Error> {
        let observed = observed(listing.offers().cloned().chain(replaced));
        let drift = drift_of(preflight.touched.as_ref(), &preflight.to_retire, self.desired, recorded, &observed);
        let is_blocked = |key: &Key| preflight.blocked.contains(key);
        let creates = if preflight.advertisers.is_empty() {
            CreateCheck::Clear
        } else {
            check_creates(preflight.plan, self.desired, recorded, &is_blocked, listing)
        };
        // Before the differences: the new offer of a replace that an older state does not know explains them.
        if let CreateCheck::Duplicates(duplicates) = creates {
            return Err(Error::Exists(duplicates));
        }
        let unseen = match preflight.touched {
            Some(_) => unseen_changes(preflight.plan, &drift),
            None => not_seen_counts(&drift),
        };
        let differences = differences(&drift, recorded);
        match creates {
            _ if !differences.is_empty() => Err(Error::Differs(differences)),
            CreateCheck::Hidden(hidden) => Err(Error::Hidden(hidden)),
            CreateCheck::Clear | CreateCheck::Duplicates(_) => {
                let unanswered: Vec<&str> = listing.unanswered_statuses().collect();
                let unanswered = messages::unanswered(&unanswered).filter(|_| !preflight.advertisers.is_empty());
                let notes = messages::unseen(&unseen).into_iter().chain(messages::expired(&drift)).chain(unanswered);
                Ok((notes.collect(), Seen::of(preflight.plan, &observed, &drift)))
            }
        }
    }
}
