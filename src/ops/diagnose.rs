//! What each error means to a user: its diagnostic code, the sentence and what to do.
//!
//! The one place for this. It lies here and not in `cli`, because an apply that goes wrong during its writes reports the same
//! diagnostics, and a program that uses the library reads them too. Only exit codes belong to the command line.

use std::collections::BTreeSet;

use crate::apply::{Difference, DifferenceKind, Duplicate};
use crate::cake::ReadFailure;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::error_chain::with_causes;
use crate::offer::{Key, OfferId};
use crate::plan::DriftedField;
use crate::state::{JournalError, LockError, StateError};
use crate::words::{count, first_and_more, more, shorten};

use super::apply::SavedPlanError;
use super::connect::ConnectError;
use super::error::Error;
use super::since::GitError;
use super::state::StateChangeError;

/// More keys than this are counted in a message.
const KEYS_SHOWN: usize = 20;

/// Longer values are cut in a message.
const VALUE_SHOWN: usize = 80;

impl Error {
    /// The diagnostics that say what is wrong and what to do; never empty.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let one = match self {
            Self::Invalid(diagnostics) | Self::NoValue(diagnostics) => return diagnostics.clone(),
            Self::Merge(conflicts) => {
                let conflict = |found: &crate::state::merge::Conflict| {
                    problem(codes::state::CONFLICT, found.to_string()).help(found.help())
                };
                return conflicts.iter().map(conflict).collect();
            }
            Self::Exists(duplicates) => return duplicates.iter().map(exists).collect(),
            Self::Differs(differences) => return differs(differences),
            Self::Hidden(hidden) => self::hidden(hidden),
            Self::Usage { message, help } => {
                Diagnostic { help: help.clone(), ..problem(codes::world::USAGE, message.clone()) }
            }
            Self::File { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
                problem(codes::world::DISK, with_causes(self)).help("another process created it just now; run it again")
            }
            Self::File { .. } => problem(codes::world::DISK, with_causes(self)),
            Self::State(error) => state(error),
            Self::Lock(error) => lock(error),
            Self::Journal(error) => journal(error),
            Self::StateChange(error) => state_change(error),
            Self::Connect(error) => connect(error),
            Self::Listing(error) => listing(error),
            Self::Git(error) => git(error),
            Self::SavedPlan(error) => saved_plan(error),
            Self::Overwrites(keys) => overwrites(keys),
            Self::NotConfirmed => problem(codes::world::NOT_CONFIRMED, "cancelled; nothing was changed"),
            Self::Interrupted(_) | Self::Internal(_) => problem(codes::world::OTHER, self.to_string()),
        };
        vec![one]
    }
}

fn problem(code: Code, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, message)
}

/// The state cannot be read or published.
pub(super) fn state(error: &StateError) -> Diagnostic {
    let code = match error {
        StateError::Unreadable { .. } => codes::state::UNREADABLE,
        StateError::Damaged { .. } => codes::state::REFUSED,
        StateError::WrongInstance { .. } => codes::state::WRONG_CAKE,
        StateError::Missing { .. } => codes::state::MISSING,
        StateError::ReadContention { .. } => codes::state::BUSY,
        StateError::NotPublished { .. } | StateError::JournalNotEmptied { .. } => codes::state::NOT_SAVED,
        StateError::Changed { .. } => codes::state::CHANGED,
        StateError::JournalDamaged { .. } => codes::state::JOURNAL_DAMAGED,
        StateError::JournalOfAnotherState { .. } => codes::state::JOURNAL_OF_ANOTHER_STATE,
        StateError::Contradiction { .. } => codes::state::JOURNAL_CONTRADICTION,
    };
    problem(code, error.to_string()).help(error.help())
}

fn lock(error: &LockError) -> Diagnostic {
    let code = match error {
        LockError::Locked { .. } => codes::state::LOCKED,
        LockError::Unavailable { .. } => codes::world::DISK,
    };
    problem(code, with_causes(error)).help(error.help())
}

/// The journal cannot be written.
pub(super) fn journal(error: &JournalError) -> Diagnostic {
    let message = with_causes(error);
    match error {
        JournalError::Write { .. } | JournalError::Closed => problem(codes::state::JOURNAL_FAILED, message)
            .help("nothing was started that is not recorded; fix the disk, then run `offersync apply` again"),
        JournalError::Invalid { .. } | JournalError::NoSuchIntent { .. } => problem(codes::state::CHANGE, message),
        JournalError::Contradiction(_) => problem(codes::state::JOURNAL_CONTRADICTION, message),
    }
}

