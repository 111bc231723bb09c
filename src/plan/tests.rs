//! Tests of the planner: every action, the order, the laws.

use super::*;
use crate::offer::{
    CreateRequest, DesiredOffer, DesiredSet, Field, FieldSet, Fields, InDoubtCreate, Key, NewOffer, OfferId,
    OnCreateOnlyChange, Operation, Record, RecordStatus, Recorded, RemovedAction, Replaced, SyncSettings, ValuePlaces,
};
use crate::source::{Place, Span};

pub(super) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub(super) fn id(number: u64) -> OfferId {
    OfferId::new(number).unwrap()
}

fn fields(pairs: &[(Field, &str)]) -> Fields {
    let mut fields: Fields = [
        (Field::OfferName, "Auto Insurance"),
        (Field::AdvertiserId, "101"),
        (Field::VerticalId, "7"),
        (Field::OfferUrl, "https://track.example.com/{aff_id}"),
        (Field::OfferStatus, "active"),
        (Field::Payout, "20.00"),
    ]
    .into_iter()
    .map(|(field, text)| (field, field.parse(text).unwrap()))
    .collect();
    for (field, text) in pairs {
        fields.set(*field, field.parse(text).unwrap());
    }
    fields
}

pub(super) fn offer(name: &str, pairs: &[(Field, &str)]) -> DesiredOffer {
    DesiredOffer {
        has: crate::offer::HasSettings::default(),
        key: key(name),
        fields: fields(pairs),
        sync: SyncSettings::default(),
        allowed: Vec::new(),
        waivers: Vec::new(),
        schedule: None,
        place: Place::new("offers/a.yaml".into(), Span { line: 1, column: 1, length: 1 }),
        places: ValuePlaces::default(),
    }
}

pub(super) fn record(number: u64, pairs: &[(Field, &str)]) -> Record {
    Record {
        offer_id: id(number),
        status: RecordStatus::Live,
        fields: fields(pairs),
        protect: false,
        replaced: vec![],
        unsettled: None,
        status_word: None,
    }
}

pub(super) fn desired(mut offers: Vec<DesiredOffer>) -> DesiredSet {
    offers.sort_by(|a, b| a.key.cmp(&b.key));
    DesiredSet { offers, files: Vec::new(), digest: "d".to_owned() }
}

pub(super) fn recorded(records: Vec<(&str, Record)>) -> Recorded {
    Recorded { offers: records.into_iter().map(|(name, r)| (key(name), r)).collect(), ..Recorded::default() }
}

pub(super) fn plan_of(offers: Vec<DesiredOffer>, recorded: &Recorded) -> Plan {
    plan_with(&desired(offers), recorded, RemovedAction::Retire, &Selection::default())
}

fn plan_with(desired: &DesiredSet, recorded: &Recorded, removed: RemovedAction, selection: &Selection) -> Plan {
    plan(PlanInputs {
        at: jiff::Timestamp::UNIX_EPOCH,
        desired,
        recorded,
        removed,
        selection,
        cake: "https://cake.example",
        environment: "production",
        state: StateBinding::default(),
        settings_digest: "s",
    })
}

pub(super) fn verbs(plan: &Plan) -> Vec<(&str, &str)> {
    plan.actions.iter().map(|action| (action.verb().word(), action.key.as_str())).collect()
}

pub(super) fn codes(plan: &Plan) -> Vec<&str> {
    plan.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect()
}

#[test]
fn an_offer_that_is_not_recorded_is_created_with_every_value() {
    let plan = plan_of(vec![offer("a", &[])], &Recorded::default());
    assert_eq!(verbs(&plan), [("create", "a")]);
    assert_eq!(plan.actions[0].changes.len(), 6);
    assert!(plan.actions[0].changes.iter().all(|change| change.before.is_none()));
}

#[test]
fn equal_sides_give_an_empty_plan_whatever_the_spelling() {
    let plan = plan_of(vec![offer("a", &[(Field::Payout, "20")])], &recorded(vec![("a", record(1, &[]))]));
    assert!(plan.is_empty());
    assert_eq!(plan.unchanged, 1);
}

