//! The lints through the binary: levels, offers that are exempt, every format, and what a branch may not loosen unseen.

use std::fmt::Write as _;

use offersync::testing::policy::{LintLevel, levels};

use crate::harness::{Project, Workspace, complete_offer};

const CONFIG: &str = "[cake]\nurl = \"https://yourdomain.cakemarketing.com\"\n[names.advertisers]\nacme-home = 101\n\
                      [names.currencies]\nUSD = 1\n";

/// A repository with one offer with these lines besides, and these lints.
fn workspace(url: &str, lines: &str, levels: &str) -> Workspace {
    let workspace = Workspace::empty();
    workspace.write("offersync.toml", &format!("{CONFIG}[lints]\n{levels}"));
    workspace.write("offers/a.yaml", &offer(url, lines));
    workspace
}

fn offer(url: &str, lines: &str) -> String {
    let before = "https://track.example.com/{offer_id}";
    complete_offer("A").replace(before, &format!("\"{url}\"")) + lines
}

const HTTP: &str = "http://shop.example/?r=#reqid#";

#[test]
fn the_level_of_a_lint_decides_in_every_command_and_format() {
    for (level, exit, word) in [("allow", 0, None), ("warn", 0, Some("warning")), ("deny", 3, Some("error"))] {
        let workspace = workspace(HTTP, "", &format!("\"url::http\" = \"{level}\"\n"));
        for command in ["validate", "plan", "apply --sandbox --auto-approve"] {
            let words: Vec<&str> = command.split(' ').collect();
            let run = workspace.run(&words).exits(exit);
            match word {
                Some(word) => run.says(&format!("{word}[url::http]")).says("offers/a.yaml:4:12"),
                None => run.never_says("url::http"),
            };
        }
        let json = workspace.run(&["validate", "--format", "json"]).exits(exit).json();
        let codes: Vec<_> = json["diagnostics"].as_array().unwrap().iter().map(|one| &one["severity"]).collect();
        assert_eq!(codes, word.into_iter().collect::<Vec<_>>(), "{json}");
        for format in ["github", "markdown", "json"] {
            let run = workspace.run(&["plan", "--format", format]).exits(exit);
            match word {
                Some(_) => run.says("is not encrypted"),
                None => run.never_says("is not encrypted"),
            };
        }
    }
}

#[test]
fn an_error_of_a_lint_comes_with_all_other_problems_and_before_any_request() {
    let project = Project::with_files(&[("a.yaml", &complete_offer("A"))]);
    project.write("offers/a.yaml", &offer("https://shop.example/REPLACE_ME?r=#reqid#", ""));
    project.run(&["apply", "--auto-approve"]).exits(3).says("error[url::placeholder]");
    project.write("offers/b.yaml", "offer_nam: B\n");
    for command in ["validate", "plan"] {
        project.run(&[command]).exits(3).says("url::placeholder").says("offer::unknown-field");
    }
    assert_eq!(project.cake.counters().creates, 0);
}

#[test]
fn what_cake_has_already_does_not_stop_an_apply() {
    let project = Project::with_files(&[("a.yaml", &complete_offer("A"))]);
    let allowed = offer(
        "https://shop.example/REPLACE_ME?r=#reqid#",
        "sync:\n  allow: [{lint: url::placeholder, reason: test}]\n",
    );
    project.write("offers/a.yaml", &allowed);
    project.apply().exits(0).never_says("url::placeholder");
    let without = offer("https://shop.example/REPLACE_ME?r=#reqid#", "").replace("payout: 20.00", "payout: 21.00");
    project.write("offers/a.yaml", &without);
    project.run(&["plan"]).exits(0).says("warning[url::placeholder]");
    project.apply().exits(0);
    assert_eq!(project.cake.counters().updates, 1);
}

#[test]
fn bad_levels_and_bad_exemptions_are_errors_with_their_place() {
    for (level, message, help) in [
        ("\"url::htp\" = \"deny\"", "there is no lint `url::htp`", "did you mean `\"url::http\"`?"),
        ("\"offer::rename\" = \"deny\"", "there is no lint `offer::rename`", ""),
        ("\"url::http\" = \"error\"", "is one of `allow`, `warn`, `deny`, not `error`", "\"warn\""),
        ("\"url::http\" = 1", "not a whole number", "\"warn\""),
    ] {
        let run = workspace(HTTP, "", level).run(&["validate"]).exits(3);
        run.says("offersync.toml:8:").says(message).says(help);
    }
    for (allow, message, help) in [
        ("[{lint: url::htp, reason: x}]", "there is no lint `url::htp`", "did you mean `url::http`?"),
        ("[{lint: offer::rename, reason: x}]", "`offer::rename` is not a lint", ""),
        ("[{lint: url::http}]", "needs a reason", "add `reason:`"),
        ("[{lint: url::http, reason: \" \"}]", "is empty or no text", "say in words"),
        ("[{lint: url::http, reason: 7}]", "is empty or no text", "say in words"),
        ("[{reason: x}]", "needs the name of a lint", "write `allow:"),
        ("[{lint: url::http, reasn: x}]", "has no setting `reasn`", "did you mean `reason`?"),
        ("[url::http]", "takes lints with their reasons, not a plain value", "write `allow:"),
        ("url::http", "takes a list of lints with their reasons, not a plain value", "write `allow:"),
        ("[{lint: url::http, reason: x}, {lint: url::http, reason: y}]", "has `url::http` twice", "remove one"),
    ] {
        let run = workspace(HTTP, &format!("sync:\n  allow: {allow}\n"), "").run(&["validate"]).exits(3);
        run.says("error[offer::sync-setting]").says("offers/a.yaml:16:").says(message).says(help);
    }
}

