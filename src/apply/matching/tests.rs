//! What a listing proves about a create in doubt, case by case.

use super::*;
use crate::offer::{Baseline, CreateRequest, DesiredSet, NewOffer, Record, RecordStatus, Replaced};

const NAME: &str = "Solar Quote";

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn id(number: u64) -> OfferId {
    OfferId::new(number).unwrap()
}

fn fields(name: &str, changes: &[(&str, &str)]) -> Fields {
    let mut pairs = vec![("offer_name", name), ("advertiser_id", "101"), ("vertical_id", "7")];
    pairs.push(("offer_url", "https://t.example.com/"));
    pairs.retain(|(field, _)| changes.iter().all(|(changed, _)| changed != field));
    pairs.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    let value = |(field, text): (&str, &str)| {
        let field = Field::from_name(field).unwrap();
        (field, field.parse(text).unwrap())
    };
    pairs.into_iter().map(value).collect()
}

fn observed(number: u64, name: &str, changes: &[(&str, &str)]) -> ObservedOffer {
    ObservedOffer {
        offer_id: id(number),
        fields: fields(name, changes),
        unreadable: Box::default(),
        status_word: None,
        has_no_date: false,
    }
}

/// A create in doubt that was sent when offers up to 100 existed, 90 of them without a key.
fn doubt(name: &str) -> InDoubtCreate {
    let request = CreateRequest {
        offer: NewOffer::new(fields(name, &[])).unwrap(),
        ignored: FieldSet::default(),
        protect: false,
        replaces: None,
    };
    let baseline = Baseline { highest: Some(id(100)), unowned: [id(90)].into() };
    InDoubtCreate { baseline: Some(baseline), ..InDoubtCreate::new(request, "no reply".to_owned()) }
}

fn listing(offers: Vec<ObservedOffer>) -> CompleteListing {
    CompleteListing::of(Scope::Advertisers([crate::offer::AdvertiserId::new(101).unwrap()].into()), offers)
}

fn look(doubt: InDoubtCreate, offers: Vec<ObservedOffer>) -> LookupResult {
    let mut recorded = Recorded::default();
    recorded.in_doubt.insert(key("a"), doubt);
    look_up_all(&recorded, &BTreeSet::new(), &listing(offers)).remove(&key("a")).unwrap()
}

fn candidates(result: &LookupResult) -> Vec<u64> {
    match result {
        LookupResult::Undecided(Undecided::Candidates(candidates)) => {
            candidates.iter().map(|candidate| candidate.offer_id.get()).collect()
        }
        other => panic!("not candidates: {other:?}"),
    }
}

#[test]
fn a_newer_offer_that_is_equal_in_everything_is_the_one() {
    for name in [NAME, " Solar Quote "] {
        let LookupResult::Found(found) = look(doubt(NAME), vec![observed(101, name, &[("payout", "240.00")])]) else {
            panic!("`{name}` is not found")
        };
        assert_eq!(found.offer_id, id(101));
        assert_eq!(found.shown.get(Field::Payout).unwrap().to_string(), "240.00", "with what CAKE shows");
    }
    let without_url = look(doubt(NAME), vec![observed(101, NAME, &[("offer_url", "")])]);
    assert!(matches!(without_url, LookupResult::Found(_)), "a listing need not show the address");
}

#[test]
fn an_offer_that_was_there_before_is_not_the_one() {
    assert_eq!(look(doubt(NAME), vec![observed(90, NAME, &[])]), LookupResult::NotShown);
    assert_eq!(
        candidates(&look(doubt(NAME), vec![observed(95, NAME, &[])])),
        [95],
        "hidden before, or an id given again"
    );
}

