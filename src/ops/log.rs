//! `log`: what was recorded, when, and by which commit, from the states that git has; and the record of applies.

use std::collections::{BTreeMap, BTreeSet};

use crate::git::{FileVersion, FileVersions};
use crate::offer::{Field, Fields, Key, OfferId, Record, RecordStatus, Recorded, Value};
use crate::plan::Selection;
use crate::state::StateDocument;

use super::apply_log::LoggedApplies;
use super::error::Error;
use super::recorded::read_recorded;
use super::repository::Repository;

/// What was recorded by commits, the newest first.
#[derive(Debug)]
pub(crate) struct Logged {
    pub(crate) entries: Vec<LogEntry>,
    /// What the record of applies has.
    pub(crate) applies: LoggedApplies,
    /// Whether older commits or applies are left out, because as many were found as were asked for.
    pub(crate) has_more: bool,
    /// Whether this clone lacks older commits.
    pub(crate) is_shallow: bool,
}

/// A state against the one before it.
#[derive(Debug)]
pub(crate) struct LogEntry {
    /// `None` of what is not committed.
    pub(crate) version: Option<FileVersion>,
    /// `None` where one of both cannot be read.
    pub(crate) changes: Option<Vec<RecordChange>>,
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// The key has an offer that it had not: created, adopted or imported, or a replacement.
    Recorded,
    /// The record has gone: forgotten.
    Forgotten,
    /// The offer has another key.
    Renamed,
    Retired,
    Restored,
    /// Values alone.
    Changed,
    /// A create whose outcome is not known.
    InDoubt,
    /// It is known now that nothing was created.
    NotCreated,
}

/// A change of one record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RecordChange {
    pub(crate) key: Key,
    /// The key until then.
    pub(crate) was: Option<Key>,
    pub(crate) offer_id: Option<OfferId>,
    pub(crate) kind: ChangeKind,
    /// Whether it is protected from now on, where that changes.
    pub(crate) protect: Option<bool>,
    /// Each field before and after; of a new record, every one.
    pub(crate) fields: Vec<(Field, Option<Value>, Option<Value>)>,
}

/// The log of the selected offers; of all commits where there is no limit.
pub(crate) fn log(repository: &Repository, selection: &Selection, most: Option<usize>) -> Result<Logged, Error> {
    let applies = repository.logged_applies(selection, most)?;
    let versions = match repository.settings.store {
        // A store keeps the present state only.
        Some(_) => None,
        None => FileVersions::of(&repository.state)?,
    };
    let Some(versions) = versions else {
        let has_more = applies.has_more;
        if !applies.reports.is_empty() {
            return Ok(Logged { entries: Vec::new(), applies, has_more, is_shallow: false });
        }
        if let Some(address) = &repository.settings.store {
            return Err(Error::usage(format!(
                "the state lives in `{address}`, which keeps the present one only, so that there is no log of it"
            )));
        }
        return Err(Error::Usage {
            message: "the state is in no git repository, so that there is no log of it".to_owned(),
            help: Some("commit the state with the offers: `git init && git add . && git commit`".to_owned()),
        });
    };
    let now = read_recorded(repository)?.recorded().clone();
    let (mut later, mut of_later) = (Some(now), None::<&FileVersion>);
    let has_more = applies.has_more;
    let mut logged = Logged { entries: Vec::new(), applies, has_more, is_shallow: versions.is_shallow };
    let steps = versions.all.iter().map(Some).chain([None]);
    for version in steps {
        let earlier = match version {
            Some(version) => read(&versions, version)?,
            // Before the oldest one that this clone has, nothing is known.
            None if versions.is_shallow => None,
            None => Some(Recorded::default()),
        };
        let changes = earlier.as_ref().zip(later.as_ref()).map(|(earlier, later)| changes(earlier, later, selection));
        let is_end_of_shallow = version.is_none() && versions.is_shallow;
        let is_empty = changes.as_ref().is_some_and(Vec::is_empty);
        if !is_empty && !is_end_of_shallow {
            if most.is_some_and(|most| logged.entries.len() == most) {
                logged.has_more = true;
                break;
            }
            logged.entries.push(LogEntry { version: of_later.cloned(), changes });
        }
        (later, of_later) = (earlier, version);
    }
    Ok(logged)
}

