//! The arguments of `check-links`, `edit`, `fmt`, `import` and `export`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCandidates;
use jiff::civil::Time;

use crate::cli::completion;
use crate::import::spreadsheet::{DateFormat, Mark, SheetOptions};

use super::formats::{ExportFormat, ProblemFormat, ReportFormat};

/// `edit`
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// Limit to offers whose key matches one of these globs, or that are in these files
    #[arg(value_name = "KEY-GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) keys: Vec<String>,
    /// Skip offers whose key matches this glob, or that are in this file (repeatable)
    #[arg(long, value_name = "GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) exclude: Vec<String>,
    /// Set a field; amounts also accept +10%, -2.50 or *1.1 (repeatable)
    #[arg(long, value_name = "FIELD=VALUE", required = true, add = ArgValueCandidates::new(completion::assignments))]
    pub(crate) set: Vec<String>,
    /// Limit to offers that match a condition, such as `payout >= 20 && offer_url.host == "track.example.com"`
    #[arg(long, value_name = "CONDITION")]
    pub(crate) r#where: Option<String>,
    /// Set the values in the entry of this time of sync.schedule, in place of the offers' own fields
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
    /// Round computed amounts to this many decimals
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=28))]
    pub(crate) decimals: Option<u32>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
    /// Show the changes without writing them
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `check-links`
#[derive(Debug, Args)]
pub(crate) struct CheckLinksArgs {
    /// Limit to offers whose key matches one of these globs, or that are in these files
    #[arg(value_name = "KEY-GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) keys: Vec<String>,
    /// Skip offers whose key matches this glob, or that are in this file (repeatable)
    #[arg(long, value_name = "GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) exclude: Vec<String>,
    /// Limit to offers that match a condition, such as `offer_status == active`
    #[arg(long, value_name = "CONDITION")]
    pub(crate) r#where: Option<String>,
    /// Allow an empty offers folder
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ProblemFormat,
    /// Wait this long for each reply
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub(crate) timeout: u64,
}

/// `fmt`
#[derive(Debug, Args)]
pub(crate) struct FmtArgs {
    /// Files to format [default: every file in the offers folder]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Show the changes without writing them; exit 3 if there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "prune_schedule")]
    pub(crate) format: ReportFormat,
    /// Take applied entries out of sync.schedule and write their values into the fields; changes nothing else
    #[arg(long)]
    pub(crate) prune_schedule: bool,
}

/// `import`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct ImportArgs {
    /// Import only this offer (repeatable)
    #[arg(long, value_name = "N")]
    pub(crate) offer_id: Vec<u64>,
    /// Import only offers of this advertiser, by id or configured name (repeatable)
    #[arg(long, value_name = "ID|NAME", add = ArgValueCandidates::new(completion::advertisers))]
    pub(crate) advertiser: Vec<String>,
    /// Import only offers of this vertical, by id or configured name (repeatable)
    #[arg(long, value_name = "ID|NAME", add = ArgValueCandidates::new(completion::verticals))]
    pub(crate) vertical: Vec<String>,
    /// Import only offers with this CAKE status (active, paused, inactive)
    #[arg(long, value_name = "WORD")]
    pub(crate) status: Option<String>,
    /// Match existing YAML files to CAKE's offers by name, advertiser and vertical
    #[arg(long = "match")]
    pub(crate) matching: bool,
    /// Write values that all offers of a new folder share to its _defaults.yaml
    #[arg(long)]
    pub(crate) defaults: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
    /// Show what would be imported without writing anything
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Use a built-in CAKE with its own state, in .offersync/sandbox/
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// Create and update offers from a CSV file or an Excel workbook (.xlsx) instead of CAKE; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["offer_id", "advertiser", "vertical", "status", "matching"])]
    pub(crate) from_csv: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) sheet: SheetArgs,
    /// Record the offer ids of the spreadsheet: these offers exist in CAKE with exactly these values
    #[arg(long, requires = "from_csv")]
    pub(crate) state_ids: bool,
}

/// The form of the spreadsheet.
#[derive(Debug, Clone, Args)]
pub(crate) struct SheetArgs {
    /// The sheet of an Excel workbook, where several sheets have cells
    #[arg(long, value_name = "NAME", requires = "from_csv")]
    pub(crate) sheet: Option<String>,
    /// Read this column of the spreadsheet as that one, such as "Payout USD=payout" (repeatable)
    #[arg(long, value_name = "NAME=COLUMN", requires = "from_csv", value_parser = column_map)]
    pub(crate) map: Vec<(String, String)>,
    /// Leave out a column of the spreadsheet that says nothing of the offers (repeatable)
    #[arg(long, value_name = "NAME", requires = "from_csv")]
    pub(crate) ignore_column: Vec<String>,
    /// How the CSV file writes numbers: `en` has a decimal point, `de` a decimal comma
    #[arg(long, value_name = "LOCALE", requires = "from_csv")]
    pub(crate) locale: Option<Mark>,
    /// How the spreadsheet writes dates, such as "%d.%m.%Y %H:%M"
    #[arg(long, value_name = "FORMAT", requires = "from_csv")]
    pub(crate) date_format: Option<DateFormat>,
    /// The time of dates that have none, such as 23:59:59
    #[arg(long, value_name = "HH:MM:SS", requires = "from_csv")]
    pub(crate) time_of_day: Option<Time>,
}

impl SheetArgs {
    /// As the import takes it.
    pub(crate) fn options(&self) -> SheetOptions {
        let Self { sheet, map, ignore_column, locale, date_format, time_of_day } = self.clone();
        SheetOptions { sheet, map, ignore: ignore_column, locale, dates: date_format, time_of_day }
    }
}

fn column_map(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((name, column)) if !name.trim().is_empty() && !column.trim().is_empty() => {
            Ok((name.to_owned(), column.to_owned()))
        }
        _ => Err("write NAME=COLUMN, such as \"Payout USD=payout\"".to_owned()),
    }
}

/// `export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Output format
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: ExportFormat,
    /// Which offers to export
    #[arg(long, value_name = "SOURCE", default_value = "desired")]
    pub(crate) of: ExportSource,
    /// Only these columns of the CSV, in this order, such as `key,offer_name,payout`
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', add = ArgValueCandidates::new(completion::columns))]
    pub(crate) columns: Vec<String>,
    /// Limit to offers that match a condition, such as `payout >= 20 && offer_status == active`
    #[arg(long, value_name = "CONDITION")]
    pub(crate) r#where: Option<String>,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Use the built-in CAKE and its state
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// Where exported offers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportSource {
    /// The offers in YAML
    Desired,
    /// The offers recorded in the state
    Recorded,
    /// The offers in CAKE
    Observed,
}
