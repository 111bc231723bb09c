//! What an apply through a store leaves in it and on the machine, and what the other commands make of it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use offersync::testing::sandbox::SandboxOptions;
use offersync::testing::state::StateDocument;
use serde_json::{Value as Json, json};

use super::World;
use super::double::{Conduct, Double, Fault};
use crate::harness::{APPLY, Cake, long, small_offer};

#[test]
fn an_apply_writes_to_the_store_alone_and_every_machine_sees_it() {
    let world = World::with_offers(3);
    let machine = world.machine();
    let before = machine.files("");
    world.apply(&machine).exits(0);
    assert_eq!(machine.files(""), before);
    world.check(3, "the first apply");
    // The claim was given back, and nothing is there that is not named.
    assert!(world.head()["claim"].is_null());
    let other = world.machine();
    other.write("offers/offer-1.yaml", &small_offer("offer-1", "7"));
    world.run(&other, &["plan"], &[]).exits(0).says("update offer-1");
    world.apply(&other).exits(0);
    world.run(&machine, &["plan"], &[]).exits(0).says("update offer-1").says("7 → 5");
    let there: BTreeSet<String> = world.store.objects("").into_keys().collect();
    let named = world.named().into_iter().map(|piece| format!("offers/production/pieces/{piece}"));
    assert_eq!(there, named.chain(["offers/production/head.json".to_owned()]).collect());
}

