//! The parts of an apply that speak with CAKE: looking for creates in doubt, the check for duplicates, and the writes with a
//! second look at the end.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use crate::apply::{
    ActionOutcome, ActionResult, Executor, Ledger, Observer, Recovered, Recovery, Task, find_duplicates,
};
use crate::cake::ReadFailure;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::{DuplicateCheck, Settings};
use crate::diagnostic::codes;
use crate::fault_point;
use crate::offer::{DesiredSet, Key, Recorded};
use crate::ops;
use crate::ops::Cake;
use crate::plan::{Action, ActionKind, Plan};
use crate::state::Session;

use super::doubts::Doubts;
use super::journal;

/// How often creates that turned out to be absent are sent once more within one apply.
const SECOND_TRIES: usize = 2;

/// What it takes to speak with CAKE.
pub(super) struct Rounds<'a> {
    pub(super) cake: &'a Cake,
    pub(super) settings: &'a Settings,
    pub(super) desired: &'a DesiredSet,
    pub(super) stop: &'a CancellationToken,
    pub(super) observer: &'a dyn Observer,
}

impl Rounds<'_> {
    /// Looks for what earlier applies left in doubt.
    pub(super) async fn look(&self, session: &mut Session) -> Result<Doubts, Failure> {
        let recorded = session.recorded();
        let reader = self.cake.client.reader();
        let recovered = self.recovery(session, &reader).look(&recorded).await.map_err(|error| journal(&error))?;
        if let Some(ReadFailure::KeyRefused { message }) = &recovered.unseen {
            return Err(key_refused(message));
        }
        session.publish().map_err(ops::Error::from)?;
        Ok(Doubts::new(recovered))
    }

    fn recovery<'s>(&'s self, session: &'s Session, reader: &'s crate::cake::Reader) -> Recovery<'s> {
        let listing_lag = fault_point::shortened(self.settings.cake.listing_lag);
        Recovery { journal: session.journal(), reader, listing_lag, stop: self.stop, observer: self.observer }
    }

    /// Before a create: no offer of its name and advertiser may be in CAKE that no key owns. Gives what to warn of.
    pub(super) async fn check_duplicates(&self, plan: &Plan, session: &Session) -> Result<Vec<String>, Failure> {
        let check = self.settings.cake.duplicate_check;
        if check == DuplicateCheck::Off {
            return Ok(Vec::new());
        }
        let reader = self.cake.client.reader();
        let recorded = session.recorded();
        let is_barred = |key: &Key| bar(self.desired, &recorded, key).is_some();
        match find_duplicates(plan, &recorded, &is_barred, &reader, self.observer).await {
            Ok(found) if found.is_empty() => Ok(Vec::new()),
            Ok(found) => Err(ops::Error::Exists(found).into()),
            Err(ReadFailure::NoListing { message }) if check == DuplicateCheck::Auto => Ok(vec![format!(
                "Warning: this CAKE has no listing of offers ({message}), so nobody checked whether the new offers exist \
                 already. `cake.duplicate_check = \"off\"` says that this is known."
            )]),
            Err(ReadFailure::KeyRefused { message }) => Err(key_refused(&message)),
            // Told by whoever gave the signal.
            Err(ReadFailure::Stopped) => Ok(Vec::new()),
            Err(failure) => Err(Failure::new(Exit::Error, codes::world::LISTING, failure.to_string())
                .help("nothing was written. Check `cake.url` and the network, and run it again")),
        }
    }

    /// Carries the plan out. Creates that end in doubt are looked for at once; those that made nothing are sent again, and a
    /// replace whose new offer was found goes on with its second half. What was found out about the rest comes back.
    pub(super) async fn carry_out(&self, plan: &Plan, session: &mut Session, ledger: &Ledger) -> Doubts {
        let (writer, reader) = (self.cake.client.writer(), self.cake.client.reader());
        let max_in_flight = self.settings.cake.max_in_flight;
        let recorded = session.recorded();
        let mut open = Vec::with_capacity(plan.actions.len());
        for task in tasks(plan) {
            match bar(self.desired, &recorded, &task.action.key).filter(|_| creates(&task.action.kind)) {
                None => open.push(task),
                Some(result) => ledger.end(task.place, result.on(task.action)),
            }
        }
        let (mut tasks, mut state_changes) = (open, plan.state_changes.as_slice());
        let mut doubts = Doubts::default();
        // One round more than tries: what the last look found has its second half still to do.
        for round in 0..=SECOND_TRIES + 1 {
            let (journal, stop, observer) = (session.journal(), self.stop, self.observer);
            let executor = Executor { journal, writer: &writer, max_in_flight, stop, observer };
            executor.carry_out(&tasks, state_changes, ledger).await;
            let places: BTreeSet<usize> = tasks.iter().map(|task| task.place).collect();
            tasks =
                ledger.in_doubt().into_iter().filter(|place| places.contains(place)).map(|p| task(plan, p)).collect();
            tasks.retain(|task| creates(&task.action.kind));
            state_changes = &[];
            if tasks.is_empty() || ledger.is_halted() || stop.is_cancelled() || session.publish().is_err() {
                break;
            }
            let recorded = session.recorded();
            let Ok(recovered) = self.recovery(session, &reader).look(&recorded).await else { break };
            tasks = next_round(&tasks, &recovered, ledger, round >= SECOND_TRIES);
            doubts = Doubts::new(recovered);
            if tasks.is_empty() {
                break;
            }
        }
        doubts
    }
}

