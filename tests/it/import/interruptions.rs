//! An import that is killed or runs out of disk loses nothing, and the next one completes it.

use offersync::testing::sandbox::Offer;

use crate::harness::{Project, Settings, small_offer};

use super::{cake_with, is_settled, offers, tree};

#[test]
fn an_import_that_is_killed_is_completed_by_the_next_one() {
    for (place, names) in
        [("import.before-names:1", 0), ("import.before-names:2", 64), ("import.before-records:1", 150)]
    {
        let project = cake_with(offers(150));
        let fault = format!("{place}=kill");
        let run = project.run_with(&["import"], &[("OFFERSYNC_FAULT_POINT", &fault)]);
        assert_eq!(run.code, None, "{}{}", run.stdout, run.stderr);
        let yaml = |tree: &std::collections::BTreeMap<String, String>| {
            tree.keys().filter(|path| path.rsplit('.').next() == Some("yaml")).count()
        };
        assert_eq!(yaml(&tree(&project)), names, "{place}");
        let again = project.run(&["import"]).exits(0);
        assert!(again.stdout.contains("150 offers imported"), "{}", again.stdout);
        let tree = tree(&project);
        assert_eq!((tree.len(), yaml(&tree)), (150, 150), "nothing temporary stays");
        is_settled(&project);
    }
}

