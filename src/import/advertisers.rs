//! Names for CAKE's advertisers: which to add to the configured ones, and what CAKE shows otherwise than the configuration has it.
//!
//! Pure. Invariants: no configured name is changed or taken away; no two advertisers get one name; what CAKE does not show is told, and
//! never taken for agreement.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cake::Advertiser;
use crate::config::{NameEdit, Names};
use crate::offer::{AdvertiserId, Field, OfferStatus, RecordStatus, Recorded, Value};

use super::slug::slug;

/// Endings of company names that people leave out.
const LEGAL_FORMS: [&str; 19] = [
    "ab",
    "ag",
    "as",
    "bv",
    "co",
    "corp",
    "corporation",
    "gmbh",
    "inc",
    "incorporated",
    "limited",
    "llc",
    "llp",
    "ltd",
    "oy",
    "plc",
    "pty",
    "sa",
    "srl",
];

/// A configured name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConfiguredName {
    pub name: String,
    pub id: AdvertiserId,
}

/// CAKE shows another name than the configuration says that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    pub configured: ConfiguredName,
    pub before: String,
    pub now: String,
}

/// An advertiser that CAKE shows with a status other than active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InactiveAdvertiser {
    pub id: AdvertiserId,
    /// Its configured name.
    pub name: Option<String>,
    /// As CAKE writes it.
    pub status: String,
    /// How many of its offers are recorded as active.
    pub active_offers: usize,
}

/// An advertiser that gets no name by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnamed {
    pub id: AdvertiserId,
    /// What CAKE calls it, if it shows that.
    pub name_in_cake: Option<String>,
    pub reason: UnnamedReason,
}

/// Why an advertiser gets no name by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnnamedReason {
    /// CAKE shows no name, or one without a letter.
    NoLetter,
    /// Another advertiser has this name, or would get it.
    Taken(String),
}

/// What CAKE's advertisers say of the configured names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdvertiserNames {
    /// How many advertisers CAKE shows.
    pub shown: usize,
    /// Names to add.
    pub added: Vec<NameEdit>,
    /// Configured names beside which CAKE's own name is not written yet.
    pub completed: Vec<NameEdit>,
    pub renamed: Vec<Renamed>,
    pub unnamed: Vec<Unnamed>,
    /// Configured names whose id CAKE does not show.
    pub not_shown: Vec<ConfiguredName>,
    /// Those that have active offers, by id.
    pub inactive: Vec<InactiveAdvertiser>,
    /// Advertisers with active offers whose status CAKE does not show.
    pub without_status: Vec<AdvertiserId>,
    /// Configured names of which CAKE does not show what it calls them.
    pub without_name: Vec<ConfiguredName>,
}

impl AdvertiserNames {
    /// Compares the configured names with all of CAKE's advertisers.
    pub fn compare(names: &Names, advertisers: &[Advertiser], recorded: &Recorded) -> Self {
        let configured = configured(names);
        let shown: BTreeMap<AdvertiserId, &Advertiser> =
            advertisers.iter().map(|advertiser| (advertiser.id, advertiser)).collect();
        let mut found = Self { shown: shown.len(), ..Self::default() };
        for (name, id) in &configured {
            found.compare_name(names, ConfiguredName { name: (*name).to_owned(), id: *id }, shown.get(id).copied());
        }
        found.name_the_others(&configured, &shown);
        found.judge_statuses(names, &shown, recorded);
        found
    }

    /// Whether something is otherwise than the configuration says, or an offer is active in vain.
    pub fn has_findings(&self) -> bool {
        !(self.renamed.is_empty() && self.not_shown.is_empty() && self.inactive.is_empty())
    }

    /// Every change of the configuration.
    pub fn edits(&self) -> Vec<NameEdit> {
        let renamed = self.renamed.iter().map(|Renamed { configured: ConfiguredName { name, id }, now, .. }| {
            NameEdit { name: name.clone(), id: *id, name_in_cake: now.clone() }
        });
        self.completed.iter().cloned().chain(renamed).chain(self.added.iter().cloned()).collect()
    }

    fn compare_name(&mut self, names: &Names, configured: ConfiguredName, shown: Option<&Advertiser>) {
        let Some(shown) = shown else { return self.not_shown.push(configured) };
        let Some(now) = shown.name.as_deref() else { return self.without_name.push(configured) };
        match names.name_in_cake(Field::AdvertiserId, &configured.name) {
            Some(before) if before == now => {}
            Some(before) => {
                self.renamed.push(Renamed { configured, before: before.to_owned(), now: now.to_owned() });
            }
            None => {
                let ConfiguredName { name, id } = configured;
                self.completed.push(NameEdit { name, id, name_in_cake: now.to_owned() });
            }
        }
    }

