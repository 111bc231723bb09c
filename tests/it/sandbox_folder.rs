//! What a branch can bring along in the folder of the sandbox, which writes there without a question.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::harness::Workspace;

const URL: &str = "https://example.cakemarketing.com";
const COMMANDS: [&[&str]; 4] =
    [&["apply", "--sandbox"], &["plan", "--sandbox"], &["drift", "--sandbox"], &["import", "--sandbox"]];

#[test]
fn a_link_anywhere_in_it_is_refused_and_what_it_leads_to_is_untouched() {
    for link in
        [".offersync", ".offersync/sandbox", ".offersync/sandbox/offersync.state.json", ".offersync/sandbox/cake/x"]
    {
        let workspace = Workspace::with_offers(URL);
        let elsewhere = Workspace::empty();
        elsewhere.write("target/kept", "kept");
        fs::create_dir_all(workspace.path(link).parent().unwrap()).unwrap();
        symlink(elsewhere.path("target"), workspace.path(link)).unwrap();
        for command in COMMANDS {
            let run = workspace.run(command).exits(4);
            run.says("tree::sandbox").says(link);
        }
        workspace.run(&["sandbox", "--port", "0"]).exits(4).says("tree::sandbox").says(link);
        let left: Vec<String> = elsewhere.files("").into_keys().collect();
        assert_eq!(
            (left, elsewhere.read("target/kept")),
            (vec!["target/kept".to_owned()], "kept".to_owned()),
            "{link}"
        );
        fs::remove_file(workspace.path(link)).unwrap();
        workspace.run(&["apply", "--sandbox"]).exits(0);
    }
}

#[test]
fn a_link_in_a_named_folder_of_data_is_refused_and_what_it_leads_to_is_untouched() {
    for (link, code) in [("data/cake.jsonl", 4), ("data", 64)] {
        let workspace = Workspace::with_offers(URL);
        let elsewhere = Workspace::empty();
        elsewhere.write("target/kept", "kept");
        fs::create_dir_all(workspace.path(link).parent().unwrap()).unwrap();
        symlink(elsewhere.path("target"), workspace.path(link)).unwrap();
        workspace.run(&["sandbox", "--port", "0", "--data", "data"]).exits(code).says("link");
        assert_eq!(elsewhere.files("").into_keys().collect::<Vec<_>>(), ["target/kept"]);
    }
}

#[test]
fn what_git_tracks_in_it_is_refused() {
    let workspace = Workspace::with_offers(URL);
    workspace.write(".offersync/sandbox/cake/offers.json", "{}");
    workspace.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    workspace.git(&["add", "--force", ".offersync"]).exits(0);
    for command in COMMANDS {
        workspace.run(command).exits(4).says("tree::sandbox").says("rm -r --cached .offersync");
    }
    workspace.git(&["rm", "-r", "--cached", "--quiet", ".offersync"]).exits(0);
    fs::remove_dir_all(workspace.path(".offersync")).unwrap();
    workspace.run(&["apply", "--sandbox"]).exits(0);
}