#[test]
fn an_exemption_is_inherited_and_one_that_is_not_needed_is_told() {
    let exempt = "sync:\n  allow:\n    - lint: url::http\n      reason: the partner has no TLS\n";
    workspace(HTTP, exempt, "").run(&["validate"]).exits(0).never_says("url::http");
    workspace("https://shop.example/?r=#reqid#", exempt, "")
        .run(&["validate"])
        .exits(0)
        .says("warning[lint::unneeded-allow]")
        .says("offers/a.yaml:17:13");
    let inherited = workspace(HTTP, "", "");
    inherited.write("offers/_defaults.yaml", exempt);
    inherited.run(&["plan"]).exits(0).never_says("url::http");
    inherited.write("offers/a.yaml", &offer("https://shop.example/?r=#reqid#", ""));
    inherited.run(&["plan"]).exits(0).never_says("lint::");
}

#[test]
fn a_branch_cannot_loosen_a_lint_unseen() {
    let workspace = workspace("https://shop.example/?r=#reqid#", "", "\"url::http\" = \"deny\"\n");
    workspace.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
    workspace.commit("main");
    workspace.write("offers/a.yaml", &offer(HTTP, ""));
    workspace.run(&["plan", "--since", "HEAD"]).exits(3).says("error[url::http]");
    workspace.write("offersync.toml", &format!("{CONFIG}[lints]\n\"url::http\" = \"allow\"\n"));
    let run = workspace.run(&["plan", "--since", "HEAD"]).exits(4);
    run.says("error[review::setting]").says("`lints.url::http` is `\"allow\"`, and `\"deny\"` at `HEAD`");
    workspace.run(&["plan", "--since", "HEAD", "--accept-config"]).exits(0);
}

#[test]
fn the_readme_lists_every_lint_with_its_level() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let mut table = String::from("| lint | level | finds |\n|---|---|---|\n");
    for (code, level) in levels() {
        writeln!(table, "| `{}` | {} | {} |", code.name, LintLevel::word(level), code.title).unwrap();
    }
    assert!(readme.contains(&format!("{table}\n")), "the README should have:\n{table}");
}