#[test]
fn an_update_holds_the_changed_fields_only() {
    let plan = plan_of(vec![offer("a", &[(Field::Payout, "21.00")])], &recorded(vec![("a", record(1, &[]))]));
    let ActionKind::Write(Operation::Update { update }) = &plan.actions[0].kind else { panic!("not an update") };
    assert_eq!(update.changes().iter().map(|(field, _)| field).collect::<Vec<_>>(), [Field::Payout]);
}

#[test]
fn a_changed_create_only_field_blocks_the_whole_offer() {
    let edited = offer("a", &[(Field::VerticalId, "8"), (Field::Payout, "21")]);
    let plan = plan_of(vec![edited], &recorded(vec![("a", record(1, &[]))]));
    assert_eq!(verbs(&plan), [("blocked", "a")]);
    assert_eq!(codes(&plan), ["plan::create-only"]);
    assert!(plan.is_blocked());
}

#[test]
fn a_create_only_field_that_was_never_recorded_blocks_too() {
    let edited = offer("a", &[(Field::SessionHours, "24")]);
    let plan = plan_of(vec![edited], &recorded(vec![("a", record(1, &[]))]));
    assert_eq!(verbs(&plan), [("blocked", "a")]);
}

#[test]
fn replace_creates_a_new_offer_if_it_is_allowed_and_not_protected() {
    let mut edited = offer("a", &[(Field::VerticalId, "8")]);
    edited.sync.on_create_only_change = OnCreateOnlyChange::Replace;
    let before = recorded(vec![("a", record(1, &[]))]);
    let plan = plan_of(vec![edited.clone()], &before);
    assert_eq!(plan.actions[0].kind.create().unwrap().replaces, Some(id(1)));
    edited.sync.protect = true;
    let plan = plan_of(vec![edited], &before);
    assert_eq!(verbs(&plan), [("blocked", "a")]);
    assert_eq!(codes(&plan), ["plan::protected"]);
}

#[test]
fn the_old_half_of_an_unfinished_replace_is_retired_by_the_next_plan() {
    let mut half = record(2, &[]);
    half.replaced.push(Replaced::without_fields(id(1), false));
    let plan = plan_of(vec![offer("a", &[])], &recorded(vec![("a", half)]));
    assert!(
        matches!(&plan.actions[0].kind, ActionKind::Write(Operation::RetireReplaced { update }) if update.offer_id() == id(1))
    );
}

#[test]
fn an_unfinished_replace_is_finished_before_its_offers_are_forgotten() {
    let mut half = record(2, &[]);
    half.replaced.push(Replaced::without_fields(id(1), false));
    let of =
        |half| plan_with(&desired(vec![]), &recorded(vec![("a", half)]), RemovedAction::Forget, &Selection::default());
    assert_eq!(verbs(&of(half.clone())), [("retire", "a")]);
    half.replaced[0].inactive = true;
    assert_eq!(verbs(&of(half)), [("release", "a")]);
}

#[test]
fn a_replace_counts_as_a_create_of_its_name() {
    let mut replaced = offer("a", &[(Field::VerticalId, "8")]);
    replaced.sync.on_create_only_change = OnCreateOnlyChange::Replace;
    let before = recorded(vec![("a", record(1, &[])), ("b", record(2, &[]))]);
    let check = |offers| crate::plan::check(&desired(offers), &before, &Selection::default());
    assert!(check(vec![replaced, offer("b", &[])])[0].is_error());
    assert!(!check(vec![offer("a", &[]), offer("b", &[])])[0].is_error());
}

#[test]
fn missing_yaml_retires_forgets_or_blocks_as_configured() {
    let before = recorded(vec![("a", record(1, &[]))]);
    let none = desired(vec![]);
    let all = Selection::default();
    assert_eq!(verbs(&plan_with(&none, &before, RemovedAction::Retire, &all)), [("retire", "a")]);
    assert_eq!(verbs(&plan_with(&none, &before, RemovedAction::Forget, &all)), [("release", "a")]);
    assert_eq!(verbs(&plan_with(&none, &before, RemovedAction::Error, &all)), [("blocked", "a")]);
}

