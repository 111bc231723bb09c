//! The command line: every command, every flag, every example. Knows nothing of how a command works.

mod formats;
mod offers;
mod plans;
mod state;
mod tools;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::terminal::ColorChoice;

pub(crate) use formats::{DriftFormat, ExportFormat, PlanFormat, ProblemFormat, ReportFormat};
pub(crate) use offers::{EditArgs, ExportArgs, ExportSource, FmtArgs, ImportArgs};
pub(crate) use plans::{ApplyArgs, DriftArgs, PlanArgs, ValidateArgs};
pub(crate) use state::{MergeArgs, StateChangeArgs, StateCommand};
pub(crate) use tools::{Ci, InitArgs, SandboxArgs, SchemaSubject};

/// Offers as code for CAKE: YAML in git, a plan to review, an apply that loses nothing and doubles nothing.
#[derive(Debug, Parser)]
#[command(
    name = "offersync",
    version,
    max_term_width = 100,
    after_help = "Start with `offersync init`, or try it without an account: `offersync apply --sandbox`.\n\
                  Exit codes: 0 done, 1 other error, 2 changes (with --detailed-exitcode), 3 invalid input, 4 refused, \
                  5 stale plan, 6 locked, 7 applied in part, 8 in doubt, 9 key refused, 64 wrong usage, 130 interrupted."
)]
pub(crate) struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Work in this folder, as if started there
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,
    /// Use this configuration file instead of looking for offersync.toml
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// When to use colour (`NO_COLOR` is respected)
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: ColorChoice,
    /// Say more about what is going on (twice: every request)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    /// Say only what is asked for, and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Wait this many seconds for another apply to end
    #[arg(long, value_name = "SECONDS", default_value_t = 0, global = true)]
    pub(crate) lock_timeout: u64,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check configuration, offers and state; no network, no key
    #[command(after_help = "Example: offersync validate --format github")]
    Validate(ValidateArgs),
    /// Show what would change; no network, no key
    #[command(after_help = "Examples:\n  offersync plan\n  offersync plan 'auto-*' --exclude '*-test' --full\n  \
                            offersync plan --since origin/main\n  offersync plan --output markdown=plan.md --output json=plan.json --detailed-exitcode")]
    Plan(PlanArgs),
    /// Make the changes in CAKE and record them
    #[command(after_help = "Examples:\n  offersync apply\n  offersync apply --auto-approve --format json\n  \
                            offersync plan --out reviewed.json && offersync apply reviewed.json\n  offersync apply --sandbox")]
    Apply(ApplyArgs),
    /// Bring CAKE's offers, or those of a spreadsheet, into YAML and state
    #[command(
        after_help = "Examples:\n  offersync import --dry-run\n  offersync import --advertiser acme-home --defaults\n  \
                            offersync import --match\n  offersync import --from-csv offers.csv\n\n\
                            Files that are there are never changed, and recorded offers are skipped, so it can be run again \
                            at any time; the plan right after it is empty. It exits 7 where an offer was left out (the \
                            messages say why) and everything else came in.\n\n\
                            The first row of a spreadsheet names its columns: CAKE's names of the fields, `advertiser`, \
                            `vertical` and `currency` for configured names, `key` and `offer_id`. Its offers are new ones, \
                            which the next apply creates. --state-ids says that those with an `offer_id` exist in CAKE with \
                            these very values, and records them; nobody checks that, so prefer a plain import where CAKE \
                            can be asked."
    )]
    Import(ImportArgs),
    /// Write offers out as CSV or JSON
    #[command(after_help = "Examples:\n  offersync export --format csv -o offers.csv\n  \
                            offersync export --format json --of observed\n\n\
                            A CSV of the desired offers comes back in with `offersync import --from-csv`; only an empty \
                            description cannot be told from none there.")]
    Export(ExportArgs),
    /// Look at or mend what is recorded
    #[command(subcommand, after_help = "Example: offersync state show auto-insurance-us")]
    State(StateCommand),
    /// Show what was changed in CAKE, against what is recorded and desired
    #[command(
        after_help = "Examples:\n  offersync drift --detailed-exitcode\n  offersync drift --accept auto-insurance-us"
    )]
    Drift(DriftArgs),
    /// Change a field of many offers' YAML at once
    #[command(
        after_help = "Examples:\n  offersync edit --set payout=+10% --where 'advertiser = acme-home and payout_type = cpa'\n  \
                            offersync edit 'auto-*' --set offer_status=inactive --dry-run\n\n\
                            Percentages and factors round half away from zero, to as many decimals as the amount has (at least 2)."
    )]
    Edit(EditArgs),
    /// Bring offer files into the canonical order and spacing
    #[command(after_help = "Examples:\n  offersync fmt\n  offersync fmt --check")]
    Fmt(FmtArgs),
    /// Make a repository: configuration, a sample offer, lists for git, CI workflows; overwrites nothing
    #[command(after_help = "Examples:\n  offersync init\n  offersync -C offers-repository init --ci gitlab")]
    Init(InitArgs),
    /// Print the JSON Schema of a document, for editors and for checking
    #[command(after_help = "Example: offersync schema offer > offers/.schema.json")]
    Schema {
        /// Which document
        subject: SchemaSubject,
    },
    /// Explain a diagnostic code
    #[command(after_help = "Example: offersync explain plan::create-only")]
    Explain {
        /// The code, as messages show it; without one, all codes are listed
        code: Option<String>,
    },
    /// Run a local CAKE with the documented calls, for trying things out
    #[command(
        after_help = "Example: offersync sandbox --port 8080 --data .offersync/cake --fault 'create:3=reset-after'\n\n\
                      A fault is CALL:TURNS=EFFECT. Calls: create, update, list, any, connect. Turns: 3, 3-5, 3-, every-4, \
                      25%7 (a quarter, by seed 7). Effects: reset-before, reset-after, close-before, close-after, cut-body, \
                      hang, hang:done, delay:MS, http-503, http-503:done, http-429:after=2, html-500, error:MESSAGE, \
                      restricted, no-id, other-id, redirect:URL, content-type:TYPE."
    )]
    Sandbox(SandboxArgs),
    /// Print a completion script
    #[command(after_help = "Example: offersync completions bash > /etc/bash_completion.d/offersync")]
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example: offersync man | man -l -")]
    Man,
}
