//! Reads the tables of `offersync.toml` into settings. Looks up every key in the table of keys and collects every problem.

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use super::address::CakeUrl;
use super::guardrails::{Guardrail, Limit};
use super::keys::{self, ConfigKey, KeyKind};
use super::limits::{self, NoLimit};
use super::lints;
use super::loaded::Variables;
use super::named_id::{self, NamedId, NamedIdProblem};
use super::names::{NAME_TABLES, NameLookup};
use super::secret::{is_secret_setting, redacted};
use super::settings::Settings;
use super::values::Rejected;
use super::words::LintLevel;
use crate::diagnostic::{Code, Diagnostic, Label, SourceText, closest, codes};
use crate::offer::Field;

pub(super) struct SettingsReader<'a> {
    pub(super) source: SourceText<'a>,
    pub(super) settings: Settings,
    pub(super) diagnostics: Vec<Diagnostic>,
}

pub(super) type Bytes = std::ops::Range<usize>;

impl SettingsReader<'_> {
    /// The settings of a whole file, and every problem in it.
    pub(super) fn read(mut self, table: &DeTable<'_>, variables: Variables<'_>) -> (Settings, Vec<Diagnostic>) {
        self.table("", table);
        self.currencies();
        self.diagnostics.extend(limits::contradictions(&self.settings.guardrails));
        self.read_variables(variables);
        (self.settings, self.diagnostics)
    }

    fn table(&mut self, path: &str, table: &DeTable<'_>) {
        let names = NAME_TABLES.iter().find(|(_, name_table)| *name_table == path);
        for (key, value) in table {
            let name: &str = key.get_ref();
            let full = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            if let Some((field, _)) = names {
                self.name(*field, &full, name, value);
            } else if path == lints::TABLE {
                self.lint(name, key.span(), value);
            } else if path.is_empty() && self.list(name, key.span(), value) {
                // It has reported its problems.
            } else if let Some(known) = keys::find(path, name) {
                self.known(known, &full, value);
            } else if keys::TABLES.contains(&full.as_str()) {
                match value.get_ref() {
                    DeValue::Table(inner) => self.table(&full, inner),
                    other => {
                        let message = format!("`{full}` is a table, not {}", kind_of(other));
                        let help = format!("write `[{full}]` on a line of its own and its settings below");
                        self.problem(codes::config::WRONG_TYPE, message, key.span(), Some(help));
                    }
                }
            } else {
                self.unknown(path, &full, key, value.get_ref());
            }
        }
    }

    fn known(&mut self, key: &'static ConfigKey, full: &str, value: &Spanned<DeValue<'_>>) {
        let span = value.span();
        match (key.kind, value.get_ref()) {
            (KeyKind::Text(set), DeValue::String(text)) => match set(&mut self.settings, text) {
                Err(rejected) => self.rejected(full, rejected, span),
                Ok(()) if full == "cake.url" => self.settings.cake.url_label = Some(self.label(span)),
                Ok(()) => {}
            },
            (KeyKind::Word(words, set), DeValue::String(text)) if words.contains(&&**text) => {
                set(&mut self.settings, text);
            }
            (KeyKind::Word(words, _), DeValue::String(text)) => {
                let message = format!("`{full}` is one of {}, not `{text}`", quoted(words));
                let help = closest(text, words.iter().copied()).map(|word| format!("did you mean `{word}`?"));
                self.problem(codes::config::BAD_VALUE, message, span, help);
            }
            (KeyKind::Number(low, high, set), DeValue::Integer(number)) => {
                let Some(number) = in_range(number, low, high) else {
                    let message = format!("`{full}` is a whole number from {low} to {high}");
                    let help = format!("it means: {}; the default is {}", key.meaning, key.default);
                    return self.problem(codes::config::BAD_VALUE, message, span, Some(help));
                };
                set(&mut self.settings, number);
            }
            (KeyKind::Limit(guardrail), found) => self.limit(guardrail, found, span),
            (kind, found) => self.wrong_type(key, full, kind, found, span),
        }
    }

    fn limit(&mut self, guardrail: Guardrail, value: &DeValue<'_>, span: Bytes) {
        let mut guardrails = std::mem::take(&mut self.settings.guardrails);
        let problems = limits::read(&mut guardrails, guardrail, value, span, &|at| self.label(at));
        self.settings.guardrails = guardrails;
        for NoLimit { message, at, help } in problems {
            self.problem(codes::config::BAD_VALUE, message, at, Some(help));
        }
    }

    fn rejected(&mut self, full: &str, rejected: Rejected, span: Bytes) {
        let label = self.label(span);
        let label = if rejected.is_secret { hidden(label) } else { label };
        let problem = Diagnostic::error(rejected.code, format!("`{full}` cannot be used: {}", rejected.reason));
        self.diagnostics.push(problem.label(label).help(rejected.help));
    }

    fn wrong_type(&mut self, key: &ConfigKey, full: &str, kind: KeyKind, found: &DeValue<'_>, span: Bytes) {
        let (expected, help) = match (kind, found) {
            (KeyKind::Number(..), DeValue::String(_)) => ("a whole number", "remove the quotes".to_owned()),
            (KeyKind::Number(..), _) => ("a whole number", format!("for example `{} = {}`", key.name, key.default)),
            (_, DeValue::Table(_) | DeValue::Array(_)) => ("text", format!("it means: {}", key.meaning)),
            _ => ("text", "put the value in quotes".to_owned()),
        };
        let message = format!("`{full}` takes {expected}, not {}", kind_of(found));
        self.problem(codes::config::WRONG_TYPE, message, span, Some(help));
    }

    fn unknown(&mut self, path: &str, full: &str, key: &Spanned<std::borrow::Cow<'_, str>>, value: &DeValue<'_>) {
        let name: &str = key.get_ref();
        if is_secret_setting(name) && !matches!(value, DeValue::Table(_)) {
            let label = hidden(self.label(key.span()));
            let help = "remove the line, put the key into the environment variable CAKE_API_KEY (or the one that \
                        `cake.api_key_env` names), and make a new key in CAKE if this one was ever committed";
            let message = format!("`{full}`: a key is never allowed in this file");
            self.diagnostics.push(Diagnostic::error(codes::config::SECRET, message).label(label).help(help));
            return;
        }
        let is_table = matches!(value, DeValue::Table(_));
        let what = if is_table { "table" } else { "setting" };
        let elsewhere = keys::KEYS.iter().find(|known| known.name == name && !is_table);
        let help = match (closest(name, keys::names_in(path)), elsewhere) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(known)) if known.table.is_empty() => {
                format!("`{name}` stands at the top, above every `[table]`")
            }
            (None, Some(known)) => format!("`{name}` belongs under `[{}]`", known.table),
            (None, None) => format!("here can stand: {}", quoted(&keys::names_in(path).collect::<Vec<_>>())),
        };
        self.problem(codes::config::UNKNOWN_KEY, format!("there is no {what} `{full}`"), key.span(), Some(help));
    }

    fn name(&mut self, field: Field, full: &str, name: &str, value: &Spanned<DeValue<'_>>) {
        let (NamedId { id, name_in_cake }, problems) = named_id::read(field, full, name, value);
        for NamedIdProblem { code, message, at, help } in problems {
            self.problem(code, message, at, Some(help));
        }
        self.settings.names.insert(field, name, id);
        if let Some(name_in_cake) = name_in_cake {
            self.settings.names.set_name_in_cake(field, name, name_in_cake);
        }
    }

    fn lint(&mut self, name: &str, at: Bytes, value: &Spanned<DeValue<'_>>) {
        let Some(code) = codes::lints().find(|code| code.name == name) else {
            let help = match closest(name, codes::lints().map(|code| code.name)) {
                Some(near) => format!("did you mean `\"{near}\"`?"),
                None => "`offersync explain` lists every code; the README lists the lints".to_owned(),
            };
            return self.problem(codes::config::UNKNOWN_KEY, format!("there is no lint `{name}`"), at, Some(help));
        };
        let level = match value.get_ref() {
            DeValue::String(text) => LintLevel::WORDS.contains(&&**text).then(|| LintLevel::parse(text)).flatten(),
            _ => None,
        };
        if let Some(level) = level {
            return self.settings.lints.set(code, level);
        }
        let (problem, found) = match value.get_ref() {
            DeValue::String(text) => (codes::config::BAD_VALUE, format!("`{text}`")),
            other => (codes::config::WRONG_TYPE, kind_of(other).to_owned()),
        };
        let message = format!("the level of a lint is one of {}, not {found}", quoted(LintLevel::WORDS));
        let help = format!("for example `\"{name}\" = \"warn\"`");
        self.problem(problem, message, value.span(), Some(help));
    }

    /// A limit in a currency that no table names could never be held against an offer.
    fn currencies(&mut self) {
        let limits = self.settings.guardrails.amounts(Guardrail::TotalPayoutRise).cloned().unwrap_or_default();
        for (currency, Limit { at, .. }) in limits {
            let names = &self.settings.names;
            if names.find(Field::CurrencyId, &currency) != NameLookup::Nothing {
                continue;
            }
            let help = match closest(&currency, names.of(Field::CurrencyId)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("add `{currency} = ID` under `[names.currencies]`, with the id that CAKE shows"),
            };
            let message =
                format!("`total_payout_rise` has a currency `{currency}` that `[names.currencies]` does not name");
            self.diagnostics.push(Diagnostic::error(codes::config::BAD_VALUE, message).label(at).help(help));
        }
    }

    /// `CAKE_URL` overrides the file. An empty variable counts as absent, because CI systems pass unset variables as empty ones.
    fn read_variables(&mut self, variables: Variables<'_>) {
        let Some(url) = variables("CAKE_URL").filter(|url| !url.trim().is_empty()) else { return };
        match CakeUrl::parse(&url) {
            Ok(url) => {
                self.settings.cake.url = Some(url);
                self.settings.cake.url_label = None;
            }
            Err(error) => {
                let problem = Diagnostic::error(codes::config::URL, format!("CAKE_URL cannot be used: {error}"));
                self.diagnostics.push(problem.help(error.help()));
            }
        }
    }

    pub(super) fn label(&self, at: Bytes) -> Label {
        let mut label = self.source.label_of_bytes(at);
        label.source_line = label.source_line.map(|line| redacted(&line, is_secret_setting).into_boxed_str());
        label
    }

    pub(super) fn problem(&mut self, code: Code, message: String, at: Bytes, help: Option<String>) {
        let label = self.label(at);
        self.diagnostics.push(Diagnostic { help, ..Diagnostic::error(code, message).label(label) });
    }
}

/// The label with its line cut after the first `=`.
fn hidden(mut label: Label) -> Label {
    label.source_line = label.source_line.map(|line| match line.split_once('=') {
        Some((key, _)) => format!("{key}= …").into_boxed_str(),
        None => Box::from("…"),
    });
    label
}

fn in_range(number: &DeInteger<'_>, low: u32, high: u32) -> Option<u32> {
    let number = u32::from_str_radix(number.as_str(), number.radix()).ok()?;
    (low..=high).contains(&number).then_some(number)
}

pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

pub(super) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