/// Why a create cannot be sent.
enum Bar<'a> {
    /// An earlier one is in doubt.
    InDoubt,
    /// One under the key that the offer is renamed from is in doubt: it may well be this very offer.
    RenamedFrom(&'a Key),
}

impl Bar<'_> {
    fn on(&self, action: &Action) -> ActionResult {
        match self {
            Self::InDoubt => {
                let message = "not sent: an earlier create of it is in doubt";
                ActionResult::of(action, ActionOutcome::InDoubt, message)
            }
            Self::RenamedFrom(from) => ActionResult::skipped(
                action,
                &format!("not begun: the create of `{from}`, from which it is renamed, is in doubt"),
            ),
        }
    }
}

/// Whether a create of the key is barred.
fn bar<'a>(desired: &'a DesiredSet, recorded: &Recorded, key: &Key) -> Option<Bar<'a>> {
    if recorded.in_doubt.contains_key(key) {
        return Some(Bar::InDoubt);
    }
    let from = desired.get(key)?.sync.renamed_from.as_ref()?;
    let is_new = !recorded.offers.contains_key(key) && !recorded.offers.contains_key(from);
    (is_new && recorded.in_doubt.contains_key(from)).then_some(Bar::RenamedFrom(from))
}

/// Every action of a plan as it stands.
fn tasks(plan: &Plan) -> impl Iterator<Item = Task<'_>> {
    plan.actions.iter().enumerate().map(|(place, action)| Task { place, action, created: None })
}

fn task(plan: &Plan, place: usize) -> Task<'_> {
    Task { place, action: &plan.actions[place], created: None }
}

fn creates(kind: &ActionKind) -> bool {
    kind.create().is_some()
}

/// What is left to do for creates that ended in doubt, by what was found out about them.
fn next_round<'a>(tasks: &[Task<'a>], recovered: &Recovered, ledger: &Ledger, is_last: bool) -> Vec<Task<'a>> {
    let mut next = Vec::new();
    for task in tasks {
        let key = &task.action.key;
        if let Some(id) = recovered.found.get(key) {
            next.push(Task { created: Some(*id), ..*task });
        } else if recovered.absent.contains(key) && is_last {
            let message = "its replies were lost, and CAKE's listing shows that it made nothing; apply again";
            ledger.end(task.place, ActionResult::of(task.action, ActionOutcome::NotSent, message));
        } else if recovered.absent.contains(key) {
            next.push(*task);
        }
    }
    next
}

fn key_refused(message: &str) -> Failure {
    Failure::new(Exit::KeyRefused, codes::world::KEY_REFUSED, format!("CAKE refused the API key: {message}"))
        .help("nothing was written; check the key, its user's permissions, and CAKE's list of allowed addresses")
}
