//! The arguments of what writes offers' YAML or reads it for other programs: `edit`, `fmt`, `import`, `export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::formats::ExportFormat;

/// `edit`
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// Narrow to the offers whose key matches a glob
    #[arg(value_name = "KEY-GLOB")]
    pub(crate) keys: Vec<String>,
    /// Leave out the offers whose key matches this glob (several times)
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// The new value; for amounts also +10%, -2.50 or *1.1 (several times)
    #[arg(long, value_name = "FIELD=VALUE", required = true)]
    pub(crate) set: Vec<String>,
    /// Only offers for which this holds: comparisons with = != < <= > >=, joined by `and`
    #[arg(long, value_name = "CONDITION")]
    pub(crate) r#where: Option<String>,
    /// Round computed amounts to this many decimals
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=28))]
    pub(crate) decimals: Option<u32>,
    /// Show what would be changed, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `fmt`
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// The files; all files of the offers folder where none is named
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Change nothing, show what would change, and exit 3 if anything would
    #[arg(long)]
    pub(crate) check: bool,
}

/// `import`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ImportArgs {
    /// Only this offer (several times)
    #[arg(long, value_name = "N")]
    pub(crate) offer_id: Vec<u64>,
    /// Only offers of this advertiser, by id or configured name (several times)
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) advertiser: Vec<String>,
    /// Only offers of this vertical, by id or configured name (several times)
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) vertical: Vec<String>,
    /// Only offers of this status, in CAKE's own word (active, paused, inactive)
    #[arg(long, value_name = "WORD")]
    pub(crate) status: Option<String>,
    /// Record existing YAML to the one offer that has its name, advertiser and vertical
    #[arg(long = "match")]
    pub(crate) matching: bool,
    /// Put values that all offers of a new folder share into its _defaults.yaml
    #[arg(long)]
    pub(crate) defaults: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Use a CAKE that starts inside the process; state and data under .offersync/sandbox/
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// Read a spreadsheet instead of asking CAKE
    #[arg(long, value_name = "FILE", conflicts_with_all = ["offer_id", "advertiser", "vertical", "status", "matching"])]
    pub(crate) from_csv: Option<PathBuf>,
    /// Record the spreadsheet's ids: CAKE has these offers with these very values
    #[arg(long, requires = "from_csv")]
    pub(crate) state_ids: bool,
}

/// `export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// How to write them
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: ExportFormat,
    /// Whose offers: the YAML's, the state's or CAKE's
    #[arg(long, value_name = "SOURCE", default_value = "desired")]
    pub(crate) of: ExportSource,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Use the sandbox's state and CAKE
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// Whose offers are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportSource {
    /// The YAML's.
    Desired,
    /// The state's.
    Recorded,
    /// CAKE's.
    Observed,
}
