//! Exit codes of an apply that reaches its writes, and of what comes from outside: usage, signals, a closed stdout.

use std::time::Duration;

use offersync::testing::sandbox::SandboxOptions;
use offersync::testing::state::Store;

use super::{APPLY, agrees, applied, both, fresh};
use crate::harness::{Cake, KEY, Run, Workspace, signal};

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
    let (_, document) = both(with_faults("create[name=Offer beta]=reset-after\nlist:6-=http-500"), APPLY, 8);
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
        &["plan", "--max-chars", "x"],
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
