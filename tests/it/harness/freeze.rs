//! A process that stands still at a place until the test lets it go on.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::run::{Run, finish_child, signal};

/// Runs a command that stands still at a fault point (`NAME:N`), does something meanwhile, and lets it go on. Returns whether it stood still,
/// and how it ended.
#[track_caller]
pub(crate) fn freeze(command: &mut Command, place: &str, meanwhile: impl FnOnce()) -> (bool, Run) {
    command.env("OFFERSYNC_FAULT_POINT", format!("{place}=stop"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stands_still = stands_still(&mut child);
    meanwhile();
    if stands_still {
        signal(child.id(), "CONT");
    }
    (stands_still, finish_child(child))
}

/// Waits until it stands still or has ended.
fn stands_still(child: &mut Child) -> bool {
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        if stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T')) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
