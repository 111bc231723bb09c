//! The order of an apply and its rules, against a CAKE in memory.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use super::*;
use crate::apply::ActionOutcome;
use crate::cake::ReadFailure;
use crate::diagnostic::codes;
use crate::fault_point::{self, Fault};
use crate::ops::PlanOptions;
use crate::plan::Selection;
use crate::sandbox::{FaultPlan, RunningSandbox, Sandbox, SandboxOptions};

/// A repository with a CAKE in memory.
struct World {
    folder: tempfile::TempDir,
    cake: RunningSandbox,
    cancellation: Cancellation,
    refresh: bool,
}

impl World {
    async fn new() -> Self {
        Self::with(SandboxOptions::default()).await
    }

    async fn with(options: SandboxOptions) -> Self {
        let (folder, cake) = (tempfile::tempdir().unwrap(), Sandbox::start(options).await.unwrap());
        let world = Self { folder, cake, cancellation: Cancellation::default(), refresh: false };
        world.write(
            "offersync.toml",
            &format!("[cake]\nurl = \"{}\"\nlisting_lag_seconds = 0\nsettle_seconds = 0\n", world.cake.url()),
        );
        world
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// Writes the YAML of an offer with that payout.
    fn offer(&self, key: &str, payout: &str) {
        self.offer_with(key, payout, "");
    }

    fn offer_with(&self, key: &str, payout: &str, more: &str) {
        let text = format!(
            "offer_name: Offer {key}\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://track.example.com/{key}\n\
             payout: {payout}\n{more}"
        );
        self.write(&format!("offers/{key}.yaml"), &text);
    }

    fn fail(&self, faults: &str) {
        self.cake.handle().set_faults(faults.parse::<FaultPlan>().unwrap());
    }

    /// The names and payouts of the offers in CAKE.
    fn in_cake(&self) -> Vec<(String, String)> {
        let payout = |offer: &crate::sandbox::Offer| offer.payout.as_ref().map(ToString::to_string).unwrap_or_default();
        self.cake.handle().offers().iter().map(|offer| (offer.offer_name.clone(), payout(offer))).collect()
    }

    fn repository(&self) -> Repository {
        Repository::open(self.folder.path()).unwrap()
    }

    fn plan(&self) -> Plan {
        self.repository().plan(&PlanOptions::default()).unwrap()
    }

    fn save(&self) -> SavedPlan {
        SavedPlan::of(&self.plan()).unwrap()
    }

    async fn apply(&self) -> Result<Report, Error> {
        self.apply_with(None, async |_| Ok(true)).await
    }

    async fn apply_with(
        &self,
        saved: Option<&SavedPlan>,
        approve: impl AsyncFnOnce(&Plan) -> Result<bool, Error>,
    ) -> Result<Report, Error> {
        let (repository, options) = (self.repository(), ApplyOptions::default());
        let fresh = || Planning::Fresh { selection: Selection::default(), overwrite_drift: false };
        let planning = saved.map_or_else(fresh, Planning::Saved);
        let control = Control { observer: &(), user: &(), cancellation: &self.cancellation };
        let apply = Apply {
            repository: &repository,
            options: &options,
            planning,
            refresh: self.refresh,
            is_confirmed: false,
            control,
        };
        let session = open_session(&repository, options.lock_timeout, &self.cancellation).await?;
        let desired = crate::ops::inputs::read_desired(&repository, false, None)?;
        let cake = Cake::for_test(&self.cake.url(), &self.cancellation.stop);
        apply.with_cake(session, desired, None, &cake, approve).await
    }
}

fn outcomes(report: &Report) -> Vec<(&str, ActionOutcome)> {
    report.results.iter().map(|result| (result.key.as_str(), result.outcome)).collect()
}

fn codes_of(report: &Report) -> Vec<&'static str> {
    report.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect()
}

