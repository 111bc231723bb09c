//! `fmt`: the canonical order and spacing of offer files, every value and comment kept.

use std::path::{Path, PathBuf};

use similar::TextDiff;

use crate::cli::args::FmtArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::rewrite::on_disk;
use crate::disk;
use crate::edit;
use crate::ops as inputs;

/// Formats every file of the tree, or the named ones.
pub(in crate::cli) fn run(context: &Context, args: &FmtArgs) -> Result<Exit, Failure> {
    let repository = context.repository(false)?;
    let paths: Vec<(String, PathBuf)> = if args.files.is_empty() {
        let files = inputs::read(&repository, true).set.files;
        files.iter().map(|shown| (shown.to_string(), on_disk(&repository, shown))).collect()
    } else {
        args.files.iter().map(|file| (file.display().to_string(), context.path(file))).collect()
    };
    let (mut changed, mut refused) = (0_usize, 0_usize);
    for (shown, path) in &paths {
        match format_one(context, args, shown, path)? {
            Formatted::Same => {}
            Formatted::Changed => changed += 1,
            Formatted::Refused => refused += 1,
        }
    }
    let word = if args.check { "would change" } else { "changed" };
    context.terminal.note(&format!("{} files: {changed} {word}, {refused} left alone.", paths.len()));
    Ok(if refused > 0 || (args.check && changed > 0) { Exit::Invalid } else { Exit::Done })
}

enum Formatted {
    Same,
    Changed,
    Refused,
}

fn format_one(context: &Context, args: &FmtArgs, shown: &str, path: &Path) -> Result<Formatted, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::disk("read", path, &error))?;
    let Ok(before) = String::from_utf8(bytes) else {
        context.terminal.alert(&format!("{shown}: left alone: it is not UTF-8"));
        return Ok(Formatted::Refused);
    };
    let after = match edit::format(&before) {
        Ok(after) => after,
        Err(refused) => {
            context.terminal.alert(&format!("{shown}:{}: left alone: {}", refused.line, refused.reason));
            return Ok(Formatted::Refused);
        }
    };
    if after == before {
        return Ok(Formatted::Same);
    }
    if args.check {
        let (old, new) = (format!("a/{shown}"), format!("b/{shown}"));
        let diff =
            TextDiff::from_lines(&before, &after).unified_diff().context_radius(2).header(&old, &new).to_string();
        context.print(&diff)?;
    } else {
        disk::replace(path, after.as_bytes()).map_err(|error| Failure::disk("write", path, &error))?;
        context.print(&format!("{shown}\n"))?;
    }
    Ok(Formatted::Changed)
}
