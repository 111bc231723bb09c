//! The question before the writes.

use std::path::Path;

use crate::cli::args::{ApplyArgs, ResultFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::question;
use crate::cli::terminal::Target;
use crate::cli::views::Views;
use crate::diagnostic::codes;
use crate::ops::Error;
use crate::plan::Plan;
use crate::words::shell_word;

/// Whether the plan can be confirmed at all; reported before anything is locked or listed.
pub(super) fn check(context: &Context, args: &ApplyArgs) -> Result<(), Failure> {
    if !asks(args) || context.terminal.can_ask() {
        return Ok(());
    }
    let message = "there is no terminal to ask on, and --auto-approve is not given";
    Err(Failure::new(Exit::Usage, codes::apply::NO_TERMINAL, message).help(advice(args)))
}

/// How to apply without a question.
fn advice(args: &ApplyArgs) -> String {
    let given = args.plan_or_keys.iter().map(|word| shell_word(word));
    let command: Vec<_> = ["offersync".into(), "apply".into()].into_iter().chain(given).collect();
    format!("review the plan with `offersync plan`, then run `{} --auto-approve`", command.join(" "))
}

/// Whether the plan is shown and confirmed before anything is sent. The sandbox needs no question.
pub(super) fn asks(args: &ApplyArgs) -> bool {
    !args.auto_approve && !args.selection.sandbox
}

/// Shows the plan and asks. The question is on stderr, so the plan is shown there too unless the same terminal shows stdout.
pub(super) async fn ask(context: &Context, args: &ApplyArgs, views: Views<'_>, plan: &Plan) -> Result<bool, Error> {
    let terminal = context.terminal;
    let is_result = args.format == ResultFormat::Text;
    if is_result {
        let text = views.of_plan(plan, ResultFormat::Text, Target::Stdout);
        // An empty line between the plan and the report.
        let failed = |source| Error::file("write to", Path::new("standard output"), source);
        terminal.result(text).and_then(|()| terminal.result("\n")).map_err(failed)?;
    }
    if !asks(args) {
        return Ok(true);
    }
    let is_shown = is_result && Target::Stdout.is_terminal();
    let shown = (!is_shown).then(|| views.of_plan(plan, ResultFormat::Text, Target::Stderr));
    let question = format!("Make these changes in CAKE at {}? Type `yes` to continue:", views.repository.cake);
    question::ask(terminal, shown, question).await
}
