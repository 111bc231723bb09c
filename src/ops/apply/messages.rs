//! What an apply reports besides its results: why it stopped, what is in doubt and what was settled, with exact commands
//! if the user has to decide.

use std::collections::BTreeMap;

use crate::apply::{ActionResult, Candidate, DoneUpdate, HaltReason, RecoverySummary, Undecided};
use crate::cake::ReadFailure;
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{Field, InDoubtCreate, Key, OfferId, Recorded, TimeRules, shown_time};
use crate::ops::diagnose;
use crate::ops::unsettled::accepted;
use crate::plan::{Drift, DriftedField, Plan};
use crate::words::{count, first_and_more, more};

/// More creates in doubt than this are counted instead of listed; they all need the same, most likely the listing.
const IN_DOUBT_SHOWN: usize = 20;

/// More candidates than this are counted.
const CANDIDATES_SHOWN: usize = 10;

/// Says of a scheduled change since when it was due, and when it was done: an apply may run much later than that.
pub(super) fn add_times(result: &mut ActionResult, rules: &TimeRules) {
    let Some((due, done)) = result.due_since.zip(result.done_at) else { return };
    let times = format!("due {}, done {}", shown_time(due), shown_time(rules.civil(done)));
    result.message = Some(result.message.take().map_or_else(|| times.clone(), |message| format!("{times}; {message}")));
}

/// Why no more actions were started.
pub(super) fn halted(reason: &HaltReason) -> Diagnostic {
    match reason {
        HaltReason::Journal(error) => diagnose::journal(error),
        HaltReason::KeyRefused(message) => diagnose::key_refused(message.clone(), "nothing more was sent"),
        HaltReason::Unreachable(why) => Diagnostic::error(
            codes::cake::UNREACHABLE,
            format!("CAKE cannot be reached: several writes in a row did not get through ({why})"),
        )
        .help("the rest was not started; run `offersync apply` again when CAKE is back"),
        HaltReason::Unanswered(why) => Diagnostic::error(
            codes::apply::UNANSWERED,
            format!("several writes in a row ended without a reply that says what happened ({why})"),
        )
        .help("the rest was not started; run `offersync apply` again when CAKE answers"),
        HaltReason::Mismatch(message) => {
            Diagnostic::error(codes::apply::MISMATCH, format!("a reply of CAKE was about another offer: {message}")).help(
                "the rest was not started. Compare `offersync state show KEY` with CAKE before the next apply: ids of the state may have \
                 been exchanged. If CAKE shows the right offer and only stores its name otherwise, write the name in the YAML as \
                 CAKE shows it",
            )
        }
    }
}

/// The plan has blocked changes, or breaks guardrails.
pub(super) fn refused(plan: &Plan) -> Diagnostic {
    let what = if plan.is_blocked() { "has blocked changes" } else { "breaks guardrails" };
    Diagnostic::error(codes::apply::BLOCKED, format!("the plan {what}, so nothing was sent"))
        .help("follow their messages, or leave those offers out with --exclude KEY")
}

/// Why changes are blocked, from the plan.
pub(super) fn of_blocked(plan: &Plan) -> Vec<Diagnostic> {
    plan.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).cloned().collect()
}

/// The records that the plan changes could not be compared with CAKE.
pub(super) fn not_verified(message: &str) -> Diagnostic {
    let text = format!(
        "this CAKE has no listing of offers ({message}), so the records of the changed offers were not compared with CAKE"
    );
    Diagnostic::warning(codes::cake::NO_LISTING, text).help("set `cake.verify = \"off\"` to silence this warning")
}

/// The offers of the drift that are expired in CAKE, which is no reason to stop: CAKE does that by itself.
pub(super) fn expired(drift: &Drift) -> Option<String> {
    let is_changed = |field: &DriftedField| field.field == Field::OfferStatus && field.changed_in_cake();
    let expired = drift.offers.iter().filter(|offer| offer.expired && offer.fields().iter().any(is_changed));
    let keys: Vec<_> = expired.map(|offer| &offer.key).collect();
    (!keys.is_empty()).then(|| format!("Expired in CAKE, and left as they are: {}.", diagnose::shown(keys.into_iter())))
}

/// Statuses of offers that were not looked for.
pub(super) fn unanswered(statuses: &[&str]) -> Option<String> {
    (!statuses.is_empty()).then(|| {
        format!(
            "Not looked for: offers that are {}. CAKE lists active ones, whatever status it is asked for, so the new offers may be there \
             under such a status.",
            statuses.join(", ")
        )
    })
}

/// Fields that could not be compared.
pub(super) fn unseen(fields: &BTreeMap<Field, usize>) -> Option<String> {
    let of = fields.iter().map(|(field, offers)| format!("{field} of {}", count(*offers, "offer")));
    let fields = of.collect::<Vec<_>>().join(", ");
    (!fields.is_empty())
        .then(|| format!("Not compared, because CAKE does not show it or shows it in another form: {fields}."))
}

