//! `git revert` of a merged change, with the state committed after it as the recipes do: what an apply then does is what a person expects.

use crate::harness::{Cake, Workspace, small_offer};

/// A repository with three applied offers, all committed.
fn repository(cake: &Cake) -> Workspace {
    let workspace = Workspace::with_offers(&cake.url());
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.committed()
}

/// Commits a change of offers, applies it, commits the state, and reverts the first of both commits.
fn reverted(workspace: &Workspace, change: impl FnOnce(&Workspace)) {
    change(workspace);
    workspace.commit("change");
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.commit("state");
    workspace.git(&["revert", "--no-edit", "HEAD~1"]).exits(0);
}

/// Applies the revert, after which nothing is left to do.
#[track_caller]
fn applied(workspace: &Workspace) {
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_reverted_create_makes_the_offer_inactive_and_its_return_takes_it_back() {
    let cake = Cake::start();
    let workspace = repository(&cake);
    reverted(&workspace, |workspace| workspace.write("offers/delta.yaml", &small_offer("delta", "5")));
    let id = cake.ids("Offer delta")[0];
    workspace.run(&["plan"]).exits(0).says("Plan: 1 to retire, 3 unchanged.");
    applied(&workspace);
    assert_eq!(cake.offer(id).unwrap().offer_status, "inactive");
    workspace.commit("state");
    workspace.git(&["revert", "--no-edit", "HEAD~1"]).exits(0);
    workspace.run(&["plan"]).exits(0).says("Plan: 1 to restore, 3 unchanged.");
    applied(&workspace);
    assert_eq!(cake.ids("Offer delta"), [id]);
    assert_eq!(cake.offer(id).unwrap().offer_status, "active");
}

#[test]
fn a_reverted_payout_and_a_reverted_status_are_sent_as_they_were() {
    let cake = Cake::start();
    let workspace = repository(&cake);
    let id = cake.ids("Offer alpha")[0];
    let payout = || cake.offer(id).unwrap().payout.unwrap().to_string();
    let before = payout();
    reverted(&workspace, |workspace| workspace.replace("offers/alpha.yaml", "10.50", "12"));
    assert_ne!(payout(), before);
    workspace.run(&["plan"]).exits(0).says("Plan: 1 to update, 2 unchanged.");
    applied(&workspace);
    assert_eq!(payout(), before);
    workspace.commit("state");
    reverted(&workspace, |workspace| {
        let text = workspace.read("offers/alpha.yaml");
        workspace.write("offers/alpha.yaml", &format!("{text}offer_status: inactive\n"));
    });
    assert_eq!(cake.offer(id).unwrap().offer_status, "inactive");
    applied(&workspace);
    assert_eq!(cake.offer(id).unwrap().offer_status, "active");
    assert_eq!(cake.counters().creates, 3);
}

#[test]
fn a_reverted_deletion_takes_the_same_offer_back() {
    let cake = Cake::start();
    let workspace = repository(&cake);
    let id = cake.ids("Offer alpha")[0];
    reverted(&workspace, |workspace| workspace.remove("offers/alpha.yaml"));
    assert_eq!(cake.offer(id).unwrap().offer_status, "inactive");
    workspace.run(&["plan"]).exits(0).says("Plan: 1 to restore, 2 unchanged.");
    applied(&workspace);
    assert_eq!(cake.offer(id).unwrap().offer_status, "active");
    assert_eq!(cake.counters().creates, 3);
}

#[test]
fn a_reverted_rename_is_blocked_with_the_line_that_makes_it_one() {
    let cake = Cake::start();
    let workspace = repository(&cake);
    let id = cake.ids("Offer alpha")[0];
    reverted(&workspace, |workspace| {
        workspace.git(&["mv", "offers/alpha.yaml", "offers/omega.yaml"]).exits(0);
        let text = workspace.read("offers/omega.yaml");
        workspace.write("offers/omega.yaml", &format!("{text}sync: {{renamed_from: alpha}}\n"));
    });
    let before = cake.counters();
    let run = workspace.run(&["apply", "--auto-approve"]).exits(4);
    run.says("renamed_from: omega");
    assert_eq!((cake.counters().creates, cake.counters().updates), (before.creates, before.updates));
    let text = workspace.read("offers/alpha.yaml");
    workspace.write("offers/alpha.yaml", &format!("{text}sync: {{renamed_from: omega}}\n"));
    workspace.commit("renamed back");
    applied(&workspace);
    assert_eq!(cake.ids("Offer alpha"), [id]);
    assert_eq!(cake.offer(id).unwrap().offer_status, "active");
}

#[test]
fn a_reverted_replacement_names_the_command_that_takes_the_old_offer_back() {
    let cake = Cake::start();
    let workspace = repository(&cake);
    let old = cake.ids("Offer alpha")[0];
    reverted(&workspace, |workspace| {
        let text = workspace.read("offers/alpha.yaml");
        let url = text.lines().find(|line| line.starts_with("offer_url:")).unwrap();
        let other = "offer_url: https://other.example.com/?a={aff_id}&t={transaction_id}";
        workspace.write(
            "offers/alpha.yaml",
            &format!("{}sync: {{on_create_only_change: replace}}\n", text.replace(url, other)),
        );
    });
    let new = cake.ids("Offer alpha").into_iter().find(|id| *id != old).unwrap();
    let command = format!("state adopt alpha --offer-id {old}");
    workspace.run(&["apply", "--auto-approve"]).exits(4).says(&format!("`offersync {command}`"));
    workspace.run(&command.split(' ').collect::<Vec<_>>()).exits(0);
    applied(&workspace);
    let status = |id| cake.offer(id).unwrap().offer_status;
    assert_eq!([status(old), status(new)], ["active", "inactive"]);
}
