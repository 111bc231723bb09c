//! Actions for offers that have YAML: create, rename, release, replace, restore, update, or block.

use crate::diagnostic::Diagnostic;
use crate::offer::{
    CreateRequest, DesiredOffer, Field, Fields, Key, NewOffer, OfferId, OfferStatus, OnCreateOnlyChange, Operation,
    Record, RecordStatus, Replaced, StateChange, Update, Value,
};
use crate::plan::action::{Action, ActionKind, FieldChange, YamlLocation};
use crate::plan::compare::{
    FieldDifferences, change, changes_of_create, changes_of_replace, compare, fields_of, update_of,
};

use crate::source::Place;

use super::undeclared::name_of;
use super::{Planner, warnings};

const STARTS_UNSEEN: &str = "its status in CAKE is not known; once active, it takes traffic";

fn starts_unseen(change: &FieldChange) -> bool {
    let active = Some(Value::Status(OfferStatus::Active));
    change.field == Field::OfferStatus && change.before.is_none() && change.after == active
}

impl<'a> Planner<'a> {
    pub(super) fn push(
        &mut self,
        offer: &DesiredOffer,
        place: Place,
        changes: Vec<FieldChange>,
        kind: ActionKind,
    ) -> &mut Action {
        let source = Some(YamlLocation { file: place.file, line: place.line });
        let context = self.context_of(offer, &kind);
        let (key, flags) = (offer.key.clone(), Vec::new());
        let action = Action { key, kind, source, moved_from: None, changes, context, reason: None, flags };
        self.actions.push(action);
        let last = self.actions.len() - 1;
        &mut self.actions[last]
    }

    /// What the offer has once the action is done. What the YAML gives and does not manage is sent on create alone: of a recorded offer, what
    /// CAKE has counts.
    fn context_of(&self, offer: &DesiredOffer, kind: &ActionKind) -> Fields {
        let renamed_from = || self.recorded.offers.get(offer.sync.renamed_from.as_ref()?);
        let record = self.recorded.offers.get(&offer.key).or_else(renamed_from);
        let Some(record) = record.filter(|_| kind.create().is_none()) else { return offer.fields.clone() };
        let mut fields = record.fields.clone();
        for (field, value) in offer.managed() {
            fields.set(field, value.clone());
        }
        fields
    }

    /// The offer as a create call. `None` if a required field is missing, which the reader of the offers rules out.
    fn create_of(offer: &DesiredOffer, replaces: Option<OfferId>) -> Option<CreateRequest> {
        let new = NewOffer::new(offer.fields.clone()).ok()?;
        Some(CreateRequest { offer: new, ignored: offer.sync.ignore_changes, protect: offer.sync.protect, replaces })
    }

    pub(super) fn create(&mut self, offer: &'a DesiredOffer) {
        let Some(create) = Self::create_of(offer, None) else { return };
        // What it is renamed from may be in CAKE: apply looks before it creates.
        let from = offer.sync.renamed_from.as_ref();
        let in_doubt = from.into_iter().chain([&offer.key]).any(|key| self.recorded.in_doubt.contains_key(key));
        if let Some(from) = from.filter(|_| !in_doubt) {
            self.diagnostics.push(warnings::unknown_rename(offer, from));
        }
        let changes = changes_of_create(offer, create.offer.fields());
        let action = self.push(offer, offer.place.clone(), changes, ActionKind::Write(Operation::Create(create)));
        if in_doubt {
            action.reason = Some("an earlier create is in doubt: nothing is sent before that is resolved".to_owned());
        }
    }

    pub(super) fn change(&mut self, offer: &'a DesiredOffer, from: Option<&'a Key>, record: &'a Record) {
        if let Some(problem) = self.occupied_rename(offer) {
            self.block(offer, record.offer_id, Vec::new(), problem);
            return;
        }
        let difference = compare(offer, record);
        if !difference.create_only.is_empty() {
            self.change_create_only(offer, from, record, difference);
            return;
        }
        self.rename(offer, from, record);
        self.release(offer, record, difference.released);
        if record.status == RecordStatus::Retired {
            self.restore(offer, record, difference.updatable);
        } else if let Some(update) = update_of(record.offer_id, &difference.updatable) {
            let place = offer.own_place_of(difference.updatable[0].field);
            let reason = difference.updatable.iter().any(starts_unseen).then(|| STARTS_UNSEEN.to_owned());
            self.push(offer, place, difference.updatable, ActionKind::Write(Operation::Update { update })).reason =
                reason;
        }
        self.protect(offer, record);
    }

    fn protect(&mut self, offer: &DesiredOffer, record: &Record) {
        let protect = offer.sync.protect;
        let is_set_by_restore = protect && record.status == RecordStatus::Retired;
        if record.protect == protect || is_set_by_restore {
            return;
        }
        if !protect {
            self.diagnostics.push(warnings::unprotected(offer));
        }
        let (key, offer_id) = (offer.key.clone(), record.offer_id);
        let kind = ActionKind::StateOnly(StateChange::Protect { key, offer_id, protect });
        let reason = if protect {
            "protected from now on: never retired or replaced, even if its YAML is deleted"
        } else {
            "no longer protected: it can be retired or replaced"
        };
        self.push(offer, offer.place.clone(), Vec::new(), kind).reason = Some(reason.to_owned());
    }

