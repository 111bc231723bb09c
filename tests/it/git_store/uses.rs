//! What an apply through a store leaves in it and in the clone, and what the other commands make of it.

use super::{Remote, apply, run};
use crate::harness::{clean, finish, small_offer};

#[test]
fn an_apply_changes_the_ref_alone_and_every_clone_sees_it() {
    let remote = Remote::with_offers(3);
    let clone = remote.clone();
    let refs = clone.git(&["for-each-ref"]).stdout;
    apply(&clone).exits(0);
    remote.check(3, "the first apply");
    assert_eq!(clone.git(&["status", "--short", "--ignored"]).stdout, "");
    assert_eq!(clone.git(&["for-each-ref"]).stdout, refs);
    assert!(!clone.path(".git/offersync").exists() && !clone.path(".git/FETCH_HEAD").exists());
    // The claim was given back.
    assert!(remote.file("claim.json").unwrap().contains("\"claim\": null"));
    let other = remote.clone();
    other.write("offers/offer-1.yaml", &small_offer("offer-1", "7"));
    run(&other, &["plan"], &[]).exits(0).says("update offer-1");
    apply(&other).exits(0);
    run(&clone, &["plan"], &[]).exits(0).says("update offer-1").says("7 → 5");
}

#[test]
fn a_branch_can_be_the_store_and_an_offer_can_be_retired_through_it() {
    let remote = Remote::with_offers(2);
    let clone = remote.clone();
    clone.replace("offersync.toml", "\"git:origin\"", "\"git:origin#offers-state\"");
    apply(&clone).exits(0);
    remote.bare.git(&["show", "refs/heads/offers-state:state.00000"]).exits(0);
    clone.remove("offers/offer-1.yaml");
    clone.git(&["add", "--all"]).exits(0);
    // Git's times have no fractions of a second, and the state was recorded in this one.
    let later = "2031-01-01T00:00:00Z";
    let mut commit = clean("git", clone.folder());
    commit.args(["commit", "--quiet", "--message", "one less"]).env("GIT_AUTHOR_DATE", later);
    finish(commit.env("GIT_COMMITTER_DATE", later)).exits(0);
    apply(&clone).exits(0);
    assert_eq!(remote.cake.counters().updates, 1);
    run(&clone, &["plan", "--detailed-exitcode"], &[]).exits(0);
}

#[test]
fn a_plan_writes_nothing_to_the_remote() {
    let remote = Remote::with_offers(1);
    let clone = remote.clone();
    run(&clone, &["plan"], &[]).exits(0).says("1 to create");
    assert_eq!(remote.bare.git(&["for-each-ref", "refs/offersync"]).stdout, "");
}

#[test]
fn many_creates_are_a_dozen_pushes_at_most() {
    let remote = Remote::with_offers(300);
    let clone = remote.clone();
    let trace = clone.path("trace");
    run(&clone, &crate::harness::APPLY, &[("OFFERSYNC_FAULT_TRACE", trace.to_str().unwrap())]).exits(0);
    let pushes = std::fs::read_to_string(trace).unwrap().lines().filter(|name| *name == "store.before-push").count();
    assert!(pushes <= 12, "{pushes}");
    assert_eq!(remote.cake.writes(), 300);
}

#[test]
fn a_state_moves_from_a_file_to_the_store_and_back_with_its_ids() {
    let remote = Remote::with_offers(3);
    let clone = remote.clone();
    clone.replace("offersync.toml", "state = \"git:origin\"", "state = \"offersync.state.json\"");
    apply(&clone).exits(0);
    let before = run(&clone, &["state", "pull"], &[]).exits(0).stdout;
    run(&clone, &["state", "migrate", "git:origin"], &[])
        .exits(0)
        .says("It records 3 offers")
        .says("set `state = \"git:origin\"`");
    clone.replace("offersync.toml", "state = \"offersync.state.json\"", "state = \"git:origin\"");
    // The file that is left there is told.
    run(&clone, &["plan", "--detailed-exitcode"], &[]).exits(0).says("state::file-beside");
    clone.remove("offersync.state.json");
    run(&clone, &["plan", "--detailed-exitcode"], &[]).exits(0).never_says("state::file-beside");
    assert_eq!(run(&clone, &["state", "pull"], &[]).exits(0).stdout, before);
    remote.check(3, "moved to the store");
    run(&clone, &["state", "migrate", "back.state.json"], &[]).exits(0);
    assert_eq!(clone.read("back.state.json"), before);
    clone.replace("offersync.toml", "state = \"git:origin\"", "state = \"back.state.json\"");
    run(&clone, &["plan", "--detailed-exitcode"], &[]).exits(0);
}

#[test]
fn a_document_that_is_older_or_of_another_state_is_not_pushed() {
    let remote = Remote::with_offers(1);
    let clone = remote.clone();
    apply(&clone).exits(0);
    clone.write("old.json", &run(&clone, &["state", "pull"], &[]).stdout);
    clone.write("offers/new.yaml", &small_offer("new", "5"));
    apply(&clone).exits(0);
    let present = remote.file("state.00000");
    run(&clone, &["state", "push", "old.json"], &[])
        .exits(4)
        .says("state::not-moved")
        .says("what that one has of 1 offer");
    let other = Remote::with_offers(1);
    let another = other.clone();
    another.replace("offersync.toml", &other.cake.url(), &remote.cake.url());
    another.write("offers/offer-0.yaml", &small_offer("different", "5"));
    apply(&another).exits(0);
    clone.write("another.json", &run(&another, &["state", "pull"], &[]).stdout);
    run(&clone, &["state", "push", "another.json"], &[]).exits(4).says("lineage");
    assert_eq!(remote.file("state.00000"), present);
    clone.write("present.json", &run(&clone, &["state", "pull"], &[]).stdout);
    run(&clone, &["state", "push", "present.json"], &[]).exits(0).says("It records 2 offers");
    assert_eq!(remote.file("state.00000"), present);
    // With every id, and an older value.
    clone.write("offers/new.yaml", &small_offer("new", "6"));
    apply(&clone).exits(0);
    run(&clone, &["state", "push", "present.json"], &[]).exits(4).says("what that one has of 1 offer");
    assert_ne!(remote.file("state.00000"), present);
}

#[test]
fn the_status_names_the_ref_and_an_open_claim_needs_no_release() {
    let remote = Remote::with_offers(2);
    let clone = remote.clone();
    run(&clone, &["state", "status"], &[]).exits(0).says("none yet");
    apply(&clone).exits(0);
    let status = run(&clone, &["state", "status"], &[]).exits(0);
    status.says("git:origin").says("refs/offersync/production").says("open (epoch 1)").says("offers 2");
    run(&clone, &["state", "release"], &[]).exits(0).says("No process has the claim");
    run(&clone, &["state", "path"], &[]).exits(64).says("git:origin");
}
