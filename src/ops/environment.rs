//! Which environment of a configuration a command works with.
//!
//! Invariant: where a configuration has environments, one of them is chosen by name; none is a default.

use crate::config::DefinedEnvironment;
use crate::diagnostic::{Diagnostic, Label, closest, codes};
use crate::words::first_and_more;

use super::error::Error;
use super::variable;

/// The variable that chooses one where no flag does.
const VARIABLE: &str = "OFFERSYNC_ENV";
/// So many environments are listed.
const LISTED: usize = 20;

/// The environment that the variable chooses. An empty one counts as absent, because CI systems pass unset variables as empty ones.
pub(crate) fn chosen_environment() -> Option<String> {
    variable(VARIABLE).filter(|name| !name.is_empty())
}

/// Fails where none of the environments is chosen, or one that is not there.
pub(super) fn check(environments: &[DefinedEnvironment], chosen: Option<&str>, file: &str) -> Result<(), Error> {
    let names = || environments.iter().map(|environment| environment.name.as_str());
    let listed = || first_and_more(names().map(|name| format!("`{name}`")), LISTED);
    let choose = format!("choose one with `--env NAME`, or in {VARIABLE}");
    let (message, help) = match chosen {
        None if environments.is_empty() => return Ok(()),
        Some(chosen) if names().any(|name| name == chosen) => return Ok(()),
        None => (format!("several environments are configured, and none is chosen: {}", listed()), choose),
        Some(chosen) if environments.is_empty() => {
            let help = format!("leave out `--env` and {VARIABLE}, or add `[environments.NAME]` to {file}");
            (format!("there is no environment `{chosen}`: none is configured"), help)
        }
        Some(chosen) => {
            let near = closest(chosen, names()).map(|near| format!("did you mean `{near}`? "));
            let message = format!("there is no environment `{chosen}`; configured are {}", listed());
            (message, near.unwrap_or_default() + &choose)
        }
    };
    let problem = Diagnostic::error(codes::config::ENVIRONMENT, message).help(help);
    let labels = environments.iter().take(1).map(|environment| environment.label.clone());
    let label = labels.chain([Label::file(file.into())]).next();
    Err(Error::Environment(Box::new(label.into_iter().fold(problem, Diagnostic::label))))
}
