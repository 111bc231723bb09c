//! YAML that was deleted and not committed: a plan says so, and an apply without a question is refused.

use super::{project, shell};
use crate::harness::{APPLY, Project, Terminal, small_offer};

/// Removes the YAML of an offer, expects a note and a refusal, and then each of the two ways out.
#[track_caller]
fn removed_by(prepare: &str, script: &str, key: &str) {
    let removed = || {
        let project = project();
        shell(&project, prepare).exits(0);
        project.apply().exits(0);
        shell(&project, "git add -A && git commit -q --allow-empty -m prepared").exits(0);
        shell(&project, script).exits(0);
        project
    };
    let project = removed();
    let before = project.cake.offers();
    let plan = project.run(&["plan"]).exits(0);
    plan.says(&format!("retire {key}")).says("the deletion is not committed to git").says("warning[git::uncommitted]");
    project.apply().exits(4).says("git::uncommitted");
    project.run(&["apply", "--auto-approve", "--exclude", key]).exits(0);
    assert_eq!(project.cake.offers(), before, "a removal that is not committed was applied");
    shell(&project, "git stash -q").exits(0);
    project.plan_is_empty();

    let project = removed();
    project.commit("removed");
    project.run(&["plan"]).exits(0).says("1 to retire").never_says("committed");
    project.apply().exits(0);
    project.plan_is_empty();
}

#[test]
fn the_command_works_for_a_path_that_git_takes_for_a_pattern() {
    let project = project();
    project.write("offersync.toml", &format!("offers = \":(top)o\"\n{}", project.read("offersync.toml")));
    shell(&project, "git mv ./offers './:(top)o'").exits(0);
    project.commit("moved");
    project.apply().exits(0);
    shell(&project, "rm './:(top)o/acme/a.yaml'").exits(0);
    let said = project.run(&["plan"]).exits(0).said().split_whitespace().collect::<Vec<_>>().join(" ");
    let (_, advice) = said.split_once("bring the YAML back with `").unwrap();
    shell(&project, advice.split('`').next().unwrap()).exits(0);
    project.plan_is_empty();
}

#[test]
fn a_removal_that_is_not_committed_is_not_applied_without_a_question() {
    removed_by("true", "rm offers/acme/a.yaml", "a");
    removed_by("true", "rm -r offers/zen", "z");
    removed_by("true", "git rm -q offers/acme/a.yaml", "a");
    removed_by("true", "git rm -q --cached offers/acme/a.yaml; mv offers/acme/a.yaml offers/acme/_a.yaml", "a");
    removed_by("true", "git mv offers/acme offers/_acme && git mv offers/_acme/b.yaml offers/b.yaml", "a");
}

/// `b` and `c` in one file.
const TWO: &str = "mkdir offers/two; (cat offers/acme/b.yaml; echo 'sync: {key: b}'; echo ---; \
                   sed 's/offer_name: .*/offer_name: C/' offers/acme/b.yaml; echo 'sync: {key: c}') > offers/two/bc.yaml; \
                   git rm -qf offers/acme/b.yaml";

#[test]
fn offers_that_a_smaller_folder_leaves_out_are_not_called_deleted() {
    let project = project();
    project.apply().exits(0);
    let before = project.cake.offers();
    let text = project.read("offersync.toml");
    project.write("offersync.toml", &format!("offers = \"offers/acme\"\n{text}"));
    let refused = project.apply().exits(4);
    refused.says("in the last commit").says("put the setting back").never_says("git add -A");
    assert_eq!(project.cake.offers(), before);
    project.write("offersync.toml", &text);
    project.plan_is_empty();
}

