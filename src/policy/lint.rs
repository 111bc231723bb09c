//! Runs the lints over all offers: which are on, which an offer is exempt from, and what a finding is.

use std::collections::HashSet;
use std::num::NonZero;
use std::thread::{available_parallelism, scope};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::across::{Compared, LaterUrls};
use super::finding::Finding;
use super::lints::{Check, LINTS, Lint, OfferCheck};
use super::schedules::{at_time, steps_by_time};
use super::subject::Subject;
use crate::config::{LintLevel, LintLevels, Names};
use crate::diagnostic::{Diagnostic, codes, sort};
use crate::offer::{AllowedLint, DesiredOffer, Field, Recorded, TimeRules};
use crate::plan::Step;
use crate::source::Place;

/// What lints need to know besides the offers.
#[derive(Debug, Clone, Copy)]
pub struct LintInputs<'a> {
    /// The levels that the configuration sets.
    pub levels: &'a LintLevels,
    pub names: &'a Names,
    /// That of expiration dates.
    pub time_zone: &'a TimeZone,
    pub now: Timestamp,
    /// `None` where it could not be read.
    pub recorded: Option<&'a Recorded>,
    pub occasion: Occasion,
}

/// When offers are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A person reviews them.
    Review,
    /// The same, as they are wanted at a later time; their schedules have been looked at.
    Later,
    /// They are sent, or a plan shows what would be, which may be later than was meant: what time alone has brought stops nothing.
    Apply,
}

/// Fewer offers are done sooner than a thread starts.
const OFFERS_A_THREAD: usize = 2_000;

/// A finding of the lint with that index, in the offer with that index.
struct Found {
    lint: usize,
    offer: usize,
    finding: Finding,
}

/// What the look at some offers, one by one, gives.
#[derive(Default)]
struct Looked {
    found: Vec<Found>,
    compared: Compared,
    /// The offers that are exempt from some lint.
    exempt: Vec<usize>,
}

/// Every finding in these offers, sorted. The labels have no source lines.
pub fn lint(offers: &[DesiredOffer], inputs: LintInputs<'_>) -> Vec<Diagnostic> {
    lint_present(offers, inputs).0
}

/// The same, and what was compared.
fn lint_present(offers: &[DesiredOffer], inputs: LintInputs<'_>) -> (Vec<Diagnostic>, Compared) {
    let Looked { mut found, mut compared, exempt } = look(offers, inputs);
    compared.sort();
    of_all(offers, &compared, inputs.levels, &mut found);
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    for Found { lint, offer, finding } in &mut found {
        let (lint, offer) = (&LINTS[*lint], &offers[*offer]);
        if !offer.allowed.iter().any(|allowed| allowed.lint == lint.code.name) {
            diagnostics.extend(diagnostic(lint, offer, finding, inputs));
        }
    }
    diagnostics.extend(unneeded(offers, &exempt, &found, inputs.levels));
    sort(&mut diagnostics);
    (diagnostics, compared)
}

/// The same, with what the lints find in the offers as they are wanted later, at each time at which one of them changes.
pub fn lint_with_steps(offers: &[DesiredOffer], inputs: LintInputs<'_>, rules: &TimeRules) -> Vec<Diagnostic> {
    let (mut all, compared) = lint_present(offers, inputs);
    let by_time = steps_by_time(offers, inputs.now, rules);
    if by_time.is_empty() {
        return all;
    }
    let about = |problem: &Diagnostic| (problem.code.name, problem.place().cloned());
    let mut known: HashSet<_> = all.iter().map(about).collect();
    let mut needed: HashSet<Place> = HashSet::new();
    let mut urls = LaterUrls::new(offers, &compared);
    for (at, steps) in by_time {
        let inputs = LintInputs { now: rules.moment_of(at), occasion: Occasion::Later, ..inputs };
        let (found, exempt) = look_at_step(steps, &mut urls, inputs);
        needed.extend(exempt);
        all.extend(
            found.into_iter().filter(|problem| known.insert(about(problem))).map(|problem| at_time(problem, at)),
        );
    }
    // A later step needs what finds nothing yet.
    let is_needed = |problem: &Diagnostic| problem.place().is_some_and(|place| needed.contains(place));
    all.retain(|problem| problem.code != codes::lint::UNNEEDED_ALLOW || !is_needed(problem));
    sort(&mut all);
    all
}

/// What the lints of single offers find, and which URLs come to be shared; and the places of the exemptions that are needed for that.
fn look_at_step(steps: Vec<Step>, urls: &mut LaterUrls<'_>, inputs: LintInputs<'_>) -> (Vec<Diagnostic>, Vec<Place>) {
    let (mut diagnostics, mut needed) = (Vec::new(), Vec::new());
    let (offers, changes): (Vec<_>, Vec<_>) = steps.into_iter().map(|step| (step.offer, step.changes)).unzip();
    let Looked { mut found, compared, .. } = look(&offers, inputs);
    let shared = LINTS.iter().position(|lint| lint.code == codes::url::SHARED && is_on(lint, inputs.levels));
    if let Some(lint) = shared {
        let now = inputs.now.to_zoned(inputs.time_zone.clone()).datetime();
        let findings = urls.shared_from(now, &offers, &changes, &compared);
        found.extend(findings.into_iter().map(|(offer, finding)| Found { lint, offer, finding }));
    }
    for Found { lint, offer, mut finding } in found {
        let (lint, offer) = (&LINTS[lint], &offers[offer]);
        match offer.allowed.iter().find(|allowed| allowed.lint == lint.code.name) {
            Some(allowed) => needed.push(allowed.place.clone()),
            None => diagnostics.extend(diagnostic(lint, offer, &mut finding, inputs)),
        }
    }
    (diagnostics, needed)
}

