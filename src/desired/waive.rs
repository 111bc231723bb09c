//! `sync.waive`: reviewed exceptions of an offer, or of every offer below a `_defaults.yaml`, to guardrails. Each has a last day and a reason.
//!
//! Which guardrails and rules there are is known to the configuration; a name that is none is reported where both are known.

use std::sync::Arc;

use super::exemption::{Exemption, ExemptionList};
use super::node::{Document, Entry};
use super::problems::Problems;
use crate::diagnostic::codes;
use crate::offer::{Waiver, day};

const LIST: ExemptionList = ExemptionList {
    name: "sync.waive",
    entries: "guardrails with a last day and a reason",
    members: &[("guardrail", "the name of a guardrail"), ("until", "a last day"), ("reason", "a reason")],
    example: "write `waive: [{guardrail: payout-rise, until: 2026-12-31, reason: agreed with ACME}]`",
    reason: "say in words why the guardrail may be broken",
};

/// The own waivers, and those of the outer level of other guardrails.
pub(super) fn joined(own: &[Arc<Waiver>], outer: &[Arc<Waiver>]) -> Vec<Arc<Waiver>> {
    let is_own = |guardrail: &str| own.iter().any(|waiver| *waiver.guardrail == *guardrail);
    own.iter().chain(outer.iter().filter(|waiver| !is_own(&waiver.guardrail))).cloned().collect()
}

pub(super) fn read(document: &Document<'_>, setting: &Entry<'_>, problems: &mut Problems<'_, '_>) -> Vec<Arc<Waiver>> {
    let mut waivers: Vec<Arc<Waiver>> = Vec::new();
    for Exemption { values } in LIST.read(document, setting, problems) {
        let [(guardrail, span), (until, of_until), (reason, _)] = values[..] else { continue };
        let Some(until) = day(until) else {
            let help = "write a day that exists, as in `until: 2026-12-31`; it is the last one";
            problems.error(codes::offer::SYNC_SETTING, of_until, "`until` of `sync.waive` takes a day", help);
            continue;
        };
        if waivers.iter().any(|earlier| *earlier.guardrail == *guardrail) {
            let message = format!("`sync.waive` has `{guardrail}` twice");
            problems.error(codes::offer::SYNC_SETTING, span, message, "remove one of them");
            continue;
        }
        let place = problems.place(span);
        waivers.push(Arc::new(Waiver { guardrail: Box::from(guardrail), until, reason: Box::from(reason), place }));
    }
    waivers
}
