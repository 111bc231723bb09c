//! Freezes over schedules: what is held back, whenever it became due, and what goes on.

use super::{hours, payout, scheduled, workspace};
use crate::harness::{Cake, Workspace, small_offer};

/// Adds a freeze, and returns its end.
fn freeze(workspace: &Workspace, from: i64, to: i64, more: &str) -> String {
    let config = workspace.read("offersync.toml");
    let [from, to] = [from, to].map(hours);
    let freeze = format!("[[freeze]]\nfrom = \"{from}\"\nto = \"{to}\"\nreason = \"Q4\"\n{more}");
    workspace.write("offersync.toml", &format!("{config}{freeze}"));
    to
}

fn waiver(day: &str) -> String {
    format!("sync:\n  waive: [{{guardrail: freeze, until: {}, reason: agreed}}]\n", &day[..10])
}

/// No apply came between the time and the freeze.
#[test]
fn what_became_due_before_a_freeze_is_held_back_as_well_and_stops_nothing_else() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-3), "payout: 12.00")]);
    let end = freeze(&workspace, -2, 5, "");
    let stopped = scheduled("beta", "11.50", &[(&hours(-1), "offer_status: inactive")]);
    workspace.write("offers/beta.yaml", &stopped.replace("sync:\n", &waiver(&hours(0))));
    workspace.run(&["plan"]).exits(0).says(&format!("held until {end} (Q4) alpha payout 10.50 → 12.00"));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done").says("held back by a freeze");
    assert_eq!(payout(&cake, "alpha"), "10.50");
    assert_eq!(cake.offer(cake.ids("Offer beta")[0]).unwrap().offer_status, "inactive");
}

#[test]
fn freezes_in_a_row_hold_back_until_the_last_one_ends() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-4), "payout: 12.00")]);
    freeze(&workspace, -5, -1, "");
    freeze(&workspace, -2, 3, "");
    let end = freeze(&workspace, 2, 6, "");
    workspace.run(&["plan"]).exits(0).says(&format!("held until {end} (Q4) alpha"));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do");
}

#[test]
fn a_waived_entry_goes_out_also_where_the_own_value_was_edited_and_a_later_one_waits() {
    let cake = Cake::start();
    let [first, second] = [-60, -10].map(hours);
    let workspace = workspace(&cake.url(), &[(&first, "payout: 12.00"), (&second, "payout: 13.00")]);
    freeze(&workspace, -90, 5, "");
    workspace.replace("offers/alpha.yaml", "sync:\n", &waiver(&first));
    workspace.replace("offers/alpha.yaml", "payout: 10.50", "payout: 10.75");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done").says("held back by a freeze");
    assert_eq!(payout(&cake, "alpha"), "12.00");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do");
}

/// However late the apply comes: one half of a change without the other would be no change that anybody has reviewed.
#[test]
fn a_waived_entry_overtakes_no_earlier_one_of_the_offer_that_the_waiver_covers_as_well() {
    let cake = Cake::start();
    let [first, second] = [-80, -55].map(hours);
    let workspace = workspace(&cake.url(), &[(&first, "offer_name: Alpha two"), (&second, "payout: 12.00")]);
    freeze(&workspace, -60, 5, "");
    workspace.replace("offers/alpha.yaml", "sync:\n", &waiver(&second));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done").never_says("held back");
    let id = cake.ids("Alpha two")[0];
    assert_eq!(cake.offer(id).unwrap().payout.unwrap().to_string(), "12.00");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do");
}

/// Never a recorded value that no YAML has any more.
#[test]
fn what_a_freeze_lets_begin_or_come_back_has_everything_that_is_wanted() {
    for (verb, status) in [("restore", "active"), ("replace", "active"), ("create", "inactive")] {
        let cake = Cake::start();
        let workspace = workspace(&cake.url(), &[]);
        workspace.write("offers/alpha.yaml", &small_offer("alpha", "10.50"));
        let entries = [(&*hours(-1), "payout: 12.00")];
        let mut offer = scheduled("alpha", "9.00", &entries);
        match verb {
            "restore" => {
                workspace.remove("offers/alpha.yaml");
                workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
            }
            "replace" => {
                offer = offer.replace("sync:\n", "session_hours: 72\nsync:\n  on_create_only_change: replace\n");
            }
            _ => {
                workspace.run(&["state", "rm", "alpha"]).exits(0);
                offer = offer.replace("Offer alpha", "Offer other").replace("com/alpha", "com/other");
                offer = offer.replace("      payout: 12.00\n", "      payout: 12.00\n      offer_status: inactive\n");
            }
        }
        workspace.write("offers/alpha.yaml", &offer);
        freeze(&workspace, -5, 5, &format!("except = [\"{verb}\"]\n"));
        workspace.run(&["plan"]).exits(0).says("12.00").says(&format!("1 to {verb}"));
        workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
        let name = if verb == "create" { "Offer other" } else { "Offer alpha" };
        let id = *cake.ids(name).last().unwrap();
        let made = cake.offer(id).unwrap();
        assert_eq!((made.payout.unwrap().to_string(), &*made.offer_status), ("12.00".to_owned(), status), "{verb}");
    }
}

