//! `[environments.NAME]`: several CAKE accounts in one file, each with a name, a state and a CAKE of its own.
//!
//! Owns how a table of an environment overrules the settings around it. Invariant: two environments never share a state, a CAKE or a name,
//! because an apply of the one would change what belongs to the other.

use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys;
use super::settings::Settings;
use super::values;
use crate::diagnostic::{Diagnostic, Label, closest, codes};

/// The table of the environments.
pub const TABLE: &str = "environments";

/// What a table of an environment may overrule.
pub const OVERRULED: [&str; 5] = ["name", "state", "cake", "names", "guardrails"];

/// An environment of the file.
#[derive(Debug, Clone)]
pub struct DefinedEnvironment {
    /// The name of its table.
    pub name: String,
    /// Where it is.
    pub label: Label,
    /// The path of its state.
    pub state: PathBuf,
}

/// The tables of the environments, each with its name and where that is.
pub(super) fn tables<'t, 'i>(
    root: &'t DeTable<'i>,
) -> impl Iterator<Item = (&'t str, Bytes, &'t Spanned<DeValue<'i>>)> {
    let table = root.get(TABLE).and_then(|value| match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    });
    table.into_iter().flatten().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
}

type Bytes = std::ops::Range<usize>;

/// A problem with a table of an environment, and where it is.
pub(super) struct Problem {
    pub(super) code: crate::diagnostic::Code,
    pub(super) message: String,
    pub(super) at: Bytes,
    pub(super) help: String,
}

/// What is wrong with the tables themselves, before their settings are read.
pub(super) fn problems(root: &DeTable<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some((key, value)) = root.get_key_value(TABLE)
        && !matches!(value.get_ref(), DeValue::Table(_))
    {
        let (message, help) = (format!("`{TABLE}` is a table"), example("staging"));
        problems.push(Problem { code: codes::config::WRONG_TYPE, message, at: key.span(), help });
    }
    for (name, at, value) in tables(root) {
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("`{TABLE}.{name}` is a table");
            problems.push(Problem { code: codes::config::WRONG_TYPE, message, at, help: example(name) });
            continue;
        };
        if let Err(rejected) = values::environment(name) {
            let message = format!("`{name}` cannot be the name of an environment: {}", rejected.reason);
            problems.push(Problem { code: rejected.code, message, at, help: rejected.help });
        }
        let unknown = table.keys().filter(|key| !OVERRULED.contains(&key.get_ref().as_ref()));
        problems.extend(unknown.map(|key| {
            let called: &str = key.get_ref();
            let help = match closest(called, OVERRULED) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("an environment can overrule {}", super::reader::quoted(&OVERRULED)),
            };
            let message = format!("`{called}` is no setting of an environment");
            Problem { code: codes::config::UNKNOWN_KEY, message, at: key.span(), help }
        }));
    }
    problems
}

fn example(name: &str) -> String {
    format!("write `[{TABLE}.{name}]` on a line of its own and its settings below")
}

/// The settings of the file with those of the environment in their place.
pub(super) fn overruled<'i>(root: &DeTable<'i>, name: &str) -> DeTable<'i> {
    let mut merged = root.clone();
    merged.remove(TABLE);
    if let Some((_, _, value)) = tables(root).find(|(known, ..)| *known == name)
        && let DeValue::Table(table) = value.get_ref()
    {
        overrule(&mut merged, "", table);
    }
    merged
}

/// Whether an environment says its name itself.
pub(super) fn has_name(root: &DeTable<'_>, name: &str) -> bool {
    let mut tables = tables(root).filter(|(known, ..)| *known == name);
    tables.any(|(_, _, value)| matches!(value.get_ref(), DeValue::Table(table) if table.contains_key("name")))
}

fn overrule<'i>(base: &mut DeTable<'i>, path: &str, over: &DeTable<'i>) {
    for (key, value) in over {
        let name: &str = key.get_ref();
        if path.is_empty() && !OVERRULED.contains(&name) {
            continue;
        }
        let full = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let inner = base.get_mut(name).map(Spanned::get_mut);
        match (inner, value.get_ref()) {
            (Some(DeValue::Table(inner)), DeValue::Table(over)) if keys::TABLES.contains(&full.as_str()) => {
                overrule(inner, &full, over);
            }
            _ => {
                // With its key, which has the place.
                base.remove(name);
                base.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The settings of each environment, to be told apart.
pub(super) fn shared(environments: &[(DefinedEnvironment, Settings)]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (number, (later, settings)) in environments.iter().enumerate() {
        for (earlier, others) in environments.iter().take(number) {
            // CAKE_URL is that of one environment, whichever is chosen.
            let of_file = |settings: &Settings| settings.cake.url_label.is_some();
            let url = |settings: &Settings| settings.cake.url.as_ref().map(|url| url.as_str().to_owned());
            let (one, other) = (&earlier.name, &later.name);
            let mut push = |what: &str, setting: &str| {
                let message = format!("the environments `{one}` and `{other}` have the same {what}");
                let help = format!("write `{setting}` below `[{TABLE}.{other}]`");
                let problem = Diagnostic::error(codes::config::ENVIRONMENT, message).label(later.label.clone());
                problems.push(problem.label(earlier.label.clone()).help(help));
            };
            if settings.state == others.state {
                push("state", &format!("state = \"offersync.{other}.state.json\""));
            }
            if of_file(settings) && of_file(others) && url(settings) == url(others) {
                push("CAKE", "cake.url = \"https://…\"");
            }
            if settings.name == others.name {
                push("name", &format!("name = \"{other}\""));
            }
        }
    }
    problems
}
