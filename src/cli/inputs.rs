//! The first half of `plan`, `apply` and `validate`: from the repository's files to a plan, or to every problem in them.

use crate::desired::{self, ReadOptions, Reading};
use crate::diagnostic::{Diagnostic, codes, sort};
use crate::offer::{DesiredSet, Recorded};
use crate::plan::{self, Inputs, Plan, RemovedAction, Selection, StateBinding};

use super::context::{Repository, invalid};
use super::exit::Exit;
use super::failure::Failure;

/// The desired offers and every problem in them, none of them an error.
#[derive(Debug)]
pub(super) struct Desired {
    /// The offers.
    pub set: DesiredSet,
    /// Warnings.
    pub warnings: Vec<Diagnostic>,
}

/// Reads the tree; the failure holds every problem of every file.
pub(super) fn read_desired(repository: &Repository, allow_empty: bool) -> Result<Desired, Failure> {
    let reading = read(repository, allow_empty);
    let mut diagnostics = repository.warnings.clone();
    diagnostics.extend(reading.diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return Err(invalid(diagnostics));
    }
    Ok(Desired { set: reading.set, warnings: diagnostics })
}

/// Reads the tree with all its problems.
pub(super) fn read(repository: &Repository, allow_empty: bool) -> Reading {
    let settings = &repository.settings;
    desired::read(&settings.offers, &settings.offers_shown, &settings.names, ReadOptions { allow_empty })
}

/// Makes the plan; the failure holds problems that only show against what is recorded.
pub(super) fn make_plan(
    repository: &Repository,
    desired: &Desired,
    recorded: &Recorded,
    state: StateBinding,
    selection: &Selection,
) -> Result<Plan, Failure> {
    let mut problems = desired::check_names(&desired.set, &|key| recorded.offers.contains_key(key));
    problems.extend(check_selection(selection, &desired.set, recorded));
    let settings = &repository.settings;
    if problems.iter().any(Diagnostic::is_error) {
        problems.extend(desired.warnings.iter().cloned());
        sort(&mut problems);
        desired::fill_source_lines(&mut problems, &settings.root);
        return Err(invalid(problems));
    }
    let mut plan = plan::plan(Inputs {
        desired: &desired.set,
        recorded,
        removed: removed(settings.removed),
        selection,
        cake: &repository.cake,
        state,
        settings_digest: &format!("{:?}", settings.names),
    });
    plan.diagnostics.extend(problems);
    plan.diagnostics.extend(desired.warnings.iter().cloned());
    sort(&mut plan.diagnostics);
    desired::fill_source_lines(&mut plan.diagnostics, &settings.root);
    Ok(plan)
}

fn removed(setting: crate::config::RemovedAction) -> RemovedAction {
    match setting {
        crate::config::RemovedAction::Retire => RemovedAction::Retire,
        crate::config::RemovedAction::Forget => RemovedAction::Forget,
        crate::config::RemovedAction::Error => RemovedAction::Error,
    }
}

/// A pattern that matches nothing is a slip of the pen, and what it was to narrow to or leave out would be surprising.
fn check_selection(selection: &Selection, desired: &DesiredSet, recorded: &Recorded) -> Vec<Diagnostic> {
    let keys = desired.offers.iter().map(|offer| &offer.key).chain(recorded.offers.keys());
    let keys = keys.chain(recorded.in_doubt.keys());
    let problem = |pattern: &str| {
        Diagnostic::error(codes::plan::NOTHING_MATCHES, format!("`{pattern}` matches no offer"))
            .help("a pattern is matched against keys, such as 'auto-*'; `offersync state list` shows the recorded ones")
    };
    selection.unmatched(&keys).into_iter().map(problem).collect()
}

/// The globs of a command line.
pub(super) fn selection(only: &[String], exclude: &[String]) -> Result<Selection, Failure> {
    Selection::new(only, exclude).map_err(|error| Failure::new(Exit::Usage, codes::world::USAGE, error.to_string()))
}
