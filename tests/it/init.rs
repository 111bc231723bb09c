//! `init`: what it makes works at once, and what was there stays as it was.

use offersync::testing::sandbox::Offer;

use crate::harness::{Cake, Run, Workspace, small_offer};

#[test]
fn a_fresh_repository_validates_applies_and_has_nothing_left_to_do() {
    let workspace = Workspace::empty();
    let run = workspace.run(&["init"]).exits(0);
    run.says("Next:");
    for step in ["1. ", "2. ", "3. "] {
        run.says(step);
    }
    workspace.run(&["validate"]).exits(0).says("1 offer is valid.");
    workspace.run(&["apply", "--sandbox"]).exits(0).says("Applied: 1 done.");
    workspace.run(&["apply", "--sandbox"]).exits(0).says("Nothing to do");
    // The schema beside the offers is the program's own.
    assert_eq!(workspace.read("offers/.schema.json"), workspace.run(&["schema", "offer"]).exits(0).stdout);
    let settings: serde_json::Value = serde_json::from_str(&workspace.read(".vscode/settings.json")).unwrap();
    let files = serde_json::json!({"./offers/.schema.json": ["offers/**/*.yaml", "offers/**/*.yml"]});
    assert_eq!(settings["yaml.schemas"], files);
    let sample = workspace.read("offers/sample-offer.yaml");
    assert!(sample.starts_with("# yaml-language-server: $schema=.schema.json\n"), "{sample}");
    // git ignores what `.gitignore` lists, and knows the merge driver of the state.
    let workspace = workspace.committed();
    let tracked = workspace.git(&["ls-files"]).exits(0).stdout;
    assert!(!tracked.contains(".offersync"), "{tracked}");
    let driver = workspace.git(&["check-attr", "merge", "offersync.state.json"]).exits(0);
    driver.says("merge: offersync-state");
    workspace.git(&["check-ignore", "offersync.state.json.journal"]).exits(0);
    workspace.git(&["check-ignore", "offersync.state.json"]).exits(1);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    for (link, leads_to) in
        [("offers", "folder"), (".gitignore", "file"), (".github", "folder"), ("offersync.toml", "new")]
    {
        let (workspace, elsewhere) = (Workspace::empty(), Workspace::empty());
        elsewhere.write("folder/kept", "kept");
        elsewhere.write("file", "kept");
        let before = elsewhere.files("");
        std::os::unix::fs::symlink(elsewhere.path(leads_to), workspace.path(link)).unwrap();
        workspace.run(&["init", "--ci", "github"]).exits(64).says("is a link");
        assert_eq!(elsewhere.files(""), before, "{link}");
    }
}

#[test]
fn code_owners_are_added_for_what_decides_and_for_each_folder_of_offers() {
    let workspace = Workspace::empty();
    workspace.write("offers/acme/a.yaml", "{}");
    workspace.write("offers/Zed Home/b.yaml", "{}");
    let run = |owner: &str| workspace.run(&["init", "--ci", "github", "--codeowners", owner]);
    run("acme").exits(64).says("`acme` is no owner").says("--codeowners @acme/affiliates");
    assert!(!workspace.path("offersync.toml").exists(), "nothing is written");
    run("@acme/affiliates").exits(0).says(".github/CODEOWNERS");
    let lines = [
        "/.github/CODEOWNERS @acme/affiliates",
        "/offersync.toml @acme/affiliates",
        "/.github/workflows/offersync.yml @acme/affiliates",
        "/offersync.state.json @acme/affiliates",
        "/offers/ @acme/affiliates",
        "/offers/Zed\\ Home/ @acme/affiliates",
        "/offers/acme/ @acme/affiliates",
    ];
    assert_eq!(workspace.read(".github/CODEOWNERS").lines().collect::<Vec<_>>(), lines);
    run("@other").exits(0).says("already has these lines");
    // What a person has given to another owner stays so, and a wider line does not come after it.
    workspace.write(".github/CODEOWNERS", "/offers/acme/ @acme/acme-team");
    run("@acme/affiliates").exits(0);
    let owners = workspace.read(".github/CODEOWNERS");
    assert!(owners.starts_with("/offers/acme/ @acme/acme-team\n/.github/CODEOWNERS @acme/affiliates\n"), "{owners}");
    assert!(!owners.contains("/offers/ @") && owners.contains("/offers/Zed\\ Home/ @acme/affiliates"), "{owners}");
}

