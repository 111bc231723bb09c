//! `sync.allow`: the lints that an offer, or every offer below a `_defaults.yaml`, is exempt from. Each needs a reason.

use std::sync::Arc;

use super::events::shorten;
use super::node::{Document, Entry, Node, Used};
use super::problems::Problems;
use super::scalar::Meaning;
use super::value::scalar;
use crate::diagnostic::{closest, codes};
use crate::offer::AllowedLint;
use crate::source::Span;

const EXAMPLE: &str = "write `allow: [{lint: url::http, reason: the partner has no TLS}]`";

/// The own lints, and those of the outer level that are not among them.
pub(super) fn joined(own: &[Arc<AllowedLint>], outer: &[Arc<AllowedLint>]) -> Vec<Arc<AllowedLint>> {
    let is_own = |lint: &str| own.iter().any(|allowed| allowed.lint == lint);
    own.iter().chain(outer.iter().filter(|allowed| !is_own(allowed.lint))).cloned().collect()
}

pub(super) fn read(
    document: &Document<'_>,
    setting: &Entry<'_>,
    problems: &mut Problems<'_, '_>,
) -> Vec<Arc<AllowedLint>> {
    let mut allowed: Vec<Arc<AllowedLint>> = Vec::new();
    let items = match document.node(setting.value) {
        Node::Sequence(items) => items,
        Node::Broken => return allowed,
        other => {
            let message = format!("`sync.allow` takes a list of lints, not {}", other.kind());
            problems.error(codes::offer::SYNC_SETTING, setting.value.span, message, EXAMPLE);
            return allowed;
        }
    };
    for item in items {
        let Some((lint, reason, span)) = read_item(document, *item, problems) else { continue };
        if allowed.iter().any(|earlier| earlier.lint == lint) {
            let message = format!("`sync.allow` has `{lint}` twice");
            problems.error(codes::offer::SYNC_SETTING, span, message, "remove one of them");
            continue;
        }
        allowed.push(Arc::new(AllowedLint { lint, reason, place: problems.place(span) }));
    }
    allowed
}

fn read_item(
    document: &Document<'_>,
    item: Used,
    problems: &mut Problems<'_, '_>,
) -> Option<(&'static str, Box<str>, Span)> {
    let entries = match document.node(item) {
        Node::Mapping(entries) => entries,
        Node::Broken => return None,
        other => {
            let message = format!("`sync.allow` takes lints with their reasons, not {}", other.kind());
            problems.error(codes::offer::SYNC_SETTING, item.span, message, EXAMPLE);
            return None;
        }
    };
    let (mut lint, mut reason, errors) = (None, None, problems.errors());
    for entry in entries {
        match &*entry.name {
            "lint" => lint = read_lint(document, entry, problems),
            "reason" => reason = read_reason(document, entry, problems),
            name => {
                let help = match closest(name, ["lint", "reason"]) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => EXAMPLE.to_owned(),
                };
                let message = format!("`sync.allow` has no setting `{}`", shorten(name));
                problems.error(codes::offer::SYNC_SETTING, entry.span, message, help);
            }
        }
    }
    if let (Some((lint, span)), Some(reason)) = (lint, reason) {
        return Some((lint, reason, span));
    }
    let has = |name: &str| entries.iter().any(|entry| entry.name == name);
    if !has("lint") {
        problems.error(codes::offer::SYNC_SETTING, item.span, "`sync.allow` needs the name of a lint", EXAMPLE);
    } else if !has("reason") {
        let at = lint.map_or(item.span, |(_, span)| span);
        let help = "add `reason:` and say why the finding is right as it is";
        problems.error(codes::offer::SYNC_SETTING, at, "`sync.allow` needs a reason", help);
    }
    debug_assert!(problems.errors() > errors, "a rejected entry has an error");
    None
}

fn read_lint(
    document: &Document<'_>,
    entry: &Entry<'_>,
    problems: &mut Problems<'_, '_>,
) -> Option<(&'static str, Span)> {
    let (text, ..) = scalar("sync.allow", "the name of a lint", document, entry, problems)?;
    if let Some(code) = codes::lints().find(|code| code.name == text) {
        return Some((code.name, entry.value.span));
    }
    let help = match closest(text, codes::lints().map(|code| code.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`offersync schema offer` lists the lints".to_owned(),
    };
    let message = match codes::find(text) {
        Some(_) => format!("`{text}` is not a lint, so it cannot be allowed"),
        None => format!("there is no lint `{}`", shorten(text)),
    };
    problems.error(codes::offer::SYNC_SETTING, entry.value.span, message, help);
    None
}

fn read_reason(document: &Document<'_>, entry: &Entry<'_>, problems: &mut Problems<'_, '_>) -> Option<Box<str>> {
    let (text, _, meaning) = scalar("sync.allow", "a reason", document, entry, problems)?;
    if meaning == Meaning::Text && !text.trim().is_empty() {
        return Some(Box::from(text.trim()));
    }
    let help = "say in words why the finding is right as it is";
    problems.error(
        codes::offer::SYNC_SETTING,
        entry.value.span,
        "the reason of `sync.allow` is empty or no text",
        help,
    );
    None
}