/// A version that was removed records nothing.
fn read(versions: &FileVersions, version: &FileVersion) -> Result<Option<Recorded>, Error> {
    Ok(match versions.bytes(version)? {
        None => Some(Recorded::default()),
        Some(bytes) => StateDocument::parse(&bytes).ok().map(|document| document.recorded),
    })
}

/// What differs in the records of selected keys, by key.
fn changes(earlier: &Recorded, later: &Recorded, selection: &Selection) -> Vec<RecordChange> {
    let by_id: BTreeMap<OfferId, &Key> = earlier.offers.iter().map(|(key, record)| (record.offer_id, key)).collect();
    let keys: BTreeSet<&Key> = earlier
        .offers
        .keys()
        .chain(later.offers.keys())
        .chain(earlier.in_doubt.keys())
        .chain(later.in_doubt.keys())
        .collect();
    let of_key = |key: &&Key| {
        let (before, after) = (earlier.offers.get(*key), later.offers.get(*key));
        let was = after.and_then(|after| by_id.get(&after.offer_id)).copied().filter(|was| was != key);
        let is_taken_over =
            before.is_some_and(|before| later.offers.values().any(|other| other.offer_id == before.offer_id));
        match (before, after) {
            // The other key tells it.
            (Some(_), None) if is_taken_over => None,
            (Some(before), None) => Some(change(key, before.offer_id, ChangeKind::Forgotten, Vec::new())),
            (None, Some(after)) if was.is_none() => {
                let fields = differences(&Fields::default(), &after.fields);
                Some(change(key, after.offer_id, ChangeKind::Recorded, fields))
            }
            (_, Some(after)) => {
                let before = was.and_then(|was| earlier.offers.get(was)).or(before)?;
                let fields = differences(&before.fields, &after.fields);
                let protect = (before.protect != after.protect).then_some(after.protect);
                let kind = kind_of(before, after, was.is_some(), !fields.is_empty() || protect.is_some())?;
                Some(RecordChange { was: was.cloned(), protect, ..change(key, after.offer_id, kind, fields) })
            }
            (None, None) => {
                let kind = match (earlier.in_doubt.contains_key(*key), later.in_doubt.contains_key(*key)) {
                    (false, true) => ChangeKind::InDoubt,
                    (true, false) => ChangeKind::NotCreated,
                    _ => return None,
                };
                Some(RecordChange {
                    key: (*key).clone(),
                    was: None,
                    offer_id: None,
                    kind,
                    protect: None,
                    fields: Vec::new(),
                })
            }
        }
    };
    let all = keys.iter().filter_map(of_key);
    all.filter(|change| {
        selection.contains(&change.key) || change.was.as_ref().is_some_and(|was| selection.contains(was))
    })
    .collect()
}

fn kind_of(before: &Record, after: &Record, is_renamed: bool, has_other_values: bool) -> Option<ChangeKind> {
    match (before.status, after.status) {
        _ if before.offer_id != after.offer_id => Some(ChangeKind::Recorded),
        (RecordStatus::Live, RecordStatus::Retired) => Some(ChangeKind::Retired),
        (RecordStatus::Retired, RecordStatus::Live) => Some(ChangeKind::Restored),
        _ if is_renamed => Some(ChangeKind::Renamed),
        _ => has_other_values.then_some(ChangeKind::Changed),
    }
}

fn change(
    key: &Key,
    offer_id: OfferId,
    kind: ChangeKind,
    fields: Vec<(Field, Option<Value>, Option<Value>)>,
) -> RecordChange {
    RecordChange { key: key.clone(), was: None, offer_id: Some(offer_id), kind, protect: None, fields }
}

fn differences(before: &Fields, after: &Fields) -> Vec<(Field, Option<Value>, Option<Value>)> {
    let sides = |field: Field| (field, before.get(field).cloned(), after.get(field).cloned());
    Field::ALL.into_iter().map(sides).filter(|(_, before, after)| before != after).collect()
}