#[test]
fn the_state_remembers_protection_when_the_yaml_is_gone() {
    let mut guarded = record(1, &[]);
    guarded.protect = true;
    for removed in [RemovedAction::Retire, RemovedAction::Forget, RemovedAction::Error] {
        let before = recorded(vec![("a", guarded.clone())]);
        assert_eq!(verbs(&plan_with(&desired(vec![]), &before, removed, &Selection::default())), [("blocked", "a")]);
    }
}

#[test]
fn a_retired_offer_is_restored_under_its_old_id_and_always_gets_its_status() {
    let mut retired = record(1, &[]);
    retired.status = RecordStatus::Retired;
    let plan = plan_of(vec![offer("a", &[])], &recorded(vec![("a", retired)]));
    let ActionKind::Write(Operation::Restore { update, .. }) = &plan.actions[0].kind else { panic!("not a restore") };
    assert_eq!(update.offer_id(), id(1));
    assert_eq!(update.changes().get(Field::OfferStatus).unwrap().to_string(), "active");
}

#[test]
fn a_retired_offer_without_yaml_needs_nothing() {
    let mut retired = record(1, &[]);
    retired.status = RecordStatus::Retired;
    assert!(plan_of(vec![], &recorded(vec![("a", retired)])).is_empty());
}

#[test]
fn a_rename_takes_the_record_over_and_updates_what_differs() {
    let mut renamed = offer("b", &[(Field::Payout, "21")]);
    renamed.sync.renamed_from = Some(key("a"));
    let plan = plan_of(vec![renamed.clone()], &recorded(vec![("a", record(1, &[]))]));
    assert_eq!(verbs(&plan), [("update", "b"), ("rename", "b")]);
    let after = recorded(vec![("b", record(1, &[(Field::Payout, "21")]))]);
    assert!(plan_of(vec![renamed], &after).is_empty(), "once recorded, renamed_from means nothing");
}

#[test]
fn a_rename_from_a_key_that_is_not_recorded_creates_with_a_warning() {
    let mut renamed = offer("b", &[]);
    renamed.sync.renamed_from = Some(key("a"));
    let plan = plan_of(vec![renamed], &Recorded::default());
    assert_eq!(verbs(&plan), [("create", "b")]);
    assert_eq!(codes(&plan), ["plan::unknown-rename"]);
}

#[test]
fn a_rename_onto_a_recorded_key_is_blocked_and_retires_nothing_by_mistake() {
    let mut renamed = offer("b", &[]);
    renamed.sync.renamed_from = Some(key("a"));
    let plan = plan_of(vec![renamed], &recorded(vec![("a", record(1, &[])), ("b", record(2, &[]))]));
    assert!(verbs(&plan).contains(&("blocked", "b")));
    assert!(plan.is_blocked());
}

#[test]
fn a_field_that_leaves_the_yaml_is_released_and_a_date_warns() {
    let date = [(Field::ExpirationDate, "2026-12-31 23:59:59")];
    let plan = plan_of(vec![offer("a", &[])], &recorded(vec![("a", record(1, &date))]));
    assert_eq!(verbs(&plan), [("release", "a")]);
    assert_eq!(codes(&plan), ["plan::date-not-cleared"]);
}

#[test]
fn ignored_fields_are_neither_compared_nor_sent() {
    let mut edited = offer("a", &[(Field::Payout, "99")]);
    edited.sync.ignore_changes = FieldSet::from_iter([Field::Payout]);
    let mut before = record(1, &[]);
    before.fields.remove(Field::Payout);
    assert!(plan_of(vec![edited.clone()], &recorded(vec![("a", before)])).is_empty());
    let created = plan_of(vec![edited], &Recorded::default());
    let create = created.actions[0].kind.create().unwrap();
    assert!(create.offer.fields().get(Field::Payout).is_some(), "sent on create");
    assert!(create.ignored.contains(Field::Payout));
}