/// What a lookup settled of writes that an earlier apply had left in doubt.
pub(super) fn settled(summary: &RecoverySummary) -> Vec<String> {
    let found = summary.found.iter().map(|(key, found)| {
        let id = found.offer_id;
        let shown = found.contradictions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let but = if shown.is_empty() { String::new() } else { format!(", with {shown} as CAKE shows it") };
        format!("An earlier create of `{key}` was in doubt; CAKE has it as offer {id}, which is recorded now{but}.")
    });
    let absent = summary.absent.iter().map(|key| {
        format!("An earlier create of `{key}` was in doubt; CAKE does not have it, so it may be sent again.")
    });
    let done = summary.done.iter().map(|DoneUpdate { key, update }| {
        format!("An earlier update of `{key}` is done: {}, and CAKE shows that now.", accepted(update))
    });
    let reactivated = summary.reactivated.iter().map(|(key, id)| {
        format!(
            "CAKE shows offer {id} of `{key}` as active again, although it was made inactive: what CAKE had accepted before may have done that. \
             It is recorded as active, and a plan has it again."
        )
    });
    found.chain(absent).chain(done).chain(reactivated).collect()
}

/// A saved plan says nothing of what a plan made now would do to other offers.
pub(super) fn not_in_saved_plan(left_out: &[&Key]) -> Option<Diagnostic> {
    let message = format!(
        "a plan made now has changes of {}, which the saved plan does not have: {}",
        count(left_out.len(), "offer"),
        diagnose::shown(left_out.iter().copied())
    );
    let help = "make and review a new plan with `offersync plan --out FILE`";
    (!left_out.is_empty()).then(|| Diagnostic::warning(codes::apply::NOT_IN_SAVED_PLAN, message).help(help))
}

/// The new offers that neither their replies nor the listing told from others.
pub(super) fn unconfirmed(summary: &RecoverySummary) -> Option<Diagnostic> {
    let named = |(key, id): &(Key, OfferId)| format!("{id} (`{key}`)");
    let offers = first_and_more(summary.unconfirmed.offers.iter().map(named), CANDIDATES_SHOWN);
    let why = match &summary.unconfirmed.failure {
        Some(failure) => format!("CAKE's list could not be read ({failure})"),
        None => "CAKE's list does not show them".to_owned(),
    };
    let message = format!("the replies to creates do not tell which offers they made, and {why}: {offers}");
    let help = "compare them with CAKE, for example with `offersync drift`, before you change them";
    (!offers.is_empty()).then(|| Diagnostic::warning(codes::apply::UNCONFIRMED, message).help(help))
}

/// The creates that are in doubt at the end, by the lookups that were made, the last one last.
pub(super) fn in_doubt(recorded: &Recorded, recoveries: &[RecoverySummary]) -> Vec<Diagnostic> {
    let undecided: BTreeMap<_, _> = recoveries.iter().flat_map(|summary| &summary.undecided).collect();
    let lookup_error = recoveries.iter().rev().find_map(|summary| summary.lookup_error.as_ref());
    let mut diagnostics: Vec<_> = recorded
        .in_doubt
        .iter()
        .take(IN_DOUBT_SHOWN)
        .map(|(key, create)| unsettled(key, create, undecided.get(key).copied(), lookup_error))
        .collect();
    if recorded.in_doubt.len() > IN_DOUBT_SHOWN {
        let more = recorded.in_doubt.len() - IN_DOUBT_SHOWN;
        let message = format!("{more} more creates are in doubt");
        diagnostics.push(Diagnostic::error(codes::apply::IN_DOUBT, message).help("`offersync state list` shows them"));
    }
    if let Some(failure) = lookup_error {
        let message = format!("writes in doubt could not be looked for: {failure}");
        diagnostics.push(Diagnostic::warning(diagnose::listing_code(failure), message));
    }
    diagnostics
}

fn unsettled(
    key: &Key,
    create: &InDoubtCreate,
    why: Option<&Undecided>,
    lookup_error: Option<&ReadFailure>,
) -> Diagnostic {
    let mut message = format!("the create of `{key}` is in doubt: {}", create.message.trim_end_matches('.'));
    let mut id = create.named.map_or_else(|| "N".to_owned(), |id| id.to_string());
    let mut why = why;
    if let Some(Undecided::NamedOther { shown, why: otherwise }) = why {
        message = format!("{message}; CAKE shows {shown}");
        (id, why) = ("N".to_owned(), Some(otherwise.as_ref()));
    }
    let not_created = format!("offersync state resolve {key} --not-created");
    let help = match why {
        None if matches!(lookup_error, Some(ReadFailure::NoListing { .. })) => format!(
            "CAKE has no listing in which offersync could look for it. Look in CAKE yourself, and record the outcome:\n  \
             offersync state resolve {key} --offer-id {id} --unseen\nor, if CAKE has no such offer:\n  {not_created} --unseen"
        ),
        None | Some(Undecided::TooEarly) => format!(
            "run `offersync apply` again: it waits until CAKE cannot be working on the create any more, then looks for the offer. If \
             that does not settle it, look in CAKE yourself, and record the outcome:\n  \
             offersync state resolve {key} --offer-id {id}\nor, if CAKE has no such offer:\n  {not_created}"
        ),
        Some(Undecided::Candidates(candidates)) => of_candidates(key, candidates, &not_created),
        Some(Undecided::Accepted) => format!(
            "CAKE's reply said that it made the offer, or that it accepted the request, so the offer may be waiting for approval; that CAKE's \
             listing does not show it proves nothing. The next apply looks again, and records the offer if CAKE shows it by then. Or look \
             in CAKE, also among the offers that wait for approval, and record the outcome:\n  \
             offersync state resolve {key} --offer-id {id}\nor, if CAKE has no such offer:\n  {not_created}\nAdd --unseen if CAKE's listing \
             cannot show it."
        ),
        Some(why) => format!(
            "{}. Look in CAKE, and record the outcome:\n  offersync state resolve {key} --offer-id {id}\nor, if CAKE has no such \
             offer:\n  {not_created}{}",
            reason(why),
            if *why == Undecided::NotLooked { "\nIf this CAKE has no listing of offers, add --unseen." } else { "" }
        ),
    };
    Diagnostic::error(codes::apply::IN_DOUBT, message).help(help)
}

