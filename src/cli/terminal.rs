//! The terminal: the only place that writes to stdout and stderr, and it takes [`Printable`] texts only. Results go to stdout, everything else to stderr.

#![expect(clippy::disallowed_methods, reason = "everywhere else, they would go past this")]

use std::io::{self, BufRead, IsTerminal, Write};

use super::printable::Printable;
use crate::diagnostic::TextForm;

/// When to use color
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The width of a text that no terminal shows.
const WIDTH_WITHOUT_TERMINAL: usize = 100;

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Stdout,
    Stderr,
    File,
}

impl Target {
    pub(crate) fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
            Self::File => false,
        }
    }

    fn width(self) -> Option<usize> {
        let size = match self {
            Self::Stdout => terminal_size::terminal_size_of(io::stdout()),
            Self::Stderr => terminal_size::terminal_size_of(io::stderr()),
            Self::File => None,
        };
        size.map(|(width, _)| usize::from(width.0))
    }
}

/// The columns of what shows a text; `None` where no terminal does, and a person wants no width.
fn columns(target: Target) -> Option<usize> {
    // Shells do not export COLUMNS, so it is set only where a person wants another width than the terminal's.
    let wanted = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|_| target != Target::File);
    wanted.or_else(|| target.width()).map(|columns: usize| columns.clamp(40, 400))
}

/// The output streams and their settings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    color: ColorChoice,
    quiet: bool,
    no_color: bool,
}

impl Terminal {
    /// A terminal for this process.
    pub(crate) fn new(color: ColorChoice, quiet: bool) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { color, quiet, no_color }
    }

    /// Whether a text may be coloured.
    pub(crate) fn colours(self, target: Target) -> bool {
        match self.color {
            _ if target == Target::File => false,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => target.is_terminal() && !self.no_color,
        }
    }

    /// Whether the user can be asked.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn can_ask(self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether progress may be drawn.
    pub(crate) fn shows_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// The width of a text, in columns.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn width(self, target: Target) -> usize {
        columns(target).unwrap_or(WIDTH_WITHOUT_TERMINAL)
    }

    /// How a text is written there.
    pub(crate) fn form(self, target: Target) -> TextForm {
        TextForm { colour: self.colours(target), columns: columns(target) }
    }

    /// Writes a result. A closed pipe (`| head`) is not an error.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn result(self, text: impl Into<Printable>) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.into().as_str().as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }

    /// Prints a note to stderr, except with `--quiet`.
    pub(crate) fn note(self, text: impl Into<Printable>) {
        if !self.quiet {
            self.alert(text);
        }
    }

    /// Prints a message to stderr, even with `--quiet`.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn alert(self, text: impl Into<Printable>) {
        let text = text.into();
        let mut err = io::stderr().lock();
        // stderr is closed; the error cannot be reported anywhere.
        let _ = writeln!(err, "{}", text.as_str());
    }

    /// Asks a yes/no question below a text that it is about; anything but `yes` or `y` is no.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn ask(self, about: Option<&Printable>, question: &Printable) -> io::Result<bool> {
        let mut err = io::stderr().lock();
        if let Some(text) = about {
            writeln!(err, "{}", text.as_str())?;
        }
        discard_typed_ahead()?;
        write!(err, "{} ", question.as_str())?;
        err.flush()?;
        // Release the stderr lock before blocking on stdin, or the message about an interrupt could not be printed.
        drop(err);
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "yes" | "y"))
    }
}

/// A line that was typed before the question is shown cannot be an answer to it.
#[cfg(unix)]
fn discard_typed_ahead() -> io::Result<()> {
    Ok(rustix::termios::tcflush(io::stdin(), rustix::termios::QueueSelector::IFlush)?)
}

#[cfg(not(unix))]
fn discard_typed_ahead() -> io::Result<()> {
    Ok(())
}
