//! What a branch exempts its offers from: lints that stop a plan, guardrails for a whole folder, and the block of a replace. A branch must not
//! loosen unseen the limit that it breaks.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{LintLevel, LintLevels};
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{DesiredOffer, DesiredSet, Key, OnCreateOnlyChange};
use crate::plan::{Plan, Verb};
use crate::policy;
use crate::source::Place;
use crate::words::first_and_more;

/// More keys than this are counted.
const SHOWN: usize = 5;

/// One exemption: what it says, and where. That of a folder is told once, with its offers.
type Exemption = (Place, String);

/// What these offers are exempt from and were not at the commit, whose levels of lints count as well as the present ones.
pub(super) fn told(
    then: &DesiredSet,
    now: &DesiredSet,
    changed: &BTreeSet<Key>,
    levels: &[&LintLevels],
) -> Vec<Diagnostic> {
    let denied: BTreeSet<&str> = policy::levels()
        .filter(|(code, level)| levels.iter().any(|set| set.of(*code).unwrap_or(*level) == LintLevel::Deny))
        .map(|(code, _)| code.name)
        .collect();
    let mut all: BTreeMap<_, (Place, Vec<&Key>)> = BTreeMap::new();
    for offer in changed.iter().filter_map(|key| now.get(key)) {
        let earlier = offer.sync.renamed_from.as_ref().and_then(|from| then.get(from));
        let before = then.get(&offer.key).or(earlier);
        for (place, what) in new_exemptions(before, offer, &denied) {
            let order = (place.file.clone(), place.line, place.column, what);
            all.entry(order).or_insert_with(|| (place, Vec::new())).1.push(&offer.key);
        }
    }
    let problem = |((.., what), (place, keys)): ((_, _, _, String), (Place, Vec<&Key>))| {
        let keys = first_and_more(keys.iter().map(|key| format!("`{key}`")), SHOWN);
        Diagnostic::warning(codes::review::EXEMPTION, format!("{what}: {keys}"))
            .label(Label::at(place))
            .help("look whether the exemption is meant, as at a change of a limit")
    };
    all.into_iter().map(problem).collect()
}

fn new_exemptions(before: Option<&DesiredOffer>, offer: &DesiredOffer, denied: &BTreeSet<&str>) -> Vec<Exemption> {
    let had_lint = |lint: &str| before.is_some_and(|before| before.allowed.iter().any(|one| one.lint == lint));
    let lints = offer.allowed.iter().filter(|one| denied.contains(one.lint) && !had_lint(one.lint));
    let lints = lints.map(|one| {
        let what =
            format!("`sync.allow` exempts from `{}`, which stops a plan, because of \"{}\"", one.lint, one.reason);
        (one.place.clone(), what)
    });
    let had_waiver = |name: &str, until| {
        before.is_some_and(|before| before.waivers.iter().any(|one| *one.guardrail == *name && one.until >= until))
    };
    // One in the offer's own file is told where it is used, and where it is not.
    let inherited = offer.waivers.iter().filter(|one| one.place.file != offer.place.file);
    let waivers = inherited.filter(|one| !had_waiver(&one.guardrail, one.until)).map(|one| {
        let (name, until) = (&one.guardrail, one.until);
        (one.place.clone(), format!("`sync.waive` waives `{name}` until {until}, because of \"{}\"", one.reason))
    });
    lints.chain(waivers).collect()
}

/// Offers that were there, and that the branch lets be replaced without changing anything else of them.
pub(super) fn replaceable(
    then: &DesiredSet,
    now: &DesiredSet,
    changed: &BTreeSet<Key>,
    plan: &Plan,
) -> Option<Diagnostic> {
    let replaced: BTreeSet<&Key> =
        plan.actions.iter().filter(|action| action.verb() == Verb::Replace).map(|action| &action.key).collect();
    let is_replaceable = |offer: &DesiredOffer| offer.sync.on_create_only_change == OnCreateOnlyChange::Replace;
    let offers = changed.iter().filter_map(|key| now.get(key)).filter(|offer| is_replaceable(offer));
    // A replace is in the plan itself.
    let offers = offers.filter(|offer| !replaced.contains(&offer.key));
    let new = offers.filter(|offer| then.get(&offer.key).is_some_and(|before| !is_replaceable(before)));
    let keys: Vec<String> = new.map(|offer| format!("`{}`", offer.key)).collect();
    (!keys.is_empty()).then(|| {
        let keys = first_and_more(keys, SHOWN);
        let message = format!("`sync.on_create_only_change` is `replace` from now on: {keys}");
        Diagnostic::warning(codes::review::EXEMPTION, message)
            .help("a later change of what CAKE cannot change makes a new offer, with new links, in place of stopping the plan")
    })
}