#[tokio::test]
async fn the_plan_is_approved_once_and_before_anything_is_sent() {
    let world = World::new().await;
    world.offer("a", "1.00");
    let mut asked = 0;
    let approve = async |plan: &Plan| {
        asked += 1;
        assert_eq!((plan.actions.len(), world.in_cake()), (1, vec![]));
        Ok(true)
    };
    let report = world.apply_with(None, approve).await.unwrap();
    assert_eq!((asked, report.outcome), (1, RunOutcome::Complete));
    assert_eq!(world.in_cake(), [("Offer a".to_owned(), "1.00".to_owned())]);
    let unasked = async |_: &Plan| panic!("there is nothing to approve");
    let report = world.apply_with(None, unasked).await.unwrap();
    assert_eq!((report.outcome, outcomes(&report)), (RunOutcome::NothingToDo, vec![]));
}

#[tokio::test]
async fn a_plan_that_is_not_approved_changes_nothing() {
    let world = World::new().await;
    world.offer("a", "1.00");
    let refused = world.apply_with(None, async |_| Ok(false)).await;
    assert!(matches!(refused, Err(Error::NotConfirmed)), "{refused:?}");
    assert!(world.in_cake().is_empty());
    assert_eq!(world.plan().actions.len(), 1);
}

#[tokio::test]
async fn a_create_whose_reply_is_lost_is_found_and_counts_as_done() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.fail("create:1=reset-after");
    let report = world.apply().await.unwrap();
    assert_eq!((report.outcome, outcomes(&report)), (RunOutcome::Complete, vec![("a", ActionOutcome::Done)]));
    assert_eq!(report.results[0].message.as_deref(), Some("its reply was lost; found in CAKE's listing"));
    assert_eq!((world.in_cake().len(), world.plan().actions.len()), (1, 0));
}

#[tokio::test]
async fn a_create_that_made_nothing_is_sent_again_by_the_next_apply_only() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.fail("create:1=reset-before");
    let report = world.apply().await.unwrap();
    assert_eq!((report.outcome, outcomes(&report)), (RunOutcome::Partial, vec![("a", ActionOutcome::Rejected)]));
    assert_eq!((report.results[0].attempts, world.in_cake().len()), (1, 0));
    let report = world.apply().await.unwrap();
    assert_eq!((report.outcome, report.results[0].attempts, world.in_cake().len()), (RunOutcome::Complete, 1, 1));
}

#[tokio::test]
async fn a_replace_whose_create_is_found_retires_the_old_offer_in_the_same_apply() {
    let world = World::new().await;
    world.offer_with("a", "1.00", "session_hours: 12\n");
    world.apply().await.unwrap();
    world.offer_with("a", "1.00", "session_hours: 24\nsync: {on_create_only_change: replace}\n");
    world.fail("create:1=reset-after");
    let report = world.apply().await.unwrap();
    assert_eq!((report.outcome, outcomes(&report)), (RunOutcome::Complete, vec![("a", ActionOutcome::Done)]));
    let statuses: Vec<_> = world.cake.handle().offers().iter().map(|offer| offer.offer_status.clone()).collect();
    assert_eq!(statuses, ["inactive", "active"]);
}

#[tokio::test]
async fn a_blocked_change_refuses_the_whole_apply_and_says_why() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.apply().await.unwrap();
    world.offer_with("a", "1.00", "session_hours: 24\n");
    world.offer("b", "1.00");
    let unasked = async |_: &Plan| panic!("a blocked plan cannot be approved");
    let report = world.apply_with(None, unasked).await.unwrap();
    assert_eq!(report.outcome, RunOutcome::Refused);
    assert_eq!(outcomes(&report), [("b", ActionOutcome::Skipped), ("a", ActionOutcome::Skipped)]);
    assert_eq!(codes_of(&report), ["plan::create-only", "apply::blocked"]);
    assert_eq!(world.in_cake().len(), 1);
}

#[tokio::test]
async fn a_refused_apply_still_reports_what_is_in_doubt() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.apply().await.unwrap();
    world.offer("lost", "1.00");
    world.fail("create:1=reset-after\nlist:6-=http-503");
    assert_eq!(world.apply().await.unwrap().outcome, RunOutcome::InDoubt);
    world.offer_with("a", "1.00", "session_hours: 24\n");
    world.fail("list:1-=http-503");
    let report = world.apply().await.unwrap();
    assert_eq!(report.outcome, RunOutcome::Refused);
    let in_doubt = report.diagnostics.iter().find(|diagnostic| diagnostic.code == codes::apply::IN_DOUBT).unwrap();
    assert!(in_doubt.help.as_ref().unwrap().contains("state resolve lost --not-created"), "{in_doubt:?}");
}

