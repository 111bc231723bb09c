//! YAML that waits for its offer.

use super::*;
use crate::import::Reason;
use crate::offer::{Baseline, CreateRequest, FieldSet, InDoubtCreate, NewOffer, Record, RecordStatus};

const MATCHING: ImportOptions = ImportOptions { matching: true, defaults: false };

fn waiting(name: &str, more: &str) -> String {
    format!(
        "offer_name: {name}\nadvertiser_id: 101\nvertical_id: 7\noffer_url: https://track.example/{{offer_id}}\n{more}"
    )
}

#[test]
fn a_single_fit_is_recorded_as_cake_shows_it() {
    let text =
        waiting("Lead", "payout: 20.00\nsession_hours: 24\ncurrency_id: 1\nexpiration_date: 2030-01-01 00:00:00\n");
    let place = Place::default().with("offers/mine.yaml", &text);
    let observed =
        [offer(1, " Lead ", &[(Field::Payout, "18.00"), (Field::SessionHours, "24"), (Field::Revenue, "30")])];
    let import = place.choose(&observed, MATCHING);
    let adoption = &import.adoptions[0];
    assert_eq!((adoption.key.as_str(), &adoption.origin), ("mine", &Origin::Matched));
    assert!(import.files.is_empty() && import.left_out.is_empty());
    let fields = &adoption.record.fields;
    let value = |field| fields.get(field).map(ToString::to_string);
    assert_eq!(value(Field::Payout).as_deref(), Some("18.00"), "what CAKE has");
    assert_eq!(value(Field::Revenue), None, "the YAML does not manage it");
    assert_eq!(value(Field::CurrencyId).as_deref(), Some("1"), "CAKE does not show it: the value in the YAML counts");
    assert_eq!(value(Field::ExpirationDate), None, "the next plan sends it");
    let trusted: FieldSet = [Field::CurrencyId].into_iter().collect();
    assert_eq!(import.trusted, trusted);
    let plan = place.after(&import).plan();
    let changed: Vec<_> = plan.actions.iter().flat_map(|action| &action.changes).map(|change| change.field).collect();
    // CAKE may have stored the spaces around the name: they are no difference.
    assert_eq!(changed, [Field::Payout, Field::ExpirationDate]);
    assert!(!plan.is_blocked());
}

#[test]
fn ties_are_left_alone_on_both_sides() {
    let place = Place::default().with("offers/a.yaml", &waiting("Lead", "payout: 1\n"));
    let import = place.choose(&[offer(1, "Lead", &[]), offer(2, "Lead", &[])], MATCHING);
    let tie = Reason::Ambiguous { keys: vec![key("a")], offer_ids: vec![id(1), id(2)] };
    assert_eq!(import.left_out.iter().map(|l| &l.reason).collect::<Vec<_>>(), [&tie, &tie]);
    let two = place.with("offers/b.yaml", &waiting("Lead", "payout: 2\n"));
    let import = two.choose(&[offer(1, "Lead", &[])], MATCHING);
    assert_eq!(import.left_out[0].reason, Reason::Ambiguous { keys: vec![key("a"), key("b")], offer_ids: vec![id(1)] });
    assert!(import.files.is_empty() && import.adoptions.is_empty());
}

#[test]
fn without_matching_the_tree_is_never_made_invalid() {
    let place = Place::default().with("offers/a.yaml", &waiting("Lead", "payout: 1\n"));
    let import =
        place.choose(&[offer(1, "Lead", &[]), offer(2, "Lead", &[(Field::VerticalId, "9")])], ImportOptions::default());
    let reasons: Vec<_> = import.left_out.iter().map(|l| l.reason.clone()).collect();
    let taken = |would_match| Reason::NameTaken { key: key("a"), would_match };
    assert_eq!(reasons, [taken(true), taken(false)]);
}

