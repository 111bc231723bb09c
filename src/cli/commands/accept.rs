//! `drift --accept`: CAKE's values go into the YAML and into the state, so that a plan is empty afterwards.
//!
//! Owns what may be accepted and what is said of the rest. The invariant: a value is recorded only once the YAML has it, so a
//! run that ends in between leaves both sides alike, which settles by itself.

use std::collections::BTreeSet;

use crate::cli::args::DriftArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::observing;
use crate::cli::rewrite::{FieldEdit, Rewrites, rewrite};
use crate::cli::runtime::block_on;
use crate::diagnostic::codes;
use crate::error_chain::with_causes;
use crate::offer::{DesiredSet, Field, Fields, OfferId, Recorded, StateChange};
use crate::ops::Repository;
use crate::ops::{self, Cake};
use crate::plan::{ChangedBy, Drift, DriftKind, DriftedField, DriftedOffer, Selection};
use crate::report::progress::Progress;
use crate::state::Session;

/// Compares and accepts. The lock comes first: what is accepted is recorded, and nothing else may be recorded in between.
pub(super) fn run(
    context: &Context,
    args: &DriftArgs,
    repository: &Repository,
    selection: &Selection,
) -> Result<Exit, Failure> {
    let allow_empty = args.selection.allow_empty;
    let set = ops::read_desired(repository, allow_empty)?.set;
    let mut session =
        if args.dry_run { None } else { Some(block_on(ops::open_session(repository, context.lock_timeout()))??) };
    let recorded = match &session {
        Some(session) => Recorded::clone(&session.recorded()),
        None => ops::read_recorded(repository)?.recorded().clone(),
    };
    let compare =
        async |cake: &Cake, progress: &Progress| ops::drift::compare(&set, &recorded, selection, cake, progress).await;
    let drift = observing::run(context, repository, compare)?;
    block_on(accept(context, repository, &set, &drift, session.as_mut()))?
}

/// Accepts what can be; without a session it is only shown.
async fn accept(
    context: &Context,
    repository: &Repository,
    set: &DesiredSet,
    drift: &Drift,
    session: Option<&mut Session>,
) -> Result<Exit, Failure> {
    let edits: Vec<FieldEdit<'_>> = drift.offers.iter().flat_map(|offer| edits(set, offer)).collect();
    let rewrites = rewrite(repository, set, &edits)?;
    for file in &rewrites.files {
        context.print(&file.diff())?;
    }
    for rejected in &rewrites.rejected {
        context.terminal.alert(&rejected.text());
    }
    let left_alone: Vec<String> = drift.offers.iter().filter_map(|offer| left_alone(set, offer)).collect();
    for told in &left_alone {
        context.terminal.alert(told);
    }
    tell_of_gone(context, drift);
    let (values, files) = (edits.len() - rewrites.rejected.len(), rewrites.files.len());
    let count = format!("{values} {} in {files} {}", plural(values, "value"), plural(files, "file"));
    if let Some(session) = session {
        for file in &rewrites.files {
            file.write()?;
        }
        record(session, drift, &edits, &rewrites).await?;
        context.print(&format!("Accepted {count}. Review with `git diff`.\n"))?;
    } else {
        context.print(&format!("Would accept {count}.\n"))?;
    }
    let complete = rewrites.rejected.is_empty() && left_alone.is_empty();
    Ok(if complete { Exit::Done } else { Exit::Partial })
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// The values of CAKE's that git should take over.
fn edits<'a>(set: &'a DesiredSet, drifted: &DriftedOffer) -> Vec<FieldEdit<'a>> {
    let Some(offer) = set.get(drifted.desired_key()) else { return Vec::new() };
    let moved = drifted.fields().iter().filter(|field| field.changed_in_cake());
    moved.filter_map(|field| Some(FieldEdit { offer, field: field.field, value: field.observed.clone()? })).collect()
}

/// What cannot be written into any YAML.
fn left_alone(set: &DesiredSet, drifted: &DriftedOffer) -> Option<String> {
    let key = drifted.desired_key();
    let moved = || drifted.fields().iter().filter(|field| field.changed_in_cake());
    if drifted.retired {
        return Some(format!(
            "`{key}` was retired and is active in CAKE again: write its YAML anew to keep it, or `offersync apply --refresh` \
             makes it inactive once more."
        ));
    }
    if set.get(key).is_none() {
        return moved().next().map(|_| format!("`{key}` has no YAML, so nothing of it can be accepted."));
    }
    let told: Vec<String> = moved().filter(|field| field.observed.is_none()).map(unwritable).collect();
    (!told.is_empty()).then(|| format!("`{key}`: {}", told.join(" ")))
}

fn unwritable(drifted: &DriftedField) -> String {
    let (field, word) = (drifted.field, drifted.observed_word.as_deref().unwrap_or_default());
    let shown = if field == Field::OfferStatus { "status".to_owned() } else { format!("`{field}`") };
    format!(
        "CAKE's {shown} `{word}` cannot be written back. To leave it to CAKE, write `sync: {{ignore_changes: [{field}]}}`."
    )
}

fn tell_of_gone(context: &Context, drift: &Drift) {
    let gone = drift.offers.iter().filter(|offer| offer.kind == DriftKind::Gone).count();
    if gone > 0 {
        context.terminal.alert(&format!(
            "{gone} recorded {} not in CAKE's list, and left as recorded; the API key's user may see fewer offers than exist.",
            if gone == 1 { "offer is" } else { "offers are" }
        ));
    }
}

/// Records what was accepted, and what git and CAKE agreed on before, so that the next plan is empty.
async fn record(
    session: &mut Session,
    drift: &Drift,
    edits: &[FieldEdit<'_>],
    rewrites: &Rewrites,
) -> Result<(), Failure> {
    let rejected: BTreeSet<_> =
        rewrites.rejected.iter().map(|rejected| (rejected.key.as_str(), rejected.field)).collect();
    let done: BTreeSet<_> = edits.iter().map(|edit| (edit.offer.key.as_str(), edit.field)).collect();
    let settled = |offer: &DriftedOffer, drifted: &&DriftedField| {
        let place = (offer.desired_key().as_str(), drifted.field);
        drifted.changed_by == ChangedBy::BothAlike || (done.contains(&place) && !rejected.contains(&place))
    };
    let note = |offer: &DriftedOffer| {
        let fields = offer.fields().iter().filter(|drifted| settled(offer, drifted));
        let fields: Fields = fields.filter_map(|drifted| Some((drifted.field, drifted.observed.clone()?))).collect();
        let (key, offer_id): (_, OfferId) = (offer.key.clone(), offer.offer_id);
        (!fields.is_empty()).then_some(StateChange::AcceptRemote { key, offer_id, fields })
    };
    let notes: Vec<StateChange> = drift.offers.iter().filter_map(note).collect();
    if notes.is_empty() {
        return Ok(());
    }
    let failed = |error| Failure::new(Exit::Error, codes::world::DISK, with_causes(&error));
    session.journal().change_state(notes).await.map_err(failed)?;
    session.publish().map_err(ops::Error::from)?;
    Ok(())
}
