//! Whatever the names, values, files, folders, branches, arguments and replies say: neither stream acts on a terminal, hides a
//! character, or gives a command to a CI runner, and JSON stays JSON with equal values.

use std::fmt::Write as _;

use offersync::testing::sandbox::Offer;

use crate::harness::{Project, Run, Workspace};

/// What must not reach a terminal as it is: an escape sequence, its one-character form, a carriage return, and characters without a shape.
const HOSTILE: &str = "\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2Jred\r\u{202e}\u{2066}\u{2800}\u{fe0f}\u{180b}\u{17b4}\u{1d173}\u{e0041}\u{ad}\u{200b}\u{feff}";
/// The same for places that take no control characters.
const HIDDEN: &str = "\u{202e}\u{2066}\u{2800}\u{fe0f}\u{180b}\u{17b4}\u{1d173}\u{e0041}\u{ad}\u{200b}x";
const COMMANDS: &str = "##[error]owned ##vso[task.setvariable]x\n::error::owned\n  ::add-mask::owned\n";

/// Written out once more, apart from the program's own list.
fn acts_or_hides(c: char) -> bool {
    let code = u32::from(c);
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(code,
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x2028..=0x202f
            | 0x205f..=0x206f | 0x2800 | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3
            | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

/// The colours that offersync's own text may have.
fn without_colours(text: &str) -> String {
    let mut plain = text.to_owned();
    for code in ["0", "1", "2", "3", "4", "32", "33", "34", "35", "36", "91", "92", "94", "96"] {
        plain = plain.replace(&format!("\u{1b}[{code}m"), "");
    }
    // The hostile texts have this one, always with a text after it that gives them away.
    assert!(!plain.contains("\u{1b}[31m\u{9b}") && !plain.contains("\u{1b}[31mred"), "{plain:?}");
    plain.replace("\u{1b}[31m", "")
}

#[track_caller]
fn is_inert(run: &Run, what: &str) {
    for (stream, text) in [("stdout", &run.stdout), ("stderr", &run.stderr)] {
        let text = without_colours(text);
        if let Some(c) = text.chars().find(|c| acts_or_hides(*c)) {
            panic!("{stream} of {what} has U+{:04X}:\n{text:?}", u32::from(c));
        }
        assert!(!text.contains("##[") && !text.contains("##vso["), "{stream} of {what}:\n{text}");
        for line in text.lines() {
            let start = line.trim_start();
            let is_ours = ["::error title=", "::error file=", "::warning title=", "::warning file=", ":::"];
            assert!(
                !start.starts_with("::")
                    || is_ours.iter().any(|ours| line.starts_with(ours) || start.starts_with(":::")),
                "{stream} of {what}: {line:?}"
            );
        }
    }
    if what.contains("--format json") {
        serde_json::from_str::<serde_json::Value>(&run.stdout)
            .unwrap_or_else(|error| panic!("{what}: {error}\n{run:?}"));
    }
}

/// Every command is run plainly, and with colours and its log.
#[track_caller]
fn all_inert(workspace: &Workspace, commands: &[&str]) -> String {
    let mut said = String::new();
    for command in commands {
        for more in [&["--color", "never"][..], &["--color", "always", "-vv"]] {
            let words: Vec<&str> = command.split(' ').chain(more.iter().copied()).collect();
            let run = workspace.run(&words);
            is_inert(&run, command);
            said.push_str(&run.said());
        }
    }
    said
}

const READING: &[&str] = &[
    "validate",
    "validate --format json",
    "validate --format github",
    "plan",
    "plan --full",
    "plan --format json",
    "plan --format markdown",
    "plan --format github",
    "plan --since HEAD",
    "plan --since HEAD --format markdown",
    "plan --since HEAD --format github",
    "plan --since HEAD --format json",
    "plan --refresh",
    "apply",
    "apply --format json",
    "drift",
    "drift --format json",
    "drift --format markdown",
    "drift --accept --dry-run",
    "import --dry-run",
    "import --dry-run --defaults",
    "export --of desired --format csv",
    "export --of desired --format json",
    "export --of recorded --format csv",
    "export --of recorded --format json",
    "export --of observed --format csv",
    "export --of observed --format json",
    "fmt --check",
    "edit --dry-run --set payout=+1",
    "state list",
    "state list --format json",
    "state show alpha",
    "state path",
    "state accept alpha --dry-run",
    "state mv alpha omega --dry-run",
    "state rm alpha --dry-run",
    "state adopt beta --offer-id 1 --dry-run",
];

fn yaml_string(text: &str) -> String {
    let mut quoted = String::new();
    for c in text.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '"' | '\\' => _ = write!(quoted, "\\{c}"),
            ' '..='~' => quoted.push(c),
            c => _ = write!(quoted, "\\U{:08X}", u32::from(c)),
        }
    }
    format!("\"{quoted}\"")
}

