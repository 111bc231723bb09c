//! Completion in a real bash, names in the schema, and a manual page for each command.

use crate::harness::{PROGRAM, Workspace, clean, finish};

/// Asks bash for what completes the last word of a line.
const ASK: &str = r#"
source <(offersync completions bash)
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_TYPE=9
COMP_POINT=${#COMP_LINE}
complete=$(complete -p offersync) && complete=${complete#*-F }
${complete%% *} offersync "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

fn completed(workspace: &Workspace, words: &[&str]) -> Vec<String> {
    let folder = std::path::Path::new(PROGRAM).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let mut bash = clean("bash", workspace.folder());
    bash.env("PATH", path).args(["-c", ASK, "bash", "offersync"]).args(words);
    finish(&mut bash).exits(0).stdout.lines().map(str::to_owned).collect()
}

fn workspace() -> Workspace {
    let workspace = Workspace::empty();
    workspace.write(
        "offersync.toml",
        "[names.advertisers]\nacme-home = 101\nbright = 204\n\
         [environments.staging]\nstate = \"s.json\"\ncake.url = \"https://s.cakemarketing.com\"\n\
         [environments.production]\nstate = \"p.json\"\ncake.url = \"https://p.cakemarketing.com\"\n",
    );
    for key in ["solar-us", "solar-de", "gutters"] {
        let offer = format!(
            "offer_name: {key}\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://track.example.com/{key}\n"
        );
        workspace.write(&format!("offers/{key}.yaml"), &offer);
    }
    workspace
}

#[test]
fn a_shell_completes_keys_fields_codes_environments_and_names() {
    let workspace = workspace();
    for (words, expected) in [
        (&["pl"][..], &["plan"][..]),
        (&["--env", ""], &["production", "staging"]),
        (&["--env", "staging", "plan", "sol"], &["solar-de", "solar-us"]),
        (&["--env", "staging", "state", "show", "gut"], &["gutters"]),
        (&["--env", "staging", "import", "--advertiser", ""], &["acme-home", "bright"]),
        (&["edit", "--set", "pay"], &["payout=", "payout_type="]),
        (
            &["export", "--columns", "key,off"],
            &["key,offer_id", "key,offer_name", "key,offer_url", "key,offer_status", "key,offer_description"],
        ),
        (&["explain", "import::s"], &["import::spreadsheet", "import::status-not-listed"]),
    ] {
        let (mut found, mut expected) = (completed(&workspace, words), expected.to_vec());
        found.sort();
        expected.sort_unstable();
        assert_eq!(found, expected, "{words:?}");
    }
    // What is broken completes to nothing and says nothing.
    workspace.write("offersync.toml", "broken = [");
    assert_eq!(completed(&workspace, &["state", "show", "sol"]), [""]);
}

#[test]
fn the_schema_of_an_offer_has_the_configured_names_and_takes_others() {
    let workspace = workspace();
    let schema = workspace.run(&["schema", "offer", "--env", "staging"]).exits(0).json();
    let names = &schema["properties"]["advertiser"]["anyOf"][0]["enum"];
    assert_eq!(*names, serde_json::json!(["acme-home", "bright"]));
    let schema = jsonschema::validator_for(&schema).unwrap();
    assert!(schema.is_valid(&serde_json::json!({"advertiser": "acme-home"})));
    assert!(schema.is_valid(&serde_json::json!({"advertiser": "added-later"})));
    assert!(!schema.is_valid(&serde_json::json!({"advertiser": 101})));
    // Without an environment there are no names, and no error.
    assert!(workspace.run(&["schema", "offer"]).exits(0).json()["properties"]["advertiser"]["anyOf"].is_null());
}

#[test]
fn every_command_has_a_manual_page() {
    let workspace = Workspace::empty();
    workspace.run(&["man", "--out", "pages"]).exits(0);
    for page in ["offersync", "offersync-plan", "offersync-state-list", "offersync-names-pull"] {
        let text = workspace.read(&format!("pages/{page}.1"));
        assert!(text.contains(".SH SYNOPSIS") && text.contains(".SH OPTIONS"), "{page}\n{text}");
    }
}
