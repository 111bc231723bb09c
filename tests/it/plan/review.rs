//! What a branch decides besides its offers: a plan since a commit shows it first, and is red until a person has accepted it.

use serde_json::Value as Json;

use crate::harness::{Project, Run, Settings, complete_offer, small_offer};

const STATE: &str = "offersync.state.json";

/// A project whose main branch has an applied and committed state, on a branch of its own.
fn branch() -> Project {
    let project = Project::new();
    for key in ["a", "b", "c"] {
        project.write(&format!("offers/{key}.yaml"), &small_offer(key, "10.00"));
    }
    project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json.*\n");
    project.apply().exits(0);
    project.commit("applied");
    project.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
    project
}

/// Writes the state as a person could who wants it to be read.
fn edit_state(project: &Project, change: impl FnOnce(&mut Json)) {
    let mut state = project.state();
    change(&mut state);
    project.write(STATE, &state.to_string());
    project.run(&["state", "publish", "--accept-edit"]).exits(0);
    project.commit("state");
}

fn since(project: &Project) -> Run {
    project.run(&["plan", "--since", "main"])
}

/// The plan is red, names it before anything else in every view, and is green once a person has accepted it.
#[track_caller]
fn is_red(project: &Project, says: &[&str]) {
    let red = since(project).exits(4);
    for text in says {
        red.says(text);
    }
    assert!(red.stdout.starts_with("error[review::"), "{}", red.stdout);
    red.says("Refused: ");
    let markdown = project.run(&["plan", "--since", "main", "--format", "markdown"]).exits(4);
    let (head, _) = markdown.stdout.split_once("\n### Configuration and state\n").unwrap();
    assert!(head.contains("Refused: ") && !head.contains("| why |"), "{}", markdown.stdout);
    let json = project.run(&["plan", "--since", "main", "--format", "json"]).exits(4).json();
    let is_review = |one: &Json| one["code"].as_str().unwrap().starts_with("review::") && one["severity"] == "error";
    assert!(json["diagnostics"].as_array().unwrap().iter().any(is_review), "{json}");
    project.run(&["plan", "--since", "main", "--accept-config"]).exits(0).says("warning[review::");
    assert_eq!(project.cake.counters().updates, 0, "nothing is sent");
}

#[test]
fn a_branch_that_changes_offers_alone_is_not_red() {
    let project = branch();
    project.replace("offers/a.yaml", "10.00", "11.00");
    project.commit("offers");
    since(&project).exits(0).never_says("review::").says("1 to update");
}

#[test]
fn every_setting_that_decides_is_an_error_with_both_values() {
    for (old, new, says) in [
        (
            "duplicate_check = \"require\"",
            "duplicate_check = \"off\"",
            &["`cake.duplicate_check` is `\"off\"`, and `\"require\"` at `main`"][..],
        ),
        (
            "[cake]",
            "[cake]\napi_key_env = \"CAKE_OTHER_KEY\"",
            &["`cake.api_key_env` is `\"CAKE_OTHER_KEY\"`", "`\"CAKE_API_KEY\"`"],
        ),
        ("[cake]", "[cake]\nverify = \"off\"", &["`cake.verify` is `\"off\"`, and `\"touched\"` at `main`"]),
        (
            "[cake]",
            "[removed]\naction = \"forget\"\n[cake]",
            &["`removed.action` is `\"forget\"`, and `\"retire\"` at `main`"],
        ),
    ] {
        let project = branch();
        project.replace("offersync.toml", old, new);
        project.commit("settings");
        is_red(&project, says);
        since(&project).says("--> offersync.toml:");
    }
}

#[test]
fn another_cake_is_red_in_the_configuration_and_in_the_state() {
    let project = branch();
    let other = "https://other.cakemarketing.com";
    let url = project.cake.url();
    project.replace("offersync.toml", &url, other);
    edit_state(&project, |state| state["cake"] = other.into());
    is_red(&project, &[&format!("`cake.url` is `\"{other}\"`"), &format!("the state is of the CAKE at {other}")]);
}