fn offer(name: &str, payout: &str) -> String {
    format!(
        "# {HIDDEN}\noffer_name: {}\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://track.example.com/a\n\
         payout:    {payout}\noffer_description: {}\n",
        yaml_string(&format!("Name {HIDDEN} ##[error]x")),
        yaml_string(&format!("::error::{name}\n{COMMANDS}{HIDDEN}"))
    )
}

/// Names that a file system and git take.
fn folder() -> String {
    format!("offers/::error::owned ##[x]{HIDDEN}")
}

fn hostile(payout: &str) -> Project {
    let project = Project::new();
    project.cake.change_quirks(|quirks| quirks.all_fields = true);
    let toml = project.read("offersync.toml").replace("acme-home = 101", &format!("\"::error::{HIDDEN}\" = 101"));
    project.write("offersync.toml", &format!("# {HIDDEN}\n{toml}"));
    project.write(&format!("{}/alpha.yaml", folder()), &offer("alpha", payout));
    project.write(&format!("{}/_defaults.yaml", folder()), "session_hours: 24\n");
    project
}

#[test]
fn a_repository_with_hostile_names_values_files_and_branches() {
    let project = hostile("10.00");
    project.run(&["apply", "--auto-approve"]).exits(0);
    project.git(&["init", "--quiet", &format!("--initial-branch=b{HIDDEN}")]).exits(0);
    project.commit(&format!("::error::{HIDDEN}"));
    project.write(&format!("{}/alpha.yaml", folder()), &offer("changed", "11.00"));
    project.write(&format!("{}/beta{HIDDEN}.yaml", folder()), &offer("beta", "1.00"));
    project.write(&format!("{}/beta.yaml", folder()), &offer("beta", "1.00"));
    let said = all_inert(&project, READING);
    assert!(!said.contains("Usage:"), "a command does not exist: {said}");
    assert!(said.contains("<U+202E>") && said.contains("\\u202e"), "nothing hostile was shown: {said}");
    project.remove(&format!("{}/beta{HIDDEN}.yaml", folder()));
    all_inert(&project, READING);
    // Other files than those of offers, and git in the middle of something.
    project.write(".git/MERGE_HEAD", &format!("{HIDDEN}\n"));
    project.write(&format!("{}/note{HOSTILE}.yml.bak", folder()), "");
    all_inert(&project, &["plan", "validate", "fmt", "edit --set payout=+2", "apply --auto-approve"]);
}

#[test]
fn offers_in_cake_and_its_replies() {
    let project = hostile("10.00");
    project.run(&["apply", "--auto-approve"]).exits(0);
    for (id, name) in [(900, HOSTILE), (901, COMMANDS), (902, "=cmd()")] {
        let text = format!("{name} {HIDDEN}");
        let offer = Offer {
            offer_id: id,
            offer_name: text.clone(),
            offer_status: format!("odd {HOSTILE}"),
            offer_description: Some(format!("{COMMANDS}{HOSTILE}")),
            ..project.cake.offers()[0].clone()
        };
        project.cake.put(offer).unwrap();
    }
    let mut mine = project.cake.offers()[0].clone();
    mine.offer_name = format!("changed in CAKE {HOSTILE} {COMMANDS}");
    mine.offer_description = Some(COMMANDS.to_owned());
    project.cake.put(mine).unwrap();
    let said = all_inert(&project, READING);
    assert!(said.contains("<U+001B>"), "nothing hostile was shown: {said}");
    project.write(&format!("{}/gamma.yaml", folder()), &offer("gamma", "3.00").replace("Name", "Third"));
    for fault in [
        format!("any:1-=error:{HOSTILE} ##[x]"),
        "any:1-=html-500".to_owned(),
        "any:1-=http-503".to_owned(),
        format!("create:1-=error:::error::{HOSTILE}"),
        format!("any:1-=content-type:text/{HIDDEN}"),
    ] {
        let Ok(rules) = fault.parse() else { continue };
        project.cake.set_faults(rules);
        all_inert(
            &project,
            &[
                "apply --auto-approve",
                "apply --auto-approve --format json",
                "drift",
                "import --dry-run",
                "export --of observed --format csv",
            ],
        );
    }
}

