//! A state that something else than offersync has changed: by hand, on the disk, or by git line by line.

use crate::harness::{DesiredOffer, DesiredOffers, Project, Run, clean, finish, small_offer};

const STATE: &str = "offersync.state.json";

fn applied() -> Project {
    let project = Project::new();
    let desired: DesiredOffers = ["a", "b"].map(|key| (key.to_owned(), DesiredOffer::new(key))).into();
    project.desire(&desired);
    project.apply().exits(0);
    project
}

#[test]
fn a_state_that_was_edited_is_used_only_after_a_person_has_accepted_it() {
    let project = applied();
    let writes = project.cake.writes();
    project.replace(STATE, &format!("\"offer_id\": {}", project.id("b")), "\"offer_id\": 4711");
    for command in [&["plan"][..], &["apply", "--auto-approve"], &["validate"], &["drift"], &["state", "publish"]] {
        project.run(command).exits(4).says("error[state::edited]").says("`offersync state publish --accept-edit`");
    }
    assert_eq!(project.cake.writes(), writes);
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    assert_eq!(project.id("b"), 4711);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_state_of_an_older_version_gets_its_digest_with_the_next_change() {
    let project = applied();
    let mut state = project.state();
    state.as_object_mut().unwrap().remove("digest").unwrap();
    project.write(STATE, &serde_json::to_string_pretty(&state).unwrap());
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.apply().exits(0);
    assert!(project.state().get("digest").is_none(), "nothing has changed, so nothing was written");
    project.write("offers/c.yaml", &small_offer("c", "5"));
    project.apply().exits(0);
    assert!(project.state()["digest"].is_string());
}

/// The state of a project in git, with another id and without its digest.
fn without_digest(project: &Project) {
    let mut state = project.state();
    state.as_object_mut().unwrap().remove("digest").unwrap();
    let text = serde_json::to_string_pretty(&state).unwrap() + "\n";
    project.write(STATE, &text.replace(&format!("\"offer_id\": {}", project.id("b")), "\"offer_id\": 4711"));
}

#[test]
fn a_state_whose_digest_was_taken_out_was_edited() {
    for is_committed in [false, true] {
        let project = applied();
        project.write(".gitignore", "offersync.state.json.*\n");
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.commit("first");
        let id = project.id("b");
        without_digest(&project);
        if is_committed {
            project.commit("merged");
        }
        for command in [&["plan"][..], &["apply", "--auto-approve"], &["validate"], &["drift"], &["state", "publish"]] {
            let run = project.run(command).exits(4);
            run.says("error[state::edited]").says("it has no digest").says("`offersync state publish --accept-edit`");
        }
        let restore = commands(&project.run(&["plan"]).exits(4));
        let restore = restore.into_iter().find(|command| command.contains("checkout")).unwrap();
        finish(clean("sh", project.folder()).args(["-c", &restore])).exits(0);
        assert_eq!(project.id("b"), id);
        if is_committed {
            project.run(&["plan"]).exits(4).says("error[state::put-back]");
            project.run(&["state", "publish", "--accept-edit"]).exits(0);
        }
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
        without_digest(&project);
        project.run(&["state", "publish", "--accept-edit"]).exits(0);
        assert_eq!(project.id("b"), 4711);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_state_with_marks_of_changes_had_a_digest_whatever_its_history() {
    let project = applied();
    for payout in ["10.00", "11.00"] {
        project.write("offers/c.yaml", &small_offer("c", payout));
        project.apply().exits(0);
    }
    let mut state = project.state();
    state.as_object_mut().unwrap().remove("digest").unwrap();
    // Without a copy, as on another machine.
    project.remove("offersync.state.json.previous");
    project.write(STATE, &serde_json::to_string_pretty(&state).unwrap());
    project.run(&["plan"]).exits(4).says("error[state::edited]").says("`offersync state publish --accept-edit`");
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.plan_is_empty();
}

/// A commit of the state without its digest, with a digest before it.
fn committed_without_digest() -> Project {
    let project = applied();
    project.write(".gitignore", "offersync.state.json.*\n");
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("first");
    without_digest(&project);
    project.commit("edited");
    project
}

#[test]
fn a_digest_is_looked_for_under_earlier_names_of_the_state() {
    let project = committed_without_digest();
    let renamed = "git reset -q --soft HEAD~1 && git mv offersync.state.json st.json && sed -i '1i state = \"st.json\"' offersync.toml && \
                   git add -A && git commit -qm renamed";
    finish(clean("sh", project.folder()).args(["-c", renamed])).exits(0);
    project.run(&["plan"]).exits(4).says("error[state::edited]").says("it had one");
    project.apply().exits(4);
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.run(&["plan"]).exits(0);
}

#[test]
fn a_clone_that_lacks_a_part_of_the_history_does_not_know_whether_a_digest_was_taken_out() {
    let shallow = "git rev-parse HEAD > .git/shallow && git reflog expire --expire=all --all";
    let partial = "git config remote.origin.url . && git config remote.origin.promisor true && object=$(git rev-parse HEAD~1:offersync.state.json) \
                   && mv .git/objects/$(echo $object | cut -c1-2)/$(echo $object | cut -c3-) kept.object";
    for (lacks, fetch) in [(shallow, "fetch --unshallow`"), (partial, "fetch --refetch --no-filter`")] {
        let project = committed_without_digest();
        // As in a clone, which has no copies.
        let clone = format!("rm -rf .git/offersync && {lacks}");
        finish(clean("sh", project.folder()).args(["-c", &clone])).exits(0);
        let writes = project.cake.writes();
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            let run = project.run(command).exits(4);
            run.says("error[state::edited]").says("whether it was taken out is not known").says(fetch);
        }
        assert_eq!(project.cake.writes(), writes);
        project.run(&["state", "publish", "--accept-edit"]).exits(0);
        assert_eq!(project.id("b"), 4711);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_commit_from_before_there_were_digests_may_be_checked_out() {
    let project = applied();
    project.write(".gitignore", "offersync.state.json.*\n");
    let mut state = project.state();
    state.as_object_mut().unwrap().remove("digest").unwrap();
    project.write(STATE, &serde_json::to_string_pretty(&state).unwrap());
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("an older version's");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    project.write("offers/c.yaml", &small_offer("c", "5"));
    project.apply().exits(0);
    assert!(project.state()["digest"].is_string());
    project.commit("c");
    project.git(&["checkout", "--quiet", "HEAD~1"]).exits(0);
    project.run(&["plan", "--detailed-exitcode"]).exits(0).never_says("state::edited");
}

/// As `git merge -X ours` without the merge driver leaves it.
#[test]
fn a_bad_state_that_was_committed_is_accepted_or_an_earlier_one_comes_back() {
    for accept in [true, false] {
        let project = applied();
        project.write(".gitignore", "offersync.state.json.*\n");
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.commit("first");
        project.replace(STATE, &format!("\"offer_id\": {}", project.id("b")), "\"offer_id\": 4711");
        project.commit("merged");
        let run = project.run(&["plan"]).exits(4);
        run.says("committed like this").says("`git log -p -- offersync.state.json`");
        run.never_says("git checkout -- ").never_says("git diff").never_says(".last");
        if accept {
            project.run(&["state", "publish", "--accept-edit"]).exits(0);
            assert_eq!(project.id("b"), 4711);
        } else {
            let restore = commands(&run).into_iter().find(|command| command.contains("checkout")).unwrap();
            finish(clean("sh", project.folder()).args(["-c", &restore])).exits(0);
            project.run(&["plan", "--detailed-exitcode"]).exits(0);
        }
    }
}

#[test]
fn a_damaged_state_that_git_never_had_names_no_command_of_git() {
    let project = applied();
    project.replace(STATE, &format!("\"offer_id\": {}", project.id("b")), "\"offer_id\": 4711");
    project.run(&["plan"]).exits(4).never_says("git ");
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.run(&["plan"]).exits(4).never_says("git ");
}

/// The advice for a merge without the merge driver.
#[test]
fn a_conflict_in_the_state_is_resolved_by_the_command_that_its_message_names() {
    let project = applied();
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitattributes", &format!("{STATE} merge=offersync-state\n"));
    project.write(".gitignore", &format!("{STATE}.*\n"));
    project.commit("first");
    for (branch, key) in [("other", "x"), ("main", "y")] {
        if branch == "other" {
            project.git(&["checkout", "--quiet", "-b", "other"]).exits(0);
        } else {
            project.git(&["checkout", "--quiet", "main"]).exits(0);
        }
        project.write(&format!("offers/{key}.yaml"), &small_offer(key, "5"));
        project.run(&["apply", key, "--auto-approve"]).exits(0);
        project.commit(key);
    }
    assert_eq!(project.git(&["merge", "--quiet", "other"]).code, Some(1), "git has merged the state line by line");
    let run = project.run(&["plan"]).exits(1);
    for command in commands(&run) {
        finish(clean("sh", project.folder()).args(["-c", &command])).exits(0);
    }
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    assert_eq!(project.recorded()["offers"].as_array().unwrap().len(), 4);
}

/// The commands of a message, but for the one that the advice begins with.
fn commands(run: &Run) -> Vec<String> {
    let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, help) = said.split_once("help: ").unwrap();
    let commands = help.split('`').skip(1).step_by(2).filter(|command| command.starts_with("git "));
    commands.map(str::to_owned).collect()
}

#[test]
fn a_journal_that_a_branch_has_brought_along_is_not_read() {
    let project = crate::harness::Project::applied(&[("a.yaml", &crate::harness::small_offer("a", "20.00"))]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    let journal = "offersync.state.json.journal";
    // What an apply outside of git has left is empty.
    project.git(&["add", "--force", journal]).exits(0);
    project.run(&["plan"]).exits(0);
    project.write(journal, "forged\n");
    for command in [&["plan"][..], &["apply", "--auto-approve"], &["state", "list"], &["drift"]] {
        project.run(command).exits(4).says("state::tracked").says(journal);
    }
    project.git(&["rm", "--quiet", "--cached", "--force", journal]).exits(0);
    project.remove(journal);
    project.run(&["plan"]).exits(0);
    for file in ["offersync.state.json.lock", "offersync.state.json.previous"] {
        project.write(file, "forged\n");
        project.git(&["add", "--force", file]).exits(0);
        for command in [&["plan"][..], &["apply", "--auto-approve"], &["state", "list"]] {
            project.run(command).exits(4).says("state::tracked").says(file);
        }
        project.git(&["rm", "--quiet", "--cached", "--force", file]).exits(0);
        project.remove(file);
    }
    // An apply writes into its lock, and so into what git tracks; and no apply can lock a folder.
    let lock = "offersync.state.json.lock";
    for file in [lock.to_owned(), format!("{lock}/x")] {
        if file == lock {
            project.write(&file, "");
        } else {
            std::fs::create_dir(project.path(lock)).unwrap();
            project.write(&file, "");
        }
        project.git(&["add", "--force", &file]).exits(0);
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            let refused = project.run(command).exits(4);
            let remove = if file == lock { "git rm" } else { "git rm -r" };
            refused.says("state::tracked").says(&format!("{remove} --cached -- offersync.state.json.lock`"));
        }
        project.git(&["rm", "--quiet", "-r", "--cached", "--force", lock]).exits(0);
        project.run(&["plan"]).exits(0);
        if file == lock { project.remove(lock) } else { std::fs::remove_dir_all(project.path(lock)).unwrap() }
    }
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_a_link_is_not_taken_and_what_it_leads_to_is_kept() {
    let project = crate::harness::Project::with_files(&[("a.yaml", &crate::harness::small_offer("a", "20.00"))]);
    project.write("precious", "kept");
    std::os::unix::fs::symlink("precious", project.path("offersync.state.json.lock")).unwrap();
    let run = project.run(&["apply", "--auto-approve"]);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert_eq!((project.read("precious").as_str(), project.cake.writes()), ("kept", 0));
}

/// What is written to the state in its place does not change what the last apply has published.
#[test]
fn the_copy_of_the_last_apply_is_a_file_of_its_own() {
    const COPY: &str = ".git/offersync/offersync.state.json.last";
    let project = applied();
    project.git(&["init", "--quiet"]).exits(0);
    project.write("offers/c.yaml", &small_offer("c", "5"));
    project.apply().exits(0);
    let published = project.read(STATE);
    assert_eq!(project.read(COPY), published);
    let mut state = project.state();
    state.as_object_mut().unwrap().remove("digest").unwrap();
    let (a, b) = (project.id("a"), project.id("b"));
    state["offers"]["a"]["offer_id"] = b.into();
    state["offers"]["b"]["offer_id"] = a.into();
    // As an editor writes it that keeps the file.
    for edited in [serde_json::to_string_pretty(&state).unwrap(), String::new()] {
        project.write(STATE, &edited);
        assert_eq!(project.read(COPY), published);
        let writes = project.cake.writes();
        for command in [&["plan"][..], &["apply", "--auto-approve"]] {
            let run = project.run(command);
            assert_ne!(run.code, Some(0), "{run:?}");
            run.says("error[state::");
        }
        assert_eq!(project.cake.writes(), writes);
    }
}
