//! YAML that was put away or is on another branch, where the history has something of the same name: that is not what was removed.

use super::{advised, project, shell};
use crate::harness::{Project, clean, finish, small_offer};

/// Applies what only this disk has, with the state committed, and puts it away.
fn put_away(project: &Project) {
    project.apply().exits(0);
    shell(project, "git add offersync.state.json && git commit -qm state && git stash -uq").exits(0);
}

/// Refused by an apply without a question, and nothing is written; back from the stash, there is nothing to do.
#[track_caller]
fn refused_until_it_is_back(project: &Project, code: &str, says: &str) {
    let before = project.cake.offers();
    project.run(&["plan"]).exits(0).says(&format!("warning[{code}]")).says(says);
    project.apply().exits(4).says(code);
    assert_eq!(project.cake.offers(), before);
    shell(project, "git stash pop -q").exits(0);
    project.plan_is_empty();
}

#[test]
fn a_file_outside_of_the_offers_that_a_commit_removed_was_no_offer() {
    for (file, removed) in [
        ("docs/new.yaml", "git rm -q docs/new.yaml"),
        ("docs/new.yaml", "git mv docs doc2"),
        ("offers/_drafts/new.yaml", "git rm -qr offers/_drafts"),
        ("offers/.drafts/new.yaml", "git rm -qr offers/.drafts"),
        ("docs/offers/new.yaml", "git rm -qr docs"),
        // Another project, which is still there.
        ("staging/offers/new.yaml", "git rm -qr staging/offers"),
    ] {
        let project = project();
        project.write(file, &small_offer("old", "10.00"));
        if file.starts_with("staging") {
            project.write("staging/offersync.toml", "");
        }
        project.commit("base");
        shell(&project, &format!("{removed} && git commit -qm removed")).exits(0);
        project.write("offers/acme/new.yaml", &small_offer("new", "10.00"));
        put_away(&project);
        refused_until_it_is_back(&project, "git::never-committed", "no commit ever had it");
    }
}

#[test]
fn an_offer_of_a_project_that_was_in_another_folder_was_removed_there() {
    for (offers, moved) in [
        ("offers", "git rm -q sub/offers/zen/z.yaml && git commit -qm gone && git mv sub/offers sub/offersync.toml ."),
        ("offers", "git rm -q sub/offers/zen/z.yaml && git mv sub/offers sub/offersync.toml ."),
        (
            "./deals/",
            "git rm -q sub/deals/zen/z.yaml && git commit -qm gone && git mv sub/deals offers && \
          git mv sub/offersync.toml . && sed -i '/^offers/d' offersync.toml",
        ),
    ] {
        let project = project();
        let name = offers.trim_matches(['.', '/']);
        let begin = format!(
            "rm -rf .git && git init -q && mkdir sub && mv offers sub/{name} && mv offersync.toml sub && \
             sed -i '1i offers = \"{offers}\"' sub/offersync.toml"
        );
        shell(&project, &begin).exits(0);
        project.commit("in sub");
        shell(&project, moved).exits(0);
        project.commit("moved");
        project.run(&["plan"]).exits(0).says("retire z").never_says("never-committed");
        project.apply().exits(0);
    }
}

#[test]
fn a_removal_that_is_older_than_the_record_was_one_of_another_offer() {
    let project = project();
    project.write("offers/old/new.yaml", &small_offer("old", "10.00"));
    project.commit("never applied");
    shell(&project, "git rm -q offers/old/new.yaml && git commit -qm gone").exits(0);
    project.replace("offers/acme/a.yaml", "10.00", "11.00");
    project.apply().exits(0);
    project.commit("dearer");
    project.write("offers/acme/new.yaml", &small_offer("new", "10.00"));
    put_away(&project);
    refused_until_it_is_back(&project, "git::never-committed", "no commit has removed it since it was recorded");
    project.commit("new");
    shell(&project, "git rm -q offers/acme/new.yaml && git commit -qm 'gone again'").exits(0);
    project.run(&["plan"]).exits(0).says("retire new").never_says("never-committed");
    project.apply().exits(0);
}

#[test]
fn defaults_that_an_older_commit_removed_are_in_the_stash_all_the_same() {
    let defaults = "offers/acme/_defaults.yaml";
    let project = project();
    project.write(defaults, "offer_status: active\n");
    project.commit("defaults");
    shell(&project, &format!("git rm -q {defaults} && git commit -qm gone")).exits(0);
    project.write(defaults, "offer_status: inactive\n");
    put_away(&project);
    refused_until_it_is_back(&project, "git::stashed-defaults", "stash@{0}");
    // A commit that has them and one that removes them are newer than the stash, which is kept.
    shell(
        &project,
        &format!(
            "git stash -uq && git stash apply -q && git add offers && git commit -qm kept && git rm -q {defaults} && git commit -qm gone"
        ),
    )
    .exits(0);
    project.run(&["plan"]).exits(0).says("2 to update").never_says("stashed");
    project.apply().exits(0);
}