#[test]
fn another_state_or_folder_of_offers_is_red() {
    let project = branch();
    project.write("offersync.toml", &format!("state = \"s.json\"\n{}", Settings::default().toml(&project.cake.url())));
    project.commit("another state");
    since(&project).exits(4).says("state::missing").says("git has it as");
    project.git(&["mv", "offersync.state.json", "s.json"]).exits(0);
    project.commit("moved");
    is_red(&project, &["`state` is `\"s.json\"`, and `\"offersync.state.json\"` at `main`"]);
}

#[test]
fn records_that_were_swapped_added_removed_or_edited_are_told_one_by_one() {
    let project = branch();
    let (a, b) = (project.id("a"), project.id("b"));
    edit_state(&project, |state| {
        state["offers"]["a"]["offer_id"] = b.into();
        state["offers"]["b"]["offer_id"] = a.into();
    });
    is_red(&project, &[&format!("`a` is not recorded as at `main`: offer {b} here, {a} there"), "`b` is not recorded"]);

    let project = branch();
    edit_state(&project, |state| {
        let offers = state["offers"].as_object_mut().unwrap();
        offers.remove("a").unwrap();
        offers["b"]["fields"]["payout"] = "99.00".into();
        offers["c"]["protect"] = true.into();
    });
    project.remove("offers/a.yaml");
    project.commit("a is gone");
    is_red(&project, &["it is not recorded here", "payout \"99.00\" here, \"10.00\" there", "protect true here"]);
}

#[test]
fn many_records_are_folded_and_none_is_left_out() {
    let project = branch();
    edit_state(&project, |state| {
        for number in 0..30 {
            let mut record = state["offers"]["a"].clone();
            record["offer_id"] = (90_000 + number).into();
            state["offers"][format!("k{number}")] = record;
        }
    });
    let red = since(&project).exits(4);
    red.says("… and 10 more of review::record; all are in the output of --full and of --format json");
    assert_eq!(red.stdout.matches("error[review::record]").count(), 20);
    for all in [&["--full"][..], &["--format", "json"]] {
        let all = project.run(&[&["plan", "--since", "main"][..], all].concat()).exits(4);
        assert_eq!(all.stdout.matches(" is not recorded as at `main`").count(), 30, "{all:?}");
    }
}

/// Edits by the hundred that change nothing, with keys that come first.
#[test]
fn ids_that_were_swapped_come_before_other_edits() {
    let project = branch();
    for number in 0..30 {
        project.write(&format!("offers/a{number:02}.yaml"), &small_offer(&format!("a{number:02}"), "10.00"));
    }
    project.apply().exits(0);
    project.commit("more offers");
    project.git(&["branch", "--force", "main"]).exits(0);
    let (b, c) = (project.id("b"), project.id("c"));
    edit_state(&project, |state| {
        for number in 0..30 {
            state["offers"][format!("a{number:02}")]["protect"] = true.into();
        }
        state["offers"]["b"]["offer_id"] = c.into();
        state["offers"]["c"]["offer_id"] = b.into();
    });
    let swap = format!("offer {c} here, {b} there");
    for view in [&[][..], &["--format", "markdown"], &["--format", "html"], &["--format", "github"]] {
        let red = project.run(&[&["plan", "--since", "main"][..], view].concat()).exits(4);
        let said = red.says(&swap).stdout.clone();
        let edit = said.find("protect true here").unwrap();
        assert!(said.find(&swap).unwrap() < edit, "{said}");
    }
}

#[test]
fn what_an_apply_of_the_main_branch_has_written_is_no_change_of_the_branch() {
    let project = branch();
    project.replace("offers/a.yaml", "10.00", "11.00");
    project.commit("offers");
    // Meanwhile another change is merged and applied.
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    project.replace("offers/b.yaml", "10.00", "12.00");
    project.apply().exits(0);
    project.commit("applied on main");
    project.git(&["checkout", "--quiet", "branch"]).exits(0);
    since(&project).exits(0).never_says("review::");
    project.git(&["merge", "--quiet", "--no-edit", "main"]).exits(0);
    since(&project).exits(0).never_says("review::").says("1 to update");
    // An apply here that nobody has committed is not part of the branch either.
    project.apply().exits(0);
    since(&project).exits(0).never_says("review::");
}

