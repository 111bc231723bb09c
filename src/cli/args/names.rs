//! The arguments of `names`.

use clap::{Args, Subcommand};

use super::formats::ReportFormat;

/// `names`
#[derive(Debug, Subcommand)]
pub(crate) enum NamesCommand {
    /// Add CAKE's advertisers to [names.advertisers]
    #[command(after_help = "Examples:\n  offersync names pull\n  offersync names pull --check\n\n\
                      A name is made of what CAKE calls the advertiser: acme-home-services for “ACME Home Services, LLC”. No configured name \
                      is changed or removed; beside each, what CAKE calls it is written down, so that a later run can tell that CAKE has renamed \
                      it. Comments and all other settings stay as they are.\n\n\
                      --check writes nothing, and exits with 2 if CAKE has renamed an advertiser, does not show one that has a name, or shows one \
                      that is not active and has active offers. Advertisers without a name are only listed.")]
    Pull(PullArgs),
}

/// `names pull`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct PullArgs {
    /// Write nothing, and exit with 2 if CAKE shows something otherwise than offersync.toml has it
    #[arg(long)]
    pub(crate) check: bool,
    /// Show what would change without writing anything
    #[arg(long, conflicts_with = "check")]
    pub(crate) dry_run: bool,
    /// Edit offersync.toml even if git does not look for changes of it
    #[arg(long)]
    pub(crate) force: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
    /// Use a built-in CAKE with its own state, in .offersync/sandbox/; nothing is written to offersync.toml
    #[arg(long)]
    pub(crate) sandbox: bool,
}
