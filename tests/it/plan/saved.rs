//! Saved plans: applied exactly, or refused with the keys of the offers that changed since.

use std::fs::{self, File};

use crate::harness::{Cake, KEY, Project, Run, Settings, Workspace, small_offer};

/// Three offers in CAKE, and a saved plan that changes two of them and creates one.
fn saved(cake: &Cake) -> Workspace {
    let workspace = Workspace::with_offers(&cake.url());
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace.replace("offers/alpha.yaml", "10.50", "20");
    workspace.replace("offers/beta.yaml", "11.50", "21");
    workspace.write("offers/delta.yaml", &small_offer("delta", "22"));
    workspace.run(&["plan", "--out", "plan.json"]).exits(0);
    workspace
}

fn apply(workspace: &Workspace) -> Run {
    workspace.run(&["apply", "plan.json", "--auto-approve"])
}

#[track_caller]
fn stale(workspace: &Workspace, cake: &Cake, named: &[&str], not_named: &[&str]) {
    let before = cake.counters();
    let run = apply(workspace).exits(5);
    let said = run.said();
    for key in named {
        assert!(said.contains(&format!("`{key}`")), "{key} is not named:\n{said}");
    }
    for key in not_named {
        assert!(!said.contains(&format!("`{key}`")), "{key} is named:\n{said}");
    }
    let after = cake.counters();
    assert_eq!((before.creates, before.updates), (after.creates, after.updates), "something was sent");
}

#[test]
fn exactly_what_was_saved_is_done_and_only_once() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    let text = workspace.read("plan.json");
    assert!(!text.contains(KEY));
    // Changes of other offers do not matter, and are not applied.
    workspace.replace("offers/gamma.yaml", "12.50", "99");
    workspace.write("offers/epsilon.yaml", &small_offer("epsilon", "1"));
    workspace.write("README.md", "more");
    apply(&workspace).exits(0).says("Applied: 3 done.");
    assert_eq!(cake.ids("Offer delta").len(), 1);
    assert_eq!(cake.ids("Offer epsilon").len(), 0);
    let document = workspace.run(&["plan", "--format", "json"]).exits(0).json();
    let keys: Vec<_> = document["actions"].as_array().unwrap().iter().map(|a| a["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["epsilon", "gamma"]);
    stale(&workspace, &cake, &["alpha", "beta", "delta"], &["gamma", "epsilon"]);
}

#[test]
fn a_stale_plan_names_the_offers_whose_yaml_changed() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    workspace.replace("offers/alpha.yaml", "payout: 20", "payout: 20.01");
    stale(&workspace, &cake, &["alpha"], &["beta", "delta", "gamma"]);
    workspace.replace("offers/alpha.yaml", "payout: 20.01", "payout: 20");
    workspace.remove("offers/delta.yaml");
    stale(&workspace, &cake, &["delta"], &["alpha", "beta"]);
}

#[test]
fn a_stale_plan_names_the_offers_whose_record_changed() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    workspace.run(&["state", "rm", "beta"]).exits(0);
    stale(&workspace, &cake, &["beta"], &["alpha", "delta"]);
    // One of the changes is applied meanwhile.
    workspace.run(&["apply", "alpha", "--auto-approve"]).exits(0);
    stale(&workspace, &cake, &["alpha", "beta"], &["delta"]);
}

#[test]
fn a_stale_plan_names_the_offers_that_a_setting_changed() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    workspace.replace("offersync.toml", "acme-home = 101", "acme-home = 102");
    // Every recorded offer would move to another advertiser, and the new one is another offer.
    stale(&workspace, &cake, &["alpha", "beta", "delta"], &["gamma"]);
}

#[test]
fn another_cake_or_another_state_is_refused_by_name() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    let other = Cake::start();
    workspace.write("offersync.toml", &Settings::default().toml(&other.url()));
    stale(&workspace, &cake, &["alpha", "beta", "delta"], &["gamma"]);
    let run = workspace.run(&["apply", "plan.json", "--auto-approve", "--format", "json"]).exits(5);
    assert_eq!(run.json()["diagnostics"][0]["code"], "apply::stale");
    assert_eq!(other.counters().requests, 0);
    workspace.write("offersync.toml", &Settings::default().toml(&cake.url()));
    // A state of the same content that was made anew.
    let state = workspace.read("offersync.state.json");
    let lineage = state.split('"').find(|part| part.len() == 36).unwrap().to_owned();
    let anew = lineage.replace(&lineage[..8], if lineage.starts_with("0190f2a0") { "0190f2a1" } else { "0190f2a0" });
    workspace.write("offersync.state.json", &state.replace(&lineage, &anew));
    workspace.run(&["state", "publish", "--accept-edit"]).exits(0);
    stale(&workspace, &cake, &["alpha", "beta", "delta"], &["gamma"]);
}