#[tokio::test]
async fn a_refused_key_is_a_diagnostic_with_its_code() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.offer("b", "1.00");
    world.apply().await.unwrap();
    world.offer("a", "2.00");
    world.offer("b", "2.00");
    world.fail("update:1-9=error:Invalid API Key");
    let report = world.apply().await.unwrap();
    assert_eq!((report.outcome, codes_of(&report)), (RunOutcome::KeyRefused, vec![codes::cake::KEY_REFUSED.name]));
}

#[tokio::test]
async fn an_offer_that_cake_has_already_is_not_created_again() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.apply().await.unwrap();
    // The state is lost: what it knew is in CAKE and owned by no key.
    for file in ["offersync.state.json", "offersync.state.json.previous", "offersync.state.json.journal"] {
        let _ = std::fs::remove_file(world.folder.path().join(file));
    }
    let refused = world.apply().await;
    let Err(Error::Exists(duplicates)) = refused else { panic!("{refused:?}") };
    assert_eq!((duplicates[0].key.as_str(), world.in_cake().len()), ("a", 1));
}

#[tokio::test]
async fn without_a_listing_a_refused_key_is_not_taken_for_a_missing_listing() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.fail("list:1-=error:Invalid API Key");
    let refused = world.apply().await;
    assert!(matches!(refused, Err(Error::Listing(ReadFailure::KeyRefused { .. }))), "{refused:?}");
    assert!(world.in_cake().is_empty());
}

#[tokio::test]
async fn a_renamed_offer_is_not_created_while_the_create_under_its_old_key_is_in_doubt() {
    let world = World::new().await;
    world.offer("old", "1.00");
    world.fail("create:1=reset-after\nlist:6-=http-503");
    let report = world.apply().await.unwrap();
    assert_eq!((report.outcome, codes_of(&report)[0]), (RunOutcome::InDoubt, codes::apply::IN_DOUBT.name));
    std::fs::remove_file(world.folder.path().join("offers/old.yaml")).unwrap();
    world.offer_with("new", "1.00", "sync: {renamed_from: old}\n");
    world.fail("list:1-=http-503");
    let report = world.apply().await.unwrap();
    assert_eq!(outcomes(&report), [("new", ActionOutcome::Skipped)]);
    assert_eq!((report.outcome, world.in_cake().len()), (RunOutcome::InDoubt, 1));
}

#[tokio::test]
async fn cancelled_before_the_first_write_nothing_is_sent() {
    let world = World::new().await;
    world.offer("a", "1.00");
    let approve = async |_: &Plan| {
        world.cancellation.stop.cancel();
        Ok(true)
    };
    let report = world.apply_with(None, approve).await.unwrap();
    assert_eq!((report.outcome, outcomes(&report)), (RunOutcome::Interrupted, vec![("a", ActionOutcome::Skipped)]));
    assert!(world.in_cake().is_empty());
}

#[tokio::test]
async fn a_saved_plan_is_carried_out_as_it_is_and_nothing_else() {
    let world = World::new().await;
    world.offer("a", "1.00");
    let saved = world.save();
    world.offer("b", "2.00");
    let report = world.apply_with(Some(&saved), async |_| Ok(true)).await.unwrap();
    assert_eq!(outcomes(&report), [("a", ActionOutcome::Done)]);
    assert_eq!(world.in_cake(), [("Offer a".to_owned(), "1.00".to_owned())]);
}

#[tokio::test]
async fn a_saved_plan_whose_offer_changed_since_is_stale_by_name() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.offer("b", "2.00");
    let saved = world.save();
    world.offer("b", "20.00");
    let refused = world.apply_with(Some(&saved), async |_| Ok(true)).await;
    let Err(Error::SavedPlan(SavedPlanError::Stale { why, .. })) = refused else { panic!("{refused:?}") };
    assert!(why.contains("`b`") && !why.contains("`a`"), "{why}");
    assert!(world.in_cake().is_empty());
}

