//! Errors of the state, its lock and its journal as diagnostics. Knows the codes and adds what the room's own help does not say.

use crate::apply::{RecordedFor, ShownAs};
use crate::diagnostic::{Diagnostic, codes};
use crate::error_chain::with_causes;
use crate::offer::{Key, OfferId};
use crate::ops::state::StateChangeError;
use crate::state::{ClaimError, JournalError, LockError, ParseErrorKind, StateError};

use super::problem;

/// The state cannot be read or published.
pub(in crate::ops) fn state(error: &StateError) -> Diagnostic {
    let code = match error {
        StateError::Unreadable { .. } => codes::state::UNREADABLE,
        StateError::Damaged {
            kind: ParseErrorKind::Edited | ParseErrorKind::NoDigest | ParseErrorKind::MaybeNoDigest { .. },
            ..
        } => codes::state::EDITED,
        StateError::Damaged { .. } => codes::state::REFUSED,
        StateError::WrongInstance { .. } => codes::state::WRONG_CAKE,
        StateError::Missing { .. } => codes::state::MISSING,
        StateError::PutBack { .. }
        | StateError::CopyDamaged { .. }
        | StateError::Dropped { .. }
        | StateError::DroppedElsewhere { .. }
        | StateError::HistoryElsewhere { .. } => codes::state::PUT_BACK,
        StateError::Tracked { .. } => codes::state::TRACKED,
        StateError::LeftOver { .. } => codes::state::LEFT_OVER,
        StateError::InterruptedElsewhere { .. } | StateError::InterruptedUnderAnotherName { .. } => {
            codes::state::INTERRUPTED_ELSEWHERE
        }
        StateError::Claim(error) => return claim(error),
        StateError::ReadContention { .. } => codes::state::BUSY,
        StateError::NotPublished { .. } => codes::state::NOT_SAVED,
        StateError::NotReplaceable { .. } => codes::state::NOT_REPLACEABLE,
        StateError::JournalNotEmptied { .. } => codes::state::JOURNAL_NOT_EMPTIED,
        StateError::Changed { .. } => codes::state::CHANGED,
        StateError::JournalDamaged { .. } => codes::state::JOURNAL_DAMAGED,
        StateError::JournalOfAnotherState { .. } => codes::state::JOURNAL_OF_ANOTHER_STATE,
        StateError::Contradiction { .. } => codes::state::JOURNAL_CONTRADICTION,
    };
    problem(code, error.to_string()).help(error.help())
}

pub(super) fn lock(error: &LockError) -> Diagnostic {
    let code = match error {
        LockError::Locked { .. } => codes::state::LOCKED,
        LockError::Unavailable { .. } => codes::state::LOCK_UNAVAILABLE,
    };
    problem(code, with_causes(error)).help(error.help())
}

/// The store that is the state's home was not claimed, read or written.
pub(in crate::ops) fn claim(error: &ClaimError) -> Diagnostic {
    let code = match error {
        ClaimError::Held { .. } => codes::state::LOCKED,
        ClaimError::TakenOver { .. } | ClaimError::Removed { .. } | ClaimError::Expired { .. } => {
            codes::state::CLAIM_LOST
        }
        ClaimError::Unread { .. } | ClaimError::Foreign { .. } | ClaimError::Copy { .. } => {
            codes::state::STORE_UNREADABLE
        }
        ClaimError::Unwritten { .. } => codes::state::STORE_NOT_WRITTEN,
        ClaimError::Unfit { .. } => codes::state::STORE_UNFIT,
    };
    problem(code, error.to_string()).help(error.help())
}