#[test]
fn code_owners_are_named_from_the_top_of_the_repository() {
    let workspace = Workspace::empty();
    workspace.git(&["init", "--quiet"]).exits(0);
    workspace.write("net/offers/acme/a.yaml", "{}");
    workspace.run(&["-C", "net", "init", "--ci", "github", "--codeowners", "@a"]).exits(0);
    let owners = workspace.read(".github/CODEOWNERS");
    for path in ["/net/offersync.toml", "/net/offersync.state.json", "/net/offers/", "/net/offers/acme/"] {
        assert!(owners.lines().any(|line| line == format!("{path} @a")), "{path} in {owners}");
    }
}

#[test]
fn what_is_there_is_left_alone_and_said() {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", "offers = \"mine\"\n[cake]\nurl = \"https://yourdomain.cakemarketing.com\"\n");
    workspace.write("mine/a.yaml", &small_offer("a", "1").replace("advertiser: acme-home", "advertiser_id: 1"));
    workspace.write(".github/workflows/offersync.yml", "name: mine\n");
    workspace.write(".gitignore", "target");
    workspace.write(".gitattributes", "*.png binary\r\n");
    let files = ["offersync.toml", "mine/a.yaml", ".github/workflows/offersync.yml"];
    let before: Vec<_> = files.iter().map(|file| workspace.read(file)).collect();
    let run = workspace.run(&["init"]).exits(0);
    for (file, before) in files.iter().zip(&before) {
        assert_eq!(&workspace.read(file), before);
    }
    run.says("Unchanged:");
    run.says("offersync.toml already exists");
    run.says(".github/workflows/offersync.yml already exists");
    assert!(!workspace.path("mine/sample-offer.yaml").exists() && !workspace.path("offers").exists());
    assert_eq!(workspace.read(".gitignore"), "target\n.offersync/\noffersync.state.json.*\n.offersync-*.tmp\n");
    assert_eq!(workspace.read(".gitattributes"), "*.png binary\r\noffersync.state.json merge=offersync-state\r\n");
    workspace.run(&["validate"]).exits(0);
    // Once more: nothing is added twice.
    let (ignored, attributes) = (workspace.read(".gitignore"), workspace.read(".gitattributes"));
    workspace.run(&["init"]).exits(0);
    assert_eq!((workspace.read(".gitignore"), workspace.read(".gitattributes")), (ignored, attributes));
}

#[test]
fn workflows_go_to_the_root_of_the_repository_and_find_the_folder_again() {
    let workspace = Workspace::empty();
    workspace.git(&["init", "--quiet"]).exits(0);
    workspace.write("affiliates/README", "offers live here");
    workspace.run(&["-C", "affiliates", "init"]).exits(0);
    assert!(!workspace.path("affiliates/.github").exists());
    let workflow = workspace.read(".github/workflows/offersync.yml");
    assert!(
        workflow.contains("    {\"name\": \"cake\", \"folder\": \"affiliates\", \"env\": \"\"}\n    ]\n"),
        "{workflow}"
    );
    workspace.run(&["-C", "affiliates", "init", "--ci", "gitlab"]).exits(0);
    assert!(workspace.read(".gitlab-ci.yml").contains("  OFFERSYNC_DIR: \"affiliates\"\n"));
}

