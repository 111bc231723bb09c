//! Tests of the lock: one holder, which is shown, and none after its process ended.

use super::*;
use crate::disk;
use crate::state::{Holder, LockError};

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(&folder.path().join("infra/offersync.state.json"));
    (folder, store)
}

fn environment(pairs: &'static [(&str, &str)]) -> impl Fn(&str) -> Option<String> {
    move |name| pairs.iter().find(|(given, _)| *given == name).map(|(_, value)| (*value).to_owned())
}

#[test]
fn a_second_process_sees_the_holder_and_gets_the_lock_afterwards() {
    let (folder, store) = store();
    let github = environment(&[
        ("GITHUB_SERVER_URL", "https://github.example"),
        ("GITHUB_REPOSITORY", "acme/offers"),
        ("GITHUB_RUN_ID", "42"),
    ]);
    let first = store.lock(Duration::ZERO, &github).unwrap();
    let error = store.lock(Duration::from_millis(1), &|_| None).unwrap_err();
    let LockError::Locked { holder: Some(holder), .. } = &error else { panic!("{error}") };
    assert_eq!(holder.process, std::process::id());
    assert!(holder.since.parse::<jiff::Timestamp>().is_ok() && holder.since.ends_with('Z'), "{}", holder.since);
    let Holder { user, host, process, since, run: _ } = holder.as_ref();
    assert_eq!(
        error.to_string().replace(&format!("{}/", folder.path().display()), ""),
        format!(
            "infra/offersync.state.json.lock: the state is locked by {user} on {host} (process {process}) since {since}, \
             run https://github.example/acme/offers/actions/runs/42 (waited 0 s)"
        )
    );
    drop(first);
    assert!(store.lock(Duration::ZERO, &|_| None).is_ok());
}

#[test]
fn a_waiting_process_gets_the_lock_as_soon_as_it_is_free() {
    let (_folder, store) = store();
    let first = store.lock(Duration::ZERO, &|_| None).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| store.lock(Duration::from_mins(1), &|_| None).map(drop));
        drop(first);
        waiting.join().unwrap().unwrap();
    });
}

#[test]
fn a_lock_file_that_was_left_behind_is_not_a_lock() {
    let (_folder, store) = store();
    drop(store.lock(Duration::ZERO, &|_| None).unwrap());
    let left = r#"{"user":"ghost","host":"gone","process":1,"since":"2026-01-01T00:00:00Z"}"#;
    disk::replace(&store.lock_path(), left.as_bytes()).unwrap();
    let _lock = store.lock(Duration::ZERO, &|_| None).unwrap();
    let holder: Holder = serde_json::from_slice(&fs::read(store.lock_path()).unwrap()).unwrap();
    assert_ne!(holder.user, "ghost");
}

#[test]
fn the_run_is_found_in_the_usual_variables() {
    let gitlab = environment(&[("CI_JOB_URL", "https://gitlab.example/job/1"), ("GITHUB_RUN_ID", "")]);
    assert_eq!(Holder::this_process(&gitlab).run.as_deref(), Some("https://gitlab.example/job/1"));
    let jenkins = environment(&[("BUILD_URL", "https://jenkins.example/2")]);
    assert_eq!(Holder::this_process(&jenkins).run.as_deref(), Some("https://jenkins.example/2"));
    assert_eq!(Holder::this_process(&|_| None).run, None);
}

#[test]
fn a_place_that_cannot_be_locked_says_so() {
    let folder = tempfile::tempdir().unwrap();
    disk::replace(&folder.path().join("file"), b"").unwrap();
    let error = Store::new(&folder.path().join("file/state.json")).lock(Duration::ZERO, &|_| None).unwrap_err();
    assert!(matches!(error, LockError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("the state cannot be locked"));
}
