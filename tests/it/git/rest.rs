//! A tree that something else is changing, or that git has left in the middle of something.

use std::fs;
use std::time::Duration;

use offersync::testing::sandbox::SandboxOptions;

use super::{advised, follow, project, refused, shell};
use crate::harness::{APPLY, Project, Settings, finish_child, small_offer};

#[test]
fn a_lock_that_git_has_left_over_is_named_with_the_command_that_removes_it() {
    let project = project();
    project.write(".git/index.lock", "");
    let message = refused(&project, "tree::changing");
    follow(&project, &message);
}

/// Stops git in the middle of something, and expects a plan that warns and an apply that is refused.
#[track_caller]
fn stops(script: &str, operation: &str) {
    let project = project();
    // Two branches that change one payout, each with an offer of its own.
    shell(&project, "git switch -qc other").exits(0);
    project.replace("offers/acme/a.yaml", "10.00", "11.00");
    project.commit("other");
    shell(&project, "git switch -q main").exits(0);
    project.replace("offers/acme/a.yaml", "10.00", "12.00");
    project.write("offers/new.yaml", &small_offer("new", "10.00"));
    project.apply().exits(0);
    project.commit("main");
    let before = project.cake.offers();
    shell(&project, &format!("{script} || true")).exits(0);
    // The conflict itself is an error in the YAML; a person who resolves it is not done yet.
    shell(&project, "git checkout -q --ours -- offers/acme/a.yaml || true").exits(0);
    let plan = project.run(&["plan"]).exits(0);
    plan.says("warning[git::unfinished]").says(&format!("`{operation}`"));
    project.run(&["validate"]).exits(0).says("warning[git::unfinished]");
    let apply = project.run(&["apply", "--auto-approve"]).exits(4);
    apply.says("error[git::unfinished]");
    assert_eq!(project.cake.offers(), before);
    project.run(&["apply", "--sandbox"]).exits(0);
    let end = advised(&apply.said()).pop().unwrap();
    shell(&project, &end).exits(0);
    project.run(&["apply", "--auto-approve"]).exits(0).never_says("git::unfinished");
    assert_eq!(project.cake.offers(), before);
}

#[test]
fn what_git_has_stopped_in_the_middle_of_is_not_applied() {
    stops("git rebase -q other", "git rebase");
    stops("git rebase -q --apply other", "git rebase");
    stops("git merge -q other", "git merge");
    stops("git cherry-pick other", "git cherry-pick");
    stops("git revert --no-commit HEAD && git checkout -q HEAD -- .", "git revert");
    stops("git bisect start -q && git bisect bad && git bisect good other", "git bisect");
    stops("git format-patch -q -1 other --stdout | git am -q", "git am");
}

#[test]
fn files_that_look_like_gits_own_folder_neither_answer_nor_run_a_program() {
    let project = project();
    shell(
        &project,
        "mkdir net && git mv offersync.toml offers net/ && mv offersync.state.json net/ && git commit -qm moved",
    )
    .exits(0);
    let program = project.folder().join("ran");
    let config = format!(
        "[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = touch {ran}\n[filter \"x\"]\n\tclean = touch {ran}; cat\n",
        ran = program.display()
    );
    shell(&project, "cp -r .git/HEAD .git/objects .git/refs .git/index net/").exits(0);
    project.write("net/config", &config);
    project.write("net/.gitattributes", "* filter=x\n");
    let run = project.run(&["-C", "net", "plan", "--since", "main"]);
    assert_ne!(run.code, Some(0), "{run:?}");
    run.says("bare repository");
    // These ask the work tree that the folder is in.
    project.run(&["-C", "net", "plan"]).exits(0);
    project.run(&["-C", "net", "apply", "--auto-approve"]);
    assert!(!program.exists());
}

#[test]
fn a_look_runs_no_hook_and_leaves_the_index_as_it_is() {
    let project = project();
    let program = project.folder().join("ran");
    project.write(".hooks/post-index-change", &format!("#!/bin/sh\ntouch {}\n", program.display()));
    shell(&project, "chmod +x .hooks/post-index-change && git config core.hooksPath .hooks").exits(0);
    // With other times than those of the index, git looks into the files.
    shell(&project, "touch -d 2001-01-01 offersync.state.json offers/acme/*.yaml").exits(0);
    let index = fs::read(project.path(".git/index")).unwrap();
    for command in [&["plan"][..], &["plan", "--since", "main"], &["validate"], &["state", "list"]] {
        project.run(command).exits(0);
        assert!(fs::read(project.path(".git/index")).unwrap() == index && !program.exists(), "{command:?}");
    }
}

#[test]
fn a_row_of_reverts_that_has_stopped_is_called_by_its_name() {
    let project = project();
    project.replace("offers/acme/a.yaml", "10.00", "11.00");
    project.commit("eleven");
    project.replace("offers/acme/a.yaml", "11.00", "10.00");
    project.commit("ten");
    project.write("notes.txt", "Read by nobody.\n");
    project.commit("notes");
    // The second revert finds nothing to do.
    shell(&project, "git revert --no-edit HEAD HEAD~2 || true").exits(0);
    project.run(&["plan"]).exits(0).says("`git revert`").never_says("cherry-pick");
}

#[test]
fn conflicts_that_a_stash_has_left_are_not_applied() {
    let project = project();
    project.replace("offers/acme/a.yaml", "10.00", "11.00");
    shell(&project, "git stash -q").exits(0);
    project.replace("offers/acme/a.yaml", "10.00", "12.00");
    project.commit("twelve");
    shell(&project, "git stash pop -q || git checkout -q --ours -- offers/acme/a.yaml").exits(0);
    project.run(&["plan"]).exits(0).says("a merge has left conflicts in `offers/acme/a.yaml`");
    project.apply().exits(4).says("git::unfinished");
    shell(&project, "git add offers/acme/a.yaml").exits(0);
    project.apply().exits(0);
}

#[test]
fn an_apply_that_waited_does_not_mix_an_old_configuration_with_new_offers() {
    let latency = Duration::from_millis(40);
    let project = Project::with(SandboxOptions { latency, ..SandboxOptions::default() }, &Settings::default());
    for number in 0..60 {
        let key = format!("offer-{number}");
        project.write(&format!("offers/{key}.yaml"), &small_offer(&key, "10.00"));
    }
    let first = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates >= 1);
    let second = project.command(&APPLY).args(["--lock-timeout", "60"]).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates >= 50);
    project.replace("offersync.toml", "bright = 204", "bright = 205");
    assert_eq!(finish_child(first).code, Some(0));
    finish_child(second).exits(3).says("the configuration has changed since this command read it");
    project.apply().exits(0);
}
