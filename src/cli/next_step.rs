//! Which command comes next. On stderr, for people only.

use crate::ops::init::StateHome;
use crate::plan::Plan;
use crate::words::{shell_path, shell_word};

use super::args::{Ci, PlanArgs, ResultFormat};
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

/// The steps that follow `init`.
pub(super) fn after_init(ci: Ci, home: StateHome, in_repository: bool) -> String {
    let git = if in_repository { "" } else { "git init && " };
    let secret = match ci {
        Ci::Github => {
            "In the workflow, set OFFERSYNC_GIT and OFFERSYNC_REV: offersync is in no package registry yet, so CI builds it.\n     \
             In GitHub, add the secret CAKE_API_KEY and the variable OFFERSYNC_KEY_HOST to an environment `cake`."
        }
        Ci::Gitlab => {
            "In .gitlab-ci.yml, set OFFERSYNC_GIT and OFFERSYNC_REV: offersync is in no package registry yet, so CI builds it.\n     \
             In GitLab, set the variables that it lists."
        }
        Ci::None => "Set CAKE_API_KEY in the environment where you run `apply`.",
    };
    format!(
        "\nNext:\n  1. Try it without a CAKE account:           offersync apply --sandbox\n  \
         2. Set CAKE's address in offersync.toml, then import the offers that CAKE has:\n                                              \
         offersync import && offersync plan\n  \
         3. Commit it:                               {git}git add -A && git commit -m 'Offers as code'\n     \
         {secret}\n     {}",
        of_state(home)
    )
}

/// What the home of the state needs.
fn of_state(home: StateHome) -> &'static str {
    match home {
        StateHome::File => {
            "In each clone, register the merge driver for the state:\n     \
             git config merge.offersync-state.driver 'offersync state merge %O %A %B'"
        }
        StateHome::Git => {
            "The state lives in a ref of the remote `origin`: push the repository there before the first import or apply."
        }
        StateHome::S3 => {
            "The state lives in a bucket: name it as `state` in offersync.toml, and set AWS_REGION, AWS_ACCESS_KEY_ID and\n     \
             AWS_SECRET_ACCESS_KEY, for other stores OFFERSYNC_STORE_ENDPOINT. In CI, plans need to read only."
        }
    }
}
