//! The styles of the terminal views. No other module here writes escape sequences.

use anstyle::{AnsiColor, Effects, Style};

use crate::plan::Verb;

/// Styles text if color is enabled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Styles {
    pub colour: bool,
}

impl Styles {
    pub(super) fn with(self, style: Style, text: &str) -> String {
        if self.colour && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.with(Style::new().effects(Effects::DIMMED), text)
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with(Style::new().effects(Effects::BOLD), text)
    }

    pub(super) fn error(self, text: &str) -> String {
        self.with(AnsiColor::Red.on_default(), text)
    }

    pub(super) fn success(self, text: &str) -> String {
        self.with(AnsiColor::Green.on_default(), text)
    }
}

pub(super) fn verb_style(verb: Verb) -> Style {
    match verb {
        Verb::Create => AnsiColor::Green.on_default(),
        Verb::Replace => AnsiColor::Magenta.on_default(),
        Verb::Restore => AnsiColor::Cyan.on_default(),
        Verb::Update => AnsiColor::Yellow.on_default(),
        Verb::Retire => AnsiColor::Red.on_default(),
        Verb::Rename | Verb::Protect | Verb::Release => Style::new().effects(Effects::DIMMED),
        Verb::Blocked => AnsiColor::Red.on_default().effects(Effects::BOLD),
    }
}

/// The symbol of a verb, the same in every view.
pub(super) fn symbol(verb: Verb) -> &'static str {
    match verb {
        Verb::Create => "+",
        Verb::Replace => "±",
        Verb::Restore => "↺",
        Verb::Update => "~",
        Verb::Retire => "-",
        Verb::Rename => ">",
        Verb::Protect => "#",
        Verb::Release => "·",
        Verb::Blocked => "!",
    }
}
