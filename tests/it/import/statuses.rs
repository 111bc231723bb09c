//! Statuses that CAKE shows by a word of its own: what is imported, and what later plans say of it.

use offersync::testing::sandbox::{Offer, StatusSpelling};
use serde_json::Value;

use crate::harness::Project;

use super::{cake_with, is_settled, offers, tree};

/// What a plan says of a status that was `Expired`.
const SHOWN: &str = "(CAKE showed \"Expired\" when the offer was imported or adopted)";

/// A project with an imported offer that CAKE shows as expired, and its file.
fn expired() -> (Project, String) {
    let project = cake_with([Offer { offer_status: "Expired".to_owned(), ..Offer::filler(5) }]);
    project.run(&["import"]).exits(0);
    let file = format!("offers/{}", tree(&project).keys().next().unwrap());
    (project, file)
}

/// Takes the status off the list in the file, and gives it this value.
fn manage_status(project: &Project, file: &str, status: &str) {
    let text = project.read(file);
    let (fields, _) = text.split_once("sync:\n").unwrap();
    project.write(file, &format!("{fields}offer_status: {status}\n"));
}

fn key_of(file: &str) -> String {
    file.rsplit('/').next().unwrap().trim_end_matches(".yaml").to_owned()
}

#[test]
fn paused_offers_stay_paused() {
    let project = cake_with(offers(10));
    project.cake.change_quirks(|present| present.status_spelling = StatusSpelling::PausedForInactive);
    let run = project.run(&["import"]).exits(0);
    assert!(!run.stderr.contains("Paused"), "{}", run.stderr);
    let inactive = tree(&project).values().filter(|text| text.contains("offer_status: inactive\n")).count();
    assert_eq!(inactive, 2, "CAKE shows Paused for what is inactive in its API");
    is_settled(&project);
    project.run(&["drift", "--detailed-exitcode"]).exits(0);
}

#[test]
fn an_expired_offer_stays_as_it_is_and_no_advice_makes_it_active_unseen() {
    let project = cake_with([
        Offer { offer_status: "Expired".to_owned(), ..Offer::filler(5) },
        Offer { offer_status: "# odd\n active".to_owned(), ..Offer::filler(6) },
    ]);
    project.run(&["import"]).exits(0).says("add `offer_status: inactive` to the YAML");
    is_settled(&project);
    let files = tree(&project);
    assert!(
        files.values().any(|text| text.contains("  # CAKE showed the status \"Expired\" at the import")),
        "{files:?}"
    );
    assert!(files.values().any(|text| text.contains("  # CAKE showed the status \"# odd\\n active\" at")), "{files:?}");
    let file = format!("offers/{}", files.keys().find(|path| path.contains('5')).unwrap());
    // With the list alone taken away, the offer would become active: that is shown before it is done.
    let text = project.read(&file);
    let (fields, sync) = text.split_once("sync:\n").unwrap();
    assert!(sync.lines().all(|line| line.starts_with("  # ") || line == "  ignore_changes: [offer_status]"), "{text}");
    project.write(&file, fields);
    let plan = project.run(&["plan", "--output", "markdown=plan.md"]).exits(0);
    plan.says("offer_status  not recorded → active");
    plan.says(SHOWN);
    plan.says("its status in CAKE is not known; once active, it takes traffic");
    assert!(project.read("plan.md").contains("starts to take traffic"), "{}", project.read("plan.md"));
    // As the message says.
    project.write(&file, &format!("{fields}offer_status: inactive\n"));
    project.apply().exits(0);
    assert_eq!(project.cake.offer(5).unwrap().offer_status, "inactive");
}

#[test]
fn a_plan_that_sets_the_status_of_an_imported_offer_shows_what_cake_showed() {
    for status in ["inactive", "active"] {
        let (project, file) = expired();
        manage_status(&project, &file, status);
        let plan = project.run(&["plan", "--output", "markdown=plan.md"]).exits(0);
        plan.says(&format!("offer_status  not recorded → {status}  {SHOWN}"));
        let markdown = format!("offer_status not recorded → {status} {SHOWN}");
        assert!(project.read("plan.md").contains(&markdown), "{}", project.read("plan.md"));
        let plan = project.run(&["plan", "--format", "json"]).exits(0).json();
        let change = &plan["actions"][0]["changes"][0];
        assert_eq!((&change["before"], &change["after"]), (&Value::Null, &status.into()));
        assert_eq!(change["status_word"], "Expired");
        let shown = || project.run(&["state", "show", &key_of(&file), "--format", "json"]).exits(0).json();
        assert_eq!(shown()["record"]["status_word"], "Expired");
        project.run(&["plan", "--out", "saved.json"]).exits(0);
        project.run(&["apply", "saved.json", "--auto-approve"]).exits(0);
        assert_eq!(shown()["record"].get("status_word"), None);
        assert_eq!(shown()["record"]["fields"]["offer_status"], status);
        is_settled(&project);
    }
}

#[test]
fn a_word_of_cakes_is_no_markup_and_moves_no_cursor() {
    let word = "<b>|`@all\u{202e}\n";
    let project = cake_with([Offer { offer_status: format!("{word}{}", "x".repeat(60)), ..Offer::filler(5) }]);
    project.run(&["import"]).exits(0);
    let file = format!("offers/{}", tree(&project).keys().next().unwrap());
    manage_status(&project, &file, "active");
    let plan = project.run(&["plan", "--output", "markdown=plan.md"]).exits(0);
    plan.says(r#"CAKE showed "<b>|`@all<U+202E>\nx"#).says("x…\" when the offer");
    let markdown = project.read("plan.md");
    assert!(
        markdown.contains("CAKE showed \"&#60;b&#62;&#124;&#96;&#64;<!-- -->all&#60;U+202E&#62;&#92;nx"),
        "{markdown}"
    );
}

#[test]
fn an_expired_offer_without_its_yaml_is_retired_with_what_cake_showed() {
    let (project, file) = expired();
    project.write(
        "offers/other.yaml",
        &project.read(&file).replace("Filler 5", "Other").replace("https://", "https://other."),
    );
    std::fs::remove_file(project.path(&file)).unwrap();
    let plan = project.run(&["plan"]).exits(0);
    plan.says(&format!("offer_status  not recorded → inactive  {SHOWN}"));
}

#[test]
fn matched_yaml_that_manages_the_status_shows_what_cake_showed() {
    let (project, file) = expired();
    manage_status(&project, &file, "inactive");
    std::fs::remove_file(project.path("offersync.state.json")).unwrap();
    project.run(&["import", "--match"]).exits(0).says("1 matched");
    project.run(&["plan"]).exits(0).says(SHOWN);
}

#[test]
fn a_status_that_cannot_be_read_of_an_adopted_offer_is_in_the_plan() {
    let (project, file) = expired();
    manage_status(&project, &file, "inactive");
    std::fs::remove_file(project.path("offersync.state.json")).unwrap();
    project.run(&["state", "adopt", &key_of(&file), "--offer-id", "5"]).exits(0);
    project.run(&["plan"]).exits(0).says(SHOWN);
}