#[test]
fn a_document_that_left_its_file_is_a_removal_as_well() {
    removed_by(TWO, "sed -i '/^---/,$d' offers/two/bc.yaml", "c");
    let bit = format!("{TWO}; git add -A; git update-index --assume-unchanged offers/two/bc.yaml");
    let project = project();
    shell(&project, &bit).exits(0);
    project.apply().exits(0);
    project.git(&["commit", "--quiet", "--message", "two"]).exits(0);
    shell(&project, "sed -i '/^---/,$d' offers/two/bc.yaml").exits(0);
    project.apply().exits(4).says("git::uncommitted");
}

#[test]
fn what_is_forgotten_is_a_removal_and_so_is_what_was_never_committed() {
    let project = project();
    let settings = project.read("offersync.toml");
    project.write("offersync.toml", &format!("removed.action = \"forget\"\n{settings}"));
    project.commit("forget");
    project.remove("offers/acme/a.yaml");
    project.apply().exits(4).says("git::uncommitted");
    project.commit("removed");
    project.write("offers/draft.yaml", &small_offer("draft", "1.00"));
    project.apply().exits(0);
    project.remove("offers/draft.yaml");
    project.run(&["plan"]).exits(0).says("no commit ever had it").says("git::never-committed");
    project.apply().exits(4).says("git::never-committed");
    project.write("offers/draft.yaml", &small_offer("draft", "1.00"));
    project.commit("draft");
    project.remove("offers/draft.yaml");
    project.commit("no draft");
    project.run(&["plan"]).exits(0).never_says("commit");
    project.apply().exits(0);
}

/// A new offer in the index, applied, with the state committed.
fn staged() -> Project {
    let project = project();
    project.write("offers/acme/new.yaml", &small_offer("new", "10.00"));
    shell(&project, "git add offers").exits(0);
    project.apply().exits(0);
    shell(&project, "git commit -qm state offersync.state.json").exits(0);
    project
}

#[test]
fn yaml_that_no_commit_ever_had_was_not_removed_by_one() {
    for away in
        ["git stash -q", "git reset -q --hard", "git rm -qf offers/acme/new.yaml && git commit -q --allow-empty -m x"]
    {
        let project = staged();
        shell(&project, away).exits(0);
        let before = project.cake.offers();
        let plan = project.run(&["plan"]).exits(0);
        plan.says("retire new").says("no commit ever had it").says("warning[git::never-committed]");
        project.apply().exits(4).says("git::never-committed").says("git stash list");
        project.run(&["apply", "--auto-approve", "--exclude", "new"]).exits(0);
        assert_eq!(project.cake.offers(), before, "{away}");
    }
    let project = staged();
    shell(&project, "git stash -q").exits(0);
    shell(
        &project,
        "git stash pop -q && git commit -qam kept && git rm -q offers/acme/new.yaml && git commit -qm gone",
    )
    .exits(0);
    project.run(&["plan"]).exits(0).says("1 to retire").never_says("commit");
    project.apply().exits(0);
}

#[test]
fn yaml_of_another_branch_is_not_removed_by_leaving_it() {
    let project = project();
    shell(&project, "git checkout -qb feature").exits(0);
    project.write("offers/new.yaml", &small_offer("new", "10.00"));
    project.commit("new");
    project.apply().exits(0);
    shell(&project, "cp offersync.state.json s; git stash -q; git checkout -q main; mv s offersync.state.json; git commit -qam state").exits(0);
    project.apply().exits(4).says("git::never-committed").says("git log --all");
    shell(&project, "git merge -q --no-commit -X ours feature; git commit -qm merged; git rm -q offers/new.yaml; git commit -qm gone").exits(0);
    project.apply().exits(0);
}

#[test]
fn yaml_that_a_commit_had_in_another_place_may_be_removed() {
    for removed in [
        "git mv offers deals && sed -i '1i offers = \"deals\"' offersync.toml && git rm -qf deals/zen/z.yaml",
        "mkdir sub && git mv offers offersync.toml sub && git mv sub/offers offers && git mv sub/offersync.toml . && git rm -qf offers/zen/z.yaml",
        "git mv offers/zen/z.yaml offers/zen/_z.yaml",
        "git mv offers/zen/z.yaml offers/zen/other.yaml && git commit -qam x && git rm -q offers/zen/other.yaml",
    ] {
        let project = project();
        shell(&project, removed).exits(0);
        project.commit("removed");
        project.run(&["plan"]).exits(0).says("retire z").never_says("never-committed");
        project.apply().exits(0);
    }
}

