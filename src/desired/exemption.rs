//! The lists of exemptions under `sync:`: each entry is a mapping of a few texts, one of which is the reason.
//!
//! Owns their shape and its errors; what the texts mean is known by who reads such a list.

use super::events::shorten;
use super::node::{Document, Entry, Node, Used};
use super::problems::Problems;
use super::scalar::Meaning;
use super::value::scalar;
use crate::characters::is_blank;
use crate::diagnostic::{closest, codes};
use crate::offer::REASON_TO_FILL_IN;
use crate::source::Span;

/// A list of exemptions.
pub(super) struct ExemptionList {
    /// Its name, such as `sync.allow`.
    pub(super) name: &'static str,
    /// What its entries are, such as `lints with their reasons`.
    pub(super) entries: &'static str,
    /// The members of an entry, each with what it is. Every one is needed; `reason` is among them.
    pub(super) members: &'static [(&'static str, &'static str)],
    /// How to write an entry.
    pub(super) example: &'static str,
    /// What a reason says.
    pub(super) reason: &'static str,
}

/// The members of one entry, in their order, with the place of the first.
pub(super) struct Exemption<'d> {
    pub(super) values: Vec<(&'d str, Span)>,
}

impl ExemptionList {
    /// The entries that have every member; the problem of any other is reported.
    pub(super) fn read<'d>(
        &self,
        document: &'d Document<'_>,
        setting: &Entry<'_>,
        problems: &mut Problems<'_, '_>,
    ) -> Vec<Exemption<'d>> {
        match document.node(setting.value) {
            Node::Sequence(items) => items.iter().filter_map(|item| self.item(document, *item, problems)).collect(),
            Node::Broken => Vec::new(),
            other => {
                let message = format!("`{}` takes a list of {}, not {}", self.name, self.entries, other.kind());
                problems.error(codes::offer::SYNC_SETTING, setting.value.span, message, self.example);
                Vec::new()
            }
        }
    }

    fn item<'d>(
        &self,
        document: &'d Document<'_>,
        item: Used,
        problems: &mut Problems<'_, '_>,
    ) -> Option<Exemption<'d>> {
        let entries = match document.node(item) {
            Node::Mapping(entries) => entries,
            Node::Broken => return None,
            other => {
                let message = format!("`{}` takes {}, not {}", self.name, self.entries, other.kind());
                problems.error(codes::offer::SYNC_SETTING, item.span, message, self.example);
                return None;
            }
        };
        let names = || self.members.iter().map(|(name, _)| *name);
        for entry in entries.iter().filter(|entry| !names().any(|name| *entry.name == *name)) {
            let help = match closest(&entry.name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => self.example.to_owned(),
            };
            let message = format!("`{}` has no setting `{}`", self.name, shorten(&entry.name));
            problems.error(codes::offer::SYNC_SETTING, entry.span, message, help);
        }
        let mut values = Vec::new();
        let mut at = item.span;
        for (name, what) in self.members {
            let Some(entry) = entries.iter().find(|entry| *entry.name == **name) else {
                let help = if *name == "reason" {
                    format!("add `reason:` and {}", self.reason)
                } else {
                    self.example.to_owned()
                };
                let message = format!("`{}` needs {what}", self.name);
                problems.error(codes::offer::SYNC_SETTING, at, message, help);
                return None;
            };
            at = entry.value.span;
            values.push((self.text(name, what, document, entry, problems)?, at));
        }
        Some(Exemption { values })
    }

    fn text<'d>(
        &self,
        name: &str,
        what: &str,
        document: &'d Document<'_>,
        entry: &Entry<'_>,
        problems: &mut Problems<'_, '_>,
    ) -> Option<&'d str> {
        let (text, _, meaning) = scalar(self.name, what, document, entry, problems)?;
        let is_to_fill_in = text.trim() == REASON_TO_FILL_IN;
        if name != "reason" || (meaning == Meaning::Text && !is_blank(text) && !is_to_fill_in) {
            return Some(text.trim());
        }
        let message = if is_to_fill_in {
            format!("`{REASON_TO_FILL_IN}` stands where the reason of `{}` is to be written", self.name)
        } else {
            format!("the reason of `{}` is empty or no text", self.name)
        };
        problems.error(codes::offer::SYNC_SETTING, entry.value.span, message, self.reason);
        None
    }
}
