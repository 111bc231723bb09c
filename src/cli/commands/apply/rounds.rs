//! The parts of an apply that speak with CAKE: looking for creates in doubt, the check for duplicates, and the writes with a
//! second look at the end.

use std::collections::BTreeMap;

use crate::apply::{ActionOutcome, Execution, Executor, Observer, Recovered, Recovery, find_duplicates};
use crate::cake::{ReadFailure, Stop};
use crate::cli::connect::Cake;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::recorded::refused;
use crate::config::{DuplicateCheck, Settings};
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Key, OfferId};
use crate::plan::Plan;
use crate::state::Session;

use super::journal;

/// How often creates that turned out to be absent are sent once more within one apply.
const SECOND_TRIES: usize = 2;

/// What it takes to speak with CAKE.
pub(super) struct Rounds<'a> {
    pub(super) cake: &'a Cake,
    pub(super) settings: &'a Settings,
    pub(super) stop: &'a Stop,
    pub(super) observer: &'a dyn Observer,
}

/// What an earlier apply left in doubt, and what looking made of it.
#[derive(Debug, Default)]
pub(super) struct Doubts(Recovered);

impl Doubts {
    /// Whether nothing was found out and nothing is open.
    pub(super) fn is_empty(&self) -> bool {
        let Recovered { found, absent, ambiguous, unseen } = &self.0;
        found.is_empty() && absent.is_empty() && ambiguous.is_empty() && unseen.is_none()
    }

    /// What a person should know of it.
    pub(super) fn notes(&self) -> Vec<String> {
        let Recovered { found, absent, ambiguous, unseen } = &self.0;
        let found = found.iter().map(|(key, id)| {
            format!("An earlier create of `{key}` was in doubt; CAKE has it as offer {id}, which is recorded now.")
        });
        let absent = absent.iter().map(|key| {
            format!("An earlier create of `{key}` was in doubt; CAKE does not have it, so it may be sent again.")
        });
        let unseen = unseen
            .iter()
            .map(|failure| format!("Creates in doubt could not be looked for, and stay in doubt: {failure}."));
        found.chain(absent).chain(ambiguous.iter().map(ambiguity)).chain(unseen).collect()
    }
}

fn ambiguity((key, ids): (&Key, &Vec<OfferId>)) -> String {
    let commands =
        ids.iter().map(|id| format!("\n  offersync state resolve {key} --offer-id {id}")).collect::<Vec<_>>().concat();
    format!(
        "The create of `{key}` is in doubt and {} offers of its name, advertiser and vertical are in CAKE. Say which one it \
         made, or that it made none:{commands}\n  offersync state resolve {key} --not-created",
        ids.len()
    )
}

