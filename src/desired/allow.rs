//! `sync.allow`: the lints that an offer, or every offer below a `_defaults.yaml`, is exempt from. Each needs a reason.

use std::sync::Arc;

use super::events::shorten;
use super::exemption::{Exemption, ExemptionList};
use super::node::{Document, Entry};
use super::problems::Problems;
use crate::diagnostic::{closest, codes};
use crate::offer::AllowedLint;
use crate::source::Span;

const LIST: ExemptionList = ExemptionList {
    name: "sync.allow",
    entries: "lints with their reasons",
    members: &[("lint", "the name of a lint"), ("reason", "a reason")],
    example: "write `allow: [{lint: url::http, reason: the partner has no TLS}]`",
    reason: "say in words why the finding is right as it is",
};

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
    for Exemption { values } in LIST.read(document, setting, problems) {
        let [(lint, span), (reason, _)] = values[..] else { continue };
        let Some(lint) = lint_named(lint, span, problems) else { continue };
        if allowed.iter().any(|earlier| earlier.lint == lint) {
            let message = format!("`sync.allow` has `{lint}` twice");
            problems.error(codes::offer::SYNC_SETTING, span, message, "remove one of them");
            continue;
        }
        allowed.push(Arc::new(AllowedLint { lint, reason: Box::from(reason), place: problems.place(span) }));
    }
    allowed
}

fn lint_named(text: &str, span: Span, problems: &mut Problems<'_, '_>) -> Option<&'static str> {
    if let Some(code) = codes::lints().find(|code| code.name == text) {
        return Some(code.name);
    }
    let help = match closest(text, codes::lints().map(|code| code.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`offersync schema offer` lists the lints".to_owned(),
    };
    let message = match codes::find(text) {
        Some(_) => format!("`{text}` is not a lint, so it cannot be allowed"),
        None => format!("there is no lint `{}`", shorten(text)),
    };
    problems.error(codes::offer::SYNC_SETTING, span, message, help);
    None
}
