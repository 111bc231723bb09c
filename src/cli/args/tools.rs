//! The arguments of `init`, `schema` and `sandbox`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// CI system to create workflows for
    #[arg(long, value_name = "SYSTEM", default_value = "github")]
    pub(crate) ci: Ci,
    /// Add lines to CODEOWNERS: this user or team reviews the configuration, the state and each folder of offers
    #[arg(long, value_name = "OWNER")]
    pub(crate) codeowners: Option<String>,
    /// Where the state is to live
    #[arg(long, value_name = "HOME", default_value = "file")]
    pub(crate) state: InitState,
}

/// Homes of a state that `init` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InitState {
    /// A file, which is committed
    File,
    /// A ref of the git remote `origin`
    Git,
    /// A bucket of S3, or of a store that speaks its language
    S3,
}

/// CI systems with ready-made workflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ci {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// No workflows
    None,
}

/// `sandbox`
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Port on 127.0.0.1; 0 chooses a free one
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    /// Directory for the data
    #[arg(long, value_name = "DIR", default_value = ".offersync/sandbox/cake")]
    pub(crate) data: PathBuf,
    /// Accept only this API key [default: any key]
    #[arg(long, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// Delay every response by this many milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,
    /// Disable the listing endpoint
    #[arg(long)]
    pub(crate) no_listing: bool,
    /// Deviate from the documentation, such as total-of-page (repeatable)
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub(crate) quirk: Vec<String>,
    /// Inject a fault, such as create:3=reset-after (repeatable)
    #[arg(long, value_name = "FAULT")]
    pub(crate) fault: Vec<String>,
}

/// `ci`: what runs of CI do with results and states
#[derive(Debug, Subcommand)]
pub(crate) enum CiCommand {
    /// Put the markdown of a plan or of an apply on the pull request
    #[command(
        after_help = "Example: offersync plan --since HEAD^1 --output markdown=plan.md; offersync ci comment plan.md\n\n\
                      An earlier comment of the same environment, by the same account, is edited; otherwise one is made. A plan goes to the pull \
                      request of the run, the report of an apply to the merged pull request that brought the commit. Without the file, \
                      the comment says that there is no plan. Where the run may not write, as for a fork, it says so and exits with 0.\n\n\
                      GitHub: GITHUB_TOKEN, with `pull-requests: write`. GitLab: GITLAB_TOKEN, with the scope api. Everything else is told by \
                      the variables that both set."
    )]
    Comment {
        /// What `--output markdown=FILE` has written
        file: PathBuf,
        /// Make no comment on a pull request that has changed no offer, setting or state since this commit
        #[arg(long, value_name = "GIT-REF")]
        if_changed_since: Option<String>,
        /// Label the pull request with what the plan holds: `money`, `traffic off`, `blocked`, `config`
        #[arg(long, env = "OFFERSYNC_LABELS", value_parser = clap::builder::FalseyValueParser::new())]
        labels: bool,
    },
    /// Keep one issue with the drift of an environment
    #[command(after_help = "Example: offersync drift --format markdown >drift.md; offersync ci issue drift.md\n\n\
                      The issue is opened where there is drift, edited each time, and closed where there is none any more.\n\n\
                      GitHub: GITHUB_TOKEN, with `issues: write`. GitLab: GITLAB_TOKEN, with the scope api.")]
    Issue {
        /// What `drift --format markdown` has printed
        file: PathBuf,
    },
    /// Put what `drift --accept` has written into a pull request
    #[command(
        after_help = "Example: offersync drift --format markdown >drift.md; offersync drift --accept; offersync ci pull-request drift.md\n\n\
                      The changed offers and the state go to the branch offersync-drift-ENVIRONMENT, on top of the present commit, and into one pull request \
                      for the branch of the run: opened, then edited, and closed where there is nothing to accept. No file, index or branch of this clone \
                      is changed.\n\n\
                      GitHub: GITHUB_TOKEN, with `contents: write` and `pull-requests: write`, and \"Allow GitHub Actions to create and approve pull requests\" in \
                      the settings of the repository. GitLab: GITLAB_TOKEN, with the scope api, and OFFERSYNC_PUSH_TOKEN."
    )]
    PullRequest {
        /// What `drift --format markdown` has printed
        file: PathBuf,
        /// The remote
        #[arg(long, value_name = "NAME", default_value = "origin")]
        remote: String,
    },
    /// Push the state that an apply has written to the branch, merged with what was pushed there meanwhile
    #[command(after_help = "Example: offersync ci push-state main --report report.txt\n\n\
                      Commits the state alone on top of the remote's branch. No file, index or branch of this clone is changed, so it may be killed \
                      and run again. It ends with 0 only if the branch, read again, has the state. A state that cannot be merged, or that the branch \
                      does not take, goes to a rescue branch of its environment, and the exit code is 1.\n\n\
                      GitHub: GITHUB_TOKEN, with `contents: write`. GitLab: OFFERSYNC_PUSH_TOKEN, with the scope write_repository. Elsewhere, and without \
                      them, git's own settings are used.")]
    PushState {
        /// The branch of the remote
        branch: String,
        /// The text report of the apply, of which the commit says what was done (`--output text=FILE`)
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// The remote
        #[arg(long, value_name = "NAME", default_value = "origin")]
        remote: String,
    },
    /// Fail while a state of this environment waits on a rescue branch
    #[command(after_help = "Example: offersync ci check-state && offersync apply --auto-approve\n\n\
                            The exit code is 1 if there is such a branch: an apply that does not know its records could create offers again.")]
    CheckState {
        /// The remote
        #[arg(long, value_name = "NAME", default_value = "origin")]
        remote: String,
    },
}