impl Rounds<'_> {
    /// Looks for what earlier applies left in doubt.
    pub(super) async fn look(&self, session: &mut Session) -> Result<Doubts, Failure> {
        let recorded = session.recorded();
        let reader = self.cake.connection.reader();
        let recovered = self.recovery(session, &reader).look(&recorded).await.map_err(|error| journal(&error))?;
        if let Some(ReadFailure::KeyRefused { message }) = &recovered.unseen {
            return Err(key_refused(message));
        }
        session.publish().map_err(|error| refused(&error))?;
        Ok(Doubts(recovered))
    }

    fn recovery<'s>(&'s self, session: &'s Session, reader: &'s crate::cake::Reader) -> Recovery<'s> {
        let listing_lag = self.settings.cake.listing_lag;
        Recovery { journal: session.journal(), reader, listing_lag, stop: self.stop, observer: self.observer }
    }

    /// Before a create: no offer of its name and advertiser may be in CAKE that no key owns. Gives what to warn of.
    pub(super) async fn check_duplicates(&self, plan: &Plan, session: &Session) -> Result<Vec<String>, Failure> {
        let check = self.settings.cake.duplicate_check;
        if check == DuplicateCheck::Off {
            return Ok(Vec::new());
        }
        let reader = self.cake.connection.reader();
        match find_duplicates(plan, &session.recorded(), &reader, self.observer).await {
            Ok(twins) if twins.is_empty() => Ok(Vec::new()),
            Ok(twins) => Err(exists(&twins)),
            Err(ReadFailure::NoListing { message }) if check == DuplicateCheck::Auto => Ok(vec![format!(
                "Warning: this CAKE has no listing of offers ({message}), so nobody checked whether the new offers exist \
                 already. `cake.duplicate_check = \"off\"` says that this is known."
            )]),
            Err(ReadFailure::KeyRefused { message }) => Err(key_refused(&message)),
            Err(ReadFailure::Stopped) => Err(super::interrupted()),
            Err(failure) => Err(Failure::new(Exit::Error, codes::world::LISTING, failure.to_string()).help(
                "nothing was written; run it again. A CAKE without the listing needs `cake.duplicate_check = \"off\"`",
            )),
        }
    }

    /// Carries the plan out. Creates that end in doubt are looked for at once, and sent again where they surely made nothing.
    pub(super) async fn carry_out(&self, plan: &Plan, session: &mut Session, before: &Doubts) -> Execution {
        let (writer, reader) = (self.cake.connection.writer(), self.cake.connection.reader());
        let max_in_flight = self.settings.cake.max_in_flight;
        let mut total = Execution::default();
        let mut open = plan.clone();
        open.actions.retain(|action| !before.0.ambiguous.contains_key(&action.key));
        for round in 0..=SECOND_TRIES {
            let executor = Executor {
                journal: session.journal(),
                writer: &writer,
                max_in_flight,
                stop: self.stop,
                observer: self.observer,
            };
            let execution = executor.carry_out(&open).await;
            let halted = execution.journal_error.is_some() || execution.key_refused.is_some();
            merge(&mut total, execution);
            let doubtful = |result: &crate::apply::ActionResult| result.outcome == ActionOutcome::InDoubt;
            if halted || self.stop.is_stopped() || !total.results.iter().any(doubtful) || session.publish().is_err() {
                break;
            }
            let recorded = session.recorded();
            let Ok(recovered) = self.recovery(session, &reader).look(&recorded).await else { break };
            settle(&mut total, &recovered.found);
            if recovered.absent.is_empty() || round == SECOND_TRIES {
                break;
            }
            open.settlements.clear();
            open.actions.retain(|action| recovered.absent.contains(&action.key));
        }
        total
    }
}

/// Later results take the place of earlier ones of the same action.
fn merge(total: &mut Execution, execution: Execution) {
    for result in execution.results {
        let same = total.results.iter_mut().find(|known| known.key == result.key && known.verb == result.verb);
        match same {
            Some(known) => {
                let attempts = known.attempts.saturating_add(result.attempts);
                *known = crate::apply::ActionResult { attempts, ..result };
            }
            None => total.results.push(result),
        }
    }
    total.journal_error = total.journal_error.take().or(execution.journal_error);
    total.key_refused = total.key_refused.take().or(execution.key_refused);
}

/// Creates in doubt that were found are done.
fn settle(total: &mut Execution, found: &BTreeMap<Key, OfferId>) {
    for result in total.results.iter_mut().filter(|result| result.outcome == ActionOutcome::InDoubt) {
        if let Some(id) = found.get(&result.key) {
            result.outcome = ActionOutcome::Done;
            result.offer_id = Some(*id);
            result.message = Some("its reply was lost; found in CAKE's listing".to_owned());
        }
    }
}

fn key_refused(message: &str) -> Failure {
    Failure::new(Exit::KeyRefused, codes::world::KEY_REFUSED, format!("CAKE refused the API key: {message}"))
        .help("nothing was written; check the key, its user's permissions, and CAKE's list of allowed addresses")
}

fn exists(twins: &[crate::apply::Twin]) -> Failure {
    let diagnostic = |twin: &crate::apply::Twin| {
        let ids = twin.offer_ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let message = format!(
            "`{}` would be created, but CAKE has “{}” of that advertiser already: offer {ids}",
            twin.key, twin.name
        );
        Diagnostic::error(codes::world::EXISTS, message).help(format!(
            "nothing was written. If it is the same offer, take it over with `offersync import --offer-id {}`; if not, give \
             the new one another name",
            twin.offer_ids.first().map(ToString::to_string).unwrap_or_default()
        ))
    };
    Failure { exit: Exit::Refused, diagnostics: twins.iter().map(diagnostic).collect() }
}