#[test]
fn a_create_in_doubt_is_planned_with_a_warning() {
    let mut before = Recorded::default();
    let doubt = InDoubtCreate::new(
        CreateRequest {
            offer: NewOffer::new(fields(&[])).unwrap(),
            ignored: FieldSet::default(),
            protect: false,
            replaces: None,
        },
        "the reply was cut off".to_owned(),
    );
    before.in_doubt.insert(key("a"), doubt);
    let plan = plan_of(vec![offer("a", &[])], &before);
    assert_eq!(verbs(&plan), [("create", "a")]);
    assert!(plan.actions[0].reason.as_ref().unwrap().contains("in doubt"));
    assert_eq!(codes(&plan), ["plan::in-doubt"]);
    // Under a new key it is the same create.
    let mut renamed = offer("b", &[]);
    renamed.sync.renamed_from = Some(key("a"));
    let plan = plan_of(vec![renamed], &before);
    assert_eq!(verbs(&plan), [("create", "b")]);
    assert!(plan.actions[0].reason.as_ref().unwrap().contains("in doubt"));
    assert_eq!(codes(&plan), ["plan::in-doubt"]);
}

#[test]
fn protection_that_is_set_or_lifted_is_an_action_of_its_own() {
    let protection = |before: bool, after: bool, payout: &str| {
        let (mut had, mut wanted) = (record(1, &[]), offer("a", &[(Field::Payout, payout)]));
        (had.protect, wanted.sync.protect) = (before, after);
        plan_of(vec![wanted], &recorded(vec![("a", had)]))
    };
    let set = protection(false, true, "20");
    assert_eq!((verbs(&set), set.unchanged), (vec![("protect", "a")], 0));
    assert_eq!(set.actions[0].kind.protect(), Some(true));
    let lifted = protection(true, false, "20");
    assert_eq!((verbs(&lifted), codes(&lifted)), (vec![("protect", "a")], vec!["plan::unprotected"]));
    assert_eq!(lifted.actions[0].kind.protect(), Some(false));
    assert_eq!(verbs(&protection(false, true, "21")), [("update", "a"), ("protect", "a")]);
    assert!(protection(true, true, "20").is_empty());
}

#[test]
fn a_replace_of_an_offer_that_was_protected_shows_that_the_protection_is_lifted() {
    let revenue = (Field::Revenue, "30.00");
    let (mut had, mut wanted) = (record(1, &[revenue]), offer("a", &[revenue, (Field::VerticalId, "8")]));
    had.protect = true;
    wanted.sync.on_create_only_change = OnCreateOnlyChange::Replace;
    let plan = plan_of(vec![wanted], &recorded(vec![("a", had)]));
    assert_eq!((verbs(&plan), codes(&plan)), (vec![("replace", "a"), ("protect", "a")], vec!["plan::unprotected"]));
}

#[test]
fn a_restore_sets_the_protection_itself_and_lifts_none() {
    let (mut had, mut wanted) = (record(1, &[]), offer("a", &[]));
    had.status = RecordStatus::Retired;
    wanted.sync.protect = true;
    assert_eq!(verbs(&plan_of(vec![wanted], &recorded(vec![("a", had.clone())]))), [("restore", "a")]);
    had.protect = true;
    let plan = plan_of(vec![offer("a", &[])], &recorded(vec![("a", had)]));
    assert_eq!(verbs(&plan), [("restore", "a"), ("protect", "a")]);
}

#[test]
fn the_order_is_creates_replaces_restores_updates_retires() {
    let mut replaced = offer("a", &[(Field::VerticalId, "8")]);
    replaced.sync.on_create_only_change = OnCreateOnlyChange::Replace;
    let mut retired = record(3, &[]);
    retired.status = RecordStatus::Retired;
    let offers = vec![replaced, offer("b", &[]), offer("c", &[]), offer("z", &[]), offer("d", &[(Field::Payout, "1")])];
    let before = recorded(vec![
        ("a", record(1, &[])),
        ("b", retired),
        ("d", record(4, &[])),
        ("e", record(5, &[(Field::OfferName, "E")])),
    ]);
    let expected =
        [("create", "c"), ("create", "z"), ("replace", "a"), ("restore", "b"), ("update", "d"), ("retire", "e")];
    assert_eq!(verbs(&plan_of(offers, &before)), expected);
}