#[test]
fn files_that_are_invalid() {
    for (file, text) in [
        ("offers/a.yaml", format!("offer_name: {HOSTILE}\n{HIDDEN}: 1\n::error::owned: 2\n##[x]: 3\n")),
        ("offers/a.yaml", format!("? {HIDDEN}\n: [{HOSTILE}\n::error::\n")),
        ("offers/a.yaml", format!("offer_name: a\nadvertiser: {HIDDEN}\nsync:\n  key: {HIDDEN}\n  allow: ::error::\n")),
        ("offers/a.yaml", format!("*{HIDDEN}\n")),
        ("offersync.toml", format!("{HIDDEN} = 1\n[\"##[x]\"]\n\"::error::{HIDDEN}\" = 2\n")),
        (
            "offersync.toml",
            format!("offers = \"{HIDDEN}\"\nstate = \"##[x]{HIDDEN}\"\n[cake]\nurl = \"http://{HIDDEN}\"\n"),
        ),
        (
            "offersync.toml",
            format!("[cake]\nurl = \"https://x.example\"\ntime_zone = \"{HIDDEN}\"\napi_key_env = \"{HIDDEN}\"\n"),
        ),
        ("offersync.toml", format!("[cake\n::error::{HOSTILE}\n")),
        ("offersync.state.json", format!("{{\"format\": \"{HIDDEN}\"\n::error::owned")),
        (
            "offersync.state.json",
            format!(
                "{{\"format\":\"offersync-state\",\"version\":1,\"lineage\":\"{HIDDEN}\",\"cake\":\"{HIDDEN}\",\"offers\":{{\"{HIDDEN}\":1}}}}"
            ),
        ),
        ("offersync.state.json.journal", format!("{HOSTILE}\n::error::owned\n{COMMANDS}")),
    ] {
        let project = Project::new();
        project.write("offers/alpha.yaml", &offer("alpha", "1.00"));
        project.write(file, &text);
        all_inert(&project, READING);
    }
}

#[test]
fn saved_plans_states_to_merge_and_spreadsheets() {
    let project = hostile("10.00");
    project.run(&["apply", "--auto-approve"]).exits(0);
    project.write("plan.json", &format!("{{\"format\": \"{HIDDEN}\", \"x\": \"##[x]\"}}\n::error::"));
    project.write("bad.csv", &format!("key,{HIDDEN},##[x]\n::error::,a,b\n"));
    let csv = format!(
        "key,offer_name,advertiser_id,vertical_id,offer_url,payout\nnew,\"{HIDDEN}\n::error::x\",101,7,https://x.example/,1\n\
         ##[x]{HIDDEN},y,{HIDDEN},z,::error::,{HIDDEN}\n"
    );
    project.write("offers.csv", &csv);
    project.write(&format!("{HIDDEN}.json"), &format!("{{{HIDDEN}"));
    let merge = format!("state merge {HIDDEN}.json plan.json {HIDDEN}.json");
    let odd = format!("import --dry-run --from-csv {HIDDEN}.json");
    all_inert(
        &project,
        &[
            "apply plan.json --auto-approve",
            "apply plan.json --format json",
            "import --dry-run --from-csv bad.csv",
            "import --dry-run --from-csv offers.csv",
            &odd,
            &merge,
        ],
    );
}

