//! Killed, out of disk, or met by somebody else's files: nothing is lost, and the next import comes to the same end.

use crate::harness::world::{World, offers};

#[test]
fn an_import_that_is_killed_goes_on_where_it_was() {
    for (place, names) in
        [("import.before-names:1", 0), ("import.before-names:2", 64), ("import.before-records:1", 150)]
    {
        let world = World::new(offers(150));
        let fault = format!("{place}=kill");
        let ran = world.run_with(&["import"], &[("OFFERSYNC_FAULT_POINT", &fault)]);
        assert_eq!(ran.code, None, "{}{}", ran.out, ran.err);
        let yaml = |tree: &std::collections::BTreeMap<String, String>| {
            tree.keys().filter(|path| path.rsplit('.').next() == Some("yaml")).count()
        };
        assert_eq!(yaml(&world.tree()), names, "{place}");
        let again = world.expect(0, &["import"]);
        assert!(again.out.contains("150 offers imported"), "{}", again.out);
        let tree = world.tree();
        assert_eq!((tree.len(), yaml(&tree)), (150, 150), "nothing temporary stays");
        world.is_settled();
    }
}

#[test]
fn a_full_disk_records_what_was_made_and_the_next_import_makes_the_rest() {
    let world = World::new(offers(150));
    let ran = world.run_with(&["import"], &[("OFFERSYNC_FAULT_POINT", "import.before-names:2=enospc")]);
    assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("disk::failed"), "{}", ran.err);
    assert_eq!(world.tree().len(), 64);
    world.expect(0, &["plan", "--detailed-exitcode"]);
    let again = world.expect(0, &["import"]);
    assert!(again.out.contains("86 offers imported, 0 matched, 64 already recorded"), "{}", again.out);
    world.is_settled();
}
