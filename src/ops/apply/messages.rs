//! What an apply reports besides its results: why it stopped, what is in doubt and what was settled, with exact commands
//! if the user has to decide.

use std::collections::BTreeMap;

use crate::apply::{HaltReason, RecoverySummary};
use crate::cake::ReadFailure;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{InDoubtCreate, Key, OfferId, Recorded};
use crate::ops::diagnose;
use crate::plan::Plan;
use crate::words::count;

/// More creates in doubt than this are counted instead of listed; they all need the same, most likely the listing.
const IN_DOUBT_SHOWN: usize = 20;

/// Why no more actions were started.
pub(super) fn halted(reason: &HaltReason) -> Diagnostic {
    match reason {
        HaltReason::Journal(error) => diagnose::journal(error),
        HaltReason::KeyRefused(message) => {
            Diagnostic::error(codes::world::KEY_REFUSED, format!("CAKE refused the API key: {message}")).help(
                "nothing more was sent; check the key, its user's permissions, and CAKE's list of allowed addresses",
            )
        }
        HaltReason::Unreachable(why) => Diagnostic::error(
            codes::world::UNREACHABLE,
            format!("CAKE cannot be reached: several writes in a row did not get through ({why})"),
        )
        .help("the rest was not started; run `offersync apply` again when CAKE is back"),
    }
}

/// The plan has blocked changes.
pub(super) fn refused() -> Diagnostic {
    Diagnostic::error(codes::apply::BLOCKED, "the plan has blocked changes, so nothing was sent")
        .help("follow their messages, or leave those offers out with --exclude KEY")
}

/// Why changes are blocked, from the plan.
pub(super) fn of_blocked(plan: &Plan) -> Vec<Diagnostic> {
    plan.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).cloned().collect()
}

/// The check for duplicates was not possible.
pub(super) fn duplicates_unchecked(message: &str) -> Diagnostic {
    let text = format!(
        "this CAKE has no listing of offers ({message}), so it was not checked whether the new offers exist already"
    );
    Diagnostic::warning(codes::world::LISTING, text)
        .help("set `cake.duplicate_check = \"off\"` to silence this warning")
}

/// What a lookup settled of creates that an earlier apply had left in doubt.
pub(super) fn settled(summary: &RecoverySummary) -> Vec<String> {
    let found = summary.found.iter().map(|(key, id)| {
        format!("An earlier create of `{key}` was in doubt; CAKE has it as offer {id}, which is recorded now.")
    });
    let absent = summary.absent.iter().map(|key| {
        format!("An earlier create of `{key}` was in doubt; CAKE does not have it, so it may be sent again.")
    });
    found.chain(absent).collect()
}

/// The creates that are in doubt at the end, by the lookups that were made, the last one last.
pub(super) fn in_doubt(recorded: &Recorded, recoveries: &[RecoverySummary]) -> Vec<Diagnostic> {
    let ambiguous: BTreeMap<_, _> = recoveries.iter().flat_map(|summary| &summary.ambiguous).collect();
    let lookup_error = recoveries.iter().rev().find_map(|summary| summary.lookup_error.as_ref());
    let (several, open): (Vec<_>, Vec<_>) = recorded.in_doubt.iter().partition(|(key, _)| ambiguous.contains_key(*key));
    let mut diagnostics: Vec<_> = several.iter().map(|(key, _)| candidates(key, ambiguous[key])).collect();
    diagnostics.extend(open.iter().take(IN_DOUBT_SHOWN).map(|(key, create)| unsettled(key, create)));
    if open.len() > IN_DOUBT_SHOWN {
        let more = open.len() - IN_DOUBT_SHOWN;
        let message = format!("{more} more creates are in doubt");
        diagnostics.push(Diagnostic::error(codes::apply::IN_DOUBT, message).help("`offersync state list` shows them"));
    }
    if let Some(failure) = lookup_error.filter(|_| !open.is_empty()) {
        diagnostics.push(not_looked_for(failure));
    }
    diagnostics
}

fn not_looked_for(failure: &ReadFailure) -> Diagnostic {
    Diagnostic::warning(codes::world::LISTING, format!("creates in doubt could not be looked for: {failure}"))
}

fn unsettled(key: &Key, create: &InDoubtCreate) -> Diagnostic {
    let message = format!("the create of `{key}` is in doubt: {}", create.message.trim_end_matches('.'));
    Diagnostic::error(codes::apply::IN_DOUBT, message).help(format!(
        "the next apply looks in CAKE before it creates anything for this key. Or look yourself, and record the outcome:\n  \
         offersync state resolve {key} --offer-id N\n  offersync state resolve {key} --not-created"
    ))
}

fn candidates(key: &Key, ids: &[OfferId]) -> Diagnostic {
    let commands = ids.iter().map(|id| format!("\n  offersync state resolve {key} --offer-id {id}"));
    let message = format!(
        "the create of `{key}` is in doubt, and CAKE has {} with its name, advertiser and vertical that no key owns: {}",
        count(ids.len(), "offer"),
        ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    );
    Diagnostic::error(codes::apply::IN_DOUBT, message).help(format!(
        "record which one it made, or that it made none:{}\n  offersync state resolve {key} --not-created",
        commands.collect::<Vec<_>>().concat()
    ))
}