#[test]
fn arguments_that_messages_quote() {
    let project = hostile("10.00");
    let hostile = format!("{HOSTILE}::error::##[x]").replace(' ', "");
    let mut commands = Vec::new();
    for command in [
        "X",
        "plan --X",
        "plan X",
        "plan --format X",
        "plan --since X",
        "plan --out X/X",
        "plan --output X",
        "apply X.json",
        "apply --X=1 --format json",
        "explain X",
        "init --ci X",
        "schema X",
        "completions X",
        "fmt X",
        "edit --set X",
        "edit --set payout=X",
        "edit --where X --set payout=1",
        "validate X.yaml",
        "import --from-csv X.csv",
        "import --advertiser X",
        "import --status X",
        "import --offer-id X",
        "state show X",
        "state mv X X",
        "state rm X",
        "state accept X",
        "state resolve X --offer-id X",
        "export --of desired --format csv -o X/X",
        "drift X",
        "drift --max-chars X",
        "sandbox --fault X",
        "sandbox --quirk X",
        "sandbox --data X --fault X",
        "-C X plan",
        "--config X plan",
        "--color X plan",
        "--lock-timeout X plan",
    ] {
        commands.push(command.replace('X', &hostile));
        commands.push(command.replace('X', "::error::owned"));
    }
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    all_inert(&project, &commands);
}

#[test]
fn what_the_program_says_of_itself() {
    let workspace = Workspace::empty();
    let commands = [
        "help",
        "--version",
        "explain",
        "man",
        "schema plan",
        "schema offer",
        "completions bash",
        "completions fish",
        "init --ci github",
    ];
    all_inert(&workspace, &commands);
}

/// The log of `-v` follows the same settings as every other text.
#[test]
fn the_log_has_colours_only_where_messages_have_them() {
    let project = hostile("10.00");
    let log = |arguments: &[&str], variables: &[(&str, &str)]| {
        project
            .run_with(&[arguments, &["-vv", "export", "--of", "observed", "--format", "csv"]].concat(), variables)
            .stderr
    };
    for (arguments, variables) in
        [(&[][..], ("NO_COLOR", "1")), (&[], ("NO_COLOR", "")), (&["--color", "never"], ("NO_COLOR", ""))]
    {
        let text = log(arguments, &[variables]);
        assert!(text.contains("DEBUG") && !text.contains('\u{1b}'), "{text:?}");
    }
    let text = log(&["--color", "always"], &[]);
    assert!(text.contains("\u{1b}["), "{text:?}");
}

/// What is printed can be read back: the marks stand for their characters.
#[test]
fn a_printed_spreadsheet_is_read_back_as_it_was() {
    let project = hostile("10.00");
    let text = format!("::error::\n{COMMANDS}{HIDDEN} <U+202E> =x");
    project.write(&format!("{}/alpha.yaml", folder()), &offer("alpha", "1.00").replace("Name", "<U+200B>=Name"));
    project.run(&["apply", "--auto-approve"]).exits(0);
    let mut mine = project.cake.offers()[0].clone();
    mine.offer_description = Some(text.clone());
    project.cake.put(mine).unwrap();
    let printed = project.run(&["export", "--of", "observed", "--format", "csv"]).exits(0).stdout;
    project.write("printed.csv", &printed);
    project.run(&["export", "--of", "observed", "--format", "csv", "-o", "written.csv"]).exits(0);
    let json = project.run(&["export", "--of", "observed", "--format", "json"]).exits(0).stdout;
    let document: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(document["offers"][0]["fields"]["offer_description"], text);
    for file in ["printed.csv", "written.csv"] {
        let again = Project::new();
        again.write("offers/other.yaml", &offer("other", "1.00"));
        again.write("offers.csv", &project.read(file));
        again.run(&["import", "--from-csv", "offers.csv", "--state-ids"]);
        let offers = again.run(&["export", "--of", "desired", "--format", "json"]).exits(0).stdout;
        let offers: serde_json::Value = serde_json::from_str(&offers).unwrap();
        let alpha = offers["offers"].as_array().unwrap().iter().find(|offer| offer["key"] == "alpha").unwrap().clone();
        assert_eq!(alpha["fields"], document["offers"][0]["fields"], "{file}");
    }
}
