//! Files of offers that git holds and this disk does not show are never deleted offers.

use super::{advised, follow, project, refused, shell};
use crate::harness::{APPLY, Project, clean, finish, small_offer};

/// Hides files, expects a refusal and follows its advice.
#[track_caller]
fn hidden_by(script: &str) {
    let project = project();
    shell(&project, script).exits(0);
    let message = refused(&project, "git::hidden");
    follow(&project, &message);
}

#[test]
fn a_sparse_checkout_retires_nothing() {
    hidden_by("git sparse-checkout set offers/zen");
    hidden_by("git sparse-checkout set --no-cone '/*' '!/offers/acme/'");
    hidden_by("git sparse-checkout set --no-cone '/*' '!b.yaml'");
    hidden_by("git sparse-checkout set --sparse-index offers/zen");
    // The whole folder of offers.
    hidden_by("git sparse-checkout set elsewhere");
    hidden_by("git sparse-checkout set --sparse-index elsewhere");
}

#[test]
fn a_file_with_a_bit_that_hides_it_retires_nothing() {
    hidden_by("git update-index --skip-worktree offers/acme/a.yaml && rm offers/acme/a.yaml");
    hidden_by("git update-index --assume-unchanged offers/acme/a.yaml && rm offers/acme/a.yaml");
    hidden_by("git update-index --assume-unchanged --skip-worktree offers/acme/a.yaml && rm offers/acme/a.yaml");
}

#[test]
fn a_file_with_such_a_bit_that_is_on_the_disk_is_read_as_any_other() {
    let project = project();
    for bit in ["--skip-worktree", "--assume-unchanged"] {
        project.git(&["update-index", bit, "offers/acme/a.yaml"]).exits(0);
        project.plan_is_empty();
    }
}

#[test]
fn a_link_to_a_folder_that_git_wrote_as_text_retires_nothing() {
    let project = project();
    shell(&project, "mkdir shared && git mv offers/zen shared/zen && ln -s ../shared/zen offers/zen").exits(0);
    project.commit("linked");
    project.plan_is_empty();
    shell(&project, "git config core.symlinks false && rm offers/zen && git checkout -q -- offers/zen").exits(0);
    let message = refused(&project, "git::hidden");
    follow(&project, &message);
    // What the link leads to counts as well.
    shell(&project, "git sparse-checkout set --no-cone '/*' '!/shared/zen/z.yaml' && mkdir -p shared/zen").exits(0);
    let message = refused(&project, "git::hidden");
    assert!(message.contains("offers/zen/z.yaml"), "{message}");
    follow(&project, &message);
}

#[test]
fn what_a_link_leads_to_and_git_leaves_out_retires_nothing() {
    let sparse = [
        "git sparse-checkout set offers",
        "git sparse-checkout set --sparse-index offers",
        "git sparse-checkout set --no-cone '/*' '!/shared/'",
    ];
    let hidden = [
        "git update-index --skip-worktree shared/zen/z.yaml && rm -r shared",
        "git update-index --assume-unchanged shared/zen/z.yaml && rm -r shared",
    ];
    let links =
        ["ln -s ../shared/zen offers/zen", "mkdir offers/zen && ln -s ../../shared/zen/z.yaml offers/zen/z.yaml"];
    for link in links {
        for script in sparse.iter().chain(&hidden) {
            let project = project();
            shell(&project, &format!("mkdir shared && git mv offers/zen shared/zen && {link}")).exits(0);
            project.commit("linked");
            project.plan_is_empty();
            shell(&project, script).exits(0);
            let message = refused(&project, "git::hidden");
            assert!(!message.contains("remove"), "{message}");
            follow(&project, &message);
        }
    }
}

#[test]
fn the_command_works_for_a_folder_whose_name_is_a_pattern() {
    let folder = "of[f]ers *";
    let project = project();
    project.write("offersync.toml", &format!("offers = \"{folder}\"\n{}", project.read("offersync.toml")));
    shell(&project, &format!("git mv offers '{folder}'")).exits(0);
    project.commit("moved");
    project.apply().exits(0);
    shell(&project, "git sparse-checkout set --no-cone '/*' '!/of*/acme/'").exits(0);
    let message = refused(&project, "git::hidden");
    follow(&project, &message);
}

