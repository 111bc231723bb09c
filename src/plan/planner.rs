//! The planner: joins desired and recorded offers by key and makes every choice of an apply.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::diagnostic::{Diagnostic, sort};
use crate::offer::{DesiredOffer, DesiredSet, Digest, Key, Record, RecordStatus, Recorded, RemovedAction, shown_time};

use super::action::{Action, Plan, StateBinding};
use super::selection::Selection;

mod changed;
mod hosts;
mod removed;
mod retired;
mod undeclared;
mod warnings;

/// Everything that a plan depends on.
#[derive(Debug)]
pub struct PlanInputs<'a> {
    /// The desired offers, free of errors.
    pub desired: &'a DesiredSet,
    /// What is recorded.
    pub recorded: &'a Recorded,
    /// The moment that the desired offers are those of.
    pub at: Timestamp,
    /// What a removed YAML means.
    pub removed: RemovedAction,
    /// The offers to plan.
    pub selection: &'a Selection,
    /// The address of the CAKE.
    pub cake: &'a str,
    /// The name of the environment.
    pub environment: &'a str,
    /// Identifies that state.
    pub state: StateBinding,
    /// Digest of the settings that decide what the YAML means (names and the like).
    pub settings_digest: &'a str,
}

/// Makes the plan.
pub fn plan(inputs: PlanInputs<'_>) -> Plan {
    let mut draft = Planner::new(&inputs);
    draft.join();
    draft.warn_of_creates_in_doubt();
    draft.block_undeclared_renames();
    draft.warn_of_retired_duplicates();
    draft.mark_new_hosts();
    let Planner { mut actions, unchanged, left_out, mut diagnostics, .. } = draft;
    actions.sort_by(|a, b| (a.verb(), &a.key, a.kind.offer_id()).cmp(&(b.verb(), &b.key, b.kind.offer_id())));
    sort(&mut diagnostics);
    let mut digest = Digest::default().text(&inputs.desired.digest).text(inputs.settings_digest);
    // What is due of schedules is an input as well.
    for (key, (field, since)) in
        inputs.desired.offers.iter().flat_map(|offer| offer.all_due().map(|due| (&offer.key, due)))
    {
        digest = digest.text(key.as_str()).text(field.name()).text(&shown_time(since));
    }
    Plan {
        cake: inputs.cake.to_owned(),
        environment: inputs.environment.to_owned(),
        state: inputs.state,
        inputs_digest: digest.text(inputs.removed.word()).finish(),
        at: inputs.at,
        refreshed: false,
        actions,
        state_changes: Vec::new(),
        upcoming: Vec::new(),
        upcoming_later: 0,
        ended: 0,
        unchanged,
        left_out,
        diagnostics,
        elsewhere: None,
        clusters: Vec::new(),
    }
}

/// Old keys whose records desired offers take over, with the new keys.
pub(super) fn renames<'a>(desired: &'a DesiredSet, recorded: &'a Recorded) -> BTreeMap<&'a Key, &'a Key> {
    let offers = desired.offers.iter();
    let renamed = offers.filter_map(|offer| Some((offer.sync.renamed_from.as_ref()?, &offer.key)));
    renamed
        .filter(|(from, to)| !recorded.offers.contains_key(*to) && recorded.offers.contains_key(*from))
        .filter(|(from, _)| desired.get(from).is_none())
        .collect()
}

/// Whether the YAML gives the offer another name than the recorded one.
fn has_other_name(offer: &DesiredOffer, record: &Record) -> bool {
    offer.fields.name().zip(record.fields.name()).is_some_and(|(desired, recorded)| desired != recorded)
}

