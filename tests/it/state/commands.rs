//! `state`: looking writes nothing, a dry run writes nothing, a change goes through lock and journal like an apply's.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::harness::bench::{APPLY, Bench, Draft, Drafts, finish_child};

/// A bench with two recorded offers.
fn bench() -> (Bench, Drafts) {
    let bench = Bench::new();
    let drafts: Drafts = ["first", "second"].map(|key| (key.to_owned(), Draft::new(key))).into();
    bench.desire(&drafts);
    assert_eq!(bench.apply().code, Some(0));
    (bench, drafts)
}

/// The state and everything beside it, but for the lock, which says who took it last.
fn files(bench: &Bench) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(bench.path("")).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file() && path.extension().is_none_or(|ending| ending != "lock"));
    files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// Runs a change with `--dry-run`, which says what it would do and does nothing, and then without.
fn change(bench: &Bench, arguments: &[&str], says: &str) {
    let before = files(bench);
    let dry = bench.run(&[&["state"], arguments, &["--dry-run"]].concat());
    assert_eq!(dry.code, Some(0), "{arguments:?}: {}", dry.stderr);
    assert!(dry.stdout.starts_with("Would change: ") && dry.stdout.contains(says), "{}", dry.stdout);
    assert_eq!(files(bench), before, "{arguments:?}: a dry run writes nothing");
    let ran = bench.run(&[&["state"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
    assert_eq!(ran.stdout.strip_prefix("Changed: "), dry.stdout.strip_prefix("Would change: "), "{arguments:?}");
    assert_ne!(files(bench), before, "{arguments:?}: nothing was changed");
    let journal = fs::metadata(bench.path("offersync.state.json.journal")).map_or(0, |file| file.len());
    assert_eq!(journal, 0, "{arguments:?}: it is published");
}

/// Runs a change that is refused, dry or not.
fn refused(bench: &Bench, arguments: &[&str], says: &str) {
    let before = files(bench);
    for dry in [&[][..], &["--dry-run"]] {
        let ran = bench.run(&[&["state"], arguments, dry].concat());
        assert_eq!(ran.code, Some(1), "{arguments:?}: {}", ran.stdout);
        assert!(ran.stderr.contains(says), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(files(bench), before, "{arguments:?}");
}

#[test]
fn list_and_show_tell_what_is_recorded_and_write_nothing() {
    let (bench, _) = bench();
    let before = files(&bench);
    let list = bench.recorded();
    assert_eq!(list["offers"].as_array().unwrap().len(), 2);
    let id = list["offers"][0]["offer_id"].as_u64().unwrap();
    let text = bench.run(&["state", "list"]).stdout;
    assert!(text.contains("first") && text.contains(&id.to_string()) && text.contains("2 offers recorded"), "{text}");
    let shown = bench.run(&["state", "show", "first"]);
    assert_eq!((&shown.json()["offer_id"], &shown.json()["fields"]["payout"]), (&id.into(), &"10.00".into()));
    let unknown = bench.run(&["state", "show", "frist"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("did you mean `first`?"), "{}", unknown.stderr);
    assert_eq!(files(&bench), before);
}

#[test]
fn mv_gives_an_offer_another_key() {
    let (bench, mut drafts) = bench();
    change(&bench, &["mv", "first", "third"], "`first`");
    let moved = drafts.remove("first").unwrap();
    drafts.insert("third".to_owned(), moved);
    bench.desire(&drafts);
    bench.check(&drafts, "after mv");
    refused(&bench, &["mv", "second", "third"], "recorded already");
    refused(&bench, &["mv", "first", "fourth"], "not recorded");
}

#[test]
fn rm_forgets_an_offer_and_asks_cake_nothing() {
    let (mut bench, mut drafts) = bench();
    let id = bench.recorded()["offers"][0]["offer_id"].as_u64().unwrap();
    let requests = bench.cake().counters().requests;
    change(&bench, &["rm", "first"], &id.to_string());
    assert_eq!(bench.cake().counters().requests, requests);
    refused(&bench, &["rm", "first"], "not recorded");
    drafts.remove("first");
    bench.desire(&drafts);
    bench.foreign.insert(id);
    bench.check(&drafts, "after rm");
}

#[test]
fn accept_records_what_a_person_made_in_cake() {
    let (bench, mut drafts) = bench();
    let id = bench.recorded()["offers"][0]["offer_id"].as_u64().unwrap();
    let url = "https://track.example.com/by-hand";
    bench.cake().change(id, |offer| url.clone_into(&mut offer.offer_url)).unwrap();
    url.clone_into(&mut drafts.get_mut("first").unwrap().url);
    bench.desire(&drafts);
    assert_eq!(bench.run(&["plan", "--detailed-exitcode"]).code, Some(2));
    change(&bench, &["accept", "first"], url);
    bench.check(&drafts, "after accept");
    drafts.remove("second");
    bench.desire(&drafts);
    refused(&bench, &["accept", "second"], "no YAML");
}

#[test]
fn resolve_says_what_became_of_a_create_in_doubt() {
    let (bench, mut drafts) = bench();
    let taken = bench.recorded()["offers"][0]["offer_id"].to_string();
    bench.cake().change_quirks(|quirks| quirks.listing_absent = true);
    drafts.insert("made".to_owned(), Draft::new("made"));
    drafts.insert("not-made".to_owned(), Draft::new("not made"));
    bench.desire(&drafts);
    bench.faults("create[name=made]=reset-after\ncreate[name=not made]=http-500");
    assert_eq!(bench.apply().code, Some(8));
    bench.faults("");
    let id = bench.cake().offers().iter().find(|offer| offer.offer_name == "made").unwrap().offer_id.to_string();
    refused(&bench, &["resolve", "first", "--offer-id", &id], "no create of `first` is in doubt");
    refused(&bench, &["resolve", "made", "--offer-id", &taken], "is recorded for `first` already");
    change(&bench, &["resolve", "made", "--offer-id", &id], &id);
    change(&bench, &["resolve", "not-made", "--not-created"], "was not created");
    assert_eq!(bench.apply().code, Some(0));
    bench.check(&drafts, "after resolve");
}

#[test]
fn a_change_waits_for_the_lock_of_an_apply() {
    let (bench, mut drafts) = bench();
    drafts.insert("third".to_owned(), Draft::new("third"));
    bench.desire(&drafts);
    bench.faults("create=delay:1500");
    let apply = bench.command(&APPLY).spawn().unwrap();
    let began = Instant::now();
    while bench.cake().counters().creates < 3 {
        assert!(began.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(5));
    }
    let ran = bench.run(&["state", "rm", "first"]);
    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(bench.run(&["state", "rm", "first", "--dry-run"]).code, Some(0), "looking needs no lock");
    assert_eq!(finish_child(apply).code, Some(0));
    bench.check(&drafts, "after the apply");
}

#[test]
fn a_change_that_is_killed_is_made_or_not_made() {
    for place in [
        "journal.before-write",
        "journal.within-write",
        "journal.before-sync",
        "journal.after-sync",
        "replace.within-write",
        "previous.before-rename",
        "replace.before-rename",
        "replace.after-rename",
        "journal.before-truncate",
        "journal.after-truncate",
    ] {
        let (bench, drafts) = bench();
        let armed = format!("{place}:1=kill");
        let ran = bench.run_with(&["state", "mv", "first", "third"], &[("OFFERSYNC_FAULT_POINT", &armed)]);
        assert_eq!(ran.code, None, "{place}");
        let list = bench.recorded();
        let keys: Vec<_> = list["offers"].as_array().unwrap().iter().map(|offer| &offer["key"]).collect();
        if keys == ["second", "third"] {
            assert_eq!(bench.run(&["state", "mv", "third", "first"]).code, Some(0), "{place}");
        } else {
            assert_eq!(keys, ["first", "second"], "{place}");
        }
        bench.check(&drafts, place);
    }
}
