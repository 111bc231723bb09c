//! offersync: offers as code for CAKE, the affiliate-marketing platform.
//!
//! Files in git and a state file go through pure functions to a finished value, the [plan](crate::plan); a person or a CI job
//! reviews that very value; an [executor](crate::apply) that has no decision left to make carries it out, writing down each
//! intent before it acts and each outcome after. Users read the README; this page is for developers.
//!
//! # Rooms
//!
//! A room never uses one that the table does not name; `tests/it/architecture.rs` holds the imports against the same table.
//!
//! | room | owns | uses |
//! |---|---|---|
//! | [`offer`] | the vocabulary: key, ids, exact money, dates, **the one table of fields**, the two writes | – |
//! | [`diagnostic`] | a problem as data: code, message, places, help; its rendering; every code's explanation | – |
//! | [`sandbox`] | a CAKE of our own behind real HTTP: a second, independent reading of CAKE's pages | – |
//! | [`fault_point`] | places where a test may fail or kill the program; nothing in a normal build | – |
//! | `error_chain` | an error and its causes in one line | – |
//! | `disk` | files that are whole or not there: replaced or created by way of a temporary name, synced where asked | `fault_point` |
//! | [`config`] | `offersync.toml` to settings; file < environment < flags | offer, diagnostic |
//! | [`edit`] | YAML edits that keep every other byte; the canonical form; fresh offers as text | offer |
//! | [`desired`] | the tree of YAML to desired offers, or to every problem in it | offer, diagnostic, config |
//! | [`state`] | recorded offers: the document, the journal and its replay, lock, store | offer, disk |
//! | [`cake`] | the HTTP client in two halves, Reader and Writer; classification of replies; paging, rate limit, retries, cancellation | offer, state's durable intent |
//! | [`import`] | CAKE's offers and spreadsheets as new YAML: layout, keys, matching, texts that are read back; export | offer, diagnostic, config, desired, cake's observed values, edit |
//! | [`plan`] | desired against recorded (and observed): actions, order, drift, the saved plan; pure | offer, diagnostic |
//! | [`apply`] | intent, send, outcome; recovery of what is in doubt; the check for duplicates | plan, state, cake, offer |
//! | [`report`] | views of plans, reports, drift and problems: text, JSON, markdown, workflow commands, schemas | plan, apply's events, import's outcome, config's table of keys |
//! | [`ops`] | one file for each thing that a user can do: opens the repository, calls the rooms in order, returns a value | all but cli and report |
//! | [`cli`] | arguments, one thin file a command, the terminal, exit codes | all |
//!
//! # The walk of `plan`
//!
//! arguments → [`config::load`] → [`desired::read`] (all offers, or all problems) ⟶ with [`state::Store::read`] (document and
//! journal as a consistent pair, no lock) → [`plan::plan`] (joined by key → changes → actions, ordered) → a view in [`report`].
//! From texts to view it is one pure function: the same bytes in, the same bytes out.
//!
//! # The walk of `apply`
//!
//! [`state::Store::lock`] → [`state::Session::open`] (replays what an interrupted apply left) → [`apply::Recovery`] (looks for creates
//! in doubt, sends nothing) → the plan (a saved one is held against it, offer by offer) → the question →
//! [`apply::find_duplicates`] → [`apply::Executor`]: for each action intent on disk → send → outcome on disk → an event to
//! whoever watches → [`state::Session::publish`] (temporary file, sync, rename, sync of the folder; then the journal is emptied)
//! → the report.
//!
//! # What cannot be written down
//!
//! A create-only field in an update, an update of nothing, a create without a status ([`offer::Update`], [`offer::NewOffer`]) ·
//! a plan that writes (it never sees a Writer) · writing the state without the lock ([`state::Session`] takes the lock by value) ·
//! sending before the intent is durable ([`cake::Writer::send`] takes a [`state::DurableIntent`], which only the journal makes) ·
//! a failed write without its certainty ([`offer::WriteOutcome`]) · one kind of id in another's place · a printed API key
//! ([`cake::ApiKey`]) · money through a float (no float type under these rooms; a test looks).
//!
//! # Every file touched on disk
//!
//! | file | read by | written by |
//! |---|---|---|
//! | `offersync.toml` | every command | `init`, where there is none |
//! | `offers/**` | every command but `state list`, `show`, `mv`, `rm`, `resolve` | `import`, `init` (new files); `drift --accept`, `edit`, `fmt` |
//! | `offersync.state.json` | `validate`, `plan`, `apply`, `drift`, `import`, `export`, `state` | whole, by rename: `apply`, `import`, `drift --accept`, `state`; `state merge` writes the file that it is given |
//! | `….journal` | with the state | the same; appended and synced line by line, emptied after the state is published |
//! | `….lock` | – | whoever writes the state; never deleted, the lock itself is the operating system's |
//! | `….previous` | messages name it | the generation before the present one, kept at each publish |
//! | `.offersync/` | `--sandbox` | the sandbox's data and its own state; ignores itself in git |
//! | what `--out`, `--output`, `-o` and `GITHUB_STEP_SUMMARY` name | `apply FILE` | `plan`, `export` |

pub mod apply;
pub mod cake;
pub mod cli;
pub mod config;
pub mod desired;
pub mod diagnostic;
pub(crate) mod disk;
pub mod edit;
mod error_chain;
pub mod fault_point;
pub mod import;
pub mod offer;
pub mod ops;
pub mod plan;
pub mod report;
pub mod sandbox;
pub mod state;
