//! `state`: looking writes nothing, a dry run writes nothing, a change goes through lock and journal like an apply's.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::harness::{APPLY, DesiredOffer, DesiredOffers, Project, Settings, finish_child};

/// A project with two recorded offers.
pub(super) fn two_recorded() -> (Project, DesiredOffers) {
    let project = Project::new();
    let desired: DesiredOffers = ["first", "second"].map(|key| (key.to_owned(), DesiredOffer::new(key))).into();
    project.desire(&desired);
    assert_eq!(project.apply().code, Some(0));
    (project, desired)
}

/// The state and everything beside it, but for the lock, which says who took it last.
fn files(project: &Project) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(project.path("")).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file() && path.extension().is_none_or(|ending| ending != "lock"));
    files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// Runs a change with `--dry-run`, which says what it would do and does nothing, and then without.
pub(super) fn change(project: &Project, arguments: &[&str], says: &str) {
    let before = files(project);
    let dry = project.run(&[&["state"], arguments, &["--dry-run"]].concat());
    assert_eq!(dry.code, Some(0), "{arguments:?}: {}", dry.stderr);
    assert!(dry.stdout.starts_with("Would change: ") && dry.stdout.contains(says), "{}", dry.stdout);
    assert_eq!(files(project), before, "{arguments:?}: a dry run writes nothing");
    let run = project.run(&[&["state"], arguments].concat());
    assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
    assert_eq!(run.stdout.strip_prefix("Changed: "), dry.stdout.strip_prefix("Would change: "), "{arguments:?}");
    assert_ne!(files(project), before, "{arguments:?}: nothing was changed");
    let journal = fs::metadata(project.path("offersync.state.json.journal")).map_or(0, |file| file.len());
    assert_eq!(journal, 0, "{arguments:?}: it is published");
}

/// Runs a change that is refused, dry or not.
pub(super) fn refused(project: &Project, arguments: &[&str], says: &str) {
    refused_with(project, 1, arguments, says);
}

/// Runs a change that would record what CAKE did not show, which is refused; its advice then works.
pub(super) fn refused_unseen(project: &Project, arguments: &[&str], says: &str) {
    refused_with(project, 4, arguments, says);
    refused_with(project, 4, arguments, &format!("run `offersync state {} --unseen`", arguments.join(" ")));
}

