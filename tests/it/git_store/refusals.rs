//! Remotes that refuse a push, are gone or hold something else, and configurations that contradict what lies there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{Remote, apply, run};
use crate::harness::{Workspace, small_offer};

#[test]
fn a_push_that_a_hook_refuses_is_told_in_its_words_and_nothing_is_sent() {
    let remote = Remote::with_offers(1);
    let hook = "#!/bin/sh\necho 'refs/offersync is not allowed here' >&2\nexit 1\n";
    remote.bare.write("hooks/pre-receive", hook);
    fs::set_permissions(remote.bare.path("hooks/pre-receive"), fs::Permissions::from_mode(0o755)).unwrap();
    let refused = apply(&remote.clone()).exits(1);
    refused.says("state::store-not-written").says("refs/offersync is not allowed here");
    assert_eq!(remote.cake.writes(), 0);
    fs::remove_file(remote.bare.path("hooks/pre-receive")).unwrap();
    apply(&remote.clone()).exits(0);
    remote.check(1, "after the hook was removed");
}

#[test]
fn a_remote_that_is_gone_is_never_taken_for_an_empty_one() {
    let remote = Remote::with_offers(1);
    apply(&remote.clone()).exits(0);
    let clone = remote.clone();
    clone.git(&["remote", "set-url", "origin", "/nowhere/at/all.git"]).exits(0);
    for arguments in [&["plan"][..], &["apply", "--auto-approve"], &["state", "list"], &["drift"]] {
        let refused = run(&clone, arguments, &[]).exits(1);
        refused.says("state::store-unreadable").says("/nowhere/at/all.git").never_says("create");
    }
    assert_eq!(remote.cake.writes(), 1);
}

#[test]
fn a_branch_with_other_files_is_not_taken_for_a_store() {
    let remote = Remote::with_offers(1);
    let clone = remote.clone();
    clone.replace("offersync.toml", "\"git:origin\"", "\"git:origin#main\"");
    let before = remote.bare.git(&["rev-parse", "main"]).stdout;
    apply(&clone).exits(1).says("not a state of offersync");
    assert_eq!(remote.bare.git(&["rev-parse", "main"]).stdout, before);
}

#[test]
fn a_state_file_beside_an_empty_store_is_told_and_not_guessed() {
    let remote = Remote::with_offers(1);
    let clone = remote.clone();
    clone.write("offersync.state.json", "{}");
    for arguments in [&["plan"][..], &["apply", "--auto-approve"]] {
        run(&clone, arguments, &[]).exits(3).says("state::file-beside").says("state migrate git:origin");
    }
    assert!(remote.file("claim.json").is_none());
}

#[test]
fn outside_of_a_repository_there_is_no_store() {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", "state = \"git:origin\"\n[cake]\nurl = \"http://127.0.0.1:1\"\n");
    workspace.write(
        "offers/a.yaml",
        &small_offer("a", "5").replace("acme-home", "101").replace("advertiser:", "advertiser_id:"),
    );
    run(&workspace, &["plan"], &[]).exits(1).says("not in a git repository");
}

#[test]
fn a_remote_that_does_not_show_what_was_pushed_is_refused_before_anything_is_sent() {
    let (remote, other) = (Remote::with_offers(1), Remote::with_offers(1));
    let clone = remote.clone();
    let address = other.bare.folder().display().to_string();
    clone.git(&["remote", "set-url", "--push", "origin", &address]).exits(0);
    let run = apply(&clone);
    assert_ne!(run.code, Some(0), "{run:?}");
    run.says("does not show what was written to it");
    assert_eq!(remote.cake.writes(), 0);
}
