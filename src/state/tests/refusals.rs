//! Every refusal of a state, as its reader sees it.

use std::path::Path;

use super::document::{document, unsealed};
use super::*;
use crate::disk;
use crate::state::StateError;

/// What a reader of that text sees, with or without a previous generation beside it.
fn refusal(text: &str, with_previous: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offersync.state.json");
    let mut files = vec![path.clone()];
    if with_previous {
        files.push(Store::new(&path).previous_path());
    }
    for file in files {
        disk::replace(&file, text.as_bytes()).unwrap();
    }
    let error = Store::new(&path).read(Some(CAKE)).unwrap_err();
    without(folder.path(), &error)
}

pub(super) fn without(folder: &Path, error: &StateError) -> String {
    let folder = folder.display();
    format!("{error}\nhelp: {}", error.help())
        .replace(&format!("git -C {folder} "), "git ")
        .replace(&format!("{folder}/"), "")
}

/// Without a digest, which every change of the text would contradict.
fn text() -> String {
    unsealed(&document())
}

#[test]
fn a_state_with_the_digest_of_another_content_is_refused_until_a_person_accepts_it() {
    let edited =
        String::from_utf8(document().emit()).unwrap().replacen("\"payout\": \"20.00\"", "\"payout\": \"21.00\"", 1);
    insta::assert_snapshot!(refusal(&edited, false), @r"
    offersync.state.json: the state is not as offersync wrote it: its digest is that of another content
    help: it was edited by hand, merged without `offersync state merge`, or damaged on the disk: bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again. If the change is meant and you have looked at it, run `offersync state publish --accept-edit`
    ");
    let fixture = Fixture::new();
    disk::replace(fixture.store.path(), edited.as_bytes()).unwrap();
    assert!(Session::open(fixture.store.lock(Duration::ZERO, &|_| None).unwrap(), CAKE).is_err());
    let accepting = fixture.store.clone().accepted_over(Vec::new());
    drop(session(&accepting));
    let payout = fixture.store.read(Some(CAKE)).unwrap().document.unwrap().recorded.offers[&key("a")].fields.clone();
    assert_eq!(payout.get(Field::Payout).unwrap().to_string(), "21.00");
    assert_eq!(fixture.bytes(), StateDocument::parse(&fixture.bytes()).unwrap().emit());
}

#[test]
fn an_empty_state_is_refused() {
    insta::assert_snapshot!(refusal("", true), @r#"
    offersync.state.json: the state is empty
    help: bring back the one before the last apply with `cp offersync.state.json.previous offersync.state.json`. An older state does not know what was created since: `offersync import --match` records those offers again. Do not delete it: without it offersync would create every offer again
    "#);
    assert_eq!(refusal("\0\0\0\0", true), refusal("", true));
    assert_eq!(refusal(" \n", true), refusal("", true));
}

#[test]
fn a_state_with_a_byte_order_mark_is_refused_and_says_so() {
    insta::assert_snapshot!(refusal(&format!("\u{feff}{}", text()), false), @r"
    offersync.state.json:1:1: the state begins with a byte order mark, which offersync does not write
    help: remove it with `sed -i '1s/^\xEF\xBB\xBF//' offersync.state.json`, or save the file as UTF-8 without it
    ");
}

/// Opening one would wait for a writer without end.
#[cfg(unix)]
#[test]
fn a_named_pipe_is_refused_as_state_as_journal_and_as_lock() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("offersync.state.json"));
    for path in [store.path().to_owned(), store.journal_path()] {
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let refused = without(folder.path(), &store.read(Some(CAKE)).unwrap_err());
        assert!(refused.contains("it is not a regular file"), "{refused}");
        std::fs::remove_file(&path).unwrap();
    }
    assert!(std::process::Command::new("mkfifo").arg(store.lock_path()).status().unwrap().success());
    let refused = store.lock(Duration::ZERO, &|_| None).unwrap_err().to_string();
    assert!(refused.contains("it is not a regular file"), "{refused}");
}

#[test]
fn a_state_that_is_cut_short_is_refused() {
    insta::assert_snapshot!(refusal(&text()[..300], false), @r#"
    offersync.state.json:12:30: the state is cut short: the file ends in the middle
    help: bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again. Do not delete it: without it offersync would create every offer again
    "#);
}

#[test]
fn a_state_with_conflict_markers_is_refused() {
    let conflict = text().replacen(
        "      \"offer_id\": 1,\n",
        "<<<<<<< HEAD\n      \"offer_id\": 1,\n=======\n      \"offer_id\": 3,\n>>>>>>> theirs\n",
        1,
    );
    insta::assert_snapshot!(refusal(&conflict, false), @r#"
    offersync.state.json:8:1: git's conflict markers are still in the state
    help: let `offersync state merge` do it: run `git config merge.offersync-state.driver 'offersync state merge %O %A %B'`, then `git checkout --merge -- offersync.state.json` (`offersync init` names the driver in .gitattributes)
    "#);
}

#[test]
fn a_newer_state_is_refused_whatever_else_is_in_it() {
    let newer = text().replace("\"version\": 1", "\"version\": 2").replace("\"status\"", "\"state_of_mind\"");
    let refusal = refusal(&newer, true).replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(refusal, @r#"
    offersync.state.json: the state has version 2, made by a later offersync; this one is VERSION and reads version 1
    help: upgrade offersync to the version that your colleagues or your CI use
    "#);
}

#[test]
fn a_version_that_does_not_exist_is_refused() {
    insta::assert_snapshot!(refusal(&text().replace("\"version\": 1", "\"version\": \"1\""), true), @r#"
    offersync.state.json: the state has version "1", which does not exist; this offersync reads version 1
    help: if it was edited by hand, undo that; otherwise bring back the one before the last apply with `cp offersync.state.json.previous offersync.state.json`. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
    assert!(refusal(&text().replace("\"version\": 1", "\"version\": 0"), true).contains("version 0"));
}

#[test]
fn another_kind_of_document_is_refused() {
    insta::assert_snapshot!(refusal("{\"format\": \"offersync-plan\", \"version\": 1}", false), @r#"
    offersync.state.json: this is not a state: its `format` is `offersync-plan`, not `offersync-state`
    help: check `state` in offersync.toml: it must name the state. If it does, bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
    insta::assert_snapshot!(refusal("{\"lineage\": \"x\"}", false), @r#"
    offersync.state.json: this is not a state: its `format` is missing, not `offersync-state`
    help: check `state` in offersync.toml: it must name the state. If it does, bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
}

#[test]
fn a_repeated_key_is_refused() {
    insta::assert_snapshot!(refusal(&text().replace("\"b\": {", "\"a\": {"), true), @r#"
    offersync.state.json:19:7: the key `a` is in the state twice
    help: a merge may have kept both sides. Look up in CAKE which offer is `a`'s and remove the other record, then run `offersync state publish --accept-edit`; or bring back the one before the last apply with `cp offersync.state.json.previous offersync.state.json`. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
}

#[test]
fn two_keys_with_one_id_are_refused() {
    insta::assert_snapshot!(refusal(&text().replace("\"offer_id\": 2", "\"offer_id\": 1"), false), @r#"
    offersync.state.json:20:7: the keys `a` and `b` both claim CAKE's offer 1
    help: an offer belongs to one key. Look up offer 1 in CAKE and remove the record of the wrong one of `a` and `b`, then run `offersync state publish --accept-edit`; or bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
}

#[test]
fn an_id_that_another_key_has_replaced_is_refused() {
    let replaced = "\"replaced\": [{\"offer_id\": 1, \"inactive\": true}],\n      \"fields\"";
    let (text, own) = (text(), replaced.replace("\"offer_id\": 1", "\"offer_id\": 2"));
    let (start, end) = text.split_at(text.rfind("\"fields\"").unwrap());
    insta::assert_snapshot!(refusal(&format!("{start}{}", end.replacen("\"fields\"", replaced, 1)), false), @r#"
    offersync.state.json:22:21: the keys `a` and `b` both claim CAKE's offer 1
    help: an offer belongs to one key. Look up offer 1 in CAKE and remove the record of the wrong one of `a` and `b`, then run `offersync state publish --accept-edit`; or bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
    insta::assert_snapshot!(refusal(&format!("{start}{}", end.replacen("\"fields\"", &own, 1)), false), @r#"
    offersync.state.json:22:21: the key `b` claims CAKE's offer 2 twice
    help: remove the offer 2 from the record's `replaced`, then run `offersync state publish --accept-edit`; or bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
}

#[test]
fn members_and_values_that_a_state_does_not_have_are_refused_with_their_place() {
    let unknown = text().replacen("\"status\": \"live\",", "\"status\": \"live\",\n      \"colour\": \"red\",", 1);
    insta::assert_snapshot!(refusal(&unknown, false), @r#"
    offersync.state.json:10:14: this is not a state as offersync writes it: unknown field `colour`, expected one of `offer_id`, `status`, `protect`, `replaced`, `unsettled`, `status_word`, `fields`
    help: if it was edited by hand, undo that; otherwise bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
    let float = text().replacen("\"payout\": \"20.00\"", "\"payout\": 20.00", 1);
    insta::assert_snapshot!(refusal(&float, false), @r#"
    offersync.state.json:15:23: this is not a state as offersync writes it: invalid type: floating point `20.0`, expected a string for `payout`
    help: if it was edited by hand, undo that; otherwise bring it back from another clone or from a backup. An older state does not know what was created since: `offersync import --match` records those offers again
    "#);
    for (from, to) in [
        ("\"lineage\": \"01900000", "\"lineage\": \"nope"),
        ("\"status\": \"live\"", "\"status\": \"asleep\""),
        ("\"offer_id\": 1", "\"offer_id\": 0"),
        ("\"a\": {", "\"A\": {"),
        ("\"cake\"", "\"pie\""),
        ("\"version\": 1,", "\"version\": 1, \"version\": 1,"),
    ] {
        assert!(text().contains(from), "{from}");
        let shown = refusal(&text().replacen(from, to, 1), false);
        assert!(shown.contains("this is not a state as offersync writes it"), "{shown}");
    }
    assert!(refusal(&format!("{} x", text()), false).contains("trailing characters"));
}

#[test]
fn a_state_of_another_cake_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("offersync.state.json"));
    disk::replace(store.path(), text().as_bytes()).unwrap();
    let error = store.read(Some("https://other.cakemarketing.com")).unwrap_err();
    insta::assert_snapshot!(without(folder.path(), &error), @r#"
    offersync.state.json: the state is of the CAKE at https://yourdomain.cakemarketing.com, but the configuration names https://other.cakemarketing.com
    help: a state is only good for the CAKE whose ids it holds. Set `cake.url` back to https://yourdomain.cakemarketing.com, or give https://other.cakemarketing.com a state of its own with `state = "…"` in offersync.toml. If the same CAKE has moved to a new address, change `cake` in the state, then run `offersync state publish --accept-edit`
    "#);
    for same in [
        "https://yourdomain.cakemarketing.com/",
        "HTTPS://YourDomain.CakeMarketing.com:443",
        " https://yourdomain.cakemarketing.com",
    ] {
        assert!(store.read(Some(same)).is_ok(), "{same}");
    }
    for other in ["http://yourdomain.cakemarketing.com", "https://yourdomain.cakemarketing.com:8443", "sandbox"] {
        assert!(store.read(Some(other)).is_err(), "{other}");
    }
    assert!(store.read(None).is_ok());
}
