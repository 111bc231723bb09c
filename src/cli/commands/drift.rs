//! `drift`: observed against recorded against desired; with `--accept`, CAKE's values go into the YAML and the state.

use std::collections::BTreeSet;

use crate::cli::args::{DriftArgs, DriftFormat};
use crate::cli::connect::Cake;
use crate::cli::context::{Context, Repository};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, with_causes};
use crate::cli::inputs::{read_desired, selection};
use crate::cli::observe::observe;
use crate::cli::recorded::{locked, read_recorded, refused};
use crate::cli::rewrite::{Rewrites, Wish, rewrite};
use crate::cli::signals::Signals;
use crate::diagnostic::codes;
use crate::offer::{DesiredSet, Fields, Key};
use crate::plan::{self, Drift, DriftedOffer};
use crate::report;
use crate::report::progress::Progress;
use crate::state::{Note, Session, Store};

/// Shows the drift, or accepts it.
pub(in crate::cli) async fn run(context: &Context, args: &DriftArgs) -> Result<Exit, Failure> {
    let repository = context.repository(args.selection.sandbox)?;
    let selection = selection(&args.keys, &args.selection.exclude)?;
    let desired = read_desired(&repository, args.selection.allow_empty)?;
    let state = read_recorded(&repository)?;
    let signals = Signals::new();
    repository.prepare_sandbox()?;
    let cake = Cake::connect(&repository, signals.stop()).await?;
    let progress = Progress::new(context.terminal.shows_progress());
    let observed = signals.run(observe(&cake, &progress), || {}).await;
    cake.close().await;
    let observed = observed.unwrap_or_else(|| {
        Err(Failure::new(Exit::Interrupted, codes::world::OTHER, "interrupted while the offers were listed"))
    })?;
    drop(progress);

    let drift = plan::drift(&desired.set, state.recorded(), &observed, &selection);
    if args.accept {
        return accept(context, args, &repository, &desired.set, &drift).await;
    }
    context.show(&desired.warnings);
    context.print(&match args.format {
        DriftFormat::Text => report::drift::text(&drift, context.terminal.colours_results()),
        DriftFormat::Json => report::drift::json(&drift, &repository.cake, &state.binding()),
        DriftFormat::Markdown => report::drift::markdown(&drift, args.max_chars),
    })?;
    Ok(if args.detailed_exitcode && !drift.is_empty() { Exit::Changes } else { Exit::Done })
}

/// YAML first, then the state: if only the first gets done, the next drift sees both sides alike, and it settles.
async fn accept(
    context: &Context,
    args: &DriftArgs,
    repository: &Repository,
    set: &DesiredSet,
    drift: &Drift,
) -> Result<Exit, Failure> {
    let wishes: Vec<Wish<'_>> = drift.offers.iter().flat_map(|offer| wishes(set, offer)).collect();
    let rewrites = rewrite(repository, set, &wishes)?;
    for file in &rewrites.files {
        context.print(&file.diff())?;
    }
    for undone in &rewrites.undone {
        context.terminal.alert(&undone.text());
    }
    for told in drift.offers.iter().filter_map(|offer| left_alone(set, offer)) {
        context.terminal.alert(&told);
    }
    if args.dry_run {
        context.print(&format!(
            "Would accept {} values in {} files.\n",
            wishes.len() - rewrites.undone.len(),
            rewrites.files.len()
        ))?;
        return Ok(Exit::Done);
    }
    for file in &rewrites.files {
        file.write()?;
    }
    let accepted = record(context, repository, &wishes, &rewrites).await?;
    context.print(&format!(
        "Accepted {accepted} values in {} files. Review them with `git diff`.\n",
        rewrites.files.len()
    ))?;
    Ok(if rewrites.undone.is_empty() { Exit::Done } else { Exit::Partial })
}

/// The values of CAKE's that git should take over.
fn wishes<'a>(set: &'a DesiredSet, drifted: &DriftedOffer) -> Vec<Wish<'a>> {
    let Some(offer) = set.get(&drifted.key) else { return Vec::new() };
    let moved = drifted.fields().iter().filter(|field| field.moved_in_cake());
    moved.filter_map(|field| Some(Wish { offer, field: field.field, value: field.observed.clone()? })).collect()
}

/// What cannot be written into any YAML.
fn left_alone(set: &DesiredSet, drifted: &DriftedOffer) -> Option<String> {
    let key = &drifted.key;
    let word =
        drifted.fields().iter().find_map(|field| field.observed_word.as_deref().filter(|_| field.moved_in_cake()));
    if let Some(word) = word {
        return Some(format!(
            "`{key}`: CAKE's status `{word}` cannot be written back. To leave it to CAKE, write `sync: {{ignore_changes: \
             [offer_status]}}`."
        ));
    }
    (set.get(key).is_none() && !drifted.fields().is_empty())
        .then(|| format!("`{key}` has no YAML, so nothing of it can be accepted."))
}

/// Records what was accepted, so that the next plan is empty. Gives how many values that were.
async fn record(
    context: &Context,
    repository: &Repository,
    wishes: &[Wish<'_>],
    rewrites: &Rewrites,
) -> Result<usize, Failure> {
    let undone: BTreeSet<_> = rewrites.undone.iter().map(|undone| (undone.key.as_str(), undone.field)).collect();
    let done: Vec<_> = wishes.iter().filter(|wish| !undone.contains(&(wish.offer.key.as_str(), wish.field))).collect();
    if done.is_empty() {
        return Ok(0);
    }
    let lock = Store::new(&repository.state)
        .lock(context.lock_timeout(), &Context::variable)
        .map_err(|error| locked(&error))?;
    let mut session = Session::open(lock, &repository.cake).map_err(|error| refused(&error))?;
    let recorded = session.recorded();
    let keys: BTreeSet<&Key> = done.iter().map(|wish| &wish.offer.key).collect();
    let note = |key: &Key| {
        let offer_id = recorded.offers.get(key)?.offer_id;
        let of_key = done.iter().filter(|wish| &wish.offer.key == key);
        let fields: Fields = of_key.map(|wish| (wish.field, wish.value.clone())).collect();
        Some(Note::Accept { key: key.clone(), offer_id, fields })
    };
    let notes = keys.into_iter().filter_map(note).collect();
    let failed = |error| Failure::new(Exit::Error, codes::world::DISK, with_causes(&error));
    session.journal().notes(notes).await.map_err(failed)?;
    session.publish().map_err(|error| refused(&error))?;
    Ok(done.len())
}
