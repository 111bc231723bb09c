//! `state merge`: three state files become one, for a person or as git's merge driver. Needs neither configuration nor
//! repository: git may call it in the middle of a merge, with files of its own.

use std::path::Path;

use crate::cli::args::MergeArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::files;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::Value;
use crate::state::merge::{Conflict, Merged, Unknown, merge};
use crate::state::{ParseError, StateDocument};

/// Merges; where that cannot be done, no file is touched.
pub(in crate::cli) fn run(context: &Context, args: &MergeArgs) -> Result<Exit, Failure> {
    let bytes = read(context, &args.base)?;
    // Git hands an empty file where the two sides have no state in common.
    let base = if bytes.is_empty() { None } else { Some(parse(&args.base, &bytes)?) };
    let ours = parse(&args.ours, &read(context, &args.ours)?)?;
    let theirs = parse(&args.theirs, &read(context, &args.theirs)?)?;
    let Merged { document, unknown } = merge(base.as_ref(), &ours, &theirs).map_err(|found| refused(&found))?;
    let path = context.path(&args.ours);
    files::replace(&path, &document.emit()).map_err(|error| Failure::disk("write", &path, &error))?;
    for value in &unknown {
        context.terminal.note(&told(value));
    }
    Ok(Exit::Done)
}

fn read(context: &Context, path: &Path) -> Result<Vec<u8>, Failure> {
    let path = context.path(path);
    std::fs::read(&path).map_err(|error| Failure::disk("read", &path, &error))
}

fn parse(path: &Path, bytes: &[u8]) -> Result<StateDocument, Failure> {
    StateDocument::parse(bytes).map_err(|ParseError { damage, position }| {
        let place = position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column));
        Failure::new(Exit::Error, codes::world::STATE_REFUSED, format!("{}{place}: {damage}", path.display()))
            .help("nothing was merged and no file was changed; mend that side first")
    })
}

fn refused(conflicts: &[Conflict]) -> Failure {
    let diagnostic = |conflict: &Conflict| {
        Diagnostic::error(codes::world::STATE_CONFLICT, conflict.to_string()).help(conflict.help())
    };
    Failure { exit: Exit::Error, diagnostics: conflicts.iter().map(diagnostic).collect() }
}

fn told(Unknown { key, field, ours, theirs }: &Unknown) -> String {
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
