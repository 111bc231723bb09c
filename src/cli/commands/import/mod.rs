//! `import`: CAKE's offers, or a spreadsheet's, into YAML and state.
//!
//! Owns the order of things on the disk. Invariants: YAML comes first and the records after it, so that a run that is
//! interrupted leaves YAML without a record, which the next import takes up, and never a record without YAML, which a plan
//! would retire; what is recorded was in place, synced, before its record was.

mod files;
mod listing;
mod messages;
mod sheet;

use crate::cake::ObservedOffer;
use crate::cli::args::ImportArgs;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::signals::Signals;
use crate::diagnostic::codes;
use crate::disk::Created;
use crate::error_chain::with_causes;
use crate::fault_point;
use crate::import::{self, Import, ImportOptions, Inputs, Origin, Tree};
use crate::offer::{Recorded, StateChange};
use crate::ops::Cake;
use crate::ops::Repository;
use crate::ops::{self, open_session, read_recorded};
use crate::ops::{Desired, read_desired};
use crate::report::progress::Progress;
use crate::state::Session;

use listing::{Asked, missing};

pub(in crate::cli) use listing::all as list_all;

/// Imports.
pub(in crate::cli) async fn run(context: &Context, args: &ImportArgs) -> Result<Exit, Failure> {
    if let Some(file) = &args.from_csv {
        return sheet::run(context, args, file).await;
    }
    let repository = context.repository(args.sandbox)?;
    let asked = Asked::read(args, &repository.settings.names)?;
    let desired = read_desired(&repository, true)?;
    let defaults = files::read_defaults(&repository, &desired.set)?;
    repository.prepare_sandbox()?;
    let signals = Signals::new();
    let cake = Cake::connect(&repository, signals.stop()).await?;
    let work = Work { context, args, repository: &repository, desired, defaults, asked };
    let exit = work.run(&cake, &signals).await;
    cake.close().await;
    exit
}

/// An import under way.
struct Work<'a> {
    context: &'a Context,
    args: &'a ImportArgs,
    repository: &'a Repository,
    desired: Desired,
    defaults: Vec<(String, Vec<u8>)>,
    asked: Asked,
}

impl Work<'_> {
    async fn run(&self, cake: &Cake, signals: &Signals) -> Result<Exit, Failure> {
        // Held while CAKE is asked: an apply meanwhile would create offers that look as if nobody had recorded them.
        let session = if self.args.dry_run { None } else { Some(open(self.context, self.repository).await?) };
        let progress = Progress::new(self.context.terminal.shows_progress());
        let observed = signals.run(self.asked.list(&cake.client.reader(), &progress), || {}).await;
        let observed = observed.unwrap_or_else(|| Err(listing::interrupted()))?;
        drop(progress);
        match session {
            None => {
                let import = self.choose(&observed, read_recorded(self.repository)?.recorded());
                messages::problems(self.context, self.repository, &import);
                self.context.print(&messages::preview(&import))?;
                Ok(exit_of(&import))
            }
            Some(session) => {
                let mut import = self.choose(&observed, &session.recorded());
                let kept = keep(self.repository, session, &mut import).await;
                messages::problems(self.context, self.repository, &import);
                kept?;
                self.context.print(&messages::summary(&import))?;
                Ok(exit_of(&import))
            }
        }
    }

    fn choose(&self, observed: &[ObservedOffer], recorded: &Recorded) -> Import {
        let settings = &self.repository.settings;
        let tree = Tree {
            set: &self.desired.set,
            defaults: &self.defaults,
            folder: &settings.offers_shown,
            names: &settings.names,
        };
        let options = ImportOptions { matching: self.args.matching, defaults: self.args.defaults };
        let mut import = import::import(Inputs { observed, recorded, tree, options });
        import.left_out.extend(missing(&self.asked, observed));
        import.left_out.sort_by_key(|left_out| left_out.offer_id);
        import
    }
}

/// Takes the lock and opens the state.
async fn open(context: &Context, repository: &Repository) -> Result<Session, Failure> {
    Ok(open_session(repository, context.lock_timeout()).await?)
}

/// Makes the files and then the records of those that are there; also after a failure, so that no file that was made waits
/// for a record longer than it has to.
async fn keep(repository: &Repository, mut session: Session, import: &mut Import) -> Result<(), Failure> {
    let (created, failure) = files::create(repository, &import.files);
    files::leave_out_existing(import, &created);
    let notes: Vec<StateChange> = import
        .adoptions
        .iter()
        .filter(|adoption| match adoption.origin {
            Origin::Written(file) => created.get(file) == Some(&Created::Yes),
            Origin::Found | Origin::Matched => true,
        })
        .map(|adoption| StateChange::Adopt { key: adoption.key.clone(), record: adoption.record.clone() })
        .collect();
    let disk =
        |error: &(dyn std::error::Error + 'static)| Failure::new(Exit::Error, codes::world::DISK, with_causes(error));
    fault_point::reach("import.before-records").map_err(|error| disk(&error))?;
    if !notes.is_empty() {
        session.journal().change_state(notes).await.map_err(|error| disk(&error))?;
        session.publish().map_err(ops::Error::from)?;
    }
    failure.map_or(Ok(()), Err)
}

/// 7 where something was left out: what the command was asked for was done in part.
fn exit_of(import: &Import) -> Exit {
    if import.left_out.is_empty() { Exit::Done } else { Exit::Partial }
}