#[test]
fn a_file_that_is_no_whole_plan_is_refused_with_its_reason() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    let text = workspace.read("plan.json");
    let refused = |what: &str, bytes: &[u8], reason: &str| {
        workspace.write_bytes("plan.json", bytes);
        let run = apply(&workspace);
        assert_eq!(run.code, Some(3), "{what}: {}", run.said());
        run.says("is not a saved plan");
        run.says(reason);
        let run = workspace.run(&["apply", "plan.json", "--auto-approve", "--format", "json"]).exits(3);
        assert_eq!(run.json()["diagnostics"][0]["code"], "apply::plan-file", "{what}");
    };
    refused("truncated", &text.as_bytes()[..text.len() / 2], "EOF");
    refused("empty", b"", "EOF");
    refused("garbage", &[0, 159, 146, 150, 255, 0, 7], "expected value");
    refused("a newer version", text.replace("\"version\": 1", "\"version\": 2").as_bytes(), "its version is 2");
    refused("another document", b"{\"format\":\"offersync-report\",\"version\":1}", "its format is `offersync-report`");
    refused("a list", b"[]", "it has no `format`");
    refused("a number", b"7", "invalid type");
    refused("an unknown member", text.replacen('{', "{\"more\": 1,", 1).as_bytes(), "unknown field `more`");
    refused("an edited amount", text.replace("\"20\"", "\"2000\"").as_bytes(), "it was edited");
    refused("an edited key", text.replace("\"key\": \"delta\"", "\"key\": \"gamma\"").as_bytes(), "`gamma`");
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["actions"].as_array_mut().unwrap().pop();
    refused("an action taken out", document.to_string().as_bytes(), "so it was edited");
    let deep = format!("{{\"x\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    refused("a deep one", deep.as_bytes(), "it has no `format`");
    let deep = text.replacen(
        "\"diagnostics\": [",
        &format!("\"diagnostics\": [{}{}, ", "[".repeat(100_000), "]".repeat(100_000)),
        1,
    );
    refused("a deep plan", deep.as_bytes(), "");
    // Sparse: a terabyte that takes no room. Refused by its length alone.
    File::create(workspace.path("plan.json")).unwrap().set_len(1 << 40).unwrap();
    apply(&workspace).exits(3).says("far too large");
    apply_of_a_folder_or_of_nothing(&workspace);
    assert_eq!(cake.counters().creates, 3, "nothing but the first apply was sent");
}

fn apply_of_a_folder_or_of_nothing(workspace: &Workspace) {
    workspace.remove("plan.json");
    apply(workspace).exits(1).says("cannot read the saved plan");
    fs::create_dir(workspace.path("plan.json")).unwrap();
    apply(workspace).exits(1).says("cannot read the saved plan");
}

#[test]
fn a_saved_plan_cannot_be_narrowed() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    workspace.run(&["apply", "plan.json", "--exclude", "alpha", "--auto-approve"]).exits(64).says("as a whole");
}

#[test]
fn no_plan_is_saved_of_invalid_input() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    workspace.run(&["plan", "--output", "markdown=plan.md"]).exits(0);
    workspace.write("offers/bad.yaml", "offer_name: Bad\n");
    workspace.run(&["plan", "--out", "plan.json", "--output", "markdown=plan.md"]).exits(3);
    assert!(!workspace.path("plan.json").exists(), "a plan of an earlier run looks like that of this one");
    let comment = workspace.read("plan.md");
    assert!(comment.starts_with("<!-- offersync-plan 127.0.0.1:"), "the environment's own comment: {comment}");
    assert!(comment.contains(": no plan, ") && comment.contains("offers/bad.yaml&#58;1"), "{comment}");
    workspace.run(&["plan", "--out", "no/such/folder/plan.json"]).exits(3);
    workspace.remove("offers/bad.yaml");
    workspace.run(&["plan", "--out", "no/such/folder/plan.json"]).exits(1).says("cannot write");
}