#[test]
fn a_file_of_another_project_with_the_same_key_is_another_offer() {
    let project = staged();
    project.write("staging/offers/new.yaml", &small_offer("new", "10.00"));
    shell(&project, "git stash -q && git add staging && git commit -qm staging").exits(0);
    project.apply().exits(4).says("git::never-committed");
}

#[test]
fn a_shallow_clone_says_that_it_does_not_know_the_history() {
    let project = project();
    project.remove("offers/zen/z.yaml");
    project.commit("removed");
    shell(&project, "git rev-parse HEAD > .git/shallow").exits(0);
    project.run(&["plan"]).exits(0).says("whether a commit had it is not known");
    project.apply().exits(4).says("this clone is shallow").says("fetch --unshallow");
}

#[test]
fn a_saved_plan_is_refused_until_the_removal_is_committed() {
    let project = project();
    project.remove("offers/acme/a.yaml");
    project.run(&["plan", "--out", "plan.json"]).exits(0).says("git::uncommitted");
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(4).says("git::uncommitted");
    project.git(&["commit", "--quiet", "--message", "removed", "--", "offers"]).exits(0);
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(0).says("1 done");
}

#[test]
fn a_person_who_sees_the_plan_may_confirm_it_and_the_sandbox_needs_no_commit() {
    let project = project();
    project.run(&["apply", "--sandbox"]).exits(0);
    project.remove("offers/acme/a.yaml");
    project.run(&["apply", "--sandbox"]).exits(0);
    let terminal = Terminal::spawn(project.command(&["apply"]));
    let shown = terminal.wait_for("Make these changes in CAKE at");
    assert!(shown.contains("the deletion is not committed to git"), "{shown}");
    terminal.type_line("yes");
    assert_eq!(terminal.finish().0, Some(0));
    project.plan_is_empty();
}

#[test]
fn defaults_that_were_deleted_are_shown_and_not_applied_without_a_question() {
    let project = project();
    project.write("offers/acme/_defaults.yaml", "expiration_date: 2031-06-30 23:59:59\n");
    project.write("offers/zen/_defaults.yaml", "expiration_date: 2031-06-30 23:59:59\n");
    project.write("offers/zen/z.yaml", &format!("{}expiration_date: 2031-06-30 23:59:59\n", small_offer("z", "10.00")));
    project.apply().exits(0);
    project.commit("defaults");
    project.remove("offers/zen/_defaults.yaml");
    let plan = project.run(&["plan"]).exits(0);
    plan.says("`offers/zen/_defaults.yaml` was deleted, and the deletion is not committed");
    project.replace("offers/acme/a.yaml", "10.00", "11.00");
    project.apply().exits(4).says("git::uncommitted");
    // Also where git was told, and has no commit of it yet.
    project.git(&["rm", "--quiet", "offers/zen/_defaults.yaml"]).exits(0);
    let plan = project.run(&["plan"]).exits(0);
    plan.says("`offers/zen/_defaults.yaml` was deleted, and the deletion is not committed");
    project.apply().exits(4).says("git::uncommitted");
    shell(&project, "git checkout HEAD -- offers/zen/_defaults.yaml").exits(0);
    project.run(&["plan"]).exits(0).never_says("_defaults.yaml");
}

