//! What an apply answers: each field before and after, of which environment and commit, when, and what became of the money.

use serde_json::{Value as Json, json};

use crate::harness::{Project, small_offer};

const ON_GITHUB: [(&str, &str); 4] = [
    ("GITHUB_SERVER_URL", "https://github.com"),
    ("GITHUB_REPOSITORY", "acme/offers"),
    // The commit that the run was started for; the job has checked out a later one.
    ("GITHUB_SHA", "1111111111111111111111111111111111111111"),
    ("GITHUB_STEP_SUMMARY", "summary.md"),
];

fn offer(key: &str, payout: &str) -> String {
    let money = "payout_type: cpa\nrevenue: 200.00\nrevenue_type: cpa\ncurrency_id: 1\n";
    format!("{}{money}", small_offer(key, payout))
}

/// Four payouts that rise: two are taken, one is refused, the reply to one is lost; and one offer is new.
fn mixed() -> Project {
    let files: Vec<_> = ["a", "b", "c", "d"].map(|key| (format!("{key}.yaml"), offer(key, "10.00"))).into();
    let files: Vec<_> = files.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    let project = Project::applied(&files);
    let config = project
        .read("offersync.toml")
        .replace("duplicate_check = \"require\"", "duplicate_check = \"off\"\nverify = \"off\"");
    project.write("offersync.toml", &format!("name = \"production\"\n{config}"));
    for (key, payout) in [("a", "11.00"), ("b", "12.50"), ("c", "100.00"), ("d", "14.00")] {
        project.replace(&format!("offers/{key}.yaml"), "10.00", payout);
    }
    project.write("offers/e.yaml", &offer("e", "5.00"));
    let (c, d) = (project.id("c"), project.id("d"));
    project.cake.faults(&format!("update[id={c}]=error:Payout is too high\nupdate[id={d}]=reset-after\nlist=http-500"));
    project
}

const OUTPUTS: [&str; 10] = [
    "apply",
    "--auto-approve",
    "--format",
    "github",
    "--output",
    "json=report.json",
    "--output",
    "markdown=report.md",
    "--output",
    "html=report.html",
];

