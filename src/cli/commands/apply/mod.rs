//! `apply`: lock, look at what is in doubt, plan, ask, write, record, report. Each step in a file of its own.

mod ask;
mod doubts;
mod rounds;
mod saved;
mod tell;

use crate::apply::{ActionResult, Ledger, Report, Verdict};
use crate::cli::args::{ApplyArgs, ReportFormat};
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::signals::Signals;
use crate::diagnostic::codes;
use crate::error_chain::with_causes;
use crate::ops::Cake;
use crate::ops::Repository;
use crate::ops::{self, Desired, make_plan, open_session, read_desired, selection};
use crate::plan::{Plan, Selection, StateBinding, overwritten_keys};
use crate::report::progress::Progress;
use crate::state::{Session, StateError};

use ask::Answer;
use doubts::Doubts;
use rounds::Rounds;
use saved::SavedPlan;

/// What is to be carried out.
struct Work<'a> {
    context: &'a Context,
    args: &'a ApplyArgs,
    repository: &'a Repository,
    desired: Desired,
    selection: Selection,
    saved: Option<SavedPlan>,
}

/// Carries a plan out.
pub(in crate::cli) async fn run(context: &Context, args: &ApplyArgs) -> Result<Exit, Failure> {
    let (saved, globs) = saved::open(context, args)?;
    let repository = context.repository(args.selection.sandbox)?;
    if let Some(saved) = &saved {
        saved.check_address(&repository.cake)?;
    }
    ask::check(context, args)?;
    let selection = selection(globs, &args.selection.exclude)?;
    let desired = read_desired(&repository, args.selection.allow_empty)?;
    repository.prepare_sandbox()?;
    let work = Work { context, args, repository: &repository, desired, selection, saved };
    let signals = Signals::new();
    let cake = Cake::connect(&repository, signals.stop()).await?;
    let exit = work.run(&cake, &signals).await;
    cake.close().await;
    exit
}

