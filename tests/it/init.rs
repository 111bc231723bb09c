//! `init`: what it makes works at once, and what was there stays as it was.

use crate::harness::{Run, Workspace, small_offer};

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
    assert_eq!(workspace.read(".gitignore"), "target\n.offersync/\noffersync.state.json.*\n");
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
    assert!(workflow.contains("    working-directory: \"affiliates\"\n"), "{workflow}");
    assert!(workspace.path("affiliates/ci/offersync-push-state.sh").exists());
    workspace.run(&["-C", "affiliates", "init", "--ci", "gitlab"]).exits(0);
    assert!(workspace.read(".gitlab-ci.yml").contains("  OFFERSYNC_DIR: \"affiliates\"\n"));
}

#[test]
fn each_ci_system_gets_the_files_of_the_examples() {
    let example =
        |name: &str| std::fs::read_to_string(format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let github = Workspace::empty();
    github.run(&["init", "--ci", "github"]).exits(0);
    assert_eq!(github.read(".github/workflows/offersync.yml"), example("github-actions/offersync.yml"));
    assert_eq!(github.read("ci/offersync-push-state.sh"), example("push-state.sh"));
    let gitlab = Workspace::empty();
    gitlab.run(&["init", "--ci", "gitlab"]).exits(0);
    assert_eq!(gitlab.read(".gitlab-ci.yml"), example("gitlab-ci.yml"));
    assert!(!gitlab.path(".github").exists());
    let none = Workspace::empty();
    none.run(&["init", "--ci", "none"]).exits(0);
    assert!(!none.path(".github").exists() && !none.path(".gitlab-ci.yml").exists() && !none.path("ci").exists());
}

#[test]
fn a_folder_that_takes_no_files_is_an_error_that_names_it() {
    let workspace = Workspace::empty();
    workspace.write("offers", "a file where the folder would be");
    let run: Run = workspace.run(&["init"]);
    assert_eq!(run.code, Some(1), "{}", run.said());
    run.says("offers/.schema.json");
}
