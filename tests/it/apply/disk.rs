//! Disks that refuse: each write, sync and rename failing, a file-size limit, a file system that is full or read-only.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Instant;

use crate::harness::bench::{APPLY, Bench, Draft, Drafts, Ran, Start, finish, in_parallel, write};

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

/// One recorded offer, and a plan that creates some, replaces it, and takes nothing away.
fn start() -> (Start, Drafts) {
    let bench = Bench::new();
    let mut drafts: Drafts = ["stays", "changes", "moves"].map(|key| (key.to_owned(), Draft::new(key))).into();
    bench.desire(&drafts);
    bench.apply_until_done("the first apply");
    let start = bench.keep(&drafts);
    drafts.get_mut("changes").unwrap().payout = Some("11.00".to_owned());
    drafts.get_mut("moves").unwrap().url = "https://track.example.com/new".into();
    for number in 0..24 {
        drafts.insert(format!("new-{number}"), Draft::new(&format!("New {number}")));
    }
    (start, drafts)
}

/// The report says truly what was done: each id that it gives as done is in CAKE, and nothing is there that it does not
/// account for.
fn report_is_true(bench: &Bench, ran: &Ran, what: &str) {
    let report = ran.json();
    let results = report["results"].as_array().unwrap();
    let in_cake: BTreeSet<u64> = bench.cake().offers().iter().map(|offer| offer.offer_id).collect();
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
    let made = bench.cake().counters().creates_done;
    assert!(accounted >= made, "{what}: {made} were made, {accounted} accounted for: {report:#}");
    assert!(!report["notes"].as_array().unwrap().is_empty(), "{what}: nobody is told: {report:#}");
}

#[test]
fn every_write_sync_and_rename_may_fail_and_nothing_is_lost() {
    let began = Instant::now();
    let (start, drafts) = start();
    let mut cases = Vec::new();
    for place in PLACES {
        for error in ["enospc", "eio"] {
            let arrivals: &[u32] =
                if place.starts_with("journal.before-w") || place.ends_with("within-write") { &[1, 4] } else { &[1] };
            cases.extend(arrivals.iter().map(|arrival| format!("{place}:{arrival}={error}")));
        }
    }
    let failed: usize = in_parallel(&cases, |armed| {
        let bench = Bench::from(
            &start,
            offersync::sandbox::SandboxOptions::default(),
            &crate::harness::bench::Settings::default(),
        );
        bench.desire(&drafts);
        let ran = bench.apply_armed(armed);
        let struck = ran.code != Some(0);
        if struck {
            assert_eq!(ran.code, Some(1), "{armed}: {}\n{}", ran.stdout, ran.stderr);
            report_is_true(&bench, &ran, armed);
            bench.apply_until_done(armed);
        }
        bench.check(&drafts, armed);
        usize::from(struck)
    })
    .into_iter()
    .sum();
    println!("{failed} disk errors at {} places in {:.1} s", PLACES.len(), began.elapsed().as_secs_f32());
    assert!(failed * 10 >= cases.len() * 8, "only {failed} of {} struck", cases.len());
}

#[test]
fn what_cake_did_counts_as_done_where_the_journal_failed_but_the_state_was_saved() {
    let (start, drafts) = start();
    let bench =
        Bench::from(&start, offersync::sandbox::SandboxOptions::default(), &crate::harness::bench::Settings::default());
    bench.desire(&drafts);
    // The first sync is that of intents, the next ones are those of outcomes.
    let ran = bench.apply_armed("journal.before-sync:3=eio");
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    report_is_true(&bench, &ran, "a failed sync");
    let report = ran.json();
    let in_doubt = report["results"].as_array().unwrap().iter().filter(|r| r["outcome"] == "in_doubt").count();
    assert_eq!(in_doubt, 0, "everything that CAKE answered is in the saved state: {report:#}");
    bench.apply_until_done("after the disk is mended");
    bench.check(&drafts, "after the disk is mended");
}

#[cfg(unix)]
#[test]
fn a_file_size_limit_stops_new_writes_and_loses_nothing() {
    let (start, drafts) = start();
    for (signal, blocks) in [("ignored", 4), ("ignored", 16), ("deadly", 6), ("deadly", 12)] {
        let what = format!("limit of {blocks} blocks, signal {signal}");
        let bench = Bench::from(
            &start,
            offersync::sandbox::SandboxOptions::default(),
            &crate::harness::bench::Settings::default(),
        );
        bench.desire(&drafts);
        let ignore = if signal == "ignored" { "trap '' XFSZ; " } else { "" };
        let script = format!("{ignore}ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let command = bench.command(&[]);
        let program = command.get_program().to_owned();
        let mut limited = Command::new("sh");
        limited.arg("-c").arg(script).arg(program).args(APPLY).current_dir(bench.path(""));
        limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        limited.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        drop(command);
        let ran = finish(&mut limited);
        assert_ne!(ran.code, Some(0), "{what}: {}", ran.stdout);
        if signal == "ignored" {
            assert_eq!(ran.code, Some(1), "{what}: {}\n{}", ran.stdout, ran.stderr);
        }
        bench.apply_until_done(&what);
        bench.check(&drafts, &what);
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

/// A bench whose state lives in a folder of its own.
fn apart() -> (Bench, Drafts) {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("apart")).unwrap();
    let config = std::fs::read_to_string(bench.path("offersync.toml")).unwrap();
    write(&bench.path("offersync.toml"), &format!("state = \"apart/offersync.state.json\"\n{config}"));
    let drafts: Drafts = (0..80).map(|n| (format!("offer-{n}"), Draft::new(&format!("Offer {n}")))).collect();
    bench.desire(&drafts);
    (bench, drafts)
}

#[test]
fn a_file_system_that_runs_full_stops_new_writes_and_loses_nothing() {
    let (bench, drafts) = apart();
    let folder = bench.path("apart");
    let Some(mounted) = Mounted::at(&folder, "size=24k") else {
        println!("not shown: this process may not mount a file system");
        return;
    };
    let ran = bench.apply();
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.stdout, ran.stderr);
    report_is_true(&bench, &ran, "a full file system");
    let sent = bench.cake().counters().creates;
    assert!((1..80).contains(&sent), "{sent} creates were sent");
    mounted.again("size=8m");
    bench.apply_until_done("with room again");
    bench.check(&drafts, "with room again");
}

#[test]
fn a_read_only_folder_is_found_out_before_the_first_request() {
    let (bench, drafts) = apart();
    let folder = bench.path("apart");
    let Some(mounted) = Mounted::at(&folder, "size=1m") else {
        println!("not shown: this process may not mount a file system");
        return;
    };
    mounted.again("ro");
    let ran = bench.apply();
    assert_eq!(ran.code, Some(1), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(bench.cake().counters().creates, 0);
    mounted.again("rw");
    bench.apply_until_done("writable again");
    bench.check(&drafts, "writable again");
}
