//! The arguments of what stands around the work: `init`, `schema`, `sandbox`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
    /// Drift, as it is printed.
    Drift,
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