    /// A rename to a key that has a record of its own would confuse two offers.
    fn occupied_rename(&self, offer: &DesiredOffer) -> Option<Diagnostic> {
        let from = offer.sync.renamed_from.as_ref()?;
        let own = self.recorded.offers.get(&offer.key)?;
        let other = self.recorded.offers.get(from)?;
        let free = self.desired.get(from).is_none() && other.status == RecordStatus::Live;
        let name = name_of(&own.fields);
        let has_its_name = |new: &&DesiredOffer| {
            !self.recorded.offers.contains_key(&new.key) && name.is_some() && name_of(&new.fields) == name
        };
        let moved = || self.desired.offers.iter().find(has_its_name).map(|new| &new.key);
        free.then(|| warnings::occupied_rename(offer, own, from, other, moved()))
    }

    fn rename(&mut self, offer: &DesiredOffer, from: Option<&Key>, record: &Record) {
        if let Some(from) = from {
            let (from_key, to, offer_id) = (from.clone(), offer.key.clone(), record.offer_id);
            let kind = ActionKind::StateOnly(StateChange::Rename { from: from_key, to, offer_id });
            self.push(offer, offer.place.clone(), Vec::new(), kind).reason =
                Some(format!("recorded as `{from}` until now"));
        }
    }

    fn release(&mut self, offer: &DesiredOffer, record: &Record, released: Vec<FieldChange>) {
        if released.is_empty() {
            return;
        }
        let fields = fields_of(&released);
        if fields.contains(Field::ExpirationDate) && !offer.sync.ignore_changes.contains(Field::ExpirationDate) {
            self.diagnostics.push(warnings::date_not_cleared(offer, record));
        }
        let (key, offer_id) = (offer.key.clone(), record.offer_id);
        let kind = ActionKind::StateOnly(StateChange::Unmanage { key, offer_id, fields });
        self.push(offer, offer.place.clone(), released, kind).reason =
            Some("no longer managed; CAKE keeps the value it has".to_owned());
    }

    /// Always sends the status, because retiring made the offer inactive.
    fn restore(&mut self, offer: &DesiredOffer, record: &Record, mut changes: Vec<FieldChange>) {
        let status = offer.fields.get(Field::OfferStatus).cloned().unwrap_or(Value::Status(OfferStatus::Active));
        if !changes.iter().any(|change| change.field == Field::OfferStatus) {
            let given_at = offer.given_at(Field::OfferStatus);
            changes.insert(0, change(Some(record), Field::OfferStatus, Some(status), given_at));
            changes.sort_by_key(|change| change.field);
        }
        let fallback = || Update::of_status(record.offer_id, OfferStatus::Active);
        let update = update_of(record.offer_id, &changes).unwrap_or_else(fallback);
        let kind = ActionKind::Write(Operation::Restore { update, protect: offer.sync.protect });
        self.push(offer, offer.place.clone(), changes, kind).reason = Some("its YAML is back".to_owned());
    }

    fn change_create_only(
        &mut self,
        offer: &'a DesiredOffer,
        from: Option<&Key>,
        record: &Record,
        difference: FieldDifferences,
    ) {
        let mut changes = difference.create_only;
        let replace = offer.sync.on_create_only_change == OnCreateOnlyChange::Replace;
        let Some(create) = Self::create_of(offer, Some(record.offer_id)) else { return };
        let earlier = earlier_offer(offer, record).filter(|_| !offer.sync.protect && !record.protect);
        if let Some(earlier) = earlier {
            let problem = warnings::reverted_replace(offer, from, record, earlier);
            changes.extend(difference.updatable);
            self.block(offer, record.offer_id, changes, problem);
        } else if !replace {
            let problems: Vec<_> = changes.iter().map(|c| warnings::create_only(offer, c)).collect();
            let offer_id = record.offer_id;
            let reason = problems.iter().map(|p| p.message.as_str()).collect::<Vec<_>>().join("; ");
            let place = offer.own_place_of(changes[0].field);
            changes.extend(difference.updatable);
            self.push(offer, place, changes, ActionKind::Blocked { offer_id: Some(offer_id) }).reason = Some(reason);
            self.diagnostics.extend(problems);
        } else if offer.sync.protect {
            let problem = warnings::protected_replace(offer, &changes);
            self.block(offer, record.offer_id, changes, problem);
        } else {
            self.rename(offer, from, record);
            self.protect(offer, record);
            let place = offer.own_place_of(changes[0].field);
            let changes = changes_of_replace(offer, create.offer.fields(), record);
            self.diagnostics.extend(warnings::not_sent(offer, create.offer.fields(), record));
            let kind = ActionKind::Write(Operation::Create(create));
            self.push(offer, place, changes, kind).reason = Some(
                "CAKE cannot change these fields: a new offer takes its place, the old one goes inactive".to_owned(),
            );
        }
    }

    fn block(&mut self, offer: &DesiredOffer, offer_id: OfferId, changes: Vec<FieldChange>, problem: Diagnostic) {
        let kind = ActionKind::Blocked { offer_id: Some(offer_id) };
        self.push(offer, offer.place.clone(), changes, kind).reason = Some(problem.message.clone());
        self.diagnostics.push(problem);
    }
}

/// The latest offer that the key had before and that the YAML describes again, as after a `git revert` of a replace.
fn earlier_offer<'r>(offer: &DesiredOffer, record: &'r Record) -> Option<&'r Replaced> {
    let has = |earlier: &Replaced, field: Field, value: &Value| {
        earlier.fields.get(field).is_some_and(|recorded| value.is_shown_as(recorded))
    };
    let is_described = |earlier: &&Replaced| {
        offer.managed().filter(|(field, _)| field.is_create_only()).all(|(field, value)| has(earlier, field, value))
    };
    record.replaced.iter().rev().find(is_described)
}
