//! One table of all paths: what a command exits with, and that what it prints says the same. With `--format json` stdout is always
//! one whole document that fits its schema, however the run ends.

use serde_json::Value as Json;

use crate::harness::{Cake, KEY, Run, Settings, Workspace, finish};

/// Runs a command in text and in JSON in two equal worlds, and holds both to one exit code.
#[track_caller]
fn both(prepare: impl Fn(&Cake) -> Workspace, arguments: &[&str], code: i32) -> (Run, Json) {
    let cake = Cake::start();
    let text = prepare(&cake).run(arguments).exits(code);
    let cake = Cake::start();
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    let run = prepare(&cake).run(&arguments).exits(code);
    let document = run.json();
    agrees(&document, code);
    for run in [&text, &run] {
        assert!(!run.said().contains(KEY), "the key was printed:\n{}", run.said());
    }
    (text, document)
}

/// Whether a document says what the exit code says.
#[track_caller]
fn agrees(document: &Json, code: i32) {
    let errors = |document: &Json| {
        document["diagnostics"].as_array().unwrap().iter().filter(|problem| problem["severity"] == "error").count()
    };
    match document["format"].as_str().unwrap() {
        "offersync-diagnostics" => assert_eq!(errors(document) > 0, code != 0, "exit {code} with {document:#}"),
        "offersync-plan" => {
            let blocked = document["summary"]["blocked"].as_u64().unwrap();
            let actions = document["actions"].as_array().unwrap().len();
            assert!(matches!(code, 0 | 2 | 4), "exit {code} with {document:#}");
            assert_eq!(blocked > 0, code == 4, "exit {code} with {document:#}");
            assert!(code != 2 || actions > 0, "exit {code} with {document:#}");
            assert_eq!(errors(document) > 0, blocked > 0, "exit {code} with {document:#}");
        }
        "offersync-report" => {
            let outcome = document["outcome"].as_str().unwrap();
            let expected: &[&str] = match code {
                0 => &["complete", "nothing_to_do"],
                1 | 7 | 9 => &["partial"],
                4 => &["refused"],
                8 => &["in_doubt"],
                130 => &["interrupted"],
                _ => &[],
            };
            assert!(expected.contains(&outcome), "exit {code} with {document:#}");
        }
        other => panic!("{other}"),
    }
}

fn fresh(cake: &Cake) -> Workspace {
    Workspace::with_offers(&cake.url())
}

fn applied(cake: &Cake) -> Workspace {
    let workspace = fresh(cake);
    workspace.run(&["apply", "--auto-approve"]).exits(0);
    workspace
}

fn invalid(cake: &Cake) -> Workspace {
    let workspace = fresh(cake);
    workspace.write("offers/bad.yaml", "offer_name: Bad\npayout: -1\n");
    workspace
}

fn blocked(cake: &Cake) -> Workspace {
    let workspace = applied(cake);
    workspace.replace("offers/alpha.yaml", "track.example.com", "other.example.com");
    workspace
}

fn damaged(cake: &Cake) -> Workspace {
    let workspace = applied(cake);
    let state = workspace.read("offersync.state.json");
    workspace.write("offersync.state.json", &state[..state.len() / 2]);
    workspace
}

fn foreign(cake: &Cake) -> Workspace {
    let workspace = applied(cake);
    workspace.write("offersync.toml", &Settings::default().toml("https://other.cakemarketing.com"));
    workspace
}

mod writes;

const APPLY: &[&str] = &["apply", "--auto-approve"];

#[test]
fn zero_is_done() {
    both(fresh, &["validate"], 0);
    both(fresh, &["plan"], 0);
    both(applied, &["plan", "--detailed-exitcode"], 0);
    let (_, document) = both(fresh, APPLY, 0);
    assert_eq!(document["outcome"], "complete");
    let (_, document) = both(applied, APPLY, 0);
    assert_eq!(document["outcome"], "nothing_to_do");
}

#[test]
fn one_is_a_damaged_state_or_a_failed_command() {
    for (prepare, code) in [(damaged as fn(&Cake) -> _, "state::refused"), (foreign, "state::wrong-cake")] {
        for arguments in [&["plan"][..], APPLY] {
            let (_, document) = both(prepare, arguments, 1);
            assert_eq!(document["diagnostics"][0]["code"], code);
        }
    }
    both(damaged, &["validate"], 1);
    both(fresh, &["plan", "--out", "no/such/folder/plan.json"], 1);
    both(fresh, &["plan", "--since", "main"], 1);
    for arguments in [&["state", "show", "nobody"][..], &["state", "rm", "nobody"], &["state", "mv", "nobody", "x"]] {
        let cake = Cake::start();
        applied(&cake).run(arguments).exits(1).says("`nobody` is not recorded");
    }
    both(damaged, &["state", "list"], 1);
}

