//! The `sync:` mapping: offersync's own settings of an offer, or of all offers below a `_defaults.yaml`.

use std::sync::Arc;

use super::allow;
use super::events::shorten;
use super::fields::{Role, field_named};
use super::node::{Document, Entry, Node, Style};
use super::problems::Problems;
use super::scalar::{Meaning, meaning};
use super::schedule;
use super::value::scalar;
use super::waive;
use crate::config::Names;
use crate::diagnostic::{closest, codes};
use crate::offer::{
    AllowedLint, Field, FieldSet, HasSettings, Key, OnCreateOnlyChange, ScheduleEntry, SyncSettings, Waiver,
};
use crate::source::Span;

pub(super) const SETTINGS: [&str; 8] =
    ["key", "renamed_from", "protect", "on_create_only_change", "ignore_changes", "allow", "waive", "schedule"];

/// The settings in one document.
#[derive(Debug, Clone, Default)]
pub(super) struct SyncDraft {
    /// `key`, if present, and its value, if valid.
    pub(super) key: Option<(Option<Key>, Span)>,
    pub(super) renamed_from: Option<(Key, Span)>,
    protect: Option<bool>,
    on_create_only_change: Option<OnCreateOnlyChange>,
    ignore_changes: Option<FieldSet>,
    pub(super) allowed: Vec<Arc<AllowedLint>>,
    pub(super) waivers: Vec<Arc<Waiver>>,
    pub(super) schedule: Vec<Arc<ScheduleEntry>>,
    pub(super) has: HasSettings,
}

impl SyncDraft {
    /// These settings, or else the inherited ones. `key` and `renamed_from` belong to one offer and are not inherited.
    pub(super) fn or(&self, outer: &Self) -> Self {
        Self {
            key: self.key.clone(),
            renamed_from: self.renamed_from.clone(),
            protect: self.protect.or(outer.protect),
            on_create_only_change: self.on_create_only_change.or(outer.on_create_only_change),
            ignore_changes: self.ignore_changes.or(outer.ignore_changes),
            // Each has a reason of its own, so that a nearer list adds to the outer one.
            allowed: allow::joined(&self.allowed, &outer.allowed),
            waivers: waive::joined(&self.waivers, &outer.waivers),
            schedule: schedule::joined(&self.schedule, &outer.schedule),
            has: self.has,
        }
    }

    pub(super) fn settings(&self) -> SyncSettings {
        SyncSettings {
            renamed_from: self.renamed_from.as_ref().map(|(key, _)| key.clone()),
            protect: self.protect.unwrap_or(false),
            on_create_only_change: self.on_create_only_change.unwrap_or_default(),
            ignore_changes: self.ignore_changes.unwrap_or_default(),
        }
    }
}

pub(super) fn read(
    document: &Document<'_>,
    entry: &Entry<'_>,
    role: Role,
    names: &Names,
    problems: &mut Problems<'_, '_>,
) -> SyncDraft {
    let mut draft = SyncDraft::default();
    let entries = match document.node(entry.value) {
        Node::Mapping(entries) => entries,
        Node::Broken => return draft,
        Node::Scalar { text, style } if meaning(text, *style) == Meaning::Null => {
            let help = "remove the line, or write settings below it, indented by two spaces";
            problems.error(codes::offer::EMPTY_VALUE, entry.span, "`sync` has no settings", help);
            return draft;
        }
        other => {
            let message = format!("`sync` takes settings below it, not {}", other.kind());
            let help = "write `sync:` and below it, indented by two spaces, lines such as `protect: true`";
            problems.error(codes::offer::SYNC_SETTING, entry.value.span, message, help);
            return draft;
        }
    };
    draft.has = HasSettings { sync: true, waive: entries.iter().any(|entry| entry.name == "waive") };
    for setting in entries {
        if setting.name == "schedule" {
            draft.schedule = schedule::read(document, setting, names, problems);
        } else {
            read_setting(&mut draft, document, setting, role, problems);
        }
    }
    draft
}

fn read_setting(
    draft: &mut SyncDraft,
    document: &Document<'_>,
    setting: &Entry<'_>,
    role: Role,
    problems: &mut Problems<'_, '_>,
) {
    match &*setting.name {
        name @ ("key" | "renamed_from") if role == Role::Defaults => {
            let help = "write it in the offer's own file";
            let message = format!("`sync.{name}` belongs to one offer and cannot be a default");
            problems.error(codes::offer::SYNC_SETTING, setting.span, message, help);
        }
        "key" => {
            draft.key = Some((read_key("sync.key", document, setting, problems), setting.value.span));
        }
        "renamed_from" => {
            let key = read_key("sync.renamed_from", document, setting, problems);
            draft.renamed_from = key.map(|key| (key, setting.value.span));
        }
        "protect" => draft.protect = read_bool(document, setting, problems),
        "on_create_only_change" => draft.on_create_only_change = read_change(document, setting, problems),
        "ignore_changes" => draft.ignore_changes = Some(read_fields(document, setting, problems)),
        "allow" => draft.allowed = allow::read(document, setting, problems),
        "waive" => draft.waivers = waive::read(document, setting, problems),
        name => {
            let help = match closest(name, SETTINGS) {
                Some(near) => format!("did you mean `{near}`?"),
                None if field_named(name).is_some() => "a field of the offer is not indented below `sync:`".to_owned(),
                None => format!("the settings are: {}", SETTINGS.join(", ")),
            };
            let message = format!("unknown setting `sync.{}`", shorten(name));
            problems.error(codes::offer::SYNC_SETTING, setting.span, message, help);
        }
    }
}

