//! Reads `[[rules]]`, `[[freeze]]` and `[[waivers]]`. Their conditions are read later, with the names that the whole file gives.

use jiff::civil::{Date, DateTime};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::guardrails::{FREEZE, Freeze, Guardrail, PlanWaiver, Rule, Written};
use super::reader::{Bytes, SettingsReader, kind_of, quoted};
use crate::characters::is_blank;
use crate::diagnostic::{Severity, closest, codes};
use crate::offer::{Field, REASON_TO_FILL_IN, Value};

/// The lists, each with its members: those that it needs, and the others.
pub const LISTS: [(&str, &[&str], &[&str]); 3] = [
    ("rules", &["name", "require"], &["where", "severity", "message"]),
    ("freeze", &["from", "to", "reason"], &["except"]),
    ("waivers", &["guardrail", "until", "reason"], &[]),
];

/// What to do where a list is written in one line and as tables, which TOML cannot bring together.
pub(super) fn both_forms(text: &str) -> Option<String> {
    let has_line = |start: &str| text.lines().any(|line| line.trim_start().replace(' ', "").starts_with(start));
    let (list, ..) =
        LISTS.into_iter().find(|(list, ..)| has_line(&format!("{list}=")) && has_line(&format!("[[{list}]]")))?;
    Some(format!(
        "`{list} = …` and `[[{list}]]` cannot be used together: write `[[{list}]]` on a line of its own for each, and its settings below"
    ))
}

/// The actions that a freeze can leave out.
pub const EXCEPTIONS: &[&str] = &["create", "replace", "restore", "update", "retire"];

/// The severities of a rule.
pub const SEVERITIES: &[&str] = &["error", "warning"];

/// One entry of a list.
struct Entry<'t, 'i> {
    list: &'static str,
    table: &'t DeTable<'i>,
    at: Bytes,
}

impl Entry<'_, '_> {
    /// What a rule is called, where it is one that has a name.
    fn rule(&self) -> Option<String> {
        let name = self.table.get("name").filter(|_| self.list == "rules")?.get_ref().as_str()?.trim();
        (!name.is_empty()).then(|| name.to_owned())
    }
}

