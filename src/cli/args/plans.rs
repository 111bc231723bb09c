//! The arguments of `validate`, `plan`, `apply` and `drift`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCandidates;

use crate::cli::completion;

use super::formats::{DriftFormat, Output, ProblemFormat, ResultFormat};

/// Flags that select offers.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectionArgs {
    /// Skip offers whose key matches this glob, or that are in this file (repeatable)
    #[arg(long, value_name = "GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) exclude: Vec<String>,
    /// Allow an empty offers folder
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Use a built-in CAKE with its own state, in .offersync/sandbox/
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// `validate`
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// Report only the problems of these files and folders; all are still read [default: every file]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ProblemFormat,
    /// Allow an empty offers folder
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// `plan`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct PlanArgs {
    /// Limit to offers whose key matches one of these globs, or that are in these files
    #[arg(value_name = "KEY-GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) keys: Vec<String>,
    /// Limit to offers for which this holds, for example 'change(payout) > 10 %'
    #[arg(long, value_name = "CONDITION")]
    pub(crate) r#where: Option<String>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ResultFormat,
    /// Also write the plan to a file in the given format (repeatable); `-` is standard output
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<Output>,
    /// Save the plan for `apply FILE`; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Show only changes that come from editing the offers since this git commit
    #[arg(long, value_name = "GIT-REF", conflicts_with = "refresh")]
    pub(crate) since: Option<String>,
    /// Accept the changes of the configuration and of the state since that commit, once a person has seen them
    #[arg(long, requires = "since")]
    pub(crate) accept_config: bool,
    /// Plan for this time instead of now: "2026-12-01 00:00:00" in `cake.time_zone`, or 2026-12-01T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Also show what schedules change later, up to this time [default: 30 days after the time of the plan]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Exit with code 2 if there are changes, or with --refresh offers that CAKE does not show
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Compare with the offers in CAKE; needs the API key and the network
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Show every action instead of a summary
    #[arg(long)]
    pub(crate) full: bool,
    /// Limit Markdown output to this many characters
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    pub(crate) max_chars: usize,
}

/// `apply`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ApplyArgs {
    /// A saved plan (`-`: from standard input); or globs of keys, or files of offers, to limit to
    #[arg(value_name = "PLAN | KEY-GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) plan_or_keys: Vec<String>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Leave out what a saved plan has that is done by now, in place of refusing the plan
    #[arg(long)]
    pub(crate) skip_done: bool,
    /// Apply without asking; required without a terminal
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Compare with the offers in CAKE before applying
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Also overwrite unreviewed changes made in CAKE, with --refresh and --auto-approve
    #[arg(long, requires = "refresh")]
    pub(crate) overwrite_drift: bool,
    /// Output format of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ResultFormat,
    /// Also write the report to a file in the given format (repeatable); `-` is standard output
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<Output>,
    /// Also write metrics of the apply to a file, in the text format of Prometheus
    #[arg(long, value_name = "FILE")]
    pub(crate) metrics: Option<PathBuf>,
    /// Show every action instead of a summary
    #[arg(long)]
    pub(crate) full: bool,
}

/// `drift`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct DriftArgs {
    /// Limit to offers whose key matches one of these globs, or that are in these files
    #[arg(value_name = "KEY-GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) keys: Vec<String>,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: DriftFormat,
    /// Exit with code 2 if there is drift
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Write CAKE's values to the YAML and the state
    #[arg(long, conflicts_with_all = ["format", "detailed_exitcode"])]
    pub(crate) accept: bool,
    /// With --accept, also edit files that have changes that are not committed to git
    #[arg(long, requires = "accept")]
    pub(crate) force: bool,
    /// With --accept, show the changes without writing them
    #[arg(long, requires = "accept")]
    pub(crate) dry_run: bool,
    /// Limit Markdown output to this many characters
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    pub(crate) max_chars: usize,
}
