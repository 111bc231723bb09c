//! `validate`: every problem in configuration, offers and state. Needs neither a key nor a network.

use crate::desired;
use crate::diagnostic::{Diagnostic, sort};
use crate::offer::{DesiredSet, Recorded};
use crate::plan::{self, Selection};

use super::error::Error;
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
    /// The state could not be read; its problem is among the diagnostics.
    pub(crate) state_error: Option<Error>,
}

impl Validation {
    /// Whether the configuration or an offer is invalid.
    pub(crate) fn is_invalid(&self) -> bool {
        self.state_error.is_none() && self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Checks everything that can be checked without CAKE.
pub(crate) fn validate(repository: &Repository, allow_empty: bool) -> Validation {
    let state = || Some(read_recorded(repository));
    read_beside(repository, allow_empty, state, |tree, state| of(repository, tree, state))
}

fn of(repository: &Repository, tree: Tree, state: Option<Result<RecordedState, Error>>) -> Validation {
    let mut reading = tree.reading;
    let mut diagnostics = repository.warnings.clone();
    diagnostics.append(&mut reading.diagnostics);
    if let Some(Ok(state)) = &state {
        check_against(repository, &reading.set, state.recorded(), &mut diagnostics);
    }
    let invalid = diagnostics.iter().any(Diagnostic::is_error);
    let state_error = state.and_then(Result::err);
    diagnostics.extend(state_error.as_ref().map(Error::diagnostics).unwrap_or_default());
    sort(&mut diagnostics);
    Validation { diagnostics, offers: reading.set.offers.len(), state_error: state_error.filter(|_| !invalid) }
}

/// Names can only be judged where every offer could be read, and against what is recorded.
fn check_against(repository: &Repository, set: &DesiredSet, recorded: &Recorded, diagnostics: &mut Vec<Diagnostic>) {
    if !diagnostics.iter().any(Diagnostic::is_error) {
        let mut names = plan::check(set, recorded, &Selection::default());
        desired::quote_lines(&mut names, set, &repository.settings.root);
        diagnostics.append(&mut names);
    }
}