impl SettingsReader<'_> {
    /// Whether the key is that of a list, which is then read.
    pub(super) fn list(&mut self, name: &str, key: Bytes, value: &Spanned<DeValue<'_>>) -> bool {
        let Some((list, required, optional)) = LISTS.into_iter().find(|(list, ..)| *list == name) else { return false };
        let example = format!("write `[[{list}]]` on a line of its own and its settings below");
        let DeValue::Array(items) = value.get_ref() else {
            let message = format!("`{list}` is a list of tables, not {}", kind_of(value.get_ref()));
            self.problem(codes::config::WRONG_TYPE, message, key, Some(example));
            return true;
        };
        for item in items {
            let DeValue::Table(table) = item.get_ref() else {
                let message = format!("`{list}` is a list of tables, not of {}", kind_of(item.get_ref()));
                self.problem(codes::config::WRONG_TYPE, message, item.span(), Some(example.clone()));
                continue;
            };
            let at = table.keys().next().map_or(item.span(), Spanned::span);
            let entry = Entry { list, table, at: head(self.source.text(), list, &item.span()).unwrap_or(at) };
            if self.has_members(&entry, required, optional) {
                match list {
                    "rules" => self.rule(&entry),
                    "freeze" => self.freeze(&entry),
                    _ => self.waiver(&entry),
                }
            }
        }
        true
    }

    /// Whether an entry has the members that it needs and no others.
    fn has_members(&mut self, entry: &Entry<'_, '_>, required: &[&'static str], optional: &[&'static str]) -> bool {
        let all: Vec<&str> = required.iter().chain(optional).copied().collect();
        let list = entry.list;
        let mut is_whole = true;
        for key in entry.table.keys() {
            let name: &str = key.get_ref();
            if !all.contains(&name) {
                let help = match closest(name, all.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("here can stand: {}", quoted(&all)),
                };
                let message = match entry.rule() {
                    Some(rule) => format!("the rule `{rule}`: `[[{list}]]` has no setting `{name}`"),
                    None => format!("`[[{list}]]` has no setting `{name}`"),
                };
                self.problem(codes::config::UNKNOWN_KEY, message, key.span(), Some(help));
                is_whole = false;
            }
        }
        for missing in required.iter().filter(|name| !entry.table.contains_key(**name)) {
            let help = match *missing {
                "reason" => "say in words why",
                "until" => "write the last day on which it holds, as in `until = \"2026-12-31\"`",
                "from" | "to" => "write a date and a time, as in `\"2026-12-20 00:00:00\"`",
                "require" => "write what has to hold, as in `require = 'payout <= 50'`",
                "guardrail" => "write the name of a limit on whole plans, as in `guardrail = \"max-retires\"`",
                _ => "a rule needs a name, by which messages and waivers call it",
            };
            let which =
                entry.rule().map_or_else(|| format!("this entry of `[[{list}]]`"), |rule| format!("the rule `{rule}`"));
            let message = format!("{which} has no `{missing}`");
            self.problem(codes::config::INCOMPLETE, message, entry.at.clone(), Some(help.to_owned()));
            is_whole = false;
        }
        is_whole
    }

    fn rule(&mut self, entry: &Entry<'_, '_>) {
        let (name, require) = (self.words(entry, "name"), self.written(entry, "require"));
        let condition = entry.table.contains_key("where").then(|| self.written(entry, "where"));
        let severity = match self.word(entry, "severity", SEVERITIES) {
            Some("warning") => Severity::Warning,
            _ => Severity::Error,
        };
        let message = entry.table.contains_key("message").then(|| self.words(entry, "message")).flatten();
        let (Some(name), Some(require)) = (name, require) else { return };
        let condition = match condition {
            None => None,
            Some(Some(condition)) => Some(condition),
            Some(None) => return,
        };
        let is_taken = {
            let guardrails = &self.settings.guardrails;
            guardrails.waivable().any(|taken| *taken == *name) || names_of_plan().any(|taken| *taken == *name)
        };
        if is_taken {
            let message = format!("`{name}` is the name of another rule or of a guardrail");
            let help = "a waiver calls a rule by its name: write another one";
            let at = entry.table.get("name").map_or(entry.at.clone(), Spanned::span);
            return self.problem(codes::config::BAD_VALUE, message, at, Some(help.to_owned()));
        }
        let at = self.label(entry.at.clone());
        self.settings.guardrails.rules.push(Rule { name, at, condition, require, severity, message });
    }

    fn freeze(&mut self, entry: &Entry<'_, '_>) {
        let (from, to) = (self.date_time(entry, "from"), self.date_time(entry, "to"));
        let reason = self.words(entry, "reason");
        let except = self.exceptions(entry);
        let (Some(from), Some(to), Some(reason), Some(except)) = (from, to, reason, except) else { return };
        if to <= from {
            let at = entry.table.get("to").map_or(entry.at.clone(), Spanned::span);
            let help = "`to` is the first moment after the freeze".to_owned();
            return self.problem(
                codes::config::BAD_VALUE,
                "the freeze ends before it begins".to_owned(),
                at,
                Some(help),
            );
        }
        let at = self.label(entry.at.clone());
        self.settings.guardrails.freezes.push(Freeze { from, to, reason, except, at });
    }

    fn waiver(&mut self, entry: &Entry<'_, '_>) {
        let guardrail = self.waived(entry);
        let (until, reason) = (self.day(entry, "until"), self.words(entry, "reason"));
        let (Some(guardrail), Some(until), Some(reason)) = (guardrail, until, reason) else { return };
        let at = self.label(entry.at.clone());
        self.settings.guardrails.waivers.push(PlanWaiver { guardrail, until, reason, at });
    }

    fn waived(&mut self, entry: &Entry<'_, '_>) -> Option<&'static str> {
        let (text, at) = self.text(entry, "guardrail")?;
        let found = names_of_plan().find(|name| *name == text);
        if found.is_none() {
            let is_of_offer = Guardrail::ALL.iter().any(|guardrail| guardrail.name() == text);
            let help = match closest(&text, names_of_plan()) {
                _ if is_of_offer => format!(
                    "it is a limit of single offers: write in the offer `sync: {{waive: [{{guardrail: {text}, until: 2026-12-31, \
                     reason: {REASON_TO_FILL_IN}}}]}}`"
                ),
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the limits on whole plans are {}", quoted(&names_of_plan().collect::<Vec<_>>())),
            };
            let message = format!("`{text}` is no limit on whole plans");
            self.problem(codes::config::BAD_VALUE, message, at, Some(help));
        }
        found
    }

    /// A member that is text; its problem is reported.
    fn text(&mut self, entry: &Entry<'_, '_>, name: &str) -> Option<(String, Bytes)> {
        let value = entry.table.get(name)?;
        match value.get_ref() {
            DeValue::String(text) if !is_blank(text) && text.trim() != REASON_TO_FILL_IN => {
                Some((text.trim().to_owned(), value.span()))
            }
            other => {
                let (what, help) = match other {
                    DeValue::String(text) if is_blank(text) => ("an empty text", "put the value in quotes"),
                    DeValue::String(_) => ("the word that stands for it", "say it in words"),
                    other => (kind_of(other), "put the value in quotes"),
                };
                let of =
                    entry.rule().map_or_else(|| format!("`[[{}]]`", entry.list), |rule| format!("the rule `{rule}`"));
                let message = format!("`{name}` of {of} takes text, not {what}");
                self.problem(codes::config::WRONG_TYPE, message, value.span(), Some(help.to_owned()));
                None
            }
        }
    }

    fn words(&mut self, entry: &Entry<'_, '_>, name: &str) -> Option<Box<str>> {
        self.text(entry, name).map(|(text, _)| text.into_boxed_str())
    }

    fn word(&mut self, entry: &Entry<'_, '_>, name: &str, words: &'static [&'static str]) -> Option<&'static str> {
        let (text, at) = self.text(entry, name)?;
        let found = words.iter().copied().find(|word| *word == text);
        if found.is_none() {
            let help = closest(&text, words.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let of = entry.rule().map(|rule| format!(" of the rule `{rule}`")).unwrap_or_default();
            let message = format!("`{name}`{of} is one of {}, not `{text}`", quoted(words));
            self.problem(codes::config::BAD_VALUE, message, at, help);
        }
        found
    }

    /// A condition, with the place of its text.
    fn written(&mut self, entry: &Entry<'_, '_>, name: &str) -> Option<Written> {
        let (_, at) = self.text(entry, name)?;
        let value = entry.table.get(name)?;
        let DeValue::String(text) = value.get_ref() else { return None };
        let source = self.source.text().get(at.clone()).unwrap_or_default();
        let is_plain = source.len() == text.len() + 2 && source.get(1..=text.len()) == Some(&**text);
        Some(Written { text: Box::from(&**text), at: self.label(at), indent: is_plain.then_some(1) })
    }

    fn exceptions(&mut self, entry: &Entry<'_, '_>) -> Option<Vec<Box<str>>> {
        let Some(value) = entry.table.get("except") else { return Some(Vec::new()) };
        let wrong = |found: String, at: Bytes| (format!("`except` takes a list of actions, not {found}"), at);
        let mut problems = Vec::new();
        let mut words = Vec::new();
        match value.get_ref() {
            DeValue::Array(items) => {
                for item in items {
                    match item.get_ref() {
                        DeValue::String(word) if EXCEPTIONS.contains(&&**word) => words.push(Box::from(&**word)),
                        DeValue::String(word) => {
                            problems.push((format!("`{word}` is no action that writes"), item.span()));
                        }
                        other => problems.push(wrong(format!("of {}", kind_of(other)), item.span())),
                    }
                }
            }
            other => problems.push(wrong(kind_of(other).to_owned(), value.span())),
        }
        let is_whole = problems.is_empty();
        for (message, at) in problems {
            let help = format!("the actions are {}", quoted(EXCEPTIONS));
            self.problem(codes::config::BAD_VALUE, message, at, Some(help));
        }
        is_whole.then_some(words)
    }

    fn date_time(&mut self, entry: &Entry<'_, '_>, name: &str) -> Option<DateTime> {
        let (text, at) = self.date_text(entry, name)?;
        let value = Field::ExpirationDate.parse(&text.replacen('T', " ", 1)).ok();
        let date = value.and_then(|value| if let Value::Date(date) = value { Some(date.civil()) } else { None });
        if date.is_none() {
            let help = "write a date and a time that exist, as in `\"2026-12-20 00:00:00\"`; it is in `cake.time_zone`";
            let message = format!("`{name}`: `{text}` is no date with a time");
            self.problem(codes::config::BAD_VALUE, message, at, Some(help.to_owned()));
        }
        date
    }

    fn day(&mut self, entry: &Entry<'_, '_>, name: &str) -> Option<Date> {
        let (text, at) = self.date_text(entry, name)?;
        let day = crate::offer::day(&text);
        if day.is_none() {
            let help = "write a day that exists, as in `until = \"2026-12-31\"`; it is the last one";
            self.problem(codes::config::BAD_VALUE, format!("`{name}`: `{text}` is no day"), at, Some(help.to_owned()));
        }
        day
    }

    /// A date as text: TOML has dates of its own.
    fn date_text(&mut self, entry: &Entry<'_, '_>, name: &str) -> Option<(String, Bytes)> {
        let value = entry.table.get(name)?;
        match value.get_ref() {
            DeValue::Datetime(date) => Some((date.to_string(), value.span())),
            _ => self.text(entry, name),
        }
    }
}

/// The limits on whole plans that a waiver of `[[waivers]]` can name.
pub fn names_of_plan() -> impl Iterator<Item = &'static str> {
    let guardrails = Guardrail::ALL.iter().filter(|guardrail| guardrail.is_of_plan());
    guardrails.map(|guardrail| guardrail.name()).chain([FREEZE])
}

/// The line `[[list]]` of an entry.
fn head(text: &str, list: &str, entry: &Bytes) -> Option<Bytes> {
    let heading = format!("[[{list}]]");
    text.get(entry.clone())?.starts_with(&heading).then(|| entry.start..entry.start + heading.len())
}
