//! Creates that must not be sent, because an earlier one in doubt may have made the very offer.

use crate::apply::{ActionOutcome, ActionResult};
use crate::offer::{CreateRequest, DesiredSet, InDoubtCreate, Key, Recorded, name_forms, similar_name};
use crate::plan::Action;

/// Why a create must not be sent.
pub(super) enum CreateBlock<'a> {
    /// An earlier one of the key is in doubt.
    InDoubt,
    /// A create under the key that the offer is renamed from is in doubt.
    RenamedFrom(&'a Key),
    /// A create of another key with such a name and the same advertiser is in doubt.
    SameName(&'a Key),
    /// A create with the same URL and advertiser is in doubt, and its key has no YAML any more: the file may have another name now.
    SameUrl(&'a Key),
}

impl CreateBlock<'_> {
    pub(super) fn result_of(&self, action: &Action) -> ActionResult {
        let message = match self {
            Self::InDoubt => {
                let message = "not sent: an earlier create of it is in doubt";
                return ActionResult::of(action, ActionOutcome::InDoubt, message);
            }
            Self::RenamedFrom(from) => {
                format!("not started: the create of `{from}`, from which it is renamed, is in doubt")
            }
            Self::SameName(other) => {
                format!("not started: a create of `{other}`, with such a name and the same advertiser, is in doubt")
            }
            Self::SameUrl(other) => format!(
                "not started: a create of `{other}`, whose YAML is gone, is in doubt, with the same URL and the same advertiser"
            ),
        };
        ActionResult::skipped(action, &message)
    }
}

/// Whether CAKE may show the two names alike: one as the other, or both as a third one.
fn may_be_alike(name: &str, other: &str) -> bool {
    let have_a_form = || {
        let forms = name_forms(other);
        name_forms(name).iter().any(|form| forms.contains(form))
    };
    similar_name(name, other) || similar_name(other, name) || have_a_form()
}

/// Why a create of the key must not be sent, if so.
pub(super) fn create_block<'a>(
    desired: &'a DesiredSet,
    recorded: &'a Recorded,
    key: &Key,
    create: &CreateRequest,
) -> Option<CreateBlock<'a>> {
    if recorded.in_doubt.contains_key(key) {
        return Some(CreateBlock::InDoubt);
    }
    let renamed_from = desired.get(key).and_then(|offer| offer.sync.renamed_from.as_ref());
    if let Some(from) = renamed_from {
        let is_new = !recorded.offers.contains_key(key) && !recorded.offers.contains_key(from);
        if is_new && recorded.in_doubt.contains_key(from) {
            return Some(CreateBlock::RenamedFrom(from));
        }
    }
    let name = create.offer.fields().name()?;
    let is_same = |doubt: &CreateRequest| {
        let in_doubt = doubt.offer.fields().name().unwrap_or_default();
        doubt.advertiser() == create.advertiser() && may_be_alike(name, in_doubt)
    };
    let other = recorded.in_doubt.iter().find(|(_, doubt)| is_same(&doubt.request));
    if let Some((other, _)) = other {
        return Some(CreateBlock::SameName(other));
    }
    let has_same_url = |doubt: &CreateRequest| {
        doubt.advertiser() == create.advertiser() && doubt.offer.fields().url_form() == create.offer.fields().url_form()
    };
    let is_moved =
        |(other, doubt): &(&Key, &InDoubtCreate)| desired.get(other).is_none() && has_same_url(&doubt.request);
    recorded.in_doubt.iter().find(is_moved).map(|(other, _)| CreateBlock::SameUrl(other))
}