impl Work<'_> {
    async fn run(&self, cake: &Cake, signals: &Signals) -> Result<Exit, Failure> {
        let opened = signals.wait(open_session(self.repository, self.context.lock_timeout())).await;
        let mut session = opened.unwrap_or(Err(ops::Error::Interrupted("while another apply was waited for")))?;
        let progress = Progress::new(self.context.terminal.shows_progress());
        let (settings, desired) = (&self.repository.settings, &self.desired.set);
        let rounds = Rounds { cake, settings, desired, stop: signals.stop(), observer: &progress };

        let doubts = signals.run(rounds.look(&mut session), || {}).await;
        if signals.stop().is_cancelled() {
            return self.interrupted(&session, None);
        }
        let doubts = doubts.unwrap_or_else(|| Ok(Doubts::default()))?;
        let plan = signals.wait(self.plan(cake, &progress, &session)).await;
        let Some(plan) = plan else {
            return self.interrupted(&session, None);
        };
        let plan = plan?;
        tracing::info!(actions = plan.actions.len(), unchanged = plan.unchanged, "planned");
        self.check_saved(&plan, &doubts)?;
        let plan = match &self.saved {
            Some(saved) => saved.narrow(plan),
            None => plan,
        };
        if plan.is_blocked() {
            return self.refuse(&session, &plan);
        }
        if plan.is_empty() && plan.state_changes.is_empty() && doubts.is_empty() {
            return self.report(&session, Verdict::NothingToDo, Vec::new(), Vec::new());
        }
        if !plan.is_empty() {
            match signals.wait(ask::ask(self.context, self.args, self.repository, &plan)).await {
                None => return self.interrupted(&session, Some(&plan)),
                Some(Ok(Answer::Yes)) => {}
                Some(Ok(Answer::No)) => {
                    let message = "nobody said yes, so nothing was changed";
                    return Err(Failure::new(Exit::Error, codes::world::NOT_CONFIRMED, message));
                }
                Some(Err(failure)) => return Err(failure),
            }
        }
        let checked = signals.run(rounds.check_duplicates(&plan, &session), || {}).await;
        if signals.stop().is_cancelled() {
            return self.interrupted(&session, Some(&plan));
        }
        let mut notes = checked.unwrap_or_else(|| Ok(Vec::new()))?;
        notes.extend(doubts.settled());

        let stopping = || self.context.terminal.note("Stopping: waiting for the replies that are under way…");
        let ledger = Ledger::new(plan.actions.len());
        let looked = signals.run(rounds.carry_out(&plan, &mut session, &ledger), stopping).await;
        drop(progress);
        let interrupted = looked.is_none() || signals.stop().is_cancelled();
        let looked = looked.unwrap_or_default();
        self.finish(session, &plan, ledger, interrupted, [&doubts, &looked], notes)
    }

    /// Holds the saved plan, where there is one, against today's. What was found out in CAKE is recorded already, and may be why
    /// they differ.
    fn check_saved(&self, plan: &Plan, doubts: &Doubts) -> Result<(), Failure> {
        let Some(saved) = &self.saved else { return Ok(()) };
        saved.check(plan).inspect_err(|_| doubts.settled().iter().for_each(|note| self.context.terminal.note(note)))
    }

    async fn plan(&self, cake: &Cake, observer: &Progress, session: &Session) -> Result<Plan, Failure> {
        let (recorded, state) = (session.recorded(), binding(session));
        // A saved plan may cover more than its offers' YAML files say today; it is narrowed by what it holds itself.
        let everything = Selection::default();
        let selection = if self.saved.is_some() { &everything } else { &self.selection };
        // A saved plan that was made against what CAKE showed is held against what it shows now.
        if !self.args.refresh && !self.saved.as_ref().is_some_and(SavedPlan::is_refreshed) {
            return Ok(make_plan(self.repository, &self.desired, &recorded, state, selection)?);
        }
        let (repository, desired) = (self.repository, &self.desired);
        let in_cake = ops::observe(cake, observer).await?;
        let (plan, drift) = ops::make_refreshed_plan(repository, desired, &recorded, state, selection, &in_cake)?;
        let unseen = self.saved.is_none() && !ask::shows_before_asking(self.args) && !self.args.overwrite_drift;
        if unseen {
            let keys = overwritten_keys(&plan, &drift);
            if !keys.is_empty() {
                return Err(ops::Error::Overwrites(keys.into_iter().cloned().collect()).into());
            }
        }
        Ok(plan)
    }

    /// A blocked change refuses the whole plan: an apply of the rest would not be what was reviewed.
    fn refuse(&self, session: &Session, plan: &Plan) -> Result<Exit, Failure> {
        if self.args.format == ReportFormat::Text {
            ask::show(self.context, self.args, self.repository, plan)?;
        }
        let skipped = |action: &crate::plan::Action| match (action.verb(), &action.reason) {
            (crate::plan::Verb::Blocked, reason) => {
                ActionResult::skipped(action, reason.as_deref().unwrap_or("blocked"))
            }
            _ => ActionResult::skipped(action, "not begun: the plan has blocked changes"),
        };
        let note = "Refused: the plan has blocked changes, so nothing was sent. Follow their messages, or leave those offers \
                    out with --exclude KEY.";
        let results = plan.actions.iter().map(skipped).collect();
        self.report(session, Verdict::Refused, results, vec![note.to_owned()])
    }

    /// A signal came before the first write.
    fn interrupted(&self, session: &Session, plan: Option<&Plan>) -> Result<Exit, Failure> {
        let skipped = |action: &crate::plan::Action| ActionResult::skipped(action, "not begun: interrupted");
        let results = plan.iter().flat_map(|plan| &plan.actions).map(skipped).collect();
        self.report(session, Verdict::Interrupted, results, vec!["Interrupted before anything was sent.".to_owned()])
    }

    /// Publishes the state and reports, whatever became of the writes.
    fn finish(
        &self,
        mut session: Session,
        plan: &Plan,
        ledger: Ledger,
        interrupted: bool,
        looks: [&Doubts; 2],
        mut notes: Vec<String>,
    ) -> Result<Exit, Failure> {
        let published = session.publish();
        tracing::info!(state = %self.repository.state.display(), "published the state");
        if matches!(published, Ok(_) | Err(StateError::JournalNotEmptied { .. })) {
            ledger.published();
        }
        let recorded = session.recorded();
        let execution = ledger.close(plan);
        let doubts = recorded.in_doubt.keys().any(|key| self.selection.contains(key));
        let verdict = Verdict::of(&execution, interrupted, doubts);
        notes.extend(tell::notes(&execution));
        notes.extend(doubts::notes(&recorded, looks));
        let verdict = match &published {
            Ok(_) => verdict,
            Err(error) => {
                notes.push(format!("{}. {}", error, error.help()));
                Verdict::Disk
            }
        };
        self.report(&session, verdict, execution.results, notes)
    }

    fn report(
        &self,
        session: &Session,
        verdict: Verdict,
        results: Vec<ActionResult>,
        notes: Vec<String>,
    ) -> Result<Exit, Failure> {
        let report = Report { outcome: verdict.outcome(), results, state: binding(session), notes };
        tell::print(self.context, self.args, self.repository, &report)?;
        Ok(exit_of(verdict))
    }
}

fn binding(session: &Session) -> StateBinding {
    StateBinding { lineage: Some(session.lineage().to_string()), digest: Some(session.digest().to_owned()) }
}

fn exit_of(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::NothingToDo | Verdict::Complete => Exit::Done,
        Verdict::Refused => Exit::Refused,
        Verdict::Partial => Exit::Partial,
        Verdict::Disk => Exit::Error,
        Verdict::InDoubt => Exit::InDoubt,
        Verdict::KeyRefused => Exit::KeyRefused,
        Verdict::Interrupted => Exit::Interrupted,
    }
}

/// An error of the journal outside of an action.
fn journal(error: &crate::state::JournalError) -> Failure {
    Failure::new(Exit::Error, codes::world::DISK, with_causes(error))
}
