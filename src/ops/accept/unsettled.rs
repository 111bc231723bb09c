//! Values that a lost update may still change: `drift --accept` leaves them out.
//!
//! Invariant: such a value is neither recorded nor written into the YAML before CAKE can no longer be working on the update, so what CAKE
//! shows of it was looked up after that time.

use std::time::Duration;

use crate::apply::Settling;
use crate::offer::{FieldSet, OfferId, Recorded};
use crate::ops::state::settled::whole_seconds;
use crate::plan::{Drift, DriftKind};

use super::NotAccepted;

/// The fields that are unsettled when CAKE is asked.
pub(super) struct UnsettledFields(Vec<(OfferId, FieldSet, Duration)>);

impl UnsettledFields {
    pub(super) fn of(recorded: &Recorded, settling: Settling) -> Self {
        let unsettled = recorded.unsettled_offers().filter_map(|(_, offer_id, unsettled)| {
            let remaining = settling.until_proof(Some(unsettled.sent_at));
            (!remaining.is_zero()).then_some((offer_id, unsettled.fields, remaining))
        });
        Self(unsettled.collect())
    }

    /// Takes these fields out of the drift.
    pub(super) fn leave_out(&self, drift: &mut Drift) -> Vec<NotAccepted> {
        let mut left_out = Vec::new();
        for (id, unsettled, remaining) in &self.0 {
            for offer in drift.offers.iter_mut().filter(|offer| offer.offer_id == *id) {
                let DriftKind::Values(drifted) = &mut offer.kind else { continue };
                let fields: FieldSet =
                    drifted.extract_if(.., |drifted| unsettled.contains(drifted.field)).map(|one| one.field).collect();
                if !fields.is_empty() {
                    let (key, seconds) = (offer.desired_key().clone(), whole_seconds(*remaining));
                    left_out.push(NotAccepted::Unsettled { key, fields, seconds });
                }
            }
        }
        drift.offers.retain(|offer| offer.kind == DriftKind::Gone || !offer.fields().is_empty());
        left_out
    }
}