/// The journal cannot be written.
pub(in crate::ops) fn journal(error: &JournalError) -> Diagnostic {
    let message = with_causes(error);
    match error {
        JournalError::Write { .. } => problem(codes::state::JOURNAL_FAILED, message)
            .help("nothing was started that is not recorded; fix the disk, then run `offersync apply` again"),
        JournalError::NotReplaceable(error) => state(error),
        JournalError::Claim(error) => claim(error),
        JournalError::Closed => problem(codes::state::JOURNAL_CLOSED, message),
        JournalError::Invalid { .. } => problem(codes::state::ENTRY_REFUSED, message),
        JournalError::NoSuchIntent { .. } => problem(codes::state::NO_SUCH_WRITE, message),
        JournalError::Contradiction(_) => problem(codes::state::JOURNAL_CONTRADICTION, message),
    }
}

/// The state is not changed by hand.
pub(super) fn change(error: &StateChangeError) -> Diagnostic {
    let code = match error {
        StateChangeError::UnknownKey { .. } => codes::state_change::KEY,
        StateChangeError::KeyTaken { .. } => codes::state_change::KEY_TAKEN,
        StateChangeError::NoYaml { .. } => codes::state_change::NO_YAML,
        StateChangeError::NotInDoubt { .. } => codes::state_change::NOT_IN_DOUBT,
        StateChangeError::OfferOwned { .. } | StateChangeError::RecordedElsewhere { .. } => {
            codes::state_change::OFFER_OWNED
        }
        StateChangeError::ReplacedIsActive { .. } => codes::state_change::REPLACED_ACTIVE,
        StateChangeError::NotReplaced { .. } => codes::state_change::NOT_REPLACED,
        StateChangeError::StillReplaced { .. } | StateChangeError::ReplacedRenamed { .. } => {
            codes::state_change::STILL_REPLACED
        }
        StateChangeError::ReplacedReused { .. } => codes::state_change::REPLACED_REUSED,
        StateChangeError::Unsettled { .. } => codes::state_change::UNSETTLED,
        StateChangeError::NothingWaits { .. } => codes::state_change::NOTHING_WAITS,
        StateChangeError::Done { .. } => codes::state_change::UPDATE_DONE,
        StateChangeError::Waits { .. } => codes::state_change::WAITING,
        StateChangeError::CreateUnsettled { .. } => codes::state_change::CREATE_UNSETTLED,
        StateChangeError::RecordedMeanwhile { .. } => codes::state_change::RECORDED_MEANWHILE,
        StateChangeError::NotInCake { .. } => codes::state_change::NOT_IN_CAKE,
        StateChangeError::NotCreated { .. } => codes::state_change::NOT_CREATED,
        StateChangeError::Created { .. }
        | StateChangeError::AnotherInDoubt { .. }
        | StateChangeError::MayBeCreated { .. } => codes::state_change::CREATED,
        StateChangeError::OtherAdvertiser { .. } => codes::state_change::OTHER_ADVERTISER,
        StateChangeError::ShownOtherwise { .. } => codes::state_change::SHOWN_OTHERWISE,
        StateChangeError::Unseen { .. } => codes::state_change::UNSEEN,
        StateChangeError::Protected { .. } => codes::state_change::PROTECTED,
        StateChangeError::Unmergeable { .. } => codes::state_change::NOT_A_STATE,
    };
    problem(code, error.to_string()).help(change_help(error))
}

/// What to do about an offer that another one has replaced.
fn of_replaced(error: &StateChangeError) -> String {
    match error {
        StateChangeError::ReplacedIsActive { key, offer_id } => format!(
            "run `offersync apply` (it makes that offer inactive), then remove the record. If CAKE does not have offer {offer_id} any more, \
             or it is another offer by now, run `offersync state rm {key} --replaced {offer_id}` first"
        ),
        StateChangeError::NotReplaced { key, .. } => {
            format!("`offersync state show {key}` shows the offers that it has replaced")
        }
        StateChangeError::ReplacedRenamed { .. } => {
            "if it was renamed by hand, make it inactive in CAKE, then run the command again; or give it its recorded name back and run \
             `offersync apply`"
                .to_owned()
        }
        StateChangeError::ReplacedReused { key, .. } => format!(
            "recorded for `{key}`, the next apply would write the YAML's name and amounts over it. To use the present offer on, undo the change \
             in the YAML. If the other one was only renamed, give it its recorded name back in CAKE, then run the command again"
        ),
        _ => "run `offersync apply`, which makes it inactive if that is still to do".to_owned(),
    }
}

