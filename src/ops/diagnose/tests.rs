//! Each kind of failure has a code of its own.

use std::collections::BTreeSet;
use std::io;

use crate::cake::{ApiKeyError, ClientError, ReadFailure};
use crate::git::GitError;
use crate::offer::{Field, Key, OfferId};
use crate::ops::{ConnectError, Error, KeyHostError, KeyHostReason, StateChangeError};
use crate::state::ParseErrorKind;

fn key() -> Key {
    Key::new("solar").unwrap()
}

fn text() -> String {
    "solar".to_owned()
}

fn assert_distinct<E: Into<Error>>(errors: impl IntoIterator<Item = E>) {
    let mut codes = BTreeSet::new();
    for error in errors {
        let error: Error = error.into();
        for diagnostic in error.diagnostics() {
            assert!(
                codes.insert(diagnostic.code.name),
                "`{}` is the code of another failure too: {error}",
                diagnostic.code
            );
        }
    }
}

#[test]
fn each_way_a_listing_fails_has_its_own_code() {
    assert_distinct([
        ReadFailure::NoListing { message: text() },
        ReadFailure::KeyRefused { message: text() },
        ReadFailure::Failed { message: text() },
        ReadFailure::Incomplete { got: 1, total: Some(2) },
        ReadFailure::EmptyWithoutTotal,
        ReadFailure::NoRows { message: text() },
        ReadFailure::Stopped,
    ]);
}

#[test]
fn each_way_a_change_of_the_state_is_refused_has_its_own_code() {
    let offer_id = OfferId::new(1).unwrap();
    let (wanted, shown, difference) = (text(), text(), text());
    assert_distinct([
        StateChangeError::UnknownKey { key: text(), closest: None },
        StateChangeError::KeyTaken { key: key(), offer_id },
        StateChangeError::NoYaml { key: key() },
        StateChangeError::NotInDoubt { key: key(), in_doubt: Vec::new() },
        StateChangeError::OfferOwned { offer_id, owner: key() },
        StateChangeError::ReplacedIsActive { key: key(), offer_id },
        StateChangeError::NotReplaced { key: key(), offer_id },
        StateChangeError::StillReplaced { key: key(), offer_id },
        StateChangeError::Unsettled { key: key(), seconds: 1 },
        StateChangeError::NothingWaits { key: key() },
        StateChangeError::Done { key: key(), accepted: "CAKE accepted payout 1.00".to_owned() },
        StateChangeError::Waits { key: key(), accepted: "CAKE accepted payout 1.00".to_owned() },
        StateChangeError::CreateUnsettled { key: key(), seconds: 1 },
        StateChangeError::RecordedMeanwhile { key: key(), present: offer_id, offer_id },
        StateChangeError::NotInCake { offer_id },
        StateChangeError::NotCreated { key: key(), offer_id, difference: difference.clone() },
        StateChangeError::Created { key: key(), offer_id },
        StateChangeError::Unseen { key: key(), unseen: text(), command: text() },
        StateChangeError::OtherAdvertiser { key: key(), offer_id, difference },
        StateChangeError::ShownOtherwise { key: key(), offer_id, field: Field::Payout, shown, wanted },
        StateChangeError::Protected { key: key(), offer_id },
        StateChangeError::Unmergeable { place: text(), damage: ParseErrorKind::Empty },
    ]);
}

#[test]
fn each_way_a_connection_fails_has_its_own_code() {
    let not_sent = |reason| ConnectError::KeyHost(Box::new(KeyHostError { host: text(), url_label: None, reason }));
    assert_distinct([
        ConnectError::KeyMissing { variable: text() },
        ConnectError::KeyUnusable { variable: text(), source: ApiKeyError::ControlCharacter },
        not_sent(KeyHostReason::Other { allowed: vec![text()] }),
        not_sent(KeyHostReason::Unusable),
        not_sent(KeyHostReason::New),
        not_sent(KeyHostReason::Declined),
        not_sent(KeyHostReason::NoFolder),
        not_sent(KeyHostReason::InRepository { path: text().into() }),
        not_sent(KeyHostReason::File { path: text().into(), source: io::Error::other("no") }),
        ConnectError::Client(ClientError::NotWeb),
    ]);
}

#[test]
fn each_way_git_fails_has_its_own_code() {
    assert_distinct([
        GitError::NotInstalled,
        GitError::NotRun(io::Error::other("no")),
        GitError::NotARepository { folder: text() },
        GitError::InSubmodule { path: text(), superproject: "".into() },
        GitError::BadRef { reference: text() },
        GitError::UnknownCommit { reference: text(), is_shallow: false, folder: "".into() },
        GitError::NotInPartialClone("".into()),
        GitError::Failed(text()),
    ]);
}