#[test]
fn another_folder_and_other_environments_are_added_to_the_workflow() {
    let workspace = Workspace::empty();
    workspace.git(&["init", "--quiet"]).exits(0);
    let folder = |folder: &str| {
        workspace.write(&format!("{folder}/README"), "offers live here");
        workspace.run(&["-C", folder, "init", "--ci", "github"]).exits(0)
    };
    folder("us");
    let first = workspace.read(".github/workflows/offersync.yml");
    let run = folder("brands/eu");
    run.says("Appended to:").says("../../.github/workflows/offersync.yml").says("\"folder\": \"brands/eu\"");
    let second = workspace.read(".github/workflows/offersync.yml");
    let [us, eu] = [
        r#"    {"name": "cake", "folder": "us", "env": ""}"#,
        r#"    {"name": "brands-eu", "folder": "brands/eu", "env": ""}"#,
    ];
    assert_eq!(second, first.replace(us, &format!("{us},\n{eu}")));
    folder("us").says("already exists");
    assert_eq!(workspace.read(".github/workflows/offersync.yml"), second);
    // Environments in a file that has none yet.
    workspace.write("asia/README", "");
    let config = "[environments.jp]\nstate = \"jp.json\"\ncake.url = \"https://jp.cakemarketing.com\"\n\
                  [environments.sg]\nstate = \"sg.json\"\ncake.url = \"https://sg.cakemarketing.com\"\n";
    workspace.write("asia/offersync.toml", config);
    folder("asia");
    let third = workspace.read(".github/workflows/offersync.yml");
    for line in [
        r#"{"name": "asia-jp", "folder": "asia", "env": "jp"},"#,
        r#"{"name": "asia-sg", "folder": "asia", "env": "sg"}"#,
    ] {
        assert!(third.contains(line), "{third}");
    }
    // A workflow of one's own is left alone.
    workspace.write(".github/workflows/offersync.yml", "name: mine\n");
    folder("us").says("already exists");
    assert_eq!(workspace.read(".github/workflows/offersync.yml"), "name: mine\n");
}

