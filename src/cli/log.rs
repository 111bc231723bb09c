//! The log of `-v` on stderr. It goes through the terminal, so it has colours where messages have them, and nothing in it acts.

use std::io::{self, Write};

use super::context::Context;
use super::printable::Printable;
use super::terminal::{Target, Terminal};

/// Warnings of libraries, and offersync's messages from info on; every request with `-vv`.
pub(super) fn start(context: &Context) {
    let level = match context.common.verbose {
        0 => return,
        1 => "offersync=info",
        _ => "offersync=debug",
    };
    let filter = tracing_subscriber::EnvFilter::new(level);
    let terminal = context.terminal;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(terminal.colours(Target::Stderr));
    // Only tests install a second subscriber; the first one stays.
    let _ = log.with_writer(move || LogWriter(terminal)).without_time().try_init();
}

/// Gets one whole message at a time.
struct LogWriter(Terminal);

impl Write for LogWriter {
    fn write(&mut self, message: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(message);
        let text = text.strip_suffix('\n').unwrap_or(&text).to_owned();
        self.0.alert(Printable::styled(text, self.0.colours(Target::Stderr)));
        Ok(message.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
