//! What a replace sends is what its plan shows: also what `ignore_changes` leaves alone otherwise, and what the new offer will lack.

use crate::harness::{Project, complete_offer};

/// Those that have every value; annotations have flags and problems alone.
const VIEWS: [&str; 4] = ["text", "markdown", "json", "html"];

/// Two applied offers on `main`, and a branch. `a` has these settings on `main`.
fn branch(sync: &str, guardrails: &str) -> Project {
    let project = Project::with_files(&[("a.yaml", &(offer("a") + sync)), ("b.yaml", &offer("b"))]);
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("{config}[guardrails]\n{guardrails}"));
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\n");
    project.apply().exits(0);
    project.commit("applied");
    project.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
    project
}

fn offer(key: &str) -> String {
    complete_offer(key).replace("track.example.com/", &format!("track.example.com/{key}/"))
}

/// Makes the branch replace `a` by an offer with another value of a field.
fn replace_with(project: &Project, old: &str, new: &str, settings: &str) {
    let text = project.read("offers/a.yaml");
    let offer = text.split("sync:").next().unwrap().replace("session_hours: 24", "session_hours: 48").replace(old, new);
    project.write("offers/a.yaml", &format!("{offer}sync: {{on_create_only_change: replace{settings}}}\n"));
    project.commit("replaced");
}