fn of_candidates(key: &Key, candidates: &[Candidate], not_created: &str) -> String {
    // No command for the others: to record another create's offer for this key would change the wrong offer.
    let (likely, others): (Vec<&Candidate>, Vec<&Candidate>) =
        candidates.iter().partition(|candidate| candidate.is_similar || candidate.name.is_none());
    let (recorded, unowned): (Vec<_>, Vec<_>) =
        likely.into_iter().partition(|candidate| candidate.recorded_for.is_some());
    let named = |candidate: &&Candidate| format!("{} “{}”", candidate.offer_id, name_of(candidate));
    let opening = match (unowned.is_empty(), recorded.is_empty()) {
        (false, _) => format!(
            "CAKE has {} that may be it and that no key owns: {}. Look in CAKE, and record which one it is:{}",
            count(unowned.len(), "offer"),
            first_and_more(unowned.iter().map(named), CANDIDATES_SHOWN),
            resolving(key, &unowned)
        ),
        (true, false) if recorded.iter().any(|candidate| candidate.is_of_another()) => {
            "CAKE's replies may have been exchanged.".to_owned()
        }
        (true, false) => "Another key may have its offer, under another name.".to_owned(),
        (true, true) => format!(
            "CAKE has no offer with its name, but newer ones with another name. Look in CAKE. If one of them is it, and no other key's:\n  \
             offersync state adopt {key} --offer-id N"
        ),
    };
    let exchanged = |candidate: &&Candidate| {
        let (owner, id) = (candidate.recorded_for.as_ref()?, candidate.offer_id);
        let record = format!("offersync state resolve {key} --offer-id {id}");
        Some(format!("\n{}", diagnose::exchanged(owner, id, key, &record)))
    };
    let exchanged: String = recorded.iter().take(CANDIDATES_SHOWN).filter_map(exchanged).collect();
    let others = first_and_more(others.iter().map(named), CANDIDATES_SHOWN);
    let others = if others.is_empty() { others } else { format!("\nNewer, with another name: {others}.") };
    let none = if unowned.is_empty() && recorded.is_empty() {
        "or, if CAKE has no such offer:"
    } else {
        "or, if it is none of them, give those with its name another one in CAKE first, then run:"
    };
    format!("{opening}{others}{exchanged}\n{none}\n  {not_created}")
}

/// The commands that record these offers, one to choose.
fn resolving(key: &Key, likely: &[&Candidate]) -> String {
    let commands = likely
        .iter()
        .take(CANDIDATES_SHOWN)
        .map(|candidate| format!("\n  offersync state resolve {key} --offer-id {}", candidate.offer_id));
    let more = more(likely.len(), CANDIDATES_SHOWN).map(|more| format!("\n  {more}"));
    commands.chain(more).collect()
}

fn name_of(candidate: &Candidate) -> &str {
    candidate.name.as_deref().unwrap_or("no name shown")
}

fn reason(why: &Undecided) -> String {
    match why {
        Undecided::Mismatch => "CAKE's reply was about another offer, so its listing proves nothing".to_owned(),
        Undecided::NoBaseline => {
            "it is not known which offers CAKE had before, so its listing proves nothing".to_owned()
        }
        Undecided::Hidden(hidden) => format!(
            "CAKE's listing does not show {} of this advertiser ({}), so it may not show the new one either",
            count(hidden.len(), "recorded offer"),
            diagnose::shown(hidden.iter().map(|(key, _)| key))
        ),
        Undecided::NotListed(status) => {
            format!("CAKE does not list offers that are {status}, so that it is not listed proves nothing")
        }
        Undecided::NotLooked => "`cake.duplicate_check` is \"off\", so offersync does not look for it".to_owned(),
        Undecided::Candidates(_) | Undecided::Accepted | Undecided::TooEarly | Undecided::NamedOther { .. } => {
            String::new()
        }
    }
}
