//! What a plan says of earlier updates that CAKE was not seen to have done.

use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Recorded, Request};
use crate::plan::{ActionKind, Plan};
use crate::words::first_and_more;

/// More offers than this are counted.
const OFFERS_SHOWN: usize = 5;

/// The writes of the plan over fields that an earlier update may still change.
pub(super) fn warning(recorded: &Recorded, plan: &Plan) -> Option<Diagnostic> {
    let overwritten = plan.actions.iter().filter_map(|action| {
        let ActionKind::Write(operation) = &action.kind else { return None };
        let Request::Update { update, .. } = operation.request(None) else { return None };
        let id = update.offer_id();
        let (_, _, unsettled) = recorded.unsettled_offers().find(|(_, offer_id, _)| *offer_id == id)?;
        let fields = update.changes().iter().map(|(field, _)| field).filter(|field| unsettled.fields.contains(*field));
        let fields: Vec<_> = fields.map(|field| field.to_string()).collect();
        (!fields.is_empty()).then(|| format!("`{}` ({}, sent {})", action.key, fields.join(", "), unsettled.sent_at))
    });
    let overwritten: Vec<_> = overwritten.collect();
    if overwritten.is_empty() {
        return None;
    }
    let shown = first_and_more(&overwritten, OFFERS_SHOWN);
    let message = format!("it is not certain that earlier updates can no longer take effect: {shown}");
    let help =
        "if one of them waits in CAKE for an approval, refuse it there; afterwards compare with `offersync drift`";
    Some(Diagnostic::warning(codes::plan::UNSETTLED, message).help(help))
}