#[test]
fn a_selection_narrows_and_excludes() {
    let offers = desired(vec![offer("auto-1", &[]), offer("auto-2", &[]), offer("home-1", &[])]);
    let selection = Selection::new(&["auto-*".to_owned()], &["*-2".to_owned()]).unwrap();
    let plan = plan_with(&offers, &Recorded::default(), RemovedAction::Retire, &selection);
    assert_eq!(verbs(&plan), [("create", "auto-1")]);
    assert_eq!(selection.unmatched(&offers.offers.iter().map(|o| &o.key)), Vec::<&str>::new());
}

#[test]
fn a_host_is_new_where_other_hosts_are_recorded_and_not_this_one() {
    let url = |host: &str| [(Field::OfferUrl, format!("https://{host}/?a={{aff_id}}"))];
    let planned = |recorded: &Recorded, host: &str| {
        let pairs = url(host);
        let pairs: Vec<_> = pairs.iter().map(|(field, value)| (*field, value.as_str())).collect();
        let plan = plan_of(vec![offer("new", &pairs)], recorded);
        let action = plan.actions.into_iter().find(|action| action.key == key("new")).unwrap();
        action.changes.into_iter().find_map(|change| change.new_host)
    };
    let known = recorded(vec![(
        "old",
        record(1, &[(Field::OfferUrl, "https://Track.example.com/"), (Field::OfferName, "Old")]),
    )]);
    assert_eq!(planned(&known, "track.example.com"), None);
    assert_eq!(planned(&known, "track.example.com:443"), None);
    assert_eq!(planned(&known, "track.example.com:8443").as_deref(), Some("track.example.com:8443"));
    assert_eq!(planned(&known, "track.example.com:#s1#").as_deref(), Some("track.example.com:#s1#"));
    assert_eq!(planned(&known, "evil.example.net").as_deref(), Some("evil.example.net"));
    assert_eq!(planned(&Recorded::default(), "evil.example.net"), None, "there is nothing to compare with");
}

#[test]
fn a_renamed_file_is_blocked_because_it_looks_like_two_offers() {
    let plan = plan_of(vec![offer("new-key", &[])], &recorded(vec![("old-key", record(1, &[]))]));
    assert_eq!(verbs(&plan), [("blocked", "new-key"), ("blocked", "old-key")]);
    assert_eq!(codes(&plan), ["plan::undeclared-rename"]);
    let help = plan.diagnostics[0].help.as_ref().unwrap();
    assert!(help.contains("`offersync state mv old-key new-key`") && help.contains("renamed_from: old-key"), "{help}");
    let moved = plan_of(
        vec![offer("new-key", &[(Field::OfferUrl, "https://other.example.com/")])],
        &recorded(vec![("old-key", record(1, &[]))]),
    );
    assert!(!moved.diagnostics[0].help.as_ref().unwrap().contains("state mv"), "another URL: perhaps another offer");
    let with_name = |url: &str| offer("new-key", &[(Field::OfferName, "B"), (Field::OfferUrl, url)]);
    let own_url = with_name("https://t.example.com/");
    let same_url = plan_of(
        vec![own_url.clone()],
        &recorded(vec![("old-key", record(1, &[(Field::OfferUrl, "https://t.example.com/")]))]),
    );
    assert_eq!(codes(&same_url), ["plan::undeclared-rename"]);
    let shared = vec![
        ("old-key", record(1, &[(Field::OfferUrl, "https://t.example.com/")])),
        ("other", record(2, &[(Field::OfferName, "C"), (Field::OfferUrl, "https://t.example.com/")])),
    ];
    let other = offer("other", &[(Field::OfferName, "C"), (Field::OfferUrl, "https://t.example.com/")]);
    assert!(codes(&plan_of(vec![own_url, other], &recorded(shared))).is_empty(), "several offers have that URL");
    let another = plan_of(vec![with_name("https://other.example.com/")], &recorded(vec![("old-key", record(1, &[]))]));
    assert!(codes(&another).is_empty());
}