fn in_doubt_are(keys: &[Key]) -> String {
    if keys.is_empty() {
        return "no create is in doubt, so there is nothing to resolve".to_owned();
    }
    format!("in doubt are: {}", keys.iter().map(Key::as_str).collect::<Vec<_>>().join(", "))
}

fn change_help(error: &StateChangeError) -> String {
    match error {
        StateChangeError::UnknownKey { closest: Some(closest), .. } => {
            format!("did you mean `{closest}`?")
        }
        StateChangeError::UnknownKey { closest: None, .. } => {
            "`offersync state list` shows every recorded key".to_owned()
        }
        StateChangeError::KeyTaken { key, .. } => {
            format!("choose another key, or give that offer another one first: `offersync state mv {key} NEW-KEY`")
        }
        StateChangeError::NoYaml { key } => {
            format!("write the YAML of `{key}` first, or correct the key: `offersync state list` shows the recorded ones")
        }
        StateChangeError::NotInDoubt { in_doubt, .. } => in_doubt_are(in_doubt),
        StateChangeError::RecordedElsewhere { key, offer_id, owner } => {
            exchanged(owner, *offer_id, key, &format!("offersync state adopt {key} --offer-id {offer_id}"))
        }
        StateChangeError::OfferOwned { owner, .. } => {
            format!("`offersync state show {owner}` shows its record")
        }
        StateChangeError::ReplacedIsActive { .. }
        | StateChangeError::NotReplaced { .. }
        | StateChangeError::ReplacedRenamed { .. }
        | StateChangeError::ReplacedReused { .. }
        | StateChangeError::StillReplaced { .. } => of_replaced(error),
        StateChangeError::Unsettled { .. }
        | StateChangeError::NothingWaits { .. }
        | StateChangeError::Done { .. }
        | StateChangeError::Waits { .. } => of_update(error),
        StateChangeError::NotInCake { .. } => {
            "look up the id in CAKE; a new offer may need a moment to appear. If CAKE has it, and does not list it because of its status or before it is \
             approved, run the command again with `--unseen`"
                .to_owned()
        }
        StateChangeError::CreateUnsettled { .. }
        | StateChangeError::RecordedMeanwhile { .. }
        | StateChangeError::NotCreated { .. }
        | StateChangeError::AnotherInDoubt { .. }
        | StateChangeError::Created { .. }
        | StateChangeError::MayBeCreated { .. } => of_create(error),
        StateChangeError::OtherAdvertiser { .. } => "correct the id, or the advertiser in the YAML".to_owned(),
        StateChangeError::ShownOtherwise { key, .. } => {
            format!("change it in CAKE first, or correct the YAML; then run `offersync state accept {key}` again")
        }
        StateChangeError::Unseen { command, .. } => format!(
            "nothing was recorded. Look in CAKE yourself. If it is as you say, run `offersync state {command} --unseen`, which records \
             it without that comparison"
        ),
        StateChangeError::Protected { .. } => {
            "remove `sync.protect` from its YAML and run `offersync apply` first".to_owned()
        }
        StateChangeError::Unmergeable { .. } => {
            "nothing was merged and no file was changed; fix that side first".to_owned()
        }
    }
}

/// What to do about an update that may still take effect.
fn of_update(error: &StateChangeError) -> String {
    match error {
        StateChangeError::Unsettled { .. } => {
            "without its record nothing would wait for that; run the command again after that time".to_owned()
        }
        StateChangeError::Waits { key, .. } => {
            format!(
                "if it was refused in CAKE, or taken back there, run `offersync state resolve {key} --not-done` first"
            )
        }
        StateChangeError::Done { .. } => "run `offersync apply`, which records it".to_owned(),
        _ => "`offersync state list` shows what waits".to_owned(),
    }
}