fn read_key(name: &str, document: &Document<'_>, setting: &Entry<'_>, problems: &mut Problems<'_, '_>) -> Option<Key> {
    // A key of digits needs no quotes: the text of the scalar counts, not its type.
    let (text, ..) = scalar(name, "a key", document, setting, problems)?;
    Key::new(text)
        .map_err(|error| {
            let help = match suggest(text) {
                Some(key) => format!("for example `{key}`"),
                None => "for example `home-warranty-premium`".to_owned(),
            };
            let message = format!("`{name}` is not a valid key: {error}");
            problems.error(codes::tree::BAD_KEY, setting.value.span, message, help);
        })
        .ok()
}

/// A valid key similar to a text.
pub(super) fn suggest(text: &str) -> Option<Key> {
    // Letters of other scripts have no unique transliteration, so there is no suggestion.
    if text.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
        return None;
    }
    let mut key = String::new();
    for c in text.trim().chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' | '.' | '_' | '-' => key.push(c),
            _ if key.ends_with('-') => {}
            _ => key.push('-'),
        }
    }
    Key::new(key.trim_matches(['-', '.', '_'])).ok()
}

fn read_bool(document: &Document<'_>, setting: &Entry<'_>, problems: &mut Problems<'_, '_>) -> Option<bool> {
    let (text, style, meaning) = scalar("sync.protect", "true or false", document, setting, problems)?;
    if meaning == Meaning::Bool {
        return Some(text.eq_ignore_ascii_case("true"));
    }
    let help = "write `true` or `false`, without quotes";
    let quote = if style == Style::Plain { "" } else { "\"" };
    let message = format!("`sync.protect` takes true or false, not `{quote}{}{quote}`", shorten(text));
    problems.error(codes::offer::SYNC_SETTING, setting.value.span, message, help);
    None
}

fn read_change(
    document: &Document<'_>,
    setting: &Entry<'_>,
    problems: &mut Problems<'_, '_>,
) -> Option<OnCreateOnlyChange> {
    const WORDS: [&str; 2] = ["block", "replace"];
    let (text, ..) = scalar("sync.on_create_only_change", "a word", document, setting, problems)?;
    match text {
        "block" => Some(OnCreateOnlyChange::Block),
        "replace" => Some(OnCreateOnlyChange::Replace),
        _ => {
            let help = match closest(text, WORDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`block` stops the change; `replace` creates a new offer and retires this one".to_owned(),
            };
            let message = format!("`sync.on_create_only_change` is `block` or `replace`, not `{}`", shorten(text));
            problems.error(codes::offer::SYNC_SETTING, setting.value.span, message, help);
            None
        }
    }
}

fn read_fields(document: &Document<'_>, setting: &Entry<'_>, problems: &mut Problems<'_, '_>) -> FieldSet {
    let mut fields = FieldSet::default();
    let items = match document.node(setting.value) {
        Node::Sequence(items) => items,
        Node::Broken => return fields,
        other => {
            let help = "write `ignore_changes: [payout]`";
            let message = format!("`sync.ignore_changes` takes a list of fields, not {}", other.kind());
            problems.error(codes::offer::SYNC_SETTING, setting.value.span, message, help);
            return fields;
        }
    };
    for item in items {
        match document.node(*item) {
            Node::Scalar { text, .. } => match field_named(text) {
                Some((field, _)) => fields.insert(field),
                None => unknown_ignored(text, item.span, problems),
            },
            Node::Broken => {}
            other => {
                let message = format!("`sync.ignore_changes` takes names of fields, not {}", other.kind());
                problems.error(
                    codes::offer::SYNC_SETTING,
                    item.span,
                    message,
                    "write `ignore_changes: [payout, revenue]`",
                );
            }
        }
    }
    fields
}

fn unknown_ignored(text: &str, span: Span, problems: &mut Problems<'_, '_>) {
    let help = match closest(text, Field::ALL.into_iter().map(Field::name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the fields are: {}", Field::ALL.map(Field::name).join(", ")),
    };
    let message = format!("unknown field `{}`", shorten(text));
    problems.error(codes::offer::SYNC_SETTING, span, message, help);
}