fn state_change(error: &StateChangeError) -> Diagnostic {
    let (code, help) = match error {
        StateChangeError::UnknownKey { closest: Some(closest), .. } => {
            (codes::state::KEY, format!("did you mean `{closest}`?"))
        }
        StateChangeError::UnknownKey { closest: None, .. } => {
            (codes::state::KEY, "`offersync state list` shows every recorded key".to_owned())
        }
        StateChangeError::KeyTaken { key, .. } => {
            (codes::state::CHANGE, format!("choose another key, or forget that one first: `offersync state rm {key}`"))
        }
        StateChangeError::NoYaml { key } => {
            (codes::state::CHANGE, format!("`offersync state show {key}` shows what is recorded; add its YAML first"))
        }
        StateChangeError::NotInDoubt { in_doubt, .. } if in_doubt.is_empty() => {
            (codes::state::CHANGE, "no create is in doubt, so there is nothing to resolve".to_owned())
        }
        StateChangeError::NotInDoubt { in_doubt, .. } => {
            let keys = in_doubt.iter().map(Key::as_str).collect::<Vec<_>>().join(", ");
            (codes::state::CHANGE, format!("in doubt are: {keys}"))
        }
        StateChangeError::OfferOwned { owner, .. } => {
            (codes::state::CHANGE, format!("`offersync state show {owner}` shows its record"))
        }
        StateChangeError::ReplacedIsActive { .. } => (
            codes::state::CHANGE,
            "run `offersync apply` (it makes that offer inactive), then remove the record".to_owned(),
        ),
        StateChangeError::RecordedMeanwhile { key, present, offer_id } => (
            codes::state::CHANGE,
            format!(
                "if offer {offer_id} is to take its place, run `offersync state adopt {key} --offer-id {offer_id}`: the next apply \
                 makes offer {present} inactive. If the create made nothing, run `offersync state resolve {key} --not-created`"
            ),
        ),
        StateChangeError::NotInCake { .. } => {
            (codes::state::CHANGE, "look up the id in CAKE; a new offer may need a moment to appear".to_owned())
        }
        StateChangeError::NotCreated { key, offer_id, .. } => (
            codes::state::CHANGE,
            format!(
                "if it is nevertheless the offer that the YAML describes, run `offersync state adopt {key} --offer-id {offer_id}`"
            ),
        ),
        StateChangeError::OtherAdvertiser { .. } => {
            (codes::state::CHANGE, "correct the id, or the advertiser in the YAML".to_owned())
        }
        StateChangeError::ShownOtherwise { key, .. } => (
            codes::state::CHANGE,
            format!("change it in CAKE first, or correct the YAML; then run `offersync state accept {key}` again"),
        ),
        StateChangeError::Protected { .. } => {
            (codes::state::CHANGE, "remove `sync.protect` from its YAML and run `offersync apply` first".to_owned())
        }
        StateChangeError::Unmergeable { .. } => {
            (codes::state::REFUSED, "nothing was merged and no file was changed; fix that side first".to_owned())
        }
    };
    problem(code, error.to_string()).help(help)
}

fn connect(error: &ConnectError) -> Diagnostic {
    match error {
        ConnectError::KeyMissing { variable } | ConnectError::KeyUnusable { variable, .. } => {
            problem(codes::world::KEY_MISSING, error.to_string()).help(format!(
                "set {variable} to your CAKE API key, or try without an account: `offersync apply --sandbox`"
            ))
        }
        ConnectError::Client(error) => problem(codes::world::UNREACHABLE, with_causes(error)),
        ConnectError::Sandbox(error) => problem(codes::world::OTHER, with_causes(error)),
    }
}

fn listing(error: &ReadFailure) -> Diagnostic {
    let message = error.to_string();
    match error {
        ReadFailure::KeyRefused { .. } => problem(codes::world::KEY_REFUSED, message)
            .help("nothing was written; check the key, its user's permissions, and CAKE's list of allowed addresses"),
        ReadFailure::Stopped => problem(codes::world::OTHER, message),
        ReadFailure::NoListing { .. } => problem(codes::world::LISTING, message).help(
            "nothing was written. import, drift, --refresh and creates need the listing. `cake.duplicate_check = \"off\"` in \
             offersync.toml creates without a look, and then an offer that exists already is doubled",
        ),
        ReadFailure::Failed { .. } | ReadFailure::Incomplete { .. } | ReadFailure::EmptyWithoutTotal => {
            problem(codes::world::LISTING, message).help(
                "nothing was written. Check `cake.url` and the network, and run it again. If this CAKE never shows a complete \
                 listing, `cake.duplicate_check = \"off\"` in offersync.toml creates without a look",
            )
        }
    }
}

fn git(error: &GitError) -> Diagnostic {
    let help = match error {
        GitError::BadRef { .. } => {
            let help = "name a branch, a tag or a commit, such as --since origin/main";
            return problem(codes::world::USAGE, error.to_string()).help(help);
        }
        GitError::NotInstalled => "--since asks git for the older offers; install it, or leave --since out".to_owned(),
        GitError::NotARepository { .. } => {
            "--since compares with a commit; run it in a clone, or leave it out".to_owned()
        }
        GitError::UnknownCommit { is_shallow: true, .. } => {
            "fetch more of the history: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout".to_owned()
        }
        GitError::UnknownCommit { reference, .. } => {
            format!("check its spelling, or fetch it first: `git fetch origin {reference}`")
        }
        GitError::NotRun(_) | GitError::Failed(_) => return problem(codes::world::GIT, error.to_string()),
    };
    problem(codes::world::GIT, error.to_string()).help(help)
}

