//! The rate limiter, on a clock that only the tests move.

use std::time::Duration;

use tokio::time::Instant;

use super::super::rate_limiter::{PauseTooLong, RateLimiter};

const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// When each of so many tokens was acquired, from the start.
async fn acquired(rate_limiter: &RateLimiter, count: usize) -> Vec<Duration> {
    let start = Instant::now();
    let mut times = Vec::new();
    for _ in 0..count {
        rate_limiter.acquire().await.unwrap();
        times.push(start.elapsed());
    }
    times
}

#[tokio::test(start_paused = true)]
async fn without_a_rate_there_is_no_wait() {
    let times = acquired(&RateLimiter::new(0, LONGEST_WAIT), 1000).await;
    assert_eq!(times.last(), Some(&Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_rate_is_kept_and_reached() {
    for rate in [1, 3, 10, 250, 2000] {
        let times = acquired(&RateLimiter::new(rate, LONGEST_WAIT), 1001).await;
        let taken = times[1000].as_micros();
        let ideal = 1_000_000_000 / u128::from(rate);
        assert!(taken + 5_000 >= ideal, "{rate} a second was exceeded: {taken} µs for 1,000");
        assert!(taken <= ideal + ideal / 20 + 10_000, "{rate} a second was not reached: {taken} µs for 1,000");
        for pair in times.windows(2 + usize::try_from(rate).unwrap()) {
            let window = pair[pair.len() - 1].saturating_sub(pair[0]);
            assert!(window >= Duration::from_millis(990), "more than {rate} tokens within {window:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn idle_time_is_not_saved_up() {
    let rate_limiter = RateLimiter::new(10, LONGEST_WAIT);
    acquired(&rate_limiter, 1).await;
    tokio::time::advance(Duration::from_secs(100)).await;
    let times = acquired(&rate_limiter, 3).await;
    assert!(times[1] >= Duration::from_millis(90) && times[2] >= Duration::from_millis(190), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_back_those_who_already_wait() {
    let rate_limiter = RateLimiter::new(10, LONGEST_WAIT);
    acquired(&rate_limiter, 1).await;
    let (times, ()) = tokio::join!(acquired(&rate_limiter, 2), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        rate_limiter.pause(Duration::from_secs(20));
        // A shorter one does not end the longer.
        rate_limiter.pause(Duration::from_secs(1));
    });
    assert!(times[0] >= Duration::from_secs(20), "{times:?}");
    assert!(times[1] >= times[0] + Duration::from_millis(90), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_longest_wait_is_an_error() {
    let rate_limiter = RateLimiter::new(10, LONGEST_WAIT);
    rate_limiter.pause(Duration::MAX);
    assert!(matches!(rate_limiter.acquire().await, Err(PauseTooLong(_))));
}

#[tokio::test(start_paused = true)]
async fn no_more_requests_are_under_way_than_allowed() {
    let mut options = super::options("http://127.0.0.1:1");
    options.max_in_flight = 2;
    let client = super::connect(options);
    let (first, _second) = (client.acquire().await.unwrap(), client.acquire().await.unwrap());
    assert!(tokio::time::timeout(LONGEST_WAIT, client.acquire()).await.is_err());
    drop(first);
    assert!(tokio::time::timeout(LONGEST_WAIT, client.acquire()).await.is_ok());
}
