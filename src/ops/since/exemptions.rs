//! What a branch exempts its offers from: lints that stop a plan, guardrails for a whole folder, the block of a replace, and a protection
//! that is not recorded yet. A branch must not loosen unseen the limit that it breaks.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::config::{LintLevel, LintLevels};
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{DesiredOffer, DesiredSet, Key, OnCreateOnlyChange, Record, Recorded};
use crate::plan::{Plan, Verb};
use crate::policy;
use crate::source::Place;
use crate::words::{first_and_more, shorten};

/// More keys than this are counted.
const SHOWN: usize = 5;

/// A longer reason is cut.
const REASON: usize = 200;

/// The offers at the commit and now.
#[derive(Clone, Copy)]
pub(super) struct Offers<'a> {
    pub(super) then: &'a DesiredSet,
    pub(super) now: &'a DesiredSet,
    /// The keys of those that differ.
    pub(super) changed: &'a BTreeSet<Key>,
    pub(super) recorded: &'a Recorded,
}

/// One exemption, of an offer or of those of a folder: it is told once, with its offers.
struct Exemption<'a> {
    kind: Kind,
    /// The lint or the guardrail.
    name: &'a str,
    place: Place,
    what: String,
    keys: Vec<&'a Key>,
}

/// The graver one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Waiver,
    Lint,
}

/// What the branch exempts offers from: the gravest first, since a view that has no room for all shows the first ones.
pub(super) fn told(offers: Offers<'_>, levels: &[&LintLevels], plan: &Plan) -> Vec<Diagnostic> {
    let mut found = Vec::from_iter(replaceable(offers, plan));
    found.extend(unprotected(offers));
    found.extend(limits(offers, levels));
    found
}

impl<'a> Offers<'a> {
    /// The offer at the commit, also where it had another key.
    pub(super) fn before(self, offer: &DesiredOffer) -> Option<&'a DesiredOffer> {
        let renamed_from = || offer.sync.renamed_from.as_ref().and_then(|from| self.then.get(from));
        self.then.get(&offer.key).or_else(renamed_from)
    }

    pub(super) fn record(self, offer: &DesiredOffer) -> Option<&'a Record> {
        self.recorded.record_of(offer)
    }
}

/// What these offers are exempt from and were not at the commit, whose levels of lints count as well as the present ones.
fn limits(offers: Offers<'_>, levels: &[&LintLevels]) -> Vec<Diagnostic> {
    let denied: BTreeSet<&str> = policy::levels()
        .filter(|(code, level)| levels.iter().any(|set| set.of(*code).unwrap_or(*level) == LintLevel::Deny))
        .map(|(code, _)| code.name)
        .collect();
    let mut all: BTreeMap<_, Exemption<'_>> = BTreeMap::new();
    for offer in offers.changed.iter().filter_map(|key| offers.now.get(key)) {
        for found in new_exemptions(offers.before(offer), offer, &denied) {
            let order = (found.place.file.clone(), found.place.line, found.place.column, found.what.clone());
            all.entry(order).or_insert(found).keys.push(&offer.key);
        }
    }
    let problem = |Exemption { place, what, keys, .. }: Exemption<'_>| {
        let keys = first_and_more(keys.iter().map(|key| format!("`{key}`")), SHOWN);
        Diagnostic::warning(codes::review::EXEMPTION, format!("{what}: {keys}"))
            .label(Label::at(place))
            .help("look whether the exemption is meant, as at a change of a limit")
    };
    gravest_first(all.into_values().collect()).into_iter().map(problem).collect()
}

/// The one of most offers of each lint and guardrail, then the next ones of each: many of one kind do not push out the only one of another.
fn gravest_first(mut all: Vec<Exemption<'_>>) -> Vec<Exemption<'_>> {
    all.sort_by_key(|one| (one.kind, Reverse(one.keys.len())));
    let mut counts: BTreeMap<(Kind, &str), usize> = BTreeMap::new();
    let mut with_rounds: Vec<_> = all
        .into_iter()
        .map(|one| {
            let count = counts.entry((one.kind, one.name)).or_default();
            *count += 1;
            (*count, one)
        })
        .collect();
    with_rounds.sort_by_key(|(round, _)| *round);
    with_rounds.into_iter().map(|(_, one)| one).collect()
}

fn shown(reason: &str) -> Cow<'_, str> {
    shorten(reason, REASON)
}

