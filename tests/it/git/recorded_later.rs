//! Offers that were recorded after the commit that removed their YAML: by YAML in no commit, which is then put away.

use super::hidden::with_submodule;
use super::{project, shell};
use crate::harness::{Project, small_offer};

const NEW: &str = "offers/acme/new.yaml";

/// Applies YAML that is in no commit, commits the state, and puts the YAML away.
fn apply_and_put_away(project: &Project, file: &str) {
    project.write(file, &small_offer("new", "10.00"));
    project.apply().exits(0);
    let repository = if file.starts_with("offers/zen") { "offers/zen" } else { "." };
    shell(project, &format!("git add *.json && git commit -qm state && git -C {repository} stash -uq")).exits(0);
}

/// Git's times are whole seconds: within one, it is not known whether the commit or the state was first.
pub(super) fn written_before(project: &Project) {
    shell(project, "touch -d '1 minute ago' offersync.state.json").exits(0);
}

#[track_caller]
fn is_refused(project: &Project, form: &str) {
    let before = project.cake.offers();
    let plan = project.run(&["plan"]).exits(0);
    plan.says("retire new").says("no commit has removed it since it was recorded or restored");
    project.apply().exits(4).says("git::never-committed");
    assert_eq!(project.cake.offers(), before, "{form}");
}

#[track_caller]
fn is_retired(project: &Project, form: &str) {
    project.run(&["plan"]).exits(0).says("retire new").never_says("never-committed");
    project.apply().exits(0);
    let offers = project.cake.offers();
    let inactive = offers.iter().filter(|offer| offer.offer_status == "inactive");
    assert_eq!(inactive.count(), 1, "{form}");
}

/// A commit with other YAML of the same key, which was never applied.
fn never_applied(project: &Project) {
    project.write("offers/old/new.yaml", &small_offer("old", "10.00"));
    project.commit("never applied");
}

#[test]
fn the_state_of_the_commit_that_removed_an_earlier_offer_tells_also_where_it_has_not_changed_it() {
    for removed in [
        "git rm -q offers/old/new.yaml && git commit -qm gone",
        "git checkout -q main && git merge -q -s ours side -m 'not taken'",
        "git checkout -q main && git commit -q --allow-empty -m other && git merge -q -s ours side -m 'not taken'",
        "git checkout -q main && git merge -q --no-ff --no-commit side && git rm -qf offers/old/new.yaml && git commit -qm dropped",
        "git rm -q offers/old/new.yaml && git commit -qm gone && git checkout -q main && git merge -q --no-ff side -m taken",
        "git rm -q offers/old/new.yaml && git commit -qm gone && git checkout -q main && git merge -q side",
    ] {
        let project = project();
        shell(&project, "git checkout -qb side").exits(0);
        never_applied(&project);
        shell(&project, removed).exits(0);
        apply_and_put_away(&project, NEW);
        is_refused(&project, removed);
    }
}

#[test]
fn a_branch_that_is_merged_later_has_removed_an_earlier_offer_all_the_same() {
    let project = project();
    apply_and_put_away(&project, NEW);
    shell(&project, "git checkout -qb side HEAD~1").exits(0);
    never_applied(&project);
    let merged = "git rm -q offers/old/new.yaml && git commit -qm gone && git checkout -q main && git merge -q --no-ff side -m taken";
    shell(&project, merged).exits(0);
    is_refused(&project, merged);
}

#[test]
fn there_was_no_record_where_no_state_was_committed_by_then() {
    let project = project();
    shell(&project, "git rm -q --cached offersync.state.json && git commit -q --amend -m offers").exits(0);
    shell(
        &project,
        "mkdir offers/old && cp offers/acme/a.yaml offers/old/new.yaml && git add offers && git commit -qm old",
    )
    .exits(0);
    shell(&project, "git rm -q offers/old/new.yaml && git commit -qm gone").exits(0);
    apply_and_put_away(&project, NEW);
    is_refused(&project, "no state");
}

