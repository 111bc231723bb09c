//! One offer of CAKE that two clones import under two keys, because it was renamed between: it is never created a second time.

use offersync::testing::sandbox::Offer;

use super::two_branches::Race;
use crate::harness::{APPLY, Workspace};

fn commit(clone: &Workspace, message: &str) {
    clone.git(&["add", "--all"]).exits(0);
    clone.git(&["commit", "--quiet", "--message", message]).exits(0);
}

/// The first clone has the offer as `alpha`, the second one, after `change`, as `beta`. The first merges the second and takes its state.
fn merged_with_theirs(url: &str, change: impl FnOnce(&mut Offer)) -> Race {
    let race = Race::start();
    let offer = race.cake.offers()[0].clone();
    let offer_id = offer.offer_id + 1000;
    race.cake.put(Offer { offer_id, offer_name: "Alpha".to_owned(), offer_url: url.to_owned(), ..offer }).unwrap();
    race.one.run(&["import"]).exits(0).says("1 offer imported");
    commit(&race.one, "alpha");
    race.cake
        .change(offer_id, |offer| {
            "Beta".clone_into(&mut offer.offer_name);
            change(offer);
        })
        .unwrap();
    race.two.run(&["import"]).exits(0).says("1 offer imported");
    commit(&race.two, "beta");
    race.one.git(&["fetch", "--quiet", &race.two.folder().display().to_string(), "main"]).exits(0);
    assert_ne!(race.one.git(&["merge", "--quiet", "FETCH_HEAD"]).code, Some(0));
    race.one.git(&["checkout", "--quiet", "--theirs", "offersync.state.json"]).exits(0);
    commit(&race.one, "merged");
    race
}

#[test]
fn yaml_whose_record_a_merge_gave_up_is_not_created() {
    let urls = ["https://track.example.com/alpha?c=#reqid#", "https://track.example.com/?oid=#oid#"];
    for (url, payout) in urls.into_iter().flat_map(|url| [(url, None), (url, Some("99.00"))]) {
        let race = merged_with_theirs(url, |offer| {
            if let Some(payout) = payout {
                offer.payout = Some(payout.parse().unwrap());
            }
        });
        let creates = race.cake.counters().creates;
        for command in [&["plan"][..], &APPLY] {
            let run = race.one.run(command).exits(4);
            run.says("plan::former-key").says("which is recorded as `beta-home-services` now");
        }
        assert_eq!(race.cake.counters().creates, creates, "{url} {payout:?}");
        let alpha = race.one.files("offers").into_keys().find(|path| path.ends_with("alpha-home-services.yaml"));
        race.one.remove(&format!("offers/{}", alpha.unwrap().trim_start_matches("offers/")));
        race.one.run(&APPLY).exits(0);
        assert_eq!(race.cake.counters().creates, creates);
    }
}

/// A key that was free again belongs to whom takes it, where its offer has no other key.
#[test]
fn a_key_whose_offer_nobody_has_any_more_is_free() {
    let race = Race::start();
    let key = race.ids_on("main")[0].0.clone();
    race.one.run(&["state", "rm", &key]).exits(0);
    let run = race.one.run(&["plan"]);
    run.never_says("plan::former-key");
}
