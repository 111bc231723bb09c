//! Several environments in one configuration: each has a CAKE, a state and a name of its own, and none is a default.

use serde_json::{Value as Json, json};

use crate::harness::{Cake, Workspace, small_offer};

/// Two CAKEs, two environments, one offer whose advertiser has another id in each.
fn two() -> (Workspace, Cake, Cake) {
    let (production, staging) = (Cake::start(), Cake::start());
    let workspace = Workspace::empty();
    let config = format!(
        "name = \"not-shown\"\nstate = \"production.state.json\"\n[cake]\nurl = \"{}\"\nrequests_per_second = 0\n\
         [names.advertisers]\nacme-home = 101\n[names.verticals]\nhome-services = 7\n[names.currencies]\nUSD = 1\n\
         [guardrails]\npayout_max = {{ cpa = 50 }}\n\
         [environments.production]\n\
         [environments.staging]\nname = \"staging-eu\"\nstate = \"staging.state.json\"\ncake.url = \"{}\"\n\
         names.advertisers.acme-home = 102\nguardrails.payout_max = {{ cpa = 20 }}\n",
        production.url(),
        staging.url()
    );
    workspace.write("offersync.toml", &config);
    workspace.write("offers/a.yaml", &format!("{}payout_type: cpa\n", small_offer("a", "15.00")));
    (workspace, production, staging)
}

#[test]
fn each_environment_has_its_own_cake_state_names_and_guardrails() {
    let (workspace, production, staging) = two();
    let report = workspace.run(&["--env", "staging", "apply", "--auto-approve", "--format", "json"]).exits(0).json();
    assert_eq!((&report["environment"], &report["cake"]), (&json!("staging-eu"), &json!(staging.url())));
    assert_eq!((staging.offers().len(), production.offers().len()), (1, 0));
    assert_eq!(staging.offers()[0].advertiser_id, 102);
    assert!(workspace.path("staging.state.json").exists() && !workspace.path("production.state.json").exists());
    let chosen = [("OFFERSYNC_ENV", "production")];
    let plan = workspace.run_with(&["plan", "--format", "json"], &chosen).exits(0).json();
    assert_eq!((&plan["environment"], &plan["summary"]["create"]), (&json!("production"), &json!(1)));
    workspace.run_with(&["apply", "--auto-approve"], &chosen).exits(0).says("production: Applied: 1 done.");
    assert_eq!(production.offers()[0].advertiser_id, 101);
    // The flag is stronger than the variable, and the limit is that of the environment.
    workspace.replace("offers/a.yaml", "15.00", "30.00");
    let refused = workspace.run_with(&["plan", "--env", "staging", "--detailed-exitcode"], &chosen).exits(4);
    refused.says("guardrail::payout-max").says("staging-eu: CAKE: ");
    workspace.run_with(&["plan"], &chosen).exits(0);
    let comment = workspace.run(&["plan", "--env", "staging", "--format", "markdown"]).exits(4).stdout;
    assert!(comment.starts_with("<!-- offersync-plan staging-eu -->\n"), "{comment}");
}

#[test]
fn an_edited_state_of_one_environment_is_seen_in_the_plan_of_each() {
    let (workspace, _production, _staging) = two();
    let apply = |name: &str| workspace.run(&["--env", name, "apply", "--auto-approve"]).exits(0);
    apply("staging");
    apply("production");
    let workspace = workspace.committed();
    workspace.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
    let text = workspace.read("staging.state.json");
    workspace.write("staging.state.json", &text.replace("\"offer_id\": ", "\"offer_id\": 9"));
    workspace.run(&["--env", "staging", "state", "publish", "--accept-edit"]).exits(0);
    workspace.commit("edited");
    for name in ["staging", "production"] {
        let run = workspace.run(&["--env", name, "plan", "--since", "main"]).exits(4);
        run.says("error[review::record]").says("staging.state.json").says("`a` is not recorded as at `main`");
        workspace.run(&["--env", name, "plan", "--since", "main", "--accept-config"]).says("warning[review::record]");
    }
    // What the jobs have recorded on the other branch meanwhile is nobody's edit.
    workspace.git(&["checkout", "--quiet", "main"]).exits(0);
    workspace.git(&["checkout", "--quiet", "-b", "behind"]).exits(0);
    workspace.git(&["checkout", "--quiet", "main"]).exits(0);
    workspace.replace("offers/a.yaml", "15.00", "16.00");
    workspace.run(&["--env", "staging", "apply", "--auto-approve"]).exits(0);
    workspace.commit("applied");
    workspace.git(&["checkout", "--quiet", "behind"]).exits(0);
    workspace.run(&["--env", "production", "plan", "--since", "main"]).never_says("review::record");
}

