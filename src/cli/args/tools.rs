//! The arguments of `init`, `schema` and `sandbox`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `init`
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// CI system to create workflows for
    #[arg(long, value_name = "SYSTEM", default_value = "github")]
    pub(crate) ci: Ci,
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