#[test]
fn a_submodule_has_commits_of_its_own() {
    let project = super::hidden::with_submodule();
    project.remove("offers/zen/deep/y.yaml");
    project.remove("offers/zen/z.yaml");
    project.run(&["plan"]).exits(0).says("offers/zen checkout -- deep/y.yaml z.yaml`");
    project.apply().exits(4).says("git::uncommitted").says("offers/zen add -A`");
    shell(&project, "git -C offers/zen checkout z.yaml && git -C offers/zen commit -qam gone").exits(0);
    // The project itself has not taken that commit over.
    project.run_with(&APPLY, &[]).exits(4).says("git::submodule");
    project.commit("gone");
    project.apply().exits(0);
}

#[test]
fn a_link_that_left_is_a_removal_that_git_cannot_tell() {
    let project: Project = project();
    shell(&project, "mkdir shared && git mv offers/zen shared/zen && ln -s ../shared/zen offers/zen").exits(0);
    project.commit("linked");
    project.remove("offers/zen");
    project.run(&["plan"]).exits(0).says("whether git still has it is not known");
    project.apply().exits(4).says("git::uncommitted");
    project.commit("gone");
    project.apply().exits(0);
}

#[test]
fn before_the_first_commit_nothing_is_committed() {
    let project = project();
    shell(&project, "rm -rf .git && git init -q && rm offers/acme/a.yaml").exits(0);
    project.run(&["plan"]).exits(0).says("1 to retire").never_says("committed to git");
    project.apply().exits(0);
}

#[test]
fn what_only_the_index_has_is_not_removed_without_a_question_and_comes_back() {
    let new = "cp offers/acme/a.yaml offers/new.yaml && sed -i 's/offer_name: .*/offer_name: New/' offers/new.yaml && git add -A";
    for (prepare, then) in [
        (new, "rm offers/new.yaml"),
        (&format!("{new} && git commit -q -m new"), "git reset -q --soft HEAD~1; rm offers/new.yaml"),
        ("git update-ref -d HEAD", "rm offers/acme/a.yaml"),
    ] {
        let project = project();
        shell(&project, prepare).exits(0);
        project.apply().exits(0);
        shell(&project, then).exits(0);
        let before = project.cake.offers();
        let plan = project.run(&["plan"]).exits(0);
        plan.says("the deletion is not committed to git").says("git checkout -- offers/");
        let refused = project.apply().exits(4);
        assert_eq!(project.cake.offers(), before, "{prepare}");
        let help = refused.said().split_whitespace().collect::<Vec<_>>().join(" ");
        let advice = help.split("bring the YAML back with `").nth(1).unwrap().split('`').next().unwrap();
        shell(&project, advice).exits(0);
        project.plan_is_empty();
    }
}

#[test]
fn a_submodule_that_is_behind_is_brought_up_to_date_and_not_committed() {
    let project = super::hidden::with_submodule();
    project.write("upstream/new.yaml", &small_offer("new", "10.00"));
    shell(&project, "cd upstream && git add -A && git commit -qm new").exits(0);
    shell(&project, "git -C offers/zen pull -q && git add offers/zen && git commit -qm new").exits(0);
    project.apply().exits(0);
    project.commit("applied");
    // As `git pull` leaves it, where another clone has made these commits.
    shell(&project, "git -C offers/zen checkout -q HEAD~1").exits(0);
    for command in [&["plan"][..], &["apply", "--auto-approve"]] {
        let run = project.run(command);
        let run = if command == ["plan"] { run.exits(0) } else { run.exits(4) };
        run.says("git::submodule").says("run `git submodule update -- offers/zen`").never_says("add -A");
    }
    shell(&project, "git submodule update -- offers/zen").exits(0);
    project.plan_is_empty();
    assert_eq!(project.offer("new").offer_status, "active");
}

