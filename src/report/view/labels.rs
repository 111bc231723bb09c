//! What a plan holds, in words that can be labels of its pull request.

use crate::diagnostic::codes;
use crate::offer::Field;
use crate::plan::{BeforeAfter, FieldChange, Flag, Plan, UpcomingKind, Verb};

/// An amount, or the unit of one, changes now or later.
const MONEY: &str = "money";
/// An offer stops taking traffic, or affiliates need new links, now or later.
const TRAFFIC_OFF: &str = "traffic off";
/// A person has to decide first.
const BLOCKED: &str = "blocked";
/// A setting that decides, or a record of the state, is another one.
const CONFIG: &str = "config";

/// Every label that there can be.
pub const LABELS: &[&str] = &[MONEY, TRAFFIC_OFF, BLOCKED, CONFIG];

const OF_MONEY: [Field; 5] = [Field::Payout, Field::PayoutType, Field::Revenue, Field::RevenueType, Field::CurrencyId];

/// Those of a plan, without what is pending besides.
pub(super) fn of(plan: &Plan) -> Vec<&'static str> {
    let written = || plan.actions.iter().filter(|action| action.verb().writes());
    let upcoming = || plan.upcoming.iter().filter(|upcoming| upcoming.kind != UpcomingKind::Removed);
    let is_money = |change: &FieldChange| OF_MONEY.contains(&change.field) && change.before != change.after;
    let stops = |flag: &Flag| matches!(flag, Flag::StopsTraffic | Flag::NewLinks);
    let is_money = written().flat_map(|action| &action.changes).any(is_money)
        || upcoming().flat_map(|upcoming| &upcoming.changes).any(is_money);
    let is_off = written().any(|action| action.verb() == Verb::Retire || BeforeAfter::of(action).goes_inactive())
        || written().flat_map(|action| &action.flags).any(stops)
        || upcoming().flat_map(|upcoming| &upcoming.flags).any(stops);
    let is_config =
        plan.diagnostics.iter().any(|found| [codes::review::SETTING, codes::review::RECORD].contains(&found.code));
    let is = [is_money, is_off, plan.is_blocked(), is_config];
    LABELS.iter().zip(is).filter_map(|(label, is)| is.then_some(*label)).collect()
}