#[test]
fn a_state_with_another_name_since_tells_as_well() {
    let project = project();
    never_applied(&project);
    shell(&project, "git rm -q offers/old/new.yaml && git commit -qm gone").exits(0);
    apply_and_put_away(&project, NEW);
    let renamed = "git mv offersync.state.json st.json && sed -i '1i state = \"st.json\"' offersync.toml && git commit -qam renamed";
    shell(&project, renamed).exits(0);
    is_refused(&project, renamed);
    // What is removed after that, was recorded before it.
    project.write(NEW, &small_offer("new", "10.00"));
    project.commit("new");
    shell(&project, "git rm -q offers/acme/new.yaml && git commit -qm 'gone again'").exits(0);
    is_retired(&project, renamed);
}

#[test]
fn a_state_that_got_another_name_after_the_removal_had_the_offer_under_the_first_one() {
    let project = project();
    project.write(NEW, &small_offer("new", "10.00"));
    project.apply().exits(0);
    project.commit("new");
    shell(&project, "git rm -q offers/acme/new.yaml && git commit -qm gone").exits(0);
    let renamed = "git mv offersync.state.json st.json && sed -i '1i state = \"st.json\"' offersync.toml && git commit -qam renamed";
    shell(&project, renamed).exits(0);
    is_retired(&project, renamed);
}

#[test]
fn a_state_behind_a_link_tells_as_well() {
    let project = project();
    let linked = "mkdir kept && git mv offersync.state.json kept/s.json && ln -s kept/s.json offersync.state.json && \
                  echo 'kept/s.json.*' >> .gitignore && git add -A && git commit -qm linked";
    shell(&project, linked).exits(0);
    never_applied(&project);
    shell(&project, "git rm -q offers/old/new.yaml && git commit -qm gone").exits(0);
    project.write(NEW, &small_offer("new", "10.00"));
    project.apply().exits(0);
    shell(&project, "git add kept && git commit -qm state && git stash -uq").exits(0);
    is_refused(&project, linked);
}

#[test]
fn a_submodule_has_removed_an_offer_when_the_repository_took_that_commit_over() {
    let project = with_submodule();
    project.commit("state");
    let commit_removal = |message: &str| {
        let remove = "cd offers/zen && git add -A && git commit -qm new && git rm -q new.yaml && git commit -qm gone";
        shell(&project, &format!("{remove} && cd ../.. && git add offers/zen && git commit -qm {message}")).exits(0);
    };
    project.write("offers/zen/new.yaml", &small_offer("old", "10.00"));
    commit_removal("earlier");
    apply_and_put_away(&project, "offers/zen/new.yaml");
    is_refused(&project, "submodule");
    project.write("offers/zen/new.yaml", &small_offer("new", "10.00"));
    commit_removal("later");
    // Git is asked about submodules whatever it is to show.
    shell(&project, "git config diff.ignoreSubmodules all").exits(0);
    is_retired(&project, "submodule");
}

#[test]
fn a_removal_that_was_made_before_the_record_and_taken_over_after_it_counts() {
    let project = with_submodule();
    project.write("offers/zen/new.yaml", &small_offer("new", "10.00"));
    shell(&project, "cd offers/zen && git add -A && git commit -qm new && git rm -q new.yaml && git commit -qm gone && git checkout -q HEAD~1").exits(0);
    project.commit("new");
    project.apply().exits(0);
    project.commit("state");
    shell(&project, "git -C offers/zen checkout -q main && git add offers/zen && git commit -qm gone").exits(0);
    is_retired(&project, "submodule");
}

#[test]
fn a_shallow_clone_does_not_show_when_it_took_a_commit_of_a_submodule_over() {
    let project = with_submodule();
    project.write("offers/zen/new.yaml", &small_offer("new", "10.00"));
    project.apply().exits(0);
    shell(&project, "cd offers/zen && git add -A && git commit -qm new && git rm -q new.yaml && git commit -qm gone")
        .exits(0);
    project.commit("gone");
    shell(&project, "git rev-parse HEAD > .git/shallow").exits(0);
    project.run(&["plan"]).exits(0).says("whether a commit had it is not known").says("fetch --unshallow");
    project.apply().exits(4).says("git::never-committed");
    shell(&project, "rm .git/shallow").exits(0);
    is_retired(&project, "submodule");
}