/// The change of a field in the plan since `main`.
fn change(project: &Project, field: &str) -> (serde_json::Value, serde_json::Value) {
    let plan = project.run(&["plan", "--since", "main", "--format", "json"]).json();
    let changes = plan["actions"][0]["changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["field"] == field);
    let change = change.unwrap_or_else(|| panic!("no change of {field}: {plan:#}"));
    (change["before"].clone(), change["after"].clone())
}

#[test]
fn what_a_replace_sends_of_ignored_fields_is_in_every_view() {
    for (field, old, new, shown) in [
        ("payout", "payout: 20.00", "payout: 21.50", "21.50"),
        ("revenue", "revenue: 30.00", "revenue: 28.25", "28.25"),
        ("offer_url", "//track.example.com/", "//evil.example.org/", "evil.example.org"),
        ("payout_type", "payout_type: cpa", "payout_type: revshare", "revshare"),
        ("currency_id", "currency: USD", "currency_id: 2", "currency_id"),
        ("advertiser_id", "advertiser: acme-home", "advertiser: bright", "advertiser_id"),
        ("offer_name", "offer_name: a", "offer_name: Another", "Another"),
    ] {
        let ignore = format!(", ignore_changes: [{field}]");
        // On `main` already, or by the same branch.
        for (on_main, is_recorded) in [(format!("sync: {{ignore_changes: [{field}]}}\n"), false), (String::new(), true)]
        {
            let project = branch(&on_main, "");
            replace_with(&project, old, new, &ignore);
            let (before, after) = change(&project, field);
            assert_eq!((before.is_null(), after.is_null()), (!is_recorded, false), "{field}");
            for view in VIEWS {
                project.run(&["plan", "--since", "main", "--full", "--format", view]).says(shown);
            }
        }
    }
}

#[test]
fn an_ignored_amount_of_a_replace_is_limited_and_a_new_host_is_flagged() {
    for on_main in ["sync: {ignore_changes: [payout]}\n", ""] {
        let project = branch(on_main, "payout_rise = \"10 %\"\n");
        replace_with(&project, "payout: 20.00", "payout: 29.50", ", ignore_changes: [payout]");
        project.run(&["plan", "--since", "main"]).exits(4).says("error[guardrail::payout-rise]");
        project.run(&["apply", "--auto-approve"]).exits(4);
    }
    let project = branch("sync: {ignore_changes: [offer_url]}\n", "");
    replace_with(&project, "//track.example.com/", "//evil.example.org/", ", ignore_changes: [offer_url]");
    project.run(&["plan", "--since", "main"]).exits(0).says("new host: evil.example.org");
}

#[test]
fn a_past_entry_of_an_ignored_amount_lifts_no_limit_of_a_replace() {
    let cases = [
        ("payout, revenue", "revenue: 30.00", "payout_rise = \"10 %\"", "payout: 290.00", "guardrail::payout-rise"),
        ("payout, revenue", "payout: 290.00", "payout_rise = \"10 %\"", "payout: 20.00", "guardrail::payout-rise"),
        ("payout, revenue", "revenue: 21.00", "revenue_fall = \"10 %\"", "payout: 20.00", "guardrail::revenue-fall"),
        ("payout", "payout: 1.00", "payout_fall = \"10 %\"", "payout: 20.00", "guardrail::payout-fall"),
        (
            "payout, revenue",
            "revenue: 30.00",
            "total_payout_rise = { USD = 5.00 }",
            "payout: 290.00",
            "guardrail::total-payout-rise",
        ),
    ];
    for (ignored, entry, limit, payout, code) in cases {
        let schedule = format!(", schedule: [{{at: 2020-01-01 00:00:00, {entry}}}]");
        // On `main` already, or recorded until the branch ignores it.
        for is_recorded in [false, true] {
            let on_main = format!("sync: {{ignore_changes: [{ignored}]{schedule}}}\n");
            let project = branch(if is_recorded { "" } else { &on_main }, &format!("{limit}\n"));
            replace_with(&project, "payout: 20.00", payout, &format!(", ignore_changes: [{ignored}]{schedule}"));
            project.run(&["plan", "--since", "main"]).exits(4).says(&format!("error[{code}]"));
            project.run(&["plan"]).exits(4).says(&format!("error[{code}]"));
            project.apply().exits(4);
        }
    }
    let entry = "sync: {ignore_changes: [payout], schedule: [{at: 2020-01-01 00:00:00, payout: 29.50}]}\n";
    branch(entry, "").run(&["validate"]).exits(0).says("so that no update sends the entry of 2020-01-01 00:00:00");
}

#[test]
fn an_ignored_field_that_a_replace_sends_as_it_is_recorded_is_no_change() {
    let project = branch("", "");
    replace_with(&project, "a", "a", ", ignore_changes: [payout]");
    let plan = project.run(&["plan", "--format", "json"]).exits(0).json();
    let fields: Vec<_> = plan["actions"][0]["changes"].as_array().unwrap().iter().map(|c| c["field"].clone()).collect();
    assert_eq!(fields, ["session_hours"]);
    project.apply().exits(0);
    assert_eq!(project.offer("a").payout.unwrap().to_string(), "20.00");
}

#[test]
fn what_the_new_offer_of_a_replace_will_lack_is_told() {
    // Recorded until now.
    let project = branch("", "");
    replace_with(&project, "payout: 20.00\n", "", "");
    let run = project.run(&["plan"]).exits(0);
    run.says("20.00 → not sent").says("the new offer of `a` gets no `payout` (20.00 until now)");
    let project = branch("", "payout_above_revenue = \"deny\"\n");
    replace_with(&project, "revenue_type: cpa\n", "", "");
    project.run(&["plan"]).exits(0).says("the new offer of `a` gets no `revenue_type` (cpa until now)");
    project.replace("offers/a.yaml", "payout: 20.00", "payout: 45.00");
    project
        .run(&["plan"])
        .exits(4)
        .says("guardrail::payout-above-revenue")
        .says("`a` pays out 45.00 and takes in 30.00");
    // What CAKE has was never seen.
    let project =
        Project::with_files(&[("a.yaml", &offer("a").replace("payout: 20.00\n", "").replace("currency: USD\n", ""))]);
    project.apply().exits(0);
    project.run(&["plan"]).exits(0).never_says("plan::not-sent");
    replace_in(&project);
    project.run(&["plan"]).exits(0).says("warning[plan::not-sent]");
    for view in VIEWS {
        let run = project.run(&["plan", "--full", "--format", view]).exits(0);
        let said = run.said().replace("&#95;", "_").replace("<code>", "`").replace("</code>", "`");
        assert!(said.contains("the new offer of `a` gets no `payout` and no `currency_id`"), "{said}");
    }
}

fn replace_in(project: &Project) {
    project.replace(
        "offers/a.yaml",
        "session_hours: 24\n",
        "session_hours: 48\nsync: {on_create_only_change: replace}\n",
    );
}
