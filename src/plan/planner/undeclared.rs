//! Renames that no YAML declares: a key gets the name and advertiser of a recorded one whose YAML is gone or has another name now. A file
//! was renamed, or several were, or git has reverted that.
//!
//! Owns when that is so, and what of it a plan leaves undone. Invariant: whatever a plan is narrowed to, such an offer is neither created,
//! nor renamed, nor retired, because CAKE would have it twice, or the links of one would lead to another.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::offer::{DesiredOffer, Field, Fields, Key, NameIndex, Operation, Record, StateChange, Value};
use crate::plan::action::{Action, ActionKind};

use super::{Planner, warnings};

/// A key that gets an offer's name, and the key of that offer.
#[derive(Debug, Clone)]
pub(super) struct UndeclaredRename<'a> {
    pub(super) offer: &'a DesiredOffer,
    pub(super) from: &'a Key,
    pub(super) record: &'a Record,
    pub(super) likeness: Likeness,
    /// What is recorded under the key that gets the name; nothing where that key is new.
    pub(super) own: Option<&'a Record>,
    /// Whether the other key has no YAML.
    pub(super) is_gone: bool,
    /// The renames that make this one possible, and this one, in the order in which they can be made; empty where it stands alone.
    pub(super) row: Row<'a>,
    /// The key whose row this rename is part of, where it is another one's.
    pub(super) told_with: Option<&'a Key>,
}

/// Renames from one key to another.
pub(super) type Row<'a> = Vec<(&'a Key, &'a Key)>;

/// What the two have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    Name,
    /// Another name, and a URL that no other offer has.
    Url,
    /// All that is recorded, which is no name.
    Everything,
}

impl UndeclaredRename<'_> {
    /// Whether nothing in CAKE would tell the two apart.
    pub(super) fn is_same_offer(&self) -> bool {
        let has = |field| has_at_any_time(self.offer, field, self.record.fields.get(field));
        has(Field::VerticalId) && has(Field::OfferUrl)
    }

    fn takes_place_in(&self, action: &Action) -> bool {
        let is_key = action.key == self.offer.key || action.key == *self.from;
        let is_kept = self.is_gone && action.key == *self.from && matches!(action.kind, ActionKind::Blocked { .. });
        is_key && (gives_name(action) || is_removal(&action.kind)) || is_kept
    }

    /// Why an action of one of the two keys is blocked.
    fn reason_of(&self, action: &Action, problem: &Diagnostic) -> String {
        if action.key == self.offer.key {
            return problem.message.clone();
        }
        let has =
            if self.likeness == Likeness::Name { "gets its name and advertiser" } else { "may be the same offer" };
        let why = if self.is_gone { "its YAML is gone" } else { "its YAML has another name" };
        format!("{why}, and `{}` {has}", self.offer.key)
    }
}

/// Whether the record has what an undeclared rename is recognized by.
fn is_named(fields: &Fields) -> bool {
    fields.name().is_some() && fields.advertiser().is_some()
}

/// Whether the YAML gives the field this value at any time: an entry may have become due since it was recorded.
fn has_at_any_time(offer: &DesiredOffer, field: Field, value: Option<&Value>) -> bool {
    let mut values = offer.values_at_any_time(field).peekable();
    if values.peek().is_none() { value.is_none() } else { values.any(|given| Some(given) == value) }
}

/// Whether a schedule gives the offer another name than the recorded one, which the YAML gives at another time. Where it never does, it is
/// another offer's YAML.
pub(super) fn is_of_schedule(offer: &DesiredOffer, record: &Record) -> bool {
    let name = record.fields.get(Field::OfferName);
    offer.due_since(Field::OfferName).is_some() && has_at_any_time(offer, Field::OfferName, name)
}

/// Whether nothing that is recorded tells the two apart.
fn may_be_same(offer: &DesiredOffer, record: &Record) -> bool {
    let of_identity = [Field::OfferName, Field::AdvertiserId, Field::VerticalId, Field::OfferUrl];
    let is_equal = |field| record.fields.get(field).is_none_or(|value| has_at_any_time(offer, field, Some(value)));
    of_identity.into_iter().all(is_equal)
}

fn is_removal(kind: &ActionKind) -> bool {
    matches!(kind, ActionKind::Write(Operation::Retire { .. }) | ActionKind::StateOnly(StateChange::Forget { .. }))
}