#[test]
fn other_settings_are_a_warning_and_new_names_are_none() {
    let project = branch();
    project.replace("offersync.toml", "[names.verticals]", "[names.verticals]\nnew = 99");
    project.commit("a name");
    since(&project).exits(0).never_says("review::");
    project.replace("offersync.toml", "requests_per_second = 0", "requests_per_second = 1");
    project.commit("slower");
    since(&project).exits(0).says("warning[review::setting]").says("`cake.requests_per_second` is `1`");
}

/// What it forges need not be lacking now: a later create would make it so.
#[test]
fn any_state_that_a_commit_of_the_branch_brings_and_another_takes_back_is_red() {
    let revisions = |state: &mut Json| state["revisions"] = serde_json::json!({ "99999": 9 });
    let replaced = |state: &mut Json| {
        state["offers"]["a"]["replaced"] = serde_json::json!([{ "offer_id": 99, "inactive": false }]);
    };
    for forge in [&revisions as &dyn Fn(&mut Json), &replaced] {
        for padding in [0, 5 << 20] {
            let project = branch();
            let own = project.read(STATE);
            edit_state(&project, |state| forge(state));
            project.write(STATE, &format!("{own}{}", " ".repeat(padding)));
            project.commit("undone");
            project.write("notes.txt", "an ordinary change");
            project.commit("notes");
            let red = since(&project).exits(4);
            red.says("of this branch has");
            assert!(red.said().contains("taken it back") || red.said().contains("has a state ("), "{red:?}");
        }
    }
}

#[test]
fn a_setting_that_once_named_a_state_outside_of_the_repository_stops_nothing() {
    let project = branch();
    let toml = project.read("offersync.toml");
    project.write("offers/new.yaml", &small_offer("new", "1.00"));
    for outside in ["../../x.json", "/etc/passwd", "offers"] {
        project.write("offersync.toml", &format!("state = \"{outside}\"\n{toml}"));
        project.commit("outside");
        project.write("offersync.toml", &toml);
        project.commit("taken back");
    }
    project.run(&["plan"]).exits(0);
    since(&project).exits(0);
}

#[test]
fn names_by_the_hundred_do_not_hide_a_changed_amount() {
    let project = branch();
    let toml = project.read("offersync.toml");
    let with_names = |from: u32| {
        let names: Vec<_> = (0..300).map(|number| format!("n{number} = {}", from + number)).collect();
        let names = format!("[names.verticals]\n{}", names.join("\n"));
        project.write("offersync.toml", &toml.replace("[names.verticals]", &names));
    };
    with_names(1000);
    project.commit("names");
    project.git(&["branch", "--force", "main"]).exits(0);
    with_names(2000);
    project.replace("offers/a.yaml", "10.00", "13.60");
    project.commit("other ids");
    let plan = since(&project).exits(0);
    plan.says("`names.verticals.n0` is `2000`, and `1000` at `main`").says("… and 280 more of review::setting");
    project.run(&["plan", "--since", "main", "--format", "markdown"]).exits(0).says("13.60");
}

#[test]
fn an_attribute_that_converts_the_state_is_red() {
    let project = branch();
    project.write(".gitattributes", "*.yaml text\n");
    project.commit("of no account");
    since(&project).exits(0).never_says("review::");
    project.write(".gitattributes", &format!("{STATE} working-tree-encoding=ASCII\n"));
    project.commit("converted");
    is_red(&project, &["git changes or merges the state by an attribute (`working-tree-encoding=ASCII`)"]);
}

#[test]
fn an_attribute_that_merges_the_state_by_another_rule_is_red() {
    for rule in ["merge=union", "merge=ours"] {
        let project = branch();
        project.write(".gitattributes", &format!("{STATE} {rule}\n"));
        project.commit("merged otherwise");
        is_red(&project, &[&format!("(`{rule}`)")]);
    }
    for harmless in ["merge=offersync-state", "-merge", "text eol=lf"] {
        let project = branch();
        project.write(".gitattributes", &format!("{STATE} {harmless}\n"));
        project.commit("a conflict at worst");
        since(&project).exits(0).never_says("review::");
    }
}