#[test]
fn an_own_value_under_an_entry_that_is_held_back_has_no_effect_and_that_is_told() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-1), "payout: 12.00")]);
    freeze(&workspace, -5, 5, "");
    let workspace = workspace.committed();
    workspace.replace("offers/alpha.yaml", "payout: 10.50", "payout: 9.00");
    let run = workspace.run(&["plan", "--since", "HEAD"]).exits(0);
    run.says("warning[schedule::overridden]: `payout` of `alpha` was edited without an effect");
    workspace.run(&["edit", "alpha", "--set", "payout=8"]).exits(64).says("the offer's own value has no effect");
}

/// It was made in the freeze, and another offer's entry waited.
#[test]
fn what_the_end_of_a_freeze_brings_beside_a_saved_plan_is_told_by_name() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-3), "payout: 12.00")]);
    freeze(&workspace, -5, -1, "");
    let edited = small_offer("beta", "11.75") + &waiver(&hours(0));
    workspace.write("offers/beta.yaml", &edited);
    workspace.run(&["plan", "--at", &hours(-2), "--out", "plan.json"]).exits(0).says("1 to update").says("held back");
    let run = workspace.run(&["apply", "plan.json", "--auto-approve"]).exits(0);
    run.says("1 done").says("`alpha`");
    assert_eq!(payout(&cake, "alpha"), "10.50");
}

/// Nothing was pending before: the branch makes the change, although no offer's file differs.
#[test]
fn what_a_branch_changes_by_its_settings_alone_is_in_its_plan() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-1), "payout: 12.00")]);
    let free = workspace.read("offersync.toml");
    freeze(&workspace, -5, 5, "");
    let workspace = workspace.committed();
    let is_in_plan = |settings: &str| {
        workspace.write("offersync.toml", settings);
        let run = workspace.run(&["plan", "--since", "HEAD", "--accept-config"]).exits(0);
        run.says("10.50 → 12.00").says("1 to update").says("Nothing else is pending.");
    };
    is_in_plan(&free);
    let frozen = workspace.git(&["show", "HEAD:offersync.toml"]).stdout;
    let day = &hours(24)[..10];
    is_in_plan(&format!("{frozen}\n[[waivers]]\nguardrail = \"freeze\"\nuntil = \"{day}\"\nreason = \"agreed\"\n"));
    // A date that ends an offer only by that setting.
    workspace.write("offersync.toml", &free);
    let ended = format!("{}expiration_date: {}\n", small_offer("beta", "11.50"), hours(1));
    workspace.write("offers/beta.yaml", &ended);
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.commit("a date");
    let later = hours(2);
    let at = |settings: &str| {
        workspace.write("offersync.toml", settings);
        workspace.run(&["plan", "--since", "HEAD", "--accept-config", "--at", &later]).exits(0)
    };
    at(&free).says("Nothing to do").says("Nothing else is pending");
    at(&format!("{free}[expired]\naction = \"retire\"\n")).says("beta").says("1 to update");
}

/// The waiver of the end covers the earlier entry that moves the date as well: no apply, however late, takes the one without the other.
#[test]
fn an_offer_is_not_stopped_at_a_date_that_an_earlier_entry_has_moved() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[]);
    let ends = |at: &str| format!("{}expiration_date: {at}\n", small_offer("alpha", "10.50"));
    let [before, end] = [hours(-60), hours(-30)];
    workspace.write("offers/alpha.yaml", &ends(&end));
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    freeze(&workspace, -50, 5, "");
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}[expired]\naction = \"retire\"\n"));
    let entry = format!("  schedule:\n    - at: {before}\n      expiration_date: {}\n", hours(500));
    workspace.write("offers/alpha.yaml", &(ends(&end) + &waiver(&end) + &entry));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done").never_says("held back");
    // CAKE has ended it by itself.
    assert_ne!(cake.offer(cake.ids("Offer alpha")[0]).unwrap().offer_status, "inactive");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do");
}