#[test]
fn a_plan_reads_and_writes_nothing() {
    let world = World::with_offers(1);
    world.run(&world.machine(), &["plan"], &[]).exits(0).says("1 to create");
    world.apply(&world.machine()).exits(0);
    world.store.take_requests();
    world.run(&world.machine(), &["plan"], &[]).exits(0);
    let requests = world.store.take_requests();
    assert!(!requests.is_empty() && requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
}

/// A state of so many offers of this CAKE.
fn state_of(count: usize, cake: &str) -> String {
    let record = |number: usize| {
        let fields = json!({ "offer_name": format!("Offer {number} - {}", "words ".repeat(40)), "advertiser_id": 101, "vertical_id": 7 });
        (format!("offer-{number:06}"), json!({ "offer_id": number + 1000, "status": "live", "fields": fields }))
    };
    let offers: serde_json::Map<String, Json> = (0..count).map(record).collect();
    let lineage = "01900000-0000-7000-8000-000000000000";
    let state =
        json!({ "format": "offersync-state", "version": 1, "lineage": lineage, "cake": cake, "offers": offers });
    String::from_utf8(StateDocument::parse(state.to_string().as_bytes()).unwrap().emit()).unwrap()
}

#[test]
fn a_large_state_is_read_side_by_side_and_a_change_writes_what_it_touches() {
    let world = World::with_offers(1);
    let machine = world.machine();
    let state = state_of(if long() { 100_000 } else { 3000 }, &world.cake.url());
    machine.write("large.json", &state);
    world.run(&machine, &["state", "push", "large.json"], &[]).exits(0);
    world.store.conduct(Conduct { latency: Duration::from_millis(20), ..Conduct::default() });
    let began = Instant::now();
    assert_eq!(world.run(&machine, &["state", "pull"], &[]).exits(0).stdout, state);
    println!("a state of {} MB is read in {:?}", state.len() >> 20, began.elapsed());
    assert!(world.store.most_at_once() > 8, "{}", world.store.most_at_once());
    let pieces = || world.store.objects("offers/production/pieces/");
    let before = pieces();
    assert!(before.len() > 20 && before.values().all(|piece| piece.len() < 1 << 20), "{}", before.len());
    world.run(&machine, &["state", "rm", "offer-000007"], &[]).exits(0);
    let new = pieces().keys().filter(|name| !before.contains_key(*name)).count();
    // One of the state, or two where it ends at the offer, and the list.
    assert!((1..=3).contains(&new), "{new}");
    assert_eq!(world.store.objects("").len(), world.named().len() + 1);
}

#[test]
fn a_state_moves_from_a_file_to_the_store_and_back_with_its_ids() {
    let world = World::with_offers(3);
    let machine = world.machine();
    machine.replace("offersync.toml", "state = \"s3://states/offers\"", "state = \"offersync.state.json\"");
    world.apply(&machine).exits(0);
    let before = world.run(&machine, &["state", "pull"], &[]).exits(0).stdout;
    world.run(&machine, &["state", "migrate", "s3://states/offers"], &[]).exits(0).says("It records 3 offers");
    machine.replace("offersync.toml", "state = \"offersync.state.json\"", "state = \"s3://states/offers\"");
    // The file that is left there is told.
    world.run(&machine, &["plan", "--detailed-exitcode"], &[]).exits(0).says("state::file-beside");
    machine.remove("offersync.state.json");
    world.run(&machine, &["plan", "--detailed-exitcode"], &[]).exits(0).never_says("state::file-beside");
    assert_eq!(world.run(&machine, &["state", "pull"], &[]).exits(0).stdout, before);
    world.check(3, "moved to the store");
    world.run(&machine, &["state", "migrate", "back.state.json"], &[]).exits(0);
    assert_eq!(machine.read("back.state.json"), before);
}

#[test]
fn an_older_document_is_not_pushed_and_the_status_names_the_object() {
    let world = World::with_offers(1);
    let machine = world.machine();
    world.run(&machine, &["state", "status"], &[]).exits(0).says("none yet");
    world.apply(&machine).exits(0);
    machine.write("old.json", &world.run(&machine, &["state", "pull"], &[]).stdout);
    machine.write("offers/new.yaml", &small_offer("new", "5"));
    world.apply(&machine).exits(0);
    let present = world.state().recorded;
    world.run(&machine, &["state", "push", "old.json"], &[]).exits(4).says("state::not-moved");
    assert_eq!(world.state().recorded, present);
    let status = world.run(&machine, &["state", "status"], &[]).exits(0);
    status.says("s3://states/offers").says("object").says("offers/production/head.json").says("open (epoch 3)");
    world.run(&machine, &["state", "release"], &[]).exits(0).says("No process has the claim");
    world.run(&machine, &["state", "path"], &[]).exits(64).says("s3://states/offers");
}

#[test]
fn two_environments_have_nothing_in_common() {
    let world = World::with_offers(1);
    let machine = world.machine();
    world.apply(&machine).exits(0);
    machine.replace("offersync.toml", "name = \"production\"", "name = \"staging\"");
    world.run(&machine, &["plan"], &[]).exits(0).says("1 to create");
}

#[test]
fn the_stores_of_google_and_azure_are_claimed_written_and_read_as_those_of_amazon() {
    let google: &[(&str, &str)] = &[("GOOGLE_BEARER_TOKEN", "test")];
    let azure: &[(&str, &str)] = &[("AZURE_STORAGE_ACCOUNT_NAME", "test"), ("AZURE_STORAGE_ACCOUNT_KEY", "dGVzdA==")];
    for (state, environment) in [("gs://states/offers", google), ("az://states/offers", azure)] {
        let world = World::with_offers(3);
        let machine = world.machine();
        machine.replace("offersync.toml", "s3://states/offers", state);
        // The reply to the claim is lost.
        world.store.conduct(Conduct { fault: Some((9, Fault::LostReply)), ..Conduct::default() });
        let run = |arguments: &[&str]| world.run(&machine, arguments, environment);
        run(&["plan"]).exits(0).says("3 to create");
        world.store.take_requests();
        run(&APPLY).exits(0);
        assert_eq!(world.cake.writes(), 3);
        run(&["plan", "--detailed-exitcode"]).exits(0);
        run(&["state", "status"]).exits(0).says(state).says("open (epoch 1)").says("offers 3");
        world.store.conduct(Conduct { ignores_conditions: true, ..Conduct::default() });
        machine.write("offers/offer-1.yaml", &small_offer("offer-1", "7"));
        run(&APPLY).exits(1).says("state::store-unfit");
        assert_eq!(world.cake.writes(), 3, "{state}");
    }
}

/// Takes a while: only with the long tests.
#[test]
fn a_thousand_creates_take_hardly_longer_than_with_a_file() {
    if !long() {
        return;
    }
    let took = |state: &str| {
        let keys = (0..1000).map(|number| format!("offer-{number}")).collect();
        let cake = Cake::with(SandboxOptions { latency: Duration::from_millis(50), ..SandboxOptions::default() });
        let world = World { cake, store: Double::start(), keys };
        world.store.conduct(Conduct { latency: Duration::from_millis(20), ..Conduct::default() });
        let machine = world.machine();
        machine.replace("offersync.toml", "s3://states/offers", state);
        let began = Instant::now();
        world.run(&machine, &APPLY, &[("OFFERSYNC_TIME_SCALE", "1")]).exits(0);
        (began.elapsed(), world.store.take_requests().len())
    };
    let ((in_store, requests), (in_file, _)) = (took("s3://states/offers"), took("offersync.state.json"));
    let ideal = Duration::from_millis(1000 / 8 * 50);
    println!(
        "1,000 creates: {in_store:?} with a store ({requests} requests), {in_file:?} with a file, at best {ideal:?}"
    );
    assert!(in_store < in_file.mul_f64(1.15), "{in_store:?}, with a file {in_file:?}");
}