#[test]
fn an_attribute_that_converts_the_state_where_case_does_not_count_is_red() {
    for ignores_case in ["false", "true"] {
        let project = branch();
        project.git(&["config", "core.ignoreCase", ignores_case]).exits(0);
        project.write(".gitattributes", "*.JSON filter=lfs\n");
        project.commit("converted");
        is_red(&project, &["git changes or merges the state by an attribute (`filter=lfs`)"]);
    }
}

#[test]
fn revisions_decide_which_state_is_the_later_one_and_a_change_of_them_is_red() {
    let project = branch();
    edit_state(&project, |state| {
        let id = state["offers"]["a"]["offer_id"].to_string();
        state["revisions"] = serde_json::json!({ "99999": 9, id: 4_294_967_295_u32 });
    });
    let says = ["the revision of offer 99999 is not as at `main`: `9` here, `0` there", "`4294967295` here, `0` there"];
    is_red(&project, &says);
}

#[test]
fn what_is_recorded_of_a_replaced_offer_is_told_with_both_values() {
    let project = branch();
    edit_state(&project, |state| {
        state["offers"]["a"]["replaced"] =
            serde_json::json!([{ "offer_id": 99, "inactive": true, "fields": { "payout": "7.00" } }]);
    });
    is_red(&project, &["replaced offers 99 here, none there", "payout of offer 99 \"7.00\" here, not recorded there"]);
}

#[test]
fn a_state_that_the_branch_changes_and_takes_back_is_red() {
    let project = branch();
    edit_state(&project, |state| {
        let [a, b] = ["a", "b"].map(|key| state["offers"][key]["offer_id"].clone());
        state["offers"]["a"]["offer_id"] = b;
        state["offers"]["b"]["offer_id"] = a;
    });
    let forged = project.git(&["rev-parse", "--short=12", "HEAD"]).exits(0).stdout;
    project.git(&["checkout", "--quiet", "main", "--", STATE]).exits(0);
    project.commit("undone");
    for accepted in [&[][..], &["--accept-config"]] {
        let red = project.run(&[&["plan", "--since", "main"][..], accepted].concat()).exits(4);
        red.says(&format!("commit {} of this branch has changed what is recorded of `a`", forged.trim()));
        red.never_says("git checkout");
    }
    // As a CI job that fetches the merge commit and its parents.
    let remote = project.folder().display().to_string();
    let clone = crate::harness::Workspace::empty();
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    project.git(&["merge", "--quiet", "--no-ff", "--no-edit", "branch"]).exits(0);
    clone.git(&["clone", "--quiet", "--depth=2", &format!("file://{remote}"), "."]).exits(0);
    let red = clone.run(&["plan", "--since", "HEAD^1"]).exits(4);
    red.says("does not have every commit since `HEAD^1`").says("fetch-depth: 0");
    clone.git(&["fetch", "--quiet", "--unshallow"]).exits(0);
    clone.run(&["plan", "--since", "HEAD^1"]).exits(4).says("a later one has taken it back");
}

#[test]
fn a_branch_that_is_behind_has_not_changed_what_the_main_branch_has() {
    let project = branch();
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    project.replace("offersync.toml", "[cake]", "[cake]\nverify = \"all\"");
    project.commit("stricter");
    project.git(&["checkout", "--quiet", "branch"]).exits(0);
    since(&project).exits(0).never_says("review::");
    project.replace("offersync.toml", "[cake]", "[cake]\nverify = \"off\"");
    project.commit("looser");
    is_red(&project, &["`cake.verify` is `\"off\"`, and `\"all\"` at `main`"]);
}

#[test]
fn a_state_that_the_branch_removes_from_git_is_red() {
    let project = branch();
    project.git(&["rm", "--quiet", "--cached", STATE]).exits(0);
    project.write(".gitignore", ".offersync/\noffersync.state.json*\n");
    project.commit("untracked");
    let red = since(&project).exits(4);
    red.says("`a` is not recorded as at `main`: it is not recorded here");
    // As in a clone that lacks the commit from which both come.
    project.git(&["checkout", "--quiet", "--orphan", "lone"]).exits(0);
    project.commit("alone");
    since(&project).exits(4).says("`a` is not recorded as at `main`: it is not recorded here");
}

