//! Reads `offersync.toml`: the settings of the environment that was chosen, and the problems of all.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::environments::{self, DefinedEnvironment};
use super::reader::{Bytes, SettingsReader};
use super::settings::Settings;
use crate::diagnostic::{Diagnostic, Label, SourceText, codes, sort};

/// Looks up an environment variable. A function, so that tests do not change the environment of the process.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The result of reading: the valid settings and every problem.
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// The settings, with the default for each invalid one; `None` if the file cannot be parsed. If there are errors, they must not be
    /// used to write anything. Where the file has environments and none of them is chosen, they are what stands around those.
    pub settings: Option<Settings>,
    /// Every problem, of every environment, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// The environments of the file, by name.
    pub environments: Vec<DefinedEnvironment>,
}

/// Reads a file. `shown` is its path in messages, `chosen` the environment.
pub fn load(file: &Path, shown: &str, variables: Variables<'_>, chosen: Option<&str>) -> Loaded {
    let unreadable = |message: String| {
        let problem = Diagnostic::error(codes::config::UNREADABLE, message).label(Label::file(shown.into()));
        Loaded { diagnostics: vec![problem], ..Loaded::default() }
    };
    let bytes = match super::find::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return unreadable(format!("`{shown}` cannot be read: {error}")),
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    match std::str::from_utf8(&bytes) {
        Ok(text) => from_text(text, shown, folder, variables, chosen),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            unreadable(format!("`{shown}` is not UTF-8 (line {line})"))
        }
    }
}

/// Reads the text of a file in `folder`.
pub fn from_text(text: &str, shown: &str, folder: &Path, variables: Variables<'_>, chosen: Option<&str>) -> Loaded {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut settings = Settings::defaults(folder);
    settings.file = shown.into();
    let source = || SourceText::new(shown.into(), text);
    let reader = || SettingsReader { source: source(), settings: settings.clone(), diagnostics: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut reader = reader();
        for error in errors {
            let at = error.span().unwrap_or(0..0);
            let help = super::lists::both_forms(text);
            reader.problem(codes::config::SYNTAX, format!("this is not TOML: {}", error.message()), at, help);
        }
        sort(&mut reader.diagnostics);
        return Loaded { diagnostics: reader.diagnostics, ..Loaded::default() };
    }
    let table = table.get_ref();
    let mut first = reader();
    for environments::Problem { code, message, at, help } in environments::problems(table) {
        first.problem(code, message, at, Some(help));
    }
    let mut diagnostics = std::mem::take(&mut first.diagnostics);
    let around = first.read(&environments::overruled(table, ""), variables);
    let read = |(name, at, _): (&str, Bytes, &Spanned<DeValue<'_>>)| {
        let mut reader = reader();
        let label = reader.label(at);
        reader.settings.table = Some(name.to_owned());
        let (mut settings, problems) = reader.read(&environments::overruled(table, name), variables);
        // Not the name that stands around it, which is that of another one.
        if !environments::has_name(table, name) {
            settings.name = Some(name.to_owned());
        }
        let environment = DefinedEnvironment { name: name.to_owned(), label, state: settings.state.clone() };
        ((environment, settings), problems)
    };
    let (read, problems): (Vec<_>, Vec<_>) = environments::tables(table).map(read).unzip();
    // What stands around environments is read with each of them.
    diagnostics.extend(if read.is_empty() { around.1 } else { problems.concat() });
    diagnostics.extend(environments::shared(&read));
    sort(&mut diagnostics);
    diagnostics.dedup();
    let is_chosen = |(environment, _): &&(DefinedEnvironment, Settings)| Some(&*environment.name) == chosen;
    let settings = read.iter().find(is_chosen).map_or(around.0, |(_, settings)| settings.clone());
    let environments = read.into_iter().map(|(environment, _)| environment).collect();
    Loaded { settings: Some(settings), diagnostics, environments }
}