/// A repository of its own in `offers`, which the other one ignores.
fn with_inner_repository() -> Project {
    let project = project();
    let inner = "git rm -rq --cached offers && echo offers/ >> .gitignore && git add -A && git commit -qm outer && \
                 cd offers && git init -q -b main && git add -A && git commit -qm inner";
    shell(&project, &at(1, inner)).exits(0);
    project
}

/// The script, whose commits are made at this minute.
fn at(minute: u32, script: &str) -> String {
    format!("export GIT_COMMITTER_DATE='2024-05-01T12:{minute:02}:00Z'; {script}")
}

#[test]
fn a_repository_that_no_other_one_names_has_removed_an_offer_at_the_time_of_its_commit() {
    for (removed, recorded) in [(2, 3), (3, 2)] {
        let project = with_inner_repository();
        project.write(NEW, &small_offer("new", "10.00"));
        let remove = "cd offers && git add -A && git commit -qm new && git rm -q acme/new.yaml && git commit -qm gone";
        shell(&project, &at(removed, remove)).exits(0);
        project.write(NEW, &small_offer("new", "10.00"));
        project.apply().exits(0);
        shell(&project, &at(recorded, "git commit -qam state && rm offers/acme/new.yaml")).exits(0);
        if removed < recorded {
            is_refused(&project, "inner repository");
        } else {
            is_retired(&project, "inner repository");
        }
    }
}

#[test]
fn a_removal_counts_where_the_committed_states_do_not_say_otherwise() {
    for (recorded, removed) in [
        // The state is committed rarely, with the removal, or never.
        ("", ""),
        ("", "git add offersync.state.json"),
        (
            "git rm -q --cached offersync.state.json && echo offersync.state.json >> .gitignore && git add .gitignore && git commit -qm untracked",
            "",
        ),
        // A branch from before the state was committed, merged after that.
        (
            "git checkout -qb side && git checkout -q main && git add offersync.state.json && git commit -qm state && git checkout -q side",
            "git commit -qm gone && git checkout -q main && git merge -q --no-ff side -m merged",
        ),
        (
            "git checkout -qb side && git checkout -q main && git add offersync.state.json && git commit -qm state && git checkout -q side",
            "git commit -qm gone && git checkout -q main && git merge -q --squash side",
        ),
    ] {
        let project = project();
        project.write(NEW, &small_offer("new", "10.00"));
        shell(&project, "git add offers && git commit -qm new").exits(0);
        project.apply().exits(0);
        written_before(&project);
        shell(&project, &format!("{recorded}\ngit rm -q offers/acme/new.yaml\n{removed}\ngit commit -qm gone || true"))
            .exits(0);
        is_retired(&project, &format!("{recorded}; {removed}"));
    }
}

/// What no committed state has may have been recorded after the commit.
#[test]
fn a_removal_does_not_count_where_only_a_state_that_was_written_later_has_the_offer() {
    let own = "git rm -q --cached offersync.state.json && echo offersync.state.json >> .gitignore && git add .gitignore && git commit -qm own";
    // A rebase does not make the removal a later one.
    let rebased = "export GIT_AUTHOR_DATE='2024-05-01T12:00:00Z' GIT_COMMITTER_DATE='2099-05-01T12:00:00Z'";
    for (state, times) in [("true", "true"), (own, "true"), ("true", rebased)] {
        let project = project();
        shell(&project, state).exits(0);
        never_applied(&project);
        shell(&project, &format!("{times}; git rm -q offers/old/new.yaml && git commit -qm gone")).exits(0);
        project.write(NEW, &small_offer("new", "10.00"));
        project.apply().exits(0);
        shell(&project, "git stash push -uq -- offers").exits(0);
        is_refused(&project, &format!("{state}; {times}"));
    }
}