#[test]
fn every_format_says_what_was_done_refused_and_in_doubt() {
    let project = mixed();
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.commit("changes");
    let commit = project.git(&["rev-parse", "HEAD"]).exits(0).stdout.trim().to_owned();
    let run = project.run_with(&OUTPUTS, &ON_GITHUB).exits(8);
    let report: Json = serde_json::from_str(&project.read("report.json")).unwrap();
    assert_eq!((&report["environment"], &report["commit"]), (&json!("production"), &json!(commit)));
    assert_eq!(report["cake"], json!(project.cake.url()));
    let time = |name: &str| report[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(time("started_at") < time("ended_at"));
    let result =
        |key: &str| report["results"].as_array().unwrap().iter().find(|one| one["key"] == key).unwrap().clone();
    for (key, after, outcome) in [("a", "11.00", "done"), ("c", "100.00", "rejected"), ("d", "14.00", "in_doubt")] {
        assert_eq!(result(key)["outcome"], outcome, "{report:#}");
        assert_eq!(result(key)["changes"], json!([{"field": "payout", "before": "10.00", "after": after}]));
    }
    let created = result("e")["changes"].as_array().unwrap().clone();
    assert!(created.contains(&json!({"field": "payout", "before": null, "after": "5.00"})), "{created:?}");

    let comment = project.read("report.md");
    let mut lines = comment.lines();
    assert_eq!(lines.next(), Some("<!-- offersync-apply production -->"));
    assert_eq!(lines.next(), Some("### 🔴 production: in doubt, 3 done, 1 not done, 1 in doubt"));
    let link = format!("[<code>{}</code>](https://github.com/acme/offers/commit/{commit})", &commit[..7]);
    assert!(lines.next().unwrap().contains(&link), "{comment}");
    for part in [
        "- **3 done**: 2 payouts rise, +3.50 in total (cpa, USD)\n",
        "- **1 rejected by CAKE**: 1 payout rises, +90.00 (cpa, USD)\n",
        "- **1 in doubt**: 1 payout rises, +4.00 (cpa, USD)\n",
        "| payout 10.00 → **11.00** USD (+1.00, +10.0 %) | 95.0 % → 94.5 % |",
        "Payout is too high",
        &format!("https://github.com/acme/offers/blob/{commit}/offers/c.yaml#L5"),
    ] {
        assert!(comment.contains(part), "{part}\n{comment}");
    }
    let position = |text: &str| comment.find(text).unwrap();
    assert!(position("**in doubt**") < position("**rejected by CAKE**"), "{comment}");
    assert!(position("**rejected by CAKE**") < position("10.00 → **11.00**"), "{comment}");
    assert_eq!(project.read("summary.md"), comment, "the summary of the run says what happened");

    let said = run.stdout;
    assert!(
        said.contains("::error file=offers/c.yaml,line=5,title=production%3A rejected by CAKE::update c"),
        "{said}"
    );
    assert!(said.contains("::error file=offers/d.yaml,line=5,title=production%3A in doubt::update d"), "{said}");
    assert!(said.contains("Payout is too high%0Apayout 10.00 → 100.00 (+90.00, +900.0 %25)%0Ahelp: "), "{said}");
    assert!(said.ends_with("production: In doubt: 3 done, 1 not done, 1 in doubt. Look in CAKE to resolve it.\n"));

    let page = project.read("report.html");
    for part in [
        "<h1>production: In doubt: 3 done",
        "Environment: <code>production</code>.",
        &format!("<a href=\"https://github.com/acme/offers/commit/{commit}\""),
        "<th scope=\"row\">in doubt</th><td>1</td><td>1 payout rises, +4.00 (cpa, USD)</td>",
        "10.00 → 11.00 cpa, USD (+1.00, +10.0 %)",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}

#[test]
fn an_apply_that_cannot_begin_says_so_in_every_output() {
    let project = mixed();
    project.replace("offers/a.yaml", "11.00", "eleven");
    let said = project.run_with(&OUTPUTS, &ON_GITHUB).exits(3).stdout;
    assert!(said.contains("::error file=offers/a.yaml,line="), "{said}");
    for file in ["report.md", "summary.md"] {
        let comment = project.read(file);
        let title = "<!-- offersync-apply production -->\n### 🔴 production: nothing applied, 1 error\n";
        assert!(comment.starts_with(title), "{comment}");
    }
    let printed = project.run(&["apply", "--auto-approve", "--format", "markdown"]).exits(3).stdout;
    assert!(printed.starts_with("<!-- offersync-apply production -->\n"), "{printed}");
}

#[test]
fn a_file_that_cannot_be_written_is_told_before_a_request_and_takes_no_other_result_away() {
    let project = mixed();
    let sent = project.cake.counters().requests;
    project
        .run(&["apply", "--auto-approve", "--output", "json=missing/report.json"])
        .exits(1)
        .says("missing/report.json");
    assert_eq!(project.cake.counters().requests, sent, "nothing was sent");
    project.cake.faults("");
    let environment = [ON_GITHUB[0], ON_GITHUB[1], ON_GITHUB[2], ("GITHUB_STEP_SUMMARY", "missing/summary.md")];
    let run = project.run_with(&OUTPUTS, &environment).exits(1);
    assert!(run.stdout.ends_with("production: Applied: 5 done.\n"), "{run:?}");
    assert!(run.stderr.contains("missing/summary.md"), "{run:?}");
    assert!(project.read("report.md").contains("### 🟢 production: applied, 5 done\n"));
    let report: Json = serde_json::from_str(&project.read("report.json")).unwrap();
    assert_eq!(report["outcome"], "complete");
}

#[test]
fn an_apply_outside_of_git_has_no_commit_and_the_host_as_its_environment() {
    let project = Project::with_files(&[("a.yaml", &small_offer("a", "10.00"))]);
    let report = project.run(&["apply", "--auto-approve", "--format", "json"]).exits(0).json();
    let host = project.cake.url().replace("http://", "");
    assert_eq!((&report["commit"], &report["environment"]), (&json!(null), &json!(host)));
    let comment = project.run(&["apply", "--auto-approve", "--format", "markdown"]).exits(0).stdout;
    assert!(
        comment.contains(&format!("\n### {}: nothing to do\nNothing to do. CAKE: ", host.replace(':', "&#58;"))),
        "{comment}"
    );
}

/// The values of metrics by their names and labels, each line checked for its form.
fn metrics(text: &str) -> std::collections::BTreeMap<String, String> {
    let lines = text.lines().filter(|line| !line.starts_with("# "));
    let value = |line: &str| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(series.starts_with("offersync_apply_") && series.ends_with('}'), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let described = format!("# TYPE {} gauge\n", series.split('{').next().unwrap());
        assert!(text.contains(&described), "{line}");
        (series.replace("environment=\"production\"", "…"), value.to_owned())
    };
    lines.map(value).collect()
}

#[test]
fn metrics_count_what_became_of_the_actions_and_of_the_money() {
    let project = mixed();
    let apply = ["apply", "--auto-approve", "--metrics", "apply.prom"];
    project.run(&apply).exits(8);
    let found = metrics(&project.read("apply.prom"));
    let of = |series: &str| found.get(&format!("offersync_apply_{series}")).map(String::as_str);
    assert_eq!(of("success{…}"), Some("0"));
    assert_eq!(of("outcome{…,outcome=\"in_doubt\"}"), Some("1"));
    assert_eq!(of("actions{…,action=\"update\",outcome=\"done\"}"), Some("2"));
    assert_eq!(of("actions{…,action=\"update\",outcome=\"rejected\"}"), Some("1"));
    assert_eq!(of("actions{…,action=\"retire\",outcome=\"done\"}"), Some("0"));
    assert_eq!(of("oldest_due_change_seconds{…}"), Some("0.000"));
    let money = |outcome: &str| {
        format!("{{…,field=\"payout\",direction=\"rise\",outcome=\"{outcome}\",price_type=\"cpa\",currency_id=\"1\"}}")
    };
    assert_eq!(of(&format!("amounts{}", money("done"))), Some("2"));
    assert_eq!(of(&format!("amount_change{}", money("done"))), Some("3.50"));
    assert_eq!(of(&format!("amount_change{}", money("rejected"))), Some("90.00"));

    // One that cannot begin leaves nothing of it.
    project.replace("offers/a.yaml", "11.00", "eleven");
    project.run(&apply).exits(3);
    let found = metrics(&project.read("apply.prom"));
    assert_eq!(found["offersync_apply_outcome{…,outcome=\"failed\"}"], "1");
    assert_eq!((found["offersync_apply_success{…}"].as_str(), found.len()), ("0", 3));
    project.write("apply.prom", "old");
    project.run(&[&apply[..], &["--no-such-option"]].concat()).exits(64);
    assert!(project.read("apply.prom").contains("outcome=\"failed\""));
    project.run(&["apply", "--auto-approve", "--metrics", "offers/a.yaml"]).exits(64);
}

#[test]
fn metrics_tell_for_how_long_a_scheduled_change_was_due() {
    let project = Project::applied(&[("a.yaml", &offer("a", "10.00"))]);
    let schedule = "sync:\n  schedule:\n    - at: 2026-01-01 00:00:00\n      payout: 11.00\n";
    project.write("offers/a.yaml", &format!("{}{schedule}", offer("a", "10.00")));
    project.run(&["apply", "--auto-approve", "--metrics", "apply.prom"]).exits(0);
    let text = project.read("apply.prom");
    let age = text.lines().find(|line| line.starts_with("offersync_apply_oldest_due_change_seconds{")).unwrap();
    assert!(age.rsplit(' ').next().unwrap().parse::<f64>().unwrap() > 86_400.0 * 100.0, "{age}");
}
