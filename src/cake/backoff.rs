//! How attempts follow each other: exponential waits with jitter, CAKE's own wishes first, and the stop signal above all.
//!
//! Knows neither reads nor writes; they say which of their failures may be tried again.

use std::time::Duration;

use backon::ExponentialBuilder;
use tokio_util::sync::CancellationToken;

use super::client::Client;

/// The waits between the attempts at one thing.
pub(super) fn waits(client: &Client) -> ExponentialBuilder {
    let retry = client.options().retry;
    ExponentialBuilder::default()
        .with_min_delay(retry.first_wait)
        .with_max_delay(retry.longest_wait)
        .with_max_times(usize::try_from(retry.attempts.saturating_sub(1)).unwrap_or(usize::MAX))
        .with_jitter()
}

/// Makes everybody wait as long as CAKE asked, whether or not this request has an attempt left.
pub(super) fn apply_retry_after(client: &Client, asked: Option<Duration>) {
    if let Some(pause) = asked {
        client.rate_limiter().pause(pause);
    }
}

/// The wait before the next attempt: what CAKE asked for, or else ours. `None` ends the attempts.
///
/// `throttled`: all requests have to wait, not only this one, also where CAKE did not say how long.
pub(super) fn next_wait(
    client: &Client,
    asked: Option<Duration>,
    ours: Option<Duration>,
    throttled: bool,
) -> Option<Duration> {
    let longest = client.options().retry.longest_wait;
    // Jitter may have taken ours beyond the limit.
    let ours = ours?.min(longest);
    let wait = match asked {
        Some(asked) if asked > longest => return None,
        Some(asked) => asked.max(ours),
        None => ours,
    };
    if throttled {
        client.rate_limiter().pause(wait);
    }
    Some(wait)
}

/// Sleeps, but no longer than until the stop signal.
pub(super) fn sleeper(
    stop: &CancellationToken,
) -> impl Fn(Duration) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + use<> {
    let stop = stop.clone();
    move |wait| {
        let stop = stop.clone();
        Box::pin(async move {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => {}
            }
        })
    }
}
