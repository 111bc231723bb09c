//! The arguments of `schedule`.

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCandidates;
use jiff::{SignedDuration, Span, SpanRelativeTo};

use crate::cli::completion;

use super::plans::SelectionArgs;

/// `schedule`
#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    /// Limit to offers whose key matches one of these globs, or that are in these files
    #[arg(value_name = "KEY-GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) keys: Vec<String>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ScheduleFormat,
    /// List what is due at this time instead of now: "2026-12-01 00:00:00" in `cake.time_zone`, or 2026-12-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// List only what becomes due up to this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Exit with 2 if a change is overdue by more than this, such as 6h or 90m
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(crate) check: Option<SignedDuration>,
}

/// A day is 24 hours.
fn duration(text: &str) -> Result<SignedDuration, String> {
    let span = text.parse::<Span>().ok();
    let duration = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    duration.filter(|duration| !duration.is_negative()).ok_or_else(|| "write it as 6h, 90m, 2d or 1h 30m".to_owned())
}

/// Formats of `schedule`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScheduleFormat {
    /// Plain text
    Text,
    /// JSON, for other programs
    Json,
    /// A calendar, for calendar programs
    Ics,
}
