//! Removals in a folder that is the offers folder of this configuration at another time only: the file there was another environment's.

use super::{project, shell};
use crate::harness::{Project, small_offer};

const STAGING: &str = "staging.toml";

/// Adds the configuration of another environment, whose offers are in this folder.
fn add_staging(project: &Project, offers: &str) {
    let settings =
        format!("offers = \"{offers}\"\nstate = \"staging.state.json\"\n[cake]\nurl = \"http://127.0.0.1:1\"\n");
    project.write(STAGING, &settings);
    project.write(&format!("{offers}/new.yaml"), &small_offer("staged", "10.00"));
    project.commit("staging");
}

/// Has the configuration name another folder, to which the script moves the offers.
fn moved(project: &Project, to: &str, script: &str) {
    shell(project, script).exits(0);
    let settings = project.read("offersync.toml");
    let rest: Vec<_> = settings.lines().filter(|line| !line.starts_with("offers")).collect();
    project.write("offersync.toml", &format!("offers = \"{to}\"\n{}\n", rest.join("\n")));
    project.commit("moved");
}

/// Applies YAML that is in no commit, commits the state, runs the script and puts the YAML away.
#[track_caller]
fn is_kept(project: &Project, file: &str, script: &str) {
    project.write(file, &small_offer("new", "10.00"));
    project.apply().exits(0);
    shell(project, "git add offersync.state.json && git commit -qm state").exits(0);
    shell(project, script).exits(0);
    shell(project, "git stash -uq").exits(0);
    let before = project.cake.offers();
    project.run(&["plan"]).exits(0).says("retire new").says("warning[git::never-committed]").says("`offers`");
    project.apply().exits(4).says("git::never-committed");
    assert_eq!(project.cake.offers(), before, "{script}");
    shell(project, "git stash pop -q").exits(0);
    project.plan_is_empty();
    project.commit("new");
    shell(project, &format!("git rm -q {file} && git commit -qm gone")).exits(0);
    project.run(&["plan"]).exits(0).says("retire new").never_says("never-committed");
    project.apply().exits(0);
}

#[test]
fn a_removal_in_the_folder_of_another_environment_that_was_this_ones_once_is_not_of_this_one() {
    let removed = "git rm -q staged/new.yaml && git commit -qm gone";
    for (to, script, staged) in [
        ("offers/prod", "mkdir offers/prod && git mv offers/acme offers/zen offers/prod", "offers/staging"),
        ("prod", "git mv offers prod", "offers"),
    ] {
        let project = project();
        moved(&project, to, script);
        add_staging(&project, staged);
        is_kept(&project, &format!("{to}/acme/new.yaml"), &removed.replace("staged", staged));
    }
}

#[test]
fn a_file_that_another_environment_has_in_such_a_folder_was_not_removed_either() {
    let project = project();
    moved(&project, "prod", "git mv offers prod");
    let add = "mkdir offers && sed 's/offer_name: .*/offer_name: Staged/' prod/acme/a.yaml > offers/new.yaml && git add offers && \
               git commit -qm staged";
    is_kept(&project, "prod/acme/new.yaml", add);
}

#[test]
fn a_removal_in_the_present_folder_when_it_was_another_environments_is_not_of_this_one() {
    let project = project();
    add_staging(&project, "prod");
    project.write("offers/acme/new.yaml", &small_offer("new", "10.00"));
    project.apply().exits(0);
    shell(&project, "git add offersync.state.json && git commit -qm state").exits(0);
    let swapped = "git rm -q prod/new.yaml && git commit -qm gone && mv offers/acme/new.yaml ../kept.yaml && git mv offers prod && \
                   sed -i '1i offers = \"prod\"' offersync.toml && git commit -qam moved && mv ../kept.yaml prod/acme/new.yaml";
    shell(&project, swapped).exits(0);
    project.plan_is_empty();
    let before = project.cake.offers();
    shell(&project, "git stash -uq").exits(0);
    project.apply().exits(4).says("git::never-committed");
    assert_eq!(project.cake.offers(), before);
}

#[test]
fn a_folder_that_only_a_branch_or_a_reverted_commit_named_is_not_the_one_of_this_commit() {
    for (named, file) in [
        (
            "git checkout -qb side && git mv offers side && sed -i '1i offers = \"side\"' offersync.toml && git commit -qam side && \
             git mv side offers && sed -i 1d offersync.toml && git commit -qam back && git checkout -q main && git merge -q --no-ff -m merged side",
            "side/new.yaml",
        ),
        (
            "sed -i '1i offers = \".\"' offersync.toml && git commit -qam all && git revert --no-edit HEAD",
            "docs/new.yaml",
        ),
    ] {
        let project = project();
        shell(&project, named).exits(0);
        project.write(file, &small_offer("draft", "10.00"));
        project.commit("draft");
        is_kept(&project, "offers/acme/new.yaml", &format!("git rm -q {file} && git commit -qm gone"));
    }
}

/// The same bytes may have been this environment's in one commit and another one's in a later one.
#[test]
fn a_removal_of_this_environment_counts_where_another_one_has_removed_the_same_bytes_since() {
    let project = project();
    moved(&project, "prod", "git rm -q offers/zen/z.yaml && git mv offers prod");
    let again = "git show HEAD~1:offers/zen/z.yaml > z && mkdir -p offers/zen && mv z offers/zen/z.yaml && git add -A && git commit -qm staged && \
                 git rm -q offers/zen/z.yaml && git commit -qm gone";
    shell(&project, again).exits(0);
    project.run(&["plan"]).exits(0).says("retire z").never_says("never-committed");
    project.apply().exits(0);
}

#[test]
fn offers_that_a_committed_setting_leaves_out_are_not_removed_and_the_setting_is_named() {
    let project = project();
    let before = project.cake.offers();
    let settings = project.read("offersync.toml");
    project.write("offersync.toml", &format!("offers = \"offers/acme\"\n{settings}"));
    project.commit("smaller");
    let plan = project.run(&["plan"]).exits(0);
    plan.says("retire z").says("`offers = \"offers/acme\"`").says("put the setting back").never_says("is older");
    project.apply().exits(4).says("git::never-committed");
    assert_eq!(project.cake.offers(), before);
    project.write("offersync.toml", &settings);
    project.plan_is_empty();
}

#[test]
fn a_removal_counts_however_often_the_configuration_has_changed_since() {
    let project = project();
    let moved = "git rm -q offers/zen/z.yaml && git commit -qm gone && git mv offers deals && sed -i '1i offers = \"deals\"' offersync.toml && \
                 git commit -qam moved && for n in $(seq 60); do echo \"# $n\" >> offersync.toml; git commit -qam $n; done";
    shell(&project, moved).exits(0);
    project.run(&["plan"]).exits(0).says("retire z").never_says("never-committed");
    project.apply().exits(0);
}