#[test]
fn no_environment_is_a_default_and_a_name_that_is_not_there_is_told() {
    let (workspace, production, staging) = two();
    for command in
        [&["plan"][..], &["validate"], &["apply", "--auto-approve"], &["state", "list"], &["plan", "--sandbox"]]
    {
        let run = workspace.run_with(command, &[("OFFERSYNC_ENV", "")]).exits(64);
        run.says("error[config::environment]").says("`production`, `staging`").says("--env NAME");
        run.says("offersync.toml:");
    }
    let run = workspace.run(&["plan", "--env", "stagin", "--format", "json"]).exits(64);
    let problem: Json = run.json()["diagnostics"][0].clone();
    assert_eq!((&problem["code"], &problem["file"]), (&json!("config::environment"), &json!("offersync.toml")));
    assert!(problem["help"].as_str().unwrap().contains("did you mean `staging`?"), "{problem}");
    assert_eq!(production.counters().requests + staging.counters().requests, 0);
    let single = Workspace::with_offers(&production.url());
    single.run(&["plan", "--env", "staging"]).exits(64).says("there is no environment `staging`: none is configured");
    single.run_with(&["plan"], &[("OFFERSYNC_ENV", "staging")]).exits(64);
    // What needs no environment asks for none.
    workspace.run(&["schema", "config"]).exits(0);
    workspace.run(&["explain", "config::environment"]).exits(0);
    workspace.run(&["init", "--ci", "none"]).exits(0);
    assert!(workspace.read(".gitattributes").contains("staging.state.json merge=offersync-state\n"));
    assert!(workspace.read(".gitignore").contains("production.state.json.*\nstaging.state.json.*\n"));
}

#[test]
fn an_environment_that_is_added_begins_without_a_state_and_an_interrupted_one_does_not_stop_another() {
    let (production, staging) = (Cake::start(), Cake::start());
    let workspace = Workspace::with_offers(&production.url());
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    let workspace = workspace.committed();
    let config = workspace.read("offersync.toml");
    let added = format!(
        "{config}[environments.production]\n[environments.staging]\nstate = \"staging/state.json\"\ncake.url = \"{}\"\n",
        staging.url()
    );
    workspace.write("offersync.toml", &added);
    workspace.commit("two environments");
    workspace.write("staging/README", "");
    // The state that was there is that of the CAKE that was there.
    workspace.run(&["plan", "--env", "production", "--detailed-exitcode"]).exits(0);
    workspace.run(&["plan", "--env", "staging", "--detailed-exitcode"]).exits(2);
    let armed = [("OFFERSYNC_FAULT_POINT", "request.after-reply:1=kill")];
    let killed = workspace.run_with(&["apply", "--auto-approve", "--env", "staging"], &armed);
    assert_eq!(killed.code, None, "{killed:?}");
    workspace.replace("offers/alpha.yaml", "10.50", "20");
    workspace.run(&["apply", "--auto-approve", "--env", "production"]).exits(0).says("Applied: 1 done.");
    workspace.run(&["apply", "--auto-approve", "--env", "staging"]).exits(0);
    assert_eq!(staging.ids("Offer alpha").len(), 1);
    workspace.commit("applied");
    for environment in ["production", "staging"] {
        workspace.run(&["plan", "--env", environment, "--detailed-exitcode"]).exits(0);
    }
}

#[test]
fn two_environments_never_share_a_cake_a_state_or_a_name() {
    let (workspace, ..) = two();
    let config = workspace.read("offersync.toml");
    let wrong = |old: &str, new: &str, said: &[&str]| {
        workspace.write("offersync.toml", &config);
        workspace.replace("offersync.toml", old, new);
        let run = workspace.run(&["plan", "--env", "production"]).exits(3);
        for text in said {
            run.says(text);
        }
    };
    let url = config.lines().filter(|line| line.starts_with("cake.url")).collect::<Vec<_>>()[0].to_owned();
    wrong(
        "state = \"staging.state.json\"\n",
        "",
        &["have the same state", "write `state = \"offersync.staging.state.json\"`"],
    );
    wrong(&format!("{url}\n"), "", &["have the same CAKE", "offersync.toml:15:"]);
    wrong("name = \"staging-eu\"", "name = \"production\"", &["have the same name"]);
    // Problems of every environment are told, whichever is chosen.
    wrong("cake.url", "cake.utl", &["there is no setting `cake.utl`", "did you mean `url`?", "offersync.toml:18:"]);
    wrong(
        "[environments.staging]\n",
        "[environments.staging]\noffers = \"x\"\n",
        &["`offers` is no setting of an environment"],
    );
    wrong("guardrails.payout_max", "guardrail.payout_max", &["did you mean `guardrails`?"]);
    wrong("[environments.staging]", "[environments.\"a b\"]", &["`a b` cannot be the name of an environment"]);
    wrong("[environments.production]\n", "[environments]\nproduction = 1\n", &["`environments.production` is a table"]);
}