#[test]
fn a_state_that_a_partial_clone_lacks_has_shown_nothing() {
    let project = project();
    project.write(NEW, &small_offer("new", "10.00"));
    project.apply().exits(0);
    project.commit("new");
    shell(&project, "git rm -q offers/acme/new.yaml && git commit -qm gone").exits(0);
    project.replace("offers/acme/a.yaml", "10.00", "11.00");
    project.run(&["apply", "--auto-approve", "a"]).exits(0);
    project.commit("dearer");
    let missing = "git config remote.origin.url . && git config remote.origin.promisor true && object=$(git rev-parse HEAD~1:offersync.state.json) \
                   && mv .git/objects/$(echo $object | cut -c1-2)/$(echo $object | cut -c3-) kept.object";
    shell(&project, missing).exits(0);
    project.run(&["plan"]).exits(0).says("whether a commit had it is not known").says("partial clone");
    project.apply().exits(4).says("git::never-committed");
}

#[test]
fn what_git_is_told_to_show_does_not_matter() {
    let project = project();
    shell(&project, "git checkout -qb side").exits(0);
    never_applied(&project);
    let dropped = "git checkout -q main && git merge -q --no-ff --no-commit side && git rm -qf offers/old/new.yaml && git commit -qm dropped";
    shell(&project, dropped).exits(0);
    apply_and_put_away(&project, NEW);
    for setting in [
        "i18n.logOutputEncoding UTF-16",
        "log.diffMerges combined",
        "log.diffMerges off",
        "log.showRoot false",
        "log.follow true",
    ] {
        let (name, value) = setting.split_once(' ').unwrap();
        shell(&project, &format!("git config {name} {value}")).exits(0);
        is_refused(&project, setting);
        shell(&project, &format!("git config --unset {name}")).exits(0);
    }
}

/// The newest states count as well as the first ones.
#[test]
fn an_offer_that_was_retired_late_and_restored_was_not_removed_by_the_commit_before() {
    let project = project();
    project.write(NEW, &small_offer("new", "10.00"));
    project.apply().exits(0);
    project.commit("new");
    shell(&project, "git rm -q offers/acme/new.yaml && git commit -qm gone").exits(0);
    for cents in 10..22 {
        project.write("offers/acme/a.yaml", &small_offer("a", &format!("10.{cents}")));
        project.run(&["apply", "--auto-approve", "a"]).exits(0);
        project.commit("dearer");
    }
    project.apply().exits(0);
    project.commit("retired");
    apply_and_put_away(&project, NEW);
    is_refused(&project, "late");
}

/// What was retired has no YAML to be put away: it goes again because CAKE shows it as active.
#[test]
fn an_offer_that_is_active_in_cake_again_is_retired_again_without_a_word_of_its_yaml() {
    for is_committed in [true, false] {
        let project = project();
        project.write(NEW, &small_offer("new", "10.00"));
        if is_committed {
            project.commit("new");
        }
        project.apply().exits(0);
        project.remove(NEW);
        if is_committed {
            project.commit("gone");
            project.apply().exits(0);
        } else {
            project.in_cake("new", |offer| offer.offer_status = "inactive".into());
            let mut state = project.state();
            state["offers"]["new"]["status"] = "retired".into();
            state["offers"]["new"]["fields"]["offer_status"] = "inactive".into();
            project.write("offersync.state.json", &(serde_json::to_string_pretty(&state).unwrap() + "\n"));
            project.run(&["state", "publish", "--accept-edit"]).exits(0);
        }
        project.commit("state");
        project.in_cake("new", |offer| offer.offer_status = "active".into());
        let plan = project.run(&["plan", "--refresh"]).exits(0);
        plan.says("retire new").never_says("no commit").never_says("never-committed");
        project.run(&["apply", "--refresh", "--overwrite-drift", "--auto-approve"]).exits(0);
        assert_eq!(project.offer("new").offer_status, "inactive");
    }
}
