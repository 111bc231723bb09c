//! Which records differ from a commit although no apply of the commit's branch has written them.
//!
//! Compares three states: that of the working tree, that of the commit, and those of the commits from which both come. Pure. Invariant:
//! a record is left out only if it is as at the commit or as in all of the others, so that a branch which is behind, or has merged the commit's branch,
//! makes no noise.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{Field, InDoubtCreate, Key, OfferId, Record, Replaced, Revision, Unsettled, Value};
use crate::source::SourcePath;
use crate::state::StateDocument;
use crate::words::shorten;

/// More replaced offers of a record than this are counted.
const REPLACED_SHOWN: usize = 10;

/// A longer value is cut.
const VALUE_SHOWN: usize = 200;

/// The states to compare; `None` where there is none, or where it cannot be read.
pub(super) struct States<'a> {
    pub(super) now: Option<&'a StateDocument>,
    pub(super) then: Option<&'a StateDocument>,
    /// Of the commits from which both come: one, or several where branches were merged both ways.
    pub(super) bases: Vec<Option<&'a StateDocument>>,
}

/// What differs in a record. A view that does not have room for all shows the first ones: those that decide to which offer a change goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Difference {
    /// Which offers are recorded, and which may have been created.
    Offers,
    /// What is recorded of an offer.
    Values,
}

/// A difference for each record, and one for the address; those of the offers' ids come first.
pub(super) fn changes(states: &States<'_>, file: &SourcePath, reference: &str) -> Vec<Diagnostic> {
    let problem = |message: String| {
        Diagnostic::error(codes::review::RECORD, message).label(Label::file(file.clone())).help(
            "only `apply` and `state` write the state; if a person has seen that it is right, add `--accept-config`",
        )
    };
    let mut told = BTreeSet::new();
    let mut of_keys = Vec::new();
    for key in states.keys() {
        if let Some(found) = states.of_key(key, reference) {
            of_keys.push(found);
            told.extend(states.ids_of(key));
        }
    }
    of_keys.sort_by_key(|(difference, _)| *difference);
    let messages = states.of_state(reference).into_iter().chain(of_keys.into_iter().map(|(_, message)| message));
    messages.chain(states.of_revisions(&told, reference)).map(problem).collect()
}

/// The state of the branch was not compared.
pub(super) fn unreadable(file: &SourcePath) -> Diagnostic {
    Diagnostic::error(
        codes::review::RECORD,
        "the state that this branch has committed cannot be read, so it was not compared",
    )
    .label(Label::file(file.clone()))
    .help("`offersync state list` says what is wrong with it")
}

/// The clone ends within the branch.
pub(super) fn unseen(file: &SourcePath, reference: &str) -> Diagnostic {
    let message = format!(
        "this clone is shallow and does not have every commit since `{reference}`, so what they did to the state was not seen"
    );
    Diagnostic::error(codes::review::RECORD, message)
        .label(Label::file(file.clone()))
        .help("fetch the whole history: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout")
}

/// A commit of the branch has a state of its own.
pub(super) fn brought(file: &SourcePath, commit: &str, path: &str, reference: &str) -> Diagnostic {
    let message = format!(
        "commit {commit} of this branch has a state (`{path}`) that is neither this branch's present one nor one of `{reference}`"
    );
    Diagnostic::error(codes::review::RECORD, message).label(Label::file(file.clone())).help(
        "after a merge it would be in the history, and could be taken for a later state. Merge the branch as one commit (squash), or make it \
         anew without that commit; if a person has seen that an apply has written it, add `--accept-config`",
    )
}

/// A commit of the branch has recorded something that is no longer in the state.
pub(super) fn taken_back(file: &SourcePath, commit: &str, offers: &str) -> Diagnostic {
    let message = format!(
        "commit {commit} of this branch has changed what is recorded of {offers}, and a later one has taken it back"
    );
    Diagnostic::error(codes::review::RECORD, message).label(Label::file(file.clone())).help(
        "after a merge, every command would ask for that state. If no apply has written it, merge the branch as one commit (squash), or \
         make it anew without that commit. If an apply has, bring it back as `offersync plan` without --since says",
    )
}