#[test]
fn defaults_that_another_branch_took_over_are_named_and_not_applied_without_a_question() {
    let project = project();
    project.write("offers/acme/_defaults.yaml", "expiration_date: 2031-06-30 23:59:59\noffer_status: inactive\n");
    project.apply().exits(0);
    shell(
        &project,
        "git commit -qm state offersync.state.json && git checkout -qb feature && git add -A && git commit -qm defaults && git checkout -q main",
    )
    .exits(0);
    let before = project.cake.offers();
    let plan = project.run(&["plan"]).exits(0);
    plan.says("warning[git::branch-defaults]").says("`offers/acme/_defaults.yaml` is in commits of `feature`");
    let refused = project.run(&["apply", "--auto-approve"]).exits(4);
    assert_eq!(project.cake.offers(), before);
    let said = refused.said();
    let (_, problem) = said.split_once("error[git::branch-defaults]").unwrap();
    let bring = advised(problem).into_iter().find(|command| command.contains("checkout")).unwrap();
    shell(&project, &bring).exits(0);
    project.plan_is_empty();
    shell(&project, "git reset -q --hard").exits(0);
    // What the branch gives is not what the plan changes.
    project.replace("offers/zen/z.yaml", "10.00", "11.00");
    project.run(&["apply", "--auto-approve", "z"]).exits(0);
}

#[test]
fn defaults_of_a_branch_that_were_never_applied_are_in_nobodys_way() {
    let project = project();
    shell(&project, "git checkout -qb feature").exits(0);
    project.write("offers/acme/_defaults.yaml", "offer_status: inactive\n");
    project.commit("proposed");
    shell(&project, "git checkout -q main").exits(0);
    project.replace("offers/acme/a.yaml", "10.00", "11.00");
    project.run(&["plan"]).exits(0).never_says("branch-defaults");
    project.apply().exits(0);
}

#[test]
fn defaults_that_only_a_merge_a_remote_or_a_tag_has_are_named_as_well() {
    for elsewhere in [
        "git branch int && git stash -uq && git checkout -qb feature && git commit -q --allow-empty -m x && git checkout -q int && \
         git merge -q --no-ff --no-commit feature && git stash pop -q && git add -A && git commit -qm merged && git checkout -q main && \
         git branch -qD feature",
        "git checkout -qb feature && git add -A && git commit -qm defaults && git checkout -q main && \
         git update-ref refs/remotes/origin/feature feature && git branch -qD feature",
        "git checkout -qb feature && git add -A && git commit -qm defaults && git tag v1 && git checkout -q main && git branch -qD feature",
    ] {
        let project = project();
        project.write("offers/acme/_defaults.yaml", "expiration_date: 2031-06-30 23:59:59\noffer_status: inactive\n");
        project.apply().exits(0);
        shell(&project, &format!("git commit -qm state offersync.state.json && {elsewhere}")).exits(0);
        let before = project.cake.offers();
        project.run(&["plan"]).exits(0).says("warning[git::branch-defaults]");
        project.apply().exits(4).says("git::branch-defaults");
        assert_eq!(project.cake.offers(), before, "{elsewhere}");
    }
}

#[test]
fn defaults_of_another_branch_have_not_given_what_an_offer_says_itself() {
    let project = project();
    shell(&project, "git checkout -qb feature").exits(0);
    project.write("offers/acme/_defaults.yaml", "payout: 10.00\n");
    project.commit("one place for the payout");
    shell(&project, "git checkout -q main").exits(0);
    project.replace("offers/acme/a.yaml", "payout: 10.00", "payout: 11.00");
    project.commit("dearer");
    project.run(&["plan"]).exits(0).says("1 to update").never_says("branch-defaults");
    project.apply().exits(0);
}

#[test]
fn the_advice_is_for_the_repository_that_has_the_offers() {
    let project = project();
    shell(&project, "git rm -rq --cached offers && echo offers/ >> .gitignore && cd offers && git init -q && git add -A && git commit -qm inner")
        .exits(0);
    project.commit("outer");
    project.write("offers/acme/new.yaml", &small_offer("new", "10.00"));
    project.apply().exits(0);
    shell(&project, "git commit -qam state && git -C offers stash -uq").exits(0);
    let refused = project.run(&["apply", "--auto-approve"]).exits(4).said();
    let (_, problem) = refused.split_once("error[git::never-committed]").unwrap();
    let list = advised(problem).into_iter().find(|command| command.ends_with("stash list")).unwrap();
    let listed = finish(clean("sh", project.folder()).args(["-e", "-c", &list])).exits(0);
    assert!(listed.stdout.contains("stash@{0}"), "`{list}` shows: {}", listed.stdout);
}

#[test]
fn a_file_that_looks_like_a_misnamed_offer_is_told() {
    let project = project();
    for name in ["README.md", "logo.png", "rates.csv", "notes.txt", "_draft.yaml", "_draft.yaml.txt"] {
        project.write(&format!("offers/acme/{name}"), "payout: 1\n");
    }
    project.run(&["validate"]).exits(0).never_says("warning");
    for (name, meant) in
        [("a.yaml.txt", "a.yaml"), ("_Defaults.yaml", "_defaults.yaml"), ("_default.yml", "_defaults.yml")]
    {
        let file = format!("offers/acme/{name}");
        project.write(&file, "session_hours: 50\n");
        // An apply with nothing to do shows no plan.
        project.write(&format!("offers/new-{}.yaml", name.len()), &small_offer(meant, "10.00"));
        for command in [&["validate"][..], &["plan"], &["apply", "--auto-approve"]] {
            let run = project.run(command).exits(0);
            run.says("warning[tree::misnamed]").says(&file).says(&format!("rename it to `{meant}`"));
        }
        project.remove(&file);
    }
    shell(&project, "git mv offers/acme/a.yaml offers/acme/a.ymal").exits(0);
    project.commit("mistyped");
    project.run(&["plan"]).exits(0).says("retire a").says("warning[tree::misnamed]");
}