/// Whether the action creates an offer, or gives one another name.
fn gives_name(action: &Action) -> bool {
    let is_write = matches!(action.kind, ActionKind::Write(_)) && !is_removal(&action.kind);
    is_write && action.changes.iter().any(|change| change.field == Field::OfferName)
}

/// What makes a name that of one offer.
pub(super) fn name_of(fields: &Fields) -> Option<[&Value; 2]> {
    Some([fields.get(Field::AdvertiserId)?, fields.get(Field::OfferName)?])
}

/// What makes a URL that of one offer.
fn url_of(fields: &Fields) -> Option<[&Value; 3]> {
    Some([fields.get(Field::AdvertiserId)?, fields.get(Field::VerticalId)?, fields.get(Field::OfferUrl)?])
}

/// The same of each URL that the YAML gives at any time.
fn urls_of(offer: &DesiredOffer) -> impl Iterator<Item = [&Value; 3]> {
    let [advertiser, vertical] = [Field::AdvertiserId, Field::VerticalId].map(|field| offer.fields.get(field));
    let urls = offer.values_at_any_time(Field::OfferUrl);
    urls.filter_map(move |url| Some([advertiser?, vertical?, url]))
}

/// A recorded offer whose name is free to be given, and whether its YAML is gone.
type Leaving<'a> = (&'a Key, &'a Record, bool);

/// Finds out which renames follow one another, as where several files were renamed in a row: each frees the key of the next one, and
/// the first one takes a new key.
fn find_rows<'a>(renames: &mut [UndeclaredRename<'a>]) {
    let by_old: HashMap<&'a Key, (&'a Key, bool)> =
        renames.iter().map(|rename| (rename.from, (&rename.offer.key, rename.own.is_none()))).collect();
    let row_of = |rename: &UndeclaredRename<'a>| {
        let mut row: Row<'a> = vec![(rename.from, &rename.offer.key)];
        let mut is_free = rename.own.is_none();
        // No longer than all of them, where they go in a circle.
        while !is_free && row.len() <= by_old.len() {
            let (_, taken) = row.last()?;
            let (old, (new, is_new)) = by_old.get_key_value(*taken)?;
            row.push((*old, *new));
            is_free = *is_new;
        }
        row.reverse();
        is_free.then_some(row)
    };
    let rows: Vec<Row<'a>> = renames.iter().map(|rename| row_of(rename).unwrap_or_default()).collect();
    let longest = |rename: &UndeclaredRename<'a>| {
        let with_it = rows.iter().filter(|row| row.contains(&(rename.from, &rename.offer.key)));
        with_it.max_by_key(|row| row.len()).filter(|row| row.len() > 1)
    };
    let found: Vec<_> = renames.iter().map(longest).collect();
    for (rename, row) in renames.iter_mut().zip(found) {
        let Some(row) = row else { continue };
        match row.last() {
            Some((_, told_with)) if **told_with != rename.offer.key => rename.told_with = Some(told_with),
            _ => rename.row.clone_from(row),
        }
    }
}

impl<'a> Planner<'a> {
    pub(super) fn block_undeclared_renames(&mut self) {
        let mut kept = std::mem::take(&mut self.kept);
        for rename in self.undeclared_renames() {
            let problem = warnings::undeclared_rename(&rename);
            let mut is_planned = false;
            for action in self.actions.iter_mut().filter(|action| rename.takes_place_in(action)) {
                is_planned = true;
                action.reason = Some(rename.reason_of(action, &problem));
                action.kind = ActionKind::Blocked { offer_id: action.kind.offer_id() };
            }
            // What is declared and cannot be done has a problem of its own.
            let is_declared = rename.offer.sync.renamed_from.as_ref() == Some(rename.from);
            if is_planned && !is_declared {
                // What to do about a YAML that is gone would be wrong where it has another name.
                kept.retain(|(key, _)| key != rename.from);
                self.diagnostics.push(problem);
            }
        }
        self.diagnostics.extend(kept.into_iter().map(|(_, problem)| problem));
    }