impl<'a> States<'a> {
    fn keys(&self) -> BTreeSet<&'a Key> {
        let states = [self.now, self.then].into_iter().flatten();
        states.flat_map(|state| state.recorded.offers.keys().chain(state.recorded.in_doubt.keys())).collect()
    }

    /// The offers of a key in both states.
    fn ids_of(&self, key: &Key) -> impl Iterator<Item = OfferId> {
        let records = [self.now, self.then].into_iter().flatten().filter_map(|state| state.recorded.offers.get(key));
        records.flat_map(Record::offer_ids)
    }

    /// What the records are built on, of which an apply has added a change with each write. It decides which of two states is the later one.
    fn of_revisions(&self, told: &BTreeSet<OfferId>, reference: &str) -> Vec<String> {
        let states = [self.now, self.then].into_iter().flatten();
        let ids: BTreeSet<OfferId> = states.flat_map(|state| state.recorded.revisions.ids()).collect();
        let message = |id: &OfferId| {
            let (now, then) = self.changed(|state| Some(state.recorded.revisions.of(*id)))?;
            let shown = |revision: Option<&Revision>| revision.map_or_else(|| "none".to_owned(), Revision::to_string);
            let (now, then) = (shown(now), shown(then));
            Some(format!("the revision of offer {id} is not as at `{reference}`: `{now}` here, `{then}` there"))
        };
        ids.difference(told).filter_map(message).collect()
    }

    /// A value of each state, if this branch has changed it: it is neither the commit's nor what both began with.
    fn changed<T: PartialEq>(&self, of: impl Fn(&'a StateDocument) -> Option<T>) -> Option<(Option<T>, Option<T>)> {
        let [now, then] = [self.now, self.then].map(|state| state.and_then(&of));
        let is_of_bases = || self.bases.iter().all(|base| base.and_then(&of) == now);
        (now != then && !is_of_bases()).then_some((now, then))
    }

    /// Whether the state is that of another CAKE, or another one altogether.
    fn of_state(&self, reference: &str) -> Option<String> {
        if let Some((Some(now), None)) = self.changed(|state| Some(state.cake.clone())) {
            let now = shorten(&now, VALUE_SHOWN);
            return Some(format!("this branch has a state, of the CAKE at {now}, and `{reference}` has none"));
        }
        if let Some((Some(now), Some(then))) = self.changed(|state| Some(state.cake.clone())) {
            let (now, then) = (shorten(&now, VALUE_SHOWN), shorten(&then, VALUE_SHOWN));
            return Some(format!("the state is of the CAKE at {now}, and of {then} at `{reference}`"));
        }
        if let Some((Some(now), Some(then))) = self.changed(|state| Some(state.lineage)) {
            return Some(format!("the state is another one: its lineage is {now}, and {then} at `{reference}`"));
        }
        None
    }

    fn of_key(&self, key: &Key, reference: &str) -> Option<(Difference, String)> {
        let record = self.changed(|state| state.recorded.offers.get(key));
        let create = self.changed(|state| state.recorded.in_doubt.get(key));
        let mut differences: Vec<String> = record.map(|(now, then)| of_record(now, then)).unwrap_or_default();
        differences.extend(create.map(|(now, then)| of_create(now, then)));
        let offers = record.is_some_and(|(now, then)| offers_of(now) != offers_of(then));
        let difference = if offers || create.is_some() { Difference::Offers } else { Difference::Values };
        (!differences.is_empty())
            .then(|| (difference, format!("`{key}` is not recorded as at `{reference}`: {}", differences.join("; "))))
    }
}

/// The offer, and those that it has replaced with whether they are inactive.
fn offers_of(record: Option<&Record>) -> Option<(OfferId, Vec<(OfferId, bool)>)> {
    record.map(|record| (record.offer_id, record.replaced.iter().map(|old| (old.offer_id, old.inactive)).collect()))
}