#[test]
fn what_an_earlier_run_has_written_is_not_left_by_a_run_that_fails() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    let outputs =
        ["--output", "json=p.json", "--output", "github=p.txt", "--output", "text=t.txt", "--output", "markdown=p.md"];
    let rename = |from: &str, to: &str| std::fs::rename(workspace.path(from), workspace.path(to)).unwrap();
    for (prepare, after, arguments, exit) in [
        ("", "", &["no-such-key"][..], 3),
        ("offersync.state.json", "away", &["--since", "no such"], 1),
        ("offers/bad.yaml", "", &[], 3),
        ("offersync.toml", "", &[], 3),
    ] {
        workspace.run(&[&["plan", "--out", "plan.json"][..], &outputs].concat()).exits(0);
        if !after.is_empty() {
            rename(prepare, after);
        } else if prepare == "offersync.toml" {
            rename(prepare, "kept");
            workspace.write(prepare, "nonsense\n");
        } else if !prepare.is_empty() {
            workspace.write(prepare, "offer_name: Bad\n");
        }
        workspace.run(&[&["plan", "--out", "plan.json"][..], &outputs, arguments].concat()).exits(exit);
        let json: serde_json::Value = serde_json::from_str(&workspace.read("p.json")).unwrap();
        assert_eq!(json["format"], "offersync-diagnostics", "{prepare}");
        assert!(workspace.read("p.txt").starts_with("::error "), "{prepare}");
        assert!(workspace.read("t.txt").starts_with("error["), "{prepare}");
        assert!(!workspace.path("plan.json").exists(), "{prepare}");
        assert!(workspace.read("p.md").contains("no plan, 1 error"), "{prepare} {}", workspace.read("p.md"));
        if !after.is_empty() {
            rename(after, prepare);
        } else if prepare == "offersync.toml" {
            rename("kept", prepare);
        } else if !prepare.is_empty() {
            workspace.remove(prepare);
        }
    }
}

#[test]
fn a_wrong_command_line_leaves_nothing_of_an_earlier_run_either() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    let files = ["plan.json", "p.md", "p.json"].map(|name| workspace.path(name).display().to_string());
    let [plan, markdown, json] = [&files[0], &files[1], &files[2]];
    let (markdown, json) = (format!("markdown={markdown}"), format!("json={json}"));
    let outputs = ["--out", plan, "--output", &markdown, "--output", &json];
    let joined = [format!("--out={plan}"), format!("--output={markdown}"), format!("--output={json}")];
    let joined = [&joined[0][..], &joined[1], &joined[2]];
    for (before, outputs, after, exit) in [
        (&["plan", "--bogus"][..], &outputs[..], &[][..], 64),
        (&["plan"], &joined, &["--format", "nonsense"], 64),
        (&["-C", "nowhere", "plan"], &outputs, &[], 3),
        (&["-Cnowhere", "plan"], &joined, &["--bogus"], 64),
        (&["-C", ".", "--color", "never", "plan"], &outputs, &["--max-chars"], 64),
    ] {
        workspace.run(&[&["plan"][..], outputs].concat()).exits(0);
        workspace.run(&[before, outputs, after].concat()).exits(exit);
        assert!(!workspace.path("plan.json").exists(), "{before:?}");
        assert!(workspace.read("p.md").contains("no plan, 1 error"), "{before:?} {}", workspace.read("p.md"));
        let json: serde_json::Value = serde_json::from_str(&workspace.read("p.json")).unwrap();
        assert_eq!(json["format"], "offersync-diagnostics", "{before:?}");
    }
    // What is not a plan's, is no result of a plan, or is asked for together with the help, stays.
    workspace.run(&[&["plan"][..], &outputs].concat()).exits(0);
    workspace.run(&[&["apply"][..], &outputs].concat()).exits(64);
    workspace.run(&[&["plan"][..], &outputs, &["--help"]].concat()).exits(0);
    let offer = workspace.read("offers/gamma.yaml");
    workspace.run(&["plan", "--bogus", "--out", "offers/gamma.yaml", "--output", "json=offersync.toml"]).exits(64);
    assert_eq!(workspace.read("offers/gamma.yaml"), offer);
    workspace.run(&["plan"]).exits(0);
    for kept in ["plan.json", "p.md", "p.json"] {
        assert!(workspace.path(kept).exists(), "{kept}");
    }
}

#[test]
fn a_plan_since_a_commit_can_be_saved_and_applied() {
    let cake = Cake::start();
    let workspace = saved(&cake).committed();
    workspace.replace("offers/gamma.yaml", "12.50", "33");
    workspace
        .run(&["plan", "--since", "HEAD", "--out", "plan.json"])
        .exits(0)
        .says("3 other changes are pending anyway: ");
    apply(&workspace).exits(0).says("Applied: 1 done.");
}

