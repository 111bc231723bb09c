//! The arguments of `validate`, `plan`, `apply` and `drift`.

use std::path::PathBuf;

use clap::Args;

use super::formats::{DriftFormat, Output, PlanFormat, ProblemFormat, ReportFormat};

/// Which offers.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SelectionArgs {
    /// Leave out the offers whose key matches this glob (several times)
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Take an offers folder without offers for meant
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Use a CAKE that starts inside the process; state and data under .offersync/sandbox/
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// `validate`
#[derive(Debug, Args)]
pub(crate) struct ValidateArgs {
    /// How to print the problems
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ProblemFormat,
    /// Take an offers folder without offers for meant
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// `plan`
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Narrow to the offers whose key matches a glob
    #[arg(value_name = "KEY-GLOB")]
    pub(crate) keys: Vec<String>,
    /// Which offers
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// How to print the plan
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: PlanFormat,
    /// Also write the plan to a file, in a format of its own (several times)
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(crate) output: Vec<Output>,
    /// Save the plan, for `apply FILE` to carry out exactly
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Only what comes from differences between the offers at this git commit and the ones here
    #[arg(long, value_name = "GIT-REF", conflicts_with = "refresh")]
    pub(crate) since: Option<String>,
    /// Exit 2 where there are changes
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Compare with what CAKE shows now; needs the key and the network
    #[arg(long)]
    pub(crate) refresh: bool,
    /// Show every action of a long plan
    #[arg(long)]
    pub(crate) full: bool,
    /// Markdown never gets longer than this many characters
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    pub(crate) max_chars: usize,
}

/// `apply`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ApplyArgs {
    /// A saved plan, or globs of keys to narrow to
    #[arg(value_name = "PLAN | KEY-GLOB")]
    pub(crate) plan_or_keys: Vec<String>,
    /// Which offers
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// Say yes beforehand; required where there is no terminal
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Compare with what CAKE shows now, before anything is sent
    #[arg(long)]
    pub(crate) refresh: bool,
    /// With --refresh and --auto-approve: overwrite also what was changed in CAKE and nobody has reviewed
    #[arg(long, requires = "refresh")]
    pub(crate) overwrite_drift: bool,
    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
    /// Show every action of a long plan
    #[arg(long)]
    pub(crate) full: bool,
}

/// `drift`
#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    /// Narrow to the offers whose key matches a glob
    #[arg(value_name = "KEY-GLOB")]
    pub(crate) keys: Vec<String>,
    /// Which offers
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// How to print the drift
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: DriftFormat,
    /// Exit 2 where there is drift
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Write CAKE's values into the YAML and the state
    #[arg(long, conflicts_with_all = ["format", "detailed_exitcode"])]
    pub(crate) accept: bool,
    /// With --accept: show what would be written, and write nothing
    #[arg(long, requires = "accept")]
    pub(crate) dry_run: bool,
    /// Markdown never gets longer than this many characters
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    pub(crate) max_chars: usize,
}