/// Git would name one of two common commits: that in which the branch looks unchanged.
#[test]
fn what_is_as_in_one_of_several_common_commits_is_told() {
    let project = branch();
    let git = |arguments: &[&str]| drop(project.git(arguments).exits(0));
    let loose = "[cake]\nverify = \"off\"";
    git(&["checkout", "--quiet", "main"]);
    project.replace("offersync.toml", "[cake]", loose);
    project.commit("loose");
    git(&["checkout", "--quiet", "-b", "feature"]);
    project.write("note.txt", "an ordinary branch");
    project.commit("feature");
    git(&["checkout", "--quiet", "main"]);
    project.replace("offersync.toml", loose, "[cake]");
    project.commit("tight");
    git(&["tag", "tightened"]);
    git(&["merge", "--quiet", "--no-edit", "feature"]);
    git(&["checkout", "--quiet", "-B", "branch", "feature"]);
    git(&["merge", "--quiet", "--no-edit", "-s", "ours", "tightened"]);
    let bases = project.git(&["merge-base", "--all", "main", "HEAD"]).exits(0);
    assert_eq!(bases.stdout.lines().count(), 2);
    is_red(&project, &["`cake.verify` is `\"off\"`"]);
}

#[cfg(unix)]
#[test]
fn a_configuration_and_a_state_behind_links_are_compared() {
    let project = branch();
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    for file in ["offersync.toml", STATE] {
        std::fs::create_dir_all(project.path("data")).unwrap();
        std::fs::rename(project.path(file), project.path(&format!("data/{file}"))).unwrap();
        std::os::unix::fs::symlink(format!("data/{file}"), project.path(file)).unwrap();
    }
    project.commit("links");
    project.git(&["checkout", "--quiet", "-B", "branch"]).exits(0);
    since(&project).exits(0).never_says("review::");
    project.replace("data/offersync.toml", "[cake]", "[cake]\nverify = \"off\"");
    edit_state(&project, |state| state["offers"]["a"]["fields"]["payout"] = "99.00".into());
    is_red(&project, &["`cake.verify` is `\"off\"`", "payout \"99.00\" here, \"10.00\" there"]);
}

/// The state that the branch shows to a careless reader, and another one that the file system finds behind the link.
#[cfg(unix)]
#[track_caller]
fn is_red_behind_a_link(target: &str, real: &str, seen: &str) {
    let project = branch();
    let main = project.read(STATE);
    edit_state(&project, |state| state["offers"]["a"]["fields"]["payout"] = "99.00".into());
    std::fs::create_dir_all(project.path("deep/er")).unwrap();
    project.write("deep/er/note.txt", "a folder");
    std::os::unix::fs::symlink("deep/er", project.path("d")).unwrap();
    std::fs::rename(project.path(STATE), project.path(real)).unwrap();
    project.write(seen, &main);
    std::os::unix::fs::symlink(target, project.path(STATE)).unwrap();
    project.commit("link");
    is_red(&project, &["payout \"99.00\" here, \"10.00\" there"]);
}

#[cfg(unix)]
#[test]
fn a_state_behind_a_link_is_the_one_that_the_file_system_finds() {
    is_red_behind_a_link("seen.json\n", "seen.json\n", "seen.json");
    is_red_behind_a_link("d/../seen.json", "deep/seen.json", "seen.json");
    // A link to what the commit does not have.
    let project = branch();
    std::fs::rename(project.path(STATE), project.path("offersync.state.json.away")).unwrap();
    std::os::unix::fs::symlink("offersync.state.json.away", project.path(STATE)).unwrap();
    project.commit("link");
    since(&project).exits(4).says("cannot be read, so it was not compared");
}

#[test]
fn a_plan_that_was_refused_is_not_applied_from_its_file() {
    let project = branch();
    project.replace("offersync.toml", "duplicate_check = \"require\"", "duplicate_check = \"off\"");
    project.replace("offers/a.yaml", "10.00", "11.00");
    project.commit("settings and offers");
    project.run(&["plan", "--since", "main", "--out", "plan.json"]).exits(4);
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(4).says("review::setting");
    assert_eq!(project.cake.counters().updates, 0);
    project.run(&["plan", "--since", "main", "--accept-config", "--out", "plan.json"]).exits(0);
    project.run(&["apply", "plan.json", "--auto-approve"]).exits(0);
    assert_eq!(project.cake.counters().updates, 1);
}