#[test]
fn each_ci_system_gets_the_files_of_the_examples() {
    let example =
        |name: &str| std::fs::read_to_string(format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let github = Workspace::empty();
    github.run(&["init", "--ci", "github"]).exits(0);
    assert_eq!(github.read(".github/workflows/offersync.yml"), example("github-actions/offersync.yml"));
    let gitlab = Workspace::empty();
    gitlab.run(&["init", "--ci", "gitlab"]).exits(0);
    assert_eq!(gitlab.read(".gitlab-ci.yml"), example("gitlab-ci.yml"));
    assert!(!gitlab.path(".github").exists());
    let none = Workspace::empty();
    none.run(&["init", "--ci", "none"]).exits(0);
    assert!(!none.path(".github").exists() && !none.path(".gitlab-ci.yml").exists());
}

#[test]
fn a_folder_that_takes_no_files_is_an_error_that_names_it() {
    let workspace = Workspace::empty();
    workspace.write("offers", "a file where the folder would be");
    let run: Run = workspace.run(&["init"]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    run.says("offers/.schema.json");
}

/// A fresh repository for a CAKE with two offers, whose ids are those of the examples in the configuration.
fn for_cake() -> (Workspace, Cake) {
    let cake = Cake::start();
    for number in [1, 2] {
        cake.put(Offer { advertiser_id: 101, vertical_id: 7, currency_id: Some(1), ..Offer::filler(number) }).unwrap();
    }
    let workspace = Workspace::empty();
    workspace.run(&["init"]).exits(0);
    workspace.replace("offersync.toml", "https://yourdomain.cakemarketing.com", &cake.url());
    (workspace, cake)
}

#[test]
fn after_an_import_nothing_is_left_to_do_and_no_example_names_an_advertiser() {
    let (workspace, cake) = for_cake();
    let dry = workspace.run(&["import", "--dry-run"]).exits(0);
    dry.says("- offers/sample-offer.yaml (the unchanged sample of `offersync init`)");
    assert!(workspace.path("offers/sample-offer.yaml").exists());
    workspace.run(&["import"]).exits(0).says("Removed offers/sample-offer.yaml").says("2 offers imported");
    workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
    let files = workspace.files("offers");
    assert_eq!(files.len(), 3, "the schema and two offers: {:?}", files.keys());
    assert!(files.values().all(|text| !String::from_utf8_lossy(text).contains("acme-home")));
    assert!(!files.keys().any(|file| file.contains("acme-home")), "{:?}", files.keys());
    assert_eq!(cake.writes(), 0);
}

#[test]
fn a_sample_that_was_changed_or_applied_stays() {
    let (changed, _cake) = for_cake();
    changed.replace("offers/sample-offer.yaml", "payout: 24.00", "payout: 25.00");
    changed.run(&["import"]).exits(0).never_says("sample");
    assert!(changed.path("offers/sample-offer.yaml").exists());
    let (applied, _cake) = for_cake();
    applied.run(&["apply", "--auto-approve"]).exits(0);
    applied.run(&["import"]).exits(0).never_says("sample");
    assert!(applied.path("offers/sample-offer.yaml").exists());
    applied.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_sample_stays_where_nothing_is_imported() {
    let (workspace, cake) = for_cake();
    for offer in cake.offers() {
        cake.remove(offer.offer_id).unwrap();
    }
    workspace.run(&["import"]).says("Nothing to import.");
    workspace.run(&["validate"]).exits(0).says("1 offer is valid.");
}

#[test]
fn a_spreadsheet_takes_the_place_of_the_sample_too() {
    let (workspace, _cake) = for_cake();
    let row = "Solar,102,7,https://track.example.com/{offer_id}";
    workspace.write("offers.csv", &format!("offer_name,advertiser_id,vertical_id,offer_url\n{row}\n"));
    workspace.run(&["import", "--from-csv", "offers.csv"]).exits(0).says("Removed offers/sample-offer.yaml");
    workspace.run(&["plan"]).exits(0).says("Plan: 1 to create, 0 unchanged.");
}

#[test]
fn a_state_in_a_store_is_not_committed_and_the_workflows_reach_the_store() {
    for (home, address, reaches) in [
        ("git", "git:origin", "GITHUB_TOKEN: ${{ github.token }} # reads"),
        ("s3", "s3://your-bucket/offersync", "secrets.AWS_ACCESS_KEY_ID"),
    ] {
        let workspace = Workspace::empty();
        workspace.run(&["init", "--state", home]).exits(0).says("The state lives in a");
        let toml = workspace.read("offersync.toml");
        assert!(toml.contains(&format!("state = \"{address}\"")) && !toml.contains("commit it to git"), "{toml}");
        assert!(!workspace.path(".gitattributes").exists());
        assert_eq!(workspace.read(".gitignore"), ".offersync/\n.offersync-*.tmp\n");
        // Without the store, which is not asked.
        workspace.run(&["validate"]).exits(0);
        workspace.run(&["apply", "--sandbox"]).exits(0).says("Applied: 1 done.");
        let workflow = workspace.read(".github/workflows/offersync.yml");
        for text in ["push-state", "check-state", "to push the state", "commits the state", "no network"] {
            assert!(!workflow.contains(text), "{home}: {text}");
        }
        // The plan, the final plan, the apply, the look for drift and the pull request with it.
        assert_eq!(workflow.matches(reaches).count(), 5, "{home}");
        // A second time, nothing is left to do.
        workspace.run(&["init"]).exits(0).says("already exists");
        workspace.run(&["init", "--ci", "gitlab"]).exits(0);
        let pipeline = workspace.read(".gitlab-ci.yml");
        assert!(
            !pipeline.contains("push-state") && !pipeline.contains("*push") && pipeline.contains("offersync apply"),
            "{pipeline}"
        );
    }
}