#[test]
fn what_is_only_close_is_shown_and_never_taken() {
    for (name, changes) in [
        ("SOLAR QUOTE", vec![]),
        ("Solar  Quote", vec![]),
        ("Solar\u{a0}Quote", vec![]),
        (NAME, vec![("vertical_id", "8")]),
        (NAME, vec![("vertical_id", "")]),
        (NAME, vec![("advertiser_id", "")]),
        (NAME, vec![("offer_url", "https://other.example.com/")]),
    ] {
        assert_eq!(candidates(&look(doubt(NAME), vec![observed(101, name, &changes)])), [101], "{name} {changes:?}");
    }
    let mut nameless = observed(101, NAME, &[]);
    nameless.fields.remove(Field::OfferName);
    assert_eq!(candidates(&look(doubt(NAME), vec![nameless])), [101]);
}

#[test]
fn an_unknown_newer_offer_is_no_proof_of_absence_and_one_of_another_advertiser_does_not_matter() {
    assert_eq!(candidates(&look(doubt(NAME), vec![observed(101, "Something else", &[])])), [101]);
    let of_another = |url| observed(101, NAME, &[("advertiser_id", "102"), ("offer_url", url)]);
    assert_eq!(candidates(&look(doubt(NAME), vec![of_another("https://other.example/")])), [101]);
    let other_name = [("advertiser_id", "102"), ("offer_url", "https://other.example/")];
    assert_eq!(look(doubt(NAME), vec![observed(101, "Something else", &other_name)]), LookupResult::NotShown);
    // A person may have moved what the create made.
    let moved = observed(101, NAME, &[("advertiser_id", "102")]);
    assert_eq!(candidates(&look(doubt(NAME), vec![moved.clone()])), [101]);
    assert!(matches!(look(doubt(NAME), vec![moved, observed(102, NAME, &[])]), LookupResult::Found(_)));
    assert_eq!(look(doubt(NAME), vec![]), LookupResult::NotShown);
}

#[test]
fn two_offers_that_are_equal_are_for_a_person() {
    let both = vec![observed(101, NAME, &[]), observed(102, "solar quote", &[])];
    assert_eq!(candidates(&look(doubt(NAME), both)), [101, 102]);
}

#[test]
fn an_offer_that_two_creates_may_have_made_is_for_a_person() {
    let long = "Home Warranty Lead for the East Coast, Premium Traffic";
    let mut recorded = Recorded::default();
    recorded.in_doubt.insert(key("cut"), doubt(&long[..50]));
    recorded.in_doubt.insert(key("whole"), doubt(long));
    let results = look_up_all(&recorded, &BTreeSet::new(), &listing(vec![observed(101, &long[..50], &[])]));
    for result in results.values() {
        assert_eq!(candidates(result), [101]);
    }
}

#[test]
fn what_another_create_made_is_not_a_candidate_for_this_one() {
    let mut recorded = Recorded::default();
    recorded.in_doubt.insert(key("a"), doubt("First"));
    recorded.in_doubt.insert(key("b"), doubt("Second"));
    let results = look_up_all(&recorded, &BTreeSet::new(), &listing(vec![observed(101, "First", &[])]));
    assert!(matches!(results[&key("a")], LookupResult::Found(_)));
    assert_eq!(results[&key("b")], LookupResult::NotShown);
}

#[test]
fn silence_proves_nothing_where_more_must_be_known() {
    let undecided = |doubt: InDoubtCreate| look(doubt, vec![]);
    let mismatch = InDoubtCreate { mismatch: true, ..doubt(NAME) };
    assert_eq!(undecided(mismatch), LookupResult::Undecided(Undecided::Mismatch));
    let accepted = InDoubtCreate { accepted: true, ..doubt(NAME) };
    assert_eq!(undecided(accepted), LookupResult::Undecided(Undecided::Accepted));
    let unknown = InDoubtCreate { baseline: None, ..doubt(NAME) };
    assert_eq!(undecided(unknown.clone()), LookupResult::Undecided(Undecided::NoBaseline));
    assert_eq!(
        candidates(&look(unknown, vec![observed(101, NAME, &[])])),
        [101],
        "never taken over without a baseline"
    );
}