    /// One for each key that gets a name; of several records with it, the one that is most like it.
    fn undeclared_renames(&self) -> Vec<UndeclaredRename<'a>> {
        let is_possible = !self.gone.is_empty() || !self.renaming.is_empty();
        if !is_possible || (self.new.is_empty() && self.renaming.is_empty()) {
            return Vec::new();
        }
        let mut index = NameIndex::default();
        let own = self.own_names();
        let is_own = |record: &Record| name_of(&record.fields).is_some_and(|name| own.get(&name) == Some(&1));
        let renaming = self.renaming.iter().filter(|(_, record)| is_own(record));
        let renaming = renaming.map(|(offer, record)| (&offer.key, *record, false));
        let leaving = self.gone.iter().map(|(key, record)| (*key, *record, true)).chain(renaming);
        leaving.for_each(|(key, record, is_gone)| index.insert(&record.fields, (key, record, is_gone)));
        let urls = self.own_urls();
        let of_new = |offer: &'a DesiredOffer| {
            let named = offer.with_each_name().flat_map(|fields| index.find_all(&fields));
            let named = named.map(|found| (found.offer, Likeness::Name));
            let by_url = urls_of(offer).filter_map(|url| urls.get(&url).copied().flatten());
            let by_url = by_url.map(|(key, record)| ((key, record, true), Likeness::Url));
            // Names are not recorded where they are not managed.
            let nameless =
                self.gone.iter().filter(|(_, record)| !is_named(&record.fields) && may_be_same(offer, record));
            let nameless = nameless.map(|(key, record)| ((*key, *record, true), Likeness::Everything));
            (offer, None, named.chain(by_url).chain(nameless).collect::<Vec<_>>())
        };
        let of_renaming = |(offer, own): &(&'a DesiredOffer, &'a Record)| {
            let named = index.find_all(&offer.fields).into_iter().filter(|found| found.same_name);
            // The YAML of another offer took the place of this one's where it never gives the name that is recorded here.
            let is_own = has_at_any_time(offer, Field::OfferName, own.fields.get(Field::OfferName));
            let of_gone = offer.with_each_name().filter(|_| !is_own).flat_map(|fields| index.find_all(&fields));
            let of_gone = of_gone.filter(|found| found.same_name && found.offer.2);
            let named = named.chain(of_gone).map(|found| (found.offer, Likeness::Name));
            (*offer, Some(*own), named.collect::<Vec<_>>())
        };
        let all = self.new.iter().map(|offer| of_new(offer)).chain(self.renaming.iter().map(of_renaming));
        let most_like = |(offer, own, found): (&'a DesiredOffer, Option<&'a Record>, Vec<(Leaving<'a>, Likeness)>)| {
            let renames = found.into_iter().filter(|((from, ..), _)| **from != offer.key).map(
                |((from, record, is_gone), likeness)| UndeclaredRename {
                    offer,
                    from,
                    record,
                    likeness,
                    own,
                    is_gone,
                    row: Row::new(),
                    told_with: None,
                },
            );
            renames.max_by_key(|rename| {
                (rename.likeness == Likeness::Name, rename.is_same_offer(), std::cmp::Reverse(rename.from))
            })
        };
        let mut renames: Vec<UndeclaredRename<'a>> = all.filter_map(most_like).collect();
        find_rows(&mut renames);
        renames
    }

    /// How many records have each of the names that an offer gives up: one that others keep tells nothing.
    fn own_names(&self) -> HashMap<[&'a Value; 2], usize> {
        let given_up = self.renaming.iter().filter_map(|(_, record)| Some((name_of(&record.fields)?, 0)));
        let mut names: HashMap<_, _> = given_up.collect();
        if !names.is_empty() {
            for name in self.recorded.offers.values().filter_map(|record| name_of(&record.fields)) {
                names.entry(name).and_modify(|count| *count += 1);
            }
        }
        names
    }

    /// Of each URL that a live offer without YAML has and no other recorded or new one, that offer.
    fn own_urls(&self) -> HashMap<[&'a Value; 3], Option<(&'a Key, &'a Record)>> {
        let of_gone =
            self.gone.iter().filter_map(|(key, record)| Some((url_of(&record.fields)?, Some((*key, *record)))));
        let mut urls: HashMap<_, _> = of_gone.collect();
        let mut uses: HashMap<[&Value; 3], usize> = HashMap::new();
        let recorded = self.recorded.offers.values().filter_map(|record| url_of(&record.fields));
        for url in recorded.filter(|url| urls.contains_key(url)) {
            *uses.entry(url).or_default() += 1;
        }
        let mut new: HashMap<[&Value; 3], usize> = HashMap::new();
        for offer in &self.new {
            for url in urls_of(offer).collect::<HashSet<_>>() {
                *new.entry(url).or_default() += 1;
            }
        }
        urls.retain(|url, _| uses.get(url) == Some(&1) && new.get(url) == Some(&1));
        urls
    }
}