#[test]
fn an_older_price_of_a_submodule_that_is_behind_is_not_sent() {
    let project = super::hidden::with_submodule();
    shell(&project, "cd upstream && sed -i 's/10.00/29.00/' z.yaml && git commit -qam dearer").exits(0);
    shell(&project, "git -C offers/zen pull -q && git add offers/zen && git commit -qm dearer").exits(0);
    project.apply().exits(0);
    project.commit("applied");
    shell(&project, "git -C offers/zen checkout -q HEAD~1").exits(0);
    let updates = project.cake.counters().updates;
    project.run(&["plan"]).exits(0).says("git::submodule").says("29.00 → 10.00");
    project.apply().exits(4).says("git::submodule");
    assert_eq!(project.cake.counters().updates, updates);
    // A person may mean it.
    shell(&project, "git add offers/zen").exits(0);
    project.run(&["plan"]).exits(0).never_says("git::submodule");
    project.apply().exits(0);
}

#[test]
fn a_partial_clone_does_not_say_what_no_commit_ever_had() {
    let project = project();
    project.write("offers/acme/x.yaml", &format!("{}sync: {{key: kk}}\n", small_offer("x", "10.00")));
    project.apply().exits(0);
    project.commit("x");
    shell(&project, "git rm -q offers/acme/x.yaml && git commit -qm gone").exits(0);
    // As in a clone with `--filter=blob:none`: the older version of the file is not there.
    let missing = "git config remote.origin.url . && git config remote.origin.promisor true && object=$(git rev-parse HEAD~1:offers/acme/x.yaml) \
                   && mv .git/objects/$(echo $object | cut -c1-2)/$(echo $object | cut -c3-) kept.object";
    shell(&project, missing).exits(0);
    let plan = project.run(&["plan"]).exits(0);
    plan.never_says("no commit of this branch ever had it");
    plan.says("whether a commit had it is not known").says("partial clone");
    project.apply().exits(4).says("git::never-committed").never_says("no commit of this branch ever had it");
    let back = "object=$(git rev-parse HEAD~1:offers/acme/x.yaml) \
                && mv kept.object .git/objects/$(echo $object | cut -c1-2)/$(echo $object | cut -c3-)";
    shell(&project, back).exits(0);
    project.apply().exits(0);
}

#[test]
fn what_a_removed_link_led_to_may_be_removed_with_it() {
    for (prepare, removed) in [
        ("ln -s ../shared offers/s", "git rm -q offers/s"),
        // The link is older than what it leads to, and leads there by way of another one.
        (
            "mv shared kept && ln -s shared alias && ln -s ../alias offers/s && git add alias offers && git commit -qm link && mv kept shared",
            "git rm -q offers/s && git commit -qm gone && git rm -q alias && echo '#' >> shared/s.yaml",
        ),
        (
            "mv shared/s.yaml shared/s.txt && echo 'sync: {key: s}' >> shared/s.txt && ln -s ../../shared/s.txt offers/zen/other.yaml",
            "git rm -q offers/zen/other.yaml",
        ),
        ("ln -s ../shared offers/s", "mkdir none && touch none/.gitkeep && ln -sfn ../none offers/s"),
    ] {
        let project = project();
        project.write("shared/s.yaml", &small_offer("s", "10.00"));
        shell(&project, prepare).exits(0);
        project.apply().exits(0);
        project.commit("linked");
        shell(&project, removed).exits(0);
        project.commit("removed");
        project.run(&["plan"]).exits(0).says("retire s").never_says("never-committed");
        project.apply().exits(0);
    }
}

#[test]
fn what_a_removed_link_led_to_outside_of_git_is_not_known() {
    let project = project();
    project.write("shared/s.yaml", &small_offer("s", "10.00"));
    shell(&project, "echo shared/ >> .gitignore && ln -s ../shared offers/s").exits(0);
    project.apply().exits(0);
    project.commit("linked");
    shell(&project, "git rm -q offers/s && git commit -qm gone").exits(0);
    let plan = project.run(&["plan"]).exits(0);
    plan.says("whether a commit had it is not known").never_says("partial clone").never_says("no commit ever had it");
    project.apply().exits(4).says("a removed link or submodule led to what git does not hold here");
}

