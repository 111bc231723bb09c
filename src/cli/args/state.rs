//! The arguments of the `state` commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCandidates;

use crate::cli::completion;

use super::formats::ReportFormat;

/// The `state` commands.
#[derive(Debug, Subcommand)]
pub(crate) enum StateCommand {
    /// List the recorded offers
    #[command(
        after_help = "Examples:\n  offersync state list\n  offersync state list --where 'payout > 20 && advertiser == acme-home'"
    )]
    List {
        /// Limit to offers of whose recorded values this holds, for example 'payout > 20'
        #[arg(long, value_name = "CONDITION")]
        r#where: Option<String>,
        /// Output format
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ReportFormat,
        /// Read the state of the built-in CAKE
        #[arg(long)]
        sandbox: bool,
    },
    /// Show the record of an offer
    #[command(after_help = "Example: offersync state show auto-insurance-us")]
    Show {
        /// The key of the offer
        #[arg(add = ArgValueCandidates::new(completion::keys))]
        key: String,
        /// Output format
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: ReportFormat,
        /// Read the state of the built-in CAKE
        #[arg(long)]
        sandbox: bool,
    },
    /// Rename the key of a record
    #[command(after_help = "Example: offersync state mv home-warranty home-warranty-premium")]
    Mv {
        /// The old key
        #[arg(add = ArgValueCandidates::new(completion::keys))]
        from: String,
        /// The new key
        #[arg(add = ArgValueCandidates::new(completion::keys))]
        to: String,
        #[command(flatten)]
        change: StateChangeArgs,
    },
    /// Remove an offer from the state; CAKE keeps it
    #[command(after_help = "Examples:\n  offersync state rm old-offer --dry-run\n  \
                            offersync state rm auto-insurance-us --replaced 12345")]
    Rm {
        /// The key of the offer
        #[arg(add = ArgValueCandidates::new(completion::keys))]
        key: String,
        /// Remove only this offer, which the key's one has replaced, because CAKE does not have it any more or another one has its id
        #[arg(long, value_name = "N")]
        replaced: Option<u64>,
        /// Remove it also where CAKE's listing does not show that, because you have looked in CAKE yourself
        #[arg(long, requires = "replaced")]
        unseen: bool,
        #[command(flatten)]
        change: StateChangeArgs,
    },
    /// Record that CAKE now has the create-only values in the YAML, after a change made there by hand
    #[command(after_help = "Example: offersync state accept home-warranty-premium")]
    Accept {
        /// The key of the offer
        #[arg(add = ArgValueCandidates::new(completion::keys))]
        key: String,
        #[command(flatten)]
        look: LookArgs,
        #[command(flatten)]
        change: StateChangeArgs,
    },
    /// Save what an interrupted apply left in its journal into the state
    ///
    /// The next apply does this by itself. A script that saves the state file elsewhere needs it before that.
    #[command(after_help = "Example: offersync state publish")]
    Publish {
        /// Accept a state that was edited by hand, after you have looked at the change, and write its digest
        #[arg(long)]
        accept_edit: bool,
    },
    /// Print the absolute path of the state file, links followed
    #[command(after_help = "Example: git log -- \"$(offersync state path)\"")]
    Path,
    /// Show where the state lives, who has its claim, and what is in it
    #[command(after_help = "Example: offersync state status")]
    Status,
    /// Print the state as a document, wherever it lives
    #[command(after_help = "Example: offersync state pull > offersync.state.json")]
    Pull,
    /// Put a document in the place of the state in a store
    ///
    /// Refused for a state of another lineage, and for one that lacks an offer which the store's state has.
    #[command(after_help = "Example: offersync state push offersync.state.json")]
    Push {
        /// The file with the document
        file: PathBuf,
    },
    /// Copy the state to another home, with its ids, its history and its creates in doubt
    ///
    /// The old one stays. Name the new one in offersync.toml after that.
    #[command(
        after_help = "Examples:\n  offersync state migrate git:origin\n  offersync state migrate offersync.state.json"
    )]
    Migrate {
        /// The new home: a path, or the address of a store
        to: String,
    },
    /// End the claim of a process that shows no life any more
    ///
    /// An apply does this by itself. A process that shows life keeps its claim (exit code 6).
    #[command(after_help = "Example: offersync state release")]
    Release,
    /// Print the name of the environment: the configured one, or the host of CAKE
    Environment,
    /// Merge two diverged states; works as a git merge driver
    #[command(
        after_help = "Example, once in each clone:\n  git config merge.offersync-state.driver 'offersync state merge %O %A %B'\n  \
                            echo 'offersync.state.json merge=offersync-state' >> .gitattributes"
    )]
    Merge(MergeArgs),
    /// Record that the YAML of a key describes an offer that exists in CAKE
    ///
    /// Looks the offer up and records what CAKE shows; the differences to the YAML are printed, and the next apply changes them. If the
    /// key has an offer already, that one is replaced: the next apply makes it inactive. A create of the key in doubt is resolved.
    #[command(after_help = "Example: offersync state adopt auto-insurance-us --offer-id 12345 --dry-run")]
    Adopt {
        /// The key of the offer
        #[arg(add = ArgValueCandidates::new(completion::keys))]
        key: String,
        /// The id of the offer in CAKE
        #[arg(long, value_name = "N")]
        offer_id: u64,
        #[command(flatten)]
        look: LookArgs,
        #[command(flatten)]
        change: StateChangeArgs,
    },
    /// Resolve a create that is in doubt, or an update that waits in CAKE
    #[command(after_help = "Examples:\n  offersync state resolve auto-insurance-us --offer-id 12345\n  \
                            offersync state resolve auto-insurance-us --not-created\n  \
                            offersync state resolve auto-insurance-us --not-done")]
    #[command(group = clap::ArgGroup::new("answer").required(true))]
    Resolve {
        /// The key of the offer
        #[arg(add = ArgValueCandidates::new(completion::keys))]
        key: String,
        /// CAKE has created the offer with this id; it is looked up
        #[arg(long, value_name = "N", group = "answer")]
        offer_id: Option<u64>,
        /// CAKE has not created the offer
        #[arg(long, group = "answer")]
        not_created: bool,
        /// CAKE has accepted updates of the offer, and will not carry them out
        #[arg(long, group = "answer")]
        not_done: bool,
        #[command(flatten)]
        look: LookArgs,
        #[command(flatten)]
        change: StateChangeArgs,
    },
}