#[test]
fn yaml_that_says_the_same_already_is_taken_up_without_being_asked() {
    let observed = [offer(1, "Lead", &[]), offer(2, "Lead", &[])];
    let first = Place::default().choose(&observed, ImportOptions::default());
    let half = Place {
        files: vec![(first.files[1].path.clone(), first.files[1].text.clone().into_bytes())],
        ..Place::default()
    };
    let second = half.choose(&observed, ImportOptions::default());
    assert_eq!(paths(&second), [first.files[0].path.as_str()]);
    let keys = |import: &Import| import.adoptions.iter().map(|a| (a.key.clone(), a.record.clone())).collect::<Vec<_>>();
    assert_eq!(keys(&first), keys(&second));
    assert_eq!(second.count(|origin| *origin == Origin::Found), 1);
}

#[test]
fn an_offer_that_a_create_in_doubt_may_have_made_waits() {
    let mut place = Place::default();
    let made = offer(1, "Lead", &[]);
    let doubt = InDoubtCreate::new(
        CreateRequest {
            offer: NewOffer::new(made.fields.clone()).unwrap(),
            ignored: FieldSet::default(),
            protect: false,
            replaces: None,
        },
        "no reply".to_owned(),
    );
    place.recorded.in_doubt.insert(key("lead"), doubt);
    let import = place.choose(&[made, offer(2, "Other", &[])], MATCHING);
    assert_eq!(import.left_out[0].reason, Reason::InDoubt(key("lead")));
    assert_eq!(import.adoptions.len(), 1);
}

fn doubt(made: &ObservedOffer) -> InDoubtCreate {
    let offer = NewOffer::new(made.fields.clone()).unwrap();
    let request = CreateRequest { offer, ignored: FieldSet::default(), protect: false, replaces: None };
    InDoubtCreate::new(request, "no reply".to_owned())
}

#[test]
fn every_create_in_doubt_keeps_its_offer_also_beside_one_of_the_same_name() {
    let mut place = Place::default();
    let of = |id, advertiser| offer(id, "Lead", &[(Field::AdvertiserId, advertiser)]);
    place.recorded.in_doubt.insert(key("a"), doubt(&of(1, "101")));
    place.recorded.in_doubt.insert(key("b"), doubt(&of(2, "102")));
    let import = place.choose(&[of(1, "101"), of(2, "102"), of(3, "103")], MATCHING);
    let reasons: Vec<_> = import.left_out.iter().map(|left_out| left_out.reason.clone()).collect();
    assert_eq!(reasons, [Reason::InDoubt(key("a")), Reason::InDoubt(key("b"))]);
    assert_eq!(import.adoptions.len(), 1);
}

#[test]
fn an_offer_that_cake_may_have_made_otherwise_waits_for_the_create_in_doubt() {
    let mut place = Place::default();
    place.recorded.in_doubt.insert(key("lead"), doubt(&offer(1, "Tom & Jerry", &[])));
    let import = place.choose(&[offer(1, "TOM &amp; Jerry", &[(Field::VerticalId, "9")])], MATCHING);
    assert_eq!(import.left_out[0].reason, Reason::InDoubt(key("lead")));
}

#[test]
fn an_offer_that_was_not_there_before_a_create_in_doubt_waits_whatever_its_name_and_id() {
    let mut place = Place::default();
    let baseline = Some(Baseline { highest: Some(id(4)), unowned: [id(4)].into() });
    let sent = offer(9, "Home Warranty Lead - Premium", &[]);
    place.recorded.in_doubt.insert(key("lead"), InDoubtCreate { baseline, ..doubt(&sent) });
    let cut = offer(5, "Home War", &[]);
    let of_another = offer(6, "Home War", &[(Field::AdvertiserId, "102")]);
    let below = offer(3, "Home War", &[]);
    let import = place.choose(&[offer(4, "Older", &[]), cut, below, of_another], MATCHING);
    let left_out: Vec<_> =
        import.left_out.iter().map(|left_out| (left_out.offer_id, left_out.reason.clone())).collect();
    let waits = |number| (id(number), Reason::InDoubt(key("lead")));
    assert_eq!(left_out, [waits(3), waits(5)]);
    assert_eq!(import.adoptions.len(), 2);
}