/// The offer's own status is wanted again: by the entry, and not by an edit of today.
#[test]
fn an_entry_that_brings_an_ended_offer_back_has_one_waiver_for_all_that_it_changes() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[]);
    let [end, entry] = [hours(-70), hours(-30)];
    let ends = format!("{}expiration_date: {end}\n", small_offer("alpha", "10.50"));
    workspace.write("offers/alpha.yaml", &ends);
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}[expired]\naction = \"retire\"\n"));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    freeze(&workspace, -60, 5, "");
    let entry = format!("  schedule:\n    - at: {entry}\n      expiration_date: {}\n", hours(500));
    workspace.write("offers/alpha.yaml", &(ends + &waiver(&hours(-30)) + &entry));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done");
    assert_eq!(cake.offer(cake.ids("Offer alpha")[0]).unwrap().offer_status, "active");
}

const LIMIT: &str = "[guardrails]\npayout_rise = \"10 %\"\n";

/// It would be refused when the freeze ends, without anybody there.
#[test]
fn a_review_judges_what_a_freeze_holds_back_and_an_apply_does_not() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[]);
    workspace.write("offers/alpha.yaml", &small_offer("alpha", "10.50"));
    freeze(&workspace, -5, 5, "");
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}{LIMIT}"));
    let workspace = workspace.committed();
    workspace.write("offers/alpha.yaml", &scheduled("alpha", "10.50", &[(&hours(-1), "payout: 20.00")]));
    let run = workspace.run(&["plan", "--since", "HEAD"]).exits(4);
    run.says("error[guardrail::payout-rise]").never_says("guardrail::freeze");
    workspace.commit("a rise");
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("Nothing to do").says("held back by a freeze");
    workspace.run(&["plan"]).exits(0);
}

/// The same of an offer that the branch gives another key: it has no record under it yet.
#[test]
fn a_review_judges_what_a_freeze_holds_back_of_a_renamed_offer() {
    for (is_renamed, at) in [(false, -1), (true, -1), (true, 2)] {
        let cake = Cake::start();
        let workspace = workspace(&cake.url(), &[]);
        workspace.write("offers/alpha.yaml", &small_offer("alpha", "10.50"));
        let end = freeze(&workspace, -5, 5, "");
        let config = workspace.read("offersync.toml");
        workspace.write("offersync.toml", &format!("{config}{LIMIT}"));
        let workspace = workspace.committed();
        workspace.remove("offers/alpha.yaml");
        let entry = scheduled("alpha", "10.50", &[(&hours(at), "payout: 20.00")]);
        let renamed = entry.replace("sync:\n", "sync:\n  renamed_from: alpha\n");
        let (name, text) = if is_renamed { ("omega", &renamed) } else { ("alpha", &entry) };
        workspace.write(&format!("offers/{name}.yaml"), text);
        workspace.run(&["plan", "--since", "HEAD"]).exits(4).says("error[guardrail::payout-rise]");
        workspace.commit("renamed");
        workspace.run(&["apply", "--auto-approve"]).exits(0);
        workspace.run(&["plan", "--at", &end]).exits(4).says("error[guardrail::payout-rise]");
    }
}

#[test]
fn a_limit_that_a_held_entry_breaks_does_not_stop_what_goes_on() {
    let cake = Cake::start();
    let [first, second] = [-60, -10].map(hours);
    let workspace = workspace(&cake.url(), &[(&first, "payout: 11.00"), (&second, "payout: 20.00")]);
    freeze(&workspace, -90, 5, "");
    let config = workspace.read("offersync.toml");
    workspace.write("offersync.toml", &format!("{config}{LIMIT}"));
    workspace.replace("offers/alpha.yaml", "sync:\n", &waiver(&first));
    workspace.run(&["apply", "--auto-approve"]).exits(0).says("1 done").says("held back by a freeze");
    assert_eq!(payout(&cake, "alpha"), "11.00");
}

#[test]
fn what_a_new_freeze_holds_back_is_scheduled_still_and_a_held_entry_that_is_removed_is_not() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-1), "payout: 12.00")]).committed();
    let end = freeze(&workspace, -5, 5, "");
    let run = workspace.run(&["plan", "--since", "HEAD"]).exits(0);
    run.says(&format!("held until {end} (Q4)")).never_says("not scheduled any more");
    workspace.commit("a freeze");
    workspace.write("offers/alpha.yaml", &small_offer("alpha", "10.50"));
    let run = workspace.run(&["plan", "--since", "HEAD"]).exits(0);
    run.says("1 change is not scheduled any more: `alpha`");
}

#[test]
fn the_reason_of_what_is_held_back_is_that_of_a_freeze_that_holds_it() {
    let cake = Cake::start();
    let workspace = workspace(&cake.url(), &[(&hours(-1), "payout: 12.00"), (&hours(2), "payout: 13.00")]);
    freeze(&workspace, -9, 9, "except = [\"update\"]\n");
    workspace.replace("offersync.toml", "Q4", "new offers wait");
    freeze(&workspace, -5, 5, "");
    workspace.run(&["plan"]).exits(0).says("(Q4) alpha").never_says("(new offers wait)");
}
