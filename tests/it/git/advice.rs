//! Commands of git in messages work where the program was called: in a subfolder, and with `-C` from elsewhere.

use super::hidden::with_submodule;
use super::{advised, project, shell};
use crate::harness::{Project, Run, clean, finish, small_offer};

/// Runs `offersync plan` in a subfolder, and with `-C` from the folder above.
fn plans(project: &Project) -> [(std::path::PathBuf, Run); 2] {
    let sub = project.path("offers/acme");
    let above = project.folder().parent().unwrap().to_owned();
    let name = project.folder().file_name().unwrap().to_str().unwrap().to_owned();
    let plan = |folder: &std::path::Path, arguments: &[&str]| {
        let mut command = clean("offersync", folder);
        finish(command.args(arguments).args(["plan", "--detailed-exitcode"]))
    };
    [(sub.clone(), plan(&sub, &[])), (above.clone(), plan(&above, &["-C", &name]))]
}

/// Does something, and follows the advice that starts with `command`, where the plan was made; nothing is then to be done.
#[track_caller]
fn followed(make: impl Fn() -> Project, script: &str, commands: &[&str], code: i32) {
    for from in 0..2 {
        let project = make();
        shell(&project, script).exits(0);
        let (folder, run) = plans(&project).into_iter().nth(from).unwrap();
        let run = run.exits(code);
        let advice = advised(&run.said());
        for start in commands {
            let is_it = |command: &&String| command.starts_with("git") && command.contains(start);
            let command = advice.iter().find(is_it).unwrap_or_else(|| panic!("no `{start}`: {run:?}"));
            let command = command.replace("git -C", "git -c protocol.file.allow=always -C");
            finish(clean("sh", &folder).args(["-e", "-c", &command])).exits(0);
        }
        project.plan_is_empty();
    }
}

fn with_odd_names() -> Project {
    let project = project();
    project.write("offers/b ig/it's.yaml", &format!("{}sync: {{key: q}}\n", small_offer("q", "10.00")));
    project.write("offers/b ig/_defaults.yaml", "{}\n");
    project.apply().exits(0);
    project.commit("odd");
    project
}

#[test]
fn files_that_git_hides_come_back() {
    let hide = "git update-index --assume-unchanged 'offers/b ig/it'\\''s.yaml' && rm 'offers/b ig/it'\\''s.yaml'";
    followed(with_odd_names, hide, &["checkout --"], 3);
    followed(with_odd_names, "git sparse-checkout set --no-cone '/*' '!/offers/b ig/'", &["sparse-checkout add"], 3);
    let deinit = "git submodule deinit -q -f offers/zen; git config submodule.offers/zen.url \"$PWD/upstream\"";
    followed(with_submodule, deinit, &["submodule update --init"], 3);
}

#[test]
fn files_that_were_deleted_come_back() {
    followed(with_odd_names, "rm 'offers/b ig/it'\\''s.yaml'", &["status", "checkout --"], 2);
    followed(with_odd_names, "git rm -q 'offers/b ig/it'\\''s.yaml'", &["checkout HEAD --"], 2);
    followed(with_odd_names, "rm 'offers/b ig/_defaults.yaml'", &["checkout HEAD --"], 0);
    followed(with_odd_names, "git rm -q 'offers/b ig/_defaults.yaml'", &["checkout HEAD --"], 0);
    followed(with_submodule, "rm offers/zen/deep/y.yaml", &["checkout --"], 2);
}

#[test]
fn a_state_that_is_damaged_or_missing_comes_back() {
    followed(with_odd_names, ": > offersync.state.json", &["checkout --"], 1);
    followed(with_odd_names, "sed -i 's/10.00/11.00/' offersync.state.json", &["checkout --", "diff --"], 4);
    followed(with_odd_names, "rm offersync.state.json", &["checkout --"], 4);
    followed(with_odd_names, "git rm -q offersync.state.json && git commit -qm gone", &["checkout"], 4);
    let conflict = "git config user.name T; git config user.email t@example.com; \
        git switch -qc other; sed -i 's/\"payout\": \"10.00\"/\"payout\": \"11.00\"/' offersync.state.json; git commit -qam a; \
        git switch -q main; sed -i 's/\"payout\": \"10.00\"/\"payout\": \"10.01\"/' offersync.state.json; git commit -qam b; \
        git merge -q other || git merge --abort";
    // What is committed is as bad: an earlier version comes back.
    followed(with_odd_names, conflict, &["log -p --", "checkout"], 4);
}