/// Whether the lint can find anything that is shown.
fn is_on(lint: &Lint, levels: &LintLevels) -> bool {
    levels.of(lint.code).unwrap_or(lint.level) != LintLevel::Allow
}

/// Looks at each offer, where there are many by several threads.
fn look(offers: &[DesiredOffer], inputs: LintInputs<'_>) -> Looked {
    let threads = available_parallelism().map_or(1, NonZero::get).min(offers.len() / OFFERS_A_THREAD).max(1);
    if threads == 1 {
        return look_at_some(offers, 0, inputs);
    }
    let size = offers.len().div_ceil(threads);
    scope(|scope| {
        let part = |number, part| scope.spawn(move || look_at_some(part, number * size, inputs));
        let parts: Vec<_> = offers.chunks(size).enumerate().map(|(number, offers)| part(number, offers)).collect();
        parts.into_iter().fold(Looked::default(), |mut sum, part| {
            let part = part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            sum.found.extend(part.found);
            sum.compared.append(part.compared);
            sum.exempt.extend(part.exempt);
            sum
        })
    })
}

/// Looks at some offers, the first of which has this index.
fn look_at_some(offers: &[DesiredOffer], first: usize, inputs: LintInputs<'_>) -> Looked {
    let now = inputs.now.to_zoned(inputs.time_zone.clone()).datetime();
    let lints: Vec<(usize, OfferCheck)> = LINTS
        .iter()
        .enumerate()
        .filter(|(_, lint)| is_on(lint, inputs.levels))
        .filter(|(_, lint)| inputs.occasion != Occasion::Later || !codes::schedule::LINTS.contains(&lint.code))
        .flat_map(|(index, lint)| lint.checks.iter().map(move |check| (index, check)))
        .filter_map(|(index, check)| match check {
            Check::Offer(check) => Some((index, *check)),
            Check::All(_) => None,
        })
        .collect();
    let (mut looked, mut findings) = (Looked::default(), Vec::new());
    for (index, offer) in (first..).zip(offers) {
        let subject = Subject {
            offer,
            recorded: inputs.recorded,
            offer_url: Subject::url(offer, Field::OfferUrl),
            preview_url: Subject::url(offer, Field::PreviewUrl),
            names: inputs.names,
            time_zone: inputs.time_zone,
            now,
        };
        for (lint, check) in &lints {
            check(&subject, &mut findings);
            looked.found.extend(findings.drain(..).map(|finding| Found { lint: *lint, offer: index, finding }));
        }
        looked.compared.add(index, &subject);
        if !offer.allowed.is_empty() {
            looked.exempt.push(index);
        }
    }
    looked
}

/// Adds the findings of the lints that compare offers.
fn of_all(offers: &[DesiredOffer], compared: &Compared, levels: &LintLevels, found: &mut Vec<Found>) {
    for (lint, row) in LINTS.iter().enumerate().filter(|(_, lint)| is_on(lint, levels)) {
        for check in row.checks {
            let Check::All(check) = check else { continue };
            let mut findings = Vec::new();
            check(offers, compared, &mut findings);
            found.extend(findings.into_iter().map(|(offer, finding)| Found { lint, offer, finding }));
        }
    }
}

fn diagnostic(lint: &Lint, offer: &DesiredOffer, finding: &mut Finding, inputs: LintInputs<'_>) -> Option<Diagnostic> {
    let level = inputs.levels.of(lint.code).or(finding.level).unwrap_or(lint.level);
    let new = match level {
        LintLevel::Allow => return None,
        LintLevel::Deny if finding.has_come && inputs.occasion == Occasion::Apply => Diagnostic::warning,
        LintLevel::Warn => Diagnostic::warning,
        LintLevel::Deny => Diagnostic::error,
    };
    let place = finding.place(offer);
    let mut diagnostic = new(lint.code, std::mem::take(&mut finding.message)).label(place);
    diagnostic.labels.extend(finding.other.take());
    Some(diagnostic.help(std::mem::take(&mut finding.help)))
}

/// The lints that an offer's own file allows for nothing. One that is off is not judged.
fn unneeded(offers: &[DesiredOffer], exempt: &[usize], found: &[Found], levels: &LintLevels) -> Vec<Diagnostic> {
    let needed: HashSet<(usize, &str)> = found.iter().map(|found| (found.offer, LINTS[found.lint].code.name)).collect();
    let is_needed = |index: usize, allowed: &AllowedLint| needed.contains(&(index, allowed.lint));
    let is_on = |allowed: &AllowedLint| LINTS.iter().any(|lint| lint.code.name == allowed.lint && is_on(lint, levels));
    let mut diagnostics = Vec::new();
    for (index, offer) in exempt.iter().map(|index| (*index, &offers[*index])) {
        let own = offer.allowed.iter().filter(|allowed| allowed.place.file == offer.place.file);
        for allowed in own.filter(|allowed| is_on(allowed) && !is_needed(index, allowed)) {
            let message = format!("`{}` finds nothing here, so it need not be allowed", allowed.lint);
            let problem = Diagnostic::warning(codes::lint::UNNEEDED_ALLOW, message).label(allowed.place.clone());
            diagnostics.push(problem.help("remove it from `sync.allow`"));
        }
    }
    diagnostics
}
