//! Notes: how CAKE behaves where a plan touches it. Each is shown once, however many actions it concerns.

use crate::offer::Field;
use crate::plan::{Action, BeforeAfter, FieldChange, Flag, Plan, Verb};

const INACTIVE: &str = "An offer that goes inactive redirects its live traffic.";
const PAYOUT: &str = "A changed payout is the offer's default: campaigns that have their own payout may keep it.";
const EXPIRED: &str = "CAKE may set an offer to Expired once its expiration date has passed.";
const DATE: &str = "CAKE's API cannot clear a date: the offer still expires on the date that CAKE has.";

pub(super) fn of(plan: &Plan) -> Vec<&'static str> {
    let changes = |action: &Action, test: fn(&FieldChange) -> bool| action.changes.iter().any(test);
    let sets_payout = |action: &Action| {
        matches!(action.verb(), Verb::Update | Verb::Restore)
            && changes(action, |change| change.field == Field::Payout && change.after.is_some())
    };
    let releases_date = |action: &Action| {
        action.verb() == Verb::Release && changes(action, |change| change.field == Field::ExpirationDate)
    };
    let any = |test: &dyn Fn(&Action) -> bool| plan.actions.iter().any(test);
    [
        (any(&|action| BeforeAfter::of(action).goes_inactive()), INACTIVE),
        (any(&sets_payout), PAYOUT),
        (plan.ended > 0 || any(&|action| action.flags.contains(&Flag::ExpiryPast)), EXPIRED),
        (any(&releases_date), DATE),
    ]
    .into_iter()
    .filter_map(|(applies, note)| applies.then_some(note))
    .collect()
}