    /// Gives the advertisers without a name one: without the legal form if no other has that name, else with it.
    fn name_the_others(
        &mut self,
        configured: &BTreeMap<&str, AdvertiserId>,
        shown: &BTreeMap<AdvertiserId, &Advertiser>,
    ) {
        let named: BTreeSet<AdvertiserId> = configured.values().copied().collect();
        let others: Vec<(&Advertiser, Option<[String; 2]>)> = shown
            .values()
            .filter(|advertiser| !named.contains(&advertiser.id))
            .map(|advertiser| (*advertiser, advertiser.name.as_deref().and_then(proposals)))
            .collect();
        let mut wanted: HashMap<&str, usize> = HashMap::new();
        for (_, proposals) in &others {
            for name in proposals.iter().flatten().collect::<BTreeSet<_>>() {
                *wanted.entry(name).or_default() += 1;
            }
        }
        let is_free = |name: &String| wanted.get(name.as_str()) == Some(&1) && !configured.contains_key(name.as_str());
        for (advertiser, proposals) in &others {
            let id = advertiser.id;
            let name_in_cake = advertiser.name.as_deref().map(ToOwned::to_owned);
            let reason = match proposals {
                None => UnnamedReason::NoLetter,
                Some(proposals) => match proposals.iter().find(|name| is_free(name)) {
                    Some(name) => {
                        let name_in_cake = name_in_cake.unwrap_or_default();
                        self.added.push(NameEdit { name: name.clone(), id, name_in_cake });
                        continue;
                    }
                    None => UnnamedReason::Taken(proposals[1].clone()),
                },
            };
            self.unnamed.push(Unnamed { id, name_in_cake, reason });
        }
        self.added.sort_by(|a, b| a.name.cmp(&b.name));
    }

    fn judge_statuses(&mut self, names: &Names, shown: &BTreeMap<AdvertiserId, &Advertiser>, recorded: &Recorded) {
        for (id, active_offers) in active_offers(recorded) {
            let Some(advertiser) = shown.get(&id) else { continue };
            match advertiser.status.as_deref() {
                None => self.without_status.push(id),
                Some(status) if advertiser.is_inactive() => {
                    let name = Field::AdvertiserId.parse(&id.to_string()).ok();
                    let name = name.and_then(|id| names.name_of(Field::AdvertiserId, &id)).map(ToOwned::to_owned);
                    self.inactive.push(InactiveAdvertiser { id, name, status: status.to_owned(), active_offers });
                }
                Some(_) => {}
            }
        }
    }
}

fn configured(names: &Names) -> BTreeMap<&str, AdvertiserId> {
    let entries = names.entries(Field::AdvertiserId);
    entries.filter_map(|(name, id)| Some((name, advertiser_id(id)?))).collect()
}

fn advertiser_id(value: &Value) -> Option<AdvertiserId> {
    AdvertiserId::new(value.as_integer()?)
}

/// The names that an advertiser could have, the shorter one first; `None` where its name in CAKE has no letter.
fn proposals(name_in_cake: &str) -> Option<[String; 2]> {
    let full = slug(name_in_cake).filter(|slug| slug.bytes().any(|byte| byte.is_ascii_alphabetic()))?;
    let mut short = full.as_str();
    while let Some((rest, _)) = short.rsplit_once('-').filter(|(_, last)| LEGAL_FORMS.contains(last)) {
        short = rest;
    }
    Some([short.to_owned(), full])
}

/// How many offers of each advertiser are recorded as active.
fn active_offers(recorded: &Recorded) -> BTreeMap<AdvertiserId, usize> {
    let mut active = BTreeMap::new();
    let is_active = |value: Option<&Value>| value == Some(&Value::Status(OfferStatus::Active));
    for record in recorded.offers.values().filter(|record| record.status == RecordStatus::Live) {
        let advertiser = record.fields.get(Field::AdvertiserId).and_then(advertiser_id);
        if let Some(id) = advertiser.filter(|_| is_active(record.fields.get(Field::OfferStatus))) {
            *active.entry(id).or_default() += 1;
        }
    }
    active
}
