//! Programs that watch an apply: its events as lines of JSON.

use serde_json::Value as Json;

use crate::harness::{DesiredOffer, DesiredOffers, Project, Run};

fn lines(run: &Run) -> Vec<Json> {
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The events of one offer, in their order.
fn events_of<'a>(lines: &'a [Json], key: &str) -> Vec<&'a str> {
    lines.iter().filter(|line| line["key"] == key).map(|line| line["event"].as_str().unwrap()).collect()
}

#[test]
fn every_event_of_an_apply_is_a_line_that_fits_its_schema() {
    let project = Project::new();
    let desired: DesiredOffers = ["a", "b"].map(|name| (name.to_owned(), DesiredOffer::new(name))).into();
    project.desire(&desired);
    assert_eq!(project.apply().code, Some(0));
    let mut changed = desired.clone();
    for offer in changed.values_mut() {
        offer.payout = Some("12.00".to_owned());
    }
    project.desire(&changed);
    project.cake.faults("update:1=http-429");
    let run = project.run(&["apply", "--auto-approve", "--format", "ndjson"]).exits(0);
    let lines = lines(&run);
    let schema = project.run(&["schema", "events"]).exits(0).json();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for line in &lines {
        let wrong: Vec<_> = validator.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:?} in {line}");
    }
    assert_eq!((&lines[0]["event"], &lines[0]["actions"]), (&"started".into(), &2.into()));
    let mut events = ["a", "b"].map(|key| events_of(&lines, key));
    events.sort_unstable_by_key(Vec::len);
    assert_eq!(events, [vec!["intent", "outcome"], vec!["intent", "retry", "outcome"]]);
    let last = lines.last().unwrap();
    assert_eq!(last["event"], "done");
    assert_eq!(last["report"]["results"].as_array().unwrap().len(), 2);
    project.check(&changed, "watched");
}

#[test]
fn the_last_line_of_a_failed_apply_has_the_problems() {
    let project = Project::new();
    project.write("offers/a.yaml", "offer_nam: A\n");
    let run = project.run(&["apply", "--auto-approve", "--format", "ndjson"]).exits(3);
    let lines = lines(&run);
    assert_eq!((lines.len(), &lines[0]["event"]), (1, &"failed".into()));
    assert!(!lines[0]["diagnostics"].as_array().unwrap().is_empty());
    let run = project.run(&["apply", "--format", "ndjson", "--nonsense"]).exits(64);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
}