#[test]
fn a_listing_that_hides_a_recorded_offer_proves_no_absence() {
    let mut recorded = Recorded::default();
    let record = Record {
        offer_id: id(50),
        status: RecordStatus::Live,
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
        fields: fields("Known", &[]),
    };
    recorded.offers.insert(key("known"), record);
    recorded.in_doubt.insert(key("a"), doubt(NAME));
    let of = |offers| look_up_all(&recorded, &BTreeSet::new(), &listing(offers)).remove(&key("a")).unwrap();
    assert_eq!(of(vec![]), LookupResult::Undecided(Undecided::Hidden(vec![(key("known"), id(50))])));
    assert_eq!(of(vec![observed(50, "Known", &[])]), LookupResult::NotShown);
}

#[test]
fn an_offer_that_was_replaced_by_the_record_and_is_another_in_cake_may_be_it() {
    for of_replaced in [fields("Known", &[]), Fields::default()] {
        let (mut recorded, url) = (Recorded::default(), [("offer_url", "https://t.example.com/known")]);
        let record = Record {
            offer_id: id(102),
            status: RecordStatus::Live,
            protect: false,
            replaced: vec![Replaced { fields: of_replaced, ..Replaced::without_fields(id(101), false) }],
            unsettled: None,
            status_word: None,
            fields: fields("Known", &url),
        };
        recorded.offers.insert(key("known"), record);
        recorded.in_doubt.insert(key("a"), doubt(NAME));
        let offers = vec![observed(101, NAME, &[]), observed(102, "Known", &url)];
        let result = look_up_all(&recorded, &BTreeSet::new(), &listing(offers)).remove(&key("a")).unwrap();
        assert_eq!(candidates(&result), [101]);
    }
}

#[test]
fn a_newer_offer_with_that_name_or_that_url_may_be_it_also_where_another_key_has_it() {
    let mut recorded = Recorded::default();
    let record = |number, name, changes: &[(&str, &str)]| Record {
        offer_id: id(number),
        status: RecordStatus::Live,
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
        fields: fields(name, changes),
    };
    recorded.in_doubt.insert(key("a"), doubt(NAME));
    let other: [(&str, &str); 1] = [("offer_url", "https://t.example.com/other")];
    let by_url: &[(&str, &str)] = &[];
    for (number, name, changes, candidate) in [
        (101, NAME, &other[..], true),
        (101, "SOLAR QUOTE", &other, true),
        (101, "Other", &other, false),
        (101, "Other", by_url, true),
        (95, NAME, by_url, false),
        (95, "Other", by_url, false),
    ] {
        recorded.offers = [(key("imported"), record(number, name, changes))].into();
        let result = look_up_all(&recorded, &BTreeSet::new(), &listing(vec![observed(number, name, changes)]))
            .remove(&key("a"))
            .unwrap();
        if candidate {
            assert_eq!(candidates(&result), [number], "{name}");
        } else {
            assert_eq!(result, LookupResult::NotShown, "{number} {name}");
        }
    }
}

#[test]
fn an_offer_that_another_create_is_known_to_have_made_is_not_it() {
    let mut recorded = Recorded::default();
    recorded.in_doubt.insert(key("a"), doubt(NAME));
    let record = Record {
        offer_id: id(101),
        status: RecordStatus::Live,
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
        fields: fields("Other", &[]),
    };
    recorded.offers.insert(key("other"), record);
    let result =
        look_up_all(&recorded, &[id(101)].into(), &listing(vec![observed(101, "Other", &[])])).remove(&key("a"));
    assert_eq!(result, Some(LookupResult::NotShown));
}

