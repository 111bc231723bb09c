//! The question before the writes: what is shown, who may say yes.

use std::io;

use crate::cli::args::{ApplyArgs, PlanFormat, ReportFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::views::Views;
use crate::diagnostic::codes;
use crate::ops::Repository;
use crate::plan::Plan;

/// What somebody said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

/// Whether anybody can say yes at all; told before anything is locked or listed.
pub(super) fn check(context: &Context, args: &ApplyArgs) -> Result<(), Failure> {
    if needs_no_question(args) || context.terminal.can_ask() {
        return Ok(());
    }
    let message = "there is no terminal to ask on, and --auto-approve is not given";
    Err(Failure::new(Exit::Usage, codes::world::NOT_CONFIRMED, message)
        .help("review the plan with `offersync plan`, then run `offersync apply --auto-approve`"))
}

/// Whether somebody sees the plan and is asked, before anything is sent.
pub(super) fn shows_before_asking(args: &ApplyArgs) -> bool {
    !needs_no_question(args) && args.format == ReportFormat::Text
}

/// The sandbox holds nothing that anybody could lose.
fn needs_no_question(args: &ApplyArgs) -> bool {
    args.auto_approve || args.selection.sandbox
}

/// Shows the plan and asks.
pub(super) async fn ask(
    context: &Context,
    args: &ApplyArgs,
    repository: &Repository,
    plan: &Plan,
) -> Result<Answer, Failure> {
    if args.format == ReportFormat::Text {
        show(context, args, repository, plan)?;
    }
    if needs_no_question(args) {
        return Ok(Answer::Yes);
    }
    let question = format!("Make these changes in CAKE at {}? Only `yes` or `y` is yes:", repository.cake);
    let terminal = context.terminal;
    let yes = apart(move || terminal.ask(&question)).await.map_err(|error| {
        Failure::new(Exit::Error, codes::world::NOT_CONFIRMED, format!("no answer could be read: {error}"))
    })?;
    Ok(if yes { Answer::Yes } else { Answer::No })
}

/// Runs what blocks on a thread of its own, so that a signal is heard meanwhile. Nobody waits for that thread when the answer
/// is given up: a runtime's own blocking threads would hold the process until somebody presses return.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let (answer, answered) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("question".to_owned()).spawn(move || drop(answer.send(work())))?;
    answered.await.map_err(io::Error::other)?
}

/// Shows the plan as `plan` would.
pub(super) fn show(context: &Context, args: &ApplyArgs, repository: &Repository, plan: &Plan) -> Result<(), Failure> {
    let views = Views { context, repository, full: args.full, max_chars: usize::MAX };
    context.print(&format!("{}\n", views.of_plan(plan, PlanFormat::Text, context.terminal.colours_results())))
}
