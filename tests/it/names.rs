//! `names pull`: CAKE's advertisers into `[names.advertisers]`, and what `--check` tells.

use serde_json::json;

use crate::harness::{DesiredOffer, Project};

/// CAKE has these advertisers: id, name, status.
fn advertisers(project: &Project, advertisers: &[(u64, Option<&str>, Option<&str>)]) {
    let rows = advertisers.iter().map(|(id, name, status)| {
        let mut row = json!({"advertiser_id": id});
        name.map(|name| row["advertiser_name"] = json!(name));
        status.map(|status| row["advertiser_status"] = json!(status));
        row
    });
    let quirk = format!("advertisers={}", rows.collect::<serde_json::Value>());
    project.cake.change_quirks(|quirks| quirks.set(&quirk).unwrap());
}

const ACTIVE: Option<&str> = Some("Active");

#[test]
fn advertisers_get_names_that_a_person_would_choose() {
    let project = Project::new();
    let toml = project.read("offersync.toml");
    project.write("offersync.toml", &toml.replace("acme-home = 101\n", "acme-home = 101 # since 2019\n"));
    let cake = [
        (101, Some("ACME Home"), ACTIVE),
        (204, Some("Bright Insurance"), ACTIVE),
        (301, Some("Zenith Leads, LLC"), ACTIVE),
        // Without the legal form they would be one name.
        (302, Some("Nova Inc."), ACTIVE),
        (303, Some("Nova Ltd"), Some("Inactive")),
        (304, Some("Crédit à la Carte"), ACTIVE),
        // Neither of two equal ones, nor one that a configured name has already.
        (305, Some("Twice"), ACTIVE),
        (306, Some("TWICE"), ACTIVE),
        (307, Some("Acme-Home"), ACTIVE),
        (308, Some("24/7"), ACTIVE),
        (309, None, ACTIVE),
    ];
    advertisers(&project, &cake);
    let dry = project.run(&["names", "pull", "--dry-run"]).exits(0);
    dry.says("4 names to be added");
    assert_eq!(project.read("offersync.toml"), toml.replace("acme-home = 101\n", "acme-home = 101 # since 2019\n"));

    let run = project.run(&["names", "pull"]).exits(0);
    insta::assert_snapshot!(run.said());
    let table = |text: &str| {
        let at = text.find("[names.advertisers]").unwrap();
        text[at..].split("\n[names.verticals]").next().unwrap().to_owned()
    };
    insta::assert_snapshot!(table(&project.read("offersync.toml")), @r#"
    [names.advertisers]
    acme-home = { id = 101, name = "ACME Home" } # since 2019
    bright = { id = 204, name = "Bright Insurance" }
    credit-a-la-carte = { id = 304, name = "Crédit à la Carte" }
    nova-inc = { id = 302, name = "Nova Inc." }
    nova-ltd = { id = 303, name = "Nova Ltd" }
    zenith-leads = { id = 301, name = "Zenith Leads, LLC" }
    "#);
    let before = project.read("offersync.toml");
    project.run(&["names", "pull"]).exits(0).says("0 names added");
    assert_eq!(project.read("offersync.toml"), before, "the second pull changes nothing");
    // Offers can use them at once.
    project.write(
        "offers/a.yaml",
        "offer_name: A\nadvertiser: zenith-leads\nvertical_id: 7\noffer_url: https://track.example.com/a?c=#reqid#\n",
    );
    project.replace(
        "offers/a.yaml",
        "https://track.example.com/a?c=#reqid#",
        "\"https://track.example.com/a?c=#reqid#\"",
    );
    assert_eq!(project.run(&["plan", "--format", "json"]).json()["summary"]["create"], 1);
}

#[test]
fn a_check_tells_what_cake_shows_otherwise() {
    let project = Project::new();
    project.desire(&[("a".to_owned(), DesiredOffer::new("A"))].into());
    project.apply_until_done("the first apply");
    advertisers(&project, &[(101, Some("ACME Home"), ACTIVE), (204, Some("Bright"), ACTIVE)]);
    project.run(&["names", "pull"]).exits(0);
    project.run(&["names", "pull", "--check"]).exits(0);

    // A new advertiser alone is no finding: nothing that is configured is wrong.
    let (acme, bright) = ((101, Some("ACME Home"), ACTIVE), (204, Some("Bright"), ACTIVE));
    advertisers(&project, &[acme, bright, (301, Some("New"), ACTIVE)]);
    project.run(&["names", "pull", "--check"]).exits(0).says("1 name to be added");

    let before = project.read("offersync.toml");
    for (cake, code, text) in [
        (vec![acme], "advertiser::not-shown", "`bright` (204)"),
        (vec![acme, (204, Some("Dim"), ACTIVE)], "advertiser::renamed", "`bright` (204): “Bright” is “Dim” now"),
        (vec![(101, Some("ACME Home"), Some("Inactive")), bright], "advertiser::inactive", "has 1 active offer"),
        (vec![(101, Some("ACME Home"), Some("suspended")), bright], "advertiser::inactive", "is suspended in CAKE"),
    ] {
        advertisers(&project, &cake);
        let run = project.run(&["names", "pull", "--check"]).exits(2);
        run.says(code).says(text);
        let json = project.run(&["names", "pull", "--check", "--format", "json"]).exits(2).json();
        assert_eq!(json["diagnostics"][0]["code"], code, "{json}");
        assert_eq!(project.read("offersync.toml"), before, "a check writes nothing");
    }
    // A rename in CAKE is written down, and the name that offers use stays.
    advertisers(&project, &[acme, (204, Some("Dim"), ACTIVE)]);
    project.run(&["names", "pull"]).exits(0).says("advertiser::renamed");
    assert_eq!(project.read("offersync.toml"), before.replace("name = \"Bright\"", "name = \"Dim\""));
    project.run(&["names", "pull", "--check"]).exits(0);
}

#[test]
fn what_cake_does_not_show_of_an_advertiser_is_no_agreement() {
    let project = Project::new();
    project.desire(&[("a".to_owned(), DesiredOffer::new("A"))].into());
    project.apply_until_done("the first apply");
    advertisers(&project, &[(101, Some("ACME Home"), None), (204, Some("Bright"), ACTIVE)]);
    project.run(&["names", "pull"]).exits(0).says("Not compared: the status of 1 advertiser");
    let json = project.run(&["names", "pull", "--format", "json"]).exits(0).json();
    assert_eq!(json["without_status"], json!([101]));
    // Without a name in CAKE nothing can be compared with the one that is written down.
    advertisers(&project, &[(101, None, ACTIVE), (204, Some("Bright"), ACTIVE)]);
    let before = project.read("offersync.toml");
    let run = project.run(&["names", "pull"]).exits(0);
    run.says("Not compared: what CAKE calls 1 configured name");
    assert_eq!(project.read("offersync.toml"), before);
}

#[test]
fn a_listing_that_is_not_whole_names_nobody() {
    let project = Project::new();
    advertisers(
        &project,
        &[(101, Some("ACME Home"), ACTIVE), (204, Some("Bright"), ACTIVE), (301, Some("New"), ACTIVE)],
    );
    let before = project.read("offersync.toml");
    for (fault, code, exit) in [
        ("advertisers:2-=http-503", "cake::listing-failed", 1),
        ("advertisers=cut-body", "cake::listing-failed", 1),
        ("advertisers=error:Invalid API Key", "cake::key-refused", 9),
        ("advertisers=html-404", "cake::no-listing", 1),
    ] {
        project.cake.faults(fault);
        project.cake.change_quirks(|quirks| quirks.page_cap = 2);
        let run = project.run(&["names", "pull"]).exits(exit);
        run.says(code).never_says("of offers");
        let json = project.run(&["names", "pull", "--format", "json"]).exits(exit).json();
        assert_eq!(json["diagnostics"][0]["code"], code, "{json}");
        assert_eq!(project.read("offersync.toml"), before, "{fault}");
    }
    project.cake.faults("");
    project.run(&["names", "pull"]).exits(0).says("CAKE shows 3 advertisers");
}

#[test]
fn every_page_is_read() {
    let project = Project::new();
    let names: Vec<String> = (1..=120).map(|number| format!("Company {number}")).collect();
    let rows: Vec<_> = (1..=120).zip(&names).map(|(id, name)| (id, Some(name.as_str()), ACTIVE)).collect();
    advertisers(&project, &rows);
    project.cake.change_quirks(|quirks| quirks.page_cap = 7);
    let json = project.run(&["names", "pull", "--dry-run", "--format", "json"]).exits(0).json();
    assert_eq!(json["shown"], 120);
    assert_eq!(json["added"].as_array().unwrap().len(), 119, "101 has a name: {json}");
}

#[test]
fn a_configuration_without_the_table_gets_one() {
    let project = Project::new();
    project.replace("offersync.toml", "[names.advertisers]\nacme-home = 101\nbright = 204\n", "");
    advertisers(&project, &[(101, Some("ACME “Home” \\ \u{200b}x"), ACTIVE)]);
    project.run(&["names", "pull"]).exits(0);
    project.run(&["validate", "--allow-empty"]).exits(0);
    let name = r#"acme-home-x = { id = 101, name = "ACME “Home” \\ \U0000200Bx" }"#;
    assert!(project.read("offersync.toml").contains(name), "{}", project.read("offersync.toml"));
}

#[test]
fn the_advertisers_of_a_sandbox_are_not_written_into_the_configuration() {
    let project = Project::new();
    project.desire(&[("a".to_owned(), DesiredOffer::new("A"))].into());
    project.run(&["apply", "--sandbox"]).exits(0);
    let before = project.read("offersync.toml");
    project.run(&["names", "pull", "--sandbox"]).exits(0).says("to be written down");
    assert_eq!(project.read("offersync.toml"), before);
}

#[test]
fn names_are_not_written_into_a_configuration_that_git_does_not_look_at() {
    let project = Project::new();
    advertisers(&project, &[(204, Some("Bright Insurance"), ACTIVE)]);
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("first");
    let before = project.read("offersync.toml");
    for mark in ["skip-worktree", "assume-unchanged"] {
        project.git(&["update-index", &format!("--{mark}"), "offersync.toml"]).exits(0);
        project.run(&["names", "pull", "--dry-run"]).exits(0);
        let refused = project.run(&["names", "pull"]).exits(4);
        refused.says("config::not-edited").says(&format!("git update-index --no-{mark} -- offersync.toml"));
        assert_eq!(project.read("offersync.toml"), before);
        project.git(&["update-index", &format!("--no-{mark}"), "offersync.toml"]).exits(0);
    }
    project.git(&["update-index", "--skip-worktree", "offersync.toml"]).exits(0);
    project.run(&["names", "pull", "--force"]).exits(0);
    assert!(project.read("offersync.toml").contains("204"));
}

#[test]
fn a_line_break_in_a_name_of_cake_begins_no_line() {
    let project = Project::new();
    let forged = "Bright\nofferscheck.toml: all is well\r\n+ bank  7";
    advertisers(&project, &[(204, Some(forged), ACTIVE), (101, Some("24\n+ x"), Some("odd\n+ y"))]);
    for arguments in [&["names", "pull", "--check"][..], &["names", "pull"], &["names", "pull", "--check"]] {
        let said = project.run(arguments).said();
        assert!(!said.lines().any(|line| line.starts_with("offerscheck") || line.starts_with("+ bank")), "{said}");
        assert!(!said.lines().any(|line| line.starts_with("+ x") || line.starts_with("+ y")), "{said}");
    }
}