/// The sample repository, and the offer that `init` writes.
#[test]
fn the_samples_have_no_finding() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = Workspace::empty();
    for file in ["offersync.toml", "examples/init/sample-offer.yaml"] {
        let target = if file.ends_with("toml") { file } else { "offers/sample.yaml" };
        workspace.write(target, &std::fs::read_to_string(root.join(file)).unwrap());
    }
    let mut folders = vec![root.join("offers")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let shown = path.strip_prefix(root).unwrap().display().to_string();
                workspace.write(&shown, &std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    for command in ["validate", "plan"] {
        let json = workspace.run(&[command, "--format", "json"]).exits(0).json();
        assert_eq!(json["diagnostics"].as_array().map(Vec::len), Some(0), "{command}: {json}");
    }
}

/// A branch that exempts its own offers, or those of a folder, from what `main` forbids.
#[test]
fn an_exemption_that_a_branch_brings_is_told_in_every_view() {
    let levels = "\"url::http\" = \"deny\"\n\"url::no-click-id\" = \"warn\"\n";
    let allow = "sync: {allow: [{lint: \"url::http\", reason: Partner}]}\n";
    let branch = || {
        let workspace = workspace("https://shop.example/?r=#reqid#", "", levels);
        workspace
            .write("offers/folder/b.yaml", &offer(HTTP, "").replace("http:", "https:").replace("name: A", "name: B"));
        workspace.committed()
    };
    let is_told = |workspace: &Workspace, code: i32, texts: &[&str]| {
        for view in ["text", "markdown", "json", "html", "github"] {
            let run = workspace.run(&["plan", "--since", "main", "--full", "--format", view]).exits(code);
            // Each view writes some characters in its own way.
            let plain = |text: &str| {
                text.replace("&#58;", ":").replace("&#95;", "_").replace("<code>", "`").replace("</code>", "`")
            };
            let said = plain(&run.said()).replace("\\u0060", "`");
            for text in texts {
                assert!(said.contains(text), "`{text}` is not in {view}:\n{said}");
            }
        }
    };
    let project = branch();
    project.write("offers/a.yaml", &offer(HTTP, ""));
    project.run(&["plan", "--since", "main"]).exits(3).says("error[url::http]");
    project.write("offers/a.yaml", &offer(HTTP, allow));
    is_told(&project, 0, &["url::http", "Partner", "which stops a plan"]);
    project.run(&["plan", "--since", "main"]).says("warning[review::exemption]").says("offers/a.yaml:");
    project.commit("known");
    project.run(&["plan", "--since", "HEAD"]).exits(0).never_says("review::exemption");

    let project = branch();
    let waive = "waive: [{guardrail: payout-rise, until: 2099-12-31, reason: Season}]";
    let settings = allow.replace("]}", &format!("], {waive}, on_create_only_change: replace}}"));
    project.write("offers/_defaults.yaml", &settings);
    is_told(
        &project,
        0,
        &["url::http", "Partner", "payout-rise", "until 2099-12-31", "Season", "`replace` from now on"],
    );
    project.run(&["plan", "--since", "main"]).says("`a`, `b`").says("offers/_defaults.yaml:");
    // What only warns may be allowed without a word.
    let project = branch();
    project.write("offers/_defaults.yaml", "sync: {allow: [{lint: \"url::no-click-id\", reason: Partner}]}\n");
    project.run(&["plan", "--since", "main"]).exits(0).never_says("review::exemption");
}

#[test]
fn many_exemptions_do_not_hide_that_all_offers_may_be_replaced() {
    let url = "https://shop.example/?r=#reqid#";
    let workspace = workspace(url, "", "\"url::http\" = \"deny\"\n").committed();
    workspace.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
    for number in 0..25 {
        let allow = format!("sync: {{allow: [{{lint: \"url::http\", reason: Reason {number}}}]}}\n");
        let text = offer(&format!("https://shop.example/{number}?r=#reqid#"), &allow);
        let text = text.replace("name: A", &format!("name: O {number}"));
        workspace.write(&format!("offers/o{number}.yaml"), &text);
    }
    let settings =
        "sync: {on_create_only_change: replace, waive: [{guardrail: payout-rise, until: 2099-12-31, reason: W}]}\n";
    workspace.write("offers/_defaults.yaml", settings);
    workspace.commit("exempt");
    let said = workspace.run(&["plan", "--since", "main"]).exits(0).said();
    let [replace, waive, allow] =
        ["is `replace` from now on: `a`", "waives `payout-rise`", "Reason 1\""].map(|part| said.find(part).unwrap());
    assert!(replace < waive && waive < allow, "{said}");
    assert!(said.contains("… and 7 more of review::exemption"), "{said}");
}

#[test]
fn an_exemption_that_comes_with_a_rename_or_a_restore_is_told() {
    let applied = || {
        let project = Project::with_files(&[("a.yaml", &complete_offer("A"))]);
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.apply().exits(0);
        project
    };
    let branch = |project: &Project, file: &str, sync: &str| {
        project.git(&["checkout", "--quiet", "-b", "branch"]).exits(0);
        project.write(&format!("offers/{file}.yaml"), &format!("{}sync: {{{sync}}}\n", complete_offer("A")));
        project.commit("exempt");
    };
    let replace = "`sync.on_create_only_change` is `replace` from now on: ";
    let project = applied();
    project.commit("applied");
    project.remove("offers/a.yaml");
    branch(&project, "b", "renamed_from: a, on_create_only_change: replace");
    for view in ["text", "markdown", "html", "github", "json"] {
        let said = project.run(&["plan", "--since", "main", "--format", view]).exits(0).said();
        assert!(said.contains("from now on"), "{said}");
    }
    project.run(&["plan", "--since", "main"]).says("to rename").says(&format!("{replace}`b`"));

    let project = applied();
    project.remove("offers/a.yaml");
    project.write("offers/b.yaml", &complete_offer("B").replace("{offer_id}", "b"));
    project.apply().exits(0);
    project.commit("retired");
    branch(&project, "a", "on_create_only_change: replace");
    project.run(&["plan", "--since", "main"]).exits(0).says("to restore").says(&format!("{replace}`a`"));

    // A protection that main has and no apply has recorded.
    for (file, sync, gone) in [("a", "", false), ("b", "renamed_from: a", true), ("c", "", true)] {
        let project = applied();
        project.write("offers/a.yaml", &(complete_offer("A") + "sync: {protect: true}\n"));
        project.commit("protected");
        if gone {
            project.remove("offers/a.yaml");
        }
        branch(&project, file, sync);
        let run = project.run(&["plan", "--since", "main"]);
        run.says("warning[review::exemption]: `sync.protect` is taken out before an apply has recorded it: `a`");
        let project = applied();
        project.write("offers/a.yaml", &(complete_offer("A") + "sync: {protect: true}\n"));
        project.commit("protected");
        project.remove("offers/a.yaml");
        branch(&project, "b", "renamed_from: a, protect: true");
        project.run(&["plan", "--since", "main"]).exits(0).never_says("sync.protect");
    }
}
