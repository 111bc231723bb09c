//! Disks that refuse: each write, sync and rename failing, a file-size limit, a file system that is full or read-only.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Instant;

use crate::harness::{APPLY, Baseline, DesiredOffer, DesiredOffers, Project, Run, finish, in_parallel};

const PLACES: &[&str] = &[
    "journal.before-write",
    "journal.within-write",
    "journal.before-sync",
    "journal.after-sync",
    "journal.before-truncate",
    "journal.after-truncate",
    "replace.before-write",
    "replace.within-write",
    "replace.before-sync",
    "replace.after-sync",
    "previous.before-rename",
    "previous.after-rename",
    "replace.before-rename",
    "replace.after-rename",
    "replace.after-folder-sync",
];

/// The report says truly what was done: each id that it gives as done is in CAKE, and nothing is there that it does not
/// account for.
fn report_is_true(project: &Project, run: &Run, what: &str) {
    let report = run.json();
    let Some(results) = report["results"].as_array() else {
        assert_eq!(project.cake.counters().creates, 0, "{what}: no report although something was sent: {report:#}");
        return;
    };
    let in_cake: BTreeSet<u64> = project.cake.offers().iter().map(|offer| offer.offer_id).collect();
    let mut accounted = 0;
    for result in results.iter().filter(|result| result["action"] == "create" || result["action"] == "replace") {
        match result["outcome"].as_str().unwrap() {
            "done" => {
                let id = result["offer_id"].as_u64().unwrap_or_else(|| panic!("{what}: done without an id: {result}"));
                assert!(in_cake.contains(&id), "{what}: {result}");
                accounted += 1;
            }
            "in_doubt" => accounted += 1,
            // A replace whose second half was not begun names its new offer.
            "skipped" if result["message"].as_str().unwrap().contains("the new offer is there") => accounted += 1,
            _ => {}
        }
    }
    let made = project.cake.counters().creates_done;
    assert!(accounted >= made, "{what}: {made} were made, {accounted} accounted for: {report:#}");
    assert!(!report["diagnostics"].as_array().unwrap().is_empty(), "{what}: not reported: {report:#}");
}

#[test]
fn every_write_sync_and_rename_may_fail_and_nothing_is_lost() {
    let began = Instant::now();
    let (start, desired) = Baseline::with_changes(24);
    let mut cases = Vec::new();
    for place in PLACES {
        for error in ["enospc", "eio"] {
            // The first replacement is the trial, the second one publishes.
            let arrivals: &[u32] = match *place {
                "journal.before-write" | "journal.within-write" => &[1, 4],
                _ if place.starts_with("replace.") => &[1, 2],
                _ => &[1],
            };
            cases.extend(arrivals.iter().map(|arrival| format!("{place}:{arrival}={error}")));
        }
    }
    let failed: usize = in_parallel(&cases, |armed| {
        let project = Project::from(
            &start,
            offersync::testing::sandbox::SandboxOptions::default(),
            &crate::harness::Settings::default(),
        );
        project.desire(&desired);
        let run = project.apply_armed(armed);
        let struck = run.code != Some(0);
        if struck {
            assert_eq!(run.code, Some(1), "{armed}: {}\n{}", run.stdout, run.stderr);
            report_is_true(&project, &run, armed);
            project.apply_until_done(armed);
        }
        project.check(&desired, armed);
        usize::from(struck)
    })
    .into_iter()
    .sum();
    println!("{failed} disk errors at {} places in {:.1} s", PLACES.len(), began.elapsed().as_secs_f32());
    assert!(failed * 10 >= cases.len() * 8, "only {failed} of {} struck", cases.len());
}

#[test]
fn what_cake_did_counts_as_done_where_the_journal_failed_but_the_state_was_saved() {
    let (start, desired) = Baseline::with_changes(24);
    let project = start.continued(&desired);
    // The first sync is that of intents, the next ones are those of outcomes.
    let run = project.apply_armed("journal.before-sync:3=eio");
    assert_eq!(run.code, Some(1), "{}", run.stdout);
    report_is_true(&project, &run, "a failed sync");
    let report = run.json();
    let in_doubt = report["results"].as_array().unwrap().iter().filter(|r| r["outcome"] == "in_doubt").count();
    assert_eq!(in_doubt, 0, "everything that CAKE answered is in the saved state: {report:#}");
    project.apply_until_done("after the disk works again");
    project.check(&desired, "after the disk works again");
}