#[test]
fn a_create_that_was_in_doubt_and_is_found_counts_as_carried_out() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    cake.faults("create[name=Offer beta]=reset-after\nlist:6-=http-500");
    workspace.run(&["apply", "--auto-approve"]).exits(8);
    workspace.run(&["plan", "--out", "plan.json"]).exits(0).says("in doubt");
    cake.faults("");
    let id = cake.ids("Offer beta")[0];
    apply(&workspace).exits(0).says(&format!("CAKE has it as offer {id}"));
    workspace.run(&["state", "list"]).exits(0).says(&id.to_string());
    assert_eq!(cake.ids("Offer beta"), [id]);
    workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_create_in_doubt_whose_yaml_is_gone_is_still_something_to_do() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    cake.faults("create[name=Offer beta]=reset-after\nlist:6-=http-500");
    workspace.run(&["apply", "--auto-approve"]).exits(8);
    workspace.remove("offers/beta.yaml");
    cake.faults("");
    workspace
        .run(&["plan", "--out", "plan.json", "--detailed-exitcode"])
        .exits(2)
        .says("Nothing to do")
        .says("in doubt");
    let id = cake.ids("Offer beta")[0];
    apply(&workspace).exits(0).says(&format!("CAKE has it as offer {id}"));
    workspace.run(&["plan", "--detailed-exitcode"]).exits(2).says("1 to retire");
}

#[test]
fn a_create_that_was_in_doubt_and_made_nothing_is_carried_out_as_saved() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    cake.faults("create[name=Offer beta]=reset-before\nlist:6-=http-500");
    workspace.run(&["apply", "--auto-approve"]).exits(8);
    workspace.run(&["plan", "--out", "plan.json"]).exits(0);
    cake.faults("");
    apply(&workspace).exits(0);
    assert_eq!(cake.ids("Offer beta").len(), 1);
    workspace.run(&["plan", "--detailed-exitcode"]).exits(0);
}

#[test]
fn a_plan_against_what_cake_shows_is_stale_not_edited_when_cake_moves() {
    let cake = Cake::start();
    let workspace = Workspace::with_offers(&cake.url());
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    let id = cake.ids("Offer alpha")[0];
    let rename = |name: &str| assert!(cake.change(id, |offer| offer.offer_name = name.to_owned()).unwrap());
    rename("Changed in CAKE");
    workspace.run(&["plan", "--refresh", "--out", "plan.json"]).exits(0);
    rename("Changed once more");
    // The plan says that it was made against CAKE, so it is held against CAKE again, asked for or not.
    stale(&workspace, &cake, &["alpha"], &["beta"]);
    workspace.run(&["apply", "plan.json", "--refresh", "--auto-approve"]).exits(5).says("`alpha`");
    rename("Changed in CAKE");
    workspace.run(&["apply", "plan.json", "--refresh", "--auto-approve"]).exits(0);
    assert_eq!(cake.ids("Offer alpha"), [id]);
}

#[test]
fn a_plan_of_another_environment_is_not_carried_out() {
    let project = Project::with_files(&[("a.yaml", &small_offer("a", "10.00"))]);
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("name = \"staging\"\n{config}"));
    project.run(&["plan", "--out", "plan.json"]).exits(0);
    assert!(project.read("plan.json").contains("\"environment\": \"staging\""));
    project.write("offersync.toml", &format!("name = \"production\"\n{config}"));
    let run = project.run(&["apply", "plan.json", "--auto-approve"]).exits(5);
    run.says("the saved plan is for the environment `staging`, and this one is `production`");
    assert_eq!(project.cake.counters().requests, 0);
}

#[test]
fn what_is_done_by_now_is_left_out_where_that_is_asked_for() {
    let cake = Cake::start();
    let workspace = saved(&cake);
    workspace.run(&["apply", "alpha", "--auto-approve"]).exits(0);
    stale(&workspace, &cake, &["alpha"], &["beta", "delta"]);
    let skipping = || workspace.run(&["apply", "plan.json", "--skip-done", "--auto-approve"]);
    // Another value than the reviewed one is no less than it.
    workspace.replace("offers/beta.yaml", "payout: 21", "payout: 22");
    skipping().exits(5).says("`beta`").never_says("`delta`");
    workspace.replace("offers/beta.yaml", "payout: 22", "payout: 21");
    skipping().exits(0).says("Applied: 2 done.");
    skipping().exits(0).says("Nothing to do");
    workspace.run(&["apply", "--skip-done", "--auto-approve"]).exits(64).says("a saved plan");
}