fn refused_with(project: &Project, code: i32, arguments: &[&str], says: &str) {
    let before = files(project);
    for dry in [&[][..], &["--dry-run"]] {
        let run = project.run(&[&["state"], arguments, dry].concat());
        assert_eq!(run.code, Some(code), "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(files(project), before, "{arguments:?}");
}

#[test]
fn list_and_show_print_what_is_recorded_and_write_nothing() {
    let (project, _) = two_recorded();
    let before = files(&project);
    let list = project.recorded();
    assert_eq!((&list["format"], &list["version"]), (&"offersync-state-list".into(), &1.into()));
    assert_eq!(list["offers"].as_array().unwrap().len(), 2);
    let id = list["offers"][0]["offer_id"].as_u64().unwrap();
    let text = project.run(&["state", "list"]).stdout;
    assert!(text.contains("first") && text.contains(&id.to_string()) && text.contains("2 offers recorded"), "{text}");
    assert!(text.contains("10.00") && text.contains("acme-home"), "{text}");
    let text = project.run(&["state", "show", "first"]).exits(0).stdout;
    assert!(text.starts_with(&format!("first: offer {id}, live\n")) && text.contains("  payout       "), "{text}");
    let shown = project.run(&["state", "show", "first", "--format", "json"]);
    assert_eq!(
        (&shown.json()["record"]["offer_id"], &shown.json()["record"]["fields"]["payout"]),
        (&id.into(), &"10.00".into())
    );
    assert_eq!((&shown.json()["format"], &shown.json()["version"]), (&"offersync-record".into(), &1.into()));
    let unknown = project.run(&["state", "show", "frist"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("did you mean `first`?"), "{}", unknown.stderr);
    assert_eq!(files(&project), before);
}

#[test]
fn mv_gives_an_offer_another_key() {
    let (project, mut desired) = two_recorded();
    change(&project, &["mv", "first", "third"], "`first`");
    let moved = desired.remove("first").unwrap();
    desired.insert("third".to_owned(), moved);
    project.desire(&desired);
    project.check(&desired, "after mv");
    refused(&project, &["mv", "second", "third"], "recorded already");
    refused(&project, &["mv", "first", "fourth"], "not recorded");
}

#[test]
fn rm_forgets_an_offer_and_asks_cake_nothing() {
    let (mut project, mut desired) = two_recorded();
    let id = project.recorded()["offers"][0]["offer_id"].as_u64().unwrap();
    let requests = project.cake.counters().requests;
    change(&project, &["rm", "first"], &id.to_string());
    assert_eq!(project.cake.counters().requests, requests);
    refused(&project, &["rm", "first"], "not recorded");
    desired.remove("first");
    project.desire(&desired);
    project.foreign.insert(id);
    project.check(&desired, "after rm");
}

#[test]
fn accept_records_what_a_person_made_in_cake() {
    let (project, mut desired) = two_recorded();
    let id = project.recorded()["offers"][0]["offer_id"].as_u64().unwrap();
    let url = "https://track.example.com/by-hand";
    url.clone_into(&mut desired.get_mut("first").unwrap().url);
    project.desire(&desired);
    refused(&project, &["accept", "first"], "`offer_url` of `first`");
    project.cake.change(id, |offer| url.clone_into(&mut offer.offer_url)).unwrap();
    assert_eq!(project.run(&["plan", "--detailed-exitcode"]).code, Some(2));
    change(&project, &["accept", "first"], url);
    project.check(&desired, "after accept");
    desired.remove("second");
    project.desire(&desired);
    refused(&project, &["accept", "second"], "no YAML");
}

#[test]
fn accept_does_not_record_what_cake_does_not_show() {
    let (project, mut desired) = two_recorded();
    "https://track.example.com/by-hand".clone_into(&mut desired.get_mut("first").unwrap().url);
    project.desire(&desired);
    project.cake.change_quirks(|quirks| quirks.unlisted_members = ["offer_url".to_owned()].into());
    refused_unseen(&project, &["accept", "first"], "CAKE's listing does not show `offer_url`");
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    refused_unseen(&project, &["accept", "first"], "CAKE has no listing");
    change(&project, &["accept", "first", "--unseen"], "not compared with CAKE");
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    // What CAKE shows otherwise is not a matter of seeing.
    project.cake.change_quirks(|quirks| quirks.listing_absent = false);
    project.cake.change_quirks(|quirks| quirks.unlisted_members.clear());
    "https://track.example.com/other".clone_into(&mut desired.get_mut("first").unwrap().url);
    project.desire(&desired);
    refused(&project, &["accept", "first", "--unseen"], "`offer_url` of `first`");
}

#[test]
fn resolve_says_what_became_of_a_create_in_doubt() {
    let (project, mut desired) = two_recorded();
    let taken = project.recorded()["offers"][0]["offer_id"].to_string();
    project.cake.change_quirks(|quirks| quirks.listing_absent = true);
    project.configure(&Settings { duplicate_check: "off", settle_seconds: 0, ..Settings::default() });
    desired.insert("made".to_owned(), DesiredOffer::new("made"));
    desired.insert("not-made".to_owned(), DesiredOffer::new("not made"));
    project.desire(&desired);
    project.cake.faults("create[name=made]=reset-after\ncreate[name=not made]=http-500");
    assert_eq!(project.apply().code, Some(8));
    project.cake.faults("");
    let id = project.cake.offers().iter().find(|offer| offer.offer_name == "made").unwrap().offer_id.to_string();
    refused(&project, &["resolve", "first", "--offer-id", &id], "no create of `first` is in doubt");
    refused(&project, &["resolve", "made", "--offer-id", &taken], "is recorded for `first` already");
    change(&project, &["resolve", "made", "--offer-id", &id, "--unseen"], &id);
    change(&project, &["resolve", "not-made", "--not-created", "--unseen"], "was not created");
    assert_eq!(project.apply().code, Some(0));
    project.check(&desired, "after resolve");
}

#[test]
fn a_change_waits_for_the_lock_of_an_apply() {
    let (project, mut desired) = two_recorded();
    desired.insert("third".to_owned(), DesiredOffer::new("third"));
    project.desire(&desired);
    project.cake.faults("create=delay:1500");
    let apply = project.command(&APPLY).spawn().unwrap();
    project.cake.wait_until(|counters| counters.creates >= 3);
    let run = project.run(&["state", "rm", "first"]);
    assert_eq!(run.code, Some(6), "{}{}", run.stdout, run.stderr);
    assert_eq!(project.run(&["state", "rm", "first", "--dry-run"]).code, Some(0), "looking needs no lock");
    assert_eq!(finish_child(apply).code, Some(0));
    project.check(&desired, "after the apply");
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
        let (project, desired) = two_recorded();
        let armed = format!("{place}:1=kill");
        let run = project.run_with(&["state", "mv", "first", "third"], &[("OFFERSYNC_FAULT_POINT", &armed)]);
        assert_eq!(run.code, None, "{place}");
        let list = project.recorded();
        let keys: Vec<_> = list["offers"].as_array().unwrap().iter().map(|offer| &offer["key"]).collect();
        if keys == ["second", "third"] {
            assert_eq!(project.run(&["state", "mv", "third", "first"]).code, Some(0), "{place}");
        } else {
            assert_eq!(keys, ["first", "second"], "{place}");
        }
        project.check(&desired, place);
    }
}
