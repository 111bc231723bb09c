//! One table of all paths: what a command exits with, and that what it prints says the same. With `--format json` stdout is always
//! one whole document that fits its schema, however the run ends.

use std::time::Duration;

use offersync::testing::sandbox::SandboxOptions;
use offersync::testing::state::Store;
use serde_json::Value as Json;

use crate::harness::{Cake, KEY, Run, Settings, Workspace, finish, signal};

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
fn one_is_what_the_world_did() {
    for world in [damaged, foreign] {
        for arguments in [&["plan"][..], APPLY] {
            let (_, document) = both(world, arguments, 1);
            assert_eq!(document["diagnostics"][0]["code"], "state::refused");
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
    cake.stop();
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
            // Whatever was created is known to the next apply: nothing is doubled.
            workspace.run(APPLY).exits(0);
            for key in ["alpha", "beta", "gamma"] {
                assert_eq!(cake.ids(&format!("Offer {key}")).len(), 1, "{point}: {key}");
            }
        }
    }
}

#[test]
fn two_is_changes_and_only_when_asked_for() {
    let (_, document) = both(fresh, &["plan", "--detailed-exitcode"], 2);
    assert_eq!(document["summary"]["create"], 3);
    both(fresh, &["plan"], 0);
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
    // An offer of that name, made by somebody else.
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

#[test]
fn five_is_a_stale_plan() {
    let stale = |cake: &Cake| {
        let workspace = applied(cake);
        workspace.replace("offers/alpha.yaml", "10.50", "1");
        workspace.run(&["plan", "--out", "plan.json"]).exits(0);
        workspace.replace("offers/alpha.yaml", "payout: 1", "payout: 2");
        workspace
    };
    both(stale, &["apply", "plan.json", "--auto-approve"], 5);
}

#[test]
fn six_is_locked() {
    let cake = Cake::start();
    let workspace = applied(&cake);
    let store = Store::new(&workspace.path("offersync.state.json"));
    let lock = store.lock(Duration::ZERO, &|_| None).unwrap();
    workspace.run(APPLY).exits(6).says("locked by");
    let document = workspace.run(&["apply", "--auto-approve", "--format", "json"]).exits(6).json();
    agrees(&document, 6);
    assert_eq!(document["diagnostics"][0]["code"], "state::locked");
    workspace.run(&["state", "rm", "alpha"]).exits(6);
    // Readers take no lock.
    workspace.run(&["plan"]).exits(0);
    workspace.run(&["state", "list"]).exits(0);
    drop(lock);
    workspace.run(APPLY).exits(0);
}

fn with_faults(rules: &'static str) -> impl Fn(&Cake) -> Workspace {
    move |cake| {
        cake.faults(rules);
        fresh(cake)
    }
}

#[test]
fn seven_is_applied_in_part() {
    let (text, document) = both(with_faults("create[name=Offer beta]=error:Invalid Advertiser ID"), APPLY, 7);
    text.says("Invalid Advertiser ID");
    let outcomes: Vec<_> =
        document["results"].as_array().unwrap().iter().map(|r| r["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["done", "rejected", "done"]);
}

#[test]
fn eight_is_in_doubt() {
    let (_, document) = both(with_faults("create[name=Offer beta]=reset-after\nlist:2-=http-500"), APPLY, 8);
    let outcomes: Vec<_> =
        document["results"].as_array().unwrap().iter().map(|r| r["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["done", "in_doubt", "done"]);
}

#[test]
fn nine_is_a_refused_key() {
    for format in ["text", "json"] {
        let cake = Cake::with(SandboxOptions { api_key: Some("another key".to_owned()), ..SandboxOptions::default() });
        let run = fresh(&cake).run(&["apply", "--auto-approve", "--format", format]).exits(9);
        assert!(!run.said().contains(KEY));
        if format == "json" {
            agrees(&run.json(), 9);
        }
    }
    // Refused in the middle: the listing was allowed, the creates are not.
    let (_, document) = both(with_faults("create=error:Invalid API Key"), APPLY, 9);
    assert_eq!(document["format"], "offersync-report");
}

#[test]
fn sixty_four_is_wrong_usage() {
    let cake = Cake::start();
    let workspace = fresh(&cake);
    for arguments in [
        &["plan", "--no-such-flag"][..],
        &["plan", "--output", "nonsense"],
        &["plan", "--output", "pdf=x"],
        &["validate", "extra"],
        &["apply"],
        &["plan", "a[", "--exclude", "["],
        &["plan", "--since", "-x"],
    ] {
        let run = workspace.run(arguments).exits(64);
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(!run.stderr.is_empty());
        let json: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
        let document = workspace.run(&json).exits(64).json();
        agrees(&document, 64);
        let spelled: Vec<&str> = arguments.iter().copied().chain(["--format=json"]).collect();
        agrees(&workspace.run(&spelled).exits(64).json(), 64);
    }
    for arguments in
        [&["no-such-command"][..], &[], &["state", "resolve", "alpha"], &["explain", "no::code"], &["schema", "x"]]
    {
        workspace.run(arguments).exits(64);
    }
    for arguments in [&["--help"][..], &["plan", "--help"], &["--version"]] {
        let run = workspace.run(arguments).exits(0);
        assert!(!run.stdout.is_empty() && run.stderr.is_empty());
    }
}

#[test]
fn a_hundred_and_thirty_is_interrupted() {
    for format in ["text", "json"] {
        let cake = Cake::start();
        cake.faults("create=hang");
        let workspace = fresh(&cake);
        let arguments = ["apply", "--auto-approve", "--format", format];
        let mut command = workspace.command(&arguments);
        let child = command.spawn().unwrap();
        cake.wait_until(|counters| counters.creates > 0);
        signal(child.id(), "INT");
        // The first signal waits for what is under way, the second one does not.
        let mut child = child;
        let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("Stopping") {
            assert_ne!(std::io::BufRead::read_line(&mut stderr, &mut said).unwrap(), 0, "it ended: {said}");
        }
        signal(child.id(), "TERM");
        let output = child.wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(130), "{stdout}");
        if format == "json" {
            agrees(&Run { code: Some(130), stdout, stderr: said }.json(), 130);
        }
        // Nothing is lost: the creates that CAKE did not do are done now, once.
        cake.faults("");
        workspace.run(APPLY).exits(0);
        for key in ["alpha", "beta", "gamma"] {
            assert_eq!(cake.ids(&format!("Offer {key}")).len(), 1, "{key}");
        }
    }
}

#[test]
fn a_stdout_that_takes_nothing_is_an_error_and_a_reader_that_left_is_none() {
    let cake = Cake::start();
    let workspace = fresh(&cake);
    for format in ["text", "json", "markdown", "github"] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = workspace.command(&["plan", "--format", format]).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"), "{format}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = workspace.command(&["plan"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
}