#[test]
fn another_address_of_cake_is_told_although_the_state_is_not_of_that_cake() {
    let project = branch();
    let url = project.cake.url();
    project.replace("offersync.toml", &url, "https://other.cakemarketing.com");
    project.commit("address");
    for format in ["text", "markdown", "json", "github"] {
        let run = project.run(&["plan", "--since", "main", "--format", format]).exits(4);
        run.says("`cake.url` is ").says("other.cakemarketing.com");
    }
    // A person has seen it: what is left is that the state is another CAKE's.
    project.run(&["plan", "--since", "main", "--accept-config"]).exits(1).says("state::wrong-cake");
}

#[test]
fn limits_of_a_configuration_with_a_letter_of_another_encoding_hold() {
    let project = branch();
    project.git(&["checkout", "--quiet", "main"]).exits(0);
    let config = project.read("offersync.toml");
    let mut limited = b"# L\xe4ufe\n".to_vec();
    limited.extend(format!("{config}[guardrails]\npayout_rise = \"10 %\"\n").bytes());
    project.write_bytes("offersync.toml", &limited);
    project.commit("limits");
    project.git(&["checkout", "--quiet", "-b", "rise"]).exits(0);
    project.write("offersync.toml", &config);
    project.replace("offers/a.yaml", "10.00", "11.50");
    project.commit("a rise");
    since(&project).exits(4).says("guardrail::payout-rise").says("by more than 10 %");
}

/// Two offers whose names and URLs nobody has recorded: nothing but the key says which is which.
#[test]
fn an_offer_that_takes_the_name_of_another_in_yaml_alone_is_an_error() {
    let text = |name: &str, sync: &str| {
        let text = complete_offer(name).replace("{offer_id}", name);
        format!("{text}sync: {{ignore_changes: [offer_name, offer_url]{sync}}}\n")
    };
    let branch = |a: &str, b: &str| {
        let project = Project::with_files(&[("a.yaml", &text("A", "")), ("b.yaml", &text("B", ""))]);
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.apply().exits(0);
        project.commit("applied");
        project.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
        project.write("offers/a.yaml", a);
        project.write("offers/b.yaml", b);
        project.commit("edited");
        project
    };
    for (a, b) in [
        // The keys are exchanged, or what the files say, or one offer gets the name of another.
        (text("A", ", key: b"), text("B", ", key: a")),
        (text("B", ""), text("A", "")),
        (text("B", ""), text("B", "")),
    ] {
        let project = branch(&a, &b);
        for view in ["text", "markdown", "html", "json", "github"] {
            let run = project.run(&["plan", "--since", "main", "--full", "--format", view]).exits(4);
            let said = run.said().replace("&#95;", "_").replace("<code>", "`").replace("</code>", "`");
            let said = said.replace("\\u0060", "`");
            assert!(said.contains("`a` has the `offer_name` of `b` now, `B`, and `A` at `main`"), "{view}: {said}");
        }
        let run = project.run(&["plan", "--since", "main"]).exits(4);
        run.says(&format!("`a` stays offer {} in CAKE", project.id("a"))).says("of another offer not accepted");
        project.run(&["plan", "--since", "main", "--accept-config"]).exits(0).says("warning[review::identity]");
    }
    // A value that no other offer has; what is sent; and what is not ignored.
    let project = branch(&text("C", ""), &text("B", ""));
    project.run(&["plan", "--since", "main"]).exits(0).says("warning[review::identity]: `offer_name` of `a` is `C`");
    let replaced = text("C", ", on_create_only_change: replace").replace("session_hours: 24", "session_hours: 48");
    let project = branch(&replaced, &text("B", ""));
    project.run(&["plan", "--since", "main"]).never_says("review::identity").says("± replace a");
    let project = branch(&text("B", "").replace("offer_name, ", ""), &text("B", ""));
    project
        .run(&["plan", "--since", "main"])
        .never_says("error[review::identity]")
        .says("offer_name  not recorded → \"B\"");
    let project = branch(&text("A", "").replace("payout: 20.00", "payout: 21.00"), &text("B", ""));
    project.run(&["plan", "--since", "main"]).exits(0).never_says("review::identity");
}