/// `state merge`: the files that git passes to a merge driver
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The common ancestor (git's %O); may be empty
    #[arg(value_name = "BASE")]
    pub(crate) base: PathBuf,
    /// Our state (git's %A); the result is written to it
    #[arg(value_name = "OURS")]
    pub(crate) ours: PathBuf,
    /// Their state (git's %B)
    #[arg(value_name = "THEIRS")]
    pub(crate) theirs: PathBuf,
}

/// Flags of the commands that look the offer up in CAKE.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct LookArgs {
    /// Record also what CAKE's listing does not show, because you have looked in CAKE yourself
    #[arg(long)]
    pub(crate) unseen: bool,
}

/// Flags of the commands that change the state.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct StateChangeArgs {
    /// Show the change without writing it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Change the state of the built-in CAKE
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// `log`
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Limit to offers whose key matches one of these globs, or that are in these files
    #[arg(value_name = "KEY-GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) keys: Vec<String>,
    /// Leave out offers whose key matches this glob (repeatable)
    #[arg(long, value_name = "GLOB", add = ArgValueCandidates::new(completion::keys))]
    pub(crate) exclude: Vec<String>,
    /// Show so many commits; 0 shows all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) limit: usize,
    /// Show every change of a commit
    #[arg(long)]
    pub(crate) full: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: ReportFormat,
}
