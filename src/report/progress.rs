//! A bar on the terminal while an apply runs. Silent where stderr is no terminal and with `-q`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::apply::{ActionOutcome, Event, Observer};

use super::escape::visible;

/// Redraw interval while no event arrives.
const TICK: Duration = Duration::from_millis(250);
/// The bar with counts, rate and time left.
const BAR: &str = "{wide_bar} {pos}/{len}  {per_sec}  {eta} left{msg}";
/// The template while the total is unknown.
const SPINNER: &str = "{spinner} {msg}";

/// The progress of an apply on stderr. Dropping it clears the line.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    failed: AtomicUsize,
}

impl Progress {
    /// A bar if `visible`; else nothing is ever written.
    pub fn new(visible: bool) -> Self {
        let bar = if visible {
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10))
        } else {
            ProgressBar::hidden()
        };
        set_style(&bar, SPINNER);
        Self { bar, failed: AtomicUsize::new(0) }
    }

    /// The number of actions that have failed so far.
    pub fn failed(&self) -> usize {
        self.failed.load(Ordering::Relaxed)
    }

    /// Takes the bar away while something else is written to the terminal.
    pub fn suspended<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    fn say(&self, text: &str) {
        let failed = match self.failed() {
            0 => String::new(),
            count => format!("  {count} failed"),
        };
        let text = visible(text);
        let separator = if text.is_empty() { "" } else { "  " };
        self.bar.set_message(format!("{failed}{separator}{text}"));
    }
}

/// Falls back to the default style if a template is invalid.
fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

/// What an apply waits for, and until when; `None` for other events and for a wait that is over at once.
pub fn waiting(event: &Event) -> Option<String> {
    let Event::Settling { wait, reason } = event else { return None };
    let seconds = wait.as_secs();
    let end = jiff::Timestamp::now().checked_add(*wait).ok()?;
    (seconds > 0).then(|| {
        format!("Waiting until {} ({seconds} s): {reason}. Ctrl-C ends the wait.", end.strftime("%H:%M:%S UTC"))
    })
}

impl Observer for Progress {
    fn notice(&self, event: &Event) {
        match event {
            Event::Started { actions } => {
                set_style(&self.bar, BAR);
                self.bar.set_length(u64::try_from(*actions).unwrap_or(u64::MAX));
                self.bar.reset();
                self.bar.enable_steady_tick(TICK);
            }
            Event::Listing { rows, total } => self.say(&match total {
                Some(total) => format!("looking in CAKE: {rows} of {total} offers"),
                None => format!("looking in CAKE: {rows} offers"),
            }),
            Event::FollowingLinks { done, total } => self.say(&format!("following links: {done} of {total}")),
            Event::Settling { .. } => self.say(&waiting(event).unwrap_or_default()),
            Event::Retrying { key, attempt, pause, reason } => {
                let seconds = pause.as_secs_f64();
                self.say(&format!("{key}: attempt {attempt} failed ({reason}), again in {seconds:.1} s"));
            }
            Event::Sending { .. } => {}
            Event::Finished(result) => {
                // What was skipped, as after Ctrl-C, was not tried.
                if !matches!(result.outcome, ActionOutcome::Done | ActionOutcome::Skipped) {
                    self.failed.fetch_add(1, Ordering::Relaxed);
                }
                self.bar.inc(1);
                self.say("");
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::ActionResult;
    use crate::offer::Key;
    use crate::plan::Verb;

    #[test]
    fn failures_are_counted_and_the_bar_moves() {
        let progress = Progress::new(false);
        progress.notice(&Event::Started { actions: 4 });
        for outcome in [ActionOutcome::Done, ActionOutcome::Rejected, ActionOutcome::InDoubt, ActionOutcome::Skipped] {
            let key = Key::new("a").unwrap();
            let result = ActionResult {
                key,
                verb: Verb::Update,
                offer_id: None,
                outcome,
                message: None,
                attempts: 1,
                content_refused: false,
                is_half_done: false,
                is_waiting: false,
                contradictions: vec![],
                due_since: None,
                done_at: None,
            };
            progress.notice(&Event::Finished(result));
        }
        assert_eq!((progress.failed(), progress.bar.position(), progress.bar.length()), (2, 4, Some(4)));
        assert_eq!(progress.bar.message(), "  2 failed");
    }

    #[test]
    fn the_templates_are_valid() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }
}