#[test]
fn what_was_restored_was_not_removed_by_the_commit_before() {
    let project = project();
    let text = project.read("offers/zen/z.yaml");
    project.remove("offers/zen/z.yaml");
    project.commit("gone");
    project.apply().exits(0);
    project.commit("retired");
    project.write("offers/zen/z.yaml", &text);
    project.apply().exits(0);
    shell(&project, "git commit -qm restored offersync.state.json && git stash -uq").exits(0);
    let before = project.cake.offers();
    let plan = project.run(&["plan"]).exits(0);
    plan.says("no commit has removed it since it was recorded or restored").says("warning[git::never-committed]");
    project.apply().exits(4).says("git::never-committed").says("git stash list");
    assert_eq!(project.cake.offers(), before);
    shell(&project, "git stash pop -q && git add offers && git commit -qm back").exits(0);
    project.plan_is_empty();
    shell(&project, "git rm -q offers/zen/z.yaml && git commit -qm 'gone again'").exits(0);
    project.run(&["plan"]).exits(0).says("retire z").never_says("never-committed");
    project.apply().exits(0);
}

#[test]
fn a_commit_with_the_state_that_it_led_to_is_a_removal_as_well() {
    let project = project();
    let text = project.read("offers/zen/z.yaml");
    let retire = |commit: &str| {
        project.remove("offers/zen/z.yaml");
        shell(&project, "git add -A offers && git commit -qm removed").exits(0);
        project.apply().exits(0);
        shell(&project, &format!("git add -A && git commit -q {commit}")).exits(0);
    };
    retire("--amend --no-edit");
    // The restore is not committed but with the YAML, and the state never is before the next removal.
    project.write("offers/zen/z.yaml", &text);
    project.commit("back");
    project.apply().exits(0);
    super::recorded_later::written_before(&project);
    retire("-m state");
}

#[test]
fn defaults_that_were_put_away_are_named_and_not_applied_without_a_question() {
    for away in ["git stash -uq", "git add offers && git stash -q"] {
        let project = project();
        project.write("offers/acme/_defaults.yaml", "offer_status: inactive\n");
        project.run(&["plan"]).exits(0).says("warning[git::untracked-defaults]").says("`offers/acme/_defaults.yaml`");
        project.apply().exits(0);
        shell(&project, "git commit -qm state offersync.state.json").exits(0);
        project.plan_is_empty();
        shell(&project, away).exits(0);
        let before = project.cake.offers();
        let plan = project.run(&["plan"]).exits(0);
        plan.says("warning[git::stashed-defaults]").says("`offers/acme/_defaults.yaml`").says("stash@{0}");
        project.apply().exits(4).says("git::stashed-defaults").says("git stash pop 0`");
        assert_eq!(project.cake.offers(), before, "{away}");
        // Offers elsewhere do not have its values.
        project.replace("offers/zen/z.yaml", "10.00", "11.00");
        project.run(&["apply", "--auto-approve", "z"]).exits(0);
        shell(&project, "git commit -qam dearer && git stash pop -q").exits(0);
        shell(
            &project,
            "git add -A && git commit -qm defaults && git rm -q offers/acme/_defaults.yaml && git commit -qm gone",
        )
        .exits(0);
        project.run(&["plan"]).exits(0).says("2 to update").never_says("stashed");
        project.apply().exits(0);
    }
}

#[test]
fn what_a_removed_submodule_had_is_not_known() {
    let project = super::hidden::with_submodule();
    project.commit("state");
    shell(&project, "git rm -q --cached offers/zen && rm -rf offers/zen && git commit -qm 'no submodule'").exits(0);
    let plan = project.run(&["plan"]).exits(0);
    plan.says("whether a commit had it is not known").never_says("no commit of this branch ever had it");
    let refused = project.apply().exits(4);
    refused.says("a removed link or submodule led to what git does not hold here").never_says("commit the YAML");
}