/// Planner state: collects actions and diagnostics.
struct Planner<'a> {
    desired: &'a DesiredSet,
    recorded: &'a Recorded,
    removed: RemovedAction,
    selection: &'a Selection,
    /// See [`renames`].
    renames: BTreeMap<&'a Key, &'a Key>,
    /// Desired offers without a record, selected or not.
    new: Vec<&'a DesiredOffer>,
    /// Live offers whose YAML is gone, selected or not.
    gone: Vec<(&'a Key, &'a Record)>,
    /// Recorded offers to which their YAML gives another name, selected or not.
    renaming: Vec<(&'a DesiredOffer, &'a Record)>,
    /// Of keys whose YAML is gone and that are neither retired nor forgotten.
    kept: Vec<(Key, Diagnostic)>,
    actions: Vec<Action>,
    unchanged: usize,
    left_out: usize,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Planner<'a> {
    fn new(inputs: &PlanInputs<'a>) -> Self {
        let renames = renames(inputs.desired, inputs.recorded);
        Self {
            desired: inputs.desired,
            recorded: inputs.recorded,
            removed: inputs.removed,
            selection: inputs.selection,
            renames,
            new: Vec::new(),
            gone: Vec::new(),
            renaming: Vec::new(),
            kept: Vec::new(),
            actions: Vec::new(),
            unchanged: 0,
            left_out: 0,
            diagnostics: Vec::new(),
        }
    }

    /// Joins desired offers and records by key. Both are sorted, so each side is walked along with the other instead of being
    /// searched.
    fn join(&mut self) {
        let (desired, recorded) = (self.desired, self.recorded);
        let mut records = recorded.offers.iter().peekable();
        for offer in &desired.offers {
            while records.next_if(|(key, _)| **key < offer.key).is_some() {}
            let own = records.next_if(|(key, _)| **key == offer.key).map(|(_, record)| record);
            self.add_desired(offer, own);
        }
        let mut offers = desired.offers.iter().peekable();
        for (key, record) in &recorded.offers {
            while offers.next_if(|offer| offer.key < *key).is_some() {}
            let is_desired = offers.next_if(|offer| offer.key == *key).is_some();
            self.add_recorded(key, record, is_desired);
        }
    }

    /// The offer's record, under its own key or under the one it is renamed from.
    fn record_of(&self, offer: &'a DesiredOffer, own: Option<&'a Record>) -> Option<(Option<&'a Key>, &'a Record)> {
        if let Some(record) = own {
            return Some((None, record));
        }
        let from = offer.sync.renamed_from.as_ref().filter(|from| self.renames.get(from) == Some(&&offer.key))?;
        Some((Some(from), self.recorded.offers.get(from)?))
    }

    fn is_selected(&self, offer: &DesiredOffer) -> bool {
        match offer.sync.renamed_from.as_ref().filter(|from| self.renames.contains_key(from)) {
            Some(from) => self.selection.contains_renamed(from, &offer.key),
            None => self.selection.contains(&offer.key),
        }
    }

    fn add_desired(&mut self, offer: &'a DesiredOffer, own: Option<&'a Record>) {
        let record = self.record_of(offer, own);
        match record {
            None => self.new.push(offer),
            Some((_, record)) if has_other_name(offer, record) && !undeclared::is_of_schedule(offer, record) => {
                self.renaming.push((offer, record));
            }
            Some(_) => {}
        }
        if !self.is_selected(offer) {
            self.left_out += 1;
            return;
        }
        let actions = self.actions.len();
        match record {
            None => self.create(offer),
            Some((from, record)) => self.change(offer, from, record),
        }
        if self.actions.len() == actions {
            self.unchanged += 1;
        }
    }

    fn add_recorded(&mut self, key: &'a Key, record: &'a Record, is_desired: bool) {
        let is_gone = !is_desired && !self.renames.contains_key(key) && record.status == RecordStatus::Live;
        if is_gone {
            self.gone.push((key, record));
        }
        // A renamed record is under its new key when the writes start.
        let (is_selected, key) = match self.renames.get(key) {
            Some(to) => (self.selection.contains_renamed(key, to), *to),
            None => (self.selection.contains(key), key),
        };
        if !is_selected {
            self.left_out += usize::from(is_gone);
            return;
        }
        for old in record.replaced.iter().filter(|old| !old.inactive) {
            self.finish_replace(key, record, old.offer_id);
        }
        if is_gone {
            self.removed(key, record);
        }
    }

    fn warn_of_creates_in_doubt(&mut self) {
        let keys: BTreeSet<&Key> = self.recorded.in_doubt.keys().filter(|key| self.selection.contains(key)).collect();
        for key in keys {
            let warning = warnings::in_doubt(self.desired, key, &self.recorded.in_doubt[key]);
            self.diagnostics.push(warning);
        }
    }
}
