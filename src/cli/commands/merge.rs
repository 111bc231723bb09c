//! `state merge`: merges three state files and prints what is unknown now.

use crate::cli::args::MergeArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::offer::Value;
use crate::ops::merge::{MergeFiles, merge_states};
use crate::state::merge::Unknown;

/// Merges. If that is impossible, no file is changed.
pub(in crate::cli) fn run(context: &Context, args: &MergeArgs) -> Result<Exit, Failure> {
    let files = MergeFiles {
        base: context.path(&args.base),
        ours: context.path(&args.ours),
        theirs: context.path(&args.theirs),
    };
    for unknown in merge_states(&files)? {
        context.terminal.note(message(&unknown));
    }
    Ok(Exit::Done)
}

pub(super) fn message(Unknown { key, field, ours, theirs }: &Unknown) -> String {
    let shown = |value: &Option<Value>| {
        value.as_ref().map_or_else(|| "not managed".to_owned(), |value| format!("{:?}", value.to_string()))
    };
    format!(
        "`{field}` of `{key}` was changed on both sides: ours is {}, theirs is {}. Which of them CAKE has is unknown now, so the \
         next plan sends it again.",
        shown(ours),
        shown(theirs)
    )
}