/// What differs between the record here and at the commit.
fn of_record(now: Option<&Record>, then: Option<&Record>) -> Vec<String> {
    let (now, then) = match (now, then) {
        (Some(now), Some(then)) => (now, then),
        (Some(now), None) => return vec![format!("it is offer {} here, and not recorded there", now.offer_id)],
        (None, Some(then)) => return vec![format!("it is not recorded here, and offer {} there", then.offer_id)],
        (None, None) => return Vec::new(),
    };
    let mut differences = Vec::new();
    let mut compare = |name: &str, now: String, then: String| {
        if now != then {
            differences.push(format!("{name} {now} here, {then} there"));
        }
    };
    compare("offer", now.offer_id.to_string(), then.offer_id.to_string());
    compare("status", format!("{:?}", now.status), format!("{:?}", then.status));
    compare("protect", now.protect.to_string(), then.protect.to_string());
    compare("CAKE's word for the status", word(now), word(then));
    compare("replaced offers", replaced(now), replaced(then));
    for field in Field::ALL {
        compare(field.name(), shown(now.fields.get(field)), shown(then.fields.get(field)));
    }
    compare("lost updates", lost_updates(now.unsettled.as_ref()), lost_updates(then.unsettled.as_ref()));
    let [of_now, of_then] = [now, then].map(|record| {
        record.replaced.iter().map(|replaced| (replaced.offer_id, replaced)).collect::<BTreeMap<OfferId, &Replaced>>()
    });
    for old in of_now.keys().chain(of_then.keys()).collect::<BTreeSet<_>>() {
        let [now, then] = [&of_now, &of_then].map(|replaced| replaced.get(old).copied());
        if now == then {
            continue;
        }
        let lost = |old: Option<&Replaced>| lost_updates(old.and_then(|old| old.unsettled.as_ref()));
        compare(&format!("lost updates of offer {old}"), lost(now), lost(then));
        for field in Field::ALL {
            let value = |old: Option<&Replaced>| shown(old.and_then(|old| old.fields.get(field)));
            compare(&format!("{field} of offer {old}"), value(now), value(then));
        }
    }
    differences
}

fn of_create(now: Option<&InDoubtCreate>, then: Option<&InDoubtCreate>) -> String {
    let name = |create: &InDoubtCreate| create.request.offer.fields().name().unwrap_or_default().to_owned();
    match (now, then) {
        (Some(now), None) => format!("its create of {:?} is in doubt here, and not there", name(now)),
        (None, Some(then)) => format!("its create of {:?} is in doubt there, and not here", name(then)),
        _ => "its create in doubt is another one".to_owned(),
    }
}

fn replaced(record: &Record) -> String {
    let offer =
        |old: &Replaced| format!("{}{}", old.offer_id, if old.inactive { "" } else { " (still to be made inactive)" });
    // Those that an apply would still write to come first.
    let (mut offers, done): (Vec<_>, Vec<_>) = record.replaced.iter().partition(|old| !old.inactive);
    offers.extend(done);
    let more = offers.len().saturating_sub(REPLACED_SHOWN);
    let mut shown: Vec<String> = offers.into_iter().take(REPLACED_SHOWN).map(offer).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

fn lost_updates(unsettled: Option<&Unsettled>) -> String {
    let Some(Unsettled { fields, sent_at, waiting }) = unsettled else { return "none".to_owned() };
    let lost = (!fields.is_empty()).then(|| format!("of {fields:?} at {sent_at}"));
    let accepted = waiting.iter().map(|update| format!("accepted at {}: {:?}", update.sent_at, update.fields));
    lost.into_iter().chain(accepted).collect::<Vec<_>>().join(", ")
}

fn word(record: &Record) -> String {
    record.status_word.as_ref().map_or_else(|| "none".to_owned(), |word| format!("{:?}", word.to_string()))
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "not recorded".to_owned(), |value| format!("{:?}", shorten(&value.to_string(), VALUE_SHOWN)))
}