#[test]
fn the_schema_knows_environments() {
    let (workspace, ..) = two();
    let schema = workspace.run(&["schema", "config"]).exits(0).json();
    let environment = &schema["properties"]["environments"]["additionalProperties"]["properties"];
    let mut names: Vec<_> = environment.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["cake", "guardrails", "name", "names", "state"]);
    assert_eq!(environment["cake"], schema["properties"]["cake"]);
}

#[test]
fn a_pull_request_that_changes_another_environment_is_told_as_well() {
    let (workspace, production, _staging) = two();
    workspace.run(&["apply", "--auto-approve", "--env", "production"]).exits(0);
    workspace.run(&["apply", "--auto-approve", "--env", "staging"]).exits(0);
    let workspace = workspace.committed();
    let plan = |environment: &str, more: &[&str]| {
        workspace.run(&[&["plan", "--env", environment, "--since", "HEAD", "--format", "json"], more].concat())
    };
    plan("production", &[]).exits(0);
    let elsewhere = Cake::start();
    let config = workspace.read("offersync.toml");
    let url = config.lines().find(|line| line.starts_with("cake.url")).unwrap();
    workspace.replace("offersync.toml", url, &format!("cake.url = \"{}\"", elsewhere.url()));
    let problems = plan("production", &[]).exits(4).json()["diagnostics"].clone();
    assert!(problems[0]["message"].as_str().unwrap().starts_with("`environments.staging.cake.url` is "), "{problems}");
    assert_eq!((&problems[0]["code"], &problems[0]["severity"]), (&json!("review::setting"), &json!("error")));
    plan("production", &["--accept-config"]).exits(0);
    // A limit of the environment that is loosened holds as it was.
    workspace.write("offersync.toml", &config);
    workspace.replace("offersync.toml", "cpa = 20", "cpa = 90");
    workspace.replace("offers/a.yaml", "15.00", "30.00");
    let loosened = plan("staging", &[]).exits(4);
    loosened.says("guardrail::payout-max").says("environments.staging.guardrails.payout_max");
    // A name that overrules another one.
    workspace.write(
        "offersync.toml",
        &config.replace("acme-home = 102\n", "acme-home = 102\nnames.verticals.home-services = 8\n"),
    );
    plan("production", &[]).says("`environments.staging.names.verticals.home-services` is `8`, and not set at `HEAD`");
    // A table that is new, with a dot in its name.
    workspace.write("offersync.toml", &config);
    workspace.replace("offers/a.yaml", "30.00", "15.00");
    workspace.write(
        "offersync.toml",
        &format!("{config}[environments.\"eu.west\"]\nstate = \"eu.json\"\ncake.url = \"{}\"\n", elsewhere.url()),
    );
    let added = plan("production", &[]).exits(4).stdout;
    assert!(added.contains("`environments.\\\"eu.west\\\".cake.url` is"), "{added}");
    assert_eq!(production.writes(), 1);
}

#[test]
fn the_sandbox_of_each_environment_is_its_own_and_names_are_pulled_into_its_table() {
    let (workspace, _production, _staging) = two();
    workspace.run(&["apply", "--sandbox", "--env", "staging"]).exits(0).says("Applied: 1 done.");
    workspace.run(&["plan", "--sandbox", "--env", "staging", "--detailed-exitcode"]).exits(0);
    workspace.run(&["plan", "--sandbox", "--env", "production", "--detailed-exitcode"]).exits(2);
    let workspace = workspace.committed();
    workspace.run(&["names", "pull", "--env", "staging"]);
    let config = workspace.read("offersync.toml");
    let (around, of_environment) = config.split_once("[environments.staging]").unwrap();
    assert!(around.contains("[names.advertisers]\nacme-home = 101\n"), "{config}");
    assert!(of_environment.contains("acme-home = "), "{config}");
}

#[test]
fn an_entry_is_taken_out_once_no_environment_needs_it() {
    let (workspace, _production, _staging) = two();
    let apply = |environment: &str| workspace.run(&["--env", environment, "apply", "--auto-approve"]).exits(0);
    apply("production");
    apply("staging");
    let scheduled = "sync:\n  schedule:\n    - at: 2020-01-01 00:00:00\n      payout: 16.00\n";
    let offer = format!("{}{scheduled}", workspace.read("offers/a.yaml"));
    workspace.write("offers/a.yaml", &offer);
    apply("production");
    workspace.run(&["--env", "production", "validate"]).exits(0).never_says("schedule::past");
    let prune = ["--env", "production", "fmt", "--prune-schedule"];
    workspace.run(&prune).exits(0).says("1 past entry is left, because another environment needs what it says");
    assert_eq!(workspace.read("offers/a.yaml"), offer);
    apply("staging");
    workspace.run(&["--env", "production", "validate"]).exits(0).says("schedule::past");
    workspace.run(&prune).exits(0);
    assert!(workspace.read("offers/a.yaml").contains("payout: 16.00\n"));
    for environment in ["production", "staging"] {
        workspace.run(&["--env", environment, "plan", "--detailed-exitcode"]).exits(0);
    }
}
