//! A text that may be printed, by what it may hold. Invariant: nothing in it acts on a terminal, a CI runner or a reader's eyes except
//! what offersync put there on purpose.

use std::borrow::Cow;

use crate::inert;

/// Only these constructors make one, and [`Terminal`](super::terminal::Terminal) takes nothing else. Plain texts become one by themselves:
/// for them there is nothing to forget.
#[derive(Debug)]
pub(crate) struct Printable(String);

impl Printable {
    /// A view or a message that has offersync's styles if `colour`; what it quotes was escaped before it was styled.
    pub(crate) fn styled(text: String, colour: bool) -> Self {
        Self::keep(text, if colour { inert::styled } else { inert::text })
    }

    /// A complete JSON document.
    pub(crate) fn json(document: String) -> Self {
        Self::keep(document, inert::json)
    }

    /// A page, in which what is quoted was escaped already: a line of it is no command, and nothing in it is invisible.
    pub(crate) fn html(page: String) -> Self {
        Self::keep(page, inert::text)
    }

    /// A calendar, whose lines end as RFC 5545 has it.
    pub(crate) fn calendar(document: &str) -> Self {
        Self(document.split("\r\n").map(inert::text).collect::<Vec<_>>().join("\r\n"))
    }

    /// Annotations of a workflow, between plain lines.
    pub(crate) fn annotations(text: String) -> Self {
        Self::keep(text, inert::annotations)
    }

    /// Without the empty lines and the line end at its end.
    pub(crate) fn trim_end(mut self) -> Self {
        self.0.truncate(self.0.trim_end().len());
        self
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn keep(text: String, inert: impl Fn(&str) -> Cow<'_, str>) -> Self {
        let changed = match inert(&text) {
            Cow::Owned(changed) => changed,
            Cow::Borrowed(_) => return Self(text),
        };
        Self(changed)
    }
}

impl From<String> for Printable {
    fn from(text: String) -> Self {
        Self::keep(text, inert::text)
    }
}

impl From<&String> for Printable {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Printable {
    fn from(text: &str) -> Self {
        Self(inert::text(text).into_owned())
    }
}
