//! `ci`: posts a result or pushes a state, and says what became of it.

use super::merge;
use crate::cli::args::CiCommand;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::printable::Printable;
use crate::cli::runtime::block_on;
use crate::ops::ci::{PushOptions, PushedState};
use crate::ops::{Control, ci};
use crate::report::markdown;

pub(in crate::cli) fn run(context: &Context, command: CiCommand) -> Result<Exit, Failure> {
    let told = match command {
        CiCommand::Comment { file, if_changed_since, labels } => {
            let marker = markdown::marker(&context.environment(false).0);
            // A pull request that breaks the configuration concerns it.
            let has_changed =
                |since: String| context.repository(false).map_or(true, |found| ci::has_changed_since(&found, &since));
            let is_relevant = if_changed_since.is_none_or(has_changed);
            let labels = if labels { markdown::LABELS } else { &[] };
            block_on(ci::comment(&context.path(&file), &marker, is_relevant, labels))??
        }
        CiCommand::PullRequest { file, remote } => {
            block_on(ci::pull_request(&context.repository(false)?, &context.path(&file), remote))??
        }
        CiCommand::Issue { file } => block_on(ci::issue(&context.path(&file)))??,
        CiCommand::PushState { branch, report, remote } => {
            let (report, lock_timeout) = (report.map(|file| context.path(&file)), context.lock_timeout());
            push_state(context, &PushOptions { remote, branch, report, lock_timeout })?
        }
        CiCommand::CheckState { remote } => {
            ci::check_state(&context.repository(false)?, remote)?;
            "No state waits on a rescue branch.".to_owned()
        }
    };
    context.print(Printable::from(format!("{told}\n")))?;
    Ok(Exit::Done)
}

fn push_state(context: &Context, options: &PushOptions) -> Result<String, Failure> {
    let repository = context.repository(false)?;
    let pushing = async |control: Control<'_>| ci::push_state(&repository, options, control).await;
    Ok(match observing::run(context, pushing)? {
        PushedState::NoState => "There is no state yet.".to_owned(),
        PushedState::OnBranch { unknown, ignores_attributes } => {
            for unknown in &unknown {
                context.terminal.note(merge::message(unknown));
            }
            if ignores_attributes {
                context.terminal.note(
                    "note: the attributes of git ask for another form of the state; its bytes are saved as they are.",
                );
            }
            format!("The state is on {}.", options.branch)
        }
    })
}