#[test]
fn the_command_works_for_a_folder_whose_name_git_takes_for_no_folder() {
    for folder in ["!offers", " lead", "of*", "o[f]"] {
        let project = project();
        project.write("offersync.toml", &format!("offers = \"{folder}\"\n{}", project.read("offersync.toml")));
        shell(&project, &format!("git mv offers '{folder}'")).exits(0);
        project.commit("moved");
        project.apply().exits(0);
        shell(&project, "git sparse-checkout set --cone elsewhere").exits(0);
        let message = refused(&project, "git::hidden");
        follow(&project, &message);
    }
}

#[test]
fn a_file_that_a_merge_has_not_decided_retires_nothing() {
    let project = project();
    shell(&project, "git switch -qc other && git mv offers/zen/z.yaml offers/zen/y.yaml && git commit -qm y").exits(0);
    shell(&project, "git switch -q main && git mv offers/zen/z.yaml offers/zen/x.yaml && git commit -qm x").exits(0);
    shell(&project, "git merge -q other || rm -r offers/zen").exits(0);
    let message = refused(&project, "git::hidden");
    assert!(message.contains("run `git status`"), "{message}");
}

/// A project whose offers in `offers/zen` are a submodule.
pub(super) fn with_submodule() -> Project {
    let project = project();
    shell(&project, "git rm -q -r offers/zen && git commit -qm out && git init -q -b main upstream").exits(0);
    project.write("upstream/z.yaml", &small_offer("z", "10.00"));
    project.write("upstream/deep/y.yaml", &small_offer("y", "10.00"));
    shell(&project, "cd upstream && git add -A && git commit -qm offers").exits(0);
    shell(&project, "git config protocol.file.allow always && echo /upstream >> .gitignore").exits(0);
    let add = "git -c protocol.file.allow=always submodule --quiet add ./upstream offers/zen";
    shell(&project, add).exits(0);
    project.commit("submodule");
    project.apply().exits(0);
    project
}

#[test]
fn a_submodule_that_is_not_there_retires_nothing() {
    for script in ["git submodule deinit -q offers/zen", "git submodule deinit -q offers/zen && rm -r offers/zen"] {
        let project = with_submodule();
        shell(&project, script).exits(0);
        let message = refused(&project, "git::hidden");
        let update = advised(&message).remove(0);
        assert_eq!(update, "git submodule update --init -- offers/zen");
        let allowed = update.replacen("git", "git -c protocol.file.allow=always", 1);
        shell(&project, &format!("git config submodule.offers/zen.url \"$PWD/upstream\"; {allowed}")).exits(0);
        project.plan_is_empty();
    }
}

#[test]
fn files_that_lie_where_a_submodule_is_not_checked_out_are_not_the_submodule() {
    let project = with_submodule();
    shell(&project, "git submodule deinit -q offers/zen").exits(0);
    project.write("offers/zen/z.yaml", &small_offer("z", "10.00"));
    let message = refused(&project, "git::hidden");
    assert!(message.contains("move the files that lie there elsewhere, then run"), "{message}");
    shell(&project, "mv offers/zen elsewhere && mkdir offers/zen").exits(0);
    let update = advised(&message).remove(0).replacen("git", "git -c protocol.file.allow=always", 1);
    shell(&project, &format!("git config submodule.offers/zen.url \"$PWD/upstream\"; {update}")).exits(0);
    project.plan_is_empty();
}

#[test]
fn a_file_that_a_submodule_hides_itself_retires_nothing() {
    let project = with_submodule();
    shell(&project, "git -C offers/zen sparse-checkout set --no-cone '/*' '!/deep/'").exits(0);
    let message = refused(&project, "git::hidden");
    assert!(message.contains("offers/zen/deep/y.yaml"), "{message}");
    follow(&project, &message);
}