#[test]
fn files_that_were_renamed_in_a_row_are_told_once_with_commands_in_the_order_in_which_they_work() {
    let named = |key: &str, name: &str| offer(key, &[(Field::OfferName, name)]);
    let was = |id, name: &str| record(id, &[(Field::OfferName, name)]);
    let plan = plan_of(
        vec![named("d", "A"), named("a", "B"), named("b", "C")],
        &recorded(vec![("a", was(1, "A")), ("b", was(2, "B")), ("c", was(3, "C"))]),
    );
    assert_eq!(codes(&plan), ["plan::undeclared-rename"; 3]);
    let helps: Vec<_> = plan.diagnostics.iter().filter_map(|problem| problem.help.as_deref()).collect();
    let commands = "run `offersync state mv a d`, then `offersync state mv b a`, then `offersync state mv c b`:";
    assert_eq!(helps.iter().filter(|help| help.contains(commands)).count(), 1, "{helps:?}");
    assert_eq!(helps.iter().filter(|help| help.contains("state mv")).count(), 1, "{helps:?}");
    assert_eq!(helps.iter().filter(|help| help.contains("are told with `b`")).count(), 2, "{helps:?}");
}

#[test]
fn a_row_of_renames_that_is_declared_in_part_frees_the_key_for_the_offer_that_has_left_it() {
    let named = |key: &str, name: &str| offer(key, &[(Field::OfferName, name)]);
    let was = |id, name: &str| record(id, &[(Field::OfferName, name)]);
    let mut second = named("a", "B");
    second.sync.renamed_from = Some(key("b"));
    let plan = plan_of(vec![named("d", "A"), second], &recorded(vec![("a", was(1, "A")), ("b", was(2, "B"))]));
    let help = plan.diagnostics.iter().find(|problem| problem.code.name == "offer::rename").unwrap().help.clone();
    let help = help.unwrap();
    assert!(help.contains("run `offersync state mv a d`, then `offersync state mv b a`"), "{help}");
    assert!(!help.contains("state rm"), "{help}");
    let all = plan.diagnostics.iter().filter_map(|problem| problem.help.as_deref());
    assert_eq!(all.filter(|help| help.contains("state mv")).count(), 1, "told once");
}

#[test]
fn a_protected_offer_whose_file_was_renamed_is_told_as_a_rename_alone() {
    let mut guarded = record(1, &[]);
    guarded.protect = true;
    let plan = plan_of(vec![offer("new-key", &[])], &recorded(vec![("old-key", guarded.clone())]));
    assert_eq!(codes(&plan), ["plan::undeclared-rename"]);
    assert_eq!(plan.actions.len(), 2);
    assert!(plan.actions.iter().all(|action| matches!(action.kind, ActionKind::Blocked { .. })));
    let reason = plan.actions.iter().find(|action| action.key.as_str() == "old-key").unwrap().reason.clone();
    assert!(reason.unwrap().contains("new-key"));
    let other = offer("other", &[(Field::OfferName, "B"), (Field::AdvertiserId, "102")]);
    let alone = plan_of(vec![other], &recorded(vec![("old-key", guarded)]));
    assert_eq!(codes(&alone), ["plan::protected"]);
}

#[test]
fn a_lost_protection_is_told() {
    let mut guarded = record(1, &[]);
    guarded.protect = true;
    assert_eq!(codes(&plan_of(vec![offer("a", &[])], &recorded(vec![("a", guarded)]))), ["plan::unprotected"]);
}

#[test]
fn the_document_has_the_documented_shape() {
    let plan = plan_of(vec![offer("a", &[(Field::Payout, "21.50")])], &recorded(vec![("a", record(12345, &[]))]));
    let json = serde_json::to_value(PlanDocument::from(&plan)).unwrap();
    assert_eq!(json["format"], "offersync-plan");
    assert_eq!(json["summary"]["update"], 1);
    let expected = serde_json::json!({
        "key": "a", "action": "update", "offer_id": 12345, "source": {"file": "offers/a.yaml", "line": 1},
        "changes": [{"field": "payout", "before": "20.00", "after": "21.50", "source": null}], "reason": null
    });
    assert_eq!(json["actions"][0], expected);
}