/// A place where `lead` is recorded with offer 1.
fn with_lead() -> Place {
    let mut place = Place::default().with("offers/lead.yaml", &waiting("Lead", ""));
    let record = Record {
        offer_id: id(1),
        status: RecordStatus::Live,
        fields: offer(1, "Lead", &[]).fields,
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
    };
    place.recorded.offers.insert(key("lead"), record);
    place
}

#[test]
fn an_offer_with_the_name_and_advertiser_of_a_recorded_key_gets_no_key_of_its_own() {
    let observed = [
        offer(1, "Lead", &[]),
        offer(2, " Lead", &[(Field::VerticalId, "9")]),
        offer(3, "Lead", &[(Field::AdvertiserId, "102")]),
        offer(4, "LEAD", &[]),
    ];
    for options in [ImportOptions::default(), MATCHING] {
        let import = with_lead().choose(&observed, options);
        let left_out: Vec<_> = import.left_out.iter().map(|l| (l.offer_id, l.reason.clone())).collect();
        let reason = Reason::RecordedName { key: key("lead"), offer_id: id(1) };
        assert_eq!(left_out, [(id(2), reason.clone()), (id(4), reason)]);
        assert_eq!((import.adoptions.len(), import.skipped), (1, 1));
    }
}

#[test]
fn an_offer_with_the_name_that_a_recorded_key_has_in_its_yaml_gets_no_key_of_its_own() {
    // The new name was applied by a runner whose state is lost.
    for name in ["Lead, second edition", "LEAD,  second edition"] {
        let place = with_lead().with("offers/lead.yaml", &waiting("Lead, second edition", ""));
        let import = place.choose(&[offer(1, "Lead", &[]), offer(2, name, &[])], MATCHING);
        assert_eq!(import.left_out[0].reason, Reason::RecordedName { key: key("lead"), offer_id: id(1) });
        assert!(import.adoptions.is_empty());
    }
}

#[test]
fn yaml_for_the_offer_is_taken_up_although_another_key_has_its_name() {
    let text = waiting("Lead", "").replace("vertical_id: 7", "vertical_id: 9");
    let place = with_lead().with("offers/other.yaml", &text);
    let import = place.choose(&[offer(2, "Lead", &[(Field::VerticalId, "9")])], MATCHING);
    assert_eq!(import.adoptions.iter().map(|a| a.key.as_str()).collect::<Vec<_>>(), ["other"]);
}

/// A listed offer without the URL that the others have.
fn at(number: u64, name: &str, path: &str) -> ObservedOffer {
    offer(number, name, &[(Field::OfferUrl, &format!("https://track.example/{path}"))])
}

/// What an import that was interrupted before its records has left, with its note.
fn interrupted(observed: &[ObservedOffer]) -> Place {
    let import = Place::default().choose(observed, ImportOptions::default());
    let mut place = Place::default().with_files(&import);
    place.noted = import.adoptions.iter().map(|a| (a.record.offer_id, a.key.clone())).collect();
    place
}

fn reasons(import: &Import) -> Vec<(OfferId, Reason)> {
    import.left_out.iter().map(|left_out| (left_out.offer_id, left_out.reason.clone())).collect()
}

fn adopted(import: &Import) -> Vec<(&str, OfferId)> {
    import.adoptions.iter().map(|a| (a.key.as_str(), a.record.offer_id)).collect()
}

