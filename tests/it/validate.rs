//! `validate` with named files: what is reported, what is left out, and what the exit code says.

use crate::harness::{Settings, Workspace, complete_offer};

const URL: &str = "https://example.cakemarketing.com";

/// One good file, one with a warning and one with an error, below a folder of defaults.
fn workspace() -> Workspace {
    let workspace = Workspace::with_offers(URL);
    workspace.write("offers/_defaults.yaml", "payout_type: cpa\n");
    workspace.write("offers/good.yaml", &complete_offer("Good"));
    workspace.write("offers/bad.yaml", &complete_offer("Bad").replace("offer_name", "offer_nam"));
    workspace.write("offers/sub/worse.yaml", "offer_name: [\n");
    workspace
}

#[test]
fn only_problems_of_the_named_files_are_reported_and_count() {
    let workspace = workspace();
    workspace.run(&["validate"]).exits(3).says("offers/bad.yaml").says("offers/sub/worse.yaml");
    let run = workspace.run(&["validate", "offers/good.yaml"]).exits(0);
    run.says("1 offer is valid.").says("of other files not shown").never_says("bad.yaml");
    let run = workspace.run(&["validate", "offers/good.yaml", "offers/sub/worse.yaml"]).exits(3);
    run.says("offers/sub/worse.yaml").never_says("offers/bad.yaml");
    let json = workspace.run(&["validate", "--format", "json", "offers/bad.yaml"]).exits(3).json();
    let files: Vec<_> = json["diagnostics"].as_array().unwrap().iter().map(|one| one["file"].clone()).collect();
    assert!(!files.is_empty() && files.iter().all(|file| file == "offers/bad.yaml"), "{json}");
}

#[test]
fn problems_are_written_for_code_scanning() {
    let workspace = workspace();
    let sarif = workspace.run(&["validate", "--format", "sarif"]).exits(3).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let uri = |result: &serde_json::Value| {
        let place = &result["locations"][0]["physicalLocation"];
        (place["artifactLocation"]["uri"].as_str().unwrap().to_owned(), place["region"]["startLine"].as_u64())
    };
    assert!(results.iter().any(|result| uri(result) == ("offers/bad.yaml".to_owned(), Some(1))), "{sarif}");
    // Also of what is wrong before any file of offers is read.
    workspace.write("offersync.toml", "cake = 1\n");
    let sarif = workspace.run(&["validate", "--format", "sarif"]).exits(3).json();
    assert_eq!(sarif["runs"][0]["results"][0]["level"], "error");
    let sarif = workspace.run(&["validate", "--format=sarif", "--nonsense"]).exits(64).json();
    assert_eq!(sarif["version"], "2.1.0");
}

#[test]
fn files_are_named_from_the_working_folder() {
    let workspace = workspace();
    workspace.run(&["-C", "offers/sub", "validate", "worse.yaml"]).exits(3).says("offers/sub/worse.yaml");
    workspace.run(&["-C", "offers/sub", "validate", "../good.yaml"]).exits(0);
}

#[test]
fn a_folder_stands_for_the_files_below_it() {
    let workspace = workspace();
    let run = workspace.run(&["validate", "offers/sub"]).exits(3);
    run.says("offers/sub/worse.yaml").never_says("offers/bad.yaml");
    for all in ["offers", ".", "offers/"] {
        workspace.run(&["validate", all]).exits(3).says("offers/bad.yaml").says("offers/sub/worse.yaml");
    }
}

#[test]
fn a_problem_between_two_files_is_reported_for_each_of_them() {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", &Settings::default().toml(URL));
    workspace.write("offers/a.yaml", &complete_offer("Same"));
    workspace.write("offers/b.yaml", &complete_offer("Same"));
    workspace.write("offers/c.yaml", &complete_offer("Other"));
    for file in ["offers/a.yaml", "offers/b.yaml"] {
        workspace.run(&["validate", file]).exits(3).says("offer::same-name");
    }
    workspace.run(&["validate", "offers/c.yaml"]).exits(0).says("1 problem of other files");
}

#[test]
fn a_file_that_cannot_be_of_the_repository_is_refused() {
    let workspace = workspace();
    workspace.run(&["validate", "offers/nowhere.yaml"]).exits(1).says("nowhere.yaml");
    let elsewhere = self::workspace();
    let outside = elsewhere.path("offers/good.yaml");
    workspace.run(&["validate", outside.to_str().unwrap()]).exits(64).says("is not in the folder of offersync.toml");
}

#[test]
fn what_other_readers_of_yaml_accept_is_read() {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", &Settings::default().toml(URL));
    // As Python's json.dumps writes an emoji, and as an editor that indents with tabs writes a field.
    let text = complete_offer("Tab").replace("payout: ", "payout:\t");
    let description = "offer_description: \"\\ud83d\\ude00 yes\"\n";
    let own: String = text
        .lines()
        .filter(|line| !line.starts_with("offer_description"))
        .fold(String::new(), |all, line| all + line + "\n");
    workspace.write("offers/tab.yaml", &(own + description));
    let plan = workspace.run(&["plan", "--format", "json"]).exits(0).json();
    let changes = plan["actions"][0]["changes"].as_array().unwrap().clone();
    let after = |field: &str| changes.iter().find(|change| change["field"] == field).unwrap()["after"].clone();
    assert_eq!(after("offer_description"), "😀 yes");
    assert!(after("payout").is_string(), "{changes:?}");
    workspace.run(&["edit", "tab", "--set", "payout=31.00"]).exits(0);
    let edited = workspace.read("offers/tab.yaml");
    assert!(edited.contains("payout:\t31.00\n") && edited.ends_with(description), "{edited}");
}

#[test]
fn the_code_quality_report_of_gitlab_has_the_problems_with_paths_from_the_checkout() {
    let workspace = Workspace::empty();
    workspace.write("us/offersync.toml", &Settings::default().toml(URL));
    workspace.write("us/offers/bad.yaml", &complete_offer("Bad").replace("offer_name", "offer_nam"));
    let checkout = workspace.folder().to_str().unwrap();
    let report = |arguments: &[&str]| {
        let arguments = [&["-C", "us"], arguments].concat();
        let run = workspace.run_with(&arguments, &[("GITLAB_CI", "true"), ("CI_PROJECT_DIR", checkout)]);
        serde_json::from_str::<serde_json::Value>(&run.exits(3).stdout).unwrap()
    };
    let found = report(&["validate", "--format", "gitlab"]);
    let of_file = found.as_array().unwrap().iter().find(|one| one["location"]["path"] == "us/offers/bad.yaml");
    let of_file = of_file.unwrap_or_else(|| panic!("{found}"));
    assert_eq!((&of_file["severity"], &of_file["location"]["lines"]["begin"]), (&"critical".into(), &1.into()));
    for member in ["description", "check_name", "fingerprint"] {
        assert!(of_file[member].as_str().is_some_and(|text| !text.is_empty()), "{of_file}");
    }
    assert_eq!(report(&["plan", "--format", "gitlab"]), found);
    workspace.run(&["-C", "us", "plan", "--output", "gitlab=quality.json"]).exits(3);
    assert!(workspace.read("us/quality.json").contains("\"path\": \"offers/bad.yaml\""));
    workspace.write("us/offers/bad.yaml", &complete_offer("Good"));
    let clean = workspace.run(&["-C", "us", "plan", "--format", "gitlab"]).exits(0).stdout;
    assert!(serde_json::from_str::<serde_json::Value>(&clean).unwrap().is_array(), "{clean}");
}