/// What to do about a create in doubt, or about an offer that it may have made.
fn of_create(error: &StateChangeError) -> String {
    match error {
        StateChangeError::CreateUnsettled { .. } => {
            "an offer that appears later would be created a second time; look in CAKE after that time, then run the command again".to_owned()
        }
        StateChangeError::RecordedMeanwhile { key, present, offer_id } => format!(
            "if offer {offer_id} is to take its place, run `offersync state adopt {key} --offer-id {offer_id}`: the next apply \
             makes offer {present} inactive. If the create made nothing, run `offersync state resolve {key} --not-created`"
        ),
        StateChangeError::NotCreated { key, offer_id, .. } => format!(
            "if it is nevertheless the offer that the YAML describes, run `offersync state adopt {key} --offer-id {offer_id}`"
        ),
        StateChangeError::AnotherInDoubt { key, offer_id } => format!(
            "run `offersync apply`, which looks for it; or look in CAKE, and run `offersync state resolve {key} --offer-id {offer_id}` or \
             `offersync state resolve {key} --not-created`. Then run the command again"
        ),
        StateChangeError::MayBeCreated { key, offer_id, owner: Some(owner), .. } => format!(
            "{}\nIf it is not, correct its name in CAKE, then run the command again",
            exchanged(owner, *offer_id, key, &format!("offersync state resolve {key} --offer-id {offer_id}"))
        ),
        StateChangeError::Created { key, offer_id } | StateChangeError::MayBeCreated { key, offer_id, .. } => format!(
            "run `offersync state resolve {key} --offer-id {offer_id}`. If it is another offer, give it another name in CAKE, then run \
             the command again"
        ),
        _ => String::new(),
    }
}

/// What to do with an offer that may be recorded for the wrong key; `record` is the command that records it for the right one.
pub(in crate::ops) fn exchanged(owner: &RecordedFor, offer_id: OfferId, key: &Key, record: &str) -> String {
    let RecordedFor { key: owner, is_replaced, shown, is_reactivated } = owner;
    if *is_reactivated && *shown == ShownAs::Recorded {
        return reactivated(owner, *is_replaced, offer_id, key);
    }
    let as_what = if *is_replaced { format!("as one that `{owner}` has replaced") } else { format!("for `{owner}`") };
    let but = if *shown == ShownAs::Another { ", and CAKE shows another name or advertiser" } else { "" };
    let removed = if *is_replaced { format!("{owner} --replaced {offer_id}") } else { owner.to_string() };
    let then = match (is_replaced, *shown != ShownAs::Recorded) {
        (true, _) => String::new(),
        (false, true) => format!(
            "\nThen record the offer that `{owner}` has in CAKE, before the next apply:\n  offersync state adopt {owner} --offer-id N"
        ),
        (false, false) => format!("\nThen delete the YAML of `{owner}`, which would be created again."),
    };
    format!(
        "Offer {offer_id} is recorded {as_what}{but}. If it is the offer of `{key}`:\n  offersync state rm {removed}\n  {record}{then}"
    )
}

/// What to do with an offer that was retired or replaced and is active again, where `key` would be a second one like it.
fn reactivated(owner: &Key, is_replaced: bool, offer_id: OfferId, key: &Key) -> String {
    if is_replaced {
        return format!(
            "`{owner}` has replaced offer {offer_id}, which is active in CAKE again. To make it inactive first, review a plan against what CAKE \
             shows:\n  offersync plan --refresh"
        );
    }
    format!(
        "Offer {offer_id} was retired as `{owner}`, and is active in CAKE again. If it is the offer of `{key}`, it keeps its id and its links:\n  \
         offersync state mv {owner} {key}"
    )
}