#[test]
fn an_offer_that_is_not_as_an_interrupted_import_wrote_it_gets_no_second_key() {
    let written = [at(1, "Lead", "1"), at(2, "Solar", "2")];
    let changes = [
        (offer(1, "Renamed", &[(Field::OfferUrl, "https://track.example/1")]), Field::OfferName),
        (offer(1, "Lead", &[(Field::AdvertiserId, "102")]), Field::AdvertiserId),
        (offer(1, "Lead", &[(Field::VerticalId, "9")]), Field::VerticalId),
    ];
    for (changed, field) in changes {
        for options in [ImportOptions::default(), MATCHING] {
            let import = interrupted(&written).choose(&[changed.clone(), written[1].clone()], options);
            let differs = [field].into_iter().collect();
            assert_eq!(reasons(&import), [(id(1), Reason::WrittenFor { key: key("lead"), differs })]);
            assert_eq!(adopted(&import), [("solar", id(2))]);
            assert!(import.files.is_empty());
        }
    }
}

#[test]
fn an_offer_is_recorded_for_the_yaml_that_an_interrupted_import_wrote_although_other_values_differ() {
    let place = interrupted(&[at(1, "Lead", "1")]);
    let import = place.choose(&[offer(1, "Lead", &[(Field::Payout, "9.00")])], ImportOptions::default());
    assert_eq!(adopted(&import), [("lead", id(1))]);
    assert!(import.files.is_empty() && import.left_out.is_empty());
}

#[test]
fn yaml_that_an_interrupted_import_wrote_for_one_offer_is_never_recorded_with_another_one() {
    let both = [at(1, "Lead", "1"), at(2, "Lead", "1")];
    let place = interrupted(&both);
    // Equal in everything: only the note tells them apart.
    let import = place.choose(&both[1..], ImportOptions::default());
    assert_eq!(adopted(&import), [(place.noted[&id(2)].as_str(), id(2))]);
    let other = at(3, "Lead", "3");
    for options in [ImportOptions::default(), MATCHING] {
        let import = interrupted(&both[..1]).choose(std::slice::from_ref(&other), options);
        assert!(adopted(&import).is_empty() && import.files.is_empty());
        assert_eq!(import.left_out.len(), 1);
    }
}

#[test]
fn an_offer_with_the_url_and_advertiser_of_yaml_without_a_record_gets_no_second_key() {
    let waits = |number, keys: &[&str]| (id(number), Reason::SameUrl { keys: keys.iter().map(|k| key(k)).collect() });
    for options in [ImportOptions::default(), MATCHING] {
        let place = Place::default().with("offers/mine.yaml", &waiting("Lead", "payout: 1\n"));
        let of_another = offer(3, "Renamed", &[(Field::AdvertiserId, "102")]);
        let spelled = offer(1, "Renamed", &[(Field::OfferUrl, "HTTPS://Track.example:443/%7Boffer_id%7D")]);
        let import = place.choose(&[spelled, at(2, "Other", "2"), of_another], options);
        assert_eq!(reasons(&import), [waits(1, &["mine"])]);
        assert_eq!(import.adoptions.len(), 2);
        // A URL that several have tells them apart no more, and is no proof that they differ.
        let import = place.choose(&[offer(1, "Renamed", &[]), offer(2, "Other", &[])], options);
        assert_eq!(reasons(&import), [waits(1, &["mine"]), waits(2, &["mine"])]);
        let two = place.with("offers/second.yaml", &waiting("Second", "payout: 1\n"));
        let import = two.choose(&[offer(1, "Renamed", &[])], options);
        assert_eq!(reasons(&import), [waits(1, &["mine", "second"])]);
    }
}

#[test]
fn yaml_that_gets_its_own_offer_keeps_no_other_one_of_its_url_out() {
    let place = Place::default().with("offers/mine.yaml", &waiting("Lead", "payout: 1\n"));
    let import = place.choose(&[offer(1, "Lead", &[]), offer(2, "Other", &[])], MATCHING);
    assert_eq!(adopted(&import), [("mine", id(1)), ("other", id(2))]);
}