fn new_exemptions<'a>(
    before: Option<&DesiredOffer>,
    offer: &'a DesiredOffer,
    denied: &BTreeSet<&str>,
) -> Vec<Exemption<'a>> {
    let new = |kind, name, place: &Place, what| Exemption { kind, name, place: place.clone(), what, keys: Vec::new() };
    let had_lint = |lint: &str| before.is_some_and(|before| before.allowed.iter().any(|one| one.lint == lint));
    let lints = offer.allowed.iter().filter(|one| denied.contains(one.lint) && !had_lint(one.lint));
    let lints = lints.map(|one| {
        let what = format!(
            "`sync.allow` exempts from `{}`, which stops a plan, because of \"{}\"",
            one.lint,
            shown(&one.reason)
        );
        new(Kind::Lint, one.lint, &one.place, what)
    });
    let had_waiver = |name: &str, until| {
        before.is_some_and(|before| before.waivers.iter().any(|one| *one.guardrail == *name && one.until >= until))
    };
    // One in the offer's own file is told where it is used, and where it is not.
    let inherited = offer.waivers.iter().filter(|one| one.place.file != offer.place.file);
    let waivers = inherited.filter(|one| !had_waiver(&one.guardrail, one.until)).map(|one| {
        let (name, until) = (&one.guardrail, one.until);
        let what = format!("`sync.waive` waives `{name}` until {until}, because of \"{}\"", shown(&one.reason));
        new(Kind::Waiver, name, &one.place, what)
    });
    lints.chain(waivers).collect()
}

/// Offers that were there, or are recorded, and that the branch lets be replaced without doing it.
fn replaceable(offers: Offers<'_>, plan: &Plan) -> Option<Diagnostic> {
    let replaced: BTreeSet<&Key> =
        plan.actions.iter().filter(|action| action.verb() == Verb::Replace).map(|action| &action.key).collect();
    let is_replaceable = |offer: &DesiredOffer| offer.sync.on_create_only_change == OnCreateOnlyChange::Replace;
    let now = offers.changed.iter().filter_map(|key| offers.now.get(key)).filter(|offer| is_replaceable(offer));
    // A replace is in the plan itself.
    let now = now.filter(|offer| !replaced.contains(&offer.key));
    let new = now.filter(|offer| match offers.before(offer) {
        Some(before) => !is_replaceable(before),
        None => offers.record(offer).is_some(),
    });
    let keys: Vec<String> = new.map(|offer| format!("`{}`", offer.key)).collect();
    (!keys.is_empty()).then(|| {
        let keys = first_and_more(keys, SHOWN);
        let message = format!("`sync.on_create_only_change` is `replace` from now on: {keys}");
        Diagnostic::warning(codes::review::EXEMPTION, message)
            .help("a later change of what CAKE cannot change makes a new offer, with new links, in place of stopping the plan")
    })
}

/// Offers whose protection no apply has recorded, and that the branch does not protect any more. The plan tells of those that are recorded so.
fn unprotected(offers: Offers<'_>) -> Option<Diagnostic> {
    let now = offers.changed.iter().filter_map(|key| offers.now.get(key));
    let kept: BTreeSet<&Key> =
        now.filter_map(|offer| offers.before(offer).filter(|_| offer.sync.protect).map(|before| &before.key)).collect();
    let is_recorded = |key| offers.recorded.offers.get(key).is_some_and(|record| record.protect);
    let protected = offers.then.offers.iter().filter(|before| before.sync.protect);
    let taken_out = protected.filter(|before| {
        let key = &before.key;
        offers.changed.contains(key) && !kept.contains(key) && !is_recorded(key)
    });
    let keys: Vec<String> = taken_out.map(|before| format!("`{}`", before.key)).collect();
    (!keys.is_empty()).then(|| {
        let message =
            format!("`sync.protect` is taken out before an apply has recorded it: {}", first_and_more(keys, SHOWN));
        Diagnostic::warning(codes::review::EXEMPTION, message)
            .help("look whether these offers may be retired and replaced from now on")
    })
}
