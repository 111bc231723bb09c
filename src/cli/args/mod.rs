//! The command line: every command and flag, with its help text and examples. Contains no behaviour of a command.

mod formats;
mod names;
mod offers;
mod plans;
mod schedule;
pub(crate) mod standard_output;
mod state;
mod tools;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::engine::ArgValueCandidates;

use crate::cli::completion;

use super::terminal::ColorChoice;

pub(crate) use formats::{DriftFormat, ExportFormat, Output, ProblemFormat, ReportFormat, ResultFormat};
pub(crate) use names::{NamesCommand, PullArgs};
pub(crate) use offers::{CheckLinksArgs, EditArgs, ExportArgs, ExportSource, FmtArgs, ImportArgs};
pub(crate) use plans::{ApplyArgs, DriftArgs, PlanArgs, ValidateArgs};
pub(crate) use schedule::{ScheduleArgs, ScheduleFormat};
pub(crate) use state::{LogArgs, LookArgs, MergeArgs, StateChangeArgs, StateCommand};
pub(crate) use tools::{Ci, CiCommand, InitArgs, InitState, SandboxArgs};

/// Offers as code for CAKE: keep offers as YAML in git, review a plan, apply it to CAKE.
#[derive(Debug, Parser)]
#[command(
    name = "offersync",
    version = env!("OFFERSYNC_VERSION"),
    max_term_width = 100,
    after_help = "Start with `offersync init`, or try it without an account: `offersync apply --sandbox`.\n\
                  Exit codes: 0 done, 1 other error, 2 changes (with --detailed-exitcode), 3 invalid input, 4 refused, \
                  5 stale plan, 6 locked, 7 applied in part, 8 in doubt, 9 key refused, 64 wrong usage, 130 interrupted."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command accepts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Common {
    /// Change to DIR before doing anything
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,
    /// Use this configuration file instead of searching for offersync.toml
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// The environment of the configuration to work with, where it has some (or `OFFERSYNC_ENV`)
    #[arg(long, value_name = "NAME", global = true, add = ArgValueCandidates::new(completion::environments))]
    pub(crate) env: Option<String>,
    /// When to use color (`NO_COLOR` is respected)
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: ColorChoice,
    /// Print more detail (-vv also prints every request)
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
    /// Print only the result and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Wait up to this many seconds for another apply to finish
    #[arg(long, value_name = "SECONDS", default_value_t = 0, global = true)]
    pub(crate) lock_timeout: u64,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the configuration, offers and state (no network, no API key)
    #[command(
        after_help = "Examples:\n  offersync validate --format github\n  offersync validate offers/auto-insurance-us.yaml"
    )]
    Validate(ValidateArgs),
    /// Show what an apply would change (no network, no API key, except with --refresh)
    #[command(after_help = "Examples:\n  offersync plan\n  offersync plan 'auto-*' --exclude '*-test' --full\n  \
                            offersync plan --since origin/main\n  offersync plan --output markdown=plan.md --output json=plan.json --detailed-exitcode\n  \
                            offersync plan --output html=plan.html")]
    Plan(PlanArgs),
    /// Apply the changes to CAKE and record them in the state
    #[command(after_help = "Examples:\n  offersync apply\n  offersync apply --auto-approve --format json\n  \
                            offersync apply --auto-approve --output html=report.html\n  \
                            offersync plan --out reviewed.json && offersync apply reviewed.json\n  offersync apply --sandbox")]
    Apply(ApplyArgs),
    /// List what schedules change, and when (no network, no API key)
    #[command(
        after_help = "Examples:\n  offersync schedule\n  offersync schedule --until '2027-01-01 00:00:00' --format json\n  \
                            offersync schedule --check 6h\n\n\
                            Lists what is due and not applied (overdue), what a freeze holds back, and what becomes due later. Nothing promises \
                            that a change is made at its time: it is made by the next apply after it."
    )]
    Schedule(ScheduleArgs),
    /// Show what was recorded, when, and by which commit (no network, no API key)
    #[command(after_help = "Examples:\n  offersync log\n  offersync log 'auto-*' --limit 5 --format json\n\n\
                            Each state that git has is compared with the one before it, on the way of first parents: a merged branch is in the commit \
                            of its merge. What is recorded and not committed comes first.")]
    Log(LogArgs),
    /// Import offers from CAKE or from a spreadsheet into YAML
    #[command(
        after_help = "Examples:\n  offersync import --dry-run\n  offersync import --advertiser acme-home --defaults\n  \
                            offersync import --match\n  offersync import --from-csv offers.csv\n  \
                            offersync import --from-csv offers.xlsx --sheet Payouts --dry-run\n\n\
                            An import from CAKE changes no existing file and skips recorded offers, so it can be repeated at any \
                            time. Only the unchanged sample offer of `offersync init` is removed. The plan after an import from CAKE is empty. The exit code is 7 if some offers were left \
                            out; the messages say why.\n\n\
                            The first row of a spreadsheet names the columns: CAKE's field names, `advertiser`, \
                            `vertical` and `currency` for configured names, `key` and `offer_id`. A row without an id is a new \
                            offer, which the next apply creates. A row with an id is the recorded offer of that id; an id that is not \
                            recorded is refused. With --state-ids, such a row is recorded as existing in CAKE with exactly these \
                            values. offersync does not verify that, so prefer an import from CAKE where possible."
    )]
    Import(ImportArgs),
    /// Export offers as CSV or JSON
    #[command(after_help = "Examples:\n  offersync export --format csv -o offers.csv\n  \
                            offersync export --format json --of observed\n\n\
                            `offersync import --from-csv` reads such a CSV of desired offers. CSV has no difference between an \
                            empty description and none.")]
    Export(ExportArgs),
    /// Inspect and repair the state
    #[command(subcommand, after_help = "Example: offersync state show auto-insurance-us")]
    State(StateCommand),
    /// Show changes that were made in CAKE outside of offersync
    #[command(
        after_help = "Examples:\n  offersync drift --detailed-exitcode\n  offersync drift --accept auto-insurance-us"
    )]
    Drift(DriftArgs),
    /// Follow the links of offers to see whether they lead to a page
    #[command(
        after_help = "Examples:\n  offersync check-links\n  offersync check-links 'auto-*' --where 'offer_status == active' --format json\n\n\
                      Every `offer_url` and `preview_url` is requested with GET, as a visitor would, so that an advertiser may count a click. Macros \
                      (`#affid#`, `{aff_id}`) get test values: 1 for the ids of affiliates, offers, campaigns and creatives, 1.00 for amounts, \
                      192.0.2.1 for IP addresses, 1767225600 for times, US for countries, and offersync-test for clicks, sub ids and everything \
                      else. A link whose host is a macro is not checked.\n\n\
                      At most 10 redirects are followed; those that a page makes by itself (scripts, meta refresh) are not. At most 8 requests are \
                      under way, 2 to one host. A host that asks for a pause (429, or 503 with Retry-After) gets it; one that asks for more than 30 \
                      seconds is left alone. Only addresses of the public internet are requested, and this machine for a link that names it. No API \
                      key, cookie or proxy is used, and nothing is written.\n\n\
                      The two links of an offer mismatch if the hosts at their ends have different registrable domains: shop.co.uk for \
                      www.shop.co.uk, by the Public Suffix List.\n\n\
                      Exit codes: 0 every link leads to a page, 4 a link failed, 7 none failed, but some could not be checked. A mismatch, or a \
                      link that is not encrypted all the way, is a warning."
    )]
    CheckLinks(CheckLinksArgs),
    /// Names for CAKE's ids, in offersync.toml
    #[command(subcommand)]
    Names(NamesCommand),
    /// Change fields in the YAML of many offers
    #[command(
        after_help = "Examples:\n  offersync edit --set payout=+10% --where 'advertiser == acme-home && payout_type == cpa'\n  \
                            offersync edit 'auto-*' --set offer_status=inactive --dry-run\n  \
                            offersync edit 'auto-*' --at '2026-12-01 00:00:00' --set payout=+10%\n\n\
                            With --at, the values go into the entries of that time of `sync.schedule`, which are added where there are none. \
                            Conditions and relative amounts then go by the values that are wanted just before that time. A value of an offer's own \
                            field that an entry of its schedule overrides is not edited.\n\n\
                            Percentages and factors round half away from zero, to the number of decimals of the amount (at least 2)."
    )]
    Edit(EditArgs),
    /// Format offer files
    #[command(after_help = "Examples:\n  offersync fmt\n  offersync fmt --check\n  offersync fmt --prune-schedule\n\n\
                            With --prune-schedule, entries of `sync.schedule` that are past and applied are taken out, with the comments directly \
                            above them, and their values become the offers' own. No plan changes by it. Everything else is left as it is, also \
                            entries of a `_defaults.yaml`.")]
    Fmt(FmtArgs),
    /// Post results where a run of CI belongs to: GitHub or GitLab (no configuration, no API key)
    #[command(subcommand)]
    Ci(CiCommand),
    /// Create a repository: configuration, sample offer, .gitignore, CI workflows
    #[command(after_help = "Examples:\n  offersync init\n  offersync -C offers-repository init --ci gitlab")]
    Init(InitArgs),
    /// Print a JSON Schema
    #[command(after_help = "Example: offersync schema offer > offers/.schema.json")]
    Schema {
        /// The document to describe
        subject: crate::report::schema::Subject,
    },
    /// Explain a diagnostic code
    #[command(after_help = "Example: offersync explain plan::create-only")]
    Explain {
        /// The code, as shown in a message; without it, list all codes
        #[arg(add = ArgValueCandidates::new(completion::codes))]
        code: Option<String>,
    },
    /// Run a local CAKE server for tests and experiments
    #[command(
        after_help = "Example: offersync sandbox --port 8080 --data .offersync/cake --fault 'create:3=reset-after'\n\n\
                      A fault is CALL[OFFER]:TURNS=EFFECT. Calls: create, update, list, advertisers, any, connect. Offer: [id=N], [name=TEXT], \
                      [text=TEXT] (the body holds it). Turns: 3 (the third call), 3-5, 3-, every-4, 25%7 (25 percent, random with \
                      seed 7).\n\n\
                      Effects: reset-before, reset-after, close-before, close-after, cut-body, hang, hang:done, delay:MS, \
                      late:MS, late:MS:reset, late:MS:504 (executed later, even if the client has disconnected), http-503, \
                      http-503:done, http-429:after=2, html-500, html-403:title=TEXT, error:MESSAGE, restricted, success-429 (a \
                      success under this status), no-id, other-id, id-only, echo:payout=240.00 (the reply shows this value), \
                      echo:offer_name (the reply lacks it), swap (two replies), take-id (a create gets the newest offer's id), \
                      redirect:URL, content-type:TYPE.\n\n\
                      A quirk is NAME or NAME=VALUE. The listing: listing-absent, page-cap=N, all-fields, nulls, \
                      wrapper=flat|under_response|under_d, total=total_records|absent, total-of-page, total-offset=N, \
                      empty=uncounted|message|failure, unstable-order, repeat-first-row, ignores-filters, hidden=[ID], \
                      listed-statuses=active, missing=[ID], unlisted-members=offer_name, lag={\"calls\":N}, lag={\"millis\":N}. \
                      advertisers=[{\"advertiser_id\":N,\"advertiser_name\":TEXT,\"advertiser_status\":WORD}] is who there is. \
                      Values: iso-dates, ms-dates, dollar-amounts, money-decimals=N, \
                      status-spelling=capitalized|upper|paused_for_inactive, default-status=WORD, never-expires. Names: \
                      stored-names=FORM,… and listed-names=FORM,… with cut, collapsed, entities, latin1, upper, no_break."
    )]
    Sandbox(SandboxArgs),
    /// Print a shell completion script
    #[command(after_help = "Example: offersync completions bash > /etc/bash_completion.d/offersync")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Examples:\n  offersync man | man -l -\n  offersync man --out /usr/local/share/man/man1")]
    Man {
        /// Write a page for each command into this folder
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}
