//! The command line: every command, every flag, every example. Knows nothing of how a command works.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::terminal::ColorChoice;

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
        after_help = "Example: offersync sandbox --port 8080 --data .offersync/cake --fault 'create:3=reset-after'"
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
    #[arg(long)]
    pub(crate) accept: bool,
    /// With --accept: show what would be written, and write nothing
    #[arg(long, requires = "accept")]
    pub(crate) dry_run: bool,
    /// Markdown never gets longer than this many characters
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    pub(crate) max_chars: usize,
}

/// How drift is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DriftFormat {
    /// For people at a terminal.
    Text,
    /// For programs.
    Json,
    /// For an issue or a comment.
    Markdown,
}

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

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProblemFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// Workflow commands that annotate the lines in a pull request.
    Github,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people at a terminal.
    Text,
    /// For programs; what `--out` saves.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// Workflow commands that annotate the lines in a pull request.
    Github,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// `FORMAT=FILE`
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The format.
    pub(crate) format: PlanFormat,
    /// The file.
    pub(crate) file: PathBuf,
}

impl std::str::FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').ok_or("write it as FORMAT=FILE, such as markdown=plan.md")?;
        let format = PlanFormat::from_str(format, false)
            .map_err(|_| format!("`{format}` is no format: use text, json, markdown or github"))?;
        if file.is_empty() {
            return Err("the file's name is missing".to_owned());
        }
        Ok(Self { format, file: PathBuf::from(file) })
    }
}

/// `state`
#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// List the recorded offers
    #[command(after_help = "Example: offersync state list")]
    List {
        /// How to print them
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ReportFormat,
        /// Look at the sandbox's state
        #[arg(long)]
        sandbox: bool,
    },
    /// Show one record
    #[command(after_help = "Example: offersync state show auto-insurance-us")]
    Show {
        /// The offer's key
        key: String,
        /// Look at the sandbox's state
        #[arg(long)]
        sandbox: bool,
    },
    /// Record an offer under another key
    #[command(after_help = "Example: offersync state mv home-warranty home-warranty-premium")]
    Mv {
        /// The key until now
        from: String,
        /// The new key
        to: String,
        /// How
        #[command(flatten)]
        change: StateChangeArgs,
    },
    /// Forget an offer; CAKE keeps it as it is
    #[command(after_help = "Example: offersync state rm old-offer --dry-run")]
    Rm {
        /// The offer's key
        key: String,
        /// How
        #[command(flatten)]
        change: StateChangeArgs,
    },
    /// Record that a person made the change in CAKE
    #[command(after_help = "Example: offersync state accept home-warranty-premium")]
    Accept {
        /// The offer's key
        key: String,
        /// How
        #[command(flatten)]
        change: StateChangeArgs,
    },
    /// Merge two states that grew apart; works as a merge driver of git
    #[command(
        after_help = "Example, once in each clone:\n  git config merge.offersync-state.driver 'offersync state merge %O %A %B'\n  \
                            echo 'offersync.state.json merge=offersync-state' >> .gitattributes"
    )]
    Merge(MergeArgs),
    /// Say what became of a create in doubt
    #[command(after_help = "Examples:\n  offersync state resolve auto-insurance-us --offer-id 12345\n  \
                            offersync state resolve auto-insurance-us --not-created")]
    Resolve {
        /// The offer's key
        key: String,
        /// CAKE has it, under this id
        #[arg(long, value_name = "N", conflicts_with = "not_created", required_unless_present = "not_created")]
        offer_id: Option<u64>,
        /// CAKE does not have it
        #[arg(long)]
        not_created: bool,
        /// How
        #[command(flatten)]
        change: StateChangeArgs,
    },
}

/// `state merge`: the three files, as a merge driver is given them
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The state that both come from (git's %O); an empty file where there is none
    #[arg(value_name = "BASE")]
    pub(crate) base: PathBuf,
    /// One state (git's %A); the result is written here
    #[arg(value_name = "OURS")]
    pub(crate) ours: PathBuf,
    /// The other state (git's %B)
    #[arg(value_name = "THEIRS")]
    pub(crate) theirs: PathBuf,
}

/// How a change of the state is made.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct StateChangeArgs {
    /// Say what would change, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Change the sandbox's state
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// `init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// For which CI system to write workflows
    #[arg(long, value_name = "SYSTEM", default_value = "github")]
    pub(crate) ci: Ci,
}

/// A CI system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// No workflows.
    None,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaSubject {
    /// An offer's YAML, or a `_defaults.yaml`.
    Offer,
    /// offersync.toml.
    Config,
    /// A plan, printed or saved.
    Plan,
    /// The report of an apply.
    Report,
    /// Problems in files.
    Diagnostics,
    /// The state.
    State,
}

/// `sandbox`
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// The port on the loopback address; 0 lets the system choose
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Keep the data in this folder
    #[arg(long, value_name = "DIR", default_value = ".offersync/sandbox/cake")]
    pub(crate) data: PathBuf,
    /// The one API key that is right; without it, any is
    #[arg(long, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// Answer after this many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,
    /// Be a CAKE without the listing
    #[arg(long)]
    pub(crate) no_listing: bool,
    /// Fail as told, such as create:3=reset-after (several times)
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<String>,
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

/// How offers are written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
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