#[test]
fn a_create_may_duplicate_what_is_similar_or_has_no_name() {
    let request = doubt(NAME).request;
    let duplicates = |offers| {
        duplicates_of(&[(&key("a"), &request)], &DesiredSet::default(), &listing(offers), &Recorded::default())
    };
    for name in [NAME, "solar quote", "Solar &amp; Quote"] {
        let found =
            duplicates(vec![observed(5, name, &[("vertical_id", "9"), ("offer_url", "https://t.example.com/2")])]);
        assert_eq!(found.len(), usize::from(name != "Solar &amp; Quote"), "{name}");
    }
    assert_eq!(duplicates(vec![observed(5, "Solar &amp; Quote", &[])]).len(), 1, "the same URL");
    let url = request.offer.fields().get(Field::OfferUrl).unwrap().to_string();
    for spelled in [url.replace("https://t", "HTTPS://T"), url.replace(".com/", ".com:443/")] {
        assert_eq!(duplicates(vec![observed(5, "Another", &[("offer_url", &spelled)])]).len(), 1, "{spelled}");
    }
    let mut spaced = observed(5, "Another", &[]);
    spaced.fields.remove(Field::OfferUrl);
    let (field, text, reason) = (Field::OfferUrl, format!("{url} ").into(), "a space".into());
    spaced.unreadable = [crate::cake::Unreadable { field, text, reason }].into();
    assert_eq!(duplicates(vec![spaced]).len(), 1, "a space at the end");
    let mut nameless = observed(5, NAME, &[]);
    nameless.fields.remove(Field::OfferName);
    assert_eq!(
        duplicates(vec![nameless])[0].offers,
        [Candidate { offer_id: id(5), name: None, is_similar: false, has_advertiser: true, recorded_for: None }]
    );
    assert!(duplicates(vec![observed(5, NAME, &[("advertiser_id", "102")])]).is_empty());
}

#[test]
fn a_replace_may_duplicate_a_newer_offer_with_the_url_of_the_one_that_it_replaces() {
    let mut recorded = Recorded::default();
    let record = Record {
        offer_id: id(5),
        status: RecordStatus::Live,
        protect: false,
        replaced: Vec::new(),
        unsettled: None,
        status_word: None,
        fields: fields(NAME, &[]),
    };
    recorded.offers.insert(key("a"), record);
    let request = CreateRequest { replaces: Some(id(5)), ..doubt(NAME).request };
    let duplicates = |number| {
        let offers = vec![observed(5, NAME, &[]), observed(number, "Approved", &[])];
        duplicates_of(&[(&key("a"), &request)], &DesiredSet::default(), &listing(offers), &recorded).len()
    };
    assert_eq!(duplicates(6), 1);
    assert_eq!(duplicates(4), 0, "it was there before the one that is replaced");
}

#[test]
fn a_create_may_duplicate_an_offer_whose_name_is_the_beginning_of_its_own() {
    let name = "Home Warranty Lead for the East Coast, Premium Traffic Only, exclusive";
    let create = |name: &str| doubt(name).request;
    // Many offers have the URL and all else, so that it tells nothing.
    let (request, other) = (create(name), create("Another"));
    let found = |shown: &str, changes: &[(&str, &str)]| {
        let alike = (1..=6).map(|number| observed(number, &format!("Spring {number}"), &[]));
        let offers = alike.chain([observed(90, shown, changes)]).collect();
        duplicates_of(
            &[(&key("a"), &request), (&key("b"), &other)],
            &DesiredSet::default(),
            &listing(offers),
            &Recorded::default(),
        )
        .len()
    };
    for shown in [&name[..45], &name[..30], &name[..20], "home warranty lead for…", "Home Warranty Lead for ..."] {
        assert_eq!(found(shown, &[]), 1, "{shown}");
        assert_eq!(found(shown, &[("offer_url", "")]), 1, "{shown}");
    }
    let different: [&[(&str, &str)]; 3] =
        [&[("vertical_id", "8")], &[("offer_url", "https://t.example.com/other")], &[("advertiser_id", "102")]];
    for changes in different {
        assert_eq!(found(&name[..30], changes), 0, "{changes:?}");
    }
    assert_eq!(found(&name[..13], &[]), 0, "a name of its own");
    assert_eq!(found("Home Warranty Lead in the East", &[]), 0, "another name");
}
