//! Stores that refuse, are not there or are none, and machines without credentials: told in the store's words, with nothing done.

use super::World;
use super::double::Conduct;
use crate::harness::{finish, small_offer};

#[test]
fn a_store_that_ignores_conditions_is_refused_before_anything_is_written_or_sent() {
    let world = World::with_offers(1);
    world.store.conduct(Conduct { ignores_conditions: true, ..Conduct::default() });
    let refused = world.apply(&world.machine()).exits(1);
    refused.says("state::store-unfit").says("to create an object only if there is none, where there was one");
    assert_eq!((world.cake.writes(), world.store.objects("").len()), (0, 0));
}

#[test]
fn a_store_that_refuses_is_told_in_its_words_with_what_to_do_and_nothing_is_sent() {
    let cases: [(u16, &str, &str, &str); 9] = [
        (403, "AccessDenied", "Access Denied", "may not do that"),
        (403, "InvalidAccessKeyId", "The key id does not exist.", "does not accept these credentials"),
        (403, "RequestTimeTooSkewed", "The difference is too large.", "set the clock"),
        (404, "NoSuchBucket", "The bucket does not exist.", "create the bucket"),
        (404, "", "", "not how a store answers"),
        (301, "PermanentRedirect", "", "region"),
        (503, "SlowDown", "Reduce your request rate.", "overloaded"),
        (500, "InternalError", "We encountered an error.", "a fault"),
        (400, "EntityTooLarge", "Too large.", "EntityTooLarge"),
    ];
    for (status, code, words, advice) in cases {
        let world = World::with_offers(1);
        world.store.conduct(Conduct { refusal: Some(("head.json", status, code, words)), ..Conduct::default() });
        for arguments in [&["plan"][..], &["apply", "--auto-approve"], &["state", "list"]] {
            let refused = world.run(&world.machine(), arguments, &[]).exits(1);
            refused.says("state::store-unreadable").says(&status.to_string()).says(code).says(words).says(advice);
            refused.never_says("1 to create");
        }
        assert_eq!(world.cake.writes(), 0);
    }
}

#[test]
fn with_credentials_that_only_read_a_plan_works_and_an_apply_sends_nothing() {
    let world = World::with_offers(1);
    world.apply(&world.machine()).exits(0);
    let machine = world.machine();
    machine.write("offers/offer-0.yaml", &small_offer("offer-0", "6"));
    world.store.conduct(Conduct { is_read_only: true, ..Conduct::default() });
    world.run(&machine, &["plan"], &[]).exits(0).says("update offer-0");
    world.apply(&machine).exits(1).says("state::store-not-written").says("403").says("may not do that");
    assert_eq!(world.cake.writes(), 1);
}

#[test]
fn a_store_that_does_not_answer_is_never_taken_for_an_empty_one() {
    let world = World::with_offers(1);
    world.apply(&world.machine()).exits(0);
    // A port at which nothing listens.
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for arguments in [&["plan"][..], &["apply", "--auto-approve"], &["state", "list"], &["drift"]] {
        let refused = world.run(&world.machine(), arguments, &[("OFFERSYNC_STORE_ENDPOINT", &gone)]).exits(1);
        refused.says("state::store-unreadable").says("no whole answer came").never_says("create");
    }
    assert_eq!(world.cake.writes(), 1);
}

#[test]
fn without_credentials_it_is_said_which_variables_are_read_and_that_profiles_are_not() {
    let world = World::with_offers(1);
    let machine = world.machine();
    let mut command = world.command(&machine, &["plan"]);
    // In place of the service that gives credentials to machines of Amazon's.
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1");
    let refused = finish(&mut command).exits(1);
    refused
        .says("there are no credentials")
        .says("AWS_ACCESS_KEY_ID")
        .says("Profiles and single sign-on of AWS are not read");
    assert_eq!(world.store.take_requests().len(), 0);
}

#[test]
fn a_piece_that_is_gone_or_damaged_is_an_error_and_not_an_empty_state() {
    let world = World::with_offers(1);
    world.apply(&world.machine()).exits(0);
    let named = world.named();
    world.store.remove(&named[0]);
    world.run(&world.machine(), &["plan"], &[]).exits(1).says(&named[0]).says("is not there").never_says("to create");
    world.apply(&world.machine()).exits(1);
    assert_eq!(world.cake.writes(), 1);
}

#[test]
fn an_address_that_is_none_is_told() {
    let world = World::with_offers(1);
    let machine = world.machine();
    world.run(&machine, &["plan"], &[("OFFERSYNC_STORE_ENDPOINT", "minio:9000")]).exits(64).says("with its scheme");
    machine.replace("offersync.toml", "s3://states/offers", "ftp://states/offers");
    world.run(&machine, &["plan"], &[]).exits(3).says("no store that offersync knows").says("s3://bucket/offersync");
}
