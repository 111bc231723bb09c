//! `validate`: every problem in configuration, offers and state. Needs neither a key nor a network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::desired;
use crate::diagnostic::{Diagnostic, codes, sort};
use crate::offer::{DesiredOffer, DesiredSet, Recorded};
use crate::plan::{self, Selection};
use crate::policy::{self, RuleInputs};
use crate::source::SourcePath;
use crate::words::count;

use super::error::Error;
use super::inputs;
use super::prune;
use super::recorded::{RecordedState, read_recorded};
use super::repository::Repository;
use super::tree::{Tree, read_beside};

/// What a validation found.
#[derive(Debug)]
pub(crate) struct Validation {
    /// Every problem, sorted.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many offers are valid.
    pub(crate) offers: usize,
    /// How many problems of other files than the named ones are left out.
    pub(crate) left_out: usize,
    /// The state could not be read; its problem is among the diagnostics.
    pub(crate) state_error: Option<Error>,
}

impl Validation {
    /// Whether the configuration or an offer is invalid.
    pub(crate) fn is_invalid(&self) -> bool {
        self.state_error.is_none() && self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Checks everything that can be checked without CAKE. Where files or folders are named, only their problems are reported, and
/// those of no file.
pub(crate) fn validate(repository: &Repository, allow_empty: bool, named: &[PathBuf]) -> Result<Validation, Error> {
    let named: Option<BTreeSet<SourcePath>> = (!named.is_empty())
        .then(|| named.iter().map(|file| shown(repository, file)).collect::<Result<_, _>>())
        .transpose()?;
    // A store is not asked: this needs no network.
    let state = || repository.shared.is_none().then(|| read_recorded(repository));
    Ok(read_beside(repository, allow_empty, state, |tree, state| of(repository, tree, state, named.as_ref())))
}

/// Whether a file is one of these, or in a folder among them.
fn is_within(file: &SourcePath, named: &BTreeSet<SourcePath>) -> bool {
    let folders = file.as_str().rmatch_indices('/').map(|(end, _)| SourcePath::from(&file.as_str()[..end]));
    named.contains(file) || folders.chain([SourcePath::from("")]).any(|folder| named.contains(&folder))
}

/// The path in messages of a file or folder.
fn shown(repository: &Repository, file: &Path) -> Result<SourcePath, Error> {
    let unreadable = |source| Error::file("find", file, source);
    let found = match (file.parent(), file.file_name()) {
        // The file itself may be a link; then its name is meant.
        (Some(folder), Some(name)) => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            folder.canonicalize().map_err(unreadable)?.join(name)
        }
        _ => file.canonicalize().map_err(unreadable)?,
    };
    found.symlink_metadata().map_err(unreadable)?;
    let root = repository.settings.root.canonicalize().map_err(unreadable)?;
    let outside = || Error::usage(format!("`{}` is not in the folder of offersync.toml", file.display()));
    let parts = found.strip_prefix(root).map_err(|_| outside())?.iter().map(|part| part.to_string_lossy());
    Ok(SourcePath::from(parts.collect::<Vec<_>>().join("/")))
}

fn of(
    repository: &Repository,
    tree: Tree,
    state: Option<Result<RecordedState, Error>>,
    named: Option<&BTreeSet<SourcePath>>,
) -> Validation {
    let moment = repository.now();
    let recorded = state.as_ref().and_then(|state| state.as_ref().ok()).map(RecordedState::recorded);
    let mut reading = inputs::resolved(repository, tree, recorded, moment).reading;
    let mut diagnostics = repository.warnings.clone();
    diagnostics.append(&mut reading.diagnostics);
    let mut findings = inputs::lints(repository, &reading.set, moment, recorded);
    findings.extend(inputs::unreadable_guardrails(repository, &reading.set));
    findings.extend(policy::broken_rules(RuleInputs {
        guardrails: &repository.settings.guardrails,
        names: &repository.settings.names,
        desired: &reading.set,
        recorded,
    }));
    desired::quote_lines(&mut findings, &reading.set, &repository.settings.root);
    if let Some(Ok(state)) = &state {
        check_against(repository, &reading.set, state.recorded(), &mut diagnostics);
    }
    diagnostics.append(&mut findings);
    let is_named = |file: &SourcePath| named.is_none_or(|named| is_within(file, named));
    let named_offers = || reading.set.offers.iter().filter(|offer| is_named(&offer.place.file));
    diagnostics.extend(recorded.and_then(|recorded| past_entries(repository, named_offers(), recorded, moment)));
    let invalid = diagnostics.iter().any(Diagnostic::is_error);
    let state_error = state.and_then(Result::err);
    diagnostics.extend(state_error.as_ref().map(Error::diagnostics).unwrap_or_default());
    sort(&mut diagnostics);
    let all = diagnostics.len();
    diagnostics
        .retain(|problem| problem.labels.is_empty() || problem.labels.iter().any(|label| is_named(&label.place.file)));
    let offers = named_offers().count();
    let left_out = all - diagnostics.len();
    Validation { diagnostics, offers, left_out, state_error: state_error.filter(|_| !invalid) }
}

/// The past entries that can be taken out, as one sum.
fn past_entries<'a>(
    repository: &Repository,
    offers: impl Iterator<Item = &'a DesiredOffer>,
    recorded: &Recorded,
    moment: Timestamp,
) -> Option<Diagnostic> {
    let (entries, files) = prune::count_prunable(repository, offers, recorded, moment);
    let are = if entries == 1 { "is" } else { "are" };
    let message = format!("{} of schedules in {} {are} past", count(entries, "entry"), count(files, "file"));
    (entries > 0).then(|| {
        Diagnostic::warning(codes::schedule::PAST, message)
            .help("`offersync fmt --prune-schedule` takes them out and writes their values into the fields")
    })
}

/// Names can only be judged where every offer could be read, and against what is recorded.
fn check_against(repository: &Repository, set: &DesiredSet, recorded: &Recorded, diagnostics: &mut Vec<Diagnostic>) {
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let mut names = plan::check(set, recorded, &Selection::default());
        desired::quote_lines(&mut names, set, &repository.settings.root);
        diagnostics.append(&mut names);
    }
}
