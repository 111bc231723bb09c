//! The arguments of the `state` commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::formats::ReportFormat;

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
    #[command(group = clap::ArgGroup::new("answer").required(true))]
    Resolve {
        /// The offer's key
        key: String,
        /// CAKE has it, under this id
        #[arg(long, value_name = "N", group = "answer")]
        offer_id: Option<u64>,
        /// CAKE does not have it
        #[arg(long, group = "answer")]
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