#[cfg(unix)]
#[test]
fn a_file_size_limit_stops_new_writes_and_loses_nothing() {
    let (start, desired) = Baseline::with_changes(24);
    for (signal, blocks) in [("ignored", 4), ("ignored", 16), ("deadly", 6), ("deadly", 12)] {
        let what = format!("limit of {blocks} blocks, signal {signal}");
        let project = Project::from(
            &start,
            offersync::testing::sandbox::SandboxOptions::default(),
            &crate::harness::Settings::default(),
        );
        project.desire(&desired);
        let ignore = if signal == "ignored" { "trap '' XFSZ; " } else { "" };
        let script = format!("{ignore}ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let command = project.command(&[]);
        let program = command.get_program().to_owned();
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(script).arg(program).args(APPLY).current_dir(project.folder());
        limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        drop(command);
        let run = finish(&mut limited);
        assert_ne!(run.code, Some(0), "{what}: {}", run.stdout);
        if signal == "ignored" {
            assert_eq!(run.code, Some(1), "{what}: {}\n{}", run.stdout, run.stderr);
        }
        project.apply_until_done(&what);
        project.check(&desired, &what);
    }
}

/// A file system of its own, where this process may mount one.
struct Mounted<'a>(&'a std::path::Path);

impl<'a> Mounted<'a> {
    fn at(folder: &'a std::path::Path, options: &str) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).output();
        mount.ok().filter(|output| output.status.success()).map(|_| Self(folder))
    }

    fn again(&self, options: &str) {
        let status = Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(self.0).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.0).status());
    }
}

/// As in `docker run -v FILE:FILE`, which mounts the state by itself.
#[test]
fn a_state_that_is_mounted_by_itself_is_found_out_before_the_first_request() {
    let (start, desired) = Baseline::with_changes(24);
    let project = start.continued(&desired);
    let state = project.path("offersync.state.json");
    std::fs::copy(&state, project.path("mounted.json")).unwrap();
    let mount = Command::new("mount").arg("--bind").arg(project.path("mounted.json")).arg(&state).output();
    if !mount.is_ok_and(|output| output.status.success()) {
        println!("not shown: this process may not mount a file");
        return;
    }
    let mounted = Mounted(&state);
    let counters = project.cake.counters();
    for selected in [&[][..], &["new-1"], &["changes"]] {
        let run = project.run(&[&["apply", "--auto-approve"], selected].concat()).exits(1);
        run.says("error[state::not-replaceable]").says("mount the folder, not the file");
    }
    assert_eq!(project.cake.counters().creates, counters.creates, "something was sent");
    drop(mounted);
    project.apply_until_done("its folder is mounted");
    project.check(&desired, "its folder is mounted");
}

/// A project whose state lives in a folder of its own.
fn apart() -> (Project, DesiredOffers) {
    let project = Project::new();
    std::fs::create_dir(project.path("apart")).unwrap();
    let config = project.read("offersync.toml");
    project.write("offersync.toml", &format!("state = \"apart/offersync.state.json\"\n{config}"));
    let desired: DesiredOffers =
        (0..80).map(|n| (format!("offer-{n}"), DesiredOffer::new(&format!("Offer {n}")))).collect();
    project.desire(&desired);
    (project, desired)
}

#[test]
fn a_file_system_that_runs_full_stops_new_writes_and_loses_nothing() {
    let (project, desired) = apart();
    let folder = project.path("apart");
    let Some(mounted) = Mounted::at(&folder, "size=24k") else {
        println!("not shown: this process may not mount a file system");
        return;
    };
    let run = project.apply();
    assert_eq!(run.code, Some(1), "{}\n{}", run.stdout, run.stderr);
    report_is_true(&project, &run, "a full file system");
    let sent = project.cake.counters().creates;
    assert!((1..80).contains(&sent), "{sent} creates were sent");
    mounted.again("size=8m");
    project.apply_until_done("with room again");
    project.check(&desired, "with room again");
}

#[test]
fn a_read_only_folder_is_found_out_before_the_first_request() {
    let (project, desired) = apart();
    let folder = project.path("apart");
    let Some(mounted) = Mounted::at(&folder, "size=1m") else {
        println!("not shown: this process may not mount a file system");
        return;
    };
    mounted.again("ro");
    let run = project.apply();
    assert_eq!(run.code, Some(1), "{}\n{}", run.stdout, run.stderr);
    assert_eq!(project.cake.counters().creates, 0);
    mounted.again("rw");
    project.apply_until_done("writable again");
    project.check(&desired, "writable again");
}