fn saved_plan(error: &SavedPlanError) -> Diagnostic {
    match error {
        SavedPlanError::NotAPlan { .. } => problem(codes::world::PLAN_FILE, error.to_string())
            .help("save one with `offersync plan --out FILE`; to narrow to an offer, name its key"),
        SavedPlanError::Stale { found, .. } => {
            let advice = "make a new plan with `plan --out FILE` and review it";
            let help: Vec<&str> = found.iter().map(String::as_str).chain([advice]).collect();
            problem(codes::world::STALE, error.to_string()).help(help.join("\n"))
        }
    }
}

fn overwrites(keys: &BTreeSet<Key>) -> Diagnostic {
    let message = format!("the apply would overwrite what was changed in CAKE: {}", shown(keys.iter()));
    problem(codes::plan::OVERWRITES, message).help(
        "nothing was written. Accept CAKE's values with `offersync drift --accept`, or review a saved plan (`plan --refresh --out \
         FILE`, then `apply FILE`), or add --overwrite-drift",
    )
}

fn exists(duplicate: &Duplicate) -> Diagnostic {
    let Duplicate { key, name, replaces, offers } = duplicate;
    let shown = offers.iter().map(|offer| match offer.name.as_deref() {
        Some(shown) if shown == name => format!("offer {}", offer.offer_id),
        Some(shown) => format!("offer {} “{shown}”", offer.offer_id),
        None => format!("offer {} (CAKE does not show its name)", offer.offer_id),
    });
    let shown = first_and_more(shown, KEYS_SHOWN);
    let what = if replaces.is_some() { "replaced by a new offer" } else { "created" };
    let message = format!("`{key}` would be {what}, but CAKE may have “{name}” of that advertiser already: {shown}");
    let adopt = offers.first().map(|offer| format!("offersync state adopt {key} --offer-id {}", offer.offer_id));
    problem(codes::world::EXISTS, message).help(format!(
        "nothing was written. If it is the same offer, record it for this YAML: `{}`; if not, give the new one another name",
        adopt.unwrap_or_default()
    ))
}

fn differs(differences: &[Difference]) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<_> = differences.iter().take(KEYS_SHOWN).map(difference).collect();
    if let Some(more) = more(differences.len(), KEYS_SHOWN) {
        diagnostics.push(problem(codes::apply::DIFFERS, format!("{more} offers that CAKE shows otherwise")));
    }
    diagnostics
}

fn difference(difference: &Difference) -> Diagnostic {
    let Difference { key, offer_id, kind } = difference;
    let DifferenceKind::Values(fields) = kind else {
        let message = format!("CAKE's listing does not show offer {offer_id}, which is recorded for `{key}`");
        return problem(codes::apply::DIFFERS, message).help(format!(
            "nothing was written. Check in CAKE that the offer exists and that the API key's user may see it. To apply without it: \
             `offersync apply --exclude {key}`"
        ));
    };
    let side = |field: &DriftedField| {
        let recorded = field.recorded.as_ref().map_or_else(|| "nothing".to_owned(), ToString::to_string);
        let shown = field.observed.text().unwrap_or_else(|| "nothing".to_owned());
        format!("{}: recorded {}, CAKE {}", field.field, shorten(&recorded, VALUE_SHOWN), shorten(&shown, VALUE_SHOWN))
    };
    let sides = fields.iter().map(side).collect::<Vec<_>>().join("; ");
    let message = format!("offer {offer_id} (`{key}`) is not in CAKE as it was recorded: {sides}");
    let help = if difference.is_of_identity() {
        format!(
            "nothing was written. The state may have the id of another offer: compare `offersync state show {key}` with CAKE. If the \
             offer was renamed in CAKE, take the name over with `offersync drift --accept {key}`"
        )
    } else {
        format!(
            "nothing was written. Take CAKE's values over with `offersync drift --accept {key}`, or review a plan against what CAKE \
             shows (`offersync plan --refresh`). If the state is an old one, bring back the newer one"
        )
    };
    problem(codes::apply::DIFFERS, message).help(help)
}

fn hidden(hidden: &[(Key, OfferId)]) -> Diagnostic {
    let keys = shown(hidden.iter().map(|(key, _)| key));
    let message = format!(
        "CAKE's listing does not show {} of the same advertiser ({keys}), so it does not prove that the new offers are not there",
        count(hidden.len(), "recorded offer")
    );
    problem(codes::apply::HIDDEN, message).help(
        "nothing was written. Check that the API key's user may see all offers. `cake.duplicate_check = \"off\"` in offersync.toml \
         creates without this look, and then an offer that exists already is doubled",
    )
}

/// Keys for a message: the first few, and how many more.
pub(super) fn shown<'k>(keys: impl Iterator<Item = &'k Key>) -> String {
    first_and_more(keys.map(|key| format!("`{key}`")), KEYS_SHOWN)
}
