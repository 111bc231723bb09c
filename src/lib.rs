//! offersync: offers as code for CAKE, the affiliate-marketing platform.
//!
//! Files in git and a state file go through pure functions to a finished value, the plan; a person or a CI job reviews that very
//! value; an executor that has no decision left to make carries it out, recording each intent before it acts and each outcome
//! after. Users of the program read the README; this page is for programs that use the library and for developers.
//!
//! # Use as a library
//!
//! A plan needs neither a key nor a network:
//!
//! ```
//! use offersync::{PlanOptions, Repository, views::text};
//!
//! let repository = Repository::open(".")?;
//! let plan = repository.plan(&PlanOptions::default())?;
//! println!("{}", text::plan(&plan, &text::TextOptions::default()));
//! # Ok::<(), offersync::Error>(())
//! ```
//!
//! An apply carries out exactly that plan, or nothing. This one works with the sandbox, a CAKE inside the process:
//!
//! ```
//! use offersync::{ApplyOptions, PlanOptions, Repository, RunOutcome, views::text};
//! # use std::fs::{create_dir, write};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # create_dir(folder.path().join("offers"))?;
//! # write(folder.path().join("offersync.toml"), "")?;
//! # let offer = "offer_name: Solar\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://shop.example/?a={aff_id}&t={transaction_id}\npayout: 20.00\n";
//! # write(folder.path().join("offers/solar.yaml"), offer)?;
//!
//! let repository = Repository::open_sandbox(folder.path())?;
//! let plan = repository.plan(&PlanOptions::default())?;
//! let report = repository.apply(&plan, &ApplyOptions::default()).await?;
//! println!("{}", text::report(&report, &text::TextOptions::default()));
//! assert_eq!(report.outcome, RunOutcome::Complete);
//! # Ok(())
//! # }
//! ```
//!
//! [`Error::diagnostics`] says what is wrong with the offers or the environment, where, and what to do.
//!
//! # Rooms
//!
//! A room never uses one that the table does not name; `tests/it/architecture.rs` holds the imports against the same table.
//!
//! | room | owns | uses |
//! |---|---|---|
//! | `source` | positions in the user's files: the path of a file as messages show it, a range on a line | – |
//! | `offer` | the vocabulary: key, ids, exact money, dates, **the one table of fields**, the two writes | source |
//! | `words` | counted nouns, shortened texts and lists, wrapped lines, words of a shell | characters |
//! | `shell` | commands of git for messages, as they work in the working folder | words |
//! | `characters` | which characters cannot be seen, and how they are written out | – |
//! | `inert` | finished texts and JSON, so that nothing in them acts on a terminal or a CI runner | characters |
//! | `diagnostic` | a problem as data: code, message, places, help; its rendering; every code's explanation | source, characters, inert, words |
//! | `sandbox` | an imitation of CAKE behind real HTTP: a second, independent reading of CAKE's pages | – |
//! | `fault_point` | places where a test may fail or kill the program; nothing in a normal build | – |
//! | `error_chain` | an error and its causes in one line | – |
//! | `disk` | files that are whole or not there: replaced or created by way of a temporary name, synced where asked | `fault_point` |
//! | `git` | what git knows of the user's files, by the `git` command; reads only, but for the commits that are made for a remote's branch and the ref of a shared store | – |
//! | `config` | `offersync.toml` to settings; file < environment < flags | characters, source, offer, diagnostic |
//! | `expr` | the one language of conditions: its syntax, exact evaluation, errors with places | offer, diagnostic |
//! | `scan` | the events of a YAML text, with what other readers of YAML accept | – |
//! | `edit` | YAML edits that keep every other byte; the canonical form; fresh offers as text | offer, scan |
//! | `desired` | the tree of YAML to desired offers, or to every problem in it | source, offer, characters, diagnostic, config, scan, words |
//! | `state` | recorded offers: the document, the journal and its replay, lock, store; the trait of a state's home | offer, disk, shell |
//! | `store` | shared stores: what is in one, its claim, and its homes: a git ref, or objects in a bucket; bytes only | git, state, `fault_point` |
//! | `cake` | the HTTP client in two halves, Reader and Writer; classification of replies; paging, rate limit, retries, cancellation | offer, characters, state's durable intent, words |
//! | `workbook` | an Excel workbook as rows of texts: which sheet, exact decimals, dates, what is hidden | – |
//! | `import` | CAKE's offers and spreadsheets as new YAML, spreadsheets as edits of existing YAML: layout, keys, matching, texts that are read back; export | source, inert, offer, diagnostic, config, desired, cake's observed values, edit, words, workbook |
//! | `plan` | desired against recorded (and observed): actions, order, drift, the saved plan; pure | source, offer, diagnostic, words |
//! | `policy` | what is judged of valid offers and of plans: lints, guardrails, rules, waivers, what to review first; pure | source, offer, config, diagnostic, expr, plan, words |
//! | `links` | following the links of offers: which addresses may be requested, how hosts are treated, where each link ends | source, offer, diagnostic, policy's test values, cake's rate limit, words |
//! | `forge` | GitHub or GitLab, as a run of CI belongs to one: comments and issues, by their REST API | cake's texts of errors, words |
//! | `apply` | intent, send, outcome; recovery of what is in doubt; the checks before the first write; the report's types | plan, state, cake, offer, diagnostic |
//! | `report` | the view model of plans and applies; the views: text, JSON, markdown, workflow commands, schemas | source, characters, inert, plan, policy, apply's events, import's outcome, links' result, config's table of keys, the state's document, words |
//! | `ops` | one file for each thing that a user can do: opens the repository, calls the rooms in order, returns a value | all but cli and report |
//! | `cli` | arguments, one thin file a command, the terminal, exit codes | ops, report, and the types of their values |
//!
//! # The walk of `plan`
//!
//! arguments → `config::load` → `ops/tree.rs`: `desired::read` (all offers, or all problems), beside it the index of `git`, and
//! `state::Store::read` (document and journal as a consistent pair, no lock), all again until nothing has changed from before the
//! first file to after the last one → `offer::DesiredSet::resolve` (the values that schedules want at the plan's moment) → `plan::plan` (joined by key → changes → actions, ordered) → which removals are not
//! committed, and what becomes due later → a view in `report`. From texts to plan it is one pure function of files, state and moment: the
//! same bytes in, the same bytes out.
//!
//! # The walk of `apply`
//!
//! `ops/apply.rs`, from top to bottom: lock → `state::Session::open` (replays what an interrupted apply left) → the offers → the plan by
//! the state, where nothing is in doubt: if it is empty or refused, no key is asked for and CAKE is not → `apply::Recovery` (looks for creates in doubt, waits until CAKE can no longer be working on them, sends nothing) → the plan (a
//! saved one is compared with it, offer by offer) → approval → `ops/apply/preflight.rs`: one complete listing, against which the
//! records of the changed offers and the new offers are checked, and which is the baseline of the creates → the state is replaced
//! by a copy of itself, so that one that cannot be replaced is found now → `apply::Executor`: for each action intent on disk → send
//! → outcome on disk → an event to the observer → `apply::Recovery` once more, for what ended in doubt → `state::Session::publish`
//! (temporary file, sync, rename, sync of the folder; then the journal is emptied) → the report.
//!
//! # Evidence
//!
//! What CAKE did not show is not known. Each conclusion has a type that only its evidence makes: `apply::CompleteListing` is read
//! to its end or is an error; an offer of it is taken over as `LookupResult::Found` only if it is equal, newer than the create's
//! `offer::Baseline` and no one else's, and a create counts as not executed only without any `apply::Undecided` and after
//! `apply::Settling`, and never against a reply that says it was (`accepted`); `offer::WriteOutcome` keeps what a reply contradicts, and
//! until when a lost update may still take effect.
//!
//! # An error
//!
//! What is wrong with the user's files is a `diagnostic::Diagnostic` from the start. What is wrong with the environment is an error enum
//! of its room; `ops::Error` gathers them, `ops/diagnose.rs` gives each its code, sentence and advice, and `cli/failure.rs` its
//! exit code.
//!
//! # Glossary
//!
//! | word | meaning |
//! |---|---|
//! | desired | the offers in YAML |
//! | recorded | what the state says of them |
//! | observed | what CAKE shows |
//! | key | the name of an offer in YAML and state; never sent to CAKE |
//! | managed field | a field that the YAML gives; any other is neither sent nor compared |
//! | create-only field | a field that CAKE's update call cannot change |
//! | action | one thing that a plan does for one offer |
//! | state change | a change of the record that needs no request |
//! | retire | make inactive because the YAML is gone |
//! | replace | create a new offer, then make the old one inactive |
//! | drift | observed differs from recorded |
//! | journal | what an apply is about to do and what became of it, on disk before it counts |
//! | intent, outcome | the journal's two entries around a request |
//! | in doubt | a request whose outcome is unknown |
//! | at rest | of the tree: as it was read, with no change by git or another program meanwhile |
//! | recovery | looking in CAKE for what writes in doubt have done |
//! | baseline | what CAKE held before a create: only a newer offer can be the one that it made |
//! | settle time | how long CAKE may still be working on a request whose reply is lost |
//! | unsettled | of a field: an update without a reply may still change it |
//! | store | where a state lives that is no file of the repository: a ref of a git remote, or objects in a bucket |
//! | claim | the right of one process to write the state, where it lives; a lock, where that is a file |
//! | epoch | the number of a claim |
//! | lineage | the identity of a state through all its versions |
//! | revision | the changes of the record of an offer: a state that lacks some was put back by git |
//! | saved plan | a plan in a file, which is carried out exactly or not at all |
//! | due | of a scheduled value: its time has come |
//! | step | a time at which a schedule, or an expiration date, changes what is wanted of an offer |
//! | diagnostic | a problem as data: code, sentence, places, advice |
//! | lint | a built-in check of a valid offer; its level says whether a finding is nothing, a warning or an error |
//!
//! # What cannot be written down
//!
//! A create-only field in an update, an update of nothing, a create without a status (`offer::Update`, `offer::NewOffer`) ·
//! a plan that writes (it never sees a Writer) · writing the state without the claim (`state::Session` takes it by value) ·
//! sending before the intent is durable (`cake::Writer::send` takes a `state::DurableIntent`, which only the journal makes) ·
//! a failed write without its certainty (`offer::WriteOutcome`) · one kind of id in another's place · a printed API key
//! (`cake::ApiKey`) · money through a float (no float type under these rooms; a test looks).
//!
//! # Every file touched on disk
//!
//! | file | read by | written by |
//! |---|---|---|
//! | `offersync.toml` | every command that works with offers or the state, except `state merge` | `init`, where there is none |
//! | `offers/**` | every command but `state list`, `show`, `mv`, `rm`, `resolve` | `import`, `init` (new files; an import removes the unchanged sample of `init`); `drift --accept`, `edit`, `fmt` |
//! | `.git` around the offers | every command that reads `offers/**`, by the `git` command | – |
//! | `offersync.state.json` | `validate`, `plan`, `apply`, `drift`, `import`, `export`, `state`, `fmt --prune-schedule` | whole, by rename: `apply`, `import`, `drift --accept`, `state`; `state merge` writes the file that it is given |
//! | the file of `log.file` | `log` | a line added by `apply`, synced |
//! | `.git/offersync/offersync.state.json.pushed` | `ci push-state` | whole, by rename: `ci push-state`, the name of the state that it has pushed |
//! | `….journal` | with the state; those of other work trees and of earlier names of the state before a write | the same; appended and synced line by line, emptied after the state is published |
//! | `….last` | where the state is gone, or is another one | a copy of the state, made at each publish in a git work tree |
//! | `….lock` | – | every command that writes the state; never deleted, the lock itself is the operating system's |
//! | `….previous` | messages name it | the generation before the present one, kept at each publish |
//! | `.git` and what it points to | every command that works with the state: `git::place_of` finds the folder in which these files are | `.git/offersync/`: the four files above, where the state is in a git work tree; beside the state otherwise |
//! | `offersync/cake-hosts` in the user's configuration folder | every command that sends the API key, unless `OFFERSYNC_KEY_HOST` is set | the same, for a host that the user confirms |
//! | `offersync-…` in the folder for temporary files | every command that works with a state in a store | the same: a private copy of the state, removed at the end |
//! | `.offersync/` | `--sandbox` | the sandbox's data and its own state; ignores itself in git |
//! | what `--out`, `--output`, `-o` and `GITHUB_STEP_SUMMARY` name | `apply FILE` | `plan`, `apply`, `export` |

