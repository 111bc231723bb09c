//! How attempts follow each other: exponential waits with jitter, a Retry-After in place of ours, and the end on cancellation.
//!
//! Knows neither reads nor writes; they say which of their failures may be tried again. Invariant: a Retry-After is never
//! shortened; nothing is sent before it ends.

use std::pin::Pin;
use std::time::Duration;

use backon::ExponentialBuilder;
use tokio_util::sync::CancellationToken;

use crate::words::count;

use super::options::Options;
use super::rate_limiter::RateLimiter;
use super::reply::UNREADABLE_PAUSE;

/// The waits between the attempts at one thing.
pub(super) fn waits(options: &Options) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(options.first_wait)
        .with_max_delay(options.longest_wait)
        .with_max_times(usize::try_from(options.attempts.saturating_sub(1)).unwrap_or(usize::MAX))
        .with_jitter()
}

/// Applies Retry-After to the whole client, even if this request is not retried.
pub(super) fn apply_retry_after(limiter: &RateLimiter, retry_after: Option<Duration>) {
    if let Some(pause) = retry_after {
        limiter.pause(pause);
    }
}

/// The wait before the next attempt: at least the Retry-After, otherwise the exponential wait. `None` ends the attempts.
pub(super) fn next_wait(options: &Options, retry_after: Option<Duration>, ours: Option<Duration>) -> Option<Duration> {
    // Jitter may have taken ours beyond the limit.
    let ours = ours?.min(options.longest_wait);
    match retry_after {
        Some(asked) if asked > options.longest_wait => None,
        Some(asked) => Some(asked.max(ours)),
        None => Some(ours),
    }
}

/// What a failed attempt says, with the pause that CAKE asked for if nothing waits that long.
pub(super) fn with_pause(options: &Options, message: &str, retry_after: Option<Duration>) -> String {
    match retry_after {
        Some(UNREADABLE_PAUSE) => format!("{message}; CAKE asked for a pause that cannot be read (`Retry-After`)"),
        Some(pause) if pause > options.longest_wait => {
            format!("{message}; CAKE asked for a pause of {}", count_of_seconds(pause))
        }
        _ => message.to_owned(),
    }
}

/// The message of the last failure as it is shown, and how many attempts failed.
pub(super) fn counted<'a>(shown: &str, last: &str, all: impl ExactSizeIterator<Item = &'a str>) -> String {
    match all.len() {
        0 | 1 => shown.to_owned(),
        times if all.into_iter().all(|message| message == last) => format!("{shown} ({times} times)"),
        times => format!("{shown} (the last of {times} attempts)"),
    }
}

fn count_of_seconds(pause: Duration) -> String {
    count(usize::try_from(pause.as_secs()).unwrap_or(usize::MAX), "second")
}

/// Sleeps, but not longer than until cancellation.
pub(super) fn sleeper(
    stop: &CancellationToken,
) -> impl Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + use<> {
    let stop = stop.clone();
    move |wait| {
        let stop = stop.clone();
        Box::pin(async move {
            stop.run_until_cancelled(tokio::time::sleep(wait)).await;
        })
    }
}