#[test]
fn a_project_in_a_subfolder_gets_a_command_that_works_there() {
    let project = project();
    let inner = "mkdir inner && git mv offers offersync.toml inner/ && git mv offersync.state.json inner/";
    shell(&project, inner).exits(0);
    project.commit("inner");
    let (inner, sparse) = (project.path("inner"), "git sparse-checkout set --no-cone '/*' '!/inner/offers/acme/'");
    for (folder, arguments) in [(project.folder(), &["-C", "inner", "plan"][..]), (&inner, &["plan"])] {
        shell(&project, sparse).exits(0);
        let message = finish(clean("offersync", folder).args(arguments)).exits(3).said();
        let command = advised(&message).remove(0);
        finish(clean("sh", folder).args(["-e", "-c", &command])).exits(0);
        project.run(&["-C", "inner", "plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_git_that_does_not_answer_is_not_a_git_that_holds_nothing() {
    let project = project();
    let refused = |environment: &[(&str, &str)]| {
        let before = project.cake.offers();
        project.run_with(&["validate"], environment).exits(3).says("error[git::unanswered]");
        project.run_with(&APPLY, environment).exits(3).says("git::unanswered");
        assert_eq!(project.cake.offers(), before);
        project.run_with(&["plan"], environment).exits(3).said()
    };
    let message = refused(&[("PATH", "/nonexistent")]);
    assert!(message.contains("install git"), "{message}");
    let stranger = ("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let (trusted, settings) = (project.path("trusted"), project.path("trusted").display().to_string());
    let message = refused(&[stranger]);
    let trust = advised(&message).remove(0);
    let mut command = clean("sh", project.folder());
    finish(command.args(["-c", &trust]).env("GIT_CONFIG_GLOBAL", &trusted)).exits(0);
    project.run_with(&["plan", "--detailed-exitcode"], &[stranger, ("GIT_CONFIG_GLOBAL", &settings)]).exits(0);
    // The folder of a work tree whose repository was left behind.
    shell(&project, "mv .git moved && echo 'gitdir: /nonexistent/.git/worktrees/x' > .git").exits(0);
    refused(&[]);
}

#[test]
fn outside_git_nothing_changes() {
    let project = project();
    shell(&project, "rm -rf .git && rm offers/acme/a.yaml").exits(0);
    let plan = project.run_with(&["plan", "--detailed-exitcode"], &[("PATH", "/nonexistent")]).exits(2);
    plan.says("1 to retire");
}

#[test]
fn a_git_folder_that_git_does_not_take_for_a_repository_is_not_the_same_as_none() {
    for broken in ["rm -rf .git && mkdir .git", "rm .git/HEAD", "mv .git/objects moved"] {
        let project = project();
        project.apply().exits(0);
        shell(&project, &format!("{broken} && rm offers/acme/a.yaml")).exits(0);
        project.apply().exits(3).says("git::unanswered").says("it is not known which");
    }
}

#[test]
fn a_git_folder_in_a_submodule_that_git_does_not_take_for_a_repository_is_not_that_of_the_superproject() {
    let project = with_submodule();
    shell(&project, "git submodule deinit -q -f offers/zen && mkdir -p offers/zen/.git").exits(0);
    project.write("offers/zen/z.yaml", &small_offer("z", "10.00"));
    for command in [&["validate"][..], &["plan"], &APPLY] {
        let run = project.run(command).exits(3);
        assert!(run.said().contains("git::hidden") || run.said().contains("git::unanswered"), "{run:?}");
        run.never_says("`git status`");
    }
}

#[test]
fn without_a_commit_no_removal_of_what_the_index_has_is_committed() {
    let project = project();
    project.apply().exits(0);
    shell(&project, "git checkout -q --orphan fresh; rm offers/acme/a.yaml").exits(0);
    project.apply().exits(4).says("is not committed to git");
    project.run(&["plan"]).exits(0).says("is not committed to git");
}

#[test]
fn a_broken_branch_is_not_one_without_commits() {
    for broken in [": >", "echo x >", "echo 1234567890123456789012345678901234567890 >"] {
        let project = project();
        project.apply().exits(0);
        let branch = ".git/refs/heads/$(git branch --show-current)";
        shell(&project, &format!("{broken} {branch}; rm offers/acme/a.yaml")).exits(0);
        for command in [&["plan"][..], &APPLY] {
            let run = project.run(command);
            assert_ne!(run.code, Some(0), "{broken}: {run:?}");
        }
    }
}

#[test]
fn a_submodule_whose_clone_was_killed_retires_nothing() {
    let project = with_submodule();
    let git = project.git(&["-C", "offers/zen", "rev-parse", "--absolute-git-dir"]).exits(0).stdout;
    shell(&project, &format!("rm {}/refs/heads/* {0}/packed-refs; rm -r offers/zen/*", git.trim()));
    shell(&project, &format!("echo 'ref: refs/heads/none' > {}/HEAD", git.trim())).exits(0);
    refused(&project, "git::hidden");
}

#[test]
fn a_submodule_with_a_repository_of_its_own_in_it_is_compared_too() {
    let project = project();
    shell(&project, "git rm -q -r offers/zen && git commit -qm out && git init -q -b main offers/zen").exits(0);
    project.write("offers/zen/z.yaml", &small_offer("z", "10.00"));
    shell(&project, "cd offers/zen && git add -A && git commit -qm ten").exits(0);
    project.replace("offers/zen/z.yaml", "10.00", "11.00");
    shell(&project, "cd offers/zen && git commit -qam eleven").exits(0);
    shell(&project, "git -c advice.addEmbeddedRepo=false add -A && git commit -qm submodule").exits(0);
    project.apply().exits(0);
    shell(&project, "git -C offers/zen checkout -q HEAD~1").exits(0);
    project.run(&["plan"]).exits(0).says("git::submodule");
    project.apply().exits(4).says("git::submodule");
}

#[test]
fn a_hook_of_git_sees_the_repository_that_it_runs_for() {
    let project = project();
    let hook = "#!/bin/sh\nenv | grep ^GIT_ > hook.log\nexec offersync plan --detailed-exitcode\n";
    project.write(".git/hooks/pre-commit", hook);
    shell(&project, "chmod +x .git/hooks/pre-commit && echo '# note' >> offers/acme/a.yaml").exits(0);
    for commit in
        ["git commit -qam note", "echo '# more' >> offers/acme/a.yaml; git commit -qm more -- offers/acme/a.yaml"]
    {
        shell(&project, commit).exits(0);
        assert!(project.read("hook.log").contains("GIT_INDEX_FILE"), "the hook did not run");
    }
}

#[test]
fn linked_work_trees_and_shallow_and_partial_clones_are_asked_themselves() {
    let project = project();
    project.git(&["config", "uploadpack.allowFilter", "true"]).exits(0);
    let source = format!("file://{}", project.folder().display());
    let clones = [
        "git worktree add -q -b other copy".to_owned(),
        format!("git clone -q --depth 1 {source} copy"),
        format!("git clone -q --filter=blob:none {source} copy"),
        format!("git clone -q --filter=tree:0 --sparse {source} copy && git -C copy sparse-checkout add offers"),
    ];
    for clone in clones {
        shell(&project, &format!("rm -rf copy && {clone}")).exits(0);
        project.run(&["-C", "copy", "plan", "--detailed-exitcode"]).exits(0);
        shell(&project, "git -C copy sparse-checkout set --sparse-index offers/zen").exits(0);
        let message = project.run(&["-C", "copy", "plan"]).exits(3).says("git::hidden").said();
        shell(&project, &format!("cd copy && {}", advised(&message).remove(0))).exits(0);
        project.run(&["-C", "copy", "plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_configuration_that_git_holds_is_brought_back_and_not_made_anew() {
    let project = project();
    for remove in ["rm offersync.toml", "git rm -q offersync.toml", "git rm -q offersync.toml && git commit -qm gone"] {
        shell(&project, remove).exits(0);
        for folder in [".", "offers"] {
            let run = project.run(&["-C", folder, "plan"]).exits(3);
            run.never_says("offersync init").says("offersync.toml");
        }
        let run = project.run(&["plan"]).exits(3);
        let said = run.said().split_whitespace().collect::<Vec<_>>().join(" ");
        let (_, advice) = said.split_once("bring it back with `").unwrap_or_else(|| panic!("no advice: {said}"));
        shell(&project, advice.split('`').next().unwrap()).exits(0);
        project.run(&["plan", "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn a_treeless_clone_names_the_command_that_fetches_what_it_lacks() {
    let project = project();
    project.remove("offers/zen/z.yaml");
    project.commit("removed");
    project.git(&["config", "uploadpack.allowFilter", "true"]).exits(0);
    shell(&project, &format!("git clone -q --filter=tree:0 file://{} copy", project.folder().display())).exits(0);
    let message = project
        .run(&["-C", "copy", "plan", "--since", "HEAD~1"])
        .exits(4)
        .says("git::partial-clone")
        .never_says("tree object")
        .said();
    shell(&project, &format!("cd copy && {}", advised(&message).remove(0))).exits(0);
    project.run(&["-C", "copy", "plan", "--since", "HEAD~1"]).exits(0).says("retire z");
}