#[test]
fn a_full_disk_records_what_was_made_and_the_next_import_makes_the_rest() {
    let project = cake_with(named(150));
    let run = project.run_with(&["import"], &[("OFFERSYNC_FAULT_POINT", "import.before-names:2=enospc")]);
    assert_eq!(run.code, Some(1), "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("disk::failed"), "{}", run.stderr);
    assert_eq!(tree(&project).len(), 64);
    project.run(&["plan", "--detailed-exitcode"]).exits(0);
    let again = project.run(&["import"]).exits(0);
    assert!(again.stdout.contains("86 offers imported, 0 matched, 64 already recorded"), "{}", again.stdout);
    is_settled(&project);
}

#[test]
fn offers_with_one_name_are_recorded_together_so_that_the_next_import_finds_all_of_them() {
    let project = cake_with(offers(150));
    project.run_with(&["import"], &[("OFFERSYNC_FAULT_POINT", "import.before-names:2=enospc")]).exits(1);
    project.run(&["import"]).exits(0).says("0 left out");
    assert_eq!(project.state()["offers"].as_object().unwrap().len(), 150);
    is_settled(&project);
}

/// Each with a name of its own.
fn named(count: u64) -> impl Iterator<Item = Offer> {
    offers(count).map(|offer| Offer { offer_name: format!("Offer {}", offer.offer_id), ..offer })
}

#[test]
fn what_an_import_that_was_killed_has_written_is_not_created_until_the_next_import_has_recorded_it() {
    for duplicate_check in ["off", "require"] {
        for place in ["import.before-names:2", "import.before-records:1"] {
            let project = cake_with(named(150));
            project.configure(&Settings { duplicate_check, time_zone: "America/New_York", ..Settings::default() });
            let fault = format!("{place}=kill");
            project.run_with(&["import", "--defaults"], &[("OFFERSYNC_FAULT_POINT", &fault)]);
            for command in [&["plan"][..], &["apply", "--auto-approve"]] {
                let run = project.run(command).exits(4);
                run.says("import::unfinished").says("`offersync import --defaults`");
            }
            assert_eq!(project.cake.writes(), 0);
            project.run(&["import", "--defaults"]).exits(0);
            is_settled(&project);
            project.write(
                "offers/brand-new.yaml",
                "offer_name: New\nadvertiser_id: 5\nvertical_id: 7\noffer_url: https://t.example/?a=#affid#\n",
            );
            project.run(&["plan", "--detailed-exitcode"]).exits(2);
        }
    }
}

#[test]
fn an_import_of_some_offers_does_not_complete_one_of_all_that_was_killed() {
    let project = cake_with(named(9));
    project.run_with(&["import"], &[("OFFERSYNC_FAULT_POINT", "import.before-records:1=kill")]);
    project.run(&["import", "--advertiser", "102"]).exits(0);
    project.run(&["apply", "--auto-approve"]).exits(4);
    project.run(&["import"]).exits(0);
    is_settled(&project);
}

/// A project whose import of nine offers was killed before it recorded them.
fn killed(duplicate_check: &'static str) -> Project {
    let project = cake_with(
        named(9).map(|offer| Offer { offer_url: format!("https://t.example/{}?a=#affid#", offer.offer_id), ..offer }),
    );
    project.configure(&Settings { duplicate_check, time_zone: "America/New_York", ..Settings::default() });
    project.run_with(&["import"], &[("OFFERSYNC_FAULT_POINT", "import.before-records:1=kill")]);
    project
}

/// The file of offer 10.
fn first_file(project: &Project) -> String {
    let file = tree(project).into_keys().find(|path| path.ends_with("/offer-10.yaml")).unwrap();
    if file.starts_with("offers/") { file } else { format!("offers/{file}") }
}

#[test]
fn an_offer_that_was_renamed_after_an_import_was_killed_gets_no_second_key() {
    for in_cake in [true, false] {
        for import in [&["import"][..], &["import", "--match"]] {
            let project = killed("require");
            if in_cake {
                project.cake.change(10, |offer| offer.offer_name = "Renamed".to_owned()).unwrap();
            } else {
                let file = first_file(&project);
                project.write(&file, &project.read(&file).replace("Offer 10", "Renamed"));
            }
            project.run(&["apply", "--auto-approve"]).exits(4).says("offer 10 as `offer-10`");
            let run = project.run(import).exits(7);
            run.says("8 offers imported").says("`offersync state adopt offer-10 --offer-id 10`");
            // Not before it is recorded.
            project.run(&["apply", "--auto-approve"]).exits(4).says("import::unfinished");
            assert_eq!(project.cake.writes(), 0);
            project.run(&["state", "adopt", "offer-10", "--offer-id", "10"]).exits(0);
            project.run(&["apply", "--auto-approve"]).exits(0);
            assert_eq!(project.cake.offers().len(), 9);
            is_settled(&project);
        }
    }
}

#[test]
fn nothing_is_created_while_an_import_is_unfinished_whatever_its_files_are_called_by_now() {
    let project = killed("off");
    let file = first_file(&project);
    let text = project.read(&file).replace("Offer 10", "Renamed");
    std::fs::remove_file(project.path(&file)).unwrap();
    project.write("offers/other.yaml", &text);
    project.run(&["apply", "--auto-approve", "other"]).exits(4).says("import::unfinished");
    assert_eq!(project.cake.writes(), 0);
    project.run(&["import"]).exits(7).says("`offersync state adopt other --offer-id 10`");
    project.run(&["apply", "--auto-approve"]).exits(4);
    project.run(&["state", "adopt", "other", "--offer-id", "10"]).exits(0);
    project.run(&["apply", "--auto-approve"]).exits(0);
    assert_eq!(project.cake.offers().len(), 9);
}

#[test]
fn yaml_whose_state_is_lost_is_not_doubled_after_its_offer_was_renamed_in_cake() {
    for import in [&["import"][..], &["import", "--match"]] {
        let project = killed("require");
        for note in ["offersync.state.json.journal.import", ".git/offersync/offersync.state.json.journal.import"] {
            let _ = std::fs::remove_file(project.path(note));
        }
        project.cake.change(10, |offer| offer.offer_name = "Renamed".to_owned()).unwrap();
        project.run(import).exits(7).says("`offersync state adopt offer-10 --offer-id 10`");
        project.run(&["apply", "--auto-approve"]).exits(4).says("cake::exists");
        assert_eq!(project.cake.writes(), 0);
    }
}

/// The note goes on, as a journal does, where the state or the folder has another place by now.
#[test]
fn an_import_that_was_killed_is_remembered_under_another_name_and_in_a_folder_that_becomes_a_repository() {
    let becomes_repository = |project: &Project| {
        project.git(&["init", "--quiet", "--initial-branch=main"]).exits(0);
        project.commit("files of the import");
    };
    let gets_another_state =
        |project: &Project| project.replace("offersync.toml", "[cake]", "state = \"production.json\"\n[cake]");
    for change in [&becomes_repository as &dyn Fn(&Project), &gets_another_state] {
        let project = killed("off");
        change(&project);
        project.run(&["apply", "--auto-approve", "offer-10"]).exits(4).says("import::unfinished");
        assert_eq!(project.cake.writes(), 0);
        project.run(&["import"]).exits(0).says("9 offers imported");
        project.plan_is_empty();
        project.run(&["state", "rm", "offer-10"]).exits(0);
        project.run(&["plan"]).exits(0).says("1 to create").never_says("import::unfinished");
    }
}

/// Another clone imports it under its new name, and a merge brings the record.
#[test]
fn the_yaml_of_an_import_that_was_killed_is_not_created_where_another_key_has_the_offer_by_now() {
    for duplicate_check in ["off", "require"] {
        let project = killed(duplicate_check);
        let file = first_file(&project);
        let yaml = project.read(&file);
        std::fs::remove_file(project.path(&file)).unwrap();
        let changed = |offer: &mut Offer| {
            (offer.offer_name, offer.vertical_id) = ("Zenith".to_owned(), 99);
        };
        project.cake.change(10, changed).unwrap();
        project.run(&["import"]).exits(0);
        is_settled(&project);
        // A branch brings the file back, and a new offer is created meanwhile.
        project.write("offers/new.yaml", &small_offer("new", "1.00"));
        project.run(&["apply", "--auto-approve"]).exits(0);
        project.write(&file, &yaml);
        let writes = project.cake.writes();
        let refused = project.run(&["apply", "--auto-approve"]).exits(4);
        refused.says("import::unfinished").says("for offer 10, which is recorded as `zenith`");
        assert_eq!(project.cake.writes(), writes);
        std::fs::remove_file(project.path(&file)).unwrap();
        project.run(&["apply", "--auto-approve"]).exits(0);
        assert_eq!(project.cake.writes(), writes);
    }
}