mod apply;
mod cake;
mod characters;
#[doc(hidden)]
pub mod cli;
mod config;
mod desired;
mod diagnostic;
mod disk;
mod edit;
mod error_chain;
mod expr;
mod fault_point;
mod forge;
mod git;
mod import;
mod inert;
mod links;
mod offer;
mod ops;
mod plan;
mod policy;
mod report;
mod sandbox;
mod scan;
mod shell;
mod source;
mod state;
mod store;
mod words;
mod workbook;

pub use apply::{ActionOutcome, ActionResult, Report, Run, RunOutcome};
pub use diagnostic::{Code, Diagnostic, Label, Severity};
pub use offer::{Field, Fields, Key, OfferId, Value};
pub use ops::{ApplyOptions, Error, PlanOptions, Repository};
pub use plan::{
    Action, Cluster, FieldChange, Flag, FlagKind, Plan, Rule, Selection, StateBinding, Summary, Unit, Verb,
    YamlLocation,
};
pub use source::{Place, SourcePath};

/// The causes behind an [`Error`].
pub mod errors {
    pub use crate::apply::Duplicate;
    pub use crate::cake::{ApiKeyError, ClientError, ReadFailure};
    pub use crate::forge::ForgeError;
    pub use crate::git::GitError;
    pub use crate::links::LinkClientError;
    pub use crate::ops::{ConnectError, KeyHostError, KeyHostReason, SavedPlanError, StateChangeError};
    pub use crate::plan::SelectionError;
    pub use crate::sandbox::SandboxError;
    pub use crate::state::{ClaimError, JournalError, LockError, StateError};
}

/// The views of plans, reports and problems.
pub mod views {
    pub use crate::report::{ViewContext, github, json, markdown, text};
}

/// What this package's own tests and benchmarks need besides. Not part of the library.
#[doc(hidden)]
pub mod testing {
    pub mod config {
        pub use crate::config::keys;
    }
    pub mod diagnostic {
        pub use crate::diagnostic::codes;
    }
    pub mod offer {
        pub use crate::offer::{Fields, Record, RecordStatus, Recorded};
    }
    pub mod policy {
        pub use crate::config::LintLevel;
        pub use crate::policy::levels;
    }
    pub mod sandbox {
        pub use crate::sandbox::{
            Amount, Counters, EmptyListing, FaultPlan, Lag, ListingChange, NameForm, Offer, Quirks, RestrictedKey,
            RunningSandbox, Sandbox, SandboxHandle, SandboxOptions, ScheduledChange, StatusSpelling, TotalField,
            Wrapper,
        };
    }
    pub mod state {
        pub use crate::state::{Lineage, StateDocument, Store};
    }
}

/// Compiles and runs the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
