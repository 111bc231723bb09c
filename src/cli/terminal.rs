//! The terminal: the only place that writes to stdout and stderr. Results go to stdout, everything else to stderr.

use std::io::{self, BufRead, IsTerminal, Write};

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

/// The width of results in a pipe or a file.
const WIDTH_WITHOUT_TERMINAL: usize = 100;

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

    fn colours(self, is_terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && !self.no_color,
        }
    }

    /// Whether results may be coloured.
    pub(crate) fn colours_results(self) -> bool {
        self.colours(io::stdout().is_terminal())
    }

    /// Whether notes may be coloured.
    pub(crate) fn colours_notes(self) -> bool {
        self.colours(io::stderr().is_terminal())
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

    /// The width of results, in columns.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn width(self) -> usize {
        // Shells do not export COLUMNS, so it is set only where a person wants another width than the terminal's.
        let wanted = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let of_terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
        wanted.or_else(of_terminal).map_or(WIDTH_WITHOUT_TERMINAL, |columns: usize| columns.clamp(40, 400))
    }

    /// Writes a result. A closed pipe (`| head`) is not an error.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn result(self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }

    /// Prints a note to stderr, except with `--quiet`.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            self.alert(text);
        }
    }

    /// Prints a message to stderr, even with `--quiet`.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn alert(self, text: &str) {
        let mut err = io::stderr().lock();
        // stderr is closed; the error cannot be reported anywhere.
        let _ = writeln!(err, "{text}");
    }

    /// Asks a yes/no question; anything but `yes` or `y` is no.
    #[expect(clippy::unused_self, reason = "output goes only through a Terminal")]
    pub(crate) fn ask(self, question: &str) -> io::Result<bool> {
        let mut err = io::stderr().lock();
        write!(err, "{question} ")?;
        err.flush()?;
        // Release the stderr lock before blocking on stdin, or the message about an interrupt could not be printed.
        drop(err);
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_lowercase().as_str(), "yes" | "y"))
    }
}
