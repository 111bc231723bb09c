//! Which command comes next. On stderr, for people only.

use crate::plan::Plan;
use crate::words::{shell_path, shell_word};

use super::args::{PlanArgs, ResultFormat};
use super::context::Context;

/// A plan of a branch is applied after its merge, one for another time not now, and a refused one not at all.
pub(super) fn after_plan(context: &Context, args: &PlanArgs, plan: &Plan) {
    let is_for_people = args.format == ResultFormat::Text && args.since.is_none() && args.at.is_none();
    let is_for_people = is_for_people && !context.common.quiet;
    if plan.is_empty() || plan.is_refused() || !is_for_people {
        return;
    }
    let has_creates = plan.summary().create > 0;
    if plan.state.lineage.is_none() && has_creates && !args.selection.sandbox {
        context.alert(
            "Nothing is recorded yet, so every offer is new. If CAKE has these offers already, run `offersync import --match` \
             first: it records them.",
        );
    }
    let narrowing = narrowing(args);
    match &args.out {
        Some(file) => context.alert(format!("Run `offersync apply {}` to apply this plan.", shell_path(file))),
        None if args.r#where.is_some() => {
            context
                .alert("To apply exactly this, save it: `offersync plan … --out FILE`, then `offersync apply FILE`.");
        }
        None => context.alert(format!("Run `offersync apply{narrowing}` to make these changes.")),
    }
}

/// The words that narrow an apply as this plan is narrowed.
fn narrowing(args: &PlanArgs) -> String {
    let excluded =
        args.selection.exclude.iter().flat_map(|glob| ["--exclude".to_owned(), shell_word(glob).into_owned()]);
    let words = args.keys.iter().map(|key| shell_word(key).into_owned()).chain(excluded);
    words.fold(String::new(), |all, word| format!("{all} {word}"))
}

/// Where no apply and no import has recorded anything.
pub(super) fn without_state(context: &Context) {
    context.terminal.note(
        "There is no state yet. `offersync import` makes it from what CAKE has, `offersync apply` by creating your offers.",
    );
}