#[test]
fn one_is_a_key_that_is_missing_and_a_cake_that_is_gone() {
    let cake = Cake::start();
    let workspace = fresh(&cake);
    for format in ["text", "json"] {
        let mut command = workspace.command(&["apply", "--auto-approve", "--format", format]);
        let run = finish(command.env_remove("CAKE_API_KEY")).exits(1);
        if format == "json" {
            agrees(&run.json(), 1);
            assert_eq!(run.json()["diagnostics"][0]["code"], "cake::key-missing");
        } else {
            run.says("CAKE_API_KEY");
        }
    }
    // A port that the system gives to no other test's CAKE.
    let workspace = Workspace::with_offers("http://127.0.0.1:1");
    for (format, expected) in [("text", ""), ("json", "cake::")] {
        let run = workspace.run(&["apply", "--auto-approve", "--format", format]).exits(1);
        if format == "json" {
            let document = run.json();
            agrees(&document, 1);
            assert!(document["diagnostics"][0]["code"].as_str().unwrap().starts_with(expected));
        }
    }
}

#[test]
fn one_is_a_disk_that_takes_nothing() {
    // The journal's second batch: something has been sent and is recorded by then.
    for point in ["journal.before-write:2=enospc", "replace.before-write:1=enospc"] {
        for format in ["text", "json"] {
            let cake = Cake::start();
            let workspace = fresh(&cake);
            let mut command = workspace.command(&["apply", "--auto-approve", "--format", format]);
            let run = finish(command.env("OFFERSYNC_FAULT_POINT", point)).exits(1);
            if format == "json" {
                agrees(&run.json(), 1);
            }
            // The next apply knows what was created, so there are no duplicates.
            workspace.run(APPLY).exits(0);
            for key in ["alpha", "beta", "gamma"] {
                assert_eq!(cake.ids(&format!("Offer {key}")).len(), 1, "{point}: {key}");
            }
        }
    }
}

#[test]
fn a_failed_export_as_json_is_json() {
    let cake = Cake::start();
    for (workspace, source, code) in [(damaged(&cake), "recorded", 1), (invalid(&Cake::start()), "desired", 3)] {
        let run = workspace.run(&["export", "--format", "json", "--of", source]).exits(code);
        agrees(&run.json(), code);
    }
}

#[test]
fn two_is_changes_and_only_when_asked_for() {
    let (_, document) = both(fresh, &["plan", "--detailed-exitcode"], 2);
    assert_eq!(document["summary"]["create"], 3);
    both(fresh, &["plan"], 0);
}

/// A wrong amount is worth more than a missing key, and the network is not needed to find it.
#[test]
fn invalid_offers_are_reported_before_cake_is_reached() {
    let cake = Cake::start();
    let workspace = invalid(&cake);
    for arguments in [&["drift"][..], &["plan", "--refresh"], &["import"], &["drift", "--accept"]] {
        let run = finish(workspace.command(arguments).env_remove("CAKE_API_KEY"));
        run.exits(3).says("offers/bad.yaml");
    }
}

#[test]
fn three_is_invalid_input() {
    for arguments in [&["validate"][..], &["plan"], APPLY] {
        let (text, document) = both(invalid, arguments, 3);
        assert!(document["diagnostics"].as_array().unwrap().len() >= 2, "every problem at once: {document:#}");
        assert!(text.said().contains("offers/bad.yaml"));
        both(
            |cake| {
                let workspace = fresh(cake);
                workspace.write("offersync.toml", "offres = 1\n");
                workspace
            },
            arguments,
            3,
        );
        both(|_| Workspace::empty(), arguments, 3);
    }
    both(fresh, &["plan", "no-such-*"], 3);
    both(
        |cake| {
            let workspace = fresh(cake);
            workspace.write("plan.json", "{}");
            workspace
        },
        &["apply", "plan.json", "--auto-approve"],
        3,
    );
}

#[test]
fn four_is_refused() {
    both(blocked, &["plan"], 4);
    both(blocked, &["plan", "--detailed-exitcode"], 4);
    let (_, document) = both(blocked, APPLY, 4);
    assert!(document["results"].as_array().unwrap().iter().all(|result| result["outcome"] == "skipped"));
    // An offer of that name that no key owns.
    let taken = |cake: &Cake| {
        let workspace = applied(cake);
        workspace.remove("offersync.state.json");
        for file in std::fs::read_dir(workspace.folder()).unwrap().flatten() {
            if file.file_name().to_string_lossy().starts_with("offersync.state.json") {
                std::fs::remove_file(file.path()).unwrap();
            }
        }
        workspace
    };
    let (_, document) = both(taken, APPLY, 4);
    assert_eq!(document["diagnostics"][0]["code"], "cake::exists");
}