#[tokio::test]
async fn an_edited_plan_is_not_a_saved_plan() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.apply().await.unwrap();
    world.offer("a", "2.00");
    let file = world.folder.path().join("plan.json");
    let text = crate::report::json::plan(&world.plan()).replace("\"2.00\"", "\"200.00\"");
    File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
    let saved = SavedPlan::read(Path::new(&file)).unwrap();
    let refused = world.apply_with(Some(&saved), async |_| Ok(true)).await;
    assert!(matches!(&refused, Err(Error::SavedPlan(SavedPlanError::NotAPlan { .. }))), "{refused:?}");
    assert_eq!(world.in_cake(), [("Offer a".to_owned(), "1.00".to_owned())]);
}

#[tokio::test]
async fn flags_are_for_reviewers_and_make_no_saved_plan_stale() {
    let world = World::new().await;
    world.offer("a", "1.00");
    world.apply().await.unwrap();
    world.offer("a", "10.00");
    let file = world.folder.path().join("plan.json");
    let text = crate::report::json::plan(&world.plan());
    assert!(text.contains("\"power_of_ten\""), "{text}");
    // What has passed meanwhile, such as a date, gives another flag.
    let text = text.replace("power_of_ten", "expiry_past");
    File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
    let saved = SavedPlan::read(Path::new(&file)).unwrap();
    let report = world.apply_with(Some(&saved), async |_| Ok(true)).await.unwrap();
    assert_eq!(outcomes(&report), [("a", ActionOutcome::Done)]);
}

#[tokio::test]
async fn a_saved_plan_for_another_cake_is_stale() {
    let world = World::new().await;
    world.offer("a", "1.00");
    let saved = world.save();
    assert!(saved.check_address(&world.cake.url()).is_ok());
    let refused = saved.check_address("https://other.example.com/");
    assert!(matches!(refused, Err(SavedPlanError::Stale { .. })), "{refused:?}");
}

/// The journal fails at each of its writes in turn: the baseline, the intent, the outcome, and what the lookup found.
#[tokio::test]
async fn wherever_the_journal_fails_the_report_says_so_and_nothing_is_doubled() {
    let mut failures = 0;
    for arrival in 1..=5 {
        let world = World::new().await;
        world.offer("a", "1.00");
        world.fail("create:1=reset-after");
        fault_point::arm("journal.before-write", arrival, Fault::NoSpace);
        let report = world.apply().await;
        fault_point::disarm();
        let report = match report {
            Err(Error::Journal(_)) if arrival == 1 => {
                assert!(world.in_cake().is_empty(), "nothing is sent without a baseline");
                continue;
            }
            report => report.unwrap(),
        };
        if report.outcome != RunOutcome::Complete {
            failures += 1;
            assert_eq!(report.outcome, RunOutcome::NotRecorded, "write {arrival}: {report:?}");
            assert!(codes_of(&report).contains(&codes::state::JOURNAL_FAILED.name), "write {arrival}: {report:?}");
        }
        world.apply().await.unwrap();
        assert_eq!((world.in_cake().len(), world.plan().actions.len()), (1, 0), "write {arrival}");
    }
    assert_eq!(failures, 3, "the intent, the outcome and the lookup are three writes");
}

#[tokio::test]
async fn a_state_change_that_no_action_reports_is_not_lost_without_a_word() {
    let mut world = World::new().await;
    world.offer("a", "1.00");
    world.apply().await.unwrap();
    // The same change in CAKE and in git needs no action, but is recorded.
    world.offer("a", "2.00");
    world.cake.handle().change(1, |offer| offer.payout = Some("2.00".parse().unwrap())).unwrap();
    world.refresh = true;
    fault_point::arm("journal.before-write", 1, Fault::NoSpace);
    let report = world.apply().await;
    fault_point::disarm();
    let report = report.unwrap();
    assert_eq!((report.outcome, codes_of(&report)), (RunOutcome::NotRecorded, vec!["state::journal-failed"]));
}
