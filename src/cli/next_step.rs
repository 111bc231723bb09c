//! Which command comes next. On stderr, for people only.

use crate::plan::Plan;
use crate::words::shell_path;

use super::args::{PlanArgs, ResultFormat};
use super::context::Context;

/// A plan of a branch is applied after its merge, and a refused one not at all.
pub(super) fn after_plan(context: &Context, args: &PlanArgs, plan: &Plan) {
    let is_for_people = args.format == ResultFormat::Text && args.since.is_none() && !context.common.quiet;
    if plan.is_empty() || plan.is_refused() || !is_for_people {
        return;
    }
    let is_narrowed = !args.keys.is_empty() || !args.selection.exclude.is_empty() || args.r#where.is_some();
    match &args.out {
        Some(file) => context.alert(format!("Run `offersync apply {}` to apply this plan.", shell_path(file))),
        None if is_narrowed => {}
        None => context.alert("Run `offersync apply` to make these changes."),
    }
}
